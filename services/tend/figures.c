#include "services/tend/figures.h"

#include "common/calendar.h"
#include "common/money.h"
#include "common/stamp.h"
#include "common/zone.h"
#include "services/tend/digits.h"
#include "services/tend/verb.h"

#include <string.h>

enum { MILLI = 1000, SECONDS_A_DAY = 86400, MINUTE = 60, HOUR = 3600 };

void figures_open(const char *zone, struct figures *ret_figures)
{
    *ret_figures = (struct figures){.zone = NULL};
    screen_find(&ret_figures->screen);
    if (zone != NULL && zone[0] != '\0')
        zone_open(ZONE_DIRECTORIES, zone, &ret_figures->zone);
}

void figures_close(struct figures *figures)
{
    zone_close(&figures->zone);
}

const char *figures_name(const json_t *figure, char *buffer)
{
    snprintf(buffer, FIGURES_BYTES, "%s", verb_text(figure, "name"));
    for (char *at = buffer; *at != '\0'; at++)
        if (*at == '_')
            *at = ' ';
    return buffer;
}

static const char *print_instant(const struct figures *figures, int64_t seconds, bool minute, char *buffer)
{
    buffer[0] = '\0';
    if (seconds < (int64_t)DAY_MIN * SECONDS_A_DAY || seconds > (int64_t)DAY_MAX * SECONDS_A_DAY - SECONDS_A_DAY)
        return buffer;
    int64_t day = seconds / SECONDS_A_DAY - (seconds % SECONDS_A_DAY < 0);
    struct local_time local = {.day = (int32_t)day, .second = (int32_t)(seconds - day * SECONDS_A_DAY)};
    if (figures->zone != NULL)
        local = zone_local(figures->zone, seconds);
    size_t used = day_print(local.day, buffer);
    if (minute)
        snprintf(buffer + used, FIGURES_BYTES - used, " %02d:%02d", local.second / HOUR, local.second % HOUR / MINUTE);
    return buffer;
}

const char *figures_value(const struct figures *figures, const json_t *figure, char *buffer)
{
    static const char prefix[] = "FIGURE_UNIT_";
    const char *unit = verb_text(figure, "unit"), *currency = verb_text(figure, "currency");
    int64_t value = verb_number(figure, "value");
    char number[DIGITS_BYTES];
    if (strncmp(unit, prefix, sizeof prefix - 1) == 0)
        unit += sizeof prefix - 1;
    if (strcmp(unit, "MONEY") == 0)
        snprintf(buffer, FIGURES_BYTES, "%s%s%s", digits_money(value, number), currency[0] != '\0' ? " " : "",
                 currency);
    else if (strcmp(unit, "DAYS") == 0)
        snprintf(buffer, FIGURES_BYTES, "%.1f days", (double)value / MILLI);
    else if (strcmp(unit, "MILLI") == 0)
        snprintf(buffer, FIGURES_BYTES, "%.2f", (double)value / MILLI);
    else if (strcmp(unit, "PPM") == 0)
        digits_share(value, buffer);
    else if (strcmp(unit, "TIME") == 0)
        print_instant(figures, value / MILLI - (value % MILLI < 0), true, buffer);
    else if (strcmp(unit, "DATE") == 0 && value >= DAY_MIN && value <= DAY_MAX)
        (void)day_print((int32_t)value, buffer);
    else
        digits_count(value, buffer);
    return buffer;
}

const char *figures_short(const struct figures *figures, const json_t *figure, char *buffer)
{
    const char *unit = verb_text(figure, "unit");
    int64_t value = verb_number(figure, "value");
    if (strcmp(unit, "FIGURE_UNIT_MONEY") == 0)
        digits_short(value, WORDING_EN, buffer);
    else if (strcmp(unit, "FIGURE_UNIT_DAYS") == 0)
        snprintf(buffer, FIGURES_BYTES, "%.0f day%s", (double)value / MILLI, value == MILLI ? "" : "s");
    else if (strcmp(unit, "FIGURE_UNIT_TIME") == 0)
        print_instant(figures, value / MILLI - (value % MILLI < 0), false, buffer);
    else
        figures_value(figures, figure, buffer);
    return buffer;
}

const json_t *figures_find(const json_t *list, const char *name)
{
    size_t i;
    const json_t *figure;
    json_array_foreach (list, i, figure)
        if (strcmp(verb_text(figure, "name"), name) == 0)
            return figure;
    return NULL;
}

static const char *print_stamp(const struct figures *figures, const char *timestamp, bool minute, char *buffer)
{
    int64_t seconds;
    int32_t nanos;
    buffer[0] = '\0';
    if (stamp_parse(timestamp, strlen(timestamp), &seconds, &nanos))
        print_instant(figures, seconds, minute, buffer);
    return buffer;
}

const char *figures_day(const struct figures *figures, const char *timestamp, char *buffer)
{
    return print_stamp(figures, timestamp, false, buffer);
}

const char *figures_minute(const struct figures *figures, const char *timestamp, char *buffer)
{
    return print_stamp(figures, timestamp, true, buffer);
}

const char *figures_moment(const struct figures *figures, const char *timestamp, char *buffer)
{
    size_t used = strlen(print_stamp(figures, timestamp, true, buffer));
    if (used > 0)
        snprintf(buffer + used, FIGURES_BYTES - used, " %s", figures->zone != NULL ? zone_name(figures->zone) : "UTC");
    return buffer;
}

const char *figures_instant(const struct figures *figures, int64_t at_ms, char *buffer)
{
    return print_instant(figures, at_ms / MILLI - (at_ms % MILLI < 0), false, buffer);
}

const char *figures_money(const char *amount, char *buffer)
{
    char number[DIGITS_BYTES];
    int64_t micros;
    size_t length = strcspn(amount, " ");
    buffer[0] = '\0';
    if (money_parse(amount, length, &micros))
        snprintf(buffer, FIGURES_BYTES, "%s%s", digits_money(micros, number), amount + length);
    return buffer;
}

const char *figures_line(const struct figures *figures, const json_t *list, char *buffer)
{
    size_t i, used = 0;
    const json_t *figure;
    char name[FIGURES_BYTES], value[FIGURES_BYTES];
    buffer[0] = '\0';
    json_array_foreach (list, i, figure) {
        int length = snprintf(buffer + used, FIGURES_LINE_BYTES - used, "%s%s %s", used > 0 ? ", " : "",
                              figures_name(figure, name), figures_value(figures, figure, value));
        if ((size_t)length >= FIGURES_LINE_BYTES - used) {
            buffer[used] = '\0';
            break;
        }
        used += (size_t)length;
    }
    return buffer;
}

void figures_put(const struct figures *figures, const char *label, const char *text)
{
    char fits[SCREEN_TEXT_BYTES];
    if (text[0] == '\0')
        return;
    printf("  %s", screen_fit(label, FIGURES_LABEL - 2, false, fits));
    screen_wrap(stdout, &figures->screen, text, FIGURES_LABEL, FIGURES_LABEL);
}
