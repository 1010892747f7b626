#include "common/calendar.h"
#include "common/zone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { MONDAY_TO_FRIDAY = 0x1f, SUNDAY_TO_THURSDAY = 0x4f };

static uint64_t seed;

static uint64_t chance(void)
{
    seed ^= seed >> 12;
    seed ^= seed << 25;
    seed ^= seed >> 27;
    return seed * UINT64_C(2685821657736338717);
}

static void sow(void)
{
    const char *given = getenv("TEND_SEED");
    seed = given != NULL ? strtoull(given, NULL, 10) : (uint64_t)time(NULL) * 2654435761U | 1;
    print_message("TEND_SEED=%llu\n", (unsigned long long)seed);
}

static int32_t on(const char *text)
{
    int32_t day = 0;
    if (!day_parse(text, strlen(text), &day))
        fail_msg("no day: %s", text);
    return day;
}

static void assert_day(int32_t day, const char *want)
{
    char text[DAY_TEXT_BYTES];
    size_t length = day_print(day, text);
    assert_int_equal(length, strlen(text));
    assert_string_equal(text, want);
}

static void test_known_days(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int32_t day, weekday;
    } rows[] = {
        {"0001-01-01", DAY_MIN, 1}, {"1600-02-29", -135081, 2}, {"1900-02-28", -25509, 3},  {"1900-03-01", -25508, 4},
        {"1969-12-31", -1, 3},      {"1970-01-01", 0, 4},       {"2000-02-29", 11016, 2},   {"2000-12-31", 11322, 7},
        {"2001-01-01", 11323, 1},   {"2026-10-01", 20727, 4},   {"9999-12-31", DAY_MAX, 5},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_int_equal(on(rows[i].text), rows[i].day);
        assert_int_equal(day_weekday(rows[i].day), rows[i].weekday);
        assert_day(rows[i].day, rows[i].text);
    }
    assert_day(DAY_MIN - 1, "0000-12-31");
    assert_day(DAY_MAX + 1, "10000-01-01");
    assert_day(INT32_MAX, "5881580-07-11");
    assert_day(INT32_MIN, "-5877641-06-23");
}

