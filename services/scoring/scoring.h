// Scoring: what each customer is worth and where that is heading, exact and current after every event.
//
// It follows ingest. Order events change the state; every other event is carried on to the scheduler byte for byte.
// After a turn each customer that was touched gets one CustomerValue, and each announced change of class, of being
// overdue or of having dropped out one ValueChanged with its rule, figures and event ids.
#ifndef TEND_SCORING_SCORING_H
#define TEND_SCORING_SCORING_H

#include "common/service.h"
#include "services/scoring/options.h"

extern const struct service scoring_service;

struct scoring;

// The options are copied; they have no trouble (options_trouble).
struct scoring *scoring_open(const struct scoring_options *options);
void scoring_close(struct scoring **scoring);

// What the service keeps in memory, for tests and benches.
struct ledger;
const struct ledger *scoring_ledger(const struct scoring *scoring);

#endif
