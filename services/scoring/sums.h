// Sums over a trailing window: what was added to each customer in the last so many days. Pure.
#ifndef TEND_SCORING_SUMS_H
#define TEND_SCORING_SUMS_H

#include "common/money.h"

#include <stddef.h>
#include <stdint.h>

struct sums;

// Sums over `days` days, at most 3660, none of which has come yet; sums_clear says when it is.
struct sums *sums_open(uint32_t days);
void sums_close(struct sums **sums);

// Forgets everything; the window ends with `day`.
void sums_clear(struct sums *sums, int32_t day);

// Adds to a customer's day. A day before the window is passed over, a later one counts when it comes.
void sums_add(struct sums *sums, uint32_t slot, int32_t day, int64_t value);

// Goes on to the next day.
void sums_next_day(struct sums *sums);

// The customer's sum.
int128 sums_of(const struct sums *sums, uint32_t slot);

// Says that a customer's sum will be asked for soon, so that the processor can fetch it. Changes nothing.
void sums_expect(const struct sums *sums, uint32_t slot);

#endif
