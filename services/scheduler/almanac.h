// The almanac: what a rep's daily round finds in the calendar and tells beside the calls: contracts that end, decisions
// to be looked at again, orders that did not come, stages that last too long, opinions to be asked for, files to be
// complete, feasts on which customers are greeted.
//
// What has a customer of its own is opened as a matter, so that its ladder goes on by itself. Files and feasts are one
// reminder for all of the rep's customers.
#ifndef TEND_SERVICES_SCHEDULER_ALMANAC_H
#define TEND_SERVICES_SCHEDULER_ALMANAC_H

#include "services/scheduler/sheet.h"

// Tells what the sheet of a round has gathered, and the feasts. What was told before is not told again.
void almanac_tell(struct scheduler *self, struct turn *turn, const struct sheet *sheet, int64_t now_ms);

// The customer's worth says other days than before: what was told of the former ones is taken back. The caller puts the
// customer.
void almanac_moved(struct scheduler *self, struct turn *turn, const struct customer *before,
                   const struct customer *after);

#endif
