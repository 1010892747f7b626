#include "common/holidays.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { MONDAY_TO_FRIDAY = 0x1f };

static int32_t on(const char *text)
{
    int32_t day = 0;
    if (!day_parse(text, strlen(text), &day))
        fail_msg("no day: %s", text);
    return day;
}

static void add(struct holidays *set, const char *text)
{
    char error[HOLIDAYS_ERROR_BYTES] = "";
    if (!holidays_add(set, "a.csv", text, strlen(text), error))
        fail_msg("%s", error);
}

static void test_lines(void **state)
{
    (void)state;
    struct holidays *set = holidays_open();
    // In any order, with all that editors and spreadsheets leave behind.
    add(set, "\xef\xbb\xbf# 2026\r\n\r\n2026-10-10,workday,make-up\r\n  2026-10-01 , holiday , 国庆节, day 1 \r\n"
             "\t# more\n2026-01-01,holiday\n2026-10-02,holiday,");
    struct workdays days = holidays_workdays(set, MONDAY_TO_FRIDAY);
    assert_true(workdays_valid(&days));
    assert_int_equal(days.holiday_count, 3);
    assert_int_equal(days.makeup_count, 1);
    assert_int_equal(days.holidays[0], on("2026-01-01"));
    assert_false(workday_is(&days, on("2026-10-01")));
    assert_true(workday_is(&days, on("2026-10-10")));
    bool worked = true;
    assert_string_equal(holidays_name(set, on("2026-10-01"), &worked), "国庆节, day 1");
    assert_false(worked);
    assert_string_equal(holidays_name(set, on("2026-10-10"), &worked), "make-up");
    assert_true(worked);
    assert_string_equal(holidays_name(set, on("2026-01-01"), &worked), "");
    assert_null(holidays_name(set, on("2026-10-03"), &worked));
    // A second file, of the year before.
    add(set, "2025-10-01,holiday,National Day\n");
    days = holidays_workdays(set, MONDAY_TO_FRIDAY);
    assert_int_equal(days.holiday_count, 4);
    assert_int_equal(days.holidays[0], on("2025-10-01"));
    assert_true(holidays_cover(set, 2025));
    assert_true(holidays_cover(set, 2026));
    assert_false(holidays_cover(set, 2027));
    holidays_close(&set);
    assert_null(set);
    holidays_close(&set);
}

static void test_errors_name_the_line(void **state)
{
    (void)state;
    static const struct {
        const char *text, *error;
    } rows[] = {
        {"2026-1-1,holiday,x", "a.csv:1: the line does not start with a day like 2026-10-01"},
        {"# a\n\n2026-02-29,holiday,x", "a.csv:3: the line does not start with a day like 2026-10-01"},
        {"\"2026-10-01\",holiday,x", "a.csv:1: the line does not start with a day like 2026-10-01"},
        {",,", "a.csv:1: the line does not start with a day like 2026-10-01"},
        {"2026-10-01", "a.csv:1: the second part must be holiday or workday"},
        {"2026-10-01,Holiday,x", "a.csv:1: the second part must be holiday or workday"},
        {"2026-10-02,holiday,x\n2026-10-01,holidays,x", "a.csv:2: the second part must be holiday or workday"},
        {"2026-10-02,holiday,x\r\n2026-10-02,workday,y\r\n", "a.csv:2: the day is listed already"},
        {"2026-05-01,holiday,again", "a.csv:1: the day is listed already"},
        {"2026-10-01,holiday,\xff", "a.csv:1: the name is not UTF-8 without control characters"},
        {"2026-10-01,holiday,\xe5\x9b", "a.csv:1: the name is not UTF-8 without control characters"},
        {"2026-10-01,holiday,\xed\xa0\x80", "a.csv:1: the name is not UTF-8 without control characters"},
        {"2026-10-01,holiday,\xc0\xaf", "a.csv:1: the name is not UTF-8 without control characters"},
        {"2026-10-01,holiday,\xc2\x85", "a.csv:1: the name is not UTF-8 without control characters"},
        {"2026-10-01,holiday,a\tb", "a.csv:1: the name is not UTF-8 without control characters"},
        {"2026-10-01,holiday,aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
         "a.csv:1: the name is longer than 63 bytes"},
    };
    struct holidays *set = holidays_open();
    add(set, "2026-05-01,holiday,Labour Day\n");
    for (size_t i = 0; i < COUNT(rows); i++) {
        char error[HOLIDAYS_ERROR_BYTES] = "";
        assert_false(holidays_add(set, "a.csv", rows[i].text, strlen(rows[i].text), error));
        assert_string_equal(error, rows[i].error);
        struct workdays days = holidays_workdays(set, MONDAY_TO_FRIDAY);
        assert_int_equal(days.holiday_count + days.makeup_count, 1);
        assert_false(holidays_cover(set, 2027));
    }
    holidays_close(&set);
}

