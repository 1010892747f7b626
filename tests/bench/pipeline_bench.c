// From the app to the score, by the number of customers: orders a second through a real tend-ingest and tend-scoring,
// beside the bare two-stage loop; memory; start-up after a kill. And through all four services: from an order to the
// message that it causes.
//
//     pipeline_bench PROGRAMS [--quick] [--million]
#include "bench/alert.h"
#include "bench/bare.h"
#include "bench/limits.h"
#include "bench/load.h"
#include "bench/watch.h"
#include "common/must.h"

#include <stdio.h>
#include <string.h>

enum { FIRST_PORT = 17520, ROUNDS = 3, SIZES = 3, CATCH_UP_MS = 600000, PRELOAD_BATCH = 1000, GENERATION_DAYS = 300 };

#define DAY_MS INT64_C(86400000)

static const uint32_t sizes[SIZES] = {10000, 100000, 1000000};

struct figures {
    struct series rate, limit, ingest_cpu, scoring_cpu, written, payload;
    struct series filling, memory, resident, start_up;
};

struct bench {
    struct town town;
    struct load *load;
    struct orders *orders;
    uint32_t customers;
    uint64_t events; // of one round
};

// Every customer orders once, some time ago. Returns orders a second until scoring has them.
static double fill(struct bench *bench)
{
    struct orders_options options = {.seed = (uint64_t)town_wall_ms(),
                                     .customers = bench->customers,
                                     .in_turn = true,
                                     .historical = true,
                                     .time_ms = town_wall_ms() - DAY_MS,
                                     .spread_ms = GENERATION_DAYS * DAY_MS};
    struct orders *orders = orders_open(&options);
    struct load_plan plan = {.batch = PRELOAD_BATCH, .window = 8, .events = bench->customers};
    int64_t began_us = table_now_us();
    load_run(bench->load, orders, &plan, NULL);
    watch_catch_up(&bench->town, TOWN_SCORING, TOWN_INGEST, CATCH_UP_MS);
    orders_close(&orders);
    return bench->customers / ((double)(table_now_us() - began_us) / 1e6);
}

static void run_ours(struct bench *bench, struct figures *figures)
{
    struct load_plan plan = {.batch = 100, .window = 16, .events = bench->events};
    pid_t ingest = bench->town.pids[TOWN_INGEST], scoring = bench->town.pids[TOWN_SCORING];
    double events = (double)bench->events;
    int64_t ingest_us = watch_cpu_us(ingest), scoring_us = watch_cpu_us(scoring), began_us = table_now_us();
    int64_t written = watch_process(ingest, "io", "wchar:") + watch_process(scoring, "io", "wchar:");
    load_run(bench->load, bench->orders, &plan, NULL);
    watch_catch_up(&bench->town, TOWN_SCORING, TOWN_INGEST, CATCH_UP_MS);
    series_add(&figures->rate, events / ((double)(table_now_us() - began_us) / 1e6));
    series_add(&figures->ingest_cpu, (double)(watch_cpu_us(ingest) - ingest_us) / events);
    series_add(&figures->scoring_cpu, (double)(watch_cpu_us(scoring) - scoring_us) / events);
    written = watch_process(ingest, "io", "wchar:") + watch_process(scoring, "io", "wchar:") - written;
    series_add(&figures->written, (double)written / events);
    series_add(&figures->payload, (double)orders_bytes(bench->orders));
}

static void run_limit(struct bench *bench, struct figures *figures)
{
    struct load_plan plan = {.batch = 100, .window = 16, .events = bench->events};
    struct bare bare;
    bare_start(&bare, bench->town.folder, 0);
    bare_start_second(&bare, bench->customers, bench->events);
    struct load *load = load_open(bare.endpoint, true);
    int64_t began_us = table_now_us();
    load_run(load, bench->orders, &plan, NULL);
    bare_wait_second(&bare);
    series_add(&figures->limit, (double)bench->events / ((double)(table_now_us() - began_us) / 1e6));
    load_close(&load);
    bare_stop(&bare);
}

