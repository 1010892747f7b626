// The audit log of a process: who read something about a person there, and who changed something by hand. Each entry is
// chained by a hash to those before it, so that none can be altered or taken out without a trace. It lies in the store
// beside the journal; entries are kept for AUDIT_KEEP_DAYS.
//
// What changes something is written in the same transaction. What was to change something and was refused is counted
// for a minute, and then written as one entry for each kind: strangers who try must not fill the log. A read has no
// turn of its own: it waits in memory for the next one, at most AUDIT_WAIT_MS. Where it cannot be written, nothing
// personal is shown any more once AUDIT_WAITING of them wait.
#ifndef TEND_COMMON_AUDIT_H
#define TEND_COMMON_AUDIT_H

#include "common/service.h"

enum {
    AUDIT_KEEP_DAYS = 400, // more than a year, so that a year can be looked back on
    AUDIT_WAIT_MS = 1000,
    AUDIT_REFUSED_MS = 60000,
    AUDIT_SOON = 512,       // of reads that wait, with which a turn is wanted at once
    AUDIT_WAITING = 4096,   // more than come before that turn
    AUDIT_PATH_BYTES = 256, // longer ones are cut
    AUDIT_NAME_BYTES = 128,
};

struct audit_entry {
    int64_t time_ms;
    bool changed;     // something; else it was read
    const char *kind; // what such paths begin with; lives for ever; NULL: it is no request
    char path[AUDIT_PATH_BYTES];
    char customer_id[AUDIT_PATH_BYTES];
    char by[AUDIT_NAME_BYTES];
    bool told;
    char peer[AUDIT_NAME_BYTES];
    int status;
    unsigned count; // of refusals that are told together
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

// Counts a change that was refused.
void audit_refuse(struct audit *audit, const struct audit_entry *entry, int64_t now_ms);

// Since when the oldest waits, as long ago as you like when they are many; INT64_MAX: none does.
int64_t audit_waits(const struct audit *audit);

// Writes those that wait, and of the refusals those whose minute is over, or all at the `end`; once that is committed,
// audit_flushed forgets them.
void audit_flush(struct audit *audit, struct turn *turn, bool end);
void audit_flushed(struct audit *audit);

// Writes one in a turn.
void audit_put(struct turn *turn, const struct audit_entry *entry);

// Notes a change that came as an event: `what` it is, about whom, and who decided it, as told.
void audit_event(struct turn *turn, const char *what, const char *customer_id, const char *by);

// Takes customers' ids out of all entries: they say where the persons can be reached, who are to be forgotten. The
// chain holds.
void audit_forget(struct tx *tx, struct arena *arena, const char *const *customer_ids, size_t count);

// Answers GET /v1/audit-log?customer=ID&since=MS&after=SEQ&limit=N of a process of that name.
bool audit_answer(struct turn *turn, const struct request *request, const char *process, struct reply *ret_reply);

// Walks all entries. Returns the number of the first bad one, 0 when all is well.
uint64_t audit_verify(struct tx *tx);

#endif
