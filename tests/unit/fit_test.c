// Fits: parameters that are known are found again; data that cannot tell them are called by their name; and the census
// that the rows come from. With the argument "long": more customers.
#include "services/scoring/fit.h"
#include "services/scoring/census.h"
#include "services/scoring/pareto.h"
#include "harness/buyers.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { SEEDS = 20, SEED = 20240604, PARAMETERS = 4 };

static size_t scale = 1; // of the number of customers

static const struct buying_model mbg = {BUYING_MBG, {.525, 43.3, .891, 1.614}};
static const struct buying_model bg = {BUYING_BG, {.6, 30, .793, 2.426}};
static const struct buying_model pareto = {BUYING_PARETO, {.9, 40, .7, 80}};
static const struct buying_model nbd = {BUYING_NBD, {.8, 50}};
static const struct gammagamma_params amounts = {6.25, 3.74, 15.44};

static struct fit_options asking(enum buying_kind kind)
{
    return (struct fit_options){(int)kind, 1000, 200, 2000000};
}

// The log-likelihood and its slopes along the logarithms of the parameters (q - 1 for q), straight from the models.
struct sight {
    enum buying_kind kind; // BUYING_NONE: spending
    unsigned dimensions;
    const struct nbd_row *rows;
    const struct gammagamma_row *spendings;
    size_t count;
};

static double look(const struct sight *sight, const double *at, double *slopes)
{
    double p[PARAMETERS];
    for (unsigned i = 0; i < PARAMETERS; i++)
        p[i] = i < sight->dimensions ? exp(at[i]) : 1;
    if (sight->kind == BUYING_NONE) {
        struct gammagamma_params params = {p[0], 1 + p[1], p[2]};
        return gammagamma_likelihood(&params, sight->spendings, sight->count, slopes);
    }
    if (sight->kind == BUYING_PARETO) {
        struct pareto_params params = {p[0], p[1], p[2], p[3]};
        return pareto_likelihood(&params, sight->rows, sight->count, slopes);
    }
    struct nbd_params params = {sight->kind == BUYING_BG ? NBD_BG : NBD_MBG, p[0], p[1], p[2], p[3]};
    struct nbd_sample *sample = nbd_sample_open(sight->rows, sight->count);
    double value = nbd_likelihood(&params, sample, slopes);
    nbd_sample_close(&sample);
    return value;
}

// The standard errors of the logarithms: from the inverse of the curvature, by Gauss and Jordan.
static void standard_errors(const struct sight *sight, const double *at, double *ret_errors)
{
    unsigned n = sight->dimensions;
    double m[PARAMETERS][2 * PARAMETERS] = {{0}}, step = 1e-4;
    for (unsigned i = 0; i < n; i++) {
        double moved[PARAMETERS], up[PARAMETERS], down[PARAMETERS];
        memcpy(moved, at, n * sizeof *at);
        moved[i] = at[i] + step;
        look(sight, moved, up);
        moved[i] = at[i] - step;
        look(sight, moved, down);
        for (unsigned j = 0; j < n; j++)
            m[i][j] = (down[j] - up[j]) / (2 * step);
        m[i][n + i] = 1;
    }
    for (unsigned i = 0; i < n; i++) {
        double pivot = m[i][i];
        assert_true(pivot > 0);
        for (unsigned k = 0; k < 2 * n; k++)
            m[i][k] /= pivot;
        for (unsigned j = 0; j < n; j++) {
            double factor = j == i ? 0 : m[j][i];
            for (unsigned k = 0; k < 2 * n; k++)
                m[j][k] -= factor * m[i][k];
        }
    }
    for (unsigned i = 0; i < n; i++)
        ret_errors[i] = sqrt(m[i][n + i]);
}

// How far the truth is from what was found.
struct distance {
    unsigned beyond_3; // parameters more than 3 standard errors away
    double farthest;
    double gain; // of log-likelihood over the truth
};

static void compare(const struct sight *sight, const double *truth, const double *found, struct distance *distance)
{
    double errors[PARAMETERS], slopes[PARAMETERS];
    standard_errors(sight, found, errors);
    for (unsigned i = 0; i < sight->dimensions; i++) {
        double away = fabs(truth[i] - found[i]) / errors[i];
        distance->beyond_3 += away > 3;
        distance->farthest = fmax(distance->farthest, away);
    }
    double gain = look(sight, found, slopes) - look(sight, truth, slopes);
    assert_true(gain >= 0);
    distance->gain = fmax(distance->gain, gain);
}