static void measure(struct bench *bench, const char *programs, struct figures *figures)
{
    town_open(&bench->town, programs, FIRST_PORT, "");
    watch_start(&bench->town, TOWN_INGEST);
    watch_start(&bench->town, TOWN_SCORING);
    bench->load = load_open(town_endpoint(&bench->town, TOWN_INGEST), false);
    struct orders_options options = {
        .seed = (uint64_t)town_wall_ms() * 2, .customers = bench->customers, .time_ms = town_wall_ms()};
    bench->orders = orders_open(&options);
    pid_t *scoring = &bench->town.pids[TOWN_SCORING];
    int64_t before_kb = watch_process(*scoring, "status", "RssAnon:");
    series_add(&figures->filling, fill(bench));
    for (int round = 0; round < ROUNDS; round++) {
        run_ours(bench, figures);
        run_limit(bench, figures);
    }
    double kb = (double)(watch_process(*scoring, "status", "RssAnon:") - before_kb);
    series_add(&figures->memory, kb * 1024 / bench->customers);
    series_add(&figures->resident, (double)watch_process(*scoring, "status", "VmRSS:") * 1024 / bench->customers);
    for (int round = 0; round < ROUNDS; round++) {
        town_kill(&bench->town, TOWN_SCORING);
        series_add(&figures->start_up, watch_start(&bench->town, TOWN_SCORING) / 1000);
    }
    load_close(&bench->load);
    orders_close(&bench->orders);
    town_close(&bench->town, false);
}

static void print(const char *what, const char *unit, const struct series *ours, const struct series *limit,
                  const char *limit_name, enum table_goal goal, double bound)
{
    struct table_line line = {what, unit, ours, limit, limit_name, goal, bound};
    table_print(&line);
}

static void print_size(uint32_t customers, const struct figures *figures)
{
    char title[80];
    snprintf(title, sizeof title, "ingest and scoring, %u customers", customers);
    table_head(title);
    print("orders through scoring, batches of 100", "/s", &figures->rate, &figures->limit, "bare two stages",
          TABLE_AT_LEAST, 0.5);
    print("  a first order of each, of the past", "/s", &figures->filling, NULL, NULL, TABLE_NO_GOAL, 0);
    print("  processor time of an order, ingest", "us", &figures->ingest_cpu, NULL, NULL, TABLE_NO_GOAL, 0);
    print("  processor time of an order, scoring", "us", &figures->scoring_cpu, NULL, NULL, TABLE_NO_GOAL, 0);
    print("  bytes written an order, both", "bytes", &figures->written, &figures->payload, "payload", TABLE_NO_GOAL, 0);
    print("scoring's memory a customer", "bytes", &figures->memory, NULL, NULL, TABLE_NO_GOAL, 0);
    print("  with the pages of its store in memory", "bytes", &figures->resident, NULL, NULL, TABLE_NO_GOAL, 0);
    print("scoring's start-up after a kill, first answer", "s", &figures->start_up, NULL, NULL, TABLE_NO_GOAL, 0);
}

// A chain of four commits, each of two fdatasyncs, and of a round trip between any two.
static void measure_alerts(const char *programs, unsigned scale)
{
    struct alert_figures figures = {0};
    struct series sync = {0}, trip = {0}, limit = {0};
    struct town town;
    for (int round = 0; round < ROUNDS; round++) {
        town_open(&town, programs, FIRST_PORT, alert_settings);
        limits_fdatasync(town.folder, scale, &sync);
        limits_round_trip(town.folder, scale, &trip);
        alert_measure(&town, 25 * scale, &figures);
        town_close(&town, false);
        series_add(&limit, (8 * sync.values[round] + 4 * trip.values[round]) / 1000);
    }
    table_head("all four services");
    print("order to message of an alert, p50", "ms", &figures.p50, &limit, "4 commits, 4 trips", TABLE_NO_GOAL, 0);
    print("  p99", "ms", &figures.p99, NULL, NULL, TABLE_NO_GOAL, 0);
    table_note("%.0f alerts, %.0f orders that alerted nobody", figures.alerts, figures.missed);
}

int main(int argc, char **argv)
{
    bool quick = false, million = false;
    bare_serve(argc, argv);
    limits_serve(argc, argv);
    if (argc < 2) {
        fprintf(stderr, "usage: pipeline_bench PROGRAMS [--quick] [--million]\n");
        return 2;
    }
    for (int i = 2; i < argc; i++) {
        quick |= strcmp(argv[i], "--quick") == 0;
        million |= strcmp(argv[i], "--million") == 0;
    }
    static struct figures figures[SIZES];
    for (int i = 0; i < (million ? SIZES : SIZES - 1); i++) {
        struct bench bench = {.customers = sizes[i], .events = quick ? 30000 : 200000};
        measure(&bench, argv[1], &figures[i]);
        print_size(sizes[i], &figures[i]);
    }
    measure_alerts(argv[1], quick ? 1 : 4);
    table_end();
    return 0;
}
