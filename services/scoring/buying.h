// How a customer will go on buying, by whichever model the population was fitted to; one front for all of them. Pure.
//
// x: repeat purchase days (purchases of one day are one). tx: days from the first purchase day to the last. age: days
// from the first purchase day to today. All calls are cheap enough for every event and allocate nothing; results are
// finite whatever comes in, see nbd.h.
#ifndef TEND_SCORING_BUYING_H
#define TEND_SCORING_BUYING_H

#include <stddef.h>
#include <stdint.h>

enum buying_kind {
    BUYING_NONE, // nothing is known: nobody is expected to buy, everybody counts as alive
    BUYING_MBG,
    BUYING_BG,
    BUYING_PARETO,
    BUYING_NBD, // no drop-out
    BUYING_KINDS
};

// For people and config: "none", "mbg", "bg", "pareto", "nbd".
extern const char *const buying_names[];

struct buying_model {
    enum buying_kind kind;
    double p[4]; // r, alpha, then a and b, or s and beta, or nothing; time in days
};

// What an order brings (all orders of a day are one). Gamma-Gamma when p[0] > 0 (p, q, v); else only a mean is known.
struct spending_model {
    double p[3];
    double mean; // of the customers' own means over their repeat orders, each customer counted once; 0: unknown
};

// The probability that the customer has not gone for good, 0 to 1.
double buying_alive(const struct buying_model *model, uint32_t x, double tx, double age);

// The orders to be expected within `horizon` days from today.
double buying_orders(const struct buying_model *model, uint32_t x, double tx, double age, double horizon);

// The same within each of several horizons, at less cost.
void buying_orders_within(const struct buying_model *model, uint32_t x, double tx, double age, const double *horizons,
                          size_t count, double *ret_orders);

// The age in days at which buying_alive falls to p (0 < p < 1) if nothing is bought before; at least tx;
// NBD_NEVER_DAYS (1e9) if never.
double buying_alive_until(const struct buying_model *model, uint32_t x, double tx, double p);

// The orders of the next `months` months of 30.4375 days, each month's discounted by (1 + rate)^-month, first month
// included. months <= 120, `rate` a month, >= 0. Times spending_mean and the margin it is the customer's future value.
double buying_present_orders(const struct buying_model *model, uint32_t x, double tx, double age, unsigned months,
                             double rate);

// The expected amount of an order of a customer whose x repeat orders brought `mean` each, in the unit of `mean`. What
// is not positive counts as no repeat order. Without Gamma-Gamma: its own orders and one of the model's mean together.
double spending_mean(const struct spending_model *model, uint32_t x, double mean);

#endif
