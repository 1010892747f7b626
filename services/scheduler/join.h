// Joining: what was said of several customers who are one, in one row.
#ifndef TEND_SERVICES_SCHEDULER_JOIN_H
#define TEND_SERVICES_SCHEDULER_JOIN_H

#include "services/scheduler/book.h"
#include "services/scheduler/waiting.h"

// Adds what was said of `from` to the row of the main customer: of what has one value the newest word counts, sets are
// united, sums are added. In whatever order several are added, the row is the same. Not the owner: join_owner.
void join_customer(struct turn *turn, const struct customer *from, struct customer *to);

// Where nobody ever named an owner of the main customer itself, the newest word that named one of the others counts.
void join_owner(const struct customer *from, struct customer *to);

// The messages that wait, as the row keeps them.
void join_put_waiting(struct turn *turn, const struct waiting *waiting, struct customer *customer);

#endif
