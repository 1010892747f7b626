// What the files of the ladder share.
#ifndef TEND_SERVICES_SCHEDULER_LADDER_PARTS_H
#define TEND_SERVICES_SCHEDULER_LADDER_PARTS_H

#include "services/scheduler/ladder.h"

// Those that were told are taken back, those that were not are not told; `reason` is what people read.
void ladder_withdraw(struct scheduler *self, struct turn *turn, const struct matter *matter, const char *reason);

// Gives its reminders that were not told yet the newer explanation; false when there are none. Nothing is changed when
// it is empty.
bool ladder_fold(struct turn *turn, const struct matter *matter, struct slice why);

// The matter, which is put, says something else than it did: its reminders that wait say the newer explanation, and
// those that were told and not answered are told anew under their ids where that changes what they say, or where it is
// due at another moment (`moved`). Nothing of it counts as another reminder.
void ladder_tell_anew(struct scheduler *self, struct turn *turn, const struct matter *matter, bool moved);

// Takes back what was told of it and what waits to be told. The caller puts the matter.
void ladder_stop(struct scheduler *self, struct turn *turn, struct matter *matter, const char *reason);

// Sets the timer of the next step.
void ladder_put_timer(struct turn *turn, const struct matter *matter);

// Tells the step at which it stands, as it was to be told at that moment.
void ladder_tell_step(struct scheduler *self, struct turn *turn, struct matter *matter, const struct customer *customer,
                      int64_t moment_ms);

// What people read of a matter that such an act ended.
extern const char *const ladder_acts[SIGNALS];

// Closes it in the row where somebody has acted since, though we may hear of it first now.
void ladder_apply_signals(struct matter *matter, const struct customer *customer);

// Steps of it are still to come, or it is of late. What history left open, or was told long ago, is silent.
bool ladder_goes_on(const struct scheduler *self, struct turn *turn, const struct matter *matter);

// Of whom a matter of that subject is said by the fact that is heard, as matter.h has it.
const char *ladder_of(const struct scheduler *self, struct turn *turn, enum kind_id kind, const char *subject);

// Begins it anew for whoever takes care of the customer now, counted from `since_ms` where that is later. The caller
// puts the matter.
void ladder_restart(struct scheduler *self, struct turn *turn, struct matter *matter, const struct customer *customer,
                    int64_t since_ms);

// True when no step is to come: everybody was told, or there is nobody more to tell.
bool ladder_at_end(const struct scheduler *self, const struct matter *matter);

// True when it is told again at the top of its ladder.
bool ladder_insists(const struct matter *matter);

// At its end: sets the moment at which it is told again or ends unanswered; what history left open long ago ends at
// once. The caller sets the timer and puts the matter.
void ladder_end_arm(struct scheduler *self, struct turn *turn, struct matter *matter, const struct customer *customer,
                    const struct rep *keeper, bool history);

// Put off until its next moment: at its end it is told again, or ends, so long after that. The caller sets the timer.
void ladder_end_put_off(struct scheduler *self, struct turn *turn, struct matter *matter);

// That moment has come: it ends, or true, with the step that is to be told again. The caller tells it, arms the matter
// where it is open, and puts it.
bool ladder_end_due(struct scheduler *self, struct turn *turn, struct matter *matter, const struct customer *customer,
                    uint8_t *ret_step);

// Until when the next step waits because the one before was told so late that whoever was to act had no time to: as
// long after it as was meant. 0: it does not.
int64_t ladder_hold(const struct scheduler *self, struct turn *turn, const struct matter *matter);

// The moment of a step that waits, by the calendar as it is now; SHIFT_NEVER when there is none. While the first one
// waits nobody has put off anything, and the timer of the next one is set anew too. The caller puts the matter.
int64_t ladder_retime(struct scheduler *self, struct turn *turn, struct matter *matter, const struct customer *customer,
                      uint8_t step);

#endif
