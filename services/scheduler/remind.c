#include "services/scheduler/remind.h"

#include "common/must.h"
#include "services/scheduler/budget.h"
#include "services/scheduler/describe.h"
#include "services/scheduler/duty.h"
#include "services/scheduler/log.h"
#include "services/scheduler/quiet.h"
#include "services/scheduler/follow.h"

#include <string.h>

enum {
    ERASE_MOST = 100000,
    CALL_LOGGED = 1, // the detail of a line that somebody has dealt with
};

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

// Lines of lists are counted as calls.
static bool is_line(const struct reminder *reminder)
{
    return reminder->kind == KIND_CALL || reminder->kind == KIND_CONTACT_MISSING ||
           reminder->kind == KIND_NEXT_DATE_MISSING;
}

// For the manager's digest: what was told on the rep's day, and what is no longer open of it.
static void note_told(struct turn *turn, const struct reminder *reminder)
{
    if (reminder->kind == KIND_CALL)
        log_add(turn, reminder->rep_id, reminder->day, LOG_CALLS, 1);
    else if (!is_line(reminder))
        log_add(turn, reminder->rep_id, reminder->day, LOG_TOLD, 1);
}

static void note_ended(struct turn *turn, const struct reminder *reminder, enum log_count how)
{
    if (reminder->state == REMINDER_TOLD && !is_line(reminder))
        log_add(turn, reminder->rep_id, reminder->day, how, 1);
}

// The line is dealt with: answered, or the contact was logged.
static void note_called(struct turn *turn, struct reminder *reminder)
{
    if (reminder->kind != KIND_CALL || reminder->detail == CALL_LOGGED)
        return;
    reminder->detail = CALL_LOGGED;
    log_add(turn, reminder->rep_id, reminder->day, LOG_LOGGED, 1);
}

// Opens a reminder whose id, kind, people, day and moments are set; false when it was opened before.
static bool open_pending(struct scheduler *self, struct turn *turn, struct reminder *reminder)
{
    struct reminder known;
    if (office_off(self, reminder->kind) || reminder->due_ms == SHIFT_NEVER ||
        diary_reminder(turn, reminder->id, &known)) {
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
    if (office_off(self, reminder->kind) || diary_reminder(turn, reminder->id, &known)) {
        return false;
    }
    reminder->state = REMINDER_TOLD;
    reminder->told_ms = now_ms;
    note_told(turn, reminder);
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
        note_ended(turn, reminder, LOG_ENDED);
        reminder->state = REMINDER_CANCELLED;
        office_tally(self, reminder->kind, TALLY_WITHDRAWN);
        if (office_mine(self, reminder->rep_id))
            notice_cancel(turn, reminder, reason);
    } else {
        return;
    }
    reminder->note = reason;
    diary_put_reminder(turn, reminder);
}

// One that was cancelled before anybody heard of it may have its reason again, when a late word takes back another.
static void revive(struct scheduler *self, struct turn *turn, const struct reminder *reminder)
{
    struct reminder known;
    if (!diary_reminder(turn, reminder->id, &known) || known.state != REMINDER_CANCELLED || known.told_ms != 0)
        return;
    diary_delete_reminder(turn, &known);
    office_untally(self, known.kind, TALLY_OPENED);
    office_untally(self, known.kind, TALLY_CANCELLED);
}

bool remind_open(struct scheduler *self, struct turn *turn, struct reminder *reminder)
{
    revive(self, turn, reminder);
    return open_pending(self, turn, reminder);
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
                                .for_rep = "",
                                .day = tell_day,
                                .due_ms = shift_list(&desk->shift, tell_day),
                                .event_day = occasion,
                                .detail = (uint8_t)whose,
                                .why = budget_why(self, turn, customer, occasion)};
    reminder.tell_ms = reminder.due_ms;
    reminder.late = now_ms - reminder.due_ms > self->options.late_after;
    diary_reminder_id(customer->id, kind, which_of(which, sizeof which), reminder.id);
    if (!open_told(self, turn, &reminder, now_ms)) {
        return false;
    }
    struct notice notice = describe_reminder(self, turn, &reminder, customer);
    if (office_mine(self, desk->rep.id))
        notice_tell(turn, &notice);
    return true;
}

bool remind_now(struct scheduler *self, struct turn *turn, struct reminder *reminder, const struct customer *customer,
                int64_t now_ms)
{
    reminder->tell_ms = reminder->due_ms;
    reminder->late = now_ms - reminder->due_ms > self->options.late_after;
    if (!open_told(self, turn, reminder, now_ms))
        return false;
    struct notice notice = describe_reminder(self, turn, reminder, customer);
    if (office_mine(self, reminder->rep_id))
        notice_tell(turn, &notice);
    return true;
}

