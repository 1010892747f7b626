#include "services/scoring/climb.h"

#include "common/must.h"

#include <lbfgs.h>
#include <math.h>
#include <string.h>

enum {
    ITERATIONS_MAX = 300, // a fit that works takes 15 to 40
    SEARCHES_MAX = 40,    // along one direction
    NEWTON_MAX = 4,       // most tops need one or two, which double the digits that are right
};

// Of a difference of slopes; the cube root of a double's precision.
static const double newton_step = 6e-6;

// Farther than this along a logarithm no step of Newton's goes.
static const double step_most = 3;

// The best point so far, whatever the library ends on.
struct best {
    struct climb *climb;
    bool any;
    double height, at[CLIMB_DIMENSIONS], slopes[CLIMB_DIMENSIONS];
};

static double visit(struct best *best, const double *at, double *ret_slopes)
{
    struct climb *climb = best->climb;
    climb->evaluations++;
    double height = climb->height(climb->context, at, ret_slopes);
    must(isfinite(height));
    if (!best->any || height > best->height) {
        best->any = true;
        best->height = height;
        memcpy(best->at, at, climb->dimensions * sizeof *at);
        memcpy(best->slopes, ret_slopes, climb->dimensions * sizeof *at);
    }
    return height;
}

static bool cancelled(const struct climb *climb)
{
    return climb->cancel != NULL && *climb->cancel;
}

// The library looks for valleys.
static lbfgsfloatval_t evaluate(void *context, const lbfgsfloatval_t *at, lbfgsfloatval_t *slopes, const int count,
                                const lbfgsfloatval_t step)
{
    (void)step;
    double height = visit(context, at, slopes);
    for (int i = 0; i < count; i++)
        slopes[i] = -slopes[i];
    return -height;
}

static int progress(void *context, const lbfgsfloatval_t *at, const lbfgsfloatval_t *slopes,
                    const lbfgsfloatval_t height, const lbfgsfloatval_t at_norm, const lbfgsfloatval_t slope_norm,
                    const lbfgsfloatval_t step, int count, int iteration, int searches)
{
    (void)at, (void)slopes, (void)height, (void)at_norm, (void)slope_norm, (void)step;
    (void)count, (void)iteration, (void)searches;
    const struct best *best = context;
    return cancelled(best->climb);
}

// Its return code is of no use: it reports rounding trouble (-1001) at perfectly good tops. The slopes tell.
static void search(struct best *best, const double *from, unsigned count)
{
    lbfgs_parameter_t parameters;
    lbfgs_parameter_init(&parameters);
    parameters.epsilon = best->climb->enough;
    parameters.max_iterations = ITERATIONS_MAX;
    parameters.max_linesearch = SEARCHES_MAX;
    lbfgsfloatval_t *at = lbfgs_malloc((int)count);
    must(at != NULL);
    memcpy(at, from, count * sizeof *from);
    lbfgs((int)count, at, NULL, evaluate, progress, best, &parameters);
    lbfgs_free(at);
}

// Solves (-curvature) step = slopes by Cholesky; false when the curvature is not that of a top.
static bool solve(unsigned count, double m[CLIMB_DIMENSIONS][CLIMB_DIMENSIONS], const double *slopes, double *ret_step)
{
    for (unsigned i = 0; i < count; i++)
        for (unsigned j = 0; j <= i; j++) {
            double sum = m[i][j];
            for (unsigned k = 0; k < j; k++)
                sum -= m[i][k] * m[j][k];
            if (i == j && !(sum > 1e-12))
                return false;
            m[i][j] = i == j ? sqrt(sum) : sum / m[j][j];
        }
    for (unsigned i = 0; i < count; i++) {
        ret_step[i] = slopes[i];
        for (unsigned k = 0; k < i; k++)
            ret_step[i] -= m[i][k] * ret_step[k];
        ret_step[i] /= m[i][i];
    }
    for (unsigned i = count; i-- > 0;) {
        for (unsigned k = i + 1; k < count; k++)
            ret_step[i] -= m[k][i] * ret_step[k];
        ret_step[i] /= m[i][i];
    }
    return true;
}

static double steepest(const struct best *best)
{
    double most = 0;
    for (unsigned i = 0; i < best->climb->dimensions; i++)
        most = fmax(most, fabs(best->slopes[i]));
    return most;
}

