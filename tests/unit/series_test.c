// Series against plain sums in floating point, by hand-made tables, and at the ends of every scale.
#include "common/calendar.h"
#include "services/scoring/series.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

enum { DAY = 20000, PURCHASES = 300, ROUNDS = 400, UNIT = 1000000 };

static uint64_t state;

static uint64_t draw(uint64_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state % below;
}

static int32_t date(int32_t year, int32_t month, int32_t day)
{
    return day_from_date((struct date){year, month, day});
}

static struct purchase bought(int32_t day, int64_t kept)
{
    return (struct purchase){.time_ms = day * INT64_C(86400000), .kept_micros = kept, .day = day};
}

// Random purchases up to DAY, often several a day, at times far apart.
static size_t random_purchases(struct purchase *purchases)
{
    size_t count = draw(PURCHASES + 1);
    uint64_t step = 1 + draw(60);
    int32_t day = DAY;
    for (size_t i = count; i > 0; i--) {
        day -= (int32_t)(draw(3) == 0 ? 0 : draw(step));
        purchases[i - 1] = bought(day, draw(10) == 0 ? 0 : (int64_t)draw(UINT64_C(5000) * UNIT));
    }
    return count;
}

static void what_is_to_come_does_not_count(void **unused)
{
    (void)unused;
    const struct purchase purchases[] = {bought(DAY, 1), bought(DAY + 1, 2), bought(DAY + 1, 3), bought(DAY + 2, 4)};
    static const struct {
        int32_t today;
        size_t count;
        int32_t last;
    } rows[] = {{DAY - 1, 0, SERIES_NO_DAY}, {DAY, 1, DAY}, {DAY + 1, 3, DAY + 1}, {DAY + 9, 4, DAY + 2}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct series series;
        series_take(purchases, 4, rows[i].today, &series);
        assert_int_equal(series.count, rows[i].count);
        assert_int_equal(series_last_day(&series), rows[i].last);
        assert_true(series_last_ms(&series) == (rows[i].count ? rows[i].last * INT64_C(86400000) : SERIES_NEVER));
        assert_int_equal(series.first_day, rows[i].count ? DAY : SERIES_NO_DAY);
        assert_int_equal(series.since, series.first_day);
    }
}

static void the_oldest_are_cut_off(void **unused)
{
    (void)unused;
    enum { MORE = 5, ALL = SERIES_MAX + MORE };
    struct purchase *purchases = calloc(ALL, sizeof *purchases);
    struct series series;
    for (int32_t i = 0; i < ALL; i++)
        purchases[i] = bought(DAY + i / 4, UNIT);
    series_take(purchases, ALL, DAY + ALL, &series);
    assert_int_equal(series.count, SERIES_MAX);
    assert_int_equal(series.first_day, DAY);
    assert_int_equal(series.since, DAY + 2); // of the second day a purchase is missing
    series_take(purchases, ALL - 1, DAY + ALL, &series);
    assert_int_equal(series.since, DAY + 1);
    series_take(purchases, SERIES_MAX, DAY + ALL, &series);
    assert_int_equal(series.since, DAY);
    free(purchases);
}

static void sums_equal_plain_sums(void **unused)
{
    (void)unused;
    struct purchase purchases[PURCHASES];
    struct series series;
    for (unsigned round = 0; round < ROUNDS; round++) {
        size_t count = random_purchases(purchases);
        series_take(purchases, count, DAY, &series);
        int64_t from = DAY - (int64_t)draw(900), to = from + (int64_t)draw(400) - 20, sum = 0;
        uint32_t orders = 0;
        for (size_t i = 0; i < count; i++)
            if (purchases[i].day >= from && purchases[i].day <= to) {
                sum += purchases[i].kept_micros;
                orders++;
            }
        struct series_sum found = series_between(&series, from, to);
        assert_true(found.kept_micros == sum);
        assert_int_equal(found.orders, orders);
    }
}

