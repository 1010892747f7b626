// What nobody said but an order shows: that there is a rep of that id, and a customer with a name, a region, an address
// and a rep. Dated into the first weeks of 1990, so that whatever else is known about them counts more, and among
// themselves in the order of the orders.
#ifndef TEND_TEND_DERIVED_H
#define TEND_TEND_DERIVED_H

#include "common/arena.h"
#include "services/tend/basket.h"
#include "tend/v1/event.pb-c.h"

// The rep of an order of that time, with nothing but the id. In the arena; the id is the caller's.
Tend__V1__Event *derived_rep(struct arena *arena, const char *source, char *rep, int64_t order_ms);

// The customer of an order; NULL when it says nothing but the id. In the arena, with texts of the order. `now_ms` as in
// import.h.
Tend__V1__Event *derived_customer(struct arena *arena, const char *source, const struct order *order, int64_t now_ms);

#endif
