// The indexes in memory that scoring finds customers, orders and purchases by, against plain lists.
#include "services/scoring/directory.h"
#include "services/scoring/finder.h"
#include "services/scoring/trail.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { CUSTOMERS = 7, PURCHASES = 300, STEPS = 8000, NUMBERS = 5000, HASHES = 900 };

static uint64_t state = 20260517;

static uint64_t draw(uint64_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state % below;
}

struct plain {
    struct purchase items[PURCHASES];
    size_t count;
};

static int by_time(const void *left, const void *right)
{
    const struct purchase *one = left, *other = right;
    if (one->time_ms != other->time_ms)
        return one->time_ms < other->time_ms ? -1 : 1;
    return one->order < other->order ? -1 : one->order > other->order;
}

static void check_trail(const struct trail *trail, uint32_t slot, struct plain *plain)
{
    size_t count;
    const struct purchase *purchases = trail_of(trail, slot, &count);
    assert_int_equal(count, plain->count);
    qsort(plain->items, count, sizeof plain->items[0], by_time);
    for (size_t i = 0; i < count; i++) {
        assert_true(purchases[i].time_ms == plain->items[i].time_ms);
        assert_int_equal(purchases[i].order, plain->items[i].order);
    }
    int64_t time_ms = (int64_t)draw(50) - 1;
    size_t before = 0;
    while (before < count && plain->items[before].time_ms < time_ms)
        before++;
    assert_int_equal(trail_before(trail, slot, time_ms), before);
}

static void trails_are_in_order(void **unused)
{
    (void)unused;
    printf("seed %llu\n", (unsigned long long)state);
    static struct plain plains[CUSTOMERS];
    struct trail *trail = trail_open();
    for (uint32_t step = 0; step < STEPS; step++) {
        uint32_t slot = (uint32_t)draw(CUSTOMERS);
        struct plain *plain = &plains[slot];
        if (plain->count < PURCHASES && (plain->count == 0 || draw(100) < (step / 2000 % 2 == 0 ? 60 : 40))) {
            struct purchase purchase = {.time_ms = (int64_t)draw(50), .order = step & INT32_MAX};
            plain->items[plain->count++] = purchase;
            trail_add(trail, slot, purchase);
        } else {
            size_t which = draw(plain->count);
            trail_remove(trail, slot, plain->items[which]);
            plain->items[which] = plain->items[--plain->count];
        }
        check_trail(trail, slot, plain);
    }
    size_t count;
    assert_null(trail_of(trail, 1000000, &count));
    assert_int_equal(count, 0);
    assert_int_equal(trail_before(trail, 1000000, 1), 0);
    trail_clear(trail);
    (void)trail_of(trail, 0, &count);
    assert_int_equal(count, 0);
    trail_close(&trail);
}

// Many numbers under few hashes, some of which also begin their search at the
// same place.
static void finders_find_all_of_a_hash(void **unused)
{
    (void)unused;
    struct finder *finder = finder_open();
    static uint64_t hashes[NUMBERS];
    for (uint32_t round = 0; round < 2; round++) {
        for (uint32_t i = 0; i < NUMBERS; i++) {
            hashes[i] = draw(HASHES) * (draw(2) == 0 ? 1 : UINT64_C(0x100000001));
            finder_add(finder, hashes[i], i);
        }
        for (uint32_t i = 0; i < NUMBERS; i++) {
            size_t expected = 0, found = 0, itself = 0;
            uint32_t number;
            for (uint32_t j = 0; j < NUMBERS; j++)
                expected += hashes[j] == hashes[i];
            for (struct finder_walk walk = finder_look(finder, hashes[i]); finder_next(finder, &walk, &number); found++)
                itself += number == i;
            assert_int_equal(found, expected);
            assert_int_equal(itself, 1);
        }
        uint32_t number;
        struct finder_walk none = finder_look(finder, UINT64_MAX);
        assert_false(finder_next(finder, &none, &number));
        finder_clear(finder);
        none = finder_look(finder, hashes[0]);
        assert_false(finder_next(finder, &none, &number));
    }
    finder_close(&finder);
}

static void directories_know_who_is_in(void **unused)
{
    (void)unused;
    struct directory *directory = directory_open();
    for (uint32_t i = 0; i < NUMBERS; i++) {
        uint8_t key[DIRECTORY_KEY_BYTES] = {(uint8_t)i, 0, 0, 0, 0, 0, 0, 0, (uint8_t)(i >> 8)}; // 256 begin alike
        uint32_t slot;
        assert_false(directory_find(directory, key, &slot));
        directory_add(directory, key, i);
        assert_true(directory_find(directory, key, &slot));
        assert_int_equal(slot, i);
    }
    uint8_t first[DIRECTORY_KEY_BYTES] = {0};
    uint32_t slot;
    assert_true(directory_find(directory, first, &slot));
    assert_int_equal(slot, 0);
    directory_clear(directory);
    assert_false(directory_find(directory, first, &slot));
    directory_close(&directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trails_are_in_order),
        cmocka_unit_test(finders_find_all_of_a_hash),
        cmocka_unit_test(directories_know_who_is_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
