#include "common/calendar.h"
#include "common/feasts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { YEAR_DAYS = 365 };

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

static void add(struct feasts *feasts, const char *text)
{
    char error[FEASTS_ERROR_BYTES] = "";
    if (!feasts_add(feasts, "own.csv", text, strlen(text), error))
        fail_msg("%s", error);
}

static void test_easter(void **state)
{
    (void)state;
    static const struct {
        int32_t year;
        const char *easter, *pascha;
    } rows[] = {
        {1961, "1961-04-02", "1961-04-09"}, {2000, "2000-04-23", "2000-04-30"}, {2008, "2008-03-23", "2008-04-27"},
        {2024, "2024-03-31", "2024-05-05"}, {2025, "2025-04-20", "2025-04-20"}, {2026, "2026-04-05", "2026-04-12"},
        {2027, "2027-03-28", "2027-05-02"}, {2038, "2038-04-25", "2038-04-25"}, {2049, "2049-04-18", "2049-04-25"},
        {2076, "2076-04-19", "2076-04-26"}, {1818, "1818-03-22", "1818-04-26"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_string_equal(text_of(easter_day(rows[i].year)), rows[i].easter);
        assert_string_equal(text_of(pascha_day(rows[i].year)), rows[i].pascha);
    }
    for (int32_t year = 1583; year < 2300; year++) {
        assert_int_equal(day_weekday(easter_day(year)), 7);
        assert_int_equal(day_weekday(pascha_day(year)), 7);
        assert_in_range(easter_day(year), day_from_date((struct date){year, 3, 22}),
                        day_from_date((struct date){year, 4, 25}));
    }
}

// The whole of 2026 as it is printed in almanacs.
static void test_years_of_countries(void **state)
{
    (void)state;
    static const struct {
        const char *country, *days;
    } rows[] = {
        {"CN",
         "2026-01-01 New Year's Day|2026-02-16 Spring Festival Eve|2026-02-17 Spring Festival|2026-03-03 Lantern "
         "Festival|2026-03-08 Women's Day|2026-04-05 Qingming Festival|2026-05-01 Labour Day|2026-06-19 Dragon Boat "
         "Festival|2026-09-10 Teachers' Day|2026-09-25 Mid-Autumn Festival|2026-10-01 National Day|2026-10-18 Double "
         "Ninth Festival|2026-12-22 Winter Solstice|"},
        {"US", "2026-01-01 New Year's Day|2026-04-05 Easter|2026-07-04 Independence Day|2026-09-07 Labour "
               "Day|2026-11-26 Thanksgiving|2026-12-25 Christmas|"},
        {"DE", "2026-01-01 New Year's Day|2026-04-05 Easter|2026-05-01 Labour Day|2026-10-03 Day of German "
               "Unity|2026-12-25 Christmas|"},
        {"GB", "2026-01-01 New Year's Day|2026-04-05 Easter|2026-12-25 Christmas|2026-12-26 Boxing Day|"},
        {"VN", "2026-01-01 New Year's Day|2026-02-17 Tet|2026-03-08 Women's Day|2026-04-26 Hung Kings' "
               "Festival|2026-05-01 Labour Day|2026-09-02 National Day|2026-09-25 Mid-Autumn Festival|2026-10-20 "
               "Vietnamese Women's Day|"},
        {"KR", "2026-01-01 New Year's Day|2026-02-17 Seollal|2026-05-24 Buddha's Birthday|2026-08-15 Liberation "
               "Day|2026-09-25 Chuseok|2026-10-03 National Foundation Day|2026-10-09 Hangul Day|2026-12-25 "
               "Christmas|"},
        {"CA", "2026-01-01 New Year's Day|2026-04-05 Easter|2026-07-01 Canada Day|2026-09-07 Labour Day|2026-10-12 "
               "Thanksgiving|2026-12-25 Christmas|2026-12-26 Boxing Day|"},
        {"RU", "2026-01-01 New Year's Day|2026-01-07 Orthodox Christmas|2026-02-23 Defender of the Fatherland "
               "Day|2026-03-08 Women's Day|2026-04-12 Orthodox Easter|2026-05-01 Labour Day|2026-05-09 Victory "
               "Day|2026-06-12 Russia Day|"},
        {"", "2026-01-01 New Year's Day|"},
        {"XX", "2026-01-01 New Year's Day|"},
    };
    struct feasts *feasts = feasts_open();
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct feast found[40];
        char text[2000] = "";
        size_t count = feasts_next(feasts, rows[i].country, on("2026-01-01"), YEAR_DAYS, found, COUNT(found)), used = 0;
        for (size_t k = 0; k < count; k++) {
            used += (size_t)snprintf(text + used, sizeof text - used, "%s %s|", text_of(found[k].day), found[k].en);
            assert_int_equal(found[k].solemn, strcmp(found[k].en, "Qingming Festival") == 0);
            assert_true(found[k].zh[0] != '\0');
        }
        assert_string_equal(text, rows[i].days);
    }
    feasts_close(&feasts);
    assert_null(feasts);
    feasts_close(&feasts);
}

