// The finder: every number is found under its hash, in the order in which they came, whether they came one by one or
// were brought many in a row.
#include "services/scoring/finder.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <cmocka.h>

enum { NUMBERS = 5000 };

// A few hashes that many share, one of them at the very end, and some that share only the place where the search
// begins.
static uint64_t hash_of(uint32_t number)
{
    if (number % 13 == 0)
        return UINT64_MAX;
    uint64_t hash = number % 7 == 0 ? number % 5 : number * UINT64_C(0x9e3779b97f4a7c15);
    return number % 11 == 0 ? hash << 32 : hash;
}

static void check(const struct finder *finder, uint32_t count)
{
    for (uint32_t number = 0; number < count; number++) {
        struct finder_walk walk = finder_look(finder, hash_of(number));
        uint32_t found, before = 0, times = 0;
        for (unsigned i = 0; finder_next(finder, &walk, &found); i++) {
            assert_true(hash_of(found) == hash_of(number) && (i == 0 || found > before));
            times += found == number;
            before = found;
        }
        assert_int_equal(times, 1);
    }
}

static void all_are_found(void **unused)
{
    static const uint32_t counts[] = {0, 1, 15, 16, 17, 100, NUMBERS};
    (void)unused;
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        struct finder *finder = finder_open();
        for (int round = 0; round < 2; round++) {
            for (uint32_t number = 0; number < counts[i]; number++)
                if (round == 0)
                    finder_add(finder, hash_of(number), number);
                else
                    finder_bring_few(finder, hash_of(number), hash_of(number), number);
            finder_settle(finder);
            check(finder, counts[i]);
            finder_clear(finder);
        }
        finder_close(&finder);
    }
}

static uint32_t count_under(const struct finder *finder, uint64_t hash)
{
    struct finder_walk walk = finder_look(finder, hash);
    uint32_t number, count = 0;
    while (finder_next(finder, &walk, &number))
        count++;
    return count;
}

// However many belong under one hash, a search there stays short, also after the finder has grown.
static void a_crowd_goes_elsewhere(void **unused)
{
    (void)unused;
    for (int brought = 0; brought < 2; brought++) {
        struct finder *finder = finder_open();
        for (uint32_t number = 0; number < NUMBERS; number++) {
            uint64_t other = (number + 1) * UINT64_C(0x9e3779b97f4a7c15);
            if (brought)
                finder_bring_few(finder, 7, other, number);
            else
                finder_add_few(finder, 7, other, number);
        }
        finder_settle(finder);
        assert_int_equal(count_under(finder, 7), FINDER_FEW);
        for (uint32_t number = 0; number < NUMBERS; number++)
            assert_int_equal(count_under(finder, (number + 1) * UINT64_C(0x9e3779b97f4a7c15)), number >= FINDER_FEW);
        finder_close(&finder);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(all_are_found), cmocka_unit_test(a_crowd_goes_elsewhere)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