static void amounts(void **unused)
{
    (void)unused;
    static const struct {
        int64_t kept[5];
        size_t newest;
        int64_t median;
    } rows[] = {
        {{1, 2, 3, 4, 5}, 5, 3},
        {{1, 2, 3, 4, 5}, 1, 5},
        {{5, 1, 9, 2, 7}, 3, 7},
        {{5, 1, 9, 2, 8}, 2, 5},
        {{0, 0, 0, 0, 0}, 5, 0},
        {{9, 4, 0, 0, -7}, 2, 6},
        {{1, 2, 3, 4, INT64_MAX}, 2, 2 + INT64_MAX / 2},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct purchase purchases[5];
        struct series series;
        for (int32_t k = 0; k < 5; k++)
            purchases[k] = bought(DAY + k, rows[i].kept[k]);
        series_take(purchases, 5, DAY + 9, &series);
        assert_true(series_amount(&series, rows[i].newest) == rows[i].median);
    }
}

static double plain_rate(const struct series *series, int32_t day, double half)
{
    double sum = 0;
    for (size_t i = 0; i < series->count; i++)
        sum += (double)series->purchases[i].kept_micros * exp2(-(day - series->purchases[i].day) / half);
    return sum * log(2) / half / (1 - exp2(-(day - series->purchases[0].day) / half));
}

static void near(int64_t found, double wanted, double relative, double absolute)
{
    if (fabs((double)found - wanted) > relative * fabs(wanted) + absolute)
        fail_msg("%lld instead of %.3f", (long long)found, wanted);
}

static void rates_equal_plain_floating_point(void **unused)
{
    (void)unused;
    struct purchase purchases[PURCHASES];
    struct series series;
    struct series_flow flow;
    struct series_rates rates;
    for (unsigned round = 0; round < ROUNDS; round++) {
        size_t count = random_purchases(purchases);
        series_take(purchases, count, DAY, &series);
        int64_t recent = 1 + (int64_t)draw(200), lasting = recent + 1 + (int64_t)draw(400);
        int32_t ahead = DAY + (int32_t)draw(200);
        series_flow(&series, recent, lasting, &flow);
        bool some = count > 0 && purchases[0].day < ahead && plain_rate(&series, ahead, (double)lasting) > 1000;
        if (!some)
            continue;
        assert_true(series_rates(&flow, ahead, &rates));
        double one = plain_rate(&series, ahead, (double)recent), other = plain_rate(&series, ahead, (double)lasting);
        near(rates.recent_micros, one, 1e-6, 2);
        near(rates.lasting_micros, other, 1e-6, 2);
        near(rates.ratio_ppm, fmin(one / other * UNIT, SERIES_PPM_MAX), 2e-6, 2 + 3e6 / other * UNIT / 1e3);
        // What is foreseen is what will be judged.
        struct series_rates later;
        series_take(purchases, count, ahead, &series);
        series_flow(&series, recent, lasting, &flow);
        assert_true(series_rates(&flow, ahead, &later));
        assert_true(rates.ratio_ppm == later.ratio_ppm && rates.recent_micros == later.recent_micros);
    }
}

// One sale of 1000 a half-life of the recent rate ago: 1000 * ln 2 / 45, and so on, worked out by hand.
static void rates_by_hand(void **unused)
{
    (void)unused;
    const struct purchase one[] = {bought(DAY, INT64_C(1000) * UNIT)};
    struct series series;
    struct series_flow flow;
    struct series_rates rates;
    series_take(one, 1, DAY, &series);
    series_flow(&series, 45, 180, &flow);
    assert_false(series_rates(&flow, DAY - 1, &rates));
    assert_false(series_rates(&flow, DAY, &rates));
    assert_true(series_rates(&flow, DAY + 1, &rates));
    assert_true(series_rates(&flow, DAY + 45, &rates));
    near(rates.recent_micros, 15403270.7, 1e-8, 1);
    near(rates.lasting_micros, 20352393.6, 1e-8, 1);
    near(rates.ratio_ppm, 756828.5, 0, 1);
    series_take(one, 1, DAY - 1, &series);
    series_flow(&series, 45, 180, &flow);
    assert_false(series_rates(&flow, DAY, &rates));
}

