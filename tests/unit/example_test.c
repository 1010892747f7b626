// `tend check --example`: what it prints for all four services reads back, as it stands and with every key in force.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "harness/ring.h"
#include "services/scoring/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct config_section sections[PLACES];

static int find_sections(void **state)
{
    (void)state;
    ring_sections(sections);
    return 0;
}

static char *print_example(void)
{
    char *text;
    size_t length;
    FILE *file = open_memstream(&text, &length);
    settings_print(file, sections, PLACES);
    fclose(file);
    return text;
}

static struct config *read_good(const char *text, struct settings *ret_settings)
{
    struct config *config = settings_read_text("example", text, strlen(text), ret_settings, sections, PLACES);
    config_errors_print(config, stdout);
    assert_true(config_good(config));
    return config;
}

// Takes the "#" right before a name away, and leaves "# sentences".
static void uncomment(char *text)
{
    char *to = text;
    bool indenting = true;
    for (char *from = text; *from != '\0'; from++) {
        bool sign = indenting && *from == '#' && from[1] != ' ';
        indenting = *from == '\n' || (indenting && *from == ' ');
        if (!sign)
            *to++ = *from;
    }
    *to = '\0';
}

static void it_changes_nothing(void **state)
{
    (void)state;
    char *text = print_example();
    struct settings settings;
    struct config *config = read_good("", &settings);
    char *usual[PLACES];
    for (enum pipeline_place place = 0; place < PLACES; place++)
        usual[place] = main_rules(pipeline_setups[place]);
    config_close(&config);
    config = read_good(text, &settings);
    for (enum pipeline_place place = 0; place < PLACES; place++) {
        char *rules = main_rules(pipeline_setups[place]);
        assert_string_equal(rules, usual[place]);
        free(rules);
        free(usual[place]);
    }
    config_close(&config);
    free(text);
}

static void every_key_reads_back(void **state)
{
    (void)state;
    static const char *const keys[] = {"preset:",
                                       "window_days:",
                                       "cut_a:",
                                       "required:",
                                       "classes:",
                                       "growth_years:",
                                       "hot_days:",
                                       "period_days:",
                                       "ask_days_a:",
                                       "confidence:",
                                       "scoring_processes:",
                                       "win_factor:",
                                       "longest_silence_days:"};
    char *text = print_example();
    uncomment(text);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (strstr(text, keys[i]) == NULL)
            fail_msg("the example lacks %s", keys[i]);
    struct settings settings;
    struct config *config = read_good(text, &settings);
    const struct scoring_options *options = sections[PLACE_SCORING].target;
    char key[80];
    assert_null(options_trouble(options, key, sizeof key));
    assert_int_equal(options->schemes.count, 1);
    assert_int_equal(options->judging.policy.row_count, 1);
    assert_string_equal(options->judging.policy.rows[0].name, "A");
    assert_int_equal(options->rfm.r_count, 4);
    config_close(&config);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(it_changes_nothing), cmocka_unit_test(every_key_reads_back)};
    return cmocka_run_group_tests(tests, find_sections, NULL);
}
