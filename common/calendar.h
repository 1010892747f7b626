// The calendar: civil days, dates that return each year, working days and working hours. Pure.
//
// A day is an int32_t: days since 1970-01-01 in the Gregorian calendar, which is carried back before its introduction,
// in years within five million of zero. A day has no zone; zone.h turns instants into days and back. Never step from
// day to day by adding 86,400 to an instant.
#ifndef TEND_COMMON_CALENDAR_H
#define TEND_COMMON_CALENDAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct zone;

// Room for any int32_t day in print; dates of four-digit years take eleven bytes of it.
enum { DAY_TEXT_BYTES = 16, DAY_MINUTES = 1440, WEEK_DAYS = 7 };

// 0001-01-01 and 9999-12-31: what the text form can say.
enum { DAY_MIN = -719162, DAY_MAX = 2932896 };

// As far as a search for working days looks, either way: forty years. No plan of ours reaches further, and a calendar
// without any working day must not hold the process.
enum { WORKDAY_REACH_DAYS = 14610 };

// A date taken apart. month 1..12, day 1..31. In a date that returns each year, year 0 says that the year is not known.
struct date {
    int32_t year;
    int32_t month;
    int32_t day;
};

// True when the year is within five million of zero and the month has that day.
bool date_valid(struct date date);

// The day of a valid date.
int32_t day_from_date(struct date date);

// The date of any day.
struct date day_date(int32_t day);

// Reads exactly "YYYY-MM-DD", years 0001 to 9999. False when it is anything else or no such day exists.
bool day_parse(const char *text, size_t length, int32_t *ret_day);

// Writes "2026-05-17" (years of more digits, or below zero, as they are). `buffer` holds DAY_TEXT_BYTES. Returns its
// length.
size_t day_print(int32_t day, char *buffer);

// 1 Monday to 7 Sunday.
int32_t day_weekday(int32_t day);

// The days of a month, 28..31; month 1..12.
int32_t month_days(int32_t year, int32_t month);

// The first day of the month that `day` lies in.
int32_t day_month_start(int32_t day);

// The same day of the month `months` later or, below zero, earlier; the month's last day where the month is too short
// (31 January and one month: 28 or 29 February). A result outside these years becomes the end of int32.
int32_t day_add_months(int32_t day, int32_t months);

// Whole years from `since` to `day`; each is full on the yearly date, 28 February for a 29 February in a common year.
// Rounded down, so a day before `since` gives -1 or less.
int32_t day_years(int32_t since, int32_t day);

// A date that returns each year, such as a birthday. Reads "YYYY-MM-DD" or, the year not known, "--MM-DD" (29 February
// allowed). False when it is anything else.
bool yearly_parse(const char *text, size_t length, struct date *ret_yearly);

// Its day in the given year; 29 February is kept on 28 February in common years. The n-th return of a date with a known
// year is yearly_in(date, date.year + n).
int32_t yearly_in(struct date yearly, int32_t year);

// The first of its days that is `on_or_after` or later.
int32_t yearly_next(struct date yearly, int32_t on_or_after);

// Which days are worked: a weekly pattern, less the holidays, plus the make-up days. A day in both lists is a holiday.
// The arrays are the caller's, ascending, each day once.
struct workdays {
    uint32_t week; // bit n-1 for weekday n: 0x1f is Monday to Friday
    const int32_t *holidays;
    size_t holiday_count;
    const int32_t *makeups;
    size_t makeup_count;
};

// True when the pattern is made of the seven bits and both arrays are strictly ascending.
bool workdays_valid(const struct workdays *days);

// True when `day` is worked.
bool workday_is(const struct workdays *days, int32_t day);

// The first working day that is `day` or later. False when there is none within WORKDAY_REACH_DAYS.
bool workday_next(const struct workdays *days, int32_t day, int32_t *ret_day);

// The k-th working day after `day`, or the -k-th before it; for k = 0 as workday_next. `day` itself need not be worked
// and does not count. False when it is not within WORKDAY_REACH_DAYS.
bool workday_add(const struct workdays *days, int32_t day, int32_t k, int32_t *ret_day);

// How many days are worked from `from` up to but without `to`; 0 when `to` is not after `from`.
int64_t workday_count(const struct workdays *days, int32_t from, int32_t to);

// A part of the local day: from from_minute after midnight up to but without to_minute, which is at most DAY_MINUTES. A
// night shift is two of them; the part after midnight belongs to its own date.
struct hours {
    uint32_t from_minute;
    uint32_t to_minute;
};

// True when each part is longer than nothing, ends by midnight, and starts no sooner than the one before it ends.
bool hours_valid(const struct hours *hours, size_t count);

// When somebody works. Everything is the caller's.
struct worktime {
    const struct zone *zone;
    const struct workdays *days;
    const struct hours *hours; // as hours_valid demands
    size_t hour_count;
};

// The first working instant at or after `instant_s` (seconds since 1970 UTC): the instant itself within working hours,
// else the start of the next ones. A start inside a DST gap becomes the end of the gap; of two equal local times the
// first counts. False when there is none within WORKDAY_REACH_DAYS.
bool worktime_next(const struct worktime *time, int64_t instant_s, int64_t *ret_instant_s);

#endif
