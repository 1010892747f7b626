// The planner over whole months: everybody is reached, whatever piles up.
#include "unit/candidates.h"

// --- every call on the list is made, `answers` of a hundred are answered

struct month {
    uint32_t customers, working_days, capacity, busy; // busy: customers in a late stage
    unsigned answers;
};

static uint32_t next_random(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*seed >> 33);
}

// Returns how many were not reached; `ret_missing` is what the first day warned of.
static uint32_t live(const struct month *month, struct candidate *candidates, int32_t start, uint64_t *seed,
                     uint32_t *ret_missing)
{
    struct plan_rules rules = usual(month->capacity);
    struct coverage coverage;
    for (uint32_t i = 0; i < month->working_days; i++) {
        struct plan_day day = {.today = start + (int32_t)i,
                               .month_start = start,
                               .month_end = start + 30,
                               .working_days_left = month->working_days - i,
                               .working_days = days_from(start + (int32_t)i)};
        size_t count = plan(&rules, &day, candidates, month->customers, &coverage);
        assert_true(count <= month->capacity);
        if (i == 0) {
            *ret_missing = coverage.missing;
        }
        for (size_t j = 0; j < month->customers; j++) {
            candidates[j].put_off_day = !candidates[j].put_off                  ? DAY_NONE
                                        : candidates[j].put_off_day != DAY_NONE ? candidates[j].put_off_day
                                                                                : day.today;
        }
        for (size_t j = 0; j < count; j++) {
            if (next_random(seed) % 100 < month->answers) {
                lines[j]->contact_day = day.today;
                lines[j]->tries = 0;
                lines[j]->hold_day = DAY_NONE;
            } else {
                lines[j]->tries++;
                lines[j]->hold_day = day.today + (lines[j]->tries >= rules.tries ? 4 : 1);
            }
        }
    }
    calllist_coverage(&rules, &(struct plan_day){.today = start, .month_start = start}, candidates, month->customers,
                      &coverage);
    return coverage.customers - coverage.contacted;
}

static void test_months(void **state)
{
    (void)state;
    static const struct {
        struct month month;
        uint32_t missing, left_most;
    } rows[] = {
        {{1000, 22, 60, 0, 100}, 0, 0},   {{1000, 22, 60, 200, 100}, 0, 0}, {{1000, 17, 60, 200, 100}, 0, 0},
        {{1000, 16, 60, 0, 100}, 40, 40}, {{1000, 22, 60, 50, 85}, 0, 12}, // whoever did not answer three times in a
                                                                           // row may be left at the end
    };
    static struct candidate candidates[MOST];
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct month *month = &rows[i].month;
        uint64_t seed = 20261121 + i;
        print_message("month %zu, seed %llu\n", i, (unsigned long long)seed);
        for (uint32_t j = 0; j < month->customers; j++) {
            candidates[j] = uncovered(j < 100   ? ABC_A
                                      : j < 300 ? ABC_B
                                                : ABC_C,
                                      10 + (int32_t)(next_random(&seed) % 60));
            if (j < month->busy) {
                candidates[j].stage = CALL_STAGE_INTENDS;
                candidates[j].stage_day = TODAY;
            }
        }
        for (int32_t m = 0; m < 6; m++) {
            uint32_t missing;
            uint32_t left = live(month, candidates, TODAY + 31 * m, &seed, &missing);
            assert_int_equal(missing, rows[i].missing);
            assert_true(left <= rows[i].left_most);
            if (month->answers == 100) {
                assert_int_equal(left, rows[i].missing);
            }
        }
    }
}

// A month has room for 220 calls and there are 300 customers of class A and B: the 700 of class C have their turns
// still.
static void test_nobody_is_left_out_for_good(void **state)
{
    (void)state;
    static struct candidate candidates[MOST];
    struct month month = {.customers = 1000, .working_days = 22, .capacity = 10, .answers = 100};
    uint64_t seed = 20261122;
    uint32_t missing;
    for (uint32_t j = 0; j < month.customers; j++) {
        candidates[j] = uncovered(j < 100 ? ABC_A : j < 300 ? ABC_B : ABC_C, 10 + (int32_t)(next_random(&seed) % 60));
    }
    for (int32_t m = 0; m < 24; m++) {
        live(&month, candidates, TODAY + 31 * m, &seed, &missing);
    }
    for (uint32_t j = 0; j < month.customers; j++) {
        assert_true(candidates[j].contact_day >= TODAY);
    }
}

