// How long a rep usually needs: buckets at their borders, and random spans against sorting them.
#include "services/scheduler/usual.h"
#include "unit/dice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { MINUTE = 60000, ROUNDS = 400, SPANS = 60 };

static const struct usual_options OPTIONS = {.least = 10, .share_ppm = 800000};

// Where the bucket of a span begins, by trying it alone.
static int64_t start_of(int64_t span_ms)
{
    struct usual usual = {0};
    struct usual_options any = {.least = 1, .share_ppm = 1000000};
    int64_t start;
    usual_add(&usual, span_ms);
    assert_true(usual_span(&any, &usual, &start));
    return start;
}

static void buckets(void **state)
{
    (void)state;
    static const struct {
        int64_t minutes, start;
    } rows[] = {
        {-5, 1},
        {0, 1},
        {1, 1},
        {2, 2},
        {3, 3},
        {4, 4},
        {7, 7},
        {8, 8},
        {9, 8},
        {10, 10},
        {59, 56},
        {60, 56},
        {63, 56},
        {64, 64},
        {79, 64},
        {80, 80},
        {1440, 1280},
        {1048575, 917504},
        {1048576, 917504},
        {INT64_MAX / MINUTE, 917504},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (start_of(rows[i].minutes * MINUTE) != rows[i].start * MINUTE)
            fail_msg("row %zu: %lld", i, (long long)start_of(rows[i].minutes * MINUTE) / MINUTE);
    // A bucket is never wider than a quarter of what it holds.
    for (int64_t minutes = 1; minutes < 100000; minutes++) {
        int64_t start = start_of(minutes * MINUTE) / MINUTE;
        assert_true(start <= minutes && (minutes - start) * 4 <= minutes);
    }
}

static void needs_enough(void **state)
{
    (void)state;
    struct usual usual = {0};
    int64_t span = 0;
    for (int i = 0; i < 9; i++)
        usual_add(&usual, 64 * MINUTE);
    assert_false(usual_span(&OPTIONS, &usual, &span));
    assert_false(usual_short(&OPTIONS, &usual, 1));
    usual_add(&usual, 64 * MINUTE);
    assert_true(usual_span(&OPTIONS, &usual, &span));
    assert_int_equal(span, 64 * MINUTE);
    assert_true(usual_short(&OPTIONS, &usual, 42 * MINUTE)); // by a third
    assert_false(usual_short(&OPTIONS, &usual, 43 * MINUTE));
    struct usual empty = {0};
    assert_false(usual_span(&(struct usual_options){0, 800000}, &empty, &span));
}

static void clearly_shorter(void **state)
{
    (void)state;
    static const struct {
        int64_t usual, lead; // minutes
        bool brief;
    } rows[] = {
        {1440, 959, true}, {1440, 960, false}, {1440, 1440, false}, {1440, 3000, false},
        {1440, 0, true},   {30, 14, true},     {30, 15, false}, // never by less than a quarter of an hour
        {15, 0, false},    {10, 0, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (usual_brief(rows[i].usual * MINUTE, rows[i].lead * MINUTE) != rows[i].brief)
            fail_msg("row %zu", i);
}

// Kept just when it was due says nothing of how long was needed.
static void what_tells(void **state)
{
    (void)state;
    static const struct {
        int64_t lead, took; // minutes
        bool tells;
    } rows[] = {
        {1440, 1440, false}, {1440, 1296, false}, {1440, 1295, true}, {1440, 10, true},
        {1440, 1441, true},  {60, 45, false},     {60, 44, true},     {10, 1, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (usual_tells(rows[i].lead * MINUTE, rows[i].took * MINUTE) != rows[i].tells)
            fail_msg("row %zu", i);
}

// Eight of ten are short: they decide; with seven the ninth does.
static void share_at_its_border(void **state)
{
    (void)state;
    for (int quick = 7; quick <= 8; quick++) {
        struct usual usual = {0};
        int64_t span = 0;
        for (int i = 0; i < 10; i++)
            usual_add(&usual, (i < quick ? 16 : 1024) * MINUTE);
        assert_true(usual_span(&OPTIONS, &usual, &span));
        assert_int_equal(span, (quick == 8 ? 16 : 1024) * MINUTE);
    }
}

static int by_length(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return a < b ? -1 : a > b;
}

static void random_spans(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    for (int round = 0; round < ROUNDS; round++) {
        int64_t spans[SPANS];
        struct usual usual = {0}, kept = {0};
        size_t count = 10 + (size_t)dice_throw(&dice, SPANS - 10);
        for (size_t i = 0; i < count; i++) {
            spans[i] = dice_throw(&dice, INT64_C(1) << (17 + dice_throw(&dice, 19)));
            usual_add(&usual, spans[i]);
        }
        kept = usual;
        qsort(spans, count, sizeof spans[0], by_length);
        int64_t span, wanted = spans[(count * 8 + 9) / 10 - 1];
        assert_true(usual_span(&OPTIONS, &usual, &span));
        assert_int_equal(span, start_of(wanted));
        assert_int_equal(usual_total(&usual), count);
        // What is taken back leaves no trace.
        int64_t other = dice_throw(&dice, INT64_C(1) << 40);
        usual_add(&usual, other);
        assert_memory_not_equal(&usual, &kept, sizeof usual);
        usual_remove(&usual, other);
        assert_memory_equal(&usual, &kept, sizeof usual);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(buckets),    cmocka_unit_test(needs_enough),        cmocka_unit_test(clearly_shorter),
        cmocka_unit_test(what_tells), cmocka_unit_test(share_at_its_border), cmocka_unit_test(random_spans),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
