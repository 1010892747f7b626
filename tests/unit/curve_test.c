// Curves: shapes are found again from their own points, the squares are least, the forecast stays in its bounds; and
// lives that fall off are told.
#include "services/scoring/curve.h"

#include <stdarg.h>
#include <setjmp.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static uint64_t state = 20261122;

static uint64_t draw(uint64_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state % below;
}

// Nearly normal, of mean 0 and deviation 1.
static double noise(void)
{
    double sum = 0;
    for (int i = 0; i < 12; i++)
        sum += (double)draw(1000001) / 1000000;
    return sum - 6;
}

static double shape(uint8_t kind, const double *p, double t)
{
    switch (kind) {
    case CURVE_DECAY:
        return p[0] * exp(-p[1] * t);
    case CURVE_BASS:
        return p[0] / pow(cosh(p[1] * (t - p[2])), 2);
    default:
        return p[0] + p[1] * t + p[2] * t * t;
    }
}

static void few_months(void **unused)
{
    (void)unused;
    int64_t months[CURVE_MONTHS_MIN] = {5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5};
    struct curve curve;
    struct reason reason;
    curve_fit(months, CURVE_MONTHS_MIN - 1, &curve);
    assert_int_equal(curve.kind, CURVE_UNKNOWN);
    assert_int_equal(curve_at(&curve, 3), 0);
    assert_int_equal(curve_forecast(&curve, 12), 0);
    curve_explain(&curve, &reason);
    assert_true(reason.note[0] != '\0');
    curve_fit(NULL, 0, &curve);
    assert_int_equal(curve.kind, CURVE_UNKNOWN);
    curve_fit(months, CURVE_MONTHS_MIN, &curve);
    assert_int_equal(curve.kind, CURVE_CONSTANT);
    assert_int_equal(curve_forecast(&curve, 12), 60);
    assert_int_equal(curve.scatter_micros, 0);
}

