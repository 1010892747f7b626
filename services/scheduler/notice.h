// What the scheduler says to the notifier, as messages.
#ifndef TEND_SERVICES_SCHEDULER_NOTICE_H
#define TEND_SERVICES_SCHEDULER_NOTICE_H

#include "services/scheduler/diary.h"
#include "services/scheduler/fact.h"
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
    const char *for_name;              // of whom the duty is, where somebody else is told; "" otherwise
    const struct notice_point *points; // besides those of `why`
    size_t point_count;
    const struct notice_line *about; // in place of those of `why`, when there are any
    size_t about_count;
    const char *rule; // these where `why` has none
    const char *const *events;
    size_t event_count;
};

// One line of a list.
struct notice_line {
    uint8_t reminder_id[HASH_BYTES];
    enum call_reason reason;
    const char *customer_id, *customer_name, *contact_name, *contact_phone, *text;
    uint32_t abc;
    struct figure figures[6];
    size_t figure_count;
    const struct notice_point *points; // what to talk about
    size_t point_count;
};

struct notice_line;

// Something to say or to do: a code that the notifier puts into words, and what fills it in.
struct notice_point {
    const char *code, *text;
    const struct figure *figures; // in numbers; may be NULL
    size_t figure_count;
};

// What a reminder says beside who, whose and when. Everything may be left at zero.
struct notice_words {
    const char *text, *before, *after, *rule, *event_date;
    const char *phone; // to be called, where it is about the rep
    const struct figure *figures;
    size_t figure_count;
    const char *const *events;
    size_t event_count;
    const struct notice_point *points;
    size_t point_count;
    const struct notice_line *about; // customers, where there are several
    size_t about_count;
};

// Points and lines as messages; in the arena.
Tend__V1__Point **notice_points(struct arena *arena, const struct notice_point *points, size_t count);
Tend__V1__CallLine **notice_lines(struct arena *arena, const struct notice_line *lines, size_t count);

// The same, packed: what an opening carries.
struct slice notice_why(struct arena *arena, const struct notice_words *words);

// A change of a value as the reminder about it will explain it: before, after, rule, figures, event ids; packed.
struct slice notice_why_change(struct arena *arena, const Tend__V1__ValueChanged *change);

// The same for a line of a list: its figures, its text and its points.
struct slice notice_why_line(struct arena *arena, const struct notice_line *line);

// True when two explanations say the same, also where they name other events as their cause.
bool notice_why_same(struct arena *arena, struct slice one, struct slice other);

// One explanation with the "before" of the older one, for a reminder that two changes led to.
struct slice notice_why_fold(struct arena *arena, struct slice older, struct slice newer);

// The customer's last orders, as they came with its worth, for lines and cards; empty when there are none.
struct slice notice_last_orders(struct arena *arena, const Tend__V1__CustomerValue *value);

// What notice_last_orders kept, as points: goods, day and amount, the newest first as "last_order", what was before it
// as "order_before". Returns how many there are, at most `most`; texts live in the arena.
// The newest one has its moment (0: its day will do), so that all that a rep reads of it names one day.
size_t notice_orders_recall(struct arena *arena, struct slice orders, int64_t newest_ms,
                            struct notice_point *ret_points, size_t most);

// What the change began and ended with, "" when there is none; and the text.
struct notice_change {
    const char *before, *after, *text;
};
struct notice_change notice_why_read(struct arena *arena, struct slice why);

// The reminder as a message; in the arena. Also what a look at it shows.
Tend__V1__Reminder *notice_reminder(struct arena *arena, const struct notice *notice);

// The goods of the last of them, "" when they are not known.
const char *notice_last_goods(struct arena *arena, struct slice orders);

// What scoring would offer the customer, from the hints as they came: the best article's name, "" when there is none,
// and whether it goes with what they buy; else customers like them buy it.
const char *notice_offer(struct arena *arena, struct slice hints, bool *ret_with);

// The customers that an explanation lists: their ids and points; names are to be filled in by who tells it, so that
// nobody's name outlives its erasure. Returns how many.
size_t notice_why_about(struct arena *arena, struct slice why, struct notice_line **ret_lines);

// Fills the text, the figures and the points of a line from what was kept.
void notice_line_recall(struct arena *arena, struct slice why, struct notice_line *line);

// How many of the first lines fit into `bytes` of a message; at least one.
size_t notice_fit(struct arena *arena, const struct notice_line *lines, size_t count, size_t bytes);

// The list as a message; in the arena. Also what a look at it shows.
Tend__V1__CallList *notice_list(struct arena *arena, const struct list *list, const struct notice_line *lines,
                                size_t count);

// Say it: a reminder; the same once more, since what it says has changed; a list whose lines fit; that a reminder is
// over.
void notice_tell(struct turn *turn, const struct notice *notice);
void notice_tell_anew(struct turn *turn, const struct notice *notice);
// A list that is too long for one message is said in parts, each a list of its own, from 0.
void notice_tell_list(struct turn *turn, const struct list *list, const struct notice_line *lines, size_t count,
                      unsigned part);

// The evening before: the list as it will probably be, and what the calls of the day that ends lack. Everything fits.
struct notice_evening {
    const struct list *list;
    int32_t day; // that ends
    int64_t due_ms;
    bool late;
    const struct notice_line *lines, *unrecorded, *undated;
    size_t line_count, unrecorded_count, undated_count;
};
void notice_tell_evening(struct turn *turn, const struct notice_evening *evening);
void notice_cancel(struct turn *turn, const struct reminder *reminder, const char *reason);
// That one which was told has been answered, as the fact says and the reminder now holds.
void notice_settled(struct turn *turn, const struct reminder *reminder, const struct fact *fact);

#endif
