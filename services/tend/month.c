#include "services/tend/month.h"

#include "common/must.h"

#include <stdio.h>
#include <string.h>

enum { FIRST_YEAR = 1900, LAST_YEAR = 2100, THURSDAY = 4 };

bool month_parse(const char *text, int32_t *ret_first)
{
    char day[DAY_TEXT_BYTES];
    int32_t first;
    size_t length = strlen(text);
    if (length != 7 || snprintf(day, sizeof day, "%s-01", text) != 10 || !day_parse(day, 10, &first))
        return false;
    int32_t year = day_date(first).year;
    if (year < FIRST_YEAR || year > LAST_YEAR)
        return false;
    *ret_first = first;
    return true;
}

// Where the lunar date says something to people.
static bool lunar_counts(const char *country)
{
    static const char *const countries[] = {"", "CN", "HK", "MO", "TW", "SG", "MY", "VN", "KR"};
    for (size_t i = 0; i < sizeof countries / sizeof *countries; i++)
        if (strcmp(countries[i], country) == 0)
            return true;
    return false;
}

void month_begin(const struct feasts *feasts, const char *country, int32_t first, int32_t today,
                 struct month *ret_month)
{
    struct date date = day_date(first);
    must(date.day == 1);
    *ret_month = (struct month){.first = first, .today = today, .count = month_days(date.year, date.month)};
    snprintf(ret_month->country, sizeof ret_month->country, "%s", country);
    for (int32_t i = 0; i < ret_month->count; i++) {
        struct month_day *day = &ret_month->days[i];
        day->day = first + i;
        day->has_lunar = lunar_counts(country) && lunar_of_day(lunar_place_of(country), day->day, &day->lunar);
    }
    ret_month->feast_count = feasts_next(feasts, country, first, ret_month->count, ret_month->feasts, MONTH_FEASTS_MAX);
}

void month_fill(const struct holidays *holidays, uint32_t week, const struct feasts *feasts, const char *country,
                int32_t first, int32_t today, struct month *ret_month)
{
    struct workdays days = holidays_workdays(holidays, week);
    bool any = days.holiday_count + days.makeup_count > 0;
    month_begin(feasts, country, first, today, ret_month);
    ret_month->covered = !any || holidays_cover(holidays, day_date(first).year);
    int32_t end = first + ret_month->count, from = today < first ? first : today;
    ret_month->worked = workday_count(&days, first, end);
    ret_month->left = workday_count(&days, from, end);
    for (int32_t i = 0; i < ret_month->count; i++) {
        struct month_day *day = &ret_month->days[i];
        bool made_up;
        day->worked = workday_is(&days, day->day);
        day->name = holidays_name(holidays, day->day, &made_up);
    }
}

int32_t month_week(int32_t day)
{
    int32_t thursday = day + THURSDAY - day_weekday(day);
    int32_t new_year = day_from_date((struct date){day_date(thursday).year, 1, 1});
    return (thursday - new_year) / WEEK_DAYS + 1;
}
