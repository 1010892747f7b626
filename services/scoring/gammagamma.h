// What a purchase brings: Gamma-Gamma (Fader, Hardie, Lee 2005; Colombo and Jiang 1999). Pure.
//
// Amounts of one customer are Gamma(p) at a rate of its own, which is Gamma(q, v) over customers. Independent of how
// often it buys.
#ifndef TEND_SCORING_GAMMAGAMMA_H
#define TEND_SCORING_GAMMAGAMMA_H

#include <stddef.h>
#include <stdint.h>

enum { GAMMAGAMMA_PARAMETERS = 3 };

struct gammagamma_params {
    double p, q, v; // > 0; q > 1, else no mean exists; v in the unit of the money
};

// A customer's repeat purchase days, x > 0, and what one brought on average, > 0. `weight`: how many such customers.
struct gammagamma_row {
    uint32_t x;
    double mean, weight;
};

// The expected mean of all its purchases, given x purchases that brought `mean` each: between its own mean and that of
// everybody, p v / (q - 1), which a customer without repeat purchases gets. q > 1.
double gammagamma_mean(const struct gammagamma_params *params, uint32_t x, double mean);

// The sum over rows of weight times the logarithm of the likelihood, and its slopes along ln p, ln(q - 1), ln v.
// Fastest when rows of equal x are neighbours.
double gammagamma_likelihood(const struct gammagamma_params *params, const struct gammagamma_row *rows, size_t count,
                             double ret_slopes[GAMMAGAMMA_PARAMETERS]);

#endif
