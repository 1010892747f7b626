#include "services/scoring/nbd.h"

#include "common/must.h"
#include "services/scoring/thinning.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

// Beta's second parameter before the customer's last chance to leave, at which it stayed or left. BG without repeat
// purchases has had no chance.
static double before(const struct nbd_params *params, uint32_t x)
{
    return params->b + ((double)x - (params->model == NBD_MBG ? 0 : 1));
}

static void draw_in(uint32_t x, double *tx, double *T)
{
    *T = *T > 0 ? *T : 0;
    *tx = x > 0 && *tx > 0 ? fmin(*tx, *T) : 0;
}

static bool leaves(const struct nbd_params *params, uint32_t x)
{
    return params->model == NBD_MBG || (params->model == NBD_BG && x > 0);
}

double nbd_alive(const struct nbd_params *params, uint32_t x, double tx, double T)
{
    draw_in(x, &tx, &T);
    if (!leaves(params, x))
        return 1;
    double odds = (params->r + x) * log1p((T - tx) / (params->alpha + tx)) + log(params->a / before(params, x));
    double small = exp(-fabs(odds));
    return odds > 0 ? small / (1 + small) : 1 / (1 + small);
}

void nbd_orders_within(const struct nbd_params *params, uint32_t x, double tx, double T, const double *horizons,
                       size_t count, double *ret_orders)
{
    draw_in(x, &tx, &T);
    double alive = nbd_alive(params, x, tx, T);
    for (size_t i = 0; i < count; i++) {
        double times = (horizons[i] > 0 ? horizons[i] : 0) / (params->alpha + T);
        if (params->model == NBD_PLAIN)
            ret_orders[i] = (params->r + x) * times;
        else
            ret_orders[i] = alive * thinning_mean(params->a, before(params, x) + 1, params->r + x, times);
    }
}

double nbd_orders(const struct nbd_params *params, uint32_t x, double tx, double T, double horizon)
{
    double orders;
    nbd_orders_within(params, x, tx, T, &horizon, 1, &orders);
    return orders;
}

double nbd_alive_until(const struct nbd_params *params, uint32_t x, double tx, double p)
{
    must(p > 0 && p < 1);
    tx = x > 0 && tx > 0 ? tx : 0;
    if (!leaves(params, x))
        return NBD_NEVER_DAYS;
    double odds = (1 / p - 1) * before(params, x) / params->a;
    double growth = log(odds) / (params->r + x);
    if (growth > 100)
        return NBD_NEVER_DAYS;
    double wait = (params->alpha + tx) * expm1(growth);
    return fmin(tx + fmax(wait, 0), NBD_NEVER_DAYS);
}

// The parts of a likelihood that depend on x alone, by x, for one set of parameters.
struct part {
    double gone; // ln(a / c): the odds of having gone after the last purchase, before the silence since then
    double c;
};

struct nbd_sample {
    size_t count;
    struct nbd_row *rows;
    uint32_t most;      // the largest x
    double *weights;    // by x
    struct part *parts; // by x
};

struct nbd_sample *nbd_sample_open(const struct nbd_row *rows, size_t count)
{
    struct nbd_sample *sample = calloc(1, sizeof *sample);
    must(sample != NULL);
    sample->count = count;
    sample->rows = malloc((count + 1) * sizeof *rows);
    must(sample->rows != NULL);
    for (size_t i = 0; i < count; i++) {
        struct nbd_row *row = &sample->rows[i];
        *row = rows[i];
        draw_in(row->x, &row->tx, &row->T);
        sample->most = row->x > sample->most ? row->x : sample->most;
    }
    sample->weights = calloc((size_t)sample->most + 1, sizeof *sample->weights);
    sample->parts = calloc((size_t)sample->most + 1, sizeof *sample->parts);
    must(sample->weights != NULL && sample->parts != NULL);
    for (size_t i = 0; i < count; i++)
        sample->weights[rows[i].x] += rows[i].weight;
    return sample;
}

void nbd_sample_close(struct nbd_sample **sample)
{
    if (*sample == NULL)
        return;
    free((*sample)->rows);
    free((*sample)->weights);
    free((*sample)->parts);
    free(*sample);
    *sample = NULL;
}

struct slopes {
    double r, alpha, a, b;
};

// Adds what depends on x alone, and fills the table: x is an integer, so the ratios of gamma functions are products.
static double add_counts(const struct nbd_params *params, struct nbd_sample *sample, struct slopes *slopes)
{
    double r = params->r, a = params->a, b = params->b, sum = 0;
    double rise = 0, rise_r = 0, keep = 0, keep_a = 0, keep_b = 0;
    bool plain = params->model == NBD_PLAIN;
    uint32_t shift = params->model == NBD_MBG;
    for (uint32_t x = 0, k = 0; x <= sample->most; x++) {
        for (; !plain && k < x + shift; k++) {
            double all = a + b + k;
            keep += log1p(-a / all);
            keep_a -= 1 / all;
            keep_b += a / (all * (b + k));
        }
        double weight = sample->weights[x];
        sum += weight * (rise + keep);
        slopes->r += weight * rise_r;
        slopes->a += weight * keep_a;
        slopes->b += weight * keep_b;
        if (leaves(params, x)) {
            double c = before(params, x);
            sample->parts[x] = (struct part){.gone = log(a / c), .c = c};
        }
        rise += log(r + x);
        rise_r += 1 / (r + x);
    }
    return sum;
}

double nbd_likelihood(const struct nbd_params *params, struct nbd_sample *sample, double ret_slopes[NBD_PARAMETERS])
{
    double r = params->r, alpha = params->alpha, log_alpha = log(alpha);
    struct slopes slopes = {0};
    double sum = add_counts(params, sample, &slopes);
    double last_T = -1, to_now = 0, now = 0;
    for (size_t i = 0; i < sample->count; i++) {
        const struct nbd_row *row = &sample->rows[i];
        double n = r + row->x;
        if (row->T != last_T) { // a census sorts by it
            to_now = log(alpha + row->T);
            now = 1 / (alpha + row->T);
            last_T = row->T;
        }
        double one = r * log_alpha - n * to_now, one_r = log_alpha - to_now, one_alpha = r / alpha - n * now;
        if (leaves(params, row->x)) {
            double to_last = log(alpha + row->tx), last = 1 / (alpha + row->tx);
            const struct part *part = &sample->parts[row->x];
            double odds = part->gone + n * (to_now - to_last), small = exp(-fabs(odds));
            double gone = odds > 0 ? 1 / (1 + small) : small / (1 + small);
            one += fmax(odds, 0) + log1p(small);
            one_r += gone * (to_now - to_last);
            one_alpha += gone * n * (now - last);
            slopes.a += row->weight * gone / params->a;
            slopes.b -= row->weight * gone / part->c;
        }
        sum += row->weight * one;
        slopes.r += row->weight * one_r;
        slopes.alpha += row->weight * one_alpha;
    }
    ret_slopes[0] = slopes.r * r;
    ret_slopes[1] = slopes.alpha * alpha;
    ret_slopes[2] = slopes.a * params->a;
    ret_slopes[3] = slopes.b * params->b;
    return sum;
}
