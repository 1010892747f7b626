// Classes by rules: the rule of agents and franchisees as people write it, each condition at its border, what is
// announced, and what classes are due; and the keys of the groups beside it.
#include "services/scoring/policy.h"

#include "services/scoring/clv.h"
#include "services/scoring/options_clv.h"
#include "services/scoring/options_policy.h"
#include "services/scoring/options_worth.h"
#include "services/scoring/worth.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { BUYER = 1, AGENT = 4, FRANCHISEE = 6, A = 1, B = 2, C = 3 };

static uint64_t state = 20261122;

static uint64_t draw(uint64_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state % below;
}

struct all {
    struct policy_options policy;
    struct policies policies;
    struct clv_options clv;
    struct worth_options worth;
};

static const struct config_key all_keys[] = {
    {.name = "policy",
     .type = CONFIG_GROUP,
     .offset = offsetof(struct all, policy),
     .fallback = "",
     .keys = policy_keys,
     .help = "Rules."},
    {.name = "policies",
     .type = CONFIG_GROUP,
     .offset = offsetof(struct all, policies),
     .fallback = "",
     .keys = policies_keys,
     .help = "Dues."},
    {.name = "clv",
     .type = CONFIG_GROUP,
     .offset = offsetof(struct all, clv),
     .fallback = "",
     .keys = clv_keys,
     .help = "Lifetime values."},
    {.name = "worth",
     .type = CONFIG_GROUP,
     .offset = offsetof(struct all, worth),
     .fallback = "",
     .keys = worth_keys,
     .help = "Money."},
    {.name = NULL},
};

static struct config *read_all(const char *text, struct all *ret_all)
{
    struct config_section section = {"scoring", all_keys, ret_all, "Scoring."};
    struct config *config = config_read_text("test.yaml", text, strlen(text), &section, 1);
    config_errors_print(config, stderr);
    return config;
}

static const char as_written[] = "scoring:\n"
                                 "  policy:\n"
                                 "    classes:\n"
                                 "      - {class: A, types: [agent, franchisee], top: 20%}\n"
                                 "      - {class: B, growth: 10%, growth_years: 2, cooperation: 4, loyalty: 4}\n"
                                 "      - {class: C}\n"
                                 "  policies:\n"
                                 "    a: {discount: 8%, credit_days: 60, service: \"our best\"}\n";

// A customer that both rules take.
static struct policy_facts good(void)
{
    return (struct policy_facts){.type = AGENT,
                                 .ranked = true,
                                 .above_ppm = 199999,
                                 .growth_known = {true, true},
                                 .growth_ppm = {100000, 100000},
                                 .cooperation = 4,
                                 .loyalty = 4,
                                 .margin_ppm = POLICY_UNSET};
}

static void agents_and_franchisees(void **unused)
{
    (void)unused;
    struct all all;
    struct config *config = read_all(as_written, &all);
    size_t row;
    const char *key, *names[POLICY_ROWS_MAX];
    assert_true(config_good(config));
    assert_null(policy_trouble(&all.policy, &row, &key));
    assert_int_equal(policy_classes(&all.policy, names), 3);
    assert_string_equal(names[0], "A");
    assert_string_equal(names[2], "C");
    struct policy_facts facts = good();
    struct policy policy;
    struct reason reason;
    policy_judge(&all.policy, &facts, &policy);
    assert_int_equal(policy.value, A);
    policy_explain(&all.policy, &facts, &policy, &reason);
    assert_string_equal(reason.rule, "A: type agent or franchisee, in the top 20 %");
    assert_string_equal(reason.note, "");
    assert_int_equal(reason.figure_count, 1);

    facts.above_ppm = 200000;
    policy_judge(&all.policy, &facts, &policy);
    assert_int_equal(policy.value, B);
    policy_explain(&all.policy, &facts, &policy, &reason);
    assert_string_equal(reason.rule,
                        "B: sales grew by 10 % in each of two years, cooperation at least 4, loyalty at least 4");
    assert_string_equal(reason.note, "not A, which takes: in the top 20 %");
    assert_int_equal(reason.figure_count, 5);

    facts.growth_ppm[1] = 99999;
    facts.loyalty = 0;
    policy_judge(&all.policy, &facts, &policy);
    assert_int_equal(policy.value, C);
    policy_explain(&all.policy, &facts, &policy, &reason);
    assert_string_equal(reason.rule, "C: all whom no class before it takes");
    assert_string_equal(reason.note, "not B, which takes: sales grew by 10 % in each of two years, loyalty at least 4");
    config_close(&config);
}