static bool leap_year(int32_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

// Counted up day by day over two whole cycles.
static void test_every_day(void **state)
{
    (void)state;
    static const int32_t lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int32_t day = day_from_date((struct date){-400, 1, 1});
    int32_t weekday = day_weekday(day);
    for (int32_t year = -400; year <= 2400; year++)
        for (int32_t month = 1; month <= 12; month++) {
            int32_t length = lengths[month - 1] + (month == 2 && leap_year(year));
            assert_true(month_days(year, month) == length);
            for (int32_t d = 1; d <= length; d++, day++, weekday = weekday % 7 + 1) {
                struct date date = day_date(day);
                if (date.year != year || date.month != month || date.day != d || day_from_date(date) != day ||
                    day_weekday(day) != weekday || day_month_start(day) != day - d + 1)
                    fail_msg("%d-%d-%d", year, month, d);
            }
        }
}

static void test_refused_text(void **state)
{
    (void)state;
    static const char *const days[] = {
        "",           "2026",        "2026-1-01",   "2026-01-1",  "2026-13-01", "2026-00-10",
        "2026-01-00", "2026-01-32",  "2026-04-31",  "2026-02-29", "1900-02-29", "0000-01-01",
        "2026/01/01", "2026-01-01 ", " 2026-01-01", "-026-01-01", "+026-01-01", "2026-01-+1",
        "2026-01--1", "20260101",    "--05-17",     "2o26-01-01",
    };
    int32_t day = 7;
    for (size_t i = 0; i < COUNT(days); i++)
        if (day_parse(days[i], strlen(days[i]), &day))
            fail_msg("accepted: %s", days[i]);
    assert_int_equal(day, 7);
    static const char *const yearly[] = {"",        "05-17",   "-05-17",  "--5-17",   "--13-01", "--02-30",
                                         "--04-31", "--00-01", "--05-00", "--05-177", "--05/17", "2026-02-29"};
    struct date date = {7, 7, 7};
    for (size_t i = 0; i < COUNT(yearly); i++)
        if (yearly_parse(yearly[i], strlen(yearly[i]), &date))
            fail_msg("accepted: %s", yearly[i]);
    assert_int_equal(date.year, 7);
}

static void test_months(void **state)
{
    (void)state;
    static const struct {
        const char *from;
        int32_t months;
        const char *to;
    } rows[] = {
        {"2026-01-31", 1, "2026-02-28"},   {"2028-01-31", 1, "2028-02-29"},  {"2026-01-31", 2, "2026-03-31"},
        {"2026-03-31", -1, "2026-02-28"},  {"2026-12-15", 1, "2027-01-15"},  {"2026-01-15", -1, "2025-12-15"},
        {"2024-02-29", 12, "2025-02-28"},  {"2024-02-29", 48, "2028-02-29"}, {"2026-05-17", 0, "2026-05-17"},
        {"2026-05-31", -25, "2024-04-30"}, {"0001-03-31", -1, "0001-02-28"},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_day(day_add_months(on(rows[i].from), rows[i].months), rows[i].to);
    assert_int_equal(day_add_months(0, INT32_MAX), INT32_MAX);
    assert_int_equal(day_add_months(0, INT32_MIN), INT32_MIN);
}

static void test_yearly(void **state)
{
    (void)state;
    static const struct {
        const char *date, *on_or_after, *next;
    } rows[] = {
        {"--05-17", "2026-05-17", "2026-05-17"},    {"--05-17", "2026-05-18", "2027-05-17"},
        {"--05-17", "2026-01-01", "2026-05-17"},    {"1980-05-17", "2026-12-31", "2027-05-17"},
        {"--02-29", "2026-01-01", "2026-02-28"},    {"--02-29", "2026-02-28", "2026-02-28"},
        {"--02-29", "2026-03-01", "2027-02-28"},    {"--02-29", "2027-03-01", "2028-02-29"},
        {"1980-02-29", "2028-02-28", "2028-02-29"}, {"1980-02-29", "2100-02-01", "2100-02-28"},
        {"--12-31", "2026-12-31", "2026-12-31"},    {"--01-01", "2026-01-02", "2027-01-01"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct date date;
        assert_true(yearly_parse(rows[i].date, strlen(rows[i].date), &date));
        assert_day(yearly_next(date, on(rows[i].on_or_after)), rows[i].next);
    }
    struct date founded;
    assert_true(yearly_parse("2016-02-29", 10, &founded));
    assert_int_equal(founded.year, 2016);
    assert_day(yearly_in(founded, founded.year + 10), "2026-02-28");
    assert_true(yearly_parse("--02-29", 7, &founded));
    assert_int_equal(founded.year, 0);
}

static void test_years_since(void **state)
{
    (void)state;
    static const struct {
        const char *since, *day;
        int32_t years;
    } rows[] = {
        {"1980-05-17", "2026-05-16", 45}, {"1980-05-17", "2026-05-17", 46}, {"1980-05-17", "1980-05-17", 0},
        {"2016-02-29", "2026-02-27", 9},  {"2016-02-29", "2026-02-28", 10}, {"2016-02-29", "2028-02-28", 11},
        {"2016-02-29", "2028-02-29", 12}, {"2026-05-17", "2026-05-16", -1}, {"2026-05-17", "2025-05-17", -1},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_int_equal(day_years(on(rows[i].since), on(rows[i].day)), rows[i].years);
}

// --- working days
// ------------------------------------------------------------------------------------------------------

// National Day 2026 in China: 1 to 7 October off, Sunday 20 September and Saturday 10 October worked.
static int32_t holidays[7], makeups[2];

static struct workdays china(void)
{
    for (int32_t i = 0; i < 7; i++)
        holidays[i] = on("2026-10-01") + i;
    makeups[0] = on("2026-09-20");
    makeups[1] = on("2026-10-10");
    return (struct workdays){MONDAY_TO_FRIDAY, holidays, 7, makeups, 2};
}

static void test_workday_add(void **state)
{
    (void)state;
    struct workdays days = china();
    assert_true(workdays_valid(&days));
    static const struct {
        const char *from;
        int32_t k;
        const char *to;
    } rows[] = {
        {"2026-09-30", 0, "2026-09-30"}, {"2026-09-30", 1, "2026-10-08"},  {"2026-09-30", 2, "2026-10-09"},
        {"2026-09-30", 3, "2026-10-10"}, {"2026-09-30", 4, "2026-10-12"},  {"2026-10-01", 0, "2026-10-08"},
        {"2026-10-03", 1, "2026-10-08"}, {"2026-10-08", -1, "2026-09-30"}, {"2026-10-12", -2, "2026-10-09"},
        {"2026-10-11", 0, "2026-10-12"}, {"2026-09-21", -1, "2026-09-20"}, {"2026-09-21", -2, "2026-09-18"},
        {"2026-09-19", 0, "2026-09-20"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        int32_t day;
        assert_true(workday_add(&days, on(rows[i].from), rows[i].k, &day));
        assert_day(day, rows[i].to);
    }
    assert_int_equal(workday_count(&days, on("2026-09-30"), on("2026-10-13")), 5);
    assert_int_equal(workday_count(&days, on("2026-10-01"), on("2026-10-08")), 0);
    assert_int_equal(workday_count(&days, on("2026-10-08"), on("2026-10-01")), 0);
}

static void test_other_weeks(void **state)
{
    (void)state;
    struct workdays days = {.week = SUNDAY_TO_THURSDAY};
    int32_t day;
    assert_false(workday_is(&days, on("2026-05-15"))); // Friday
    assert_false(workday_is(&days, on("2026-05-16")));
    assert_true(workday_is(&days, on("2026-05-17"))); // Sunday
    assert_true(workday_add(&days, on("2026-05-14"), 1, &day));
    assert_day(day, "2026-05-17");
    assert_int_equal(workday_count(&days, on("2026-05-01"), on("2026-06-01")), 21);
    days.week = 0x80;
    assert_false(workdays_valid(&days));
}

static void test_no_working_day(void **state)
{
    (void)state;
    struct workdays none = {.week = 0};
    int32_t day = 7;
    assert_false(workday_next(&none, 0, &day));
    assert_false(workday_add(&none, 0, -1, &day));
    struct workdays all = {.week = 0x7f};
    assert_false(workday_add(&all, 0, WORKDAY_REACH_DAYS + 1, &day));
    assert_false(workday_add(&all, 0, INT32_MIN, &day));
    assert_false(workday_add(&all, INT32_MAX, 1, &day));
    assert_int_equal(day, 7);
    assert_true(workday_add(&all, 0, -WORKDAY_REACH_DAYS, &day));
    assert_int_equal(day, -WORKDAY_REACH_DAYS);
    // A week without any day still has its make-up days.
    none.makeups = (const int32_t[]){100, 200};
    none.makeup_count = 2;
    assert_true(workday_add(&none, 0, 2, &day));
    assert_int_equal(day, 200);
}

static void test_arrays_must_ascend(void **state)
{
    (void)state;
    struct workdays days = {.week = MONDAY_TO_FRIDAY, .holidays = (const int32_t[]){5, 5}, .holiday_count = 2};
    assert_false(workdays_valid(&days));
    days.holiday_count = 1;
    assert_true(workdays_valid(&days));
    days.makeups = (const int32_t[]){9, 8};
    days.makeup_count = 2;
    assert_false(workdays_valid(&days));
}

// Against counting one by one, with random weeks and lists that share days.
static void test_workdays_at_random(void **state)
{
    (void)state;
    sow();
    for (int round = 0; round < 300; round++) {
        int32_t off[64], extra[64];
        size_t offs = 0, extras = 0;
        for (int32_t day = 0; day < 200; day++) {
            if (chance() % 8 == 0 && offs < COUNT(off))
                off[offs++] = day;
            if (chance() % 8 == 0 && extras < COUNT(extra))
                extra[extras++] = day;
        }
        struct workdays days = {(uint32_t)(chance() % 128), off, offs, extra, extras};
        int32_t from = (int32_t)(chance() % 220) - 10, to = from + (int32_t)(chance() % 100);
        int64_t count = 0;
        for (int32_t day = from; day < to; day++)
            count += workday_is(&days, day);
        assert_int_equal(workday_count(&days, from, to), count);
        int32_t k = (int32_t)(chance() % 12) + 1, there, back;
        if (!workday_add(&days, from, k, &there))
            continue;
        assert_true(workday_is(&days, there));
        assert_int_equal(workday_count(&days, from + 1, there + 1), k);
        assert_true(workday_add(&days, there + 1, -k, &back));
        assert_int_equal(workday_count(&days, back, there + 1), k);
        assert_true(back > from);
    }
}

// --- working hours
// ------------------------------------------------------------------------------------------------------

static int64_t utc(const char *text)
{
    char day[11] = {0};
    memcpy(day, text, 10);
    return (int64_t)on(day) * 86400 + strtol(text + 11, NULL, 10) * 3600 + strtol(text + 14, NULL, 10) * 60;
}

static void test_hours_valid(void **state)
{
    (void)state;
    static const struct {
        struct hours hours[2];
        bool valid;
    } rows[] = {
        {{{540, 720}, {810, 1110}}, true},  {{{0, 720}, {720, 1440}}, true},    {{{540, 540}, {810, 1110}}, false},
        {{{540, 720}, {719, 1110}}, false}, {{{540, 720}, {810, 1441}}, false}, {{{810, 1110}, {540, 720}}, false},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_int_equal(hours_valid(rows[i].hours, 2), rows[i].valid);
    assert_true(hours_valid(NULL, 0));
}

static const struct hours office[] = {{540, 720}, {810, 1110}}; // 09:00-12:00, 13:30-18:30
static const struct hours night[] = {{0, 360}, {1320, 1440}};   // 22:00-06:00
static const struct hours small_hours[] = {{120, 180}};         // 02:00-03:00

static void test_worktime_next(void **state)
{
    (void)state;
    static const struct {
        const char *zone;
        const struct hours *hours;
        size_t count;
        const char *from, *next;
    } rows[] = {
        {"Asia/Shanghai", office, 2, "2026-09-30 01:00", "2026-09-30 01:00"}, // 09:00 sharp
        {"Asia/Shanghai", office, 2, "2026-09-30 00:59", "2026-09-30 01:00"},
        {"Asia/Shanghai", office, 2, "2026-09-30 03:30", "2026-09-30 03:30"},
        {"Asia/Shanghai", office, 2, "2026-09-30 04:00", "2026-09-30 05:30"}, // the break
        {"Asia/Shanghai", office, 2, "2026-09-30 10:29", "2026-09-30 10:29"},
        {"Asia/Shanghai", office, 2, "2026-09-30 10:30", "2026-10-08 01:00"}, // the evening before the holidays
        {"Asia/Shanghai", office, 2, "2026-10-09 12:00", "2026-10-10 01:00"}, // a make-up Saturday
        {"Asia/Shanghai", office, 2, "2026-10-10 12:00", "2026-10-12 01:00"},
        {"America/New_York", office, 2, "2026-11-10 03:00", "2026-11-10 14:00"}, // 22:00 the day before there
        {"America/New_York", office, 2, "2026-07-10 03:00", "2026-07-10 13:00"},
        {"Asia/Shanghai", night, 2, "2026-11-10 15:00", "2026-11-10 15:00"},
        {"Asia/Shanghai", night, 2, "2026-11-10 23:00", "2026-11-11 14:00"},
        {"Asia/Shanghai", night, 2, "2026-11-13 16:00", "2026-11-15 16:00"}, // Saturday's small hours are Saturday's
    };
    struct workdays days = china();
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct zone *zone = NULL;
        assert_true(zone_open(ZONE_DIRECTORIES, rows[i].zone, &zone));
        struct worktime time = {zone, &days, rows[i].hours, rows[i].count};
        int64_t next = 0;
        if (!worktime_next(&time, utc(rows[i].from), &next) || next != utc(rows[i].next))
            fail_msg("row %zu: %lld, not %s", i, (long long)next, rows[i].next);
        zone_close(&zone);
    }
}

static void test_worktime_across_changes(void **state)
{
    (void)state;
    static const struct {
        const char *zone;
        const struct hours *hours;
        size_t count;
        const char *from, *next;
    } rows[] = {
        {"Europe/Berlin", small_hours, 1, "2026-03-28 12:00", "2026-03-30 00:00"}, // 29 March has no 02:00-03:00
        {"Europe/Berlin", small_hours, 1, "2026-10-24 12:00", "2026-10-25 00:00"},
        {"Europe/Berlin", small_hours, 1, "2026-10-25 01:30",
         "2026-10-25 01:30"}, // the hour counts twice: it ends at 03:00
        {"Europe/Berlin", small_hours, 1, "2026-10-25 02:00", "2026-10-26 01:00"},
        {"Pacific/Apia", office, 2, "2011-12-30 09:00", "2011-12-30 19:00"}, // from the 29th straight to the 31st
        {"Pacific/Apia", office, 2, "2011-12-30 04:29", "2011-12-30 04:29"},
        {"America/Sao_Paulo", night, 2, "2018-11-04 03:00", "2018-11-04 03:00"}, // midnight is missing, 01:00 is not
    };
    struct workdays days = {.week = 0x7f};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct zone *zone = NULL;
        assert_true(zone_open(ZONE_DIRECTORIES, rows[i].zone, &zone));
        struct worktime time = {zone, &days, rows[i].hours, rows[i].count};
        int64_t next = 0;
        if (!worktime_next(&time, utc(rows[i].from), &next) || next != utc(rows[i].next))
            fail_msg("row %zu: %lld, not %s", i, (long long)next, rows[i].next);
        zone_close(&zone);
    }
}

static void test_no_working_time(void **state)
{
    (void)state;
    struct zone *zone = NULL;
    assert_true(zone_open(ZONE_DIRECTORIES, "UTC", &zone));
    struct workdays none = {.week = 0}, all = {.week = 0x7f};
    int64_t next = 7;
    assert_false(worktime_next(&(struct worktime){zone, &none, office, 2}, 0, &next));
    assert_false(worktime_next(&(struct worktime){zone, &all, NULL, 0}, 0, &next));
    assert_int_equal(next, 7);
    assert_false(worktime_next(&(struct worktime){zone, &all, office, 2}, INT64_MAX, &next));
    zone_close(&zone);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_days),
        cmocka_unit_test(test_every_day),
        cmocka_unit_test(test_refused_text),
        cmocka_unit_test(test_months),
        cmocka_unit_test(test_yearly),
        cmocka_unit_test(test_years_since),
        cmocka_unit_test(test_workday_add),
        cmocka_unit_test(test_other_weeks),
        cmocka_unit_test(test_no_working_day),
        cmocka_unit_test(test_arrays_must_ascend),
        cmocka_unit_test(test_workdays_at_random),
        cmocka_unit_test(test_hours_valid),
        cmocka_unit_test(test_worktime_next),
        cmocka_unit_test(test_worktime_across_changes),
        cmocka_unit_test(test_no_working_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
