#include "common/calendar.h"
#include "common/lunar.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static int32_t on(const char *text)
{
    int32_t day = 0;
    if (!day_parse(text, strlen(text), &day))
        fail_msg("no day: %s", text);
    return day;
}

static const char *text_of(int32_t day)
{
    static char text[DAY_TEXT_BYTES];
    day_print(day, text);
    return text;
}

// Days that people know, and those where ready sources go wrong: the new moons of 2027 and 2030 are four minutes before
// and eight after midnight in China.
static void test_days_that_are_known(void **state)
{
    (void)state;
    static const struct {
        enum lunar_place place;
        const char *day;
        struct lunar lunar;
    } rows[] = {
        {LUNAR_CHINA, "1900-01-01", {1899, 12, 1, false}},
        {LUNAR_CHINA, "1900-01-31", {1900, 1, 1, false}},
        {LUNAR_CHINA, "1949-10-01", {1949, 8, 10, false}},
        {LUNAR_CHINA, "1984-11-23", {1984, 10, 1, true}},
        {LUNAR_CHINA, "1987-07-26", {1987, 6, 1, true}},
        {LUNAR_CHINA, "2000-02-05", {2000, 1, 1, false}},
        {LUNAR_CHINA, "2023-03-22", {2023, 2, 1, true}},
        {LUNAR_CHINA, "2024-02-09", {2023, 12, 30, false}},
        {LUNAR_CHINA, "2024-02-10", {2024, 1, 1, false}},
        {LUNAR_CHINA, "2026-02-16", {2025, 12, 29, false}},
        {LUNAR_CHINA, "2026-09-25", {2026, 8, 15, false}},
        {LUNAR_CHINA, "2027-02-05", {2026, 12, 29, false}},
        {LUNAR_CHINA, "2027-02-06", {2027, 1, 1, false}},
        {LUNAR_CHINA, "2030-02-02", {2029, 12, 30, false}},
        {LUNAR_CHINA, "2030-02-03", {2030, 1, 1, false}},
        {LUNAR_CHINA, "2033-12-22", {2033, 11, 1, true}},
        {LUNAR_CHINA, "2034-02-19", {2034, 1, 1, false}},
        {LUNAR_CHINA, "2100-12-31", {2100, 12, 1, false}},
        // Tet and Seollal where they are not on the day of Spring Festival.
        {LUNAR_VIETNAM, "2007-02-17", {2007, 1, 1, false}},
        {LUNAR_CHINA, "2007-02-18", {2007, 1, 1, false}},
        {LUNAR_VIETNAM, "2030-02-02", {2030, 1, 1, false}},
        {LUNAR_VIETNAM, "2026-02-17", {2026, 1, 1, false}},
        {LUNAR_KOREA, "2027-02-07", {2027, 1, 1, false}},
        {LUNAR_KOREA, "2028-01-27", {2028, 1, 1, false}},
        {LUNAR_CHINA, "2028-01-26", {2028, 1, 1, false}},
        {LUNAR_KOREA, "2026-09-25", {2026, 8, 15, false}},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct lunar got = {0};
        if (!lunar_of_day(rows[i].place, on(rows[i].day), &got) || got.year != rows[i].lunar.year ||
            got.month != rows[i].lunar.month || got.day != rows[i].lunar.day || got.leap != rows[i].lunar.leap)
            fail_msg("%s: %d-%d-%d%s", rows[i].day, got.year, got.month, got.day, got.leap ? " leap" : "");
        int32_t back = 0;
        assert_true(lunar_in(rows[i].place, got, got.year, &back));
        assert_string_equal(text_of(back), rows[i].day);
    }
}

