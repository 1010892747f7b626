// Dates and times as tables write them. Pure.
//
// A format is made of YYYY, YY (1970 to 2069), M, D, H, m and s, which take one or two digits each (MM, DD, HH, mm and
// ss are the same), of A for AM or PM, of Z for the offset (Z, +08:00, +0800 or +08, perhaps behind a space), and of
// everything else, which stands for itself: "D.M.YYYY", "M/D/YY H:mm A", "D/M/YYYY H:mm Z". A time may follow a date
// whose format names none, and an offset any time. Without a format only what cannot be mistaken is read: 2026-05-17,
// 2026/5/17, 2026.5.17, 20260517, 2026年5月17日, each with "9:30" or "9:30:15" behind a space or a T, and RFC 3339. A
// fraction of the second is passed over.
#ifndef TEND_COMMON_MOMENT_H
#define TEND_COMMON_MOMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct zone;

struct moment {
    bool absolute;     // it named its offset: instant_s says it all
    int64_t instant_s; // seconds since 1970 UTC
    int32_t day;       // since 1970-01-01, as written
    int32_t second;    // of that day, -1 when only the day was written
};

// True for a format that names a year, a month and a day.
bool moment_format_valid(const char *format);

// Reads exactly `length` bytes; `format` NULL as said above. The years are 1970 to 9999 for instants, 1 to 9999 for
// days. False when it is anything else, or a day or time that does not exist.
bool moment_parse(const char *format, const char *text, size_t length, struct moment *ret_moment);

// The instant in seconds since 1970 UTC. A day without a time stands for its noon in that zone, so that it stays the
// same day in most others.
int64_t moment_instant_s(const struct moment *moment, const struct zone *zone);

// The day in that zone.
int32_t moment_day(const struct moment *moment, const struct zone *zone);

#endif
