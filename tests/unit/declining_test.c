// Decline: both tests at and beside their borders, against floating point, and the day that is foreseen.
#include "services/scoring/declining.h"
#include "services/scoring/options_demand.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

enum { DAY = 20000, PURCHASES = 60, ROUNDS = 3000, UNIT = 1000000 };

static const struct declining_options OPTIONS = {90, 500000, 700000, 45, 180, 90};

static uint64_t state;

static uint64_t draw(uint64_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state % below;
}

static struct purchase bought(int32_t day, int64_t kept)
{
    return (struct purchase){.time_ms = day * INT64_C(86400000), .kept_micros = kept, .day = day};
}

static struct declining judge(const struct purchase *purchases, size_t count, int32_t today, bool key)
{
    struct declining_facts facts = {.key = key};
    struct declining declining;
    series_take(purchases, count, today, &facts.series);
    declining_judge(&OPTIONS, &facts, &declining);
    return declining;
}

static int32_t crosses_on(const struct purchase *purchases, size_t count, int32_t today, bool key)
{
    struct declining_facts facts = {.key = key};
    struct declining declining;
    series_take(purchases, count, today, &facts.series);
    declining_judge(&OPTIONS, &facts, &declining);
    return declining_crosses(&OPTIONS, &facts, &declining);
}

// scoring.md 1.7, T1.
static void windows(void **unused)
{
    (void)unused;
    static const struct {
        int32_t before_age, last_age; // days ago
        int64_t before, last;
        bool key, by_window;
        int64_t ppm;
    } rows[] = {
        {179, 89, 1000, 499, true, true, 499000}, {179, 89, 1000, 500, true, false, 500000},
        {179, 89, 1000, 499, false, false, -1},   {90, 0, 1000, 0, true, true, 0},
        {180, 89, 1000, 1, true, false, -1},      {179, 90, 1000, 1, true, true, 0},
        {179, 89, 0, 0, true, false, -1},         {179, 89, -5, 1, true, false, -1},
        {179, 89, 1000, -1, true, true, 0},       {120, 10, 3, 2, true, false, 666666},
        {120, 10, INT64_MAX, 1, true, true, 0},   {120, 10, 1, INT64_MAX, true, false, SERIES_PPM_MAX},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct purchase purchases[] = {bought(DAY - rows[i].before_age, rows[i].before),
                                             bought(DAY - rows[i].last_age, rows[i].last)};
        struct declining declining = judge(purchases, 2, DAY, rows[i].key);
        if (declining.window_ppm != rows[i].ppm || declining.by_window != rows[i].by_window)
            fail_msg("row %zu: %lld", i, (long long)declining.window_ppm);
        assert_true(!declining.by_window || declining.value == DECLINING_YES);
    }
}

static void the_young_are_not_known(void **unused)
{
    (void)unused;
    const struct purchase purchases[] = {bought(DAY, 1000 * UNIT), bought(DAY + 1, 1000 * UNIT)};
    assert_int_equal(judge(purchases, 2, DAY - 1, true).value, DECLINING_UNKNOWN);
    assert_int_equal(crosses_on(purchases, 2, DAY - 1, true), SERIES_NO_DAY);
    assert_int_equal(judge(purchases, 2, DAY, true).value, DECLINING_UNKNOWN);
    struct declining young = judge(purchases, 2, DAY + 89, true), old = judge(purchases, 2, DAY + 90, true);
    assert_true(young.value == DECLINING_UNKNOWN && young.rates_ppm == -1 &&
                crosses_on(purchases, 2, DAY + 89, true) >= DAY + 90);
    assert_true(old.value != DECLINING_UNKNOWN && old.rates_ppm > 0);
}

static double plain_ratio(const struct purchase *purchases, size_t count, int32_t day)
{
    double recent = 0, lasting = 0, life = day - purchases[0].day;
    for (size_t i = 0; i < count && purchases[i].day <= day; i++) {
        recent += (double)purchases[i].kept_micros * exp2(-(day - purchases[i].day) / 45.0);
        lasting += (double)purchases[i].kept_micros * exp2(-(day - purchases[i].day) / 180.0);
    }
    return recent / 45 / (1 - exp2(-life / 45)) / (lasting / 180 / (1 - exp2(-life / 180)));
}

