// What scoring says about a customer, as people read it: figures with their units, times in the zone of the
// configuration, reasons in full and in short.
#ifndef TEND_TEND_FIGURES_H
#define TEND_TEND_FIGURES_H

#include "services/tend/screen.h"

#include <jansson.h>
#include <stdint.h>

enum { FIGURES_BYTES = 200, FIGURES_LINE_BYTES = 2000, FIGURES_LABEL = 14 };

struct zone;

struct figures {
    struct screen screen;
    struct zone *zone; // NULL: times are shown in UTC
};

// Finds the screen and opens the zone ("Asia/Shanghai"; one that is not known is UTC).
void figures_open(const char *zone, struct figures *ret_figures);

// Gives the zone back.
void figures_close(struct figures *figures);

// "mean_gap" as "mean gap". `buffer` holds FIGURES_BYTES and is returned, as in all that follow.
const char *figures_name(const json_t *figure, char *buffer);

// The value with its unit: "1,280.50 CNY", "13.2 days", "4.2 %", "2026-05-17".
const char *figures_value(const struct figures *figures, const json_t *figure, char *buffer);

// The value where there is little room: "2.36M", "13 days", "4.2 %", "2026-05-17".
const char *figures_short(const struct figures *figures, const json_t *figure, char *buffer);

// The figure of this name, NULL when the list has none.
const json_t *figures_find(const json_t *list, const char *name);

// A timestamp ("2026-05-17T01:30:00Z") as day, or as day and minute; "" for none.
const char *figures_day(const struct figures *figures, const char *timestamp, char *buffer);
const char *figures_minute(const struct figures *figures, const char *timestamp, char *buffer);

// The same minute with the name of its zone, where it could be mistaken: "2026-05-17 09:30 Asia/Shanghai"; "" for none.
const char *figures_moment(const struct figures *figures, const char *timestamp, char *buffer);

// The day of an instant, milliseconds since 1970.
const char *figures_instant(const struct figures *figures, int64_t at_ms, char *buffer);

// An amount ("1280.5 CNY") as "1,280.50 CNY"; "" for none.
const char *figures_money(const char *amount, char *buffer);

// All figures in a row: "net sales 1,280.50 CNY, share 4.2 %". `buffer` holds FIGURES_LINE_BYTES.
const char *figures_line(const struct figures *figures, const json_t *list, char *buffer);

// Prints "  label     text", broken where the screen ends; the text begins in column FIGURES_LABEL. Nothing for an
// empty text.
void figures_put(const struct figures *figures, const char *label, const char *text);

#endif
