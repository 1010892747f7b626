// An envelope: a delivery made ready for its channel. Reads the records it is made of, leaves out what was cancelled,
// and writes the letter.
#ifndef TEND_SERVICES_NOTIFIER_ENVELOPE_H
#define TEND_SERVICES_NOTIFIER_ENVELOPE_H

#include "services/notifier/mailroom.h"

enum { ENVELOPE_PARTS = 200 }; // records in one delivery; more begin another one

// The ids of the delivery's reminders, unless `wanted` those too that were cancelled or that it is too late for. What
// is told as one (a preview, a digest) counts as one reminder, under its own id.
size_t envelope_reminders(struct turn *turn, const struct delivery *delivery, bool wanted, const char *const **ret_ids);

// Which of the delivery's records is the reminder, or what is told as one, of that id; false: none is.
bool envelope_find(struct turn *turn, const struct delivery *delivery, const char *id, bool list, unsigned *ret_part);

// Whom a reminder of the delivery is about, the customer's id; "" when it is nobody or several.
const char *envelope_customer(struct turn *turn, const struct delivery *delivery, const char *reminder_id);

// Cancels what it is too late to tell, as of now; returns how many reminders.
unsigned envelope_expire(struct turn *turn, const struct delivery *delivery);

// True when there is something in the letter to answer: a digest or a preview is only read.
bool envelope_asks(const struct letter *letter);

// True when the delivery may have left before, its chat drops what says the same within a while that is not over, and
// nothing in it was withdrawn or told anew since: then the recipient is told with the same words again.
bool envelope_same(const struct channel *channel, const struct delivery *delivery, const struct recipient *recipient,
                   int64_t now_ms);

// The message for the channel as of now; texts in the arena.
void envelope_write(struct mailroom *room, struct turn *turn, const struct delivery *delivery,
                    const struct recipient *recipient, const struct channel *channel, struct parcel *ret_parcel);

// All that the delivery was made of, as the page shows it: each reminder and each call, with what became of it.
void envelope_letter(struct mailroom *room, struct turn *turn, const struct delivery *delivery,
                     const struct recipient *recipient, struct letter *ret_letter);

#endif
