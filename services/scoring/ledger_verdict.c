#include "services/scoring/ledger_state.h"

#include "common/must.h"

#include <string.h>

enum { MILLI_DAYS = 1000 };

static bool knows_rhythm(const struct ledger_customer *customer, uint32_t repeats)
{
    return customer->days > repeats;
}

int64_t ledger_overdue_at(const struct ledger *ledger, uint32_t slot)
{
    const struct ledger_customer *customer = ledger_customer(ledger, slot);
    if (!knows_rhythm(customer, ledger->options.overdue_repeats))
        return RANK_NONE;
    int128 span_ms = ((int128)customer->last_day - customer->first_day) * LEDGER_DAY_MS;
    int128 silence_ms = span_ms * ledger->options.overdue_factor_ppm / ((int128)RANK_PPM * (customer->days - 1));
    int128 at_ms = customer->last_ms + silence_ms;
    return at_ms >= RANK_NONE ? RANK_NONE - 1 : (int64_t)at_ms;
}

uint32_t ledger_mean_gap_milli(const struct ledger_customer *customer)
{
    if (customer->days < 2)
        return 0;
    int64_t milli = ((int64_t)customer->last_day - customer->first_day) * MILLI_DAYS / (customer->days - 1);
    return milli > UINT32_MAX ? UINT32_MAX : (uint32_t)milli;
}

// What counts for classes and tiers: nothing without an order in the window.
static int64_t worth(const struct ledger_customer *customer)
{
    return customer->orders == 0 ? 0 : board_value(customer->net);
}

enum ledger_class ledger_class(const struct ledger *ledger, uint32_t slot)
{
    const struct limits *limits = ledger_limits(ledger);
    return (enum ledger_class)limits_class(&limits->boards[LIMITS_MAIN], worth(ledger_customer(ledger, slot)));
}

// The class in a scheme, the exact one when nothing was announced before.
static uint8_t scheme_class(const struct ledger *ledger, unsigned scheme, uint32_t slot, uint8_t before)
{
    if (ledger->schemes[scheme] == NULL)
        return LEDGER_UNKNOWN;
    struct scheme_figures figures = scheme_figures(ledger->schemes[scheme], slot);
    int64_t value = figures.orders == 0 ? 0 : board_value(figures.net);
    return limits_announced_class(&ledger_limits(ledger)->boards[LIMITS_SCHEME + scheme], value, before);
}

// What is to be announced when `before` was; all 0 is nothing, then it is the exact state.
static struct ledger_verdict judge(const struct ledger *ledger, uint32_t slot, const struct ledger_verdict *before)
{
    const struct ledger_customer *customer = ledger_customer(ledger, slot);
    const struct bench *bench = ledger_bench(ledger);
    const struct limits_board *board = &bench->limits.boards[LIMITS_MAIN];
    int64_t value = worth(customer);
    bool repeats = customer->days > 0 && knows_rhythm(customer, ledger->options.drop_repeats);
    struct ledger_verdict verdict = {
        .abc = limits_announced_class(board, value, before->abc),
        .overdue = ledger_overdue_at(ledger, slot) < ledger->as_of_ms,
        .dropped = repeats && customer->last_ms < bench->silent_since_ms,
        .concentrated = value >= (before->concentrated ? bench->large_end : bench->large),
    };
    if (ledger->options.tier_ppm[0] > 0)
        verdict.tier = limits_announced_tier(board, value, before->tier);
    for (unsigned i = 0; i < ledger->scheme_end; i++)
        verdict.schemes[i] = scheme_class(ledger, i, slot, before->schemes[i]);
    return verdict;
}

struct ledger_verdict ledger_verdict(const struct ledger *ledger, uint32_t slot)
{
    return judge(ledger, slot, &ledger_customer(ledger, slot)->announced);
}

struct ledger_verdict ledger_exact(const struct ledger *ledger, uint32_t slot)
{
    return judge(ledger, slot, &(struct ledger_verdict){0});
}

bool ledger_verdict_equal(struct ledger_verdict one, struct ledger_verdict other)
{
    return one.abc == other.abc && one.tier == other.tier && one.overdue == other.overdue &&
           one.dropped == other.dropped && one.concentrated == other.concentrated &&
           memcmp(one.schemes, other.schemes, sizeof one.schemes) == 0;
}

bool ledger_rising(struct ledger_verdict before, struct ledger_verdict now)
{
    return before.tier > LIMITS_SECONDARY && now.tier != LIMITS_NO_TIER && now.tier <= LIMITS_SECONDARY;
}

void ledger_announce(struct ledger *ledger, uint32_t slot, struct ledger_verdict verdict)
{
    must(slot < ledger->count);
    ledger->customers[slot].announced = verdict;
}

// --- RFM