// scoring.md 1.7: a steady buyer of any age has the ratio one, for that is what the last factor is there for.
static void a_steady_buyer_has_the_ratio_one(void **unused)
{
    (void)unused;
    static struct purchase purchases[2000];
    struct series series;
    struct series_flow flow;
    struct series_rates rates;
    for (int32_t i = 0; i < 2000; i++)
        purchases[i] = bought(DAY + i, INT64_C(100) * UNIT);
    for (int32_t life = 90; life < 2000; life += 191) {
        series_take(purchases, 2000, DAY + life, &series);
        series_flow(&series, 45, 180, &flow);
        assert_true(series_rates(&flow, DAY + life, &rates));
        near(rates.ratio_ppm, UNIT, 0.02, 0);
        near(rates.lasting_micros, 100.0 * UNIT, 0.03, 0);
    }
}

static void gaps_by_hand(void **unused)
{
    (void)unused;
    static const struct {
        int32_t days[5];
        size_t newest;
        struct series_gaps gaps;
    } rows[] = {
        {{0, 0, 0, 0, 0}, 9, {0}},
        {{0, 0, 0, 0, 7}, 9, {1, 7000, 0, 7000, 7000, 7000}},
        {{0, 10, 20, 30, 40}, 9, {4, 10000, 0, 10000, 10000, 10000}},
        {{0, 1, 3, 6, 10}, 9, {4, 2500, 516397, 2500, 1750, 3250}},
        {{0, 1, 3, 6, 10}, 3, {4, 2500, 516397, 3000, 2500, 3500}},
        {{0, 1, 3, 6, 10}, 1, {4, 2500, 516397, 4000, 4000, 4000}},
        {{0, 0, 1, 1, 3}, 9, {2, 1500, 471404, 1500, 1250, 1750}},
        {{0, 1, 2, 3, 50000}, 1, {4, 9132000, 1999780, 36525000, 36525000, 36525000}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct purchase purchases[5];
        struct series series;
        struct series_gaps gaps;
        for (size_t k = 0; k < 5; k++)
            purchases[k] = bought(DAY + rows[i].days[k], UNIT);
        series_take(purchases, 5, DAY + 100000, &series);
        series_gaps(&series, rows[i].newest, &gaps);
        const struct series_gaps *wanted = &rows[i].gaps;
        assert_int_equal(gaps.count, wanted->count);
        assert_int_equal(gaps.mean_milli, wanted->mean_milli);
        assert_int_equal(gaps.cv_ppm, wanted->cv_ppm);
        assert_int_equal(gaps.median_milli, wanted->median_milli);
        assert_int_equal(gaps.low_milli, wanted->low_milli);
        assert_int_equal(gaps.high_milli, wanted->high_milli);
    }
}

static int rising(const void *left, const void *right)
{
    double one = *(const double *)left, other = *(const double *)right;
    return (one > other) - (one < other);
}

static void gaps_equal_plain_floating_point(void **unused)
{
    (void)unused;
    struct purchase purchases[PURCHASES];
    struct series series;
    struct series_gaps gaps;
    for (unsigned round = 0; round < ROUNDS; round++) {
        size_t all = random_purchases(purchases), count = 0, newest = 1 + draw(SERIES_NEWEST_MAX);
        double plain[PURCHASES], sum = 0, squares = 0;
        for (size_t i = 1; i < all; i++)
            if (purchases[i].day > purchases[i - 1].day)
                plain[count++] = purchases[i].day - purchases[i - 1].day;
        series_take(purchases, all, DAY, &series);
        series_gaps(&series, newest, &gaps);
        assert_int_equal(gaps.count, count);
        if (count < 2)
            continue;
        for (size_t i = 0; i < count; i++)
            sum += plain[i];
        for (size_t i = 0; i < count; i++)
            squares += (plain[i] - sum / (double)count) * (plain[i] - sum / (double)count);
        near(gaps.mean_milli, sum / (double)count * 1000, 0, 1);
        near(gaps.cv_ppm, sqrt(squares / (double)(count - 1)) / (sum / (double)count) * UNIT, 0, 1.01);
        size_t kept = count < newest ? count : newest;
        double *tail = plain + count - kept;
        qsort(tail, kept, sizeof *tail, rising);
        near(gaps.median_milli, (tail[(kept - 1) / 2] + tail[kept / 2]) * 500, 0, 0.01);
    }
}

// Buys on the 10th of the months given, in each of the years 2020 to 2024.
static size_t every_year(const int32_t *months, size_t count, struct purchase *purchases)
{
    size_t made = 0;
    for (int32_t year = 2020; year <= 2024; year++)
        for (size_t i = 0; i < count; i++)
            purchases[made++] = bought(date(year, months[i], 10), UNIT);
    return made;
}

static void seasons(void **unused)
{
    (void)unused;
    static const struct {
        int32_t months[12];
        size_t count;
        struct date today;
        bool known, seasonal;
        uint32_t years;
    } rows[] = {
        {{11}, 1, {2022, 11, 30}, false, false, 2}, // two visits are a coincidence
        {{11}, 1, {2023, 11, 1}, true, true, 3},
        {{11}, 1, {2022, 10, 31}, false, false, 0}, // not yet two whole years
        {{11, 12}, 2, {2022, 11, 1}, true, true, 2},
        {{3, 4, 9, 10}, 4, {2024, 3, 1}, true, true, 4},
        {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, 12, {2024, 12, 1}, true, false, 4},
        {{1, 2, 3, 4, 5, 6, 9, 10, 11, 12}, 10, {2024, 1, 1}, true, false, 4}, // away in summer only
        {{1, 4, 7, 10}, 4, {2025, 1, 1}, true, false, 5},                      // each quarter, beyond chance: a rhythm
        {{1, 7}, 2, {2025, 1, 1}, true, false, 5},
        {{1, 2, 7}, 3, {2025, 1, 1}, true, true, 5},
        {{6}, 1, {2030, 1, 1}, true, true, 5}, // long silence takes nothing away
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct purchase purchases[60];
        struct series series;
        struct series_season season;
        size_t count = every_year(rows[i].months, rows[i].count, purchases);
        series_take(purchases, count, day_from_date(rows[i].today), &series);
        series_season(&series, &season);
        assert_int_equal(season.years, rows[i].years);
        assert_int_equal(season.known, rows[i].known);
        if (season.seasonal != rows[i].seasonal)
            fail_msg("row %zu: strength %lld", i, (long long)season.strength_milli);
        for (size_t k = 0; rows[i].seasonal && k < rows[i].count; k++)
            assert_true(season.in[rows[i].months[k] - 1] && season.middle[rows[i].months[k] - 1] == 10);
    }
}

// In season is a month that was bought in in half of the years: November in four of four, December in two, October in
// one.
static void half_of_the_years_make_a_month(void **unused)
{
    (void)unused;
    struct purchase purchases[7];
    struct series series;
    struct series_season season;
    const int32_t days[] = {date(2020, 11, 5), date(2020, 12, 5), date(2021, 11, 5), date(2022, 10, 5),
                            date(2022, 11, 5), date(2022, 12, 5), date(2023, 11, 5)};
    for (size_t i = 0; i < 7; i++)
        purchases[i] = bought(days[i], UNIT);
    series_take(purchases, 7, date(2024, 11, 1), &series);
    series_season(&series, &season);
    assert_int_equal(season.years, 4);
    assert_true(season.seasonal && season.in[10] && season.in[11] && !season.in[9]);
    // C = 4, 2, 1; the years go from November, R = 2, 2, 2, 1: Q = 11 (12 * 21 - 49) / (84 - 13)
    assert_int_equal(season.strength_milli, 31450);
}

// Twelve months bought in evenly, but for a burst of fifty purchases in one December: no season.
static void a_burst_makes_no_season(void **unused)
{
    (void)unused;
    struct purchase purchases[100];
    struct series series;
    struct series_season season;
    size_t count = 0;
    for (int32_t month = 0; month < 26; month++) {
        int32_t day = date(2020 + month / 12, month % 12 + 1, 5);
        for (size_t more = month == 11 ? 50 : 1; more > 0; more--)
            purchases[count++] = bought(day, UNIT);
    }
    series_take(purchases, count, date(2022, 2, 20), &series);
    series_season(&series, &season);
    assert_true(season.known && !season.seasonal);
    assert_int_equal(season.visits, 24);
    assert_int_equal(season.share_ppm[11], 51 * UNIT / 73);
    int64_t all = 0;
    for (size_t month = 0; month < SERIES_MONTHS; month++)
        all += season.share_ppm[month];
    near(all, UNIT, 0, 12);
}

static void a_day_moves_into_season(void **unused)
{
    (void)unused;
    static const struct {
        int32_t months[2];
        struct date from, to;
    } rows[] = {
        {{11, 12}, {2025, 11, 30}, {2025, 11, 30}}, {{11, 12}, {2025, 1, 1}, {2025, 11, 10}},
        {{1, 2}, {2025, 3, 1}, {2026, 1, 10}},      {{1, 2}, {2025, 12, 31}, {2026, 1, 10}},
        {{5, 10}, {2025, 6, 15}, {2025, 10, 10}},
    };
    struct purchase purchases[60];
    struct series series;
    struct series_season season;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        series_take(purchases, every_year(rows[i].months, 2, purchases), date(2025, 1, 1), &series);
        series_season(&series, &season);
        assert_true(season.seasonal);
        assert_int_equal(series_season_move(&season, day_from_date(rows[i].from)), day_from_date(rows[i].to));
    }
    // The usual day of a leap February is one too many for a common one.
    season.in[1] = true;
    season.in[4] = season.in[9] = false;
    season.middle[1] = 29;
    assert_int_equal(series_season_move(&season, date(2025, 1, 5)), date(2025, 2, 28));
    assert_int_equal(series_season_move(&season, date(2024, 1, 5)), date(2024, 2, 29));
}

