// Looking things up: the answers to GET requests. One of the files that know protobuf, since its answers are messages.
#ifndef TEND_SERVICES_SCHEDULER_LOOKUP_H
#define TEND_SERVICES_SCHEDULER_LOOKUP_H

#include "services/scheduler/office.h"

void lookup_answer(struct scheduler *self, struct turn *turn, const struct request *request, struct reply *ret_reply);

#endif
