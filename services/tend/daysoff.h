// The holiday files of the configuration, as the command line reads them: those of everybody and those of a country.
#ifndef TEND_TEND_DAYSOFF_H
#define TEND_TEND_DAYSOFF_H

#include "common/holidays.h"
#include "common/settings.h"

#include <stdbool.h>
#include <stdio.h>

enum { DAYSOFF_COUNTRY_BYTES = 3 };

// The first country that a file is of, "" when none is of any.
void daysoff_first_country(const struct settings *settings, char ret_country[DAYSOFF_COUNTRY_BYTES]);

// Everybody's files and those of the country ("": only everybody's). NULL, with a sentence in `ret_error`
// (HOLIDAYS_ERROR_BYTES), when one cannot be read. The caller closes the set.
struct holidays *daysoff_read(const struct settings *settings, const char *country, char *ret_error);

// Today in the time zone of the settings; in UTC when there is no such zone.
int32_t daysoff_today(const struct settings *settings);

// Prints a line for each country whose files do not know this year or, in December, the next. Returns how many.
int daysoff_warn(const struct settings *settings, int32_t today, FILE *out);

#endif
