#include "services/scheduler/calllist.h"

#include "common/must.h"
#include "services/scheduler/lookahead.h"
#include "services/scheduler/reason.h"

#include <stdlib.h>

struct plan {
    const struct plan_rules *rules;
    const struct plan_day *day;
    struct candidate **lines;
    size_t line_count;
    uint32_t quota; // how many more customers who were not reached this month are called today
    uint32_t need;  // how many more of today's lines are kept free for them
};

// Coverage aims to have asked everybody this many working days before the month ends, and leaves them for those who did
// not answer: a call on the last day cannot be made again.
enum { SPARE_DAYS = 3 };

// --- the order

// Since when the customer waits for a place that was promised: no room on the list, or nobody answered.
static int32_t carried(const struct candidate *candidate)
{
    int32_t since = candidate->put_off_day != DAY_NONE ? candidate->put_off_day : INT32_MAX;
    return candidate->again && candidate->hold_day - 1 < since ? candidate->hold_day - 1 : since;
}

static int32_t expected(const struct candidate *candidate)
{
    return candidate->expected_day != DAY_NONE ? candidate->expected_day : INT32_MAX;
}

// The end of every order: class, the sooner order, worth, and the place among all.
static int compare_rest(const struct candidate *a, const struct candidate *b)
{
    if (a->abc != b->abc)
        return a->abc < b->abc ? -1 : 1;
    if (expected(a) != expected(b))
        return expected(a) < expected(b) ? -1 : 1;
    if (a->worth != b->worth)
        return a->worth > b->worth ? -1 : 1;
    return a < b ? -1 : a > b;
}

static int compare(const void *left, const void *right)
{
    const struct candidate *a = *(struct candidate *const *)left;
    const struct candidate *b = *(struct candidate *const *)right;
    if (a->guest != b->guest)
        return a->guest ? 1 : -1;
    if (a->block != b->block)
        return a->block < b->block ? -1 : 1;
    int32_t since_a = carried(a), since_b = carried(b);
    // An expected order does not wait for those who stood back yesterday: its date says how long there is.
    if (since_a != since_b && reason_of(a->block) != CALL_EXPECTED_NEED)
        return since_a < since_b ? -1 : 1;
    if (a->key != b->key)
        return a->key > b->key ? -1 : 1;
    if (reason_of(a->block) == CALL_PROMISE_DUE && a->reached != b->reached)
        return a->reached ? 1 : -1;
    if (reason_of(a->block) == CALL_STAGE && expected(a) != expected(b))
        return expected(a) < expected(b) ? -1 : 1;
    return compare_rest(a, b);
}

// How the lines of coverage and of silence are shown: by class. They are not chosen so, because in a month that cannot
// be covered the customers of class C would never have their turn.
static int compare_shown(const void *left, const void *right)
{
    const struct candidate *a = *(struct candidate *const *)left;
    const struct candidate *b = *(struct candidate *const *)right;
    if (a->abc != b->abc)
        return a->abc < b->abc ? -1 : 1;
    int32_t since_a = carried(a), since_b = carried(b);
    if (since_a != since_b)
        return since_a < since_b ? -1 : 1;
    if (a->key != b->key)
        return a->key > b->key ? -1 : 1;
    return compare_rest(a, b);
}

static void show(struct plan *plan, size_t from)
{
    qsort(plan->lines + from, plan->line_count - from, sizeof(struct candidate *), compare_shown);
}

// --- taking

static bool take(struct plan *plan, struct candidate *candidate, enum call_reason reason)
{
    if (plan->line_count >= plan->rules->capacity)
        return false;
    candidate->reason = reason;
    candidate->listed = true;
    plan->lines[plan->line_count++] = candidate;
    return true;
}

// What comes before coverage. Returns where coverage starts.
static size_t take_urgent(struct plan *plan, struct candidate **order, size_t count)
{
    size_t at = 0;
    for (; at < count && order[at]->block < BLOCK_COVERAGE; at++) {
        struct candidate *candidate = order[at];
        // Whoever has a day of this month is reached then; until then a call is one more, as after a contact.
        bool repeats = reason_covered(plan->day, candidate) || reason_is_later(plan->day, candidate->promise_day) ||
                       reason_is_later(plan->day, candidate->appointment_day);
        uint32_t kept_free = repeats && (reason_rules(candidate->block) & REASON_REPEATS) != 0 ? plan->need : 0;
        candidate->put_off =
            plan->line_count + kept_free >= plan->rules->capacity || !take(plan, candidate, candidate->reason);
        // Promises and appointments have their own room in the month.
        if (candidate->listed && !repeats && candidate->block > BLOCK_AHEAD) {
            plan->quota -= plan->quota > 0;
            plan->need -= plan->need > 0;
        }
    }
    return at;
}

