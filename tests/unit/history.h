// A random history of customers and their orders, with everything that goes wrong on the way, and how scoring is told
// of it.
#ifndef TEND_TESTS_UNIT_HISTORY_H
#define TEND_TESTS_UNIT_HISTORY_H

#include "harness/defaults.h"
#include "common/calendar.h"
#include "common/must.h"
#include "common/zone.h"
#include "google/protobuf/timestamp.pb-c.h"
#include "harness/turns.h"
#include "services/scoring/scoring.h"
#include "tend/v1/event.pb-c.h"
#include "tend/v1/journal.pb-c.h"

#include <stdio.h>
#include <string.h>

enum {
    CUSTOMERS_MAX = 40,
    ORDERS_MAX = 300,
    EVENTS_MAX = 1600,
    CURRENCIES = 4,
    RATES_MAX = 12,
};
#define DAY INT64_C(86400000)

static uint64_t state;

static uint64_t draw(uint64_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state % below;
}

static bool chance(uint64_t percent)
{
    return draw(100) < percent;
}

// --- what happened

static char *const codes[CURRENCIES] = {(char *)"EUR", (char *)"USD", (char *)"JPY", (char *)"XAU"};

enum happening_kind { PLACED, AMENDED, CANCELLED, REFUNDED, PAID };

struct happening {
    enum happening_kind kind;
    unsigned customer, order, number;
    int64_t time_ms;
    int64_t micros, quantity_milli, cost;
    bool cost_known;
    unsigned currency; // CURRENCIES: none named
    bool historical;
    bool given; // has reached the service
};

struct rate {
    unsigned currency;
    int32_t day;
    int64_t rate;
};

struct history {
    struct scoring_options options;
    int64_t start_ms;
    unsigned customers, orders;
    struct happening events[EVENTS_MAX];
    size_t count;
    struct rate rates[RATES_MAX];
    size_t rate_count;
    const char *zone_name;
    struct zone *zone;
    unsigned amounts; // what amounts look like
};

static int64_t draw_amount(const struct history *history)
{
    if (history->amounts == 0)
        return (int64_t)draw(6) * 1000000; // many ties, also nothing at all
    if (history->amounts == 1)
        return (int64_t)draw(UINT64_C(1) << (10 + draw(40)));
    return 1 + (int64_t)draw(100000) * 10007;
}

static void name_event(const struct happening *event, char *text)
{
    sprintf(text, "e%u", event->number);
}

static struct happening *add(struct history *history, enum happening_kind kind, unsigned order, int64_t time_ms)
{
    must(history->count < EVENTS_MAX);
    struct happening *event = &history->events[history->count];
    *event = (struct happening){
        .kind = kind,
        .order = order,
        .customer = order % history->customers,
        .number = (unsigned)history->count,
        .time_ms = time_ms,
        .micros = draw_amount(history),
        .quantity_milli = (int64_t)draw(100000),
        .cost = draw_amount(history) / 2,
        .cost_known = chance(85),
        .currency = (unsigned)draw(CURRENCIES + 1),
        .historical = chance(50),
    };
    if (chance(60))
        event->currency = 0;
    history->count++;
    return event;
}

static int64_t around(int64_t time_ms, int64_t days)
{
    return time_ms + (int64_t)draw((uint64_t)(days * DAY)) - (chance(20) ? days * DAY / 2 : 0);
}

