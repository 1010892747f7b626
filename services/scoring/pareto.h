// Repeat buying with drop-out at any moment: Pareto/NBD (Schmittlein, Morrison, Colombo 1987). Pure.
//
// A customer buys at a rate of its own (Gamma-distributed: r, alpha) through a lifetime that ends at a rate of its own
// (Gamma-distributed: s, beta). x, tx, T, their bounds and what is promised as in nbd.h.
#ifndef TEND_SCORING_PARETO_H
#define TEND_SCORING_PARETO_H

#include "services/scoring/nbd.h"

struct pareto_params {
    double r, alpha, s, beta; // all > 0
};

// The probability that the lifetime has not ended.
double pareto_alive(const struct pareto_params *params, uint32_t x, double tx, double T);

// The purchases to be expected in the `horizon` after T.
double pareto_orders(const struct pareto_params *params, uint32_t x, double tx, double T, double horizon);

// All purchases to be expected after T, each discounted by exp(-discount * time until it): DERT of Fader, Hardie and
// Lee 2005. `discount` > 0 for a unit of time; below 1e-9 it counts as 1e-9.
double pareto_discounted(const struct pareto_params *params, uint32_t x, double tx, double T, double discount);

// The T at which P(alive) falls to p (0 < p < 1) if no purchase comes before, to a part in a million; not below tx,
// NBD_NEVER_DAYS if never.
double pareto_alive_until(const struct pareto_params *params, uint32_t x, double tx, double p);

// The sum over rows of weight times the logarithm of the likelihood, and its slopes along ln r, ln alpha, ln s, ln
// beta. The integral of the likelihood is positive and has one hump: 32 or 64 points, no hypergeometric function.
double pareto_likelihood(const struct pareto_params *params, const struct nbd_row *rows, size_t count,
                         double ret_slopes[NBD_PARAMETERS]);

#endif
