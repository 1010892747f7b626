#include "bench/market.h"

#include "common/calendar.h"
#include "google/protobuf/timestamp.pb-c.h"
#include "harness/town.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    TEXT_BYTES = 40,
    ARTICLES = 2000,
    ORDERS_MOST = 60, // of one customer's past
    OLDEST_DAYS = 1100,
    NEWEST_DAYS = 60,
    GAP_DAYS = 12,      // the shortest usual gap; up to eight times that
    LEAVE_PPM = 200000, // the most of a customer's chance of leaving after an order
    DOUBLINGS = 7,
};

#define DAY_MS INT64_C(86400000)
#define LEAST_MICROS INT64_C(134000000)

struct nature {
    uint64_t seed;
    int64_t first_ms, gap_ms, size_micros;
    uint64_t leave_ppm;
};

// What an event is made of, kept together while it is taken.
struct event_parts {
    Tend__V1__Event event;
    Google__Protobuf__Timestamp time;
    char id[TEXT_BYTES], customer[TEXT_BYTES], order[TEXT_BYTES];
};

static char *text(const char *literal)
{
    return (char *)(uintptr_t)literal;
}

static struct nature nature_of(const struct market *market, uint32_t customer)
{
    struct nature nature = {.seed = customer + UINT64_C(0x51ed270b)};
    uint64_t *seed = &nature.seed;
    int64_t days = NEWEST_DAYS + (int64_t)town_random(seed, OLDEST_DAYS - NEWEST_DAYS);
    nature.first_ms = (market->today - days) * DAY_MS + (int64_t)town_random(seed, (uint64_t)DAY_MS);
    nature.gap_ms = (GAP_DAYS * DAY_MS << town_random(seed, 3)) * (int64_t)(1000 + town_random(seed, 1000)) / 1000;
    nature.leave_ppm = town_random(seed, 1000) * town_random(seed, 1000) * LEAVE_PPM / 1000000;
    int doublings = __builtin_ctzll(town_random(seed, UINT64_MAX) | UINT64_C(1) << (DOUBLINGS - 1));
    nature.size_micros = (LEAST_MICROS << doublings) * (int64_t)(1000 + town_random(seed, 1000)) / 1000;
    return nature;
}

static void start(struct event_parts *parts, uint32_t customer, const char *what, uint64_t number, int64_t time_ms,
                  bool historical)
{
    tend__v1__event__init(&parts->event);
    google__protobuf__timestamp__init(&parts->time);
    snprintf(parts->id, sizeof parts->id, "%s-%07u-%llu", what, customer, (unsigned long long)number);
    snprintf(parts->customer, sizeof parts->customer, "C%07u", customer);
    parts->time.seconds = time_ms / 1000;
    parts->time.nanos = (int32_t)(time_ms % 1000) * 1000000;
    parts->event.id = parts->id;
    parts->event.source = text("shop");
    parts->event.customer_id = parts->customer;
    parts->event.rep_id = text("wang");
    parts->event.time = &parts->time;
    parts->event.historical = historical;
}

// --- the kinds of events

static void say_order(struct event_parts *parts, int64_t micros, uint64_t dice, market_take *take, void *context)
{
    char sku[TEXT_BYTES];
    Tend__V1__Money price = TEND__V1__MONEY__INIT, total = TEND__V1__MONEY__INIT, cost = TEND__V1__MONEY__INIT;
    Tend__V1__OrderLine line = TEND__V1__ORDER_LINE__INIT, *lines[] = {&line};
    Tend__V1__OrderPlaced order = TEND__V1__ORDER_PLACED__INIT;
    price.micros = micros / 2;
    total.micros = micros;
    cost.micros = micros * 6 / 10;
    snprintf(sku, sizeof sku, "TEA-%06u", (unsigned)(dice / 4 % ARTICLES));
    line.sku = sku;
    line.name = text("Oolong tea set, six cups");
    line.quantity_milli = 2000;
    line.price = &price;
    line.cost = &cost;
    line.discount_ppm = dice % 4 == 0 ? 50000 : 0;
    order.order_id = parts->order;
    order.lines = lines;
    order.n_lines = 1;
    order.total = &total;
    order.currency = text("CNY");
    parts->event.body_case = TEND__V1__EVENT__BODY_ORDER_PLACED;
    parts->event.order_placed = &order;
    take(context, &parts->event);
}

static void say_cancelled(struct event_parts *parts, market_take *take, void *context)
{
    Tend__V1__OrderCancelled body = TEND__V1__ORDER_CANCELLED__INIT;
    body.order_id = parts->order;
    body.reason = text("ordered twice");
    parts->event.body_case = TEND__V1__EVENT__BODY_ORDER_CANCELLED;
    parts->event.order_cancelled = &body;
    take(context, &parts->event);
}

