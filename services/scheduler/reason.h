// Why a customer is called on a day: the blocks of the call list, each with the condition under which it holds. What
// calllist.h says of them stands here. Pure.
#ifndef TEND_SERVICES_SCHEDULER_REASON_H
#define TEND_SERVICES_SCHEDULER_REASON_H

#include "services/scheduler/calllist.h"

// The blocks of the list in their order; a reason may have two.
enum reason_block {
    BLOCK_PROMISE,
    BLOCK_APPOINTMENT,
    BLOCK_AHEAD,
    BLOCK_STAGE,
    BLOCK_HOT,
    BLOCK_NEED,
    BLOCK_FOLLOW_UP,
    BLOCK_OVERDUE_A,
    BLOCK_OVERDUE,
    BLOCK_QUOTE,
    BLOCK_COVERAGE,
    BLOCK_SILENCE,
    BLOCK_SURVEY,
    BLOCK_NEWS,
    BLOCK_SMALL,
    BLOCK_COUNT
};

// What holds for a block of the list.
enum reason_rule {
    REASON_RESTS = 1,     // not while the customer rests after a real contact
    REASON_WAITS = 2,     // not while calls without an answer pause, and not before an agreed date
    REASON_MUTES = 4,     // not when the customer is not interested
    REASON_REPEATS = 8,   // coverage goes before it when the customer was contacted this month
    REASON_CAN_WAIT = 16, // the caps hold, and the shortest silence of the class
};

// The rules of a block, as bits of enum reason_rule; and the reason that a line of it has.
unsigned reason_rules(unsigned block);
enum call_reason reason_of(unsigned block);

// Fills what the planner fills of a candidate, but for `listed` and `put_off`, which become false: the first block that
// holds today, CALL_NONE when there is none.
void reason_find(const struct plan_rules *rules, const struct plan_day *day, struct candidate *candidate);

// A real contact this month; not interested today; the last real contact is so many days ago or longer.
bool reason_covered(const struct plan_day *day, const struct candidate *candidate);
bool reason_muted(const struct plan_day *day, const struct candidate *candidate);
bool reason_rested(const struct plan_day *day, const struct candidate *candidate, int32_t days);

// Calls without an answer pause, or the next date is agreed on.
bool reason_waits(const struct plan_day *day, const struct candidate *candidate);

// A promise or an appointment of that day (DAY_NONE: there is none) is due by today, but not so long ago that nobody
// believes in it any more; it is due on a later day of this month.
bool reason_is_due(const struct plan_rules *rules, const struct plan_day *day, int32_t at);
bool reason_is_later(const struct plan_day *day, int32_t at);

#endif
