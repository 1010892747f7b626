#include "services/scheduler/remind.h"

#include "common/must.h"
#include "services/scheduler/describe.h"

#include <string.h>

enum { ERASE_MOST = 100000 };

static struct slice no_why(void)
{
    return (struct slice){(const uint8_t *)"", 0};
}

static uint64_t which_of(const void *bytes, size_t length)
{
    return hash_short(bytes, length);
}

static void put_timer(struct turn *turn, const struct reminder *reminder)
{
    struct due due = {.at_ms = reminder->tell_ms, .what = DUE_TELL, .subject = ""};
    memcpy(due.id, reminder->id, HASH_BYTES);
    diary_put_due(turn, &due);
}

static void delete_timer(struct turn *turn, const struct reminder *reminder)
{
    struct due due = {.at_ms = reminder->tell_ms, .what = DUE_TELL, .subject = ""};
    memcpy(due.id, reminder->id, HASH_BYTES);
    diary_delete_due(turn, &due);
}

// Opens a reminder whose id, kind, people, day and moments are set; false when it was opened before.
static bool open_pending(struct scheduler *self, struct turn *turn, struct reminder *reminder)
{
    struct reminder known;
    if (reminder->due_ms == SHIFT_NEVER || diary_reminder(turn, reminder->id, &known)) {
        return false;
    }
    reminder->state = REMINDER_PENDING;
    reminder->tell_ms = reminder->due_ms;
    diary_add_reminder(turn, reminder);
    put_timer(turn, reminder);
    office_tally(self, reminder->kind, TALLY_OPENED);
    office_pending(self, reminder->kind, true);
    return true;
}

// Opens one that is told in the same breath.
static bool open_told(struct scheduler *self, struct turn *turn, struct reminder *reminder, int64_t now_ms)
{
    struct reminder known;
    if (diary_reminder(turn, reminder->id, &known)) {
        return false;
    }
    reminder->state = REMINDER_TOLD;
    reminder->told_ms = now_ms;
    diary_add_reminder(turn, reminder);
    office_tally(self, reminder->kind, TALLY_OPENED);
    office_tally(self, reminder->kind, TALLY_TOLD);
    if (reminder->late) {
        office_tally(self, reminder->kind, TALLY_LATE);
    }
    return true;
}

// A pending one leaves that state.
static void leave_pending(struct scheduler *self, struct turn *turn, struct reminder *reminder,
                          enum reminder_state state, enum tally tally)
{
    must(reminder->state == REMINDER_PENDING);
    delete_timer(turn, reminder);
    reminder->state = (uint8_t)state;
    office_pending(self, reminder->kind, false);
    office_tally(self, reminder->kind, tally);
}

static void snoozed_id(const struct reminder *original, int64_t answered_ms, uint8_t *ret_id)
{
    uint8_t which[HASH_BYTES + 8];
    memcpy(which, original->id, HASH_BYTES);
    store_put_u64(which + HASH_BYTES, (uint64_t)answered_ms);
    diary_reminder_id(original->customer_id, KIND_SNOOZED, which_of(which, sizeof which), ret_id);
}

void remind_cancel(struct scheduler *self, struct turn *turn, struct reminder *reminder, const char *reason)
{
    struct reminder again;
    // One that was put off lives on in the one that was opened for it, which may have been put off too.
    while (reminder->state == REMINDER_SNOOZED) {
        uint8_t id[HASH_BYTES];
        snoozed_id(reminder, reminder->answered_ms, id);
        if (!diary_reminder(turn, id, &again)) {
            return;
        }
        reminder = &again;
    }
    if (reminder->state == REMINDER_PENDING) {
        leave_pending(self, turn, reminder, REMINDER_CANCELLED, TALLY_CANCELLED);
    } else if (reminder->state == REMINDER_TOLD) {
        reminder->state = REMINDER_CANCELLED;
        office_tally(self, reminder->kind, TALLY_WITHDRAWN);
        notice_cancel(turn, reminder, reason);
    } else {
        return;
    }
    reminder->note = reason;
    diary_put_reminder(turn, reminder);
}

// --- alerts

// The last reminder of this kind about the customer; its state is REMINDER_NONE when there is none.
static struct reminder last_of_kind(struct turn *turn, const struct customer *customer, enum kind_id kind)
{
    struct reminder last = {.state = REMINDER_NONE};
    uint8_t id[HASH_BYTES];
    if (customer->occasions[kind] != DAY_NONE) {
        diary_reminder_id(customer->id, kind, (uint64_t)customer->occasions[kind], id);
        if (!diary_reminder(turn, id, &last)) {
            last.state = REMINDER_NONE;
        }
    }
    return last;
}

