#include "services/scheduler/policy.h"

#include "common/must.h"
#include "services/scheduler/ladder.h"
#include "services/scheduler/remind.h"
#include "services/scheduler/rows.h"

#include <string.h>

enum {
    CLIMB_MOST = 8,  // levels of managers; more would be a ring
    MERGES_MOST = 8, // of one customer into the next
};

#define P(type, member) PACK_FIELD(struct policy, type, member)
const struct pack_field rows_policy[] = {
    P(PACK_TEXT, id),          P(PACK_TEXT, customer_id), P(PACK_TEXT, rep_id),        P(PACK_TEXT, what),
    P(PACK_TEXT, promise_id),  P(PACK_TEXT, event),       P(PACK_64, micros),          P(PACK_TEXT, currency),
    P(PACK_64, asked.time_ms), P(PACK_64, asked.tie),     P(PACK_64, decided.time_ms), P(PACK_64, decided.tie),
    P(PACK_8, approved),       P(PACK_TEXT, by),          P(PACK_TEXT, reason),        PACK_LAST,
};

static struct policy fresh(const char *id)
{
    return (struct policy){.id = id,
                           .customer_id = "",
                           .rep_id = "",
                           .what = "",
                           .promise_id = "",
                           .event = "",
                           .micros = AUTHORITY_UNKNOWN,
                           .currency = "",
                           .by = "",
                           .reason = ""};
}

bool policy_get(struct turn *turn, const char *id, struct policy *ret_policy)
{
    *ret_policy = fresh(id);
    return rows_get(turn, TABLE_POLICY, id, strlen(id), rows_policy, ret_policy);
}

void policy_put(struct turn *turn, const struct policy *policy)
{
    must(policy->id[0] != '\0');
    rows_put(turn, TABLE_POLICY, policy->id, strlen(policy->id), rows_policy, policy);
}

void policy_delete(struct turn *turn, const char *id)
{
    rows_delete(turn, TABLE_POLICY, id, strlen(id));
}

static bool is_about(const void *customer_id, struct slice value)
{
    struct policy policy = fresh("");
    (void)pack_read(rows_policy, value.bytes, value.length, &policy);
    return strcmp(policy.customer_id, customer_id) == 0;
}

void policy_erase(struct turn *turn, const char *customer_id)
{
    rows_delete_if(turn, TABLE_POLICY, is_about, customer_id);
}

enum policy_state policy_state(const struct policy *policy)
{
    if (policy->asked.time_ms == 0)
        return POLICY_UNKNOWN;
    // What is asked and decided within one moment, as old papers say it, was decided.
    if (policy->decided.time_ms == 0 || policy->decided.time_ms < policy->asked.time_ms)
        return POLICY_OPEN;
    return policy->approved ? POLICY_GRANTED : POLICY_DENIED;
}

// --- who may grant it

// A role that the table of authority does not know has the level of its place: a manager of reps the second.
static size_t level_of(const struct authority_options *options, const struct rep *rep, size_t climbed)
{
    size_t level;
    return authority_level(options, rep->role, &level) ? level : climbed;
}

// What is no money of ours cannot be compared with a limit.
static int64_t amount_of(const struct policy *policy, const struct customer *customer)
{
    bool foreign = customer->currency[0] != '\0' && strcmp(customer->currency, policy->currency) != 0;
    return policy->micros > 0 && !foreign ? policy->micros : AUTHORITY_UNKNOWN;
}

// The first above the rep whose limit covers it; the highest there is when nobody's does. Nobody: `ret_rep` stays.
static void find_approver(struct scheduler *self, struct turn *turn, const struct rep *rep, int64_t micros,
                          struct rep *ret_rep)
{
    const struct authority_options *options = &self->options.rules.authority;
    size_t needed = SIZE_MAX;
    (void)authority_judge(options, rep->role, micros, &needed);
    struct rep above, now = *rep;
    for (size_t climbed = 1; climbed <= CLIMB_MOST && office_manager(self, turn, &now, &above); climbed++) {
        if (strcmp(above.id, rep->id) == 0)
            break;
        *ret_rep = now = above;
        if (level_of(options, &above, climbed) >= needed)
            break;
    }
}

// --- asking

static uint64_t short_of(const char *text)
{
    return hash_short(text, strlen(text));
}

// The customer it is about, or the one that goes on in its place. Fresh when it is about none.
static void find_customer(struct turn *turn, const struct policy *policy, struct customer *ret_customer)
{
    const char *id = policy->customer_id;
    for (int steps = 0; steps < MERGES_MOST && id[0] != '\0'; steps++, id = ret_customer->merged_into)
        book_customer(turn, id, ret_customer);
    if (policy->customer_id[0] == '\0')
        book_customer(turn, "", ret_customer);
}

