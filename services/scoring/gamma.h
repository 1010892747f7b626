// The logarithm of the gamma function and its slope, for positive arguments. Pure.
#ifndef TEND_SCORING_GAMMA_H
#define TEND_SCORING_GAMMA_H

// ln Γ(x), x > 0. Touches no global, unlike lgamma.
double gamma_log(double x);

// The slope of ln Γ at x > 0 (digamma), by recurrence to 10 and the asymptotic series there (Abramowitz and Stegun
// 6.3.5 and 6.3.18); to 1e-13 of its size, or absolutely where it is near zero.
double gamma_slope(double x);

#endif
