#include "services/scheduler/calllist.h"

#include "common/must.h"

#include <stdlib.h>

// A reason holds or not; `key` says who comes first within its block (the higher). `rests`: not while the customer
// rests after a real contact. `waits`: not while calls without an answer pause. `mutes`: not when the customer is not
// interested. `repeats`: coverage goes before it when the customer was contacted this month.
struct block {
    enum call_reason reason;
    bool rests, waits, mutes, repeats;
    bool (*holds)(const struct plan_rules *rules, const struct plan_day *day, const struct candidate *candidate,
                  int64_t *ret_key);
};

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

static bool covered(const struct plan_day *day, const struct candidate *candidate)
{
    return candidate->contact_day >= day->month_start;
}

static bool muted(const struct plan_day *day, const struct candidate *candidate)
{
    return candidate->mute_day != DAY_NONE && day->today < candidate->mute_day;
}

// Due today or before, but not so long ago that nobody believes in it any more.
static bool due(const struct plan_rules *rules, const struct plan_day *day, int32_t at)
{
    return at != DAY_NONE && at <= day->today && day->today - at <= rules->stale_days;
}

static bool rested(const struct plan_day *day, const struct candidate *candidate, int32_t days)
{
    return candidate->contact_day == DAY_NONE || day->today - candidate->contact_day >= days;
}

// Silence in thousandths of what the class allows, so that fifteen days of an A weigh more than sixty of a C.
static int64_t silence(const struct plan_rules *rules, const struct plan_day *day, const struct candidate *candidate)
{
    int32_t since = candidate->contact_day != DAY_NONE ? candidate->contact_day : candidate->known_day;
    int64_t days = since == DAY_NONE || since > day->today ? 0 : (int64_t)day->today - since;
    return days * 1000 / rules->silence_days[candidate->abc];
}

static bool promise_holds(const struct plan_rules *rules, const struct plan_day *day, const struct candidate *candidate,
                          int64_t *ret_key)
{
    *ret_key = -(int64_t)candidate->promise_day;
    return due(rules, day, candidate->promise_day);
}

static bool appointment_holds(const struct plan_rules *rules, const struct plan_day *day,
                              const struct candidate *candidate, int64_t *ret_key)
{
    *ret_key = -(int64_t)candidate->appointment_day;
    return due(rules, day, candidate->appointment_day);
}

static bool overdue_holds(const struct plan_rules *rules, const struct plan_day *day, const struct candidate *candidate,
                          int64_t *ret_key)
{
    *ret_key = candidate->worth;
    return candidate->overdue && candidate->abc == ABC_A && rested(day, candidate, rules->repeat_days);
}

static bool stage_holds(const struct plan_rules *rules, const struct plan_day *day, const struct candidate *candidate,
                        int64_t *ret_key)
{
    *ret_key = (int64_t)candidate->intention * 10 + candidate->stage;
    return candidate->stage != CALL_STAGE_NONE && day->today - candidate->stage_day <= rules->stage_days &&
           rested(day, candidate, rules->repeat_days);
}

// One talk about an expected order is enough: it took place if the last contact lies in the time before the order.
static bool need_holds(const struct plan_rules *rules, const struct plan_day *day, const struct candidate *candidate,
                       int64_t *ret_key)
{
    *ret_key = -(int64_t)candidate->expected_day;
    if (candidate->expected_day == DAY_NONE) {
        return false;
    }
    int32_t opens = candidate->expected_day - rules->need_lead_days;
    return day->today >= opens && day->today <= candidate->expected_day + rules->need_lead_days &&
           (candidate->contact_day == DAY_NONE || candidate->contact_day < opens);
}

static bool coverage_holds(const struct plan_rules *rules, const struct plan_day *day,
                           const struct candidate *candidate, int64_t *ret_key)
{
    *ret_key = silence(rules, day, candidate);
    return !covered(day, candidate);
}

static bool silence_holds(const struct plan_rules *rules, const struct plan_day *day, const struct candidate *candidate,
                          int64_t *ret_key)
{
    *ret_key = silence(rules, day, candidate);
    return *ret_key > 1000;
}

