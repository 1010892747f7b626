// Time in the engine: what waits for the upstream's word and for how long, what may be called complete, and a clock
// that goes back.
#include "unit/engine_hand.h"

#include <stdio.h>

static void turn_at(struct fixture *fixture, int64_t now_ms)
{
    clock_move(fixture->clock, now_ms);
    assert_int_equal(engine_turn(fixture->engine, NULL, 0, NULL), ENGINE_DONE);
}

static void test_tick_waits_for_the_upstream(void **state)
{
    struct fixture *fixture = *state;
    char when[40];
    snprintf(when, sizeof when, "when %lld", (long long)NOW + 1000);
    assert_int_equal(take(fixture, NOW, TEXTS(when)), ENGINE_DONE);
    assert_int_equal(engine_due(fixture->engine), NOW + 1000);
    assert_int_equal(engine_wanted_ms(fixture->engine, 0), NOW + 1000);
    // Our clock is past it, the upstream's word is not.
    turn_at(fixture, NOW + 2000);
    assert_int_equal(fixture->little.limit_ms, NOW);
    assert_int_equal(fixture->little.rung_ms, 0);
    assert_true(engine_due(fixture->engine) > NOW + 2000); // no busy loop
    assert_int_equal(engine_complete_ms(fixture->engine), NOW);
    // What it had to say cancels the alarm, and it says that this was all.
    assert_int_equal(take(fixture, NOW + 2000, TEXTS("cancel")), ENGINE_DONE);
    assert_int_equal(fixture->little.rung_ms, 0);
    assert_int_equal(engine_complete_ms(fixture->engine), NOW + 2000);
    snprintf(when, sizeof when, "when %lld", (long long)NOW + 3000);
    assert_int_equal(take(fixture, NOW + 2000, TEXTS(when)), ENGINE_DONE);
    clock_move(fixture->clock, NOW + 4000);
    assert_int_equal(take(fixture, NOW + 2999, NONE), ENGINE_DONE);
    assert_int_equal(fixture->little.rung_ms, 0);
    assert_int_equal(take(fixture, NOW + 3000, NONE), ENGINE_DONE);
    assert_int_equal(fixture->little.rung_ms, NOW + 4000);
    assert_int_equal(fixture->little.limit_ms, NOW + 3000);
    assert_int_equal(engine_due(fixture->engine), INT64_MAX);
    assert_int_equal(engine_wanted_ms(fixture->engine, 0), 0);
}

static void test_silent_upstream_is_waited_for_a_while(void **state)
{
    struct fixture *fixture = *state;
    char when[40];
    snprintf(when, sizeof when, "when %lld", (long long)NOW + 1000);
    assert_int_equal(take(fixture, NOW, TEXTS(when)), ENGINE_DONE);
    turn_at(fixture, NOW + 60000);
    assert_int_equal(fixture->little.rung_ms, 0);
    turn_at(fixture, NOW + 60001);
    assert_int_equal(fixture->little.rung_ms, NOW + 60001);
}

// An upstream that talks and talks, but is never complete to anything, holds our timers for ten minutes and no longer.
static void test_endless_backlog_is_waited_for_a_while(void **state)
{
    struct fixture *fixture = *state;
    char when[40];
    snprintf(when, sizeof when, "when %lld", (long long)NOW + 1000);
    assert_int_equal(take(fixture, NOW, TEXTS(when)), ENGINE_DONE);
    int64_t now_ms = NOW;
    for (; fixture->little.rung_ms == 0; now_ms += 30000) {
        assert_true(now_ms < NOW + 2 * 600000);
        clock_move(fixture->clock, now_ms);
        assert_int_equal(take(fixture, 0, TEXTS("more")), ENGINE_DONE);
    }
    assert_true(fixture->little.rung_ms > NOW + 600000 && fixture->little.rung_ms <= NOW + 630000);
}

// What is due and not done yet must not be passed off as done.
static void test_complete_stops_before_what_is_due(void **state)
{
    struct fixture *fixture = *state;
    char when[40];
    snprintf(when, sizeof when, "when %lld", (long long)NOW + 1000);
    assert_int_equal(take(fixture, NOW, TEXTS(when)), ENGINE_DONE);
    clock_move(fixture->clock, NOW + 500);
    assert_int_equal(take(fixture, NOW + 500, NONE), ENGINE_DONE);
    assert_int_equal(engine_complete_ms(fixture->engine), NOW + 500);
    clock_move(fixture->clock, NOW + 61000); // silent for so long that our own clock decides
    assert_int_equal(engine_complete_ms(fixture->engine), NOW + 999);
    assert_int_equal(engine_turn(fixture->engine, NULL, 0, NULL), ENGINE_DONE);
    assert_int_equal(engine_complete_ms(fixture->engine), NOW + 61000);
}

static void test_time_never_goes_back(void **state)
{
    struct fixture *fixture = *state;
    clock_move(fixture->clock, NOW + 90000);
    assert_int_equal(little_post(fixture->engine, "/put", "late", NULL), ENGINE_DONE);
    engine_close(&fixture->engine);
    clock_close(&fixture->clock);
    fixture->clock = clock_open_simulated(NOW - 500000); // the machine came back with an old clock
    open_lower(fixture);
    assert_int_equal(little_post(fixture->engine, "/put", "later", NULL), ENGINE_DONE);
    struct tx *tx = store_begin_read(engine_store(fixture->engine));
    struct record first, second;
    assert_true(journal_read(tx, 1, &first) && journal_read(tx, 2, &second));
    assert_int_equal(first.time_ms, NOW + 90000);
    assert_int_equal(second.time_ms, NOW + 90000);
    tx_abort(&tx);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make, unmake)
    const struct CMUnitTest tests[] = {
        TEST(test_tick_waits_for_the_upstream),
        TEST(test_silent_upstream_is_waited_for_a_while),
        TEST(test_endless_backlog_is_waited_for_a_while),
        TEST(test_complete_stops_before_what_is_due),
        TEST(test_time_never_goes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
