// Loyalty: its parts at their ends, the mean of those known against a plain computation, levels and what is announced.
#include "services/scoring/loyalty.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#define T0 INT64_C(1767225600000) // 2026-01-01
#define DAY CARE_DAY_MS

enum { ROUNDS = 20000 };

static const struct loyalty_options usual = {1, 1, 1, 1, 1, 1095, 730, 20000};

static struct care_facts rated(int64_t days_ago, uint8_t loyalty)
{
    struct care_facts care;
    care_start(&care);
    if (days_ago >= 0)
        care_hear_cooperation(
            &care, &(struct care_cooperation){.time_ms = T0 - days_ago * DAY, .score = 3, .loyalty = loyalty});
    return care;
}

static void parts_and_mean(void **context)
{
    (void)context;
    static const struct {
        uint8_t frequency;
        int64_t tenure, buys, refunded, rated_days;
        uint8_t rating;
        int64_t ppm;
        uint8_t value;
    } rows[] = {
        {0, -1, -1, -1, -1, 0, -1, LOYALTY_UNKNOWN},
        {0, -1, -1, 0, -1, 0, -1, LOYALTY_UNKNOWN}, // nothing was refunded of nothing
        {0, -1, -1, -1, 0, 5, 1000000, 5},
        {0, -1, -1, -1, 0, 1, 0, 1},
        {0, -1, -1, -1, 0, 0, -1, LOYALTY_UNKNOWN}, // rated, but not for loyalty
        {0, -1, -1, -1, 729, 3, 500000, 3},
        {0, -1, -1, -1, 730, 3, -1, LOYALTY_UNKNOWN},
        {5, 1095, 1000000, 0, 1, 5, 1000000, 5},
        {5, 9999, 2000000, 0, 1, 5, 1000000, 5}, // held within its end
        {1, 0, 0, 1000000, 1, 1, 0, 1},
        {3, -1, -1, -1, -1, 0, -1, LOYALTY_UNKNOWN},
        {0, 0, -1, -1, -1, 0, 0, 1},
        {4, 365, 400000, 100000, -1, 0, (750000 + 333333 + 400000 + 900000) / 4, 3},
        {4, 365, -1, -1, -1, 0, (750000 + 333333) / 2, 3},
        {4, 365, 400000, 100000, 10, 4, (750000 + 333333 + 400000 + 900000 + 750000) / 5, 4},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct care_facts care = rated(rows[i].rated_days, rows[i].rating);
        struct loyalty_facts facts = {.care = &care,
                                      .today_ms = T0,
                                      .tenure_days = rows[i].tenure,
                                      .buys_ppm = rows[i].buys,
                                      .refunded_ppm = rows[i].refunded,
                                      .frequency = rows[i].frequency};
        struct loyalty loyalty;
        struct reason reason;
        loyalty_judge(&usual, &facts, &loyalty);
        if (loyalty.ppm != rows[i].ppm || loyalty.value != rows[i].value)
            fail_msg("row %zu: %lld ppm, level %u", i, (long long)loyalty.ppm, loyalty.value);
        loyalty_explain(&usual, &facts, &loyalty, &reason);
        assert_non_null(strstr(reason.rule, rows[i].value == 0 ? "unknown" : "level"));
    }
}

static void levels(void **context)
{
    (void)context;
    static const struct {
        int64_t ppm;
        uint8_t value;
        const char *says;
    } rows[] = {{0, 1, ": 0 %,"},         {199999, 1, ": 20 %,"}, {200000, 2, ": 20 %,"}, {361950, 2, ": 36.2 %,"},
                {399499, 2, ": 39.9 %,"}, {400000, 3, ": 40 %,"}, {599999, 3, ": 60 %,"}, {600000, 4, ": 60 %,"},
                {644239, 4, ": 64.4 %,"}, {799999, 4, ": 80 %,"}, {800000, 5, ": 80 %,"}, {1000000, 5, ": 100 %,"}};
    struct care_facts care = rated(-1, 0);
    struct loyalty_options buying = {.buying_weight = 7, .full_tenure_days = 1};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct loyalty_facts facts = {.care = &care, .buys_ppm = rows[i].ppm, .refunded_ppm = -1};
        struct loyalty loyalty;
        struct reason reason;
        loyalty_judge(&buying, &facts, &loyalty);
        assert_int_equal(loyalty.ppm, rows[i].ppm);
        assert_int_equal(loyalty.value, rows[i].value);
        assert_int_equal(loyalty_names[loyalty.value][0], '0' + rows[i].value);
        loyalty_explain(&buying, &facts, &loyalty, &reason);
        assert_non_null(strstr(reason.rule, rows[i].says));
    }
    // All that is known weighs nothing.
    struct loyalty_options rating = {.rating_weight = 1, .full_tenure_days = 1};
    struct loyalty_facts facts = {.care = &care, .buys_ppm = 5, .refunded_ppm = 5};
    struct loyalty loyalty;
    loyalty_judge(&rating, &facts, &loyalty);
    assert_int_equal(loyalty.value, LOYALTY_UNKNOWN);
}

