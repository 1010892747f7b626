#include "services/scoring/fit.h"

#include "common/must.h"
#include "services/scoring/climb.h"
#include "services/scoring/pareto.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const fit_names[] = {"nothing to fit",   "good",     "too few customers", "no drop-out seen",
                                 "no optimum found", "cancelled"};
const char *const fit_fallbacks[] = {
    "Nothing is expected of anybody.",
    "",
    "Everybody is expected to buy on at a rate near that of all.",
    "Nobody is expected to leave for good; each is expected to buy on at a rate near its own.",
    "Nobody is expected to leave for good.",
    "Nothing is expected of anybody."};
const char *const spending_names[] = {"no repeat order", "good", "too few repeat buyers", "no mean",
                                      "no optimum found"};
const char *const spending_fallbacks[] = {
    "Nothing is known of what an order brings.", "",
    "An order is expected to bring the mean of the customer's own and one average order.",
    "An order is expected to bring the mean of the customer's own and one average order.",
    "An order is expected to bring the mean of the customer's own and one average order."};

enum {
    LEAST_GAIN = 2,        // in log-likelihood, of drop-out over none
    SPENDINGS_MAX = 50000, // of more rows every so many are taken: that is precise enough, and bounds the time
    STARTS_MAX = 3,
    UNITS = 50, // that the longest history is divided into, so that parameters are near 1
};

// Where the likelihood rises for ever the climb is pulled back from beyond these logarithms: of shapes, for customers
// whose rates are within a hundredth of each other are all alike, and of ratios; by a cube, that begins without a kink.
// Beyond the last none is followed.
static const double shape_most = 9.2, ratio_most = 12, pull_back = 0.01, farthest = 30;

// Slopes of the mean log-likelihood of a customer that count as none.
static const double flat_enough = 1e-6;

// Log-likelihood that is not worth the climb: it tells no parameter from another.
static const double little_left = 0.05;

// With q nearer to 1 than this the mean rests on customers that nobody has seen.
static const double least_over_1 = 1e-3;

// A smaller chance of leaving is none.
static const double least_leaving = 1e-4;

// The pooled rate supposes one order in a year of one customer besides what was seen.
static const double pooled_days = 365;

// What a likelihood is computed from: rows of histories, prepared for the kinds that need it, or of spendings.
struct view {
    enum buying_kind kind;
    unsigned dimensions;
    const double (*map)[CLIMB_DIMENSIONS];
    struct nbd_sample *sample;
    const struct nbd_row *rows;
    const struct gammagamma_row *spendings; // else NULL
    size_t count;
    double weight; // of all rows
    double unit;   // days in a unit of the rows' time; the money in a unit of the spendings
};

// A fit at work.
struct work {
    const _Atomic bool *cancel;
    uint32_t evaluations;
};

static double likelihood(const struct view *view, const double *p, double *ret_slopes)
{
    static const enum nbd_model models[BUYING_KINDS] = {
        [BUYING_MBG] = NBD_MBG, [BUYING_BG] = NBD_BG, [BUYING_NBD] = NBD_PLAIN};
    if (view->spendings != NULL) {
        struct gammagamma_params gammagamma = {p[0], 1 + p[1], p[2]};
        return gammagamma_likelihood(&gammagamma, view->spendings, view->count, ret_slopes);
    }
    if (view->kind == BUYING_PARETO) {
        struct pareto_params pareto = {p[0], p[1], p[2], p[3]};
        return pareto_likelihood(&pareto, view->rows, view->count, ret_slopes);
    }
    struct nbd_params nbd = {models[view->kind], p[0], p[1], p[2], p[3]};
    return nbd_likelihood(&nbd, view->sample, ret_slopes);
}

// The climb is along shapes and ratios, for on a ridge where all customers are alike a shape grows for ever and its
// ratio stays: ln r, ln(alpha / r), ln a, ln(b / a), or with s and beta; for spending ln p, ln(q - 1), ln(p v / (q -
// 1)). Each row: a parameter's logarithm as a sum of them.
static const double buying_map[CLIMB_DIMENSIONS][CLIMB_DIMENSIONS] = {
    {1, 0, 0, 0}, {1, 1, 0, 0}, {0, 0, 1, 0}, {0, 0, 1, 1}};
static const double spending_map[CLIMB_DIMENSIONS][CLIMB_DIMENSIONS] = {{1, 0, 0, 0}, {0, 1, 0, 0}, {-1, 1, 1, 0}};

