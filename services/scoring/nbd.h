// Repeat buying with drop-out that follows a purchase: MBG/NBD, BG/NBD, and NBD without drop-out. Pure.
//
// A customer buys at a rate of its own (Gamma-distributed over customers: r, alpha) until it is gone for good: after
// any purchase with a probability of its own (Beta-distributed: a, b). BG/NBD: only after repeat purchases, so one that
// never came back is alive for certain (Fader, Hardie, Lee 2005). MBG/NBD: after the first one too (Batislam, Denizel,
// Filiztekin 2007). Of a customer only x, tx and T matter: repeat purchase days, days from the first to the last of
// all, days from the first to now. One unit of time throughout; here days.
//
// Every result is finite for parameters from 1e-6 to 1e4, x to 3,000 and times to 100 years, and beyond that as far as
// doubles go. 0 <= tx <= T; what is outside is drawn to the nearest inside. Without repeat purchases tx counts as 0.
#ifndef TEND_SCORING_NBD_H
#define TEND_SCORING_NBD_H

#include <stddef.h>
#include <stdint.h>

enum nbd_model { NBD_MBG, NBD_BG, NBD_PLAIN };

enum { NBD_PARAMETERS = 4 };

// No wait is longer, days: what never happens happens then.
#define NBD_NEVER_DAYS 1e9

struct nbd_params {
    enum nbd_model model;
    double r, alpha, a, b; // all > 0; NBD_PLAIN has no a and b
};

// Customers that have x, tx and T in common, and how many they are.
struct nbd_row {
    uint32_t x;
    double tx, T, weight;
};

// The probability that the customer is not gone. NBD_PLAIN: 1.
double nbd_alive(const struct nbd_params *params, uint32_t x, double tx, double T);

// The purchases to be expected in the `horizon` after T, those of a customer that may be gone: P(alive) times
// E[(1 - exp(-rate p horizon)) / p] over what is known of its rate and its p. By an Euler-transformed series without
// the pole at a = 1 where that is exact, else by the trapezoid rule over the logit of p; relative error below 1e-8.
double nbd_orders(const struct nbd_params *params, uint32_t x, double tx, double T, double horizon);

// The same for each of several horizons, for which P(alive) is found once.
void nbd_orders_within(const struct nbd_params *params, uint32_t x, double tx, double T, const double *horizons,
                       size_t count, double *ret_orders);

// The T at which P(alive) falls to p (0 < p < 1) if no purchase comes before; not below tx, NBD_NEVER_DAYS if never.
double nbd_alive_until(const struct nbd_params *params, uint32_t x, double tx, double p);

// Rows prepared for likelihoods: copied, with tables that each likelihood fills anew, so one thread at a time.
struct nbd_sample;
struct nbd_sample *nbd_sample_open(const struct nbd_row *rows, size_t count);
void nbd_sample_close(struct nbd_sample **sample);

// The sum over rows of weight times the logarithm of the likelihood (Fader, Hardie and Lee's note 027 eq. 4 for BG),
// and its slopes along ln r, ln alpha, ln a, ln b (0 for those that the model has not).
double nbd_likelihood(const struct nbd_params *params, struct nbd_sample *sample, double ret_slopes[NBD_PARAMETERS]);

#endif
