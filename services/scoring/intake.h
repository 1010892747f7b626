// Events into the archive, the ledger and the stories; and all of that built anew from the archive.
#ifndef TEND_SCORING_INTAKE_H
#define TEND_SCORING_INTAKE_H

#include "services/scoring/core.h"

// Takes one order event (placed, amended, cancelled, refunded).
void intake_order(struct scoring *scoring, struct turn *turn, const struct wire_event *event);

// Takes a note: an event that is no order. One that is older than others waits for intake_fold.
void intake_note(struct scoring *scoring, struct turn *turn, const struct wire_event *event);

// Takes the word that two customers are one from now on, or two again.
void intake_kin(struct scoring *scoring, struct turn *turn, const struct wire_event *event);

// Folds anew the stories of those touched customers that were told something late; before anybody is judged.
void intake_fold(struct scoring *scoring, struct turn *turn);

// Takes up the goods of some more orders after a start. False when those of all orders are.
bool intake_stock(struct scoring *scoring, struct turn *turn);

// Goes on to the next local day; what was dated ahead for it begins to count.
void intake_next_day(struct scoring *scoring, struct turn *turn);

// The key by which the ledger knows a customer.
static inline void intake_key(const char *customer_id, size_t length, uint8_t ret_key[LEDGER_KEY_BYTES])
{
    _Static_assert((int)LEDGER_KEY_BYTES == (int)HASH_BYTES, "the keyed hash is the key");
    hash_table_key(customer_id, length, ret_key);
}

// Deletes all that is kept of a customer, and what is said of that one among others. The slot stays, without an id;
// intake_rebuild is to follow. Returns the number of rows.
uint64_t intake_erase(struct scoring *scoring, struct turn *turn, const char *customer_id);

// Puts rules in force that came as a packed Settings record. False when they cannot be read: the old ones stay.
bool intake_rules(struct scoring *scoring, struct turn *turn, const uint8_t *bytes, size_t length);

// Takes the common rules out of force, as if none had ever come.
void intake_forget_rules(struct scoring *scoring);

// Gives the memory of all stories back.
void intake_forget_stories(struct scoring *scoring);

// Builds everything in memory anew from the archive, as of an instant.
void intake_rebuild(struct scoring *scoring, struct turn *turn, int64_t as_of_ms);

#endif
