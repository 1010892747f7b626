// Duties: who does what a rep owes while the rep is away, and by whose hours it runs.
//
// A rep is away at a moment when the day on which it would be heard of is one of an absence. Then the deputy acts; what
// cannot wait and has no deputy who is there goes to the first one above who is. Time that is owed runs by the hours of
// whoever acts, as if that one were never absent: what nobody does is told those above, and it never waits for weeks.
#ifndef TEND_SERVICES_SCHEDULER_DUTY_H
#define TEND_SERVICES_SCHEDULER_DUTY_H

#include "services/scheduler/office.h"

// True when the kind is something that another one can do in the rep's place: a word with the customer, and no report
// of the rep's own.
bool duty_passes(enum kind_id kind);

// Makes `rep` whoever acts for it at `at_ms` in what is of that kind; leaves who is there, or for whom nobody acts.
void duty_stand_in(struct scheduler *self, struct turn *turn, enum kind_id kind, int64_t at_ms, struct rep *rep);

// The moment a span after `from_ms` (before it, below zero) by the hours of the rep, or of who acts while the rep is
// away on a working day in between: the deputy, else the first one above who is there. `ret_desk` is the desk whose
// hours these are. With nobody to act the rep's absence does not count.
int64_t duty_after(struct scheduler *self, struct turn *turn, const struct rep *rep, struct span span, int64_t from_ms,
                   struct desk *ret_desk);

// The same in a matter of `keeper`: what only the keeper can do waits for the keeper, and what asks for an approval
// runs by the hours of who is asked.
int64_t duty_moment(struct scheduler *self, struct turn *turn, const struct matter *matter,
                    const struct customer *customer, const struct rep *keeper, struct span span, int64_t from_ms,
                    struct desk *ret_desk);

// When a matter with that span is to be done with, counted from its cause. Working days end within the hours, not at
// the minute of the night at which they began.
int64_t duty_due(struct scheduler *self, struct turn *turn, const struct matter *matter,
                 const struct customer *customer, const struct rep *keeper, struct span span);

#endif