static void logarithms(const double *p, unsigned count, double *ret)
{
    for (unsigned i = 0; i < count; i++)
        ret[i] = log(p[i]);
}

// Of 80 estimates with normal errors 0.2 lie beyond 3 standard errors; more than two, one beyond 4.5, or a gain over
// the truth that 4 parameters reach once in 200,000 times (chi squared 30) is a bias.
static void recover(const struct buying_model *model, size_t count, unsigned seeds)
{
    struct nbd_row *rows = malloc(count * sizeof *rows);
    struct distance distance = {0};
    for (unsigned seed = 0; seed < seeds; seed++) {
        struct dice dice = dice_of(SEED + seed);
        buyers_draw(&dice, model, 200, 700, false, rows, count);
        struct fit_options options = asking(model->kind);
        struct fit_input input = {.rows = rows, .row_count = count};
        struct fit_result result;
        fit_run(&options, &input, NULL, &result);
        assert_int_equal(result.status, FIT_GOOD);
        assert_int_equal(result.buying.kind, model->kind);
        struct sight sight = {.kind = model->kind, .dimensions = 4, .rows = rows, .count = count};
        double truth[PARAMETERS], found[PARAMETERS], slopes[PARAMETERS];
        logarithms(model->p, PARAMETERS, truth);
        logarithms(result.buying.p, PARAMETERS, found);
        compare(&sight, truth, found, &distance);
        assert_true(fabs(look(&sight, found, slopes) - result.log_likelihood) < 1e-6 * fabs(result.log_likelihood));
    }
    print_message("%s: seeds %d to %u, farthest %.2f standard errors, %u beyond 3, largest gain %.2f\n",
                  buying_names[model->kind], SEED, SEED + seeds - 1, distance.farthest, distance.beyond_3,
                  distance.gain);
    assert_true(distance.beyond_3 <= 2 && distance.farthest < 4.5 && distance.gain < 15);
    free(rows);
}

static void parameters_of_mbg_are_found_again(void **state)
{
    (void)state;
    recover(&mbg, 2500 * scale, SEEDS);
}

static void parameters_of_bg_are_found_again(void **state)
{
    (void)state;
    recover(&bg, 2500 * scale, SEEDS);
}

static void parameters_of_pareto_are_found_again(void **state)
{
    (void)state;
    recover(&pareto, 1200 * scale, scale > 1 ? SEEDS : 4);
}

static void parameters_of_spending_are_found_again(void **state)
{
    (void)state;
    size_t count = 2500 * scale;
    struct nbd_row *rows = malloc(count * sizeof *rows);
    struct gammagamma_row *spendings = malloc(count * sizeof *spendings);
    struct distance distance = {0};
    for (unsigned seed = 0; seed < SEEDS; seed++) {
        struct dice dice = dice_of(SEED + seed);
        buyers_draw(&dice, &mbg, 200, 700, false, rows, count);
        size_t buyers = buyers_spend(&dice, &amounts, rows, count, spendings);
        struct fit_options options = asking(BUYING_MBG);
        struct fit_input input = {.spendings = spendings, .spending_count = buyers};
        struct fit_result result;
        fit_run(&options, &input, NULL, &result);
        assert_int_equal(result.status, FIT_NONE);
        assert_int_equal(result.spending_status, SPENDING_GOOD);
        assert_true(labs(result.correlation_ppm) < 120000);
        const double *p = result.spending.p;
        const double truth[] = {log(amounts.p), log(amounts.q - 1), log(amounts.v)};
        const double found[] = {log(p[0]), log(p[1] - 1), log(p[2])};
        struct sight sight = {.dimensions = 3, .spendings = spendings, .count = buyers};
        compare(&sight, truth, found, &distance);
    }
    print_message("spending: farthest %.2f standard errors, %u beyond 3\n", distance.farthest, distance.beyond_3);
    assert_true(distance.beyond_3 <= 2 && distance.farthest < 4.5 && distance.gain < 15);
    free(rows);
    free(spendings);
}

