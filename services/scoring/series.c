#include "services/scoring/series.h"

#include "common/calendar.h"
#include "common/must.h"

#include <string.h>

enum {
    MILLI = 1000,
    PPM = 1000000,
    HALVINGS = 32,
    DIGIT_BITS = 4,
    SEASON_PAUSE_MONTHS = 3,
    SUM_SCALE = 1 << 16,
    SUM_BITS = 94
};

// A weight is a fraction of this. Sums stay below 2^94 (2^63 times SERIES_MAX times SUM_SCALE), so that their product
// with a weight does not overflow.
#define WEIGHT_ONE (INT64_C(1) << 32)
#define WEIGHT_LN2 INT64_C(2977044472)

// Beyond chance at one in twenty: the upper five per cent of chi-square with eleven degrees of freedom, 19.675.
#define SEASON_STRENGTH_MILLI 19675

__extension__ typedef unsigned __int128 uint128;

static int128 divide_down(int128 part, int128 whole)
{
    int128 quotient = part / whole;
    return part % whole < 0 ? quotient - 1 : quotient;
}

static int64_t hold(int128 value, int64_t most)
{
    return value > most ? most : value < -(int128)most ? -most : (int64_t)value;
}

int64_t series_ppm(int128 part, int128 whole)
{
    must(whole > 0);
    return hold(divide_down(part * PPM, whole), SERIES_PPM_MAX);
}

// How many of the purchases are of `day` or earlier.
static size_t up_to(const struct purchase *purchases, size_t count, int64_t day)
{
    size_t low = 0;
    while (low < count) {
        size_t middle = low + (count - low) / 2;
        if (purchases[middle].day <= day)
            low = middle + 1;
        else
            count = middle;
    }
    return low;
}

void series_take(const struct purchase *purchases, size_t count, int32_t today, struct series *ret_series)
{
    must(today >= DAY_MIN && today <= DAY_MAX);
    size_t past = up_to(purchases, count, today);
    size_t skipped = past > SERIES_MAX ? past - SERIES_MAX : 0;
    *ret_series = (struct series){
        .purchases = past > 0 ? purchases + skipped : NULL,
        .count = past - skipped,
        .today = today,
        .first_day = past > 0 ? purchases[0].day : SERIES_NO_DAY,
        .since = past > 0 ? purchases[0].day : SERIES_NO_DAY,
    };
    if (skipped > 0)
        ret_series->since = purchases[skipped].day + (purchases[skipped - 1].day == purchases[skipped].day);
}

int64_t series_last_ms(const struct series *series)
{
    return series->count > 0 ? series->purchases[series->count - 1].time_ms : SERIES_NEVER;
}

int32_t series_last_day(const struct series *series)
{
    return series->count > 0 ? series->purchases[series->count - 1].day : SERIES_NO_DAY;
}

struct series_sum series_between(const struct series *series, int64_t from, int64_t to)
{
    size_t begin = up_to(series->purchases, series->count, from - 1);
    size_t end = up_to(series->purchases, series->count, to);
    int128 sum = 0;
    for (size_t i = begin; i < end; i++)
        sum += series->purchases[i].kept_micros;
    return (struct series_sum){.kept_micros = hold(sum, INT64_MAX),
                               .orders = end > begin ? (uint32_t)(end - begin) : 0};
}

// Puts a value into its place among those below it.
static void insert(int64_t *sorted, size_t count, int64_t value)
{
    while (count > 0 && sorted[count - 1] > value) {
        sorted[count] = sorted[count - 1];
        count--;
    }
    sorted[count] = value;
}

int64_t series_amount(const struct series *series, size_t newest)
{
    must(newest >= 1 && newest <= SERIES_NEWEST_MAX);
    int64_t sorted[SERIES_NEWEST_MAX];
    size_t count = 0;
    for (size_t i = series->count; i > 0 && count < newest; i--)
        if (series->purchases[i - 1].kept_micros > 0)
            insert(sorted, count++, series->purchases[i - 1].kept_micros);
    if (count == 0)
        return 0;
    int64_t low = sorted[(count - 1) / 2], high = sorted[count / 2];
    return low + (high - low) / 2;
}

