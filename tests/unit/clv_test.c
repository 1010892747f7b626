// Lifetime values: the published sums, quadrants as a table, costs exactly at the border, and what is announced.
#include "services/scoring/clv.h"

#include <stdarg.h>
#include <setjmp.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const struct clv_options options = {
    .discount_ppm = 126825, .margin_ppm = 1000000, .patience_days = 180, .slack_ppm = 100000};

static uint64_t state = 20261122;

static uint64_t draw(uint64_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state % below;
}

// Orders expected of the first customer of CDNOW within t weeks, as BG/NBD's own formula has it, with the
// hypergeometric function as its series: x = 2, 30.43 weeks between first and last, 38.86 seen.
static double expected(double t)
{
    const double r = .243, alpha = 4.414, a = .793, b = 2.426, x = 2, tx = 30.43, T = 38.86;
    double z = t / (alpha + T + t), sum = 1, term = 1;
    for (int n = 0; n < 5000 && fabs(term) > 1e-17; n++) {
        term *= (r + x + n) * (b + x + n) / (a + b + x - 1 + n) / (n + 1) * z;
        sum += term;
    }
    double alive = 1 + a / (b + x - 1) * pow((alpha + T) / (alpha + tx), r + x);
    return (a + b + x - 1) / (a - 1) * (1 - pow((alpha + T) / (alpha + T + t), r + x) * sum) / alive;
}

static double summed(double step_weeks)
{
    double orders[CLV_MONTHS + 1];
    for (int k = 0; k <= CLV_MONTHS; k++)
        orders[k] = expected(k * step_weeks);
    return (double)clv_predict(&options, orders, 24659613, 1000000) / 1e6;
}

// With 1 % a month. The value that lifetimes prints takes 30 weeks for a month; the other one is what it means.
static void published(void **unused)
{
    (void)unused;
    assert_true(fabs(expected(39) - 1.226028175) < 1e-8);
    double wide = summed(30), months = summed(CLV_MONTH_DAYS / 7);
    printf("%.4f of 140.0962, %.4f of 36.28\n", wide, months);
    assert_true(fabs(wide - 140.0962) < 140.0962 * .002);
    assert_true(fabs(months - 36.28) < 36.28 * .002);
}

static void predict_by_hand(void **unused)
{
    (void)unused;
    double orders[CLV_MONTHS + 1], sum = 0;
    for (int k = 0; k <= CLV_MONTHS; k++)
        orders[k] = .5 * k;
    struct clv_options free = options;
    free.discount_ppm = 0;
    assert_int_equal(clv_predict(&free, orders, 10000000, 1000000), 60000000);
    assert_int_equal(clv_predict(&free, orders, 10000000, 250000), 15000000);
    assert_int_equal(clv_predict(&free, orders, 10000000, -250000), -15000000);
    free.discount_ppm = 100000;
    for (int k = 1; k <= CLV_MONTHS; k++)
        sum += .5 * 10e6 / pow(1.1, k / 12.);
    assert_true(llabs(clv_predict(&free, orders, 10000000, 1000000) - llround(sum)) <= 1);
    orders[5] = NAN;
    assert_true(clv_predict(&free, orders, 10000000, 1000000) < 60000000);
    orders[5] = 0; // falls, then makes up for it
    assert_true(clv_predict(&free, orders, 10000000, 1000000) > 0);
    orders[12] = HUGE_VAL;
    assert_true(clv_predict(&free, orders, 10000000, 1000000) > 0);
    orders[12] = 1e300;
    assert_true(clv_predict(&free, orders, INT64_MAX, 1000000) == INT64_MAX);
    assert_true(clv_predict(&free, orders, INT64_MIN, 1000000) == INT64_MIN);
}

static void margins(void **unused)
{
    (void)unused;
    struct clv_options third = options;
    third.margin_ppm = 300000;
    static const struct {
        struct clv_money money;
        int64_t profit, margin;
    } rows[] = {
        {{1000, 0, 0}, 300, 300000},
        {{1000, 1000, 450}, 450, 450000},
        {{1000, 400, 100}, 280, 280000},
        {{1000, 1000, -100}, -100, -100000},
        {{0, 0, 0}, 0, 300000},
        {{-1000, 0, 0}, -300, 300000},
        {{1, 1, -1000000}, -1000000, -10000000},
        {{10, 10, 1000}, 1000, 1000000},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(clv_profit(&third, &rows[i].money), rows[i].profit);
        assert_int_equal(clv_margin(&third, &rows[i].money), rows[i].margin);
    }
}

static struct clv_facts facts_of(int64_t now, int64_t served, bool now_high, bool future_high)
{
    return (struct clv_facts){.bought = true,
                              .age_days = 400,
                              .life = {.kept_micros = 5000},
                              .window = {.kept_micros = now},
                              .served_micros = served,
                              .now_high = now_high,
                              .future_high = future_high,
                              .source = CLV_MODEL,
                              .future_micros = 700};
}