// A week is as good a unit as a day, and a cent as a dollar.
static void units_do_not_matter(void **state)
{
    (void)state;
    enum { COUNT = 1500 };
    static struct nbd_row rows[COUNT];
    static struct gammagamma_row spendings[COUNT];
    struct dice dice = dice_of(SEED);
    buyers_draw(&dice, &mbg, 200, 700, true, rows, COUNT);
    size_t buyers = buyers_spend(&dice, &amounts, rows, COUNT, spendings);
    struct fit_options options = asking(BUYING_MBG);
    struct fit_input input = {rows, COUNT, spendings, buyers, 0};
    struct fit_result days, weeks;
    fit_run(&options, &input, NULL, &days);
    for (unsigned i = 0; i < COUNT; i++) {
        rows[i].tx /= 7;
        rows[i].T /= 7;
        spendings[i].mean *= 1e8;
    }
    fit_run(&options, &input, NULL, &weeks);
    assert_int_equal(days.status, FIT_GOOD);
    assert_true(fabs(weeks.buying.p[1] * 7 / days.buying.p[1] - 1) < 1e-6);
    assert_true(fabs(weeks.buying.p[2] / days.buying.p[2] - 1) < 1e-6);
    assert_true(fabs(weeks.spending.p[2] / 1e8 / days.spending.p[2] - 1) < 1e-6);
    assert_true(fabs(weeks.spending.p[1] / days.spending.p[1] - 1) < 1e-6);
}

static void check_usable(const struct fit_result *result)
{
    assert_true(result->buying.kind < BUYING_KINDS && result->status < FIT_STATUSES);
    assert_true(isfinite(result->log_likelihood) && isfinite(result->plain_log_likelihood));
    for (uint32_t x = 0; x < 5; x++) {
        double alive = buying_alive(&result->buying, x, x * 30.0, 200);
        double orders = buying_orders(&result->buying, x, x * 30.0, 200, 365);
        assert_true(alive >= 0 && alive <= 1 && isfinite(orders) && orders >= 0);
        double mean = spending_mean(&result->spending, x, 50);
        assert_true(isfinite(mean) && mean >= 0);
        assert_true(buying_alive_until(&result->buying, x, x * 30.0, .5) >= x * 30.0);
    }
}

static enum fit_status status_of(enum buying_kind kind, const struct nbd_row *rows, size_t count,
                                 struct fit_result *ret)
{
    struct fit_options options = asking(kind);
    struct fit_input input = {.rows = rows, .row_count = count};
    fit_run(&options, &input, NULL, ret);
    check_usable(ret);
    return ret->status;
}

static const enum buying_kind kinds[] = {BUYING_MBG, BUYING_BG, BUYING_PARETO};

// Two parameters more gain 2 by chance in 5 of 100 samples at most: one of 8 may look like drop-out.
static void without_drop_out_it_is_nbd(void **state)
{
    (void)state;
    enum { COUNT = 1500, SAMPLES = 8 };
    static struct nbd_row rows[COUNT];
    struct fit_result result;
    unsigned by_chance[3] = {0};
    for (unsigned sample = 0; sample < SAMPLES; sample++) {
        struct dice dice = dice_of(SEED + sample);
        buyers_draw(&dice, &nbd, 200, 700, true, rows, COUNT);
        for (unsigned i = 0; i < 3; i++) {
            if (status_of(kinds[i], rows, COUNT, &result) == FIT_GOOD) {
                by_chance[i]++;
                continue;
            }
            assert_int_equal(result.status, FIT_NO_DROPOUT);
            assert_int_equal(result.buying.kind, BUYING_NBD);
            assert_true(fabs(log(result.buying.p[0] / .8)) < .2 && fabs(log(result.buying.p[1] / 50)) < .2);
            double orders = buying_orders(&result.buying, 3, 100, 300, 60);
            assert_true(fabs(orders - 60 * (result.buying.p[0] + 3) / (result.buying.p[1] + 300)) < 1e-9);
        }
    }
    assert_true(by_chance[0] <= 1 && by_chance[1] <= 1 && by_chance[2] <= 1);
    assert_int_equal(status_of(BUYING_NBD, rows, COUNT, &result), FIT_GOOD);
}

static void too_few_buy_at_the_rate_of_all(void **state)
{
    (void)state;
    enum { COUNT = 1200 };
    static struct nbd_row rows[COUNT];
    struct dice dice = dice_of(SEED);
    buyers_draw(&dice, &mbg, 200, 700, true, rows, COUNT);
    struct fit_result result;
    assert_int_equal(status_of(BUYING_MBG, rows, 999, &result), FIT_TOO_FEW);
    assert_int_equal(result.fitted.kind, BUYING_NONE);
    assert_int_equal(result.buying.kind, BUYING_NBD);
    assert_int_equal(status_of(BUYING_MBG, rows, 1000, &result), FIT_GOOD);

    struct fit_options options = asking(BUYING_MBG);
    struct fit_input input = {.rows = rows, .row_count = COUNT, .median_gap_days = 351};
    fit_run(&options, &input, NULL, &result);
    assert_int_equal(result.status, FIT_TOO_FEW); // 700 days are less than two gaps
    input.median_gap_days = 300;
    fit_run(&options, &input, NULL, &result);
    assert_int_equal(result.status, FIT_GOOD);
}

