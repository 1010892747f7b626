// Numbers, money and days as people say them.
#include "services/notifier/say.h"
#include "services/notifier/words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static void test_money_days_and_dates(void **state)
{
    (void)state;
    static const struct {
        int64_t micros;
        const char *currency, *text;
    } money[] = {{0, "CNY", "¥0"},
                 {1280500000, "USD", "$1,281"},
                 {999990000, "EUR", "€999.99"},
                 {-5000000, "GBP", "-£5"},
                 {1234567890000, "AED", "AED 1,234,568"},
                 {12300000, "", "12.30"},
                 {10000, "JPY", "JPY 0.01"},
                 {INT64_MIN, "CNY", "-¥9,223,372,036,855"},
                 {999999999, "CNY", "¥1,000"}};
    char text[SAY_BYTES];
    for (size_t i = 0; i < sizeof money / sizeof money[0]; i++) {
        say_money(money[i].micros, money[i].currency, false, text);
        assert_string_equal(text, money[i].text);
    }
    static const struct {
        int32_t offset;
        const char *zh, *en;
    } whens[] = {{-400, "400 天前", "400 days ago"},
                 {-2, "2 天前", "2 days ago"},
                 {-1, "昨天", "yesterday"},
                 {0, "今天", "today"},
                 {1, "明天", "tomorrow"},
                 {2, "后天", "in 2 days"},
                 {3, "3 天后", "in 3 days"}};
    for (size_t i = 0; i < sizeof whens / sizeof whens[0]; i++) {
        say_when(LANGUAGE_ZH, 20000, 20000 + whens[i].offset, text);
        assert_string_equal(text, whens[i].zh);
        say_when(LANGUAGE_EN, 20000, 20000 + whens[i].offset, text);
        assert_string_equal(text, whens[i].en);
    }
    say_days(LANGUAGE_EN, 1, text);
    assert_string_equal(text, "1 day");
    say_days(LANGUAGE_ZH, 0, text);
    assert_string_equal(text, "不到 1 天");
    say_count(-1234567, text);
    assert_string_equal(text, "-1,234,567");
}

// 20591 is Monday, 18 May 2026.
static void test_moments_and_looking_back(void **state)
{
    (void)state;
    static const struct {
        int32_t offset;
        const char *zh, *en, *moment_zh, *moment_en;
    } days[] = {
        {0, "今天", "today", "今天 09:05", "09:05 today"},
        {-1, "昨天", "yesterday", "昨天 09:05", "09:05 yesterday"},
        {-2, "周六", "Saturday", "5月16日（周六） 09:05", "09:05 on Sat 16 May"},
        {-6, "周二", "Tuesday", "5月12日（周二） 09:05", "09:05 on Tue 12 May"},
        {-7, "5月11日", "11 May", "5月11日（周一） 09:05", "09:05 on Mon 11 May"},
        {1, "5月19日", "19 May", "明天 09:05", "09:05 tomorrow"},
        {2, "5月20日", "20 May", "5月20日（周三） 09:05", "09:05 on Wed 20 May"},
    };
    char text[SAY_BYTES];
    for (size_t i = 0; i < sizeof days / sizeof days[0]; i++) {
        say_back(LANGUAGE_ZH, 20591, 20591 + days[i].offset, text);
        assert_string_equal(text, days[i].zh);
        say_back(LANGUAGE_EN, 20591, 20591 + days[i].offset, text);
        assert_string_equal(text, days[i].en);
        say_moment(LANGUAGE_ZH, 20591, 20591 + days[i].offset, 9 * 3600 + 5 * 60 + 59, text);
        assert_string_equal(text, days[i].moment_zh);
        say_moment(LANGUAGE_EN, 20591, 20591 + days[i].offset, 9 * 3600 + 5 * 60 + 59, text);
        assert_string_equal(text, days[i].moment_en);
    }
    assert_int_equal(say_weekday(LANGUAGE_EN, 0, text), 0);
    assert_int_equal(say_weekday(LANGUAGE_EN, 8, text), 0);
    say_weekday(LANGUAGE_ZH, 7, text);
    assert_string_equal(text, "周日");
}

