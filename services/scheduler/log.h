// The log: what was counted of a rep on each local day, for the manager's digest.
#ifndef TEND_SERVICES_SCHEDULER_LOG_H
#define TEND_SERVICES_SCHEDULER_LOG_H

#include "common/service.h"

// Counted. On disk by these numbers, so they stay.
enum log_count {
    LOG_TOLD,        // reminders
    LOG_ANSWERED,    // of them
    LOG_CALLS,       // on the day's list
    LOG_LOGGED,      // of them, answered or logged
    LOG_UNDATED,     // contacts without a next date
    LOG_BREACHES,    // promises, replies, notices and complaints that were not dealt with in time
    LOG_ORDERS,      // of the rep's customers
    LOG_ERRORS,      // orders with an error
    LOG_MINUTES,     // of contact
    LOG_KEY_MINUTES, // of them with key customers: all tiers but the last
    LOG_ENDED,       // reminders that were taken back before they were answered
    LOG_BREACHES_A,  // of the breaches, by the customer's class
    LOG_BREACHES_B,
    LOG_BREACHES_C, // and those without a class
    LOG_COUNTS
};

enum { LOG_DAYS_MAX = 400 }; // that one sum looks at

struct log {
    uint32_t counts[LOG_COUNTS];
};

// Counts `more` (below zero: what turned out not to be so) of the rep's day. No count goes below zero.
void log_add(struct turn *turn, const char *rep_id, int32_t day, enum log_count count, int32_t more);

// Counts breaches of service goals and promises towards a customer of that class.
void log_breach(struct turn *turn, const char *rep_id, int32_t day, uint32_t abc, int32_t more);

// The sums of the days from `from_day` to `to_day`, both counted, at most the last LOG_DAYS_MAX of them.
struct log log_sum(struct turn *turn, const char *rep_id, int32_t from_day, int32_t to_day);

// Forgets what was counted of the rep before that day.
void log_forget(struct turn *turn, const char *rep_id, int32_t day);

#endif
