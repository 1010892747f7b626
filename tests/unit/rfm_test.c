// Scores by parts and by bounds, and what the configuration makes of them: each border on it and one beside.
#include "services/scoring/options_rfm.h"
#include "services/scoring/options_schemes.h"
#include "services/scoring/terms.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { TODAY = 20000 };

static void parts_are_passed(void **unused)
{
    (void)unused;
    static const struct {
        int64_t value;
        uint8_t score;
    } rows[] = {{0, 1}, {10, 1}, {11, 2}, {20, 2}, {21, 3}, {30, 3}, {31, 4}, {40, 4}, {41, 5}, {1000, 5}};
    static struct limits limits;
    limits_start(&limits);
    struct limits_board *board = &limits.boards[LIMITS_MAIN];
    for (unsigned i = 0; i < RFM_BOUNDS; i++)
        limits.r[i].value = board->f[i].value = board->cuts[LIMITS_M + i].value = 10 * (i + 1);
    const struct rfm_rule rule = {0};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct rfm_facts facts = {.orders = (uint32_t)rows[i].value, .value = rows[i].value, .last_ms = rows[i].value};
        struct ledger_rfm rfm = rfm_score(&rule, &limits, board, &facts);
        uint8_t score = rows[i].value == 0 ? 0 : rows[i].score; // no orders
        assert_int_equal(rfm.r, score);
        assert_int_equal(rfm.f, score);
        assert_int_equal(rfm.m, score);
    }
}

static void bounds_are_reached(void **unused)
{
    (void)unused;
    static const struct {
        int32_t silent;
        uint32_t orders;
        int64_t value;
        struct ledger_rfm rfm;
    } rows[] = {
        {0, 0, 900, {0, 0, 0}},   {0, 1, -1, {5, 1, 1}},    {7, 2, 100, {5, 2, 2}},  {8, 2, 99, {4, 2, 1}},
        {14, 4, 199, {4, 2, 2}},  {15, 5, 200, {3, 3, 3}},  {30, 9, 300, {3, 3, 4}}, {31, 10, 399, {2, 4, 4}},
        {60, 19, 400, {2, 4, 5}}, {61, 20, 401, {1, 5, 5}},
    };
    static const struct rfm_rule rule = {.fixed = {true, true, true},
                                         .bounds = {{7, 14, 30, 60}, {2, 5, 10, 20}, {100, 200, 300, 400}}};
    static struct limits limits;
    limits_start(&limits);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct rfm_facts facts = {
            .orders = rows[i].orders, .value = rows[i].value, .last_day = TODAY - rows[i].silent, .today = TODAY};
        struct ledger_rfm rfm = rfm_score(&rule, &limits, &limits.boards[LIMITS_MAIN], &facts);
        assert_int_equal(rfm.r, rows[i].rfm.r);
        assert_int_equal(rfm.f, rows[i].rfm.f);
        assert_int_equal(rfm.m, rows[i].rfm.m);
    }
}

// --- the configuration

struct sample {
    struct rfm_options rfm;
    struct schemes_options schemes;
    struct tier_options tier;
    struct concentration_options concentration;
};

static const struct config_key sample_keys[] = {
    {.name = "rfm",
     .type = CONFIG_GROUP,
     .offset = offsetof(struct sample, rfm),
     .fallback = "",
     .keys = rfm_keys,
     .help = "RFM."},
    {.name = "schemes",
     .type = CONFIG_NAMED,
     .offset = offsetof(struct sample, schemes.items),
     .count_offset = offsetof(struct sample, schemes.count),
     .item_bytes = sizeof(struct scheme_options),
     .keys = schemes_keys,
     .fallback = "",
     .max = LIMITS_SCHEMES,
     .example = "margin",
     .help = "Schemes."},
    {.name = "tier",
     .type = CONFIG_GROUP,
     .offset = offsetof(struct sample, tier),
     .fallback = "",
     .keys = tier_keys,
     .help = "Tiers."},
    {.name = "concentration",
     .type = CONFIG_GROUP,
     .offset = offsetof(struct sample, concentration),
     .fallback = "",
     .keys = concentration_keys,
     .help = "Concentration."},
    {.name = NULL},
};

