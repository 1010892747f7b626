// Countries: the working days of each, from the days off that the settings name. Pure.
#ifndef TEND_COMMON_COUNTRIES_H
#define TEND_COMMON_COUNTRIES_H

#include "common/calendar.h"

enum { COUNTRY_BYTES = 4 }; // two capitals and their end

struct country_day {
    char country[COUNTRY_BYTES]; // "": everybody's
    int32_t day;
    bool worked;      // although the week says no; otherwise it is off
    const char *name; // "" when it has none
};

struct countries;

// Which of two comes first, as qsort and bsearch ask: by country, then by day.
int country_day_compare(const void *left, const void *right);

// `days` come in that order, each once. What is needed of them is copied.
struct countries *countries_open(const struct country_day *days, size_t count);

// Takes NULL.
void countries_close(struct countries **countries);

// Fills in the holidays and make-up days of a country: its own and everybody's; of one without days of its own
// everybody's alone, since another country's holidays are none there. False, and nothing is filled in, for "", for NULL
// and when no days are known at all. The days live as long as the countries.
bool countries_workdays(const struct countries *countries, const char *country, struct workdays *ret_days);

#endif
