// Millions of reminders that wait for their moment: what it costs to open one, and what to tell one that is due. The
// whole service on a real, synced store, without sockets. Beside it bare LMDB, which puts and deletes the same rows
// under the same keys in transactions of the same size.
//
// Each of the parts that all reminders are cut into is one measurement, ours and LMDB's in turn.
//
//     timers_bench [--quick] [--count N]        10 million; with --quick 1 million
#include "bench/crew.h"
#include "bench/plainrows.h"
#include "bench/table.h"
#include "common/calendar.h"
#include "common/must.h"
#include "services/scheduler/ladder.h"
#include "services/scheduler/notice.h"
#include "services/scheduler/rows.h"
#include "services/scheduler/scheduler.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    COUNT = 10000000,
    COUNT_QUICK = 1000000,
    PARTS = 10,
    REPS = 200,
    EACH = 100, // reminders of one customer
    ID_BYTES = 32,
    HOUR_MS = 3600000,
    FROM_MS = 9 * HOUR_MS, // working hours, as far as the moments lie in them
    HOURS_MS = 8 * HOUR_MS,
};

#define DAY_MS INT64_C(86400000)
#define GOAL 0.5

// What is measured: all numbers below `count` once, in an order that looks like chance.
static struct {
    uint64_t count, next;
    int64_t day_ms; // on which all are due
    struct slice why;
} run;

static uint64_t mixed(uint64_t number)
{
    number = (number + 1) * UINT64_C(0x9e3779b97f4a7c15);
    number = (number ^ number >> 29) * UINT64_C(0xbf58476d1ce4e5b9);
    return number ^ number >> 32;
}

static uint64_t customer_of(uint64_t number)
{
    return mixed(number) % (run.count / EACH);
}

static void customer_name(uint64_t customer, char *ret_id)
{
    snprintf(ret_id, ID_BYTES, "c-%08llu", (unsigned long long)customer);
}

static void rep_name(uint64_t customer, char *ret_id)
{
    snprintf(ret_id, ID_BYTES, "rep-%03llu", (unsigned long long)(customer % REPS));
}

// The numbers go through their part of the day, so a part of the day is a part of all.
static int64_t due_of(uint64_t number)
{
    return run.day_ms + FROM_MS + (int64_t)(mixed(number ^ run.count) % HOURS_MS);
}

// What opens a matter whose reminder waits, as the hear_... do it. What has bytes is what it is elsewhere.
static void apply(void *self, struct turn *turn, const struct record *record)
{
    if (record->length > 0) {
        scheduler_service.apply(self, turn, record);
        return;
    }
    char id[ID_BYTES];
    uint64_t number = run.next++;
    office_keep_off(self, true);
    customer_name(customer_of(number), id);
    struct opening opening = {.kind = KIND_DECLINING,
                              .customer_id = id,
                              .rep_id = "",
                              .which = number,
                              .version = {.time_ms = turn->now_ms, .tie = number},
                              .since_ms = due_of(number),
                              .day = DAY_NONE,
                              .ref = "",
                              .why = run.why};
    ladder_open(self, turn, &opening);
}

static struct plainrows_item item_of(uint64_t number)
{
    char id[ID_BYTES], rep[ID_BYTES];
    struct plainrows_item item = {.due_ms = due_of(number)};
    uint64_t customer = customer_of(number);
    customer_name(customer, id);
    rep_name(customer, rep);
    diary_reminder_id(id, KIND_DECLINING, number, item.matter);
    diary_reminder_id(id, KIND_DECLINING, mixed(number), item.reminder);
    item.rep = hash_short(rep, strlen(rep));
    return item;
}

