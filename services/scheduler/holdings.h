// What the scheduler's tables hold about one customer, row by row, for an export.
#ifndef TEND_SERVICES_SCHEDULER_HOLDINGS_H
#define TEND_SERVICES_SCHEDULER_HOLDINGS_H

#include "common/export.h"

// Writes them all: the customer, promises, reminders, matters, owners, exceptions from policy, and the trips and
// announcements that name it. `self` is not used.
void scheduler_holdings(void *self, struct turn *turn, const char *customer_id, struct export_page *page);

#endif
