// Did you mean? Pure.
#ifndef TEND_COMMON_NEAREST_H
#define TEND_COMMON_NEAREST_H

#include <stddef.h>

// Further apart than this, two names are no slip of the finger.
enum { NEAREST_EDITS = 2 };

// How many characters must be put in, taken out, changed, or swapped with their neighbour to turn one name into the
// other; NEAREST_EDITS + 1 when it is more than NEAREST_EDITS. Capitals do not count as different.
size_t nearest_edits(const char *one, const char *other);

// The name of the `count` names that is closest to `wrong`, the first of equals; NULL when none is within
// NEAREST_EDITS, or when the slip would be as long as the name itself.
const char *nearest_name(const char *wrong, const char *const *names, size_t count);

#endif
