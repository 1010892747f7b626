#include "services/scoring/buying.h"

#include "common/must.h"
#include "services/scoring/gammagamma.h"
#include "services/scoring/nbd.h"
#include "services/scoring/pareto.h"

#include <math.h>
#include <stdbool.h>

enum { MONTHS_MAX = 120 }; // no model says anything about what comes later

static const double month_days = 30.4375;

const char *const buying_names[] = {"none", "mbg", "bg", "pareto", "nbd"};

static struct nbd_params as_nbd(const struct buying_model *model)
{
    static const enum nbd_model models[BUYING_KINDS] = {
        [BUYING_MBG] = NBD_MBG, [BUYING_BG] = NBD_BG, [BUYING_NBD] = NBD_PLAIN};
    return (struct nbd_params){models[model->kind], model->p[0], model->p[1], model->p[2], model->p[3]};
}

static struct pareto_params as_pareto(const struct buying_model *model)
{
    return (struct pareto_params){model->p[0], model->p[1], model->p[2], model->p[3]};
}

double buying_alive(const struct buying_model *model, uint32_t x, double tx, double age)
{
    must(model->kind < BUYING_KINDS);
    if (model->kind == BUYING_NONE)
        return 1;
    if (model->kind == BUYING_PARETO) {
        struct pareto_params pareto = as_pareto(model);
        return pareto_alive(&pareto, x, tx, age);
    }
    struct nbd_params nbd = as_nbd(model);
    return nbd_alive(&nbd, x, tx, age);
}

double buying_orders(const struct buying_model *model, uint32_t x, double tx, double age, double horizon)
{
    must(model->kind < BUYING_KINDS);
    if (model->kind == BUYING_NONE)
        return 0;
    if (model->kind == BUYING_PARETO) {
        struct pareto_params pareto = as_pareto(model);
        return pareto_orders(&pareto, x, tx, age, horizon);
    }
    struct nbd_params nbd = as_nbd(model);
    return nbd_orders(&nbd, x, tx, age, horizon);
}

void buying_orders_within(const struct buying_model *model, uint32_t x, double tx, double age, const double *horizons,
                          size_t count, double *ret_orders)
{
    must(model->kind < BUYING_KINDS);
    if (model->kind == BUYING_NONE || model->kind == BUYING_PARETO) {
        for (size_t i = 0; i < count; i++)
            ret_orders[i] = buying_orders(model, x, tx, age, horizons[i]);
        return;
    }
    struct nbd_params nbd = as_nbd(model);
    nbd_orders_within(&nbd, x, tx, age, horizons, count, ret_orders);
}

double buying_alive_until(const struct buying_model *model, uint32_t x, double tx, double p)
{
    must(model->kind < BUYING_KINDS);
    if (model->kind == BUYING_NONE)
        return NBD_NEVER_DAYS;
    if (model->kind == BUYING_PARETO) {
        struct pareto_params pareto = as_pareto(model);
        return pareto_alive_until(&pareto, x, tx, p);
    }
    struct nbd_params nbd = as_nbd(model);
    return nbd_alive_until(&nbd, x, tx, p);
}

double buying_present_orders(const struct buying_model *model, uint32_t x, double tx, double age, unsigned months,
                             double rate)
{
    must(months <= MONTHS_MAX && rate >= 0);
    double sum = 0, before = 0, factor = 1;
    for (unsigned month = 1; month <= months; month++) {
        double up_to = buying_orders(model, x, tx, age, month * month_days);
        factor /= 1 + rate;
        sum += fmax(up_to - before, 0) * factor;
        before = up_to;
    }
    return sum;
}

double spending_mean(const struct spending_model *model, uint32_t x, double mean)
{
    bool own = x > 0 && mean > 0 && isfinite(mean);
    if (model->p[0] > 0) {
        struct gammagamma_params gammagamma = {model->p[0], model->p[1], model->p[2]};
        return gammagamma_mean(&gammagamma, own ? x : 0, own ? mean : 0);
    }
    if (!own)
        return model->mean;
    return model->mean > 0 ? (model->mean + x * mean) / (1.0 + x) : mean;
}
