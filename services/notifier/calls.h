// The call lists of a letter: today's, and tomorrow's on the evening before with what is still missing of today. Pure.
#ifndef TEND_SERVICES_NOTIFIER_CALLS_H
#define TEND_SERVICES_NOTIFIER_CALLS_H

#include "services/notifier/pen.h"

// Puts a list, as many of its calls as fit, and says how many more there are.
void calls_put(struct pen *pen, const struct letter_list *list);

// What a list needs before its first call: it is kept free while what comes before is written.
size_t calls_cost(const struct pen *pen, const struct letter_list *list);

#endif