// Each fact on the border holds, one beside it does not.
static void borders(void **unused)
{
    (void)unused;
    struct policy_row row = {.name = "X",
                             .types = 1U << AGENT,
                             .abc = 1U << A | 1U << B,
                             .tier = 1U << 2,
                             .clv = 1U << CLV_VIP,
                             .top_ppm = 200000,
                             .growth_ppm = -50000,
                             .growth_years = 2,
                             .cooperation = 3,
                             .loyalty = 2,
                             .satisfaction = 5,
                             .tenure_days = 365,
                             .orders = 4,
                             .margin_ppm = 250000};
    const struct policy_options options = {.rows = &row, .row_count = 1, .slack_ppm = 10000};
    const struct policy_facts all = {.type = AGENT,
                                     .abc = B,
                                     .tier = 2,
                                     .clv = CLV_VIP,
                                     .ranked = true,
                                     .above_ppm = 199999,
                                     .growth_known = {true, true},
                                     .growth_ppm = {-50000, -50000},
                                     .cooperation = 3,
                                     .loyalty = 2,
                                     .satisfaction = 5,
                                     .tenure_days = 365,
                                     .orders = 4,
                                     .margin_ppm = 250000};
    struct policy_facts facts[18];
    for (size_t i = 0; i < 18; i++)
        facts[i] = all;
    facts[0].type = FRANCHISEE;
    facts[1].type = 0;
    facts[2].abc = C;
    facts[3].tier = 0;
    facts[4].clv = CLV_ABANDON;
    facts[5].ranked = false;
    facts[6].above_ppm = 200000;
    facts[7].growth_ppm[0] = -50001;
    facts[8].growth_ppm[1] = -50001;
    facts[9].growth_known[1] = false;
    facts[10].cooperation = 2;
    facts[11].loyalty = 1;
    facts[12].satisfaction = 4;
    facts[13].tenure_days = 364;
    facts[14].orders = 3;
    facts[15].margin_ppm = 249999;
    facts[16].margin_ppm = POLICY_UNSET;
    facts[17].type = 1000;
    struct policy policy;
    struct reason reason;
    policy_judge(&options, &all, &policy);
    assert_int_equal(policy.value, 1);
    policy_explain(&options, &all, &policy, &reason);
    static const char rule[] = "X: type agent, class A or B, tier secondary, lifetime value vip, in the top 20 %, "
                               "sales grew by -5 % in each of two years, cooperation";
    assert_memory_equal(reason.rule, rule, sizeof rule - 1);
    for (size_t i = 0; i < 18; i++) {
        policy_judge(&options, &facts[i], &policy);
        assert_int_equal(policy.value, POLICY_UNKNOWN);
        assert_int_equal(policy.row, 1);
        policy_explain(&options, &facts[i], &policy, &reason);
        assert_true(strncmp(reason.note, "not X, which takes: ", 20) == 0 && reason.note[20] != '\0');
    }
}

