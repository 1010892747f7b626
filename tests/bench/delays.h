// Waiting times: how long each of many took, and what part of them took at most so long.
#ifndef TEND_BENCH_DELAYS_H
#define TEND_BENCH_DELAYS_H

#include <stddef.h>
#include <stdint.h>

// Waiting times of one round, microseconds.
struct delays {
    uint32_t *us;
    size_t count, room;
};

void delays_add(struct delays *delays, int64_t us);
void delays_clear(struct delays *delays);
void delays_free(struct delays *delays);

// The delay that `percent` of all do not exceed, in microseconds; 0 without any. Sorts.
double delays_at(struct delays *delays, double percent);

#endif
