// Chance that is the same every time: a stream of numbers from a seed, in whole numbers only, so that every machine and
// every compiler draws alike. For made-up data, never for secrets. Pure.
#ifndef TEND_TEND_CHANCE_H
#define TEND_TEND_CHANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct chance {
    uint64_t state;
};

// A stream of its own for each (seed, stream): what one part of a story draws does not move the others.
struct chance chance_start(uint64_t seed, uint64_t stream);

// 0 to count - 1; count is 1 or more.
uint32_t chance_below(struct chance *chance, uint32_t count);

// `low` to `high`, both possible; low is not above high.
int32_t chance_between(struct chance *chance, int32_t low, int32_t high);

// True in `percent` of a hundred cases.
bool chance_percent(struct chance *chance, uint32_t percent);

// One of the indexes of `weights`, each as likely as its weight; their sum is above 0.
size_t chance_weighted(struct chance *chance, const uint32_t *weights, size_t count);

#endif
