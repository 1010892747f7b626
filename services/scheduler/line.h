// A line of a call list as it is told: the customer, why they are called, in words and figures, and what to talk about.
#ifndef TEND_SERVICES_SCHEDULER_LINE_H
#define TEND_SERVICES_SCHEDULER_LINE_H

#include "services/scheduler/sheet.h"

// The n-th call of the sheet; everything lives until the turn ends. `ret_for_rep` gets the colleague who is away and
// whose call it is, "" for the rep's own.
void line_make(struct scheduler *self, struct turn *turn, const struct sheet *sheet, size_t n,
               struct notice_line *ret_line, const char **ret_for_rep);

// Who it is and nothing else, for lists of customers.
struct notice_line line_plain(const struct customer *customer);

#endif
