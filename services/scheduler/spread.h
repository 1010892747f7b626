// Spreading: an announcement becomes one reminder for each rep whose customers it is for, and one for the manager who
// has to know what it costs (rows 35 and 56). The customers themselves come as lines of call lists, under the caps,
// until its last day.
#ifndef TEND_SERVICES_SCHEDULER_SPREAD_H
#define TEND_SERVICES_SCHEDULER_SPREAD_H

#include "services/scheduler/news.h"

// A new version of an announcement: tells those whom it concerns, and takes it back from those whom it does not concern
// any more. `event` is the one that says so, "" when that is not known.
void spread_news(struct scheduler *self, struct turn *turn, const struct news *news, const char *event);

// What runs and was not told to this rep yet: one who came later, or whose first customer of that kind did. With the
// rep's daily round.
void spread_round(struct scheduler *self, struct turn *turn, const struct rep *rep, int32_t today);

// Adds whom to tell, as it is now.
void spread_describe(struct scheduler *self, struct turn *turn, const struct matter *matter, struct notice *notice);

#endif
