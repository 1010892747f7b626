// The scrub: after a customer was erased, whatever any table still holds of the id: the customer's own row, and the
// places where rows about others name that one.
#ifndef TEND_SERVICES_SCHEDULER_SCRUB_H
#define TEND_SERVICES_SCHEDULER_SCRUB_H

#include "common/service.h"

// service.erase of the scheduler.
void scrub_erase(void *self, struct turn *turn, const char *const *customer_ids, size_t count, uint64_t *ret_rows);

#endif