static void a_season_is_missed(void **unused)
{
    (void)unused;
    static const int32_t months[] = {11, 12};
    static const struct {
        struct date last, today;
        bool missed;
    } rows[] = {
        {{2023, 11, 1}, {2024, 1, 1}, false},    {{2023, 11, 1}, {2024, 10, 31}, false},
        {{2023, 12, 31}, {2024, 11, 1}, false}, // on again: wait
        {{2023, 12, 31}, {2024, 12, 31}, false}, {{2023, 12, 31}, {2025, 1, 1}, true},
        {{2024, 10, 31}, {2025, 1, 1}, true},    {{2024, 11, 1}, {2025, 1, 1}, false},
        {{2025, 1, 1}, {2025, 1, 1}, false},
    };
    struct purchase purchases[60];
    struct series series;
    struct series_season season;
    series_take(purchases, every_year(months, 2, purchases), date(2024, 1, 1), &series);
    series_season(&series, &season);
    assert_true(season.seasonal);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct purchase last = bought(day_from_date(rows[i].last), UNIT);
        series_take(&last, 1, day_from_date(rows[i].today), &series);
        assert_int_equal(series_season_missed(&season, &series), rows[i].missed);
    }
}

static void growth(void **unused)
{
    (void)unused;
    // A sale on the last and one on the first day of each of four years.
    static const int64_t years[4] = {100, 200, 100, 121};
    struct purchase purchases[9];
    struct series series;
    struct series_growth growths[SERIES_GROWTHS];
    for (int32_t i = 0; i < 4; i++) {
        purchases[2 * i] = bought(DAY - 365 * (4 - i) + 1, years[i] * UNIT - 1);
        purchases[2 * i + 1] = bought(DAY - 365 * (3 - i), 1);
    }
    series_take(purchases, 8, DAY, &series);
    series_growth(&series, growths);
    static const int64_t wanted[] = {210000, -500000, 1000000};
    for (size_t i = 0; i < SERIES_GROWTHS; i++)
        assert_true(growths[i].known && growths[i].ppm == wanted[i]);
    // The earliest year is not whole.
    series_take(purchases + 1, 7, DAY, &series);
    series_growth(&series, growths);
    assert_true(growths[0].known && growths[1].known && !growths[2].known);
    series_take(purchases + 5, 3, DAY, &series);
    series_growth(&series, growths);
    assert_false(growths[0].known);
    // A year without sales grows by nothing that can be said, and the year after it falls by all.
    purchases[2].kept_micros = purchases[3].kept_micros = purchases[4].kept_micros = purchases[5].kept_micros = 0;
    series_take(purchases, 8, DAY, &series);
    series_growth(&series, growths);
    assert_true(!growths[0].known && !growths[1].known && growths[2].known && growths[2].ppm == -UNIT);
    series_take(NULL, 0, DAY, &series);
    series_growth(&series, growths);
    assert_false(growths[0].known);
}

