// The trail: when each customer bought, in order, so that the days around a late or a cancelled order are found. Pure,
// and a cache of the orders.
#ifndef TEND_SCORING_TRAIL_H
#define TEND_SCORING_TRAIL_H

#include <stddef.h>
#include <stdint.h>

// The cost of a purchase's lines is not known.
#define TRAIL_NO_COST INT64_MIN

// A purchase: its instant (milliseconds since 1970), what it brought (the order's total less all that was refunded of
// it), its total, what the kept part of it cost us, all in micros of the reporting currency; its local day (days since
// 1970), the number of its order, and whether a line went below its list price.
struct purchase {
    int64_t time_ms;
    int64_t kept_micros;
    int64_t total_micros;
    int64_t cost_micros; // TRAIL_NO_COST
    int32_t day;
    uint32_t order : 31;
    uint32_t discounted : 1;
};
_Static_assert(sizeof(struct purchase) == 40, "there are many of them");

struct trail;

// An empty trail.
struct trail *trail_open(void);
void trail_close(struct trail **trail);

// Forgets all purchases.
void trail_clear(struct trail *trail);

// Adds a purchase of a customer, or takes one away that was added before. A purchase newer than the others costs a
// step, a late one a move of those after it.
void trail_add(struct trail *trail, uint32_t slot, struct purchase purchase);
void trail_remove(struct trail *trail, uint32_t slot, struct purchase purchase);

// Corrects what a purchase that is in the trail brought.
void trail_correct(struct trail *trail, uint32_t slot, struct purchase purchase);

// The customer's purchases by time, then number; they live until the next change. Their days never go back.
const struct purchase *trail_of(const struct trail *trail, uint32_t slot, size_t *ret_count);

// How many of them are earlier than `time_ms`.
size_t trail_before(const struct trail *trail, uint32_t slot, int64_t time_ms);

// Says that the customer's purchases will be needed soon, and, some time later, very soon, so that the processor can
// fetch them. Changes nothing.
void trail_expect(const struct trail *trail, uint32_t slot);
void trail_approach(const struct trail *trail, uint32_t slot);

#endif