static struct config *read(const char *text, struct sample *sample)
{
    const struct config_section section = {.name = "scoring", .keys = sample_keys, .target = sample, .help = "."};
    struct config *config = config_read_text("tend.yaml", text, strlen(text), &section, 1);
    config_errors_print(config, stdout);
    return config;
}

static void rules_follow_the_keys(void **unused)
{
    (void)unused;
    static const struct {
        const char *text;
        uint32_t window_days;
        int measure;
        bool fixed[RFM_ALL];
        int64_t first[RFM_ALL];
    } rows[] = {
        {"scoring: {}\n", 0, TERMS_NET, {false, false, false}, {0}},
        {"scoring: {rfm: {window_days: 365}}\n", 0, TERMS_NET, {false, false, false}, {0}},
        {"scoring: {rfm: {window_days: 364}}\n", 364, TERMS_NET, {false, false, false}, {0}},
        {"scoring: {rfm: {measure: quantity}}\n", 365, TERMS_QUANTITY, {false, false, false}, {0}},
        {"scoring: {rfm: {measure: net}}\n", 0, TERMS_NET, {false, false, false}, {0}},
        {"scoring: {rfm: {preset: fuel}}\n", 180, TERMS_NET, {true, true, false}, {7, 6, 0}},
        {"scoring: {rfm: {preset: ktv}}\n", 0, TERMS_NET, {true, true, false}, {14, 2, 0}},
        {"scoring: {rfm: {preset: fuel, window_days: 90, r_days: [1, 2, 3, 4], m_amount: [\"0.5\", 1, 2, 3]}}\n",
         90,
         TERMS_NET,
         {true, true, true},
         {1, 6, 500000}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct sample sample;
        const char *key;
        struct config *config = read(rows[i].text, &sample);
        assert_true(config_good(config));
        assert_null(rfm_options_trouble(&sample.rfm, &key));
        struct rfm_rule rule = rfm_options_rule(&sample.rfm, TERMS_NET, 365);
        assert_int_equal(rule.window_days, rows[i].window_days);
        assert_int_equal(rule.measure, rows[i].measure);
        for (unsigned part = 0; part < RFM_ALL; part++) {
            assert_int_equal(rule.fixed[part], rows[i].fixed[part]);
            assert_true(rule.bounds[part][0] == rows[i].first[part]);
        }
        config_close(&config);
    }
}

// Every preset is a rule that can be scored by.
static void presets_rise(void **unused)
{
    (void)unused;
    for (const struct config_choice *choice = rfm_keys[0].choices; choice->name != NULL; choice++) {
        struct rfm_options options = {
            .preset = choice->value, .measure = RFM_MEASURE_OF_ABC, .window_days = CONFIG_UNSET};
        struct rfm_rule rule = rfm_options_rule(&options, TERMS_NET, 1);
        for (unsigned part = RFM_R; part <= RFM_F; part++)
            for (unsigned i = 1; rule.fixed[part] && i < RFM_BOUNDS; i++)
                assert_true(rule.bounds[part][i] > rule.bounds[part][i - 1]);
        assert_true(choice->value == 0 || (rule.fixed[RFM_R] && rule.fixed[RFM_F] && rule.window_days >= 90));
        assert_true(choice->value == 0 || rule.bounds[RFM_R][RFM_BOUNDS - 1] < rule.window_days);
    }
}

static void bad_bounds_are_told(void **unused)
{
    (void)unused;
    static const struct {
        const char *text, *key;
    } rows[] = {
        {"scoring: {rfm: {r_days: [1, 2, 3]}}\n", "r_days"},
        {"scoring: {rfm: {f_orders: [1, 2, 2, 3]}}\n", "f_orders"},
        {"scoring: {rfm: {m_amount: [4, 3, 2, 1]}}\n", "m_amount"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct sample sample;
        const char *key = NULL;
        struct config *config = read(rows[i].text, &sample);
        assert_true(config_good(config));
        assert_non_null(rfm_options_trouble(&sample.rfm, &key));
        assert_string_equal(key, rows[i].key);
        config_close(&config);
    }
}

static void schemes_and_tiers_reach_the_ledger(void **unused)
{
    (void)unused;
    struct sample sample;
    const char *key;
    struct ledger_options ledger = {0};
    struct config *config = read("scoring:\n  schemes:\n    earned: {measure: margin, window_days: 90}\n"
                                 "    pieces: {measure: quantity, cut_a: 50%, cut_b: 80%, margin: 2%}\n",
                                 &sample);
    assert_true(config_good(config));
    assert_int_equal(sample.schemes.count, 2);
    for (size_t i = 0; i < sample.schemes.count; i++)
        assert_null(scheme_options_trouble(&sample.schemes.items[i], &key));
    assert_null(tier_options_trouble(&sample.tier, &key));
    assert_null(concentration_options_trouble(&sample.concentration, &key));
    schemes_options_fill(&sample.schemes, &ledger);
    tier_options_fill(&sample.tier, &ledger);
    concentration_options_fill(&sample.concentration, &ledger);
    assert_int_equal(ledger.schemes[0].window_days, 90);
    assert_int_equal(ledger.schemes[0].measure, TERMS_MARGIN);
    assert_int_equal(ledger.schemes[0].rules.cut_a_ppm, 650000);
    assert_int_equal(ledger.schemes[1].rules.cut_b_ppm, 800000);
    assert_int_equal(ledger.schemes[1].rules.margin_ppm, 20000);
    assert_int_equal(ledger.schemes[2].window_days, 0);
    static const uint32_t tiers[LIMITS_TIERS] = {10000, 200000, 500000};
    assert_memory_equal(ledger.tier_ppm, tiers, sizeof tiers);
    assert_int_equal(ledger.tier_margin_ppm, 50000);
    assert_int_equal(ledger.concentration_ppm, 100000);
    assert_int_equal(ledger.concentration_margin_ppm, 10000);
    config_close(&config);
}

static void troubles_between_keys(void **unused)
{
    (void)unused;
    static const struct {
        const char *text, *scheme, *tier, *concentration;
    } rows[] = {
        {"scoring: {schemes: {x: {cut_a: 85%}}}\n", "cut_a", NULL, NULL},
        {"scoring: {schemes: {x: {cut_b: 99%, margin: 1%}}}\n", "margin", NULL, NULL},
        {"scoring: {schemes: {x: {cut_a: 1%, margin: 1%}}}\n", "margin", NULL, NULL},
        {"scoring: {schemes: {x: {}}, tier: {important: 20%}}\n", NULL, "important", NULL},
        {"scoring: {schemes: {x: {}}, tier: {ordinary: 20%}}\n", NULL, "secondary", NULL},
        {"scoring: {schemes: {x: {}}, concentration: {margin: 10%}}\n", NULL, NULL, "margin"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct sample sample;
        const char *key[3] = {NULL, NULL, NULL};
        struct config *config = read(rows[i].text, &sample);
        assert_true(config_good(config));
        (void)scheme_options_trouble(&sample.schemes.items[0], &key[0]);
        (void)tier_options_trouble(&sample.tier, &key[1]);
        (void)concentration_options_trouble(&sample.concentration, &key[2]);
        const char *const expected[3] = {rows[i].scheme, rows[i].tier, rows[i].concentration};
        for (size_t j = 0; j < 3; j++) {
            assert_int_equal(key[j] == NULL, expected[j] == NULL);
            if (expected[j] != NULL)
                assert_string_equal(key[j], expected[j]);
        }
        config_close(&config);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_are_passed),      cmocka_unit_test(bounds_are_reached),
        cmocka_unit_test(rules_follow_the_keys), cmocka_unit_test(presets_rise),
        cmocka_unit_test(bad_bounds_are_told),   cmocka_unit_test(schemes_and_tiers_reach_the_ledger),
        cmocka_unit_test(troubles_between_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
