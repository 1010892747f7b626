// The evening before: at the end of a working day a rep gets a look at the next day's list, and what today's calls
// still lack: calls of today's list without a record, and customers who were spoken to without agreeing on a next date
// where one is wanted (row 42).
#ifndef TEND_SERVICES_SCHEDULER_EVENING_H
#define TEND_SERVICES_SCHEDULER_EVENING_H

#include "services/scheduler/office.h"

// When the evening of that local day is told, whether or not the day is worked; milliseconds since 1970 UTC.
int64_t evening_moment(const struct scheduler *self, const struct desk *desk, int32_t day);

// Sets the rep's next evening anew: on the first own working day of which it is still to come. The caller puts the rep.
// One whose time has come already is left alone.
void evening_arm(struct scheduler *self, struct turn *turn, const struct desk *desk, struct rep *rep);

// The evening's time has come. One that could not be told on its own day is not told at all: the morning's list is
// near.
void evening_run(struct scheduler *self, struct turn *turn, const char *rep_id, int64_t due_ms, int64_t now_ms);

#endif