// --- months with piles of promises and with holidays, against a plain count

enum { MONTH_DAYS = 31, DAYS_MOST = 23 };

struct pile {
    int32_t days[DAYS_MOST];
    uint32_t day_count, customers, capacity;
    uint32_t dates; // promises and appointments of this month
};

// Working days with weekends, and perhaps a week or more off in the middle.
static void draw_days(struct pile *pile, int32_t start, uint64_t *seed)
{
    int32_t off = start + (int32_t)(next_random(seed) % 20), back = off + (int32_t)(next_random(seed) % 10);
    pile->day_count = 0;
    for (int32_t day = start; day < start + MONTH_DAYS && pile->day_count < DAYS_MOST; day++)
        if (day_weekday(day) <= 5 && (day < off || day >= back))
            pile->days[pile->day_count++] = day;
}

static struct pile draw_pile(int32_t start, struct candidate *candidates, uint64_t *seed)
{
    struct pile pile = {.capacity = 5 + next_random(seed) % 40};
    draw_days(&pile, start, seed);
    uint32_t slots = pile.capacity * pile.day_count;
    pile.customers = slots / 2 + next_random(seed) % (slots * 6 / 10);
    pile.customers = pile.customers < MOST ? pile.customers : MOST;
    uint32_t piles = 1 + next_random(seed) % 3, share = next_random(seed) % 40;
    int32_t on[3];
    for (uint32_t i = 0; i < 3; i++)
        on[i] = pile.days[next_random(seed) % pile.day_count];
    for (uint32_t i = 0; i < pile.customers; i++) {
        candidates[i] = calm(1 + next_random(seed) % 3);
        candidates[i].contact_day = start - 5 - (int32_t)(next_random(seed) % 60);
        bool dated = next_random(seed) % 100 < share;
        int32_t day = on[next_random(seed) % piles];
        if (dated && next_random(seed) % 5 == 0)
            candidates[i].appointment_day = day;
        else if (dated)
            candidates[i].promise_day = day;
        pile.dates += dated;
        if (next_random(seed) % 10 == 0) {
            candidates[i].stage = CALL_STAGE_INTENDS;
            candidates[i].stage_day = start;
        }
    }
    return pile;
}

// Earliest day first: true when every promise can be called about by its day and every appointment on its own, whatever
// else there is.
static bool dates_fit(const struct pile *pile, const struct candidate *candidates)
{
    uint32_t due[DAYS_MOST] = {0}, fixed[DAYS_MOST] = {0};
    for (uint32_t i = 0; i < pile->customers; i++)
        for (uint32_t d = 0; d < pile->day_count; d++) {
            due[d] += candidates[i].promise_day == pile->days[d];
            fixed[d] += candidates[i].appointment_day == pile->days[d];
        }
    uint32_t free_before = 0;
    for (uint32_t d = 0; d < pile->day_count; d++) {
        if (fixed[d] > pile->capacity)
            return false;
        free_before += pile->capacity - fixed[d];
        if (due[d] > free_before)
            return false;
        free_before -= due[d];
    }
    return true;
}

