// Tries: when a customer was last spoken to, and the calls since then that nobody answered, as the row keeps them.
#ifndef TEND_SERVICES_SCHEDULER_TRIES_H
#define TEND_SERVICES_SCHEDULER_TRIES_H

#include "services/scheduler/book.h"

// The customer was spoken to at that moment; calls from before do not count any more.
void tries_end(struct customer *customer, int64_t time_ms);

// Nobody answered at that moment. The TRIES_KEPT latest since the last talk stay; the same one again is one.
void tries_add(struct customer *customer, int64_t time_ms);

#endif
