// When a customer replies, and for how long to keep silent.
#include "services/scheduler/rhythm.h"
#include "common/calendar.h"
#include "unit/dice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { MONDAY = 20584, REPLIES_MOST = 12, ROUNDS = 400, MANY = 50, HOURS = 24 }; // 2026-05-11

static const struct rhythm_options OPTIONS = {
    .shortest_days = {0, 3, 5, 14}, .longest_days = {0, 14, 30, 90}, .replies_least = 5, .clear_ppm = 400000};

static void best_of(void **state)
{
    (void)state;
    // Replies as day after Monday and hour.
    static const struct {
        size_t count;
        struct {
            int32_t day;
            uint32_t hour;
        } replies[REPLIES_MOST];
        int32_t hour, weekday;
    } rows[] = {
        {0, {{0, 0}}, -1, 0},
        // Four are not enough, five are.
        {4, {{1, 10}, {8, 10}, {15, 10}, {22, 10}}, -1, 0},
        {5, {{1, 10}, {8, 10}, {15, 10}, {22, 10}, {29, 10}}, 10, 2},
        // Four of five: 5/13 of the hours are not clear, 5/12 of the weekdays are.
        {5, {{1, 10}, {8, 10}, {15, 10}, {22, 10}, {29, 20}}, -1, 2},
        {5, {{1, 10}, {8, 10}, {15, 10}, {23, 10}, {30, 10}}, 10, 0},
        // Neighbouring hours hold together; the middle one is named.
        {6, {{0, 9}, {1, 10}, {2, 11}, {3, 10}, {4, 9}, {5, 11}}, 10, 0},
        // Around midnight.
        {5, {{0, 23}, {1, 0}, {2, 1}, {3, 0}, {4, 23}}, 0, 0},
        // Two equal peaks are no lead.
        {12,
         {{0, 9}, {7, 9}, {14, 9}, {21, 9}, {28, 9}, {35, 9}, {1, 15}, {8, 15}, {15, 15}, {22, 15}, {29, 15}, {36, 15}},
         -1,
         0},
        // Hours two apart: neither window wins over its overlapping neighbour, but the middle of both does.
        {6, {{0, 9}, {7, 9}, {14, 9}, {21, 11}, {28, 11}, {35, 11}}, 10, 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct rhythm rhythm = {0};
        for (size_t j = 0; j < rows[i].count; j++)
            assert_true(rhythm_reply(&rhythm, MONDAY + rows[i].replies[j].day, rows[i].replies[j].hour, j));
        struct rhythm_best best = rhythm_best(&OPTIONS, &rhythm);
        if (best.hour != rows[i].hour || best.weekday != rows[i].weekday || best.replies != rows[i].count)
            fail_msg("row %zu: hour %d, weekday %d", i, best.hour, best.weekday);
    }
}

// Two that are equal are no lead, even when each is common enough; one more makes it.
static void equal_peaks(void **state)
{
    (void)state;
    struct rhythm rhythm = {0};
    for (int32_t i = 0; i < RHYTHM_REPLIES; i++)
        rhythm_reply(&rhythm, MONDAY + i / 2 * 7 + i % 2, i % 2 == 0 ? 9 : 15, 1);
    struct rhythm_best best = rhythm_best(&OPTIONS, &rhythm);
    assert_int_equal(best.hour, -1);
    assert_int_equal(best.weekday, 0);
    rhythm_reply(&rhythm, MONDAY + RHYTHM_REPLIES * 7 + 1, 15, 1);
    best = rhythm_best(&OPTIONS, &rhythm);
    assert_int_equal(best.hour, 15);
    assert_int_equal(best.weekday, 2);
}

static void replies_that_are_none(void **state)
{
    (void)state;
    struct rhythm rhythm = {0}, again;
    assert_false(rhythm_reply(&rhythm, -1, 10, 1));
    assert_false(rhythm_reply(&rhythm, 43465, 10, 1));
    assert_false(rhythm_reply(&rhythm, MONDAY, 24, 1));
    assert_true(rhythm_reply(&rhythm, 43464, 23, 1));
    assert_true(rhythm_reply(&rhythm, 0, 0, 1));
    assert_false(rhythm_reply(&rhythm, 0, 0, 1));
    assert_true(rhythm_reply(&rhythm, 0, 0, 2));
    assert_int_equal(rhythm.count, 3);
    assert_true(rhythm_read(&rhythm, RHYTHM_BYTES(3), &again));
    assert_memory_equal(&rhythm, &again, sizeof rhythm);
    assert_false(rhythm_read(&rhythm, RHYTHM_BYTES(2), &again));
    assert_int_equal(again.count, 0);
    rhythm.count = RHYTHM_REPLIES + 1;
    assert_false(rhythm_read(&rhythm, sizeof rhythm, &again));
}

// Habits change: the newest replies are what counts.
static void old_habits_go(void **state)
{
    (void)state;
    struct rhythm rhythm = {0};
    for (int32_t i = 0; i < RHYTHM_REPLIES; i++)
        rhythm_reply(&rhythm, MONDAY + i * 7, 9, (uint64_t)i);
    assert_int_equal(rhythm_best(&OPTIONS, &rhythm).hour, 9);
    for (int32_t i = RHYTHM_REPLIES; i < 2 * RHYTHM_REPLIES; i++)
        rhythm_reply(&rhythm, MONDAY + i * 7 + 3, 16, (uint64_t)i);
    struct rhythm_best best = rhythm_best(&OPTIONS, &rhythm);
    assert_int_equal(best.hour, 16);
    assert_int_equal(best.weekday, 4);
    assert_int_equal(best.replies, RHYTHM_REPLIES);
}

// Shares in fractions, and every other window that does not overlap.
static int32_t slow_hour(const uint32_t *hours, uint32_t all)
{
    for (int32_t hour = 0; hour < HOURS; hour++) {
        uint32_t here = hours[(hour + 23) % HOURS] + hours[hour] + hours[(hour + 1) % HOURS];
        bool wins = (double)(here + 1) / (all + 8) >= 0.4;
        for (int32_t other = 0; other < HOURS; other++) {
            uint32_t there = hours[(other + 23) % HOURS] + hours[other] + hours[(other + 1) % HOURS];
            int32_t apart = abs(hour - other) < 12 ? abs(hour - other) : HOURS - abs(hour - other);
            if (apart >= 3 ? there >= here : there > here)
                wins = false;
            else if (apart > 0 && apart < 3 && there == here &&
                     (hours[other] > hours[hour] || (hours[other] == hours[hour] && other < hour)))
                wins = false;
        }
        if (wins)
            return hour;
    }
    return -1;
}

static void random_replies(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    for (int round = 0; round < ROUNDS; round++) {
        struct rhythm up = {0}, down = {0};
        int32_t days[MANY];
        uint32_t hours[MANY], in_hour[HOURS] = {0};
        size_t count = 5 + (size_t)dice_throw(&dice, MANY - 5);
        uint32_t usual = (uint32_t)dice_throw(&dice, HOURS), spread = 1 + (uint32_t)dice_throw(&dice, 12);
        for (size_t i = 0; i < count; i++) {
            days[i] = MONDAY + (int32_t)i;
            hours[i] = (usual + (uint32_t)dice_throw(&dice, spread)) % HOURS;
        }
        for (size_t i = 0; i < count; i++) {
            rhythm_reply(&up, days[i], hours[i], i);
            rhythm_reply(&down, days[count - 1 - i], hours[count - 1 - i], count - 1 - i);
            rhythm_reply(&down, days[count - 1 - i], hours[count - 1 - i], count - 1 - i);
        }
        assert_memory_equal(&up, &down, sizeof up);
        size_t kept = count < RHYTHM_REPLIES ? count : RHYTHM_REPLIES;
        for (size_t i = count - kept; i < count; i++)
            in_hour[hours[i]]++;
        int32_t best = rhythm_best(&OPTIONS, &up).hour;
        if (best != slow_hour(in_hour, (uint32_t)kept))
            fail_msg("%d, not %d", best, slow_hour(in_hour, (uint32_t)kept));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(best_of),       cmocka_unit_test(equal_peaks),    cmocka_unit_test(replies_that_are_none),
        cmocka_unit_test(old_habits_go), cmocka_unit_test(random_replies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
