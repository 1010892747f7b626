// A month as a sheet for the terminal, narrow enough for a telephone, and as JSON.
#ifndef TEND_TEND_MONTHSHEET_H
#define TEND_TEND_MONTHSHEET_H

#include "services/tend/month.h"
#include "services/tend/screen.h"

#include <jansson.h>
#include <stdio.h>

enum { MONTHSHEET_COLUMNS = 45 };

// Prints the month: a row of days and one of lunar dates for each week, then what is off, made up for and celebrated.
// At most MONTHSHEET_COLUMNS wide; the names break where they are longer. In the language of the screen.
void monthsheet_print(FILE *out, const struct month *month, const struct screen *screen);

// The same for programs; the caller gives it back with json_decref.
json_t *monthsheet_json(const struct month *month);

#endif
