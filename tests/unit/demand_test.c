// The eight states of demand: a story for each, the order in which they hold, borders, and a second reading of the
// definition in floating point.
#include "common/calendar.h"
#include "services/scoring/demand.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

enum { DAY = 20000, PURCHASES = 64, ROUNDS = 6000, UNIT = 1000000 };

#define DAY_MS INT64_C(86400000)

static const struct demand_options OPTIONS = {500000, 3, 3, 3, 365, 90, 500000, 2000000, 700000};

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
    return (struct purchase){.time_ms = day * DAY_MS, .kept_micros = kept, .day = day};
}

static struct demand_facts nothing(void)
{
    struct demand_facts facts = {.denial_ms = SERIES_NEVER,
                                 .need_lost_ms = SERIES_NEVER,
                                 .rival_ms = SERIES_NEVER,
                                 .expected_ms = SERIES_NEVER,
                                 .intention_ms = SERIES_NEVER,
                                 .quote_ms = SERIES_NEVER,
                                 .expected_day = SERIES_NO_DAY};
    series_take(NULL, 0, DAY, &facts.series);
    return facts;
}

// `count` purchases every `period` days, the last `silent` days ago.
static void steady(struct purchase *purchases, size_t count, int32_t period, int32_t silent, struct demand_facts *facts)
{
    for (size_t i = 0; i < count; i++)
        purchases[i] = bought(DAY - silent - (int32_t)(count - 1 - i) * period, 100 * UNIT);
    series_take(purchases, count, DAY, &facts->series);
}

static void judge(const struct demand_facts *facts, struct demand *ret_demand)
{
    struct demand_facts whole = *facts;
    series_gaps(&whole.series, 1, &whole.gaps);
    demand_judge(&OPTIONS, &whole, ret_demand);
}

static void expect(const struct demand_facts *facts, enum demand_value value, enum demand_cause cause)
{
    struct demand demand;
    struct reason reason;
    judge(facts, &demand);
    if (demand.value != value || demand.cause != cause)
        fail_msg("\"%s\" by %d instead of \"%s\" by %d, ratio %lld, cv %lld", demand_names[demand.value], demand.cause,
                 demand_names[value], (int)cause, (long long)demand.ratio_ppm, (long long)demand.cv_ppm);
    demand_explain(&OPTIONS, facts, &demand, &reason);
    assert_true(reason.rule[0] != '\0');
}

static void prospects(void **unused)
{
    (void)unused;
    struct demand_facts facts = nothing();
    expect(&facts, DEMAND_NONE, DEMAND_BY_NO_ORDERS);
    facts.expected_ms = facts.intention_ms = 5;
    facts.intention = 2;
    expect(&facts, DEMAND_NONE, DEMAND_BY_NO_ORDERS);
    facts.intention = 3;
    expect(&facts, DEMAND_LATENT, DEMAND_BY_INTEREST);
    facts.intention = 0;
    facts.expected_day = DAY;
    expect(&facts, DEMAND_LATENT, DEMAND_BY_INTEREST);
    facts.expected_day = DAY - 1;
    expect(&facts, DEMAND_NONE, DEMAND_BY_NO_ORDERS);
    facts.quote_ms = 7;
    expect(&facts, DEMAND_LATENT, DEMAND_BY_INTEREST);
    facts.need_lost_ms = 6;
    expect(&facts, DEMAND_LATENT, DEMAND_BY_INTEREST);
    facts.need_lost_ms = 7;
    expect(&facts, DEMAND_NONE, DEMAND_BY_NEED_LOST);
    facts.rival_ms = 9; // nothing to fall from
    expect(&facts, DEMAND_NONE, DEMAND_BY_NEED_LOST);
    facts.denial_ms = 1;
    expect(&facts, DEMAND_NEGATIVE, DEMAND_BY_DENIAL);
}

