// Answers to questions, as messages. With wire.h the only file that knows protobuf.
#ifndef TEND_SCORING_ANSWER_H
#define TEND_SCORING_ANSWER_H

#include "services/scoring/core.h"

// One customer, with what only the archive knows.
void answer_customer(struct scoring *scoring, struct turn *turn, uint32_t slot, struct reply *ret_reply);

// Several, in the order of the slots. `next_offset` 0: there are no more.
void answer_customers(struct scoring *scoring, struct turn *turn, const uint32_t *slots, size_t count,
                      uint32_t next_offset, struct reply *ret_reply);

// Why a dimension is what it is, and how it came there.
void answer_why(struct scoring *scoring, struct turn *turn, uint32_t slot, enum ledger_dimension dimension,
                struct reply *ret_reply);

// The whole book: classes, scores, silence, and what counts otherwise than its sender may think.
void answer_summary(struct scoring *scoring, struct turn *turn, struct reply *ret_reply);

#endif
