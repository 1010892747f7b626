#include "bench/alert.h"

#include "bench/watch.h"
#include "common/arena.h"
#include "common/must.h"
#include "services/tend/client.h"
#include "tend/v1/event.pb-c.h"
#include "tend/v1/journal.pb-c.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    CUSTOMERS = 3000,
    BATCH = 500,
    QUIET_MS = 120, // after a message: what else belongs to the same order has come by then
    MISSED_MS = 3000,
    ANSWER_MS = 10000,
    READY_MS = 60000,
    DAY_MS = 86400000,
};

// A customer's sales are 1,000 and a little more, each a little different; a large order is four times that, so that
// each moves the end of class A past one customer or two.
#define SALES_MICROS INT64_C(1000000000)
#define STEP_MICROS INT64_C(10000)
#define LARGE_MICROS (4 * SALES_MICROS)

const char alert_settings[] = "  call_list_at: 00:00\n";

struct alert {
    struct town *town;
    struct client *client;
    struct arena *arena;
    Tend__V1__EventBatch batch;
    ProtobufCBinaryData events[BATCH];
    unsigned made;
    int watch;
    off_t length; // of the file of messages, so far
    char path[300];
};

static void send_batch(struct alert *alert)
{
    struct answer answer;
    size_t length = tend__v1__event_batch__get_packed_size(&alert->batch);
    uint8_t *bytes = arena_take(alert->arena, length + 1);
    tend__v1__event_batch__pack(&alert->batch, bytes);
    must(client_call(alert->client, "POST /v1/events", "application/x-protobuf", bytes, length, ANSWER_MS, &answer));
    Tend__V1__EventResults *results =
        tend__v1__event_results__unpack(NULL, answer.length, (const uint8_t *)answer.body);
    if (answer.status != 200 || results == NULL || results->stored != alert->batch.n_events)
        fprintf(stderr, "ingest answered %d: %s\n", answer.status, answer.body);
    must(answer.status == 200 && results != NULL && results->stored == alert->batch.n_events);
    tend__v1__event_results__free_unpacked(results, NULL);
    alert->batch.n_events = 0;
    arena_reset(alert->arena);
}

// Puts the event into the batch, with an id and the time; a full batch leaves.
static void add(struct alert *alert, Tend__V1__Event *event, int64_t time_ms)
{
    Google__Protobuf__Timestamp time = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    time.seconds = time_ms / 1000;
    event->time = &time;
    event->source = (char *)(uintptr_t) "bench";
    event->id = arena_format(alert->arena, "a%u", alert->made++);
    ProtobufCBinaryData *place = &alert->events[alert->batch.n_events++];
    place->data = arena_take(alert->arena, tend__v1__event__get_packed_size(event) + 1);
    place->len = tend__v1__event__pack(event, place->data);
    if (alert->batch.n_events == BATCH)
        send_batch(alert);
}

// A rep who works at all hours.
static void add_rep(struct alert *alert)
{
    Tend__V1__Hours day = TEND__V1__HOURS__INIT, *hours[] = {&day};
    day.to_minute = 1440;
    Tend__V1__RepUpserted rep = TEND__V1__REP_UPSERTED__INIT;
    rep.name = (char *)(uintptr_t) "Wang";
    rep.time_zone = (char *)(uintptr_t) "UTC";
    rep.n_working_hours = 1;
    rep.working_hours = hours;
    Tend__V1__Event event = TEND__V1__EVENT__INIT;
    event.rep_id = (char *)(uintptr_t) "wang";
    event.body_case = TEND__V1__EVENT__BODY_REP_UPSERTED;
    event.rep_upserted = &rep;
    add(alert, &event, town_wall_ms());
}

static void add_order(struct alert *alert, const char *customer_id, int64_t micros, bool historical, int64_t time_ms)
{
    Tend__V1__Money total = TEND__V1__MONEY__INIT;
    total.micros = micros;
    total.currency = (char *)(uintptr_t) "CNY";
    Tend__V1__OrderPlaced order = TEND__V1__ORDER_PLACED__INIT;
    order.order_id = arena_format(alert->arena, "O%u", alert->made);
    order.total = &total;
    Tend__V1__Event event = TEND__V1__EVENT__INIT;
    event.customer_id = (char *)(uintptr_t)customer_id;
    event.historical = historical;
    event.body_case = TEND__V1__EVENT__BODY_ORDER_PLACED;
    event.order_placed = &order;
    add(alert, &event, time_ms);
}

