#include "services/scheduler/page.h"

#include "common/instant.h"
#include "common/must.h"
#include "services/scheduler/describe.h"
#include "services/scheduler/line.h"
#include "services/scheduler/page_audit.h"
#include "services/scheduler/page_calendar.h"
#include "services/scheduler/page_owners.h"
#include "services/scheduler/page_totals.h"
#include "services/scheduler/remind.h"
#include "services/scheduler/sheet.h"
#include "tend/v1/scheduler.pb-c.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    REPS_MOST = 100,       // in one answer without a rep
    REMINDERS_MOST = 1000, // in one answer
    REMINDERS_USUAL = 100,
    LOOKED_AT_MOST = 20000, // to find that many among others
    PREVIEW_DAYS = 31,      // further ahead too much will have changed
    PREFIX_LEAST = 4,       // digits of a reminder's id: fewer are a slip of the hand
    ALIKE_MOST = 1000,      // with the same first digits
};

static char *plain(const char *text)
{
    return (char *)(uintptr_t)text;
}

static const char *param(const struct request *request, const char *name)
{
    const char *value = request->param != NULL ? request->param(request, name) : NULL;
    return value != NULL ? value : "";
}

// The reps that a request is about: the one it names, or all of them up to REPS_MOST.
struct reps {
    struct rep *reps;
    size_t count;
    bool more;
};

static void gather_rep(void *self, struct turn *turn, struct rep *rep)
{
    (void)turn;
    struct reps *reps = self;
    if (reps->count == REPS_MOST) {
        reps->more = true;
        return;
    }
    reps->reps[reps->count++] = *rep;
}

static bool find_reps(struct turn *turn, const struct request *request, struct reps *ret_reps, struct reply *ret_reply)
{
    const char *id = param(request, "rep");
    *ret_reps = (struct reps){.reps = arena_take(turn->arena, REPS_MOST * sizeof *ret_reps->reps)};
    if (id[0] == '\0') {
        book_each_rep(turn, gather_rep, ret_reps);
        return true;
    }
    if (strlen(id) > ID_TEXT_MAX || !book_rep(turn, id, &ret_reps->reps[0])) {
        reply_error(turn, 404, "rep", "there is no such rep", ret_reply);
        return false;
    }
    ret_reps->count = 1;
    return true;
}

// The day that a request names; DAY_NONE without one. False when it is no day.
static bool find_day(struct turn *turn, const struct request *request, int32_t *ret_day, struct reply *ret_reply)
{
    const char *date = param(request, "date");
    *ret_day = DAY_NONE;
    if (date[0] != '\0' && !day_parse(date, strlen(date), ret_day)) {
        reply_error(turn, 400, "date", "must be a day such as 2026-05-17", ret_reply);
        return false;
    }
    return true;
}

// --- calls

static Tend__V1__Calls *calls_message(struct turn *turn, const struct list *list, const struct notice_line *lines,
                                      size_t count)
{
    Tend__V1__Calls *calls = arena_take(turn->arena, sizeof *calls);
    tend__v1__calls__init(calls);
    calls->list = notice_list(turn->arena, list, lines, count);
    calls->told = instant_make(turn->arena, list->told_ms);
    struct rep rep;
    book_rep(turn, list->rep_id, &rep);
    calls->language = plain(rep.language);
    calls->time_zone = plain(rep.zone);
    return calls;
}

static char *hex_of(struct turn *turn, const uint8_t *id)
{
    char *text = arena_take(turn->arena, REMINDER_HEX);
    hash_hex(id, HASH_BYTES, text);
    return text;
}

static void add_state(struct turn *turn, Tend__V1__Calls *calls, const struct reminder *reminder)
{
    Tend__V1__CallState *state = arena_take(turn->arena, sizeof *state);
    tend__v1__call_state__init(state);
    state->reminder_id = hex_of(turn, reminder->id);
    state->state = (Tend__V1__ReminderState)reminder->state;
    state->outcome = (Tend__V1__ReminderOutcome)reminder->outcome;
    calls->states[calls->n_states++] = state;
}

enum { WAITING_MOST = 1000 }; // customers who wait, of one list

struct waiting {
    struct reminder *reminders;
    size_t count;
};

static bool find_waiting(void *self, struct turn *turn, const struct reminder *reminder)
{
    (void)turn;
    struct waiting *waiting = self;
    if (reminder->kind == KIND_CALL && reminder->state == REMINDER_SUPPRESSED)
        waiting->reminders[waiting->count++] = *reminder;
    return waiting->count < WAITING_MOST;
}