static bool open_state(const struct reminder *reminder)
{
    return reminder->state == REMINDER_PENDING || reminder->state == REMINDER_TOLD;
}

// An alert that would replace one of this kind waits already: what this one says is part of it.
static bool replaced(struct turn *turn, const struct customer *customer, enum kind_id kind)
{
    for (enum kind_id other = KIND_NONE + 1; other < KIND_COUNT; other++) {
        if (kinds_row(other)->replaces == kind && last_of_kind(turn, customer, other).state == REMINDER_PENDING) {
            return true;
        }
    }
    return false;
}

// Told a short while ago, and this one says nothing worse.
static bool rests(const struct scheduler *self, struct turn *turn, const struct customer *customer, enum kind_id kind,
                  const struct reminder *last, const char *after, int32_t day)
{
    int32_t since = customer->occasions[kind];
    if (!kinds_row(kind)->rests || since == DAY_NONE) {
        return false;
    }
    if (day <= since) {
        return true;
    }
    bool worse = kinds_row(kind)->trigger == TRIGGER_FALL && last->state != REMINDER_NONE &&
                 strcmp(after, notice_why_read(turn->arena, last->why).after) > 0;
    return day - since < self->options.alert_rest_days && !worse;
}

static void raise(struct scheduler *self, struct turn *turn, struct customer *customer, enum kind_id kind,
                  const struct fact *fact)
{
    struct reminder last = last_of_kind(turn, customer, kind);
    if (last.state == REMINDER_PENDING && kinds_row(kind)->fold == FOLD_UPDATE) {
        last.why = notice_why_fold(turn->arena, last.why, fact->change.why);
        diary_put_reminder(turn, &last);
        office_tally(self, kind, TALLY_FOLDED);
        return;
    }
    if (replaced(turn, customer, kind)) {
        office_tally(self, kind, TALLY_FOLDED);
        return;
    }
    struct rep rep;
    if (!office_owner(self, turn, customer, &rep)) {
        office_count(self, COUNT_OWNERLESS, 1);
        return;
    }
    struct desk desk;
    office_desk(self, turn, &rep, &desk);
    int64_t from_ms = fact->version.time_ms < turn->now_ms ? fact->version.time_ms : turn->now_ms;
    struct reminder alert = {.kind = (uint8_t)kind,
                             .rep_id = rep.id,
                             .customer_id = customer->id,
                             .note = "",
                             .event_day = DAY_NONE,
                             .due_ms = shift_next(&desk.shift, from_ms),
                             .why = fact->change.why};
    if (alert.due_ms == SHIFT_NEVER) {
        office_count(self, COUNT_OWNERLESS, 1);
        return;
    }
    alert.day = shift_day(&desk.shift, alert.due_ms);
    if (rests(self, turn, customer, kind, &last, fact->change.after, alert.day)) {
        office_tally(self, kind, TALLY_RESTED);
        return;
    }
    if (kinds_row(kind)->replaces != KIND_NONE) {
        struct reminder smaller = last_of_kind(turn, customer, kinds_row(kind)->replaces);
        if (smaller.state == REMINDER_PENDING) {
            remind_cancel(self, turn, &smaller, "replaced by a stronger alert");
        }
    }
    diary_reminder_id(customer->id, kind, (uint64_t)alert.day, alert.id);
    if (open_pending(self, turn, &alert)) {
        customer->occasions[kind] = alert.day;
    }
}

void remind_change(struct scheduler *self, struct turn *turn, struct customer *customer, const struct fact *fact)
{
    const struct change_fact *change = &fact->change;
    for (enum kind_id kind = KIND_NONE + 1; kind < KIND_COUNT; kind++) {
        const struct kind *row = kinds_row(kind);
        if (strcmp(row->dimension, change->dimension) != 0 || row->dimension[0] == '\0') {
            continue;
        }
        struct reminder last = last_of_kind(turn, customer, kind);
        const char *began = open_state(&last) ? notice_why_read(turn->arena, last.why).before : "";
        enum kind_effect effect =
            kinds_judge(row, change->dimension, change->before, change->after, customer->abc, began);
        if (effect == EFFECT_SETTLE && open_state(&last)) {
            remind_cancel(self, turn, &last, "it is over");
        } else if (effect == EFFECT_RAISE && !fact->historical) {
            raise(self, turn, customer, kind, fact);
        }
    }
}

