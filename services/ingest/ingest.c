#include "services/ingest/ingest.h"

#include "common/must.h"
#include "services/ingest/door.h"
#include "services/ingest/erasures.h"
#include "services/ingest/ingest_parts.h"
#include "services/ingest/joins.h"
#include "services/ingest/proof.h"
#include "services/ingest/rules.h"
#include "services/ingest/silence.h"
#include "services/ingest/take.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct ingest *ingest_open(const struct ingest_setup *setup, char *ret_error, size_t error_bytes)
{
    if (setup->settings_length > RECORD_PAYLOAD_MAX) {
        snprintf(ret_error, error_bytes, "the rates and holidays take %zu bytes, and a record holds %d",
                 setup->settings_length, RECORD_PAYLOAD_MAX);
        return NULL;
    }
    rules_compile();
    struct ingest *ingest = calloc(1, sizeof *ingest);
    must(ingest != NULL);
    ingest->options = *setup->options;
    ingest->settings = malloc(setup->settings_length + 1);
    must(ingest->settings != NULL);
    memcpy(ingest->settings, setup->settings, setup->settings_length);
    ingest->settings_length = setup->settings_length;
    ingest->state = state_open((size_t)setup->options->seal_records);
    ingest->erasures = erasures_open();
    ingest->misfits = misfits_open(setup->options->rejected_records, setup->options->rejected_bytes);
    ingest->sources = sources_open(setup->time_zone);
    ingest->feeds = feeds_open(setup->options->feeds, setup->currency, setup->time_zone);
    ingest->port = intakeport_open();
    ingest->access = access_open(setup->options, ret_error, error_bytes);
    if (ingest->access == NULL || !feeds_read(ingest->feeds, ret_error, error_bytes))
        ingest_close(&ingest);
    return ingest;
}

void ingest_close(struct ingest **ingest)
{
    if (*ingest == NULL)
        return;
    intakeport_close(&(*ingest)->port);
    access_close(&(*ingest)->access);
    feeds_close(&(*ingest)->feeds);
    sources_close(&(*ingest)->sources);
    misfits_close(&(*ingest)->misfits);
    state_close(&(*ingest)->state);
    erasures_close(&(*ingest)->erasures);
    free((*ingest)->settings);
    free(*ingest);
    *ingest = NULL;
}

static void declare(void *self, struct metrics *metrics)
{
    static const char *const outcomes[] = {"stored", "known", "invalid", "conflict"};
    static const char *const bodies[BODY_OUTCOMES] = {
        [BODY_STORED] = "stored",     [BODY_KNOWN] = "known",         [BODY_DROPPED] = "dropped",
        [BODY_REJECTED] = "rejected", [BODY_HANDSHAKE] = "handshake", [BODY_UNAUTHENTICATED] = "unauthenticated",
        [BODY_LIMITED] = "limited",
    };
    struct ingest *ingest = self;
    const char *feeds[FEEDS_MAX + 1];
    size_t count = FEEDS_MAX;
    for (size_t i = 0; i < count; i++)
        feeds[i] = ""; // for those whose files come later: name_feeds
    for (size_t i = 0; i < feeds_count(ingest->feeds); i++)
        feeds[feeds_at(ingest->feeds, i)->place] = feeds_at(ingest->feeds, i)->name;
    feeds[count] = "LATER";
    const struct metric_def defs[INGEST_FIGURES] = {
        [FIGURE_EVENTS] = {.name = "events_total",
                           .help = "Events handed in, by what became of them.",
                           .kind = METRIC_COUNTER,
                           .labels = {{"outcome", outcomes, 4}}},
        [FIGURE_IDENTITIES] = {.name = "identities", .help = "Identities held in memory.", .kind = METRIC_GAUGE},
        [FIGURE_BODIES] = {.name = "ingest_feed_bodies_total",
                           .help = "Bodies posted to feeds, by what became of them. LATER are those of feeds for "
                                   "whose names there was no more room.",
                           .kind = METRIC_COUNTER,
                           .labels = {{"feed", feeds, count + 1}, {"outcome", bodies, BODY_OUTCOMES}}},
        [FIGURE_SILENT] = {.name = "ingest_source_silent",
                           .help = "1 when nothing came by a feed for longer than its silent_after.",
                           .kind = METRIC_GAUGE,
                           .labels = {{"feed", feeds, count + 1}}},
        [FIGURE_REJECTED] = {.name = "ingest_rejected",
                             .help = "Bodies of feeds that wait to be corrected, replayed or dropped.",
                             .kind = METRIC_GAUGE},
        [FIGURE_REJECTED_LOST] = {.name = "ingest_rejected_lost",
                                  .help = "Rejected bodies that had to go for want of room, ever.",
                                  .kind = METRIC_GAUGE},
        [FIGURE_STOPPED] = {.name = "ingest_feed_stopped",
                            .help = "1 when a feed's broker has another history than was read: tend feed reset.",
                            .kind = METRIC_GAUGE,
                            .labels = {{"feed", feeds, count + 1}}},
        [FIGURE_BEHIND] = {.name = "ingest_feed_behind",
                           .help = "Messages that waited at a feed's broker when one was last taken.",
                           .kind = METRIC_GAUGE,
                           .labels = {{"feed", feeds, count + 1}}},
    };
    metrics_declare(metrics, defs, INGEST_FIGURES, ingest->figures);
}

