// A census of customers for a fit: how many have the same purchase history. Pure.
//
// Adding is one append; equal histories are merged when the rows are asked for. Memory: 8 bytes for each customer added
// and 32 for each distinct history, until it is closed.
#ifndef TEND_SCORING_CENSUS_H
#define TEND_SCORING_CENSUS_H

#include "services/scoring/gammagamma.h"
#include "services/scoring/nbd.h"

struct census;

// An empty census.
struct census *census_open(void);
void census_close(struct census **census);

// Forgets all customers, keeps the memory.
void census_clear(struct census *census);

// A customer with x repeat purchase days, its first and last purchase day, and today (days since 1970). A first day
// after today is not counted; a last day after today counts as today; without repeat days the last is the first.
void census_add(struct census *census, uint32_t x, int32_t first_day, int32_t last_day, int32_t today);

// What a customer's x repeat purchase days brought on average. Does nothing when x is 0 or the mean is not positive or
// not finite.
void census_spent(struct census *census, uint32_t x, double mean);

// The distinct histories, sorted by x, T, tx; they live until the census changes or is closed.
const struct nbd_row *census_rows(struct census *census, size_t *ret_count);

// What was spent, sorted by x, then mean; equal ones merged. They live until the census changes or is closed.
const struct gammagamma_row *census_spendings(struct census *census, size_t *ret_count);

#endif