// The board that RFM is read from.
static unsigned scored_board(const struct ledger *ledger)
{
    return ledger->schemes[LEDGER_WINDOWS - 1] != NULL ? LIMITS_RFM : LIMITS_MAIN;
}

struct scheme_figures ledger_scheme_figures(const struct ledger *ledger, unsigned scheme, uint32_t slot)
{
    must(scheme < LEDGER_WINDOWS);
    if (ledger->schemes[scheme] == NULL)
        return (struct scheme_figures){0};
    return scheme_figures(ledger->schemes[scheme], slot);
}

struct ledger_rfm ledger_rfm(const struct ledger *ledger, uint32_t slot)
{
    const struct ledger_customer *customer = ledger_customer(ledger, slot);
    struct rfm_facts facts = {
        .orders = customer->orders,
        .value = board_value(customer->net),
        .last_ms = customer->last_ms,
        .last_day = customer->last_day,
        .today = ledger_day(ledger),
    };
    unsigned board = scored_board(ledger);
    if (board == LIMITS_RFM) {
        struct scheme_figures figures = scheme_figures(ledger->schemes[LEDGER_WINDOWS - 1], slot);
        facts.orders = figures.orders;
        facts.value = board_value(figures.net);
    }
    const struct limits *limits = ledger_limits(ledger);
    return rfm_score(&ledger->options.rfm, limits, &limits->boards[board], &facts);
}

// By bounds nothing is kept up to date, so the customers are counted.
static uint64_t count_better(const struct ledger *ledger, unsigned dimension, unsigned score)
{
    uint64_t count = 0;
    for (uint32_t slot = 0; slot < ledger->count; slot++) {
        struct ledger_rfm rfm = ledger_rfm(ledger, slot);
        const uint8_t scores[RFM_ALL] = {rfm.r, rfm.f, rfm.m};
        count += scores[dimension] > score;
    }
    return count;
}

uint64_t ledger_better(const struct ledger *ledger, unsigned dimension, unsigned score, int64_t *ret_value)
{
    must(dimension < RFM_ALL && score >= 1 && score < LIMITS_PARTS);
    const struct rfm_rule *rule = &ledger->options.rfm;
    const struct limits *limits = ledger_limits(ledger);
    const struct limits_board *board = &limits->boards[scored_board(ledger)];
    if (rule->fixed[dimension]) {
        int64_t days = rule->bounds[RFM_R][LIMITS_PARTS - 1 - score];
        *ret_value = dimension == RFM_R ? (ledger_day(ledger) - days) * LEDGER_DAY_MS - 1
                                        : rule->bounds[dimension][score - 1] - 1;
        return count_better(ledger, dimension, score);
    }
    if (dimension == RFM_F) {
        *ret_value = board->f[score - 1].value;
        return board->f[score - 1].above;
    }
    const struct rank_stand *stand = dimension == RFM_R ? &limits->r[score - 1] : &board->cuts[LIMITS_M + score - 1];
    *ret_value = stand->value;
    return stand->above.count;
}

// --- figures for people and timers

const struct limits *ledger_limits(const struct ledger *ledger)
{
    return &ledger_bench(ledger)->limits;
}

uint32_t ledger_usual_gap(const struct ledger *ledger)
{
    return ledger_limits(ledger)->usual_gap_days;
}

int64_t ledger_due(const struct ledger *ledger)
{
    const struct bench *bench = ledger_bench(ledger);
    int64_t due_ms = RANK_NONE, value;
    if (rank_next(ledger->overdue, ledger->as_of_ms, &value))
        due_ms = value + 1;
    if (bench->silent_since_ms != LEDGER_NEVER && rank_next(ledger->last, bench->silent_since_ms, &value)) {
        int64_t drop_ms = value + (int64_t)bench->limits.usual_gap_days * LEDGER_DAY_MS + 1;
        due_ms = drop_ms < due_ms ? drop_ms : due_ms;
    }
    return due_ms;
}

static const struct rank_stand *stand_of(const struct ledger *ledger, enum ledger_class abc)
{
    must(abc == LEDGER_A || abc == LEDGER_B);
    return &ledger_limits(ledger)->boards[LIMITS_MAIN].cuts[abc == LEDGER_A ? LIMITS_A : LIMITS_B];
}

int64_t ledger_threshold(const struct ledger *ledger, enum ledger_class abc)
{
    return stand_of(ledger, abc)->value;
}

struct rank_mass ledger_upper(const struct ledger *ledger, enum ledger_class abc)
{
    const struct limits_board *board = &ledger_limits(ledger)->boards[LIMITS_MAIN];
    if (abc == LEDGER_C)
        return (struct rank_mass){.count = board->population, .sum = board->positive.sum};
    return rank_upper(stand_of(ledger, abc));
}
