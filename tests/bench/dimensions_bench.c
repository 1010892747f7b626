// What an event costs scoring with every dimension in use, by the number of customers, each with a past of about ten
// orders and notes: turns of the real service on a real, synced store, without sockets. Beside it pandas, recomputing
// classes, RFM and what a lifetime value needs from the same purchases. Then a refit of the models.
//
//     dimensions_bench PEER [--quick] [--million] [--customers N]        PEER: tests/bench/pandas_peer.py
//
// With --customers only that many, and no refit.
#include "bench/fodder.h"
#include "bench/market.h"
#include "bench/peer.h"
#include "bench/refit.h"
#include "bench/watch.h"
#include "common/must.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    SIZES = 3,
    TODAY = 20000,
    HOUR_MS = 3600000,
    AFTER_MS = 120000,   // after an import scoring waits for its end before it goes through all customers
    PAST_MOST = 200,     // events of one customer's past, and more
    FILL_BATCH = 4000,   // a turn
    PACE_US = 500000000, // between live events of one customer: all rounds together stay within a day
    LIVE_PART = 2,       // the customers are so many times the events of a round
    DAYS = 3,
    PEER_ROUNDS = 3,
    GOAL_A_SECOND = 50000,
    FLAT = 2,
};

#define DAY_MS INT64_C(86400000)

static const uint32_t sizes[SIZES] = {10000, 100000, 1000000};

enum way { THOUSAND, FULL, WAYS };
static const size_t batches[WAYS] = {1000, 4000};

struct figures {
    struct series rate[WAYS], us[WAYS], cpu[WAYS], written[WAYS], said[WAYS], p50[WAYS], p99[WAYS];
    struct series filling, start_up, memory, stored;
    struct series round, round_p99, fit;
    struct series recompute, peer_a, after_each, after_thousand;
    uint64_t purchases;
    uint32_t class_a;
    char model[120];
};

struct bench {
    struct market market;
    struct fodder *fodder;
    uint32_t rounds; // of live events
};

static int64_t anonymous_bytes(void)
{
    return watch_process(getpid(), "status", "RssAnon:") * 1024;
}

static void fill(struct bench *bench, struct figures *figures)
{
    int64_t us = 0;
    uint64_t events = 0;
    for (uint32_t customer = 0; customer < bench->market.customers; customer++) {
        market_past(&bench->market, customer, fodder_take, bench->fodder);
        if (fodder_waiting(bench->fodder) + PAST_MOST <= FODDER_EVENTS_MAX && customer + 1 < bench->market.customers)
            continue;
        events += fodder_waiting(bench->fodder);
        us += fodder_run(bench->fodder, FILL_BATCH, 0, NULL);
    }
    (void)fodder_rest(bench->fodder, fodder_now_ms(bench->fodder) + AFTER_MS, NULL);
    series_add(&figures->filling, (double)events / ((double)us / 1e6));
}

// So many events that each customer has the same share of them, whatever their number: the first one that a customer
// is heard of by changes more than those after it.
static void live(struct bench *bench, enum way way, struct figures *figures)
{
    size_t batch = batches[way];
    struct delays delays = {0};
    uint32_t events = bench->market.customers / LIVE_PART;
    int64_t between_us = PACE_US / bench->market.customers, step_ms = (int64_t)batch * between_us / 1000;
    int64_t cpu_us = 0, written = 0, us = 0;
    uint64_t said = fodder_said(bench->fodder);
    for (uint32_t done = 0; done < events; done += FODDER_EVENTS_MAX) {
        uint32_t some = events - done < FODDER_EVENTS_MAX ? events - done : FODDER_EVENTS_MAX;
        int64_t now_ms = fodder_now_ms(bench->fodder);
        for (uint32_t i = 0; i < some; i++)
            market_live(&bench->market, now_ms + (int64_t)i * between_us / 1000, fodder_take, bench->fodder);
        int64_t cpu_before = watch_cpu_us(getpid()), before = watch_process(getpid(), "io", "wchar:");
        us += fodder_run(bench->fodder, batch, step_ms, &delays);
        cpu_us += watch_cpu_us(getpid()) - cpu_before;
        written += watch_process(getpid(), "io", "wchar:") - before;
    }
    series_add(&figures->cpu[way], (double)cpu_us / events);
    series_add(&figures->written[way], (double)written / events);
    series_add(&figures->said[way], (double)(fodder_said(bench->fodder) - said) / events);
    series_add(&figures->us[way], (double)us / events);
    series_add(&figures->rate[way], events / ((double)us / 1e6));
    series_add(&figures->p50[way], delays_at(&delays, 50) / 1000);
    series_add(&figures->p99[way], delays_at(&delays, 99) / 1000);
    delays_free(&delays);
}

