// What gifts to a customer may still cost this year.
#include "services/scheduler/gift.h"
#include "unit/dice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#define MICROS INT64_C(1000000)

enum { ROUNDS = 300, GIFTS = 20 };

static const struct gift_options OPTIONS = {.budget_micros = {0, 500 * MICROS, 200 * MICROS, 50 * MICROS}};

static void what_is_left(void **state)
{
    (void)state;
    struct gifts gifts = {0};
    static const int64_t budgets[] = {50, 500, 200, 50, 50};
    for (uint32_t abc = 0; abc < 5; abc++)
        assert_int_equal(gift_left(&OPTIONS, abc, &gifts, 2026), budgets[abc] * MICROS);
    gift_add(&gifts, 2026, 50 * MICROS);
    assert_int_equal(gift_left(&OPTIONS, 3, &gifts, 2026), 0);
    gift_add(&gifts, 2026, 1);
    assert_int_equal(gift_left(&OPTIONS, 3, &gifts, 2026), -1);
    assert_int_equal(gift_left(&OPTIONS, 3, &gifts, 2027), 50 * MICROS);
    // One of last year, heard of late.
    gift_add(&gifts, 2027, 7);
    gift_add(&gifts, 2026, 1);
    assert_int_equal(gift_spent(&gifts, 2026), 50 * MICROS + 2);
    assert_int_equal(gift_spent(&gifts, 2027), 7);
    // Older years than two are forgotten.
    gift_add(&gifts, 2025, 9);
    assert_int_equal(gift_spent(&gifts, 2025), 0);
    gift_add(&gifts, 2030, 3);
    assert_int_equal(gift_spent(&gifts, 2026), 0);
    assert_int_equal(gift_spent(&gifts, 2027), 7);
    assert_int_equal(gift_spent(&gifts, 2030), 3);
}

static void sums_are_held(void **state)
{
    (void)state;
    struct gifts gifts = {0};
    gift_add(&gifts, 2026, INT64_MAX);
    gift_add(&gifts, 2026, INT64_MAX);
    assert_true(gift_spent(&gifts, 2026) == INT64_MAX);
    assert_true(gift_left(&OPTIONS, 1, &gifts, 2026) == 500 * MICROS - INT64_MAX);
    struct gifts back = {.years = {2026}, .spent_micros = {INT64_MIN}};
    assert_true(gift_left(&OPTIONS, 1, &back, 2026) == INT64_MAX);
}

static void any_order(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    for (int round = 0; round < ROUNDS; round++) {
        struct gifts up = {0}, down = {0};
        int32_t years[GIFTS], newest = 0, second = 0;
        int64_t sums[2] = {0, 0};
        for (int i = 0; i < GIFTS; i++) {
            years[i] = 2020 + (int32_t)dice_throw(&dice, 5);
            newest = years[i] > newest ? years[i] : newest;
        }
        for (int i = 0; i < GIFTS; i++) {
            gift_add(&up, years[i], i + 1);
            gift_add(&down, years[GIFTS - 1 - i], GIFTS - i);
            if (years[i] < newest && years[i] > second)
                second = years[i];
        }
        for (int i = 0; i < GIFTS; i++) {
            sums[0] += years[i] == newest ? i + 1 : 0;
            sums[1] += years[i] == second ? i + 1 : 0;
        }
        assert_memory_equal(&up, &down, sizeof up);
        assert_int_equal(gift_spent(&up, newest), sums[0]);
        assert_int_equal(gift_spent(&up, second), sums[1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_left), cmocka_unit_test(sums_are_held),
                                       cmocka_unit_test(any_order)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
