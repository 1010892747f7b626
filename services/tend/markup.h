// Text inside HTML and SVG. Pure.
#ifndef TEND_TEND_MARKUP_H
#define TEND_TEND_MARKUP_H

#include <stdio.h>

// Writes text so that it can stand between tags and in a quoted attribute: & < > " ' escaped, control characters and
// what turns the writing direction left out, bytes that are no UTF-8 shown as U+FFFD.
void markup_text(FILE *out, const char *text);

// Formats, and writes the result in the same way.
void markup_print(FILE *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
