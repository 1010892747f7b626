// When a rep is not to be disturbed: at night, on days off, and in the golden hours that belong to customers. What
// comes then waits for the end; nothing is dropped. Pure.
#ifndef TEND_SERVICES_NOTIFIER_HUSH_H
#define TEND_SERVICES_NOTIFIER_HUSH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/calendar.h"

enum { HUSH_ABSENCES = 16, HUSH_GOLDEN = 4 };

struct hush_absence {
    int32_t from_day, to_day; // both are days away
};

struct hush {
    const struct zone *zone;      // NULL: UTC
    const struct workdays *days;  // NULL: every day is worked
    int32_t quiet_from, quiet_to; // minutes of the day; the same: never quiet. From 21:30 to 07:30 is a night
    struct hours golden[HUSH_GOLDEN];
    size_t golden_count;
    struct hush_absence absences[HUSH_ABSENCES];
    size_t absence_count;
};

// True when the rep is away on that day.
bool hush_away(const struct hush *hush, int32_t day);

// The first moment, not before `now_ms` (since 1970 UTC), at which the rep may be told. `golden`: golden hours count.
// Who is away for longer than half a year is told at once: nothing waits for ever.
int64_t hush_end(const struct hush *hush, int64_t now_ms, bool golden);

#endif