static void test_every_day_once(void **state)
{
    (void)state;
    static const struct {
        enum lunar_place place;
        const char *first, *last;
        int32_t year;
    } rows[] = {{LUNAR_CHINA, "1900-01-01", "2100-12-31", LUNAR_CHINA_FIRST},
                {LUNAR_VIETNAM, "2000-01-01", "2100-12-31", LUNAR_OTHERS_FIRST},
                {LUNAR_KOREA, "2000-01-01", "2100-12-31", LUNAR_OTHERS_FIRST}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct lunar before = {0}, now;
        assert_false(lunar_of_day(rows[i].place, on(rows[i].first) - 400, &now));
        assert_false(lunar_of_day(rows[i].place, on(rows[i].last) + 60, &now));
        for (int32_t day = on(rows[i].first); day <= on(rows[i].last); day++, before = now) {
            int32_t back = 0;
            assert_true(lunar_of_day(rows[i].place, day, &now));
            assert_true(lunar_in(rows[i].place, now, now.year, &back) && back == day);
            if (before.year == 0)
                continue;
            // The next day of the month, or the first of the next month, whose number is one more or the same and leap.
            int32_t length = lunar_month_days(rows[i].place, before.year, before.month, before.leap);
            bool leap_follows = !before.leap && lunar_leap_month(rows[i].place, before.year) == before.month;
            struct lunar next = before;
            next.day++;
            if (before.day == length)
                next = (struct lunar){before.year + (before.month == 12 && !leap_follows),
                                      leap_follows ? before.month : before.month % 12 + 1, 1, leap_follows};
            if (next.year != now.year || next.month != now.month || next.day != now.day || next.leap != now.leap)
                fail_msg("%s", text_of(day));
        }
    }
}

// The rule of the calendar itself: a leap year has 383 to 385 days, a common one 353 to 355, and no 7 of 19 differ.
static void test_years(void **state)
{
    (void)state;
    for (int32_t year = LUNAR_CHINA_FIRST; year < LUNAR_LAST; year++) {
        int32_t eve = 0, next = 0;
        assert_true(lunar_eve(LUNAR_CHINA, year, &eve));
        assert_true(lunar_in(LUNAR_CHINA, (struct lunar){0, 1, 1, false}, year + 1, &next));
        assert_int_equal(eve + 1, next);
        int32_t start = 0;
        assert_true(lunar_in(LUNAR_CHINA, (struct lunar){0, 1, 1, false}, year, &start));
        int32_t days = next - start;
        bool leap = lunar_leap_month(LUNAR_CHINA, year) > 0;
        assert_in_range(days, leap ? 383 : 353, leap ? 385 : 355);
        struct date date = day_date(start);
        assert_true(date.year == year && (date.month == 1 ? date.day >= 20 : date.month == 2 && date.day <= 21));
    }
    int32_t unused = 0;
    assert_false(lunar_eve(LUNAR_CHINA, LUNAR_LAST + 1, &unused));
    assert_false(lunar_eve(LUNAR_KOREA, LUNAR_OTHERS_FIRST - 1, &unused));
    assert_int_equal(lunar_leap_month(LUNAR_CHINA, 1800), 0);
    assert_int_equal(lunar_month_days(LUNAR_CHINA, 2200, 1, false), 0);
    assert_int_equal(lunar_month_days(LUNAR_CHINA, 2023, 3, true), 0);
    assert_int_equal(lunar_month_days(LUNAR_CHINA, 2023, 2, true), 29);
    assert_int_equal(lunar_month_days(LUNAR_CHINA, 2023, 13, false), 0);
}

