#include "services/tend/daysoff.h"

#include "common/clock.h"
#include "common/zone.h"
#include "services/ingest/settings.h"

#include <string.h>

_Static_assert((int)DAYSOFF_COUNTRY_BYTES == (int)SETTINGS_COUNTRY_BYTES, "a country is what ingest reads");

enum { SECOND_MS = 1000, DAY_S = 86400 };

void daysoff_first_country(const struct settings *settings, char ret_country[DAYSOFF_COUNTRY_BYTES])
{
    ret_country[0] = '\0';
    for (size_t i = 0; i < settings->holiday_count && ret_country[0] == '\0'; i++)
        settings_country(settings->holidays[i], ret_country);
}

struct holidays *daysoff_read(const struct settings *settings, const char *country, char *ret_error)
{
    struct holidays *holidays = holidays_open();
    for (size_t i = 0; i < settings->holiday_count; i++) {
        char own[SETTINGS_COUNTRY_BYTES];
        settings_country(settings->holidays[i], own);
        if (own[0] != '\0' && strcmp(own, country) != 0)
            continue;
        if (holidays_add_file(holidays, settings->holidays[i], ret_error))
            continue;
        holidays_close(&holidays);
        return NULL;
    }
    return holidays;
}

int32_t daysoff_today(const struct settings *settings)
{
    struct clock *clock = clock_open();
    int64_t now_s = clock_wall_ms(clock) / SECOND_MS;
    clock_close(&clock);
    struct zone *zone = NULL;
    if (!zone_open(ZONE_DIRECTORIES, settings->time_zone, &zone))
        return (int32_t)(now_s / DAY_S);
    int32_t today = zone_local(zone, now_s).day;
    zone_close(&zone);
    return today;
}

// True when an earlier file is of the same country.
static bool seen(const struct settings *settings, size_t file, const char *country)
{
    for (size_t i = 0; i < file; i++) {
        char other[SETTINGS_COUNTRY_BYTES];
        settings_country(settings->holidays[i], other);
        if (strcmp(other, country) == 0)
            return true;
    }
    return false;
}

int daysoff_warn(const struct settings *settings, int32_t today, FILE *out)
{
    int count = 0;
    for (size_t i = 0; i < settings->holiday_count; i++) {
        char country[SETTINGS_COUNTRY_BYTES], error[HOLIDAYS_ERROR_BYTES];
        int32_t year;
        settings_country(settings->holidays[i], country);
        if (seen(settings, i, country))
            continue;
        struct holidays *holidays = daysoff_read(settings, country, error);
        if (holidays != NULL && holidays_missing(holidays, today, &year)) {
            fprintf(out,
                    "warning: common.holidays: no file holds %d%s%s, so which of its days are worked is a guess by "
                    "the week; add the proclaimed days\n",
                    year, country[0] != '\0' ? " of " : "", country);
            count++;
        }
        if (holidays != NULL)
            holidays_close(&holidays);
    }
    return count;
}
