// The audit log of a process: who read something about a person there, and who changed something by hand. Each entry is
// chained by a hash to those before it, so that none can be altered or taken out without a trace. It lies in the store
// beside the journal; entries are kept for AUDIT_KEEP_DAYS.
//
// What changes something is written in the same transaction. A read has none of its own: it waits in memory for the
// next turn, at most AUDIT_WAIT_MS. Where it cannot be written, nothing personal is shown any more once AUDIT_WAITING
// of them wait.
#ifndef TEND_COMMON_AUDIT_H
#define TEND_COMMON_AUDIT_H

#include "common/service.h"

enum {
    AUDIT_KEEP_DAYS = 400, // more than a year, so that a year can be looked back on
    AUDIT_WAIT_MS = 1000,
    AUDIT_WAITING = 256,
    AUDIT_PATH_BYTES = 256, // longer ones are cut
    AUDIT_NAME_BYTES = 128,
};

struct audit_entry {
    int64_t time_ms;
    bool changed; // something; else it was read
    char path[AUDIT_PATH_BYTES];
    char customer_id[AUDIT_PATH_BYTES];
    char by[AUDIT_NAME_BYTES];
    bool told;
    char peer[AUDIT_NAME_BYTES];
    int status;
};

// Entries that wait for a turn.
struct audit;
struct audit *audit_open(void);
void audit_close(struct audit **audit);

// Whether the request shows something about a person, or changes something by hand; fills the entry as far as the
// request tells.
bool audit_concerns(const struct request *request, struct audit_entry *ret_entry);

// What the reply adds: its status, and the file of the token.
void audit_complete(struct audit_entry *entry, const struct reply *reply);

// Lets a read wait. False: there is no room.
bool audit_has_room(const struct audit *audit);
void audit_wait(struct audit *audit, const struct audit_entry *entry);

// Since when the oldest waits; INT64_MAX: none does.
int64_t audit_waits(const struct audit *audit);

// Writes those that wait; once that is committed, audit_flushed forgets them.
void audit_flush(const struct audit *audit, struct turn *turn);
void audit_flushed(struct audit *audit);

// Writes one in a turn.
void audit_put(struct turn *turn, const struct audit_entry *entry);

// Notes a change that came as an event: `what` it is, about whom, and who decided it, as told.
void audit_event(struct turn *turn, const char *what, const char *customer_id, const char *by);

// Takes a customer's id out of all entries: it says where the person can be reached, and the person is to be forgotten.
// The chain holds.
void audit_forget(struct tx *tx, struct arena *arena, const char *customer_id);

// Answers GET /v1/audit-log?customer=ID&since=MS&after=SEQ&limit=N of a process of that name.
bool audit_answer(struct turn *turn, const struct request *request, const char *process, struct reply *ret_reply);

// Walks all entries. Returns the number of the first bad one, 0 when all is well.
uint64_t audit_verify(struct tx *tx);

#endif
