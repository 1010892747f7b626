// Service goals (row 75): how soon customers hear from us, by class. Pure.
#ifndef TEND_SERVICES_SCHEDULER_SERVICE_H
#define TEND_SERVICES_SCHEDULER_SERVICE_H

#include "services/scheduler/kinds.h"

enum { SERVICE_CLASSES = 4 }; // as enum AbcClass numbers them; 0, not known, is taken as C

// Of one class. Times are times of work.
struct service_goal {
    int64_t reply_ms; // INT64_MIN: by the end of the same working day
    int64_t acknowledge_ms;
    int64_t act_work_days;
};

struct service_options {
    int32_t reply_cutoff;     // minute of the day: what comes later belongs to the next working day
    int64_t tell_delivery_ms; // of work
    int64_t visit_work_days;  // after the first order's delivery, or the order where no delivery is known
    int64_t cause_work_days;  // after a complaint was resolved without a word on why
    struct service_goal goals[SERVICE_CLASSES]; // [0] does not count
};

// By when a matter of that kind is to be done with, for a customer of that class; kinds without a goal here have that
// of their row.
struct span service_due(const struct service_options *options, enum kind_id kind, uint32_t abc);

// True for kinds whose lateness is a failure towards the customer, which managers see counted.
bool service_counts(enum kind_id kind);

#endif
