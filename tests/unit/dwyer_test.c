// Dwyer's lifetimes: the published values, the sums written out, a dense solution, and buyers drawn by chance.
#include "services/scoring/dwyer.h"

#include <stdarg.h>
#include <setjmp.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const struct dwyer_options options = {.nature = DWYER_MIGRATION, .period_days = 30, .states = 12, .least = 30};

static uint64_t state = 1997;

static uint64_t draw(uint64_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state % below;
}

static double chance(void)
{
    return (double)draw(1000001) / 1000000;
}

static void near(double found, double wanted, double relative)
{
    if (!(fabs(found - wanted) <= relative * fmax(fabs(wanted), 1)))
        fail_msg("%.12g is not %.12g", found, wanted);
}

static void retention(void **unused)
{
    (void)unused;
    double value;
    near(dwyer_retention(100, .8, .1, 5), 312.409734, 2e-9);
    assert_true(dwyer_retention_forever(100, .8, .1, &value));
    near(value, 366.666667, 2e-9);
    assert_false(dwyer_retention_forever(100, 1, 0, &value));
    assert_true(dwyer_retention(100, 1, 0, 5) == 600);
    assert_true(dwyer_retention(100, 0, 0, 5) == 100);
    assert_true(dwyer_retention(100, .5, .1, 0) == 100);
    for (unsigned round = 0; round < 500; round++) {
        double r = chance(), d = draw(4) == 0 ? 0 : chance() / 10, sum = 0, weight = 1;
        if (draw(5) == 0)
            r = 1;
        uint32_t periods = (uint32_t)draw(200);
        for (uint32_t t = 0; t <= periods; t++, weight *= r / (1 + d))
            sum += 7 * weight;
        near(dwyer_retention(7, r, d, periods), sum, 1e-11);
    }
}

static const struct dwyer_chain published = {
    .states = 4, .buy = {.3, .2, .15, .05}, .gain = {36, -4, -4, -4}, .discount = .2};

static void migration_published(void **unused)
{
    (void)unused;
    static const double four[] = {50.114969, 4.219907, .592110, -1.980131};
    static const double forever[] = {52.319609, 5.553784, 1.250773, -1.820016};
    double values[DWYER_STATES_MAX];
    dwyer_migration(&published, 4, values);
    for (size_t i = 0; i < 4; i++)
        near(values[i], four[i], 5.1e-7); // as many digits as are published
    assert_true(dwyer_migration_forever(&published, values));
    for (size_t i = 0; i < 4; i++)
        near(values[i], forever[i], 5.1e-7);
}

enum { WIDE = DWYER_STATES_MAX + 1 };

// (I - P/(1+d)) V = R with the former customers as a state of their own, by elimination with the largest pivot.
static void dense(const struct dwyer_chain *chain, double *ret_values)
{
    double rows[WIDE][WIDE + 1] = {{0}};
    size_t size = chain->states + 1;
    for (size_t i = 0; i < size; i++) {
        double buys = i < chain->states ? chain->buy[i] : 0;
        rows[i][i] += 1;
        rows[i][0] -= buys / (1 + chain->discount);
        rows[i][i + 1 < size ? i + 1 : i] -= (1 - buys) / (1 + chain->discount);
        rows[i][size] = i < chain->states ? chain->gain[i] : 0;
    }
    for (size_t at = 0; at < size; at++) {
        size_t best = at;
        for (size_t i = at; i < size; i++)
            best = fabs(rows[i][at]) > fabs(rows[best][at]) ? i : best;
        for (size_t j = 0; j <= size; j++) {
            double kept = rows[at][j];
            rows[at][j] = rows[best][j];
            rows[best][j] = kept;
        }
        for (size_t i = 0; i < size; i++) {
            double times = i == at ? 0 : rows[i][at] / rows[at][at];
            for (size_t j = at; times != 0 && j <= size; j++)
                rows[i][j] -= times * rows[at][j];
        }
    }
    for (size_t i = 0; i < chain->states; i++)
        ret_values[i] = rows[i][size] / rows[i][i];
}

// What Berger and Nasr sum up: C_t = sum over j of C_(t-j) p_j times the chance of silence until then.
static double as_shares(const struct dwyer_chain *chain, uint32_t periods, double m)
{
    double *share = calloc(periods + 1, sizeof *share), value = 0, weight = 1;
    assert_non_null(share);
    share[0] = 1;
    for (uint32_t t = 0; t <= periods; t++, weight /= 1 + chain->discount) {
        double silent = 1;
        for (uint32_t j = 1; j <= chain->states && j <= t; j++) {
            share[t] += share[t - j] * chain->buy[j - 1] * silent;
            silent *= 1 - chain->buy[j - 1];
        }
        value += share[t] * m * weight;
    }
    free(share);
    return value;
}