// What is asked for, in words. What makes good a complaint beyond authority bears the complaint's id: `ret_complaint`
// gets what was complained of where that adds something to the words, "" where it does not, NULL when there is none.
static const char *text_of(struct turn *turn, const struct policy *policy, const struct customer *customer,
                           const char **ret_complaint)
{
    struct matter complaint;
    *ret_complaint = NULL;
    if (customer->id[0] == '\0' ||
        !matter_find(turn, KIND_COMPLAINT_ACT, customer->id, short_of(policy->id), &complaint))
        return policy->what;
    const char *about = notice_why_read(turn->arena, complaint.why).text;
    about = about[0] != '\0' ? about : policy->id;
    *ret_complaint = policy->what[0] != '\0' ? about : "";
    return policy->what[0] != '\0' ? policy->what : about;
}

static size_t amounts_of(const struct scheduler *self, const struct policy *policy, const struct rep *rep,
                         struct figure *ret_figures)
{
    size_t count = 0, level;
    const struct authority_options *options = &self->options.rules.authority;
    if (policy->micros > 0)
        ret_figures[count++] = (struct figure){"amount", policy->micros, UNIT_MONEY, policy->currency};
    if (policy->micros > 0 && authority_level(options, rep->role, &level) && level < options->level_count)
        ret_figures[count++] =
            (struct figure){"limit", options->levels[level].limit_micros, UNIT_MONEY, policy->currency};
    return count;
}

static struct slice why_of(struct scheduler *self, struct turn *turn, const struct policy *policy,
                           const struct rep *rep)
{
    struct figure figures[2];
    size_t count = amounts_of(self, policy, rep, figures);
    const char *events[] = {policy->event};
    return notice_why(turn->arena, &(struct notice_words){.text = policy->what,
                                                          .figures = figures,
                                                          .figure_count = count,
                                                          .events = events,
                                                          .event_count = policy->event[0] != '\0'});
}

void policy_settle(struct scheduler *self, struct turn *turn, const struct policy *policy, bool historical)
{
    struct customer customer;
    struct rep rep, approver = {.id = ""};
    if (policy_state(policy) == POLICY_UNKNOWN || policy->rep_id[0] == '\0')
        return;
    find_customer(turn, policy, &customer);
    book_rep(turn, policy->rep_id, &rep);
    find_approver(self, turn, &rep, amount_of(policy, &customer), &approver);
    struct opening opening = {.kind = KIND_POLICY_EXCEPTION,
                              .customer_id = customer.erased.time_ms == 0 ? customer.id : "",
                              .rep_id = policy->rep_id,
                              .which = short_of(policy->id),
                              .version = policy->asked,
                              .historical = historical,
                              .since_ms = policy->asked.time_ms,
                              .day = DAY_NONE,
                              .ref = policy->id,
                              .approver = approver.id,
                              .why = why_of(self, turn, policy, &rep)};
    enum policy_state state = policy_state(policy);
    ladder_settle(self, turn, &opening, state == POLICY_OPEN,
                  state == POLICY_GRANTED ? "it was approved" : "it was refused");
}

void policy_ask(struct scheduler *self, struct turn *turn, const struct fact *fact, const struct customer *customer,
                const char *id, const char *what, int64_t micros, const char *currency)
{
    struct policy policy;
    struct rep rep;
    size_t level;
    if (fact->rep_id[0] != '\0')
        book_rep(turn, fact->rep_id, &rep);
    else if (!office_owner(self, turn, customer, &rep))
        return;
    policy_get(turn, id, &policy);
    policy.currency = currency;
    policy.micros = micros;
    if (micros <= 0 || authority_judge(&self->options.rules.authority, rep.role, amount_of(&policy, customer),
                                       &level) == AUTHORITY_OWN)
        return;
    if (!version_newer(&fact->version, &policy.asked))
        return;
    policy.asked = fact->version;
    policy.customer_id = customer->id;
    policy.rep_id = rep.id;
    policy.what = what;
    policy.event = fact->event;
    policy_put(turn, &policy);
    policy_settle(self, turn, &policy, fact->historical);
}

// --- the decision

// Each decision is a reminder of its own.
static void decision_id(const struct policy *policy, const struct customer *customer, uint8_t *ret_id)
{
    uint8_t which[8 + 8 + 8];
    store_put_u64(which, short_of(policy->id));
    store_put_u64(which + 8, (uint64_t)policy->decided.time_ms);
    store_put_u64(which + 16, policy->decided.tie);
    diary_reminder_id(customer->id[0] != '\0' ? customer->id : policy->rep_id, KIND_POLICY_EXCEPTION,
                      hash_short(which, sizeof which), ret_id);
}

