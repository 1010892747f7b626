#include "services/ingest/settings.h"

#include "common/holidays.h"
#include "common/must.h"
#include "common/zone.h"
#include "tend/v1/journal.pb-c.h"

#include <stdio.h>
#include <string.h>

static char *day_text(struct arena *arena, int32_t day)
{
    char text[64];
    day_print(day, text);
    return arena_text(arena, text, strlen(text));
}

static void fill_rates(const struct settings *settings, struct arena *arena, Tend__V1__Settings *message)
{
    message->rates = arena_take(arena, (settings->rate_count + 1) * sizeof *message->rates);
    for (size_t i = 0; i < settings->rate_count; i++) {
        Tend__V1__Rate *rate = arena_take(arena, sizeof *rate);
        tend__v1__rate__init(rate);
        rate->currency = (char *)(uintptr_t)settings->rates[i].currency;
        rate->from = day_text(arena, settings->rates[i].from_day);
        rate->rate_micros = settings->rates[i].rate_micros;
        message->rates[message->n_rates++] = rate;
    }
}

static char **day_texts(struct arena *arena, const int32_t *days, size_t count)
{
    char **texts = arena_take(arena, (count + 1) * sizeof *texts);
    for (size_t i = 0; i < count; i++)
        texts[i] = day_text(arena, days[i]);
    return texts;
}

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
    char sentence[HOLIDAYS_ERROR_BYTES];
    if (!check_zone(settings->time_zone, ret_error, error_bytes))
        return false;
    struct holidays *holidays = holidays_open();
    for (size_t i = 0; i < settings->holiday_count; i++)
        if (!holidays_add_file(holidays, settings->holidays[i], sentence)) {
            snprintf(ret_error, error_bytes, "%s", sentence);
            holidays_close(&holidays);
            return false;
        }
    struct workdays days = holidays_workdays(holidays, settings->week);
    Tend__V1__Settings message = TEND__V1__SETTINGS__INIT;
    message.time_zone = (char *)(uintptr_t)settings->time_zone;
    message.currency = (char *)(uintptr_t)settings->currency;
    fill_rates(settings, arena, &message);
    message.holidays = day_texts(arena, days.holidays, days.holiday_count);
    message.n_holidays = days.holiday_count;
    message.workdays = day_texts(arena, days.makeups, days.makeup_count);
    message.n_workdays = days.makeup_count;
    message.weekend = arena_take(arena, 7 * sizeof *message.weekend);
    for (uint32_t day = 1; day <= 7; day++)
        if ((settings->weekend >> (day - 1) & 1) != 0)
            message.weekend[message.n_weekend++] = day;
    message.shards = (uint32_t)settings->shards;
    size_t length = tend__v1__settings__get_packed_size(&message);
    uint8_t *bytes = arena_take(arena, length + 1);
    tend__v1__settings__pack(&message, bytes);
    holidays_close(&holidays);
    *ret_bytes = (struct slice){bytes, length};
    return true;
}
