// A finder: numbers by a 64-bit hash, several for one hash when it comes to that. Pure; the hash is the caller's, and
// so is the check whether a number is the one that was meant.
#ifndef TEND_SCORING_FINDER_H
#define TEND_SCORING_FINDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct finder;

// An empty finder.
struct finder *finder_open(void);
void finder_close(struct finder **finder);

// Forgets everything.
void finder_clear(struct finder *finder);

// Adds a number, at most UINT32_MAX - 1, under a hash.
void finder_add(struct finder *finder, uint64_t hash, uint32_t number);

// The same for numbers of which many may belong under one hash: once FINDER_FEW are, the others go under `other`.
enum { FINDER_FEW = 16 };
void finder_add_few(struct finder *finder, uint64_t hash, uint64_t other, uint32_t number);

// That for many in a row: each waits for some others, while the processor fetches its place. Ends with finder_settle,
// before which nothing is looked for.
void finder_bring_few(struct finder *finder, uint64_t hash, uint64_t other, uint32_t number);
void finder_settle(struct finder *finder);

// Goes through the numbers under a hash, in the order in which they came: finder_next is false when there are no more.
// Nothing is added meanwhile.
struct finder_walk {
    uint64_t hash;
    uint32_t at;
};
struct finder_walk finder_look(const struct finder *finder, uint64_t hash);
bool finder_next(const struct finder *finder, struct finder_walk *walk, uint32_t *ret_number);

// Bytes of memory it holds.
size_t finder_bytes(const struct finder *finder);

#endif
