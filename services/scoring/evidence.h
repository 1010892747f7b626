// Evidence: the event that a customer's value in a dimension rests on, and who decided where a person did. Found among
// the notes and orders that are kept.
#ifndef TEND_SCORING_EVIDENCE_H
#define TEND_SCORING_EVIDENCE_H

#include "services/scoring/core.h"

// A person's decision, from its note; texts are "" when it is gone, and live until the turn ends.
struct evidence_decision {
    const struct override *entry; // NULL: nobody decided
    const char *by, *why;
    const char *event; // "source/id"
};

// Who decided in the dimension, if that counts today.
struct evidence_decision evidence_decision(const struct scoring *scoring, struct turn *turn, uint32_t slot,
                                           enum dimension dimension);

// Puts the decision into the reason, before the rule by which the figures say otherwise; nothing when nobody decided.
void evidence_tell(const struct scoring *scoring, struct turn *turn, uint32_t slot, enum dimension dimension,
                   struct reason *reason);

// "source/id" of the event that the value rests on: the decision, the newest note of the kinds that the dimension is
// judged by, else the version that counts of the newest purchase; NULL: there is none. Lives until the turn ends.
const char *evidence_event(const struct scoring *scoring, struct turn *turn, uint32_t slot, enum dimension dimension);

#endif
