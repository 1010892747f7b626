// The reader: who gets a message and by which channel, found anew whenever it could leave. The route says whom: the
// owner, the deputy, the manager, the team's chat; while the one it names is away, that one's deputy, and without one
// the manager is told what must be known now. Of several channels the first that works is taken.
#ifndef TEND_SERVICES_NOTIFIER_READER_H
#define TEND_SERVICES_NOTIFIER_READER_H

#include "services/notifier/mailroom.h"
#include "services/notifier/route.h"

// Who reads the delivery now; its `channel` is NULL, with `trouble` in words, when there is no way to reach anybody.
void reader_find(struct mailroom *room, struct turn *turn, const struct delivery *delivery,
                 struct recipient *ret_reader);

// Whom the route names, whether there or away.
const char *reader_named(struct mailroom *room, struct turn *turn, const struct delivery *delivery);

// Who has the delivery, or had it, on the way: whom it was sent to, else the rep it is for. A pointer into the
// delivery.
const char *reader_told(const struct delivery *delivery);

// True for a channel that somebody must mend, until its next try, and not for one that is only busy or in trouble.
bool reader_shut(struct turn *turn, const struct channel *channel);

enum {
    READER_DOWN_MS = 2 * 60 * 1000,  // a chat that fails for so long is left by what must be known now
    READER_PROBE_MS = 5 * 60 * 1000, // after its next try was due and nothing else tried it, such a one does
};

// Since when the chat took nothing of what it was tried with again and again; 0: it works, for all that is known.
int64_t reader_failing(const struct channel_row *row);

// The same once that has lasted for READER_DOWN_MS, of a channel that is not shut; 0: it is not down.
int64_t reader_down_since(const struct turn *turn, const struct channel_row *row);

// Why nothing leaves by a channel that is to be tried again later, without what its chat said.
const char *reader_pause_words(const struct channel_row *row);

// True for a channel that nobody need mend, but that has been failing for READER_DOWN_MS: what must be known now goes
// round it.
bool reader_down(const struct turn *turn, const struct channel_row *row);

// True for a channel whose chat asked for a pause so long that what must be known now looks for another one.
bool reader_waits(const struct turn *turn, const struct channel_row *row);

// The chat of the channel says that it does not know the rep: for a while other ways are looked for.
void reader_estrange(struct mailroom *room, struct turn *turn, const char *rep, const char *channel);

// The earliest moment, not before `now_ms`, at which the reader, as just found, may be told; `ret_hold` says what holds
// it.
int64_t reader_soonest(const struct mailroom *room, const struct delivery *delivery, const struct recipient *reader,
                       int64_t now_ms, enum delivery_hold *ret_hold);

#endif
