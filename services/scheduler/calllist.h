// The planner: which customers a rep calls today, in which order and why, and whether every customer can be reached
// this month. Pure: numbers in, numbers out; days are those of common/calendar.h in the rep's own time zone.
//
// The blocks, in order: promises due, appointments, late stages of the funnel and contracts that ran out, hot leads,
// expected need, leads to follow up, overdue value (A, then B), coverage due; then calls for colleagues who are away;
// then, as far as there is room, silence, surveys, news, quotes that were lost, small customers of the past. A customer
// stands on the list once, for the first reason that holds.
//
// What coverage needs today is kept free from calls that only repeat a contact of this month, so that the month's
// promise does not depend on how busy its days are; only promises and appointments are never held back for it. The
// month is looked over to its end: days on which promises and appointments pile up, and holidays, make the coverage of
// the days before them larger, and promises that will find no room on their own day are offered on days before it. In a
// month that cannot be covered, and was warned about, calls that only repeat get a quarter of its calls.
//
// Within promises of one day whoever was not reached this month stands first, since some of them may have to wait.
// Within late stages the more likely stand first, then the sooner order; within coverage and within silence the lines
// stand by class, then whoever waits since an earlier day, then by silence; within expected need by date, the earliest
// first; within overdue value by worth. Whoever has an appointment later this month, or was reached this month and has
// one later, is left alone until then. Whoever was contacted as often as the caps allow is not called for what can
// wait.
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
    CALL_HOT = 8,
    CALL_FOLLOW_UP = 9,
    CALL_OVERDUE = 10,
    CALL_NURSE = 11,
    CALL_ANNOUNCEMENT = 12,
    CALL_SURVEY = 13,
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
    int32_t follow_day;      // since when the lead is to be followed up, DAY_NONE: not
    int32_t survey_day;      // since when their opinion is to be asked for, DAY_NONE: not
    int32_t news_day;        // since when there is news that they were not told, DAY_NONE: there is none
    int32_t quote_day;       // since when they are to be asked after a quote that was lost, DAY_NONE: not
    int32_t small_day;       // since when a small customer of the past is to be asked again, DAY_NONE: not
    int32_t shortest_days;   // of silence, for calls that can wait
    int32_t longest_days;    // of silence, at least 1
    uint32_t tries;          // calls without an answer since the last contact
    uint32_t intention;      // 1 to 5, 0: not known
    enum call_stage stage;
    uint32_t abc;
    bool hot; // a hot lead, or one that very likely buys
    bool overdue;
    bool guest;    // of a colleague who is away; deputy.h says for what they are called
    uint8_t cap;   // enum cap of caps.h that is full, 0: none
    int64_t worth; // net sales of the window in micros: among equals the more valuable first
    // ---
    enum call_reason reason; // the strongest, CALL_NONE: leave alone today
    enum call_reason capped; // what they would be called for but for the cap, CALL_NONE: nothing
    bool listed;
    bool put_off; // wanted today, without room
    bool again;   // nobody answered the last time
    bool ahead;   // a promise of a later day that will have no room for it
    bool reached; // this month
    unsigned block;
    int64_t key;
};

struct plan_rules {
    uint32_t capacity; // calls a day, at least 1
    int32_t need_lead_days;
    int32_t rest_days; // after a real contact, for whatever reason that is no promise or appointment
    int32_t repeat_days;
    int32_t stage_days;
    int32_t expired_days; // a contract that ran out longer ago than stage_days comes back so often
    int32_t stale_days;
    uint32_t tries; // from here on a call without an answer is no longer carried over to the next day
};

struct plan_day {
    int32_t today;
    int32_t month_start, month_end; // first and last day
    uint32_t working_days_left;     // in the month, today included
    const int32_t *working_days;    // they themselves, ascending
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
// not interested and were not contacted this month are no part of the coverage, and guests are none.
size_t calllist_plan(const struct plan_rules *rules, const struct plan_day *day, struct candidate *candidates,
                     size_t count, struct candidate **order, struct candidate **ret_lines,
                     struct coverage *ret_coverage);

// Only the coverage facts. Promises and appointments of customers who were reached this month take room from the
// others.
void calllist_coverage(const struct plan_rules *rules, const struct plan_day *day, const struct candidate *candidates,
                       size_t count, struct coverage *ret_coverage);

#endif
