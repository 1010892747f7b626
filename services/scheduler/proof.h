// The proof that nothing is forgotten: whatever is open has a next moment. A matter that is open has the timer of its
// next step, or at the top of its ladder that of being told again or ending unanswered; or nobody owns it. A reminder
// that waits has the timer of its telling; and each rep's list, evening and digest has its own.
#ifndef TEND_SERVICES_SCHEDULER_PROOF_H
#define TEND_SERVICES_SCHEDULER_PROOF_H

#include "services/scheduler/office.h"

enum {
    PROOF_NAMED = 20,
    PROOF_PIECE = 2048, // rows of one turn of the hourly look: some milliseconds
    PROOF_EVERY_MS = 3600 * 1000,
};

struct proof {
    uint64_t open;                // matters
    uint64_t waiting;             // of them, with a step to come
    uint64_t at_end;              // at the top of the ladder, with the moment of being told again or of ending
    uint64_t ownerless;           // there is nobody to tell
    uint64_t pending;             // reminders that wait for their moment
    uint64_t stuck;               // matters and reminders and reps without a timer that should have one; none should be
    const char *ids[PROOF_NAMED]; // of the first of them
};

// Looks at everything; the texts live until the turn ends.
void proof_run(struct scheduler *self, struct turn *turn, struct proof *ret_proof);

// Once an hour everything is looked through in pieces, one of them a call. What has no next moment is given one: now;
// at the top of a ladder, as if the top had been told now; where nobody was told yet, by the hours of whoever looks
// after the customer by now. When the look is over the metric says how many there
// were and the log warns of them. Returns when it goes on.
int64_t proof_tick(struct scheduler *self, struct turn *turn, int64_t now_ms);

#endif
