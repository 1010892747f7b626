// Moments by the working clock of a rep: tables at the borders, and random shifts against a walk minute by minute.
#include "services/scheduler/span.h"
#include "unit/dice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { MINUTE_MS = 60000, HOLIDAYS = 3, RANDOM_DAYS = 24, RANDOM_SHIFTS = 120, TRIES = 40 };

static int32_t day(const char *text)
{
    int32_t parsed;
    assert_true(day_parse(text, strlen(text), &parsed));
    return parsed;
}

// Monday to Friday, 9 to 12 and 13:30 to 18, without 1 to 3 May 2026 and with Saturday 9 May; the 13th is an absence.
struct bench {
    struct zone *zone;
    int32_t off[HOLIDAYS + 1], on[1];
    struct workdays days;
    struct hours hours[2];
    struct shift shift;
};

static void open_bench(struct bench *bench, const char *zone)
{
    assert_true(zone_open(ZONE_DIRECTORIES, zone, &bench->zone));
    for (int32_t i = 0; i < HOLIDAYS; i++)
        bench->off[i] = day("2026-05-01") + i;
    bench->off[HOLIDAYS] = day("2026-05-13");
    bench->on[0] = day("2026-05-09");
    bench->days = (struct workdays){0x1f, bench->off, HOLIDAYS + 1, bench->on, 1};
    bench->hours[0] = (struct hours){540, 720};
    bench->hours[1] = (struct hours){810, 1080};
    bench->shift = (struct shift){{bench->zone, &bench->days, bench->hours, 2}, 510};
}

// "2026-05-12 10:30", and milliseconds on top.
static int64_t at(const struct bench *bench, const char *text, int64_t more_ms)
{
    int32_t date;
    assert_true(day_parse(text, 10, &date));
    uint32_t hour = (uint32_t)strtoul(text + 11, NULL, 10), minute = (uint32_t)strtoul(text + 14, NULL, 10);
    return zone_instant(bench->zone, date, hour * 60 + minute) * 1000 + more_ms;
}

struct row {
    const char *from;
    int64_t more_ms;
    struct span span;
    const char *after, *before;
    int64_t after_more_ms, before_more_ms;
};

static void check_rows(const struct bench *bench, const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int64_t from = at(bench, rows[i].from, rows[i].more_ms);
        struct span turned = rows[i].span;
        turned.amount = -turned.amount;
        if (rows[i].after != NULL) {
            int64_t wanted = at(bench, rows[i].after, rows[i].after_more_ms);
            int64_t got = span_after(&bench->shift, rows[i].span, from);
            if (got != wanted)
                fail_msg("row %zu after: %lld s off", i, (long long)(got - wanted) / 1000);
        }
        if (rows[i].before != NULL && turned.amount != 0) {
            int64_t wanted = at(bench, rows[i].before, rows[i].before_more_ms);
            int64_t got = span_after(&bench->shift, turned, from);
            if (got != wanted)
                fail_msg("row %zu before: %lld s off", i, (long long)(got - wanted) / 1000);
        }
    }
}

