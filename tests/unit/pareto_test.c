// Pareto/NBD: published values, its integral by brute force, and no result that is not a number.
#include "services/scoring/pareto.h"
#include "services/scoring/gamma.h"
#include "harness/buyers.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

enum { SEED = 20240602, GRID_DRAWS = 6000, ROWS = 100, SIMPSON = 20000 };

static void assert_near(double value, double expected, double relative)
{
    if (!(fabs(value - expected) <= relative * fabs(expected)))
        fail_msg("%.12g is not %.12g to %g", value, expected, relative);
}

static double draw_log(struct dice *dice, double low, double high)
{
    return low * pow(high / low, dice_uniform(dice));
}

static void published_values_are_met(void **state)
{
    (void)state;
    const struct pareto_params one = {.5534, 10.5802, .6061, 11.6562};
    assert_near(pareto_alive(&one, 26, 30.86, 31), .9979177666, 1e-9);
    assert_near(pareto_orders(&one, 26, 30.86, 31, 52), 25.45491351, 1e-9);
    const struct pareto_params other = {.5629966, 12.559037, .4081095, 10.5148048};
    assert_near(pareto_discounted(&other, 7, 35, 77.86, .0027), 1.864183328, 1e-9);
}

// The integral of the silence by Simpson's rule over equal steps of y, relative to the density at tx.
static double plain_integral(const struct pareto_params *params, const struct nbd_row *row)
{
    double sum = 0, step = (row->T - row->tx) / SIMPSON;
    for (unsigned i = 0; i <= SIMPSON; i++) {
        double y = step * i;
        double value = exp(-(params->r + row->x) * log1p(y / (params->alpha + row->tx)) -
                           (params->s + 1) * log1p(y / (params->beta + row->tx)));
        sum += value * (i == 0 || i == SIMPSON ? 1 : i % 2 == 1 ? 4 : 2);
    }
    return sum * step / 3;
}

static double plain_likelihood(const struct pareto_params *params, const struct nbd_row *row, double *ret_alive)
{
    double n = params->r + row->x, alpha = params->alpha, beta = params->beta, s = params->s;
    double start =
        exp(-n * log1p((row->T - row->tx) / (alpha + row->tx)) - s * log1p((row->T - row->tx) / (beta + row->tx)));
    double ended = s / (beta + row->tx) * plain_integral(params, row);
    *ret_alive = start / (start + ended);
    return gamma_log(n) - gamma_log(params->r) + params->r * log(alpha) + s * log(beta) + log(start + ended) -
           n * log(alpha + row->tx) - s * log(beta + row->tx);
}

static void check_slopes(struct pareto_params *params, const struct nbd_row *rows, const double *slopes, double value)
{
    double *const at[] = {&params->r, &params->alpha, &params->s, &params->beta};
    for (unsigned j = 0; j < NBD_PARAMETERS; j++) {
        double kept = *at[j], step = 1e-4, unused[NBD_PARAMETERS];
        *at[j] = kept * exp(step);
        double up = pareto_likelihood(params, rows, ROWS, unused);
        *at[j] = kept * exp(-step);
        double down = pareto_likelihood(params, rows, ROWS, unused);
        *at[j] = kept;
        double slope = (up - down) / (2 * step);
        if (fabs(slope - slopes[j]) > 1e-6 * fabs(slope) + 1e-9 * fabs(value) + 1e-4)
            fail_msg("parameter %u: slope %.9g, by differences %.9g", j, slopes[j], slope);
    }
}

static void likelihood_and_slopes_are_those_of_brute_force(void **state)
{
    (void)state;
    print_message("seed %d\n", SEED);
    struct dice dice = dice_of(SEED);
    const struct buying_model model = {BUYING_PARETO, {.8, 20, .8, 60}};
    struct nbd_row rows[ROWS];
    buyers_draw(&dice, &model, 10, 200, true, rows, ROWS);
    rows[ROWS - 1] = (struct nbd_row){60, 150, 200, 2};
    rows[ROWS - 2] = (struct nbd_row){3, 40, 40, 1};
    for (unsigned i = 0; i < 12; i++) {
        struct pareto_params params = {draw_log(&dice, .1, 10), draw_log(&dice, 1, 200), draw_log(&dice, .1, 10),
                                       draw_log(&dice, 1, 200)};
        double slopes[NBD_PARAMETERS], sum = 0, value = pareto_likelihood(&params, rows, ROWS, slopes);
        for (unsigned j = 0; j < ROWS; j++) {
            double alive;
            sum += rows[j].weight * plain_likelihood(&params, &rows[j], &alive);
            if (alive > 1e-12)
                assert_near(pareto_alive(&params, rows[j].x, rows[j].tx, rows[j].T), alive, 1e-7);
        }
        assert_near(value, sum, 1e-9);
        check_slopes(&params, rows, slopes, value);
    }
}

