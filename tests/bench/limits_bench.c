// The limits of this machine, by themselves: what a disk, LMDB, ZeroMQ, protobuf-c and the bare loop over all of them
// can do.
#include "bench/bare.h"
#include "bench/limits.h"
#include "bench/load.h"
#include "bench/loose.h"
#include "common/must.h"
#include "harness/town.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 3, BATCHES = 3 };

static const unsigned group_sizes[] = {1, 100, 1000};
static const struct load_plan bare_plans[BATCHES] = {
    {.batch = 100, .window = 16}, {.batch = 100, .window = 64}, {.batch = 1, .window = 16}};

struct figures {
    struct series fdatasync, round_trip, unpack, one_by_one, in_batches;
    struct series appends[3], bare[BATCHES], p50[BATCHES], p99[BATCHES];
};

static void measure_bare(const char *folder, unsigned scale, struct figures *figures)
{
    struct bare bare;
    struct delays delays = {0};
    struct orders_options options = {.seed = (uint64_t)town_wall_ms(), .customers = 1000000, .time_ms = town_wall_ms()};
    struct orders *orders = orders_open(&options);
    bare_start(&bare, folder, 0);
    struct load *load = load_open(bare.endpoint, true);
    for (int i = 0; i < BATCHES; i++) {
        struct load_plan plan = bare_plans[i];
        plan.ms = 300 * scale;
        delays_clear(&delays);
        series_add(&figures->bare[i], load_run(load, orders, &plan, &delays));
        series_add(&figures->p50[i], delays_at(&delays, 50) / 1000);
        series_add(&figures->p99[i], delays_at(&delays, 99) / 1000);
    }
    load_close(&load);
    bare_stop(&bare);
    orders_close(&orders);
    delays_free(&delays);
}

static void measure(const char *folder, unsigned scale, struct figures *figures)
{
    limits_fdatasync(folder, scale, &figures->fdatasync);
    for (size_t i = 0; i < 3; i++)
        limits_append(folder, group_sizes[i], scale, &figures->appends[i]);
    limits_round_trip(folder, scale, &figures->round_trip);
    limits_one_way(folder, 1, scale, &figures->one_by_one);
    limits_one_way(folder, 100, scale, &figures->in_batches);
    limits_unpack(scale, &figures->unpack);
    measure_bare(folder, scale, figures);
}

static void print(const char *what, const char *unit, const struct series *series)
{
    struct table_line line = {.what = what, .unit = unit, .ours = series};
    table_print(&line);
}

static void print_all(const struct figures *figures)
{
    print("fdatasync of 4 KiB appended, p50", "us", &figures->fdatasync);
    print("LMDB append, full sync, 1 a commit", "/s", &figures->appends[0]);
    print("LMDB append, full sync, 100 a commit", "/s", &figures->appends[1]);
    print("LMDB append, full sync, 1,000 a commit", "/s", &figures->appends[2]);
    print("ZeroMQ ipc, round trip of one order, p50", "us", &figures->round_trip);
    print("ZeroMQ ipc, orders one by one, one way", "/s", &figures->one_by_one);
    print("ZeroMQ ipc, orders in batches of 100, one way", "/s", &figures->in_batches);
    print("protobuf-c, unpacking an order into an arena", "ns", &figures->unpack);
    print("bare loop, batches of 100, 16 in flight", "/s", &figures->bare[0]);
    print("  answer p50", "ms", &figures->p50[0]);
    print("  answer p99", "ms", &figures->p99[0]);
    print("bare loop, batches of 100, 64 in flight", "/s", &figures->bare[1]);
    print("bare loop, one by one, 16 in flight", "/s", &figures->bare[2]);
    print("  answer p50", "ms", &figures->p50[2]);
    print("  answer p99", "ms", &figures->p99[2]);
}

int main(int argc, char **argv)
{
    bare_serve(argc, argv);
    limits_serve(argc, argv);
    bool quick = argc > 1 && strcmp(argv[argc - 1], "--quick") == 0;
    char folder[] = "/tmp/tend-bench-XXXXXX";
    must(mkdtemp(folder) != NULL);
    static struct figures figures;
    for (int round = 0; round < ROUNDS; round++)
        measure(folder, quick ? 1 : 4, &figures);
    table_head("limits");
    print_all(&figures);
    loose_remove(folder);
    return 0;
}
