// The common settings as the record that travels.
#ifndef TEND_INGEST_SETTINGS_H
#define TEND_INGEST_SETTINGS_H

#include "common/arena.h"
#include "common/settings.h"
#include "common/store.h"

#include <stdbool.h>

enum { SETTINGS_COUNTRY_BYTES = 3 }; // two capitals and the NUL

// The country whose days a holiday file holds, by its name: "holidays/CN-2026.csv" and "CN.csv" are of CN, and any
// other name is of everybody: "". False when the name is written so, but the country does not exist; it is filled all
// the same.
bool settings_country(const char *path, char ret_country[SETTINGS_COUNTRY_BYTES]);

// Packs time zone, currency, rates, holidays, weekend and shards into the arena. The bare lists of holidays and working
// days are for whoever has no country: everybody's days and those of the first country that a file is of. `days_off`
// has all days with their names: everybody's, then country by country, each by day. False with a sentence when a
// holiday file cannot be read, its country does not exist, a day of one country is there twice, there are more than
// HOLIDAYS_MAX days, or the time zone does not exist.
bool settings_pack(const struct settings *settings, struct arena *arena, struct slice *ret_bytes, char *ret_error,
                   size_t error_bytes);

#endif