// 2^(-j / 16^i) for i from 1 and j from 0, in parts of 2^63: the weight of each sixteenth of a half-life, of each
// sixteenth of that, and so on.
static const uint64_t POWERS[HALVINGS / DIGIT_BITS][1 << DIGIT_BITS] = {
    {0x8000000000000000ULL, 0x7a92be8a92436616ULL, 0x75606373ee921c97ULL, 0x70666f76154a7089ULL, 0x6ba27e656b4eb57aULL,
     0x6712460a8fc24072ULL, 0x62b39508aa836d6fULL, 0x5e8451cfac061b5fULL, 0x5a827999fcef3242ULL, 0x56ac1f752150a563ULL,
     0x52ff6b54d8a89c75ULL, 0x4f7a993048d088d7ULL, 0x4c1bf828c6dc54b8ULL, 0x48e1e9b9d588e19bULL, 0x45cae0f1f545eb73ULL,
     0x42d561b3e6243d8aULL},
    {0x8000000000000000ULL, 0x7fa765aca88f6453ULL, 0x7f4f08ae3dc7c426ULL, 0x7ef6e8da4b544f9aULL, 0x7e9f06067a4360baULL,
     0x7e47600890f223deULL, 0x7deff6b672f84e24ULL, 0x7d98c9e62113e1faULL, 0x7d41d96db915019dULL, 0x7ceb252375c9cf9bULL,
     0x7c94acddaeea5d3aULL, 0x7c3e7072d904a6ceULL, 0x7be86fb985689ddcULL, 0x7b92aa886214411cULL, 0x7b3d20b6399fc237ULL,
     0x7ae7d219f329b948ULL},
    {0x8000000000000000ULL, 0x7ffa748dff8dc61fULL, 0x7ff4e9597bed93abULL, 0x7fef5e6272758c21ULL, 0x7fe9d3a8e07bf086ULL,
     0x7fe4492cc3571f68ULL, 0x7fdebeee185d94ddULL, 0x7fd934ecdce5ea7dULL, 0x7fd3ab290e46d769ULL, 0x7fce21a2a9d73041ULL,
     0x7fc89859acede72aULL, 0x7fc30f4e14e20bc6ULL, 0x7fbd867fdf0acb3bULL, 0x7fb7fdef08bf7027ULL, 0x7fb2759b8f5762aaULL,
     0x7faced85702a285dULL},
    {0x8000000000000000ULL, 0x7fffa74712c3cdfdULL, 0x7fff4e8e6306ed59ULL, 0x7ffef5d5f0c93372ULL, 0x7ffe9d1dbc0a75aaULL,
     0x7ffe4465c4ca895fULL, 0x7ffdebae0b0943f2ULL, 0x7ffd92f68ec67ac3ULL, 0x7ffd3a3f50020332ULL, 0x7ffce1884ebbb29fULL,
     0x7ffc88d18af35e6bULL, 0x7ffc301b04a8dbf6ULL, 0x7ffbd764bbdc00a2ULL, 0x7ffb7eaeb08ca1cdULL, 0x7ffb25f8e2ba94dbULL,
     0x7ffacd435265af2bULL},
    {0x8000000000000000ULL, 0x7ffffa746f5f012fULL, 0x7ffff4e8defb81d7ULL, 0x7fffef5d4ed581f7ULL, 0x7fffe9d1beed018aULL,
     0x7fffe4462f42008eULL, 0x7fffdeba9fd47f01ULL, 0x7fffd92f10a47ce0ULL, 0x7fffd3a381b1fa29ULL, 0x7fffce17f2fcf6d8ULL,
     0x7fffc88c648572ebULL, 0x7fffc300d64b6e5fULL, 0x7fffbd75484ee933ULL, 0x7fffb7e9ba8fe362ULL, 0x7fffb25e2d0e5ceaULL,
     0x7fffacd29fca55caULL},
    {0x8000000000000000ULL, 0x7fffffa746f422d7ULL, 0x7fffff4e8de8832dULL, 0x7ffffef5d4dd2103ULL, 0x7ffffe9d1bd1fc58ULL,
     0x7ffffe4462c7152dULL, 0x7ffffdeba9bc6b81ULL, 0x7ffffd92f0b1ff55ULL, 0x7ffffd3a37a7d0a8ULL, 0x7ffffce17e9ddf7bULL,
     0x7ffffc88c5942bcdULL, 0x7ffffc300c8ab59fULL, 0x7ffffbd753817cf0ULL, 0x7ffffb7e9a7881c0ULL, 0x7ffffb25e16fc410ULL,
     0x7ffffacd286743e0ULL},
    {0x8000000000000000ULL, 0x7ffffffa746f4060ULL, 0x7ffffff4e8de80feULL, 0x7fffffef5d4dc1d9ULL, 0x7fffffe9d1bd02f2ULL,
     0x7fffffe4462c4448ULL, 0x7fffffdeba9b85dcULL, 0x7fffffd92f0ac7adULL, 0x7fffffd3a37a09bbULL, 0x7fffffce17e94c08ULL,
     0x7fffffc88c588e91ULL, 0x7fffffc300c7d159ULL, 0x7fffffbd7537145dULL, 0x7fffffb7e9a6579fULL, 0x7fffffb25e159b1fULL,
     0x7fffffacd284dedcULL},
    {0x8000000000000000ULL, 0x7fffffffa746f404ULL, 0x7fffffff4e8de809ULL, 0x7ffffffef5d4dc0dULL, 0x7ffffffe9d1bd012ULL,
     0x7ffffffe4462c417ULL, 0x7ffffffdeba9b81dULL, 0x7ffffffd92f0ac23ULL, 0x7ffffffd3a37a028ULL, 0x7ffffffce17e942fULL,
     0x7ffffffc88c58835ULL, 0x7ffffffc300c7c3cULL, 0x7ffffffbd7537042ULL, 0x7ffffffb7e9a6449ULL, 0x7ffffffb25e15851ULL,
     0x7ffffffacd284c58ULL},
};

