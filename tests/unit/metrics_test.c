// The figures: their text against the rules of the exposition format, and the names that must not pass.
#include "common/metrics.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { PAGE_BYTES = 1 << 20 };

static const char *const feeds[] = {"shop", "e\"r\\p\n"};
static const char *const outcomes[] = {"stored", "repeated", "refused"};
static const double small[] = {0.5, 2};

enum { EVENTS, LAST, DELAY, READY, ASKED, DECLARED };
static const struct metric_def defs[DECLARED] = {
    {.name = "events_total",
     .help = "Events by feed,\nand what came of them \\.",
     .kind = METRIC_COUNTER,
     .labels = {{"feed", feeds, 2}, {"outcome", outcomes, 3}}},
    {.name = "feed_last_event_timestamp_seconds",
     .help = "When a feed last spoke.",
     .kind = METRIC_GAUGE,
     .labels = {{"feed", feeds, 2}}},
    {.name = "delay_seconds",
     .help = "From due to told.",
     .kind = METRIC_HISTOGRAM,
     .bounds = small,
     .bound_count = 2,
     .labels = {{"feed", feeds, 2}}},
    {.name = "ready", .help = "One when ready.", .kind = METRIC_GAUGE},
    {.name = "request_seconds", .help = "Time.", .kind = METRIC_HISTOGRAM},
};

static void test_text(void **state)
{
    (void)state;
    struct metrics *metrics = metrics_open();
    struct metric *metric[DECLARED];
    metrics_declare(metrics, defs, 4, metric);
    metric_add(metric[EVENTS], metric_cell(metric[EVENTS], 0, 2, 0), 3);
    metric_add(metric[EVENTS], metric_cell(metric[EVENTS], 1, 0, 0), UINT64_C(9007199254740993));
    metric_set(metric[LAST], metric_cell(metric[LAST], 1, 0, 0), 1795298909.25);
    metric_set(metric[READY], 0, 1);
    static const double delays[] = {0.5, 0.5000001, 2, 3, (double)INFINITY, (double)NAN};
    for (size_t i = 0; i < sizeof delays / sizeof *delays; i++)
        metric_observe(metric[DELAY], metric_cell(metric[DELAY], 0, 0, 0), delays[i]);
    metric_observe(metric[DELAY], metric_cell(metric[DELAY], 1, 0, 0), 0.1);
    char page[4096];
    size_t length = metrics_print(metrics, page, sizeof page);
    assert_int_equal(length, strlen(page));
    assert_string_equal(page, "# HELP tend_events_total Events by feed,\\nand what came of them \\\\.\n"
                              "# TYPE tend_events_total counter\n"
                              "tend_events_total{feed=\"shop\",outcome=\"stored\"} 0\n"
                              "tend_events_total{feed=\"shop\",outcome=\"repeated\"} 0\n"
                              "tend_events_total{feed=\"shop\",outcome=\"refused\"} 3\n"
                              "tend_events_total{feed=\"e\\\"r\\\\p\\n\",outcome=\"stored\"} 9007199254740993\n"
                              "tend_events_total{feed=\"e\\\"r\\\\p\\n\",outcome=\"repeated\"} 0\n"
                              "tend_events_total{feed=\"e\\\"r\\\\p\\n\",outcome=\"refused\"} 0\n"
                              "# HELP tend_feed_last_event_timestamp_seconds When a feed last spoke.\n"
                              "# TYPE tend_feed_last_event_timestamp_seconds gauge\n"
                              "tend_feed_last_event_timestamp_seconds{feed=\"e\\\"r\\\\p\\n\"} 1795298909.25\n"
                              "# HELP tend_delay_seconds From due to told.\n"
                              "# TYPE tend_delay_seconds histogram\n"
                              "tend_delay_seconds_bucket{feed=\"shop\",le=\"0.5\"} 1\n"
                              "tend_delay_seconds_bucket{feed=\"shop\",le=\"2\"} 3\n"
                              "tend_delay_seconds_bucket{feed=\"shop\",le=\"+Inf\"} 5\n"
                              "tend_delay_seconds_sum{feed=\"shop\"} +Inf\n"
                              "tend_delay_seconds_count{feed=\"shop\"} 5\n"
                              "tend_delay_seconds_bucket{feed=\"e\\\"r\\\\p\\n\",le=\"0.5\"} 1\n"
                              "tend_delay_seconds_bucket{feed=\"e\\\"r\\\\p\\n\",le=\"2\"} 1\n"
                              "tend_delay_seconds_bucket{feed=\"e\\\"r\\\\p\\n\",le=\"+Inf\"} 1\n"
                              "tend_delay_seconds_sum{feed=\"e\\\"r\\\\p\\n\"} 0.1\n"
                              "tend_delay_seconds_count{feed=\"e\\\"r\\\\p\\n\"} 1\n"
                              "# HELP tend_ready One when ready.\n"
                              "# TYPE tend_ready gauge\n"
                              "tend_ready 1\n");
    // Every smaller buffer holds a beginning of the same text, and the length is the same.
    for (size_t bytes = 0; bytes < length + 2; bytes += 7) {
        char *part = malloc(bytes + 1);
        memset(part, '#', bytes + 1);
        assert_int_equal(metrics_print(metrics, part, bytes), length);
        assert_int_equal(part[bytes], '#');
        if (bytes > 0 && bytes <= length)
            assert_true(strlen(part) == bytes - 1 && memcmp(part, page, bytes - 1) == 0);
        free(part);
    }
    metrics_close(&metrics);
    assert_null(metrics);
    metrics_close(&metrics);
}

