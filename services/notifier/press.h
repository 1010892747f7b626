// A press: a rep answers a reminder, from a page or from the chat itself. The answer is stored and said to the journal
// in the turn's transaction, so that from its commit on nothing more about the reminder leaves.
#ifndef TEND_SERVICES_NOTIFIER_PRESS_H
#define TEND_SERVICES_NOTIFIER_PRESS_H

#include "services/notifier/mailroom.h"
#include "services/notifier/ticket.h"

enum { PRESS_MORNING = 9 * 60 };                 // the minute at which what was put off for days comes back
#define PRESS_SOON_MS (INT64_C(2) * 3600 * 1000) // for how long what is urgent rests

enum press_fate {
    PRESS_TAKEN,
    PRESS_SAME,      // it was answered so before; nothing changes
    PRESS_OTHERWISE, // it was answered otherwise, and that stands
    PRESS_WITHDRAWN, // nobody wants it any more
    PRESS_NOTHING,   // the message has no such reminder; or the chat told us something else
    PRESS_FATES
};

struct press_answer {
    enum ticket_action action; // not TICKET_OPEN
    int32_t until;             // SNOOZED and RESCHEDULED: until the morning of that day; 0: see below
    int64_t after_ms;          // the same: for so long; 0, and no day: until the morning of the rep's next working day
    enum answer_way way;
    const char *note;  // what the rep wrote, may be empty; the same answer with another note is another answer
    const char *by;    // the id of the rep who answers; empty: somebody whom we do not know
    const char *guest; // what the chat calls that one; NULL or empty for a rep
};

// Answers one of the delivery's reminders (from 1), or all of them (0) that are still open. "Done" and "not interested"
// are final; after the others there may come another answer. *ret_item is the reminder as it stands now, of several the
// last one. A message that was sent is changed where the chat can do that.
enum press_fate press_take(struct mailroom *room, struct turn *turn, const struct delivery *delivery, unsigned item,
                           const struct press_answer *answer, struct box_item *ret_item);

// Something in the delivery has been answered, on the message itself or elsewhere: what waits is told without it, or
// not at all, and a message that was sent is changed where the chat can do that.
void press_settle(struct mailroom *room, struct turn *turn, const struct delivery *delivery, bool pressed);

// The rep's day as of now, and the first one from `day` on that the rep works; in days since 1970.
int32_t press_today(struct mailroom *room, struct turn *turn, const char *rep);
int32_t press_workday(struct mailroom *room, struct turn *turn, const char *rep, int32_t day);

#endif