static void add_order(struct history *history, unsigned order)
{
    int64_t span = (int64_t)(history->options.abc.window_days + 60) * DAY;
    int64_t time_ms = history->start_ms - span + (int64_t)draw((uint64_t)(span + 40 * DAY));
    if (chance(30))
        time_ms -= time_ms % DAY; // many at the same moment
    unsigned currency = CURRENCIES;
    if (chance(95))
        currency = add(history, PLACED, order, time_ms)->currency;
    if (chance(3))
        (void)add(history, PLACED, order, around(time_ms, 2));
    for (unsigned i = 0; i < 3 && chance(25); i++)
        (void)add(history, AMENDED, order, chance(10) ? time_ms : around(time_ms, 9));
    for (unsigned i = 0; i < (chance(2) ? 80 : 4) && chance(i < 4 ? 25 : 100); i++) {
        struct happening *refund = add(history, REFUNDED, order, around(time_ms, 60));
        if (chance(80))
            refund->currency = currency;
        if (i >= 4)
            refund->micros = 1 + (int64_t)draw(1000);
    }
    if (chance(10))
        (void)add(history, CANCELLED, order, around(time_ms, 30));
    if (chance(10))
        (void)add(history, PAID, order, around(time_ms, 3));
}

// The order in which they come: as they happened, the other way round, at random, or nearly as they happened.
static void arrange(struct history *history)
{
    unsigned manner = (unsigned)draw(4);
    for (size_t i = 0; i < history->count; i++) {
        for (size_t j = i; j > 0 && manner != 2; j--) {
            struct happening *one = &history->events[j - 1], *other = &history->events[j];
            if (manner == 1 ? one->time_ms >= other->time_ms : one->time_ms <= other->time_ms)
                break;
            struct happening kept = *one;
            *one = *other;
            *other = kept;
        }
    }
    for (size_t i = 0; manner >= 2 && i + 1 < history->count; i++) {
        size_t j = i + draw(manner == 2 ? history->count - i : (history->count - i < 9 ? history->count - i : 9));
        struct happening kept = history->events[i];
        history->events[i] = history->events[j];
        history->events[j] = kept;
    }
}

static void draw_rates(struct history *history)
{
    history->rate_count = 0;
    int32_t today = (int32_t)(history->start_ms / DAY);
    for (unsigned i = 0; i < draw(RATES_MAX); i++) {
        struct rate rate = {
            .currency = 1 + (unsigned)draw(2), .day = today - (int32_t)draw(500), .rate = 1 + (int64_t)draw(9000000)};
        bool taken = false;
        for (size_t j = 0; j < history->rate_count; j++)
            taken |= history->rates[j].currency == rate.currency && history->rates[j].day == rate.day;
        if (!taken)
            history->rates[history->rate_count++] = rate;
    }
}

static void set_zone(struct history *history)
{
    static const char *const names[] = {"Asia/Shanghai", "UTC", "America/New_York", "America/St_Johns", "Pacific/Apia"};
    history->zone_name = names[draw(sizeof names / sizeof names[0])];
    zone_close(&history->zone);
    must(zone_open(ZONE_DIRECTORIES, history->zone_name, &history->zone));
}

static void make_history(struct history *history)
{
    memset(history, 0, sizeof *history);
    history->options = defaults_of_scoring();
    static const int64_t windows[] = {365, 90, 30, 7, 1};
    history->options.abc.window_days = windows[draw(5)];
    history->options.abc.margin_ppm = (int64_t)draw(3) * 20000;
    history->options.abc.measure = chance(70) ? TERMS_NET : (int)draw(3);
    history->options.abc.refunds = chance(20);
    history->options.overdue.repeats = 1 + (int64_t)draw(3);
    history->options.drop.sample = 1 + (int64_t)draw(20);
    history->options.drop.repeats = (int64_t)draw(2);
    history->options.drop.quantile_ppm = 500000 + (int64_t)draw(500001);
    history->start_ms = INT64_C(1325376000000) + (int64_t)draw(3000) * DAY + (int64_t)draw((uint64_t)DAY); // 2012 on
    history->customers = 1 + (unsigned)draw(CUSTOMERS_MAX);
    history->orders = 1 + (unsigned)draw(ORDERS_MAX);
    history->amounts = (unsigned)draw(3);
    for (unsigned order = 0; order < history->orders && history->count < EVENTS_MAX - 100; order++)
        add_order(history, order);
    arrange(history);
    draw_rates(history);
    set_zone(history);
}