// 2^(-rest / half) in parts of WEIGHT_ONE, taken digit by digit; rest < half.
static int64_t part_weight(int64_t rest, int64_t half)
{
    uint64_t bits = ((uint64_t)rest << HALVINGS) / (uint64_t)half;
    uint64_t fraction = UINT64_C(1) << 62;
    for (unsigned i = 0; i < HALVINGS / DIGIT_BITS; i++) {
        uint64_t digit = bits >> (HALVINGS - (i + 1) * DIGIT_BITS) & ((1 << DIGIT_BITS) - 1);
        fraction = (uint64_t)((uint128)fraction * POWERS[i][digit] >> 63);
    }
    return (int64_t)(fraction >> 30);
}

// The sum after some days: whole halvings are a shift, which keeps the precision of the rest.
static int128 fade(int128 sum, int64_t days, int64_t half)
{
    int64_t whole = days / half;
    if (days == 0 || whole >= SUM_BITS)
        return days == 0 ? sum : 0;
    uint128 size = (uint128)(sum < 0 ? -sum : sum) * (uint64_t)part_weight(days % half, half) >> (HALVINGS + whole);
    return sum < 0 ? -(int128)size : (int128)size;
}

void series_flow(const struct series *series, int64_t recent_half_days, int64_t lasting_half_days,
                 struct series_flow *ret_flow)
{
    must(recent_half_days >= 1 && recent_half_days < lasting_half_days && lasting_half_days <= SERIES_HALF_LIFE_MAX);
    *ret_flow = (struct series_flow){.recent_half_days = (int32_t)recent_half_days,
                                     .lasting_half_days = (int32_t)lasting_half_days,
                                     .first_day = SERIES_NO_DAY,
                                     .last_day = SERIES_NO_DAY};
    if (series->count == 0)
        return;
    ret_flow->first_day = series->purchases[0].day;
    ret_flow->last_day = ret_flow->first_day;
    for (size_t i = 0; i < series->count; i++) {
        const struct purchase *purchase = &series->purchases[i];
        int64_t days = (int64_t)purchase->day - ret_flow->last_day;
        int128 amount = (int128)purchase->kept_micros * SUM_SCALE;
        ret_flow->recent = fade(ret_flow->recent, days, recent_half_days) + amount;
        ret_flow->lasting = fade(ret_flow->lasting, days, lasting_half_days) + amount;
        ret_flow->last_day = purchase->day;
    }
}

// A sum on a later day, divided by what a steady buyer of that life has of it, in micros.
static int128 level(int128 sum, int64_t silence, int64_t life, int64_t half)
{
    int128 has = WEIGHT_ONE - fade(WEIGHT_ONE, life, half);
    must(has > 0);
    return fade(sum, silence, half) * (WEIGHT_ONE / SUM_SCALE) / has;
}

bool series_rates(const struct series_flow *flow, int64_t day, struct series_rates *ret_rates)
{
    if (flow->first_day == SERIES_NO_DAY || day < flow->last_day || day <= flow->first_day)
        return false;
    int64_t silence = day - flow->last_day, life = day - flow->first_day;
    int128 recent = level(flow->recent, silence, life, flow->recent_half_days);
    int128 lasting = level(flow->lasting, silence, life, flow->lasting_half_days);
    if (lasting <= 0)
        return false;
    int64_t ratio = series_ppm(recent * flow->lasting_half_days, lasting * flow->recent_half_days);
    *ret_rates = (struct series_rates){
        .recent_micros = hold(recent * WEIGHT_LN2 / WEIGHT_ONE / flow->recent_half_days, INT64_MAX),
        .lasting_micros = hold(lasting * WEIGHT_LN2 / WEIGHT_ONE / flow->lasting_half_days, INT64_MAX),
        .ratio_ppm = ratio > 0 ? ratio : 0,
    };
    return true;
}

