#include "services/scheduler/evening.h"

#include "services/scheduler/line.h"
#include "services/scheduler/remind.h"

#include <string.h>

enum {
    UNRECORDED_BYTES = 15000, // of the message; nobody reads on after so many names
    UNDATED_BYTES = 10000,
    REACH_DAYS = 10,      // a list that is further away is told in its own time
    STAGE_KEY_PERSON = 3, // Tend__V1__LeadStage: from here on, up to the contract, each talk leads to the next
    STAGE_CONTRACT_SENT = 6,
};

static void evening_due(const struct rep *rep, struct due *ret_due)
{
    *ret_due = (struct due){.at_ms = rep->evening_ms, .what = DUE_EVENING, .subject = rep->id};
    hash_content(rep->id, strlen(rep->id), ret_due->id);
}

int64_t evening_moment(const struct scheduler *self, const struct desk *desk, int32_t day)
{
    return zone_moment(desk->shift.time.zone, day, (uint32_t)self->options.plan.evening_at) * 1000;
}

void evening_arm(struct scheduler *self, struct turn *turn, const struct desk *desk, struct rep *rep)
{
    struct due due;
    if (rep->evening_ms != 0 && rep->evening_ms <= turn->now_ms)
        return;
    if (rep->evening_ms != 0) {
        evening_due(rep, &due);
        diary_delete_due(turn, &due);
        rep->evening_ms = 0;
    }
    int32_t day = shift_day(&desk->shift, turn->now_ms);
    day += turn->now_ms >= evening_moment(self, desk, day);
    if (!workday_next(&desk->days, day, &day))
        return;
    rep->evening_ms = evening_moment(self, desk, day);
    evening_due(rep, &due);
    diary_put_due(turn, &due);
}

// --- what the day's calls lack

struct looking {
    struct turn *turn;
    const struct desk *desk;
    int32_t day;
    struct notice_line *lines;
    size_t count, room;
};

static void add(struct looking *looking, struct notice_line line)
{
    if (looking->count == looking->room) {
        size_t room = looking->room == 0 ? 64 : looking->room * 2;
        struct notice_line *bigger = arena_take(looking->turn->arena, room * sizeof *bigger);
        if (looking->count > 0)
            memcpy(bigger, looking->lines, looking->count * sizeof *bigger);
        looking->lines = bigger;
        looking->room = room;
    }
    looking->lines[looking->count++] = line;
}

// A call is recorded when it was answered, or when the customer was spoken to or tried since the list.
static bool is_recorded(const struct reminder *reminder, const struct customer *customer)
{
    return reminder->state != REMINDER_TOLD || customer->contact_ms >= reminder->told_ms ||
           customer->tries_ms[0] >= reminder->told_ms;
}

static void find_unrecorded(struct looking *looking, const struct list *list)
{
    for (size_t i = 0; i < list->lines.length / HASH_BYTES; i++) {
        struct reminder reminder;
        struct customer customer;
        if (!diary_reminder(looking->turn, list->lines.bytes + i * HASH_BYTES, &reminder) ||
            !book_customer(looking->turn, reminder.customer_id, &customer) || is_recorded(&reminder, &customer))
            continue;
        struct notice_line line = line_plain(&customer);
        line.reason = (enum call_reason)reminder.reason;
        memcpy(line.reminder_id, reminder.id, HASH_BYTES);
        add(looking, line);
    }
}

// Spoken to today, on the way to a contract or with a promise open, and nothing agreed for later.
static void find_undated(void *self, const struct customer *customer)
{
    struct looking *looking = self;
    const struct desk *desk = looking->desk;
    bool on_the_way = customer->stage >= STAGE_KEY_PERSON && customer->stage <= STAGE_CONTRACT_SENT;
    if ((!on_the_way && customer->promise_ms == 0) || office_day(desk, customer->contact_ms) != looking->day)
        return;
    int32_t next = office_day(desk, customer->next_ms), later = office_day(desk, customer->later_ms);
    if ((next != DAY_NONE && next > looking->day) || (later != DAY_NONE && later > looking->day))
        return;
    struct arena *arena = looking->turn->arena;
    struct notice_line line = {.customer_id = arena_text(arena, customer->id, strlen(customer->id)),
                               .customer_name = arena_text(arena, customer->name, strlen(customer->name)),
                               .contact_name = "",
                               .contact_phone = "",
                               .text = "",
                               .abc = customer->abc};
    diary_reminder_id(line.customer_id, KIND_NEXT_DATE_MISSING, (uint32_t)looking->day, line.reminder_id);
    add(looking, line);
}

