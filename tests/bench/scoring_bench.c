// What an order costs the ledger, which keeps ABC and RFM exact: by the number of customers, settled after each order
// and after each thousand.
//
//     scoring_bench [--quick] [--million]
#include "bench/table.h"
#include "common/must.h"
#include "harness/town.h"
#include "services/scoring/ledger.h"

#include <stdio.h>
#include <string.h>

enum { ROUNDS = 3, GROUP = 1000, TODAY = 20000, KEY_BYTES = 16, LOOK = 50, MOST_US = 2000000 };

#define DAY_MS INT64_C(86400000)
#define NOON_MS (TODAY * DAY_MS + DAY_MS / 2)

struct bench {
    struct ledger *ledger;
    uint64_t seed;
    uint32_t customers;
    int64_t now_ms;
};

static void key_of(uint32_t customer, uint8_t *key)
{
    uint64_t seed = customer, half = town_random(&seed, UINT64_MAX);
    memcpy(key, &half, sizeof half);
    half = town_random(&seed, UINT64_MAX);
    memcpy(key + sizeof half, &half, sizeof half);
}

// Few large ones and many small ones, in micros.
static int64_t amount(struct bench *bench)
{
    int64_t base = (int64_t)1000000 << town_random(&bench->seed, 14);
    return base + (int64_t)town_random(&bench->seed, (uint64_t)base);
}

static void settle(struct ledger *ledger)
{
    const uint32_t *moved;
    size_t count = ledger_settle(ledger, &moved);
    for (size_t i = 0; i < count; i++)
        ledger_announce(ledger, moved[i], ledger_verdict(ledger, moved[i]));
}

// An order at one of the customers, on a day up to today.
static void order(struct bench *bench, uint32_t customer, int32_t day, int64_t time_ms)
{
    uint8_t key[KEY_BYTES];
    uint32_t slot;
    key_of(customer, key);
    if (!ledger_find(bench->ledger, key, &slot))
        slot = ledger_add(bench->ledger, key);
    const struct ledger_customer *known = ledger_customer(bench->ledger, slot);
    int32_t before = known->days > 0 ? known->last_day : LEDGER_NO_DAY;
    ledger_change(bench->ledger, slot, day, amount(bench), 1);
    if (before != day)
        ledger_day_came(bench->ledger, slot, before, day, LEDGER_NO_DAY);
    ledger_last(bench->ledger, slot, time_ms, 1);
}

static void open_bench(struct bench *bench, uint32_t customers)
{
    static const struct ledger_options options = {.cut_a_ppm = 650000,
                                                  .cut_b_ppm = 850000,
                                                  .margin_ppm = 10000,
                                                  .window_days = 365,
                                                  .overdue_factor_ppm = 2000000,
                                                  .overdue_repeats = 2,
                                                  .drop_quantile_ppm = 950000,
                                                  .drop_sample = 20,
                                                  .drop_repeats = 1};
    *bench = (struct bench){.ledger = ledger_open(&options), .seed = 1, .customers = customers, .now_ms = NOON_MS};
    ledger_clear(bench->ledger, NOON_MS, TODAY);
    for (uint32_t i = 0; i < customers; i++) {
        int32_t day = TODAY - 1 - (int32_t)town_random(&bench->seed, 300);
        order(bench, i, day, day * DAY_MS + (int64_t)town_random(&bench->seed, DAY_MS));
    }
    settle(bench->ledger);
}

// The clock goes on; a new day comes with what it brings.
static void go_on(struct bench *bench, int64_t step_ms)
{
    const uint32_t *slots;
    bench->now_ms += step_ms;
    while (ledger_day(bench->ledger) < bench->now_ms / DAY_MS)
        ledger_next_day(bench->ledger, (ledger_day(bench->ledger) + 1) * DAY_MS, &slots);
    ledger_advance(bench->ledger, bench->now_ms);
}

