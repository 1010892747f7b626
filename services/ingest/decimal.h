// Decimal numbers as programs write them in JSON, as text, so that no digit is lost. Pure.
#ifndef TEND_INGEST_DECIMAL_H
#define TEND_INGEST_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    DECIMAL_POWER_MAX = 40, // of ten in an exponent
    DECIMAL_PLACES_MAX = 18,
    DECIMAL_BYTES = 100, // of a number as it is written: far more than any amount
    DECIMAL_TEXT_BYTES = DECIMAL_BYTES + 2 * DECIMAL_POWER_MAX + 2 * DECIMAL_PLACES_MAX + 8, // of a plain one
};

// Writes the number without an exponent and without a plus into DECIMAL_TEXT_BYTES: "1.0E+2" is "100", "-.5" is "-0.5".
// False for what is no number, and beyond the limits.
bool decimal_plain(const char *text, size_t length, char *ret_plain);

// Divides a plain number by ten to the power of `places` (0 to DECIMAL_PLACES_MAX), in DECIMAL_TEXT_BYTES: "1999" by 2
// places is "19.99".
void decimal_shift(const char *plain, int places, char *ret_plain);

// Reads a number in millionths, rounded half away from zero, at most nine billion either way; thousands may be parted
// as in "1,280.50". False when it is anything else.
bool decimal_micros(const char *text, size_t length, int64_t *ret_micros);

#endif
