// Why the ledger says what it says of a customer: the reasons of its dimensions. Pure.
#ifndef TEND_SCORING_EXPLAIN_H
#define TEND_SCORING_EXPLAIN_H

#include "services/scoring/dimension.h"
#include "services/scoring/ledger.h"
#include "services/scoring/reason.h"
#include "services/scoring/terms.h"

// The reason for what holds now, after ledger_settle. The dimension is one of the ledger's: classes, tier, RFM,
// overdue, drop, concentration, a scheme.
void explain_ledger(const struct ledger *ledger, const struct terms *terms, uint32_t slot, enum dimension dimension,
                    struct reason *ret_reason);

#endif
