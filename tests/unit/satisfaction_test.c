// Satisfaction: the smoothed score at its borders and against a plain computation in floating point, the zones, flags
// and announcements, and the keys' defaults.
#include "services/scoring/satisfaction.h"

#include "services/scoring/options_care.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#define T0 INT64_C(1767225600000) // 2026-01-01
#define DAY CARE_DAY_MS

enum { A = 1, B = 2, C = 3, ROUNDS = 20000 };

static const struct satisfaction_options usual = {
    .prior_weight = 5,
    .prior_micros = 3500000,
    .fresh_days = 180,
    .margin_micros = 100000,
    .trend_micros = 500000,
    .complaint_micros = 300000,
    .promise_micros = 200000,
    .refund_micros = 1000000,
    .penalty_max_micros = 2000000,
    .goal_a = 5,
    .goal_b = 4,
    .ask_days_a = 90,
    .ask_days_b = 180,
    .ask_days_c = 365,
    .ask_purchase_days = 7,
    .ask_complaint_days = 3,
    .retention_1 = 20000,
    .retention_2 = 50000,
    .retention_3 = 100000,
    .retention_4 = 150000,
    .retention_5 = 900000,
};

static uint64_t state;

static uint64_t draw(uint64_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state % below;
}

static void answer(struct care_facts *care, int64_t day, uint8_t score, uint8_t expected)
{
    care_hear_survey(care, &(struct care_survey){.time_ms = T0 + day * DAY, .score = score, .expected = expected});
}

// Answers on the days 0, 10, 20, ... given as digits.
static struct care_facts answers(const char *scores)
{
    struct care_facts care;
    care_start(&care);
    for (int64_t day = 0; *scores != '\0'; scores++, day += 10)
        answer(&care, day, (uint8_t)(*scores - '0'), 0);
    return care;
}

static struct satisfaction judged(const struct care_facts *care, int64_t day, uint8_t abc)
{
    struct satisfaction_facts facts = {.care = care, .today_ms = T0 + day * DAY, .abc = abc};
    struct satisfaction satisfaction;
    satisfaction_judge(&usual, &facts, &satisfaction);
    return satisfaction;
}

static void nothing_known(void **context)
{
    (void)context;
    struct care_facts care = answers("");
    struct satisfaction satisfaction = judged(&care, 0, A);
    assert_int_equal(satisfaction.value, SATISFACTION_UNKNOWN);
    assert_int_equal(satisfaction.score_micros, 0);
    assert_false(satisfaction.ask);
    assert_int_equal(satisfaction.ask_ms, INT64_MAX);
    struct reason reason;
    struct satisfaction_facts facts = {.care = &care, .today_ms = T0};
    satisfaction_explain(&usual, &facts, &satisfaction, &reason);
    assert_string_equal(reason.rule, "unknown: has never answered a survey");
}

static void smoothed(void **context)
{
    (void)context;
    // One 5, fresh: (5 * 3.5 + 5) / 6; half a year old: (17.5 + 2.5) / 5.5; with C = 4: 25 / 6.
    struct care_facts care = answers("5");
    assert_int_equal(judged(&care, 0, A).plain_micros, 3750000);
    assert_int_equal(judged(&care, 180, A).plain_micros, 3636364);
    struct satisfaction_facts facts = {.care = &care, .today_ms = T0 - DAY, .mean_micros = 4000000};
    struct satisfaction satisfaction;
    satisfaction_judge(&usual, &facts, &satisfaction);
    assert_int_equal(satisfaction.plain_micros, 4166667);
    // Without a prior the answer stands for itself, however old; when nothing of it is left, the mean does.
    struct satisfaction_options alone = usual;
    alone.prior_weight = 0;
    facts.today_ms = T0 + 1000 * DAY;
    satisfaction_judge(&alone, &facts, &satisfaction);
    assert_int_equal(satisfaction.plain_micros, 5000000);
    facts.today_ms = T0 + 20000 * DAY;
    satisfaction_judge(&alone, &facts, &satisfaction);
    assert_int_equal(satisfaction.plain_micros, 4000000);
}