static void borders_in_shanghai(void **state)
{
    (void)state;
    struct bench bench;
    open_bench(&bench, "Asia/Shanghai");
    static const struct row rows[] = {
        {"2026-05-12 10:00", 7, {SPAN_INSTANT, 9, 0}, "2026-05-12 10:00", "2026-05-12 10:00", 7, 7},
        {"2026-05-12 10:00", 7, {SPAN_MINUTES, 90, 0}, "2026-05-12 11:30", "2026-05-12 08:30", 7, 7},
        // Tuesday to the noon break, over it, and to the millisecond of its ends.
        {"2026-05-12 10:00", 0, {SPAN_WORK_MINUTES, 120, 0}, "2026-05-12 12:00", "2026-05-11 17:00", 0, 0},
        {"2026-05-12 10:00", 1, {SPAN_WORK_MINUTES, 120, 0}, "2026-05-12 13:30", NULL, 1, 0},
        {"2026-05-12 12:00", 0, {SPAN_WORK_MINUTES, 1, 0}, "2026-05-12 13:31", "2026-05-12 11:59", 0, 0},
        {"2026-05-12 12:10", 0, {SPAN_WORK_MINUTES, 0, 0}, "2026-05-12 13:30", "2026-05-12 12:00", 0, 0},
        {"2026-05-12 13:30", 0, {SPAN_WORK_MINUTES, 0, 0}, "2026-05-12 13:30", "2026-05-12 13:30", 0, 0},
        {"2026-05-12 12:00", 0, {SPAN_WORK_MINUTES, 0, 0}, "2026-05-12 13:30", "2026-05-12 12:00", 0, 0},
        // Wednesday 13 May is an absence.
        {"2026-05-12 17:30", 0, {SPAN_WORK_MINUTES, 60, 0}, "2026-05-14 09:30", NULL, 0, 0},
        {"2026-05-14 09:30", 0, {SPAN_WORK_MINUTES, 60, 0}, "2026-05-14 10:30", "2026-05-12 17:30", 0, 0},
        {"2026-05-14 09:30", 0, {SPAN_WORK_MINUTES, 30, 0}, NULL, "2026-05-14 09:00", 0, 0},
        // 450 working minutes are a day.
        {"2026-05-11 09:00", 0, {SPAN_WORK_MINUTES, 450, 0}, "2026-05-11 18:00", NULL, 0, 0},
        {"2026-05-11 09:00", 0, {SPAN_WORK_MINUTES, 451, 0}, "2026-05-12 09:01", NULL, 0, 0},
        // Over the holidays: Thursday 30 April to Monday 4 May. Saturday 9 May is worked.
        {"2026-04-30 16:20", 5, {SPAN_WORK_DAYS, 1, 0}, "2026-05-04 16:20", "2026-04-29 16:20", 5, 5},
        {"2026-05-08 16:20", 42007, {SPAN_WORK_DAYS, 1, 0}, "2026-05-09 16:20", NULL, 42007, 0},
        {"2026-05-08 16:20", 0, {SPAN_WORK_DAYS, 2, 0}, "2026-05-11 16:20", NULL, 0, 0},
        {"2026-05-02 23:10", 0, {SPAN_WORK_DAYS, 0, 0}, "2026-05-04 23:10", "2026-04-30 23:10", 0, 0},
        {"2026-05-02 23:10", 0, {SPAN_WORK_DAYS, 1, 0}, "2026-05-04 23:10", "2026-04-30 23:10", 0, 0},
        {"2026-05-12 23:10", 0, {SPAN_WORK_DAYS, 0, 0}, "2026-05-12 23:10", "2026-05-12 23:10", 0, 0},
        {"2026-05-01 08:00", 0, {SPAN_DAYS, 7, 0}, "2026-05-08 08:00", "2026-04-24 08:00", 0, 0},
        // The same working day with a cut at four in the afternoon.
        {"2026-05-12 16:00", 0, {SPAN_END_OF_DAY, 0, 960}, "2026-05-12 18:00", "2026-05-11 18:00", 0, 0},
        {"2026-05-12 16:00", 1, {SPAN_END_OF_DAY, 0, 960}, "2026-05-14 18:00", NULL, 0, 0},
        {"2026-05-12 02:00", 0, {SPAN_END_OF_DAY, 0, 960}, "2026-05-12 18:00", NULL, 0, 0},
        {"2026-05-13 10:00", 0, {SPAN_END_OF_DAY, 0, 960}, "2026-05-14 18:00", "2026-05-12 18:00", 0, 0},
        // Without one the hours decide, and a cut behind their end is none.
        {"2026-05-12 17:59", 59999, {SPAN_END_OF_DAY, 0, 0}, "2026-05-12 18:00", NULL, 0, 0},
        {"2026-05-12 18:00", 0, {SPAN_END_OF_DAY, 0, 0}, "2026-05-14 18:00", "2026-05-12 18:00", 0, 0},
        {"2026-05-12 18:30", 0, {SPAN_END_OF_DAY, 0, 1200}, "2026-05-14 18:00", "2026-05-12 18:00", 0, 0},
        {"2026-05-12 10:00", 0, {SPAN_END_OF_DAY, 1, 0}, "2026-05-14 18:00", "2026-05-09 18:00", 0, 0},
    };
    check_rows(&bench, rows, sizeof rows / sizeof rows[0]);
    zone_close(&bench.zone);
}

