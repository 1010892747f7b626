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

// Who has the delivery, or had it, on the way: whom it was sent to, else the rep it is for. A pointer into the
// delivery.
const char *reader_told(const struct delivery *delivery);

// The chat of the channel says that it does not know the rep: for a while other ways are looked for.
void reader_estrange(struct mailroom *room, struct turn *turn, const char *rep, const char *channel);

// The earliest moment, not before `now_ms`, at which the reader may be told; `ret_hold` says what holds it.
int64_t reader_soonest(struct mailroom *room, struct turn *turn, const struct delivery *delivery,
                       const struct recipient *reader, int64_t now_ms, enum delivery_hold *ret_hold);

#endif
