// The days between one purchase day and the next, of all customers together: how long a silence is usual. Pure.
#ifndef TEND_SCORING_GAPS_H
#define TEND_SCORING_GAPS_H

#include <stdint.h>

enum { GAPS_DAYS_MAX = 3650 }; // a longer one counts as ten years: by then the customer is gone in every sense

struct gaps {
    uint32_t quantile_ppm;
    uint32_t at;    // where the quantile was found last
    uint64_t up_to; // gaps of at most `at` days
    uint64_t count;
    uint64_t days[GAPS_DAYS_MAX + 1];
};

// No gaps; the quantile that will be asked for, 1 to 1,000,000 ppm.
void gaps_start(struct gaps *gaps, uint32_t quantile_ppm);

// One gap more, or one less that was added before; `days` is 1 or more.
void gaps_add(struct gaps *gaps, int64_t days);
void gaps_remove(struct gaps *gaps, int64_t days);

// So many gaps more, each of so many days.
void gaps_add_many(struct gaps *gaps, int64_t days, uint64_t count);

// The smallest number of days that at least the quantile's share of all gaps does not exceed; 0 with fewer than `least`
// gaps.
uint32_t gaps_quantile(struct gaps *gaps, uint64_t least);

#endif
