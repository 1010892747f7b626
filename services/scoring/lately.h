// Lately: the last orders of each customer as a rep speaks of them: the id, and the goods in a few words. They are told
// with each value of a customer, so they are kept in memory; what is not there yet is read from the archive.
#ifndef TEND_SCORING_LATELY_H
#define TEND_SCORING_LATELY_H

#include "services/scoring/archive.h"
#include "services/scoring/brief.h"
#include "services/scoring/wire.h"

// One customer's, one more than a brief has; struct lately * in a column, NULL: nothing is kept.
struct lately;

// Forgets everything.
void lately_clear(struct column *all);

// The customer's orders that brief_orders gave, in words. The texts live until the next call for the customer.
void lately_read(struct column *all, struct turn *turn, uint32_t slot, const struct purchase *const *purchases,
                 size_t count, struct wire_order *ret_orders);

// Whether anything is kept of the customer.
bool lately_kept(const struct column *all, uint32_t slot);

// An order that came, or has other goods now: its number, its id, its basket's row.
void lately_put(struct column *all, uint32_t slot, uint32_t order, const char *id, const struct slice *goods);

// Says that the customer's orders will be needed soon, and, some time later, very soon, so that the processor can fetch
// them. Changes nothing.
void lately_expect(const struct column *all, uint32_t slot);
void lately_approach(const struct column *all, uint32_t slot);

#endif