// Gives feeds that are new since the start their names in the figures.
static void name_feeds(const struct ingest *ingest)
{
    static const enum ingest_figure figures[] = {FIGURE_BODIES, FIGURE_SILENT, FIGURE_STOPPED, FIGURE_BEHIND};
    for (size_t i = 0; i < feeds_count(ingest->feeds); i++) {
        const struct feed_entry *entry = feeds_at(ingest->feeds, i);
        for (size_t figure = 0; figure < sizeof figures / sizeof *figures; figure++)
            if (ingest->figures[figures[figure]] != NULL && entry->place < FEEDS_MAX)
                metric_name(ingest->figures[figures[figure]], 0, entry->place, entry->name);
    }
}

static void command(void *self, struct turn *turn, const struct request *request, struct reply *ret_reply)
{
    door_open(self, turn, request, ret_reply);
}

// What reps answered in their chat comes round as an event of the notifier's journal.
static void apply(void *self, struct turn *turn, const struct record *record)
{
    struct ingest *ingest = self;
    if (record->type == TEND__V1__RECORD_TYPE__RECORD_TYPE_ERASURE_REPORT)
        proof_report(turn, record);
    if (record->type != TEND__V1__RECORD_TYPE__RECORD_TYPE_EVENT)
        return;
    struct intake_item item = {.bytes = record->payload, .length = record->length};
    item.event = tend__v1__event__unpack(arena_allocator(turn->arena), record->length, record->payload);
    Tend__V1__EventResult result;
    take_items(ingest, turn, NULL, &item, 1, &result);
    if (result.status != TEND__V1__EVENT_STATUS__EVENT_STATUS_CONFLICT)
        return;
    // A notifier that was put back counts a reminder's answers from where it stood then: an answer that it has
    // forgotten has this one's id.
    uint8_t hash[HASH_BYTES];
    char hex[2 * HASH_BYTES + 1];
    hash_content(record->payload, record->length, hash);
    hash_hex(hash, HASH_BYTES, hex);
    item.event->id = arena_format(turn->arena, "%s.%s", item.event->id, hex);
    item.bytes = NULL;
    take_items(ingest, turn, NULL, &item, 1, &result);
}

static void publish_settings(struct ingest *ingest, struct turn *turn)
{
    struct slice last;
    bool same = state_settings(turn, &last) && last.length == ingest->settings_length &&
                memcmp(last.bytes, ingest->settings, last.length) == 0;
    if (same)
        return;
    struct record draft = {.type = TEND__V1__RECORD_TYPE__RECORD_TYPE_SETTINGS,
                           .version = 1,
                           .flags = RECORD_MUST_UNDERSTAND,
                           .shard = SHARD_ALL,
                           .time_ms = turn->now_ms,
                           .payload = ingest->settings,
                           .length = ingest->settings_length};
    hash_content(ingest->settings, ingest->settings_length, draft.key);
    journal_append(turn->tx, turn->journal, &draft);
    state_set_settings(turn, ingest->settings, ingest->settings_length);
}

static int64_t tick(void *self, struct turn *turn, int64_t now_ms)
{
    struct ingest *ingest = self;
    publish_settings(ingest, turn);
    bool more = state_tidy(ingest->state, turn, ingest->options.keep_ids_ms);
    if (ingest->figures[FIGURE_IDENTITIES] != NULL)
        metric_set(ingest->figures[FIGURE_IDENTITIES], 0, (double)state_identities(ingest->state));
    more |= sources_tidy(turn);
    more |= joins_catch_up(ingest, turn);
    feeds_look(ingest->feeds, turn->now_ms, turn->log);
    name_feeds(ingest);
    silence_look(ingest, turn);
    if (ingest->figures[FIGURE_REJECTED] != NULL) {
        metric_set(ingest->figures[FIGURE_REJECTED], 0, (double)misfits_count(ingest->misfits));
        metric_set(ingest->figures[FIGURE_REJECTED_LOST], 0, (double)misfits_lost(turn));
    }
    // Every turn looks again, and without turns there is nothing to tidy.
    return more ? now_ms : feeds_due(ingest->feeds);
}

static void settle(void *self, struct turn *turn)
{
    struct ingest *ingest = self;
    // Here and not in tick, which is put off while the clock is in doubt.
    intakeport_collect(ingest, turn);
    sources_settle(ingest->sources, turn);
}

static void reload(void *self, struct turn *turn)
{
    struct ingest *ingest = self;
    state_load(ingest->state, turn);
    misfits_load(ingest->misfits, turn);
    sources_load(ingest->sources, turn);
    intakeport_load(ingest, turn);
    erasures_load(ingest->erasures, turn);
    ingest->joins_current = false;
}

static uint64_t trimmable(void *self)
{
    struct ingest *ingest = self;
    return state_sealed(ingest->state);
}

const struct service ingest_service = {
    .name = "ingest",
    .follows = "notifier",
    .tables = state_tables,
    .table_count = STATE_TABLES,
    .waits_for_upstream = false,
    .rereads = true, // answers are events, known by source and id
    .other_history = "If notifier's store was put back: stop ingest, run `tend accept ingest`, start it. It then reads "
                     "that journal from its first record and knows by their ids the answers that it has",
    .apply = apply,
    .tick = tick,
    .settle = settle,
    .command = command,
    .query = command,
    .reload = reload,
    .trimmable = trimmable,
    .erase = erasures_rows,
    .erasing = erasures_note_words,
    .erased = erasures_finish,
    .keeps_reports = true,
    .port = &ingest_port,
    .declare = declare,
};
