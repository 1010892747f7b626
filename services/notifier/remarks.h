// Remarks: what the log says about messages and channels that came to a bad end, one line each. They are gathered in a
// turn and told when it is committed, so that what did not happen is not told; and a storm of them is told as a few
// and a number. Ids, never names, customers' texts or secrets.
#ifndef TEND_SERVICES_NOTIFIER_REMARKS_H
#define TEND_SERVICES_NOTIFIER_REMARKS_H

#include "common/log.h"

enum remark_kind {
    REMARK_DEAD,    // a message that was refused or given up
    REMARK_UNKNOWN, // one that may have been delivered, for the first time: it is repeated
    REMARK_LEFT,    // one that may have been delivered, and nobody will repeat it
    REMARK_SHUT,    // a channel that somebody must mend
    REMARK_DOWN,    // one whose chat has taken nothing for a while
    REMARK_OPEN,    // one that works again
    REMARK_LOST,    // there is an alarm, and no way to tell it
    REMARK_CLAIMED, // a browser that answered as one rep answers as another from now on
    REMARK_KINDS
};

enum {
    REMARKS_MOST = 10,            // of a kind that are told one by one in REMARKS_EVERY_MS: more is a storm
    REMARKS_EVERY_MS = 60 * 1000, // which is then told once a minute
};

// No text is NULL; empty ones are left out. They are copied.
struct remark {
    enum remark_kind kind;
    const char *id; // of the message
    const char *channel, *rep, *reason;
};

struct remarks;

// None so far; and the end of it, without telling what was gathered.
struct remarks *remarks_open(void);
void remarks_close(struct remarks **remarks);

// Gathers one at that moment of the wall.
void remarks_add(struct remarks *remarks, const struct remark *remark, int64_t now_ms);

// When how many more there were is to be told, by remarks_tell after a turn of that moment; INT64_MAX: there were none.
int64_t remarks_due(const struct remarks *remarks);

// Ends a storm's minute: what comes from `now_ms` on is told one by one again.
void remarks_tick(struct remarks *remarks, int64_t now_ms);

// The turn did not happen.
void remarks_forget(struct remarks *remarks);

// The turn is committed: writes what was gathered. A NULL log is silent.
void remarks_tell(struct remarks *remarks, struct log *log);

#endif
