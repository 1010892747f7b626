// The keys of the scheduler's rules: their defaults, what they take, and what does not go together.
#include "services/scheduler/options_rules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct config *read_text(const char *text, struct rules_options *options)
{
    const struct config_section section = {.name = "scheduler", .keys = rules_keys, .target = options, .help = ""};
    return config_read_text("tend.yaml", text, strlen(text), &section, 1);
}

static void defaults(void **state)
{
    (void)state;
    struct rules_options options = {0};
    const char *key = "";
    struct config *config = read_text("scheduler: {}\n", &options);
    assert_true(config_good(config));
    assert_null(rules_trouble(&options, &key));
    assert_int_equal(options.caps.day, 2);
    assert_int_equal(options.caps.month, 8);
    assert_int_equal(options.caps.channel[1], 1);
    assert_int_equal(options.caps.channel[9], 2);
    assert_int_equal(options.rhythm.shortest_days[1], 3);
    assert_int_equal(options.rhythm.longest_days[1], 14);
    assert_int_equal(options.rhythm.shortest_days[3], 14);
    assert_int_equal(options.rhythm.longest_days[3], 90);
    assert_int_equal(options.rhythm.replies_least, 5);
    assert_int_equal(options.rhythm.clear_ppm, 400000);
    assert_int_equal(options.breach.grace_ms, 300000);
    assert_int_equal(options.breach.window_ms, 365 * INT64_C(86400000));
    assert_int_equal(options.usual.least, 10);
    assert_int_equal(options.usual.share_ppm, 800000);
    assert_int_equal(options.recur.days, 90);
    assert_int_equal(options.dues.contract_end.count, 4);
    assert_int_equal(options.dues.contract_end.days[3], 7);
    assert_int_equal(options.dues.quote_nurse.days[2], 180);
    assert_int_equal(options.dues.greeting_classes, 1 << 1 | 1 << 2);
    assert_int_equal(options.dues.small_most, 8);
    assert_int_equal(options.gift.budget_micros[1], 500 * INT64_C(1000000));
    assert_int_equal(options.gift.budget_micros[3], 50 * INT64_C(1000000));
    assert_int_equal(options.authority.level_count, 0);
    config_close(&config);
}

static void takes(void **state)
{
    (void)state;
    struct rules_options options = {0};
    const char *key = "";
    struct config *config = read_text("scheduler:\n"
                                      "  caps: {day: 1, week: 1, sms: 0}\n"
                                      "  rhythm: {c: {longest_days: 120}}\n"
                                      "  promises: {grace: 0s, usual_least: 20}\n"
                                      "  dates: {contract_end: [45], quote_nurse: [], greeting_classes: [none, c]}\n"
                                      "  gifts: {b: 0}\n"
                                      "  authority:\n"
                                      "    - {role: rep, limit: 100}\n"
                                      "    - {role: boss}\n",
                                      &options);
    assert_true(config_good(config));
    assert_null(rules_trouble(&options, &key));
    assert_int_equal(options.caps.week, 1);
    assert_int_equal(options.caps.channel[4], 0);
    assert_int_equal(options.rhythm.longest_days[3], 120);
    assert_int_equal(options.rhythm.longest_days[2], 30);
    assert_int_equal(options.breach.grace_ms, 0);
    assert_int_equal(options.usual.least, 20);
    assert_int_equal(options.dues.contract_end.count, 1);
    assert_int_equal(options.dues.quote_nurse.count, 0);
    assert_int_equal(options.dues.greeting_classes, 1 | 1 << 3);
    assert_int_equal(options.gift.budget_micros[2], 0);
    assert_int_equal(options.authority.level_count, 2);
    size_t level = 0;
    assert_int_equal(authority_judge(&options.authority, "rep", 101 * INT64_C(1000000), &level), AUTHORITY_ASK);
    assert_string_equal(options.authority.levels[level].role, "boss");
    config_close(&config);
}

static void refuses(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } rows[] = {
        {"scheduler: {caps: {month: 61}}\n", "month"},
        {"scheduler: {caps: {day: 0}}\n", "day"},
        {"scheduler: {promises: {usual_share: 0%}}\n", "usual_share"},
        {"scheduler: {dates: {contract_end: [9, 8, 7, 6, 5, 4, 3, 2, 1]}}\n", "contract_end"},
        {"scheduler: {dates: {greeting_classes: [d]}}\n", "greeting_classes"},
        {"scheduler: {authority: [{limit: 5}]}\n", "role"},
        {"scheduler: {gifts: {a: -1}}\n", "a "},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct rules_options options = {0};
        struct config *config = read_text(rows[i].text, &options);
        size_t count;
        const struct config_error *errors = config_errors(config, &count);
        assert_int_equal(count, 1);
        if (strstr(errors[0].message, rows[i].message) == NULL)
            fail_msg("row %zu: %s", i, errors[0].message);
        config_close(&config);
    }
}

static void refuses_what_does_not_go_together(void **state)
{
    (void)state;
    static const struct {
        const char *text, *key;
    } rows[] = {
        {"scheduler: {caps: {week: 1}}\n", "caps.week"},
        {"scheduler: {caps: {month: 2}}\n", "caps.month"},
        {"scheduler: {rhythm: {b: {shortest_days: 31}}}\n", "rhythm.b.longest_days"},
        {"scheduler: {dates: {contract_end: [30, 30]}}\n", "dates.contract_end"},
        {"scheduler: {dates: {file_deadline: [1, 7]}}\n", "dates.file_deadline"},
        {"scheduler: {dates: {quote_nurse: [90, 30]}}\n", "dates.quote_nurse"},
        {"scheduler: {authority: [{role: rep}, {role: boss, limit: 5}]}\n", "authority"},
        {"scheduler: {authority: [{role: rep, limit: 5}, {role: boss, limit: 5}]}\n", "authority"},
        {"scheduler: {authority: [{role: rep, limit: 5}, {role: Rep, limit: 6}]}\n", "authority"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct rules_options options = {0};
        const char *key = "";
        struct config *config = read_text(rows[i].text, &options);
        assert_true(config_good(config));
        if (rules_trouble(&options, &key) == NULL)
            fail_msg("row %zu", i);
        assert_string_equal(key, rows[i].key);
        config_close(&config);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults),
        cmocka_unit_test(takes),
        cmocka_unit_test(refuses),
        cmocka_unit_test(refuses_what_does_not_go_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
