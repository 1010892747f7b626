#include "common/settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct config *read_text(const char *text, struct settings *settings)
{
    return settings_read_text("etc/tend.yaml", text, strlen(text), settings, NULL, 0);
}

static void test_defaults(void **state)
{
    (void)state;
    struct settings settings;
    struct config *config = settings_read(NULL, &settings, NULL, 0);
    assert_true(config_good(config));
    assert_string_equal(settings.name, "tend");
    assert_string_equal(settings.data_dir, "data");
    assert_string_equal(settings.time_zone, "Asia/Shanghai");
    assert_string_equal(settings.currency, "CNY");
    assert_int_equal(settings.rate_count, 0);
    assert_int_equal(settings.holiday_count, 0);
    assert_int_equal(settings.weekend, 0x60);
    assert_int_equal(settings.week, 0x1f);
    assert_int_equal(settings.shards, 16);
    assert_int_equal(settings.log, SETTINGS_LOG_INFO);
    assert_string_equal(settings.links.ingest, "ipc://data/run/ingest.sock");
    assert_string_equal(settings.links.notifier, "ipc://data/run/notifier.sock");
    assert_int_equal(settings_processes(&settings, "scoring"), 1);
    assert_int_equal(settings_processes(&settings, "ingest"), 1);
    assert_string_equal(settings_endpoint(&settings, "scoring", 0), "ipc://data/run/scoring.sock");
    assert_string_equal(settings_endpoint(&settings, "ingest", 0), "ipc://data/run/ingest.sock");
    config_close(&config);
}

static void test_processes(void **state)
{
    (void)state;
    struct settings settings;
    struct config *config = read_text("common: {data_dir: /d, scoring_processes: 4}\n", &settings);
    assert_true(config_good(config));
    assert_int_equal(settings_processes(&settings, "scoring"), 4);
    assert_int_equal(settings_processes(&settings, "scheduler"), 1);
    assert_int_equal(settings_processes(&settings, "notifier"), 1);
    assert_string_equal(settings_endpoint(&settings, "scoring", 0), "ipc:///d/run/scoring-0.sock");
    assert_string_equal(settings_endpoint(&settings, "scoring", 3), "ipc:///d/run/scoring-3.sock");
    assert_string_equal(settings_endpoint(&settings, "scheduler", 0), "ipc:///d/run/scheduler.sock");
    config_close(&config);
    config = read_text("common: {scoring_processes: 2}\nlinks: {scoring: 'ipc://run/s'}\n", &settings);
    assert_true(config_good(config));
    assert_string_equal(settings_endpoint(&settings, "scoring", 1), "ipc://etc/run/s-1");
    config_close(&config);
    // Reps need not divide evenly.
    config = read_text("common: {data_dir: /d, scheduler_processes: 3}\n", &settings);
    assert_true(config_good(config));
    assert_int_equal(settings_processes(&settings, "scheduler"), 3);
    assert_int_equal(settings_processes(&settings, "scoring"), 1);
    assert_string_equal(settings_endpoint(&settings, "scoring", 0), "ipc:///d/run/scoring.sock");
    assert_string_equal(settings_endpoint(&settings, "scheduler", 2), "ipc:///d/run/scheduler-2.sock");
    config_close(&config);
}

static void test_values(void **state)
{
    (void)state;
    struct settings settings;
    struct config *config = read_text("common:\n"
                                      "  data_dir: /var/lib/tend\n"
                                      "  holidays: [CN.csv, /etc/holidays/DE.csv]\n"
                                      "  weekend: [friday]\n"
                                      "  rates:\n"
                                      "    - {currency: USD, from: 2026-02-01, rate: \"7.1\"}\n"
                                      "    - {currency: EUR, from: 2026-01-01, rate: \"7.85\"}\n"
                                      "    - {currency: USD, from: 2026-01-01, rate: 7}\n"
                                      "links:\n"
                                      "  scoring: ipc://run/s\n"
                                      "  scheduler: ipc:///run/s\n",
                                      &settings);
    config_errors_print(config, stdout);
    assert_true(config_good(config));
    assert_int_equal(settings.holiday_count, 2);
    assert_string_equal(settings.holidays[0], "etc/CN.csv");
    assert_string_equal(settings.holidays[1], "/etc/holidays/DE.csv");
    assert_int_equal(settings.week, 0x6f);
    assert_string_equal(settings.links.ingest, "ipc:///var/lib/tend/run/ingest.sock");
    assert_string_equal(settings.links.scoring, "ipc://etc/run/s");
    assert_string_equal(settings.links.scheduler, "ipc:///run/s");
    assert_int_equal(settings.rate_count, 3);
    assert_string_equal(settings.rates[0].currency, "EUR");
    assert_true(settings.rates[1].from_day < settings.rates[2].from_day);

    int32_t day = settings.rates[2].from_day;
    int64_t rate = -1;
    assert_true(settings_rate(&settings, "CNY", day, &rate));
    assert_int_equal(rate, 1000000);
    assert_true(settings_rate(&settings, "USD", day, &rate));
    assert_int_equal(rate, 7100000);
    assert_true(settings_rate(&settings, "USD", day - 1, &rate));
    assert_int_equal(rate, 7000000);
    assert_false(settings_rate(&settings, "USD", day - 32, &rate));
    assert_false(settings_rate(&settings, "GBP", day, &rate));
    assert_int_equal(rate, 7000000);
    config_close(&config);
}

