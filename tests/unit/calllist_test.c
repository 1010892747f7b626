// The planner: who is called today, in which order, and whether the month can be covered.
#include "services/scheduler/calllist.h"

#include "common/calendar.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MOST = 1200, TODAY = 20000, MONTH_START = 19990 };

static struct candidate *order[MOST], *lines[MOST];

static struct plan_rules usual(uint32_t capacity)
{
    return (struct plan_rules){.capacity = capacity,
                               .need_lead_days = 7,
                               .rest_days = 3,
                               .repeat_days = 7,
                               .stage_days = 60,
                               .stale_days = 30,
                               .silence_days = {0, 14, 30, 90},
                               .tries = 3};
}

static struct plan_day middle(uint32_t left)
{
    return (struct plan_day){
        .today = TODAY, .month_start = MONTH_START, .month_end = MONTH_START + 29, .working_days_left = left};
}

// A customer whom nothing speaks for: reached this month, five days ago.
static struct candidate calm(uint32_t abc)
{
    return (struct candidate){.contact_day = TODAY - 5,
                              .known_day = TODAY - 400,
                              .promise_day = DAY_NONE,
                              .appointment_day = DAY_NONE,
                              .expected_day = DAY_NONE,
                              .hold_day = DAY_NONE,
                              .mute_day = DAY_NONE,
                              .put_off_day = DAY_NONE,
                              .abc = abc};
}

static struct candidate uncovered(uint32_t abc, int32_t silence)
{
    struct candidate candidate = calm(abc);
    candidate.contact_day = TODAY - silence;
    return candidate;
}

static size_t plan(const struct plan_rules *rules, const struct plan_day *day, struct candidate *candidates,
                   size_t count, struct coverage *ret_coverage)
{
    return calllist_plan(rules, day, candidates, count, order, lines, ret_coverage);
}

// What one customer is called for.
static enum call_reason reason_of(struct candidate candidate)
{
    struct plan_rules rules = usual(60);
    struct plan_day day = middle(10);
    struct coverage coverage;
    size_t count = plan(&rules, &day, &candidate, 1, &coverage);
    return count == 1 ? candidate.reason : CALL_NONE;
}

static void test_blocks_stand_in_order(void **state)
{
    (void)state;
    struct candidate candidates[9];
    for (size_t i = 0; i < 9; i++) {
        candidates[i] = calm(ABC_A);
        candidates[i].contact_day = TODAY - 9;
    }
    // Against the order that they should come out in.
    candidates[0] = uncovered(ABC_A, 40); // beyond today's coverage: silence
    candidates[1] = uncovered(ABC_A, 41); // coverage
    candidates[1].put_off_day = TODAY - 1;
    candidates[2].expected_day = TODAY + 3;
    candidates[2].contact_day = TODAY - 8;
    candidates[3].stage = CALL_STAGE_INTENDS;
    candidates[3].stage_day = TODAY - 10;
    candidates[4].stage = CALL_STAGE_CONTRACT_SENT;
    candidates[4].stage_day = TODAY - 10;
    candidates[5].overdue = true;
    candidates[6].appointment_day = TODAY;
    candidates[7].promise_day = TODAY;
    candidates[8].promise_day = TODAY - 2;
    static const size_t WANTED[] = {8, 7, 6, 5, 4, 3, 2, 1, 0};
    static const enum call_reason REASONS[] = {CALL_PROMISE_DUE,   CALL_PROMISE_DUE, CALL_APPOINTMENT,
                                               CALL_OVERDUE_A,     CALL_STAGE,       CALL_STAGE,
                                               CALL_EXPECTED_NEED, CALL_COVERAGE,    CALL_SILENCE};
    struct plan_rules rules = usual(60);
    struct plan_day day = middle(20);
    struct coverage coverage;
    assert_int_equal(plan(&rules, &day, candidates, 9, &coverage), 9);
    for (size_t i = 0; i < 9; i++) {
        assert_ptr_equal(lines[i], &candidates[WANTED[i]]);
        assert_int_equal(lines[i]->reason, REASONS[i]);
    }
    assert_int_equal(coverage.customers, 9);
    assert_int_equal(coverage.contacted, 7);
    assert_int_equal(coverage.missing, 0);
}