// DERT is the sum of what each short time brings, discounted.
static void discounted_orders_are_a_sum_of_orders(void **state)
{
    (void)state;
    const struct pareto_params cases[] = {{.56, 12.6, .41, 10.5}, {2, 30, 1, 50}, {1, 5, 3, 80}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double sum = 0, before = 0, discount = 0.02, step = 0.25;
        for (double t = step; t < 1500; t += step) {
            double orders = pareto_orders(&cases[i], 4, 60, 70, t);
            sum += (orders - before) * exp(-discount * (t - step / 2));
            before = orders;
        }
        assert_near(pareto_discounted(&cases[i], 4, 60, 70, discount), sum, 1e-5);
    }
}

static double draw_wide(struct dice *dice)
{
    double u = dice_uniform(dice);
    return u < 0.15 ? 1e-6 : u > 0.85 ? 1e4 : draw_log(dice, 1e-6, 1e4);
}

static void check_customer(const struct pareto_params *params, const struct nbd_row *row)
{
    double alive = pareto_alive(params, row->x, row->tx, row->T), before = 0;
    assert_true(alive >= 0 && alive <= 1);
    static const double horizons[] = {0, 1, 365, 36525};
    for (size_t i = 0; i < sizeof horizons / sizeof *horizons; i++) {
        double orders = pareto_orders(params, row->x, row->tx, row->T, horizons[i]);
        assert_true(isfinite(orders) && orders >= before * (1 - 1e-9));
        assert_true(orders <= (params->r + row->x) * horizons[i] / (params->alpha + row->T) * (1 + 1e-9));
        before = orders;
    }
    double discounted = pareto_discounted(params, row->x, row->tx, row->T, 0.001);
    assert_true(isfinite(discounted) && discounted >= 0);
    double slopes[NBD_PARAMETERS];
    assert_true(isfinite(pareto_likelihood(params, row, 1, slopes)));
    for (unsigned i = 0; i < NBD_PARAMETERS; i++)
        assert_true(isfinite(slopes[i]));
}

static void check_until(const struct pareto_params *params, const struct nbd_row *row)
{
    double until = pareto_alive_until(params, row->x, row->tx, 0.3);
    assert_true(isfinite(until) && until >= row->tx && until <= NBD_NEVER_DAYS);
    if (until > row->tx * (1 + 1e-3) + 1e-2 && until < 1e8) {
        assert_true(pareto_alive(params, row->x, row->tx, until) <= 0.3 + 1e-9);
        assert_true(pareto_alive(params, row->x, row->tx, row->tx + (until - row->tx) * (1 - 3e-6)) >= 0.3 - 1e-9);
    }
}

static void nothing_is_ever_not_a_number(void **state)
{
    (void)state;
    static const uint32_t repeats[] = {0, 0, 1, 2, 10, 100, 1000, 3000};
    static const double ages[] = {0, 1, 7, 30, 365, 365.25 * 10 / 7, 3650, 36525};
    static const double parts[] = {0, 0.5, 0.999, 1};
    struct dice dice = dice_of(SEED);
    for (unsigned i = 0; i < GRID_DRAWS; i++) {
        struct pareto_params params = {draw_wide(&dice), draw_wide(&dice), draw_wide(&dice), draw_wide(&dice)};
        if (i % 10 == 0)
            params.s = 1; // the pole of the usual form
        struct nbd_row row = {.x = repeats[(unsigned)(dice_uniform(&dice) * 8)], .weight = 1};
        row.T = ages[(unsigned)(dice_uniform(&dice) * 8)];
        row.tx = row.x == 0 ? 0 : row.T * parts[(unsigned)(dice_uniform(&dice) * 4)];
        check_customer(&params, &row);
        if (i % 8 == 0)
            check_until(&params, &row);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_values_are_met),
        cmocka_unit_test(likelihood_and_slopes_are_those_of_brute_force),
        cmocka_unit_test(discounted_orders_are_a_sum_of_orders),
        cmocka_unit_test(nothing_is_ever_not_a_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
