// The public holidays and make-up working days of one country, as its government proclaims them year by year, read from
// files of lines like
//     # notice of 4 November 2025
//     2026-10-01,holiday,National Day
//     2026-10-10,workday,make-up
// A line is a day, one of the two words, and a name, which is all that follows the second comma. '#' starts a comment
// line; empty lines, spaces around the parts and CR at the end of a line do no harm.
#ifndef TEND_COMMON_HOLIDAYS_H
#define TEND_COMMON_HOLIDAYS_H

#include "common/calendar.h"
#include "common/csvpart.h"

enum {
    HOLIDAYS_MAX = 4096,           // days in all files: a hundred years of forty
    HOLIDAYS_FILE_BYTES = 1 << 18, // far more than HOLIDAYS_MAX lines of usual length
    HOLIDAYS_NAME_BYTES = CSVPART_NAME_BYTES,
    HOLIDAYS_ERROR_BYTES = 512
};

struct holidays;

// An empty set; the caller closes it.
struct holidays *holidays_open(void);

// Takes NULL.
void holidays_close(struct holidays **holidays);

// Adds the lines of a file. On the first wrong line, or a day that the set already has, it adds nothing, writes
// "path:line: what is wrong" to `ret_error` (HOLIDAYS_ERROR_BYTES) and returns false; without a line number when the
// file itself cannot be read.
bool holidays_add_file(struct holidays *holidays, const char *path, char *ret_error);

// The same from memory; `path` is only named in errors. Pure.
bool holidays_add(struct holidays *holidays, const char *path, const char *text, size_t length, char *ret_error);

// The working days by a weekly pattern (as in struct workdays) and this set. The arrays belong to the set and live
// until lines are added or it is closed.
struct workdays holidays_workdays(const struct holidays *holidays, uint32_t week);

// The name of the day, "" when its line has none, NULL when the set has no such day. `ret_worked` says whether it is a
// make-up working day. Lives as long as the arrays.
const char *holidays_name(const struct holidays *holidays, int32_t day, bool *ret_worked);

// True when the set has a day in that year before December, whose last days a notice about the next year may name.
bool holidays_cover(const struct holidays *holidays, int32_t year);

// True when the set is to know holidays but lacks those of today's year, or in December those of the next, which are
// proclaimed in autumn: without them a year's working days are only a guess. An empty set was meant to be empty.
bool holidays_missing(const struct holidays *holidays, int32_t today, int32_t *ret_year);

#endif