// What is far away in the past or in the future says its year: the same day of this year would be read.
static void test_years_are_said_where_they_are_needed(void **state)
{
    (void)state;
    static const struct {
        const char *today, *day, *zh, *en, *date_zh, *date_en;
    } rows[] = {
        {"2026-11-09", "2025-11-26", "2025年11月26日（周三）", "Wed 26 Nov 2025", "2025年11月26日", "26 Nov 2025"},
        {"2026-11-09", "2025-12-31", "2025年12月31日（周三）", "Wed 31 Dec 2025", "2025年12月31日", "31 Dec 2025"},
        {"2026-11-09", "2027-11-09", "2027年11月9日（周二）", "Tue 9 Nov 2027", "2027年11月9日", "9 Nov 2027"},
        {"2026-11-09", "2026-01-13", "1月13日（周二）", "Tue 13 Jan", "1月13日", "13 Jan"},
        {"2026-11-09", "2026-01-12", "2026年1月12日（周一）", "Mon 12 Jan 2026", "2026年1月12日", "12 Jan 2026"},
        {"2026-12-28", "2027-01-04", "1月4日（周一）", "Mon 4 Jan", "1月4日", "4 Jan"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int32_t today, day;
        char text[SAY_BYTES], moment[SAY_BYTES];
        assert_true(day_parse(rows[i].today, 10, &today));
        assert_true(day_parse(rows[i].day, 10, &day));
        say_day(LANGUAGE_ZH, today, day, text);
        assert_string_equal(text, rows[i].zh);
        snprintf(moment, sizeof moment, "%.40s 08:30", text);
        say_moment(LANGUAGE_ZH, today, day, 8 * 3600 + 1800, text);
        assert_string_equal(text, moment);
        say_day(LANGUAGE_EN, today, day, text);
        assert_string_equal(text, rows[i].en);
        say_date(LANGUAGE_ZH, today, day, text);
        assert_string_equal(text, rows[i].date_zh);
        say_date(LANGUAGE_EN, today, day, text);
        assert_string_equal(text, rows[i].date_en);
        if (day < today) {
            say_back(LANGUAGE_EN, today, day, text);
            assert_string_equal(text, rows[i].date_en);
        }
    }
    char text[SAY_BYTES];
    assert_true(say_moment(LANGUAGE_ZH, DAY_MIN, DAY_MAX, 86399, text) < SAY_BYTES / 2 + 8);
}

static void test_spans_and_ordinals(void **state)
{
    (void)state;
    static const struct {
        int64_t minutes;
        const char *zh, *en;
    } spans[] = {{-5, "0 分钟", "0 minutes"},   {0, "0 分钟", "0 minutes"},    {1, "1 分钟", "1 minute"},
                 {59, "59 分钟", "59 minutes"}, {60, "1 小时", "1 hour"},      {119, "1 小时", "1 hour"},
                 {120, "2 小时", "2 hours"},    {1439, "23 小时", "23 hours"}, {1440, "1 天", "1 day"},
                 {2880, "2 天", "2 days"}};
    static const struct {
        int64_t count;
        const char *en;
    } ordinals[] = {{1, "1st"},   {2, "2nd"},   {3, "3rd"},   {4, "4th"},     {11, "11th"}, {12, "12th"},
                    {13, "13th"}, {21, "21st"}, {22, "22nd"}, {111, "111th"}, {0, "0th"},   {-1, "-1th"}};
    char text[SAY_BYTES];
    for (size_t i = 0; i < sizeof spans / sizeof spans[0]; i++) {
        say_span(LANGUAGE_ZH, spans[i].minutes, text);
        assert_string_equal(text, spans[i].zh);
        say_span(LANGUAGE_EN, spans[i].minutes, text);
        assert_string_equal(text, spans[i].en);
    }
    for (size_t i = 0; i < sizeof ordinals / sizeof ordinals[0]; i++) {
        say_nth(LANGUAGE_EN, ordinals[i].count, text);
        assert_string_equal(text, ordinals[i].en);
    }
    say_nth(LANGUAGE_ZH, 2, text);
    assert_string_equal(text, "2");
}

static void test_words_of_codes(void **state)
{
    (void)state;
    assert_string_equal(words_of(LANGUAGE_ZH, "very_likely"), "很可能成交");
    assert_string_equal(words_of(LANGUAGE_EN, "contract_sent"), "contract sent");
    assert_null(words_of(LANGUAGE_EN, "nonsense"));
    assert_string_equal(words_of_field(LANGUAGE_ZH, "key_person"), "关键人");
    assert_null(words_of_field(LANGUAGE_EN, "hot"));
    assert_string_equal(words_of_stage(LANGUAGE_EN, 7), "contract ran out");
    assert_string_equal(words_of_stage(LANGUAGE_ZH, 0), "未联系上");
    assert_null(words_of_stage(LANGUAGE_ZH, 8));
    assert_null(words_of_stage(LANGUAGE_ZH, -1));
}

static void test_languages(void **state)
{
    (void)state;
    enum language language;
    assert_true(language_parse("zh-CN", &language) && language == LANGUAGE_ZH);
    assert_true(language_parse("ZH_hant", &language) && language == LANGUAGE_ZH);
    assert_true(language_parse("en", &language) && language == LANGUAGE_EN);
    assert_false(language_parse("enx", &language));
    assert_false(language_parse("de", &language));
    assert_false(language_parse("", &language));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_money_days_and_dates),
        cmocka_unit_test(test_moments_and_looking_back),
        cmocka_unit_test(test_years_are_said_where_they_are_needed),
        cmocka_unit_test(test_spans_and_ordinals),
        cmocka_unit_test(test_words_of_codes),
        cmocka_unit_test(test_languages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