static void words_after_the_last_order(void **unused)
{
    (void)unused;
    struct purchase purchases[PURCHASES];
    struct demand_facts facts = nothing();
    steady(purchases, 12, 30, 10, &facts);
    int64_t last_ms = (DAY - 10) * DAY_MS;
    expect(&facts, DEMAND_FULL, DEMAND_BY_STEADINESS);
    facts.rival_ms = facts.need_lost_ms = facts.denial_ms = last_ms;
    expect(&facts, DEMAND_FULL, DEMAND_BY_STEADINESS);
    facts.rival_ms++;
    expect(&facts, DEMAND_FALLING, DEMAND_BY_RIVAL);
    facts.need_lost_ms++;
    expect(&facts, DEMAND_NONE, DEMAND_BY_NEED_LOST);
    facts.quote_ms = last_ms + 2;
    expect(&facts, DEMAND_FALLING, DEMAND_BY_RIVAL);
    facts.denial_ms++;
    expect(&facts, DEMAND_NEGATIVE, DEMAND_BY_DENIAL);
}

static void harm(void **unused)
{
    (void)unused;
    static const struct {
        uint32_t placed;
        int64_t ordered, returned, margin;
        bool margin_known;
        enum demand_value value;
        enum demand_cause cause;
    } rows[] = {
        {3, 1000, 500, 0, false, DEMAND_HARMFUL, DEMAND_BY_RETURNS},
        {3, 1000, 499, 0, false, DEMAND_FULL, DEMAND_BY_STEADINESS},
        {2, 1000, 1000, -5, true, DEMAND_FULL, DEMAND_BY_STEADINESS},
        {3, 1000, 0, -1, true, DEMAND_HARMFUL, DEMAND_BY_LOSS},
        {3, 1000, 0, -1, false, DEMAND_FULL, DEMAND_BY_STEADINESS},
        {3, 1000, 0, 0, true, DEMAND_FULL, DEMAND_BY_STEADINESS},
        {3, 0, 0, 0, true, DEMAND_FULL, DEMAND_BY_STEADINESS},
        {3, INT64_MAX, INT64_MAX, INT64_MIN, true, DEMAND_HARMFUL, DEMAND_BY_RETURNS},
    };
    struct purchase purchases[PURCHASES];
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct demand_facts facts = nothing();
        steady(purchases, 12, 30, 10, &facts);
        facts.placed = rows[i].placed;
        facts.ordered_micros = rows[i].ordered;
        facts.returned_micros = rows[i].returned;
        facts.margin_micros = rows[i].margin;
        facts.margin_known = rows[i].margin_known;
        expect(&facts, rows[i].value, rows[i].cause);
        if (rows[i].value == DEMAND_HARMFUL) {
            facts.denial_ms = INT64_MAX; // harmful before all else
            expect(&facts, rows[i].value, rows[i].cause);
        }
    }
}

static void few_orders(void **unused)
{
    (void)unused;
    struct purchase purchases[PURCHASES];
    struct demand_facts facts = nothing();
    steady(purchases, 2, 30, 10, &facts);
    expect(&facts, DEMAND_UNKNOWN, DEMAND_BY_FEW_ORDERS);
    facts.rival_ms = INT64_MAX;
    expect(&facts, DEMAND_UNKNOWN, DEMAND_BY_FEW_ORDERS);
    facts.quote_ms = 1;
    expect(&facts, DEMAND_LATENT, DEMAND_BY_INTEREST);
    facts = nothing();
    steady(purchases, 2, 30, 365, &facts);
    expect(&facts, DEMAND_UNKNOWN, DEMAND_BY_FEW_ORDERS);
    steady(purchases, 2, 30, 366, &facts);
    expect(&facts, DEMAND_NONE, DEMAND_BY_SILENCE);
    steady(purchases, 3, 0, 10, &facts); // thrice on one day
    expect(&facts, DEMAND_UNKNOWN, DEMAND_BY_FEW_ORDERS);
    steady(purchases, 3, 30, 10, &facts); // too young for rates, steady so far
    expect(&facts, DEMAND_FULL, DEMAND_BY_STEADINESS);
}

