// The brief: what the scheduler is told of one customer beside the changes, as plain figures: what it bought, what is
// expected of it, what holds in the dimensions that reminders are planned by, when it is to be asked how content it
// is, how long its stage may last, what its file lacks. Pure.
//
// A brief is said again when it differs from the one said last (brief_hash).
#ifndef TEND_SCORING_BRIEF_H
#define TEND_SCORING_BRIEF_H

#include "services/scoring/assess.h"

enum {
    BRIEF_STANDINGS = 11, // dimensions that reminders are planned by, beside class, overdue and drop
    BRIEF_ORDERS = 3,     // the last ones, that a rep speaks of
};

// The dimensions of `standings`, in the order in which they are told.
extern const enum dimension brief_dimensions[BRIEF_STANDINGS];

#define BRIEF_NO_DAY INT32_MIN

// Everything is as of the local day of the judgement. Days are days since 1970, BRIEF_NO_DAY where there is none.
struct brief {
    int64_t net_micros; // in the window, of the measure
    int64_t last_ms;    // the last order, LEDGER_NEVER
    int64_t last_micros;
    int64_t expected_micros; // of the order expected on expected_day; 0: not known
    int64_t survey_ms;       // since when or from when on a survey is due; INT64_MAX: none is planned
    int64_t future_micros;   // expected of the next 12 months
    uint64_t missing;        // of the file: 1 << place in the list of its class
    int32_t first_day;       // of the first order
    int32_t expected_day;
    int32_t stage_limit_day; // the first one on which the lead has stood in its stage for too long
    int32_t file_by_day;
    int32_t face_until_day; // the last one of a person's decision about value.face
    uint32_t orders;        // in the window
    uint32_t mean_gap_milli;
    uint32_t orders_ever; // cancelled ones apart
    uint32_t file_ppm, file_target_ppm;
    uint8_t file_class; // as completeness_class_of takes it
    uint8_t abc, overdue, dropped;
    uint8_t standings[BRIEF_STANDINGS]; // announced values
    uint8_t spare;                      // 0; no byte of the struct is left to chance
};
_Static_assert(sizeof(struct brief) == 7 * 8 + 10 * 4 + 4 + BRIEF_STANDINGS + 1, "it is hashed as it is");

// The brief of a judged customer; `announce` is what is announced of it, by dimension.
void brief_make(const struct judging *judging, const struct view *view, const struct assessment *assessment,
                const uint8_t *announce, struct brief *ret_brief);

// A hash of what is worth saying again, never 0. What is expected of the next 12 months moves a little every day: only
// its magnitude counts.
uint64_t brief_hash(const struct brief *brief);

// The customer's newest orders up to today, the newest first, of one moment the largest. Returns how many, at most
// BRIEF_ORDERS.
size_t brief_orders(const struct assessment *assessment, const struct purchase *ret_orders[BRIEF_ORDERS]);

#endif
