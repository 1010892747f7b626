#include "services/tend/derived.h"

#include "common/bounds.h"
#include "common/verify.h"
#include "services/ingest/rules.h"
#include "services/tend/draft.h"

// Before which no event may lie; a real one of those weeks is not to be expected.
#define DERIVED_S (BOUNDS_PLACEHOLDER_FROM_MS / 1000)

// Milliseconds in the first weeks of 1990, the later the later the order.
static int64_t derived_ms(int64_t order_ms)
{
    int64_t order_s = order_ms / 1000;
    return (DERIVED_S + (order_s < 0 ? 0 : order_s / 1000)) * 1000;
}

Tend__V1__Event *derived_rep(struct arena *arena, const char *source, char *rep, int64_t order_ms)
{
    Tend__V1__RepUpserted *body = arena_take(arena, sizeof *body);
    tend__v1__rep_upserted__init(body);
    body->name = rep;
    Tend__V1__Event *event = draft_event(arena, source, derived_ms(order_ms), (char *)"", rep);
    event->body_case = TEND__V1__EVENT__BODY_REP_UPSERTED;
    event->rep_upserted = body;
    draft_name_by_content(arena, event, "rep", rep);
    return event;
}

// The buyer's address and telephone, unless they are none: that is no reason to leave the customer out.
static void add_person(struct arena *arena, const struct order *order, int64_t now_ms, Tend__V1__Event *event)
{
    if (order->email[0] == '\0' && order->phone[0] == '\0')
        return;
    struct verify_error fault;
    Tend__V1__CustomerUpserted *body = event->customer_upserted;
    Tend__V1__ContactPerson *person = arena_take(arena, sizeof *person);
    tend__v1__contact_person__init(person);
    person->email = order->email;
    person->phone = order->phone;
    person->key_person = true;
    body->contacts = arena_take(arena, sizeof *body->contacts);
    body->contacts[0] = person;
    body->n_contacts = 1;
    event->id = order->id; // any will do for the check
    if (!verify_message(&event->base, NULL, &fault) || !rules_check(event, now_ms, &fault))
        body->n_contacts = 0;
}

Tend__V1__Event *derived_customer(struct arena *arena, const char *source, const struct order *order, int64_t now_ms)
{
    const char *const says[] = {order->customer_name, order->region, order->rep, order->email, order->phone};
    size_t silent = 0;
    while (silent < sizeof says / sizeof *says && says[silent][0] == '\0')
        silent++;
    if (silent == sizeof says / sizeof *says)
        return NULL;
    Tend__V1__CustomerUpserted *body = arena_take(arena, sizeof *body);
    tend__v1__customer_upserted__init(body);
    body->name = order->customer_name[0] != '\0' ? order->customer_name : order->customer;
    body->owner_rep_id = order->rep;
    body->region = order->region;
    Tend__V1__Event *event = draft_event(arena, source, derived_ms(order->time_ms), order->customer, (char *)"");
    event->body_case = TEND__V1__EVENT__BODY_CUSTOMER_UPSERTED;
    event->customer_upserted = body;
    add_person(arena, order, now_ms, event);
    draft_name_by_content(arena, event, "customer", order->customer);
    return event;
}
