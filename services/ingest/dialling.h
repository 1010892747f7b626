// Dialling: the telephone code of each country, and what a number looks like from everywhere. Pure.
#ifndef TEND_INGEST_DIALLING_H
#define TEND_INGEST_DIALLING_H

#include <stdbool.h>
#include <stddef.h>

enum { DIALLING_BYTES = 17 }; // '+', 15 digits (E.164) and the end

// The code of a country of two capitals, "86" for "CN"; NULL for what is none.
const char *dialling_code(const char *country);

// A number as "+8613800001234". One without a code gets that of `country`, and loses the 0 (or 8) that is dialled
// before it inside the country. False for what is no number that all of the world could dial: a national one without a
// country, one with an extension or letters, fewer than 7 digits or more than 15, or hardly any different ones.
bool dialling_number(const char *text, const char *country, char ret_number[DIALLING_BYTES]);

#endif
