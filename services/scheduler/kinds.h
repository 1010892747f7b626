// The kinds of reminders: one row each, so that a new kind is a new row. Pure.
#ifndef TEND_SERVICES_SCHEDULER_KINDS_H
#define TEND_SERVICES_SCHEDULER_KINDS_H

#include "services/scheduler/span.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// As Tend__V1__ReminderKind numbers them; also on disk, so they never change.
enum kind_id {
    KIND_NONE = 0,
    KIND_CALL = 1,
    KIND_CLASS_FALL = 2,
    KIND_OVERDUE = 3,
    KIND_DROP = 4,
    KIND_BIRTHDAY = 5,
    KIND_FOUNDING_DAY = 6,
    KIND_COOPERATION = 7,
    KIND_PROMISE = 8,
    KIND_SNOOZED = 9,
    KIND_COVERAGE_WARNING = 10,
    KIND_DECLINING = 11,
    KIND_RIVAL = 12,
    KIND_RISING = 13,
    KIND_RECOVERY = 14,
    KIND_WIN_BACK = 15,
    KIND_SATISFACTION_ALARM = 16,
    KIND_SATISFACTION_FOLLOW_UP = 17,
    KIND_TEMPERATURE_COOLED = 18,
    KIND_LEAD_FOLLOW_UP = 19,
    KIND_ORDER_MISSED = 20,
    KIND_STAGE_STUCK = 21,
    KIND_CONTRACT_END = 22,
    KIND_FIRST_ORDER_VISIT = 23,
    KIND_OBJECTION = 24,
    KIND_QUOTE_NURSE = 25,
    KIND_SMALL_NURSE = 26,
    KIND_ANNOUNCEMENT = 27,
    KIND_COMPANY_EVENT = 28,
    KIND_EXPECTED_NEED = 29,
    KIND_NO_FOLLOW_UP = 30,
    KIND_NEXT_DATE_MISSING = 31,
    KIND_CONTACT_MISSING = 32,
    KIND_EVENING_PREVIEW = 33,
    KIND_FILE_DEADLINE = 34,
    KIND_GREETING = 35,
    KIND_GIFT_BUDGET = 36,
    KIND_VISIT_APPROVAL = 37,
    KIND_VISIT_UNAPPROVED = 38,
    KIND_VISIT_ANNOUNCE = 39,
    KIND_VISIT_ARRIVAL = 40,
    KIND_VISIT_CHECKLIST = 41,
    KIND_VISIT_CHECK_IN = 42,
    KIND_VISIT_REPORT = 43,
    KIND_POLICY_EXCEPTION = 44,
    KIND_SELF_REVIEW = 45,
    KIND_PROMISE_BROKEN = 46,
    KIND_PROMISE_SHORT = 47,
    KIND_REPLY_DUE = 48,
    KIND_TELL_DELIVERY = 49,
    KIND_CONFIRM_IN_WRITING = 50,
    KIND_ORDER_ERROR = 51,
    KIND_COMPLAINT_ACKNOWLEDGE = 52,
    KIND_COMPLAINT_ACT = 53,
    KIND_COMPLAINT_CAUSE = 54,
    KIND_COMPLAINT_AGAIN = 55,
    KIND_SURVEY_DUE = 56,
    KIND_BLACK_REVIEW = 57,
    KIND_COMMISSION_DUE = 58,
    KIND_OWNERSHIP_DISPUTE = 59,
    KIND_REASSIGNED = 60,
    KIND_EFFORT = 61,
    KIND_COUNT
};

// What makes a reminder of this kind.
enum kind_trigger {
    TRIGGER_PLAN,   // the rep's round: lists, and what is told beside them
    TRIGGER_FALL,   // the dimension takes a worse value; letters, the first is the best
    TRIGGER_WORDS,  // the dimension becomes one of `words`
    TRIGGER_COOLS,  // the dimension goes down in the order of `words`
    TRIGGER_YEARLY, // a date comes back
    TRIGGER_DAY,    // a day of the customer's row has come (dues.h)
    TRIGGER_FACT,   // an event says so
    TRIGGER_PROMISE,
    TRIGGER_ANSWER, // the rep put another reminder off
};