static void migration_equals_other_ways(void **unused)
{
    (void)unused;
    for (unsigned round = 0; round < 500; round++) {
        struct dwyer_chain chain = {.states = 1 + (uint32_t)draw(DWYER_STATES_MAX), .discount = .001 + chance() / 5};
        for (uint32_t i = 0; i < chain.states; i++) {
            chain.buy[i] = draw(8) == 0 ? (double)draw(2) : chance();
            chain.gain[i] = chance() * 100 - 50;
        }
        double found[DWYER_STATES_MAX], wanted[DWYER_STATES_MAX];
        assert_true(dwyer_migration_forever(&chain, found));
        dense(&chain, wanted);
        for (uint32_t i = 0; i < chain.states; i++)
            near(found[i], wanted[i], 1e-8);
        for (uint32_t i = 0; i < chain.states; i++)
            chain.gain[i] = i == 0 ? 40 : 0;
        uint32_t periods = (uint32_t)draw(60);
        dwyer_migration(&chain, periods, found);
        near(found[0], as_shares(&chain, periods, 40), 1e-11);
    }
    struct dwyer_chain sure = {.states = 2, .buy = {1, 1}, .gain = {1, 1}};
    double values[DWYER_STATES_MAX];
    assert_false(dwyer_migration_forever(&sure, values));
    sure.buy[1] = 0; // never comes to that
    assert_false(dwyer_migration_forever(&sure, values));
    sure.buy[0] = .5;
    assert_true(dwyer_migration_forever(&sure, values));
    near(values[0], 3, 1e-12);
}

static void counts(void **unused)
{
    (void)unused;
    struct dwyer_counts counts, empty, turned;
    dwyer_start(&counts, &options);
    empty = counts;
    static const int64_t gaps[] = {1, 30, 31, 60, 61, 360, 361, 5000};
    for (size_t i = 0; i < 8; i++)
        dwyer_gap_came(&counts, gaps[i]);
    assert_int_equal(counts.bought[0], 2);
    assert_int_equal(counts.bought[1], 2);
    assert_int_equal(counts.bought[2], 1);
    assert_int_equal(counts.bought[11], 1); // 360; later ones returned from beyond
    assert_int_equal(counts.exposed_days[0], 8 * 30);
    assert_int_equal(counts.exposed_days[1], 6 * 30);
    assert_int_equal(counts.exposed_days[11], 3 * 30);
    dwyer_start(&turned, &options);
    for (size_t i = 8; i-- > 0;)
        dwyer_gap_came(&turned, gaps[i]);
    assert_memory_equal(&turned, &counts, sizeof counts);
    dwyer_silent(&turned, 45, 2);
    assert_int_equal(turned.exposed_days[0], 10 * 30);
    assert_int_equal(turned.exposed_days[1], 6 * 30 + 2 * 15);
    assert_int_equal(turned.exposed_days[2], counts.exposed_days[2]);
    dwyer_silent(&turned, 0, 1000);
    dwyer_silent(&turned, -3, 1000);
    dwyer_silent(&turned, 100000, 1);
    assert_int_equal(turned.exposed_days[11], counts.exposed_days[11] + 30);
    for (size_t i = 0; i < 8; i++)
        dwyer_gap_went(&counts, gaps[i]);
    assert_memory_equal(&counts, &empty, sizeof counts);
    assert_int_equal(dwyer_state(&counts, -7), 1);
    assert_int_equal(dwyer_state(&counts, 0), 1);
    assert_int_equal(dwyer_state(&counts, 29), 1);
    assert_int_equal(dwyer_state(&counts, 30), 2);
    assert_int_equal(dwyer_state(&counts, 359), 12);
    assert_int_equal(dwyer_state(&counts, 360), 13);
    assert_int_equal(dwyer_state(&counts, 100000), 13);
}

static const double truth[] = {.5, .4, .3, .2, .1, .05};
enum { STATES = sizeof truth / sizeof *truth };

// The days until the next purchase by the chances of `truth`, each spread evenly in time; 0: never.
static int64_t next_gap(void)
{
    for (size_t i = 0; i < STATES; i++) {
        double silent = pow(1 - truth[i], 1. / 30);
        for (int64_t day = 1; day <= 30; day++)
            if (chance() > silent)
                return (int64_t)i * 30 + day;
    }
    return 0;
}

