#include "services/scoring/series.h"

#include "common/calendar.h"
#include "common/must.h"

#include <string.h>

enum { MILLI = 1000, PPM = 1000000, HALVINGS = 32, SEASON_PAUSE_MONTHS = 3, SUM_SCALE = 1 << 16, SUM_BITS = 94 };

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

// 2^(-2^-i) for i from 1, in parts of 2^64: the weight of a half, a quarter, an eighth of a half-life.
static const uint64_t ROOTS[HALVINGS] = {
    0xb504f333f9de6484ULL, 0xd744fccad69d6af4ULL, 0xeac0c6e7dd24392fULL, 0xf5257d152486cc2cULL, 0xfa83b2db722a033aULL,
    0xfd3e0c0cf486c175ULL, 0xfe9e115c7b8f884cULL, 0xff4ecb59511ec8a5ULL, 0xffa756521c8daed2ULL, 0xffd3a751c0f7e10cULL,
    0xffe9d2b2f7db2756ULL, 0xfff4e91bff1b8c3eULL, 0xfffa747ea0040664ULL, 0xfffd3a3b7814eb54ULL, 0xfffe9d1cc60ddab1ULL,
    0xffff4e8e25879bfaULL, 0xffffa7470363f451ULL, 0xffffd3a37dda0313ULL, 0xffffe9d1bdf703afULL, 0xfffff4e8debe025eULL,
    0xfffffa746f4fa150ULL, 0xfffffd3a37a3f8b0ULL, 0xfffffe9d1bd1065aULL, 0xffffff4e8de845aeULL, 0xffffffa746f41377ULL,
    0xffffffd3a37a05e4ULL, 0xffffffe9d1bd01fcULL, 0xfffffff4e8de80c0ULL, 0xfffffffa746f4051ULL, 0xfffffffd3a37a025ULL,
    0xfffffffe9d1bd011ULL, 0xffffffff4e8de808ULL,
};

// 2^(-rest / half) in parts of WEIGHT_ONE, taken bit by bit; rest < half.
static int64_t part_weight(int64_t rest, int64_t half)
{
    uint64_t bits = ((uint64_t)rest << HALVINGS) / (uint64_t)half;
    uint64_t fraction = UINT64_C(1) << 62;
    for (unsigned i = 0; i < HALVINGS; i++) {
        // Both ways are computed: which bits are set nobody can foretell, and a wrong guess costs more.
        uint64_t taken = (uint64_t)((uint128)fraction * ROOTS[i] >> 64);
        uint64_t mask = 0 - (bits >> (HALVINGS - 1 - i) & 1);
        fraction = (taken & mask) | (fraction & ~mask);
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
    int32_t last = end;
    int64_t purchases[SERIES_MONTHS] = {0}, days[SERIES_MONTHS] = {0}, all = 0;
    int64_t visits[SERIES_SEASON_YEARS_MAX] = {0}, squares = 0;
    for (size_t i = series->count; i > 0; i--) {
        struct date date = day_date(series->purchases[i - 1].day);
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
        days[month] += date.day;
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