// Wherever a look begins and however long it is, it sees what a look of a year sees of those days.
static void test_looks_agree(void **state)
{
    (void)state;
    struct feasts *feasts = feasts_open();
    struct feast year[64], part[64];
    size_t count = feasts_next(feasts, "CN", on("2029-12-01"), FEASTS_DAYS_MAX, year, COUNT(year));
    for (int32_t from = on("2029-12-01"); from < on("2030-12-01"); from++) {
        size_t seen = feasts_next(feasts, "CN", from, 30, part, COUNT(part)), at = 0;
        for (size_t i = 0; i < count; i++)
            if (year[i].day >= from && year[i].day < from + 30) {
                assert_true(at < seen);
                assert_int_equal(part[at].day, year[i].day);
                assert_string_equal(part[at++].zh, year[i].zh);
            }
        assert_int_equal(at, seen);
        // With less room the first of them.
        size_t few = feasts_next(feasts, "CN", from, 30, part + 10, 1);
        assert_int_equal(few, seen > 0);
        if (seen > 0)
            assert_int_equal(part[10].day, part[0].day);
    }
    assert_int_equal(feasts_next(feasts, "CN", on("2030-02-03"), 0, part, COUNT(part)), 0);
    assert_int_equal(feasts_next(feasts, "CN", on("2030-02-03"), 1, part, COUNT(part)), 1);
    assert_string_equal(part[0].zh, "春节");
    feasts_close(&feasts);
}

static void test_own_rows(void **state)
{
    (void)state;
    struct feasts *feasts = feasts_open();
    struct feast found[40];
    add(feasts, "\xef\xbb\xbf# ours\r\n\r\nAE, 2027-03-10 , 开斋节, Eid al-Fitr\r\nAE,2026-03-20,开斋节,\n"
                "US,11 thu 4,,Turkey Day\nUS,easter,,\n,02-29,闰日,Leap Day\nUS,01-01,新年,The First\n"
                "US,10 mon last,,Last Monday\nUS,10 sun 5,,Fifth Sunday\nUS,easter+1,,Easter Monday\n"
                "US,easter-2,,x, with a comma\n,lunar 07-07,七夕,\n");
    assert_int_equal(feasts_next(feasts, "AE", on("2027-03-01"), 31, found, COUNT(found)), 1);
    assert_string_equal(found[0].en, "Eid al-Fitr");
    assert_int_equal(feasts_next(feasts, "AE", on("2026-03-01"), 31, found, COUNT(found)), 1);
    assert_string_equal(found[0].en, "开斋节");
    assert_int_equal(feasts_next(feasts, "AE", on("2028-03-01"), 31, found, COUNT(found)), 0);
    static const char *const wanted[] = {
        "2027-01-01 The First",     "2027-02-28 Leap Day",         "2027-03-26 x, with a comma",
        "2027-03-29 Easter Monday", "2027-07-04 Independence Day", "2027-08-08 七夕",
        "2027-09-06 Labour Day",    "2027-10-25 Last Monday",      "2027-10-31 Fifth Sunday",
        "2027-11-25 Turkey Day",    "2027-12-25 Christmas"};
    size_t count = feasts_next(feasts, "US", on("2027-01-01"), YEAR_DAYS, found, COUNT(found));
    assert_int_equal(count, COUNT(wanted));
    for (size_t i = 0; i < count; i++) {
        char text[100];
        snprintf(text, sizeof text, "%s %s", text_of(found[i].day), found[i].en);
        assert_string_equal(text, wanted[i]);
    }
    // October 2026 has four Sundays.
    assert_int_equal(feasts_next(feasts, "US", on("2026-10-02"), 30, found, COUNT(found)), 1);
    assert_string_equal(found[0].en, "Last Monday");
    feasts_close(&feasts);
}

