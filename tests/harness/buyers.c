#include "harness/buyers.h"

#include "common/must.h"

#include <math.h>

enum { ORDERS_MAX = 1000000 }; // of one customer: a rate that a test does not mean

struct dice dice_of(uint64_t seed)
{
    return (struct dice){seed};
}

// SplitMix64 (Steele, Lea, Flood 2014).
static uint64_t next(struct dice *dice)
{
    uint64_t z = dice->state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

double dice_uniform(struct dice *dice)
{
    return ((double)(next(dice) >> 12) + 0.5) * 0x1p-52;
}

static double normal(struct dice *dice)
{
    double radius = sqrt(-2 * log(dice_uniform(dice)));
    return radius * cos(6.283185307179586 * dice_uniform(dice));
}

// Marsaglia and Tsang 2000; a shape below 1 by the power of a uniform number.
double dice_gamma(struct dice *dice, double shape)
{
    must(shape > 0);
    if (shape < 1)
        return dice_gamma(dice, shape + 1) * pow(dice_uniform(dice), 1 / shape);
    double d = shape - 1.0 / 3, c = 1 / sqrt(9 * d);
    for (;;) {
        double x = normal(dice), v = 1 + c * x;
        if (v <= 0)
            continue;
        v = v * v * v;
        if (log(dice_uniform(dice)) < x * x / 2 + d - d * v + d * log(v))
            return d * v;
    }
}

double dice_beta(struct dice *dice, double a, double b)
{
    double one = dice_gamma(dice, a), other = dice_gamma(dice, b);
    return one + other > 0 ? one / (one + other) : a / (a + b);
}

struct nature {
    double rate;  // orders a day
    double leave; // the probability after an order
    double end;   // the moment after which no order comes
};

static struct nature nature_of(struct dice *dice, const struct buying_model *model)
{
    const double *p = model->p;
    struct nature nature = {.rate = dice_gamma(dice, p[0]) / p[1], .end = INFINITY};
    if (model->kind == BUYING_PARETO)
        nature.end = -log(dice_uniform(dice)) / (dice_gamma(dice, p[2]) / p[3]);
    else if (model->kind != BUYING_NBD)
        nature.leave = dice_beta(dice, p[2], p[3]);
    return nature;
}

static void live(struct dice *dice, const struct buying_model *model, bool whole_days, struct nbd_row *row)
{
    struct nature nature = nature_of(dice, model);
    bool gone = model->kind == BUYING_MBG && dice_uniform(dice) < nature.leave;
    double moment = 0;
    for (unsigned i = 0; !gone && i < ORDERS_MAX; i++) {
        moment += -log(dice_uniform(dice)) / nature.rate;
        if (!(moment <= row->T && moment <= nature.end))
            break;
        double when = whole_days ? floor(moment) : moment;
        row->x += when > row->tx;
        row->tx = when;
        gone = dice_uniform(dice) < nature.leave;
    }
}

void buyers_draw(struct dice *dice, const struct buying_model *model, double newest, double oldest, bool whole_days,
                 struct nbd_row *ret_rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        double age = newest + (oldest - newest) * dice_uniform(dice);
        ret_rows[i] = (struct nbd_row){.T = whole_days ? floor(age) : age, .weight = 1};
        live(dice, model, whole_days, &ret_rows[i]);
    }
}

size_t buyers_spend(struct dice *dice, const struct gammagamma_params *params, const struct nbd_row *rows, size_t count,
                    struct gammagamma_row *ret_spendings)
{
    size_t buyers = 0;
    for (size_t i = 0; i < count; i++) {
        if (rows[i].x == 0)
            continue;
        double rate = dice_gamma(dice, params->q) / params->v;
        // The sum of x amounts of shape p is one of shape p x.
        double mean = dice_gamma(dice, params->p * rows[i].x) / rate / rows[i].x;
        ret_spendings[buyers++] = (struct gammagamma_row){rows[i].x, mean, 1};
    }
    return buyers;
}
