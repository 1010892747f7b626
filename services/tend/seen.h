// A set of 64-bit hashes: what was met before. Two things with the same hash are taken for one, once in some 10^10
// imports.
#ifndef TEND_TEND_SEEN_H
#define TEND_TEND_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct seen;

// An empty set, never NULL; the caller closes it.
struct seen *seen_open(void);

// Takes NULL.
void seen_close(struct seen **seen);

// True when it was added before.
bool seen_has(const struct seen *seen, uint64_t hash);

// True when it was not there yet.
bool seen_add(struct seen *seen, uint64_t hash);

#endif
