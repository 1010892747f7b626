// A manager's digest as a message.
#ifndef TEND_SERVICES_SCHEDULER_NOTICE_DIGEST_H
#define TEND_SERVICES_SCHEDULER_NOTICE_DIGEST_H

#include "services/scheduler/notice.h"

// A row: one rep, or all of them with "" as the id.
struct digest_row {
    const char *rep_id, *rep_name;
    uint32_t customers, contacted, missing;
    uint32_t calls, answered, undated, told, open, breaches, errors, orders, minutes, key_minutes;
};

struct digest_notice {
    const char *rep_id;       // who is told
    const char *manager_id;   // of whose reps
    int32_t day;              // on which it is told
    int32_t from_day, to_day; // of which it tells
    bool weekly, late;
    uint32_t reader_minute;        // on the clock of who reads it, when it is due
    int64_t due_ms, before_ms;     // the digest before told of what was over at `before_ms`
    const struct digest_row *rows; // one for each rep, in the order of names, the last for all
    size_t row_count;
    const struct notice_line *at_risk; // customers
    size_t at_risk_count;
    const struct notice_point *points;
    size_t point_count;
};

// Says it. Rows that do not fit into one message are left out from the end, but for the last one.
void notice_digest(struct turn *turn, const struct digest_notice *digest);

#endif