// --- promises

// A promise with another due time is another reminder.
static void promise_reminder_id(const struct promise *promise, uint8_t *ret_id)
{
    uint8_t which[16];
    store_put_u64(which, promise->hash);
    store_put_u64(which + 8, (uint64_t)promise->due_ms);
    diary_reminder_id(promise->customer_id, KIND_PROMISE, which_of(which, sizeof which), ret_id);
}

void remind_promise(struct scheduler *self, struct turn *turn, const struct customer *customer,
                    const struct promise *promise)
{
    struct rep rep;
    if (promise->closed_ms != 0 || promise->due_ms <= turn->now_ms) {
        return;
    }
    if (!office_owner(self, turn, customer, &rep)) {
        office_count(self, COUNT_OWNERLESS, 1);
        return;
    }
    struct desk desk;
    office_desk(self, turn, &rep, &desk);
    int64_t ahead_ms = promise->due_ms - self->options.promise_lead;
    int64_t tell_ms = shift_next(&desk.shift, ahead_ms);
    if (tell_ms > promise->due_ms) {
        tell_ms = shift_before(&desk.shift, ahead_ms);
    }
    if (tell_ms < turn->now_ms) {
        tell_ms = shift_next(&desk.shift, turn->now_ms);
    }
    // Made in the evening for the evening: the next list says that it was due.
    if (tell_ms > promise->due_ms) {
        return;
    }
    struct reminder reminder = {.kind = KIND_PROMISE,
                                .rep_id = rep.id,
                                .customer_id = customer->id,
                                .note = "",
                                .due_ms = tell_ms,
                                .promise = promise->hash,
                                .event_day = shift_day(&desk.shift, promise->due_ms),
                                .why = no_why()};
    reminder.day = shift_day(&desk.shift, tell_ms);
    promise_reminder_id(promise, reminder.id);
    open_pending(self, turn, &reminder);
}

void remind_promise_over(struct scheduler *self, struct turn *turn, const struct promise *promise, const char *reason)
{
    struct reminder reminder;
    uint8_t id[HASH_BYTES];
    promise_reminder_id(promise, id);
    if (diary_reminder(turn, id, &reminder)) {
        remind_cancel(self, turn, &reminder, reason);
    }
}

// --- told at once

bool remind_date(struct scheduler *self, struct turn *turn, const struct desk *desk, const struct customer *customer,
                 enum kind_id kind, unsigned whose, int32_t occasion, int32_t tell_day, int64_t now_ms)
{
    uint8_t which[5];
    which[0] = (uint8_t)whose;
    store_put_u32(which + 1, (uint32_t)occasion);
    struct reminder reminder = {.kind = (uint8_t)kind,
                                .rep_id = desk->rep.id,
                                .customer_id = customer->id,
                                .note = "",
                                .day = tell_day,
                                .due_ms = shift_list(&desk->shift, tell_day),
                                .event_day = occasion,
                                .detail = (uint8_t)whose,
                                .why = no_why()};
    reminder.tell_ms = reminder.due_ms;
    reminder.late = now_ms - reminder.due_ms > self->options.late_after;
    diary_reminder_id(customer->id, kind, which_of(which, sizeof which), reminder.id);
    if (!open_told(self, turn, &reminder, now_ms)) {
        return false;
    }
    struct notice notice = describe_reminder(turn, &reminder, customer);
    notice_tell(turn, &notice);
    return true;
}

void remind_coverage(struct scheduler *self, struct turn *turn, const struct desk *desk, const struct list *list,
                     int32_t month_start, int64_t now_ms)
{
    struct notice_line facts = {.text = "", .figure_count = 5};
    facts.figures[0] = (struct figure){"missing", list->missing, UNIT_COUNT, ""};
    facts.figures[1] = (struct figure){"capacity", list->capacity, UNIT_COUNT, ""};
    facts.figures[2] = (struct figure){"working_days_left", list->working_days_left, UNIT_COUNT, ""};
    facts.figures[3] = (struct figure){"customers", list->customers, UNIT_COUNT, ""};
    facts.figures[4] = (struct figure){"contacted", list->contacted, UNIT_COUNT, ""};
    struct reminder reminder = {.kind = KIND_COVERAGE_WARNING,
                                .rep_id = desk->rep.id,
                                .customer_id = "",
                                .note = "",
                                .day = list->day,
                                .due_ms = list->due_ms,
                                .tell_ms = list->due_ms,
                                .event_day = DAY_NONE,
                                .late = list->late,
                                .why = notice_why_line(turn->arena, &facts)};
    diary_reminder_id(desk->rep.id, KIND_COVERAGE_WARNING, (uint64_t)month_start, reminder.id);
    if (open_told(self, turn, &reminder, now_ms)) {
        struct notice notice = describe_reminder(turn, &reminder, NULL);
        notice_tell(turn, &notice);
    }
}

