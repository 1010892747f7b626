// Filing: what events say of a customer into its row. An event says the whole customer or some portions of it
// (common/portion.h); of each portion the newest word counts, so the row is the same whatever came first.
#ifndef TEND_SERVICES_SCHEDULER_FILING_H
#define TEND_SERVICES_SCHEDULER_FILING_H

#include "services/scheduler/book.h"

// Takes in what a FACT_CUSTOMER says, without its owner. The row is not put.
void filing_take(struct turn *turn, const struct fact *fact, struct customer *customer);

#endif
