#include "services/scheduler/ladder_parts.h"

#include "common/must.h"
#include "services/scheduler/duty.h"
#include "services/scheduler/goal.h"
#include "services/scheduler/follow.h"
#include "services/scheduler/notice.h"
#include "services/scheduler/remind.h"

#include <string.h>

enum { RECIPIENTS_MAX = 8 };

static const uint8_t no_matter[HASH_BYTES];

struct opening ladder_opening(const struct fact *fact, enum kind_id kind, uint64_t which)
{
    return (struct opening){.kind = kind,
                            .customer_id = fact->customer_id,
                            .rep_id = fact->rep_id,
                            .which = which,
                            .version = fact->version,
                            .historical = fact->historical,
                            .day = DAY_NONE,
                            .ref = "",
                            .why = {(const uint8_t *)"", 0}};
}

// --- the timer

void ladder_put_timer(struct turn *turn, const struct matter *matter)
{
    struct due due = {.at_ms = matter->next_ms, .what = DUE_MATTER, .subject = ""};
    memcpy(due.id, matter->id, HASH_BYTES);
    if (matter->next_ms != 0)
        diary_put_due(turn, &due);
}

static void drop_timer(struct turn *turn, struct matter *matter)
{
    struct due due = {.at_ms = matter->next_ms, .what = DUE_MATTER, .subject = ""};
    memcpy(due.id, matter->id, HASH_BYTES);
    if (matter->next_ms != 0)
        diary_delete_due(turn, &due);
    matter->next_ms = 0;
}

// The moment of a step; SHIFT_NEVER when it is not to be told at all: a warning ahead of something that is over.
static int64_t step_moment(struct scheduler *self, struct turn *turn, const struct matter *matter,
                           const struct customer *customer, const struct rep *keeper, const struct kind_step *step)
{
    struct desk desk;
    bool ahead = step->from == FROM_DUE && step->span.amount < 0;
    int64_t base_ms = step->from == FROM_DUE ? matter->due_ms : matter->since_ms;
    int64_t moment_ms = duty_moment(self, turn, matter, customer, keeper, step->span, base_ms, &desk);
    if (!ahead || moment_ms == SHIFT_NEVER)
        return moment_ms;
    // A warning that nobody would hear in time is given before the pause; one that is late already, at once.
    if (shift_next(&desk.shift, moment_ms) > matter->due_ms)
        moment_ms = shift_before(&desk.shift, moment_ms);
    if (moment_ms < turn->now_ms)
        moment_ms = shift_next(&desk.shift, turn->now_ms);
    return moment_ms <= matter->due_ms ? moment_ms : SHIFT_NEVER;
}

// Sets the timer of the next step from `step` on that is to be told; what happened is history: only what is still to
// come.
static void arm(struct scheduler *self, struct turn *turn, struct matter *matter, const struct customer *customer,
                uint8_t step, bool history)
{
    struct rep rep;
    drop_timer(turn, matter);
    matter->step = step;
    if (!office_keeper(self, turn, matter, customer, &rep)) {
        office_count(self, COUNT_OWNERLESS, 1);
        return;
    }
    for (; matter->step < KIND_STEPS; matter->step++) {
        struct kind_step now = office_step(self, (enum kind_id)matter->kind, matter->step);
        if (now.roles == 0)
            break;
        if (now.classes != 0 && (now.classes & 1U << customer->abc) == 0)
            continue;
        if (now.unless != NULL && strcmp(notice_why_read(turn->arena, matter->why).after, now.unless) == 0)
            continue;
        int64_t moment_ms = step_moment(self, turn, matter, customer, &rep, &now);
        if (moment_ms == SHIFT_NEVER || (history && moment_ms <= turn->now_ms))
            continue;
        matter->next_ms = moment_ms;
        ladder_put_timer(turn, matter);
        return;
    }
    ladder_end_arm(self, turn, matter, customer, &rep, history);
    ladder_put_timer(turn, matter);
}

int64_t ladder_retime(struct scheduler *self, struct turn *turn, struct matter *matter, const struct customer *customer,
                      uint8_t step)
{
    struct rep keeper;
    struct kind_step told = office_step(self, (enum kind_id)matter->kind, step);
    if (!office_keeper(self, turn, matter, customer, &keeper))
        return SHIFT_NEVER;
    if (matter->next_ms != 0 && step == 0)
        arm(self, turn, matter, customer, matter->step, false);
    return step_moment(self, turn, matter, customer, &keeper, &told);
}