// Thirty holidays, and of each rep eight weeks away, none of them now.
static void say_days_off(struct crew *crew)
{
    static char zone[] = "UTC", texts[30][DAY_TEXT_BYTES];
    static uint32_t weekend[] = {6, 7};
    char *holidays[30];
    int32_t today = (int32_t)(run.day_ms / DAY_MS);
    Tend__V1__Settings settings = TEND__V1__SETTINGS__INIT;
    for (int i = 0; i < 30; i++) {
        day_print(today + 5 + i * 11, texts[i]);
        holidays[i] = texts[i];
    }
    settings.time_zone = zone;
    settings.weekend = weekend;
    settings.n_weekend = 2;
    settings.holidays = holidays;
    settings.n_holidays = 30;
    crew_say(crew, TEND__V1__RECORD_TYPE__RECORD_TYPE_SETTINGS, &settings.base);
    for (uint64_t rep = 0; rep < REPS; rep++) {
        for (int i = 0; i < 8; i++) {
            char id[ID_BYTES], from[DAY_TEXT_BYTES], to[DAY_TEXT_BYTES];
            rep_name(rep, id);
            day_print(today - 20 - 40 * i - (int32_t)(rep % 20), from);
            day_print(today - 16 - 40 * i - (int32_t)(rep % 20), to);
            Tend__V1__Event event = crew_event(crew, "", id);
            Tend__V1__RepAbsent body = TEND__V1__REP_ABSENT__INIT;
            body.from = from;
            body.to = to;
            event.body_case = TEND__V1__EVENT__BODY_REP_ABSENT;
            event.rep_absent = &body;
            crew_tell(crew, &event);
        }
    }
}

static void prepare(struct crew *crew, struct arena *arena)
{
    static const struct figure figures[] = {{"orders", 4, UNIT_COUNT, ""},
                                            {"orders_before", 11, UNIT_COUNT, ""},
                                            {"net_sales", INT64_C(182000000000), UNIT_MONEY, "CNY"}};
    static const char *const events[] = {"shop/order-20260530-000217"};
    run.why = notice_why(arena, &(struct notice_words){.before = "no",
                                                       .after = "yes",
                                                       .rule = "declining: 3 months below 60 %",
                                                       .figures = figures,
                                                       .figure_count = sizeof figures / sizeof figures[0],
                                                       .events = events,
                                                       .event_count = 1});
    char id[ID_BYTES], rep_id[ID_BYTES];
    for (uint64_t rep = 0; rep < REPS; rep++) {
        rep_name(rep, rep_id);
        Tend__V1__Event event = crew_event(crew, "", rep_id);
        Tend__V1__RepUpserted body = TEND__V1__REP_UPSERTED__INIT;
        body.name = rep_id;
        event.body_case = TEND__V1__EVENT__BODY_REP_UPSERTED;
        event.rep_upserted = &body;
        crew_tell(crew, &event);
    }
    say_days_off(crew);
    for (uint64_t customer = 0; customer < run.count / EACH; customer++) {
        static char name[] = "Shenzhen Lighthouse Trading Co., Ltd";
        customer_name(customer, id);
        rep_name(customer, rep_id);
        Tend__V1__Event event = crew_event(crew, id, rep_id);
        Tend__V1__CustomerUpserted body = TEND__V1__CUSTOMER_UPSERTED__INIT;
        body.name = name;
        body.owner_rep_id = rep_id;
        event.body_case = TEND__V1__EVENT__BODY_CUSTOMER_UPSERTED;
        event.customer_upserted = &body;
        crew_tell(crew, &event);
    }
    (void)crew_take(crew);
}

struct figures {
    struct series insert, insert_bare, fire, fire_bare, fire_turn, bytes, bytes_bare;
};

static struct plainrows_sizes sizes_of(struct crew *crew)
{
    return (struct plainrows_sizes){.matter = crew_row_bytes(crew, TABLE_MATTER, false),
                                    .reminder = crew_row_bytes(crew, TABLE_REMINDER, false),
                                    .log = crew_row_bytes(crew, TABLE_LOG, false),
                                    .record = crew_row_bytes(crew, STORE_TABLE_JOURNAL, true)};
}

static void insert_ours(struct crew *crew, uint64_t count, struct figures *figures)
{
    int64_t us = 0;
    for (uint64_t done = 0; done < count; done += CREW_QUEUE_MAX) {
        for (uint64_t i = done; i < count && i < done + CREW_QUEUE_MAX; i++)
            crew_say(crew, TEND__V1__RECORD_TYPE__RECORD_TYPE_EVENT, NULL);
        us += crew_take(crew);
    }
    series_add(&figures->insert, (double)count / ((double)us / 1e6));
}

static void insert_bare(struct plainrows *plain, uint64_t from, uint64_t count, struct figures *figures)
{
    static struct plainrows_item items[CREW_QUEUE_MAX];
    int64_t us = 0;
    for (uint64_t done = 0; done < count; done += CREW_QUEUE_MAX) {
        size_t some = 0;
        for (uint64_t i = done; i < count && some < CREW_QUEUE_MAX; i++)
            items[some++] = item_of(from + i);
        int64_t began_us = table_now_us();
        plainrows_insert(plain, items, some);
        us += table_now_us() - began_us;
    }
    series_add(&figures->insert_bare, (double)count / ((double)us / 1e6));
}

