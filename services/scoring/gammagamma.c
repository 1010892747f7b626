#include "services/scoring/gammagamma.h"

#include "common/must.h"
#include "services/scoring/gamma.h"

#include <math.h>

double gammagamma_mean(const struct gammagamma_params *params, uint32_t x, double mean)
{
    must(params->q > 1);
    return params->p * (params->v + x * mean) / (params->p * x + (params->q - 1));
}

// ln Γ(px + q) - ln Γ(px) - ln Γ(q), and its slopes: the same for all rows of an x.
struct beta {
    double log, slope_px, slope_q;
};

static struct beta beta_of(double px, double q)
{
    double slope = gamma_slope(px + q);
    return (struct beta){gamma_log(px + q) - gamma_log(px) - gamma_log(q), slope - gamma_slope(px),
                         slope - gamma_slope(q)};
}

double gammagamma_likelihood(const struct gammagamma_params *params, const struct gammagamma_row *rows, size_t count,
                             double ret_slopes[GAMMAGAMMA_PARAMETERS])
{
    double p = params->p, q = params->q, v = params->v, log_v = log(v);
    double sum = 0, slope_p = 0, slope_q = 0, slope_v = 0;
    struct beta beta = {0};
    uint32_t last_x = 0;
    for (size_t i = 0; i < count; i++) {
        const struct gammagamma_row *row = &rows[i];
        must(row->x > 0 && row->mean > 0);
        double x = row->x, px = p * x, spent = x * row->mean, all = spent + v;
        if (row->x != last_x)
            beta = beta_of(px, q);
        last_x = row->x;
        double log_all = log(all), log_spent = log(spent);
        sum += row->weight * (beta.log + q * (log_v - log_all) + px * (log_spent - log_all) - log_spent + log(x));
        slope_p += row->weight * x * (beta.slope_px + log_spent - log_all);
        slope_q += row->weight * (beta.slope_q + log_v - log_all);
        slope_v += row->weight * (q * spent - px * v) / (v * all);
    }
    ret_slopes[0] = slope_p * p;
    ret_slopes[1] = slope_q * (q - 1);
    ret_slopes[2] = slope_v * v;
    return sum;
}
