// Who may decide what (rows 54 and 70): a promise outside policy, a compensation. Pure. Money is in micros of the
// reporting currency.
#ifndef TEND_SERVICES_SCHEDULER_AUTHORITY_H
#define TEND_SERVICES_SCHEDULER_AUTHORITY_H

#include "common/money.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { AUTHORITY_LEVELS = 8, AUTHORITY_NAME_BYTES = 64 };

// A role and what it may decide alone; INT64_MIN (not given): whatever it costs.
struct authority_level {
    const char *role;
    int64_t limit_micros;
};

// The lowest level first, limits ascending. No level at all: authority_usual() holds.
struct authority_options {
    struct authority_level *levels;
    size_t level_count;
};

// What holds where nothing is configured: a rep decides nothing outside policy, a manager up to 5,000, a director
// everything.
struct authority_options authority_usual(void);

#define AUTHORITY_UNKNOWN (-1) // an amount that nobody named, as of a term that is no money

enum authority_state {
    AUTHORITY_OWN,    // who asks may decide it
    AUTHORITY_ASK,    // the level of `ret_level` must approve
    AUTHORITY_NOBODY, // it is above every level
};

// Who must approve an amount that somebody of `role` wants to grant: the lowest level from their own on whose limit it
// does not pass. An unknown amount needs the level above their own, if there is one. A role that is not in the table,
// "" among them, has the lowest level; the case of ASCII letters does not count. `ret_level` counts from 0 and is
// written for AUTHORITY_OWN and AUTHORITY_ASK.
enum authority_state authority_judge(const struct authority_options *options, const char *role, int64_t micros,
                                     size_t *ret_level);

// The level of a role; false when the table has no such role.
bool authority_level(const struct authority_options *options, const char *role, size_t *ret_level);

#endif