// --- how the service is told

static void fill_money(Tend__V1__Money *money, int64_t micros, unsigned currency)
{
    tend__v1__money__init(money);
    money->micros = micros;
    if (currency < CURRENCIES)
        money->currency = codes[currency];
}

static void give_event(struct turns *turns, const struct happening *happening)
{
    char id[16], customer[16], order[16];
    Tend__V1__Event event = TEND__V1__EVENT__INIT;
    Google__Protobuf__Timestamp time = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    Tend__V1__OrderPlaced placed = TEND__V1__ORDER_PLACED__INIT;
    Tend__V1__OrderAmended amended = TEND__V1__ORDER_AMENDED__INIT;
    Tend__V1__OrderCancelled cancelled = TEND__V1__ORDER_CANCELLED__INIT;
    Tend__V1__OrderRefunded refunded = TEND__V1__ORDER_REFUNDED__INIT;
    Tend__V1__OrderPaid paid = TEND__V1__ORDER_PAID__INIT;
    Tend__V1__OrderLine line = TEND__V1__ORDER_LINE__INIT, *lines = &line;
    Tend__V1__Money total, cost;
    name_event(happening, id);
    sprintf(customer, "c%u", happening->customer);
    sprintf(order, "o%u", happening->order);
    fill_money(&total, happening->micros, happening->currency);
    fill_money(&cost, happening->cost, happening->currency);
    line.quantity_milli = happening->quantity_milli;
    line.cost = happening->cost_known ? &cost : NULL;
    event.id = id;
    event.source = (char *)"shop";
    event.customer_id = customer;
    event.historical = happening->historical;
    time.seconds = happening->time_ms / 1000;
    time.nanos = (int32_t)(happening->time_ms % 1000) * 1000000;
    event.time = &time;
    placed.order_id = amended.order_id = cancelled.order_id = refunded.order_id = paid.order_id = order;
    placed.total = amended.total = refunded.amount = &total;
    placed.lines = amended.lines = &lines;
    placed.n_lines = amended.n_lines = 1;
    event.order_placed = &placed; // one member of a union
    switch (happening->kind) {
    case PLACED:
        event.body_case = TEND__V1__EVENT__BODY_ORDER_PLACED;
        break;
    case AMENDED:
        event.body_case = TEND__V1__EVENT__BODY_ORDER_AMENDED;
        event.order_amended = &amended;
        break;
    case CANCELLED:
        event.body_case = TEND__V1__EVENT__BODY_ORDER_CANCELLED;
        event.order_cancelled = &cancelled;
        break;
    case REFUNDED:
        event.body_case = TEND__V1__EVENT__BODY_ORDER_REFUNDED;
        event.order_refunded = &refunded;
        break;
    case PAID:
        event.body_case = TEND__V1__EVENT__BODY_ORDER_PAID;
        event.order_paid = &paid;
        break;
    }
    turns_say(turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_EVENT, 0, &event.base);
}

static void give_settings(struct turns *turns, const struct history *history)
{
    Tend__V1__Settings settings = TEND__V1__SETTINGS__INIT;
    Tend__V1__Rate rates[RATES_MAX], *pointers[RATES_MAX];
    char days[RATES_MAX][DAY_TEXT_BYTES];
    settings.time_zone = (char *)(uintptr_t)history->zone_name;
    settings.currency = codes[0];
    settings.rates = pointers;
    settings.n_rates = history->rate_count;
    for (size_t i = 0; i < history->rate_count; i++) {
        tend__v1__rate__init(&rates[i]);
        day_print(history->rates[i].day, days[i]);
        rates[i].currency = codes[history->rates[i].currency];
        rates[i].from = days[i];
        rates[i].rate_micros = history->rates[i].rate;
        pointers[i] = &rates[i];
    }
    turns_say(turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_SETTINGS, 0, &settings.base);
}

#endif
