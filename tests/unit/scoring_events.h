// Events for the tests of scoring: the few fields it reads, with the rest left out.
#ifndef TEND_TESTS_UNIT_SCORING_EVENTS_H
#define TEND_TESTS_UNIT_SCORING_EVENTS_H

#include "google/protobuf/timestamp.pb-c.h"
#include "harness/turns.h"
#include "tend/v1/event.pb-c.h"
#include "tend/v1/journal.pb-c.h"

#include <stdio.h>
#include <string.h>

#define DAY_MS INT64_C(86400000)

struct say {
    const char *id, *customer, *order;
    int64_t time_ms;
    int64_t units; // of currency
    const char *currency;
    bool historical;
};

static inline char *changeable(const char *text)
{
    return (char *)(uintptr_t)(text != NULL ? text : "");
}

// One of order_placed, order_amended, order_cancelled, order_refunded.
static inline void say_order_of(struct turns *turns, const char *source, Tend__V1__Event__BodyCase body,
                                const struct say *say)
{
    Tend__V1__Event event = TEND__V1__EVENT__INIT;
    Google__Protobuf__Timestamp time = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    Tend__V1__Money total = TEND__V1__MONEY__INIT;
    Tend__V1__OrderPlaced placed = TEND__V1__ORDER_PLACED__INIT;
    Tend__V1__OrderAmended amended = TEND__V1__ORDER_AMENDED__INIT;
    Tend__V1__OrderCancelled cancelled = TEND__V1__ORDER_CANCELLED__INIT;
    Tend__V1__OrderRefunded refunded = TEND__V1__ORDER_REFUNDED__INIT;
    time.seconds = say->time_ms / 1000;
    total.micros = say->units * 1000000;
    total.currency = changeable(say->currency);
    event.source = changeable(source);
    event.id = changeable(say->id);
    event.customer_id = changeable(say->customer);
    event.historical = say->historical;
    event.time = &time;
    event.body_case = body;
    placed.total = amended.total = refunded.amount = &total;
    placed.order_id = amended.order_id = cancelled.order_id = refunded.order_id = changeable(say->order);
    if (body == TEND__V1__EVENT__BODY_ORDER_PLACED)
        event.order_placed = &placed;
    else if (body == TEND__V1__EVENT__BODY_ORDER_AMENDED)
        event.order_amended = &amended;
    else if (body == TEND__V1__EVENT__BODY_ORDER_CANCELLED)
        event.order_cancelled = &cancelled;
    else
        event.order_refunded = &refunded;
    turns_say(turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_EVENT, 0, &event.base);
}

static inline void say_order(struct turns *turns, Tend__V1__Event__BodyCase body, const struct say *say)
{
    say_order_of(turns, "shop", body, say);
}

// An order of its own; the ids are made of the order's.
static inline void say_placed(struct turns *turns, const char *customer, const char *order, int64_t time_ms,
                              int64_t units, bool historical)
{
    char id[64];
    snprintf(id, sizeof id, "placed-%s", order);
    struct say say = {id, customer, order, time_ms, units, "EUR", historical};
    say_order(turns, TEND__V1__EVENT__BODY_ORDER_PLACED, &say);
}

static inline void say_settings(struct turns *turns, const char *zone, const char *currency, const char *other,
                                int64_t rate)
{
    Tend__V1__Settings settings = TEND__V1__SETTINGS__INIT;
    Tend__V1__Rate one = TEND__V1__RATE__INIT, *rates[] = {&one};
    settings.time_zone = changeable(zone);
    settings.currency = changeable(currency);
    one.currency = changeable(other);
    one.from = changeable("2000-01-01");
    one.rate_micros = rate;
    settings.rates = rates;
    settings.n_rates = rate > 0;
    turns_say(turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_SETTINGS, 0, &settings.base);
}

// The customer is to be forgotten, as ingest says it.
static inline void say_erased(struct turns *turns, const char *customer)
{
    Tend__V1__Event event = TEND__V1__EVENT__INIT;
    Google__Protobuf__Timestamp time = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    Tend__V1__CustomerErased body = TEND__V1__CUSTOMER_ERASED__INIT;
    time.seconds = turns_now_ms(turns) / 1000;
    event.source = event.id = changeable("erase");
    event.customer_id = changeable(customer);
    event.time = &time;
    event.body_case = TEND__V1__EVENT__BODY_CUSTOMER_ERASED;
    event.customer_erased = &body;
    turns_say(turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_EVENT, RECORD_ERASES, &event.base);
}

#endif
