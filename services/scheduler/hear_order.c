#include "services/scheduler/hear.h"

#include "services/scheduler/ladder.h"
#include "services/scheduler/log.h"
#include "services/scheduler/notice.h"

#include <string.h>

enum {
    DAY_MS = 86400000,
};

// The owner's day at that moment; false when nobody looks after the customer.
static bool find_day(struct scheduler *self, struct turn *turn, const struct customer *customer, int64_t at_ms,
                     struct rep *ret_rep, int32_t *ret_day)
{
    if (!office_owner(self, turn, customer, ret_rep))
        return false;
    *ret_day = zone_local(office_rep_zone(self, ret_rep), at_ms / 1000).day;
    return true;
}

static void note_in_log(struct scheduler *self, struct turn *turn, const struct customer *customer, int64_t at_ms,
                        enum log_count count, uint32_t more)
{
    enum { MOST = 1000 }; // orders that came at once: more are an import
    struct rep rep;
    int32_t day;
    if (more > 0 && find_day(self, turn, customer, at_ms, &rep, &day))
        log_add(turn, rep.id, day, count, (int32_t)(more < MOST ? more : MOST));
}

// --- deliveries

// The newest date of an order is what the customer must know.
static void ask_telling(struct scheduler *self, struct turn *turn, const struct fact *fact,
                        const struct customer *customer, uint64_t which)
{
    struct matter known;
    const struct order_fact *said = &fact->order;
    bool moved = matter_find(turn, KIND_TELL_DELIVERY, customer->id, which, &known) && known.day != DAY_NONE &&
                 said->day != DAY_NONE && known.day != said->day;
    struct figure was = {"was", known.day, UNIT_DATE, ""};
    char date[DAY_TEXT_BYTES] = "";
    if (said->day != DAY_NONE)
        day_print(said->day, date);
    struct notice_words words = {.text = said->id,
                                 .before = said->step == ORDER_DELIVERY_LATE ? "delayed" : "",
                                 .after = said->text,
                                 .rule = "a delivery date, and each change of it, is told at once",
                                 .event_date = date,
                                 .figures = &was,
                                 .figure_count = moved ? 1 : 0,
                                 .events = &fact->event,
                                 .event_count = 1};
    struct opening opening = ladder_opening(fact, KIND_TELL_DELIVERY, which);
    opening.customer_id = customer->id;
    opening.rep_id = "";
    opening.day = said->day;
    opening.ref = said->id;
    opening.why = notice_why(turn->arena, &words);
    ladder_open(self, turn, &opening);
}

static void ask_mending(struct scheduler *self, struct turn *turn, const struct fact *fact,
                        const struct customer *customer)
{
    struct opening opening = ladder_opening(fact, KIND_ORDER_ERROR, fact->version.tie);
    struct notice_words words = {.text = fact->order.text,
                                 .before = fact->order.id,
                                 .rule = "99 of 100 orders right is not enough",
                                 .events = &fact->event,
                                 .event_count = 1};
    opening.customer_id = customer->id;
    opening.rep_id = "";
    opening.ref = fact->order.id;
    opening.why = notice_why(turn->arena, &words);
    ladder_open(self, turn, &opening);
    note_in_log(self, turn, customer, fact->version.time_ms, LOG_ERRORS, 1);
}

// --- the first order

static const char NONE_COUNTS[] = "the order was cancelled", BOUGHT_BEFORE[] = "the customer has long bought";

// What scoring says of the orders ended it; it may say otherwise.
static bool is_called_off(const struct matter *visit)
{
    return strcmp(visit->end, NONE_COUNTS) == 0 || strcmp(visit->end, BOUGHT_BEFORE) == 0;
}

// The visit counts from the delivery, which shows whether all went well; where none is known, from the order.
static void ask_visit(struct scheduler *self, struct turn *turn, const struct customer *customer, int64_t ordered_ms,
                      const char *event)
{
    struct matter visit;
    int64_t base_ms = customer->delivered_ms > ordered_ms ? customer->delivered_ms : ordered_ms;
    struct notice_words words = {
        .rule = "after the first order comes a visit", .events = &event, .event_count = event[0] != '\0' ? 1 : 0};
    struct opening opening = {.kind = KIND_FIRST_ORDER_VISIT,
                              .customer_id = customer->id,
                              .rep_id = "",
                              .version = {.time_ms = base_ms},
                              .since_ms = base_ms,
                              .settled = true,
                              .day = DAY_NONE,
                              .ref = "",
                              .why = notice_why(turn->arena, &words)};
    if (ladder_bought_before(customer, ordered_ms))
        return;
    // Orders that counted no more, and count again, open what their end had closed.
    if (matter_find(turn, KIND_FIRST_ORDER_VISIT, customer->id, 0, &visit) && is_called_off(&visit) &&
        !version_newer(&opening.version, &visit.closed))
        opening.version = (struct version){visit.closed.time_ms, visit.closed.tie + 1};
    ladder_open(self, turn, &opening);
}

static void note_order(struct scheduler *self, struct turn *turn, const struct fact *fact, struct customer *own)
{
    (void)self;
    (void)turn;
    bool first = own->delivered_ms == 0 || fact->version.time_ms < own->delivered_ms;
    if (fact->order.step == ORDER_DELIVERED && first)
        own->delivered_ms = fact->version.time_ms;
}

