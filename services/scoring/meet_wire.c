#include "services/scoring/meet_wire.h"

static void pass_flag(struct parcel *parcel, bool *flag)
{
    uint64_t bit = *flag;
    parcel_number(parcel, &bit);
    parcel->good &= bit <= 1;
    *flag = bit == 1;
}

void meet_pass_heading(struct parcel *parcel, struct meet_heading *heading)
{
    parcel_bytes(parcel, heading->rules, sizeof heading->rules);
    parcel_day(parcel, &heading->day);
    parcel_word(parcel, &heading->predicted);
    parcel_number(parcel, &heading->live);
    parcel_number(parcel, &heading->customers);
    parcel_number(parcel, &heading->purchase_days);
}

static void pass_mass(struct parcel *parcel, struct rank_mass *mass)
{
    parcel_number(parcel, &mass->count);
    parcel_wide(parcel, &mass->sum);
}

static void pass_stand(struct parcel *parcel, struct rank_stand *stand)
{
    parcel_signed(parcel, &stand->value);
    parcel_number(parcel, &stand->on);
    pass_mass(parcel, &stand->above);
}

static void pass_board(struct parcel *parcel, struct limits_board *board)
{
    parcel_number(parcel, &board->population);
    pass_mass(parcel, &board->positive);
    for (unsigned i = 0; i < LIMITS_CUTS; i++)
        pass_stand(parcel, &board->cuts[i]);
    for (unsigned i = 0; i < LIMITS_PARTS - 1; i++) {
        parcel_signed(parcel, &board->f[i].value);
        parcel_number(parcel, &board->f[i].above);
    }
}

void meet_pass_limits(struct parcel *parcel, struct meet_limits *limits)
{
    parcel_bytes(parcel, limits->rules, sizeof limits->rules);
    parcel_day(parcel, &limits->day);
    parcel_number(parcel, &limits->number);
    parcel_signed(parcel, &limits->time_ms);
    pass_flag(parcel, &limits->live);
    parcel_number(parcel, &limits->customers);
    for (unsigned i = 0; i < LIMITS_BOARDS; i++)
        pass_board(parcel, &limits->limits.boards[i]);
    for (unsigned i = 0; i < LIMITS_PARTS - 1; i++)
        pass_stand(parcel, &limits->limits.r[i]);
    parcel_word(parcel, &limits->limits.usual_gap_days);
    parcel_word(parcel, &limits->limits.top_count);
    parcel->good &= limits->limits.top_count <= LIMITS_TOPS && limits->limits.usual_gap_days <= GAPS_DAYS_MAX;
    for (unsigned i = 0; parcel->good && i < limits->limits.top_count; i++) {
        parcel_word(parcel, &limits->limits.tops[i].ppm);
        pass_stand(parcel, &limits->limits.tops[i].stand);
    }
}

void meet_pass_census(struct parcel *parcel, struct meet_census *census)
{
    parcel_signed(parcel, &census->silent.period_days);
    parcel_word(parcel, &census->silent.states);
    parcel->good &= census->silent.states <= DWYER_STATES_MAX;
    for (unsigned i = 0; parcel->good && i < census->silent.states; i++) {
        parcel_number(parcel, &census->silent.exposed_days[i]);
        parcel_number(parcel, &census->silent.bought[i]);
    }
    parcel_number(parcel, &census->pool.customers);
    parcel_number(parcel, &census->pool.sum);
}

// --- lists. Numbers that rise are told by the step to the next one, so 0 ends them.

static void put_piles(struct parcel *parcel, const struct rank *rank)
{
    struct rank_pile pile;
    for (uint32_t from = 0; rank_pile(rank, from, &pile); from = pile.bucket + 1) {
        parcel_put(parcel, (uint64_t)pile.bucket - from + 1);
        parcel_put(parcel, pile.count);
        parcel_wide(parcel, &pile.sum);
    }
    parcel_put(parcel, 0);
}

static void put_counts(struct parcel *parcel, const struct meet_list *list)
{
    uint32_t orders;
    uint64_t customers;
    for (uint32_t from = 1; list->orders != NULL && tally_next(list->orders, from, &orders, &customers);
         from = orders + 1) {
        parcel_put(parcel, (uint64_t)orders - from + 1);
        parcel_put(parcel, customers);
    }
    for (uint32_t days = 1, from = 1; list->gaps != NULL && days <= GAPS_DAYS_MAX; days++) {
        if (list->gaps->days[days] == 0)
            continue;
        parcel_put(parcel, (uint64_t)days - from + 1);
        parcel_put(parcel, list->gaps->days[days]);
        from = days + 1;
    }
    parcel_put(parcel, 0);
}

void meet_put_list(struct parcel *parcel, const struct meet_list *list, const uint64_t *buckets, size_t count)
{
    put_piles(parcel, list->rank);
    put_counts(parcel, list);
    for (size_t i = 0; i < count; i++) {
        const struct rank_tie *ties;
        size_t tie_count = rank_ties(list->rank, (uint32_t)buckets[i], &ties);
        for (size_t k = 0; k < tie_count; k++) {
            int64_t value = ties[k].value;
            parcel_put(parcel, ties[k].count);
            parcel_signed(parcel, &value);
        }
    }
    parcel_put(parcel, 0);
}

// The next of numbers that rise; false at their end.
static bool step(struct parcel *parcel, uint64_t *number)
{
    uint64_t more = parcel_get(parcel);
    *number += more;
    parcel->good &= *number <= UINT32_MAX && more <= UINT32_MAX;
    return parcel->good && more > 0;
}

void meet_get_piles(struct parcel *parcel, struct merge *merge, unsigned number)
{
    for (uint64_t after = 0; step(parcel, &after);) {
        struct rank_pile pile = {.bucket = (uint32_t)after - 1, .count = parcel_get(parcel)};
        parcel_wide(parcel, &pile.sum);
        parcel->good = parcel->good && merge_pile(merge, number, &pile);
    }
    for (uint64_t after = 0; step(parcel, &after);) {
        uint64_t count = parcel_get(parcel);
        bool gaps = number == LIMITS_LAST || number == MERGE_FUTURES;
        parcel->good = parcel->good && (gaps ? merge_gap(merge, (uint32_t)after, count)
                                             : merge_orders(merge, number, (uint32_t)after, count));
    }
}

void meet_get_ties(struct parcel *parcel, struct merge *merge, unsigned number)
{
    enum rank_scale scale = number == LIMITS_LAST ? RANK_TIME : RANK_MONEY;
    for (uint64_t count; (count = parcel_get(parcel)) > 0;) {
        struct rank_tie tie = {.count = count};
        parcel_signed(parcel, &tie.value);
        if (!parcel->good)
            return;
        (void)merge_tie(merge, number, rank_bucket(scale, tie.value), &tie);
    }
}
