// Bounds that a sender is told of at the door and that the plan behind it relies on: they must be the same on both
// sides, or what is taken would do nothing.
#ifndef TEND_COMMON_BOUNDS_H
#define TEND_COMMON_BOUNDS_H

#include <stdint.h>

enum {
    // The longest absence, first and last day counted: a year and a month of rest. Who is away for longer has left.
    BOUNDS_ABSENCE_DAYS = 400,
    // The furthest that a reminder is put off: a later time is a slip, and would hide the reminder for good.
    BOUNDS_PUT_OFF_DAYS = 366,
};

// What an import of orders derives about customers and reps lies in the first weeks of 1990, so that everything that
// is really known is newer. An event before this moment is such a placeholder, whose time says nothing.
#define BOUNDS_PLACEHOLDER_FROM_MS INT64_C(631152000000)
#define BOUNDS_PLACEHOLDER_TO_MS INT64_C(641520000000)

#endif
