// The section `scoring`: what it takes and what it refuses, with the place of the error.
#include "services/scoring/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static struct config *read_text(const char *text, struct scoring_options *options)
{
    const struct config_section section = {.name = "scoring", .keys = scoring_keys, .target = options, .help = ""};
    return config_read_text("tend.yaml", text, strlen(text), &section, 1);
}

static void refuses_what_cannot_be(void **unused)
{
    (void)unused;
    static const struct {
        const char *text, *message;
    } rows[] = {
        {"scoring: {schemes: {a: {}, b: {}, c: {}, d: {}, e: {}}}\n", "schemes may have at most 4 names, not 5"},
        {"scoring: {modl: {kind: bg}}\n", "did you mean \"model\"?"},
        {"scoring: {model: {kind: beta}}\n", "kind"},
        {"scoring: {abc: {window_days: 0}}\n", "window_days"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct scoring_options options;
        struct config *config = read_text(rows[i].text, &options);
        size_t count;
        const struct config_error *errors = config_errors(config, &count);
        assert_int_equal(count, 1);
        if (strstr(errors[0].message, rows[i].message) == NULL)
            fail_msg("row %zu: %s", i, errors[0].message);
        config_close(&config);
    }
}

static void refuses_what_does_not_go_together(void **unused)
{
    (void)unused;
    static const struct {
        const char *text, *key;
    } rows[] = {
        {"scoring: {abc: {cut_a: 90%, cut_b: 85%}}\n", "abc.cut_a"},
        {"scoring: {schemes: {pieces: {measure: quantity, cut_a: 90%, cut_b: 85%}}}\n", "schemes.cut_a"},
        {"scoring: {concentration: {share: 5%, margin: 5%}}\n", "concentration.margin"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct scoring_options options;
        char key[OPTIONS_KEY_BYTES] = "";
        struct config *config = read_text(rows[i].text, &options);
        assert_true(config_good(config));
        assert_non_null(options_trouble(&options, key, sizeof key));
        assert_string_equal(key, rows[i].key);
        config_close(&config);
    }
}

// "A = agents and franchisees in the top 20 %; B = +10 % two years running and loyal; C = the rest" is five lines.
static void five_lines_are_a_policy(void **unused)
{
    (void)unused;
    static const char text[] = "scoring:\n"
                               "  policy:\n"
                               "    classes:\n"
                               "      - {class: A, types: [agent, franchisee], top: 20%}\n"
                               "      - {class: B, growth: 10%, growth_years: 2, cooperation: 4, loyalty: 4}\n"
                               "      - {class: C}\n";
    struct scoring_options options;
    const char *names[POLICY_ROWS_MAX];
    char key[OPTIONS_KEY_BYTES];
    struct config *config = read_text(text, &options);
    assert_true(config_good(config));
    assert_null(options_trouble(&options, key, sizeof key));
    assert_int_equal(policy_classes(&options.judging.policy, names), 3);
    assert_string_equal(names[0], "A");
    assert_int_equal(options.judging.policy.rows[0].top_ppm, 200000);
    assert_int_equal(options.judging.policy.rows[1].growth_years, 2);
    config_close(&config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_what_cannot_be),
        cmocka_unit_test(refuses_what_does_not_go_together),
        cmocka_unit_test(five_lines_are_a_policy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
