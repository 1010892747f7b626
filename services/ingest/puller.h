// A puller: a thread that reads one feed's broker ahead of the turns that take its messages. What it has read and no
// turn has taken is bounded, and lives in memory only: the place that counts is the one in the store, and after a
// commit that failed it goes back there.
#ifndef TEND_INGEST_PULLER_H
#define TEND_INGEST_PULLER_H

#include "services/ingest/broker.h"

enum { PULLER_AHEAD_BYTES = 1 << 20, PULLER_AHEAD_MESSAGES = 2000 }; // beyond one batch of the driver

struct puller;

enum puller_state { PULLER_CONNECTING, PULLER_READING, PULLER_TROUBLED, PULLER_STOPPED };

struct puller_status {
    enum puller_state state;
    char why[BOOKMARK_WHY_BYTES]; // of a trouble, of a stop, or what is to be known though it reads
    uint64_t changes;             // goes up with each change of the two
};

// Begins to read behind the marks. `wake_fd` is an eventfd that is written to when there is something to take or the
// status has changed. Everything is copied.
struct puller *puller_open(const struct from *from, const struct bookmark *marks, size_t count, int wake_fd);

// Forgets what was not taken and begins anew behind these marks.
void puller_restart(struct puller *puller, const struct bookmark *marks, size_t count);

// The oldest message that waits, for the caller to free(); NULL for none.
struct broker_message *puller_take(struct puller *puller);

// Whether there is something to take.
bool puller_ready(struct puller *puller);

// What it is doing now.
void puller_status(struct puller *puller, struct puller_status *ret_status);

// Asks it to end, without waiting; whether it has; waits for that and closes.
void puller_end(struct puller *puller);
bool puller_ended(struct puller *puller);
void puller_close(struct puller **puller);

#endif
