// The life of a customer with us: what all its orders came to, ever. Pure.
//
// Sums only, so the order in which orders become known, change and go does not matter.
#ifndef TEND_SCORING_LIFE_H
#define TEND_SCORING_LIFE_H

#include "services/scoring/order.h"

struct life {
    int128 kept_micros;   // totals less refunds
    int128 costed_micros; // of these the orders whose cost is known
    int128 cost_micros;   // and what they cost
    uint32_t purchases;
    uint32_t discounted; // of them with a line below its list price
    uint32_t refunded;   // of them refunded by half or more
    uint32_t cancelled;  // orders that were placed and cancelled; no purchases
};

// Adds an order by its effect (sign 1) or takes it away again (sign -1).
void life_change(struct life *life, const struct order_effect *effect, int sign);

#endif
