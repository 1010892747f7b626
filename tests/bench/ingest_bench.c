// Events into a real tend-ingest: over ZeroMQ in batches and one by one, over HTTP, on an idle service; bytes on the
// disk; the time to its first answer after a kill. Beside each the limit, measured in turn with it.
//
//     ingest_bench PROGRAMS [--quick]
#include "bench/bare.h"
#include "bench/httpload.h"
#include "bench/limits.h"
#include "bench/load.h"
#include "bench/watch.h"
#include "common/must.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    FIRST_PORT = 17510,
    ROUNDS = 3,
    IDLE_SLICES = 4,
    HTTP_SIZES = 3,
    GROUP = 1000,
    QUICK_HELD = 500000,
    HELD = 5000000,
    PRELOAD_BATCH = 1000
};

static const unsigned http_sizes[HTTP_SIZES] = {1, 16, 128};

// One way of sending, ours and bare.
struct pair {
    struct series ours, bare, p50, bare_p50, p99, bare_p99;
};

static struct figures {
    struct pair batches, singles, half;
    struct series idle_p50, idle_p99, idle_limit;
    struct series http[HTTP_SIZES], http_p50[HTTP_SIZES], http_p99[HTTP_SIZES];
    struct series append_single, append_group;
    struct series bytes_written, bytes_payload, cpu;
    struct series start_up;
} figures;

struct bench {
    struct town town;
    struct bare bare;
    struct load *ours, *beside;
    struct orders *orders;
    struct delays delays;
    unsigned scale;
    uint64_t held;
};

static void run_one(struct bench *bench, struct load *load, const struct load_plan *plan, struct series *ret_rate,
                    struct series *ret_p50, struct series *ret_p99)
{
    delays_clear(&bench->delays);
    series_add(ret_rate, load_run(load, bench->orders, plan, &bench->delays));
    series_add(ret_p50, delays_at(&bench->delays, 50) / 1000);
    series_add(ret_p99, delays_at(&bench->delays, 99) / 1000);
}

static void run_pair(struct bench *bench, const struct load_plan *plan, struct pair *pair)
{
    run_one(bench, bench->ours, plan, &pair->ours, &pair->p50, &pair->p99);
    run_one(bench, bench->beside, plan, &pair->bare, &pair->bare_p50, &pair->bare_p99);
}

// One event at a time, with nothing else going on; in slices, since the disk is not the same from second to second.
static void run_idle(struct bench *bench)
{
    struct load_plan plan = {.batch = 1, .window = 1, .events = 40 * bench->scale, .rate = 200};
    struct series sync = {0}, trip = {0};
    delays_clear(&bench->delays);
    limits_round_trip(bench->town.folder, bench->scale, &trip);
    for (int slice = 0; slice < IDLE_SLICES; slice++) {
        limits_fdatasync(bench->town.folder, 1, &sync);
        load_run(bench->ours, bench->orders, &plan, &bench->delays);
    }
    series_add(&figures.idle_limit, (2 * series_median(&sync) + series_median(&trip)) / 1000);
    series_add(&figures.idle_p50, delays_at(&bench->delays, 50) / 1000);
    series_add(&figures.idle_p99, delays_at(&bench->delays, 99) / 1000);
}

static void run_http(struct bench *bench)
{
    for (int i = 0; i < HTTP_SIZES; i++) {
        delays_clear(&bench->delays);
        series_add(&figures.http[i], httpload_run(bench->town.first_port, http_sizes[i], bench->orders,
                                                  250 * bench->scale, &bench->delays));
        series_add(&figures.http_p50[i], delays_at(&bench->delays, 50) / 1000);
        series_add(&figures.http_p99[i], delays_at(&bench->delays, 99) / 1000);
    }
    limits_append(bench->town.folder, 1, bench->scale, &figures.append_single);
    limits_append(bench->town.folder, 100, bench->scale, &figures.append_group);
}

// Exactly a thousand events a commit: one request of a thousand after the other.
static void run_bytes(struct bench *bench)
{
    struct load_plan plan = {.batch = GROUP, .window = 1, .events = 50 * GROUP * bench->scale};
    struct watch before, after;
    pid_t pid = bench->town.pids[TOWN_INGEST];
    must(watch_status(&bench->town, TOWN_INGEST, &before));
    int64_t written = watch_process(pid, "io", "wchar:"), cpu_us = watch_cpu_us(pid);
    load_run(bench->ours, bench->orders, &plan, NULL);
    written = watch_process(pid, "io", "wchar:") - written;
    cpu_us = watch_cpu_us(pid) - cpu_us;
    must(watch_status(&bench->town, TOWN_INGEST, &after));
    double events = (double)(after.last - before.last);
    must(events == (double)plan.events);
    series_add(&figures.bytes_written, (double)written / events);
    series_add(&figures.bytes_payload, (double)(after.payload_bytes - before.payload_bytes) / events);
    series_add(&figures.cpu, (double)cpu_us / events);
}

