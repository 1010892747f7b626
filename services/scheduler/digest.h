// What managers are told of their reps (rows 3, 4, 42, 68, 75): each working day in the evening how the day went, and
// with the first list of a week how the week before went. A rep's row tells of the rep and of everybody further down.
//
// A day on which the manager works not is told to the next one above who does; when there is nobody, the next digest
// tells of it too.
#ifndef TEND_SERVICES_SCHEDULER_DIGEST_H
#define TEND_SERVICES_SCHEDULER_DIGEST_H

#include "services/scheduler/office.h"

// When what is the manager's is told on that local day, in milliseconds since 1970 UTC: in the evening, or with
// `weekly` what the first list of a week brings. And who reads it: the manager, or the first one above who is not away.
// False when there is nobody, or whoever it is has a day off.
bool digest_moment(struct scheduler *self, struct turn *turn, const struct rep *manager, int32_t day, bool weekly,
                   struct rep *ret_reader, int64_t *ret_at_ms);

// Sets the manager's next digest anew after something that moves it; does nothing to who is nobody's manager. The
// caller puts the rep. One whose time has come already is left alone.
void digest_arm(struct scheduler *self, struct turn *turn, struct rep *rep);

// The same for every manager, after a rep changed who may read the digest of a manager below. Once a turn is enough.
void digest_arm_all(struct scheduler *self, struct turn *turn);

// The rep is a manager from now on: of whoever said so, or as the configured director. Puts the rep.
void digest_know(struct scheduler *self, struct turn *turn, const char *rep_id);

// The digest's time has come; `due_ms` is when it should have been.
void digest_run(struct scheduler *self, struct turn *turn, const char *rep_id, int64_t due_ms, int64_t now_ms);

// Once a week, with the first list of it: tells the rep when too little of last week's time went to key customers (row
// 4). Only when it is news: enough time was logged to tell, and it was not told in the last weeks or is clearly worse
// than it was then. The caller puts the rep.
void digest_effort(struct scheduler *self, struct turn *turn, const struct desk *desk, struct rep *rep, int32_t today,
                   int64_t now_ms);

// A contact was logged of the customer whose matters these are: counts what it means for the list and the next date.
void digest_contact(struct scheduler *self, struct turn *turn, const struct fact *fact,
                    const struct customer *customer);

// The customer's class may have changed: notes from where. The caller puts the customer.
void digest_change(struct scheduler *self, struct turn *turn, const struct fact *fact, struct customer *customer);

#endif
