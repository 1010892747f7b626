// The next order: each source, which goes first, the borders of the values, and a second reading for the rhythm.
#include "common/calendar.h"
#include "services/scoring/forecast.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { DAY = 20000, PURCHASES = 40, ROUNDS = 4000, UNIT = 1000000 };

#define DAY_MS INT64_C(86400000)

static const struct forecast_options OPTIONS = {7, 2, 7, 180};

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

static struct forecast_facts nothing(int32_t today)
{
    struct forecast_facts facts = {.lead_ms = SERIES_NEVER,
                                   .lead_day = SERIES_NO_DAY,
                                   .quote_ms = SERIES_NEVER,
                                   .quote_day = SERIES_NO_DAY,
                                   .contract_from = SERIES_NO_DAY,
                                   .contract_to = SERIES_NO_DAY};
    series_take(NULL, 0, today, &facts.series);
    return facts;
}

static struct forecast judge(const struct forecast_facts *facts)
{
    struct forecast forecast;
    struct reason reason;
    struct forecast_facts whole = *facts;
    series_gaps(&whole.series, (size_t)OPTIONS.newest, &whole.gaps);
    forecast_judge(&OPTIONS, &whole, &forecast);
    forecast_explain(&OPTIONS, facts, &forecast, &reason);
    assert_int_equal(strncmp(reason.rule, "next order: ", 12), 0);
    assert_int_equal(forecast.value == FORECAST_UNKNOWN, forecast.day == SERIES_NO_DAY);
    assert_int_equal(forecast.value == FORECAST_UNKNOWN, forecast.source == FORECAST_FROM_NOTHING);
    return forecast;
}

static void expect(const struct forecast *forecast, enum forecast_source source, int32_t day, int64_t amount)
{
    if (forecast->source != source || forecast->day != day || forecast->amount_micros != amount)
        fail_msg("source %d, day %d, amount %lld", forecast->source, forecast->day, (long long)forecast->amount_micros);
}

// Gaps of 10, 20, 30 days: 10, 15, 20, 25, 30 are the quartiles.
static const struct purchase THREE_GAPS[] = {{.time_ms = 0, .kept_micros = 50 * UNIT, .day = 1000},
                                             {.time_ms = 1, .kept_micros = 70 * UNIT, .day = 1010},
                                             {.time_ms = 2, .kept_micros = 60 * UNIT, .day = 1030},
                                             {.time_ms = 3, .kept_micros = 90 * UNIT, .day = 1060}};

static void values(void **unused)
{
    (void)unused;
    static const struct {
        int32_t today;
        enum forecast_value value;
    } rows[] = {{1060, FORECAST_LATER}, {1072, FORECAST_LATER}, {1073, FORECAST_SOON},   {1080, FORECAST_SOON},
                {1081, FORECAST_LATE},  {1260, FORECAST_LATE},  {1261, FORECAST_UNKNOWN}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct forecast_facts facts = nothing(rows[i].today);
        series_take(THREE_GAPS, 4, rows[i].today, &facts.series);
        struct forecast forecast = judge(&facts);
        assert_int_equal(forecast.value, rows[i].value);
        assert_int_equal(forecast.gap_count, 3);
        if (forecast.value == FORECAST_UNKNOWN)
            continue;
        expect(&forecast, FORECAST_FROM_RHYTHM, 1080, 65 * UNIT);
        assert_int_equal(forecast.earliest, 1075);
        assert_int_equal(forecast.latest, 1085);
        assert_int_equal(forecast.median_gap_milli, 20000);
    }
}

static void it_takes_gaps_to_know_a_rhythm(void **unused)
{
    (void)unused;
    struct forecast_facts facts = nothing(1100);
    assert_int_equal(judge(&facts).value, FORECAST_UNKNOWN);
    series_take(THREE_GAPS, 2, 1100, &facts.series);
    assert_int_equal(judge(&facts).value, FORECAST_UNKNOWN);
    series_take(THREE_GAPS, 3, 1100, &facts.series);
    assert_int_equal(judge(&facts).day, 1045);
}

static void what_was_told_goes_first(void **unused)
{
    (void)unused;
    struct forecast_facts facts = nothing(1070);
    series_take(THREE_GAPS, 4, 1070, &facts.series); // the last at 3 ms
    struct forecast forecast;
    facts.lead_ms = 3;
    facts.lead_day = 1100;
    facts.lead_quantity_milli = 2500;
    forecast = judge(&facts);
    expect(&forecast, FORECAST_FROM_RHYTHM, 1080, 65 * UNIT); // it was told before the order
    assert_int_equal(forecast.quantity_milli, 0);
    facts.lead_ms = 4;
    forecast = judge(&facts);
    expect(&forecast, FORECAST_FROM_LEAD, 1100, 65 * UNIT);
    assert_true(forecast.quantity_milli == 2500 && forecast.earliest == 1100 && forecast.latest == 1100);
    facts.quote_ms = 4;
    facts.quote_day = 1090;
    facts.quote_micros = 500 * UNIT;
    forecast = judge(&facts);
    expect(&forecast, FORECAST_FROM_QUOTE, 1090, 500 * UNIT);
    facts.lead_ms = 5;
    forecast = judge(&facts);
    expect(&forecast, FORECAST_FROM_LEAD, 1100, 65 * UNIT);
    facts.lead_day = 1070 - 181; // forgotten
    forecast = judge(&facts);
    expect(&forecast, FORECAST_FROM_QUOTE, 1090, 500 * UNIT);
    facts.quote_day = SERIES_NO_DAY;
    forecast = judge(&facts);
    expect(&forecast, FORECAST_FROM_RHYTHM, 1080, 65 * UNIT);
    facts.lead_day = 1070 - 180;
    forecast = judge(&facts);
    expect(&forecast, FORECAST_FROM_LEAD, 1070 - 180, 65 * UNIT);
    assert_int_equal(forecast.value, FORECAST_LATE);
}