// Against the formula in floating point; and the foreseen day is the first on which the judge says so, whatever the
// silence until then.
static void rates_equal_plain_floating_point(void **unused)
{
    (void)unused;
    unsigned falls = 0, crossings = 0;
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct purchase purchases[PURCHASES];
        size_t count = 1 + draw(PURCHASES);
        uint64_t step = 1 + draw(40);
        int32_t day = DAY - (int32_t)draw(200);
        for (size_t i = count; i > 0; i--, day -= (int32_t)draw(step))
            purchases[i - 1] = bought(day, (int64_t)(100 + draw(1000)) * UNIT);
        struct declining declining = judge(purchases, count, DAY, false);
        assert_true(declining.window_ppm == -1 && !declining.by_window);
        if (DAY - purchases[0].day < 90) {
            assert_int_equal(declining.value, DECLINING_UNKNOWN);
        } else {
            double ratio = plain_ratio(purchases, count, DAY);
            assert_true(fabs(ratio * UNIT - (double)declining.rates_ppm) < 3);
            if (fabs(ratio - 0.5) > 1e-5)
                assert_int_equal(declining.value, ratio < 0.5 ? DECLINING_YES : DECLINING_NO);
        }
        if (declining.by_rates) {
            falls++;
            assert_int_equal(crosses_on(purchases, count, DAY, false), SERIES_NO_DAY);
            continue;
        }
        int32_t crosses = crosses_on(purchases, count, DAY, false);
        assert_true(crosses >= DAY && crosses < DAY + 1000);
        assert_true(judge(purchases, count, crosses, false).by_rates);
        if (crosses > DAY)
            assert_false(judge(purchases, count, crosses - 1, false).by_rates);
        crossings++;
    }
    assert_true(falls > 100 && crossings > 100);
}

static void no_sums_of_nothing(void **unused)
{
    (void)unused;
    const struct purchase free_of_charge[] = {bought(DAY - 200, 0), bought(DAY - 100, 0)};
    struct declining declining = judge(free_of_charge, 2, DAY, true);
    assert_true(declining.value == DECLINING_UNKNOWN && crosses_on(free_of_charge, 2, DAY, true) == SERIES_NO_DAY);
    const struct purchase refunded[] = {bought(DAY - 200, -UNIT), bought(DAY - 100, INT64_MIN)};
    assert_int_equal(judge(refunded, 2, DAY, true).value, DECLINING_UNKNOWN);
    const struct purchase tiny[] = {bought(DAY - 200, 1)};
    (void)judge(tiny, 1, DAY, true);
}

// 0.5 down, 0.7 up.
static void announced_late_on_the_way_up(void **unused)
{
    (void)unused;
    static const struct {
        uint8_t value;
        int64_t window_ppm, rates_ppm;
        enum declining_value previous, announced;
    } rows[] = {
        {DECLINING_YES, -1, 499999, DECLINING_NO, DECLINING_YES},
        {DECLINING_YES, -1, 499999, DECLINING_UNKNOWN, DECLINING_YES},
        {DECLINING_NO, -1, 500000, DECLINING_YES, DECLINING_YES},
        {DECLINING_NO, -1, 699999, DECLINING_YES, DECLINING_YES},
        {DECLINING_NO, -1, 700000, DECLINING_YES, DECLINING_NO},
        {DECLINING_NO, -1, 500000, DECLINING_NO, DECLINING_NO},
        {DECLINING_NO, -1, 500000, DECLINING_UNKNOWN, DECLINING_NO},
        {DECLINING_NO, 699999, 900000, DECLINING_YES, DECLINING_YES},
        {DECLINING_NO, 700000, 900000, DECLINING_YES, DECLINING_NO},
        {DECLINING_NO, 900000, -1, DECLINING_YES, DECLINING_NO},
        {DECLINING_UNKNOWN, -1, -1, DECLINING_YES, DECLINING_UNKNOWN},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct declining declining = {
            .value = rows[i].value, .window_ppm = rows[i].window_ppm, .rates_ppm = rows[i].rates_ppm};
        assert_int_equal(declining_announce(&OPTIONS, &declining, rows[i].previous), rows[i].announced);
    }
}

