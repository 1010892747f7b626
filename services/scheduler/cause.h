// Causes: by what rule a reminder of a kind is told and which events it rests on, where whoever opened it said neither.
// A customer's row remembers the newest event of each source, so that also what the calendar or the plan brings can
// name what it was told by.
#ifndef TEND_SERVICES_SCHEDULER_CAUSE_H
#define TEND_SERVICES_SCHEDULER_CAUSE_H

#include "services/scheduler/book.h"
#include "services/scheduler/notice.h"

enum { CAUSE_EVENTS = 8 }; // that one reminder names: more nobody reads

// The rule of the kind as one English sentence, which the notifier has in other languages too.
const char *cause_rule(enum kind_id kind);

// Remembers the event that the fact is, or that a change of a value rests on, as the newest of its source. The caller
// puts the customer.
void cause_note(struct turn *turn, const struct fact *fact, struct customer *customer);

// Takes what the other customer's row remembers; the newer of each source stays.
void cause_join(struct turn *turn, const struct customer *from, struct customer *to);

// The events of the sources that the kind goes by, else of all; `ret_events` has room for CAUSE_EVENTS, its texts live
// in the arena. Returns how many, 0 when no event was ever heard of the customer.
size_t cause_events(struct turn *turn, enum kind_id kind, const struct customer *customer, const char **ret_events);

// Fills the rule and the events of a notice that is ready otherwise; those of its reminder's own explanation win.
void cause_fill(struct turn *turn, struct notice *notice);

#endif