static void contracts(void **unused)
{
    (void)unused;
    struct forecast_facts facts = nothing(1040);
    struct forecast forecast;
    series_take(THREE_GAPS, 2, 1040, &facts.series); // no rhythm; 50 on day 1000, 70 on day 1010
    facts.contract_from = 1100;
    facts.contract_to = 1400;
    facts.contract_micros = 1000 * UNIT;
    forecast = judge(&facts);
    expect(&forecast, FORECAST_FROM_CONTRACT, 1100, 1000 * UNIT);
    facts.contract_from = 1001;
    forecast = judge(&facts);
    expect(&forecast, FORECAST_FROM_CONTRACT, 1400, 930 * UNIT);
    assert_true(forecast.earliest == 1040 && forecast.latest == 1400);
    facts.contract_micros = 70 * UNIT; // all of it was ordered
    assert_int_equal(judge(&facts).value, FORECAST_UNKNOWN);
    facts.contract_micros = 0; // nobody said what it is worth
    forecast = judge(&facts);
    expect(&forecast, FORECAST_FROM_CONTRACT, 1400, 60 * UNIT);
    facts.contract_to = SERIES_NO_DAY;
    assert_int_equal(judge(&facts).value, FORECAST_UNKNOWN);
    series_take(THREE_GAPS, 3, 1040, &facts.series); // a rhythm goes before it
    facts.contract_to = 1400;
    assert_int_equal(judge(&facts).source, FORECAST_FROM_RHYTHM);
}

static void the_rhythm_moves_into_the_season(void **unused)
{
    (void)unused;
    struct purchase purchases[PURCHASES];
    size_t count = 0;
    for (int32_t year = 2020; year <= 2023; year++)
        for (int32_t month = 10; month <= 12; month++)
            purchases[count++] = bought(day_from_date((struct date){year, month, 14}), 100 * UNIT);
    struct forecast_facts facts = nothing(DAY);
    series_take(purchases, count, day_from_date((struct date){2024, 2, 1}), &facts.series);
    struct forecast forecast = judge(&facts);
    expect(&forecast, FORECAST_FROM_SEASON, day_from_date((struct date){2024, 10, 14}), 100 * UNIT);
    assert_int_equal(forecast.earliest, day_from_date((struct date){2024, 10, 1}));
    assert_int_equal(forecast.latest, day_from_date((struct date){2024, 10, 31}));
    assert_int_equal(forecast.value, FORECAST_LATER);
    series_take(purchases, count - 1, day_from_date((struct date){2023, 11, 20}), &facts.series);
    forecast = judge(&facts);
    expect(&forecast, FORECAST_FROM_RHYTHM, day_from_date((struct date){2023, 12, 15}), 100 * UNIT);
}

static int rising(const void *left, const void *right)
{
    int32_t one = *(const int32_t *)left, other = *(const int32_t *)right;
    return (one > other) - (one < other);
}

static void equals_a_plain_reading(void **unused)
{
    (void)unused;
    unsigned seen[FORECAST_VALUES] = {0};
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct purchase purchases[PURCHASES];
        size_t count = draw(PURCHASES), gap_count = 0;
        uint64_t step = 1 + draw(40);
        int32_t gaps[PURCHASES], day = DAY - (int32_t)draw(250);
        for (size_t i = count; i > 0; i--) {
            purchases[i - 1] = bought(day, (int64_t)(1 + draw(1000)) * UNIT);
            int32_t gap = (int32_t)draw(step);
            day -= gap;
            if (gap > 0 && i > 1)
                gaps[gap_count++] = gap; // newest first
        }
        struct forecast_facts facts = nothing(DAY);
        series_take(purchases, count, DAY, &facts.series);
        struct forecast forecast = judge(&facts);
        seen[forecast.value]++;
        assert_int_equal(forecast.gap_count, gap_count);
        if (forecast.source == FORECAST_FROM_SEASON)
            continue;
        size_t newest = gap_count < 7 ? gap_count : 7;
        qsort(gaps, newest, sizeof *gaps, rising);
        int32_t expected = 0;
        if (newest > 0)
            expected = series_last_day(&facts.series) + (gaps[(newest - 1) / 2] + gaps[newest / 2] + 1) / 2;
        if (gap_count < 2 || expected < DAY - 180) {
            assert_int_equal(forecast.value, FORECAST_UNKNOWN);
            continue;
        }
        assert_int_equal(forecast.day, expected);
        assert_true(forecast.earliest <= expected && forecast.latest >= expected);
        assert_int_equal(forecast.value, expected < DAY        ? FORECAST_LATE
                                         : expected <= DAY + 7 ? FORECAST_SOON
                                                               : FORECAST_LATER);
    }
    for (size_t i = 0; i < FORECAST_VALUES; i++)
        assert_true(seen[i] > 0);
}

int main(int count, char **words)
{
    state = count > 1 ? strtoull(words[1], NULL, 10) : 20260517;
    printf("seed %llu\n", (unsigned long long)state);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values),
        cmocka_unit_test(it_takes_gaps_to_know_a_rhythm),
        cmocka_unit_test(what_was_told_goes_first),
        cmocka_unit_test(contracts),
        cmocka_unit_test(the_rhythm_moves_into_the_season),
        cmocka_unit_test(equals_a_plain_reading),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
