// Dates that come back every year: birthdays, founding days, the day on which working together began. Whether one is to
// be told today. Pure. That each is told once is data: the caller keeps which occasion was the last.
#ifndef TEND_SERVICES_SCHEDULER_DATES_H
#define TEND_SERVICES_SCHEDULER_DATES_H

#include "common/calendar.h"

enum date_step {
    DATE_WAIT,   // nothing today
    DATE_TELL,   // today is the day to tell
    DATE_LATE,   // that day is over, the occasion is still to come or today
    DATE_MISSED, // the occasion is over and nobody was told: note it as done, count it, and ask again
};

struct date_watch {
    struct date yearly; // month 0: there is none. Without a year the number of years is not known
    int32_t lead_days;
    bool counts_years; // an anniversary: its first return is the first occasion
    int32_t last_day;  // the occasion that was told or missed last, INT32_MIN: none
    int32_t known_day; // since when the customer is known: nothing was missed before
    int32_t round_day; // the last day before today on which dates were looked at, INT32_MIN: never
};

// What to do on `today`, a day on which dates are looked at. `ret_day` gets the occasion, unless it says DATE_WAIT. An
// occasion is told on the last working day that is at least the lead before it.
enum date_step dates_step(const struct date_watch *watch, const struct workdays *days, int32_t today, int32_t *ret_day);

// The same for a date whose returns are not those of our calendar: `past` is the last one before `today` (INT32_MIN:
// none is known), `next` the first from then on.
enum date_step dates_step_between(const struct date_watch *watch, const struct workdays *days, int32_t today,
                                  int32_t past, int32_t next, int32_t *ret_day);

// The day on which the occasion is to be told.
int32_t dates_tell_day(const struct workdays *days, int32_t occasion, int32_t lead_days);

#endif
