#include "services/scheduler/promise.h"

#include "services/scheduler/ladder.h"
#include "services/scheduler/log.h"
#include "services/scheduler/notice.h"
#include "services/scheduler/rounds.h"

#include <string.h>

enum { AT_RISK = 3, MILLI_DAY_MS = 86400, MINUTE_MS = 60000 };
#define DAY_MS INT64_C(86400000)

static const struct breach_options *breaches(const struct scheduler *self)
{
    return &self->options.rules.breach;
}

static struct breach read_said(const struct promise *promise)
{
    struct breach said = {0};
    if (promise->said.length == sizeof said)
        memcpy(&said, promise->said.bytes, sizeof said);
    return said;
}

static void write_said(struct turn *turn, struct promise *promise, const struct breach *said)
{
    uint8_t *bytes = arena_take(turn->arena, sizeof *said);
    memcpy(bytes, said, sizeof *said);
    promise->said = (struct slice){bytes, sizeof *said};
}

// Counts a break of the rep's day, or takes it back.
static void count_break(struct scheduler *self, struct turn *turn, const struct promise *promise, int32_t more)
{
    struct rep rep;
    struct desk desk;
    if (promise->broken_ms == 0 || promise->by[0] == '\0')
        return;
    book_rep(turn, promise->by, &rep);
    office_desk(self, turn, &rep, &desk);
    log_breach(turn, rep.id, shift_day(&desk.shift, promise->broken_ms), promise->abc, more);
}

// In whose name it counts: who promised; else who is already counted for it; else the owner. "" when there is nobody.
static const char *name_of(struct scheduler *self, struct turn *turn, const struct customer *customer,
                           const struct promise *promise)
{
    struct rep rep;
    if (promise->rep_id[0] != '\0')
        return promise->rep_id;
    if (promise->by[0] != '\0')
        return promise->by;
    return office_owner(self, turn, customer, &rep) ? rep.id : "";
}

// --- how long promises take

static struct usual read_usual(const struct rep *rep)
{
    struct usual usual = {0};
    if (rep->leads.length == sizeof usual)
        memcpy(&usual, rep->leads.bytes, sizeof usual);
    return usual;
}

static void change_usual(struct scheduler *self, struct turn *turn, const char *rep_id, int64_t took_ms,
                         void (*change)(struct usual *usual, int64_t span_ms))
{
    struct rep rep;
    if (rep_id[0] == '\0' || took_ms == 0)
        return;
    if (!book_rep(turn, rep_id, &rep))
        rounds_arm(self, turn, &rep);
    struct usual usual = read_usual(&rep);
    change(&usual, took_ms);
    uint8_t *bytes = arena_take(turn->arena, sizeof usual);
    memcpy(bytes, &usual, sizeof usual);
    rep.leads = (struct slice){bytes, sizeof usual};
    book_put_rep(turn, &rep);
}

static void count_time(struct scheduler *self, struct turn *turn, struct promise *promise, const char *by,
                       int64_t took_ms)
{
    if (took_ms == promise->took_ms && strcmp(by, promise->by) == 0)
        return;
    change_usual(self, turn, promise->by, promise->took_ms, usual_remove);
    change_usual(self, turn, by, took_ms, usual_add);
    promise->took_ms = took_ms;
}

// A promise that leaves less time than usual is seen when it is made: what was usual then holds.
static void see_short(struct scheduler *self, struct turn *turn, const struct customer *customer,
                      struct promise *promise, int64_t lead_ms)
{
    struct rep rep;
    const struct usual_options *options = &self->options.rules.usual;
    const char *by = name_of(self, turn, customer, promise);
    if (by[0] == '\0' || !book_rep(turn, by, &rep))
        return;
    struct usual usual = read_usual(&rep);
    if (usual_short(options, &usual, lead_ms))
        (void)usual_span(options, &usual, &promise->usual_ms);
}

void promise_say(struct scheduler *self, struct turn *turn, const struct customer *customer, struct promise *promise,
                 enum breach_said said, int64_t due_ms, const struct fact *fact)
{
    struct breach words = read_said(promise);
    bool first = said == BREACH_MADE && (words.said & 1U << BREACH_MADE) == 0;
    if (fact->historical && turn->now_ms > promise->past_ms)
        promise->past_ms = turn->now_ms;
    if ((said == BREACH_MADE || said == BREACH_EXTENDED) && due_ms == 0)
        return;
    breach_say(&words, said, (struct breach_word){fact->version.time_ms, fact->version.tie, due_ms});
    write_said(turn, promise, &words);
    if (first && !fact->historical)
        see_short(self, turn, customer, promise, due_ms - fact->version.time_ms);
}

// --- what is told