// Behind the lines come those whom a cap on contacts keeps off the list; what is said of their reminders says which.
static void add_waiting(struct turn *turn, Tend__V1__Calls *calls, const struct list *list)
{
    struct waiting waiting = {.reminders = arena_take(turn->arena, WAITING_MOST * sizeof *waiting.reminders)};
    diary_each_of_day(turn, list->rep_id, list->day, LOOKED_AT_MOST, find_waiting, &waiting);
    Tend__V1__CallState **states = arena_take(turn->arena, (calls->n_states + waiting.count + 1) * sizeof *states);
    for (size_t i = 0; i < calls->n_states; i++)
        states[i] = calls->states[i];
    calls->states = states;
    for (size_t i = 0; i < waiting.count; i++)
        add_state(turn, calls, &waiting.reminders[i]);
}

// As it was sent; names are today's, so that nobody's name outlives its erasure.
static Tend__V1__Calls *sent_calls(struct turn *turn, const struct list *list)
{
    size_t count = list->lines.length / HASH_BYTES, known = 0;
    struct notice_line *lines = arena_take(turn->arena, (count + 1) * sizeof *lines);
    struct reminder *reminders = arena_take(turn->arena, (count + 1) * sizeof *reminders);
    for (size_t i = 0; i < count; i++) {
        struct customer customer;
        struct notice_line *line = &lines[known];
        if (!diary_reminder(turn, list->lines.bytes + i * HASH_BYTES, &reminders[known])) {
            continue;
        }
        book_customer(turn, reminders[known].customer_id, &customer);
        *line = (struct notice_line){.reason = (enum call_reason)reminders[known].reason,
                                     .customer_id = customer.id,
                                     .customer_name = customer.name,
                                     .contact_name = customer.contact_name,
                                     .contact_phone = customer.contact_phone,
                                     .abc = customer.abc};
        memcpy(line->reminder_id, reminders[known].id, HASH_BYTES);
        notice_line_recall(turn->arena, reminders[known].why, line);
        known++;
    }
    Tend__V1__Calls *calls = calls_message(turn, list, lines, known);
    calls->states = arena_take(turn->arena, (known + 1) * sizeof *calls->states);
    for (size_t i = 0; i < calls->list->n_lines; i++) {
        add_state(turn, calls, &reminders[i]);
    }
    add_waiting(turn, calls, list);
    return calls;
}

static Tend__V1__Calls *previewed_calls(struct scheduler *self, struct turn *turn, const struct desk *desk, int32_t day)
{
    struct sheet sheet;
    sheet_build(self, turn, desk, day, false, &sheet);
    struct list list = {.rep_id = desk->rep.id,
                        .day = day,
                        .due_ms = shift_list(&desk->shift, day),
                        .first_of_month = desk->rep.month_day != sheet.month_start,
                        .customers = sheet.coverage.customers,
                        .contacted = sheet.coverage.contacted,
                        .working_days_left = sheet.coverage.working_days_left,
                        .capacity = sheet.coverage.capacity,
                        .missing = sheet.coverage.missing};
    struct notice_line *lines = arena_take(turn->arena, (sheet.line_count + 1) * sizeof *lines);
    for (size_t i = 0; i < sheet.line_count; i++) {
        const char *for_rep;
        line_make(self, turn, &sheet, i, &lines[i], &for_rep);
    }
    Tend__V1__Calls *calls = calls_message(turn, &list, lines, sheet.line_count);
    calls->preview = true;
    calls->states = arena_take(turn->arena, (sheet.own + 1) * sizeof *calls->states);
    for (size_t i = 0; i < sheet.own; i++) {
        struct reminder reminder = {.state = REMINDER_SUPPRESSED};
        if (sheet.candidates[i].capped == CALL_NONE || sheet.candidates[i].listed)
            continue;
        diary_reminder_id(sheet.ids[i], KIND_CALL, (uint64_t)day, reminder.id);
        add_state(turn, calls, &reminder);
    }
    return calls;
}

// NULL when there is nothing to show: a day off, or one that is over without a list.
static Tend__V1__Calls *calls_of(struct scheduler *self, struct turn *turn, const struct rep *rep, int32_t asked_day)
{
    struct desk desk;
    struct list list;
    office_desk(self, turn, rep, &desk);
    int32_t today = shift_day(&desk.shift, turn->now_ms);
    int32_t day = asked_day != DAY_NONE ? asked_day : today;
    if (diary_list(turn, rep->id, day, &list)) {
        return sent_calls(turn, &list);
    }
    bool to_come = day >= today && day <= today + PREVIEW_DAYS && shift_works(&desk.shift, day);
    return to_come ? previewed_calls(self, turn, &desk, day) : NULL;
}

