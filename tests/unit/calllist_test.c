// The planner: who is called today, in which order, and whether the month can be covered.
#include "unit/candidates.h"

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
    enum { ALL = 17 };
    struct candidate candidates[ALL];
    for (size_t i = 0; i < ALL; i++) {
        candidates[i] = calm(ABC_A);
        candidates[i].contact_day = TODAY - 9;
    }
    // Against the order that they should come out in.
    candidates[0].small_day = TODAY - 2;
    candidates[1].news_day = TODAY;
    candidates[2].survey_day = TODAY;
    candidates[3] = uncovered(ABC_A, 40); // beyond today's coverage: silence
    candidates[4] = uncovered(ABC_A, 41); // coverage
    candidates[4].put_off_day = TODAY - 1;
    candidates[5].quote_day = TODAY - 1;
    candidates[6].overdue = true;
    candidates[6].abc = ABC_B;
    candidates[7].overdue = true;
    candidates[8].follow_day = TODAY;
    candidates[9].expected_day = TODAY + 3;
    candidates[9].contact_day = TODAY - 8;
    candidates[10].hot = true;
    candidates[11].stage = CALL_STAGE_EXPIRED;
    candidates[11].stage_day = TODAY - 10;
    candidates[12].stage = CALL_STAGE_INTENDS;
    candidates[12].stage_day = TODAY - 10;
    candidates[13].stage = CALL_STAGE_CONTRACT_SENT;
    candidates[13].stage_day = TODAY - 10;
    candidates[14].appointment_day = TODAY;
    candidates[15].promise_day = TODAY;
    candidates[16].promise_day = TODAY - 2;
    static const enum call_reason REASONS[ALL] = {
        CALL_PROMISE_DUE, CALL_PROMISE_DUE,   CALL_APPOINTMENT, CALL_STAGE,        CALL_STAGE,   CALL_STAGE,
        CALL_HOT,         CALL_EXPECTED_NEED, CALL_FOLLOW_UP,   CALL_OVERDUE_A,    CALL_OVERDUE, CALL_NURSE,
        CALL_COVERAGE,    CALL_SILENCE,       CALL_SURVEY,      CALL_ANNOUNCEMENT, CALL_NURSE};
    struct plan_rules rules = usual(60);
    struct plan_day day = middle(20);
    struct coverage coverage;
    assert_int_equal(plan(&rules, &day, candidates, ALL, &coverage), ALL);
    for (size_t i = 0; i < ALL; i++) {
        assert_int_equal(lines[i]->reason, REASONS[i]);
        assert_ptr_equal(lines[i], &candidates[ALL - 1 - i]);
    }
    assert_int_equal(coverage.customers, ALL);
    assert_int_equal(coverage.contacted, ALL - 2);
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
    assert_int_equal(reason_of(c), CALL_OVERDUE);
    c.abc = ABC_C;
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
}

static void test_reasons_of_leads(void **state)
{
    (void)state;
    struct candidate c;
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
    c.contact_day = TODAY - 31; // a contract that ran out long ago comes back once in a while
    assert_int_equal(reason_of(c), CALL_STAGE);
    c.stage = CALL_STAGE_INTENDS; // another stage does not
    assert_int_equal(reason_of(c), CALL_COVERAGE);

    c = calm(ABC_B);
    c.follow_day = TODAY + 1;
    assert_int_equal(reason_of(c), CALL_NONE);
    c.follow_day = TODAY;
    c.contact_day = TODAY - 1; // a lead of the nearest horizon is spoken to each day
    assert_int_equal(reason_of(c), CALL_FOLLOW_UP);

    c = calm(ABC_C);
    c.quote_day = TODAY - 5;
    assert_int_equal(reason_of(c), CALL_NONE); // spoken to since
    c.quote_day = TODAY - 4;
    assert_int_equal(reason_of(c), CALL_NURSE);
    c.shortest_days = 14;
    assert_int_equal(reason_of(c), CALL_NONE); // those of its class are left alone for longer
}