static struct opening opening_of(const struct customer *customer, const struct promise *promise, enum kind_id kind)
{
    return (struct opening){.kind = kind,
                            .customer_id = customer->id,
                            .rep_id = promise->by,
                            .which = promise->hash,
                            .version = {promise->broken_ms, promise->hash},
                            .since_ms = promise->broken_ms,
                            .due_ms = promise->broken_ms,
                            .day = DAY_NONE,
                            .ref = promise->id,
                            .of = promise->of,
                            .why = {(const uint8_t *)"", 0}};
}

static struct slice why_of(struct turn *turn, const struct promise *promise, const struct figure *figures, size_t count,
                           const struct notice_point *points, size_t point_count)
{
    const char *events[] = {promise->event};
    return notice_why(turn->arena, &(struct notice_words){.text = promise->what,
                                                          .figures = figures,
                                                          .figure_count = count,
                                                          .events = events,
                                                          .event_count = promise->event[0] != '\0',
                                                          .points = points,
                                                          .point_count = point_count});
}

static struct slice why_broken(struct turn *turn, const struct promise *promise, const struct breach_verdict *verdict,
                               uint32_t count)
{
    struct figure figures[3];
    struct notice_point points[2];
    size_t figure_count = 0, point_count = 0;
    figures[figure_count++] = (struct figure){"promise_due", verdict->due_ms, UNIT_TIME, ""};
    figures[figure_count++] = (struct figure){"times", count, UNIT_COUNT, ""};
    if (verdict->late_ms > 0)
        figures[figure_count++] = (struct figure){"late_minutes", verdict->late_ms / MINUTE_MS, UNIT_COUNT, ""};
    if (count >= AT_RISK)
        points[point_count++] = (struct notice_point){.code = "at_risk", .text = "the customer is at risk"};
    if (verdict->refused > 0)
        points[point_count++] = (struct notice_point){
            .code = "extended_late", .text = "it was put off only after it was due, which does not count"};
    return why_of(turn, promise, figures, figure_count, points, point_count);
}

// `count` is which of the rep's breaks within the window it is, 0 when it is none.
static void settle_break(struct scheduler *self, struct turn *turn, const struct customer *customer,
                         const struct promise *promise, uint32_t count)
{
    static const char *const undone = "the promise was kept in time";
    struct breach said = read_said(promise);
    struct breach_verdict verdict = breach_judge(breaches(self), &said, promise->clock_ms);
    uint32_t level = breach_level(count);
    struct opening review = opening_of(customer, promise, KIND_SELF_REVIEW);
    review.historical = promise->broken_ms <= promise->past_ms;
    review.why = why_broken(turn, promise, &verdict, count);
    struct opening told = review;
    told.kind = KIND_PROMISE_BROKEN;
    told.roles = level >= AT_RISK ? ROLE_REP | ROLE_MANAGER | ROLE_DIRECTOR : ROLE_REP | ROLE_MANAGER;
    ladder_settle(self, turn, &review, level == 1, level > 1 ? "it was not the first one" : undone);
    ladder_settle(self, turn, &told, level > 1, level == 1 ? "it was the first one" : undone);
}

static void list_breaks(const struct promise *all, size_t count, const char *by, struct breach_list *ret_list)
{
    memset(ret_list, 0, sizeof *ret_list);
    for (size_t i = 0; i < count; i++)
        if (all[i].broken_ms != 0 && strcmp(all[i].by, by) == 0)
            (void)breach_mark(ret_list, all[i].hash, all[i].broken_ms);
}

// One break more or less moves the place of those after it.
static void settle_breaks(struct scheduler *self, struct turn *turn, struct customer *customer,
                          const struct promise *promise)
{
    size_t count;
    const struct promise *all = book_promises(turn, customer->id, &count);
    struct breach_list list;
    const char *listed = NULL;
    customer->breaks = 0;
    customer->breaks_ms = 0;
    if (promise->broken_ms == 0)
        settle_break(self, turn, customer, promise, 0);
    for (size_t i = 0; i < count; i++) {
        if (all[i].broken_ms == 0)
            continue;
        if (listed == NULL || strcmp(listed, all[i].by) != 0)
            list_breaks(all, count, all[i].by, &list);
        listed = all[i].by;
        uint32_t nth = breach_place(breaches(self), &list, all[i].hash);
        if (nth == 0)
            continue; // so long ago that so many others came since
        settle_break(self, turn, customer, &all[i], nth);
        if (nth > customer->breaks || (nth == customer->breaks && all[i].broken_ms > customer->breaks_ms)) {
            customer->breaks = nth;
            customer->breaks_ms = all[i].broken_ms;
        }
    }
}

