// The kinds of reminders: one row each, so that a new kind is a new row. Pure.
#ifndef TEND_SERVICES_SCHEDULER_KINDS_H
#define TEND_SERVICES_SCHEDULER_KINDS_H

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
    KIND_COUNT
};

// What makes a reminder of this kind.
enum kind_trigger {
    TRIGGER_PLAN,   // the call list
    TRIGGER_FALL,   // the dimension takes a worse value; letters, the first is the best
    TRIGGER_YES,    // the dimension becomes "yes"
    TRIGGER_YEARLY, // a date comes back
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

struct kind {
    const char *name; // as people write it: "class_fall"
    enum kind_trigger trigger;
    const char *dimension; // TRIGGER_FALL and TRIGGER_YES, "" otherwise
    uint32_t classes;      // bit per class, 1 << ABC_A: about whom; 0: everybody
    enum kind_late late;
    enum kind_fold fold;
    enum kind_id replaces; // one of that kind that was not told yet is cancelled for this one
    bool rests;            // not again within alert_rest_days
    bool contact;          // done means that the customer was spoken to
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
