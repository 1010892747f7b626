// Clues: what in bytes from outside may say who somebody is: ids, mail addresses, telephone numbers, as they stand
// there. What is wrapped is for unwrap.h to take off before. Pure.
#ifndef TEND_INGEST_CLUE_H
#define TEND_INGEST_CLUE_H

#include <stdbool.h>
#include <stddef.h>

enum clue_kind {
    CLUE_ID,    // any word or text that may be one, as it stands
    CLUE_MAIL,  // in small letters
    CLUE_PHONE, // the last digits: a number is written with and without its country
};

enum {
    CLUE_BYTES = 401,     // of the longest text and its end; longer ones are nobody's
    CLUE_DIGITS = 9,      // of a telephone number; what is before them is the country and the area
    CLUE_DIGITS_LEAST = 7 // shorter numbers are no telephone's
};

// Calls `visit` with every clue, some more than once, until it returns true. Returns whether it did. The text lives
// until `visit` returns.
typedef bool clue_visit(void *self, enum clue_kind kind, const char *text);
bool clue_each(const char *bytes, size_t length, clue_visit *visit, void *self);

// Writes a telephone number as clues have it. False: it has too few digits.
bool clue_phone(const char *text, char ret_digits[CLUE_DIGITS + 1]);

#endif
