#include "pipeline/app.h"

#include "common/must.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WINDOW = 6, BATCH_MAX = 20, BATCH_BYTES = 16384, RESEND_MS = 400, PROMISE_LEAD_MS = 4000 };

// A batch that is on its way until it is answered.
struct batch_out {
    uint64_t asked; // the client's number; 0: free
    int64_t sent_ms;
    size_t length;
    uint8_t bytes[BATCH_BYTES];
    bool used;
};

struct app {
    struct client *client;
    struct arena *arena;
    uint64_t seed;
    uint64_t made, repeats, refused, orders, promises;
    int64_t sales;
    struct batch_out batches[WINDOW];
};

struct app *app_open(const struct town *town, uint64_t seed)
{
    struct app *app = calloc(1, sizeof *app);
    must(app != NULL);
    app->client = client_open(town_endpoint(town, TOWN_INGEST));
    must(app->client != NULL);
    app->arena = arena_open(64 * 1024, 4 * 1024 * 1024);
    app->seed = seed;
    return app;
}

void app_close(struct app **app)
{
    client_close(&(*app)->client);
    arena_close(&(*app)->arena);
    free(*app);
    *app = NULL;
}

static Google__Protobuf__Timestamp *stamp(struct app *app, int64_t ms)
{
    Google__Protobuf__Timestamp *time = arena_take(app->arena, sizeof *time);
    google__protobuf__timestamp__init(time);
    time->seconds = ms / 1000;
    time->nanos = (int32_t)(ms % 1000) * 1000000;
    return time;
}

static void make_rep(struct app *app, Tend__V1__Event *event)
{
    Tend__V1__RepUpserted *rep = arena_take(app->arena, sizeof *rep);
    tend__v1__rep_upserted__init(rep);
    event->customer_id = "";
    event->rep_id = arena_format(app->arena, "rep%llu", (unsigned long long)(app->made % APP_REPS));
    rep->name = event->rep_id;
    // It is about noon there, whenever the test runs: reminders are told in working hours.
    int ahead = 12 - (int)(town_wall_ms() / 3600000 % 24);
    rep->time_zone = arena_format(app->arena, "Etc/GMT%+d", -ahead);
    rep->n_languages = 1;
    rep->languages = arena_take(app->arena, sizeof(char *));
    rep->languages[0] = "en";
    Tend__V1__Hours *hours = arena_take(app->arena, sizeof *hours);
    tend__v1__hours__init(hours);
    hours->to_minute = 1440;
    rep->n_working_hours = 1;
    rep->working_hours = arena_take(app->arena, sizeof hours);
    rep->working_hours[0] = hours;
    // Every day, so that reminders are told whenever the test runs.
    rep->n_working_days = 7;
    rep->working_days = arena_take(app->arena, 7 * sizeof *rep->working_days);
    for (uint32_t day = 0; day < 7; day++)
        rep->working_days[day] = day + 1;
    event->body_case = TEND__V1__EVENT__BODY_REP_UPSERTED;
    event->rep_upserted = rep;
}

static void make_customer(struct app *app, Tend__V1__Event *event)
{
    Tend__V1__CustomerUpserted *customer = arena_take(app->arena, sizeof *customer);
    tend__v1__customer_upserted__init(customer);
    uint64_t number = app->made - APP_REPS;
    event->customer_id = arena_format(app->arena, "C%03llu", (unsigned long long)number);
    customer->name = arena_format(app->arena, "Customer %llu", (unsigned long long)number);
    customer->owner_rep_id = arena_format(app->arena, "rep%llu", (unsigned long long)(number % APP_REPS));
    event->body_case = TEND__V1__EVENT__BODY_CUSTOMER_UPSERTED;
    event->customer_upserted = customer;
}

static void make_order(struct app *app, Tend__V1__Event *event)
{
    Tend__V1__OrderPlaced *order = arena_take(app->arena, sizeof *order);
    Tend__V1__Money *total = arena_take(app->arena, sizeof *total);
    tend__v1__order_placed__init(order);
    tend__v1__money__init(total);
    order->order_id = arena_format(app->arena, "O%llu", (unsigned long long)app->made);
    total->micros = (int64_t)(1 + town_random(&app->seed, 1000)) * 1000000;
    total->currency = "CNY";
    order->total = total;
    app->sales += total->micros;
    app->orders++;
    event->body_case = TEND__V1__EVENT__BODY_ORDER_PLACED;
    event->order_placed = order;
}

static void make_promise(struct app *app, Tend__V1__Event *event, int64_t now_ms)
{
    Tend__V1__PromiseMade *promise = arena_take(app->arena, sizeof *promise);
    tend__v1__promise_made__init(promise);
    promise->promise_id = arena_format(app->arena, "P%llu", (unsigned long long)app->made);
    promise->what = "send the samples";
    promise->due = stamp(app, now_ms + PROMISE_LEAD_MS + (int64_t)town_random(&app->seed, 3000));
    app->promises++;
    event->body_case = TEND__V1__EVENT__BODY_PROMISE_MADE;
    event->promise_made = promise;
}

