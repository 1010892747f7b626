// Needles: texts that are sought in bytes, all in one pass, so that a thousand of them cost little more than ten. Pure.
#ifndef TEND_INGEST_NEEDLES_H
#define TEND_INGEST_NEEDLES_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct needles;

// One text; an empty one is never found.
struct needle {
    const char *bytes;
    size_t length;
};

// Takes a list, which must live as long as the arena.
const struct needles *needles_make(struct arena *arena, const struct needle *list, size_t count);

// The least index of a needle that stands in the bytes, at a place that `suits` accepts (NULL: any); the number of
// needles when there is none.
typedef bool needles_suits(void *context, const struct needle *needle, const char *at);
size_t needles_find(const struct needles *needles, const char *bytes, size_t length, needles_suits *suits,
                    void *context);

#endif