static void quadrants(void **unused)
{
    (void)unused;
    static const struct {
        int64_t now, served;
        bool now_high, future_high, forced;
        const char *word, *kind;
    } rows[] = {
        {1000, 0, true, true, false, "vip", "core"},        {1000, 0, false, true, false, "improve", "potential"},
        {1000, 0, true, false, false, "maintain", "value"}, {1000, 0, false, false, false, "abandon", "low"},
        {1000, 1000, true, true, false, "vip", "core"},     {1000, 1001, true, true, true, "abandon", "low"},
        {0, 0, true, true, false, "vip", "core"},           {0, 1, true, true, true, "abandon", "low"},
        {-1, 0, true, true, true, "abandon", "low"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct clv_facts facts = facts_of(rows[i].now, rows[i].served, rows[i].now_high, rows[i].future_high);
        struct clv clv;
        struct reason reason;
        clv_judge(&options, &facts, &clv);
        assert_string_equal(clv_names[clv.value], rows[i].word);
        assert_string_equal(clv_kinds[clv.value], rows[i].kind);
        assert_int_equal(clv.forced, rows[i].forced);
        assert_int_equal(clv.total_micros, 5700);
        assert_int_equal(clv.net_micros, rows[i].now - rows[i].served);
        clv_explain(&options, &facts, &clv, &reason);
        assert_int_equal(reason.figure_count, 11);
        assert_memory_equal(reason.rule, rows[i].word, strlen(rows[i].word));
        assert_non_null(strstr(reason.note, rows[i].kind));
    }
}

static void new_and_unknown(void **unused)
{
    (void)unused;
    struct clv_facts facts = facts_of(1000, 5000, true, true);
    struct clv clv;
    struct reason reason;
    facts.age_days = 179;
    clv_judge(&options, &facts, &clv);
    assert_int_equal(clv.value, CLV_VIP);
    facts.age_days = 180;
    clv_judge(&options, &facts, &clv);
    assert_int_equal(clv.value, CLV_ABANDON);
    facts.source = CLV_NO_SOURCE;
    clv_judge(&options, &facts, &clv);
    assert_int_equal(clv.value, CLV_ABANDON);
    assert_int_equal(clv.total_micros, 5000);
    facts.served_micros = 0;
    clv_judge(&options, &facts, &clv);
    assert_int_equal(clv.value, CLV_UNKNOWN);
    clv_explain(&options, &facts, &clv, &reason);
    assert_int_equal(reason.figure_count, 6);
    assert_true(reason.note[0] != '\0');
    facts = (struct clv_facts){.served_micros = 900, .age_days = 9999, .source = CLV_MODEL};
    clv_judge(&options, &facts, &clv);
    assert_int_equal(clv.value, CLV_UNKNOWN);
    clv_explain(&options, &facts, &clv, &reason);
    assert_true(reason.note[0] != '\0');
}

// A cost of 1000 and a slack of 10 %: what is said changes when the value passes 900 or 1100.
static void announced(void **unused)
{
    (void)unused;
    static const struct {
        int64_t now;
        uint8_t previous, said;
    } rows[] = {
        {1101, CLV_ABANDON, CLV_VIP},    {1100, CLV_ABANDON, CLV_ABANDON}, {1000, CLV_ABANDON, CLV_ABANDON},
        {1000, CLV_VIP, CLV_VIP},        {900, CLV_VIP, CLV_VIP},          {899, CLV_VIP, CLV_ABANDON},
        {999, CLV_UNKNOWN, CLV_ABANDON}, {1001, CLV_UNKNOWN, CLV_VIP},     {950, CLV_IMPROVE, CLV_VIP},
        {-1, CLV_VIP, CLV_ABANDON},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct clv_facts facts = facts_of(rows[i].now, 1000, true, true);
        struct clv clv;
        clv_judge(&options, &facts, &clv);
        assert_int_equal(clv_announce(&options, &facts, &clv, rows[i].previous), rows[i].said);
    }
    struct clv_facts facts = facts_of(1000, 0, true, false);
    struct clv clv;
    clv_judge(&options, &facts, &clv);
    assert_int_equal(clv_announce(&options, &facts, &clv, CLV_ABANDON), CLV_MAINTAIN);
}

static void never_breaks(void **unused)
{
    (void)unused;
    static const int64_t ends[] = {INT64_MIN, INT64_MIN + 1, -1, 0, 1, 9000000000000000, INT64_MAX};
    for (unsigned round = 0; round < 20000; round++) {
        struct clv_facts facts = {.bought = draw(2),
                                  .age_days = ends[draw(7)],
                                  .life = {ends[draw(7)], ends[draw(7)], ends[draw(7)]},
                                  .window = {ends[draw(7)], ends[draw(7)], ends[draw(7)]},
                                  .served_micros = ends[3 + draw(4)],
                                  .now_high = draw(2),
                                  .future_high = draw(2),
                                  .source = (int)draw(3),
                                  .future_micros = ends[draw(7)]};
        struct clv clv;
        struct reason reason;
        clv_judge(&options, &facts, &clv);
        assert_true(clv.value < CLV_VALUES && clv_announce(&options, &facts, &clv, (uint8_t)draw(5)) < CLV_VALUES);
        clv_explain(&options, &facts, &clv, &reason);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published),    cmocka_unit_test(predict_by_hand), cmocka_unit_test(margins),
        cmocka_unit_test(quadrants),    cmocka_unit_test(new_and_unknown), cmocka_unit_test(announced),
        cmocka_unit_test(never_breaks),
    };
    printf("seed %llu\n", (unsigned long long)state);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
