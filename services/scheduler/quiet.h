// Quiet: how long a customer of a class may hear nothing of us and must be left alone, and what keeps a reminder back
// that is no duty: the caps on contacts (row 46), a contact a short while ago (row 47), an hour at which the customer
// answers more likely.
#ifndef TEND_SERVICES_SCHEDULER_QUIET_H
#define TEND_SERVICES_SCHEDULER_QUIET_H

#include "services/scheduler/diary.h"
#include "services/scheduler/office.h"

// The days after a real contact for which customers of the class are left alone, and after which they were silent for
// too long: as the class's policy that scoring announced last says, before there was one as configured. The shortest is
// never above the longest.
void quiet_silence(const struct scheduler *self, uint32_t abc, int32_t *ret_shortest, int32_t *ret_longest);

// Hears what a class's policy says of silence.
void quiet_hear(struct scheduler *self, struct turn *turn, const struct fact *fact);

// Reads what was heard from the store, at the start and after a commit that failed.
void quiet_load(struct scheduler *self, struct turn *turn);

enum quiet_step {
    QUIET_TELL,
    QUIET_WAIT, // tell it at `at_ms`
    QUIET_HOLD, // the same, kept back for `reason`
    QUIET_DROP, // there is no day on which it could be told before it makes no sense any more
};

struct quiet {
    enum quiet_step step;
    int64_t at_ms;
    const char *reason; // what people read; "" with QUIET_TELL and QUIET_WAIT
};

// What to do with a reminder whose moment has come and that could be told to `desk` now. Only those of capped kinds
// that go to whoever looks after the customer are ever kept back; priority 0 never.
struct quiet quiet_judge(struct scheduler *self, const struct desk *desk, const struct customer *customer,
                         const struct reminder *reminder, int64_t now_ms);

#endif