static void test_reasons(void **state)
{
    (void)state;
    struct candidate c = calm(ABC_A);
    assert_int_equal(reason_of(c), CALL_NONE);
    c.overdue = true;
    assert_int_equal(reason_of(c), CALL_NONE); // called five days ago: not again within seven
    c.contact_day = TODAY - 7;
    assert_int_equal(reason_of(c), CALL_OVERDUE_A);
    c.abc = ABC_B;
    assert_int_equal(reason_of(c), CALL_NONE);

    c = uncovered(ABC_C, 12);
    assert_int_equal(reason_of(c), CALL_COVERAGE);
    c.mute_day = TODAY + 1;
    assert_int_equal(reason_of(c), CALL_NONE);
    c.mute_day = TODAY;
    assert_int_equal(reason_of(c), CALL_COVERAGE);
    c.hold_day = TODAY + 1;
    assert_int_equal(reason_of(c), CALL_NONE);
    c.promise_day = TODAY;
    assert_int_equal(reason_of(c), CALL_PROMISE_DUE); // a promise waits for nothing
    c.promise_day = TODAY - 31;
    assert_int_equal(reason_of(c), CALL_NONE); // nobody believes in it any more
    c.promise_day = TODAY + 1;
    assert_int_equal(reason_of(c), CALL_NONE);

    c = calm(ABC_B);
    c.appointment_day = TODAY - 1;
    c.contact_day = TODAY - 1;
    assert_int_equal(reason_of(c), CALL_APPOINTMENT); // although it was spoken to yesterday
    c = calm(ABC_B);
    c.contact_day = DAY_NONE;
    assert_int_equal(reason_of(c), CALL_COVERAGE);
    c.appointment_day = TODAY + 2;
    assert_int_equal(reason_of(c), CALL_NONE); // a date is agreed on
    c.appointment_day = MONTH_START + 30;
    assert_int_equal(reason_of(c), CALL_COVERAGE); // but one in the next month is too late for this one

    c = calm(ABC_B);
    c.expected_day = TODAY + 7;
    assert_int_equal(reason_of(c), CALL_EXPECTED_NEED);
    c.expected_day = TODAY + 8;
    assert_int_equal(reason_of(c), CALL_NONE);
    c.expected_day = TODAY + 2;
    assert_int_equal(reason_of(c), CALL_NONE); // spoken to five days ago, within the time before the order
    c.expected_day = TODAY - 8;
    c.contact_day = TODAY - 20;
    c.abc = ABC_C;
    assert_int_equal(reason_of(c), CALL_COVERAGE); // the time of the order is over

    c = calm(ABC_A);
    c.stage = CALL_STAGE_EXPIRED;
    c.stage_day = TODAY - 60;
    c.contact_day = TODAY - 8;
    assert_int_equal(reason_of(c), CALL_STAGE);
    c.stage_day = TODAY - 61;
    assert_int_equal(reason_of(c), CALL_NONE);
}

static void test_silence_per_class(void **state)
{
    (void)state;
    // Reached this month in each case, so that only silence speaks.
    static const struct {
        uint32_t abc;
        int32_t days;
        enum call_reason reason;
    } rows[] = {{ABC_A, 14, CALL_NONE},    {ABC_A, 15, CALL_SILENCE}, {ABC_B, 30, CALL_NONE},
                {ABC_B, 31, CALL_SILENCE}, {ABC_C, 90, CALL_NONE},    {ABC_C, 91, CALL_SILENCE}};
    struct plan_rules rules = usual(60);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct plan_day day = middle(10);
        struct coverage coverage;
        struct candidate c = uncovered(rows[i].abc, rows[i].days);
        day.month_start = TODAY - 200;
        size_t count = plan(&rules, &day, &c, 1, &coverage);
        assert_int_equal(count == 1 ? c.reason : CALL_NONE, rows[i].reason);
    }
}