// Lives the month: every call is answered, and keeps the promise or the appointment that it is about. Returns how many
// promises were called about after their day; at the first call on the first day `ret_missing` is known.
static uint32_t live_pile(const struct pile *pile, struct candidate *candidates, int32_t start, uint32_t *ret_missing)
{
    struct plan_rules rules = usual(pile->capacity);
    uint32_t late = 0;
    for (uint32_t d = 0; d < pile->day_count; d++) {
        struct plan_day day = {.today = pile->days[d],
                               .month_start = start,
                               .month_end = start + MONTH_DAYS - 1,
                               .working_days_left = pile->day_count - d,
                               .working_days = pile->days + d};
        struct coverage coverage;
        size_t count = plan(&rules, &day, candidates, pile->customers, &coverage);
        assert_true(count <= pile->capacity);
        *ret_missing = d == 0 ? coverage.missing : *ret_missing;
        for (size_t i = 0; i < count; i++) {
            struct candidate *called = lines[i];
            late += called->reason == CALL_PROMISE_DUE && called->promise_day < day.today;
            called->contact_day = day.today;
            called->promise_day = called->reason == CALL_PROMISE_DUE ? DAY_NONE : called->promise_day;
            called->appointment_day = called->reason == CALL_APPOINTMENT ? DAY_NONE : called->appointment_day;
        }
    }
    return late;
}

static void test_piles_and_holidays(void **state)
{
    (void)state;
    static struct candidate candidates[MOST];
    enum { ROUNDS = 400 };
    uint32_t covered = 0, warned = 0;
    for (uint32_t round = 0; round < ROUNDS; round++) {
        uint64_t seed = 20261123 + round;
        int32_t start = MONTH_START + (int32_t)(next_random(&seed) % 7);
        struct pile pile = draw_pile(start, candidates, &seed);
        bool fit = dates_fit(&pile, candidates);
        bool possible = pile.customers <= pile.capacity * pile.day_count;
        uint32_t missing = 0, left = 0, late = live_pile(&pile, candidates, start, &missing);
        for (uint32_t i = 0; i < pile.customers; i++)
            left += candidates[i].contact_day < start;
        if ((fit && late > 0) || (fit && possible && left > 0) || possible != (missing == 0))
            fail_msg("seed %u: %u customers, %u a day on %u days, %u dates: %u late, %u left, %u warned of",
                     20261123 + round, pile.customers, pile.capacity, pile.day_count, pile.dates, late, left, missing);
        covered += fit && possible;
        warned += missing > 0;
    }
    print_message("seeds from 20261123: %u months covered, %u warned of\n", covered, warned);
    assert_true(covered > ROUNDS / 4 && warned > ROUNDS / 20);
}

// What lookahead levels: promises move to the days before, appointments to the days after.
static void test_levels(void **state)
{
    (void)state;
    static const struct {
        uint32_t fixed[4], movable[4];
        uint32_t ahead, free[4];
    } rows[] = {
        {{0, 0, 0, 0}, {0, 0, 0, 0}, 0, {10, 10, 10, 10}}, {{0, 0, 0, 0}, {0, 0, 15, 0}, 0, {10, 5, 0, 10}},
        {{0, 0, 0, 0}, {0, 0, 25, 0}, 5, {5, 0, 0, 10}},   {{0, 0, 0, 0}, {0, 0, 45, 0}, 25, {0, 0, 0, 0}},
        {{0, 15, 0, 0}, {0, 0, 0, 0}, 0, {10, 0, 5, 10}},  {{0, 15, 0, 0}, {0, 5, 0, 0}, 5, {5, 0, 5, 10}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct lookahead_day days[4] = {{0}};
        for (size_t d = 0; d < 4; d++) {
            days[d].fixed = rows[i].fixed[d];
            days[d].movable = rows[i].movable[d];
        }
        lookahead_level(days, 4, 10);
        assert_int_equal(days[0].ahead, rows[i].ahead);
        for (size_t d = 0; d < 4; d++)
            assert_int_equal(days[d].free, rows[i].free[d]);
    }
    struct lookahead_day days[2] = {{.free = 4}, {.free = 8}};
    assert_int_equal(lookahead_share(days, 2, 0), 0);
    assert_int_equal(lookahead_share(days, 2, 6), 2);
    assert_int_equal(lookahead_share(days, 2, 12), 4);
    assert_int_equal(lookahead_share(days, 2, 20), 12); // what the other day cannot hold
    assert_int_equal(lookahead_share(days, 0, 20), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_months),
        cmocka_unit_test(test_nobody_is_left_out_for_good),
        cmocka_unit_test(test_piles_and_holidays),
        cmocka_unit_test(test_levels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
