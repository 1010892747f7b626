// The first lines of a customer's card: who, what it is worth, where it is heading, what is promised and due.
#ifndef TEND_TEND_HEADLINE_H
#define TEND_TEND_HEADLINE_H

#include "services/tend/figures.h"

// Prints them. `card` is what scoring answers of a customer, `reminders` what the scheduler does, NULL when it cannot
// be asked. `all`: also reminders that are over, and those of far ahead.
void headline_print(const struct figures *figures, const json_t *card, const json_t *reminders, bool all);

#endif
