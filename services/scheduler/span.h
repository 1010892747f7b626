// Spans of time by the clock of a rep: "60 working minutes later", "two working days before", "by the end of the same
// working day". Pure.
//
// Days and hours are those of the shift, so weekends, holidays and absences do not count. Local times that the clocks
// jump over become the end of the gap; of two equal local times the first counts. Working minutes are real minutes: a
// shift over a change of the clocks is an hour shorter or longer.
#ifndef TEND_SERVICES_SCHEDULER_SPAN_H
#define TEND_SERVICES_SCHEDULER_SPAN_H

#include "services/scheduler/shift.h"

#include <stdint.h>

enum span_unit {
    SPAN_INSTANT,      // no time at all; the amount does not count
    SPAN_MINUTES,      // of the wall clock
    SPAN_WORK_MINUTES, // within working hours
    SPAN_WORK_DAYS,  // the same minute, so many working days on; 0: of the same day, off it of the nearest in direction
    SPAN_DAYS,       // the same minute, so many days of the calendar on
    SPAN_END_OF_DAY, // the end of the working hours; the amount says how many working days further
};

// `amount` below zero turns the direction.
struct span {
    enum span_unit unit;
    int32_t amount;
    uint32_t cut_minute; // SPAN_END_OF_DAY: what comes later in the day belongs to the next working day; 0: only what
                         // comes when the hours are over does
};

// The moment that is `span` later than `from_ms`, or earlier when the amount is below zero. SHIFT_NEVER when the shift
// has no working day or hours within reach, and for SHIFT_NEVER itself.
//
// SPAN_WORK_MINUTES: the first moment by which so much has been worked since; what ends with the day's hours ends at
// their end, and 0 gives the first working moment; below zero, the last moment from which so much is worked until
// then. SPAN_END_OF_DAY: of the day on which `from_ms` lies when that is worked and it is not past the cut, else of
// the next working day, and further working days after; below zero, as many working days before the last end of
// working hours that is not after `from_ms`, and the cut does not count.
int64_t span_after(const struct shift *shift, struct span span, int64_t from_ms);

#endif
