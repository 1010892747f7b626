// What the rest of the month asks for: how many calls have their day, and what room is left for the others. Pure.
//
// Promises and appointments have a day. Where more of them fall on one day than it can hold, promises move to the days
// before it, since they may be kept early; what still finds no room waits for the days after it. The room that is left
// is for coverage.
#ifndef TEND_SERVICES_SCHEDULER_LOOKAHEAD_H
#define TEND_SERVICES_SCHEDULER_LOOKAHEAD_H

#include <stddef.h>
#include <stdint.h>

enum { LOOKAHEAD_DAYS = 31 }; // of a month

struct lookahead_day {
    uint32_t fixed;   // calls that are due on this day and cannot be made before
    uint32_t movable; // calls that are due on this day and may be made before
    // ---
    uint32_t ahead; // calls of later days that are made on this one
    uint32_t free;  // calls that are left
};

// Levels `count` working days of that capacity, at most LOOKAHEAD_DAYS, in their order, and fills what stands below the
// line.
void lookahead_level(struct lookahead_day *days, size_t count, uint32_t capacity);

// The part of `open` calls without a day that the first day must take, so that none is left after the last one: even
// parts by what room each has, and never less than what the others cannot hold. 0 without days.
uint32_t lookahead_share(const struct lookahead_day *days, size_t count, uint32_t open);

#endif