static void parameters_at(const struct view *view, const double *at, double *ret_parameters)
{
    for (unsigned i = 0; i < view->dimensions; i++) {
        double sum = 0;
        for (unsigned j = 0; j < view->dimensions; j++)
            sum += view->map[i][j] * fmax(-farthest, fmin(at[j], farthest));
        ret_parameters[i] = exp(sum);
    }
}

// From parameters of view->dimensions to where they are; both maps are undone from the first row down.
static void place_of(const struct view *view, const double *parameters, double *ret_at)
{
    for (unsigned i = 0; i < view->dimensions; i++) {
        ret_at[i] = log(parameters[i]);
        for (unsigned j = 0; j < i; j++)
            ret_at[i] -= view->map[i][j] * ret_at[j];
    }
}

// The mean log-likelihood, less what pulls back.
static double height(void *context, const double *at, double *ret_slopes)
{
    const struct view *view = context;
    double p[CLIMB_DIMENSIONS] = {1, 1, 1, 1}, slopes[CLIMB_DIMENSIONS], pull = 0;
    parameters_at(view, at, p);
    double sum = likelihood(view, p, slopes);
    for (unsigned i = 0; i < view->dimensions; i++) {
        bool ratio = view->spendings == NULL ? i % 2 == 1 : i == 2;
        double beyond = fmax(fabs(at[i]) - (ratio ? ratio_most : shape_most), 0);
        ret_slopes[i] = -copysign(3 * pull_back * beyond * beyond, at[i]);
        for (unsigned j = 0; j < view->dimensions; j++)
            ret_slopes[i] += slopes[j] * view->map[j][i] / view->weight;
        pull += pull_back * beyond * beyond * beyond;
    }
    return sum / view->weight - pull;
}

static enum climb_end climb_from(struct work *work, struct view *view, bool rough, double *at, double *ret_height)
{
    struct climb climb = {.height = height,
                          .context = view,
                          .dimensions = view->dimensions,
                          .enough = rough ? 10 * flat_enough : flat_enough,
                          .nothing = little_left / view->weight,
                          .rough = rough,
                          .cancel = work->cancel};
    enum climb_end end = climb_run(&climb, at, ret_height);
    work->evaluations += climb.evaluations;
    return end;
}

// Climbs from each start until two come to the highest top known, and then to the very top. `starts` are parameters.
static enum climb_end climb_all(struct work *work, struct view *view, double (*starts)[CLIMB_DIMENSIONS],
                                unsigned count, double *ret_parameters, double *ret_likelihood)
{
    double highest = 0, top[CLIMB_DIMENSIONS] = {0}, slopes[CLIMB_DIMENSIONS];
    for (unsigned i = 0; i < count; i++) {
        double at[CLIMB_DIMENSIONS] = {0}, here;
        place_of(view, starts[i], at);
        if (climb_from(work, view, true, at, &here) == CLIMB_CANCELLED)
            return CLIMB_CANCELLED;
        bool agrees = i > 0 && fabs(here - highest) < little_left / view->weight;
        if (i == 0 || here > highest) {
            highest = here;
            memcpy(top, at, sizeof top);
        }
        if (agrees)
            break;
    }
    enum climb_end end = climb_from(work, view, false, top, &highest);
    parameters_at(view, top, ret_parameters);
    *ret_likelihood = likelihood(view, ret_parameters, slopes);
    return end;
}

// The rate of everybody together, in orders per unit of time.
static double pooled_rate(const struct view *view)
{
    double orders = 1, time = pooled_days / view->unit;
    for (size_t i = 0; i < view->count; i++) {
        orders += view->rows[i].weight * view->rows[i].x;
        time += view->rows[i].weight * view->rows[i].T;
    }
    return orders / time;
}

static unsigned dimensions_of(enum buying_kind kind)
{
    return kind == BUYING_NBD ? 2 : 4;
}

// Which parameters of a kind are in units of time: alpha always, beta of Pareto.
static bool timed(enum buying_kind kind, unsigned parameter)
{
    return parameter == 1 || (kind == BUYING_PARETO && parameter == 3);
}

// Where to climb from: places far apart.
static unsigned starts_of(const struct view *view, double (*ret_starts)[CLIMB_DIMENSIONS])
{
    static const double shapes[STARTS_MAX][3] = {{0.7, 0.8, 2.5}, {2, 0.3, 3}, {0.25, 2, 8}};
    double rate = pooled_rate(view), staying = 2;
    for (unsigned i = 0; i < STARTS_MAX; i++) {
        double *start = ret_starts[i];
        start[0] = shapes[i][0];
        // Those who leave stop counting, so the rate while they are there is higher.
        start[1] = shapes[i][0] / rate / (view->kind == BUYING_NBD ? 1 : staying);
        start[2] = shapes[i][1];
        start[3] = view->kind == BUYING_PARETO ? UNITS * shapes[i][1] : shapes[i][2];
    }
    return STARTS_MAX;
}

