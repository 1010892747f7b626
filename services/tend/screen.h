// The terminal that answers are shown on: its width, its colours, its letters.
#ifndef TEND_TEND_SCREEN_H
#define TEND_TEND_SCREEN_H

#include "services/tend/wording.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { SCREEN_LEAST = 60, SCREEN_MOST = 160, SCREEN_USUAL = 80, SCREEN_TEXT_BYTES = 600 };

struct screen {
    int width;   // columns, SCREEN_LEAST to SCREEN_MOST
    bool colour; // it is a terminal, so escape sequences are understood
    bool blocks; // the locale is UTF-8, so block letters can be shown
    enum wording_language language;
};

// What standard output is: its own width on a terminal, else that of COLUMNS, else SCREEN_USUAL. NO_COLOR is obeyed.
void screen_find(struct screen *ret_screen);

// The escape sequence of a colour, or "". Names: "bold", "dim", "red", "green", "yellow", "blue", "" (back to normal).
const char *screen_colour(const struct screen *screen, const char *name);

// Writes as much of the text as fits into `columns`, with what cannot be shown as '?', and fills with spaces: on the
// left when `right`. Returns the buffer, which holds SCREEN_TEXT_BYTES.
const char *screen_fit(const char *text, int columns, bool right, char *buffer);

// The columns that the text takes.
int screen_columns(const char *text);

// Prints text after a hanging indent, broken at spaces so that no line is wider than the screen. `used` columns of the
// first line are taken already.
void screen_wrap(FILE *out, const struct screen *screen, const char *text, int indent, int used);

#endif