// --- telling a step

static void tell_rep(struct scheduler *self, struct turn *turn, struct matter *matter, const struct rep *rep,
                     enum kind_role role, const char *for_rep, int64_t moment_ms)
{
    struct desk desk;
    uint8_t which[8 + 8 + 8 + 1 + 8];
    const struct kind *row = kinds_row((enum kind_id)matter->kind);
    office_desk(self, turn, rep, &desk);
    int64_t due_ms = shift_next(&desk.shift, moment_ms);
    if (due_ms == SHIFT_NEVER) {
        office_count(self, COUNT_OWNERLESS, 1);
        return;
    }
    struct reminder reminder = {.kind = matter->kind,
                                .rep_id = rep->id,
                                .customer_id = matter->customer_id,
                                .note = "",
                                .due_ms = due_ms,
                                .day = shift_day(&desk.shift, due_ms),
                                .event_day = matter->day,
                                .promise = matter->kind == KIND_PROMISE ? matter->which : 0,
                                .why = matter->why,
                                .step = matter->step,
                                .role = (uint8_t)role,
                                .for_rep = for_rep};
    if (reminder.event_day == DAY_NONE && row->late == LATE_OCCASION && matter->due_ms > matter->since_ms)
        reminder.event_day = shift_day(&desk.shift, matter->due_ms);
    memcpy(reminder.matter, matter->id, HASH_BYTES);
    store_put_u64(which, matter->which);
    store_put_u64(which + 8, (uint64_t)matter->opened.time_ms);
    store_put_u64(which + 16, matter->opened.tie);
    which[24] = (uint8_t)(matter->step | matter->again << 3); // told again it is another one
    // One for whoever stands in for the owner, who may be another one by then; another one when it began anew for
    // another owner, also for a manager who has both.
    bool stands_in = for_rep[0] != '\0' && (role == ROLE_OWNER || (role == ROLE_REP && !row->both));
    const char *whose = stands_in ? for_rep : rep->id;
    store_put_u64(which + 25, hash_short(whose, strlen(whose)) + (uint64_t)matter->since_ms);
    // Told of another customer it is another one too.
    uint64_t told = hash_short(which, sizeof which) + (uint64_t)matter->moved_ms;
    diary_reminder_id(matter_subject(matter), (enum kind_id)matter->kind, told, reminder.id);
    if (remind_open(self, turn, &reminder) || matter->raised == DAY_NONE)
        matter->raised = reminder.day;
    if (matter->step == 0 && matter->again == 0)
        matter->told_ms = due_ms;
}

void ladder_tell_step(struct scheduler *self, struct turn *turn, struct matter *matter, const struct customer *customer,
                      int64_t moment_ms)
{
    struct kind_step step = office_step(self, (enum kind_id)matter->kind, matter->step);
    uint8_t roles = matter->step == 0 && matter->roles != 0 ? matter->roles : step.roles;
    const char *told[RECIPIENTS_MAX];
    size_t count = 0;
    struct rep keeper;
    bool kept = office_keeper(self, turn, matter, customer, &keeper);
    int64_t act_ms = moment_ms > turn->now_ms ? moment_ms : turn->now_ms;
    for (uint32_t role = 1; role <= ROLE_NEW_OWNER && count < RECIPIENTS_MAX; role <<= 1) {
        struct rep rep;
        bool known = false;
        if ((roles & role) == 0 || !office_role(self, turn, matter, customer, (enum kind_role)role, act_ms, &rep))
            continue;
        for (size_t i = 0; i < count; i++)
            known |= strcmp(told[i], rep.id) == 0;
        if (known)
            continue;
        told[count++] = rep.id;
        bool other = kept && strcmp(keeper.id, rep.id) != 0;
        tell_rep(self, turn, matter, &rep, (enum kind_role)role, other ? keeper.id : "", moment_ms);
    }
    if (count == 0)
        office_count(self, COUNT_OWNERLESS, 1);
}

