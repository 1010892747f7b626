#include "services/scheduler/rounds.h"

#include "common/must.h"
#include "services/scheduler/almanac.h"
#include "services/scheduler/digest.h"
#include "services/scheduler/evening.h"
#include "services/scheduler/forget.h"
#include "services/scheduler/hints.h"
#include "services/scheduler/line.h"
#include "services/scheduler/remind.h"
#include "services/scheduler/sheet.h"
#include "services/scheduler/spread.h"

#include <string.h>

enum {
    FORGET_MOST = 1000,        // reminders of one rep that are forgotten in one round: several days' worth
    LOOKED_MOST = 1000,        // reminders of one customer that are looked at
    SAME_TIME_MS = 2 * 3600000 // whoever put a call off to a day hears at its first hour, and of the list about then
};

static void list_due(const struct rep *rep, struct due *ret_due)
{
    *ret_due = (struct due){.at_ms = rep->list_ms, .what = DUE_LIST, .subject = rep->id};
    hash_content(rep->id, strlen(rep->id), ret_due->id);
}

// The first working day of a month that is `day` or later, by the rep's week, whether or not the rep is away.
static bool first_of_a_month(const struct scheduler *self, const struct desk *desk, int32_t day, int32_t *ret_day)
{
    struct workdays common = office_workdays(self, &desk->rep);
    int32_t month = day_month_start(day), first = month;
    if (workday_next(&common, month, &first) && first < day)
        (void)workday_next(&common, day_add_months(month, 1), &first);
    *ret_day = first;
    return workday_is(&common, first) && first >= day;
}

// The day of the next round from `day` on: a working day, or the first of a month on which the rep is away, since
// somebody must be told what such a month cannot hold.
static bool next_day(const struct scheduler *self, const struct desk *desk, int32_t day, int32_t *ret_day)
{
    int32_t own = INT32_MAX, first = INT32_MAX;
    bool works = workday_next(&desk->days, day, &own);
    bool known = first_of_a_month(self, desk, day, &first);
    if (!works && !known)
        return false;
    *ret_day = !works || (known && first < own) ? first : own;
    return true;
}

static void arm_from(struct scheduler *self, struct turn *turn, const struct desk *desk, struct rep *rep, int32_t day)
{
    struct due due;
    if (rep->list_ms != 0) {
        list_due(rep, &due);
        diary_delete_due(turn, &due);
        rep->list_ms = 0;
    }
    if (rep->list_day != DAY_NONE && day <= rep->list_day)
        day = rep->list_day + 1;
    if (next_day(self, desk, day, &day)) {
        rep->list_ms = shift_list(&desk->shift, day);
        list_due(rep, &due);
        diary_put_due(turn, &due);
    }
    evening_arm(self, turn, desk, rep);
    book_put_rep(turn, rep);
}

