// Customers drawn from a model of buying with known parameters, for tests that ask whether a fit finds them again.
#ifndef TEND_TESTS_HARNESS_BUYERS_H
#define TEND_TESTS_HARNESS_BUYERS_H

#include "services/scoring/buying.h"
#include "services/scoring/gammagamma.h"
#include "services/scoring/nbd.h"

#include <stdbool.h>

// A chance that repeats itself: the same seed gives the same customers.
struct dice {
    uint64_t state;
};

// Any number.
struct dice dice_of(uint64_t seed);

// Above 0 and below 1.
double dice_uniform(struct dice *dice);
// Gamma of the shape and the rate 1; Beta of a and b. All parameters above 0.
double dice_gamma(struct dice *dice, double shape);
double dice_beta(struct dice *dice, double a, double b);

// The histories of `count` customers that came between `oldest` and `newest` days ago, evenly spread; each a row of its
// own. With `whole_days` purchases fall on days, those of one day being one, else on moments.
void buyers_draw(struct dice *dice, const struct buying_model *model, double newest, double oldest, bool whole_days,
                 struct nbd_row *ret_rows, size_t count);

// What repeat orders brought to those of the rows that have some; returns how many that are.
size_t buyers_spend(struct dice *dice, const struct gammagamma_params *params, const struct nbd_row *rows, size_t count,
                    struct gammagamma_row *ret_spendings);

#endif