static void degenerate_data_have_a_name(void **state)
{
    (void)state;
    enum { COUNT = 2000 };
    static struct nbd_row rows[COUNT];
    struct fit_result result;
    struct nbd_row one = {2, 30, 60, 1}, nobody = {0, 0, 100, 5000}, newborn = {0, 0, 0, 5000};
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(status_of(kinds[i], NULL, 0, &result), FIT_NONE);
        assert_int_equal(status_of(kinds[i], &one, 1, &result), FIT_TOO_FEW);
        assert_int_equal(status_of(kinds[i], &nobody, 1, &result), FIT_TOO_FEW);
        assert_int_equal(status_of(kinds[i], &newborn, 1, &result), FIT_TOO_FEW);
        // All alike; all bought to the last day; nobody after the first days; two kinds.
        struct nbd_row alike = {3, 50, 100, 5000}, loyal = {10, 100, 100, 5000}, lost = {2, 2, 400, 5000};
        const struct nbd_row two[] = {{0, 0, 400, 3000}, {20, 399, 400, 3000}};
        status_of(kinds[i], &alike, 1, &result);
        assert_int_equal(status_of(kinds[i], &loyal, 1, &result), FIT_NO_DROPOUT);
        status_of(kinds[i], &lost, 1, &result);
        assert_true(result.status == FIT_GOOD || result.status == FIT_FAILED);
        status_of(kinds[i], two, 2, &result);
        for (unsigned j = 0; j < COUNT; j++)
            rows[j] = (struct nbd_row){j % 3, j % 3 * 3000.0, 36525, 1};
        status_of(kinds[i], rows, COUNT, &result);
    }
}

static void cancelling_leaves_no_model(void **state)
{
    (void)state;
    enum { COUNT = 1500 };
    static struct nbd_row rows[COUNT];
    struct dice dice = dice_of(SEED);
    buyers_draw(&dice, &mbg, 200, 700, true, rows, COUNT);
    const _Atomic bool cancel = true;
    struct fit_options options = asking(BUYING_MBG);
    struct fit_input input = {.rows = rows, .row_count = COUNT};
    struct fit_result result;
    fit_run(&options, &input, &cancel, &result);
    assert_int_equal(result.status, FIT_CANCELLED);
    assert_int_equal(result.buying.kind, BUYING_NONE);
    assert_true(result.evaluations < 10);
}

static enum spending_status spending_of(const struct gammagamma_row *rows, size_t count, struct fit_result *ret)
{
    struct fit_options options = asking(BUYING_MBG);
    struct fit_input input = {.spendings = rows, .spending_count = count};
    fit_run(&options, &input, NULL, ret);
    check_usable(ret);
    return ret->spending_status;
}

static void spending_that_has_no_mean_has_a_name(void **state)
{
    (void)state;
    enum { COUNT = 2000 };
    static struct gammagamma_row rows[COUNT];
    static struct nbd_row histories[COUNT];
    struct fit_result result;
    assert_int_equal(spending_of(rows, 0, &result), SPENDING_NONE);
    struct dice dice = dice_of(SEED);
    for (unsigned i = 0; i < COUNT; i++)
        histories[i] = (struct nbd_row){1 + i % 7, 10, 20, 1};
    struct gammagamma_params heavy = {3, .6, 10};
    size_t count = buyers_spend(&dice, &heavy, histories, COUNT, rows);
    assert_int_equal(spending_of(rows, 199, &result), SPENDING_TOO_FEW);
    assert_int_equal(spending_of(rows, count, &result), SPENDING_NO_MEAN);
    assert_true(result.spending.p[0] == 0 && result.spending.mean > 0);
    // Without a model: two orders of 30 of its own and one average order.
    assert_true(fabs(spending_mean(&result.spending, 2, 30) - (result.spending.mean + 60) / 3) < 1e-9);
    assert_true(spending_mean(&result.spending, 0, 30) == result.spending.mean);
    for (unsigned i = 0; i < COUNT; i++)
        rows[i].mean = 12.5;
    assert_int_equal(spending_of(rows, COUNT, &result), SPENDING_NO_MEAN);
    assert_true(fabs(spending_mean(&result.spending, 4, 12.5) - 12.5) < 1e-12);
    for (unsigned i = 0; i < COUNT; i++)
        rows[i].mean = 10 * rows[i].x;
    spending_of(rows, COUNT, &result);
    assert_true(result.correlation_ppm == 1000000);
}