void remind_coverage(struct scheduler *self, struct turn *turn, const struct rep *told, const struct list *list,
                     int32_t month_start, int64_t now_ms)
{
    struct notice_line facts = {.text = "", .figure_count = 5};
    facts.figures[0] = (struct figure){"missing", list->missing, UNIT_COUNT, ""};
    facts.figures[1] = (struct figure){"capacity", list->capacity, UNIT_COUNT, ""};
    facts.figures[2] = (struct figure){"working_days_left", list->working_days_left, UNIT_COUNT, ""};
    facts.figures[3] = (struct figure){"customers", list->customers, UNIT_COUNT, ""};
    facts.figures[4] = (struct figure){"contacted", list->contacted, UNIT_COUNT, ""};
    bool own = strcmp(told->id, list->rep_id) == 0;
    struct reminder reminder = {.kind = KIND_COVERAGE_WARNING,
                                .rep_id = told->id,
                                .customer_id = "",
                                .note = "",
                                .for_rep = own ? "" : list->rep_id,
                                .role = own ? 0 : ROLE_MANAGER,
                                .day = list->day,
                                .due_ms = list->due_ms,
                                .event_day = DAY_NONE,
                                .why = notice_why_line(turn->arena, &facts)};
    diary_reminder_id(list->rep_id, KIND_COVERAGE_WARNING, (uint64_t)month_start, reminder.id);
    if (own) {
        remind_now(self, turn, &reminder, NULL, now_ms);
        return;
    }
    // Whoever is above has hours of their own, maybe on the other side of the world.
    struct desk desk;
    office_desk(self, turn, told, &desk);
    reminder.due_ms = shift_next(&desk.shift, now_ms);
    reminder.day = reminder.due_ms != SHIFT_NEVER ? shift_day(&desk.shift, reminder.due_ms) : list->day;
    (void)remind_open(self, turn, &reminder);
}

bool remind_line(struct scheduler *self, struct turn *turn, enum kind_id kind, const struct list *list,
                 const struct notice_line *line, const char *for_rep, int64_t now_ms)
{
    struct reminder reminder = {.kind = (uint8_t)kind,
                                .reason = (uint8_t)line->reason,
                                .late = list->late,
                                .rep_id = list->rep_id,
                                .customer_id = line->customer_id,
                                .note = "",
                                .for_rep = for_rep,
                                .day = list->day,
                                .due_ms = list->due_ms,
                                .tell_ms = list->due_ms,
                                .event_day = DAY_NONE,
                                .why = notice_why_line(turn->arena, line)};
    memcpy(reminder.id, line->reminder_id, HASH_BYTES);
    return open_told(self, turn, &reminder, now_ms);
}

void remind_capped(struct scheduler *self, struct turn *turn, const struct list *list, const struct notice_line *line,
                   const char *cap)
{
    struct reminder known;
    struct reminder reminder = {.kind = KIND_CALL,
                                .state = REMINDER_SUPPRESSED,
                                .reason = (uint8_t)line->reason,
                                .rep_id = list->rep_id,
                                .customer_id = line->customer_id,
                                .note = arena_format(turn->arena, "as often in touch as the cap of the %s allows", cap),
                                .for_rep = "",
                                .day = list->day,
                                .due_ms = list->due_ms,
                                .tell_ms = list->due_ms,
                                .event_day = DAY_NONE,
                                .why = no_why()};
    memcpy(reminder.id, line->reminder_id, HASH_BYTES);
    if (diary_reminder(turn, reminder.id, &known))
        return;
    diary_add_reminder(turn, &reminder);
    office_tally(self, KIND_CALL, TALLY_OPENED);
    office_tally(self, KIND_CALL, TALLY_SUPPRESSED);
}

