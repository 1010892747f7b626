#include "services/scheduler/shift.h"

int32_t shift_day(const struct shift *shift, int64_t at_ms)
{
    return zone_local(shift->time.zone, at_ms / 1000).day;
}

uint32_t shift_minute(const struct shift *shift, int64_t at_ms)
{
    return (uint32_t)(zone_local(shift->time.zone, at_ms / 1000).second / 60);
}

int64_t shift_list(const struct shift *shift, int32_t day)
{
    return zone_moment(shift->time.zone, day, shift->list_minute) * 1000;
}

bool shift_works(const struct shift *shift, int32_t day)
{
    return workday_is(shift->time.days, day);
}

// True when the rep works at that instant.
static bool working(const struct shift *shift, int64_t at_ms)
{
    uint32_t minute = shift_minute(shift, at_ms);
    for (size_t i = 0; i < shift->time.hour_count; i++) {
        if (minute >= shift->time.hours[i].from_minute && minute < shift->time.hours[i].to_minute) {
            return shift_works(shift, shift_day(shift, at_ms));
        }
    }
    return false;
}

int64_t shift_next(const struct shift *shift, int64_t at_ms)
{
    if (working(shift, at_ms)) {
        return at_ms;
    }
    int32_t day = shift_day(shift, at_ms);
    int32_t workday = day;
    if (!workday_next(shift->time.days, day, &workday)) {
        return SHIFT_NEVER;
    }
    int64_t list_ms = shift_list(shift, workday);
    if (workday > day || at_ms <= list_ms) {
        return list_ms;
    }
    int64_t next_s = 0;
    if (worktime_next(&shift->time, at_ms / 1000, &next_s) && shift_day(shift, next_s * 1000) == day) {
        return next_s * 1000;
    }
    return workday_next(shift->time.days, day + 1, &workday) ? shift_list(shift, workday) : SHIFT_NEVER;
}

int64_t shift_before(const struct shift *shift, int64_t at_ms)
{
    if (working(shift, at_ms)) {
        return at_ms;
    }
    int32_t day = shift_day(shift, at_ms);
    if (shift_works(shift, day) && shift_list(shift, day) <= at_ms) {
        return shift_list(shift, day);
    }
    return workday_add(shift->time.days, day, -1, &day) ? shift_list(shift, day) : SHIFT_NEVER;
}