static void days(struct bench *bench, struct figures *figures)
{
    for (int day = 1; day <= DAYS; day++) {
        struct delays delays = {0};
        struct fodder_round round = fodder_rest(bench->fodder, (TODAY + day) * DAY_MS + HOUR_MS, &delays);
        series_add(&figures->round, (double)round.us / bench->market.customers);
        series_add(&figures->round_p99, delays_at(&delays, 99) / 1000);
        if (round.fit_us > 0)
            series_add(&figures->fit, (double)round.fit_us / 1000);
        delays_free(&delays);
    }
}

static void ask_peer(struct bench *bench, const char *peer, struct figures *figures)
{
    char path[] = "/tmp/tend-purchases-XXXXXX", arguments[200];
    const struct peer_figure wanted[] = {
        {"recompute", &figures->recompute}, {"class_a", &figures->peer_a}, {NULL, NULL}};
    int descriptor = mkstemp(path);
    FILE *file = descriptor >= 0 ? fdopen(descriptor, "wb") : NULL;
    must(file != NULL);
    figures->purchases = fodder_write(bench->fodder, file);
    figures->class_a = fodder_class_a(bench->fodder);
    must(fclose(file) == 0);
    snprintf(arguments, sizeof arguments, "classes %s %d %d", path, TODAY + DAYS, PEER_ROUNDS);
    (void)peer_run(peer, arguments, wanted);
    unlink(path);
    for (size_t i = 0; i < figures->recompute.count; i++) {
        series_add(&figures->after_each, 1000 / figures->recompute.values[i]);
        series_add(&figures->after_thousand, 1000 * 1000 / figures->recompute.values[i]);
    }
}

static void measure(struct bench *bench, const char *peer, struct figures *figures)
{
    malloc_trim(0);
    int64_t before = anonymous_bytes();
    bench->fodder = fodder_open(TODAY * DAY_MS + 8 * HOUR_MS);
    fill(bench, figures);
    series_add(&figures->start_up, (double)fodder_reopen(bench->fodder) / 1e6);
    (void)fodder_rest(bench->fodder, fodder_now_ms(bench->fodder) + AFTER_MS, NULL);
    malloc_trim(0);
    series_add(&figures->memory, (double)(anonymous_bytes() - before) / bench->market.customers);
    for (uint32_t round = 0; round < bench->rounds; round++)
        for (int way = 0; way < WAYS; way++)
            live(bench, (enum way)way, figures);
    days(bench, figures);
    snprintf(figures->model, sizeof figures->model, "%s", fodder_model(bench->fodder));
    series_add(&figures->stored, fodder_store_bytes(bench->fodder) / bench->market.customers);
    ask_peer(bench, peer, figures);
    fodder_close(&bench->fodder);
}

static void print(const char *what, const char *unit, const struct series *ours, const struct series *limit,
                  const char *limit_name, enum table_goal goal, double bound)
{
    struct table_line line = {what, unit, ours, limit, limit_name, goal, bound};
    if (ours->count > 0 && (limit == NULL || limit->count > 0))
        table_print(&line);
}