// Whatever the rhythm: on time it is full, three gaps later it falls, and after a year and three gaps it is gone.
static void silence(void **unused)
{
    (void)unused;
    static const int32_t periods[] = {7, 14, 45, 60, 100, 200, 400};
    struct purchase purchases[PURCHASES];
    struct demand_facts facts = nothing();
    for (size_t i = 0; i < sizeof periods / sizeof periods[0]; i++) {
        int32_t period = periods[i];
        for (int32_t silent = 0; silent <= period; silent += period / 7) {
            steady(purchases, 30, period, silent, &facts);
            expect(&facts, DEMAND_FULL, DEMAND_BY_STEADINESS);
        }
        int32_t late = period < 45 ? 90 : period;
        int32_t gone = 3 * period > 365 ? 3 * period : 365;
        steady(purchases, 30, period, gone, &facts);
        struct demand demand;
        judge(&facts, &demand);
        assert_true(period > 100 || (demand.value == DEMAND_FALLING && gone > late));
        steady(purchases, 30, period, gone + 1, &facts);
        expect(&facts, DEMAND_NONE, DEMAND_BY_SILENCE);
        facts.intention = 5;
        facts.intention_ms = 1;
        expect(&facts, DEMAND_LATENT, DEMAND_BY_INTEREST);
        facts.intention = 0;
    }
}

static void rise_and_fall(void **unused)
{
    (void)unused;
    struct purchase purchases[PURCHASES];
    struct demand_facts facts = nothing();
    steady(purchases, 30, 14, 3, &facts);
    for (size_t i = 26; i < 30; i++)
        purchases[i].kept_micros *= 10;
    expect(&facts, DEMAND_EXCESSIVE, DEMAND_BY_RATES);
    for (size_t i = 22; i < 30; i++)
        purchases[i].kept_micros = 5 * UNIT;
    expect(&facts, DEMAND_FALLING, DEMAND_BY_RATES);
}

static void irregular_gaps(void **unused)
{
    (void)unused;
    // Gaps of 10 and 10 + d alternating: the variation of many is d / 2 of their mean 10 + d / 2, so 0.7 is passed
    // between d = 46 and 47 (with n - 1 a little earlier).
    struct purchase purchases[PURCHASES];
    struct demand_facts facts = nothing();
    for (int32_t more = 10; more < 90; more += 20) {
        int32_t day = DAY - 5;
        for (size_t i = 41; i > 0; i--) {
            purchases[i - 1] = bought(day, 100 * UNIT);
            day -= i % 2 == 0 ? 10 : 10 + more;
        }
        series_take(purchases, 41, DAY, &facts.series);
        if (more < 46)
            expect(&facts, DEMAND_FULL, DEMAND_BY_STEADINESS);
        else
            expect(&facts, DEMAND_IRREGULAR, DEMAND_BY_GAPS);
    }
}

// November and December of some years; `today` in the year after the last.
static void season(struct purchase *purchases, int64_t last_year, int32_t today, struct demand_facts *facts)
{
    size_t count = 0;
    for (int32_t year = 2020; year <= 2024; year++)
        for (int32_t month = 11; month <= 12; month++)
            purchases[count++] =
                bought(day_from_date((struct date){year, month, 10}), (year == 2024 ? last_year : 100) * UNIT);
    series_take(purchases, count, today, &facts->series);
}

static void a_season(void **unused)
{
    (void)unused;
    struct purchase purchases[PURCHASES];
    struct demand_facts facts = nothing();
    int32_t summer = day_from_date((struct date){2025, 7, 1});
    for (int32_t day = summer - 150; day < summer + 130; day += 7) { // out of season is not falling
        season(purchases, 100, day, &facts);
        expect(&facts, DEMAND_IRREGULAR, DEMAND_BY_SEASON);
    }
    season(purchases, 49, summer, &facts);
    expect(&facts, DEMAND_FALLING, DEMAND_BY_YEARS);
    season(purchases, 50, summer, &facts);
    expect(&facts, DEMAND_IRREGULAR, DEMAND_BY_SEASON);
    season(purchases, 199, summer, &facts);
    expect(&facts, DEMAND_IRREGULAR, DEMAND_BY_SEASON);
    season(purchases, 200, summer, &facts);
    expect(&facts, DEMAND_EXCESSIVE, DEMAND_BY_YEARS);
    season(purchases, 100, day_from_date((struct date){2025, 12, 31}), &facts); // it may still come
    expect(&facts, DEMAND_IRREGULAR, DEMAND_BY_SEASON);
    season(purchases, 100, day_from_date((struct date){2026, 1, 5}), &facts); // the season passed
    expect(&facts, DEMAND_FALLING, DEMAND_BY_YEARS);
    facts.rival_ms = INT64_MAX;
    expect(&facts, DEMAND_FALLING, DEMAND_BY_RIVAL);
    facts.rival_ms = SERIES_NEVER;
    for (int32_t day = 1; day <= 30; day++) { // the year before was earlier by some days: wait
        season(purchases, 100, day_from_date((struct date){2024, 11, day}), &facts);
        if (day < 15)
            facts.series.count = 8;
        expect(&facts, DEMAND_IRREGULAR, DEMAND_BY_SEASON);
    }
}

