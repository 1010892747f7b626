// `tend rescore`: a store that a whole pipeline has made is looked at with another configuration.
#include "services/tend/rescore.h"
#include "harness/ring.h"
#include "services/scoring/scoring.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NOON INT64_C(1794801600000) // 2026-11-16, 12:00 in Shanghai
#define DAY INT64_C(86400000)

enum { CUSTOMERS = 4, TEXT_BYTES = 20000 };

static const int units[CUSTOMERS] = {60, 20, 12, 8};

struct fixture {
    char folder[FOLDER_BYTES], store[FOLDER_BYTES + 16];
    struct settings settings;
    struct config *config;
};

// The configuration whose scoring section is this.
static void configure(struct fixture *fixture, const char *scoring)
{
    struct config_section sections[PLACES];
    char text[600];
    int length = snprintf(text, sizeof text,
                          "common: {time_zone: Asia/Shanghai, currency: CNY}\nscoring: {%s}\n"
                          "notifier: {default_channel: here, channels: {here: {type: file, file: %s/out.jsonl}}}\n",
                          scoring, fixture->folder);
    ring_sections(sections);
    config_close(&fixture->config);
    fixture->config = settings_read_text("tend.yaml", text, (size_t)length, &fixture->settings, sections, PLACES);
    assert_true(config_good(fixture->config));
}

static void send_orders(struct pipeline *pipeline)
{
    for (int i = 0; i < CUSTOMERS; i++) {
        char body[400];
        struct reply reply;
        int length =
            snprintf(body, sizeof body,
                     "{\"id\":\"o%d\",\"source\":\"t\",\"time\":\"2026-11-0%dT08:00:00Z\",\"customerId\":\"C%d\","
                     "\"historical\":true,\"orderPlaced\":{\"orderId\":\"o%d\",\"total\":\"%d.00 CNY\"}}",
                     i, i + 1, i, i, units[i]);
        assert_true(
            pipeline_post(pipeline, PLACE_INGEST, "/v1/events", "application/json", body, (size_t)length, &reply));
        assert_int_equal(reply.status, 200);
    }
}

static int make_by(const char *scoring, void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    char error[600];
    folder_make(fixture->folder);
    configure(fixture, scoring);
    snprintf(fixture->store, sizeof fixture->store, "%s/scoring", fixture->folder);
    struct pipeline *pipeline = pipeline_open(&fixture->settings, fixture->folder, NOON, error, sizeof error);
    assert_non_null(pipeline);
    send_orders(pipeline);
    assert_true(pipeline_until(pipeline, NOON + DAY));
    pipeline_close(&pipeline);
    *state = fixture;
    return 0;
}

static int make(void **state)
{
    return make_by("", state);
}

static int make_with_classes(void **state)
{
    return make_by("policy: {classes: [{class: A, top: 50%}, {class: C}]}, schemes: {quarter: {window_days: 90}}",
                   state);
}

static int unmake(void **state)
{
    struct fixture *fixture = *state;
    config_close(&fixture->config);
    folder_remove(fixture->folder);
    free(fixture);
    return 0;
}

// Looks with the configuration that is set.
static struct rescore *look(const struct fixture *fixture, size_t limit)
{
    char error[RESCORE_ERROR_BYTES] = "";
    const struct main_setup *setup = pipeline_setups[PLACE_SCORING];
    struct scoring *scoring = setup->open(&fixture->settings, setup->options, error, sizeof error);
    struct rescore *rescore = NULL;
    assert_non_null(scoring);
    if (!rescore_open(fixture->store, scoring, NOON + DAY, limit, error, &rescore))
        fail_msg("%s", error);
    setup->close(scoring);
    return rescore;
}

static const char *text_of(const json_t *json, const char *member)
{
    const char *text = json_string_value(json_object_get(json, member));
    return text != NULL ? text : "";
}

static const json_t *find_movement(const json_t *json, const char *dimension, const char *before, const char *after)
{
    size_t i;
    const json_t *movement;
    json_array_foreach (json_object_get(json, "movements"), i, movement)
        if (strcmp(text_of(movement, "dimension"), dimension) == 0 &&
            strcmp(text_of(movement, "before"), before) == 0 && strcmp(text_of(movement, "after"), after) == 0)
            return movement;
    return NULL;
}

static void expect_movement(const json_t *json, const char *dimension, const char *before, const char *after,
                            const char *net)
{
    const json_t *movement = find_movement(json, dimension, before, after);
    if (movement == NULL)
        fail_msg("no %s %s -> %s", dimension, before, after);
    assert_int_equal(json_integer_value(json_object_get(movement, "customers")), 1);
    assert_string_equal(text_of(movement, "net"), net);
    assert_true(json_is_true(json_object_get(movement, "told")));
}

static char *print(const struct rescore *rescore)
{
    static char text[TEXT_BYTES];
    struct figures figures;
    FILE *out = fmemopen(text, sizeof text, "w");
    assert_non_null(out);
    figures_open("Asia/Shanghai", &figures);
    rescore_print(out, rescore, &figures);
    figures_close(&figures);
    assert_int_equal(fclose(out), 0);
    return text;
}

static void expect_text(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("'%s' is not in:\n%s", part, text);
}