// Why there is nothing to show of that day, and where to look instead.
static const char *no_calls(struct scheduler *self, struct turn *turn, const struct rep *rep, int32_t day)
{
    enum { ROOM = 160 };
    struct desk desk;
    char next[DAY_TEXT_BYTES], *text = arena_take(turn->arena, ROOM);
    office_desk(self, turn, rep, &desk);
    int32_t today = shift_day(&desk.shift, turn->now_ms);
    if (day == DAY_NONE)
        day = today;
    if (day < today)
        return "nothing is kept of that day: no list was sent, or it was long ago";
    day_print(today + PREVIEW_DAYS, next);
    if (day > today + PREVIEW_DAYS) {
        snprintf(text, ROOM, "too far ahead: lists are planned for %d days, up to %s", PREVIEW_DAYS, next);
        return text;
    }
    for (int32_t i = day + 1; i <= today + PREVIEW_DAYS; i++)
        if (shift_works(&desk.shift, i)) {
            day_print(i, next);
            snprintf(text, ROOM, "no working day of this rep; the next list is that of %s", next);
            return text;
        }
    snprintf(text, ROOM, "no working day of this rep, nor is any up to %s", next);
    return text;
}

static void answer_calls(struct scheduler *self, struct turn *turn, const struct request *request,
                         struct reply *ret_reply)
{
    Tend__V1__CallsAnswer answer = TEND__V1__CALLS_ANSWER__INIT;
    struct reps reps;
    int32_t day;
    if (!find_day(turn, request, &day, ret_reply) || !find_reps(turn, request, &reps, ret_reply)) {
        return;
    }
    answer.calls = arena_take(turn->arena, (reps.count + 1) * sizeof *answer.calls);
    answer.more = reps.more;
    for (size_t i = 0; i < reps.count; i++) {
        Tend__V1__Calls *calls = calls_of(self, turn, &reps.reps[i], day);
        if (calls != NULL) {
            answer.calls[answer.n_calls++] = calls;
        }
    }
    if (answer.n_calls == 0 && param(request, "rep")[0] != '\0') {
        reply_error(turn, 404, "date", no_calls(self, turn, &reps.reps[0], day), ret_reply);
        return;
    }
    reply_message(turn, &answer.base, ret_reply);
}

// --- reminders

struct finding {
    struct scheduler *self;
    const char *rep, *customer;
    enum kind_id kind;
    enum reminder_state state;
    size_t limit;
    Tend__V1__RemindersAnswer answer;
};

static Tend__V1__ReminderStatus *status_message(struct scheduler *self, struct turn *turn,
                                                const struct reminder *reminder)
{
    Tend__V1__ReminderStatus *status = arena_take(turn->arena, sizeof *status);
    tend__v1__reminder_status__init(status);
    struct reminder *kept = arena_take(turn->arena, sizeof *kept);
    struct customer customer;
    *kept = *reminder;
    book_customer(turn, reminder->customer_id, &customer);
    struct notice notice = describe_reminder(self, turn, kept, reminder->customer_id[0] != '\0' ? &customer : NULL);
    status->reminder = notice_reminder(turn->arena, &notice);
    status->state = (Tend__V1__ReminderState)reminder->state;
    status->tell = instant_make(turn->arena, reminder->tell_ms);
    status->told = instant_make(turn->arena, reminder->told_ms);
    status->answered = instant_make(turn->arena, reminder->answered_ms);
    status->outcome = (Tend__V1__ReminderOutcome)reminder->outcome;
    // One that the customer's caps kept back for a while says so too.
    bool explained = reminder->state == REMINDER_CANCELLED || reminder->state == REMINDER_SUPPRESSED ||
                     kinds_row(reminder->kind)->capped;
    status->note = plain(explained ? reminder->note : "");
    status->call_reason = (Tend__V1__CallReason)reminder->reason;
    return status;
}

static bool find_reminder(void *self, struct turn *turn, const struct reminder *reminder)
{
    struct finding *finding = self;
    bool fits = (finding->rep[0] == '\0' || strcmp(reminder->rep_id, finding->rep) == 0) &&
                (finding->customer[0] == '\0' || strcmp(reminder->customer_id, finding->customer) == 0) &&
                (finding->kind == KIND_NONE || reminder->kind == finding->kind) &&
                (finding->state == REMINDER_NONE || reminder->state == finding->state);
    if (!fits) {
        return true;
    }
    if (finding->answer.n_reminders == finding->limit) {
        finding->answer.more = true;
        return false;
    }
    finding->answer.reminders[finding->answer.n_reminders++] = status_message(finding->self, turn, reminder);
    return true;
}

