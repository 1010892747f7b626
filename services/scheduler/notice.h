// What the scheduler says to the notifier, as messages.
#ifndef TEND_SERVICES_SCHEDULER_NOTICE_H
#define TEND_SERVICES_SCHEDULER_NOTICE_H

#include "services/scheduler/diary.h"
#include "tend/v1/journal.pb-c.h"

enum {
    FIGURES_MAX = 24,         // of one reminder
    NOTICE_BYTES_MAX = 60000, // of one list; a record may not be larger than RECORD_PAYLOAD_MAX
    REMINDER_HEX = 2 * HASH_BYTES + 1,
};

// A reminder as it is told.
struct notice {
    const struct reminder *reminder;
    const struct customer *customer; // NULL: it is about the rep
    const char *rep_id;
    const char *text;
    const char *contact_name;
    const char *event_date;       // "" when there is none
    const struct figure *figures; // besides those of the reminder's own `why`, which win
    size_t figure_count;
};

// One line of a list.
struct notice_line {
    uint8_t reminder_id[HASH_BYTES];
    enum call_reason reason;
    const char *customer_id, *customer_name, *contact_name, *contact_phone, *text;
    uint32_t abc;
    struct figure figures[6];
    size_t figure_count;
};

// A change of a value as the reminder about it will explain it: before, after, rule, figures, event ids; packed.
struct slice notice_why_change(struct arena *arena, const Tend__V1__ValueChanged *change);

// The same for a line of a list: its figures and its text.
struct slice notice_why_line(struct arena *arena, const struct notice_line *line);

// One explanation with the "before" of the older one, for a reminder that two changes led to.
struct slice notice_why_fold(struct arena *arena, struct slice older, struct slice newer);

// What the change began and ended with, "" when there is none; and the text.
struct notice_change {
    const char *before, *after, *text;
};
struct notice_change notice_why_read(struct arena *arena, struct slice why);

// The reminder as a message; in the arena. Also what a look at it shows.
Tend__V1__Reminder *notice_reminder(struct arena *arena, const struct notice *notice);

// Fills the text and the figures of a line from what was kept.
void notice_line_recall(struct arena *arena, struct slice why, struct notice_line *line);

// How many of the first lines fit into one message of NOTICE_BYTES_MAX. Those that only fit without their text and
// figures lose them.
size_t notice_fit(struct arena *arena, struct notice_line *lines, size_t count);

// The list as a message; in the arena. Also what a look at it shows.
Tend__V1__CallList *notice_list(struct arena *arena, const struct list *list, const struct notice_line *lines,
                                size_t count);

// Say it: a reminder; a list whose lines fit; that a reminder is over.
void notice_tell(struct turn *turn, const struct notice *notice);
void notice_tell_list(struct turn *turn, const struct list *list, const struct notice_line *lines, size_t count);
void notice_cancel(struct turn *turn, const struct reminder *reminder, const char *reason);

#endif
