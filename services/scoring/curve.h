// A curve through a customer's monthly profits, and where it leads: the fitting method of the textbooks. It looks at
// nothing but the past, so it is indicative: it is shown, and nothing is decided by it. Pure.
//
// Five shapes are fitted by least squares over t = 0, 1, .. of the months, and the one with the least corrected Akaike
// criterion is taken (Hurvich and Tsai 1989): AICc = n ln(RSS/n) + 2k + 2k(k+1)/(n-k-1), k counting the parameters and
// the scatter. Of equal ones the simplest.
//     constant    a
//     linear      a + b t
//     quadratic   a + b t + c t^2
//     decay       a e^(-b t), b > 0
//     bass        a / cosh^2(b (t - c)), b > 0: rises to a in month c, then falls off
// The last is the curve of Bass (1969) for sales per unit of time, with p and q for the innovators and imitators,
// written by its peak: b = (p+q)/2, c = ln(q/p)/(p+q). Its peak must have been seen, c <= n-1, or lie up to n before
// the months. Decay is what is left of it long after.
#ifndef TEND_SCORING_CURVE_H
#define TEND_SCORING_CURVE_H

#include "services/scoring/reason.h"

#include <stddef.h>
#include <stdint.h>

enum curve_kind { CURVE_UNKNOWN, CURVE_CONSTANT, CURVE_LINEAR, CURVE_QUADRATIC, CURVE_DECAY, CURVE_BASS, CURVE_KINDS };
extern const char *const curve_names[CURVE_KINDS]; // "", "constant" ..

enum {
    CURVE_MONTHS_MIN = 12,  // with fewer no curve is drawn
    CURVE_MONTHS_MAX = 120, // the newest count: what was ten years ago says nothing about the next
    CURVE_AHEAD_MAX = 120,  // months
    CURVE_PARAMETERS_MAX = 3,
};

struct curve {
    uint8_t kind; // enum curve_kind
    uint32_t months;
    uint32_t parameter_count;
    double parameters[CURVE_PARAMETERS_MAX]; // a, b, c; of units of money, t = 0 is the first of the months
    double least, most;                      // of the months, units of money
    int64_t scatter_micros;                  // the root of the mean squared residual
    int64_t slope_micros;                    // how much more the last month brought than the one before, by the curve
};

// Fits a curve to the profits of whole months (micros, the oldest first). With fewer than CURVE_MONTHS_MIN the kind is
// CURVE_UNKNOWN and everything 0. All figures are finite.
void curve_fit(const int64_t *months, size_t count, struct curve *ret_curve);

// The curve's profit in micros of month `t`; t = curve->months is the first month ahead. The k-th month ahead is held
// within the range of the n months seen, widened either way by k/n of its width: as fast as it grew until now, so that
// no parabola runs off to the sky. 0 without a curve.
int64_t curve_at(const struct curve *curve, uint32_t t);

// The sum over the next `ahead` months, at most CURVE_AHEAD_MAX.
int64_t curve_forecast(const struct curve *curve, uint32_t ahead);

// Which curve, with its parameters and the forecast of 12 months.
void curve_explain(const struct curve *curve, struct reason *ret_reason);

#endif