static void announced(void **context)
{
    (void)context;
    static const struct {
        uint8_t value;
        int64_t ppm;
        uint8_t before, says;
    } rows[] = {{4, 600000, 3, 3}, {4, 619999, 3, 3}, {4, 620000, 3, 4}, {3, 599999, 4, 4},
                {3, 580000, 4, 4}, {3, 579999, 4, 3}, {4, 600000, 2, 4}, {4, 799999, 0, 4},
                {0, -1, 4, 0},     {3, 400000, 5, 3}, {1, 0, 9, 1}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct loyalty loyalty = {.value = rows[i].value, .ppm = rows[i].ppm};
        assert_int_equal(loyalty_announce(&usual, &loyalty, rows[i].before), rows[i].says);
    }
}

static uint64_t state;

static uint64_t draw(uint64_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state % below;
}

static void agrees_with_floating_point(void **context)
{
    (void)context;
    state = (uint64_t)time(NULL) | 1;
    const char *given = getenv("TEND_SEED");
    if (given != NULL)
        state = strtoull(given, NULL, 10) | 1;
    print_message("TEND_SEED=%llu\n", (unsigned long long)state);
    for (int round = 0; round < ROUNDS; round++) {
        struct loyalty_options options = {
            (int64_t)draw(101),     (int64_t)draw(101),      (int64_t)draw(101),     (int64_t)draw(101),
            1 + (int64_t)draw(100), 1 + (int64_t)draw(3000), 1 + (int64_t)draw(999), 20000};
        uint8_t rating = (uint8_t)draw(6);
        int64_t rated_days = (int64_t)draw(1000);
        struct care_facts care = rated(rated_days, rating);
        struct loyalty_facts facts = {.care = &care,
                                      .today_ms = T0,
                                      .tenure_days = (int64_t)draw(4000) - 1,
                                      .buys_ppm = (int64_t)draw(1000002) - 1,
                                      .refunded_ppm = (int64_t)draw(1000002) - 1,
                                      .frequency = (uint8_t)draw(6)};
        double sum = 0, mass = 0;
        if (facts.frequency > 0) {
            sum += (double)options.frequency_weight * (facts.frequency - 1) / 4;
            mass += (double)options.frequency_weight;
        }
        if (facts.tenure_days >= 0) {
            sum +=
                (double)options.tenure_weight * fmin(1, (double)facts.tenure_days / (double)options.full_tenure_days);
            mass += (double)options.tenure_weight;
        }
        if (facts.buys_ppm >= 0) {
            sum += (double)options.buying_weight * (double)facts.buys_ppm / 1e6;
            mass += (double)options.buying_weight;
        }
        if (facts.refunded_ppm >= 0) {
            sum += (double)options.keeping_weight * (1 - (double)facts.refunded_ppm / 1e6);
            mass += (double)options.keeping_weight;
        }
        bool fresh = rating > 0 && rated_days < options.rating_days;
        if (fresh) {
            sum += (double)options.rating_weight * (rating - 1) / 4;
            mass += (double)options.rating_weight;
        }
        struct loyalty loyalty;
        loyalty_judge(&options, &facts, &loyalty);
        if (mass > 0 && (fresh || facts.tenure_days >= 0))
            assert_true(fabs(sum / mass * 1e6 - (double)loyalty.ppm) <= 2);
        else
            assert_int_equal(loyalty.ppm, -1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_and_mean),
        cmocka_unit_test(levels),
        cmocka_unit_test(announced),
        cmocka_unit_test(agrees_with_floating_point),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
