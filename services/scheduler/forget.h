// What is forgotten: matters that ended long ago, and with them trips and exceptions, promises and what was counted of
// old days. So a store holds what the last years need and stays as large as it is.
#ifndef TEND_SERVICES_SCHEDULER_FORGET_H
#define TEND_SERVICES_SCHEDULER_FORGET_H

#include "services/scheduler/sheet.h"

// A part of the rep's customers at each round, so that all of them are looked at within a few weeks.
void forget_round(struct scheduler *self, struct turn *turn, const struct sheet *sheet);

#endif
