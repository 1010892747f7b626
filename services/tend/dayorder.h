// Dates whose year stands last: "3/4/2010" is in March or in April. Which one is one rule for a whole file, and told by
// any date in it whose day is beyond 12. Pure.
#ifndef TEND_TEND_DAYORDER_H
#define TEND_TEND_DAYORDER_H

#include "common/moment.h"

#include <stdbool.h>
#include <stddef.h>

enum dayorder { DAYORDER_UNKNOWN, DAYORDER_MONTH_FIRST, DAYORDER_DAY_FIRST };

// What a text says: whether it begins like such a date at all, and what its numbers allow.
enum dayorder_hint {
    DAYORDER_NONE,
    DAYORDER_SAME, // "5/5/2010": the same either way
    DAYORDER_OPEN,
    DAYORDER_SAYS_MONTH,
    DAYORDER_SAYS_DAY,
};

// What `length` bytes say: two numbers of one or two digits and one of four, parted twice by the same of "/", "-", ".".
enum dayorder_hint dayorder_hint(const char *text, size_t length);

// Reads such a date, with a time behind it or without, under the rule; see moment_parse. False under
// DAYORDER_UNKNOWN.
bool dayorder_parse(enum dayorder order, const char *text, size_t length, struct moment *ret_moment);

#endif
