// A page about who owned a customer since when.
#ifndef TEND_SERVICES_SCHEDULER_PAGE_OWNERS_H
#define TEND_SERVICES_SCHEDULER_PAGE_OWNERS_H

#include "services/scheduler/office.h"

// GET /v1/owners?customer=
void page_owners(struct scheduler *self, struct turn *turn, const struct request *request, struct reply *ret_reply);

#endif
