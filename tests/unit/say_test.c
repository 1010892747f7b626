// Numbers, money and days as people say them.
#include "services/notifier/say.h"

#include <setjmp.h>
#include <stdarg.h>

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
        cmocka_unit_test(test_languages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
