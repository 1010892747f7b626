// Following up (the ladder of 7, 15 and 30 days): a rep was told to speak to a customer who matters, and nobody does.
#ifndef TEND_SERVICES_SCHEDULER_FOLLOW_H
#define TEND_SERVICES_SCHEDULER_FOLLOW_H

#include "services/scheduler/notice.h"
#include "services/scheduler/office.h"

// A reminder was told. When it asks to speak to a customer of class A or B, or to a lead in stage 2 to 5, and nobody is
// on it yet, the ladder begins. Call lines do not count: only the process that plans them knows them, and the customer
// stands on the next list again.
void follow_told(struct scheduler *self, struct turn *turn, const struct reminder *reminder,
                 const struct customer *customer, int64_t now_ms);

enum follow_step {
    FOLLOW_TELL, // somebody was told a day ago or longer and has not acted, or tried in vain
    FOLLOW_HOLD, // it was put off, or told just now: not before then
    FOLLOW_OVER, // what was told is over
};

// Whether a step of that ladder is still to be told. `ret_until_ms` is written for FOLLOW_HOLD.
enum follow_step follow_judge(struct turn *turn, const struct matter *matter, int64_t *ret_until_ms);

// Adds since when, and from the last step on that somebody else might do better.
void follow_describe(struct scheduler *self, struct turn *turn, const struct matter *matter, struct notice *notice);

#endif
