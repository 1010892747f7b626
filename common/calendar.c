#include "common/calendar.h"

#include "common/must.h"
#include "common/zone.h"

#include <stdio.h>

// The Gregorian calendar repeats after 400 years; a century has one day less than 25 times four years, save each
// fourth.
enum {
    YEAR_DAYS = 365,
    FOUR_YEARS_DAYS = 1461,
    CENTURY_DAYS = 36524,
    CYCLE_YEARS = 400,
    CYCLE_DAYS = 146097,
    YEAR_LIMIT = 5000000,
    MONTHS = 12
};

// Days of a common year before each month.
static const int32_t month_starts[MONTHS + 1] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};

static int64_t floor_divide(int64_t a, int64_t b)
{
    int64_t quotient = a / b;
    return a % b < 0 ? quotient - 1 : quotient;
}

static int32_t hold(int64_t value)
{
    if (value > INT32_MAX)
        return INT32_MAX;
    return value < INT32_MIN ? INT32_MIN : (int32_t)value;
}

static bool leap(int32_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % CYCLE_YEARS == 0);
}

int32_t month_days(int32_t year, int32_t month)
{
    must(month >= 1 && month <= MONTHS);
    return month_starts[month] - month_starts[month - 1] + (month == 2 && leap(year));
}

bool date_valid(struct date date)
{
    if (date.year < -YEAR_LIMIT || date.year > YEAR_LIMIT || date.month < 1 || date.month > MONTHS)
        return false;
    return date.day >= 1 && date.day <= month_days(date.year, date.month);
}

int32_t day_from_date(struct date date)
{
    must(date_valid(date));
    int64_t past = (int64_t)date.year - 1;
    int64_t leaps = floor_divide(past, 4) - floor_divide(past, 100) + floor_divide(past, CYCLE_YEARS);
    int64_t in_year = month_starts[date.month - 1] + (date.month > 2 && leap(date.year)) + date.day - 1;
    return (int32_t)(DAY_MIN + past * YEAR_DAYS + leaps + in_year);
}

// The last day of a century and of four years is a 366th one: without the ceilings of 3 it would open a year of its
// own.
struct date day_date(int32_t day)
{
    int64_t since = (int64_t)day - DAY_MIN;
    int64_t cycle = floor_divide(since, CYCLE_DAYS);
    int32_t rest = (int32_t)(since - cycle * CYCLE_DAYS);
    int32_t century = rest / CENTURY_DAYS > 3 ? 3 : rest / CENTURY_DAYS;
    rest -= century * CENTURY_DAYS;
    int32_t four = rest / FOUR_YEARS_DAYS;
    rest -= four * FOUR_YEARS_DAYS;
    int32_t one = rest / YEAR_DAYS > 3 ? 3 : rest / YEAR_DAYS;
    rest -= one * YEAR_DAYS;
    struct date date = {.year = (int32_t)(cycle * CYCLE_YEARS + century * 100 + four * 4 + one + 1), .month = 1};
    for (int32_t days; rest >= (days = month_days(date.year, date.month)); date.month++)
        rest -= days;
    date.day = rest + 1;
    return date;
}

static bool read_digits(const char *text, size_t count, int32_t *ret_value)
{
    int32_t value = 0;
    for (size_t i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        value = value * 10 + (text[i] - '0');
    }
    *ret_value = value;
    return true;
}

// "-MM-DD", the end that both text forms share.
static bool read_month_day(const char *text, struct date *date)
{
    return text[0] == '-' && read_digits(text + 1, 2, &date->month) && text[3] == '-' &&
           read_digits(text + 4, 2, &date->day);
}

bool day_parse(const char *text, size_t length, int32_t *ret_day)
{
    struct date date;
    if (length != 10 || !read_digits(text, 4, &date.year) || !read_month_day(text + 4, &date))
        return false;
    if (date.year == 0 || !date_valid(date))
        return false;
    *ret_day = day_from_date(date);
    return true;
}

size_t day_print(int32_t day, char *buffer)
{
    struct date date = day_date(day);
    int length = snprintf(buffer, DAY_TEXT_BYTES, "%04d-%02d-%02d", date.year, date.month, date.day);
    must(length > 0 && length < DAY_TEXT_BYTES);
    return (size_t)length;
}

int32_t day_weekday(int32_t day)
{
    int64_t since_monday = (int64_t)day + 3; // 1970-01-01 was a Thursday
    return (int32_t)(since_monday - floor_divide(since_monday, WEEK_DAYS) * WEEK_DAYS) + 1;
}

int32_t day_month_start(int32_t day)
{
    return hold((int64_t)day - day_date(day).day + 1);
}

int32_t day_add_months(int32_t day, int32_t months)
{
    struct date date = day_date(day);
    int64_t month = (int64_t)date.year * MONTHS + date.month - 1 + months;
    int64_t year = floor_divide(month, MONTHS);
    if (year < -YEAR_LIMIT || year > YEAR_LIMIT)
        return months < 0 ? INT32_MIN : INT32_MAX;
    struct date moved = {.year = (int32_t)year, .month = (int32_t)(month - year * MONTHS) + 1};
    int32_t last = month_days(moved.year, moved.month);
    moved.day = date.day < last ? date.day : last;
    return day_from_date(moved);
}

bool yearly_parse(const char *text, size_t length, struct date *ret_yearly)
{
    int32_t day;
    if (day_parse(text, length, &day)) {
        *ret_yearly = day_date(day);
        return true;
    }
    // Year 0 is a leap year in this count, so it allows 29 February as it should.
    struct date date = {.year = 0};
    if (length != 7 || text[0] != '-' || !read_month_day(text + 1, &date) || !date_valid(date))
        return false;
    *ret_yearly = date;
    return true;
}