static void present_orders_are_a_sum_of_months(void **state)
{
    (void)state;
    double sum = 0, month = 30.4375;
    for (unsigned i = 1; i <= 12; i++)
        sum += (buying_orders(&mbg, 3, 90, 120, i * month) - buying_orders(&mbg, 3, 90, 120, (i - 1) * month)) /
               pow(1.01, i);
    assert_true(fabs(buying_present_orders(&mbg, 3, 90, 120, 12, .01) - sum) < 1e-12);
    assert_true(fabs(buying_present_orders(&mbg, 3, 90, 120, 12, 0) - buying_orders(&mbg, 3, 90, 120, 12 * month)) <
                1e-12);
    const struct buying_model none = {0};
    assert_true(buying_alive(&none, 0, 0, 0) == 1 && buying_present_orders(&none, 1, 2, 3, 12, 0) == 0);
}

static void the_census_counts(void **state)
{
    (void)state;
    struct census *census = census_open();
    size_t count;
    assert_non_null(census_rows(census, &count));
    assert_int_equal(count, 0);
    struct dice dice = dice_of(SEED);
    static uint32_t seen[4][10][10]; // by x, tx, T
    for (unsigned i = 0; i < 5000; i++) {
        uint32_t x = (uint32_t)(dice_uniform(&dice) * 4), T = (uint32_t)(dice_uniform(&dice) * 10);
        uint32_t tx = (uint32_t)(dice_uniform(&dice) * 14), within = tx < T ? tx : T;
        seen[x][x == 0 ? 0 : within][T]++;
        census_add(census, x, 20000 - (int32_t)T, 20000 - (int32_t)T + (int32_t)tx, 20000);
    }
    census_add(census, 1, 20001, 20001, 20000); // has not come yet
    const struct nbd_row *rows = census_rows(census, &count);
    for (size_t i = 0; i < count; i++) {
        uint32_t *these = &seen[rows[i].x][(unsigned)rows[i].tx][(unsigned)rows[i].T];
        assert_true(*these > 0 && rows[i].weight == *these);
        *these = 0;
    }
    static const uint32_t none[4][10][10];
    assert_memory_equal(seen, none, sizeof seen);
    census_clear(census);
    census_add(census, UINT32_MAX, INT32_MIN, INT32_MAX, INT32_MAX);
    rows = census_rows(census, &count);
    assert_true(count == 1 && rows[0].weight == 1 && rows[0].tx == rows[0].T);

    static const struct gammagamma_row spent[] = {{2, 5, 1}, {1, 9, 1},  {2, 5, 1},  {0, 5, 1},
                                                  {2, 4, 1}, {1, -1, 1}, {1, NAN, 1}};
    static const struct gammagamma_row merged[] = {{1, 9, 1}, {2, 4, 1}, {2, 5, 3}};
    for (size_t i = 0; i < sizeof spent / sizeof *spent; i++)
        census_spent(census, spent[i].x, spent[i].mean);
    census_spendings(census, &count);
    census_spent(census, 2, 5); // after a question, too
    const struct gammagamma_row *spendings = census_spendings(census, &count);
    assert_int_equal(count, 3);
    for (size_t i = 0; i < count; i++)
        assert_true(spendings[i].x == merged[i].x && spendings[i].mean == merged[i].mean &&
                    spendings[i].weight == merged[i].weight);
    census_close(&census);
    assert_null(census);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "long") == 0)
        scale = 10;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parameters_of_mbg_are_found_again),
        cmocka_unit_test(parameters_of_bg_are_found_again),
        cmocka_unit_test(parameters_of_pareto_are_found_again),
        cmocka_unit_test(parameters_of_spending_are_found_again),
        cmocka_unit_test(units_do_not_matter),
        cmocka_unit_test(without_drop_out_it_is_nbd),
        cmocka_unit_test(too_few_buy_at_the_rate_of_all),
        cmocka_unit_test(degenerate_data_have_a_name),
        cmocka_unit_test(cancelling_leaves_no_model),
        cmocka_unit_test(spending_that_has_no_mean_has_a_name),
        cmocka_unit_test(present_orders_are_a_sum_of_months),
        cmocka_unit_test(the_census_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
