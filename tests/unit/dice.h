// Chance for tests that try what nobody thought of: printed at the start, and repeated by TEND_SEED.
#ifndef TEND_TESTS_UNIT_DICE_H
#define TEND_TESTS_UNIT_DICE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct dice {
    uint64_t state;
};

// New dice, and the line that says how to have the same ones again.
static inline struct dice dice_take(void)
{
    const char *given = getenv("TEND_SEED");
    uint64_t seed = given != NULL ? strtoull(given, NULL, 10) : (uint64_t)time(NULL) * 2654435761U | 1;
    printf("TEND_SEED=%llu\n", (unsigned long long)seed);
    return (struct dice){seed};
}

static inline uint64_t dice_bits(struct dice *dice)
{
    dice->state ^= dice->state >> 12;
    dice->state ^= dice->state << 25;
    dice->state ^= dice->state >> 27;
    return dice->state * UINT64_C(2685821657736338717);
}

// 0 to below `sides`, which is above 0.
static inline int64_t dice_throw(struct dice *dice, int64_t sides)
{
    return (int64_t)((dice_bits(dice) >> 11) % (uint64_t)sides);
}

#endif
