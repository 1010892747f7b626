#include "services/scoring/pareto.h"

#include "common/must.h"
#include "services/scoring/gamma.h"
#include "services/scoring/hump.h"

#include <math.h>
#include <stdbool.h>

enum { HALVINGS = 50 };

static const double least_discount = 1e-9;

// What the customer's silence since tx means: over each y between tx and T at which its life may have ended, the
// density (alpha + y)^-(r + x) (beta + y)^-(s + 1), with u = ln((base + y) / (base + tx)), base the smaller of alpha
// and beta, for then it has one hump and no corner however far the two are apart.
struct silence {
    double n, s, alpha, beta, tx, T;
    double start, gap;            // base + tx; the larger of the two less base
    double fall_base, fall_other; // the powers that go with them
};

static struct silence silence_of(const struct pareto_params *params, uint32_t x, double tx, double T)
{
    T = T > 0 ? T : 0;
    tx = x > 0 && tx > 0 ? fmin(tx, T) : 0;
    double n = params->r + x, s = params->s, base = fmin(params->alpha, params->beta);
    bool alpha_first = params->alpha <= params->beta;
    return (struct silence){.n = n,
                            .s = s,
                            .alpha = params->alpha,
                            .beta = params->beta,
                            .tx = tx,
                            .T = T,
                            .start = base + tx,
                            .gap = fmax(params->alpha, params->beta) - base,
                            .fall_base = alpha_first ? n : s + 1,
                            .fall_other = alpha_first ? s + 1 : n};
}

// Relative to the density at tx, times dy / du.
static double silence_curve(const void *context, double u, double *ret_slope)
{
    const struct silence *silence = context;
    double since = silence->start * expm1(u), other = silence->start + silence->gap;
    *ret_slope = 1 - silence->fall_base - silence->fall_other * (since + silence->start) / (since + other);
    return (1 - silence->fall_base) * u - silence->fall_other * log1p(since / other);
}

// The odds, as a logarithm, of an end in the silence against a life that goes on.
static double odds(const struct silence *silence, double log_integral)
{
    double quiet = silence->T - silence->tx, base = silence->beta + silence->tx;
    return log(silence->s * silence->start / base) + log_integral +
           silence->n * log1p(quiet / (silence->alpha + silence->tx)) + silence->s * log1p(quiet / base);
}

double pareto_alive(const struct pareto_params *params, uint32_t x, double tx, double T)
{
    struct silence silence = silence_of(params, x, tx, T);
    double width = log1p((silence.T - silence.tx) / silence.start);
    if (width <= 0)
        return 1;
    double gone = odds(&silence, hump_log_integral(silence_curve, &silence, width)), small = exp(-fabs(gone));
    return gone > 0 ? small / (1 + small) : 1 / (1 + small);
}

double pareto_orders(const struct pareto_params *params, uint32_t x, double tx, double T, double horizon)
{
    T = T > 0 ? T : 0;
    double length = log1p((horizon > 0 ? horizon : 0) / (params->beta + T)), lift = (params->s - 1) * length;
    double mean = fabs(lift) < 1e-8 ? 1 - lift / 2 : -expm1(-lift) / lift;
    double rate = (params->r + x) / (params->alpha + T);
    return pareto_alive(params, x, tx, T) * rate * (params->beta + T) * length * mean;
}

// A future purchase at (beta + T)(e^v - 1) after T: the life lasts as long, and the discount.
struct future {
    double s, discount;
};

static double future_curve(const void *context, double v, double *ret_slope)
{
    const struct future *future = context;
    double later = future->discount * expm1(v);
    *ret_slope = 1 - future->s - later - future->discount;
    return (1 - future->s) * v - later;
}

double pareto_discounted(const struct pareto_params *params, uint32_t x, double tx, double T, double discount)
{
    T = T > 0 ? T : 0;
    double span = params->beta + T;
    struct future future = {.s = params->s, .discount = fmax(discount, least_discount) * span};
    // There the discount alone is exp(-900), and no double holds a life long enough to make up for it.
    double width = log1p(900 / future.discount);
    double rate = (params->r + x) / (params->alpha + T);
    return pareto_alive(params, x, tx, T) * rate * span * exp(hump_log_integral(future_curve, &future, width));
}

double pareto_alive_until(const struct pareto_params *params, uint32_t x, double tx, double p)
{
    must(p > 0 && p < 1);
    tx = x > 0 && tx > 0 ? tx : 0;
    double low = 0, high = 1;
    while (high < NBD_NEVER_DAYS && pareto_alive(params, x, tx, tx + high) > p) {
        low = high;
        high *= 4;
    }
    if (high >= NBD_NEVER_DAYS)
        return NBD_NEVER_DAYS;
    for (unsigned i = 0; i < HALVINGS && high - low > 1e-6 * high; i++) {
        double middle = low + (high - low) / 2;
        *(pareto_alive(params, x, tx, tx + middle) > p ? &low : &high) = middle;
    }
    return tx + high;
}

