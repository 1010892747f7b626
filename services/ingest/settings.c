#include "services/ingest/settings.h"

#include "common/holidays.h"
#include "common/zone.h"
#include "services/ingest/catalogue.h"
#include "tend/v1/journal.pb-c.h"

#include <stdio.h>
#include <string.h>

_Static_assert(SETTINGS_COUNTRY_BYTES == CATALOGUE_COUNTRY_LENGTH + 1, "a country's code and its NUL");

// What packing needs everywhere.
struct packing {
    const struct settings *settings;
    struct arena *arena;
    char (*countries)[SETTINGS_COUNTRY_BYTES]; // of each holiday file, "" for everybody's
    Tend__V1__Settings message;
    char *error;
    size_t error_bytes;
};

static char *day_text(struct arena *arena, int32_t day)
{
    char text[64];
    day_print(day, text);
    return arena_text(arena, text, strlen(text));
}

static void fill_rates(struct packing *packing)
{
    const struct settings *settings = packing->settings;
    Tend__V1__Settings *message = &packing->message;
    message->rates = arena_take(packing->arena, (settings->rate_count + 1) * sizeof *message->rates);
    for (size_t i = 0; i < settings->rate_count; i++) {
        Tend__V1__Rate *rate = arena_take(packing->arena, sizeof *rate);
        tend__v1__rate__init(rate);
        rate->currency = (char *)(uintptr_t)settings->rates[i].currency;
        rate->from = day_text(packing->arena, settings->rates[i].from_day);
        rate->rate_micros = settings->rates[i].rate_micros;
        message->rates[message->n_rates++] = rate;
    }
}

// --- holidays

bool settings_country(const char *path, char ret_country[SETTINGS_COUNTRY_BYTES])
{
    const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path;
    bool capitals = name[0] >= 'A' && name[0] <= 'Z' && name[1] >= 'A' && name[1] <= 'Z';
    bool coded = capitals && (name[2] == '.' || (name[2] == '-' && name[3] >= '0' && name[3] <= '9'));
    snprintf(ret_country, SETTINGS_COUNTRY_BYTES, "%s", coded ? name : "");
    return !coded || catalogue_country_known(ret_country);
}

static bool read_countries(struct packing *packing)
{
    const struct settings *settings = packing->settings;
    packing->countries = arena_take(packing->arena, (settings->holiday_count + 1) * sizeof *packing->countries);
    for (size_t i = 0; i < settings->holiday_count; i++) {
        if (settings_country(settings->holidays[i], packing->countries[i]))
            continue;
        const char *meant = catalogue_country_meant(packing->countries[i]);
        snprintf(packing->error, packing->error_bytes, "%s: %s is not a country code of ISO 3166%s%s%s",
                 settings->holidays[i], packing->countries[i], meant != NULL ? "; did you mean " : "",
                 meant != NULL ? meant : "", meant != NULL ? "?" : "");
        return false;
    }
    return true;
}

// Everybody's days together with those of the country: a day must not be of both. NULL with the error said.
static struct holidays *read_days(const struct packing *packing, const char *country)
{
    char sentence[HOLIDAYS_ERROR_BYTES];
    struct holidays *days = holidays_open();
    for (size_t i = 0; i < packing->settings->holiday_count; i++) {
        const char *own = packing->countries[i];
        if (own[0] != '\0' && strcmp(own, country) != 0)
            continue;
        if (holidays_add_file(days, packing->settings->holidays[i], sentence))
            continue;
        snprintf(packing->error, packing->error_bytes, "%s", sentence);
        holidays_close(&days);
        return NULL;
    }
    return days;
}

static char **day_texts(struct arena *arena, const int32_t *days, size_t count)
{
    char **texts = arena_take(arena, (count + 1) * sizeof *texts);
    for (size_t i = 0; i < count; i++)
        texts[i] = day_text(arena, days[i]);
    return texts;
}

static void fill_bare(struct packing *packing, const struct holidays *holidays)
{
    struct workdays days = holidays_workdays(holidays, packing->settings->week);
    Tend__V1__Settings *message = &packing->message;
    message->holidays = day_texts(packing->arena, days.holidays, days.holiday_count);
    message->n_holidays = days.holiday_count;
    message->workdays = day_texts(packing->arena, days.makeups, days.makeup_count);
    message->n_workdays = days.makeup_count;
}