int32_t yearly_in(struct date yearly, int32_t year)
{
    must(date_valid(yearly));
    int32_t last = month_days(year, yearly.month);
    return day_from_date((struct date){year, yearly.month, yearly.day < last ? yearly.day : last});
}

int32_t yearly_next(struct date yearly, int32_t on_or_after)
{
    int32_t year = day_date(on_or_after).year;
    int32_t day = yearly_in(yearly, year);
    return day >= on_or_after ? day : yearly_in(yearly, year + 1);
}

int32_t day_years(int32_t since, int32_t day)
{
    struct date start = day_date(since);
    int32_t year = day_date(day).year;
    return year - start.year - (yearly_in(start, year) > day);
}

static bool ascending(const int32_t *days, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (days[i - 1] >= days[i])
            return false;
    return true;
}

bool workdays_valid(const struct workdays *days)
{
    return days->week < 1U << WEEK_DAYS && ascending(days->holidays, days->holiday_count) &&
           ascending(days->makeups, days->makeup_count);
}

// How many entries are below `day`.
static size_t rank(const int32_t *days, size_t count, int64_t day)
{
    size_t low = 0;
    for (size_t high = count; low < high;) {
        size_t middle = low + (high - low) / 2;
        if (days[middle] < day)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool listed(const int32_t *days, size_t count, int32_t day)
{
    size_t at = rank(days, count, day);
    return at < count && days[at] == day;
}

static bool in_week(const struct workdays *days, int32_t day)
{
    return days->week >> (day_weekday(day) - 1) & 1;
}

bool workday_is(const struct workdays *days, int32_t day)
{
    if (listed(days->holidays, days->holiday_count, day))
        return false;
    return in_week(days, day) || listed(days->makeups, days->makeup_count, day);
}

bool workday_add(const struct workdays *days, int32_t day, int32_t k, int32_t *ret_day)
{
    must(days->week < 1U << WEEK_DAYS);
    int64_t step = k < 0 ? -1 : 1;
    int64_t left = k < 0 ? -(int64_t)k : k;
    if (left == 0 && workday_is(days, day)) {
        *ret_day = day;
        return true;
    }
    left += left == 0;
    for (int64_t distance = 1; distance <= WORKDAY_REACH_DAYS; distance++) {
        int64_t at = day + distance * step;
        if (at < INT32_MIN || at > INT32_MAX)
            return false;
        if (!workday_is(days, (int32_t)at) || --left > 0)
            continue;
        *ret_day = (int32_t)at;
        return true;
    }
    return false;
}

bool workday_next(const struct workdays *days, int32_t day, int32_t *ret_day)
{
    return workday_add(days, day, 0, ret_day);
}

// The days of the weekly pattern: whole weeks at once, the rest one by one.
static int64_t count_week(const struct workdays *days, int32_t from, int32_t to)
{
    int64_t weeks = ((int64_t)to - from) / WEEK_DAYS;
    int64_t count = weeks * __builtin_popcount(days->week);
    for (int64_t day = from + weeks * WEEK_DAYS; day < to; day++)
        count += in_week(days, (int32_t)day);
    return count;
}

int64_t workday_count(const struct workdays *days, int32_t from, int32_t to)
{
    must(days->week < 1U << WEEK_DAYS);
    if (to <= from)
        return 0;
    int64_t count = count_week(days, from, to);
    size_t end = rank(days->holidays, days->holiday_count, to);
    for (size_t i = rank(days->holidays, days->holiday_count, from); i < end; i++)
        count -= in_week(days, days->holidays[i]);
    end = rank(days->makeups, days->makeup_count, to);
    for (size_t i = rank(days->makeups, days->makeup_count, from); i < end; i++)
        count += !in_week(days, days->makeups[i]) && workday_is(days, days->makeups[i]);
    return count;
}

bool hours_valid(const struct hours *hours, size_t count)
{
    uint32_t end = 0;
    for (size_t i = 0; i < count; i++) {
        if (hours[i].from_minute < end || hours[i].to_minute <= hours[i].from_minute ||
            hours[i].to_minute > DAY_MINUTES)
            return false;
        end = hours[i].to_minute;
    }
    return true;
}

// The instant that the hours of one day give; false when all of them are over or fall into a gap. Both ends are turned
// into instants first, so hours that lie in a gap are empty and hours across a change are as long as they really are.
static bool next_in_day(const struct worktime *time, int32_t day, int64_t instant_s, int64_t *ret_instant_s)
{
    for (size_t i = 0; i < time->hour_count; i++) {
        int64_t from = zone_instant(time->zone, day, time->hours[i].from_minute);
        int64_t to = zone_instant(time->zone, day, time->hours[i].to_minute);
        int64_t start = from > instant_s ? from : instant_s;
        if (start >= to)
            continue;
        *ret_instant_s = start;
        return true;
    }
    return false;
}

bool worktime_next(const struct worktime *time, int64_t instant_s, int64_t *ret_instant_s)
{
    must(hours_valid(time->hours, time->hour_count));
    if (time->hour_count == 0)
        return false;
    int64_t today = zone_local(time->zone, instant_s).day;
    int64_t day = today;
    while (day - today <= WORKDAY_REACH_DAYS && day < INT32_MAX) {
        int32_t worked;
        if (!workday_next(time->days, (int32_t)day, &worked))
            return false;
        if (next_in_day(time, worked, instant_s, ret_instant_s))
            return true;
        day = (int64_t)worked + 1;
    }
    return false;
}