bool remind_line(struct scheduler *self, struct turn *turn, const struct list *list, const struct notice_line *line,
                 int64_t now_ms)
{
    struct reminder reminder = {.kind = KIND_CALL,
                                .reason = (uint8_t)line->reason,
                                .late = list->late,
                                .rep_id = list->rep_id,
                                .customer_id = line->customer_id,
                                .note = "",
                                .day = list->day,
                                .due_ms = list->due_ms,
                                .tell_ms = list->due_ms,
                                .event_day = DAY_NONE,
                                .why = notice_why_line(turn->arena, line)};
    memcpy(reminder.id, line->reminder_id, HASH_BYTES);
    return open_told(self, turn, &reminder, now_ms);
}

// --- the moment has come

static bool expired(const struct scheduler *self, const struct reminder *reminder, int32_t today)
{
    switch (kinds_row(reminder->kind)->late) {
    case LATE_DAYS:
        return today - reminder->day > self->options.alert_late_days;
    case LATE_OCCASION:
        return today > (reminder->event_day != DAY_NONE ? reminder->event_day : reminder->day);
    default:
        return false;
    }
}

// Not now. When the moment was met on time it is the rep who is off, so the day it belongs to moves too; otherwise it
// stays, and the reminder will be late.
static void put_back(struct scheduler *self, struct turn *turn, struct reminder *reminder, const struct desk *desk,
                     int64_t next_ms, int64_t now_ms)
{
    delete_timer(turn, reminder);
    bool on_time = now_ms - reminder->tell_ms <= self->options.late_after;
    reminder->tell_ms = next_ms;
    put_timer(turn, reminder);
    if (on_time) {
        reminder->due_ms = next_ms;
        diary_move_reminder(turn, reminder, reminder->rep_id, shift_day(&desk->shift, next_ms));
    }
    diary_put_reminder(turn, reminder);
}

void remind_due(struct scheduler *self, struct turn *turn, const uint8_t *id, int64_t now_ms)
{
    struct reminder reminder;
    struct customer customer;
    struct rep rep;
    struct desk desk;
    if (!diary_reminder(turn, id, &reminder) || reminder.state != REMINDER_PENDING) {
        return;
    }
    book_customer(turn, reminder.customer_id, &customer);
    if (!office_owner(self, turn, &customer, &rep)) {
        office_count(self, COUNT_OWNERLESS, 1);
        remind_cancel(self, turn, &reminder, "nobody takes care of the customer");
        return;
    }
    office_desk(self, turn, &rep, &desk);
    int64_t next_ms = shift_next(&desk.shift, now_ms);
    if (next_ms == SHIFT_NEVER || expired(self, &reminder, shift_day(&desk.shift, now_ms))) {
        leave_pending(self, turn, &reminder, REMINDER_EXPIRED, TALLY_EXPIRED);
        diary_put_reminder(turn, &reminder);
        return;
    }
    if (next_ms > now_ms) {
        put_back(self, turn, &reminder, &desk, next_ms, now_ms);
        return;
    }
    leave_pending(self, turn, &reminder, REMINDER_TOLD, TALLY_TOLD);
    reminder.told_ms = now_ms;
    reminder.late = now_ms - reminder.due_ms > self->options.late_after;
    if (reminder.late) {
        office_tally(self, reminder.kind, TALLY_LATE);
    }
    diary_move_reminder(turn, &reminder, rep.id, reminder.day);
    diary_put_reminder(turn, &reminder);
    struct notice notice = describe_reminder(turn, &reminder, &customer);
    notice_tell(turn, &notice);
}

// --- answers

