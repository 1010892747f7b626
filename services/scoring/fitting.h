// The fitting: the models of buying and spending fitted anew while turns go on: customers are counted piece by piece, a
// thread fits, a later turn takes the result.
#ifndef TEND_SCORING_FITTING_H
#define TEND_SCORING_FITTING_H

#include "services/scoring/fit.h"

// More customers than this tell the parameters no better: of a larger book every k-th customer is counted.
enum { FITTING_CUSTOMERS_MAX = 250000 };

struct fitting;

// Options are copied.
struct fitting *fitting_open(const struct fit_options *options);
void fitting_close(struct fitting **fitting);

// A descriptor for the loop, as errand_fd.
int fitting_fd(struct fitting *fitting);

// True from fitting_begin until the result was taken.
bool fitting_busy(struct fitting *fitting);

// Begins to count customers as of `today`; what was begun before must have been taken. `median_gap_days` is that of all
// gaps between purchase days, 0 when unknown.
void fitting_begin(struct fitting *fitting, int32_t today, double median_gap_days);

// Counts a customer with x repeat purchase days, which brought `mean` each (units of the currency).
void fitting_add(struct fitting *fitting, uint32_t x, int32_t first_day, int32_t last_day, double mean);

// All are counted: the thread goes to work.
void fitting_go(struct fitting *fitting);

// Nobody wants the result any more: what was counted is forgotten, what the thread finds is thrown away.
void fitting_abandon(struct fitting *fitting);

// True when the thread is done: until its result is taken, or once when nobody wants it any more.
bool fitting_done(struct fitting *fitting);

// True once, when the work is done.
bool fitting_take(struct fitting *fitting, struct fit_result *ret_result);

#endif
