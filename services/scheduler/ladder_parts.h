// What the files of the ladder share.
#ifndef TEND_SERVICES_SCHEDULER_LADDER_PARTS_H
#define TEND_SERVICES_SCHEDULER_LADDER_PARTS_H

#include "services/scheduler/ladder.h"

// Takes back what was told of it and what waits to be told. The caller puts the matter.
void ladder_stop(struct scheduler *self, struct turn *turn, struct matter *matter, const char *reason);

// Begins it anew for whoever takes care of the customer now, counted from `since_ms` where that is later. The caller
// puts the matter.
void ladder_restart(struct scheduler *self, struct turn *turn, struct matter *matter, const struct customer *customer,
                    int64_t since_ms);

// Until when the next step waits because the one before was told so late that whoever was to act had no time to: as
// long after it as was meant. 0: it does not.
int64_t ladder_hold(const struct scheduler *self, struct turn *turn, const struct matter *matter);

#endif