// Microseconds an order, when one comes every `step_ms`; ends early when it takes very long.
static double measure(struct bench *bench, uint32_t orders, uint32_t group, int64_t step_ms)
{
    int64_t began_us = table_now_us();
    uint32_t i = 0;
    for (; i < orders && (i % LOOK != 0 || table_now_us() - began_us < MOST_US); i++) {
        go_on(bench, step_ms);
        order(bench, (uint32_t)town_random(&bench->seed, bench->customers), (int32_t)(bench->now_ms / DAY_MS),
              bench->now_ms);
        if ((i + 1) % group == 0)
            settle(bench->ledger);
    }
    return (double)(table_now_us() - began_us) / i;
}

// Everybody orders within minutes, on a new day, so that no midnight comes in between.
static void rush(struct bench *bench)
{
    go_on(bench, DAY_MS - bench->now_ms % DAY_MS);
    for (uint32_t i = 0; i < bench->customers; i++) {
        bench->now_ms++;
        order(bench, i, (int32_t)(bench->now_ms / DAY_MS), bench->now_ms);
    }
    ledger_advance(bench->ledger, bench->now_ms);
    settle(bench->ledger);
}

enum way { EACH, GROUPED, BUSY, WAYS };

struct figures {
    struct series ways[WAYS];
};

static void measure_month(struct bench *bench, uint32_t orders, struct figures *figures)
{
    int64_t step_ms = 30 * DAY_MS / bench->customers;
    series_add(&figures->ways[EACH], measure(bench, orders, 1, step_ms));
    series_add(&figures->ways[GROUPED], measure(bench, orders, GROUP, step_ms));
}

static void print(uint32_t customers, const struct figures *figures, const struct figures *fewest)
{
    static const char *const whats[WAYS] = {"settled after each order", "settled after each 1,000 orders",
                                            "the same after everybody ordered within minutes"};
    char title[80];
    snprintf(title, sizeof title, "scoring, ABC and RFM of an order, %u customers", customers);
    table_head(title);
    for (int way = 0; way < WAYS; way++) {
        struct table_line line = {
            .what = whats[way], .unit = "us", .ours = &figures->ways[way], .goal = TABLE_AT_MOST, .bound = 2};
        table_print(&line);
        if (fewest == figures)
            continue;
        line = (struct table_line){.what = "  against the fewest customers",
                                   .unit = "us",
                                   .ours = &figures->ways[way],
                                   .limit = &fewest->ways[way],
                                   .limit_name = "10 thousand"};
        table_print(&line);
    }
}

int main(int argc, char **argv)
{
    bool quick = false, million = false;
    for (int i = 1; i < argc; i++) {
        quick |= strcmp(argv[i], "--quick") == 0;
        million |= strcmp(argv[i], "--million") == 0;
    }
    static const uint32_t sizes[] = {10000, 100000, 1000000};
    static struct figures figures[3];
    size_t count = million ? 3 : 2;
    struct bench benches[3];
    for (size_t i = 0; i < count; i++)
        open_bench(&benches[i], sizes[i]);
    for (int round = 0; round < ROUNDS; round++)
        for (size_t i = 0; i < count; i++)
            measure_month(&benches[i], quick ? 50000 : 300000, &figures[i]);
    for (size_t i = 0; i < count; i++)
        rush(&benches[i]);
    for (int round = 0; round < ROUNDS; round++)
        for (size_t i = 0; i < count; i++)
            series_add(&figures[i].ways[BUSY], measure(&benches[i], quick ? 50000 : 300000, GROUP, 1));
    for (size_t i = 0; i < count; i++)
        print(sizes[i], &figures[i], &figures[0]);
    table_note("%.0f bytes a customer in the ledger",
               (double)ledger_bytes(benches[count - 1].ledger) / sizes[count - 1]);
    table_end();
    for (size_t i = 0; i < count; i++)
        ledger_close(&benches[i].ledger);
    return 0;
}
