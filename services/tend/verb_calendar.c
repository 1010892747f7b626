// `tend calendar`: a month with its working days, holidays, feasts and lunar dates; of a rep, as the scheduler sees it.
#include "common/lunar.h"
#include "services/tend/daysoff.h"
#include "services/tend/monthsheet.h"
#include "services/tend/repmonth.h"
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

// Only the scheduler knows a rep's country, week, absences and calls.
static int show_rep(struct verb_call *call)
{
    char target[VERB_TARGET_BYTES] = "GET /v1/calendar";
    static const char *const options[] = {"rep", "month"};
    verb_add_options(call, options, sizeof options / sizeof *options, target);
    json_t *answer = NULL;
    int code = verb_ask_owner(call, "scheduler", verb_value(call, "rep"), target, &answer);
    if (code != VERB_DONE)
        return code;
    struct feasts *feasts = feasts_open();
    struct month month;
    struct screen screen;
    screen_find(&screen);
    if (call->json) {
        verb_print_json(answer);
    } else if (repmonth_fill(answer, feasts, &month)) {
        repmonth_print(stdout, answer, &month, &screen);
    } else {
        fprintf(stderr, "tend calendar: the scheduler's answer is no month; is it of another version?\n");
        code = VERB_PROBLEM;
    }
    feasts_close(&feasts);
    json_decref(answer);
    return code;
}

int verb_calendar(struct verb_call *call)
{
    int32_t today = daysoff_today(&call->settings), first = day_month_start(today);
    char country[DAYSOFF_COUNTRY_BYTES], error[HOLIDAYS_ERROR_BYTES];
    const char *text = verb_value(call, "month");
    if (text != NULL && !month_parse(text, &first)) {
        fprintf(stderr, "tend calendar: \"%s\" is no month of 1900 to 2100: say 2026-10\n", text);
        return VERB_USAGE;
    }
    if (verb_value(call, "rep") != NULL && verb_value(call, "country") != NULL) {
        fprintf(stderr, "tend calendar: leave out --country: a rep's month is that of the rep's own country\n");
        return VERB_USAGE;
    }
    if (verb_value(call, "rep") != NULL)
        return show_rep(call);
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