// 60 + 20 + 12 + 8: at 65 and 85 % the classes are A, A, B, C; at 50 and 75 % A, B, C, C.
static void other_cuts_move_those_between(void **state)
{
    struct fixture *fixture = *state;
    configure(fixture, "abc: {cut_a: 50%, cut_b: 75%, margin: 0%}");
    struct rescore *rescore = look(fixture, 10);
    json_t *json = rescore_json(rescore);
    expect_movement(json, "value.abc", "A", "B", "20.00 CNY");
    expect_movement(json, "value.abc", "B", "C", "12.00 CNY");
    assert_null(find_movement(json, "value.abc", "A", "C"));
    assert_int_equal(json_integer_value(json_object_get(json, "known")), CUSTOMERS);
    assert_int_equal(json_integer_value(json_object_get(json, "rulesVersion")), 1);
    assert_true(json_is_false(json_object_get(json, "inForce")));
    const json_t *first = json_array_get(json_object_get(json, "customers"), 0);
    const json_t *move = json_array_get(json_object_get(first, "moves"), 0);
    assert_string_equal(text_of(first, "customerId"), "C1");
    assert_string_equal(text_of(move, "dimension"), "value.abc");
    assert_string_equal(text_of(move, "rule"), "abc 50/75, net sales of 365 days");
    assert_true(json_array_size(json_object_get(move, "figures")) > 0);
    json_decref(json);
    const char *text = print(rescore);
    expect_text(text, "4 customers as of 2026-11-17 12:00, by version 1 of the rules\n");
    expect_text(text, "2 of them would be announced:\n");
    expect_text(text, "value.abc A -> B");
    expect_text(text, "abc 50/75, net sales of 365 days");
    expect_text(text, "nothing was changed");
    rescore_close(&rescore);
}

static void only_the_largest_are_shown(void **state)
{
    struct fixture *fixture = *state;
    configure(fixture, "abc: {cut_a: 50%, cut_b: 75%, margin: 0%}");
    for (size_t limit = 0; limit < 3; limit++) {
        struct rescore *rescore = look(fixture, limit);
        json_t *json = rescore_json(rescore);
        assert_int_equal(rescore_moved(rescore), 2);
        assert_int_equal(json_array_size(json_object_get(json, "customers")), limit);
        expect_movement(json, "value.abc", "B", "C", "12.00 CNY"); // who is not shown is counted
        if (limit == 1)
            expect_text(print(rescore), "the largest 1 of 2 customers are shown");
        json_decref(json);
        rescore_close(&rescore);
    }
}

static void by_the_same_configuration_nobody_moves(void **state)
{
    struct fixture *fixture = *state;
    configure(fixture, "listen: '127.0.0.1:7499'"); // where it listens is no rule
    struct rescore *rescore = look(fixture, 10);
    assert_int_equal(rescore_moved(rescore), 0);
    assert_true(rescore_frame(rescore)->same);
    assert_string_equal(rescore_frame(rescore)->currency, "CNY");
    assert_string_equal(rescore_frame(rescore)->time_zone, "Asia/Shanghai");
    const char *text = print(rescore);
    expect_text(text, "this configuration is the one in force");
    expect_text(text, "nobody would be announced");
    assert_null(strstr(text, "without a word"));
    assert_int_equal(rescore_frame(rescore)->silent_count, 0);
    assert_int_equal(rescore_frame(rescore)->lost_count, 0);
    rescore_close(&rescore);
}

// What is not listed any more cannot be announced, and is told all the same.
static void who_loses_a_class_is_counted(void **state)
{
    struct fixture *fixture = *state;
    configure(fixture, "");
    struct rescore *rescore = look(fixture, 10);
    const char *text = print(rescore);
    expect_text(text, "value.policy has no classes any more: 4 customers lose theirs\n");
    expect_text(text, "value.abc.quarter is not listed any more: 4 customers lose theirs\n");
    json_t *json = rescore_json(rescore);
    assert_int_equal(json_array_size(json_object_get(json, "lost")), 2);
    json_decref(json);
    rescore_close(&rescore);
    configure(fixture, "policy: {classes: [{class: C}]}, schemes: {quarter: {window_days: 90}}");
    rescore = look(fixture, 10);
    expect_text(print(rescore), "value.policy has lost a class: ");
    rescore_close(&rescore);
}

// Scores of RFM can be asked for and are never announced.
static void what_is_never_announced_is_counted(void **state)
{
    struct fixture *fixture = *state;
    configure(fixture, "rfm: {m_amount: [\"1\", \"2\", \"3\", \"4\"]}");
    struct rescore *rescore = look(fixture, 10);
    json_t *json = rescore_json(rescore);
    const json_t *silent = json_array_get(json_object_get(json, "silent"), 0);
    assert_string_equal(text_of(silent, "dimension"), "value.rfm");
    assert_int_equal(json_integer_value(json_object_get(silent, "customers")), 4); // by fifths no four have 5
    json_decref(json);
    expect_text(print(rescore), "4 customers would change without a word, in what is never announced: value.rfm 4");
    rescore_close(&rescore);
}

static void a_store_that_is_not_there_is_said(void **state)
{
    struct fixture *fixture = *state;
    char error[RESCORE_ERROR_BYTES] = "";
    const struct main_setup *setup = pipeline_setups[PLACE_SCORING];
    struct rescore *rescore = NULL;
    configure(fixture, "");
    struct scoring *scoring = setup->open(&fixture->settings, setup->options, error, sizeof error);
    assert_false(rescore_open("/nowhere/scoring", scoring, NOON, 10, error, &rescore));
    assert_string_equal(error, "there is no store at /nowhere/scoring");
    assert_null(rescore);
    setup->close(scoring);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(other_cuts_move_those_between, make, unmake),
        cmocka_unit_test_setup_teardown(only_the_largest_are_shown, make, unmake),
        cmocka_unit_test_setup_teardown(by_the_same_configuration_nobody_moves, make, unmake),
        cmocka_unit_test_setup_teardown(who_loses_a_class_is_counted, make_with_classes, unmake),
        cmocka_unit_test_setup_teardown(what_is_never_announced_is_counted, make, unmake),
        cmocka_unit_test_setup_teardown(a_store_that_is_not_there_is_said, make, unmake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