// The first step waits as a reminder, so that people see what is coming; the later ones are told when their time comes.
static void begin(struct scheduler *self, struct turn *turn, struct matter *matter, const struct customer *customer,
                  bool history)
{
    matter->again = 0;
    matter->top_ms = 0;
    arm(self, turn, matter, customer, 0, history);
    if (matter->step != 0 || matter->next_ms == 0 || ladder_at_end(self, matter))
        return;
    int64_t moment_ms = matter->next_ms;
    drop_timer(turn, matter);
    matter->top_ms = 0;
    ladder_tell_step(self, turn, matter, customer, moment_ms);
    arm(self, turn, matter, customer, 1, history);
}

// --- opening

static int64_t due_of(struct scheduler *self, struct turn *turn, const struct matter *matter,
                      const struct customer *customer)
{
    struct rep rep;
    struct span span = office_due(self, (enum kind_id)matter->kind, customer->abc);
    if (span.unit == SPAN_INSTANT || !office_keeper(self, turn, matter, customer, &rep))
        return matter->since_ms;
    int64_t due_ms = duty_due(self, turn, matter, customer, &rep, span);
    return due_ms == SHIFT_NEVER ? matter->since_ms : due_ms;
}

// Told a short while ago, and this one says nothing worse.
static bool rests(const struct scheduler *self, struct turn *turn, const struct matter *matter,
                  const struct opening *opening, const struct desk *desk)
{
    const struct kind *row = kinds_row(opening->kind);
    if (!row->rests || matter->raised == DAY_NONE)
        return false;
    int64_t from_ms = opening->version.time_ms < turn->now_ms ? opening->version.time_ms : turn->now_ms;
    int64_t moment_ms = shift_next(&desk->shift, from_ms);
    int32_t day = moment_ms == SHIFT_NEVER ? DAY_NONE : shift_day(&desk->shift, moment_ms);
    if (day == DAY_NONE || day <= matter->raised)
        return true;
    bool worse = row->trigger == TRIGGER_FALL && strcmp(notice_why_read(turn->arena, opening->why).after,
                                                        notice_why_read(turn->arena, matter->why).after) > 0;
    return day - matter->raised < self->options.alert_rest_days && !worse;
}

// Due at another moment, it would have been told as far as it was told all the same, and is no news for that: what was
// said only needs to be put right. Not so while something waits to be told, or once it is told again at its top.
static bool still_told(struct scheduler *self, struct turn *turn, const struct matter *matter,
                       const struct customer *customer)
{
    struct rep keeper;
    if (!kinds_row((enum kind_id)matter->kind)->mends || matter->raised == DAY_NONE || matter->again != 0 ||
        ladder_waits(turn, matter) || !office_keeper(self, turn, matter, customer, &keeper))
        return false;
    for (uint8_t i = 0; i < matter->step && i < KIND_STEPS; i++) {
        struct desk desk;
        struct kind_step step = office_step(self, (enum kind_id)matter->kind, i);
        int64_t base_ms = step.from == FROM_DUE ? matter->due_ms : matter->since_ms;
        if (step.roles != 0 &&
            duty_moment(self, turn, matter, customer, &keeper, step.span, base_ms, &desk) > turn->now_ms)
            return false;
    }
    return true;
}

// One that goes on takes what the newer word says. Returns false when its ladder begins anew.
static bool go_on(struct scheduler *self, struct turn *turn, struct matter *matter, const struct customer *customer,
                  const struct opening *opening, int64_t due_ms)
{
    const struct kind *row = kinds_row(opening->kind);
    struct slice why = opening->why;
    if (row->fold == FOLD_UPDATE) {
        why = matter->why.length > 0 && why.length > 0 ? notice_why_fold(turn->arena, matter->why, why) : why;
        if (!ladder_fold(turn, matter, why))
            return false; // told already: it is news
        office_tally(self, opening->kind, TALLY_FOLDED);
        matter->why = why;
        return true;
    }
    bool moved = due_ms != matter->due_ms;
    if (moved && !still_told(self, turn, matter, customer)) {
        ladder_withdraw(self, turn, matter, "it is due at another time");
        return false;
    }
    if (moved)
        arm(self, turn, matter, customer, matter->step, false);
    matter->why = why;
    ladder_tell_anew(self, turn, matter, moved);
    return true;
}

