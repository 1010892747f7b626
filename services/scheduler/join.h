// Joining: what a customer brings along when it goes on as part of another one, and what of it leaves again when it
// stands alone. Everything of which the newest word counts stays with the other one: it is known of the same people.
#ifndef TEND_SERVICES_SCHEDULER_JOIN_H
#define TEND_SERVICES_SCHEDULER_JOIN_H

#include "services/scheduler/book.h"

// `from` goes on as part of `to`.
void join_customer(struct turn *turn, const struct customer *from, struct customer *to);

// `from` stands alone again, or goes on as part of somebody else: what was summed up goes with it.
void join_leave(struct turn *turn, const struct customer *from, struct customer *to);

#endif