// Each may be answered with a date.
static void open_undated(struct scheduler *self, struct looking *looking, const struct list *evening, int64_t now_ms)
{
    struct turn *turn = looking->turn;
    const char *rep_id = looking->desk->rep.id;
    book_each_owned(turn, rep_id, find_undated, looking);
    if (strcmp(rep_id, self->default_rep) == 0)
        book_each_owned(turn, "", find_undated, looking);
    for (size_t i = 0; i < looking->count; i++)
        (void)remind_line(self, turn, KIND_NEXT_DATE_MISSING, evening, &looking->lines[i], "", now_ms);
}

// --- the look ahead

static struct notice_line *preview(struct scheduler *self, struct turn *turn, const struct desk *desk, int32_t day,
                                   struct list *ret_list, size_t *ret_count)
{
    struct sheet sheet;
    sheet_build(self, turn, desk, day, false, &sheet);
    struct notice_line *lines = arena_take(turn->arena, (sheet.line_count + 1) * sizeof *lines);
    for (size_t i = 0; i < sheet.line_count; i++) {
        const char *for_rep;
        line_make(self, turn, &sheet, i, &lines[i], &for_rep);
    }
    *ret_count = sheet.line_count;
    *ret_list = (struct list){.rep_id = desk->rep.id,
                              .day = day,
                              .first_of_month = desk->rep.month_day != sheet.month_start,
                              .customers = sheet.coverage.customers,
                              .contacted = sheet.coverage.contacted,
                              .working_days_left = sheet.coverage.working_days_left,
                              .capacity = sheet.coverage.capacity,
                              .missing = sheet.coverage.missing};
    return lines;
}

// What does not fit is left out: first of the next list, which comes whole in the morning.
static void tell(struct turn *turn, struct notice_evening *evening)
{
    struct arena *arena = turn->arena;
    evening->unrecorded_count = notice_fit(arena, evening->unrecorded, evening->unrecorded_count, UNRECORDED_BYTES);
    evening->undated_count = notice_fit(arena, evening->undated, evening->undated_count, UNDATED_BYTES);
    evening->line_count =
        notice_fit(arena, evening->lines, evening->line_count, NOTICE_BYTES_MAX - UNRECORDED_BYTES - UNDATED_BYTES);
    notice_tell_evening(turn, evening);
}

static void send(struct scheduler *self, struct turn *turn, const struct desk *desk, int64_t due_ms, int64_t now_ms)
{
    int32_t today = shift_day(&desk->shift, now_ms), next;
    struct list list, ahead = {.rep_id = desk->rep.id, .day = today};
    struct list told = {.rep_id = desk->rep.id, .day = today, .due_ms = due_ms};
    struct looking unrecorded = {.turn = turn, .desk = desk, .day = today}, undated = unrecorded;
    struct notice_evening evening = {.list = &ahead, .day = today, .due_ms = due_ms};
    told.late = evening.late = now_ms - due_ms > self->options.late_after;
    bool sent = diary_list(turn, desk->rep.id, today, &list);
    if (sent)
        find_unrecorded(&unrecorded, &list);
    open_undated(self, &undated, &told, now_ms);
    if (workday_next(&desk->days, today + 1, &next) && next - today <= REACH_DAYS)
        evening.lines = preview(self, turn, desk, next, &ahead, &evening.line_count);
    evening.unrecorded = unrecorded.lines;
    evening.unrecorded_count = unrecorded.count;
    evening.undated = undated.lines;
    evening.undated_count = undated.count;
    bool any = evening.line_count + evening.unrecorded_count + evening.undated_count > 0;
    if (any && office_mine(self, desk->rep.id))
        tell(turn, &evening);
}

void evening_run(struct scheduler *self, struct turn *turn, const char *rep_id, int64_t due_ms, int64_t now_ms)
{
    struct rep rep;
    struct desk desk;
    if (!book_rep(turn, rep_id, &rep) || rep.evening_ms != due_ms)
        return;
    office_desk(self, turn, &rep, &desk);
    int32_t due_day = shift_day(&desk.shift, due_ms);
    // A late one is still told while the rep is at work; after that the morning's list says it.
    bool in_time = now_ms - due_ms <= self->options.late_after || shift_next(&desk.shift, now_ms) == now_ms;
    if (due_day == shift_day(&desk.shift, now_ms) && shift_works(&desk.shift, due_day) && in_time)
        send(self, turn, &desk, due_ms, now_ms);
    rep.evening_ms = 0; // the timer is gone
    evening_arm(self, turn, &desk, &rep);
    book_put_rep(turn, &rep);
}
