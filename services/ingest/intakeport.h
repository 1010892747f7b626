// The intake port: the feeds that are fetched from a broker rather than posted. Each has a puller, begun and ended as
// feed files come, change and go; each turn takes what they have read, as if it had been posted, and moves the feed's
// bookmark in the same transaction. Without such a feed nothing runs and nothing is connected to.
#ifndef TEND_INGEST_INTAKEPORT_H
#define TEND_INGEST_INTAKEPORT_H

#include "common/service.h"
#include "services/ingest/feeds.h"
#include "services/ingest/puller.h"

struct ingest;
struct intakeport;

// Its `self` is the ingest.
extern const struct port ingest_port;

// Begins nothing: the first work of the port does.
struct intakeport *intakeport_open(void);

// Takes NULL; waits for the threads to end.
void intakeport_close(struct intakeport **port);

// Takes what has come, and tells in the log what has changed.
void intakeport_collect(struct ingest *ingest, struct turn *turn);

// After the store was read anew: every puller goes back to what is committed.
void intakeport_load(struct ingest *ingest, const struct turn *turn);

// What a feed's puller is doing; false when it has none.
bool intakeport_status(const struct ingest *ingest, const struct feed_entry *entry, struct puller_status *ret_status,
                       uint64_t *ret_behind);

// Forgets how far a feed was read: it begins anew with the oldest message. What is known changes nothing.
void intakeport_reset(struct ingest *ingest, struct turn *turn, const struct feed_entry *entry);

#endif
