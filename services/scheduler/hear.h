// Hearing: what a fact changes in the book, and what becomes due because of it. Facts come in any order, some of them
// late; what the book holds afterwards does not depend on it.
#ifndef TEND_SERVICES_SCHEDULER_HEAR_H
#define TEND_SERVICES_SCHEDULER_HEAR_H

#include "services/scheduler/office.h"

// Takes in one fact. FACT_SETTINGS is told with its payload, which is kept.
void hear_fact(struct scheduler *self, struct turn *turn, const struct fact *fact, struct slice payload);

#endif