static bool same_version(const struct version *left, const struct version *right)
{
    return left->time_ms == right->time_ms && left->tie == right->tie;
}

void ladder_open(struct scheduler *self, struct turn *turn, const struct opening *opening)
{
    struct matter matter;
    struct customer customer;
    struct rep rep;
    struct desk desk;
    const char *subject = opening->customer_id[0] != '\0' ? opening->customer_id : opening->rep_id;
    must(subject[0] != '\0');
    if (office_off(self, opening->kind))
        return;
    (void)book_customer(turn, opening->customer_id, &customer);
    (void)matter_find(turn, opening->kind, subject, opening->which, &matter);
    bool again = opening->settled && same_version(&opening->version, &matter.opened);
    if (!opening->settled && !version_newer(&opening->version, &matter.opened))
        return;
    bool was_open = matter_is_open(&matter);
    struct matter next = matter;
    next.opened = opening->version;
    next.lapsed = 0;
    next.customer_id = opening->customer_id;
    next.rep_id = opening->rep_id;
    next.since_ms = opening->since_ms != 0 ? opening->since_ms : opening->version.time_ms;
    next.due_ms = opening->due_ms != 0 ? opening->due_ms : due_of(self, turn, &next, &customer);
    next.due_ms = again && was_open ? matter.due_ms : next.due_ms;
    next.day = opening->day;
    next.roles = opening->roles;
    next.ref = opening->ref;
    next.approver = opening->approver != NULL ? opening->approver : "";
    next.of = opening->of != NULL ? opening->of : ladder_of(self, turn, opening->kind, opening->customer_id);
    ladder_apply_signals(&next, &customer);
    if (!matter_is_open(&next)) {
        next.why = opening->why; // others may speak of it
        matter_put(turn, &next);
        return;
    }
    if (was_open && go_on(self, turn, &next, &customer, opening, matter.due_ms)) {
        if (kinds_row(opening->kind)->fold != FOLD_NOTHING)
            next.due_ms = matter.due_ms;
        matter_put(turn, &next);
        return;
    }
    if (office_keeper(self, turn, &next, &customer, &rep)) {
        if (next.rep_id[0] == '\0')
            duty_stand_in(self, turn, opening->kind, turn->now_ms, &rep);
        office_desk(self, turn, &rep, &desk);
        if (rests(self, turn, &matter, opening, &desk)) {
            office_tally(self, opening->kind, TALLY_RESTED);
            return;
        }
    } else {
        next.raised = DAY_NONE; // nobody is there to be told, and whoever comes is told anew
    }
    next.why = opening->why;
    begin(self, turn, &next, &customer, opening->historical);
    matter_put(turn, &next);
}

// --- closing

// `acted`: by what somebody did, not by a word about it.
static void close_one(struct scheduler *self, struct turn *turn, struct matter *matter, const struct version *version,
                      bool acted, const char *reason)
{
    bool was_open = matter_is_open(matter), newest = version_newer(version, &matter->closed);
    bool said = !acted && version_newer(version, &matter->ended);
    if (!newest && !said)
        return;
    matter->ended = said ? *version : matter->ended;
    matter->closed = newest ? *version : matter->closed;
    matter->end = newest ? reason : matter->end;
    if (was_open && !matter_is_open(matter)) {
        goal_met(self, turn, matter);
        ladder_withdraw(self, turn, matter, reason);
        drop_timer(turn, matter);
    }
    matter_put(turn, matter);
}

void ladder_close(struct scheduler *self, struct turn *turn, enum kind_id kind, const char *subject, uint64_t which,
                  const struct version *version, const char *reason)
{
    struct matter matter;
    if (!matter_find(turn, kind, subject, which, &matter))
        matter.of = ladder_of(self, turn, kind, subject);
    close_one(self, turn, &matter, version, false, reason);
}

struct closing {
    struct scheduler *self;
    enum kind_id kind;
    uint32_t signals;
    const struct version *version;
    const char *reason;
};

static bool close_of_kind(void *context, struct turn *turn, struct matter *matter)
{
    const struct closing *closing = context;
    if (matter->kind == closing->kind)
        close_one(closing->self, turn, matter, closing->version, false, closing->reason);
    return true;
}