bool remind_parse_id(const char *text, uint8_t *ret_id)
{
    static const char DIGITS[] = "0123456789abcdef";
    uint8_t id[HASH_BYTES];
    if (strlen(text) != sizeof id * 2) {
        return false;
    }
    for (size_t i = 0; i < sizeof id; i++) {
        const char *high = strchr(DIGITS, text[2 * i]), *low = strchr(DIGITS, text[2 * i + 1]);
        if (high == NULL || low == NULL) {
            return false;
        }
        id[i] = (uint8_t)((high - DIGITS) << 4 | (low - DIGITS));
    }
    memcpy(ret_id, id, sizeof id);
    return true;
}

// One that the rep put off comes back at the time that was asked for, or with the next working day's list.
static void open_snoozed(struct scheduler *self, struct turn *turn, const struct reminder *original,
                         const struct fact *fact)
{
    struct customer customer;
    struct rep rep;
    struct desk desk;
    book_customer(turn, original->customer_id, &customer);
    if (!office_owner(self, turn, &customer, &rep)) {
        office_count(self, COUNT_OWNERLESS, 1);
        return;
    }
    office_desk(self, turn, &rep, &desk);
    int64_t asked_ms = fact->answer.next_ms;
    if (asked_ms == 0) {
        int32_t day = shift_day(&desk.shift, fact->version.time_ms) + 1;
        asked_ms = workday_next(&desk.days, day, &day) ? shift_list(&desk.shift, day) : SHIFT_NEVER;
    }
    if (asked_ms == SHIFT_NEVER || (fact->historical && asked_ms <= turn->now_ms)) {
        return;
    }
    if (asked_ms < turn->now_ms) {
        asked_ms = turn->now_ms;
    }
    const char *text = fact->answer.note[0] != '\0'     ? fact->answer.note
                       : original->kind == KIND_SNOOZED ? original->note
                                                        : notice_why_read(turn->arena, original->why).text;
    struct reminder again = {.kind = KIND_SNOOZED,
                             .rep_id = rep.id,
                             .customer_id = original->customer_id,
                             .note = text,
                             .due_ms = shift_next(&desk.shift, asked_ms),
                             .event_day = original->event_day,
                             .promise = original->promise,
                             .detail = original->kind == KIND_SNOOZED ? original->detail : original->kind,
                             .why = original->why};
    if (again.due_ms != SHIFT_NEVER) {
        again.day = shift_day(&desk.shift, again.due_ms);
    }
    snoozed_id(original, fact->version.time_ms, again.id);
    open_pending(self, turn, &again);
}

bool remind_answer(struct scheduler *self, struct turn *turn, const struct fact *fact, struct reminder *ret_reminder)
{
    uint8_t id[HASH_BYTES];
    struct reminder reminder;
    if (!remind_parse_id(fact->answer.reminder_id, id) || !diary_reminder(turn, id, &reminder)) {
        office_count(self, COUNT_ANSWERS_UNKNOWN, 1);
        return false;
    }
    *ret_reminder = reminder;
    if (fact->version.time_ms < reminder.answered_ms || fact->answer.outcome == ANSWER_NONE) {
        return true;
    }
    if (reminder.answered_ms == 0) {
        office_tally(self, reminder.kind, TALLY_ANSWERED);
    }
    bool later = fact->answer.outcome == ANSWER_SNOOZED || fact->answer.outcome == ANSWER_RESCHEDULED;
    bool same = later && fact->version.time_ms == reminder.answered_ms;
    if (reminder.state == REMINDER_SNOOZED && !same) {
        remind_cancel(self, turn, &reminder, "the reminder it came from was answered anew");
    }
    enum reminder_state state = later ? REMINDER_SNOOZED : REMINDER_DONE;
    if (reminder.state == REMINDER_PENDING) {
        leave_pending(self, turn, &reminder, state, TALLY_CANCELLED);
    }
    reminder.state = (uint8_t)state;
    reminder.outcome = (uint8_t)fact->answer.outcome;
    reminder.answered_ms = fact->version.time_ms;
    diary_put_reminder(turn, &reminder);
    if (later) {
        open_snoozed(self, turn, &reminder, fact);
    }
    *ret_reminder = reminder;
    return true;
}

// --- erasing

static bool erase_one(void *self, struct turn *turn, const struct reminder *reminder)
{
    struct reminder one = *reminder;
    remind_cancel(self, turn, &one, "the customer was erased");
    diary_delete_reminder(turn, &one);
    return true;
}

void remind_erase(struct scheduler *self, struct turn *turn, const char *customer_id)
{
    diary_each_of_subject(turn, customer_id, ERASE_MOST, erase_one, self);
}