// What can wait does when the caps are full; what was promised does not.
static void test_caps_keep_what_can_wait(void **state)
{
    (void)state;
    struct plan_rules rules = usual(60);
    struct plan_day day = middle(10);
    struct coverage coverage;
    enum { ALL = 7 };
    struct candidate candidates[ALL];
    for (size_t i = 0; i < ALL; i++)
        candidates[i] = calm(ABC_A);
    candidates[0] = uncovered(ABC_A, 20);
    candidates[1].quote_day = TODAY - 1;
    candidates[2].survey_day = TODAY;
    candidates[3].small_day = TODAY;
    candidates[4].promise_day = TODAY;
    candidates[5].stage = CALL_STAGE_CONTRACT_SENT;
    candidates[5].stage_day = TODAY;
    candidates[5].contact_day = TODAY - 8;
    candidates[6].follow_day = TODAY;
    static const enum call_reason CAPPED[ALL] = {CALL_COVERAGE, CALL_NURSE, CALL_SURVEY, CALL_NURSE};
    for (size_t i = 0; i < ALL; i++)
        candidates[i].cap = 2;
    assert_int_equal(plan(&rules, &day, candidates, ALL, &coverage), 3);
    for (size_t i = 0; i < ALL; i++) {
        assert_int_equal(candidates[i].listed, i >= 4);
        assert_int_equal(candidates[i].capped, CAPPED[i]);
    }
    for (size_t i = 0; i < ALL; i++)
        candidates[i].cap = 0;
    assert_int_equal(plan(&rules, &day, candidates, ALL, &coverage), ALL);
}

// The shortest silence of a class holds for coverage, unless the month would be over before.
static void test_shortest_silence(void **state)
{
    (void)state;
    static const struct {
        int32_t today, contact, shortest;
        enum call_reason reason;
    } rows[] = {
        {MONTH_START + 2, MONTH_START - 3, 14, CALL_NONE},
        {MONTH_START + 10, MONTH_START - 3, 14, CALL_NONE},
        {MONTH_START + 11, MONTH_START - 3, 14, CALL_COVERAGE},
        {MONTH_START + 2, MONTH_START - 3, 26, CALL_COVERAGE}, // it would end in the last week
        {MONTH_START, MONTH_START - 2, 26, CALL_NONE},         // but nobody is called again within rest_days
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct plan_rules rules = usual(60);
        struct coverage coverage;
        struct candidate c = calm(ABC_C);
        struct plan_day day = {.today = rows[i].today,
                               .month_start = MONTH_START,
                               .month_end = MONTH_START + 29,
                               .working_days_left = 10,
                               .working_days = days_from(rows[i].today)};
        c.contact_day = rows[i].contact;
        c.shortest_days = rows[i].shortest;
        size_t count = plan(&rules, &day, &c, 1, &coverage);
        assert_int_equal(count == 1 ? c.reason : CALL_NONE, rows[i].reason);
    }
}

// Of equally likely deals the one whose order is expected sooner comes first.
static void test_sooner_order_first(void **state)
{
    (void)state;
    struct candidate candidates[3];
    struct plan_rules rules = usual(60);
    struct plan_day day = middle(10);
    struct coverage coverage;
    for (size_t i = 0; i < 3; i++) {
        candidates[i] = calm(ABC_B);
        candidates[i].contact_day = TODAY - 8;
        candidates[i].stage = CALL_STAGE_INTENDS;
        candidates[i].stage_day = TODAY - 3;
        candidates[i].intention = 3;
    }
    candidates[1].expected_day = TODAY + 40;
    candidates[2].expected_day = TODAY + 20;
    candidates[0].abc = ABC_A;
    assert_int_equal(plan(&rules, &day, candidates, 3, &coverage), 3);
    assert_ptr_equal(lines[0], &candidates[2]);
    assert_ptr_equal(lines[1], &candidates[1]);
    assert_ptr_equal(lines[2], &candidates[0]);
}