// The facts took back what they had opened, nobody answered it.
static bool was_undone(const struct matter *matter)
{
    return matter->closed.time_ms == matter->opened.time_ms && matter->closed.tie == matter->opened.tie + 1;
}

static bool same_people(const struct matter *matter, const struct opening *opening)
{
    const char *approver = opening->approver != NULL ? opening->approver : "";
    return matter->roles == opening->roles && strcmp(matter->rep_id, opening->rep_id) == 0 &&
           strcmp(matter->approver, approver) == 0;
}

static bool same_matter(const struct matter *matter, const struct opening *opening)
{
    return (opening->due_ms == 0 || matter->due_ms == opening->due_ms) && same_people(matter, opening);
}

static bool same_bytes(struct slice left, struct slice right)
{
    return left.length == right.length && memcmp(left.bytes, right.bytes, left.length) == 0;
}

// The same matter due at another moment goes on as it was told where it would be told so now. False: it begins anew.
static bool carry(struct scheduler *self, struct turn *turn, const struct matter *matter, const struct opening *opening)
{
    struct customer customer;
    struct matter next = *matter;
    next.since_ms = opening->since_ms;
    next.due_ms = opening->due_ms;
    next.why = opening->why;
    (void)book_customer(turn, matter->customer_id, &customer);
    if (!same_people(matter, opening) || !still_told(self, turn, &next, &customer))
        return false;
    arm(self, turn, &next, &customer, next.step, false);
    ladder_tell_anew(self, turn, &next, true);
    return true;
}

void ladder_settle(struct scheduler *self, struct turn *turn, const struct opening *opening, bool stands,
                   const char *reason)
{
    struct matter matter;
    struct opening next = *opening;
    const char *subject = opening->customer_id[0] != '\0' ? opening->customer_id : opening->rep_id;
    bool known = matter_find(turn, opening->kind, subject, opening->which, &matter);
    bool open = known && matter_is_open(&matter), same = known && same_matter(&matter, opening);
    if (open && stands && same) {
        if (same_bytes(matter.why, opening->why))
            return;
        matter.why = opening->why;
        ladder_tell_anew(self, turn, &matter, false);
        return;
    }
    if (open && stands && carry(self, turn, &matter, opening))
        return;
    if (open) {
        struct version undone = {matter.opened.time_ms, matter.opened.tie + 1};
        const char *moved = opening->due_ms != matter.due_ms ? "it is due at another time" : "it is told others";
        close_one(self, turn, &matter, &undone, false, stands ? moved : reason);
    }
    if (!stands || (known && same && !was_undone(&matter)))
        return;
    if (known) {
        const struct version *last = version_newer(&matter.closed, &matter.opened) ? &matter.closed : &matter.opened;
        if (!version_newer(&next.version, last))
            next.version = (struct version){last->time_ms, last->tie + 1};
    }
    ladder_open(self, turn, &next);
}

void ladder_close_all(struct scheduler *self, struct turn *turn, enum kind_id kind, const char *subject,
                      const struct version *version, const char *reason)
{
    struct closing closing = {.self = self, .kind = kind, .version = version, .reason = reason};
    matter_each_open(turn, subject, close_of_kind, &closing);
}

static bool close_by_signal(void *context, struct turn *turn, struct matter *matter)
{
    const struct closing *closing = context;
    if ((kinds_row((enum kind_id)matter->kind)->closes & closing->signals) != 0 &&
        closing->version->time_ms > matter->opened.time_ms)
        close_one(closing->self, turn, matter, closing->version, true, closing->reason);
    return true;
}

void ladder_signal(struct scheduler *self, struct turn *turn, struct customer *customer, enum signal signal,
                   const struct version *version)
{
    struct closing closing = {.self = self, .signals = 1U << signal, .version = version, .reason = ladder_acts[signal]};
    if (version->time_ms > customer->signals_ms[signal])
        customer->signals_ms[signal] = version->time_ms;
    matter_each_open(turn, customer->id, close_by_signal, &closing);
}

