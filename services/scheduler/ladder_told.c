// The reminders of a matter: taken back, brought up to date, told anew.
#include "services/scheduler/ladder_parts.h"

#include "services/scheduler/describe.h"
#include "services/scheduler/notice.h"
#include "services/scheduler/remind.h"

struct search {
    struct scheduler *self;
    const struct matter *matter;
    const char *reason;
    struct slice why;
    bool pending, moved;
};

static void each(struct turn *turn, const struct matter *matter,
                 bool (*step)(void *context, struct turn *turn, const struct reminder *reminder), struct search *search)
{
    if (matter->raised != DAY_NONE)
        diary_each_of_matter(turn, matter_subject(matter), matter->id, step, search);
}

static bool withdraw_one(void *context, struct turn *turn, const struct reminder *reminder)
{
    struct search *search = context;
    struct reminder one = *reminder;
    remind_cancel(search->self, turn, &one, search->reason);
    return true;
}

void ladder_withdraw(struct scheduler *self, struct turn *turn, const struct matter *matter, const char *reason)
{
    each(turn, matter, withdraw_one, &(struct search){.self = self, .reason = reason});
}

static bool fold_one(void *context, struct turn *turn, const struct reminder *reminder)
{
    struct search *search = context;
    struct reminder one = *reminder;
    if (reminder->state != REMINDER_PENDING)
        return true;
    search->pending = true;
    if (search->why.length > 0) {
        one.why = search->why;
        diary_put_reminder(turn, &one);
    }
    return true;
}

bool ladder_fold(struct turn *turn, const struct matter *matter, struct slice why)
{
    struct search search = {.why = why};
    each(turn, matter, fold_one, &search);
    return search.pending;
}

bool ladder_waits(struct turn *turn, const struct matter *matter)
{
    return ladder_fold(turn, matter, (struct slice){(const uint8_t *)"", 0});
}

// What is told as the day of the matter: where it has none of its own, the one on which it is due.
static int32_t event_day(struct scheduler *self, struct turn *turn, const struct matter *matter,
                         const struct reminder *reminder)
{
    struct rep rep;
    struct desk desk;
    if (matter->day != DAY_NONE || reminder->event_day == DAY_NONE || matter->due_ms <= matter->since_ms)
        return reminder->event_day;
    book_rep(turn, reminder->rep_id, &rep);
    office_desk(self, turn, &rep, &desk);
    return shift_day(&desk.shift, matter->due_ms);
}

static bool tell_one(void *context, struct turn *turn, const struct reminder *reminder)
{
    const struct search *search = context;
    struct reminder one = *reminder;
    struct customer customer;
    if (reminder->state != REMINDER_TOLD)
        return true;
    one.why = search->why;
    if (search->moved)
        one.event_day = event_day(search->self, turn, search->matter, reminder);
    diary_put_reminder(turn, &one);
    bool same = !search->moved && notice_why_same(turn->arena, reminder->why, search->why);
    if (same || !office_mine(search->self, one.rep_id))
        return true;
    (void)book_customer(turn, one.customer_id, &customer);
    struct notice notice = describe_reminder(search->self, turn, &one, one.customer_id[0] != '\0' ? &customer : NULL);
    notice_tell_anew(turn, &notice);
    return true;
}

void ladder_tell_anew(struct scheduler *self, struct turn *turn, const struct matter *matter, bool moved)
{
    matter_put(turn, matter); // what is told looks there
    (void)ladder_fold(turn, matter, matter->why);
    each(turn, matter, tell_one, &(struct search){.self = self, .matter = matter, .why = matter->why, .moved = moved});
}
