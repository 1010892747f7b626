// The Chinese lunar calendar, and its Vietnamese and Korean sisters, which part the days at midnight elsewhere. Pure.
//
// A lunar year has 12 months of 29 or 30 days, or 13: then one month comes twice, and the second is the leap month of
// that number. A month begins on the day of the new moon; which month is the leap one, the sun decides. Both come from
// moons.h, a table that a tool of ours has computed, so nothing is computed here.
//
// A lunar year has the number of the Gregorian one in which it begins.
#ifndef TEND_COMMON_LUNAR_H
#define TEND_COMMON_LUNAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Whose midnight parts the days: UTC+8, before 1929 the mean time of Beijing; UTC+7; UTC+9.
enum lunar_place { LUNAR_CHINA, LUNAR_VIETNAM, LUNAR_KOREA };

// The lunar years that the table holds: for China all Gregorian days of 1900 to 2100 have a lunar date, for the others
// those of 2000 to 2100.
enum { LUNAR_CHINA_FIRST = 1899, LUNAR_OTHERS_FIRST = 1999, LUNAR_LAST = 2100 };

// month 1..12, day 1..30. In a date that returns each year, year 0 says that the year is not known.
struct lunar {
    int32_t year;
    int32_t month;
    int32_t day;
    bool leap; // the second month of this number
};

// Points of the sun's year that feasts hang on: 15 and 270 degrees of its longitude, by the midnight of China.
enum lunar_term { LUNAR_QINGMING, LUNAR_WINTER_SOLSTICE };

// The place whose midnight a country keeps its lunar feasts by: VN and KR their own, all others that of China.
enum lunar_place lunar_place_of(const char *country);

// The lunar date of a day (as in calendar.h). False before or behind the table.
bool lunar_of_day(enum lunar_place place, int32_t day, struct lunar *ret_lunar);

// The number of the month that comes twice in that lunar year, 0 when none does or the table does not hold the year.
int32_t lunar_leap_month(enum lunar_place place, int32_t year);

// The days of a month, 29 or 30; 0 when the year has no such month or the table does not hold it.
int32_t lunar_month_days(enum lunar_place place, int32_t year, int32_t month, bool leap);

// True for a month 1..12 and a day 1..30: what may return each year. The year does not count.
bool lunar_valid(struct lunar lunar);

// The day on which a lunar date is kept in the lunar year `year` (lunar.year does not count): the 30th of a short month
// on its 29th, a date of a leap month in a year without it in the common month of that number. False when the table
// does not hold the year.
bool lunar_in(enum lunar_place place, struct lunar lunar, int32_t year, int32_t *ret_day);

// The first such day that is `on_or_after` or later. False behind the end of the table. Before its start the first of
// the table counts.
bool lunar_next(enum lunar_place place, struct lunar lunar, int32_t on_or_after, int32_t *ret_day);

// The last day of a lunar year, New Year's eve. False when the table does not hold the year.
bool lunar_eve(enum lunar_place place, int32_t year, int32_t *ret_day);

// The day of that point of the sun in a Gregorian year. False outside 1900 to 2100.
bool lunar_term_day(enum lunar_term term, int32_t year, int32_t *ret_day);

// Reads a lunar date that returns each year: "YYYY-MM-DD" or, the year not known, "--MM-DD", with days up to 30 in each
// month; never a leap month, which this form cannot say. False when it is anything else.
bool lunar_parse(const char *text, size_t length, struct lunar *ret_lunar);

// "初一" to "三十" for a day 1..30. Static.
const char *lunar_day_zh(int32_t day);

// "正月" to "腊月" for a month 1..12, with "闰" before a leap one. Static.
const char *lunar_month_zh(int32_t month, bool leap);

#endif
