// What is said after events, and after time: each touched customer's value once, each announced change with its reason.
#ifndef TEND_SCORING_ANNOUNCE_H
#define TEND_SCORING_ANNOUNCE_H

#include "services/scoring/core.h"

// Settles the ledger and says what follows from this turn's events.
void announce_events(struct scoring *scoring, struct turn *turn);

// The same for what follows from the clock alone.
void announce_clock(struct scoring *scoring, struct turn *turn);

// The same for what follows from limits that another process told (meet.h).
void announce_limits(struct scoring *scoring, struct turn *turn, bool historical);

// Judges a customer anew without an event of its own, and says what changed; after ledger_settle. `value`: says its
// value in any case.
void announce_anew(struct scoring *scoring, struct turn *turn, uint32_t slot, bool historical, bool value);

// Before an event is taken up: judges its customer by changed rules that have not been applied to it yet, so that what
// they move is said as history and only what the event moves is news.
void announce_first(struct scoring *scoring, struct turn *turn, uint32_t slot);

// Writes what is announced, and how far we have come.
void announce_keep(struct scoring *scoring, struct turn *turn);

// What a dimension of which `said` was announced last (0: nothing yet) counts as having been.
uint8_t announce_before(uint8_t said, enum dimension dimension);

// Whether a value is announced as a change: a first value is none, unless it is news of its own; yes and no begin with
// no.
bool announce_tells(uint8_t said, uint8_t value, enum dimension dimension);

#endif