static void reasons(void **unused)
{
    (void)unused;
    const struct purchase purchases[] = {bought(DAY - 200, 1000 * UNIT), bought(DAY - 100, 1000 * UNIT),
                                         bought(DAY - 10, 100 * UNIT)};
    struct declining_facts facts = {.key = true};
    struct declining declining;
    struct reason reason;
    series_take(purchases, 3, DAY, &facts.series);
    declining_judge(&OPTIONS, &facts, &declining);
    declining_explain(&OPTIONS, &facts, &declining, &reason);
    assert_string_equal(reason.rule, "declining: the last 90 days under 50 % of the 90 days before");
    assert_string_equal(reason.figures[0].name, "last_window");
    assert_int_equal(reason.figures[2].value, 100000);
    series_take(purchases, 0, DAY, &facts.series);
    declining_judge(&OPTIONS, &facts, &declining);
    declining_explain(&OPTIONS, &facts, &declining, &reason);
    assert_int_equal(reason.figure_count, 0);
}

static void options_fit_together(void **unused)
{
    (void)unused;
    const char *key = NULL;
    struct declining_options options = OPTIONS;
    assert_null(declining_trouble(&options, &key));
    options.recover_ppm = options.drop_ppm - 1;
    assert_non_null(declining_trouble(&options, &key));
    assert_string_equal(key, "recover");
    options = OPTIONS;
    options.lasting_half_days = options.recent_half_days;
    assert_non_null(declining_trouble(&options, &key));
    assert_string_equal(key, "lasting_half_days");
}

// The defaults of all five groups are those of the headers.
static void the_keys_say_what_the_headers_say(void **unused)
{
    (void)unused;
    struct declining_options declining;
    struct demand_options demand;
    struct forecast_options forecast;
    struct kind_options kind;
    struct face_options face;
    const struct config_section sections[] = {
        {"declining", declining_keys, &declining, "-"},
        {"demand", demand_keys, &demand, "-"},
        {"forecast", forecast_keys, &forecast, "-"},
        {"kind", kind_keys, &kind, "-"},
        {"face", face_keys, &face, "-"},
    };
    struct config *config = config_read(NULL, sections, sizeof sections / sizeof sections[0]);
    assert_true(config_good(config));
    static const struct demand_options demand_wanted = {500000, 3, 3, 3, 365, 90, 500000, 2000000, 700000};
    static const struct forecast_options forecast_wanted = {7, 2, 7, 180};
    static const struct kind_options kind_wanted = {800000, 3, 200000, 200000, 3};
    static const struct face_options face_wanted = {300000, 0, 700000, 100000, 500000, 2};
    assert_memory_equal(&declining, &OPTIONS, sizeof declining);
    assert_memory_equal(&demand, &demand_wanted, sizeof demand);
    assert_memory_equal(&forecast, &forecast_wanted, sizeof forecast);
    assert_memory_equal(&kind, &kind_wanted, sizeof kind);
    assert_memory_equal(&face, &face_wanted, sizeof face);
    config_close(&config);
}

int main(int count, char **words)
{
    state = count > 1 ? strtoull(words[1], NULL, 10) : 20260517;
    printf("seed %llu\n", (unsigned long long)state);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(windows),
        cmocka_unit_test(the_young_are_not_known),
        cmocka_unit_test(rates_equal_plain_floating_point),
        cmocka_unit_test(no_sums_of_nothing),
        cmocka_unit_test(announced_late_on_the_way_up),
        cmocka_unit_test(reasons),
        cmocka_unit_test(options_fit_together),
        cmocka_unit_test(the_keys_say_what_the_headers_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
