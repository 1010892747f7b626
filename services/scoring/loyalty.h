// Loyalty (`care.loyalty`): how firmly a customer is ours, 0 to 100 % and 1 to 5: the weighted mean of those of its
// parts that are known. (scoring.md 1.9, a proposal of ours.) Pure.
//
//     frequency  the F of its value.rfm: 1 is 0 %, 5 is 100 %
//     tenure     days since its first purchase, 100 % from full_tenure_days on
//     buying     the probability that it buys within 90 days, as if orders fell at random: 1 - e^(-n), n the orders
//                expected in 90 days (to thousandths)
//     keeping    the share of its sales of the window that was not refunded; unknown if nothing was sold in it
//     rating     what its rep gave it last (cooperation rated): 1 is 0 %, 5 is 100 %; while it is fresh
//
// Unknown for who never bought and was never rated: keeping alone says nothing.
#ifndef TEND_SCORING_LOYALTY_H
#define TEND_SCORING_LOYALTY_H

#include "services/scoring/care.h"
#include "services/scoring/reason.h"

enum { LOYALTY_UNKNOWN, LOYALTY_LEVELS = 5, LOYALTY_VALUES }; // values 1 to 5: fifths of 100 %

extern const char *const loyalty_names[]; // "", "1" to "5"

enum loyalty_part { LOYALTY_FREQUENCY, LOYALTY_TENURE, LOYALTY_BUYING, LOYALTY_KEEPING, LOYALTY_RATING, LOYALTY_PARTS };

struct loyalty_options {
    int64_t frequency_weight, tenure_weight, buying_weight, keeping_weight, rating_weight; // 0: does not count
    int64_t full_tenure_days;
    int64_t rating_days; // how long a rating is fresh
    int64_t margin_ppm;  // past a level's border, before it is announced
};

struct loyalty_facts {
    const struct care_facts *care;
    int64_t today_ms;     // the instant at which the local day began
    int64_t tenure_days;  // since its first purchase; -1: never bought
    int64_t buys_ppm;     // probability of a purchase within 90 days; -1: unknown
    int64_t refunded_ppm; // share of the window's sales that was refunded; -1: nothing was sold in it
    uint8_t frequency;    // F, 1 to 5; 0: none in the window
};

struct loyalty {
    uint8_t value;                   // 1 to 5; LOYALTY_UNKNOWN
    int64_t ppm;                     // 0 to 1,000,000, rounded down; -1: unknown
    int64_t part_ppm[LOYALTY_PARTS]; // -1: unknown
};

// The weighted mean; a part beyond 0 to 100 % is held at its end. full_tenure_days is at least 1.
void loyalty_judge(const struct loyalty_options *options, const struct loyalty_facts *facts,
                   struct loyalty *ret_loyalty);

// What to announce, given what was announced before: a neighbouring level only when it is passed by the margin.
uint8_t loyalty_announce(const struct loyalty_options *options, const struct loyalty *loyalty, uint8_t before);

// The rule and the figures of a result of the same options and facts.
void loyalty_explain(const struct loyalty_options *options, const struct loyalty_facts *facts,
                     const struct loyalty *loyalty, struct reason *ret_reason);

#endif
