// What the proof found, as people and programs see it.
#ifndef TEND_SERVICES_SCHEDULER_PAGE_AUDIT_H
#define TEND_SERVICES_SCHEDULER_PAGE_AUDIT_H

#include "services/scheduler/office.h"

// Answers GET /v1/audit.
void page_audit(struct scheduler *self, struct turn *turn, const struct request *request, struct reply *ret_reply);

#endif
