// Runs of rows: whether each key has one run only, however the pieces fall that are sorted apart.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "services/tend/together.h"

#include "common/hash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void add(struct together *together, uint64_t key, uint64_t line)
{
    uint8_t hash[TOGETHER_KEY_BYTES];
    hash_table_key(&key, sizeof key, hash);
    together_add(together, hash, (struct together_place){line, line * 10});
}

// Keys 0 to count - 1, one a line from line 2 on, and the repetitions.
static void expect(size_t sorted_max, size_t count, const size_t *repeats, size_t repeat_count, uint64_t first,
                   uint64_t again)
{
    struct together *together = together_open(sorted_max);
    struct together_place at = {0}, behind = {0};
    for (size_t i = 0; i < count; i++)
        add(together, i, i + 2);
    for (size_t i = 0; i < repeat_count; i++)
        add(together, repeats[i], count + i + 2);
    enum together_verdict verdict = together_settle(together, &at, &behind);
    together_close(&together);
    assert_int_equal(verdict, again == 0 ? TOGETHER_YES : TOGETHER_NO);
    assert_int_equal(at.line, first);
    assert_int_equal(behind.line, again);
    assert_int_equal(behind.offset, again * 10);
}

static void in_memory_and_in_pieces(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 7, 100, 1000, 1001, 5000};
    static const size_t repeats[] = {700, 3, 700};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        expect(sizes[i], 1000, NULL, 0, 0, 0);
        expect(sizes[i], 1000, repeats, 3, 702, 1002); // the first in the file, not the first by its key
        expect(sizes[i], 1000, repeats + 1, 1, 5, 1002);
        expect(sizes[i], 0, NULL, 0, 0, 0);
        expect(sizes[i], 1, NULL, 0, 0, 0);
    }
}

static void random_files_against_a_plain_search(void **state)
{
    (void)state;
    unsigned seed = (unsigned)time(NULL);
    printf("seed %u\n", seed);
    srand(seed);
    for (int round = 0; round < 300; round++) {
        size_t count = 1 + (size_t)rand() % 200, room = 1 + (size_t)rand() % 50;
        uint64_t keys[200], first = 0, again = 0;
        struct together *together = together_open(room);
        for (size_t i = 0; i < count; i++) {
            keys[i] = (uint64_t)rand() % (round % 3 == 0 ? 1000000000 : 5000);
            add(together, keys[i], i + 2);
            for (size_t j = 0; j < i && again == 0; j++)
                if (keys[j] == keys[i]) {
                    first = j + 2;
                    again = i + 2;
                }
        }
        struct together_place at = {0}, behind = {0};
        enum together_verdict verdict = together_settle(together, &at, &behind);
        assert_int_equal(verdict, again == 0 ? TOGETHER_YES : TOGETHER_NO);
        assert_int_equal(at.line, first);
        assert_int_equal(behind.line, again);
        together_close(&together);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_memory_and_in_pieces),
        cmocka_unit_test(random_files_against_a_plain_search),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
