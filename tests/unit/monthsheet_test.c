// A month as `tend calendar` shows it, and what it is made of.
#include "services/tend/daysoff.h"
#include "services/tend/monthsheet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { MONDAY_TO_FRIDAY = 0x1f };

static struct holidays *holidays;
static struct feasts *feasts;

static int load(void **state)
{
    (void)state;
    static const char *const files[] = {"../deploy/holidays/CN-2020.csv", "../deploy/holidays/CN-2026.csv"};
    char error[HOLIDAYS_ERROR_BYTES] = "";
    holidays = holidays_open();
    feasts = feasts_open();
    for (size_t i = 0; i < COUNT(files); i++)
        if (!holidays_add_file(holidays, files[i], error))
            fail_msg("%s", error);
    return 0;
}

static int unload(void **state)
{
    (void)state;
    holidays_close(&holidays);
    feasts_close(&feasts);
    return 0;
}

static int32_t on(const char *text)
{
    int32_t day = 0;
    if (!day_parse(text, strlen(text), &day))
        fail_msg("no day: %s", text);
    return day;
}

static struct month month_of(const char *text, const char *country, const char *today)
{
    struct month month;
    int32_t first = 0;
    assert_true(month_parse(text, &first));
    month_fill(holidays, MONDAY_TO_FRIDAY, feasts, country, first, on(today), &month);
    return month;
}

// The sheet, to be freed.
static char *sheet_of(const struct month *month, enum wording_language language)
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    assert_non_null(out);
    struct screen screen = {.width = SCREEN_USUAL, .language = language};
    monthsheet_print(out, month, &screen);
    assert_int_equal(fclose(out), 0);
    return text;
}

static void test_text_of_months(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",           "2026",    "2026-1",  "2026-13", "2026-00",
                                        "2026-10-01", "1899-12", "2101-01", "2026/10", "202a-10"};
    int32_t first = 7;
    for (size_t i = 0; i < COUNT(wrong); i++)
        assert_false(month_parse(wrong[i], &first));
    assert_int_equal(first, 7);
    assert_true(month_parse("2026-10", &first));
    assert_int_equal(first, on("2026-10-01"));
}

static void test_weeks(void **state)
{
    (void)state;
    static const struct {
        const char *day;
        int32_t week;
    } rows[] = {{"2026-01-01", 1}, {"2026-12-31", 53}, {"2027-01-03", 53}, {"2027-01-04", 1},
                {"2024-12-30", 1}, {"2024-12-29", 52}, {"2021-01-01", 53}, {"2026-10-01", 40}};
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_int_equal(month_week(on(rows[i].day)), rows[i].week);
}

static void test_what_a_month_holds(void **state)
{
    (void)state;
    struct month month = month_of("2026-10", "CN", "2026-10-09");
    assert_int_equal(month.count, 31);
    assert_int_equal(month.worked, 18); // 22 days of the week, 5 of them off, one made up
    assert_int_equal(month.left, 17);
    assert_true(month.covered);
    assert_false(month.days[0].worked);
    assert_string_equal(month.days[0].name, "National Day");
    assert_true(month.days[9].worked);
    assert_null(month.days[10].name);
    assert_int_equal(month.days[9].lunar.month, 9);
    assert_int_equal(month.days[9].lunar.day, 1);
    assert_int_equal(month.feast_count, 2);
    month = month_of("2027-02", "CN", "2026-10-09");
    assert_false(month.covered);
    assert_int_equal(month.worked, month.left);
    assert_string_equal(month.feasts[1].zh, "春节");
    assert_int_equal(month.feasts[1].day, on("2027-02-06"));
    assert_int_equal(month_of("2026-09", "CN", "2026-10-09").left, 0);
    assert_int_equal(month_of("2027-02", "KR", "2026-10-09").days[6].lunar.day, 1);
    assert_false(month_of("2027-02", "US", "2026-10-09").days[0].has_lunar);
}

static void test_sheet_in_english(void **state)
{
    (void)state;
    struct month month = month_of("2026-10", "CN", "2026-10-09");
    char *text = sheet_of(&month, WORDING_EN);
    assert_string_equal(text, "2026-10  CN  working days: 18, 17 from today\n"
                              "       Mo    Tu    We    Th    Fr    Sa    Su\n"
                              "40                      1-*    2-    3-    4-\n"
                              "                       8/21  8/22  8/23  8/24\n"
                              "41     5-    6-    7-     8    >9   10+    11\n"
                              "     8/25  8/26  8/27  8/28  8/29   9/1   9/2\n"
                              "42     12    13    14    15    16    17   18*\n"
                              "      9/3   9/4   9/5   9/6   9/7   9/8   9/9\n"
                              "43     19    20    21    22    23    24    25\n"
                              "     9/10  9/11  9/12  9/13  9/14  9/15  9/16\n"
                              "44     26    27    28    29    30    31\n"
                              "     9/17  9/18  9/19  9/20  9/21  9/22\n"
                              "\n"
                              "  1 - 7   off: National Day\n"
                              " 10       worked: make-up for National Day\n"
                              "  1       * National Day\n"
                              " 18       * Double Ninth Festival\n"
                              "- off, by proclamation\n"
                              "+ worked, to make up\n");
    free(text);
}