// A purchase outside of the season keeps the year up, but the season was missed.
static void a_season_is_missed(void **unused)
{
    (void)unused;
    struct purchase purchases[PURCHASES];
    struct demand_facts facts = nothing();
    int32_t today = day_from_date((struct date){2026, 1, 15});
    season(purchases, 100, today, &facts);
    purchases[10] = bought(day_from_date((struct date){2025, 2, 10}), 200 * UNIT);
    series_take(purchases, 11, today - 15, &facts.series); // the last day of the season
    expect(&facts, DEMAND_IRREGULAR, DEMAND_BY_SEASON);
    series_take(purchases, 11, today, &facts.series);
    expect(&facts, DEMAND_FALLING, DEMAND_BY_MISSED_SEASON);
    purchases[11] = bought(today - 16, UNIT);
    series_take(purchases, 12, today, &facts.series);
    expect(&facts, DEMAND_IRREGULAR, DEMAND_BY_SEASON);
}

struct plain {
    double mean, cv, ratio;
    size_t days;
};

static struct plain measure(const struct series *series)
{
    struct plain plain = {0};
    double squares = 0;
    size_t gaps = 0;
    for (size_t i = 0; i < series->count; i++)
        plain.days += i == 0 || series->purchases[i].day > series->purchases[i - 1].day;
    if (plain.days < 2)
        return plain;
    gaps = plain.days - 1;
    plain.mean = (double)(series_last_day(series) - series->purchases[0].day) / (double)gaps;
    for (size_t i = 1; i < series->count; i++) {
        double gap = series->purchases[i].day - series->purchases[i - 1].day;
        squares += gap > 0 ? (gap - plain.mean) * (gap - plain.mean) : 0;
    }
    plain.cv = gaps > 1 ? sqrt(squares / (double)(gaps - 1)) / plain.mean : 0;
    double half = fmin(fmax(45, ceil(floor(plain.mean * 1000) / 500)), 915), sums[2] = {0};
    double life = series->today - series->purchases[0].day;
    for (size_t k = 0; k < 2; k++, half *= 4) {
        for (size_t i = 0; i < series->count; i++)
            sums[k] +=
                (double)series->purchases[i].kept_micros * exp2(-(series->today - series->purchases[i].day) / half);
        sums[k] /= half * (1 - exp2(-life / half));
    }
    plain.ratio = sums[0] / sums[1];
    return plain;
}