// Until when something that could not be told in time is still told, marked as late. After that it is dropped and
// counted.
enum kind_late {
    LATE_DAYS,     // the configured number of days
    LATE_OCCASION, // until the day itself is over
    LATE_ALWAYS,
};

// What a reminder that was not told yet does when another one of the same kind about the same customer comes.
enum kind_fold {
    FOLD_NOTHING, // both stand
    FOLD_UPDATE,  // one is told, with the first "before" and the newest "after"
};

// What ends a matter beside the event that is meant for it: somebody acted.
enum signal {
    SIGNAL_CONTACT, // a real contact with the customer
    SIGNAL_OUT,     // we told the customer something, in whatever way
    SIGNAL_WRITTEN, // in writing
    SIGNAL_ORDER,
    SIGNAL_SURVEY, // the customer was asked, or answered
    SIGNALS
};

// Whom a step is told; bits.
enum kind_role {
    ROLE_OWNER = 1,
    ROLE_REP = 2, // who promised, who travels; the owner when nobody is named
    ROLE_MANAGER = 4,
    ROLE_DIRECTOR = 8,
    ROLE_APPROVER = 16,
    ROLE_NEW_OWNER = 32, // who claims the customer
};

enum kind_from { FROM_SINCE, FROM_DUE };

// A step of the ladder: whom it is told, and when, counted from the cause or from the due moment (negative: before).
struct kind_step {
    uint8_t roles;    // 0: there are no more steps
    uint32_t classes; // as below; 0: all
    enum kind_from from;
    struct span span;
    const char *unless; // not told where the words of the matter are these; NULL: whatever they are
};

enum { KIND_STEPS = 4, KIND_PRIORITIES = 4 };

struct kind {
    const char *name; // as people write it: "class_fall"
    enum kind_trigger trigger;
    const char *dimension; // of the triggers that have one, "" otherwise
    const char *words;     // "lost|complaining"; "" otherwise
    uint32_t classes;      // bit per class, 1 << ABC_A: about whom; 0: everybody
    uint8_t priority;      // 0: at any time of the working day, 1: today, 2: may wait for a quiet moment
    enum kind_late late;
    enum kind_fold fold;
    enum kind_id replaces; // one of that kind says less: it ends when this one opens, and does not open beside it
    bool rests;            // not again within alert_rest_days
    bool contact;          // done means that the customer was spoken to
    bool capped;           // speaking to the customer can wait: the caps on contacts hold
    bool both;             // the rep that a matter names is beside the owner: ROLE_REP is the one, ROLE_OWNER the other
    bool mends;            // moved to another moment it is no news: what was told of it is put right where that will do
    bool insists;          // nobody acted though everybody of its ladder was told: it is told again until somebody does
    uint32_t closes;       // 1 << SIGNAL_...
    struct span due;       // from the cause; where the event names no moment
    struct kind_step steps[KIND_STEPS];
};

// The row of a kind; the kind is one of the enum, not KIND_NONE.
const struct kind *kinds_row(enum kind_id kind);

// The kind of that name in capitals or not, KIND_NONE when there is none.
enum kind_id kinds_named(const char *name);

// What a change of a dimension means for one kind.
enum kind_effect {
    EFFECT_NONE,
    EFFECT_RAISE,  // a reminder is due
    EFFECT_SETTLE, // what it was about is over
};

// `before` and `after` as scoring says them, `abc` the customer's class now (0: not known). For TRIGGER_FALL it is the
// class before that must be one of `classes`; `settles_at` is where a pending fall began ("" without one): at that
// value or a better one it is over.
enum kind_effect kinds_judge(const struct kind *kind, const char *dimension, const char *before, const char *after,
                             uint32_t abc, const char *settles_at);

#endif