// Today's part of those who were not reached this month, and on top of it those who did not answer yesterday: they are
// what the slack between capacity and need is for. Returns where silence starts.
static size_t take_coverage(struct plan *plan, struct candidate **order, size_t at, size_t count)
{
    for (; at < count && order[at]->block == BLOCK_COVERAGE; at++) {
        struct candidate *candidate = order[at];
        if (!candidate->again && plan->quota == 0)
            continue;
        candidate->put_off = !take(plan, candidate, CALL_COVERAGE);
        if (!candidate->again)
            plan->quota--;
    }
    return at;
}

// The rest of the day belongs to those who waited longest: whoever was reached this month but not for too long, and
// whoever was not reached and is not yet today's part of the coverage. Both runs are in order, so this merges them.
// Their silence grows while they wait, so nothing more needs to be remembered about them. Returns where the next block
// starts.
static size_t take_silence(struct plan *plan, struct candidate **order, size_t from, size_t middle, size_t count)
{
    size_t one = from, two = middle, end = middle;
    while (end < count && order[end]->block == BLOCK_SILENCE)
        end++;
    while (plan->line_count < plan->rules->capacity) {
        while (one < middle && (order[one]->listed || order[one]->key <= 1000))
            one++;
        if (one >= middle && two >= end)
            break;
        bool first = two >= end || (one < middle && order[one]->key >= order[two]->key);
        take(plan, first ? order[one++] : order[two++], CALL_SILENCE);
    }
    return end;
}

// What is only done when there is room, and comes again tomorrow if there is none.
static void take_rest(struct plan *plan, struct candidate **order, size_t at, size_t count)
{
    for (; at < count && plan->line_count < plan->rules->capacity; at++)
        take(plan, order[at], order[at]->reason);
}

// --- the month

void calllist_coverage(const struct plan_rules *rules, const struct plan_day *day, const struct candidate *candidates,
                       size_t count, struct coverage *ret_coverage)
{
    uint32_t customers = 0, contacted = 0;
    uint64_t dated = 0;
    for (size_t i = 0; i < count; i++) {
        const struct candidate *candidate = &candidates[i];
        if (candidate->guest)
            continue;
        bool reached = reason_covered(day, candidate);
        customers += reached || !reason_muted(day, candidate);
        contacted += reached;
        // What is due today or was not done takes room too, unless they were spoken to today.
        bool spoken = candidate->contact_day == day->today;
        bool promised = reason_is_later(day, candidate->promise_day) ||
                        (!spoken && reason_is_due(rules, day, candidate->promise_day));
        bool met = (reason_is_later(day, candidate->appointment_day) ||
                    (!spoken && reason_is_due(rules, day, candidate->appointment_day))) &&
                   candidate->appointment_day != candidate->promise_day;
        // The first of them brings the contact itself.
        uint32_t dates = (uint32_t)promised + (uint32_t)met;
        dated += reached ? dates : dates > 1;
    }
    uint64_t open = customers - contacted;
    uint64_t slots = (uint64_t)rules->capacity * day->working_days_left;
    slots -= dated < slots ? dated : slots;
    *ret_coverage = (struct coverage){.customers = customers,
                                      .contacted = contacted,
                                      .working_days_left = day->working_days_left,
                                      .capacity = rules->capacity,
                                      .missing = open > slots ? (uint32_t)(open - slots) : 0};
}

// The working day on which a call of that day is made: at the latest on that day (a promise), or then or after it.
static size_t place(const struct plan_day *day, int32_t at, bool before)
{
    size_t i = 0;
    while (i + 1 < day->working_days_left && (before ? day->working_days[i + 1] <= at : day->working_days[i] < at))
        i++;
    return i;
}

static bool dated_this_month(const struct plan_rules *rules, const struct plan_day *day, int32_t at)
{
    return reason_is_due(rules, day, at) || reason_is_later(day, at);
}

// Levels the rest of the month. Returns how many customers are still to be reached without having a day.
static uint32_t look_ahead(const struct plan_rules *rules, const struct plan_day *day,
                           const struct candidate *candidates, size_t count, struct lookahead_day *days)
{
    uint32_t open = 0;
    for (size_t i = 0; i < count; i++) {
        const struct candidate *candidate = &candidates[i];
        if (candidate->guest)
            continue;
        bool promised = dated_this_month(rules, day, candidate->promise_day);
        bool met = dated_this_month(rules, day, candidate->appointment_day);
        if (promised && day->working_days_left > 0)
            days[place(day, candidate->promise_day, true)].movable++;
        if (met && day->working_days_left > 0 && !(promised && candidate->promise_day == candidate->appointment_day))
            days[place(day, candidate->appointment_day, false)].fixed++;
        open += !reason_covered(day, candidate) && !reason_muted(day, candidate) && !promised && !met;
    }
    lookahead_level(days, day->working_days_left, rules->capacity);
    return open;
}

