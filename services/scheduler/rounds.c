#include "services/scheduler/rounds.h"

#include "common/must.h"
#include "services/scheduler/remind.h"
#include "services/scheduler/sheet.h"

#include <string.h>

enum { FORGET_MOST = 1000 }; // reminders of one rep that are forgotten in one round: several days' worth

static void list_due(const struct rep *rep, struct due *ret_due)
{
    *ret_due = (struct due){.at_ms = rep->list_ms, .what = DUE_LIST, .subject = rep->id};
    hash_content(rep->id, strlen(rep->id), ret_due->id);
}

// The next round is on the first working day that is `day` or later.
static void arm_from(struct turn *turn, const struct desk *desk, struct rep *rep, int32_t day)
{
    struct due due;
    if (rep->list_ms != 0) {
        list_due(rep, &due);
        diary_delete_due(turn, &due);
        rep->list_ms = 0;
    }
    if (rep->list_day != DAY_NONE && day <= rep->list_day) {
        day = rep->list_day + 1;
    }
    if (workday_next(&desk->days, day, &day)) {
        rep->list_ms = shift_list(&desk->shift, day);
        list_due(rep, &due);
        diary_put_due(turn, &due);
    }
    book_put_rep(turn, rep);
}

void rounds_arm(struct scheduler *self, struct turn *turn, struct rep *rep)
{
    if (rep->list_ms != 0 && rep->list_ms <= turn->now_ms) {
        book_put_rep(turn, rep);
        return;
    }
    struct desk desk;
    office_desk(self, turn, rep, &desk);
    int32_t today = shift_day(&desk.shift, turn->now_ms);
    arm_from(turn, &desk, rep, turn->now_ms > shift_list(&desk.shift, today) ? today + 1 : today);
}

static void arm_one(void *self, struct turn *turn, struct rep *rep)
{
    rounds_arm(self, turn, rep);
}

void rounds_arm_all(struct scheduler *self, struct turn *turn)
{
    book_each_rep(turn, arm_one, self);
}

// Notes who had no room today, and forgets it of whoever is listed or no longer wanted.
static void note_put_off(struct turn *turn, const struct sheet *sheet)
{
    for (size_t i = 0; i < sheet->count; i++) {
        const struct candidate *candidate = &sheet->candidates[i];
        bool noted = candidate->put_off_day != DAY_NONE;
        if (noted != candidate->put_off) {
            struct customer customer;
            book_customer(turn, sheet->ids[i], &customer);
            customer.put_off_day = candidate->put_off ? sheet->day : DAY_NONE;
            book_put_customer(turn, &customer);
        }
    }
}

static void tell_dates(struct scheduler *self, struct turn *turn, const struct sheet *sheet, int64_t now_ms)
{
    static const size_t LEADS[KIND_COUNT] = {
        [KIND_BIRTHDAY] = offsetof(struct scheduler_options, birthday_lead_days),
        [KIND_FOUNDING_DAY] = offsetof(struct scheduler_options, founding_lead_days),
        [KIND_COOPERATION] = offsetof(struct scheduler_options, cooperation_lead_days),
    };
    for (size_t i = 0; i < sheet->date_count; i++) {
        const struct sheet_date *date = &sheet->dates[i];
        struct customer customer;
        book_customer(turn, sheet->ids[date->candidate], &customer);
        if (date->step == DATE_MISSED) {
            office_count(self, COUNT_DATES_MISSED, 1);
        } else {
            int64_t lead;
            memcpy(&lead, (const char *)&self->options + LEADS[date->kind], sizeof lead);
            int32_t tell_day = date->step == DATE_LATE
                                   ? dates_tell_day(&sheet->desk->days, date->occasion, (int32_t)lead)
                                   : sheet->day;
            remind_date(self, turn, sheet->desk, &customer, date->kind, date->whose, date->occasion, tell_day, now_ms);
        }
        if (date->whose == 1) {
            customer.contact_occasion = date->occasion;
        } else {
            customer.occasions[date->kind] = date->occasion;
        }
        book_put_customer(turn, &customer);
    }
}

// Nobody said whether these promises were kept; they were on the list long enough.
static void drop_stale_promises(struct scheduler *self, struct turn *turn, const struct sheet *sheet)
{
    for (size_t i = 0; i < sheet->stale_count; i++) {
        struct customer customer;
        struct promise promise;
        book_customer(turn, sheet->ids[sheet->stale[i]], &customer);
        if (!book_promise(turn, customer.id, customer.promise, &promise)) {
            continue;
        }
        promise.closed_ms = turn->now_ms;
        book_put_promise(turn, &promise);
        bool more = book_first_promise(turn, customer.id, &promise);
        customer.promise_ms = more ? promise.due_ms : 0;
        customer.promise = more ? promise.hash : 0;
        book_put_customer(turn, &customer);
        office_count(self, COUNT_PROMISES_STALE, 1);
    }
}

