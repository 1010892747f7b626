// Gamma-Gamma: published values, the likelihood by brute force, and the functions under it.
#include "services/scoring/gammagamma.h"
#include "services/scoring/gamma.h"
#include "harness/buyers.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

enum { SEED = 20240603, ROWS = 50, SIMPSON = 4000 };

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
    const struct gammagamma_params params = {6.25, 3.74, 15.44};
    assert_near(gammagamma_mean(&params, 0, 0), 35.2189781, 1e-9);
    assert_near(gammagamma_mean(&params, 2, 22.345), 24.65961286, 1e-9);
    assert_near(gammagamma_mean(&params, 7, 73.741429), 71.47101527, 1e-8); // the mean is given to 8 digits
    assert_near(gammagamma_mean(&params, 1, 10), 17.68631813, 1e-9);
}

static void slope_of_gamma_is_exact(void **state)
{
    (void)state;
    static const struct {
        double x, slope;
    } cases[] = {
        {1, -0.57721566490153286061}, {0.5, -1.9635100260214234794},  {2, 0.42278433509846713939},
        {10, 2.2517525890667211077},  {1e-6, -1000000.5772140199687}, {100, 4.6001618527380874002},
        {1e7, 16.118095600958318883},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_near(gamma_slope(cases[i].x), cases[i].slope, 1e-13);
}

// A customer's mean lies between its own and everybody's, nearer to its own the more it bought.
static void the_mean_shrinks(void **state)
{
    (void)state;
    struct dice dice = dice_of(SEED);
    for (unsigned i = 0; i < 2000; i++) {
        struct gammagamma_params params = {draw_log(&dice, 1e-6, 1e4), 1 + draw_log(&dice, 1e-6, 1e4),
                                           draw_log(&dice, 1e-6, 1e4)};
        double everybody = gammagamma_mean(&params, 0, 0), own = draw_log(&dice, 1e-3, 1e9), before = everybody;
        for (uint32_t x = 1; x <= 3000; x *= 7) {
            double mean = gammagamma_mean(&params, x, own);
            assert_true(isfinite(mean));
            assert_true(mean >= fmin(own, everybody) * (1 - 1e-12) && mean <= fmax(own, everybody) * (1 + 1e-12));
            assert_true(fabs(mean - own) <= fabs(before - own) + 1e-9 * (own + before));
            before = mean;
        }
    }
}

// The density of the mean, averaged over the customer's own rate by Simpson's rule on its logarithm.
static double plain_likelihood(const struct gammagamma_params *params, const struct gammagamma_row *row)
{
    double shape = params->p * row->x, q = params->q, v = params->v, sum = 0;
    double spent = row->x * row->mean, middle = log((shape + q) / (spent + v)), step = 60.0 / SIMPSON;
    double top = (shape + q) * middle - exp(middle) * (spent + v);
    for (unsigned i = 0; i <= SIMPSON; i++) {
        double log_rate = middle - 40 + step * i;
        double value = (shape + q) * log_rate - exp(log_rate) * (spent + v) - top;
        sum += exp(value) * (i == 0 || i == SIMPSON ? 1 : i % 2 == 1 ? 4 : 2);
    }
    return log(sum * step / 3) + top + (shape - 1) * log(row->mean) + shape * log(row->x) - gamma_log(shape) +
           q * log(v) - gamma_log(q);
}

static void likelihood_and_slopes_are_those_of_brute_force(void **state)
{
    (void)state;
    print_message("seed %d\n", SEED);
    struct dice dice = dice_of(SEED);
    struct gammagamma_row rows[ROWS];
    for (unsigned i = 0; i < ROWS; i++)
        rows[i] = (struct gammagamma_row){1 + i / 5, draw_log(&dice, 1, 500), 1 + i % 2};
    for (unsigned i = 0; i < 40; i++) {
        struct gammagamma_params params = {draw_log(&dice, .3, 10), 1 + draw_log(&dice, .1, 10),
                                           draw_log(&dice, 1, 100)};
        double slopes[3], unused[3], sum = 0, value = gammagamma_likelihood(&params, rows, ROWS, slopes);
        for (unsigned j = 0; j < ROWS; j++)
            sum += rows[j].weight * plain_likelihood(&params, &rows[j]);
        assert_near(value, sum, 1e-9);
        for (unsigned j = 0; j < GAMMAGAMMA_PARAMETERS; j++) {
            struct gammagamma_params up = params, down = params;
            double step = 1e-4, over = params.q - 1;
            if (j == 0)
                up.p *= exp(step), down.p *= exp(-step);
            else if (j == 1)
                up.q = 1 + over * exp(step), down.q = 1 + over * exp(-step);
            else
                up.v *= exp(step), down.v *= exp(-step);
            double slope =
                (gammagamma_likelihood(&up, rows, ROWS, unused) - gammagamma_likelihood(&down, rows, ROWS, unused)) /
                (2 * step);
            if (fabs(slope - slopes[j]) > 1e-6 * fabs(slope) + 1e-9 * fabs(value) + 1e-5)
                fail_msg("parameter %u: slope %.9g, by differences %.9g", j, slopes[j], slope);
        }
    }
}

static void likelihood_is_finite_at_the_ends(void **state)
{
    (void)state;
    const struct gammagamma_row rows[] = {{1, 1e-6, 1}, {1, 1e9, 1}, {3000, 1e-6, 1}, {3000, 1e9, 1}};
    static const double ends[] = {1e-6, 1, 1e4};
    for (unsigned i = 0; i < 27; i++) {
        struct gammagamma_params params = {ends[i % 3], 1 + ends[i / 3 % 3], ends[i / 9]};
        double slopes[3];
        assert_true(isfinite(gammagamma_likelihood(&params, rows, 4, slopes)));
        assert_true(isfinite(slopes[0]) && isfinite(slopes[1]) && isfinite(slopes[2]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_values_are_met),
        cmocka_unit_test(slope_of_gamma_is_exact),
        cmocka_unit_test(the_mean_shrinks),
        cmocka_unit_test(likelihood_and_slopes_are_those_of_brute_force),
        cmocka_unit_test(likelihood_is_finite_at_the_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
