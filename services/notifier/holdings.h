// What the notifier's tables hold about one customer, row by row, for an export.
#ifndef TEND_SERVICES_NOTIFIER_HOLDINGS_H
#define TEND_SERVICES_NOTIFIER_HOLDINGS_H

#include "common/export.h"

// Writes them all: each message to a rep that tells of the customer, with what it was made of, what became of its
// reminders and, unless it is about others too, its text. `self` is not used. Looks through all messages that are kept.
void notifier_holdings(void *self, struct turn *turn, const char *customer_id, struct export_page *page);

#endif