// Fits one kind. The log-likelihood that is told is that of days.
static enum climb_end fit_kind(struct work *work, struct view *view, enum buying_kind kind,
                               struct buying_model *ret_model, double *ret_likelihood)
{
    double starts[STARTS_MAX][CLIMB_DIMENSIONS], p[CLIMB_DIMENSIONS] = {0}, sum;
    view->kind = kind;
    view->dimensions = dimensions_of(kind);
    enum climb_end end = climb_all(work, view, starts, starts_of(view, starts), p, &sum);
    if (end == CLIMB_CANCELLED)
        return end;
    *ret_model = (struct buying_model){.kind = kind};
    for (unsigned i = 0; i < view->dimensions; i++)
        ret_model->p[i] = p[i] * (timed(kind, i) ? view->unit : 1);
    for (size_t i = 0; i < view->count; i++)
        sum -= view->rows[i].weight * view->rows[i].x * log(view->unit);
    *ret_likelihood = sum;
    return end;
}

// How likely a customer is to leave at its first chance, or for Pareto/NBD within the longest history.
static double leaving(const struct buying_model *model, double longest)
{
    if (model->kind == BUYING_PARETO)
        return -expm1(-model->p[2] * log1p(longest / model->p[3]));
    return model->p[2] / (model->p[2] + model->p[3]);
}

// What to use when nothing can be fitted: everybody's rate.
static struct buying_model pooled(const struct view *view)
{
    return (struct buying_model){.kind = BUYING_NBD, .p = {1, view->unit / pooled_rate(view)}};
}

static void fit_buying(const struct fit_options *options, struct work *work, struct view *view, double longest,
                       struct fit_result *ret)
{
    struct buying_model plain = {0};
    enum climb_end plain_end = fit_kind(work, view, BUYING_NBD, &plain, &ret->plain_log_likelihood);
    enum climb_end end = plain_end;
    ret->fitted = plain;
    ret->log_likelihood = ret->plain_log_likelihood;
    if (plain_end != CLIMB_CANCELLED && options->model != BUYING_NBD)
        end = fit_kind(work, view, (enum buying_kind)options->model, &ret->fitted, &ret->log_likelihood);
    if (end == CLIMB_CANCELLED) {
        ret->status = FIT_CANCELLED;
        return;
    }
    bool some_leave = options->model == BUYING_NBD || (ret->log_likelihood - ret->plain_log_likelihood >= LEAST_GAIN &&
                                                       leaving(&ret->fitted, longest) >= least_leaving);
    if (end == CLIMB_TOP && some_leave) {
        ret->status = FIT_GOOD;
        ret->buying = ret->fitted;
    } else if (plain_end == CLIMB_TOP && !some_leave) {
        ret->status = FIT_NO_DROPOUT;
        ret->buying = plain;
    } else {
        ret->status = FIT_FAILED;
        ret->buying = plain_end == CLIMB_TOP ? plain : pooled(view);
    }
}

// Gives the rows times that are near 1, and prepares them.
static void open_view(const struct fit_input *input, double longest, struct view *ret)
{
    *ret = (struct view){.map = buying_map, .count = input->row_count, .unit = fmax(longest / UNITS, 1e-3)};
    struct nbd_row *rows = malloc((input->row_count + 1) * sizeof *rows);
    must(rows != NULL);
    for (size_t i = 0; i < input->row_count; i++) {
        const struct nbd_row *row = &input->rows[i];
        rows[i] = (struct nbd_row){row->x, row->tx / ret->unit, row->T / ret->unit, row->weight};
        ret->weight += row->weight;
    }
    ret->rows = rows;
    ret->sample = nbd_sample_open(rows, input->row_count);
}

static void close_view(struct view *view)
{
    nbd_sample_close(&view->sample);
    free((void *)(uintptr_t)view->rows);
}

static void run_buying(const struct fit_options *options, const struct fit_input *input, struct work *work,
                       struct fit_result *ret)
{
    double longest = 0;
    for (size_t i = 0; i < input->row_count; i++) {
        const struct nbd_row *row = &input->rows[i];
        must(row->weight > 0 && row->tx >= 0 && row->T >= row->tx && isfinite(row->T));
        longest = fmax(longest, row->T);
        ret->customers += row->weight;
        ret->repeaters += row->x > 0 ? row->weight : 0;
    }
    if (ret->customers <= 0)
        return;
    struct view view;
    open_view(input, longest, &view);
    double least_window = input->median_gap_days * (double)options->window_gaps_ppm / 1e6;
    if (ret->customers < (double)options->least_customers || ret->repeaters < (double)options->least_repeaters ||
        ret->repeaters <= 0 || longest < least_window) {
        ret->status = FIT_TOO_FEW;
        ret->buying = pooled(&view);
    } else
        fit_buying(options, work, &view, longest, ret);
    close_view(&view);
}

