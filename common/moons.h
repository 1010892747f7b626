// What the moon and the sun do to the calendar, as tests/calendar/moons.py has computed it: one number for each lunar
// year of lunar.h. moons.c is its output, never edited by hand. Pure.
#ifndef TEND_COMMON_MOONS_H
#define TEND_COMMON_MOONS_H

#include "common/lunar.h"

#include <stdint.h>

// The parts of a number, from the lowest bit: which of the 13 months have 30 days, in their order, the leap month among
// them (of 12 months the 13th bit is 0); which month comes twice, 0 none; the first day, in days after 1 January of the
// Gregorian year of that number; the day of Qingming less 4 April; the day of the winter solstice less 20 December. The
// last two are 0 in the tables of the others.
enum {
    MOONS_MONTHS = 13,
    MOONS_LEAP_SHIFT = 13,
    MOONS_LEAP_MASK = 0xf,
    MOONS_START_SHIFT = 17,
    MOONS_START_MASK = 0x3f,
    MOONS_QINGMING_SHIFT = 23,
    MOONS_SOLSTICE_SHIFT = 25,
    MOONS_TERM_MASK = 3,
    MOONS_QINGMING_FIRST = 4,  // April
    MOONS_SOLSTICE_FIRST = 20, // December
};

extern const uint32_t moons_china[LUNAR_LAST - LUNAR_CHINA_FIRST + 1];
extern const uint32_t moons_vietnam[LUNAR_LAST - LUNAR_OTHERS_FIRST + 1];
extern const uint32_t moons_korea[LUNAR_LAST - LUNAR_OTHERS_FIRST + 1];

#endif