static enum demand_value read_plainly(const struct demand_facts *facts, const struct plain *plain)
{
    bool never = facts->series.count == 0;
    int64_t last_ms = never ? INT64_MIN : series_last_ms(&facts->series), interest = facts->quote_ms;
    if (facts->intention >= 3 && facts->intention_ms > interest)
        interest = facts->intention_ms;
    if (facts->expected_day != SERIES_NO_DAY && facts->expected_day >= DAY && facts->expected_ms > interest)
        interest = facts->expected_ms;
    double silent = never ? 0 : DAY - series_last_day(&facts->series);
    bool gone = silent > 365 && silent > 3 * plain->mean, old = !never && DAY - facts->series.first_day >= 90;
    if (facts->placed >= 3 && ((facts->ordered_micros > 0 && 2 * facts->returned_micros >= facts->ordered_micros) ||
                               (facts->margin_known && facts->margin_micros < 0)))
        return DEMAND_HARMFUL;
    if (facts->denial_ms > last_ms)
        return DEMAND_NEGATIVE;
    if (facts->need_lost_ms > last_ms && facts->need_lost_ms >= interest)
        return DEMAND_NONE;
    if (gone || plain->days < 3)
        return interest != INT64_MIN ? DEMAND_LATENT : gone || never ? DEMAND_NONE : DEMAND_UNKNOWN;
    if (facts->rival_ms > last_ms || (old && plain->ratio < 0.5))
        return DEMAND_FALLING;
    if (old && plain->ratio >= 2)
        return DEMAND_EXCESSIVE;
    return plain->cv >= 0.7 ? DEMAND_IRREGULAR : DEMAND_FULL;
}

static int64_t some_instant(unsigned often)
{
    return draw(often) > 0 ? SERIES_NEVER : (DAY - (int64_t)draw(400)) * DAY_MS;
}

static void random_facts(struct purchase *purchases, struct demand_facts *facts)
{
    size_t count = draw(PURCHASES);
    uint64_t step = 1 + draw(60), regular = draw(2);
    int32_t day = DAY - (int32_t)draw(draw(4) == 0 ? 600 : 20 + step);
    *facts = nothing();
    for (size_t i = count; i > 0; i--) {
        purchases[i - 1] = bought(day, (int64_t)(1 + draw(i > count / 2 && draw(2) ? 1000 : 100)) * UNIT);
        day -= (int32_t)(regular ? step : draw(2 * step));
    }
    series_take(purchases, count, DAY, &facts->series);
    facts->denial_ms = some_instant(15);
    facts->need_lost_ms = some_instant(8);
    facts->rival_ms = some_instant(8);
    facts->intention_ms = some_instant(2);
    facts->expected_ms = some_instant(2);
    if (facts->intention_ms != SERIES_NEVER)
        facts->intention = (uint8_t)draw(6);
    if (facts->expected_ms != SERIES_NEVER)
        facts->expected_day = DAY - 50 + (int32_t)draw(100);
    facts->quote_ms = some_instant(4);
    facts->placed = (uint32_t)draw(8);
    facts->ordered_micros = (int64_t)draw(1000) * UNIT;
    facts->returned_micros = facts->ordered_micros / 12 * (int64_t)draw(7);
    facts->margin_known = draw(2);
    facts->margin_micros = (int64_t)draw(1000) - 50;
}

static void equals_a_plain_reading(void **unused)
{
    (void)unused;
    unsigned seen[DEMAND_VALUES] = {0}, compared = 0;
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct purchase purchases[PURCHASES];
        struct demand_facts facts;
        struct demand demand;
        random_facts(purchases, &facts);
        judge(&facts, &demand);
        seen[demand.value]++;
        struct plain plain = measure(&facts.series);
        bool border = fabs(plain.ratio - 0.5) < 1e-5 || fabs(plain.ratio - 2) < 1e-5 || fabs(plain.cv - 0.7) < 1e-5;
        if (demand.seasonal || border)
            continue;
        compared++;
        if (demand.value != read_plainly(&facts, &plain))
            fail_msg("round %u: %s", round, demand_names[demand.value]);
    }
    assert_true(compared > ROUNDS / 2);
    for (size_t i = 0; i < DEMAND_VALUES; i++)
        assert_true(seen[i] > 0);
}

int main(int count, char **words)
{
    state = count > 1 ? strtoull(words[1], NULL, 10) : 20260517;
    printf("seed %llu\n", (unsigned long long)state);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prospects),
        cmocka_unit_test(words_after_the_last_order),
        cmocka_unit_test(harm),
        cmocka_unit_test(few_orders),
        cmocka_unit_test(silence),
        cmocka_unit_test(rise_and_fall),
        cmocka_unit_test(irregular_gaps),
        cmocka_unit_test(a_season),
        cmocka_unit_test(a_season_is_missed),
        cmocka_unit_test(equals_a_plain_reading),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
