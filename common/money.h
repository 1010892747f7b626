// Money: micros of a currency. Pure. Sums are 128 bits wide, so no sum of 64-bit amounts can wrap.
#ifndef TEND_COMMON_MONEY_H
#define TEND_COMMON_MONEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

__extension__ typedef __int128 int128;

enum { MONEY_MICROS = 1000000, MONEY_CODE_BYTES = 4, MONEY_TEXT_BYTES = 32 };

// The largest amount that one event may name: 9 * 10^15 micros, nine billion units. Everything that Tend sums stays far
// inside 128 bits, and one order cannot make a rate conversion overflow.
#define MONEY_MAX INT64_C(9000000000000000)

// Reads a decimal number ("-1280.5", at most six decimals, at most MONEY_MAX either way) of `length` bytes.
// False when it is anything else.
bool money_parse(const char *text, size_t length, int64_t *ret_micros);

// Writes the shortest decimal with at least two decimals: "1280.50". `buffer` holds MONEY_TEXT_BYTES. Returns its
// length.
size_t money_print(int64_t micros, char *buffer);

// True for three capitals.
bool money_code_valid(const char *code);

// amount * rate, rounded half away from zero and held at the ends of int64; `rate_micros` is what one unit costs in the
// other currency, in micros.
int64_t money_convert(int64_t micros, int64_t rate_micros);

#endif