static const char *const STATES[REMINDER_STATES] = {"",        "pending",   "told",    "done",
                                                    "snoozed", "cancelled", "expired", "suppressed"};

// "must be call, class_fall or overdue", with all the kinds there are.
static const char *kinds_wanted(struct turn *turn)
{
    enum { NAME_ROOM = 32 }; // a kind's name and what joins it to the next
    size_t room = (size_t)KIND_COUNT * NAME_ROOM, length = 0;
    char *text = arena_take(turn->arena, room);
    for (enum kind_id kind = KIND_NONE + 1; kind < KIND_COUNT; kind++) {
        const char *join = kind == KIND_NONE + 1 ? "must be " : kind == KIND_COUNT - 1 ? " or " : ", ";
        length += (size_t)snprintf(text + length, room - length, "%s%s", join, kinds_row(kind)->name);
        must(length < room);
    }
    return text;
}

// Reads what is asked for; false when it makes no sense.
static bool read_finding(struct turn *turn, const struct request *request, struct finding *ret_finding,
                         struct reply *ret_reply)
{
    const char *kind = param(request, "kind"), *state = param(request, "state"), *limit = param(request, "limit");
    *ret_finding = (struct finding){.rep = param(request, "rep"),
                                    .customer = param(request, "customer"),
                                    .kind = kinds_named(kind),
                                    .limit = REMINDERS_USUAL};
    tend__v1__reminders_answer__init(&ret_finding->answer);
    if (kind[0] != '\0' && ret_finding->kind == KIND_NONE) {
        reply_error(turn, 400, "kind", kinds_wanted(turn), ret_reply);
        return false;
    }
    while (ret_finding->state < REMINDER_STATES && strcasecmp(STATES[ret_finding->state], state) != 0) {
        ret_finding->state++;
    }
    if (ret_finding->state == REMINDER_STATES) {
        reply_error(turn, 400, "state", "must be pending, told, done, snoozed, cancelled, expired or suppressed",
                    ret_reply);
        return false;
    }
    if (limit[0] != '\0') {
        char *end;
        unsigned long number = strtoul(limit, &end, 10);
        if (*end != '\0' || limit[0] == '-' || number == 0 || number > REMINDERS_MOST) {
            reply_error(turn, 400, "limit", "must be a number from 1 to 1000", ret_reply);
            return false;
        }
        ret_finding->limit = number;
    }
    ret_finding->answer.reminders =
        arena_take(turn->arena, (ret_finding->limit + 1) * sizeof *ret_finding->answer.reminders);
    return true;
}

static void find_of_rep(void *self, struct turn *turn, struct rep *rep)
{
    struct finding *finding = self;
    if (!finding->answer.more) {
        diary_each_of_rep(turn, rep->id, LOOKED_AT_MOST, find_reminder, finding);
    }
}

static void answer_reminders(struct scheduler *self, struct turn *turn, const struct request *request,
                             struct reply *ret_reply)
{
    struct finding finding;
    if (!read_finding(turn, request, &finding, ret_reply)) {
        return;
    }
    finding.self = self;
    if (finding.customer[0] != '\0') {
        diary_each_of_subject(turn, finding.customer, LOOKED_AT_MOST, find_reminder, &finding);
    } else if (finding.rep[0] != '\0') {
        diary_each_of_rep(turn, finding.rep, LOOKED_AT_MOST, find_reminder, &finding);
    } else {
        book_each_rep(turn, find_of_rep, &finding);
    }
    reply_message(turn, &finding.answer.base, ret_reply);
}

// Those whose ids begin with the same digits.
struct alike {
    const char *digits;
    struct reminder first, waiting; // the first one of all, and of those that were told and not answered
    size_t count, waiting_count;
};

static bool find_alike(void *self, struct turn *turn, const struct reminder *reminder)
{
    struct alike *alike = self;
    if (strncmp(hex_of(turn, reminder->id), alike->digits, strlen(alike->digits)) != 0)
        return false;
    if (alike->count++ == 0)
        alike->first = *reminder;
    if (reminder->state == REMINDER_TOLD && alike->waiting_count++ == 0)
        alike->waiting = *reminder;
    return true;
}

