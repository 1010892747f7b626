// MBG/NBD, BG/NBD and NBD: published values, a likelihood by the textbook, and no result that is not a number.
#include "services/scoring/nbd.h"
#include "services/scoring/gamma.h"
#include "services/scoring/thinning.h"
#include "harness/buyers.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

enum { SEED = 20240601, GRID_DRAWS = 6000, SERIES_DRAWS = 3000, ROWS = 300 };

static void assert_near(double value, double expected, double relative)
{
    if (!(fabs(value - expected) <= relative * fabs(expected)))
        fail_msg("%.12g is not %.12g to %g", value, expected, relative);
}

static const struct nbd_params bg = {NBD_BG, .243, 4.414, .793, 2.426};
static const struct nbd_params mbg = {NBD_MBG, .525, 6.183, .891, 1.614};

static void published_values_are_met(void **state)
{
    (void)state;
    static const struct {
        const struct nbd_params *params;
        uint32_t x;
        double tx, T, horizon, alive, orders;
    } cases[] = {
        {&bg, 2, 30.43, 38.86, 39, .7265785701, 1.226028175},
        {&bg, 7, 29.43, 38.86, 39, .6417563459, 3.337053275},
        {&bg, 0, 0, 38.86, 39, 1, .1950980520},
        {&bg, 26, 30.86, 31, 52, .9689156497, 25.75819594},
        {&mbg, 2, 30.43, 38.86, 39, .7062022651, 1.262960623},
        {&mbg, 7, 29.43, 38.86, 39, .6227238142, 3.167572432},
        {&mbg, 0, 0, 38.86, 39, .3897350809, .1540127467},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_near(nbd_alive(cases[i].params, cases[i].x, cases[i].tx, cases[i].T), cases[i].alive, 1e-9);
        assert_near(nbd_orders(cases[i].params, cases[i].x, cases[i].tx, cases[i].T, cases[i].horizon), cases[i].orders,
                    1e-9);
    }
    assert_near(nbd_alive_until(&mbg, 0, 0, .5), 12.989423, 1e-7);
    assert_near(nbd_alive_until(&mbg, 2, 30.43, .5), 57.565671, 1e-8);
    assert_near(nbd_alive_until(&mbg, 7, 29.43, .5), 41.961762, 1e-8);
}