// Coverage and silence by class, then the wait, then silence; expected need by its date alone.
static void test_order_within_blocks(void **state)
{
    (void)state;
    struct candidate candidates[9];
    struct plan_rules rules = usual(60);
    struct plan_day day = middle(1);
    struct coverage coverage;
    candidates[0] = uncovered(ABC_C, 400);
    candidates[1] = uncovered(ABC_B, 20);
    candidates[2] = uncovered(ABC_B, 12);
    candidates[2].put_off_day = TODAY - 1;
    candidates[3] = uncovered(ABC_A, 11);
    candidates[4] = uncovered(ABC_A, 12);
    for (size_t i = 5; i < 9; i++) {
        candidates[i] = calm(i == 5 ? ABC_A : ABC_C);
        candidates[i].contact_day = TODAY - 9;
        candidates[i].expected_day = TODAY + 3 - (int32_t)i % 3; // +1, +3, +2, +1
    }
    candidates[6].put_off_day = TODAY - 5;
    static const size_t WANTED[] = {5, 8, 7, 6, 4, 3, 2, 1, 0};
    assert_int_equal(plan(&rules, &day, candidates, 9, &coverage), 9);
    for (size_t i = 0; i < 9; i++) {
        assert_ptr_equal(lines[i], &candidates[WANTED[i]]);
    }
}

static void test_silence_stands_by_class(void **state)
{
    (void)state;
    struct candidate candidates[3] = {uncovered(ABC_C, 900), uncovered(ABC_B, 40), uncovered(ABC_A, 16)};
    struct plan_rules rules = usual(60);
    struct plan_day day = middle(10);
    struct coverage coverage;
    day.month_start = TODAY - 1000;
    assert_int_equal(plan(&rules, &day, candidates, 3, &coverage), 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(lines[i]->reason, CALL_SILENCE);
        assert_ptr_equal(lines[i], &candidates[2 - i]);
    }
}

static void test_capacity_puts_off_and_tomorrow_comes_first(void **state)
{
    (void)state;
    struct candidate candidates[5];
    struct plan_rules rules = usual(3);
    struct plan_day day = middle(10);
    struct coverage coverage;
    for (size_t i = 0; i < 5; i++) {
        candidates[i] = calm(ABC_B);
        candidates[i].promise_day = TODAY - (int32_t)i; // the last one waits longest
    }
    assert_int_equal(plan(&rules, &day, candidates, 5, &coverage), 3);
    assert_ptr_equal(lines[0], &candidates[4]);
    assert_true(candidates[0].put_off && candidates[1].put_off);
    assert_false(candidates[2].put_off);
    candidates[0].put_off_day = TODAY;
    candidates[1].put_off_day = TODAY;
    day.today++;
    assert_int_equal(plan(&rules, &day, candidates, 5, &coverage), 3);
    assert_ptr_equal(lines[0], &candidates[1]);
    assert_ptr_equal(lines[1], &candidates[0]);
    assert_ptr_equal(lines[2], &candidates[4]);
}

// Stages may not eat what coverage needs, promises and overdue A customers may.
static void test_repeats_leave_room_for_coverage(void **state)
{
    (void)state;
    struct candidate candidates[40];
    struct plan_rules rules = usual(10);
    struct plan_day day = middle(2);
    struct coverage coverage;
    for (size_t i = 0; i < 40; i++) {
        candidates[i] = calm(ABC_C);
        candidates[i].contact_day = TODAY - 8;
        if (i < 12) {
            candidates[i] = uncovered(ABC_C, 20);
        } else if (i < 32) {
            candidates[i].stage = CALL_STAGE_CONTRACT_SENT;
            candidates[i].stage_day = TODAY - 2;
        }
    }
    assert_int_equal(plan(&rules, &day, candidates, 40, &coverage), 10);
    size_t coverage_lines = 0;
    for (size_t i = 0; i < 10; i++) {
        coverage_lines += lines[i]->reason == CALL_COVERAGE;
    }
    assert_int_equal(coverage_lines, 6); // twelve in two days
    for (size_t i = 32; i < 40; i++) {
        candidates[i].promise_day = TODAY;
    }
    assert_int_equal(plan(&rules, &day, candidates, 40, &coverage), 10);
    coverage_lines = 0;
    for (size_t i = 0; i < 10; i++) {
        coverage_lines += lines[i]->reason == CALL_COVERAGE;
    }
    assert_int_equal(coverage_lines, 2); // eight promises go first
}

