// A rep's daily round: at the time of the call list the day's sheet becomes a list, dates that come back are told, and
// what nobody closed is laid aside.
#ifndef TEND_SERVICES_SCHEDULER_ROUNDS_H
#define TEND_SERVICES_SCHEDULER_ROUNDS_H

#include "services/scheduler/office.h"

// Sets the rep's next round anew after something that moves it (zone, working days, absences, holidays), and puts the
// rep. A round whose time has come already is left alone.
void rounds_arm(struct scheduler *self, struct turn *turn, struct rep *rep);

// The same for all reps.
void rounds_arm_all(struct scheduler *self, struct turn *turn);

// The round's time has come. `due_ms` is when it should have been: lists of working days that are over are folded into
// today's, which is sent late as long as it makes sense.
void rounds_run(struct scheduler *self, struct turn *turn, const char *rep_id, int64_t due_ms, int64_t now_ms);

#endif
