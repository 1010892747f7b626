#include "services/scoring/preview.h"

#include "common/zone.h"
#include "services/scoring/announce.h"
#include "services/scoring/evidence.h"
#include "services/scoring/core.h"
#include "services/scoring/daily.h"
#include "services/scoring/judge.h"

#include <string.h>

struct previewing {
    struct scoring *scoring;
    struct turn *turn;
    preview_visit *visit;
    void *context;
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

static void look_at(const struct previewing *preview, uint32_t slot)
{
    struct judgement judgement;
    const char *id = NULL;
    int64_t known_ms;
    judge(preview->scoring, slot, &judgement);
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

void preview_run(struct scoring *scoring, struct turn *turn, preview_visit *visit, void *context,
                 struct preview_frame *ret_frame)
{
    struct previewing preview = {scoring, turn, visit, context};
    struct archive_clock clock = {0};
    bool known = archive_get_clock(turn->tx, &clock);
    catch_up(scoring, turn->now_ms);
    *ret_frame = (struct preview_frame){
        .customers = ledger_count(scoring->ledger),
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
        if (!rank_value(by_net, slot, &value))
            look_at(&preview, slot);
}
