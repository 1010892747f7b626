// Whose days off hold where: a country's own and everybody's.
#include "common/countries.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MONDAY_TO_FRIDAY = 0x1f, DAYS = 60, COUNTRIES = 4 };

static const struct country_day DAYS_OFF[] = {
    {"", 10, false, "all"}, {"", 12, true, "all"},  {"CN", 11, false, "cn"},
    {"CN", 13, true, "cn"}, {"VN", 9, false, "vn"}, {"VN", 10, true, "vn"}, // a word of its own about everybody's day
};

static void test_own_and_everybodys(void **state)
{
    (void)state;
    struct countries *countries = countries_open(DAYS_OFF, sizeof DAYS_OFF / sizeof DAYS_OFF[0]);
    struct workdays days = {.week = MONDAY_TO_FRIDAY};
    assert_true(countries_workdays(countries, "CN", &days));
    assert_int_equal(days.week, MONDAY_TO_FRIDAY);
    assert_int_equal(days.holiday_count, 2);
    assert_int_equal(days.holidays[0], 10);
    assert_int_equal(days.holidays[1], 11);
    assert_int_equal(days.makeup_count, 2);
    assert_int_equal(days.makeups[0], 12);
    assert_int_equal(days.makeups[1], 13);
    assert_true(countries_workdays(countries, "VN", &days));
    assert_int_equal(days.holiday_count, 1);
    assert_int_equal(days.holidays[0], 9);
    assert_int_equal(days.makeup_count, 2);
    assert_int_equal(days.makeups[0], 10);
    countries_close(&countries);
    assert_null(countries);
}

// A country that nobody gave a file of has everybody's days, and none of another country.
static void test_a_country_without_a_file(void **state)
{
    (void)state;
    struct countries *countries = countries_open(DAYS_OFF, sizeof DAYS_OFF / sizeof DAYS_OFF[0]);
    static const char *const others[] = {"US", "AA", "ZZ"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct workdays days = {.week = 7};
        assert_true(countries_workdays(countries, others[i], &days));
        assert_int_equal(days.holiday_count, 1);
        assert_int_equal(days.holidays[0], 10);
        assert_int_equal(days.makeup_count, 1);
        assert_int_equal(days.makeups[0], 12);
    }
    countries_close(&countries);
    countries = countries_open(DAYS_OFF + 2, 2); // only CN's
    struct workdays days = {.holidays = (const int32_t[]){11}, .holiday_count = 1};
    assert_true(countries_workdays(countries, "GB", &days));
    assert_int_equal(days.holiday_count + days.makeup_count, 0);
    countries_close(&countries);
}

static void test_nobody(void **state)
{
    (void)state;
    struct countries *countries = countries_open(DAYS_OFF, sizeof DAYS_OFF / sizeof DAYS_OFF[0]);
    struct workdays days = {.week = 7};
    assert_false(countries_workdays(countries, "", &days));
    assert_int_equal(days.holiday_count, 0);
    assert_false(countries_workdays(NULL, "CN", &days));
    countries_close(&countries);
    countries = countries_open(NULL, 0);
    assert_false(countries_workdays(countries, "CN", &days));
    countries_close(&countries);
    countries_close(&countries);
}

// Random days against a table of what each day of each country is.
static void test_against_a_table(void **state)
{
    (void)state;
    static const char *const codes[COUNTRIES] = {"", "CN", "DE", "VN"};
    const char *given = getenv("TEND_SEED");
    unsigned seed = given != NULL ? (unsigned)strtoul(given, NULL, 10) : 20260601;
    printf("seed %u\n", seed);
    for (int round = 0; round < 200; round++) {
        enum { USUAL = -1, OFF, ON } table[COUNTRIES][DAYS];
        struct country_day days[COUNTRIES * DAYS];
        size_t count = 0;
        for (int c = 0; c < COUNTRIES; c++)
            for (int day = 0; day < DAYS; day++) {
                int drawn = rand_r(&seed) % 6;
                table[c][day] = drawn == 0 ? OFF : drawn == 1 ? ON : USUAL;
                if (table[c][day] == USUAL)
                    continue;
                struct country_day *next = &days[count++];
                *next = (struct country_day){.day = day, .worked = table[c][day] == ON, .name = ""};
                strcpy(next->country, codes[c]);
            }
        struct countries *countries = countries_open(days, count);
        for (int c = 1; c < COUNTRIES; c++) {
            struct workdays read = {.week = MONDAY_TO_FRIDAY};
            assert_true(countries_workdays(countries, codes[c], &read));
            assert_true(workdays_valid(&read));
            for (int day = 0; day < DAYS; day++) {
                int what = table[c][day] != USUAL ? table[c][day] : table[0][day];
                bool worked = what == USUAL ? day_weekday(day) < 6 : what == ON;
                assert_int_equal(workday_is(&read, day), worked);
            }
        }
        countries_close(&countries);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_own_and_everybodys),
        cmocka_unit_test(test_a_country_without_a_file),
        cmocka_unit_test(test_nobody),
        cmocka_unit_test(test_against_a_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
