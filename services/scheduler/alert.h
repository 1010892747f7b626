// What a change of a dimension means for people: the kinds of reminders that it opens, folds together, or ends.
#ifndef TEND_SERVICES_SCHEDULER_ALERT_H
#define TEND_SERVICES_SCHEDULER_ALERT_H

#include "services/scheduler/office.h"

// Hears a change of a value that scoring announced. What a person decided and what is history opens nothing, but ends
// what it makes untrue.
void alert_change(struct scheduler *self, struct turn *turn, const struct customer *customer, const struct fact *fact);

// True when the customer's history covers too little of the window that the change compares: it says nothing yet.
bool alert_is_early(const struct scheduler *self, const struct customer *customer, const struct fact *fact);

#endif