// Berlin leaves out 02:00 to 03:00 on 29 March 2026 and has it twice on 25 October, both Sundays.
static void clocks_change(void **state)
{
    (void)state;
    struct bench bench;
    open_bench(&bench, "Europe/Berlin");
    bench.days.week = 0x7f;
    bench.hours[0] = (struct hours){0, 360};
    bench.hours[1] = (struct hours){360, 1440};
    static const struct row rows[] = {
        {"2026-03-28 02:30", 0, {SPAN_DAYS, 1, 0}, "2026-03-29 03:00", NULL, 0, 0},
        {"2026-03-28 02:30", 0, {SPAN_WORK_DAYS, 2, 0}, "2026-03-30 02:30", NULL, 0, 0},
        {"2026-10-24 02:30", 0, {SPAN_WORK_DAYS, 1, 0}, "2026-10-25 02:30", NULL, 0, 0},
        {"2026-03-29 01:00", 0, {SPAN_WORK_MINUTES, 120, 0}, "2026-03-29 04:00", NULL, 0, 0},
        {"2026-10-25 01:00", 0, {SPAN_WORK_MINUTES, 120, 0}, "2026-10-25 02:00", "2026-10-24 23:00", 3600000, 0},
        {"2026-10-25 04:00", 0, {SPAN_WORK_MINUTES, 180, 0}, NULL, "2026-10-25 02:00", 0, 0},
        {"2026-10-24 12:00", 0, {SPAN_END_OF_DAY, 0, 0}, "2026-10-25 00:00", "2026-10-24 00:00", 0, 0},
    };
    check_rows(&bench, rows, sizeof rows / sizeof rows[0]);
    zone_close(&bench.zone);
}

static void no_working_day(void **state)
{
    (void)state;
    struct bench bench;
    open_bench(&bench, "UTC");
    struct shift idle = bench.shift;
    struct workdays none = {0};
    idle.time.days = &none;
    int64_t now = at(&bench, "2026-05-12 10:00", 0);
    static const enum span_unit units[] = {SPAN_WORK_MINUTES, SPAN_WORK_DAYS, SPAN_END_OF_DAY};
    for (size_t i = 0; i < 3; i++)
        for (int32_t amount = -1; amount <= 1; amount++)
            assert_true(span_after(&idle, (struct span){units[i], amount, 0}, now) == SHIFT_NEVER);
    assert_true(span_after(&bench.shift, (struct span){SPAN_MINUTES, 1, 0}, SHIFT_NEVER) == SHIFT_NEVER);
    bench.shift.time.hour_count = 0;
    assert_true(span_after(&bench.shift, (struct span){SPAN_WORK_MINUTES, 1, 0}, now) == SHIFT_NEVER);
    assert_true(span_after(&bench.shift, (struct span){SPAN_END_OF_DAY, -1, 0}, now) == SHIFT_NEVER);
    zone_close(&bench.zone);
}

static bool works(const struct shift *shift, int64_t now)
{
    uint32_t minute = shift_minute(shift, now);
    for (size_t i = 0; i < shift->time.hour_count; i++)
        if (minute >= shift->time.hours[i].from_minute && minute < shift->time.hours[i].to_minute)
            return shift_works(shift, shift_day(shift, now));
    return false;
}

static int64_t slow_work_on(const struct shift *shift, int64_t minutes, int64_t now)
{
    while (!works(shift, now))
        now += MINUTE_MS;
    for (; minutes > 0; now += MINUTE_MS)
        minutes -= works(shift, now);
    return now;
}

static int64_t slow_work_back(const struct shift *shift, int64_t minutes, int64_t now)
{
    if (minutes == 0)
        while (!works(shift, now) && !works(shift, now - 1))
            now -= MINUTE_MS;
    for (; minutes > 0; now -= MINUTE_MS)
        minutes -= works(shift, now - MINUTE_MS);
    return now;
}

static int32_t slow_workday(const struct shift *shift, int32_t from, int32_t k)
{
    int32_t step = k < 0 ? -1 : 1;
    for (int32_t left = k * step; left > 0;)
        left -= shift_works(shift, from += step);
    return from;
}