void ladder_answered(struct scheduler *self, struct turn *turn, const struct reminder *reminder,
                     const struct fact *fact)
{
    struct matter matter;
    const struct answer_fact *said = &fact->answer;
    if (memcmp(reminder->matter, no_matter, HASH_BYTES) == 0 || !matter_get(turn, reminder->matter, &matter))
        return;
    if (said->outcome == ANSWER_DONE || said->outcome == ANSWER_NOT_INTERESTED) {
        close_one(self, turn, &matter, &fact->version, false, "it was answered");
    } else if (said->outcome == ANSWER_SNOOZED || said->outcome == ANSWER_RESCHEDULED) {
        // Whoever put it off is not passed over while it rests.
        bool holds = matter.next_ms != 0 && said->next_ms > matter.next_ms && matter_is_open(&matter);
        if (holds) {
            drop_timer(turn, &matter);
            matter.next_ms = said->next_ms;
            ladder_end_put_off(self, turn, &matter);
            ladder_put_timer(turn, &matter);
            matter_put(turn, &matter);
        }
    }
}

// --- its moment has come

// That nobody follows up is told when it is still so: what was put off holds it back, what is over ends it.
static bool is_wanted(struct scheduler *self, struct turn *turn, struct matter *matter)
{
    int64_t until_ms;
    enum follow_step step = follow_judge(turn, matter, &until_ms);
    if (step == FOLLOW_TELL)
        return true;
    matter->next_ms = step == FOLLOW_HOLD ? until_ms : 0; // the timer is gone
    matter->lapsed = step == FOLLOW_OVER;
    ladder_put_timer(turn, matter);
    if (step == FOLLOW_OVER)
        ladder_withdraw(self, turn, matter, "nothing is left to follow up");
    return false;
}

// Told again, or it ends.
static void end_due(struct scheduler *self, struct turn *turn, struct matter *matter, const struct customer *customer)
{
    uint8_t end = matter->step;
    if (ladder_end_due(self, turn, matter, customer, &matter->step)) {
        ladder_tell_step(self, turn, matter, customer, turn->now_ms);
        matter->step = end;
    }
    if (matter_is_open(matter))
        arm(self, turn, matter, customer, end, false);
    matter_put(turn, matter);
}

void ladder_due(struct scheduler *self, struct turn *turn, const uint8_t *id, int64_t now_ms)
{
    struct matter matter;
    struct customer customer;
    if (!matter_get(turn, id, &matter) || !matter_is_open(&matter) || matter.next_ms == 0 || matter.next_ms > now_ms)
        return;
    (void)book_customer(turn, matter.customer_id, &customer);
    if (matter.kind == KIND_NO_FOLLOW_UP && !is_wanted(self, turn, &matter)) {
        matter_put(turn, &matter);
        return;
    }
    if (ladder_at_end(self, &matter)) {
        end_due(self, turn, &matter, &customer);
        return;
    }
    int64_t until_ms = ladder_hold(self, turn, &matter);
    if (until_ms > now_ms) {
        matter.next_ms = until_ms;
        ladder_put_timer(turn, &matter);
        matter_put(turn, &matter);
        return;
    }
    ladder_tell_step(self, turn, &matter, &customer, matter.next_ms);
    goal_missed(self, turn, &matter);
    matter.next_ms = 0; // the timer is gone
    arm(self, turn, &matter, &customer, (uint8_t)(matter.step + 1), false);
    matter_put(turn, &matter);
}

// --- what happens to all matters of a customer, ladder_move.c

void ladder_stop(struct scheduler *self, struct turn *turn, struct matter *matter, const char *reason)
{
    ladder_withdraw(self, turn, matter, reason);
    drop_timer(turn, matter);
}

void ladder_restart(struct scheduler *self, struct turn *turn, struct matter *matter, const struct customer *customer,
                    int64_t since_ms)
{
    // Opened when nobody was there by whose days it could be due.
    bool undated = matter->raised == DAY_NONE && matter->due_ms <= matter->since_ms;
    matter->raised = DAY_NONE;
    if (matter->since_ms < since_ms || undated) {
        matter->since_ms = matter->since_ms < since_ms ? since_ms : matter->since_ms;
        int64_t due_ms = due_of(self, turn, matter, customer);
        matter->due_ms = due_ms > matter->due_ms ? due_ms : matter->due_ms;
    }
    begin(self, turn, matter, customer, false);
}
