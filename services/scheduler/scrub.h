// The scrub: after a customer was erased, whatever any table still holds of the id: the customer's own row, and the
// places where rows about others name that one.
#ifndef TEND_SERVICES_SCHEDULER_SCRUB_H
#define TEND_SERVICES_SCHEDULER_SCRUB_H

#include "common/service.h"

// Deletes the rows about the customer but the own one, and takes the id out of those about others. Returns how many.
uint64_t scrub_rows(struct turn *turn, const char *customer_id);

// service.erase of the scheduler. Where somebody else has the id by now, nothing is done: hear_find did it before.
void scrub_erase(void *self, struct turn *turn, const char *const *customer_ids, size_t count, uint64_t *ret_rows);

#endif
