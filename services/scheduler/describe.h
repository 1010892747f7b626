// What a reminder says about its customer: the figures, the promise, the date, the person.
#ifndef TEND_SERVICES_SCHEDULER_DESCRIBE_H
#define TEND_SERVICES_SCHEDULER_DESCRIBE_H

#include "services/scheduler/notice.h"
#include "services/scheduler/office.h"

// The reminder as it is told now; everything lives until the turn ends. `customer` may be fresh; NULL: it is about the
// rep.
struct notice describe_reminder(struct scheduler *self, struct turn *turn, const struct reminder *reminder,
                                const struct customer *customer);

#endif