// By the whole id, or by its first digits where only one reminder has them, or only one of those that wait for an
// answer.
static void answer_reminder(struct scheduler *self, struct turn *turn, const char *text, struct reply *ret_reply)
{
    struct alike alike = {.digits = text};
    uint8_t from[HASH_BYTES] = {0};
    char digits[REMINDER_HEX] = {0};
    size_t length = strlen(text);
    memset(digits, '0', sizeof digits - 1);
    memcpy(digits, text, length < sizeof digits ? length : 0);
    if (length < PREFIX_LEAST || length >= sizeof digits || !remind_parse_id(digits, from)) {
        reply_error(turn, 404, "reminder_id",
                    "there is no such reminder: an id is 32 digits, of which the first 4 or more will do", ret_reply);
        return;
    }
    diary_each_from(turn, from, ALIKE_MOST, find_alike, &alike);
    if (alike.count == 0)
        reply_error(turn, 404, "reminder_id",
                    "there is no such reminder; a line of a preview is one only when its list is sent", ret_reply);
    else if (alike.count > 1 && alike.waiting_count != 1)
        reply_error(turn, 409, "reminder_id", "several reminders begin so: give more of its digits", ret_reply);
    else
        reply_message(turn, &status_message(self, turn, alike.waiting_count == 1 ? &alike.waiting : &alike.first)->base,
                      ret_reply);
}

// --- coverage

static Tend__V1__RepCoverage *coverage_of(struct scheduler *self, struct turn *turn, const struct rep *rep)
{
    struct desk desk;
    struct coverage facts;
    office_desk(self, turn, rep, &desk);
    int32_t today = shift_day(&desk.shift, turn->now_ms);
    sheet_cover(self, turn, &desk, today, &facts);
    Tend__V1__RepCoverage *message = arena_take(turn->arena, sizeof *message);
    Tend__V1__Coverage *coverage = arena_take(turn->arena, sizeof *coverage);
    tend__v1__rep_coverage__init(message);
    tend__v1__coverage__init(coverage);
    coverage->customers = facts.customers;
    coverage->contacted = facts.contacted;
    coverage->working_days_left = facts.working_days_left;
    coverage->capacity = facts.capacity;
    coverage->missing = facts.missing;
    message->rep_id = plain(rep->id);
    message->rep_name = plain(rep->name);
    message->local_date = arena_take(turn->arena, DAY_TEXT_BYTES);
    day_print(today, message->local_date);
    message->coverage = coverage;
    message->feasible = facts.missing == 0;
    return message;
}

static void answer_coverage(struct scheduler *self, struct turn *turn, const struct request *request,
                            struct reply *ret_reply)
{
    Tend__V1__CoverageAnswer answer = TEND__V1__COVERAGE_ANSWER__INIT;
    struct reps reps;
    if (!find_reps(turn, request, &reps, ret_reply)) {
        return;
    }
    answer.reps = arena_take(turn->arena, (reps.count + 1) * sizeof *answer.reps);
    answer.more = reps.more;
    for (size_t i = 0; i < reps.count; i++) {
        answer.reps[answer.n_reps++] = coverage_of(self, turn, &reps.reps[i]);
    }
    reply_message(turn, &answer.base, ret_reply);
}

void page_answer(struct scheduler *self, struct turn *turn, const struct request *request, struct reply *ret_reply)
{
    static const struct {
        const char *path;
        void (*answer)(struct scheduler *self, struct turn *turn, const struct request *request,
                       struct reply *ret_reply);
    } PATHS[] = {
        {"/v1/calls", answer_calls}, {"/v1/reminders", answer_reminders}, {"/v1/coverage", answer_coverage},
        {"/v1/totals", page_totals}, {"/v1/owners", page_owners},         {"/v1/calendar", page_calendar},
        {"/v1/audit", page_audit},
    };
    static const char REMINDER[] = "/v1/reminders/";
    for (size_t i = 0; i < sizeof PATHS / sizeof PATHS[0]; i++) {
        if (strcmp(request->path, PATHS[i].path) == 0) {
            PATHS[i].answer(self, turn, request, ret_reply);
            return;
        }
    }
    if (strncmp(request->path, REMINDER, sizeof REMINDER - 1) == 0) {
        answer_reminder(self, turn, request->path + sizeof REMINDER - 1, ret_reply);
        return;
    }
    reply_error(turn, 404, "path",
                "the scheduler knows /v1/calls, /v1/reminders, /v1/coverage, /v1/totals, /v1/owners, /v1/calendar and "
                "/v1/audit",
                ret_reply);
}