// What is averaged over the moments at which the life may have ended.
struct means {
    double log_integral;
    double log_alpha, per_alpha, log_beta, per_beta; // of alpha + y and beta + y: logarithm, reciprocal
};

static void average(const struct silence *silence, double width, struct means *ret)
{
    struct hump hump;
    hump_find(silence_curve, silence, width, &hump);
    double sum = 0, log_base = 0, per_base = 0, log_other = 0, per_other = 0, log_start = log(silence->start);
    for (unsigned part = 0; part < hump.parts; part++)
        for (unsigned i = 0; i < HUMP_POINTS; i++) {
            double share, u = hump_point(&hump, part, i, &share);
            double base = silence->start * exp(u), other = base + silence->gap, log_at = log(other);
            double curve = (1 - silence->fall_base) * u - silence->fall_other * log_at;
            share *= exp(curve + silence->fall_other * log(silence->start + silence->gap) - hump.top);
            sum += share;
            log_base += share * u;
            per_base += share / base;
            log_other += share * log_at;
            per_other += share / other;
        }
    bool alpha_first = silence->alpha <= silence->beta;
    log_base = log_base / sum + log_start;
    log_other /= sum;
    *ret = (struct means){.log_integral = log(sum) + hump.top,
                          .log_alpha = alpha_first ? log_base : log_other,
                          .per_alpha = (alpha_first ? per_base : per_other) / sum,
                          .log_beta = alpha_first ? log_other : log_base,
                          .per_beta = (alpha_first ? per_other : per_base) / sum};
}

// ln of what the silence leaves, and its slopes along r, alpha, s, beta.
static double silence_likelihood(const struct silence *silence, double slopes[NBD_PARAMETERS])
{
    double n = silence->n, s = silence->s, alpha = silence->alpha + silence->T, beta = silence->beta + silence->T;
    double log_alpha = log(alpha), log_beta = log(beta), gone = 0, sum = -n * log_alpha - s * log_beta;
    double width = log1p((silence->T - silence->tx) / silence->start);
    struct means means = {0};
    if (width > 0) {
        average(silence, width, &means);
        double against = odds(silence, means.log_integral), small = exp(-fabs(against));
        gone = against > 0 ? 1 / (1 + small) : small / (1 + small);
        sum += fmax(against, 0) + log1p(small);
    }
    double alive = 1 - gone;
    slopes[0] = -alive * log_alpha - gone * means.log_alpha;
    slopes[1] = -n * (alive / alpha + gone * means.per_alpha);
    slopes[2] = -alive * log_beta + gone * (1 / s - means.log_beta);
    slopes[3] = -alive * s / beta - gone * (s + 1) * means.per_beta;
    return sum;
}

double pareto_likelihood(const struct pareto_params *params, const struct nbd_row *rows, size_t count,
                         double ret_slopes[NBD_PARAMETERS])
{
    const double at[NBD_PARAMETERS] = {params->r, params->alpha, params->s, params->beta};
    double log_alpha = log(params->alpha), log_beta = log(params->beta), sum = 0, total[NBD_PARAMETERS] = {0};
    double log_r = gamma_log(params->r), slope_r = gamma_slope(params->r), rise = 0, rise_r = 0;
    uint32_t last_x = 0;
    for (size_t i = 0; i < count; i++) {
        const struct nbd_row *row = &rows[i];
        if (row->x != last_x) {
            rise = row->x == 0 ? 0 : gamma_log(params->r + row->x) - log_r;
            rise_r = row->x == 0 ? 0 : gamma_slope(params->r + row->x) - slope_r;
            last_x = row->x;
        }
        struct silence silence = silence_of(params, row->x, row->tx, row->T);
        double slopes[NBD_PARAMETERS];
        double one = silence_likelihood(&silence, slopes);
        sum += row->weight * (one + rise + params->r * log_alpha + params->s * log_beta);
        total[0] += row->weight * (slopes[0] + rise_r + log_alpha);
        total[1] += row->weight * (slopes[1] + params->r / params->alpha);
        total[2] += row->weight * (slopes[2] + log_beta);
        total[3] += row->weight * (slopes[3] + params->s / params->beta);
    }
    for (unsigned i = 0; i < NBD_PARAMETERS; i++)
        ret_slopes[i] = total[i] * at[i];
    return sum;
}
