#include "services/scheduler/dates.h"

// An anniversary returns for the first time a year later.
static bool counts(const struct date_watch *watch, int32_t occasion)
{
    return !watch->counts_years || day_date(occasion).year > watch->yearly.year;
}

int32_t dates_tell_day(const struct workdays *days, int32_t occasion, int32_t lead_days)
{
    int32_t day = occasion - lead_days;
    if (!workday_is(days, day)) {
        workday_add(days, day, -1, &day);
    }
    return day;
}

enum date_step dates_step_between(const struct date_watch *watch, const struct workdays *days, int32_t today,
                                  int32_t past, int32_t next, int32_t *ret_day)
{
    bool looked = watch->round_day != INT32_MIN && past > watch->round_day;
    if (looked && past >= watch->known_day && past > watch->last_day && counts(watch, past)) {
        *ret_day = past;
        return DATE_MISSED;
    }
    int32_t tell = dates_tell_day(days, next, watch->lead_days);
    if (next <= watch->last_day || today < tell || !counts(watch, next)) {
        return DATE_WAIT;
    }
    *ret_day = next;
    return today > tell && watch->known_day <= tell ? DATE_LATE : DATE_TELL;
}

enum date_step dates_step(const struct date_watch *watch, const struct workdays *days, int32_t today, int32_t *ret_day)
{
    if (watch->yearly.month == 0)
        return DATE_WAIT;
    int32_t next = yearly_next(watch->yearly, today);
    return dates_step_between(watch, days, today, yearly_in(watch->yearly, day_date(next).year - 1), next, ret_day);
}
