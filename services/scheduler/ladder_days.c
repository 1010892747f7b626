// Other working days and hours: what waits to be told by the old ones moves.
#include "services/scheduler/ladder_parts.h"

#include <string.h>

enum { REMINDERS_MOST = 2000 }; // of one rep: what waits is among the newest, and is a few hundred

struct moving {
    struct scheduler *self;
    int32_t first_day; // older ones do not wait any more: yesterday, since zones may change too
    int64_t from_ms;
};

static const uint8_t no_matter[HASH_BYTES];

static void move_reminder(struct turn *turn, const struct reminder *reminder, int64_t due_ms, int32_t day)
{
    struct reminder moved = *reminder;
    struct due due = {.at_ms = reminder->tell_ms, .what = DUE_TELL, .subject = ""};
    memcpy(due.id, reminder->id, HASH_BYTES);
    diary_delete_due(turn, &due);
    moved.due_ms = moved.tell_ms = due.at_ms = due_ms;
    diary_put_due(turn, &due);
    if (day != moved.day)
        diary_move_reminder(turn, &moved, moved.rep_id, day);
    diary_put_reminder(turn, &moved);
}

// Only what nobody has held back or put off: a cap, an hour that the customer likes and a wish stay as they are.
static bool waits_by_hours(const struct reminder *reminder)
{
    return reminder->state == REMINDER_PENDING && reminder->kind != KIND_SNOOZED && reminder->note[0] == '\0' &&
           reminder->tell_ms == reminder->due_ms && memcmp(reminder->matter, no_matter, HASH_BYTES) != 0;
}

static bool move_one(void *context, struct turn *turn, const struct reminder *reminder)
{
    const struct moving *moving = context;
    struct scheduler *self = moving->self;
    struct matter matter;
    struct customer customer;
    struct rep acts;
    struct desk desk;
    if (reminder->day < moving->first_day)
        return false; // they come from the newest day on
    if (!waits_by_hours(reminder) || !matter_get(turn, reminder->matter, &matter) || !matter_is_open(&matter))
        return true;
    book_customer(turn, matter.customer_id, &customer);
    int64_t moment_ms = ladder_retime(self, turn, &matter, &customer, reminder->step);
    matter_put(turn, &matter);
    if (moment_ms == SHIFT_NEVER)
        return true;
    moment_ms = moment_ms > moving->from_ms ? moment_ms : moving->from_ms;
    // Who is away has somebody who acts, and by whose hours: that is seen to when the moment comes.
    if (!office_role(self, turn, &matter, &customer, (enum kind_role)reminder->role, moment_ms, &acts) ||
        strcmp(acts.id, reminder->rep_id) != 0)
        return true;
    office_desk(self, turn, &acts, &desk);
    int64_t due_ms = shift_next(&desk.shift, moment_ms);
    if (due_ms == SHIFT_NEVER || due_ms == reminder->due_ms)
        return true;
    if (reminder->step == 0) {
        matter.told_ms = due_ms;
        matter_put(turn, &matter);
    }
    move_reminder(turn, reminder, due_ms, shift_day(&desk.shift, due_ms));
    return true;
}

void ladder_move_days(struct scheduler *self, struct turn *turn, const struct rep *rep, int64_t from_ms)
{
    const struct zone *zone = office_rep_zone(self, rep);
    int32_t today = zone_local(zone, turn->now_ms / 1000).day;
    struct moving moving = {.self = self, .first_day = today - 1, .from_ms = from_ms};
    diary_each_of_rep(turn, rep->id, REMINDERS_MOST, move_one, &moving);
}

static void move_rep(void *context, struct turn *turn, struct rep *rep)
{
    const struct moving *moving = context;
    ladder_move_days(moving->self, turn, rep, moving->from_ms);
}

void ladder_move_all_days(struct scheduler *self, struct turn *turn, int64_t from_ms)
{
    struct moving moving = {.self = self, .from_ms = from_ms};
    book_each_rep(turn, move_rep, &moving);
}
