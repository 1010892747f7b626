// A manager's team: the reps below, and what there is to say of them and their customers for a digest.
#ifndef TEND_SERVICES_SCHEDULER_TEAM_H
#define TEND_SERVICES_SCHEDULER_TEAM_H

#include "services/scheduler/notice_digest.h"
#include "services/scheduler/office.h"

// Fills the rows, the customers at risk and the points of a digest whose days and `weekly` are set; everything lives
// until the turn ends. False when the rep is nobody's manager.
bool team_tell(struct scheduler *self, struct turn *turn, const struct rep *manager, struct digest_notice *digest);

#endif
