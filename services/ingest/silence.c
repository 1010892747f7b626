#include "services/ingest/silence.h"

static void look(struct ingest *ingest, const struct turn *turn, struct feed_entry *entry)
{
    const struct source_row *row = sources_find(ingest->sources, entry->feed->source);
    // A feed that is new has not missed anything yet.
    if (entry->since_ms == 0)
        entry->since_ms = turn->now_ms;
    int64_t last_ms = row != NULL ? row->last_ms : entry->since_ms;
    bool silent = entry->feed->silent_after_ms > 0 && turn->now_ms - last_ms > entry->feed->silent_after_ms;
    if (ingest->figures[FIGURE_SILENT] != NULL)
        metric_set(ingest->figures[FIGURE_SILENT], metric_cell(ingest->figures[FIGURE_SILENT], entry->place, 0, 0),
                   silent);
    if (silent == entry->silent)
        return;
    entry->silent = silent;
    if (silent)
        log_line(turn->log, LOG_WARN, "nothing comes by a feed for longer than its silent_after",
                 LOG_TEXT("feed", entry->name), LOG_TEXT("source", entry->feed->source),
                 LOG_INT("for_ms", turn->now_ms - last_ms));
    else
        log_line(turn->log, LOG_INFO, "a silent feed is heard again", LOG_TEXT("feed", entry->name));
}

void silence_look(struct ingest *ingest, const struct turn *turn)
{
    for (size_t i = 0; i < feeds_count(ingest->feeds); i++) {
        struct feed_entry *entry = feeds_at(ingest->feeds, i);
        if (entry->feed != NULL)
            look(ingest, turn, entry);
    }
}