static void test_birthdays(void **state)
{
    (void)state;
    static const struct {
        struct lunar born;
        const char *from, *next;
    } rows[] = {
        {{1985, 8, 15, false}, "2026-01-01", "2026-09-25"},
        {{1985, 8, 15, false}, "2026-09-25", "2026-09-25"},
        {{1985, 8, 15, false}, "2026-09-26", "2027-09-15"},
        // The last month lies in the next Gregorian year.
        {{0, 12, 8, false}, "2026-01-01", "2026-01-26"},
        {{0, 12, 8, false}, "2026-01-27", "2027-01-15"},
        // A 30th in a month of 29 days, and in one of 30.
        {{1990, 12, 30, false}, "2026-01-01", "2026-02-16"},
        {{1990, 12, 30, false}, "2024-01-01", "2024-02-09"},
        // Born in the leap second month of 2023: in it again in 2042, else in the common one.
        {{2023, 2, 10, true}, "2023-04-01", "2024-03-19"},
        {{2023, 2, 10, true}, "2042-01-01", "2042-03-31"},
        // Born in the common month of a year with a leap one: the first of both.
        {{0, 2, 10, false}, "2023-01-01", "2023-03-01"},
        {{0, 2, 10, false}, "2023-03-02", "2024-03-19"},
        {{0, 1, 1, false}, "1850-01-01", "1899-02-10"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        int32_t day = 0;
        assert_true(lunar_next(LUNAR_CHINA, rows[i].born, on(rows[i].from), &day));
        if (day != on(rows[i].next))
            fail_msg("row %zu: %s, not %s", i, text_of(day), rows[i].next);
    }
    int32_t day = 7;
    assert_false(lunar_next(LUNAR_CHINA, (struct lunar){0, 1, 1, false}, on("2101-01-01"), &day));
    assert_int_equal(day, 7);
}

// Each birthday from every day on: the first that is not before it, at most 13 months away.
static void test_next_is_the_first(void **state)
{
    (void)state;
    for (int32_t month = 1; month <= 12; month++)
        for (int32_t of_month = 1; of_month <= 30; of_month += of_month == 1 ? 28 : 1) {
            struct lunar born = {0, month, of_month, false};
            int32_t next = 0;
            for (int32_t day = on("2030-01-01"); day < on("2040-01-01"); day++) {
                int32_t found = 0;
                assert_true(lunar_next(LUNAR_CHINA, born, day, &found));
                assert_in_range(found - day, 0, 385);
                if (next >= day)
                    assert_int_equal(found, next);
                next = found;
            }
        }
}

static void test_points_of_the_sun(void **state)
{
    (void)state;
    static const struct {
        enum lunar_term term;
        const char *day;
    } rows[] = {
        {LUNAR_QINGMING, "1900-04-05"}, {LUNAR_QINGMING, "1903-04-06"},        {LUNAR_QINGMING, "2024-04-04"},
        {LUNAR_QINGMING, "2026-04-05"}, {LUNAR_WINTER_SOLSTICE, "2021-12-21"}, {LUNAR_WINTER_SOLSTICE, "2026-12-22"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        int32_t day = 0;
        assert_true(lunar_term_day(rows[i].term, day_date(on(rows[i].day)).year, &day));
        assert_string_equal(text_of(day), rows[i].day);
    }
    int32_t day;
    assert_false(lunar_term_day(LUNAR_QINGMING, 1899, &day));
    assert_false(lunar_term_day(LUNAR_QINGMING, 2101, &day));
}

static void test_text(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool good;
        struct lunar lunar;
    } rows[] = {
        {"1985-02-30", true, {1985, 2, 30, false}},
        {"--12-30", true, {0, 12, 30, false}},
        {"1985-02-31", false, {0}},
        {"1985-13-01", false, {0}},
        {"1985-00-01", false, {0}},
        {"1985-01-00", false, {0}},
        {"0000-01-01", false, {0}},
        {"1985-1-1", false, {0}},
        {"-12-30", false, {0}},
        {"x-12-30", false, {0}},
        {"--12-3x", false, {0}},
        {"198a-12-30", false, {0}},
        {"", false, {0}},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct lunar got = {0};
        if (lunar_parse(rows[i].text, strlen(rows[i].text), &got) != rows[i].good)
            fail_msg("\"%s\"", rows[i].text);
        assert_true(got.year == rows[i].lunar.year && got.month == rows[i].lunar.month &&
                    got.day == rows[i].lunar.day && !got.leap);
    }
    assert_string_equal(lunar_day_zh(1), "初一");
    assert_string_equal(lunar_day_zh(15), "十五");
    assert_string_equal(lunar_day_zh(30), "三十");
    assert_string_equal(lunar_month_zh(1, false), "正月");
    assert_string_equal(lunar_month_zh(11, true), "闰冬月");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_days_that_are_known),
        cmocka_unit_test(test_every_day_once),
        cmocka_unit_test(test_years),
        cmocka_unit_test(test_birthdays),
        cmocka_unit_test(test_next_is_the_first),
        cmocka_unit_test(test_points_of_the_sun),
        cmocka_unit_test(test_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