static void print_way(const struct figures *figures, const struct figures *fewest, enum way way)
{
    char what[60];
    snprintf(what, sizeof what, "events in turns of %zu, each synced", batches[way]);
    print(what, "/s", &figures->rate[way], NULL, NULL, TABLE_AT_LEAST, GOAL_A_SECOND);
    print("  of an event, with its share of the commit", "us", &figures->us[way], NULL, NULL, TABLE_NO_GOAL, 0);
    if (figures != fewest)
        print("  against the fewest customers", "us", &figures->us[way], &fewest->us[way], "10 thousand", TABLE_AT_MOST,
              FLAT);
    print("  processor time of an event", "us", &figures->cpu[way], figures != fewest ? &fewest->cpu[way] : NULL,
          "10 thousand", TABLE_NO_GOAL, 0);
    print("  written for an event", "bytes", &figures->written[way], NULL, NULL, TABLE_NO_GOAL, 0);
    print("  records said for an event", "", &figures->said[way], figures != fewest ? &fewest->said[way] : NULL,
          "10 thousand", TABLE_NO_GOAL, 0);
    print("  a turn, p50", "ms", &figures->p50[way], NULL, NULL, TABLE_NO_GOAL, 0);
    print("  a turn, p99", "ms", &figures->p99[way], NULL, NULL, TABLE_NO_GOAL, 0);
}

static void print_size(uint32_t customers, const struct figures *figures, const struct figures *fewest)
{
    char title[80];
    snprintf(title, sizeof title, "scoring, all dimensions, %u customers", customers);
    table_head(title);
    for (int way = 0; way < WAYS; way++)
        print_way(figures, fewest, (enum way)way);
    print("a day's round through all, of a customer", "us", &figures->round, NULL, NULL, TABLE_NO_GOAL, 0);
    print("  a turn of it, p99", "ms", &figures->round_p99, NULL, NULL, TABLE_NO_GOAL, 0);
    print("  the fit beside it, in a thread", "ms", &figures->fit, NULL, NULL, TABLE_NO_GOAL, 0);
    print("start-up", "s", &figures->start_up, NULL, NULL, TABLE_NO_GOAL, 0);
    print("memory a customer", "bytes", &figures->memory, NULL, NULL, TABLE_NO_GOAL, 0);
    print("store a customer", "bytes", &figures->stored, NULL, NULL, TABLE_NO_GOAL, 0);
    print("the past, events of one customer in a row", "/s", &figures->filling, NULL, NULL, TABLE_NO_GOAL, 0);
    print("events, everything current after a thousand", "/s", &figures->rate[THOUSAND], &figures->after_thousand,
          "pandas, a few of it", TABLE_NO_GOAL, 0);
    print("  after each", "/s", &figures->rate[THOUSAND], &figures->after_each, "pandas", TABLE_NO_GOAL, 0);
    table_note("the model of buying in use: %s", figures->model);
    if (figures->recompute.count > 0)
        table_note("pandas takes %.0f ms for ABC, RFM, and x, tx, T, mean, once, of %llu purchases; it has %.0f "
                   "customers in A, we %u (refunds on their own day)",
                   series_median(&figures->recompute), (unsigned long long)figures->purchases,
                   series_median(&figures->peer_a), figures->class_a);
}

int main(int argc, char **argv)
{
    bool quick = false, million = false;
    uint32_t only = 0;
    if (argc < 2) {
        fprintf(stderr, "usage: dimensions_bench PEER [--quick] [--million] [--customers N]\n");
        return 2;
    }
    for (int i = 2; i < argc; i++) {
        quick |= strcmp(argv[i], "--quick") == 0;
        million |= strcmp(argv[i], "--million") == 0;
        if (strcmp(argv[i], "--customers") == 0 && i + 1 < argc)
            only = (uint32_t)strtoul(argv[i + 1], NULL, 10);
    }
    static struct figures figures[SIZES];
    int count = only > 0 ? 1 : million ? SIZES : SIZES - 1;
    for (int i = 0; i < count; i++) {
        uint32_t customers = only > 0 ? only : sizes[i];
        struct bench bench = {.market = {.customers = customers, .today = TODAY, .seed = 1}, .rounds = quick ? 3 : 5};
        measure(&bench, argv[1], &figures[i]);
        print_size(customers, &figures[i], &figures[0]);
    }
    if (only > 0)
        return 0;
    refit_measure(argv[1], quick ? 3 : 7);
    table_end();
    return 0;
}