// The lines as they stand on the list. Whoever was on another rep's list today already, having changed hands since, is
// not called twice.
static struct notice_line *write_lines(struct scheduler *self, struct turn *turn, const struct sheet *sheet,
                                       const struct list *list, int64_t now_ms, size_t *ret_count)
{
    struct notice_line *lines = arena_take(turn->arena, (sheet->line_count + 1) * sizeof *lines);
    size_t count = 0;
    for (size_t i = 0; i < sheet->line_count; i++) {
        struct reminder known;
        sheet_line(turn, sheet, i, &lines[count]);
        count += !diary_reminder(turn, lines[count].reminder_id, &known);
    }
    *ret_count = notice_fit(turn->arena, lines, count);
    for (size_t i = 0; i < *ret_count; i++) {
        bool opened = remind_line(self, turn, list, &lines[i], now_ms);
        must(opened);
    }
    return lines;
}

static void warn(struct scheduler *self, struct turn *turn, const struct desk *desk, struct rep *rep,
                 const struct sheet *sheet, const struct list *list, int64_t now_ms)
{
    if (list->missing == 0 || rep->warned_day == sheet->month_start) {
        return;
    }
    rep->warned_day = sheet->month_start;
    // The month's first list says it itself.
    if (!list->first_of_month) {
        remind_coverage(self, turn, desk, list, sheet->month_start, now_ms);
    }
}

static void send(struct scheduler *self, struct turn *turn, const struct desk *desk, struct rep *rep, int32_t today,
                 int64_t now_ms)
{
    struct sheet sheet;
    sheet_build(self, turn, desk, today, &sheet);
    int64_t due_ms = shift_list(&desk->shift, today);
    struct list list = {.rep_id = rep->id,
                        .day = today,
                        .due_ms = due_ms,
                        .told_ms = now_ms,
                        .late = now_ms - due_ms > self->options.late_after,
                        .first_of_month = rep->month_day != sheet.month_start,
                        .customers = sheet.coverage.customers,
                        .contacted = sheet.coverage.contacted,
                        .working_days_left = sheet.coverage.working_days_left,
                        .capacity = sheet.coverage.capacity,
                        .missing = sheet.coverage.missing};
    rep->list_day = today;
    if (sheet.count > 0) {
        size_t count;
        struct notice_line *lines = write_lines(self, turn, &sheet, &list, now_ms, &count);
        uint8_t *ids = arena_take(turn->arena, (count + 1) * HASH_BYTES);
        for (size_t i = 0; i < count; i++) {
            memcpy(ids + i * HASH_BYTES, lines[i].reminder_id, HASH_BYTES);
        }
        list.lines = (struct slice){ids, count * HASH_BYTES};
        diary_put_list(turn, &list);
        notice_tell_list(turn, &list, lines, count);
        office_count(self, COUNT_LISTS, 1);
        office_count(self, COUNT_LISTS_LATE, list.late);
        note_put_off(turn, &sheet);
        warn(self, turn, desk, rep, &sheet, &list, now_ms);
        rep->month_day = sheet.month_start;
    }
    tell_dates(self, turn, &sheet, now_ms);
    drop_stale_promises(self, turn, &sheet);
    diary_forget(turn, rep->id, today - (int32_t)self->options.keep_days, FORGET_MOST);
}

void rounds_run(struct scheduler *self, struct turn *turn, const char *rep_id, int64_t due_ms, int64_t now_ms)
{
    struct rep rep;
    struct desk desk;
    if (!book_rep(turn, rep_id, &rep) || rep.list_ms != due_ms) {
        return;
    }
    office_desk(self, turn, &rep, &desk);
    int32_t today = shift_day(&desk.shift, now_ms), due_day = shift_day(&desk.shift, due_ms);
    bool begun = now_ms >= shift_list(&desk.shift, today);
    bool open = begun && shift_works(&desk.shift, today) && (rep.list_day == DAY_NONE || rep.list_day < today);
    bool in_time = shift_minute(&desk.shift, now_ms) < (uint32_t)self->options.call_list_until;
    int64_t folded = workday_count(&desk.days, due_day, today);
    if (open && in_time) {
        send(self, turn, &desk, &rep, today, now_ms);
    } else if (open) {
        folded++;
    }
    office_count(self, COUNT_LISTS_FOLDED, (uint64_t)folded);
    arm_from(turn, &desk, &rep, begun ? today + 1 : today);
}
