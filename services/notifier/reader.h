// The reader: who gets a message and by which channel, found anew whenever it could leave. The route says whom: the
// owner, or the deputy of an owner who is away, the manager, the team's chat; and of several channels the first that
// works is taken.
#ifndef TEND_SERVICES_NOTIFIER_READER_H
#define TEND_SERVICES_NOTIFIER_READER_H

#include "services/notifier/mailroom.h"
#include "services/notifier/route.h"

// Who reads the delivery now; its `channel` is NULL, with `trouble` in words, when there is no way to reach anybody.
void reader_find(struct mailroom *room, struct turn *turn, const struct delivery *delivery,
                 struct recipient *ret_reader);

// The earliest moment, not before `now_ms`, at which the reader may be told; `ret_hold` says what holds it.
int64_t reader_soonest(struct mailroom *room, struct turn *turn, const struct delivery *delivery,
                       const struct recipient *reader, int64_t now_ms, enum delivery_hold *ret_hold);

#endif