static void zones(void **context)
{
    (void)context;
    static const struct {
        const char *answers;
        int64_t day;
        uint8_t value, zone;
        bool fresh;
    } rows[] = {
        {"5", 0, SATISFACTION_DELIGHTED, SATISFACTION_CONTENT, true},
        {"4", 0, SATISFACTION_CONTENT, SATISFACTION_CONTENT, true},
        {"3", 0, SATISFACTION_INDIFFERENT, SATISFACTION_INDIFFERENT, true},
        {"2", 0, SATISFACTION_LEAVING, SATISFACTION_INDIFFERENT, true},
        {"1", 0, SATISFACTION_ALARM, SATISFACTION_INDIFFERENT, true},
        {"1", 179, SATISFACTION_ALARM, SATISFACTION_INDIFFERENT, true},
        {"1", 180, SATISFACTION_INDIFFERENT, SATISFACTION_INDIFFERENT, false},
        {"5555555555555555555555555", 600, SATISFACTION_CONTENT, SATISFACTION_CONTENT, false},
        {"555555555555555555555555555555555555555555555555555555555555", 770, SATISFACTION_DELIGHTED,
         SATISFACTION_DELIGHTED, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct care_facts care = answers(rows[i].answers);
        struct satisfaction satisfaction = judged(&care, rows[i].day, B);
        if (satisfaction.value != rows[i].value || satisfaction.zone != rows[i].zone ||
            satisfaction.fresh != rows[i].fresh)
            fail_msg("row %zu: value %u, zone %u, score %lld", i, satisfaction.value, satisfaction.zone,
                     (long long)satisfaction.score_micros);
    }
    assert_string_equal(satisfaction_names[SATISFACTION_DELIGHTED], "delighted");
}

static void flags(void **context)
{
    (void)context;
    static const struct {
        const char *answers;
        uint8_t abc;
        int trend;
        bool alarm, follow_up, goal_known, goal_met;
    } rows[] = {
        {"5", A, 0, false, false, true, true},
        {"4", A, 0, false, true, true, false}, // a 4 of an A customer is not fine
        {"4", B, 0, false, false, true, true},
        {"3", B, 0, false, true, true, false},
        {"2", C, 0, false, true, false, false},
        {"3", C, 0, false, false, false, false},
        {"5", C, 0, false, false, true, true},
        {"34", C, 1, false, false, true, true},
        {"43", C, -1, false, false, true, false},
        {"33", C, 0, false, false, true, false},
        {"1", A, 0, true, false, true, false},
        {"1", 0, 0, true, false, false, false},
        {"2", 0, 0, false, true, false, false},
        {"5544", A, -1, false, true, true, false}, // below the mean before
        {"5444", A, 0, false, true, true, false},  // 0.33 below
        {"3344", B, 1, false, false, true, true},
        {"5534", B, 1, false, false, true, true}, // up from the one before, though below the mean
        {"55", A, 0, false, false, true, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct care_facts care = answers(rows[i].answers);
        struct satisfaction satisfaction = judged(&care, 40, rows[i].abc);
        if (satisfaction.trend != rows[i].trend || satisfaction.alarm != rows[i].alarm ||
            satisfaction.follow_up != rows[i].follow_up || satisfaction.goal_known != rows[i].goal_known ||
            satisfaction.goal_met != rows[i].goal_met)
            fail_msg("row %zu: trend %d, alarm %d, follow up %d, goal %d %d", i, satisfaction.trend, satisfaction.alarm,
                     satisfaction.follow_up, satisfaction.goal_known, satisfaction.goal_met);
    }
    // Old answers raise no flag.
    struct care_facts care = answers("1");
    struct satisfaction old = judged(&care, 180, A);
    assert_false(old.alarm || old.follow_up || old.goal_known);
}

static void gap_of_expectation(void **context)
{
    (void)context;
    struct care_facts care = answers("");
    answer(&care, 0, 3, 5);
    struct satisfaction satisfaction = judged(&care, 0, B);
    assert_true(satisfaction.gap_known);
    assert_int_equal(satisfaction.gap, -2);
    struct satisfaction_facts facts = {.care = &care, .today_ms = T0, .abc = B};
    struct reason reason;
    satisfaction_explain(&usual, &facts, &satisfaction, &reason);
    assert_string_equal(reason.rule, "indifferent: answered 3 of 5 within 180 days; smoothed 3.42");
    assert_string_equal(reason.note, "ask why it was only a 3; goal of its class: 4; expected 5, got 3");
    answer(&care, 1, 3, 0);
    assert_false(judged(&care, 1, B).gap_known);
}

static void penalties(void **context)
{
    (void)context;
    struct care_facts care = answers("5");
    int64_t plain = judged(&care, 0, A).score_micros;
    care_hear_complaint(&care, &(struct care_complaint){.time_ms = T0, .step = CARE_OPENED, .id = 1});
    assert_int_equal(judged(&care, 0, A).score_micros, plain - 300000);
    assert_int_equal(judged(&care, 360, A).penalty_micros, 300000); // an open one does not fade
    care_hear_complaint(&care, &(struct care_complaint){.time_ms = T0, .step = CARE_RESOLVED, .id = 1});
    assert_int_equal(judged(&care, 0, A).penalty_micros, 300000);
    assert_int_equal(judged(&care, 180, A).penalty_micros, 150000);
    assert_int_equal(judged(&care, 360, A).penalty_micros, 75000);
    care_hear_promise_broken(&care, &(struct care_promise_broken){.time_ms = T0});
    assert_int_equal(judged(&care, 180, A).penalty_micros, 250000);
    struct satisfaction_facts facts = {.care = &care, .today_ms = T0 + 180 * DAY, .refunded_ppm = 250000};
    struct satisfaction satisfaction;
    satisfaction_judge(&usual, &facts, &satisfaction);
    assert_int_equal(satisfaction.penalty_micros, 500000);
    for (int i = 0; i < 40; i++)
        care_hear_complaint(&care, &(struct care_complaint){.time_ms = T0, .step = CARE_OPENED, .id = 2 + (uint64_t)i});
    satisfaction_judge(&usual, &facts, &satisfaction);
    assert_int_equal(satisfaction.penalty_micros, 2000000);
    assert_int_equal(satisfaction.score_micros, satisfaction.plain_micros - 2000000);
}

static void retention_by_score(void **context)
{
    (void)context;
    static const struct {
        int64_t mean, retention;
    } rows[] = {{1000000, 20000}, {1500000, 35000}, {4000000, 150000}, {4500000, 525000}, {5000000, 900000}};
    struct satisfaction_options heavy = usual;
    heavy.prior_weight = 1000;
    heavy.prior_micros = 3500000;
    struct care_facts care = answers("3");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        // So old that nothing but the mean is left.
        struct satisfaction_facts facts = {
            .care = &care, .today_ms = T0 + 20000 * DAY, .mean_micros = rows[i].mean, .abc = A};
        struct satisfaction satisfaction;
        satisfaction_judge(&heavy, &facts, &satisfaction);
        assert_int_equal(satisfaction.score_micros, rows[i].mean);
        assert_int_equal(satisfaction.retention_ppm, rows[i].retention);
    }
    // Xerox: a 5 is six times as likely to buy again as a 4.
    assert_int_equal(usual.retention_5, 6 * usual.retention_4);
}

static void questions(void **context)
{
    (void)context;
    struct care_facts care = answers("");
    struct satisfaction_facts facts = {.care = &care, .today_ms = T0 + 6 * DAY, .bought_ms = T0 + 1, .abc = A};
    struct satisfaction satisfaction;
    satisfaction_judge(&usual, &facts, &satisfaction);
    assert_false(satisfaction.ask);
    assert_int_equal(satisfaction.ask_ms, T0 + 7 * DAY + 1);
    facts.today_ms += DAY;
    satisfaction_judge(&usual, &facts, &satisfaction);
    assert_true(satisfaction.ask);
    answer(&care, 8, 5, 0);
    static const int64_t days[] = {[0] = 365, [A] = 90, [B] = 180, [C] = 365};
    for (uint8_t abc = 0; abc <= C; abc++) {
        facts.abc = abc;
        satisfaction_judge(&usual, &facts, &satisfaction);
        assert_int_equal(satisfaction.ask_ms, T0 + (8 + days[abc]) * DAY);
        assert_false(satisfaction.ask);
    }
    care_hear_complaint(&care, &(struct care_complaint){.time_ms = T0 + 20 * DAY, .step = CARE_RESOLVED, .id = 1});
    satisfaction_judge(&usual, &facts, &satisfaction);
    assert_int_equal(satisfaction.ask_ms, T0 + 23 * DAY);
    answer(&care, 21, 4, 0);
    satisfaction_judge(&usual, &facts, &satisfaction);
    assert_int_equal(satisfaction.ask_ms, T0 + (21 + 365) * DAY);
    struct satisfaction_options never = usual;
    never.ask_days_c = 0;
    satisfaction_judge(&never, &facts, &satisfaction);
    assert_int_equal(satisfaction.ask_ms, INT64_MAX);
}

static void announced(void **context)
{
    (void)context;
    static const struct {
        bool fresh;
        uint8_t value;
        int64_t score;
        uint8_t before, says;
    } rows[] = {
        {true, 4, 3500000, 3, 4},  {false, 4, 3500000, 3, 3}, {false, 4, 3599999, 3, 3}, {false, 4, 3600000, 3, 4},
        {false, 3, 3499999, 4, 4}, {false, 3, 3400000, 4, 4}, {false, 3, 3399999, 4, 3}, {false, 4, 3500000, 0, 4},
        {false, 4, 3500000, 2, 4}, {false, 4, 3500000, 5, 4}, {false, 0, 0, 4, 0},       {false, 2, 2499999, 4, 2},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct satisfaction satisfaction = {
            .fresh = rows[i].fresh, .value = rows[i].value, .score_micros = rows[i].score};
        assert_int_equal(satisfaction_announce(&usual, &satisfaction, rows[i].before), rows[i].says);
    }
}

static void mean_of_all(void **context)
{
    (void)context;
    struct satisfaction_pool pool = {0};
    for (uint8_t i = 0; i < 9; i++)
        satisfaction_pool_move(&pool, 0, 4);
    assert_int_equal(satisfaction_pool_mean(&pool), 0);
    satisfaction_pool_move(&pool, 0, 5);
    assert_int_equal(satisfaction_pool_mean(&pool), 4100000);
    satisfaction_pool_move(&pool, 4, 1);
    assert_int_equal(satisfaction_pool_mean(&pool), 3800000);
    satisfaction_pool_move(&pool, 5, 0);
    assert_int_equal(satisfaction_pool_mean(&pool), 0);
    assert_int_equal(pool.customers, 9);
    assert_int_equal(pool.sum, 33);
}

static void agrees_with_plain_floating_point(void **context)
{
    (void)context;
    state = (uint64_t)time(NULL) | 1;
    const char *given = getenv("TEND_SEED");
    if (given != NULL)
        state = strtoull(given, NULL, 10) | 1;
    print_message("TEND_SEED=%llu\n", (unsigned long long)state);
    for (int round = 0; round < ROUNDS; round++) {
        struct care_facts care;
        care_start(&care);
        uint64_t count = 1 + draw(12);
        int64_t times[12], today = T0 + (int64_t)draw(3000) * DAY;
        uint8_t scores[12];
        for (uint64_t i = 0; i < count; i++) {
            times[i] = (i == 0 ? T0 : times[i - 1]) + (int64_t)draw(200 * (uint64_t)DAY);
            scores[i] = (uint8_t)(1 + draw(5));
            care_hear_survey(&care, &(struct care_survey){.time_ms = times[i], .score = scores[i]});
        }
        struct satisfaction_facts facts = {
            .care = &care, .today_ms = today, .mean_micros = (int64_t)(1000000 + draw(4000001)), .abc = A};
        struct satisfaction satisfaction;
        satisfaction_judge(&usual, &facts, &satisfaction);
        // An answer later than the start of today is no older than nothing.
        int64_t as_of = today > times[count - 1] ? today : times[count - 1];
        double sum = 5 * (double)facts.mean_micros, mass = 5;
        for (uint64_t i = 0; i < count; i++) {
            double weight = exp2(-(double)(as_of - times[i]) / (180.0 * 86400000));
            sum += weight * scores[i] * 1e6;
            mass += weight;
        }
        assert_true(fabs(sum / mass - (double)satisfaction.plain_micros) < 1);
        assert_in_range(satisfaction.score_micros, 1000000, 5000000);
        assert_in_range(satisfaction.value, SATISFACTION_ALARM, SATISFACTION_DELIGHTED);
    }
}

static void explains_within_its_room(void **context)
{
    (void)context;
    struct care_facts care = answers("54");
    care_hear_survey(
        &care,
        &(struct care_survey){.time_ms = T0 + 30 * DAY, .score = 2, .expected = 5, .parts = {4, 3, 5, 4, 2, 3, 1, 2}});
    care_hear_complaint(&care, &(struct care_complaint){.time_ms = T0 + 31 * DAY, .step = CARE_OPENED, .id = 1});
    struct satisfaction_facts facts = {
        .care = &care, .today_ms = T0 + 40 * DAY, .refunded_ppm = 100000, .abc = A, .bought_ms = T0};
    struct satisfaction satisfaction;
    struct reason reason;
    satisfaction_judge(&usual, &facts, &satisfaction);
    satisfaction_explain(&usual, &facts, &satisfaction, &reason);
    assert_in_range(reason.figure_count, 1, REASON_FIGURES_MAX);
    assert_non_null(strstr(reason.note, "delivered value 8.00: 16.00 less cost 8.00"));
    assert_non_null(strstr(reason.note, "falling"));
}

static void keys_have_these_defaults(void **context)
{
    (void)context;
    struct satisfaction_options satisfaction;
    struct aftersales_options aftersales;
    struct advocacy_options advocacy;
    struct loyalty_options loyalty;
    struct lifecycle_options lifecycle;
    const struct config_section sections[] = {
        {.name = "satisfaction", .keys = satisfaction_keys, .target = &satisfaction, .help = ""},
        {.name = "aftersales", .keys = aftersales_keys, .target = &aftersales, .help = ""},
        {.name = "advocacy", .keys = advocacy_keys, .target = &advocacy, .help = ""},
        {.name = "loyalty", .keys = loyalty_keys, .target = &loyalty, .help = ""},
        {.name = "lifecycle", .keys = lifecycle_keys, .target = &lifecycle, .help = ""},
    };
    struct config *config = config_read(NULL, sections, sizeof sections / sizeof *sections);
    assert_true(config_good(config));
    assert_memory_equal(&satisfaction, &usual, sizeof usual);
    assert_memory_equal(&aftersales, (&(struct aftersales_options){30, 4, 60, 3, 600000, 50000, 3, 365}),
                        sizeof aftersales);
    assert_memory_equal(&advocacy, (&(struct advocacy_options){2, 730, 730}), sizeof advocacy);
    assert_memory_equal(&loyalty, (&(struct loyalty_options){1, 1, 1, 1, 1, 1095, 730, 20000}), sizeof loyalty);
    assert_int_equal(lifecycle.once_days, 365);
    const char *key = "";
    assert_null(loyalty_trouble(&loyalty, &key));
    loyalty = (struct loyalty_options){.full_tenure_days = 1095};
    assert_non_null(loyalty_trouble(&loyalty, &key));
    assert_string_equal(key, "rating_weight");
    config_close(&config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_known),
        cmocka_unit_test(smoothed),
        cmocka_unit_test(zones),
        cmocka_unit_test(flags),
        cmocka_unit_test(gap_of_expectation),
        cmocka_unit_test(penalties),
        cmocka_unit_test(retention_by_score),
        cmocka_unit_test(questions),
        cmocka_unit_test(announced),
        cmocka_unit_test(mean_of_all),
        cmocka_unit_test(agrees_with_plain_floating_point),
        cmocka_unit_test(explains_within_its_room),
        cmocka_unit_test(keys_have_these_defaults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
