#include "services/scoring/preview.h"

#include "common/zone.h"
#include "services/scoring/announce.h"
#include "services/scoring/evidence.h"
#include "services/scoring/core.h"
#include "services/scoring/daily.h"
#include "services/scoring/judge.h"

#include <stdio.h>
#include <string.h>

struct previewing {
    struct scoring *scoring;
    struct turn *turn;
    preview_visit *visit;
    void *context;
    uint32_t silent_customers, silent[DIMENSION_ROOM];
};

// The move as it would be announced, but for the events: it is the rules that move it.
static void tell(const struct previewing *preview, uint32_t slot, const struct judgement *judgement,
                 enum dimension dimension, const char *customer_id)
{
    const struct scoring *scoring = preview->scoring;
    const struct dimension_names *names = &scoring->names;
    char name[DIMENSION_NAME_BYTES], old[DIMENSION_WORD_BYTES], new[DIMENSION_WORD_BYTES];
    uint8_t from = announce_before(judgement->view.said[dimension], dimension), to = judgement->announce[dimension];
    struct reason reason;
    judge_explain(scoring, slot, judgement, dimension, &reason);
    evidence_tell(scoring, preview->turn, slot, dimension, &reason);
    struct wire_change change = {
        .customer_id = customer_id,
        .dimension = dimension_name(names, dimension, name),
        .before = dimension_word(names, dimension, from, old),
        .after = dimension_word(names, dimension, to, new),
        .reason = &reason,
        .currency = scoring->terms.currency,
        .time_ms = judgement->view.now_ms,
        .historical = true,
        .rules_version = scoring->rules_version,
    };
    struct preview_move move = {
        .customer_id = customer_id,
        .net_micros = judgement->view.net_micros,
        .currency = scoring->terms.measure == TERMS_QUANTITY ? "" : scoring->terms.currency,
        .told = announce_tells(judgement->view.said[dimension], to, dimension),
        .change = &change,
    };
    preview->visit(preview->context, &move);
}

static bool moves(const struct judgement *judgement, enum dimension dimension)
{
    uint8_t said = judgement->view.said[dimension], to = judgement->announce[dimension];
    return dimension_told(dimension) && to != said && to != announce_before(said, dimension);
}

// What is never announced is kept all the same.
static void count_silent(struct previewing *preview, const struct judgement *judgement)
{
    bool any = false;
    for (size_t i = 0; i < dimension_count(&preview->scoring->names); i++) {
        if (dimension_told((enum dimension)i) || judgement->announce[i] == judgement->view.said[i])
            continue;
        preview->silent[i]++;
        any = true;
    }
    preview->silent_customers += any;
}

static void look_at(struct previewing *preview, uint32_t slot)
{
    struct judgement judgement;
    const char *id = NULL;
    int64_t known_ms;
    judge(preview->scoring, slot, &judgement);
    count_silent(preview, &judgement);
    for (size_t i = 0; i < dimension_count(&preview->scoring->names); i++) {
        if (!moves(&judgement, (enum dimension)i))
            continue;
        if (id == NULL && !archive_get_customer(preview->turn->tx, preview->turn->arena, slot, &id, &known_ms))
            return; // the transaction has failed
        tell(preview, slot, &judgement, (enum dimension)i, id);
    }
    if (id != NULL)
        arena_reset(preview->turn->arena);
}

static bool look_at_ranked(void *context, uint32_t slot, int64_t value)
{
    (void)value;
    look_at(context, slot);
    return true;
}

// Within the day that the store had come to, up to now: what the service tells by the minute has been told. Other days
// would bring moves that are not of the rules.
static void catch_up(struct scoring *scoring, int64_t now_ms)
{
    const uint32_t *slots;
    if (terms_day(&scoring->terms, now_ms) != ledger_day(scoring->ledger) || now_ms < ledger_as_of(scoring->ledger))
        return;
    ledger_advance(scoring->ledger, now_ms);
    (void)ledger_settle(scoring->ledger, &slots);
}

static struct preview_count *count_of(struct preview_count *counts, size_t *count, uint32_t customers)
{
    counts[*count].customers = customers;
    return &counts[(*count)++];
}

// The schemes of old go by the names that are kept beside what is announced, one a line.
static void list_lost(const struct scoring *scoring, struct turn *turn, struct preview_frame *frame)
{
    struct slice kept = {0};
    size_t scheme = 0;
    if (scoring->renaming.lost_classes > 0)
        (void)dimension_name(&scoring->names, DIMENSION_POLICY,
                             count_of(frame->lost, &frame->lost_count, scoring->renaming.lost_classes)->dimension);
    if (!archive_get_names(turn->tx, &kept))
        return;
    const char *line = (const char *)kept.bytes, *end = line + kept.length;
    while (line < end) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        stop = stop == NULL ? end : stop;
        uint32_t lost = line[0] == 's' && scheme < DIMENSION_ROOM ? scoring->renaming.lost_schemes[scheme] : 0;
        if (lost > 0)
            snprintf(count_of(frame->lost, &frame->lost_count, lost)->dimension, DIMENSION_NAME_BYTES, "value.abc.%.*s",
                     (int)(stop - line - 1), line + 1);
        scheme += line[0] == 's';
        line = stop + 1;
    }
    frame->no_classes = scoring->names.class_count == 0;
}

static void list_silent(const struct previewing *preview, struct preview_frame *frame)
{
    frame->silent_customers = preview->silent_customers;
    for (size_t i = 0; i < DIMENSION_ROOM; i++)
        if (preview->silent[i] > 0)
            (void)dimension_name(&preview->scoring->names, (enum dimension)i,
                                 count_of(frame->silent, &frame->silent_count, preview->silent[i])->dimension);
}

void preview_run(struct scoring *scoring, struct turn *turn, preview_visit *visit, void *context,
                 struct preview_frame *ret_frame)
{
    struct previewing preview = {.scoring = scoring, .turn = turn, .visit = visit, .context = context};
    struct archive_clock clock = {0};
    bool known = archive_get_clock(turn->tx, &clock);
    catch_up(scoring, turn->now_ms);
    *ret_frame = (struct preview_frame){
        .customers = core_customers(scoring),
        .rules_version = clock.rules_version,
        .same = known && memcmp(clock.rules, scoring->rules, HASH_BYTES) == 0,
        .as_of_ms = ledger_as_of(scoring->ledger),
        .currency = scoring->terms.currency,
        .time_zone = scoring->zone != NULL ? zone_name(scoring->zone) : "UTC",
    };
    daily_foresee(scoring);
    struct rank *by_net = ledger_by_net(scoring->ledger);
    int64_t value;
    rank_descend(by_net, look_at_ranked, &preview);
    for (uint32_t slot = 0; slot < ledger_count(scoring->ledger); slot++)
        if (!rank_value(by_net, slot, &value) && !core_absent(scoring, slot))
            look_at(&preview, slot);
    list_silent(&preview, ret_frame);
    list_lost(scoring, turn, ret_frame);
}
