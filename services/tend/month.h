// One month of a country's calendar: which days are worked, which are off, what is celebrated, and the lunar date; and
// of a rep, who may be absent, and calls. Pure.
#ifndef TEND_TEND_MONTH_H
#define TEND_TEND_MONTH_H

#include "common/calendar.h"
#include "common/feasts.h"
#include "common/holidays.h"
#include "common/lunar.h"

#include <stdbool.h>
#include <stdint.h>

enum { MONTH_DAYS_MAX = 31, MONTH_FEASTS_MAX = 64 };

struct month_day {
    int32_t day;
    bool worked;
    const char *name; // of the holiday or make-up day, "" when it has none, NULL when it is none of them
    bool has_lunar;   // false where the country keeps no lunar feasts
    struct lunar lunar;
    // Of a rep's month.
    bool absent;             // whatever `worked` says
    const char *deputy;      // who stands in then, NULL: nobody
    int64_t calls, answered; // on the day's list, and of them
};

// Names live as long as the holidays and feasts they are from.
struct month {
    int32_t first;
    int32_t count; // days
    int32_t today; // may lie in another month
    char country[FEASTS_COUNTRY_BYTES];
    bool covered;         // the holidays know the year: else which days are worked is a guess by the week
    int64_t worked, left; // working days in all, and from today on; of a rep's month less absences
    struct month_day days[MONTH_DAYS_MAX];
    struct feast feasts[MONTH_FEASTS_MAX]; // by day
    size_t feast_count;
};

// Reads "YYYY-MM" of the years 1900 to 2100 as the first day of the month. False when it is anything else.
bool month_parse(const char *text, int32_t *ret_first);

// The month that `first` begins with its lunar dates and feasts; nothing is known of its working days yet. Lunar dates
// are given where lunar feasts are kept, and for no country.
void month_begin(const struct feasts *feasts, const char *country, int32_t first, int32_t today,
                 struct month *ret_month);

// The same with its working days. `week` are the worked days of a week, as struct workdays takes them. An empty set of
// holidays covers every year: none were wanted.
void month_fill(const struct holidays *holidays, uint32_t week, const struct feasts *feasts, const char *country,
                int32_t first, int32_t today, struct month *ret_month);

// The week of ISO 8601 that the day lies in, 1 to 53.
int32_t month_week(int32_t day);

#endif