static void say_refunded(struct event_parts *parts, int64_t micros, market_take *take, void *context)
{
    Tend__V1__OrderRefunded body = TEND__V1__ORDER_REFUNDED__INIT;
    Tend__V1__Money amount = TEND__V1__MONEY__INIT;
    amount.micros = micros;
    amount.currency = text("CNY");
    body.order_id = parts->order;
    body.amount = &amount;
    parts->event.body_case = TEND__V1__EVENT__BODY_ORDER_REFUNDED;
    parts->event.order_refunded = &body;
    take(context, &parts->event);
}

static void say_file(struct event_parts *parts, uint64_t dice, market_take *take, void *context)
{
    Tend__V1__CustomerUpserted body = TEND__V1__CUSTOMER_UPSERTED__INIT;
    Tend__V1__ContactPerson person = TEND__V1__CONTACT_PERSON__INIT, *persons[] = {&person};
    Tend__V1__FileField field = TEND__V1__FILE_FIELD__INIT, *fields[] = {&field};
    person.name = text("Li Na");
    person.phone = text("+86 592 555 0143");
    person.key_person = dice % 2 == 0;
    field.name = text("needs");
    field.value = text("samples before each season");
    body.name = text("Blue Lake Trading");
    body.owner_rep_id = text("wang");
    body.type = (Tend__V1__CustomerType)(1 + dice % 6);
    body.region = text("Xiamen");
    body.contacts = persons;
    body.n_contacts = 1;
    body.file_fields = fields;
    body.n_file_fields = 1;
    parts->event.body_case = TEND__V1__EVENT__BODY_CUSTOMER_UPSERTED;
    parts->event.customer_upserted = &body;
    take(context, &parts->event);
}

static void say_contact(struct event_parts *parts, uint64_t dice, market_take *take, void *context)
{
    Tend__V1__ContactLogged body = TEND__V1__CONTACT_LOGGED__INIT;
    body.channel = TEND__V1__CHANNEL__CHANNEL_PHONE;
    body.direction = TEND__V1__DIRECTION__DIRECTION_OUT;
    body.outcome = dice % 3 == 0 ? TEND__V1__CONTACT_OUTCOME__CONTACT_OUTCOME_NO_ANSWER
                                 : TEND__V1__CONTACT_OUTCOME__CONTACT_OUTCOME_REACHED;
    body.minutes = (uint32_t)(dice / 3 % 20);
    body.note = text("asked for the new list");
    parts->event.body_case = TEND__V1__EVENT__BODY_CONTACT_LOGGED;
    parts->event.contact_logged = &body;
    take(context, &parts->event);
}

static void say_survey(struct event_parts *parts, uint64_t dice, market_take *take, void *context)
{
    Tend__V1__SurveyAnswered body = TEND__V1__SURVEY_ANSWERED__INIT;
    body.score = 1 + (uint32_t)(dice % 5);
    body.expected = 3 + (uint32_t)(dice / 5 % 3);
    parts->event.body_case = TEND__V1__EVENT__BODY_SURVEY_ANSWERED;
    parts->event.survey_answered = &body;
    take(context, &parts->event);
}

static void say_lead(struct event_parts *parts, uint64_t dice, market_take *take, void *context)
{
    char day[DAY_TEXT_BYTES];
    Tend__V1__LeadUpdated body = TEND__V1__LEAD_UPDATED__INIT;
    (void)day_print((int32_t)(parts->time.seconds * 1000 / DAY_MS) + 5 + (int32_t)(dice % 40), day);
    body.stage = (Tend__V1__LeadStage)(2 + dice % 4);
    body.intention = 1 + (uint32_t)(dice / 4 % 5);
    body.temperature = (Tend__V1__LeadTemperature)(2 + dice / 20 % 3);
    body.need = body.power = TEND__V1__ANSWER__ANSWER_YES;
    body.expected_order_date = day;
    parts->event.body_case = TEND__V1__EVENT__BODY_LEAD_UPDATED;
    parts->event.lead_updated = &body;
    take(context, &parts->event);
}

static void say_quote(struct event_parts *parts, int64_t micros, market_take *take, void *context)
{
    Tend__V1__QuoteSent body = TEND__V1__QUOTE_SENT__INIT;
    Tend__V1__Money amount = TEND__V1__MONEY__INIT;
    amount.micros = micros;
    amount.currency = text("CNY");
    body.quote_id = parts->order;
    body.what = text("tea sets");
    body.amount = &amount;
    body.probability_ppm = 400000;
    parts->event.body_case = TEND__V1__EVENT__BODY_QUOTE_SENT;
    parts->event.quote_sent = &body;
    take(context, &parts->event);
}

