// A series: one customer's purchases up to today, and what can be read off their days and amounts: sums, rates, gaps,
// season, growth. Pure. It copies nothing and allocates nothing; the purchases are the caller's and outlive it. The
// same purchases give the same figures on every machine: there is no floating point here.
#ifndef TEND_SCORING_SERIES_H
#define TEND_SCORING_SERIES_H

#include "common/money.h"
#include "services/scoring/trail.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SERIES_MAX = 32768,          // newest purchases that count: 45 a day for two years, and a bounded judgement
    SERIES_HALF_LIFE_MAX = 3660, // days: ten years are more than any memory of ours
    SERIES_NEWEST_MAX = 64,      // of the newest gaps or amounts, sorted on the stack
    SERIES_GAP_DAYS_MAX = 36525, // a gap longer than a century counts as one
    SERIES_MONTHS = 12,
    SERIES_SEASON_YEARS_MIN = 2, // one year cannot tell a season from a coincidence
    SERIES_SEASON_YEARS_MAX = 5, // older habits say little
    SERIES_SEASON_VISITS = 3,    // with fewer months bought in there is nothing to compare
    SERIES_GROWTHS = 3,          // the last years, each against the one before
    SERIES_YEAR_DAYS = 365,
    SERIES_PPM_MAX = 1000000000, // a ratio beyond a thousandfold is said as that
};

#define SERIES_NO_DAY INT32_MIN
#define SERIES_NEVER INT64_MIN // an instant that never was

struct series {
    const struct purchase *purchases; // oldest first; their days never go back
    size_t count;
    int32_t today;
    int32_t first_day; // of the customer's first purchase, counted or not; SERIES_NO_DAY without any
    int32_t since;     // from this day on every purchase counts: first_day unless SERIES_MAX cut older ones off
};

// part / whole in parts per million, rounded down and held within SERIES_PPM_MAX either way; whole > 0.
int64_t series_ppm(int128 part, int128 whole);

// The newest SERIES_MAX of the purchases (oldest first) whose day is `today` or earlier. `today` lies in DAY_MIN to
// DAY_MAX.
void series_take(const struct purchase *purchases, size_t count, int32_t today, struct series *ret_series);

// The instant and the day of the last purchase; SERIES_NEVER and SERIES_NO_DAY without any.
int64_t series_last_ms(const struct series *series);
int32_t series_last_day(const struct series *series);

struct series_sum {
    int64_t kept_micros; // held inside int64
    uint32_t orders;
};

// What the purchases of the days `from` to `to`, both included, brought, and how many they are.
struct series_sum series_between(const struct series *series, int64_t from, int64_t to);

// The median of what the newest purchases that brought anything brought, micros; 0 without any. newest 1 to
// SERIES_NEWEST_MAX. Between two middle ones: their mean.
int64_t series_amount(const struct series *series, size_t newest);

// Two exponentially weighted sums, folded up to the last purchase: S_h = sum of amount * 2^(-age / h). Weights are
// fixed-point powers of two; between purchases a sum is multiplied by one weight, so looking ahead through a silence
// takes the very steps that the judgement of that later day will take.
struct series_flow {
    int128 recent, lasting; // micros * 2^16
    int32_t recent_half_days, lasting_half_days;
    int32_t first_day, last_day; // of the purchases that count
};

// recent_half_days < lasting_half_days, both 1 to SERIES_HALF_LIFE_MAX.
void series_flow(const struct series *series, int64_t recent_half_days, int64_t lasting_half_days,
                 struct series_flow *ret_flow);

struct series_rates {
    int64_t recent_micros, lasting_micros; // a day
    int64_t ratio_ppm;                     // recent / lasting, rounded down, 0 to SERIES_PPM_MAX
};

// The rates as they are on `day` if nothing is bought between the last purchase and then: rate = S_h * ln 2 / h /
// (1 - 2^(-life / h)), life in days from the first purchase (T2 of the scoring definitions; the last factor is what a
// steady buyer of that life would lack). Through a silence the ratio only falls. False on the first day of life, before
// the last purchase, and when the lasting sum is not above zero.
bool series_rates(const struct series_flow *flow, int64_t day, struct series_rates *ret_rates);

// The days between one purchase day and the next. Several purchases of a day are one.
struct series_gaps {
    uint32_t count;
    int64_t mean_milli; // thousandths of a day; 0 without gaps
    int64_t cv_ppm; // sample standard deviation / mean; 0 below two gaps. 0 is clockwork, a million pure chance: for
                    // gamma-distributed gaps the regularity k is 1 / cv^2
    int64_t median_milli, low_milli, high_milli; // of the newest gaps: median and quartiles, linear between two gaps
};

// `newest` 1 to SERIES_NEWEST_MAX.
void series_gaps(const struct series *series, size_t newest, struct series_gaps *ret_gaps);

// When in the year the customer buys, over two to five whole years counted from its first month, the newest that end
// before this month and within a year of the last purchase. A month counts once a year, however often was bought in it,
// so a burst makes no season. Whether the same months return more often than chance would have it is told by Cochran's
// Q (1950), months as treatments and years as blocks: with C visits of a month and R of a year, N in all, Q = 11 (12
// sum C^2 - N^2) / (12 N - sum R^2), above 19.675 once in twenty by chance. And a season needs a pause: three months of
// silence or more, longer than an even rhythm would leave.
struct series_season {
    bool known;                       // two years and SERIES_SEASON_VISITS at least
    bool seasonal;                    // in season in some months, with a pause between, beyond chance
    uint32_t years;                   // that are looked at
    uint32_t visits;                  // months bought in, of years * 12
    int64_t strength_milli;           // Cochran's Q of the months over the years, thousandths
    uint32_t visited[SERIES_MONTHS];  // by month, January first: in how many of the years
    int64_t share_ppm[SERIES_MONTHS]; // of all purchases of the years; 83,333 would be even
    int32_t middle[SERIES_MONTHS];    // mean day of the month of its purchases; 0 without any
    bool in[SERIES_MONTHS];           // in season: bought in at least half of the years
};

// Looks for a season, by Cochran's Q over the whole years.
void series_season(const struct series *series, struct series_season *ret_season);

// `day` itself when its month is in season, else the usual day in the next month that is. The season is seasonal.
int32_t series_season_move(const struct series_season *season, int32_t day);

// True when the last season is over (this month is out of season) and nothing was bought in or after it.
bool series_season_missed(const struct series_season *season, const struct series *series);

struct series_growth {
    bool known;  // all of both years counts, and the earlier one brought something
    int64_t ppm; // (year - year before) / year before, rounded down, to at most SERIES_PPM_MAX
};

// [0] the 365 days up to today against the 365 before, [1] those against the 365 before them, and so on.
void series_growth(const struct series *series, struct series_growth ret_growths[SERIES_GROWTHS]);

#endif
