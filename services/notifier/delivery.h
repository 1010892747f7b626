// A delivery's way through its states. Every change keeps the timers, the queue, the counts and the journal in step, in
// the turn's one transaction.
//
//   HELD(group) -> READY -> SENDING -> SENT
//   SENDING -> HELD(backoff, rate, circuit) | DEAD | UNKNOWN        UNKNOWN -> READY, with the same id
//   HELD, READY, DEAD -> DROPPED when nothing in it is wanted       DEAD, UNKNOWN -> READY by hand
#ifndef TEND_SERVICES_NOTIFIER_DELIVERY_H
#define TEND_SERVICES_NOTIFIER_DELIVERY_H

#include "services/notifier/mailroom.h"

enum { DELIVERY_AHEAD_MS = 3600 * 1000 }; // a robot that takes 20 a minute is behind by less than that on a bad morning

// What a hold waits for, in words; "" for HOLD_NONE.
const char *delivery_hold_words(enum delivery_hold hold);

// Its detail for the log and the journal, from which nobody is erased: without the chat's own words, which may repeat a
// customer's.
const char *delivery_plain(const struct delivery *delivery);

// True when nothing more happens by itself.
bool delivery_final(const struct delivery *delivery);

// Moves the delivery to a state and stores it. `due_ms` is when it is to be looked at again, 0 for never; a final one
// is kept for the configured time instead. The texts of the struct are stored as they stand.
void delivery_move(struct mailroom *room, struct turn *turn, struct delivery *delivery, enum delivery_state state,
                   enum delivery_hold hold, int64_t due_ms);

// Its place in the line of its channel: what must be known at once stands DELIVERY_AHEAD_MS before what is for today,
// and that as long before the rest, which so never waits for ever.
int64_t delivery_place(const struct delivery *delivery);

// Stores the delivery as it stands.
void delivery_keep(struct turn *turn, const struct delivery *delivery);

// Counts reminders of a delivery that is pending, dead or unknown anew, less those that were cancelled meanwhile or
// that it is too late for, and stores it when that changed anything. False when none is left: then it was dropped, or
// stays unknown when it may have been told.
bool delivery_recount(struct mailroom *room, struct turn *turn, struct delivery *delivery);

// Something in the delivery was answered or cancelled: counts anew unless it is on its way or was sent, which is
// counted when that is known.
void delivery_settle(struct mailroom *room, struct turn *turn, struct delivery *delivery);

// True when it is not to leave any more, because its route lets it expire or because it waited for too long; then it
// was dropped, or is dead with the reason.
bool delivery_outdated(struct mailroom *room, struct turn *turn, struct delivery *delivery, int64_t now_ms);

// Adds reminders that came in with a new part.
void delivery_grow(struct mailroom *room, struct delivery *delivery, unsigned reminders);

// Sees to it that the channel ("": those without one) is looked at, at `time_ms` or before.
void delivery_wake(struct turn *turn, const char *channel, int64_t time_ms);

// Gives the delivery its channel and puts it in line, or holds it until it has one.
void delivery_release(struct mailroom *room, struct turn *turn, struct delivery *delivery, int64_t now_ms);

// Forgets a final delivery and everything about it.
void delivery_expire(struct mailroom *room, struct turn *turn, const struct delivery *delivery);

#endif
