// The auditor: proves that nothing waits for ever. Every message that has not come to its end must have a next moment:
// a timer of its own, a place in the line of a channel that will be looked at, or an attempt that is on its way.
#ifndef TEND_SERVICES_NOTIFIER_AUDIT_H
#define TEND_SERVICES_NOTIFIER_AUDIT_H

#include "services/notifier/mailroom.h"

enum {
    AUDIT_NAMED = 20, // that are named one by one
    AUDIT_EVERY_MS = 3600 * 1000,
    AUDIT_LINE_MOST = 1000, // messages of a line that are counted: of more it does not matter how many
};

struct audit {
    uint64_t looked; // messages that are not at their end; of alarms nobody waits for the count
    uint64_t stuck;  // of them, without a next moment
    char ids[AUDIT_NAMED][BOX_ID_BYTES];
    uint64_t tests_dead, tests_unknown; // of channels: whoever made them has been told, and nobody waits for them
};

// Looks at every message that is kept.
void audit_run(struct mailroom *room, struct turn *turn, struct audit *ret_audit);

// What waits for a channel: its line, and those that wait before their next attempt. Alarms and tests are not counted.
struct audit_line {
    unsigned all, urgent; // up to AUDIT_LINE_MOST
};
void audit_line(struct turn *turn, const char *channel, struct audit_line *ret_line);

// Gives those that are stuck a next moment: now.
void audit_mend(struct mailroom *room, struct turn *turn, const struct audit *audit);

#endif
