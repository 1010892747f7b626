// A rep's month as the scheduler answers it, GET /v1/calendar, for the month sheet.
#ifndef TEND_TEND_REPMONTH_H
#define TEND_TEND_REPMONTH_H

#include "services/tend/month.h"
#include "services/tend/screen.h"

#include <jansson.h>
#include <stdio.h>

// Fills the month from the answer. Names live as long as the answer and the feasts. False when the answer is no such
// month.
bool repmonth_fill(const json_t *answer, const struct feasts *feasts, struct month *ret_month);

// Prints who the rep is and the month as monthsheet.h does; then when the rep is told what, by the rep's own clock, who
// stands in, and how far the month's customers were reached.
void repmonth_print(FILE *out, const json_t *answer, const struct month *month, const struct screen *screen);

#endif
