// A time zone by its IANA name, read from a TZif file (RFC 8536, version 2 or later), so that one process can keep any
// number of zones: the C library has one per process. Everything but zone_open and its file is pure.
//
// Instants are seconds since 1970 UTC without leap seconds; beyond 10^14 of them either way they are held at that end.
#ifndef TEND_COMMON_ZONE_H
#define TEND_COMMON_ZONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Where the C library of our platform keeps its zones.
#define ZONE_DIRECTORIES "/usr/share/zoneinfo"

enum { ZONE_NAME_BYTES = 64 }; // with the NUL; the longest in use has 30 letters

struct zone;

struct local_time {
    int32_t day;    // since 1970-01-01, as in calendar.h
    int32_t second; // 0..86399 of that day by the clock on the wall
};

// True for what may be a zone's name, such as "America/Argentina/Ushuaia": letters, digits, '_', '+' and '-', in parts
// joined by single slashes, shorter than ZONE_NAME_BYTES. So no name leaves its directory.
bool zone_name_valid(const char *name);

// Opens a zone: the first file of that name in `directories`, a list joined by ':'. False when the name is not valid,
// no directory has it, it cannot be read, or zone_parse refuses it. The caller closes it.
bool zone_open(const char *directories, const char *name, struct zone **ret_zone);

// The same from the bytes of a TZif file, which it does not keep. False when the bytes are not wholly right: version 1,
// leap seconds, a length or an index out of bounds, times not ascending, offsets of a day and more, a bad footer.
bool zone_parse(const char *name, const uint8_t *bytes, size_t length, struct zone **ret_zone);

// Takes NULL.
void zone_close(struct zone **zone);

// The name it was opened by; lives as long as the zone.
const char *zone_name(const struct zone *zone);

// Seconds east of UTC at that instant, within -89999..93599.
int32_t zone_offset_s(const struct zone *zone, int64_t instant_s);

// What calendar and clock show at that instant.
struct local_time zone_local(const struct zone *zone, int64_t instant_s);

// The instant of a local date and minute (0..1440; 1440 is the next day's midnight). A time that the clocks jump over
// gives the first instant after the gap, also when a whole day is missing; of two equal times the first.
int64_t zone_instant(const struct zone *zone, int32_t day, uint32_t minute);

// The same for what comes once a day: it stays on its day. Where the clocks jump over the end of the day, as in Nuuk
// each spring, later times of it give its last second. Only a day that is missing gives the instant after the gap.
int64_t zone_moment(const struct zone *zone, int32_t day, uint32_t minute);

#endif
