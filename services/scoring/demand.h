// The dimension demand.state: which of the eight states of demand a customer is in, after the textbook's list, each
// made exact here. The first that holds is the state. Pure.
//   1 harmful    of harm_orders (3) or more placed in the window, `harm` (50 %) or more of the money was cancelled
//                or refunded, or their margin is known and below zero. First, because more of such orders makes it
//                worse whatever else is true.
//   2 negative   the customer denied us, and has not ordered since. What people say outweighs what figures guess.
//   3 none       the need was lost after the last order and not before the last sign of interest. A sign is an open
//                quote, as of when it was sent; an expected date that has not passed, as of when it was told; or an
//                intention of `intention` (3 of 5) or more, as of when an intention was told last. Each is one only
//                while it holds, and its time counts only then.
//   4 latent     nothing was ever bought, or on too few days to judge (min_days, 3), or the customer is gone (silent
//                for more than gone_days, 365, and three mean gaps): but there is a sign of interest.
//     none       the same without a sign, where nothing was ever bought or the customer is gone.
//     (unknown)  the same without a sign, where it bought lately on too few days.
//   5 falling    a competitor was seen after the last order; or the customer brings less than `fall` (50 %) of what
//                it did: the recent rate against the lasting one, or with a season, when it is over, the year
//                against the year before, or the last season passed without a purchase.
//   6 excessive  by the same comparison it brings `rise` (200 %) or more: more than was planned for.
//   7 irregular  it buys in a season, or the gaps between its purchases vary by `irregular` (70 %) of their mean or
//                more.
//   8 full       none of all this: steady. Keep it so.
// Falling goes before irregular because it asks for action; but a seasonal customer out of season is irregular, not
// falling, for its rates are not compared. The rates are those of series.h with half-lives that fit the customer's own
// rhythm, two mean gaps (at least 45 days) and four times that, or each rare buyer would fall between two orders.
#ifndef TEND_SCORING_DEMAND_H
#define TEND_SCORING_DEMAND_H

#include "services/scoring/reason.h"
#include "services/scoring/series.h"

enum demand_value {
    DEMAND_UNKNOWN,
    DEMAND_NEGATIVE,
    DEMAND_NONE,
    DEMAND_LATENT,
    DEMAND_FALLING,
    DEMAND_IRREGULAR,
    DEMAND_FULL,
    DEMAND_EXCESSIVE,
    DEMAND_HARMFUL,
    DEMAND_VALUES
};

extern const char
    *const demand_names[DEMAND_VALUES]; // "", "negative", "none", "latent", "falling", "irregular", "full", ...

// What decided, for the reason.
enum demand_cause {
    DEMAND_BY_NOTHING,
    DEMAND_BY_RETURNS,
    DEMAND_BY_LOSS,
    DEMAND_BY_DENIAL,
    DEMAND_BY_NEED_LOST,
    DEMAND_BY_INTEREST,
    DEMAND_BY_NO_ORDERS,
    DEMAND_BY_SILENCE,
    DEMAND_BY_FEW_ORDERS,
    DEMAND_BY_RIVAL,
    DEMAND_BY_RATES,
    DEMAND_BY_YEARS,
    DEMAND_BY_MISSED_SEASON,
    DEMAND_BY_SEASON,
    DEMAND_BY_GAPS,
    DEMAND_BY_STEADINESS,
    DEMAND_CAUSES
};

struct demand_options {
    int64_t harm_ppm, harm_orders;
    int64_t intention; // 1 to 5
    int64_t min_days;  // purchase days, 3 or more: two gaps are the least that vary
    int64_t gone_days;
    int64_t age_days; // younger customers' rates are not compared
    int64_t fall_ppm, rise_ppm, irregular_ppm;
};

// Instants are milliseconds since 1970, SERIES_NEVER where there is none.
struct demand_facts {
    struct series series;
    struct series_gaps gaps;                 // of the series, however many of them its quartiles are of
    int64_t denial_ms;                       // since when the lead's temperature is denial, if it is
    int64_t need_lost_ms;                    // the newest word that the need is lost
    int64_t rival_ms;                        // the newest word of a competitor
    int64_t expected_ms;                     // when the lead's expected day was told; counts while that is to come
    int64_t intention_ms;                    // when its intention was told last; counts while that is high enough
    int32_t expected_day;                    // the lead's, SERIES_NO_DAY: none
    uint8_t intention;                       // 1 to 5; 0: not known
    int64_t quote_ms;                        // when the newest quote that is still open was sent
    uint32_t placed;                         // orders of the window, cancelled ones too
    int64_t ordered_micros, returned_micros; // their totals; of these cancelled or refunded
    int64_t margin_micros;                   // in the window
    bool margin_known;
};

struct demand {
    uint8_t value;
    uint8_t cause;        // enum demand_cause
    bool interest;        // a sign of interest holds
    bool seasonal;        // and the rates are not compared
    int64_t ratio_ppm;    // rates, or with a season the year against the one before; -1: not known
    int64_t returned_ppm; // share of what was ordered; 0 where nothing was
    int64_t silent_days;  // since the last purchase; -1 without any
    uint32_t gap_count;
    int64_t mean_gap_milli, cv_ppm;
};

// The first state that holds, as above.
void demand_judge(const struct demand_options *options, const struct demand_facts *facts, struct demand *ret);

// Why: the cause and what it was decided by.
void demand_explain(const struct demand_options *options, const struct demand_facts *facts, const struct demand *demand,
                    struct reason *ret_reason);

#endif
