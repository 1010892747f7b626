// Integrals of functions with one hump: positive on [0, width], their logarithm concave. Pure.
//
// Where such a function has fallen by exp(-45) from its height it no longer counts, and what is left on either side of
// the top is smooth enough for one or two times 32 points of Gauss and Legendre. The caller runs through the points, so
// that it can add up several integrals at once.
#ifndef TEND_SCORING_HUMP_H
#define TEND_SCORING_HUMP_H

enum { HUMP_HALF = 16, HUMP_POINTS = 2 * HUMP_HALF, HUMP_PARTS = 4 };

// The logarithm of the function at u, and its slope. Both finite for 0 <= u <= width.
typedef double hump_curve(const void *context, double u, double *ret_slope);

struct hump {
    unsigned parts;
    double from[HUMP_PARTS], to[HUMP_PARTS]; // what each part spans
    double top;                              // the logarithm of the function, at most 20 below where it is highest
};

// Finds the parts that count of a function on [0, width], width > 0 and finite.
void hump_find(hump_curve *curve, const void *context, double width, struct hump *ret);

// Point `i` of HUMP_POINTS of a part: where it is, and its weight (weights of a part add up to its span).
double hump_point(const struct hump *hump, unsigned part, unsigned i, double *ret_weight);

// The logarithm of the integral over [0, width].
double hump_log_integral(hump_curve *curve, const void *context, double width);

#endif