static struct slice why_decided(struct scheduler *self, struct turn *turn, const struct policy *policy,
                                const struct customer *customer, const struct rep *rep)
{
    struct notice_point points[4];
    struct figure figures[2];
    size_t count = 0;
    struct promise promise;
    const char *complaint, *text = text_of(turn, policy, customer, &complaint);
    if (complaint != NULL)
        points[count++] = (struct notice_point){.code = "compensation", .text = complaint};
    if (policy->by[0] != '\0')
        points[count++] = (struct notice_point){.code = "decided_by", .text = policy->by};
    if (policy->reason[0] != '\0')
        points[count++] = (struct notice_point){.code = "reason", .text = policy->reason};
    bool promised = policy->promise_id[0] != '\0' &&
                    book_promise(turn, customer->id, short_of(policy->promise_id), &promise) &&
                    promise.made_set.time_ms != 0 && promise.closed_ms == 0;
    if (promised && !policy->approved)
        points[count++] = (struct notice_point){.code = "already_promised", .text = promise.what};
    const char *events[] = {policy->event};
    return notice_why(turn->arena, &(struct notice_words){.text = text,
                                                          .figures = figures,
                                                          .figure_count = amounts_of(self, policy, rep, figures),
                                                          .before = "asked",
                                                          .after = policy->approved ? "approved" : "refused",
                                                          .events = events,
                                                          .event_count = policy->event[0] != '\0',
                                                          .points = points,
                                                          .point_count = count});
}

void policy_tell(struct scheduler *self, struct turn *turn, const struct policy *before, const struct policy *policy)
{
    struct customer customer;
    struct rep rep;
    struct desk desk;
    struct reminder told;
    uint8_t id[HASH_BYTES];
    if (policy->rep_id[0] == '\0')
        return;
    find_customer(turn, policy, &customer);
    decision_id(before, &customer, id);
    bool anew = version_newer(&policy->decided, &before->decided) || policy_state(policy) == POLICY_OPEN;
    if (anew && before->rep_id[0] != '\0' && diary_reminder(turn, id, &told))
        remind_cancel(self, turn, &told, "it was decided anew");
    enum policy_state state = policy_state(policy);
    if (state != POLICY_GRANTED && state != POLICY_DENIED)
        return;
    book_rep(turn, policy->rep_id, &rep);
    office_desk(self, turn, &rep, &desk);
    struct reminder reminder = {.kind = KIND_POLICY_EXCEPTION,
                                .rep_id = rep.id,
                                .customer_id = customer.id,
                                .note = "",
                                .due_ms = shift_next(&desk.shift, policy->decided.time_ms),
                                .event_day = DAY_NONE,
                                .why = why_decided(self, turn, policy, &customer, &rep),
                                .role = ROLE_REP,
                                .for_rep = ""};
    if (reminder.due_ms == SHIFT_NEVER || customer.erased.time_ms != 0)
        return;
    reminder.day = shift_day(&desk.shift, reminder.due_ms);
    decision_id(policy, &customer, reminder.id);
    (void)remind_open(self, turn, &reminder);
}

// --- what is said of it elsewhere

static void add_point(struct turn *turn, struct notice *notice, const char *code, const char *text)
{
    struct notice_point *points = arena_take(turn->arena, (notice->point_count + 1) * sizeof *points);
    if (notice->point_count > 0)
        memcpy(points, notice->points, notice->point_count * sizeof *points);
    points[notice->point_count++] = (struct notice_point){.code = code, .text = text};
    notice->points = points;
}

void policy_describe(struct turn *turn, const char *exception_id, struct notice *notice)
{
    struct policy policy;
    struct promise promise;
    struct customer customer;
    const char *complaint;
    if (!policy_get(turn, exception_id, &policy))
        return;
    find_customer(turn, &policy, &customer);
    notice->text = text_of(turn, &policy, &customer, &complaint);
    if (complaint != NULL)
        add_point(turn, notice, "compensation", complaint);
    if (policy.promise_id[0] != '\0' && customer.id[0] != '\0' &&
        book_promise(turn, customer.id, short_of(policy.promise_id), &promise) && promise.made_set.time_ms != 0 &&
        promise.closed_ms == 0)
        add_point(turn, notice, "already_promised", promise.what);
}

void policy_describe_promise(struct turn *turn, const struct promise *promise, struct notice *notice)
{
    struct policy policy;
    if (promise->exception[0] == '\0' || !policy_get(turn, promise->exception, &policy))
        return;
    enum policy_state state = policy_state(&policy);
    if (state == POLICY_OPEN)
        add_point(turn, notice, "needs_approval", policy.what);
    else if (state == POLICY_DENIED)
        add_point(turn, notice, "exception_refused", policy.what);
}