static void hear_delivered(struct scheduler *self, struct turn *turn, const struct fact *fact,
                           const struct customer *customer)
{
    struct matter visit;
    if (customer->orders_ever > 0 && matter_find(turn, KIND_FIRST_ORDER_VISIT, customer->id, 0, &visit) &&
        visit.opened.time_ms != 0)
        ask_visit(self, turn, customer, customer->first_ordered_ms, fact->event);
}

void hear_order(struct scheduler *self, struct turn *turn, const struct fact *fact)
{
    struct customer before, customer;
    const struct order_fact *said = &fact->order;
    uint64_t which = hash_short(said->id, strlen(said->id));
    struct version over = {fact->version.time_ms, UINT64_MAX}; // also over a date of the same moment
    if (!hear_word(self, turn, fact, note_order, &before, &customer))
        return;
    switch (said->step) {
    case ORDER_DELIVERY_SET:
    case ORDER_DELIVERY_LATE:
        ask_telling(self, turn, fact, &customer, which);
        break;
    case ORDER_DELIVERED:
        ladder_close(self, turn, KIND_TELL_DELIVERY, customer.id, which, &over, "the order was delivered");
        if (customer.delivered_ms != before.delivered_ms)
            hear_delivered(self, turn, fact, &customer);
        break;
    case ORDER_CANCELLED:
        ladder_close(self, turn, KIND_TELL_DELIVERY, customer.id, which, &over, "the order was cancelled");
        break;
    case ORDER_WRONG:
        ask_mending(self, turn, fact, &customer);
        break;
    case ORDER_PAID:
    case ORDER_SHIPPED:
        break;
    }
    book_put_customer(turn, &customer);
}

// The worth that tells of the first order; one that we only learn of now, of a customer who has long bought, is none.
static bool is_first(struct turn *turn, const struct customer *customer, const struct value_fact *said)
{
    int64_t age_ms = turn->now_ms - said->last_order_ms;
    int64_t apart = (int64_t)said->first_order_day - said->last_order_ms / DAY_MS;
    return customer->orders_ever == 0 && said->orders_ever > 0 && said->first_order_day != DAY_NONE &&
           said->last_order_ms > 0 && apart >= -1 && apart <= 1 && age_ms <= LADDER_FRESH_DAYS * (int64_t)DAY_MS;
}

static void call_visit_off(struct scheduler *self, struct turn *turn, const struct matter *visit, const char *why)
{
    struct version undone = {visit->opened.time_ms, visit->opened.tie + 1};
    ladder_close(self, turn, KIND_FIRST_ORDER_VISIT, visit->customer_id, 0, &undone, why);
}

// Kept while it is known: the next worth may tell of later orders alone.
static void note_first_amount(struct turn *turn, const struct value_fact *said, struct customer *customer)
{
    enum { TOLD_MOST = 3 }; // orders of which a worth tells
    struct notice_point orders[TOLD_MOST];
    size_t count = 0;
    if (said->orders_ever <= 1)
        customer->first_micros = said->orders_ever == 1 ? said->last_order_micros : 0;
    else if (said->orders_ever <= TOLD_MOST && said->last_orders.length > 0)
        count = notice_orders_recall(turn->arena, said->last_orders, said->last_order_ms, orders, TOLD_MOST);
    if (count > 0 && count == said->orders_ever)
        customer->first_micros = orders[count - 1].figures[orders[count - 1].figure_count - 1].value;
}

void hear_worth(struct scheduler *self, struct turn *turn, const struct fact *fact, struct customer *customer)
{
    const struct value_fact *said = &fact->value;
    struct version ordered = {.time_ms = said->last_order_ms};
    struct matter visit;
    bool first = !fact->historical && is_first(turn, customer, said);
    uint32_t more = said->orders_ever > customer->orders_ever ? said->orders_ever - customer->orders_ever : 0;
    note_first_amount(turn, said, customer);
    if (said->orders_ever == 0 && matter_find(turn, KIND_FIRST_ORDER_VISIT, customer->id, 0, &visit) &&
        matter_is_open(&visit))
        call_visit_off(self, turn, &visit, NONE_COUNTS);
    if (ordered.time_ms > customer->signals_ms[SIGNAL_ORDER])
        ladder_signal(self, turn, customer, SIGNAL_ORDER, &ordered);
    if (!fact->historical && (first || customer->orders_ever > 0))
        note_in_log(self, turn, customer, said->last_order_ms, LOG_ORDERS, more);
    if (!first)
        return;
    customer->first_ordered_ms = said->last_order_ms;
    ask_visit(self, turn, customer, said->last_order_ms, "");
}

void hear_visit_anew(struct scheduler *self, struct turn *turn, const struct customer *customer)
{
    struct matter visit;
    bool fresh = turn->now_ms - customer->first_ordered_ms <= LADDER_FRESH_DAYS * (int64_t)DAY_MS;
    if (customer->orders_ever == 0 || customer->merged_into[0] != '\0' || customer->erased.time_ms != 0)
        return;
    bool found = matter_find(turn, KIND_FIRST_ORDER_VISIT, customer->id, 0, &visit);
    if (found && matter_is_open(&visit)) {
        if (ladder_bought_before(customer, ladder_visit_order(turn, customer, &visit)))
            call_visit_off(self, turn, &visit, BOUGHT_BEFORE);
    } else if (customer->first_ordered_ms != 0 && fresh && (!found || is_called_off(&visit))) {
        ask_visit(self, turn, customer, customer->first_ordered_ms, "");
    }
}
