// Whether service goals were met (row 75): counts in the rep's log what was not dealt with in time.
#ifndef TEND_SERVICES_SCHEDULER_GOAL_H
#define TEND_SERVICES_SCHEDULER_GOAL_H

#include "services/scheduler/matter.h"
#include "services/scheduler/office.h"

// The step that `matter` stands at is being told: when it is the first one after the due moment, the goal was missed.
void goal_missed(struct scheduler *self, struct turn *turn, const struct matter *matter);

// The matter, which was open, has been closed: in time after all, when somebody acted before it was due and we heard of
// it later.
void goal_met(struct scheduler *self, struct turn *turn, const struct matter *matter);

#endif
