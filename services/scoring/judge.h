// Judging a customer: its view put together from what is in memory, what the figures say of it, and what people decided
// instead.
#ifndef TEND_SCORING_JUDGE_H
#define TEND_SCORING_JUDGE_H

#include "services/scoring/core.h"

struct judgement {
    struct view view;
    struct assessment assessment;
    uint8_t machine[DIMENSION_ROOM];  // what the figures say
    uint8_t now[DIMENSION_ROOM];      // what holds: a person's decision, else the machine's
    uint8_t announce[DIMENSION_ROOM]; // what is to be announced
};

// Judges a customer as of the ledger's instant; after ledger_settle. It points into memory: valid until something
// changes.
void judge(struct scoring *scoring, uint32_t slot, struct judgement *ret_judgement);

// Says that a customer will be judged soon, and, some time later, very soon, so that the processor can fetch what that
// takes while others are judged. Changes nothing; the slot may be beyond the last.
void judge_expect(const struct scoring *scoring, uint32_t slot);
void judge_approach(const struct scoring *scoring, uint32_t slot);

// What the next 12 months are expected to bring.
int64_t judge_future(struct scoring *scoring, uint32_t slot);

// The reason for what the figures say in a dimension.
void judge_explain(const struct scoring *scoring, uint32_t slot, const struct judgement *judgement,
                   enum dimension dimension, struct reason *ret_reason);

// Brings those of a customer's values that the ledger knows up to date, decisions apart.
void judge_ledger(const struct scoring *scoring, uint32_t slot, uint8_t now[DIMENSION_ROOM]);

// What holds of a customer, without judging it: what the ledger knows is as of now, the rest as of the last judgement.
void judge_known(const struct scoring *scoring, uint32_t slot, uint8_t now[DIMENSION_ROOM]);

// Whether one of the values calls for a look at the customer.
bool judge_at_risk(const uint8_t *now);

// A person's decision in a dimension that counts today; NULL: there is none.
const struct override *judge_override(const struct scoring *scoring, uint32_t slot, enum dimension dimension);

// What the customer's orders in the window brought above their cost, less the cost to serve it; micros.
int64_t judge_contribution(const struct scoring *scoring, uint32_t slot);

// The mean of what each repeat purchase day brought, in units of the currency; 0 without any.
double judge_repeat_mean(const struct scoring *scoring, uint32_t slot);

#endif
