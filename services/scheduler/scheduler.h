// The scheduler: who must contact whom, when, and why. It follows scoring's journal; its own says reminders and call
// lists to the notifier. It forwards what the notifier needs as it came: reps and their absences, settings, erased
// customers.
//
//   GET /v1/calls?rep=R&date=D           the list of that day as it was sent, or as it would be (today and later)
//   GET /v1/reminders?rep=&customer=&kind=&state=&limit=
//   GET /v1/reminders/ID                 or its first digits, where one has them, or one that waits for an answer
//   GET /v1/coverage?rep=R               whether everybody can be reached this month
//   GET /v1/totals                       how many reminders became what
//   GET /v1/owners?customer=             whose the customer was since when, and whether that is in dispute
//   GET /v1/calendar?rep=R&month=M       the rep's month: working days, absences, moments, calls, coverage
//
// Answers are the messages of proto/tend/v1/scheduler.proto.
#ifndef TEND_SERVICES_SCHEDULER_SCHEDULER_H
#define TEND_SERVICES_SCHEDULER_SCHEDULER_H

#include "common/service.h"
#include "services/scheduler/options.h"

struct scheduler;

extern const struct service scheduler_service;

// Copies the options. NULL with a sentence in `ret_error` when they do not fit together or the machine has no time
// zones.
struct scheduler *scheduler_open(const struct scheduler_options *options, char *ret_error, size_t error_bytes);

// Takes NULL.
void scheduler_close(struct scheduler **scheduler);

#endif