// A place that is held free is not printed before it has its name.
static void test_names_that_come_later(void **state)
{
    (void)state;
    static const char *const places[] = {"shop", "", "", "LATER"};
    static const struct metric_def one = {.name = "bodies_total",
                                          .help = "Bodies.",
                                          .kind = METRIC_COUNTER,
                                          .labels = {{"feed", places, 4}, {"outcome", outcomes, 3}}};
    static char page[PAGE_BYTES];
    struct metrics *metrics = metrics_open();
    struct metric *metric;
    metrics_declare(metrics, &one, 1, &metric);
    metrics_print(metrics, page, sizeof page);
    assert_null(strstr(page, "feed=\"\""));
    assert_non_null(strstr(page, "{feed=\"LATER\",outcome=\"refused\"} 0\n"));
    for (int i = 0; i < 2; i++)
        metric_name(metric, 0, 2, "mail");
    metric_add(metric, metric_cell(metric, 2, 1, 0), 5);
    metrics_print(metrics, page, sizeof page);
    assert_null(strstr(page, "feed=\"\""));
    assert_non_null(strstr(page, "{feed=\"mail\",outcome=\"repeated\"} 5\n"));
    metrics_close(&metrics);
}

static void test_reading(void **state)
{
    (void)state;
    struct metrics *metrics = metrics_open();
    struct metric *metric[DECLARED];
    metrics_declare(metrics, defs, DECLARED, metric);
    metric_add(metric[EVENTS], metric_cell(metric[EVENTS], 1, 1, 0), 2);
    assert_true(metric_read(metric[EVENTS], metric_cell(metric[EVENTS], 1, 1, 0)) > 1.9);
    assert_true(metric_read(metric[EVENTS], metric_cell(metric[EVENTS], 1, 2, 0)) < 0.1);
    assert_true(isnan(metric_read(metric[READY], 0)));
    for (int i = 0; i < 1000; i++)
        metric_observe(metric[ASKED], 0, i / 10.0);
    assert_int_equal((int)metric_read(metric[ASKED], 0), 1000);
    char *page = malloc(PAGE_BYTES);
    metrics_print(metrics, page, PAGE_BYTES);
    assert_non_null(strstr(page, "tend_request_seconds_bucket{le=\"0.0025\"} 1\n"));
    assert_non_null(strstr(page, "tend_request_seconds_bucket{le=\"60\"} 601\n"));
    assert_non_null(strstr(page, "tend_request_seconds_bucket{le=\"+Inf\"} 1000\n"));
    free(page);
    metrics_close(&metrics);
}