static void shapes_found_again(void **unused)
{
    (void)unused;
    static const struct {
        uint8_t kind;
        unsigned count;
        double p[3];
    } rows[] = {
        {CURVE_CONSTANT, 12, {1000, 0, 0}},   {CURVE_CONSTANT, 24, {0, 0, 0}},
        {CURVE_CONSTANT, 24, {-70, 0, 0}},    {CURVE_LINEAR, 12, {1000, 25, 0}},
        {CURVE_LINEAR, 36, {-500, -12.5, 0}}, {CURVE_QUADRATIC, 24, {100, 40, -2}},
        {CURVE_QUADRATIC, 120, {7, -3, .25}}, {CURVE_DECAY, 24, {800, .1, 0}},
        {CURVE_DECAY, 36, {-800, .03, 0}},    {CURVE_DECAY, 12, {5000, .7, 0}},
        {CURVE_BASS, 24, {300, .2, 8}},       {CURVE_BASS, 60, {-300, .06, 33.3}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t months[CURVE_MONTHS_MAX];
        struct curve curve;
        struct reason reason;
        for (unsigned t = 0; t < rows[i].count; t++)
            months[t] = llround(shape(rows[i].kind, rows[i].p, t) * 1e6);
        curve_fit(months, rows[i].count, &curve);
        assert_int_equal(curve.kind, rows[i].kind);
        assert_int_equal(curve.months, rows[i].count);
        for (unsigned k = 0; k < curve.parameter_count; k++)
            assert_true(fabs(curve.parameters[k] - rows[i].p[k]) <= 1e-5 * fmax(1, fabs(rows[i].p[k])));
        for (unsigned t = 0; t < rows[i].count; t++)
            assert_true(llabs(curve_at(&curve, t) - months[t]) <= 1000);
        double n = rows[i].count;
        double slope = shape(rows[i].kind, rows[i].p, n - 1) - shape(rows[i].kind, rows[i].p, n - 2);
        assert_true(fabs((double)curve.slope_micros / 1e6 - slope) < 1e-3);
        curve_explain(&curve, &reason);
        assert_int_equal(reason.figure_count, 3 + curve.parameter_count);
        assert_non_null(strstr(reason.rule, curve_names[rows[i].kind]));
        assert_non_null(strstr(reason.rule, "indicative"));
    }
}

static double squares(const int64_t *months, unsigned count, uint8_t kind, const double *p)
{
    double sum = 0;
    for (unsigned t = 0; t < count; t++)
        sum += pow((double)months[t] / 1e6 - shape(kind, p, t), 2);
    return sum;
}

// No small step of any parameter leaves smaller squares, and a forecast never leaves the range by more than its width.
static void squares_are_least(void **unused)
{
    (void)unused;
    unsigned found[CURVE_KINDS] = {0};
    for (unsigned round = 0; round < 400; round++) {
        int64_t months[150], least = INT64_MAX, most = INT64_MIN;
        unsigned count = CURVE_MONTHS_MIN + (unsigned)draw(109);
        uint8_t kind = (uint8_t)(1 + draw(5));
        double p[3] = {500 + (double)draw(1000), (double)draw(40) - 20, ((double)draw(100) - 50) / 50};
        if (kind == CURVE_DECAY || kind == CURVE_BASS)
            p[1] = .01 + (double)draw(100) / 300;
        p[2] = kind == CURVE_QUADRATIC ? p[2] : kind == CURVE_BASS ? (double)draw(count) : 0;
        p[1] = kind == CURVE_CONSTANT ? 0 : p[1];
        for (unsigned t = 0; t < count; t++) {
            months[t] = llround((shape(kind, p, t) + noise() * 30) * 1e6);
            least = months[t] < least ? months[t] : least;
            most = months[t] > most ? months[t] : most;
        }
        struct curve curve;
        curve_fit(months, count, &curve);
        found[curve.kind]++;
        assert_true(curve.kind != CURVE_UNKNOWN);
        double best = squares(months, count, curve.kind, curve.parameters);
        assert_true(fabs(sqrt(best / count) * 1e6 - (double)curve.scatter_micros) <=
                    1 + 1e-9 * (double)curve.scatter_micros);
        for (unsigned k = 0; k < curve.parameter_count; k++) {
            for (int way = -1; way <= 1; way += 2) {
                double moved[3];
                memcpy(moved, curve.parameters, sizeof moved);
                moved[k] += way * 1e-4 * fmax(1e-3, fabs(moved[k]));
                // Rates and peaks may stand at the ends of what is tried when the months do not fall off at all.
                bool falls = curve.kind == CURVE_DECAY || curve.kind == CURVE_BASS;
                bool end = falls && k == 1 && (moved[1] < M_LN2 / (20. * count) || moved[1] > 2.8);
                end |= falls && k == 2 && (moved[2] > count - 1 || moved[2] < -(double)count);
                assert_true(end || squares(months, count, curve.kind, moved) >= best * (1 - 1e-9));
            }
        }
        for (unsigned t = count; t < count + CURVE_AHEAD_MAX; t++) {
            int64_t at = curve_at(&curve, t);
            double wider = (double)(most - least) * (t - count + 1) / count;
            assert_true((double)at >= (double)least - wider - 1 && (double)at <= (double)most + wider + 1);
        }
    }
    for (uint8_t kind = CURVE_CONSTANT; kind < CURVE_KINDS; kind++)
        assert_true(found[kind] > 10);
}

// The profit of a market of 100,000 by Bass, month by month: p = .01 and q as given.
static double bass(double q, double t)
{
    double p = .01, e = exp(-(p + q) * t);
    return 100000 * (p + q) * (p + q) / p * e / pow(1 + q / p * e, 2);
}

// The next 12 months of lives that fall off, and of Bass's own curve past its height, are missed by far less than the
// mean of the past misses them.
static void falling_lives_are_told(void **unused)
{
    (void)unused;
    enum { LIVES = 100, SEEN = 24 };
    for (int by_bass = 0; by_bass < 2; by_bass++) {
        double missed = 0, missed_by_mean = 0;
        for (unsigned life = 0; life < LIVES; life++) {
            int64_t months[SEEN], truth = 0, mean = 0;
            double q = .2 + (double)draw(100) / 400, rate = .03 + (double)draw(100) / 1000;
            for (unsigned t = 0; t < SEEN + 12; t++) {
                double height = by_bass ? bass(q, t) : 3000 * exp(-rate * t);
                int64_t month = llround(height * (1 + noise() * .2) * 1e6);
                if (t < SEEN)
                    months[t] = month;
                truth += t < SEEN ? 0 : llround(height * 1e6);
                mean += t < SEEN ? month / 2 : 0;
            }
            struct curve curve;
            curve_fit(months, SEEN, &curve);
            missed += fabs((double)(curve_forecast(&curve, 12) - truth)) / 1e6;
            missed_by_mean += fabs((double)(mean - truth)) / 1e6;
        }
        printf("missed by %.0f, by the mean of the past %.0f\n", missed / LIVES, missed_by_mean / LIVES);
        assert_true(missed < missed_by_mean / 5);
    }
}

static void always_finite(void **unused)
{
    (void)unused;
    static const int64_t ends[] = {INT64_MIN, INT64_MIN + 1, -1, 0, 1, 9000000000000000, INT64_MAX};
    for (unsigned round = 0; round < 300; round++) {
        int64_t months[150];
        size_t count = draw(150);
        for (size_t t = 0; t < count; t++)
            months[t] = ends[round % 3 == 0 ? 3 + draw(2) : draw(7)];
        struct curve curve;
        struct reason reason;
        curve_fit(months, count, &curve);
        for (int i = 0; i < CURVE_PARAMETERS_MAX; i++)
            assert_true(isfinite(curve.parameters[i]));
        assert_true(isfinite(curve.least) && isfinite(curve.most));
        curve_forecast(&curve, CURVE_AHEAD_MAX);
        curve_explain(&curve, &reason);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(few_months),        cmocka_unit_test(shapes_found_again),
        cmocka_unit_test(squares_are_least), cmocka_unit_test(falling_lives_are_told),
        cmocka_unit_test(always_finite),
    };
    printf("seed %llu\n", (unsigned long long)state);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