static uint128 root(uint128 square)
{
    uint128 found = 0;
    for (uint128 bit = (uint128)1 << 126; bit > 0; bit >>= 2) {
        bool fits = square >= found + bit;
        if (fits)
            square -= found + bit;
        found = (found >> 1) + (fits ? bit : 0);
    }
    return found;
}

// Sample standard deviation / mean of n gaps with these sums, parts per million.
static int64_t variation(int64_t n, int64_t sum, int64_t squares)
{
    if (n < 2)
        return 0;
    uint128 spread = (uint128)((int128)n * squares - (int128)sum * sum); // n^2 times the population's variance
    uint128 scaled = spread * (uint64_t)n * (uint64_t)PPM * (uint64_t)PPM / (uint64_t)(n - 1);
    return (int64_t)(root(scaled) / (uint64_t)sum);
}

// The value `quarter` quarters of the way up the sorted gaps, in thousandths of a day.
static int64_t quartile(const int64_t *sorted, size_t count, size_t quarter)
{
    size_t place = (count - 1) * quarter / 4, rest = (count - 1) * quarter % 4;
    int64_t next = rest > 0 ? sorted[place + 1] : sorted[place];
    return sorted[place] * MILLI + (next - sorted[place]) * (int64_t)rest * (MILLI / 4);
}

void series_gaps(const struct series *series, size_t newest, struct series_gaps *ret_gaps)
{
    must(newest >= 1 && newest <= SERIES_NEWEST_MAX);
    int64_t sorted[SERIES_NEWEST_MAX], sum = 0, squares = 0;
    uint32_t count = 0;
    for (size_t i = series->count; i > 1; i--) {
        int64_t gap = (int64_t)series->purchases[i - 1].day - series->purchases[i - 2].day;
        if (gap == 0)
            continue;
        if (gap > SERIES_GAP_DAYS_MAX)
            gap = SERIES_GAP_DAYS_MAX;
        if (count < newest)
            insert(sorted, count, gap);
        count++;
        sum += gap;
        squares += gap * gap;
    }
    *ret_gaps = (struct series_gaps){.count = count};
    if (count == 0)
        return;
    size_t kept = count < newest ? count : newest;
    ret_gaps->mean_milli = sum * MILLI / count;
    ret_gaps->cv_ppm = variation(count, sum, squares);
    ret_gaps->low_milli = quartile(sorted, kept, 1);
    ret_gaps->median_milli = quartile(sorted, kept, 2);
    ret_gaps->high_milli = quartile(sorted, kept, 3);
}

// Months since the year 0.
static int32_t month_of(int32_t day)
{
    struct date date = day_date(day);
    return date.year * SERIES_MONTHS + date.month - 1;
}

// The whole years that are looked at, counted from the first month of which every purchase counts, so that a season
// is not cut in two; they end before this month, and a silence of more than a year is no part of them, for it says
// nothing about the season. Returns the month that they end before.
static int32_t season_end(const struct series *series, uint32_t *ret_years)
{
    *ret_years = 0;
    if (series->count == 0)
        return 0;
    int32_t from = month_of(series->since) + (series->since != series->first_day), end = month_of(series->today);
    if (end > month_of(series_last_day(series)) + SERIES_MONTHS)
        end = month_of(series_last_day(series)) + SERIES_MONTHS;
    int32_t years = (end - from) / SERIES_MONTHS;
    if (years >= SERIES_SEASON_YEARS_MIN)
        *ret_years = years > SERIES_SEASON_YEARS_MAX ? SERIES_SEASON_YEARS_MAX : (uint32_t)years;
    return from + years * SERIES_MONTHS;
}