static int64_t end_of(const struct shift *shift, int32_t on)
{
    return zone_instant(shift->time.zone, on, shift->time.hours[shift->time.hour_count - 1].to_minute) * 1000;
}

static int64_t slow_end(const struct shift *shift, struct span span, int64_t now)
{
    int32_t first = shift_day(shift, now), on = first;
    while (!shift_works(shift, on) || end_of(shift, on) <= now ||
           (on == first && span.cut_minute > 0 && zone_instant(shift->time.zone, on, span.cut_minute) * 1000 < now))
        on++;
    return end_of(shift, slow_workday(shift, on, span.amount));
}

static int64_t slow_end_before(const struct shift *shift, struct span span, int64_t now)
{
    int32_t on = shift_day(shift, now);
    while (!shift_works(shift, on) || end_of(shift, on) > now)
        on--;
    return end_of(shift, slow_workday(shift, on, -span.amount));
}

static int32_t pick_days(struct dice *dice, int32_t first, int32_t *days)
{
    int32_t count = 0, at_day = first;
    for (int32_t i = 0; i < RANDOM_DAYS; i++)
        days[count++] = at_day += 1 + (int32_t)dice_throw(dice, 6);
    return count;
}

static int64_t before(const struct shift *shift, struct span span, int64_t now)
{
    span.amount = -span.amount;
    return span_after(shift, span, now);
}

static void try_one(struct dice *dice, const struct shift *shift, int32_t first)
{
    int64_t now = zone_instant(shift->time.zone, first + 20 + (int32_t)dice_throw(dice, 40),
                               (uint32_t)dice_throw(dice, DAY_MINUTES)) *
                  1000;
    struct span minutes = {SPAN_WORK_MINUTES, 1 + (int32_t)dice_throw(dice, 1500), 0};
    assert_int_equal(span_after(shift, minutes, now), slow_work_on(shift, minutes.amount, now));
    assert_int_equal(before(shift, minutes, now), slow_work_back(shift, minutes.amount, now));
    if (works(shift, now) && works(shift, now - 1))
        assert_int_equal(before(shift, minutes, span_after(shift, minutes, now)), now);
    int32_t k = 1 + (int32_t)dice_throw(dice, 9);
    struct span days = {SPAN_WORK_DAYS, k, 0};
    int32_t today = shift_day(shift, now);
    assert_int_equal(shift_day(shift, span_after(shift, days, now)), slow_workday(shift, today, k));
    assert_int_equal(shift_day(shift, before(shift, days, now)), slow_workday(shift, today, -k));
    struct span end = {SPAN_END_OF_DAY, 1 + (int32_t)dice_throw(dice, 4), (uint32_t)dice_throw(dice, DAY_MINUTES)};
    assert_int_equal(span_after(shift, end, now), slow_end(shift, end, now));
    assert_int_equal(before(shift, end, now), slow_end_before(shift, end, now));
}

// Parts of the day do not begin or end in the hour that comes twice, where a minute of the wall is two moments.
static void random_shifts(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    static const char *const zones[] = {"Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"};
    for (int round = 0; round < RANDOM_SHIFTS; round++) {
        struct zone *zone;
        assert_true(zone_open(ZONE_DIRECTORIES, zones[dice_throw(&dice, 4)], &zone));
        int32_t first = day(round % 2 == 0 ? "2026-02-20" : "2026-09-25"), off[RANDOM_DAYS], on[RANDOM_DAYS];
        size_t off_count = (size_t)pick_days(&dice, first, off), on_count = (size_t)pick_days(&dice, first, on);
        struct workdays days = {1U + (uint32_t)dice_throw(&dice, 127), off, off_count, on, on_count};
        uint32_t noon = 600 + (uint32_t)dice_throw(&dice, 60);
        struct hours hours[] = {{(uint32_t)dice_throw(&dice, 2) * 540, noon}, {noon + 45, 1080}};
        struct shift shift = {{zone, &days, hours, 2}, 510};
        for (int i = 0; i < TRIES; i++)
            try_one(&dice, &shift, first);
        zone_close(&zone);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(borders_in_shanghai),
        cmocka_unit_test(clocks_change),
        cmocka_unit_test(no_working_day),
        cmocka_unit_test(random_shifts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
