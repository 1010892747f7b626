#include "services/scoring/rfm.h"

// How many of the bounds the value reaches.
static uint8_t reached(const int64_t *bounds, int64_t value)
{
    uint8_t count = 0;
    for (unsigned i = 0; i < RFM_BOUNDS; i++)
        count = (uint8_t)(count + (value >= bounds[i]));
    return count;
}

// How many it goes beyond.
static uint8_t passed(const int64_t *bounds, int64_t value)
{
    uint8_t count = 0;
    for (unsigned i = 0; i < RFM_BOUNDS; i++)
        count = (uint8_t)(count + (value > bounds[i]));
    return count;
}

struct ledger_rfm rfm_score(const struct rfm_rule *rule, const struct limits *limits, const struct limits_board *board,
                            const struct rfm_facts *facts)
{
    if (facts->orders == 0)
        return (struct ledger_rfm){0};
    int64_t cuts[RFM_ALL][RFM_BOUNDS];
    for (unsigned i = 0; i < RFM_BOUNDS; i++) {
        cuts[RFM_R][i] = limits->r[i].value;
        cuts[RFM_F][i] = board->f[i].value;
        cuts[RFM_M][i] = board->cuts[LIMITS_M + i].value;
    }
    int64_t silent_days = (int64_t)facts->today - facts->last_day;
    uint8_t r = rule->fixed[RFM_R] ? (uint8_t)(RFM_BOUNDS - passed(rule->bounds[RFM_R], silent_days))
                                   : passed(cuts[RFM_R], facts->last_ms);
    uint8_t f = rule->fixed[RFM_F] ? reached(rule->bounds[RFM_F], facts->orders) : passed(cuts[RFM_F], facts->orders);
    uint8_t m = rule->fixed[RFM_M] ? reached(rule->bounds[RFM_M], facts->value) : passed(cuts[RFM_M], facts->value);
    return (struct ledger_rfm){.r = (uint8_t)(r + 1), .f = (uint8_t)(f + 1), .m = (uint8_t)(m + 1)};
}
