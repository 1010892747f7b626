// One order: what its events say, whatever order they came in and however often, and what it adds to its customer.
// Pure.
//
// Facts are only ever added to, and adding them commutes: the earliest placing gives the order its day, the newest
// version (time, then id) its amounts, one cancellation ends it for good, refunds are a set. So the facts after any
// arrival of the same events are the same, and so is the effect.
#ifndef TEND_SCORING_ORDER_H
#define TEND_SCORING_ORDER_H

#include "services/scoring/terms.h"

enum {
    ORDER_REFUNDS_MAX = 64, // of one order; of more the earliest count, and the row stays within a few pages
    ORDER_KEY_BYTES = 16,   // identity of an event
    ORDER_LINES_MAX = ORDER_REFUNDS_MAX + 1,
};

// What an order amounts to, in its own currency.
struct order_amount {
    int64_t total_micros;
    int64_t quantity_milli;
    int64_t cost_micros;
    bool cost_known;
    bool discounted;                 // a line at less than its list price
    char currency[MONEY_CODE_BYTES]; // empty: the reporting currency
};

struct order_refund {
    int64_t time_ms;
    uint8_t key[ORDER_KEY_BYTES];
    int64_t micros;
    char currency[MONEY_CODE_BYTES]; // empty: the reporting currency
};

// The facts. The texts are the caller's.
struct order {
    bool placed;  // an order_placed was seen
    bool amended; // an order_amended was seen
    bool cancelled;
    int64_t placed_ms;  // the earliest, when placed
    int64_t amended_ms; // the earliest, when amended
    int64_t newest_ms;  // of the version that counts, when placed or amended
    const char *newest; // its event's identity, "source/id"
    size_t newest_length;
    struct order_amount amount; // of that version
    uint32_t refund_count;
    struct order_refund refunds[ORDER_REFUNDS_MAX]; // by time and key
};

// Facts of an order of which nothing is known.
void order_start(struct order *order);

// Adds what an event says: the order as it was placed or amended. `event` is kept as a pointer. False when it changes
// nothing.
bool order_version(struct order *order, bool amendment, int64_t time_ms, const char *event, size_t event_length,
                   const struct order_amount *amount);

// False when it was cancelled before.
bool order_cancel(struct order *order);

// False when this refund is known, or when there are ORDER_REFUNDS_MAX earlier ones; *ret_full: one had to give way, or
// this was it.
bool order_refund(struct order *order, const struct order_refund *refund, bool *ret_full);

// Adds all that is known of the same order from elsewhere; texts are kept as pointers. True when its version counts
// from now on.
bool order_join(struct order *order, const struct order *other);

// What is added to a customer's window on one day.
struct order_line {
    int32_t day;
    int32_t orders;
    int64_t value; // of the measure: micros of the reporting currency or of a piece
};

// The effect of an order under the terms.
struct order_effect {
    bool purchase;   // it counts as bought: known, not cancelled, of an amount above 0
    int64_t time_ms; // of the purchase
    int32_t day;
    int64_t amount_micros; // of the purchase, reporting currency; 0 without a rate
    int64_t kept_micros;   // the same less all refunds
    int64_t cost_micros;   // of the lines, reporting currency, as far as it is kept; 0 when !cost_known
    bool cost_known;
    bool discounted;       // at least one line at less than its list price
    bool refunded;         // at least half of it
    bool cancelled;        // it would have been a purchase; day and amount say of what size
    bool no_rate;          // some amount counts as 0 because its currency has no rate on the order's day
    bool no_cost;          // the same for margin, because the cost is not known
    int64_t excess_micros; // refunded beyond the order's amount, in its currency; not subtracted
    uint32_t line_count;
    struct order_line lines[ORDER_LINES_MAX]; // the order first, then what refunds take back
};

// Everything is converted at the rate of the order's day, refunds too: an order refunded in full nets to exactly 0, and
// no order to less; but by margin an order that brought a loss keeps its loss, whatever of it is refunded.
void order_effect(const struct order *order, const struct terms *terms, struct order_effect *ret_effect);

#endif
