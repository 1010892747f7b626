// The proof that nothing is forgotten: whatever is open has a next moment. A matter that is open has the timer of its
// next step, or its ladder is at its end, or nobody owns it; a reminder that waits has the timer of its telling; and
// each rep's list, evening and digest has its own.
#ifndef TEND_SERVICES_SCHEDULER_PROOF_H
#define TEND_SERVICES_SCHEDULER_PROOF_H

#include "services/scheduler/office.h"

enum { PROOF_NAMED = 20 };

struct proof {
    uint64_t open;                // matters
    uint64_t waiting;             // of them, with a step to come
    uint64_t at_end;              // everybody of the ladder was told, or there is nobody more to tell
    uint64_t ownerless;           // there is nobody to tell
    uint64_t pending;             // reminders that wait for their moment
    uint64_t stuck;               // matters and reminders and reps without a timer that should have one; none should be
    const char *ids[PROOF_NAMED]; // of the first of them
};

// Looks at everything; the texts live until the turn ends.
void proof_run(struct scheduler *self, struct turn *turn, struct proof *ret_proof);

#endif
