// RFM: how recently, how often and for how much a customer bought, each scored 1 to 5 (Hughes; D3). Pure.
//
// Each of the three is scored by parts or by bounds. Parts: 1 + floor(5 * less / n), less being how many of the n
// customers with an order in the window are worse (scoring.md, 1.3), so the score is above j when the value is above
// the limits' cut j. Bounds: four numbers that the firm sets. R: silent for at most the first number of days scores 5,
// for at most the second 4, and so on. F and M: below the first number scores 1, from the fourth on 5.
#ifndef TEND_SCORING_RFM_H
#define TEND_SCORING_RFM_H

#include "services/scoring/limits.h"

enum rfm_part { RFM_R, RFM_F, RFM_M, RFM_ALL };
enum { RFM_BOUNDS = LIMITS_PARTS - 1 };

struct rfm_rule {
    uint32_t window_days;                // 0: RFM is read from the ledger's own window and measure
    uint8_t measure;                     // of the own window (enum terms_measure), for whoever fills it
    bool fixed[RFM_ALL];                 // by bounds
    int64_t bounds[RFM_ALL][RFM_BOUNDS]; // rising: R days, F orders, M micros of the measure
};

struct rfm_facts {
    uint32_t orders; // in the window
    int64_t value;   // in the window
    int64_t last_ms; // the last purchase, and its local day
    int32_t last_day;
    int32_t today;
};

struct ledger_rfm {
    uint8_t r, f, m; // 1 to 5; 0 without an order in the window
};

// The scores. `board` holds the limits of the window that the facts are of.
struct ledger_rfm rfm_score(const struct rfm_rule *rule, const struct limits *limits, const struct limits_board *board,
                            const struct rfm_facts *facts);

#endif
