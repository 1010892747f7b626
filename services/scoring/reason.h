// Why something is announced of a customer: the rule in words and the figures it was decided by. Pure.
#ifndef TEND_SCORING_REASON_H
#define TEND_SCORING_REASON_H

#include "services/scoring/ledger.h"
#include "services/scoring/terms.h"

enum { REASON_FIGURES_MAX = 8, REASON_RULE_BYTES = 160 };

// Units as they travel (FigureUnit).
enum reason_unit {
    REASON_COUNT = 1,
    REASON_MONEY = 2,
    REASON_DAYS = 3,
    REASON_PPM = 4,
    REASON_TIME = 5,
    REASON_DATE = 6
};

struct reason_figure {
    const char *name; // static
    enum reason_unit unit;
    int64_t value; // money in micros, days in thousandths
};

struct reason {
    char rule[REASON_RULE_BYTES];
    struct reason_figure figures[REASON_FIGURES_MAX];
    size_t figure_count;
};

// "value.abc", "risk.overdue", "risk.drop". The other way round false for a name that is none of them.
const char *reason_dimension(enum ledger_dimension dimension);
bool reason_dimension_of(const char *name, enum ledger_dimension *ret_dimension);

// What a verdict says in a dimension: "A", "yes", "no"; "" when nothing was said before.
const char *reason_says(struct ledger_verdict verdict, enum ledger_dimension dimension);

// The reason for what holds now.
void reason_make(const struct ledger *ledger, const struct terms *terms, uint32_t slot, enum ledger_dimension dimension,
                 struct reason *ret_reason);

#endif
