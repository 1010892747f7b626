// Telling: a customer's value for the scheduler (brief.h), told after events about its orders, and whenever it differs
// from what was told last, which is remembered as a hash, on disk too: a start tells nothing again.
#ifndef TEND_SCORING_TELLING_H
#define TEND_SCORING_TELLING_H

#include "services/scoring/judge.h"

struct telling {
    bool due; // it is to be told
    uint64_t hash;
    struct brief brief;
    size_t order_count;
    struct wire_order orders[BRIEF_ORDERS];
};

// What is to be told of a customer that was just judged; `always`: whether it differs or not. Texts live until the next
// one of the customer.
void telling_find(struct scoring *scoring, struct turn *turn, uint32_t slot, const struct judgement *judgement,
                  bool always, struct telling *ret_telling);

// Tells it.
void telling_say(const struct scoring *scoring, struct turn *turn, const char *customer_id,
                 const struct telling *telling, bool historical);

#endif
