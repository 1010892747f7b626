#include "services/scoring/gamma.h"

#include <math.h>

double gamma_log(double x)
{
    int sign;
    return lgamma_r(x, &sign);
}

double gamma_slope(double x)
{
    double below = 0;
    for (; x < 10; x += 1)
        below -= 1 / x;
    double z = 1 / (x * x);
    // Bernoulli numbers over their index: 1/12, 1/120, 1/252, 1/240, 1/132, 691/32760, 1/12.
    double series =
        z * (1.0 / 12 -
             z * (1.0 / 120 - z * (1.0 / 252 - z * (1.0 / 240 - z * (1.0 / 132 - z * (691.0 / 32760 - z / 12))))));
    return below + log(x) - 0.5 / x - series;
}