static const struct block BLOCKS[] = {
    {CALL_PROMISE_DUE, false, false, false, false, promise_holds},
    {CALL_APPOINTMENT, false, true, false, false, appointment_holds},
    {CALL_OVERDUE_A, true, true, false, false, overdue_holds},
    {CALL_STAGE, true, true, true, true, stage_holds},
    {CALL_EXPECTED_NEED, true, true, true, true, need_holds},
    {CALL_COVERAGE, true, true, true, false, coverage_holds},
    {CALL_SILENCE, true, true, true, false, silence_holds},
};

enum { BLOCK_COUNT = sizeof BLOCKS / sizeof BLOCKS[0] };

// A call that found nobody yesterday comes again today; one that found nobody too often has had its pause.
static bool retried(const struct plan_rules *rules, const struct candidate *candidate)
{
    return candidate->tries > 0 && candidate->tries < rules->tries && candidate->hold_day != DAY_NONE;
}

// The next date is agreed. One beyond the end of the month does not excuse from this month's contact.
static bool agreed(const struct plan_day *day, const struct candidate *candidate)
{
    int32_t at = candidate->appointment_day;
    return at != DAY_NONE && at > day->today && (at <= day->month_end || covered(day, candidate));
}

static void classify(const struct plan_rules *rules, const struct plan_day *day, struct candidate *candidate)
{
    bool rests = !rested(day, candidate, rules->rest_days);
    bool waits = (candidate->hold_day != DAY_NONE && day->today < candidate->hold_day) || agreed(day, candidate);
    bool mutes = muted(day, candidate);
    candidate->reason = CALL_NONE;
    candidate->listed = false;
    candidate->put_off = false;
    candidate->again = retried(rules, candidate);
    for (unsigned i = 0; i < BLOCK_COUNT; i++) {
        const struct block *block = &BLOCKS[i];
        if ((block->rests && rests) || (block->waits && waits) || (block->mutes && mutes)) {
            continue;
        }
        if (block->holds(rules, day, candidate, &candidate->key)) {
            candidate->reason = block->reason;
            candidate->block = i;
            return;
        }
    }
}

// Since when the customer waits for a place that was promised: no room on the list, or nobody answered.
static int32_t carried(const struct candidate *candidate)
{
    int32_t since = candidate->put_off_day != DAY_NONE ? candidate->put_off_day : INT32_MAX;
    return candidate->again && candidate->hold_day - 1 < since ? candidate->hold_day - 1 : since;
}

static int compare(const void *left, const void *right)
{
    const struct candidate *a = *(struct candidate *const *)left;
    const struct candidate *b = *(struct candidate *const *)right;
    if (a->block != b->block) {
        return a->block < b->block ? -1 : 1;
    }
    int32_t since_a = carried(a), since_b = carried(b);
    // An expected order does not wait for those who stood back yesterday: its date says how long there is.
    if (since_a != since_b && BLOCKS[a->block].reason != CALL_EXPECTED_NEED) {
        return since_a < since_b ? -1 : 1;
    }
    if (a->key != b->key) {
        return a->key > b->key ? -1 : 1;
    }
    if (a->abc != b->abc) {
        return a->abc < b->abc ? -1 : 1;
    }
    if (a->worth != b->worth) {
        return a->worth > b->worth ? -1 : 1;
    }
    return a < b ? -1 : a > b;
}

// How the lines of coverage and of silence are shown: by class. They are not chosen so, because in a month that cannot
// be covered the customers of class C would never have their turn.
static int compare_shown(const void *left, const void *right)
{
    const struct candidate *a = *(struct candidate *const *)left;
    const struct candidate *b = *(struct candidate *const *)right;
    if (a->abc != b->abc) {
        return a->abc < b->abc ? -1 : 1;
    }
    int32_t since_a = carried(a), since_b = carried(b);
    if (since_a != since_b) {
        return since_a < since_b ? -1 : 1;
    }
    if (a->key != b->key) {
        return a->key > b->key ? -1 : 1;
    }
    if (a->worth != b->worth) {
        return a->worth > b->worth ? -1 : 1;
    }
    return a < b ? -1 : a > b;
}

static void show(struct plan *plan, size_t from)
{
    qsort(plan->lines + from, plan->line_count - from, sizeof(struct candidate *), compare_shown);
}

static bool take(struct plan *plan, struct candidate *candidate, enum call_reason reason)
{
    if (plan->line_count >= plan->rules->capacity) {
        return false;
    }
    candidate->reason = reason;
    candidate->listed = true;
    plan->lines[plan->line_count++] = candidate;
    return true;
}