void rounds_arm(struct scheduler *self, struct turn *turn, struct rep *rep)
{
    digest_arm(self, turn, rep);
    if (rep->list_ms != 0 && rep->list_ms <= turn->now_ms) {
        book_put_rep(turn, rep);
        return;
    }
    struct desk desk;
    office_desk(self, turn, rep, &desk);
    int32_t today = shift_day(&desk.shift, turn->now_ms);
    arm_from(self, turn, &desk, rep, turn->now_ms > shift_list(&desk.shift, today) ? today + 1 : today);
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
    for (size_t i = 0; i < sheet->own; i++) {
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

// A line that speaks of surveys was the last one for a while.
static void note_survey(struct turn *turn, const struct notice_line *line, int32_t day)
{
    bool spoken = line->reason == CALL_SURVEY;
    for (size_t i = 0; i < line->point_count; i++)
        spoken |= hints_is_survey(line->points[i].code);
    struct customer customer;
    if (!spoken || !book_customer(turn, line->customer_id, &customer))
        return;
    customer.survey_point_day = day;
    book_put_customer(turn, &customer);
}

struct said {
    struct scheduler *scheduler;
    const struct list *list;
    const struct notice_line *line;
};

static bool end_doubled(void *self, struct turn *turn, const struct reminder *reminder)
{
    struct said *said = self;
    bool call = reminder->kind == KIND_SNOOZED && reminder->detail == KIND_CALL;
    bool more = reminder->text[0] != '\0' && strcmp(reminder->text, said->line->text) != 0;
    if (!call || reminder->state != REMINDER_PENDING || strcmp(reminder->rep_id, said->list->rep_id) != 0 || more ||
        reminder->tell_ms > said->list->told_ms + SAME_TIME_MS)
        return true;
    struct reminder one = *reminder;
    remind_cancel(said->scheduler, turn, &one, "the call list of its day says it");
    return true;
}

// A call that was put off to this day is said by its line and not once more beside it; one with the rep's own words, or
// agreed for later in the day, comes by itself too.
static void say_once(struct scheduler *self, struct turn *turn, const struct list *list, const struct notice_line *line)
{
    struct said said = {.scheduler = self, .list = list, .line = line};
    diary_each_of_subject(turn, line->customer_id, LOOKED_MOST, end_doubled, &said);
}

// The lines as they stand on the list. Whoever was on another rep's list today already, having changed hands since, is
// not called twice.
static struct notice_line *write_lines(struct scheduler *self, struct turn *turn, const struct sheet *sheet,
                                       const struct list *list, int64_t now_ms, size_t *ret_count)
{
    struct notice_line *lines = arena_take(turn->arena, (sheet->line_count + 1) * sizeof *lines);
    size_t count = 0;
    for (size_t i = 0; i < sheet->line_count; i++) {
        const char *for_rep;
        line_make(self, turn, sheet, i, &lines[count], &for_rep);
        if (!remind_line(self, turn, KIND_CALL, list, &lines[count], for_rep, now_ms))
            continue;
        note_survey(turn, &lines[count], list->day);
        say_once(self, turn, list, &lines[count]);
        count++;
    }
    *ret_count = count;
    return lines;
}

// What the caps on contacts keep from being called today is noted, with the cap's name.
static void write_capped(struct scheduler *self, struct turn *turn, const struct sheet *sheet, const struct list *list)
{
    for (size_t i = 0; i < sheet->own; i++) {
        const struct candidate *candidate = &sheet->candidates[i];
        struct notice_line line = {.customer_id = sheet->ids[i], .text = "", .reason = candidate->capped};
        if (candidate->capped == CALL_NONE || candidate->listed)
            continue;
        diary_reminder_id(line.customer_id, KIND_CALL, (uint64_t)list->day, line.reminder_id);
        remind_capped(self, turn, list, &line, caps_name((enum cap)candidate->cap));
    }
}

// A list too long for one message is said in parts.
static void say_list(struct turn *turn, const struct list *list, const struct notice_line *lines, size_t count)
{
    size_t said = 0;
    for (unsigned part = 0; said < count || part == 0; part++) {
        size_t fit = notice_fit(turn->arena, lines + said, count - said, NOTICE_BYTES_MAX);
        notice_tell_list(turn, list, lines + said, fit, part);
        said += fit;
    }
}

static void warn(struct scheduler *self, struct turn *turn, struct rep *rep, const struct sheet *sheet,
                 const struct list *list, int64_t now_ms)
{
    if (list->missing == 0 || rep->warned_day == sheet->month_start)
        return;
    rep->warned_day = sheet->month_start;
    // The month's first list says it itself.
    if (!list->first_of_month)
        remind_coverage(self, turn, rep, list, sheet->month_start, now_ms);
}

static struct list list_of(const struct scheduler *self, const struct desk *desk, int32_t day,
                           const struct coverage *coverage, int64_t now_ms)
{
    int64_t due_ms = shift_list(&desk->shift, day);
    return (struct list){.rep_id = desk->rep.id,
                         .day = day,
                         .due_ms = due_ms,
                         .told_ms = now_ms,
                         .late = now_ms - due_ms > self->options.late_after,
                         .first_of_month = desk->rep.month_day != day_month_start(day),
                         .customers = coverage->customers,
                         .contacted = coverage->contacted,
                         .working_days_left = coverage->working_days_left,
                         .capacity = coverage->capacity,
                         .missing = coverage->missing};
}

// The rep is away on the month's first day: who is above hears on it what the month cannot hold.
static void warn_without(struct scheduler *self, struct turn *turn, const struct desk *desk, struct rep *rep,
                         int32_t today, int64_t now_ms)
{
    struct coverage coverage;
    struct rep manager;
    int32_t month_start = day_month_start(today);
    if (rep->warned_day == month_start || !office_manager(self, turn, rep, &manager))
        return;
    sheet_cover(self, turn, desk, today, &coverage);
    if (coverage.missing == 0)
        return;
    struct list list = list_of(self, desk, today, &coverage, now_ms);
    rep->warned_day = month_start;
    remind_coverage(self, turn, &manager, &list, month_start, now_ms);
}

// Every process plans for every rep, so that all of them know what was called for and an answer means the same to each;
// only the rep's own says it.
static void send(struct scheduler *self, struct turn *turn, const struct desk *desk, struct rep *rep, int32_t today,
                 int64_t now_ms)
{
    struct sheet sheet;
    sheet_build(self, turn, desk, today, true, &sheet);
    struct list list = list_of(self, desk, today, &sheet.coverage, now_ms);
    rep->list_day = today;
    if (sheet.count > 0) {
        size_t count;
        struct notice_line *lines = write_lines(self, turn, &sheet, &list, now_ms, &count);
        uint8_t *ids = arena_take(turn->arena, (count + 1) * HASH_BYTES);
        for (size_t i = 0; i < count; i++)
            memcpy(ids + i * HASH_BYTES, lines[i].reminder_id, HASH_BYTES);
        list.lines = (struct slice){ids, count * HASH_BYTES};
        diary_put_list(turn, &list);
        if (office_mine(self, rep->id))
            say_list(turn, &list, lines, count);
        office_count(self, COUNT_LISTS, 1);
        office_count(self, COUNT_LISTS_LATE, list.late);
        note_put_off(turn, &sheet);
        write_capped(self, turn, &sheet, &list);
        warn(self, turn, rep, &sheet, &list, now_ms);
        rep->month_day = sheet.month_start;
    }
    tell_dates(self, turn, &sheet, now_ms);
    almanac_tell(self, turn, &sheet, now_ms);
    spread_round(self, turn, rep, today);
    drop_stale_promises(self, turn, &sheet);
    forget_round(self, turn, &sheet);
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
        digest_effort(self, turn, &desk, &rep, today, now_ms);
    } else if (open) {
        folded++;
    } else if (begun && due_day == today && !shift_works(&desk.shift, today)) {
        warn_without(self, turn, &desk, &rep, today, now_ms);
    }
    office_count(self, COUNT_LISTS_FOLDED, (uint64_t)folded);
    arm_from(self, turn, &desk, &rep, begun ? today + 1 : today);
}