static void run_round(struct bench *bench)
{
    struct load_plan batches = {.batch = 100, .window = 16, .ms = 500 * bench->scale};
    struct load_plan singles = {.batch = 1, .window = 16, .ms = 300 * bench->scale};
    run_pair(bench, &batches, &figures.batches);
    batches.rate = figures.batches.ours.values[figures.batches.ours.count - 1] / 2;
    run_pair(bench, &batches, &figures.half);
    run_pair(bench, &singles, &figures.singles);
    run_idle(bench);
    run_http(bench);
    run_bytes(bench);
}

static void print(const char *what, const char *unit, const struct series *ours, const struct series *limit,
                  const char *limit_name, enum table_goal goal, double bound)
{
    struct table_line line = {what, unit, ours, limit, limit_name, goal, bound};
    table_print(&line);
}

static void print_pair(const char *what, const struct pair *pair, enum table_goal goal)
{
    print(what, "/s", &pair->ours, &pair->bare, "bare loop", goal, 0.5);
    print("  answer p50", "ms", &pair->p50, &pair->bare_p50, "bare loop", TABLE_NO_GOAL, 0);
    print("  answer p99", "ms", &pair->p99, &pair->bare_p99, "bare loop", TABLE_NO_GOAL, 0);
}

static void print_http(void)
{
    for (int i = 0; i < HTTP_SIZES; i++) {
        char what[80];
        const struct series *limit = http_sizes[i] == 1 ? &figures.append_single : &figures.append_group;
        snprintf(what, sizeof what, "HTTP, %u connection%s, one order a POST", http_sizes[i],
                 http_sizes[i] > 1 ? "s" : "");
        print(what, "/s", &figures.http[i], limit, http_sizes[i] == 1 ? "LMDB, 1 a commit" : "LMDB, 100 a commit",
              TABLE_NO_GOAL, 0);
        print("  answer p50", "ms", &figures.http_p50[i], NULL, NULL, TABLE_NO_GOAL, 0);
        print("  answer p99", "ms", &figures.http_p99[i], NULL, NULL, TABLE_NO_GOAL, 0);
    }
}

static void print_all(const struct bench *bench)
{
    char title[80];
    snprintf(title, sizeof title, "ingest, random ids, %.1f M held", (double)bench->held / 1e6);
    table_head(title);
    print_pair("ZeroMQ, batches of 100, 16 in flight", &figures.batches, TABLE_AT_LEAST);
    print_pair("the same at half of our rate", &figures.half, TABLE_NO_GOAL);
    print_pair("ZeroMQ, one by one, 16 in flight", &figures.singles, TABLE_NO_GOAL);
    print("idle, one event, answer p50", "ms", &figures.idle_p50, &figures.idle_limit, "2 fdatasync + round trip",
          TABLE_AT_MOST, 2);
    print("  answer p99", "ms", &figures.idle_p99, NULL, NULL, TABLE_NO_GOAL, 0);
    print_http();
    print("bytes written an event, 1,000 a commit", "bytes", &figures.bytes_written, &figures.bytes_payload, "payload",
          TABLE_AT_MOST, 3);
    print("processor time an event, 1,000 a commit", "us", &figures.cpu, NULL, NULL, TABLE_NO_GOAL, 0);
    print("start-up after a kill, to the first answer", "ms", &figures.start_up, NULL, NULL, TABLE_NO_GOAL, 0);
}

static void preload(struct bench *bench)
{
    struct load_plan plan = {.batch = PRELOAD_BATCH, .window = 8, .events = bench->held};
    struct series rate = {0};
    table_note("ingest takes in %.1f million events first", (double)bench->held / 1e6);
    series_add(&rate, load_run(bench->ours, bench->orders, &plan, NULL));
    table_note("  at %.0f k/s", series_median(&rate) / 1000);
}

int main(int argc, char **argv)
{
    bare_serve(argc, argv);
    limits_serve(argc, argv);
    if (argc < 2) {
        fprintf(stderr, "usage: ingest_bench PROGRAMS [--quick]\n");
        return 2;
    }
    bool quick = strcmp(argv[argc - 1], "--quick") == 0;
    struct bench bench = {.scale = quick ? 1 : 4, .held = quick ? QUICK_HELD : HELD};
    struct orders_options options = {.seed = (uint64_t)town_wall_ms(), .customers = 1000000, .time_ms = town_wall_ms()};
    bench.orders = orders_open(&options);
    town_open(&bench.town, argv[1], FIRST_PORT, "");
    watch_start(&bench.town, TOWN_INGEST);
    bench.ours = load_open(town_endpoint(&bench.town, TOWN_INGEST), false);
    preload(&bench);
    bare_start(&bench.bare, bench.town.folder, bench.held);
    bench.beside = load_open(bench.bare.endpoint, true);
    for (int round = 0; round < ROUNDS; round++) {
        run_round(&bench);
        town_kill(&bench.town, TOWN_INGEST);
        series_add(&figures.start_up, watch_start(&bench.town, TOWN_INGEST));
    }
    print_all(&bench);
    table_end();
    load_close(&bench.ours);
    load_close(&bench.beside);
    bare_stop(&bench.bare);
    town_close(&bench.town, false);
    orders_close(&bench.orders);
    delays_free(&bench.delays);
    return 0;
}
