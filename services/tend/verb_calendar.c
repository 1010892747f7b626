// `tend calendar`: a month with its working days, holidays, feasts and lunar dates.
#include "common/lunar.h"
#include "services/tend/daysoff.h"
#include "services/tend/monthsheet.h"
#include "services/tend/verb.h"

#include <stdio.h>
#include <string.h>

// The country: what was typed, or what the first holiday file is of. False when it is no code.
static bool read_country(struct verb_call *call, char ret_country[DAYSOFF_COUNTRY_BYTES])
{
    const char *text = verb_value(call, "country");
    if (text == NULL) {
        daysoff_first_country(&call->settings, ret_country);
        return true;
    }
    if (strlen(text) != 2 || text[0] < 'A' || text[0] > 'Z' || text[1] < 'A' || text[1] > 'Z')
        return false;
    memcpy(ret_country, text, DAYSOFF_COUNTRY_BYTES);
    return true;
}

static void show(const struct month *month, bool json)
{
    if (json) {
        json_t *answer = monthsheet_json(month);
        verb_print_json(answer);
        json_decref(answer);
        return;
    }
    struct screen screen;
    screen_find(&screen);
    monthsheet_print(stdout, month, &screen);
}

int verb_calendar(struct verb_call *call)
{
    int32_t today = daysoff_today(&call->settings), first = day_month_start(today);
    char country[DAYSOFF_COUNTRY_BYTES], error[HOLIDAYS_ERROR_BYTES];
    const char *text = verb_value(call, "month");
    if (verb_value(call, "rep") != NULL) {
        fprintf(stderr, "tend calendar: a rep's own calendar, with absences, is not built yet; leave out --rep\n");
        return VERB_PROBLEM;
    }
    if (text != NULL && !month_parse(text, &first)) {
        fprintf(stderr, "tend calendar: \"%s\" is no month of 1900 to 2100: say 2026-10\n", text);
        return VERB_USAGE;
    }
    if (!read_country(call, country)) {
        fprintf(stderr, "tend calendar: \"%s\" is no country: say two capitals, such as CN\n",
                verb_value(call, "country"));
        return VERB_USAGE;
    }
    struct holidays *holidays = daysoff_read(&call->settings, country, error);
    if (holidays == NULL) {
        fprintf(stderr, "tend calendar: %s\n", error);
        return VERB_CONFIG;
    }
    struct feasts *feasts = feasts_open();
    struct month month;
    month_fill(holidays, call->settings.week, feasts, country, first, today, &month);
    show(&month, call->json);
    feasts_close(&feasts);
    holidays_close(&holidays);
    return VERB_DONE;
}