// A colleague is away: what would be lost by waiting comes behind the rep's own coverage and before what can wait.
static void test_guests(void **state)
{
    (void)state;
    enum { ALL = 9 };
    struct candidate candidates[ALL];
    struct plan_rules rules = usual(6);
    struct plan_day day = middle(1);
    struct coverage coverage;
    for (size_t i = 0; i < ALL; i++) {
        candidates[i] = calm(i == 7 ? ABC_B : ABC_A);
        candidates[i].contact_day = TODAY - 9;
        candidates[i].guest = i >= 3;
    }
    candidates[0] = uncovered(ABC_C, 60); // coverage
    candidates[1].appointment_day = TODAY;
    candidates[2].contact_day = TODAY - 15; // silence
    day.month_start = TODAY - 20;
    candidates[3].promise_day = TODAY;
    candidates[4].appointment_day = TODAY - 1;
    candidates[5].overdue = true;           // waits for the colleague
    candidates[6].expected_day = TODAY + 3; // of class A
    candidates[7].expected_day = TODAY + 3; // of class B: waits
    candidates[8] = uncovered(ABC_A, 60);   // so does coverage
    candidates[8].guest = true;
    assert_int_equal(plan(&rules, &day, candidates, ALL, &coverage), 6);
    static const size_t WANTED[] = {1, 0, 3, 4, 6, 2};
    for (size_t i = 0; i < 6; i++)
        assert_ptr_equal(lines[i], &candidates[WANTED[i]]);
    assert_int_equal(coverage.customers, 3);
    rules.capacity = 3; // no more than the deputy has room for
    assert_int_equal(plan(&rules, &day, candidates, ALL, &coverage), 3);
    assert_ptr_equal(lines[2], &candidates[3]);
    assert_false(candidates[4].put_off);
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

// Stages may not eat what coverage needs, promises may.
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

// A month that cannot be covered: calls that only repeat get a quarter of its calls, however few a day has.
static void test_repeats_get_a_quarter_of_a_hopeless_month(void **state)
{
    (void)state;
    static const struct {
        uint32_t capacity, days, coverage;
    } rows[] = {{1, 8, 6}, {1, 1, 1}, {2, 4, 6}, {3, 4, 9}, {60, 1, 45}, {60, 4, 180}};
    static struct candidate candidates[800];
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct plan_rules rules = usual(rows[i].capacity);
        uint32_t of_coverage = 0, of_stages = 0;
        for (size_t j = 0; j < 800; j++) {
            candidates[j] = j % 2 == 0 ? uncovered(ABC_C, 20) : uncovered(ABC_C, 8);
            candidates[j].stage = j % 2 == 0 ? CALL_STAGE_NONE : CALL_STAGE_INTENDS;
            candidates[j].stage_day = TODAY - 2;
        }
        for (uint32_t left = rows[i].days; left > 0; left--) {
            struct plan_day day = middle(left);
            struct coverage coverage;
            size_t count = plan(&rules, &day, candidates, 800, &coverage);
            assert_int_equal(count, rows[i].capacity);
            assert_true(coverage.missing > 0);
            for (size_t j = 0; j < count; j++) {
                of_coverage += lines[j]->reason == CALL_COVERAGE;
                of_stages += lines[j]->reason == CALL_STAGE;
            }
        }
        assert_int_equal(of_coverage, rows[i].coverage);
        assert_int_equal(of_stages, rows[i].capacity * rows[i].days - rows[i].coverage);
    }
}

// Where promises of one day are more than it holds, those of customers who were not reached this month go first, on
// that day and on the days before it.
static void test_promises_reach_the_unreached_first(void **state)
{
    (void)state;
    for (int32_t later = 0; later < 2; later++) {
        struct candidate candidates[5];
        struct plan_rules rules = usual(2);
        struct plan_day day = middle(2);
        struct coverage coverage;
        for (size_t i = 0; i < 5; i++) {
            candidates[i] = i == 3 ? uncovered(ABC_C, 30) : calm(ABC_A);
            candidates[i].promise_day = TODAY + later;
        }
        assert_int_equal(plan(&rules, &day, candidates, 5, &coverage), 2);
        assert_ptr_equal(lines[0], &candidates[3]);
        assert_int_equal(lines[0]->reason, CALL_PROMISE_DUE);
        assert_true(candidates[1].put_off && candidates[2].put_off == (later == 0));
    }
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
        cmocka_unit_test(test_reasons_of_leads),
        cmocka_unit_test(test_caps_keep_what_can_wait),
        cmocka_unit_test(test_shortest_silence),
        cmocka_unit_test(test_sooner_order_first),
        cmocka_unit_test(test_guests),
        cmocka_unit_test(test_silence_per_class),
        cmocka_unit_test(test_order_within_blocks),
        cmocka_unit_test(test_silence_stands_by_class),
        cmocka_unit_test(test_capacity_puts_off_and_tomorrow_comes_first),
        cmocka_unit_test(test_repeats_leave_room_for_coverage),
        cmocka_unit_test(test_repeats_get_a_quarter_of_a_hopeless_month),
        cmocka_unit_test(test_promises_reach_the_unreached_first),
        cmocka_unit_test(test_missing),
        cmocka_unit_test(test_no_answer_comes_again),
        cmocka_unit_test(test_not_interested_is_no_part_of_coverage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