static void settle_warnings(struct scheduler *self, struct turn *turn, const struct customer *customer,
                            const struct promise *promise, const struct breach_verdict *verdict, bool historical)
{
    struct opening due = opening_of(customer, promise, KIND_PROMISE);
    due.rep_id = promise->rep_id;
    due.roles = promise->rep_id[0] != '\0' ? ROLE_REP : 0;
    due.version = (struct version){verdict->made_ms, promise->hash};
    due.since_ms = verdict->made_ms;
    due.due_ms = verdict->due_ms;
    due.historical = historical;
    struct figure until = {"promise_due", verdict->due_ms, UNIT_TIME, ""};
    due.why = why_of(turn, promise, &until, 1, NULL, 0);
    bool owed = verdict->state == BREACH_OPEN || (verdict->state == BREACH_NOT_KEPT && !verdict->ended);
    ladder_settle(self, turn, &due, owed && promise->closed_ms == 0, "the promise is done with");
    struct opening brief = due;
    brief.kind = KIND_PROMISE_SHORT;
    brief.roles = 0;
    brief.due_ms = verdict->made_ms; // told of once: one that is put off and is still brief is not told of anew
    int64_t lead_ms = verdict->due_ms - verdict->made_ms;
    struct figure figures[] = {
        {"promise_due", verdict->due_ms, UNIT_TIME, ""},
        {"lead", lead_ms / MILLI_DAY_MS, UNIT_DAYS, ""},
        {"usual_lead", promise->usual_ms / MILLI_DAY_MS, UNIT_DAYS, ""},
    };
    brief.why = why_of(turn, promise, figures, sizeof figures / sizeof figures[0], NULL, 0);
    bool open = verdict->state == BREACH_OPEN, stands = open && lead_ms > 0 && usual_brief(promise->usual_ms, lead_ms);
    const char *over = verdict->ended ? "the promise is done with"
                       : open         ? "the promise has more time"
                                      : "the promise was due";
    ladder_settle(self, turn, &brief, stands, over);
}

// --- the clock

static void promise_timer(const struct promise *promise, struct due *ret_due)
{
    *ret_due = (struct due){.at_ms = promise->timer_ms, .what = DUE_PROMISE, .subject = promise->customer_id};
    store_put_u64(ret_due->id, hash_short(promise->customer_id, strlen(promise->customer_id)));
    store_put_u64(ret_due->id + 8, promise->hash);
}

static void set_timer(struct turn *turn, struct promise *promise, int64_t at_ms)
{
    struct due due;
    if (promise->timer_ms == at_ms)
        return;
    promise_timer(promise, &due);
    if (promise->timer_ms != 0)
        diary_delete_due(turn, &due);
    promise->timer_ms = at_ms;
    due.at_ms = at_ms;
    if (at_ms != 0)
        diary_put_due(turn, &due);
}

// When nobody will call for it any more.
static int64_t stale_ms(const struct scheduler *self, const struct breach_verdict *verdict)
{
    return verdict->due_ms + (self->options.stale_days + 1) * DAY_MS;
}

static int64_t next_look(const struct scheduler *self, const struct promise *promise,
                         const struct breach_verdict *verdict)
{
    if (verdict->state == BREACH_OPEN)
        return verdict->grace_end_ms + 1;
    bool owed = verdict->state == BREACH_NOT_KEPT && !verdict->ended && promise->closed_ms == 0;
    return owed ? stale_ms(self, verdict) : 0;
}

static int64_t end_ms(const struct breach *said)
{
    return (said->said & 1U << BREACH_KEPT) != 0 ? said->kept[0].at_ms : said->broken[0].at_ms;
}

static void refresh(struct turn *turn, struct customer *customer)
{
    struct promise first;
    bool any = book_first_promise(turn, customer->id, &first);
    customer->promise_ms = any ? first.due_ms : 0;
    customer->promise = any ? first.hash : 0;
}

void promise_settle(struct scheduler *self, struct turn *turn, struct customer *customer, struct promise *promise,
                    bool historical)
{
    struct breach said = read_said(promise);
    struct breach_verdict verdict = breach_judge(breaches(self), &said, promise->clock_ms);
    const char *by = name_of(self, turn, customer, promise);
    bool made = (said.said & 1U << BREACH_MADE) != 0, was_broken = promise->broken_ms != 0;
    int64_t span_ms = verdict.kept_ms - verdict.made_ms;
    bool tells = verdict.kept_ms != 0 && made &&
                 (verdict.broken || usual_tells(verdict.due_ms - verdict.made_ms, span_ms - verdict.late_ms));
    int64_t took_ms = !tells ? 0 : span_ms > 0 ? span_ms : 1;
    count_time(self, turn, promise, by, took_ms);
    const char *counted = verdict.broken || took_ms != 0 ? by : "";
    bool moved = promise->broken_ms != verdict.broken_ms || strcmp(promise->by, counted) != 0;
    if (moved)
        count_break(self, turn, promise, -1);
    promise->broken_ms = verdict.broken_ms;
    promise->by = counted;
    if (moved) {
        promise->abc = customer->abc;
        count_break(self, turn, promise, 1);
    }
    promise->due_ms = verdict.due_ms;
    if (verdict.ended)
        promise->closed_ms = end_ms(&said);
    else if (verdict.state == BREACH_OPEN)
        promise->closed_ms = 0;
    set_timer(turn, promise, next_look(self, promise, &verdict));
    book_put_promise(turn, promise);
    refresh(turn, customer);
    settle_warnings(self, turn, customer, promise, &verdict, historical);
    if (was_broken || verdict.broken)
        settle_breaks(self, turn, customer, promise);
}