static void test_errors_name_the_line(void **state)
{
    (void)state;
    static const char no_country[] = "the line does not start with a country of two capitals, such as VN, or with a "
                                     "comma: everywhere";
    static const char no_rule[] = "the rule is none of 09-02, 2027-03-10, lunar 08-15, lunar eve, 11 thu 4, easter+1, "
                                  "pascha, qingming and winter_solstice";
    static const struct {
        const char *text, *error;
        int line;
    } rows[] = {
        {"vn,09-02,a,b", no_country, 1},
        {"VNM,09-02,a,b", no_country, 1},
        {"V,09-02,a,b", no_country, 1},
        {"VN,09-02,a,b\n\nVN,9-2,a,b", no_rule, 3},
        {"VN", no_rule, 1},
        {"VN,02-30,a,b", no_rule, 1},
        {"VN,13-01,a,b", no_rule, 1},
        {"VN,2027-02-29,a,b", no_rule, 1},
        {"VN,lunar 08-31,a,b", no_rule, 1},
        {"VN,lunar,a,b", no_rule, 1},
        {"VN,lunar 0815,a,b", no_rule, 1},
        {"VN,11 thu 6,a,b", no_rule, 1},
        {"VN,11 thu 0,a,b", no_rule, 1},
        {"VN,11 thursday 4,a,b", no_rule, 1},
        {"VN,0 thu 4,a,b", no_rule, 1},
        {"VN,11 thu,a,b", no_rule, 1},
        {"VN,easter1,a,b", no_rule, 1},
        {"VN,easter+,a,b", no_rule, 1},
        {"VN,easter+100,a,b", no_rule, 1},
        {"VN,Easter,a,b", no_rule, 1},
        {"VN,solstice,a,b", no_rule, 1},
        {"VN,09-02,\xff,b", "the name is not UTF-8 without control characters", 1},
        {"VN,09-02,a,aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
         "the name is longer than 63 bytes", 1},
    };
    struct feasts *feasts = feasts_open();
    struct feast found[40];
    size_t before = feasts_next(feasts, "VN", on("2027-01-01"), YEAR_DAYS, found, COUNT(found));
    for (size_t i = 0; i < COUNT(rows); i++) {
        char error[FEASTS_ERROR_BYTES] = "", wanted[FEASTS_ERROR_BYTES];
        snprintf(wanted, sizeof wanted, "own.csv:%d: %s", rows[i].line, rows[i].error);
        assert_false(feasts_add(feasts, "own.csv", rows[i].text, strlen(rows[i].text), error));
        assert_string_equal(error, wanted);
        assert_int_equal(feasts_next(feasts, "VN", on("2027-01-01"), YEAR_DAYS, found, COUNT(found)), before);
    }
    feasts_close(&feasts);
}

static void test_too_many_rows(void **state)
{
    (void)state;
    struct feasts *feasts = feasts_open();
    static char text[(FEASTS_OWN_MAX + 1) * 20];
    char error[FEASTS_ERROR_BYTES];
    size_t length = 0, last = 0;
    for (int32_t i = 0; i <= FEASTS_OWN_MAX; i++) {
        last = length;
        length += (size_t)snprintf(text + length, sizeof text - length, "ZZ,");
        length += day_print(i, text + length);
        length += (size_t)snprintf(text + length, sizeof text - length, ",,x\n");
    }
    assert_false(feasts_add(feasts, "own.csv", text, length, error));
    assert_string_equal(error, "own.csv:513: there are more than 512 rows");
    assert_true(feasts_add(feasts, "own.csv", text, last, error));
    // Again is no more.
    assert_true(feasts_add(feasts, "own.csv", text, last, error));
    assert_false(feasts_add(feasts, "own.csv", text, length, error));
    feasts_close(&feasts);
}

// Every byte of a file replaced and every length cut: a refusal or good rows, never a crash.
static void test_damaged_text(void **state)
{
    (void)state;
    static const char text[] = "# x\nVN,lunar 08-15,中秋,Moon\nUS,11 thu 4,,T\nGR,pascha+1,,E\n,2026-10-10,a,b\n";
    static const char bytes[] = "\0\n\r, #-09z\x7f\x80\xff";
    for (size_t at = 0; at < sizeof text; at++)
        for (size_t k = 0; k < sizeof bytes; k++) {
            char *copy = malloc(at + 1), error[FEASTS_ERROR_BYTES];
            assert_non_null(copy);
            memcpy(copy, text, at + 1);
            copy[at] = bytes[k];
            struct feasts *feasts = feasts_open();
            struct feast found[40];
            feasts_add(feasts, "own.csv", copy, at + 1, error);
            feasts_next(feasts, "VN", on("2026-01-01"), YEAR_DAYS, found, COUNT(found));
            feasts_close(&feasts);
            free(copy);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_easter),
        cmocka_unit_test(test_years_of_countries),
        cmocka_unit_test(test_looks_agree),
        cmocka_unit_test(test_own_rows),
        cmocka_unit_test(test_errors_name_the_line),
        cmocka_unit_test(test_too_many_rows),
        cmocka_unit_test(test_damaged_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