static void test_cells_are_all_different(void **state)
{
    (void)state;
    static const char *const values[] = {"a", "b", "c", "d", "e"};
    const struct metric_def def = {.name = "things_total",
                                   .help = "Things.",
                                   .kind = METRIC_COUNTER,
                                   .labels = {{"x", values, 2}, {"y", values, 3}, {"z", values, 5}}};
    struct metrics *metrics = metrics_open();
    struct metric *metric;
    metrics_declare(metrics, &def, 1, &metric);
    for (size_t cell = 0; cell < 30; cell++) {
        size_t x = cell / 15, y = cell / 5 % 3, z = cell % 5;
        assert_int_equal(metric_cell(metric, x, y, z), cell);
        metric_add(metric, cell, cell + 100);
    }
    char page[4096], line[64];
    metrics_print(metrics, page, sizeof page);
    for (size_t cell = 0; cell < 30; cell++) {
        snprintf(line, sizeof line, "{x=\"%s\",y=\"%s\",z=\"%s\"} %zu\n", values[cell / 15], values[cell / 5 % 3],
                 values[cell % 5], cell + 100);
        assert_non_null(strstr(page, line));
    }
    metrics_close(&metrics);
}

// True when declaring ends the process; in a child, since that is what must() does.
static bool ends(const struct metric_def *wrong, size_t count)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct metrics *metrics = metrics_open();
        struct metric *metric[2];
        if (freopen("/dev/null", "w", stderr) == NULL)
            _exit(1);
        metrics_declare(metrics, wrong, count, metric);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    return !WIFEXITED(status) || WEXITSTATUS(status) != 0;
}

static void test_bad_names_end_the_process(void **state)
{
    (void)state;
    static const struct {
        const char *name, *help;
        enum metric_kind kind;
        bool bad;
    } names[] = {
        {"events_total", "Help.", METRIC_COUNTER, false},  {"events", "Help.", METRIC_COUNTER, true},
        {"events_total", "Help.", METRIC_GAUGE, true},     {"events_total", "", METRIC_COUNTER, true},
        {"events_total", NULL, METRIC_COUNTER, true},      {"Events_total", "Help.", METRIC_COUNTER, true},
        {"loopLag_seconds", "Help.", METRIC_GAUGE, true},  {"loop-lag", "Help.", METRIC_GAUGE, true},
        {"9lives", "Help.", METRIC_GAUGE, true},           {"", "Help.", METRIC_GAUGE, true},
        {"lag_ms", "Help.", METRIC_HISTOGRAM, true},       {"lag_milliseconds", "Help.", METRIC_HISTOGRAM, true},
        {"lag_seconds", "Help.", METRIC_HISTOGRAM, false}, {"age_days", "Help.", METRIC_GAUGE, true},
        {"map_kb", "Help.", METRIC_GAUGE, true},           {"map_used_ratio", "Help.", METRIC_GAUGE, false},
        {"map_used_percent", "Help.", METRIC_GAUGE, true}, {"queue_gauge", "Help.", METRIC_GAUGE, true},
        {"items_count", "Help.", METRIC_GAUGE, true},      {"items_sum", "Help.", METRIC_GAUGE, true},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct metric_def def = {.name = names[i].name, .help = names[i].help, .kind = names[i].kind};
        if (ends(&def, 1) != names[i].bad)
            fail_msg("%s", names[i].name);
    }
    const struct metric_def twice[] = {{.name = "ready", .help = "A.", .kind = METRIC_GAUGE},
                                       {.name = "ready", .help = "A.", .kind = METRIC_GAUGE}};
    assert_true(ends(twice, 2));
    static const char *const same[] = {"a", "a"};
    const struct metric_def values = {.name = "ready", .help = "A.", .kind = METRIC_GAUGE, .labels = {{"x", same, 2}}};
    assert_true(ends(&values, 1));
    const struct metric_def gap = {
        .name = "ready", .help = "A.", .kind = METRIC_GAUGE, .labels = {{0}, {"x", same, 1}}};
    assert_true(ends(&gap, 1));
    const struct metric_def bound = {
        .name = "a_seconds", .help = "A.", .kind = METRIC_HISTOGRAM, .labels = {{"le", same, 1}}};
    assert_true(ends(&bound, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_names_that_come_later),
        cmocka_unit_test(test_reading),
        cmocka_unit_test(test_cells_are_all_different),
        cmocka_unit_test(test_bad_names_end_the_process),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
