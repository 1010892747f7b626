// The mean of (1 - (1 + p t)^-n) / p over p from a Beta distribution: how many purchases are still to come when each
// may be the last. Pure.
#ifndef TEND_SCORING_THINNING_H
#define TEND_SCORING_THINNING_H

// a, b, n > 0, t >= 0. Finite and above 0 (0 if t is 0), at most n t; relative error below 1e-8 for a, b, n from 1e-6
// to 2e4, and t to 1e11. Cheap where drop-out is plausible; tens of microseconds at the ends of the range.
double thinning_mean(double a, double b, double n, double t);

// The same by the trapezoid rule alone, which serves all of the range.
double thinning_mean_slow(double a, double b, double n, double t);

#endif
