// Answers to questions, as messages. With wire.h and wire_note.h the only files that know protobuf.
#ifndef TEND_SCORING_ANSWER_H
#define TEND_SCORING_ANSWER_H

#include "services/scoring/core.h"

struct Tend__V1__CustomerCard;
struct Tend__V1__Money;
struct Tend__V1__Dimension;

// One customer, with what only the archive knows.
void answer_customer(struct scoring *scoring, struct turn *turn, uint32_t slot, struct reply *ret_reply);

// Several, in the order of the slots. `next_offset` 0: there are no more.
void answer_customers(struct scoring *scoring, struct turn *turn, const uint32_t *slots, size_t count,
                      uint32_t next_offset, struct reply *ret_reply);

// Why a dimension is what it is, and how it came there; with a day, what held at its end as far as is kept.
#define ANSWER_NOW INT32_MIN
void answer_why(struct scoring *scoring, struct turn *turn, uint32_t slot, enum dimension dimension, int32_t at_day,
                struct reply *ret_reply);

// The whole book: classes, scores, silence, models, movement, and what counts otherwise than its sender may think.
void answer_summary(struct scoring *scoring, struct turn *turn, struct reply *ret_reply);

// The dimensions that there are, and the words of their values.
void answer_dimensions(const struct scoring *scoring, struct turn *turn, struct reply *ret_reply);

// A customer as it is told in a list, in the arena.
struct Tend__V1__CustomerCard *answer_make_card(struct scoring *scoring, struct turn *turn, uint32_t slot);

// An amount in the arena, held within an int64; and in what the measure is counted.
struct Tend__V1__Money *answer_make_money(struct turn *turn, int128 micros, const char *currency);
const char *answer_measure_currency(const struct scoring *scoring);

// A day as text in the arena.
char *answer_make_day(struct turn *turn, int32_t day);

// The owner of a customer, by the newest file that names one; "" when none does. It lives until the turn ends.
const char *answer_owner(struct scoring *scoring, struct turn *turn, uint32_t slot);

#endif
