// The arena: alignment, the limit, what a reset gives back, and protobuf-c's way to it.
#include "common/arena.h"

#include "tend/v1/journal.pb-c.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { BLOCK = 4096, LIMIT = 65536 };

static void test_memory_is_ours(void **state)
{
    (void)state;
    struct arena *arena = arena_open(BLOCK, LIMIT);
    uint8_t *taken[64];
    size_t sizes[64];
    for (int round = 0; round < 50; round++) {
        for (size_t i = 0; i < 64; i++) {
            sizes[i] = (i * 37 + (size_t)round * 11) % 700;
            taken[i] = arena_take(arena, sizes[i]);
            assert_int_equal((uintptr_t)taken[i] % _Alignof(max_align_t), 0);
            memset(taken[i], (int)i, sizes[i]);
        }
        for (size_t i = 0; i < 64; i++)
            for (size_t j = 0; j < sizes[i]; j++)
                assert_int_equal(taken[i][j], i);
        arena_reset(arena);
    }
    arena_close(&arena);
    arena_close(&arena);
}

static void test_limit(void **state)
{
    (void)state;
    struct arena *arena = arena_open(BLOCK, LIMIT);
    assert_null(arena_try(arena, SIZE_MAX));
    assert_null(arena_try(arena, SIZE_MAX - 20));
    assert_null(arena_try(arena, LIMIT));
    assert_non_null(arena_try(arena, LIMIT - BLOCK));
    assert_non_null(arena_try(arena, 0));
    size_t held = 0;
    while (arena_try(arena, 100) != NULL)
        held++;
    assert_true(held < BLOCK / 100);
    arena_reset(arena);
    for (held = 0; arena_try(arena, 100) != NULL; held++)
        ;
    assert_true(held > LIMIT / 200);
    arena_close(&arena);
}

// What is left is what can still be had.
static void test_left(void **state)
{
    (void)state;
    struct arena *arena = arena_open(BLOCK, LIMIT);
    size_t left = arena_left(arena), taken = 0;
    assert_int_equal(left, LIMIT);
    arena_take(arena, BLOCK + 16);
    assert_true(arena_left(arena) < left);
    left = arena_left(arena);
    while (arena_try(arena, sizeof(max_align_t)) != NULL)
        taken += sizeof(max_align_t);
    assert_int_equal(taken, left);
    assert_int_equal(arena_left(arena), 0);
    arena_reset(arena);
    assert_int_equal(arena_left(arena), LIMIT);
    arena_close(&arena);
}

static void test_texts(void **state)
{
    (void)state;
    struct arena *arena = arena_open(1024, LIMIT);
    assert_string_equal(arena_text(arena, "hello", 4), "hell");
    assert_string_equal(arena_text(arena, "", 0), "");
    char *text = arena_format(arena, "%s-%d-%0500d", "x", 7, 1);
    assert_int_equal(strlen(text), 504);
    uint8_t *zero = arena_zero(arena, 50, 40);
    for (size_t i = 0; i < 2000; i++)
        assert_int_equal(zero[i], 0);
    assert_non_null(arena_zero(arena, 0, 8));
    arena_close(&arena);
}

// Unpacking ends with NULL where the memory does, whatever the bytes.
static void test_unpacking_ends_at_the_limit(void **state)
{
    (void)state;
    struct arena *arena = arena_open(BLOCK, LIMIT);
    static uint8_t bytes[8000];
    for (size_t i = 0; i < sizeof bytes; i += 2)
        bytes[i] = 0x22; // records of no length
    for (size_t length = 0; length <= sizeof bytes; length += 400) {
        arena_reset(arena);
        Tend__V1__FetchAnswer *answer = tend__v1__fetch_answer__unpack(arena_allocator(arena), length, bytes);
        assert_true(answer == NULL || answer->n_records == length / 2);
        assert_true(length > 0 || answer != NULL);
    }
    arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_memory_is_ours),
        cmocka_unit_test(test_limit),
        cmocka_unit_test(test_left),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_unpacking_ends_at_the_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