static void test_sheet_in_chinese(void **state)
{
    (void)state;
    struct month month = month_of("2020-05", "CN", "2026-10-09");
    char *text = sheet_of(&month, WORDING_ZH);
    static const char *const lines[] = {"2020年5月  CN  工作日: 19\n",
                                        "       一    二    三    四    五    六    日\n",
                                        "18                           1休*   2休   3休\n",
                                        "                             初九  初十  十一\n",
                                        "三十  闰四  初二\n",
                                        "  1 - 5   休：劳动节\n",
                                        "  9       班：劳动节调休\n",
                                        "  1       * 劳动节\n"};
    for (size_t i = 0; i < COUNT(lines); i++)
        if (strstr(text, lines[i]) == NULL)
            fail_msg("no \"%s\" in\n%s", lines[i], text);
    free(text);
}

// No line is wider than the sheet, in any month of two years, language and country.
static void test_narrow(void **state)
{
    (void)state;
    static const char *const countries[] = {"CN", "VN", "JP", "US", "RU", ""};
    for (size_t c = 0; c < COUNT(countries); c++)
        for (int32_t first = on("2026-01-01"); first < on("2028-01-01"); first = day_add_months(first, 1))
            for (enum wording_language language = WORDING_EN; language <= WORDING_ZH; language++) {
                struct month month;
                month_fill(holidays, MONDAY_TO_FRIDAY, feasts, countries[c], first, first + 1, &month);
                char *text = sheet_of(&month, language), *rest = text;
                for (char *line; (line = strsep(&rest, "\n")) != NULL;)
                    if (screen_columns(line) > MONTHSHEET_COLUMNS)
                        fail_msg("%s: %d columns", line, screen_columns(line));
                free(text);
            }
}

static void test_json(void **state)
{
    (void)state;
    struct month month = month_of("2026-04", "CN", "2026-10-09");
    json_t *json = monthsheet_json(&month), *days = json_object_get(json, "days");
    assert_non_null(json);
    assert_string_equal(json_string_value(json_object_get(json, "month")), "2026-04");
    assert_int_equal(json_integer_value(json_object_get(json, "workingDays")), month.worked);
    assert_int_equal(json_array_size(days), 30);
    const json_t *fifth = json_array_get(days, 4);
    assert_string_equal(json_string_value(json_object_get(fifth, "day")), "2026-04-05");
    assert_string_equal(json_string_value(json_object_get(fifth, "holiday")), "Qingming Festival");
    assert_true(json_is_false(json_object_get(fifth, "worked")));
    assert_int_equal(json_integer_value(json_object_get(json_object_get(fifth, "lunar"), "day")), 18);
    const json_t *feast = json_array_get(json_object_get(fifth, "feasts"), 0);
    assert_true(json_is_true(json_object_get(feast, "solemn")));
    json_decref(json);
}

// The files of the configuration: a country's own and everybody's, and the warning when a year is not held.
static void test_files_of_the_configuration(void **state)
{
    (void)state;
    static const char *const files[] = {"../deploy/holidays/CN-2025.csv", "../deploy/holidays/CN-2026.csv"};
    struct settings settings = {.time_zone = "Asia/Shanghai", .holidays = files, .holiday_count = COUNT(files)};
    char country[DAYSOFF_COUNTRY_BYTES], error[HOLIDAYS_ERROR_BYTES];
    daysoff_first_country(&settings, country);
    assert_string_equal(country, "CN");
    struct holidays *own = daysoff_read(&settings, "CN", error), *others = daysoff_read(&settings, "VN", error);
    assert_true(holidays_cover(own, 2025) && holidays_cover(own, 2026) && !holidays_cover(own, 2027));
    assert_false(holidays_cover(others, 2026));
    holidays_close(&own);
    holidays_close(&others);
    static const struct {
        const char *today;
        int warnings;
    } rows[] = {{"2026-11-30", 0}, {"2026-12-01", 1}, {"2027-03-01", 1}, {"2025-12-31", 0}, {"2024-12-31", 1}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        char *text = NULL;
        size_t length;
        FILE *out = open_memstream(&text, &length);
        assert_int_equal(daysoff_warn(&settings, on(rows[i].today), out), rows[i].warnings);
        fclose(out);
        assert_int_equal(strstr(text, " of CN, so ") != NULL, rows[i].warnings);
        free(text);
    }
    settings.holiday_count = 0;
    daysoff_first_country(&settings, country);
    assert_string_equal(country, "");
    assert_int_equal(daysoff_warn(&settings, on("2026-12-01"), stdout), 0);
    static const char *const wrong[] = {"no/such/CN-2026.csv"};
    settings.holidays = wrong;
    settings.holiday_count = 1;
    assert_null(daysoff_read(&settings, "CN", error));
    assert_string_equal(error, "no/such/CN-2026.csv: No such file or directory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_of_months),
        cmocka_unit_test(test_weeks),
        cmocka_unit_test(test_what_a_month_holds),
        cmocka_unit_test(test_sheet_in_english),
        cmocka_unit_test(test_sheet_in_chinese),
        cmocka_unit_test(test_narrow),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_files_of_the_configuration),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