static void ppm_rounds_down_and_holds(void **unused)
{
    (void)unused;
    assert_true(series_ppm(1, 3) == 333333 && series_ppm(-1, 3) == -333334 && series_ppm(0, 1) == 0);
    assert_true(series_ppm(INT64_MAX, 1) == SERIES_PPM_MAX && series_ppm(INT64_MIN, 1) == -SERIES_PPM_MAX);
}

// Amounts of any size, as many as count, and days as far apart as they go: the sanitizer finds what overflows.
static void nothing_overflows(void **unused)
{
    (void)unused;
    enum { ALL = SERIES_MAX };
    struct purchase *purchases = calloc(ALL, sizeof *purchases);
    static const int64_t ends[] = {INT64_MAX, INT64_MIN, INT64_MAX};
    for (size_t kind = 0; kind < 3; kind++) {
        for (int32_t i = 0; i < ALL; i++)
            purchases[i] = bought(kind == 2 ? DAY_MIN + i * (DAY_MAX / ALL) : DAY + i / 9000, ends[kind]);
        struct series series;
        struct series_flow flow;
        struct series_rates rates;
        struct series_gaps gaps;
        struct series_season season;
        struct series_growth growths[SERIES_GROWTHS];
        series_take(purchases, ALL, purchases[ALL - 1].day + 1, &series);
        series_flow(&series, 1, 2, &flow);
        assert_int_equal(series_rates(&flow, DAY_MAX, &rates), false); // faded, or below zero
        series_flow(&series, SERIES_HALF_LIFE_MAX - 1, SERIES_HALF_LIFE_MAX, &flow);
        assert_int_equal(series_rates(&flow, series.today, &rates), kind != 1);
        series_gaps(&series, SERIES_NEWEST_MAX, &gaps);
        series_season(&series, &season);
        series_growth(&series, growths);
        (void)series_amount(&series, SERIES_NEWEST_MAX);
        assert_true(series_between(&series, DAY_MIN, DAY_MAX).kept_micros == (kind == 1 ? -INT64_MAX : INT64_MAX));
    }
    free(purchases);
}

int main(int count, char **words)
{
    state = count > 1 ? strtoull(words[1], NULL, 10) : 20260517;
    printf("seed %llu\n", (unsigned long long)state);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_to_come_does_not_count),
        cmocka_unit_test(the_oldest_are_cut_off),
        cmocka_unit_test(sums_equal_plain_sums),
        cmocka_unit_test(amounts),
        cmocka_unit_test(rates_equal_plain_floating_point),
        cmocka_unit_test(rates_by_hand),
        cmocka_unit_test(a_steady_buyer_has_the_ratio_one),
        cmocka_unit_test(gaps_by_hand),
        cmocka_unit_test(gaps_equal_plain_floating_point),
        cmocka_unit_test(seasons),
        cmocka_unit_test(half_of_the_years_make_a_month),
        cmocka_unit_test(a_burst_makes_no_season),
        cmocka_unit_test(a_day_moves_into_season),
        cmocka_unit_test(a_season_is_missed),
        cmocka_unit_test(growth),
        cmocka_unit_test(ppm_rounds_down_and_holds),
        cmocka_unit_test(nothing_overflows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