// By numerical integration with 30 to 40 digits.
static void thinning_is_exact_at_the_ends_of_its_range(void **state)
{
    (void)state;
    static const struct {
        double a, b, n, t, mean;
    } cases[] = {
        {1226.06, 27.0957, 1887.12, 5101470000.0, 1.0221178554519778623},
        {1133.15, 1791.22, 8.45224e-6, 5168.73, 0.00016590716211702036002},
        {1577.34, 734.189, 87.3755, 1.9781, 1.4657554842229468262},
        {923.732, 1686.32, 8.34033, 5418020000.0, 2.827529553543173966},
        {5323.9, 28.9621, 1.25895, 490909.0, 1.0054409684954696123},
        {25.0199, 2459.28, 16.702, 2.7736, 36.672512868126957787},
        {21.8033, 451.84, 0.42353, 51.7387, 8.885712142098723509},
        {10000.0, 10000.0, 10000.0, 10000000000.0, 2.0001000100010001},
        {10000.0, 13000.0, 13000.0, 0.001, 2.2920370346246466026},
        {9000.0, 10000.0, 1.0e-6, 1.0e-6, 9.9999976315773269144e-13},
        {0.0001849518134017692912954983, 4197.110065444507199572399, 0.00001833618518807686055267607,
         189265.1990964280848857015, 3.468801036552704941774},
        {0.009175704733536915042035886, 0.00004590040656672684962584519, 4.282666374617238425059895,
         3958480051.632908344268799, 68183956.683541347672313},
        {0.007575397309626891173550689, 3.523028486593047681196822, 63.44558063539722780888042,
         7750448981.605751037597656, 407468383256.3470377383063},
        {0.0000395710994213129227414262, 0.0003541147539232895206262102, 0.007814903229578682233857911,
         7.9360872500374641802523, 0.057488995833857894173},
        {0.00001879469715540253607448384, 4412.006336259632917062845, 0.01799983262620570220735594,
         12148.66717793557654658798, 218.671133715621504470426},
        {9.126707911954216712047128, 0.0001800689958932731192433468, 0.00930607806510026606960917,
         122833.9538885800575371832, 0.103320256247035823410259},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_near(thinning_mean(cases[i].a, cases[i].b, cases[i].n, cases[i].t), cases[i].mean, 1e-10);
}

static double draw_log(struct dice *dice, double low, double high)
{
    return low * pow(high / low, dice_uniform(dice));
}

static void series_and_trapezoid_agree(void **state)
{
    (void)state;
    print_message("seed %d\n", SEED);
    struct dice dice = dice_of(SEED);
    for (unsigned i = 0; i < SERIES_DRAWS; i++) {
        double a = draw_log(&dice, 1e-2, 1e2), b = draw_log(&dice, 1e-1, 1e3), n = draw_log(&dice, 1e-1, 1e3);
        double t = draw_log(&dice, 1e-2, 1e3);
        if (i % 10 == 0)
            a = 1; // the pole of the usual form
        assert_near(thinning_mean(a, b, n, t), thinning_mean_slow(a, b, n, t), 1e-9);
    }
}

// One of the ends or something between.
static double draw_wide(struct dice *dice)
{
    double u = dice_uniform(dice);
    return u < 0.15 ? 1e-6 : u > 0.85 ? 1e4 : draw_log(dice, 1e-6, 1e4);
}

static void check_customer(const struct nbd_params *params, uint32_t x, double tx, double T)
{
    double alive = nbd_alive(params, x, tx, T), before = 0;
    assert_true(alive >= 0 && alive <= 1);
    static const double horizons[] = {0, 1, 30, 365, 36525};
    for (size_t i = 0; i < sizeof horizons / sizeof *horizons; i++) {
        double orders = nbd_orders(params, x, tx, T, horizons[i]);
        assert_true(isfinite(orders) && orders >= before * (1 - 1e-9));
        assert_true(orders <= (params->r + x) * horizons[i] / (params->alpha + T) * (1 + 1e-12));
        before = orders;
    }
    double until = nbd_alive_until(params, x, tx, 0.3);
    assert_true(isfinite(until) && until >= tx && until <= NBD_NEVER_DAYS);
    if (until > tx * (1 + 1e-6) + 1e-3 && until < 1e8)
        assert_near(nbd_alive(params, x, tx, until), 0.3, 1e-5);
}

static void nothing_is_ever_not_a_number(void **state)
{
    (void)state;
    static const uint32_t repeats[] = {0, 0, 1, 2, 10, 100, 1000, 3000};
    static const double ages[] = {0, 1, 7, 30, 365, 365.25 * 10 / 7, 3650, 36525};
    static const double parts[] = {0, 0.5, 0.999, 1};
    struct dice dice = dice_of(SEED);
    for (unsigned i = 0; i < GRID_DRAWS; i++) {
        struct nbd_params params = {.model = i % 3 == 0 ? NBD_BG : i % 20 == 1 ? NBD_PLAIN : NBD_MBG};
        params.r = draw_wide(&dice);
        params.alpha = draw_wide(&dice);
        params.a = draw_wide(&dice);
        params.b = draw_wide(&dice);
        uint32_t x = repeats[(unsigned)(dice_uniform(&dice) * 8)];
        double T = ages[(unsigned)(dice_uniform(&dice) * 8)];
        check_customer(&params, x, x == 0 ? 0 : T * parts[(unsigned)(dice_uniform(&dice) * 4)], T);
    }
}

static void what_is_outside_is_drawn_in(void **state)
{
    (void)state;
    assert_true(nbd_alive(&mbg, 2, 50, 40) == nbd_alive(&mbg, 2, 40, 40));
    assert_true(nbd_alive(&mbg, 0, 20, 40) == nbd_alive(&mbg, 0, 0, 40));
    assert_true(nbd_alive(&mbg, 2, -1, -1) == nbd_alive(&mbg, 2, 0, 0));
    assert_true(nbd_orders(&mbg, 2, 10, 40, -5) == 0);
    assert_true(nbd_alive(&bg, 0, 0, 36525) == 1);
    assert_true(nbd_alive_until(&bg, 0, 0, .5) == NBD_NEVER_DAYS);
    // Already below it at the last purchase: the day of that.
    struct nbd_params leaves = {NBD_MBG, 1, 10, 50, 1};
    assert_true(nbd_alive_until(&leaves, 1, 20, .5) == 20);
}

// The sum of both ways in which the history can have come about, with gamma functions.
static double plain_likelihood(const struct nbd_params *params, const struct nbd_row *row)
{
    double r = params->r, alpha = params->alpha, a = params->a, b = params->b, x = row->x;
    double rate = gamma_log(r + x) - gamma_log(r) + r * log(alpha);
    double stay = rate - (r + x) * log(alpha + row->T), leave = rate - (r + x) * log(alpha + row->tx);
    if (params->model == NBD_PLAIN)
        return stay;
    double k = x + (params->model == NBD_MBG), beta = gamma_log(a) + gamma_log(b) - gamma_log(a + b);
    stay += gamma_log(a) + gamma_log(b + k) - gamma_log(a + b + k) - beta;
    if (k == 0)
        return stay;
    leave += gamma_log(a + 1) + gamma_log(b + k - 1) - gamma_log(a + b + k) - beta;
    return fmax(stay, leave) + log1p(exp(-fabs(stay - leave)));
}

static void draw_rows(struct dice *dice, struct nbd_row *rows)
{
    const struct buying_model model = {BUYING_MBG, {.8, 20, .8, 3}};
    buyers_draw(dice, &model, 10, 200, true, rows, ROWS);
    for (unsigned i = 0; i < ROWS; i++)
        rows[i].weight = 1 + i % 3;
    rows[ROWS - 1] = (struct nbd_row){900, 190.5, 200, 1};
}

static void likelihood_and_slopes_are_those_of_the_textbook(void **state)
{
    (void)state;
    struct dice dice = dice_of(SEED + 1);
    struct nbd_row rows[ROWS];
    draw_rows(&dice, rows);
    struct nbd_sample *sample = nbd_sample_open(rows, ROWS);
    for (unsigned i = 0; i < 60; i++) {
        struct nbd_params params = {.model = (enum nbd_model)(i % 3)};
        double *const at[] = {&params.r, &params.alpha, &params.a, &params.b};
        for (unsigned j = 0; j < NBD_PARAMETERS; j++)
            *at[j] = draw_log(&dice, 0.05, 50);
        double slopes[NBD_PARAMETERS], unused[NBD_PARAMETERS], sum = 0;
        double value = nbd_likelihood(&params, sample, slopes);
        for (unsigned j = 0; j < ROWS; j++)
            sum += rows[j].weight * plain_likelihood(&params, &rows[j]);
        assert_near(value, sum, 1e-10);
        for (unsigned j = 0; j < NBD_PARAMETERS; j++) {
            double kept = *at[j], step = 1e-4;
            *at[j] = kept * exp(step);
            double up = nbd_likelihood(&params, sample, unused);
            *at[j] = kept * exp(-step);
            double down = nbd_likelihood(&params, sample, unused);
            *at[j] = kept;
            double slope = (up - down) / (2 * step);
            if (fabs(slope - slopes[j]) > 1e-6 * fabs(slope) + 1e-9 * fabs(value) + 1e-4)
                fail_msg("model %u parameter %u: slope %.9g, by differences %.9g", i % 3, j, slopes[j], slope);
        }
    }
    nbd_sample_close(&sample);
}

static void likelihood_is_finite_at_the_ends(void **state)
{
    (void)state;
    static const uint32_t repeats[] = {0, 1, 10, 3000};
    static const double ages[] = {0, 1, 365, 36525};
    struct nbd_row rows[32];
    for (unsigned i = 0; i < 32; i++)
        rows[i] = (struct nbd_row){repeats[i / 8], i % 2 == 0 ? 0 : ages[i / 2 % 4], ages[i / 2 % 4], 1};
    struct nbd_sample *sample = nbd_sample_open(rows, 32);
    struct dice dice = dice_of(SEED + 2);
    for (unsigned i = 0; i < 300; i++) {
        struct nbd_params params = {(enum nbd_model)(i % 3), draw_wide(&dice), draw_wide(&dice), draw_wide(&dice),
                                    draw_wide(&dice)};
        double slopes[NBD_PARAMETERS];
        assert_true(isfinite(nbd_likelihood(&params, sample, slopes)));
        for (unsigned j = 0; j < NBD_PARAMETERS; j++)
            assert_true(isfinite(slopes[j]));
    }
    nbd_sample_close(&sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_values_are_met),
        cmocka_unit_test(thinning_is_exact_at_the_ends_of_its_range),
        cmocka_unit_test(series_and_trapezoid_agree),
        cmocka_unit_test(nothing_is_ever_not_a_number),
        cmocka_unit_test(what_is_outside_is_drawn_in),
        cmocka_unit_test(likelihood_and_slopes_are_those_of_the_textbook),
        cmocka_unit_test(likelihood_is_finite_at_the_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
