#include "services/scoring/thinning.h"

#include "common/must.h"
#include "services/scoring/gamma.h"

#include <math.h>
#include <stdbool.h>

enum {
    TERMS_MOST = 1000,     // of the series; where it needs more the trapezoid rule is as fast
    POINTS_MOST = 1 << 16, // of the trapezoid rule on one side; the worst need about 2,000
};

// Below this a or b, half of the mass of Beta is so far out that it is taken apart from the rest.
static const double thin_tail = 0.1;

// What adds less than this to a sum changes nothing; and past the last bend, this far out, what is left of the curve
// once the line is taken off has fallen as low.
static const double tail_least = 1e-18, flat = 41;

// With z = t / (1 + t) and C = a + b - 1: the mean is C (-L phi - exp(u) S), where L = ln(1 - z), u = (a - 1) L,
// phi = (exp(u) - 1) / u and S is a Gauss series after Euler's transformation. False when digits were lost or too
// many terms are needed.
static bool by_series(double a, double b, double n, double t, double *ret_mean)
{
    double z = t / (1 + t), log_rest = -log1p(t), lift = (a - 1) * log_rest;
    double phi = fabs(lift) < 1e-8 ? 1 + lift / 2 : expm1(lift) / lift;
    double top = a + b - 1 - n, bottom = a + b - 1;
    if (bottom < 1e-3 || fabs(lift) > 600)
        return false;
    double term = top / bottom * z, sum = term, size = fabs(term);
    for (unsigned i = 1; fabs(term) > 1e-17 * fabs(sum); i++) {
        if (i > TERMS_MOST)
            return false;
        term *= (top + i) * (a + i - 1) / ((bottom + i) * (i + 1.0)) * z;
        sum += term;
        size += fabs(term);
    }
    double lead = -log_rest * phi, factor = exp(lift);
    double mean = bottom * (lead - factor * sum);
    if (!isfinite(mean) || !(mean > 1e-4 * bottom * (lead + factor * size)))
        return false;
    *ret_mean = mean;
    return true;
}

// What is integrated over y = logit p: Beta's density times what is averaged, less a straight line that takes up what
// Beta has far out. `scale` keeps the density near 1 where it is highest.
struct curve {
    double a, b, n, t;
    double at_0, at_1; // the line
    double scale;
    double most; // of what is averaged, when Beta alone falls off to both sides; else infinite
};

struct area {
    double height, weight;
};

static struct area measure(const struct curve *curve, double y)
{
    double rest = log1p(exp(-fabs(y)));
    double log_p = fmin(y, 0) - rest, log_q = fmin(-y, 0) - rest;
    double p = exp(log_p), q = exp(log_q);
    double value = p * curve->t < 1e-300 ? curve->n * curve->t : -expm1(-curve->n * log1p(p * curve->t)) / p;
    double weight = exp(curve->a * log_p + curve->b * log_q - curve->scale);
    return (struct area){weight * (value - curve->at_0 * q - curve->at_1 * p), weight};
}

// One side, from the start on, at least to `end`, or to where the density, which only falls, is nothing; when it has a
// tail, until that counts no more.
static struct area side(const struct curve *curve, double start, double step, double end, bool tail)
{
    struct area area = {0};
    for (unsigned i = 0; i < POINTS_MOST; i++) {
        double y = start + step * i;
        struct area more = measure(curve, y);
        area.height += more.height;
        area.weight += more.weight;
        bool little = fabs(more.height) <= tail_least * fabs(area.height) && more.weight <= tail_least * area.weight;
        bool nothing = little && more.weight * curve->most <= tail_least * area.height;
        if (nothing || ((step > 0 ? y > end : y < end) && (little || !tail)))
            break;
    }
    return area;
}

double thinning_mean_slow(double a, double b, double n, double t)
{
    must(a > 0 && b > 0 && n > 0 && t >= 0);
    if (t == 0)
        return 0;
    bool left = a < thin_tail, right = b < thin_tail, whole = !left && !right;
    double first = n * t, last = -expm1(-n * log1p(t));
    struct curve curve = {.a = a, .b = b, .n = n, .t = t, .most = whole ? first : INFINITY};
    if (!whole) {
        curve.at_0 = left ? first : last;
        curve.at_1 = right ? last : first;
    }
    // Smooth over half a unit of y, and over Beta's own width: the error of the rule with this step is below 1e-13.
    double step = fmin(0.25, 0.6 * sqrt((a + b) / (a * b)));
    double middle = whole ? log(a / b) : log((a + 1) / (b + 1));
    curve.scale = -a * log1p(exp(-middle)) - b * log1p(exp(middle));
    double low = fmin(middle, -log1p(first + t)), high = fmax(middle, 0);
    struct area down = side(&curve, middle, -step, low - (left ? flat : 0), !left);
    struct area up = side(&curve, middle + step, step, high + (right ? flat : 0), !right);
    double sum = down.height + up.height;
    if (whole)
        return sum / (down.weight + up.weight);
    double line = (curve.at_0 * b + curve.at_1 * a) / (a + b);
    return line + sum * step * exp(gamma_log(a + b) - gamma_log(a) - gamma_log(b) + curve.scale);
}

double thinning_mean(double a, double b, double n, double t)
{
    must(a > 0 && b > 0 && n > 0 && t >= 0);
    double mean;
    if (!by_series(a, b, n, t, &mean))
        mean = thinning_mean_slow(a, b, n, t);
    return fmin(fmax(mean, 0), n * t);
}