static int compare_promises(const void *left, const void *right)
{
    const struct candidate *a = *(struct candidate *const *)left;
    const struct candidate *b = *(struct candidate *const *)right;
    if (a->promise_day != b->promise_day)
        return a->promise_day < b->promise_day ? -1 : 1;
    if (a->reached != b->reached)
        return a->reached ? 1 : -1;
    return compare_rest(a, b);
}

// Notes who was reached this month, and marks the promises of later days that are called about today, since their own
// day will have no room: the earliest, without those who were spoken to just now.
static void mark_ahead(const struct plan_rules *rules, const struct plan_day *day, struct candidate *candidates,
                       size_t count, uint32_t most, struct candidate **order)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        struct candidate *candidate = &candidates[i];
        candidate->reached = reason_covered(day, candidate);
        candidate->ahead = false;
        if (most > 0 && !candidate->guest && reason_is_later(day, candidate->promise_day) &&
            reason_rested(day, candidate, rules->rest_days) && !reason_waits(day, candidate))
            order[found++] = candidate;
    }
    if (found > 0)
        qsort(order, found, sizeof(struct candidate *), compare_promises);
    for (size_t i = 0; i < found && i < most; i++)
        order[i]->ahead = true;
}

// Three quarters of the calls of so many days, rounded up.
static uint32_t most_of(const struct plan_rules *rules, uint32_t days)
{
    return (uint32_t)(((uint64_t)rules->capacity * days * 3 + 3) / 4);
}

// What is kept free for coverage. A month that cannot be covered was warned about: then calls that only repeat get a
// quarter of its calls all the same. It is counted over the days that are left and not on each of them, so that a rep
// who makes one call a day keeps it for coverage on three days of four.
static uint32_t need_of(const struct plan_rules *rules, uint32_t left, uint32_t share, bool hopeless)
{
    uint32_t most = left > 0 ? most_of(rules, left) - most_of(rules, left - 1) : 0;
    return hopeless && share > most ? most : share;
}

static size_t first_guest(struct candidate *const *order, size_t count)
{
    size_t own = count;
    while (own > 0 && order[own - 1]->guest)
        own--;
    return own;
}

size_t calllist_plan(const struct plan_rules *rules, const struct plan_day *day, struct candidate *candidates,
                     size_t count, struct candidate **order, struct candidate **ret_lines,
                     struct coverage *ret_coverage)
{
    struct lookahead_day days[LOOKAHEAD_DAYS] = {{0}};
    must(rules->capacity > 0 && day->working_days_left <= LOOKAHEAD_DAYS);
    calllist_coverage(rules, day, candidates, count, ret_coverage);
    uint32_t left = day->working_days_left;
    uint32_t open = look_ahead(rules, day, candidates, count, days);
    mark_ahead(rules, day, candidates, count, days[0].ahead, order);
    size_t wanted = 0;
    for (size_t i = 0; i < count; i++) {
        must(candidates[i].abc > ABC_NONE && candidates[i].abc < ABC_COUNT && candidates[i].longest_days > 0);
        reason_find(rules, day, &candidates[i]);
        if (candidates[i].reason != CALL_NONE)
            order[wanted++] = &candidates[i];
    }
    qsort(order, wanted, sizeof *order, compare);
    size_t own = first_guest(order, wanted);
    struct plan plan = {.rules = rules,
                        .day = day,
                        .lines = ret_lines,
                        .quota =
                            left > 0 ? lookahead_share(days, left > SPARE_DAYS ? left - SPARE_DAYS : 1, open) : open,
                        .need = need_of(rules, left, lookahead_share(days, left, open), ret_coverage->missing > 0)};
    size_t coverage_from = take_urgent(&plan, order, own);
    size_t urgent_lines = plan.line_count;
    size_t silence_from = take_coverage(&plan, order, coverage_from, own);
    show(&plan, urgent_lines);
    take_rest(&plan, order, own, wanted);
    size_t before_silence = plan.line_count;
    size_t rest_from = take_silence(&plan, order, coverage_from, silence_from, own);
    show(&plan, before_silence);
    take_rest(&plan, order, rest_from, own);
    return plan.line_count;
}