// In and out of the top 20 % by a point.
static void announced(void **unused)
{
    (void)unused;
    struct all all;
    struct config *config = read_all(as_written, &all);
    static const struct {
        int64_t above;
        uint8_t previous, exact, said;
    } rows[] = {
        {200500, A, C, A}, {209999, A, C, A}, {210000, A, C, C}, {199999, C, A, C},
        {190000, C, A, C}, {189999, C, A, A}, {199999, 0, A, A}, {200000, 0, C, C},
        {199999, B, A, B}, {189999, B, A, A}, {205000, B, C, B}, // the rule of A alone would take it as far
        {210000, B, C, C}, {199999, 9, A, A},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct policy_facts facts = good();
        struct policy policy;
        facts.above_ppm = rows[i].above;
        facts.cooperation = 1;
        policy_judge(&all.policy, &facts, &policy);
        assert_int_equal(policy.value, rows[i].exact);
        assert_int_equal(policy_announce(&all.policy, &facts, &policy, rows[i].previous), rows[i].said);
    }
    // Without a row for the rest, in no class is the end of the list.
    all.policy.row_count = 2;
    struct policy_facts facts = good();
    struct policy policy;
    facts.cooperation = 1;
    facts.above_ppm = 205000;
    policy_judge(&all.policy, &facts, &policy);
    assert_int_equal(policy.value, POLICY_UNKNOWN);
    assert_int_equal(policy_announce(&all.policy, &facts, &policy, A), A);
    facts.above_ppm = 215000;
    policy_judge(&all.policy, &facts, &policy);
    assert_int_equal(policy_announce(&all.policy, &facts, &policy, A), POLICY_UNKNOWN);
    config_close(&config);
}

static void rows_of_one_class(void **unused)
{
    (void)unused;
    struct policy_row rows[4], none = {.top_ppm = POLICY_UNSET,
                                       .growth_ppm = POLICY_UNSET,
                                       .growth_years = POLICY_UNSET,
                                       .cooperation = POLICY_UNSET,
                                       .loyalty = POLICY_UNSET,
                                       .satisfaction = POLICY_UNSET,
                                       .tenure_days = POLICY_UNSET,
                                       .orders = POLICY_UNSET,
                                       .margin_ppm = POLICY_UNSET};
    static const char *const words[] = {"gold", "silver", "gold", "silver"};
    for (size_t i = 0; i < 4; i++) {
        rows[i] = none;
        rows[i].name = words[i];
        rows[i].orders = 10 - 2 * (int64_t)i;
    }
    struct policy_options options = {.rows = rows, .row_count = 4};
    static const uint8_t values[] = {0, 0, 0, 0, 2, 2, 1, 1, 2, 2, 1, 1};
    struct policy policy;
    struct reason reason;
    size_t row;
    const char *key;
    for (int64_t orders = 0; orders < 12; orders++) {
        struct policy_facts facts = {.orders = orders, .margin_ppm = POLICY_UNSET};
        policy_judge(&options, &facts, &policy);
        assert_int_equal(policy.value, values[orders]);
        policy_explain(&options, &facts, &policy, &reason);
        assert_int_equal(reason.figure_count, 1);
    }
    assert_null(policy_trouble(&options, &row, &key));
    rows[1] = none;
    rows[1].name = "all";
    assert_non_null(policy_trouble(&options, &row, &key));
    assert_int_equal(row, 2);
    assert_string_equal(key, "class");
    rows[1].growth_years = 2;
    assert_non_null(policy_trouble(&options, &row, &key));
    assert_int_equal(row, 1);
    assert_string_equal(key, "growth_years");
    options.row_count = 0;
    struct policy_facts facts = good();
    policy_judge(&options, &facts, &policy);
    assert_int_equal(policy.value, POLICY_UNKNOWN);
    policy_explain(&options, &facts, &policy, &reason);
    assert_string_equal(reason.note, "");
}

