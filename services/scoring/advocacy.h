// Advocacy (`care.advocacy`): how much of a friend a customer is, 0 to 3, one for each test passed: it buys again when
// it needs to, it brings other customers, it praises us. (The three tests of a friend of the source documents.) Pure.
#ifndef TEND_SCORING_ADVOCACY_H
#define TEND_SCORING_ADVOCACY_H

#include "services/scoring/care.h"
#include "services/scoring/reason.h"

// The value is one more than the tests passed, so that a friend of none differs from a stranger.
enum advocacy_value {
    ADVOCACY_UNKNOWN, // never bought, never spoke for us
    ADVOCACY_NONE,
    ADVOCACY_ONE,
    ADVOCACY_TWO,
    ADVOCACY_THREE,
    ADVOCACY_VALUES
};

extern const char *const advocacy_names[]; // "", "0" to "3"

struct advocacy_options {
    int64_t buys;                       // purchase days it takes to have bought again
    int64_t referral_days, praise_days; // how long they count; 0: for ever
};

struct advocacy_facts {
    const struct care_facts *care;
    int64_t today_ms; // the instant at which the local day began
    int64_t buys;     // purchase days, ever
    bool overdue, dropped;
};

struct advocacy {
    uint8_t value; // enum advocacy_value
    bool buys_again, refers, praises;
};

// Applies the three tests.
void advocacy_judge(const struct advocacy_options *options, const struct advocacy_facts *facts,
                    struct advocacy *ret_advocacy);

// The rule and the figures of a result of the same options and facts.
void advocacy_explain(const struct advocacy_options *options, const struct advocacy_facts *facts,
                      const struct advocacy *advocacy, struct reason *ret_reason);

#endif