static bool add_day_off(struct packing *packing, const struct holidays *days, int32_t day, const char *country)
{
    Tend__V1__Settings *message = &packing->message;
    bool worked = false;
    const char *name = holidays_name(days, day, &worked);
    if (message->n_days_off == HOLIDAYS_MAX) {
        snprintf(packing->error, packing->error_bytes, "the holiday files hold more than %d days", HOLIDAYS_MAX);
        return false;
    }
    Tend__V1__DayOff *off = arena_take(packing->arena, sizeof *off);
    tend__v1__day_off__init(off);
    off->day = day_text(packing->arena, day);
    off->name = arena_text(packing->arena, name, strlen(name));
    off->country = (char *)(uintptr_t)country;
    off->worked = worked;
    message->days_off[message->n_days_off++] = off;
    return true;
}

// Adds the days that are not among everybody's, unless the country is everybody.
static bool add_days_off(struct packing *packing, const struct holidays *days, const struct holidays *everybodys,
                         const char *country)
{
    struct workdays all = holidays_workdays(days, packing->settings->week);
    for (size_t off = 0, on = 0; off < all.holiday_count || on < all.makeup_count;) {
        bool next_off = on == all.makeup_count || (off < all.holiday_count && all.holidays[off] < all.makeups[on]);
        int32_t day = next_off ? all.holidays[off++] : all.makeups[on++];
        bool worked;
        if (country[0] != '\0' && holidays_name(everybodys, day, &worked) != NULL)
            continue;
        if (!add_day_off(packing, days, day, country))
            return false;
    }
    return true;
}

// The first file that is of the country of file `at`.
static size_t first_of(const struct packing *packing, size_t at)
{
    size_t first = 0;
    while (strcmp(packing->countries[first], packing->countries[at]) != 0)
        first++;
    return first;
}

static bool fill_countries(struct packing *packing, const struct holidays *everybodys)
{
    bool home = true, good = true;
    for (size_t i = 0; i < packing->settings->holiday_count && good; i++) {
        const char *country = packing->countries[i];
        if (country[0] == '\0' || first_of(packing, i) != i)
            continue;
        struct holidays *days = read_days(packing, country);
        good = days != NULL && add_days_off(packing, days, everybodys, country);
        if (good && home)
            fill_bare(packing, days);
        home = false;
        holidays_close(&days);
    }
    return good;
}

static bool fill_holidays(struct packing *packing)
{
    packing->message.days_off = arena_take(packing->arena, HOLIDAYS_MAX * sizeof *packing->message.days_off);
    if (!read_countries(packing))
        return false;
    struct holidays *everybodys = read_days(packing, "");
    if (everybodys == NULL)
        return false;
    fill_bare(packing, everybodys);
    bool good = add_days_off(packing, everybodys, everybodys, "") && fill_countries(packing, everybodys);
    holidays_close(&everybodys);
    return good;
}

// --- the whole

static bool check_zone(const char *name, char *ret_error, size_t error_bytes)
{
    struct zone *zone = NULL;
    bool known = zone_open(ZONE_DIRECTORIES, name, &zone);
    if (!known)
        snprintf(ret_error, error_bytes, "common.time_zone: there is no time zone \"%s\"", name);
    zone_close(&zone);
    return known;
}

bool settings_pack(const struct settings *settings, struct arena *arena, struct slice *ret_bytes, char *ret_error,
                   size_t error_bytes)
{
    struct packing packing = {settings, arena, NULL, TEND__V1__SETTINGS__INIT, ret_error, error_bytes};
    Tend__V1__Settings *message = &packing.message;
    if (!check_zone(settings->time_zone, ret_error, error_bytes) || !fill_holidays(&packing))
        return false;
    message->time_zone = (char *)(uintptr_t)settings->time_zone;
    message->currency = (char *)(uintptr_t)settings->currency;
    fill_rates(&packing);
    message->weekend = arena_take(arena, 7 * sizeof *message->weekend);
    for (uint32_t day = 1; day <= 7; day++)
        if ((settings->weekend >> (day - 1) & 1) != 0)
            message->weekend[message->n_weekend++] = day;
    message->shards = (uint32_t)settings->shards;
    size_t length = tend__v1__settings__get_packed_size(message);
    uint8_t *bytes = arena_take(arena, length + 1);
    tend__v1__settings__pack(message, bytes);
    *ret_bytes = (struct slice){bytes, length};
    return true;
}