// Fills what is counted: newest first, so that the purchases of a month follow one another. Returns the sum of the
// squares of the visits by year.
static int64_t count_months(const struct series *series, int32_t end, struct series_season *season)
{
    int32_t last = end, month_first = INT32_MAX; // first day of the month that `date` is of
    struct date date = {0};
    int64_t purchases[SERIES_MONTHS] = {0}, days[SERIES_MONTHS] = {0}, all = 0;
    int64_t visits[SERIES_SEASON_YEARS_MAX] = {0}, squares = 0;
    for (size_t i = series->count; i > 0; i--) {
        int32_t day = series->purchases[i - 1].day;
        if (day < month_first) {
            date = day_date(day);
            month_first = day - date.day + 1;
        }
        int32_t number = date.year * SERIES_MONTHS + date.month - 1, month = date.month - 1;
        int32_t year = (end - 1 - number) / SERIES_MONTHS; // 0 for the newest
        if (number >= end)
            continue;
        if (year >= (int32_t)season->years)
            break;
        if (number != last) {
            season->visited[month]++;
            season->visits++;
            visits[year]++;
        }
        last = number;
        purchases[month]++;
        days[month] += day - month_first + 1;
        all++;
    }
    for (size_t month = 0; month < SERIES_MONTHS; month++)
        if (purchases[month] > 0) {
            season->share_ppm[month] = series_ppm(purchases[month], all);
            season->middle[month] = (int32_t)(days[month] / purchases[month]);
        }
    for (size_t year = 0; year < season->years; year++)
        squares += visits[year] * visits[year];
    return squares;
}

// True when months are in season with a pause between them that an even rhythm would not leave: whoever buys each
// quarter has a rhythm, no season.
static bool has_pause(const bool in[SERIES_MONTHS])
{
    int32_t months = 0, pause = 0, longest = 0;
    for (int32_t i = 0; i < 2 * SERIES_MONTHS; i++) { // twice round, so that a pause over New Year is seen whole
        pause++;
        if (!in[i % SERIES_MONTHS])
            continue;
        months += i < SERIES_MONTHS;
        if (i >= SERIES_MONTHS && pause > longest)
            longest = pause;
        pause = 0;
    }
    int32_t even = months > 0 ? (SERIES_MONTHS + months - 1) / months : 0;
    return months == 1 || (months > 1 && longest > even && longest > SEASON_PAUSE_MONTHS);
}

void series_season(const struct series *series, struct series_season *ret_season)
{
    *ret_season = (struct series_season){0};
    int32_t end = season_end(series, &ret_season->years);
    if (ret_season->years == 0)
        return;
    int64_t year_squares = count_months(series, end, ret_season);
    ret_season->known = ret_season->visits >= SERIES_SEASON_VISITS;
    if (!ret_season->known)
        return;
    int64_t squares = 0;
    for (size_t month = 0; month < SERIES_MONTHS; month++) {
        squares += (int64_t)ret_season->visited[month] * ret_season->visited[month];
        ret_season->in[month] = ret_season->visited[month] * 2 >= ret_season->years;
    }
    int64_t visits = ret_season->visits, rest = SERIES_MONTHS * visits - year_squares; // 0: every month of every year
    if (rest > 0)
        ret_season->strength_milli = MILLI * (SERIES_MONTHS - 1) * (SERIES_MONTHS * squares - visits * visits) / rest;
    ret_season->seasonal = has_pause(ret_season->in) && ret_season->strength_milli > SEASON_STRENGTH_MILLI;
}

int32_t series_season_move(const struct series_season *season, int32_t day)
{
    must(season->seasonal);
    struct date date = day_date(day);
    if (season->in[date.month - 1])
        return day;
    do {
        date.year += date.month == SERIES_MONTHS;
        date.month = date.month % SERIES_MONTHS + 1;
    } while (!season->in[date.month - 1]);
    int32_t most = month_days(date.year, date.month), usual = season->middle[date.month - 1];
    date.day = usual < most ? usual : most;
    return day_from_date(date);
}

bool series_season_missed(const struct series_season *season, const struct series *series)
{
    must(season->seasonal);
    int32_t month = month_of(series->today);
    if (season->in[month % SERIES_MONTHS])
        return false;
    while (!season->in[(month - 1) % SERIES_MONTHS])
        month--;
    while (season->in[(month - 1) % SERIES_MONTHS])
        month--;
    return series->count == 0 || month_of(series_last_day(series)) < month;
}

void series_growth(const struct series *series, struct series_growth ret_growths[SERIES_GROWTHS])
{
    memset(ret_growths, 0, SERIES_GROWTHS * sizeof *ret_growths);
    if (series->count == 0)
        return;
    int64_t end = series->today;
    int64_t year = series_between(series, end - SERIES_YEAR_DAYS + 1, end).kept_micros;
    for (size_t i = 0; i < SERIES_GROWTHS; i++) {
        end -= SERIES_YEAR_DAYS;
        int64_t before = series_between(series, end - SERIES_YEAR_DAYS + 1, end).kept_micros;
        if (series->since > end - SERIES_YEAR_DAYS + 1)
            return;
        if (before > 0)
            ret_growths[i] = (struct series_growth){true, series_ppm((int128)year - before, before)};
        year = before;
    }
}
