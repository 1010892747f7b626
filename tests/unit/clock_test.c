// The clock of the machine, with a machine whose clocks the test turns.
#include "common/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/timex.h>
#include <time.h>

#include <cmocka.h>

#define MINUTE_MS INT64_C(60000)
#define START INT64_C(1779010200000)

static int64_t wall, boot;
static bool synchronised;

// In the place of libc's, for this program.
int clock_gettime(clockid_t id, struct timespec *ret_time)
{
    int64_t at_ms = id == CLOCK_REALTIME ? wall : boot;
    *ret_time = (struct timespec){.tv_sec = at_ms / 1000, .tv_nsec = at_ms % 1000 * 1000000};
    return 0;
}

int adjtimex(struct timex *ret_state)
{
    ret_state->status = synchronised ? 0 : STA_UNSYNC;
    return synchronised ? TIME_OK : TIME_ERROR;
}

static void pass(int64_t ms)
{
    wall += ms;
    boot += ms;
}

static struct clock *start(void)
{
    wall = START;
    boot = 1000;
    synchronised = false;
    struct clock *clock = clock_open();
    assert_int_equal(clock_wall_ms(clock), START);
    assert_true(clock_trusted(clock));
    return clock;
}

static void test_goes_with_the_machine(void **state)
{
    (void)state;
    struct clock *clock = start();
    for (int i = 0; i < 100; i++) {
        pass(1234);
        assert_int_equal(clock_wall_ms(clock), wall);
        assert_int_equal(clock_boot_ms(clock), boot);
        assert_int_equal(clock_boot_us(clock), boot * 1000);
    }
    // A night of sleep, and drift that is put right in small steps.
    pass(9 * 60 * MINUTE_MS);
    assert_int_equal(clock_wall_ms(clock), wall);
    for (int i = 0; i < 10; i++) {
        wall += MINUTE_MS / 2;
        assert_true(clock_trusted(clock));
        assert_int_equal(clock_wall_ms(clock), wall);
    }
    clock_close(&clock);
    assert_null(clock);
}

static void test_never_goes_back(void **state)
{
    (void)state;
    struct clock *clock = start();
    wall -= 5000;
    assert_int_equal(clock_wall_ms(clock), START);
    pass(4000);
    assert_int_equal(clock_wall_ms(clock), START);
    pass(2000);
    assert_int_equal(clock_wall_ms(clock), START + 1000);
    clock_floor(clock, START + 50000);
    assert_int_equal(clock_wall_ms(clock), START + 50000);
    clock_floor(clock, START);
    assert_int_equal(clock_wall_ms(clock), START + 50000);
    clock_close(&clock);
}

// Ten years ahead for a moment: nothing may be dated there, or all that comes later would have to be.
static void test_jump_ahead_is_not_believed(void **state)
{
    (void)state;
    struct clock *clock = start();
    pass(1000);
    int64_t years = INT64_C(10) * 365 * 24 * 60 * MINUTE_MS;
    wall += years;
    assert_false(clock_trusted(clock));
    assert_int_equal(clock_wall_ms(clock), START + 1000);
    pass(5000);
    assert_int_equal(clock_wall_ms(clock), START + 6000);
    wall -= years; // put right
    assert_true(clock_trusted(clock));
    assert_int_equal(clock_wall_ms(clock), START + 6000);
    assert_int_equal(clock_wall_ms(clock), wall);
    clock_close(&clock);
}

static void test_jump_is_believed_when_synchronised(void **state)
{
    (void)state;
    struct clock *clock = start();
    wall += 2 * MINUTE_MS;
    assert_false(clock_trusted(clock));
    synchronised = true;
    assert_true(clock_trusted(clock));
    assert_int_equal(clock_wall_ms(clock), wall);
    // Back: it is believed, and stands until it is there again.
    wall -= 5 * MINUTE_MS;
    assert_true(clock_trusted(clock));
    assert_int_equal(clock_wall_ms(clock), wall + 5 * MINUTE_MS);
    pass(6 * MINUTE_MS);
    assert_int_equal(clock_wall_ms(clock), wall);
    clock_close(&clock);
}

static void test_jump_is_believed_after_ten_minutes(void **state)
{
    (void)state;
    struct clock *clock = start();
    wall += 60 * MINUTE_MS;
    assert_false(clock_trusted(clock));
    pass(10 * MINUTE_MS - 1);
    assert_false(clock_trusted(clock));
    assert_int_equal(clock_wall_ms(clock), wall - 60 * MINUTE_MS);
    pass(1);
    assert_true(clock_trusted(clock));
    assert_int_equal(clock_wall_ms(clock), wall);
    clock_close(&clock);
}

static void test_jump_back_goes_on_by_boot_time(void **state)
{
    (void)state;
    struct clock *clock = start();
    wall -= 60 * MINUTE_MS;
    pass(7000);
    assert_int_equal(clock_wall_ms(clock), START + 7000);
    assert_false(clock_trusted(clock));
    clock_close(&clock);
}

static void test_simulated(void **state)
{
    (void)state;
    struct clock *clock = clock_open_simulated(START);
    pass(99 * MINUTE_MS);
    assert_int_equal(clock_wall_ms(clock), START);
    assert_int_equal(clock_boot_ms(clock), START);
    clock_move(clock, START + 5);
    clock_move(clock, START + 3);
    assert_int_equal(clock_wall_ms(clock), START + 5);
    clock_move(clock, START + 1000 * MINUTE_MS);
    assert_true(clock_trusted(clock));
    clock_close(&clock);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_goes_with_the_machine),
        cmocka_unit_test(test_never_goes_back),
        cmocka_unit_test(test_jump_ahead_is_not_believed),
        cmocka_unit_test(test_jump_is_believed_when_synchronised),
        cmocka_unit_test(test_jump_is_believed_after_ten_minutes),
        cmocka_unit_test(test_jump_back_goes_on_by_boot_time),
        cmocka_unit_test(test_simulated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
