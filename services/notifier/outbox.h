// The outbox: what the scheduler says becomes messages, one per rep and moment, and each message gets its way out.
//
// State effects happen exactly once: the same reminder twice is one, a cancelled one never leaves. Told once more with
// other facts it is still one, whose message says the newer ones, also after it was sent where the chat can change it;
// nothing is sent a second time for that. A chat hears a message at least once, and again only out of UNKNOWN, with the
// same visible id. Reminders in = sent + unknown + dead + cancelled + pending, at every commit.
#ifndef TEND_SERVICES_NOTIFIER_OUTBOX_H
#define TEND_SERVICES_NOTIFIER_OUTBOX_H

#include "services/notifier/mailroom.h"

enum { OUTBOX_TICK_MOST = 1024 }; // timers in one turn, which costs a commit whether they are few or many

// One record from the scheduler's journal.
void outbox_take(struct mailroom *room, struct turn *turn, const struct record *record);

// Does what is due; when it wants to be called next, as in struct service.
int64_t outbox_tick(struct mailroom *room, struct turn *turn, int64_t now_ms);

// At the end of the turn: landings that no tick saw, and the counts.
void outbox_settle(struct mailroom *room, struct turn *turn);

// Forgets what was not committed.
void outbox_load(struct mailroom *room, struct turn *turn);

// Sends a dead or unknown message again. NULL when it will leave, else why not.
const char *outbox_retry(struct mailroom *room, struct turn *turn, struct delivery *delivery);

// Holds everything from now on, until outbox_release. What is on its way lands as usual.
void outbox_hold(struct mailroom *room, struct turn *turn, const char *reason);

// Holds everything because the store may be an older one than what was sent: people are told.
void outbox_doubt(struct mailroom *room, struct turn *turn, const char *reason);

// Ends the holding.
void outbox_release(struct mailroom *room, struct turn *turn);

// Tries a channel again now, whatever shut it.
void outbox_probe(struct mailroom *room, struct turn *turn, const char *channel);

#endif
