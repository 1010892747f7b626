// Moments of a rep: when the call list is told, and when something may be told in between. Pure.
#ifndef TEND_SERVICES_SCHEDULER_SHIFT_H
#define TEND_SERVICES_SCHEDULER_SHIFT_H

#include "common/calendar.h"
#include "common/zone.h"

// No moment: there is no working day within reach.
#define SHIFT_NEVER INT64_MAX

// When a rep works and when the day begins with the call list. Everything is the caller's.
struct shift {
    struct worktime time;
    uint32_t list_minute; // of the local day
};

// The local day and minute at that instant.
int32_t shift_day(const struct shift *shift, int64_t at_ms);
uint32_t shift_minute(const struct shift *shift, int64_t at_ms);

// When the list of that local day is due, whether the day is worked or not.
int64_t shift_list(const struct shift *shift, int32_t day);

// True when the rep works on that day.
bool shift_works(const struct shift *shift, int32_t day);

// The first moment at or after `at_ms` at which something may be told: within working hours at once, also before the
// list; outside them before the list and on days off with the next list; in a break when it ends; after hours with the
// next working day's list.
int64_t shift_next(const struct shift *shift, int64_t at_ms);

// The last moment like that at or before `at_ms`, as a warning ahead of something: within working hours itself,
// otherwise the list of the same day if it is past, otherwise the list of the working day before.
int64_t shift_before(const struct shift *shift, int64_t at_ms);

#endif