// The customer's owner as of now, or the rep whose duty it is, or who acts for them at that moment, which is noted; who
// is told in another role stays who it was.
static bool find_recipient(struct scheduler *self, struct turn *turn, struct reminder *reminder,
                           const struct customer *customer, int64_t at_ms, struct rep *ret_rep)
{
    enum kind_id kind = reminder->kind == KIND_SNOOZED ? (enum kind_id)reminder->detail : (enum kind_id)reminder->kind;
    bool owners = reminder->customer_id[0] != '\0' && (reminder->role == 0 || reminder->role == ROLE_OWNER);
    bool passes = kind != KIND_NONE && reminder->customer_id[0] != '\0' &&
                  (reminder->role == ROLE_OWNER || (reminder->role == ROLE_REP && duty_passes(kind)));
    if (!owners)
        book_rep(turn, passes && reminder->for_rep[0] != '\0' ? reminder->for_rep : reminder->rep_id, ret_rep);
    else if (!office_owner(self, turn, customer, ret_rep))
        return false;
    if (passes) {
        const char *keeper = ret_rep->id;
        duty_stand_in(self, turn, kind, at_ms, ret_rep);
        reminder->for_rep = strcmp(ret_rep->id, keeper) != 0 ? keeper : "";
    }
    return true;
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

// That nobody follows up is told when it is still so: what was put off holds it back, what is over ends it.
static bool is_wanted(struct scheduler *self, struct turn *turn, struct reminder *reminder, const struct desk *desk,
                      int64_t now_ms)
{
    struct matter matter;
    int64_t until_ms;
    if (!matter_get(turn, reminder->matter, &matter))
        return true;
    matter.step = reminder->step; // the ladder has gone on to the next one
    enum follow_step step = follow_judge(turn, &matter, &until_ms);
    if (step == FOLLOW_OVER)
        remind_cancel(self, turn, reminder, "nothing is left to follow up");
    else if (step == FOLLOW_HOLD)
        put_back(self, turn, reminder, desk, shift_next(&desk->shift, until_ms), now_ms);
    return step == FOLLOW_TELL;
}

// Whether the customer had better be left alone now. What is kept back for a while keeps the day it belongs to, so that
// it does not wait for ever, and says why it waits.
static bool keep_back(struct scheduler *self, struct turn *turn, struct reminder *reminder, const struct desk *desk,
                      const struct customer *customer, int64_t now_ms)
{
    struct quiet quiet = quiet_judge(self, desk, customer, reminder, now_ms);
    switch (quiet.step) {
    case QUIET_WAIT:
        put_back(self, turn, reminder, desk, quiet.at_ms, now_ms);
        return true;
    case QUIET_HOLD:
        delete_timer(turn, reminder);
        reminder->tell_ms = reminder->due_ms = quiet.at_ms;
        reminder->note = quiet.reason;
        put_timer(turn, reminder);
        diary_put_reminder(turn, reminder);
        return true;
    case QUIET_DROP:
        leave_pending(self, turn, reminder, REMINDER_SUPPRESSED, TALLY_SUPPRESSED);
        reminder->note = quiet.reason;
        diary_put_reminder(turn, reminder);
        return true;
    default:
        return false;
    }
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
    if (!find_recipient(self, turn, &reminder, &customer, now_ms, &rep)) {
        office_count(self, COUNT_OWNERLESS, 1);
        remind_cancel(self, turn, &reminder, "nobody takes care of the customer");
        return;
    }
    office_desk(self, turn, &rep, &desk);
    int64_t next_ms = office_tell_moment(&desk, kinds_row(reminder.kind)->priority, now_ms);
    if (next_ms == SHIFT_NEVER || expired(self, &reminder, shift_day(&desk.shift, now_ms))) {
        leave_pending(self, turn, &reminder, REMINDER_EXPIRED, TALLY_EXPIRED);
        diary_put_reminder(turn, &reminder);
        return;
    }
    if (next_ms > now_ms) {
        put_back(self, turn, &reminder, &desk, next_ms, now_ms);
        return;
    }
    if (reminder.kind == KIND_NO_FOLLOW_UP && !is_wanted(self, turn, &reminder, &desk, now_ms))
        return;
    if (keep_back(self, turn, &reminder, &desk, &customer, now_ms))
        return;
    leave_pending(self, turn, &reminder, REMINDER_TOLD, TALLY_TOLD);
    reminder.told_ms = now_ms;
    reminder.late = now_ms - reminder.due_ms > self->options.late_after;
    if (reminder.late) {
        office_tally(self, reminder.kind, TALLY_LATE);
    }
    bool was_held = kinds_row(reminder.kind)->capped && reminder.note[0] != '\0';
    diary_move_reminder(turn, &reminder, rep.id, was_held ? shift_day(&desk.shift, now_ms) : reminder.day);
    diary_put_reminder(turn, &reminder);
    note_told(turn, &reminder);
    struct notice notice = describe_reminder(self, turn, &reminder, reminder.customer_id[0] != '\0' ? &customer : NULL);
    if (office_mine(self, rep.id))
        notice_tell(turn, &notice);
    follow_told(self, turn, &reminder, &customer, now_ms);
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
    struct reminder told = *original;
    int64_t asked_ms = fact->answer.next_ms;
    if (!find_recipient(self, turn, &told, &customer, asked_ms > turn->now_ms ? asked_ms : turn->now_ms, &rep)) {
        office_count(self, COUNT_OWNERLESS, 1);
        return;
    }
    office_desk(self, turn, &rep, &desk);
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
                       : original->kind == KIND_SNOOZED ? original->text
                                                        : notice_why_read(turn->arena, original->why).text;
    struct reminder again = {.kind = KIND_SNOOZED,
                             .rep_id = rep.id,
                             .customer_id = original->customer_id,
                             .note = "",
                             .text = text,
                             .due_ms = shift_next(&desk.shift, asked_ms),
                             .event_day = original->event_day,
                             .promise = original->promise,
                             .detail = original->kind == KIND_SNOOZED ? original->detail : original->kind,
                             .why = original->why,
                             .step = original->step,
                             .role = original->role,
                             .for_rep = told.for_rep};
    memcpy(again.matter, original->matter, HASH_BYTES);
    if (again.due_ms != SHIFT_NEVER) {
        again.day = shift_day(&desk.shift, again.due_ms);
    }
    snoozed_id(original, fact->version.time_ms, again.id);
    open_pending(self, turn, &again);
}

bool remind_called_off(const struct reminder *reminder, enum answer_outcome outcome)
{
    bool snoozed = reminder->kind == KIND_SNOOZED && reminder->detail != KIND_NONE;
    const struct kind *row = kinds_row((enum kind_id)(snoozed ? reminder->detail : reminder->kind));
    bool ours = (reminder->role & (ROLE_MANAGER | ROLE_DIRECTOR | ROLE_APPROVER)) == 0;
    bool owed = row->trigger == TRIGGER_FACT && (row->priority == 0 || !row->contact);
    return outcome == ANSWER_NOT_INTERESTED && ours && owed;
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
        note_ended(turn, &reminder, LOG_ANSWERED);
        note_called(turn, &reminder);
    }
    // A date in answer to the question for one is what was asked for, and no putting off.
    bool dated = reminder.kind == KIND_NEXT_DATE_MISSING && fact->answer.next_ms != 0;
    bool later = !dated && (fact->answer.outcome == ANSWER_SNOOZED || fact->answer.outcome == ANSWER_RESCHEDULED);
    bool same = later && fact->version.time_ms == reminder.answered_ms;
    if (reminder.state == REMINDER_SNOOZED && !same) {
        remind_cancel(self, turn, &reminder, "the reminder it came from was answered anew");
    }
    bool off = remind_called_off(&reminder, fact->answer.outcome);
    enum reminder_state state = later ? REMINDER_SNOOZED : off ? REMINDER_CANCELLED : REMINDER_DONE;
    if (reminder.state == REMINDER_PENDING) {
        leave_pending(self, turn, &reminder, state, TALLY_CANCELLED);
    }
    reminder.state = (uint8_t)state;
    if (off) {
        if (ret_reminder->state == REMINDER_TOLD)
            office_tally(self, reminder.kind, TALLY_WITHDRAWN);
        reminder.note = "whoever was told called it off";
    }
    reminder.outcome = (uint8_t)fact->answer.outcome;
    reminder.answered_ms = fact->version.time_ms;
    diary_put_reminder(turn, &reminder);
    if (reminder.told_ms != 0 && office_mine(self, reminder.rep_id))
        notice_settled(turn, &reminder, fact);
    if (later) {
        open_snoozed(self, turn, &reminder, fact);
    }
    *ret_reminder = reminder;
    return true;
}

void remind_called(struct scheduler *self, struct turn *turn, const struct customer *customer, int64_t at_ms)
{
    struct rep rep;
    uint8_t id[HASH_BYTES];
    struct reminder reminder;
    if (!office_owner(self, turn, customer, &rep))
        return;
    int32_t day = zone_local(office_rep_zone(self, &rep), at_ms / 1000).day;
    diary_reminder_id(customer->id, KIND_CALL, (uint64_t)day, id);
    if (!diary_reminder(turn, id, &reminder) || reminder.detail == CALL_LOGGED)
        return;
    note_called(turn, &reminder);
    diary_put_reminder(turn, &reminder);
}

// --- merging, erasing

static bool join_one(void *self, struct turn *turn, const struct reminder *reminder)
{
    struct reminder one = *reminder;
    remind_cancel(self, turn, &one, "the customer goes on as part of another one");
    return true;
}

void remind_join(struct scheduler *self, struct turn *turn, const char *customer_id)
{
    diary_each_of_subject(turn, customer_id, ERASE_MOST, join_one, self);
}

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
