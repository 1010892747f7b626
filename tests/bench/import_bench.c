// A file of orders into a real tend-ingest by `tend import`, beside what ingest takes in at most in the same run:
// batches of 100, 16 in flight, packed beforehand. Memory at a hundred thousand lines, at three and at a million; a
// file that is imported again.
//
//     import_bench PROGRAMS [--quick]
#include "bench/load.h"
#include "bench/watch.h"
#include "common/must.h"
#include "harness/orderfile.h"
#include "services/tend/sender.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FIRST_PORT = 17560, ROUNDS = 3, SIZES = 3, QUICK_SIZES = 2, LIMIT_MS = 3000, MEMORY_BYTES = 50000000 };

static const uint64_t lines[SIZES] = {100000, 300000, 1000000};

// One size of file.
struct size {
    char path[300];
    uint64_t rows;
    struct series rows_rate, events_rate, again_rate, limit, memory;
};

static struct town town;
static unsigned runs;

// Runs the import; `source` makes its events new ones. Returns seconds.
static double import(const char *path, const char *source, double *ret_memory)
{
    char program[600];
    int status;
    struct rusage usage;
    snprintf(program, sizeof program, "%s/tend", town.programs);
    int64_t began_us = table_now_us();
    pid_t pid = fork();
    must(pid >= 0);
    if (pid == 0) {
        int nowhere = open("/dev/null", O_WRONLY);
        dup2(nowhere, 1);
        execl(program, program, "import", "orders", path, "--source", source, "--config", town.config, (char *)NULL);
        _exit(127);
    }
    must(wait4(pid, &status, 0, &usage) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    *ret_memory = (double)usage.ru_maxrss * 1024;
    return (double)(table_now_us() - began_us) / 1e6;
}

static void run(struct size *size, struct load *load, struct orders *orders)
{
    char source[32];
    double memory, again;
    struct watch before, after;
    struct load_plan plan = {.batch = 100, .window = SENDER_WINDOW, .ms = LIMIT_MS};
    snprintf(source, sizeof source, "run%u", ++runs);
    must(watch_status(&town, TOWN_INGEST, &before));
    double seconds = import(size->path, source, &memory);
    must(watch_status(&town, TOWN_INGEST, &after));
    series_add(&size->limit, load_run(load, orders, &plan, NULL));
    series_add(&size->rows_rate, (double)size->rows / seconds);
    series_add(&size->events_rate, (double)(after.last - before.last) / seconds);
    series_add(&size->memory, memory);
    again = import(size->path, source, &memory);
    series_add(&size->again_rate, (double)size->rows / again);
    must(watch_status(&town, TOWN_INGEST, &before));
    uint64_t limit_events = (uint64_t)(before.last - after.last);
    must(limit_events % plan.batch == 0); // and nothing of the second import
}

static void print(const char *what, const char *unit, const struct series *ours, const struct series *limit,
                  const char *limit_name, enum table_goal goal, double bound)
{
    struct table_line line = {what, unit, ours, limit, limit_name, goal, bound};
    table_print(&line);
}

static void print_size(const struct size *size, enum table_goal goal)
{
    char title[80];
    snprintf(title, sizeof title, "import of a CSV of %llu lines", (unsigned long long)size->rows);
    table_head(title);
    print("lines", "/s", &size->rows_rate, NULL, NULL, TABLE_NO_GOAL, 0);
    print("events", "/s", &size->events_rate, &size->limit, "ingest, batches of 100", goal, 0.5);
    print("lines, imported again", "/s", &size->again_rate, NULL, NULL, TABLE_NO_GOAL, 0);
    print("memory of tend import", "bytes", &size->memory, NULL, NULL, TABLE_AT_MOST, MEMORY_BYTES);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "usage: import_bench PROGRAMS [--quick]\n");
        return 2;
    }
    bool quick = strcmp(argv[argc - 1], "--quick") == 0;
    int count = quick ? QUICK_SIZES : SIZES;
    struct size sizes[SIZES] = {0};
    struct orders_options options = {.seed = (uint64_t)town_wall_ms(), .customers = 1000000, .time_ms = town_wall_ms()};
    struct orders *orders = orders_open(&options);
    town_open(&town, argv[1], FIRST_PORT, "");
    watch_start(&town, TOWN_INGEST);
    struct load *load = load_open(town_endpoint(&town, TOWN_INGEST), false);
    for (int i = 0; i < count; i++) {
        struct orderfile plan = {.rows = lines[i], .seed = 7};
        snprintf(sizes[i].path, sizeof sizes[i].path, "%s/%d.csv", town.folder, i);
        sizes[i].rows = orderfile_write(sizes[i].path, &plan);
    }
    for (int round = 0; round < (quick ? 1 : ROUNDS); round++)
        for (int i = 0; i < count; i++)
            run(&sizes[i], load, orders);
    for (int i = 0; i < count; i++)
        print_size(&sizes[i], i == 0 ? TABLE_NO_GOAL : TABLE_AT_LEAST);
    table_end();
    load_close(&load);
    orders_close(&orders);
    town_close(&town, false);
    return 0;
}
