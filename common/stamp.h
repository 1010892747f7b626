// Instants as text: RFC 3339, the years 1970 to 9999. Pure.
#ifndef TEND_COMMON_STAMP_H
#define TEND_COMMON_STAMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Seconds since 1970-01-01T00:00:00Z of the last second of the year 9999.
#define STAMP_SECONDS_MAX INT64_C(253402300799)

// Room for the longest text, "9999-12-31T23:59:59.999999999Z", and its end.
enum { STAMP_TEXT_BYTES = 32, STAMP_NANOS = 1000000000 };

// True for an instant that can be written.
bool stamp_valid(int64_t seconds, int32_t nanos);

// Reads "2026-05-17T09:30:00.25+08:00" of `length` bytes: date, T, time, a fraction of at most nine digits if any, and
// Z or an offset. False for anything else, for a day or an hour that does not exist, and outside the years 1970 to
// 9999.
bool stamp_parse(const char *text, size_t length, int64_t *ret_seconds, int32_t *ret_nanos);

// Writes a valid instant in UTC with 0, 3, 6 or 9 digits of fraction, as few as hold it. `buffer` holds
// STAMP_TEXT_BYTES. Returns the length.
size_t stamp_print(int64_t seconds, int32_t nanos, char *buffer);

#endif