static void test_missing(void **state)
{
    (void)state;
    static const struct {
        uint32_t customers, left, capacity, missing;
    } rows[] = {{1000, 22, 60, 0},   {1000, 17, 60, 0}, {1000, 16, 60, 40},
                {1000, 0, 60, 1000}, {60, 1, 60, 0},    {61, 1, 60, 1}};
    static struct candidate candidates[MOST];
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (size_t j = 0; j < rows[i].customers; j++) {
            candidates[j] = uncovered(ABC_B, 30);
        }
        struct plan_rules rules = usual(rows[i].capacity);
        struct plan_day day = middle(rows[i].left);
        struct coverage coverage;
        calllist_coverage(&rules, &day, candidates, rows[i].customers, &coverage);
        assert_int_equal(coverage.missing, rows[i].missing);
        assert_int_equal(coverage.customers, rows[i].customers);
        assert_int_equal(coverage.contacted, 0);
    }
}

// --- whole months: every call on the list is made, `answers` of a hundred are answered
// --------------------------------

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
                               .working_days_left = month->working_days - i};
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

// Whoever did not answer comes again on top of the day's part, not instead of it.
static void test_no_answer_comes_again(void **state)
{
    (void)state;
    static struct candidate candidates[100];
    struct plan_rules rules = usual(60);
    struct plan_day day = middle(10);
    struct coverage coverage;
    for (size_t i = 0; i < 100; i++) {
        candidates[i] = uncovered(ABC_C, 20);
    }
    for (size_t i = 90; i < 100; i++) {
        candidates[i].tries = 1;
        candidates[i].hold_day = TODAY;
    }
    size_t count = plan(&rules, &day, candidates, 100, &coverage);
    assert_int_equal(count, 25); // a hundred in seven days, so that three are left, and ten again
    for (size_t i = 0; i < 10; i++) {
        assert_true(lines[i] >= &candidates[90]);
    }
    for (size_t i = 90; i < 100; i++) {
        candidates[i].tries = 3; // the pause is over: like anybody else
    }
    assert_int_equal(plan(&rules, &day, candidates, 100, &coverage), 15);
}

static void test_not_interested_is_no_part_of_coverage(void **state)
{
    (void)state;
    struct candidate candidates[3] = {uncovered(ABC_C, 20), uncovered(ABC_C, 20), calm(ABC_C)};
    struct plan_rules rules = usual(60);
    struct plan_day day = middle(1);
    struct coverage coverage;
    candidates[0].mute_day = TODAY + 50;
    assert_int_equal(plan(&rules, &day, candidates, 3, &coverage), 1);
    assert_int_equal(coverage.customers, 2);
    assert_int_equal(coverage.contacted, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocks_stand_in_order),
        cmocka_unit_test(test_reasons),
        cmocka_unit_test(test_silence_per_class),
        cmocka_unit_test(test_order_within_blocks),
        cmocka_unit_test(test_silence_stands_by_class),
        cmocka_unit_test(test_capacity_puts_off_and_tomorrow_comes_first),
        cmocka_unit_test(test_repeats_leave_room_for_coverage),
        cmocka_unit_test(test_missing),
        cmocka_unit_test(test_months),
        cmocka_unit_test(test_nobody_is_left_out_for_good),
        cmocka_unit_test(test_no_answer_comes_again),
        cmocka_unit_test(test_not_interested_is_no_part_of_coverage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
