// What is said after events, and after time: each touched customer's value once, each announced change with its reason.
#ifndef TEND_SCORING_ANNOUNCE_H
#define TEND_SCORING_ANNOUNCE_H

#include "services/scoring/core.h"

// Settles the ledger and says what follows from this turn's events.
void announce_events(struct scoring *scoring, struct turn *turn);

// The same for what follows from the clock alone.
void announce_clock(struct scoring *scoring, struct turn *turn);

// Has all customers looked at anew, piece by piece, because the rules changed.
void announce_later(struct scoring *scoring, struct turn *turn);

// Goes through a piece of the customers because the rules changed: each gets its value said anew, changes are
// historical.
void announce_sweep(struct scoring *scoring, struct turn *turn);

// "source/id" of the version that counts of the customer's newest purchase; NULL: there is none. Lives until the turn
// ends.
const char *announce_last_event(const struct scoring *scoring, struct turn *turn, uint32_t slot);

#endif