// What the rows say without a model.
struct moments {
    double weight, mean_x, mean, correlation;
    double middle; // the geometric mean: with a heavy tail nobody is near the other

    bool differ;
};

static struct moments moments_of(const struct gammagamma_row *rows, size_t count)
{
    struct moments moments = {0};
    for (size_t i = 0; i < count; i++) {
        const struct gammagamma_row *row = &rows[i];
        must(row->x > 0 && row->mean > 0 && isfinite(row->mean) && row->weight > 0);
        moments.weight += row->weight;
        moments.mean_x += (row->x - moments.mean_x) * row->weight / moments.weight;
        moments.middle += (log(row->mean) - moments.middle) * row->weight / moments.weight;
        moments.mean += (row->mean - moments.mean) * row->weight / moments.weight;
    }
    moments.middle = exp(moments.middle);
    double xx = 0, xm = 0, mm = 0;
    for (size_t i = 0; i < count; i++) {
        double x = rows[i].x - moments.mean_x, mean = rows[i].mean / moments.mean - 1;
        xx += rows[i].weight * x * x;
        xm += rows[i].weight * x * mean;
        mm += rows[i].weight * mean * mean;
    }
    moments.differ = mm > 1e-12 * moments.weight;
    if (xx > 0 && moments.differ)
        moments.correlation = fmax(-1, fmin(xm / sqrt(xx) / sqrt(mm), 1));
    return moments;
}

// At most SPENDINGS_MAX of the rows, evenly spread, in units of a usual amount.
static struct gammagamma_row *sample_of(const struct gammagamma_row *rows, size_t count, double unit, size_t *ret_count)
{
    size_t taken = count < SPENDINGS_MAX ? count : SPENDINGS_MAX;
    struct gammagamma_row *sample = malloc((taken + 1) * sizeof *sample);
    must(sample != NULL);
    for (size_t i = 0; i < taken; i++) {
        sample[i] = rows[i * count / taken];
        sample[i].mean /= unit;
    }
    *ret_count = taken;
    return sample;
}

static void run_spending(const struct fit_options *options, const struct fit_input *input, struct work *work,
                         struct fit_result *ret)
{
    struct moments moments = moments_of(input->spendings, input->spending_count);
    if (moments.weight <= 0)
        return;
    ret->spending.mean = moments.mean;
    ret->correlation_ppm = llround(moments.correlation * 1e6);
    ret->spending_status = SPENDING_TOO_FEW;
    if (moments.weight < (double)options->least_repeaters)
        return;
    ret->spending_status = SPENDING_NO_MEAN;
    if (!moments.differ)
        return;
    // In the order p, q - 1, v, for amounts around 1.
    double starts[][CLIMB_DIMENSIONS] = {{2, 2, 1}, {8, 3, 0.4}, {1, 0.7, 0.7}}, p[CLIMB_DIMENSIONS], sum;
    struct view view = {.dimensions = GAMMAGAMMA_PARAMETERS, .map = spending_map, .unit = moments.middle};
    struct gammagamma_row *sample = sample_of(input->spendings, input->spending_count, view.unit, &view.count);
    view.spendings = sample;
    for (size_t i = 0; i < view.count; i++)
        view.weight += sample[i].weight;
    enum climb_end end = climb_all(work, &view, starts, sizeof starts / sizeof *starts, p, &sum);
    free(sample);
    ret->spending_status = end != CLIMB_TOP ? SPENDING_FAILED : p[1] < least_over_1 ? SPENDING_NO_MEAN : SPENDING_GOOD;
    if (ret->spending_status != SPENDING_GOOD)
        return;
    const double found[] = {p[0], 1 + p[1], p[2] * view.unit};
    memcpy(ret->spending.p, found, sizeof found);
    ret->spending_log_likelihood = sum - view.weight * log(view.unit);
}

void fit_run(const struct fit_options *options, const struct fit_input *input, const _Atomic bool *cancel,
             struct fit_result *ret)
{
    must(options->model > BUYING_NONE && options->model < BUYING_KINDS);
    struct work work = {.cancel = cancel};
    *ret = (struct fit_result){0};
    run_buying(options, input, &work, ret);
    run_spending(options, input, &work, ret);
    ret->evaluations = work.evaluations;
}
