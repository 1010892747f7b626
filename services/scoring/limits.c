#include "services/scoring/limits.h"

enum { TOP_10_PPM = 100000, TOP_20_PPM = 200000 };

static struct rank_rule share(uint32_t ppm)
{
    return (struct rank_rule){.way = RANK_SHARE, .numerator = ppm, .parts = RANK_PPM};
}

// Held where a cut can stand: a margin may make a part of the customers none or all of them.
static struct rank_rule top(uint64_t ppm)
{
    uint64_t held = ppm < 1 ? 1 : ppm < RANK_PPM ? ppm : RANK_PPM - 1;
    return (struct rank_rule){.way = RANK_TOP, .numerator = (uint32_t)held, .parts = RANK_PPM};
}

static void cut_tiers(const struct limits_rules *rules, struct rank_rule *cuts)
{
    for (unsigned i = 0; i < LIMITS_TIERS; i++) {
        uint64_t ppm = rules->tier_ppm[i], margin = ppm * rules->tier_margin_ppm / RANK_PPM;
        cuts[LIMITS_TIER + i] = top(ppm);
        cuts[LIMITS_TIER_RISE + i] = top(ppm - margin);
        cuts[LIMITS_TIER_FALL + i] = top(ppm + margin);
    }
}

void limits_cuts(const struct limits_rules *rules, struct rank_rule *ret_rules)
{
    for (unsigned i = 0; i < LIMITS_CUTS; i++)
        ret_rules[i] = (struct rank_rule){.way = RANK_NO_WAY};
    const uint32_t edges[LIMITS_EDGES] = {rules->cut_a_ppm, rules->cut_b_ppm};
    for (unsigned i = 0; rules->cut_a_ppm > 0 && i < LIMITS_EDGES; i++) {
        ret_rules[LIMITS_A + i] = share(edges[i]);
        ret_rules[LIMITS_RISE + i] = share(edges[i] - rules->margin_ppm);
        ret_rules[LIMITS_FALL + i] = share(edges[i] + rules->margin_ppm);
    }
    if (rules->tier_ppm[0] > 0)
        cut_tiers(rules, ret_rules);
    for (uint32_t part = 1; rules->parts && part < LIMITS_PARTS; part++)
        ret_rules[LIMITS_M + part - 1] = (struct rank_rule){.way = RANK_PART, .numerator = part, .parts = LIMITS_PARTS};
    if (rules->tops) {
        ret_rules[LIMITS_TOP_10] = top(TOP_10_PPM);
        ret_rules[LIMITS_TOP_20] = top(TOP_20_PPM);
    }
}

void limits_start(struct limits *limits)
{
    static const struct rank_stand nowhere = {.value = RANK_NONE};
    *limits = (struct limits){0};
    for (unsigned i = 0; i < LIMITS_BOARDS; i++) {
        for (unsigned cut = 0; cut < LIMITS_CUTS; cut++)
            limits->boards[i].cuts[cut] = nowhere;
        for (unsigned part = 0; part < LIMITS_PARTS - 1; part++)
            limits->boards[i].f[part].value = INT64_MAX;
    }
    for (unsigned part = 0; part < LIMITS_PARTS - 1; part++)
        limits->r[part] = nowhere;
}

// 1 for a value not below the first stand, and so on.
static uint8_t grade(const struct rank_stand *stands, unsigned count, int64_t value)
{
    for (unsigned i = 0; i < count; i++)
        if (value > 0 && value >= stands[i].value)
            return (uint8_t)(i + 1);
    return (uint8_t)(count + 1);
}

// Where `rise` and `fall` agree it is theirs, in between it stays.
static uint8_t lag(const struct rank_stand *rise, const struct rank_stand *fall, unsigned count, int64_t value,
                   uint8_t before)
{
    uint8_t best = grade(fall, count, value);
    if (before < best)
        return best;
    uint8_t worst = grade(rise, count, value);
    return before > worst ? worst : before;
}

uint8_t limits_class(const struct limits_board *board, int64_t value)
{
    return grade(&board->cuts[LIMITS_A], LIMITS_EDGES, value);
}

uint8_t limits_announced_class(const struct limits_board *board, int64_t value, uint8_t before)
{
    if (before == 0)
        return limits_class(board, value);
    return lag(&board->cuts[LIMITS_RISE], &board->cuts[LIMITS_FALL], LIMITS_EDGES, value, before);
}

uint8_t limits_tier(const struct limits_board *board, int64_t value)
{
    return grade(&board->cuts[LIMITS_TIER], LIMITS_TIERS, value);
}

uint8_t limits_announced_tier(const struct limits_board *board, int64_t value, uint8_t before)
{
    if (before == LIMITS_NO_TIER)
        return limits_tier(board, value);
    return lag(&board->cuts[LIMITS_TIER_RISE], &board->cuts[LIMITS_TIER_FALL], LIMITS_TIERS, value, before);
}

int64_t limits_beyond(const struct limits_board *board, uint32_t share_ppm)
{
    if (board->positive.sum <= 0)
        return RANK_NONE;
    int128 least = board->positive.sum * share_ppm / RANK_PPM + 1;
    return least < RANK_NONE ? (int64_t)least : RANK_NONE;
}

uint32_t limits_part(const struct limits_board *board, enum limits_cut cut)
{
    if (board->positive.sum <= 0)
        return 0;
    return (uint32_t)(rank_upper(&board->cuts[cut]).sum * RANK_PPM / board->positive.sum);
}

int64_t limits_above(const struct limits *limits, int64_t value)
{
    uint64_t all = limits->boards[LIMITS_MAIN].population;
    for (uint32_t i = 0; i < limits->top_count && all > 0; i++)
        if (value >= limits->tops[i].stand.value)
            return (int64_t)(limits->tops[i].stand.above.count * RANK_PPM / all);
    return RANK_PPM - 1;
}

static void walk_between(const struct rank *rank, int64_t before, int64_t after, rank_visit *visit, void *context)
{
    if (before != after)
        rank_walk(rank, before < after ? before : after, before < after ? after : before, visit, context);
}

void limits_walk(const struct rank *rank, const struct limits_board *before, const struct limits_board *after,
                 rank_visit *visit, void *context)
{
    for (unsigned i = LIMITS_RISE; i < LIMITS_TIER_FALL + LIMITS_TIERS; i++)
        if (i < LIMITS_TIER || i >= LIMITS_TIER_RISE)
            walk_between(rank, before->cuts[i].value, after->cuts[i].value, visit, context);
}