// The chances are found again from buyers seen until one day, most of whom are in the middle of a silence.
static void chances_found_again(void **unused)
{
    (void)unused;
    enum { BUYERS = 20000, AHEAD = 90 };
    struct dwyer_options six = options;
    six.states = STATES;
    struct dwyer_counts counts;
    dwyer_start(&counts, &six);
    double bought = 0;
    struct dwyer_chances chances;
    for (unsigned buyer = 0; buyer < BUYERS; buyer++) {
        int64_t left = 1 + (int64_t)draw(500), gap;
        while ((gap = next_gap()) != 0 && gap <= left) {
            dwyer_gap_came(&counts, gap);
            left -= gap;
        }
        dwyer_silent(&counts, left, 1);
    }
    dwyer_chances(&six, &counts, &chances);
    assert_true(chances.known);
    double silent = 1;
    for (size_t i = 0; i < STATES; silent *= 1 - truth[i++])
        near((double)chances.buy_ppm[i] / 1e6, truth[i], .012);
    near((double)chances.again_ppm / 1e6, 1 - silent, .012);
    near(pow((double)chances.retention_ppm / 1e6, (double)chances.gap_milli / 1000), 1 - silent, .012);
    // One who has just bought is expected to do as others did.
    for (unsigned buyer = 0; buyer < BUYERS; buyer++) {
        int64_t left = AHEAD, gap;
        for (; (gap = next_gap()) != 0 && gap <= left; left -= gap)
            bought += 1. / BUYERS;
    }
    double within[] = {0, 45, AHEAD}, orders[3];
    dwyer_expected(&chances, 30, 0, within, 3, orders);
    assert_true(orders[0] == 0);
    assert_true(orders[1] > 0 && orders[1] < orders[2]);
    near(orders[2], bought, .03);
    printf("expected %.4f, found %.4f\n", orders[2], bought);
    for (size_t i = 0; i < STATES; i++)
        chances.buy_ppm[i] = (int64_t)llround(truth[i] * 1e6);
    dwyer_expected(&chances, 30, 0, within, 3, orders);
    near(orders[2], bought, .015);
    printf("expected %.4f, found %.4f\n", orders[2], bought);
    dwyer_expected(&chances, 30, STATES * 30, within, 3, orders);
    assert_true(orders[2] == 0);
    dwyer_expected(&chances, 30, STATES * 30 - 1, within, 3, orders);
    assert_true(orders[2] > 0);
}

static void chances_of_few(void **unused)
{
    (void)unused;
    struct dwyer_counts counts;
    struct dwyer_chances chances;
    dwyer_start(&counts, &options);
    dwyer_chances(&options, &counts, &chances);
    assert_false(chances.known);
    assert_int_equal(chances.again_ppm, 0);
    assert_int_equal(chances.retention_ppm, 0);
    double within = 365, orders = 1;
    dwyer_expected(&chances, 30, 0, &within, 1, &orders);
    assert_true(orders == 0);
    chances = (struct dwyer_chances){.states = 0};
    dwyer_expected(&chances, 30, 0, &within, 1, &orders);
    assert_true(orders == 0);
    dwyer_gaps(&counts, 40, 2);
    dwyer_gap_went(&counts, 40);
    dwyer_gap_went(&counts, 40);
    for (unsigned i = 0; i < 29; i++)
        dwyer_gap_came(&counts, 10);
    dwyer_chances(&options, &counts, &chances);
    assert_false(chances.known);
    dwyer_gap_came(&counts, 40);
    dwyer_chances(&options, &counts, &chances);
    assert_true(chances.known);
    assert_int_equal(chances.buy_ppm[0], 29 * 1000000 / 30);
    assert_int_equal(chances.buy_ppm[1], 1000000); // the rest taken together: one there, one bought
    assert_int_equal(chances.buy_ppm[11], 1000000);
}

static struct dwyer_chances chances_published(void)
{
    return (struct dwyer_chances){.states = 4,
                                  .buy_ppm = {300000, 200000, 150000, 50000},
                                  .again_ppm = 547800,
                                  .retention_ppm = 800000,
                                  .gap_milli = 2000,
                                  .known = true};
}

