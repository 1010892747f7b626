// Dispatch: who of those in line leaves now, and what becomes of those that left. Keeps each channel's pace, its pauses
// and its circuit, and one message on its way per rep. The `now_ms` of these is up to when things are due, which at a
// start and behind a slow upstream is long past; pauses and paces count from the turn's.
#ifndef TEND_SERVICES_NOTIFIER_DISPATCH_H
#define TEND_SERVICES_NOTIFIER_DISPATCH_H

#include "services/notifier/mailroom.h"

enum {
    DISPATCH_LOOK = 200,             // deliveries in line that one look at a channel goes through
    DISPATCH_LEAVE = 2000,           // that look for another channel at once when theirs was shut, or have none
    DISPATCH_PROBE_MS = 3600 * 1000, // a shut channel is tried again after that
    DISPATCH_FULL_MS = 250,          // when all of the courier's slots are taken
    DISPATCH_BUSY_MS = 30 * 1000,    // a rep's message that is on its way has landed by then
    DISPATCH_FAILS = 3,              // failures in a row that make the whole channel wait
    DISPATCH_GRANT_MS = 120 * 1000,  // a grant is asked for anew so long before it ends
    DISPATCH_AMENDS = 5,             // tries to change a message; it matters less with every minute
    DISPATCH_AMEND_LOOK = 1000,      // changes looked through for one that waits already; a second one does no harm
    DISPATCH_AMEND_MS = 60 * 1000,   // a change that is on its way has landed by then
    DISPATCH_SETTLE_MS = 2 * 1000,   // a rep who answers one reminder answers the next one at once
};

// Looks at a channel: sends what may leave, in order. "" holds those without a channel: gives them one where there is.
void dispatch_channel(struct mailroom *room, struct turn *turn, const char *name, int64_t now_ms);

// Stores what became of an attempt.
void dispatch_land(struct mailroom *room, struct turn *turn, const char *id, const struct verdict *verdict,
                   int64_t now_ms);

// Looks at what is to be changed in the channel's chat, after the messages; *ret_wake_ms is moved forward to when the
// line must be looked at again, 0 for never.
void dispatch_amends(struct mailroom *room, struct turn *turn, const struct channel *channel, struct channel_row *row,
                     int64_t now_ms, int64_t *ret_wake_ms);

// The message in the chat is to say what it would say by now. False, and nothing is done, where it was not sent or the
// chat cannot change messages.
bool dispatch_amend(struct mailroom *room, struct turn *turn, const struct delivery *delivery, int64_t now_ms);

// Stores what became of such a change.
void dispatch_land_amend(struct mailroom *room, struct turn *turn, const char *name, const char *id,
                         const struct verdict *verdict, int64_t now_ms);

// Takes what a chat granted, or not.
void dispatch_land_grant(struct mailroom *room, struct turn *turn, const char *name, const struct grant *grant,
                         const struct verdict *verdict, int64_t now_ms);

// After a start: what the store calls SENDING and the courier does not have may have been delivered. Shut channels get
// another chance.
void dispatch_recover(struct mailroom *room, struct turn *turn, int64_t now_ms);

#endif
