// The totals since the beginning, and what is wrong with the customers' owners now.
#ifndef TEND_SERVICES_SCHEDULER_PAGE_TOTALS_H
#define TEND_SERVICES_SCHEDULER_PAGE_TOTALS_H

#include "services/scheduler/office.h"

// Answers GET /v1/totals.
void page_totals(struct scheduler *self, struct turn *turn, const struct request *request, struct reply *ret_reply);

#endif
