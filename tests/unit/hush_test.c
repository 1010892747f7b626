// When a rep may be told: nights, days off, absences, golden hours, and clocks that jump.
#include "common/zone.h"
#include "services/notifier/hush.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct zone *zone;
static const int32_t no_days[1];
static int32_t holiday[1];
static struct workdays days = {.week = 0x1f, .holidays = holiday, .holiday_count = 1, .makeups = no_days};

static int64_t at(const char *date, int hour, int minute)
{
    int32_t day;
    assert_true(day_parse(date, strlen(date), &day));
    return zone_instant(zone, day, (uint32_t)(hour * 60 + minute)) * 1000;
}

static struct hush plain(void)
{
    return (struct hush){.zone = zone, .days = &days, .quiet_from = 21 * 60 + 30, .quiet_to = 7 * 60 + 30};
}

static void test_moments(void **state)
{
    (void)state;
    struct hush hush = plain();
    hush.golden[0] = (struct hours){9 * 60, 11 * 60};
    hush.golden[1] = (struct hours){11 * 60, 12 * 60};
    hush.golden_count = 2;
    hush.absences[0] = (struct hush_absence){0, 0};
    assert_true(day_parse("2026-06-10", 10, &hush.absences[0].from_day));
    assert_true(day_parse("2026-06-11", 10, &hush.absences[0].to_day));
    hush.absence_count = 1;
    assert_true(day_parse("2026-06-19", 10, &holiday[0])); // a Friday
    static const struct {
        const char *date;
        int hour, minute;
        bool golden;
        const char *then;
        int then_hour, then_minute;
    } rows[] = {
        {"2026-06-01", 8, 0, true, "2026-06-01", 8, 0},
        {"2026-06-01", 9, 30, true, "2026-06-01", 12, 0}, // one golden part ends where the next begins
        {"2026-06-01", 9, 30, false, "2026-06-01", 9, 30},
        {"2026-06-01", 21, 29, true, "2026-06-01", 21, 29},
        {"2026-06-01", 21, 30, true, "2026-06-02", 7, 30},
        {"2026-06-02", 3, 0, false, "2026-06-02", 7, 30},
        {"2026-06-05", 22, 0, true, "2026-06-08", 7, 30}, // Friday night: Monday
        {"2026-06-06", 12, 0, true, "2026-06-08", 7, 30}, // Saturday
        {"2026-06-09", 23, 0, true, "2026-06-12", 7, 30}, // two days away
        {"2026-06-18", 22, 0, true, "2026-06-22", 7, 30}, // a holiday and a weekend
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t end_ms = hush_end(&hush, at(rows[i].date, rows[i].hour, rows[i].minute), rows[i].golden);
        if (end_ms != at(rows[i].then, rows[i].then_hour, rows[i].then_minute))
            fail_msg("row %zu", i);
    }
    assert_true(hush_away(&hush, hush.absences[0].to_day));
    assert_false(hush_away(&hush, hush.absences[0].to_day + 1));
}

static void test_never_quiet_and_no_calendar(void **state)
{
    (void)state;
    struct hush hush = {.zone = NULL, .quiet_from = 0, .quiet_to = 0};
    assert_true(hush_end(&hush, 123456789, true) == 123456789);
    hush = plain();
    hush.quiet_from = hush.quiet_to = 8 * 60;
    assert_true(hush_end(&hush, at("2026-06-01", 3, 0), true) == at("2026-06-01", 3, 0));
}

// A quiet time by day, and one that ends in an hour that a clock jumps over.
static void test_by_day_and_over_a_jump(void **state)
{
    (void)state;
    struct hush hush = plain();
    hush.quiet_from = 12 * 60;
    hush.quiet_to = 14 * 60;
    assert_true(hush_end(&hush, at("2026-06-01", 13, 0), true) == at("2026-06-01", 14, 0));
    struct zone *berlin;
    assert_true(zone_open(ZONE_DIRECTORIES, "Europe/Berlin", &berlin));
    hush = (struct hush){.zone = berlin, .quiet_from = 22 * 60, .quiet_to = 2 * 60 + 30};
    int32_t day;
    assert_true(day_parse("2026-03-29", 10, &day));
    int64_t gap_s = zone_instant(berlin, day, 3 * 60); // 02:30 does not exist
    assert_true(hush_end(&hush, (gap_s - 3600) * 1000, true) == gap_s * 1000);
    zone_close(&berlin);
}

// Whoever is away for as long as anybody looks is told at once.
static void test_nothing_waits_for_ever(void **state)
{
    (void)state;
    struct hush hush = plain();
    hush.absences[0] = (struct hush_absence){0, INT32_MAX - 1};
    hush.absence_count = 1;
    int64_t now_ms = at("2026-06-01", 10, 0);
    assert_true(hush_end(&hush, now_ms, true) == now_ms);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_moments),
        cmocka_unit_test(test_never_quiet_and_no_calendar),
        cmocka_unit_test(test_by_day_and_over_a_jump),
        cmocka_unit_test(test_nothing_waits_for_ever),
    };
    if (!zone_open(ZONE_DIRECTORIES, "Asia/Shanghai", &zone))
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    zone_close(&zone);
    return failed;
}
