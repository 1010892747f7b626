// The dimension risk.declining: a customer that brings markedly less than it used to, by either of two tests. Pure.
//   window  v[last 90 days] < 50 % of v[the 90 days before], which is above zero; classes A and B only, since small
//           customers swing by as much without meaning anything
//   rates   of the two exponentially weighted rates of series.h (half-lives of 45 and 180 days) the recent one is under
//           50 % of the lasting one; from 90 days after the first purchase, when the two can differ
// Both are T1 and T2 of the scoring definitions. The value is exact; what is announced lags on the way up.
#ifndef TEND_SCORING_DECLINING_H
#define TEND_SCORING_DECLINING_H

#include "services/scoring/reason.h"
#include "services/scoring/series.h"

enum declining_value { DECLINING_UNKNOWN, DECLINING_NO, DECLINING_YES, DECLINING_VALUES };

extern const char *const declining_names[DECLINING_VALUES]; // "", "no", "yes"

struct declining_options {
    int64_t window_days;
    int64_t drop_ppm;    // declining below this share
    int64_t recover_ppm; // announced as recovered from this share on; at least drop_ppm
    int64_t recent_half_days, lasting_half_days;
    int64_t age_days;
};

struct declining_facts {
    struct series series;
    bool key; // class A or B
};

struct declining {
    uint8_t value;
    bool by_window, by_rates;
    int64_t age_days;                      // since the first purchase
    int64_t last_micros, previous_micros;  // of the two windows
    int64_t window_ppm;                    // their ratio; -1: that test does not apply
    int64_t recent_micros, lasting_micros; // the rates, a day
    int64_t rates_ppm;                     // their ratio; -1: that test does not apply (yet)
};

// Unknown when neither test applies: no purchases, or only young ones.
void declining_judge(const struct declining_options *options, const struct declining_facts *facts,
                     struct declining *ret);

// The first day on which the rates will say yes if nothing is bought until then; SERIES_NO_DAY when they say so
// already, or not within ten years.
int32_t declining_crosses(const struct declining_options *options, const struct declining_facts *facts,
                          const struct declining *declining);

// What to announce after `previous` was announced: yes as soon as it is; then no longer yes only once every test that
// applies is at recover_ppm or more.
enum declining_value declining_announce(const struct declining_options *options, const struct declining *declining,
                                        enum declining_value previous);

// Why, with the figures of both tests.
void declining_explain(const struct declining_options *options, const struct declining_facts *facts,
                       const struct declining *declining, struct reason *ret_reason);

#endif
