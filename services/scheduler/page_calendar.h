// A page about one month of a rep: which days are worked, what is told when, and what came of the calls.
#ifndef TEND_SERVICES_SCHEDULER_PAGE_CALENDAR_H
#define TEND_SERVICES_SCHEDULER_PAGE_CALENDAR_H

#include "services/scheduler/office.h"

// GET /v1/calendar?rep=&month=
void page_calendar(struct scheduler *self, struct turn *turn, const struct request *request, struct reply *ret_reply);

#endif