// Returns how many were told.
static uint64_t fire_ours(struct crew *crew, int64_t until_ms, struct figures *figures)
{
    struct delays delays = {0};
    uint64_t before = crew_said(crew);
    int64_t us = crew_rest(crew, until_ms, &delays);
    uint64_t told = crew_said(crew) - before;
    series_add(&figures->fire, (double)told / ((double)us / 1e6));
    series_add(&figures->fire_turn, delays_at(&delays, 99) / 1000);
    delays_free(&delays);
    return told;
}

static uint64_t fire_bare(struct plainrows *plain, int64_t until_ms, size_t most, struct figures *figures)
{
    uint64_t told = 0;
    int64_t began_us = table_now_us();
    for (size_t some = most; some == most; told += some)
        some = plainrows_fire(plain, until_ms, most);
    series_add(&figures->fire_bare, (double)told / ((double)(table_now_us() - began_us) / 1e6));
    return told;
}

static void measure(struct crew *crew, struct plainrows *plain, struct figures *figures)
{
    uint64_t part = run.count / PARTS, told = 0, told_bare = 0;
    double before = crew_store_bytes(crew);
    for (uint64_t i = 0; i < PARTS; i++) {
        insert_ours(crew, part, figures);
        struct plainrows_sizes sizes = sizes_of(crew);
        plainrows_size(plain, &sizes);
        insert_bare(plain, i * part, part, figures);
    }
    series_add(&figures->bytes, (crew_store_bytes(crew) - before) / (double)run.count);
    series_add(&figures->bytes_bare, plainrows_bytes(plain) / (double)run.count);
    // The morning's lists, and whatever else there is to do before the first one.
    (void)crew_rest(crew, run.day_ms + FROM_MS - 1, NULL);
    for (int i = 1; i <= PARTS; i++) {
        int64_t until_ms = run.day_ms + FROM_MS + HOURS_MS / PARTS * i;
        told += fire_ours(crew, until_ms, figures);
        struct plainrows_sizes sizes = sizes_of(crew);
        plainrows_size(plain, &sizes);
        told_bare += fire_bare(plain, until_ms, (size_t)crew_said_most(crew), figures);
    }
    must(told == part * PARTS && told_bare == told);
}

static void print(const char *what, const char *unit, const struct series *ours, const struct series *bare, double goal)
{
    table_print(&(struct table_line){what, unit, ours, bare, bare != NULL ? "bare LMDB" : NULL,
                                     goal > 0 ? TABLE_AT_LEAST : TABLE_NO_GOAL, goal});
}

int main(int argc, char **argv)
{
    static struct figures figures;
    struct service service = scheduler_service;
    int32_t day;
    run.count = COUNT;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--quick") == 0)
            run.count = COUNT_QUICK;
        else if (strcmp(argv[i], "--count") == 0 && i + 1 < argc)
            run.count = strtoull(argv[++i], NULL, 10);
    }
    must(run.count >= (uint64_t)PARTS * EACH);
    must(day_parse("2026-06-03", strlen("2026-06-03"), &day)); // a Wednesday
    run.day_ms = day * DAY_MS;
    service.apply = apply;
    struct arena *arena = arena_open(1 << 16, 1 << 20);
    struct crew *crew = crew_open(&service, run.day_ms - 4 * HOUR_MS);
    struct plainrows *plain = plainrows_open();
    prepare(crew, arena);
    measure(crew, plain, &figures);
    char title[80];
    snprintf(title, sizeof title, "%.1f million reminders that wait, in ten parts", (double)run.count / 1e6);
    table_head(title);
    print("opened, 4,096 a synced turn", "/s", &figures.insert, &figures.insert_bare, GOAL);
    print("told when due", "/s", &figures.fire, &figures.fire_bare, GOAL);
    print("  a turn of it, p99", "ms", &figures.fire_turn, NULL, 0);
    print("bytes of the store for each that waits", "bytes", &figures.bytes, &figures.bytes_bare, 0);
    plainrows_close(&plain);
    crew_close(&crew);
    arena_close(&arena);
    table_end();
    return 0;
}
