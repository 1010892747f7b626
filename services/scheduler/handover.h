// Handing over: a customer has another owner, who is told whom it got and what is still open with them. Many at once
// are one reminder for each pair of reps and day.
#ifndef TEND_SERVICES_SCHEDULER_HANDOVER_H
#define TEND_SERVICES_SCHEDULER_HANDOVER_H

#include "services/scheduler/notice.h"
#include "services/scheduler/office.h"

// The customer, whose row was put, has gone from the rep of that id to its present owner.
void handover_tell(struct scheduler *self, struct turn *turn, const struct fact *fact, const struct customer *customer,
                   const char *from);

// Adds the customers that went over on that day and are still theirs, with what is open.
void handover_describe(struct scheduler *self, struct turn *turn, const struct matter *matter, struct notice *notice);

#endif
