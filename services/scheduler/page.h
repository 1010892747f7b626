// A page: what somebody who looks at the scheduler is shown. One of the files that know protobuf, since answers are
// messages.
#ifndef TEND_SERVICES_SCHEDULER_PAGE_H
#define TEND_SERVICES_SCHEDULER_PAGE_H

#include "services/scheduler/office.h"

// Answers a GET request of one of the paths in scheduler.h, or says what is wrong with it.
void page_answer(struct scheduler *self, struct turn *turn, const struct request *request, struct reply *ret_reply);

#endif
