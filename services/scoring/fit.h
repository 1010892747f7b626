// Fitting the models of buying and spending to all customers. Pure; for a thread of its own: no globals, memory of its
// own that it frees, and it can be cancelled.
//
// Maximum likelihood over the logarithms of shapes and ratios by L-BFGS with exact slopes, from several starts. When
// the data cannot tell the parameters, the status says why and `buying` is what to use instead. Earlier fits play no
// part, neither as a start nor in the place of one that fails: the same data give the same models.
#ifndef TEND_SCORING_FIT_H
#define TEND_SCORING_FIT_H

#include "services/scoring/buying.h"
#include "services/scoring/gammagamma.h"
#include "services/scoring/nbd.h"

#include <stdbool.h>

// Everybody's rate: NBD at the mean rate of all, r = 1 and alpha = (sum of T + 365 days) / (sum of x + 1). The year and
// the order in it are put beside what was seen, so that a book without any repeat order has a rate too.
enum fit_status {
    FIT_NONE,       // nothing to fit
    FIT_GOOD,       // what was asked for
    FIT_TOO_FEW,    // customers, repeat buyers, or time: NBD with everybody's rate
    FIT_NO_DROPOUT, // nobody seems to leave: NBD, fitted. P(alive) is 1; use rules on gaps for the overdue
    FIT_FAILED,     // no optimum found: NBD, fitted or with everybody's rate
    FIT_CANCELLED,  // none
    FIT_STATUSES
};

enum spending_status {
    SPENDING_NONE,    // no repeat order with an amount
    SPENDING_GOOD,    // Gamma-Gamma
    SPENDING_TOO_FEW, // fewer repeat buyers than asked for: own orders and one average order
    SPENDING_NO_MEAN, // q does not stay above 1, or amounts do not differ: likewise
    SPENDING_FAILED,  // no optimum found, or cancelled: likewise
    SPENDING_STATUSES
};

// For people: "good", "too few customers" ...; one more sentence each that says what is used instead, "" for good.
extern const char *const fit_names[], *const fit_fallbacks[];
extern const char *const spending_names[], *const spending_fallbacks[];

struct fit_options {
    int model;               // enum buying_kind: MBG (the default), BG, PARETO, NBD
    int64_t least_customers; // 1,000
    int64_t least_repeaters; // 200: with x > 0
    int64_t window_gaps_ppm; // 2,000,000: the longest T is at least this many times the median gap
};

struct fit_input {
    const struct nbd_row *rows; // times in days
    size_t row_count;
    const struct gammagamma_row *spendings;
    size_t spending_count;
    double median_gap_days; // between purchase days, of all customers; 0: unknown, not checked
};

struct fit_result {
    enum fit_status status;
    struct buying_model buying;  // what to use
    struct buying_model fitted;  // what maximum likelihood gave, good or not; BUYING_NONE when it was not tried
    double log_likelihood;       // of `fitted`, time in days
    double plain_log_likelihood; // of NBD without drop-out; 0 when it was not fitted
    double customers, repeaters;
    enum spending_status spending_status;
    struct spending_model spending; // what to use, in the unit of the means
    double spending_log_likelihood;
    int64_t correlation_ppm; // between x and the mean amount; Gamma-Gamma takes it to be 0
    uint32_t evaluations;    // of likelihoods, all together
};

// Fits. `cancel`, when it is not NULL, ends the fit soon after it becomes true.
void fit_run(const struct fit_options *options, const struct fit_input *input, const _Atomic bool *cancel,
             struct fit_result *ret);

#endif
