// What is counted of a rep's days, on a real store.
#include "services/scheduler/log.h"

#include "harness/turns.h"
#include "services/scheduler/rows.h"
#include "tend/v1/journal.pb-c.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

// Each record runs it in a turn of its own.
static void (*work)(struct turn *turn);

static void apply(void *self, struct turn *turn, const struct record *record)
{
    (void)self;
    (void)record;
    work(turn);
}

static int64_t tick(void *self, struct turn *turn, int64_t now_ms)
{
    (void)self;
    (void)turn;
    (void)now_ms;
    return INT64_MAX;
}

static void look(void *self, struct turn *turn)
{
    (void)self;
    (void)turn;
}

static const struct service SERVICE = {
    .name = "log",
    .follows = "scoring",
    .tables = rows_tables,
    .table_count = ROWS_TABLES,
    .apply = apply,
    .tick = tick,
    .settle = look,
    .reload = look,
};

static void run(struct turns *turns, void (*of)(struct turn *turn))
{
    Tend__V1__Settings settings = TEND__V1__SETTINGS__INIT;
    work = of;
    turns_say(turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_SETTINGS, 0, &settings.base);
    turns_step(turns);
}

static void count(struct turn *turn)
{
    log_add(turn, "wang", 20000, LOG_ORDERS, 3);
    log_add(turn, "wang", 20001, LOG_ORDERS, 2);
    log_add(turn, "wang", 20001, LOG_ERRORS, 1);
    log_add(turn, "wang", -5, LOG_CALLS, 1); // days before 1970 are days
    log_add(turn, "li", 20001, LOG_ORDERS, 100);
}

static void take_back(struct turn *turn)
{
    log_add(turn, "wang", 20001, LOG_ERRORS, -2); // no count goes below zero
    log_add(turn, "wang", 20001, LOG_ORDERS, -1);
}

static void expect_sums(struct turn *turn)
{
    struct log sum = log_sum(turn, "wang", 20000, 20001);
    assert_int_equal(sum.counts[LOG_ORDERS], 4);
    assert_int_equal(sum.counts[LOG_ERRORS], 0);
    assert_int_equal(sum.counts[LOG_CALLS], 0);
    assert_int_equal(log_sum(turn, "wang", 20001, 20001).counts[LOG_ORDERS], 1);
    assert_int_equal(log_sum(turn, "wang", 20001, 20000).counts[LOG_ORDERS], 0);
    assert_int_equal(log_sum(turn, "wang", -10, 0).counts[LOG_CALLS], 1);
    assert_int_equal(log_sum(turn, "li", 19000, 21000).counts[LOG_ORDERS], 0); // the last LOG_DAYS_MAX days only
    assert_int_equal(log_sum(turn, "li", INT32_MIN, 20001 + LOG_DAYS_MAX - 1).counts[LOG_ORDERS], 100);
}

static void test_counts(void **state)
{
    (void)state;
    struct turns *turns = turns_open(&SERVICE, NULL, 1000);
    run(turns, count);
    run(turns, take_back);
    run(turns, expect_sums);
    turns_close(&turns);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {cmocka_unit_test(test_counts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