// Random rows and facts: the class is that of the first row of which nothing is missing.
static void explains_what_it_decides(void **unused)
{
    (void)unused;
    for (unsigned round = 0; round < 20000; round++) {
        struct policy_row rows[4];
        for (size_t i = 0; i < 4; i++) {
            rows[i] = (struct policy_row){.name = i % 2 == 0 ? "one" : "other",
                                          .types = draw(2) == 0 ? (uint32_t)draw(128) : 0,
                                          .abc = draw(2) == 0 ? (uint32_t)draw(16) : 0};
            for (int64_t *limit = &rows[i].top_ppm; limit <= &rows[i].margin_ppm; limit++)
                *limit = draw(4) == 0 ? 1 + (int64_t)draw(4) : POLICY_UNSET;
            rows[i].growth_years = draw(2) == 0 ? 1 + (int64_t)draw(2) : POLICY_UNSET;
        }
        struct policy_facts facts = {.type = (int)draw(7), .abc = (int)draw(4), .ranked = draw(2)};
        for (int64_t *fact = &facts.cooperation; fact <= &facts.margin_ppm; fact++)
            *fact = (int64_t)draw(6);
        facts.above_ppm = (int64_t)draw(6);
        facts.growth_known[0] = draw(2);
        facts.growth_known[1] = draw(2);
        facts.growth_ppm[0] = (int64_t)draw(6);
        struct policy_options options = {.rows = rows, .row_count = 4, .slack_ppm = (int64_t)draw(3)};
        struct policy policy;
        struct reason reason;
        policy_judge(&options, &facts, &policy);
        assert_true(policy.row <= 4 && policy.value == (policy.row == 4 ? 0 : 1 + policy.row % 2));
        policy_explain(&options, &facts, &policy, &reason);
        assert_true(policy.row == 0 ? reason.note[0] == '\0' : reason.note[0] != '\0');
        assert_true(policy_announce(&options, &facts, &policy, (uint8_t)draw(4)) <= 3);
    }
}

static void dues(void **unused)
{
    (void)unused;
    struct all all;
    const char *key;
    struct config *config = read_all(as_written, &all);
    assert_int_equal(policies_due(&all.policies, A)->discount_ppm, 80000);
    assert_int_equal(policies_due(&all.policies, A)->credit_days, 60);
    assert_int_equal(policies_due(&all.policies, A)->longest_days, 14);
    assert_string_equal(policies_due(&all.policies, A)->service, "our best");
    assert_int_equal(policies_due(&all.policies, B)->discount_ppm, 0);
    assert_int_equal(policies_due(&all.policies, C)->longest_days, 90);
    assert_null(policies_due(&all.policies, 0));
    assert_null(policies_due(&all.policies, 4));
    assert_null(policies_trouble(&all.policies, &key));
    all.policies.b.shortest_days = 31;
    assert_non_null(policies_trouble(&all.policies, &key));
    assert_string_equal(key, "b.shortest_silence_days");
    config_close(&config);
}

static void defaults(void **unused)
{
    (void)unused;
    struct all all;
    struct config *config = read_all("", &all);
    assert_true(config_good(config));
    assert_int_equal(all.policy.row_count, 0);
    assert_int_equal(all.policy.slack_ppm, 10000);
    assert_int_equal(all.clv.discount_ppm, 100000);
    assert_int_equal(all.clv.dwyer.nature, DWYER_MIGRATION);
    assert_int_equal(all.clv.dwyer.period_days, 30);
    assert_int_equal(all.clv.dwyer.states, 12);
    assert_int_equal(all.clv.deals.quote_ppm, 300000);
    assert_int_equal(all.clv.deals.horizon_days, 365);
    assert_int_equal(all.worth.keep_ppm, 200000);
    assert_int_equal(all.worth.win_factor_ppm, 8000000);
    assert_int_equal(all.worth.win_micros, 0);
    assert_int_equal(all.worth.drag_ppm, 50000);
    config_close(&config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agents_and_franchisees),
        cmocka_unit_test(borders),
        cmocka_unit_test(announced),
        cmocka_unit_test(rows_of_one_class),
        cmocka_unit_test(dues),
        cmocka_unit_test(explains_what_it_decides),
        cmocka_unit_test(defaults),
    };
    printf("seed %llu\n", (unsigned long long)state);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
