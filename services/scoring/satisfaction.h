// Satisfaction (`care.satisfaction`): how content a customer is, by the surveys it answered. Pure.
//
//     score = (m * C + sum of w * r) / (m + sum of w) - penalties, held within 1 to 5
//     w = 2^(-age / 180 days), r the answers, C the mean of all customers, m how many answers C is worth
//
// Ages are those at the start of the local day. What happened later counts in full, and older things of its kind
// (answers; resolved complaints; broken promises) are as old as they were when the newest of them happened. C is the
// mean of the newest marks at the last daily round.
//
// (scoring.md 1.9, a proposal of ours; the smoothing is a Bayesian mean.) Penalties: for each complaint, in full while
// it is open and fading after it is resolved; for each broken promise, fading; for the share of sales that was
// refunded.
//
// The zone is what the newest answer says while it is fresh, one zone for each mark: a 5 is not a 4, since those who
// gave Xerox a 5 were six times as likely to buy again as those who gave a 4. An answer that is no longer fresh gives
// way to the score, rounded to the nearest mark (halves up).
#ifndef TEND_SCORING_SATISFACTION_H
#define TEND_SCORING_SATISFACTION_H

#include "services/scoring/care.h"
#include "services/scoring/reason.h"

enum satisfaction_value {
    SATISFACTION_UNKNOWN, // never answered
    SATISFACTION_ALARM,   // a 1: tells others, and must be won back the same day
    SATISFACTION_LEAVING,
    SATISFACTION_INDIFFERENT,
    SATISFACTION_CONTENT,
    SATISFACTION_DELIGHTED,
    SATISFACTION_VALUES
};

extern const char *const satisfaction_names[];

struct satisfaction_options {
    int64_t prior_weight;                          // m
    int64_t prior_micros;                          // C while too few customers have answered
    int64_t fresh_days;                            // how long the newest answer is the zone
    int64_t margin_micros;                         // of a border that was passed, before it is announced
    int64_t trend_micros;                          // off the mean before it is a trend
    int64_t complaint_micros, promise_micros;      // penalty for each
    int64_t refund_micros;                         // penalty when all was refunded
    int64_t penalty_max_micros;                    // of all of them
    int64_t goal_a, goal_b;                        // the least mark that is good enough
    int64_t ask_days_a, ask_days_b, ask_days_c;    // from one answer to the next question
    int64_t ask_purchase_days, ask_complaint_days; // after these; 0, as of those above: never
    int64_t retention_1, retention_2, retention_3, retention_4, retention_5; // ppm, by mark
};

struct satisfaction_facts {
    const struct care_facts *care;
    int64_t today_ms;     // the instant at which the local day began
    int64_t mean_micros;  // C, as the book (book.h) has it from satisfaction_pool_mean; 0: unknown
    int64_t refunded_ppm; // share of the window's sales that was refunded
    int64_t bought_ms;    // its first purchase; 0: none. Deliveries are not used
    uint8_t abc;          // 1 A, 2 B, 3 C, 0 unknown
};

struct satisfaction {
    uint8_t value;          // enum satisfaction_value
    uint8_t zone;           // the same by the score alone
    int8_t trend;           // of the newest answer: -1 falling, 1 rising, 0 neither or no second answer
    int8_t gap;             // mark less expectation, -4 to 4
    bool gap_known;         // an expectation was given
    bool fresh;             // the newest answer is the zone
    bool alarm;             // fresh, and a 1: recovery on the same day
    bool follow_up;         // fresh, no alarm, and a 2 or less than the goal of class A or B (a 4 of an A customer)
    bool goal_known;        // there is a fresh answer, and for C one before it or a 5
    bool goal_met;          // A and B: the mark; C: rising, or nothing left to rise to
    bool ask;               // a survey is due
    int64_t ask_ms;         // since when or from when on; INT64_MAX: none is planned
    int64_t score_micros;   // 1 to 5; 0 when unknown, and so are the next four
    int64_t plain_micros;   // before penalties
    int64_t penalty_micros; // as demanded, at most penalty_max
    int64_t before_micros;  // weighted mean of the answers before the newest, at its time; 0: none
    int64_t retention_ppm;  // expected: the table, straight lines between marks, at the score
};

// The score, the zone and what follows from them. Any facts will do; penalties are at least 0.
void satisfaction_judge(const struct satisfaction_options *options, const struct satisfaction_facts *facts,
                        struct satisfaction *ret_satisfaction);

// What to announce, given what was announced before: the value, but not a neighbouring zone that the score alone has
// only just reached.
uint8_t satisfaction_announce(const struct satisfaction_options *options, const struct satisfaction *satisfaction,
                              uint8_t before);

// The rule and the figures of a result of the same options and facts.
void satisfaction_explain(const struct satisfaction_options *options, const struct satisfaction_facts *facts,
                          const struct satisfaction *satisfaction, struct reason *ret_reason);

// The newest marks of all customers, for their mean. All bytes zero: none.
struct satisfaction_pool {
    uint64_t customers, sum;
};

// A customer's newest mark was `before` and is `now`; 0: none. In any order.
void satisfaction_pool_move(struct satisfaction_pool *pool, uint8_t before, uint8_t now);

// Their mean in micros, rounded half up; 0 with fewer than SATISFACTION_POOL_LEAST customers, whose mean says nothing.
enum { SATISFACTION_POOL_LEAST = 10 };
int64_t satisfaction_pool_mean(const struct satisfaction_pool *pool);

#endif