// What comes before coverage. Returns where coverage starts.
static size_t take_urgent(struct plan *plan, struct candidate **order, size_t count)
{
    size_t at = 0;
    for (; at < count && order[at]->reason != CALL_COVERAGE && order[at]->reason != CALL_SILENCE; at++) {
        struct candidate *candidate = order[at];
        bool repeats = covered(plan->day, candidate);
        uint32_t kept_free = repeats && BLOCKS[candidate->block].repeats ? plan->need : 0;
        candidate->put_off =
            plan->line_count + kept_free >= plan->rules->capacity || !take(plan, candidate, candidate->reason);
        if (candidate->listed && !repeats) {
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
    for (; at < count && order[at]->reason == CALL_COVERAGE; at++) {
        struct candidate *candidate = order[at];
        if (!candidate->again && plan->quota == 0) {
            continue;
        }
        candidate->put_off = !take(plan, candidate, CALL_COVERAGE);
        if (!candidate->again) {
            plan->quota--;
        }
    }
    return at;
}

// The rest of the day belongs to those who waited longest: whoever was reached this month but not for too long, and
// whoever was not reached and is not yet today's part of the coverage. Both runs are in order, so this merges them.
// Their silence grows while they wait, so nothing more needs to be remembered about them.
static void take_silence(struct plan *plan, struct candidate **order, size_t from, size_t middle, size_t count)
{
    size_t one = from, two = middle;
    while (plan->line_count < plan->rules->capacity) {
        while (one < middle && (order[one]->listed || order[one]->key <= 1000)) {
            one++;
        }
        if (one >= middle && two >= count) {
            return;
        }
        bool first = two >= count || (one < middle && order[one]->key >= order[two]->key);
        take(plan, first ? order[one++] : order[two++], CALL_SILENCE);
    }
}

static uint32_t share(uint32_t customers, uint32_t days)
{
    return customers / days + (customers % days != 0);
}

void calllist_coverage(const struct plan_rules *rules, const struct plan_day *day, const struct candidate *candidates,
                       size_t count, struct coverage *ret_coverage)
{
    uint32_t customers = 0, contacted = 0;
    for (size_t i = 0; i < count; i++) {
        bool reached = covered(day, &candidates[i]);
        customers += reached || !muted(day, &candidates[i]);
        contacted += reached;
    }
    uint64_t open = customers - contacted;
    uint64_t slots = (uint64_t)rules->capacity * day->working_days_left;
    *ret_coverage = (struct coverage){.customers = customers,
                                      .contacted = contacted,
                                      .working_days_left = day->working_days_left,
                                      .capacity = rules->capacity,
                                      .missing = open > slots ? (uint32_t)(open - slots) : 0};
}

size_t calllist_plan(const struct plan_rules *rules, const struct plan_day *day, struct candidate *candidates,
                     size_t count, struct candidate **order, struct candidate **ret_lines,
                     struct coverage *ret_coverage)
{
    must(rules->capacity > 0);
    calllist_coverage(rules, day, candidates, count, ret_coverage);
    size_t wanted = 0;
    for (size_t i = 0; i < count; i++) {
        must(candidates[i].abc > ABC_NONE && candidates[i].abc < ABC_COUNT);
        classify(rules, day, &candidates[i]);
        if (candidates[i].reason != CALL_NONE) {
            order[wanted++] = &candidates[i];
        }
    }
    qsort(order, wanted, sizeof *order, compare);
    uint32_t left = day->working_days_left > 0 ? day->working_days_left : 1;
    uint32_t open = ret_coverage->customers - ret_coverage->contacted;
    struct plan plan = {.rules = rules,
                        .day = day,
                        .lines = ret_lines,
                        .quota = share(open, left > SPARE_DAYS ? left - SPARE_DAYS : 1),
                        // A month that cannot be covered was warned about; holding urgent calls back would not save it.
                        .need = ret_coverage->missing == 0 ? share(open, left) : 0};
    size_t coverage_from = take_urgent(&plan, order, wanted);
    size_t urgent_lines = plan.line_count;
    size_t silence_from = take_coverage(&plan, order, coverage_from, wanted);
    show(&plan, urgent_lines);
    size_t coverage_lines = plan.line_count;
    take_silence(&plan, order, coverage_from, silence_from, wanted);
    show(&plan, coverage_lines);
    return plan.line_count;
}