static void make_contact(struct app *app, Tend__V1__Event *event)
{
    Tend__V1__ContactLogged *contact = arena_take(app->arena, sizeof *contact);
    tend__v1__contact_logged__init(contact);
    contact->channel = TEND__V1__CHANNEL__CHANNEL_PHONE;
    contact->direction = TEND__V1__DIRECTION__DIRECTION_OUT;
    contact->outcome = TEND__V1__CONTACT_OUTCOME__CONTACT_OUTCOME_REACHED;
    event->body_case = TEND__V1__EVENT__BODY_CONTACT_LOGGED;
    event->contact_logged = contact;
}

// The first events make reps and customers; then three in four are orders.
static void make_event(struct app *app, Tend__V1__Event *event)
{
    int64_t now_ms = town_wall_ms();
    tend__v1__event__init(event);
    event->id = arena_format(app->arena, "e%llu", (unsigned long long)app->made);
    event->source = "app";
    event->time = stamp(app, now_ms);
    event->customer_id =
        arena_format(app->arena, "C%03llu", (unsigned long long)town_random(&app->seed, APP_CUSTOMERS));
    uint64_t kind = town_random(&app->seed, 20);
    if (app->made < APP_REPS)
        make_rep(app, event);
    else if (app->made < APP_REPS + APP_CUSTOMERS)
        make_customer(app, event);
    else if (kind == 0)
        make_promise(app, event, now_ms);
    else if (kind < 5)
        make_contact(app, event);
    else
        make_order(app, event);
    app->made++;
}

static void fill(struct app *app, struct batch_out *out)
{
    arena_reset(app->arena);
    Tend__V1__EventBatch batch = TEND__V1__EVENT_BATCH__INIT;
    ProtobufCBinaryData packed[BATCH_MAX];
    batch.events = packed;
    batch.n_events = 1 + town_random(&app->seed, BATCH_MAX);
    for (size_t i = 0; i < batch.n_events; i++) {
        Tend__V1__Event event;
        make_event(app, &event);
        packed[i].len = tend__v1__event__get_packed_size(&event);
        packed[i].data = arena_take(app->arena, packed[i].len + 1);
        tend__v1__event__pack(&event, packed[i].data);
    }
    out->length = tend__v1__event_batch__get_packed_size(&batch);
    must(out->length <= sizeof out->bytes);
    tend__v1__event_batch__pack(&batch, out->bytes);
    out->used = true;
    out->asked = 0;
    out->sent_ms = 0;
}

static void send_batch(struct app *app, struct batch_out *out)
{
    out->asked = client_ask(app->client, "POST /v1/events", "application/x-protobuf", out->bytes, out->length, 0);
    out->sent_ms = town_clock_ms();
}

static void take_answer(struct app *app, const struct answer *answer)
{
    for (int i = 0; i < WINDOW; i++) {
        struct batch_out *out = &app->batches[i];
        if (!out->used || out->asked != answer->id || answer->status == 503)
            continue;
        Tend__V1__EventResults *results = NULL;
        if (answer->status == 200)
            results = tend__v1__event_results__unpack(NULL, answer->length, (const uint8_t *)answer->body);
        if (results == NULL) {
            fprintf(stderr, "ingest answered %d: %s\n", answer->status, answer->body);
            app->refused++;
        } else {
            app->repeats += results->known;
            app->refused += results->refused;
            tend__v1__event_results__free_unpacked(results, NULL);
        }
        out->used = false;
    }
}

void app_work(struct app *app, bool more)
{
    struct answer answer;
    while (client_wait(app->client, 0, &answer))
        take_answer(app, &answer);
    for (int i = 0; i < WINDOW; i++) {
        struct batch_out *out = &app->batches[i];
        if (!out->used && more) {
            fill(app, out);
            send_batch(app, out);
        } else if (out->used && town_clock_ms() - out->sent_ms > (out->asked == 0 ? 20 : RESEND_MS)) {
            send_batch(app, out);
        }
    }
}

bool app_idle(const struct app *app)
{
    for (int i = 0; i < WINDOW; i++)
        if (app->batches[i].used)
            return false;
    return true;
}

uint64_t app_made(const struct app *app)
{
    return app->made;
}

uint64_t app_repeats(const struct app *app)
{
    return app->repeats;
}

uint64_t app_refused(const struct app *app)
{
    return app->refused;
}

int64_t app_sales(const struct app *app)
{
    return app->sales;
}

uint64_t app_orders(const struct app *app)
{
    return app->orders;
}

uint64_t app_promises(const struct app *app)
{
    return app->promises;
}
