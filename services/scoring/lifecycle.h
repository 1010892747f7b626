// Lifecycle (`demand.lifecycle`): how far a customer has come with us: it knows us, it bought, it buys again, it is
// gone. (The four stages of the source documents; the figures are ours.) Pure.
#ifndef TEND_SCORING_LIFECYCLE_H
#define TEND_SCORING_LIFECYCLE_H

#include "services/scoring/reason.h"

#include <stdbool.h>

enum lifecycle_value {
    LIFECYCLE_UNKNOWN, // never given: who is in the book is aware of us
    LIFECYCLE_AWARENESS,
    LIFECYCLE_PURCHASE, // once
    LIFECYCLE_REPEAT,
    LIFECYCLE_CHURN, // bought, and has dropped out, or lost its need, or bought once too long ago
    LIFECYCLE_VALUES
};

extern const char *const lifecycle_names[];

struct lifecycle_options {
    int64_t once_days; // silence after which a customer who bought once is gone; 0: only what facts.dropped says
};

struct lifecycle_facts {
    int64_t buys;        // purchase days, ever
    int64_t silent_days; // since its last purchase; -1: never bought
    bool dropped, need_lost;
};

struct lifecycle {
    uint8_t value; // enum lifecycle_value
    bool by_once;  // gone by once_days alone
};

// Finds the stage.
void lifecycle_judge(const struct lifecycle_options *options, const struct lifecycle_facts *facts,
                     struct lifecycle *ret_lifecycle);

// The rule and the figures of a result of the same options and facts.
void lifecycle_explain(const struct lifecycle_options *options, const struct lifecycle_facts *facts,
                       const struct lifecycle *lifecycle, struct reason *ret_reason);

#endif