// Minus the curvature at the best point, from differences of slopes.
static void bend(const struct best *best, double ret_bend[CLIMB_DIMENSIONS][CLIMB_DIMENSIONS])
{
    unsigned count = best->climb->dimensions;
    struct best side = {.climb = best->climb};
    memset(ret_bend, 0, CLIMB_DIMENSIONS * sizeof *ret_bend);
    for (unsigned i = 0; i < count; i++) {
        double at[CLIMB_DIMENSIONS], up[CLIMB_DIMENSIONS], down[CLIMB_DIMENSIONS];
        memcpy(at, best->at, sizeof at);
        at[i] = best->at[i] + newton_step;
        visit(&side, at, up);
        at[i] = best->at[i] - newton_step;
        visit(&side, at, down);
        for (unsigned j = 0; j < count; j++) {
            double half = (down[j] - up[j]) / (4 * newton_step);
            ret_bend[i][j] += half;
            ret_bend[j][i] += half;
        }
    }
}

// One step of Newton's from the best point, to where the slopes vanish; on a ridge, where that is far or nowhere, a
// shorter one. Heights that differ by less than they are precise to are equal, and then the slopes decide. False when
// no step was better.
static bool polish(struct best *best)
{
    static const double dampings[] = {0, 1e-6, 1e-4, 1e-2};
    unsigned count = best->climb->dimensions;
    double curved[CLIMB_DIMENSIONS][CLIMB_DIMENSIONS];
    bend(best, curved);
    for (unsigned i = 0; i < sizeof dampings / sizeof *dampings; i++) {
        double m[CLIMB_DIMENSIONS][CLIMB_DIMENSIONS], step[CLIMB_DIMENSIONS], at[CLIMB_DIMENSIONS], largest = 0;
        double slopes[CLIMB_DIMENSIONS], precision = 1e-13 * (1 + fabs(best->height));
        memcpy(m, curved, sizeof m);
        for (unsigned j = 0; j < count; j++)
            m[j][j] += dampings[i];
        if (!solve(count, m, best->slopes, step))
            continue;
        for (unsigned j = 0; j < count; j++) {
            at[j] = best->at[j] + step[j];
            largest = fmax(largest, fabs(step[j]));
        }
        if (largest > step_most)
            continue;
        struct best there = {.climb = best->climb};
        double gain = visit(&there, at, slopes) - best->height;
        if (gain > precision || (gain > -precision && steepest(&there) < steepest(best))) {
            *best = there;
            return true;
        }
    }
    return false;
}

// How much higher a top within step_most or so may be, by the slopes and the curvature. Only a ridge that is as good as
// flat has slopes and no height left.
static bool as_good_as_top(const struct best *best)
{
    const struct climb *climb = best->climb;
    double m[CLIMB_DIMENSIONS][CLIMB_DIMENSIONS], step[CLIMB_DIMENSIONS], gain = 0;
    if (steepest(best) <= climb->enough)
        return true;
    bend(best, m);
    for (unsigned i = 0; i < climb->dimensions; i++)
        m[i][i] += climb->nothing / (step_most * step_most);
    if (!solve(climb->dimensions, m, best->slopes, step))
        return false;
    for (unsigned i = 0; i < climb->dimensions; i++)
        gain += step[i] * best->slopes[i] / 2;
    return gain <= climb->nothing;
}

enum climb_end climb_run(struct climb *climb, double *at, double *ret_height)
{
    must(climb->dimensions > 0 && climb->dimensions <= CLIMB_DIMENSIONS && climb->enough > 0);
    struct best best = {.climb = climb};
    double slopes[CLIMB_DIMENSIONS];
    visit(&best, at, slopes);
    search(&best, at, climb->dimensions);
    double enough = climb->enough / 1000;
    for (unsigned i = 0; !climb->rough && i < NEWTON_MAX && !cancelled(climb) && steepest(&best) > enough; i++)
        if (!polish(&best))
            break;
    memcpy(at, best.at, climb->dimensions * sizeof *at);
    *ret_height = best.height;
    if (cancelled(climb))
        return CLIMB_CANCELLED;
    return !climb->rough && as_good_as_top(&best) ? CLIMB_TOP : CLIMB_LOST;
}
