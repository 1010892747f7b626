// The diary: the reminders, the lists as they were sent, and what is due when, which is the scheduler's only timer.
//
// As in book.h, what is read lives until the turn ends.
#ifndef TEND_SERVICES_SCHEDULER_DIARY_H
#define TEND_SERVICES_SCHEDULER_DIARY_H

#include "services/scheduler/book.h"

enum reminder_state {
    REMINDER_NONE,
    REMINDER_PENDING,
    REMINDER_TOLD,
    REMINDER_DONE,
    REMINDER_SNOOZED,
    REMINDER_CANCELLED, // before it was told, or withdrawn after
    REMINDER_EXPIRED,
    REMINDER_SUPPRESSED, // the customer was contacted often enough
    REMINDER_STATES
};

struct reminder {
    uint8_t id[HASH_BYTES];
    uint8_t kind;    // enum kind_id
    uint8_t state;   // enum reminder_state
    uint8_t outcome; // enum answer_outcome
    uint8_t reason;  // enum call_reason of a line
    uint8_t late;
    const char *rep_id, *customer_id;
    int32_t day;       // the rep's day it belongs to
    int32_t event_day; // the birthday itself, the promise's day; DAY_NONE: none
    int64_t due_ms, tell_ms, told_ms, answered_ms;
    const char *note;           // why it was cancelled, what the rep answered
    uint64_t promise;           // the promise's hash
    uint8_t detail;             // of one put off: the kind of the first one; of a birthday: 1 is the contact's
    struct slice why;           // packed by notice.h
    uint8_t matter[HASH_BYTES]; // whose step it tells; all zero: none
    uint8_t step, role;         // of its ladder; enum kind_role
    const char *text;           // of one put off: what it is about, in the words of who put it off
    const char *for_rep;        // whose duty it is where somebody else is told, "" otherwise
};

struct list {
    const char *rep_id;
    int32_t day;
    int64_t due_ms, told_ms;
    uint8_t late, first_of_month;
    uint32_t customers, contacted, working_days_left, capacity, missing;
    struct slice lines; // reminder ids
};

// --- reminders

// What identifies one: its subject (a customer or a rep), its kind, and which one it is of that kind. The first half of
// an id is its subject's, so one customer's reminders lie together.
void diary_reminder_id(const char *subject, enum kind_id kind, uint64_t which, uint8_t *ret_id);
bool diary_reminder(struct turn *turn, const uint8_t *id, struct reminder *ret_reminder);

// A new one; one that is there, whose rep and day stay as they are; one that goes to another rep or day.
void diary_add_reminder(struct turn *turn, const struct reminder *reminder);
void diary_put_reminder(struct turn *turn, const struct reminder *reminder);
void diary_move_reminder(struct turn *turn, struct reminder *reminder, const char *rep_id, int32_t day);
void diary_delete_reminder(struct turn *turn, const struct reminder *reminder);

// Walks: one customer's reminders; one rep's from the newest day on; one rep's of one day; everybody's. At most `most`
// are looked at; `step` may delete the one it sees and says whether to go on.
typedef bool reminder_step(void *self, struct turn *turn, const struct reminder *reminder);
void diary_each_of_subject(struct turn *turn, const char *subject, size_t most, reminder_step *step, void *self);
void diary_each_of_rep(struct turn *turn, const char *rep_id, size_t most, reminder_step *step, void *self);

// Those whose ids are not below `from`, in the order of their ids.
void diary_each_from(struct turn *turn, const uint8_t *from, size_t most, reminder_step *step, void *self);

// Those of a matter, however many its subject has of others.
void diary_each_of_matter(struct turn *turn, const char *subject, const uint8_t *matter, reminder_step *step,
                          void *self);
void diary_each_of_day(struct turn *turn, const char *rep_id, int32_t day, size_t most, reminder_step *step,
                       void *self);
void diary_each_reminder(struct turn *turn, size_t most, reminder_step *step, void *self);

// Forgets the rep's lists and whatever is not pending of days before `day`; at most `most` reminders.
void diary_forget(struct turn *turn, const char *rep_id, int32_t day, size_t most);

// --- lists

// The list as it was sent; false, and an empty one, when none was sent on that day.
bool diary_list(struct turn *turn, const char *rep_id, int32_t day, struct list *ret_list);
void diary_put_list(struct turn *turn, const struct list *list);

// --- what is due

enum due_what { DUE_LIST = 1, DUE_TELL = 2, DUE_MATTER = 3, DUE_EVENING = 4, DUE_DIGEST = 5, DUE_PROMISE = 6 };
struct due {
    int64_t at_ms;
    enum due_what what;
    uint8_t id[HASH_BYTES]; // of the reminder or the matter; for a list the hash of the rep
    const char *subject;    // the rep of a list, "" otherwise
};
void diary_put_due(struct turn *turn, const struct due *due);
void diary_delete_due(struct turn *turn, const struct due *due);
bool diary_has_due(struct turn *turn, const struct due *due);
bool diary_first_due(struct turn *turn, struct due *ret_due);

#endif