static void add_customer(struct alert *alert, unsigned number)
{
    Tend__V1__CustomerUpserted customer = TEND__V1__CUSTOMER_UPSERTED__INIT;
    Tend__V1__Event event = TEND__V1__EVENT__INIT;
    char id[16];
    snprintf(id, sizeof id, "C%04u", number);
    customer.name = id;
    customer.owner_rep_id = (char *)(uintptr_t) "wang";
    event.customer_id = id;
    event.body_case = TEND__V1__EVENT__BODY_CUSTOMER_UPSERTED;
    event.customer_upserted = &customer;
    event.historical = true;
    int64_t past_ms = town_wall_ms() - 2 * (int64_t)DAY_MS;
    add(alert, &event, past_ms);
    add_order(alert, id, SALES_MICROS + number * STEP_MICROS, true, past_ms + number * 1000);
}

static off_t file_length(const struct alert *alert)
{
    struct stat facts;
    return stat(alert->path, &facts) == 0 ? facts.st_size : 0;
}

// Waits until the file of messages has grown. False: it did not.
static bool wait_message(struct alert *alert, int timeout_ms)
{
    int64_t until_ms = town_clock_ms() + timeout_ms;
    char noise[4096];
    for (;;) {
        off_t length = file_length(alert);
        if (length > alert->length) {
            alert->length = length;
            return true;
        }
        int64_t left_ms = until_ms - town_clock_ms();
        struct pollfd item = {.fd = alert->watch, .events = POLLIN};
        if (left_ms <= 0 || poll(&item, 1, (int)left_ms) < 0)
            return false;
        while (read(alert->watch, noise, sizeof noise) > 0)
            continue;
    }
}

static void replace(char *text, size_t room, const char *before, const char *after)
{
    char *at = strstr(text, before);
    must(at != NULL && strlen(text) + strlen(after) < room);
    memmove(at + strlen(after), at + strlen(before), strlen(at + strlen(before)) + 1);
    memcpy(at, after, strlen(after));
}

// Messages are wanted at once here, on every day: how long they are gathered and when nobody works are settings, and no
// part of what is measured.
static void change_config(const struct town *town)
{
    char text[4096];
    FILE *file = fopen(town->config, "r");
    must(file != NULL);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    replace(text, sizeof text, "group_wait: 100ms", "group_wait: 0ms");
    if (strstr(text, "weekend:") == NULL)
        replace(text, sizeof text, "common:\n", "common:\n  weekend: []\n");
    file = fopen(town->config, "w");
    must(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0);
}

static void start(struct alert *alert)
{
    change_config(alert->town);
    for (enum town_place place = 0; place < TOWN_PLACES; place++)
        watch_start(alert->town, place);
    alert->client = client_open(town_endpoint(alert->town, TOWN_INGEST));
    alert->arena = arena_open(1024 * 1024, 64 * 1024 * 1024);
    tend__v1__event_batch__init(&alert->batch);
    alert->batch.events = alert->events;
    add_rep(alert);
    for (unsigned i = 0; i < CUSTOMERS; i++)
        add_customer(alert, i);
    send_batch(alert);
    must(town_quiet(alert->town, READY_MS));
    snprintf(alert->path, sizeof alert->path, "%s/out.jsonl", alert->town->folder);
    alert->watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    must(alert->watch >= 0 && inotify_add_watch(alert->watch, alert->town->folder, IN_MODIFY | IN_CREATE) >= 0);
    alert->length = file_length(alert);
}

void alert_measure(struct town *town, unsigned orders, struct alert_figures *figures)
{
    struct alert *alert = calloc(1, sizeof *alert);
    struct delays delays = {0};
    must(alert != NULL);
    alert->town = town;
    start(alert);
    for (unsigned i = 0; i < orders; i++) {
        char id[16];
        snprintf(id, sizeof id, "L%04u", i);
        int64_t began_us = table_now_us();
        add_order(alert, id, LARGE_MICROS + i * STEP_MICROS, false, town_wall_ms());
        send_batch(alert);
        bool told = wait_message(alert, MISSED_MS);
        if (told)
            delays_add(&delays, table_now_us() - began_us);
        *(told ? &figures->alerts : &figures->missed) += 1;
        while (wait_message(alert, QUIET_MS))
            continue;
    }
    series_add(&figures->p50, delays_at(&delays, 50) / 1000);
    series_add(&figures->p99, delays_at(&delays, 99) / 1000);
    close(alert->watch);
    client_close(&alert->client);
    arena_close(&alert->arena);
    delays_free(&delays);
    free(alert);
}
