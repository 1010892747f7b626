// What scoring's tables hold about one customer, row by row, for an export.
#ifndef TEND_SCORING_HOLDINGS_H
#define TEND_SCORING_HOLDINGS_H

#include "common/export.h"

// Writes them all: the customer as it is judged now, its orders with their goods, its notes, and the reasons of what
// was announced. `self` is the service.
void scoring_holdings(void *self, struct turn *turn, const char *customer_id, struct export_page *page);

#endif