#define TEN "0123456789"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN

static void test_bad(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int line, column;
        const char *message;
    } cases[] = {
        {"links:\n  ingest: tcp://10.0.0.1:7420\n", 2, 11,
         "tcp endpoints need CURVE keys, which this version cannot make yet; use ipc"},
        {"links:\n  ingest: ipc:///" HUNDRED "0123456\n", 2, 11,
         "a socket path of 108 bytes, and the system takes 107"},
        {"common:\n  data_dir: /" HUNDRED "\n", 2, 13,
         "data_dir is too long: the path of the socket in it has 117 bytes"},
        {"links:\n  ingest: ipc:///run/a\n  scoring: ipc:///run/a\n", 3, 12, "scoring is the endpoint of ingest too"},
        {"common:\n  currency: eur\n", 2, 13, "currency must be three capitals such as CNY"},
        {"common:\n  time_zone: ../passwd\n", 2, 14, "time_zone must be the name of a zone"},
        {"common:\n  weekend: [monday, tuesday, wednesday, thursday, friday, saturday, sunday]\n", 2, 3,
         "leaves no day to work on"},
        {"common:\n  weekend: [sun]\n", 2, 13, "weekend must be monday, tuesday,"},
        {"common:\n  rates:\n    - {currency: CNY, from: 2026-01-01, rate: 1}\n", 3, 18, "its rate is 1"},
        {"common:\n  rates:\n    - {currency: EUR, from: 2026-01-01, rate: 0}\n", 3, 47,
         "rate must be from 0.000001 to"},
        {"common:\n  rates:\n    - {currency: EUR, from: 2026-01-01, rate: 1}\n"
         "    - {currency: EUR, from: 2026-01-01, rate: 2}\n",
         2, 3, "gives EUR two rates from the same day on"},
        {"common:\n  shards: 0\n", 2, 11, "shards must be from 1 to 256"},
        {"common:\n  scoring_processes: 3\n", 2, 22, "must divide the 16 shards evenly"},
        {"common:\n  scoring_processes: 17\n", 2, 22, "scoring_processes must be from 1 to 16"},
        {"common:\n  scheduler_processes: 0\n", 2, 24, "scheduler_processes must be from 1 to 16"},
        {"common:\n  log: warning\n", 2, 8, "log must be debug, info, warn or error, not \"warning\""},
        {"scorin:\n", 1, 1, "unknown section \"scorin\"; did you mean \"scoring\"?"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct settings settings;
        struct config *config = read_text(cases[i].text, &settings);
        config_errors_print(config, stdout);
        size_t count;
        const struct config_error *error = config_errors(config, &count);
        assert_true(count >= 1);
        assert_non_null(strstr(error->message, cases[i].message));
        assert_int_equal(error->line, cases[i].line);
        assert_int_equal(error->column, cases[i].column);
        config_close(&config);
    }
}

// The sections of all services are known to each, and a service's own is filled.
static void test_sections(void **state)
{
    (void)state;
    struct {
        int64_t top;
    } scoring;
    static const struct config_key keys[] = {
        {.name = "top", .type = CONFIG_INTEGER, .offset = 0, .fallback = "5", .help = "How many."}, {.name = NULL}};
    const struct config_section own = {"scoring", keys, &scoring, "What each customer is worth."};
    static const char text[] = "ingest: {anything: 1}\nscoring: {top: 7}\nscheduler:\nnotifier: {}\n";
    struct settings settings;
    struct config *config = settings_read_text("t", text, sizeof text - 1, &settings, &own, 1);
    assert_true(config_good(config));
    assert_int_equal(scoring.top, 7);
    config_close(&config);
}

static void test_example(void **state)
{
    (void)state;
    char *text;
    size_t length;
    FILE *file = open_memstream(&text, &length);
    settings_print(file, NULL, 0);
    fclose(file);
    struct settings settings;
    struct config *config = read_text(text, &settings);
    config_errors_print(config, stdout);
    assert_true(config_good(config));
    assert_non_null(strstr(text, "  #shards: 16\n"));
    assert_non_null(strstr(text, "  #ingest: \"ipc://{data_dir}/run/ingest.sock\"\n"));
    config_close(&config);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults), cmocka_unit_test(test_processes), cmocka_unit_test(test_values),
        cmocka_unit_test(test_bad),      cmocka_unit_test(test_sections),  cmocka_unit_test(test_example),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
