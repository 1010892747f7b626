// Why an assessment says what it says, dimension by dimension; those of the ledger explain themselves (explain.h).
// Pure.
#ifndef TEND_SCORING_ASSESS_EXPLAIN_H
#define TEND_SCORING_ASSESS_EXPLAIN_H

#include "services/scoring/assess.h"

// The reason for what the figures say. False for a dimension of the ledger.
bool assess_explain(const struct judging *judging, const struct view *view, const struct assessment *assessment,
                    enum dimension dimension, struct reason *ret_reason);

#endif
