// The planner: which customers a rep calls today, in which order and why, and whether every customer can be reached
// this month. Pure: numbers in, numbers out; days are those of common/calendar.h in the rep's own time zone.
//
// The blocks, in order: promises due, appointments, overdue customers of class A, late stages of the funnel, expected
// need, coverage due, silence. A customer stands on the list once, for the first reason that holds. What coverage needs
// today is kept free from calls that only repeat a contact of this month (stages, expected need), so that the month's
// promise does not depend on how busy its days are; promises, appointments and overdue A customers are never held back
// for it. Within coverage and within silence the lines stand by class, then whoever waits since an earlier day, then by
// silence; within expected need by date, the earliest first. Whoever has an appointment later this month, or was
// reached this month and has one later, is left alone until then.
#ifndef TEND_SERVICES_SCHEDULER_CALLLIST_H
#define TEND_SERVICES_SCHEDULER_CALLLIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DAY_NONE INT32_MIN

// As Tend__V1__CallReason numbers them.
enum call_reason {
    CALL_NONE = 0,
    CALL_PROMISE_DUE = 1,
    CALL_OVERDUE_A = 2,
    CALL_STAGE = 3,
    CALL_EXPECTED_NEED = 4,
    CALL_COVERAGE = 5,
    CALL_SILENCE = 6,
    CALL_APPOINTMENT = 7,
    CALL_REASONS
};

// Classes as Tend__V1__AbcClass numbers them; 0 is not known and planned as C.
enum { ABC_NONE = 0, ABC_A = 1, ABC_B = 2, ABC_C = 3, ABC_COUNT = 4 };

// How near a customer's stage is to a deal; the higher is called first.
enum call_stage { CALL_STAGE_NONE, CALL_STAGE_EXPIRED, CALL_STAGE_INTENDS, CALL_STAGE_CONTRACT_SENT };

// One customer of the rep. The planner fills what stands below the line.
struct candidate {
    int32_t contact_day;     // of the last real contact, DAY_NONE: never
    int32_t known_day;       // since when we know the customer: silence is counted from here without a contact
    int32_t promise_day;     // of the first open promise, DAY_NONE: none
    int32_t appointment_day; // of the next date that was set, DAY_NONE: none
    int32_t expected_day;    // when an order is expected, DAY_NONE: not known
    int32_t stage_day;       // since when the stage holds
    int32_t hold_day;        // after calls without an answer, or put off: not before this day, DAY_NONE: at once
    int32_t mute_day;        // not interested: no coverage before this day, DAY_NONE: no such wish
    int32_t put_off_day;     // since when there was no room, DAY_NONE: there was
    uint32_t tries;          // calls without an answer since the last contact
    uint32_t intention;      // 1 to 5, 0: not known
    enum call_stage stage;
    uint32_t abc;
    bool overdue;
    int64_t worth; // net sales of the window in micros: among equals the more valuable first
    // ---
    enum call_reason reason; // the strongest, CALL_NONE: leave alone today
    bool listed;
    bool put_off; // wanted today, without room
    bool again;   // nobody answered the last time
    unsigned block;
    int64_t key;
};

struct plan_rules {
    uint32_t capacity; // calls a day, at least 1
    int32_t need_lead_days;
    int32_t rest_days;
    int32_t repeat_days;
    int32_t stage_days;
    int32_t stale_days;
    int32_t silence_days[ABC_COUNT]; // each at least 1
    uint32_t tries;                  // from here on a call without an answer is no longer carried over to the next day
};

struct plan_day {
    int32_t today;
    int32_t month_start, month_end; // first and last day
    uint32_t working_days_left;     // in the month, today included
};

struct coverage {
    uint32_t customers;
    uint32_t contacted; // this month
    uint32_t working_days_left;
    uint32_t capacity;
    uint32_t missing; // customers who cannot be reached this month even at full capacity
};

// Plans one day and returns how many calls it has. `order` is scratch with room for `count` pointers, `ret_lines` has
// room for rules->capacity. Candidates that are equal in everything keep the order they are given in. Customers who are
// not interested and were not contacted this month are no part of the coverage.
size_t calllist_plan(const struct plan_rules *rules, const struct plan_day *day, struct candidate *candidates,
                     size_t count, struct candidate **order, struct candidate **ret_lines,
                     struct coverage *ret_coverage);

// Only the coverage facts.
void calllist_coverage(const struct plan_rules *rules, const struct plan_day *day, const struct candidate *candidates,
                       size_t count, struct coverage *ret_coverage);

#endif