static void returns(void **unused)
{
    (void)unused;
    struct dwyer_chances chances = chances_published();
    static const struct {
        int64_t silent;
        double never;
    } rows[] = {
        {-5, .7 * .8 * .85 * .95}, {0, .7 * .8 * .85 * .95}, {30, .8 * .85 * .95}, {90, .95}, {120, 1}, {9999, 1}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(dwyer_returns(&chances, 30, rows[i].silent), llround((1 - rows[i].never) * 1e6));
    near((double)dwyer_returns(&chances, 30, 105) / 1e6, 1 - sqrt(.95), 1e-6);
    chances.known = false;
    assert_int_equal(dwyer_returns(&chances, 30, 0), 0);
}

static void steps(void **unused)
{
    (void)unused;
    struct dwyer_chances chances = chances_published();
    // A year has so many periods that a period's rate is 20 %.
    int64_t yearly = (int64_t)llround((pow(1.2, 365.25 / 30) - 1) * 1e6);
    struct dwyer_options four = options;
    four.states = 4;
    struct dwyer_facts facts = {.chances = &chances,
                                .silent_days = 30,
                                .purchase_micros = 40000000,
                                .cost_micros = 4000000,
                                .discount_ppm = yearly};
    struct dwyer dwyer;
    dwyer_judge(&four, &facts, &dwyer);
    assert_true(dwyer.known);
    near((double)dwyer.value_micros, 5553784, 1e-6);
    assert_int_equal(dwyer.lifetime_micros, dwyer.profit_micros - dwyer.cost_micros);
    near((double)dwyer.cost_micros, (double)dwyer.lifetime_milli * 4000, 1e-3);
    struct reason reason;
    dwyer_explain(&four, &facts, &dwyer, &reason);
    assert_int_equal(reason.figure_count, 9);

    facts.silent_days = 0; // the purchase of today is past
    dwyer_judge(&four, &facts, &dwyer);
    near((double)dwyer.value_micros, 52319609 - 40000000, 1e-6);
    facts.silent_days = 120;
    dwyer_judge(&four, &facts, &dwyer);
    assert_true(dwyer.known);
    assert_int_equal(dwyer.value_micros, 0);

    four.nature = DWYER_RETENTION;
    facts = (struct dwyer_facts){.chances = &chances, .purchase_micros = 200000000, .discount_ppm = 0};
    dwyer_judge(&four, &facts, &dwyer);
    assert_int_equal(dwyer.lifetime_milli, 5000);
    assert_int_equal(dwyer.value_micros, 500000000);
    chances.retention_ppm = 1000000;
    dwyer_judge(&four, &facts, &dwyer);
    assert_false(dwyer.known);
    dwyer_explain(&four, &facts, &dwyer, &reason);
    assert_true(reason.note[0] != '\0');
    chances.known = false;
    dwyer_judge(&four, &facts, &dwyer);
    assert_false(dwyer.known);
    dwyer_explain(&four, &facts, &dwyer, &reason);
    assert_true(reason.note[0] != '\0');
}

// Whatever the chances and amounts, every figure is a number.
static void never_breaks(void **unused)
{
    (void)unused;
    static const int64_t ends[] = {0, 1, 500000, 999999, 1000000};
    static const int64_t amounts[] = {INT64_MIN, -1, 0, 1, 9000000000000000, INT64_MAX};
    for (unsigned round = 0; round < 5000; round++) {
        struct dwyer_chances chances = {.states = 1 + (uint32_t)draw(DWYER_STATES_MAX),
                                        .again_ppm = ends[draw(5)],
                                        .retention_ppm = ends[draw(5)],
                                        .gap_milli = (int64_t)draw(2) * 1500,
                                        .known = true};
        for (uint32_t i = 0; i < chances.states; i++)
            chances.buy_ppm[i] = ends[draw(5)];
        struct dwyer_options any = {.nature = (int)draw(2), .period_days = 1 + (int64_t)draw(366), .states = 4};
        struct dwyer_facts facts = {.chances = &chances,
                                    .silent_days = (int64_t)draw(4000) - 100,
                                    .purchase_micros = amounts[draw(6)],
                                    .cost_micros = amounts[draw(6)],
                                    .discount_ppm = (int64_t)draw(3) * 100000};
        struct dwyer dwyer;
        struct reason reason;
        dwyer_judge(&any, &facts, &dwyer);
        assert_true(dwyer.known || dwyer.value_micros == 0);
        dwyer_explain(&any, &facts, &dwyer, &reason);
        double within[] = {30, 365}, orders[2];
        dwyer_expected(&chances, any.period_days, (int64_t)draw(5000) - 100, within, 2, orders);
        assert_true(isfinite(orders[1]) && orders[0] >= 0 && orders[1] >= orders[0]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(retention),
        cmocka_unit_test(migration_published),
        cmocka_unit_test(counts),
        cmocka_unit_test(migration_equals_other_ways),
        cmocka_unit_test(chances_found_again),
        cmocka_unit_test(chances_of_few),
        cmocka_unit_test(returns),
        cmocka_unit_test(steps),
        cmocka_unit_test(never_breaks),
    };
    printf("seed %llu\n", (unsigned long long)state);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
