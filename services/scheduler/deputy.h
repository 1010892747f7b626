// The deputy: which calls of a colleague who is away somebody else makes. Pure.
//
// What would be lost by waiting goes to the deputy, as far as the deputy's own day leaves room after coverage:
// promises, appointments, late stages, hot leads, and an expected order of a customer of class A. The rest waits until
// the colleague is back. A deputy who is away has no day of their own, so nothing is handed on further.
#ifndef TEND_SERVICES_SCHEDULER_DEPUTY_H
#define TEND_SERVICES_SCHEDULER_DEPUTY_H

#include "services/scheduler/calllist.h"

// True when a call for that reason is taken over.
bool deputy_takes(enum call_reason reason, uint32_t abc);

// One rep as the question of who stands in for whom needs it. Texts are the caller's.
struct deputy_rep {
    const char *id, *deputy; // "": nobody stands in
    bool away;               // today
};

// True when `deputy` stands in for `absent` today: named by it, another one, and there.
bool deputy_stands_in(const struct deputy_rep *deputy, const struct deputy_rep *absent);

#endif