void promise_due(struct scheduler *self, struct turn *turn, const struct due *due)
{
    struct customer customer;
    struct promise promise;
    bool known = book_customer(turn, due->subject, &customer);
    if (!known || !book_promise(turn, due->subject, store_get_u64(due->id + 8), &promise) ||
        promise.timer_ms != due->at_ms)
        return;
    struct breach said = read_said(&promise);
    promise.timer_ms = 0;
    promise.clock_ms = due->at_ms;
    struct breach_verdict verdict = breach_judge(breaches(self), &said, promise.clock_ms);
    if (verdict.broken && !verdict.ended && due->at_ms >= stale_ms(self, &verdict)) {
        promise.closed_ms = due->at_ms;
        office_count(self, COUNT_PROMISES_STALE, 1);
    }
    promise_settle(self, turn, &customer, &promise, false);
    book_put_customer(turn, &customer);
}

// --- merging

static void say_again(struct breach *said, enum breach_said which, const struct breach_word *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        breach_say(said, which, words[i]);
}

// What was said under either name was said of the same promise.
static void unite(struct turn *turn, const struct promise *from, struct promise *to)
{
    struct breach old = read_said(from), said = read_said(to);
    if ((old.said & 1U << BREACH_MADE) != 0)
        say_again(&said, BREACH_MADE, &old.made, 1);
    say_again(&said, BREACH_EXTENDED, old.extended, old.extended_count);
    if ((old.said & 1U << BREACH_KEPT) != 0)
        say_again(&said, BREACH_KEPT, old.kept, 2);
    if ((old.said & 1U << BREACH_BROKEN) != 0)
        say_again(&said, BREACH_BROKEN, old.broken, 2);
    write_said(turn, to, &said);
    if (version_newer(&from->made_set, &to->made_set)) {
        to->made_set = from->made_set;
        to->what = from->what;
        to->rep_id = from->rep_id;
        to->event = from->event;
    }
    to->id = from->id;
    to->exception = to->exception[0] != '\0' ? to->exception : from->exception;
    to->clock_ms = from->clock_ms > to->clock_ms ? from->clock_ms : to->clock_ms;
    to->past_ms = from->past_ms > to->past_ms ? from->past_ms : to->past_ms;
    to->usual_ms = to->usual_ms != 0 ? to->usual_ms : from->usual_ms;
    to->closed_ms = to->closed_ms != 0 ? to->closed_ms : from->closed_ms;
    to->by = to->by[0] != '\0' ? to->by : from->by;
}

static bool moves(struct turn *turn, const struct kin_move *move, const struct promise *promise)
{
    struct customer of;
    if (strcmp(promise->of, move->id) == 0)
        return true;
    if (strcmp(move->from, move->id) != 0)
        return false;
    return promise->of[0] == '\0' || !book_customer(turn, promise->of, &of) || of.erased.time_ms != 0;
}

void promise_join(struct scheduler *self, struct turn *turn, const struct kin_move *move, struct customer *from,
                  struct customer *to)
{
    size_t count, left = 0, moved_count = 0;
    struct promise *all = book_promises(turn, move->from, &count);
    for (size_t i = 0; i < count; i++) {
        struct promise moved;
        if (!moves(turn, move, &all[i])) {
            all[left++] = all[i];
            continue;
        }
        count_time(self, turn, &all[i], all[i].by, 0);
        set_timer(turn, &all[i], 0);
        book_delete_promise(turn, &all[i]);
        book_promise(turn, to->id, all[i].hash, &moved);
        unite(turn, &all[i], &moved);
        moved.of = strcmp(to->id, move->id) == 0 ? "" : move->id;
        promise_settle(self, turn, to, &moved, false);
        moved_count++;
    }
    if (moved_count == 0)
        return;
    book_put_customer(turn, to);
    // Of those that stay, one is no longer the second or the third.
    if (left > 0)
        promise_settle(self, turn, from, &all[0], false);
    refresh(turn, from);
    book_put_customer(turn, from);
}

bool promise_at_risk(const struct scheduler *self, const struct customer *customer, int64_t now_ms)
{
    return customer->breaks >= AT_RISK && now_ms - customer->breaks_ms <= breaches(self)->window_ms;
}
