// Tallies against plain sorting.
#include "services/scoring/tally.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { MEMBERS = 60, STEPS = 20000, PARTS = 5 };

static uint64_t state = 20260517;

static uint64_t draw(uint64_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state % below;
}

static int rising(const void *left, const void *right)
{
    uint32_t one = *(const uint32_t *)left, other = *(const uint32_t *)right;
    return (one > other) - (one < other);
}

static void check(struct tally *tally, const uint32_t *numbers)
{
    uint32_t sorted[MEMBERS];
    size_t count = 0;
    for (size_t i = 0; i < MEMBERS; i++)
        if (numbers[i] > 0)
            sorted[count++] = numbers[i];
    qsort(sorted, count, sizeof sorted[0], rising);
    tally_settle(tally);
    for (unsigned part = 1; part < PARTS; part++) {
        int64_t value = count == 0 ? INT64_MAX : sorted[(part * count + PARTS - 1) / PARTS - 1];
        assert_true(tally_cut_value(tally, part - 1) == value);
        size_t above = 0;
        for (size_t i = 0; i < count; i++)
            above += sorted[i] > value;
        assert_int_equal(tally_cut_above(tally, part - 1), above);
    }
}

// What is listed is what was put in, and added up elsewhere it is the same tally.
static void check_list(const struct tally *tally, const uint32_t *numbers)
{
    struct tally *other = tally_open();
    (void)tally_cut(other, 1, PARTS);
    uint32_t number;
    uint64_t count, all = 0;
    for (uint32_t from = 0; tally_next(tally, from, &number, &count); from = number + 1) {
        uint64_t plain = 0;
        for (size_t i = 0; i < MEMBERS; i++)
            plain += numbers[i] == number;
        assert_true(number >= from && count == plain);
        tally_add(other, number, count);
        all += count;
    }
    assert_int_equal(all, tally_members(tally));
    tally_settle(other);
    assert_true(tally_cut_value(other, 0) == tally_cut_value(tally, 0));
    tally_close(&other);
}

static void equals_plain_sorting(void **unused)
{
    (void)unused;
    printf("seed %llu\n", (unsigned long long)state);
    struct tally *tally = tally_open();
    for (uint32_t part = 1; part < PARTS; part++)
        assert_int_equal(tally_cut(tally, part, PARTS), part - 1);
    uint32_t numbers[MEMBERS] = {0};
    for (unsigned step = 0; step < STEPS; step++) {
        size_t who = draw(MEMBERS);
        uint32_t to = draw(3) == 0 ? 0 : (uint32_t)draw(draw(50) == 0 ? 3000 : 6);
        if (step / 2000 % 4 == 3)
            to = 0; // until nobody is left
        tally_move(tally, numbers[who], to);
        numbers[who] = to;
        if (draw(3) == 0)
            check(tally, numbers);
        if (draw(50) == 0) {
            tally_settle(tally);
            check_list(tally, numbers);
        }
    }
    tally_clear(tally);
    memset(numbers, 0, sizeof numbers);
    check(tally, numbers);
    tally_move(tally, 0, UINT32_MAX);
    tally_settle(tally);
    assert_true(tally_cut_value(tally, 0) == TALLY_MOST);
    tally_close(&tally);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(equals_plain_sorting)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