// --- the past

static void name_order(struct event_parts *parts, uint32_t customer, uint64_t number)
{
    snprintf(parts->order, sizeof parts->order, "SO-%07u-%llu", customer, (unsigned long long)number);
}

// Buys at random, at its own rate, and after each order leaves with its own chance.
static void past_orders(const struct market *market, const struct nature *nature, uint64_t *seed, uint32_t customer,
                        market_take *take, void *context)
{
    struct event_parts parts;
    int64_t end_ms = market->today * DAY_MS - DAY_MS / 12, time_ms = nature->first_ms;
    for (uint32_t i = 0; i < ORDERS_MOST && time_ms < end_ms; i++) {
        int64_t micros = nature->size_micros * (int64_t)(800 + town_random(seed, 400)) / 1000;
        start(&parts, customer, "placed", i, time_ms, true);
        name_order(&parts, customer, i);
        say_order(&parts, micros, town_random(seed, UINT32_MAX), take, context);
        if (town_random(seed, 25) == 0) {
            start(&parts, customer, "refunded", i, time_ms + DAY_MS / 24, true);
            name_order(&parts, customer, i);
            say_refunded(&parts, micros / 10, take, context);
        }
        if (town_random(seed, 1000000) < nature->leave_ppm)
            break;
        double part = ((double)town_random(seed, 1 << 20) + 0.5) / (1 << 20);
        time_ms += (int64_t)(-log(part) * (double)nature->gap_ms) + 1;
    }
}

static void past_notes(const struct market *market, const struct nature *nature, uint64_t *seed, uint32_t customer,
                       market_take *take, void *context)
{
    static const struct {
        const char *name;
        unsigned percent;
        void (*say)(struct event_parts *, uint64_t dice, market_take *, void *);
    } notes[] = {{"file", 60, say_file},
                 {"contact", 60, say_contact},
                 {"recall", 60, say_contact},
                 {"survey", 20, say_survey},
                 {"lead", 20, say_lead}};
    struct event_parts parts;
    int64_t end_ms = market->today * DAY_MS, time_ms = nature->first_ms;
    for (size_t i = 0; i < sizeof notes / sizeof notes[0]; i++) {
        time_ms += (int64_t)town_random(seed, (uint64_t)(end_ms - time_ms) / 2 + 1);
        if (town_random(seed, 100) >= notes[i].percent)
            continue;
        start(&parts, customer, notes[i].name, i, time_ms, true);
        notes[i].say(&parts, town_random(seed, UINT32_MAX), take, context);
    }
    if (town_random(seed, 10) > 0)
        return;
    start(&parts, customer, "quote", 0, end_ms - (int64_t)town_random(seed, 60) * DAY_MS - 1, true);
    snprintf(parts.order, sizeof parts.order, "Q-%07u", customer);
    say_quote(&parts, nature->size_micros, take, context);
}

void market_past(const struct market *market, uint32_t customer, market_take *take, void *context)
{
    struct nature nature = nature_of(market, customer);
    uint64_t seed = nature.seed;
    past_orders(market, &nature, &seed, customer, take, context);
    past_notes(market, &nature, &seed, customer, take, context);
}

// --- from now on

void market_live(struct market *market, int64_t time_ms, market_take *take, void *context)
{
    enum {
        ORDERS = 62,
        CANCELLED = ORDERS + 4,
        REFUNDED = CANCELLED + 4,
        CONTACTS = REFUNDED + 15,
        SURVEYS = CONTACTS + 6,
        LEADS = SURVEYS + 6
    };
    struct event_parts parts;
    uint32_t customer = (uint32_t)town_random(&market->seed, market->customers);
    uint64_t kind = town_random(&market->seed, 100), dice = town_random(&market->seed, UINT32_MAX);
    struct nature nature = nature_of(market, customer);
    start(&parts, customer, "live", market->made, time_ms, false);
    name_order(&parts, customer, kind < ORDERS ? ORDERS_MOST + market->made : dice % 4);
    market->made++;
    if (kind < ORDERS)
        say_order(&parts, nature.size_micros * (int64_t)(800 + dice % 400) / 1000, dice, take, context);
    else if (kind < CANCELLED)
        say_cancelled(&parts, take, context);
    else if (kind < REFUNDED)
        say_refunded(&parts, nature.size_micros / 20, take, context);
    else if (kind < CONTACTS)
        say_contact(&parts, dice, take, context);
    else if (kind < SURVEYS)
        say_survey(&parts, dice, take, context);
    else if (kind < LEADS)
        say_lead(&parts, dice, take, context);
    else
        say_file(&parts, dice, take, context);
}