static void test_too_many_days(void **state)
{
    (void)state;
    struct holidays *set = holidays_open();
    char text[(size_t)(HOLIDAYS_MAX + 1) * 20], error[HOLIDAYS_ERROR_BYTES];
    size_t length = 0;
    for (int32_t day = 0; day <= HOLIDAYS_MAX; day++) {
        length += day_print(day, text + length);
        length += (size_t)snprintf(text + length, sizeof text - length, ",holiday\n");
    }
    assert_false(holidays_add(set, "a.csv", text, length, error));
    assert_string_equal(error, "a.csv:4097: there are more than 4096 days");
    assert_true(holidays_add(set, "a.csv", text, length - 19, error) || length == 0);
    assert_int_equal(holidays_workdays(set, MONDAY_TO_FRIDAY).holiday_count, HOLIDAYS_MAX);
    holidays_close(&set);
}

// Every byte of a file replaced and every length cut: a refusal or a valid set, never a crash.
static void test_damaged_text(void **state)
{
    (void)state;
    static const char text[] = "# x\n2026-10-01,holiday,国庆节\r\n2026-10-10,workday,make-up\n";
    static const char bytes[] = "\0\n\r, #-0\x7f\x80\xff";
    for (size_t at = 0; at < sizeof text; at++)
        for (size_t k = 0; k < sizeof bytes; k++) {
            // Of its very size, so that the sanitizer sees the first byte read behind it.
            char *copy = malloc(at + 1), error[HOLIDAYS_ERROR_BYTES];
            assert_non_null(copy);
            memcpy(copy, text, at + 1);
            copy[at] = bytes[k];
            struct holidays *set = holidays_open();
            holidays_add(set, "a.csv", copy, at + 1, error);
            struct workdays days = holidays_workdays(set, MONDAY_TO_FRIDAY);
            assert_true(workdays_valid(&days));
            holidays_close(&set);
            free(copy);
        }
}

static void test_files(void **state)
{
    (void)state;
    struct holidays *set = holidays_open();
    char error[HOLIDAYS_ERROR_BYTES] = "";
    assert_false(holidays_add_file(set, "no/such.csv", error));
    assert_string_equal(error, "no/such.csv: No such file or directory");
    assert_false(holidays_add_file(set, "unit", error));
    assert_string_equal(error, "unit: cannot be read");
    char path[] = "/tmp/tend-holidays-XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal(ftruncate(file, HOLIDAYS_FILE_BYTES + 1), 0);
    close(file);
    assert_false(holidays_add_file(set, path, error));
    assert_non_null(strstr(error, "longer than 256 KiB"));
    unlink(path);
    holidays_close(&set);
}

// The official year has 13 holidays beside the weekends: 365 - 104 - 13 days are worked. Every make-up day is at a
// weekend.
static void test_china_2026(void **state)
{
    (void)state;
    struct holidays *set = holidays_open();
    char error[HOLIDAYS_ERROR_BYTES];
    if (!holidays_add_file(set, "../deploy/holidays/CN-2026.csv", error))
        fail_msg("%s", error);
    struct workdays days = holidays_workdays(set, MONDAY_TO_FRIDAY);
    assert_int_equal(days.holiday_count, 33);
    assert_int_equal(days.makeup_count, 6);
    for (size_t i = 0; i < days.makeup_count; i++)
        assert_true(day_weekday(days.makeups[i]) >= 6);
    assert_int_equal(workday_count(&days, on("2026-01-01"), on("2027-01-01")), 248);
    assert_int_equal(workday_count(&days, on("2026-02-01"), on("2026-03-01")), 16);
    bool worked;
    assert_string_equal(holidays_name(set, on("2026-02-17"), &worked), "Spring Festival");
    holidays_close(&set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),         cmocka_unit_test(test_errors_name_the_line),
        cmocka_unit_test(test_too_many_days), cmocka_unit_test(test_damaged_text),
        cmocka_unit_test(test_files),         cmocka_unit_test(test_china_2026),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
