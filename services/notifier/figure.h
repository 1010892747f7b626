// The figures behind a reminder as people say them: money, days, moments, shares. Pure.
#ifndef TEND_SERVICES_NOTIFIER_FIGURE_H
#define TEND_SERVICES_NOTIFIER_FIGURE_H

#include "services/notifier/facts.h"

// Says the figure that belongs into the place; false when the item has none, or none that fits there: a day that is
// over has no place among those to come. A place that has no rule of its own takes the figure of its name, by its unit.
// `buffer` holds SAY_BYTES.
bool figure_fill(const struct facts *facts, const char *place, char *buffer);

// Says a figure by its unit alone: a date as a day, a time as a moment. `buffer` holds SAY_BYTES.
bool figure_say(const struct facts *facts, const struct letter_figure *figure, char *buffer);

// How many customers the item is about: those it names, or the figure "customers", which counts those too that had no
// room there. 0 when it names none.
size_t figure_customers(const struct letter_item *item);

#endif
