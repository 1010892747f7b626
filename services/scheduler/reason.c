#include "services/scheduler/reason.h"

#include "services/scheduler/deputy.h"

// The condition; `key` says who comes first within the block (the higher).
struct block {
    enum call_reason reason;
    unsigned rules;
    bool (*holds)(const struct plan_rules *rules, const struct plan_day *day, const struct candidate *candidate,
                  int64_t *ret_key);
};

// A short silence that is respected even by coverage must end so many days before the month does.
enum { LATEST_DAYS = 7 };

bool reason_covered(const struct plan_day *day, const struct candidate *candidate)
{
    return candidate->contact_day >= day->month_start;
}

bool reason_muted(const struct plan_day *day, const struct candidate *candidate)
{
    return candidate->mute_day != DAY_NONE && day->today < candidate->mute_day;
}

// Due today or before, but not so long ago that nobody believes in it any more.
bool reason_is_due(const struct plan_rules *rules, const struct plan_day *day, int32_t at)
{
    return at != DAY_NONE && at <= day->today && day->today - at <= rules->stale_days;
}

bool reason_is_later(const struct plan_day *day, int32_t at)
{
    return at > day->today && at <= day->month_end;
}

bool reason_rested(const struct plan_day *day, const struct candidate *candidate, int32_t days)
{
    return candidate->contact_day == DAY_NONE || day->today - candidate->contact_day >= days;
}

static bool begun(const struct plan_day *day, int32_t since)
{
    return since != DAY_NONE && since <= day->today;
}

// Silence in thousandths of what is allowed, so that fifteen days of an A weigh more than sixty of a C.
static int64_t silence(const struct plan_day *day, const struct candidate *candidate)
{
    int32_t since = candidate->contact_day != DAY_NONE ? candidate->contact_day : candidate->known_day;
    int64_t days = since == DAY_NONE || since > day->today ? 0 : (int64_t)day->today - since;
    return days * 1000 / candidate->longest_days;
}

// --- the blocks

static bool promise_holds(const struct plan_rules *rules, const struct plan_day *day, const struct candidate *candidate,
                          int64_t *ret_key)
{
    *ret_key = -(int64_t)candidate->promise_day;
    return reason_is_due(rules, day, candidate->promise_day);
}

static bool appointment_holds(const struct plan_rules *rules, const struct plan_day *day,
                              const struct candidate *candidate, int64_t *ret_key)
{
    *ret_key = -(int64_t)candidate->appointment_day;
    return reason_is_due(rules, day, candidate->appointment_day);
}

static bool ahead_holds(const struct plan_rules *rules, const struct plan_day *day, const struct candidate *candidate,
                        int64_t *ret_key)
{
    (void)rules;
    (void)day;
    *ret_key = -(int64_t)candidate->promise_day;
    return candidate->ahead;
}

// A contract that ran out long ago comes back to the list, though not every week.
static bool stage_holds(const struct plan_rules *rules, const struct plan_day *day, const struct candidate *candidate,
                        int64_t *ret_key)
{
    *ret_key = (int64_t)candidate->intention * 10 + candidate->stage;
    if (candidate->stage == CALL_STAGE_NONE)
        return false;
    if (day->today - candidate->stage_day <= rules->stage_days)
        return reason_rested(day, candidate, rules->repeat_days);
    return candidate->stage == CALL_STAGE_EXPIRED && reason_rested(day, candidate, rules->expired_days);
}

static bool hot_holds(const struct plan_rules *rules, const struct plan_day *day, const struct candidate *candidate,
                      int64_t *ret_key)
{
    *ret_key = candidate->intention;
    return candidate->hot && reason_rested(day, candidate, rules->repeat_days);
}

// One talk about an expected order is enough: it took place if the last contact lies in the time before the order.
static bool need_holds(const struct plan_rules *rules, const struct plan_day *day, const struct candidate *candidate,
                       int64_t *ret_key)
{
    *ret_key = -(int64_t)candidate->expected_day;
    if (candidate->expected_day == DAY_NONE)
        return false;
    int32_t opens = candidate->expected_day - rules->need_lead_days;
    return day->today >= opens && day->today <= candidate->expected_day + rules->need_lead_days &&
           (candidate->contact_day == DAY_NONE || candidate->contact_day < opens);
}

static bool follow_holds(const struct plan_rules *rules, const struct plan_day *day, const struct candidate *candidate,
                         int64_t *ret_key)
{
    (void)rules;
    *ret_key = -(int64_t)candidate->follow_day;
    return begun(day, candidate->follow_day);
}

static bool overdue_holds(const struct plan_rules *rules, const struct plan_day *day, const struct candidate *candidate,
                          uint32_t abc, int64_t *ret_key)
{
    *ret_key = candidate->worth;
    return candidate->overdue && candidate->abc == abc && reason_rested(day, candidate, rules->repeat_days);
}

static bool overdue_a_holds(const struct plan_rules *rules, const struct plan_day *day,
                            const struct candidate *candidate, int64_t *ret_key)
{
    return overdue_holds(rules, day, candidate, ABC_A, ret_key);
}

static bool overdue_b_holds(const struct plan_rules *rules, const struct plan_day *day,
                            const struct candidate *candidate, int64_t *ret_key)
{
    return overdue_holds(rules, day, candidate, ABC_B, ret_key);
}

// A word since then was word enough.
static bool asked_since(const struct plan_day *day, const struct candidate *candidate, int32_t since, int64_t *ret_key)
{
    *ret_key = -(int64_t)since;
    return begun(day, since) && (candidate->contact_day == DAY_NONE || candidate->contact_day < since);
}

static bool quote_holds(const struct plan_rules *rules, const struct plan_day *day, const struct candidate *candidate,
                        int64_t *ret_key)
{
    (void)rules;
    return asked_since(day, candidate, candidate->quote_day, ret_key);
}

// A promise later this month brings the contact itself.
static bool coverage_holds(const struct plan_rules *rules, const struct plan_day *day,
                           const struct candidate *candidate, int64_t *ret_key)
{
    (void)rules;
    *ret_key = silence(day, candidate);
    return !reason_covered(day, candidate) && !reason_is_later(day, candidate->promise_day);
}

static bool silence_holds(const struct plan_rules *rules, const struct plan_day *day, const struct candidate *candidate,
                          int64_t *ret_key)
{
    (void)rules;
    *ret_key = silence(day, candidate);
    return *ret_key > 1000;
}

static bool survey_holds(const struct plan_rules *rules, const struct plan_day *day, const struct candidate *candidate,
                         int64_t *ret_key)
{
    (void)rules;
    return asked_since(day, candidate, candidate->survey_day, ret_key);
}

static bool news_holds(const struct plan_rules *rules, const struct plan_day *day, const struct candidate *candidate,
                       int64_t *ret_key)
{
    (void)rules;
    return asked_since(day, candidate, candidate->news_day, ret_key);
}

static bool small_holds(const struct plan_rules *rules, const struct plan_day *day, const struct candidate *candidate,
                        int64_t *ret_key)
{
    (void)rules;
    return asked_since(day, candidate, candidate->small_day, ret_key);
}

enum { USUAL = REASON_RESTS | REASON_WAITS | REASON_MUTES };

static const struct block BLOCKS[BLOCK_COUNT] = {
    [BLOCK_PROMISE] = {CALL_PROMISE_DUE, 0, promise_holds},
    [BLOCK_APPOINTMENT] = {CALL_APPOINTMENT, REASON_WAITS, appointment_holds},
    [BLOCK_AHEAD] = {CALL_PROMISE_DUE, REASON_WAITS, ahead_holds},
    [BLOCK_STAGE] = {CALL_STAGE, USUAL | REASON_REPEATS, stage_holds},
    [BLOCK_HOT] = {CALL_HOT, USUAL | REASON_REPEATS, hot_holds},
    [BLOCK_NEED] = {CALL_EXPECTED_NEED, USUAL | REASON_REPEATS, need_holds},
    [BLOCK_FOLLOW_UP] = {CALL_FOLLOW_UP, REASON_WAITS | REASON_MUTES | REASON_REPEATS, follow_holds},
    [BLOCK_OVERDUE_A] = {CALL_OVERDUE_A, REASON_RESTS | REASON_WAITS | REASON_REPEATS, overdue_a_holds},
    [BLOCK_OVERDUE] = {CALL_OVERDUE, USUAL | REASON_REPEATS, overdue_b_holds},
    [BLOCK_QUOTE] = {CALL_NURSE, USUAL | REASON_REPEATS | REASON_CAN_WAIT, quote_holds},
    [BLOCK_COVERAGE] = {CALL_COVERAGE, USUAL | REASON_CAN_WAIT, coverage_holds},
    [BLOCK_SILENCE] = {CALL_SILENCE, USUAL | REASON_CAN_WAIT, silence_holds},
    [BLOCK_SURVEY] = {CALL_SURVEY, USUAL | REASON_CAN_WAIT, survey_holds},
    [BLOCK_NEWS] = {CALL_ANNOUNCEMENT, USUAL | REASON_CAN_WAIT, news_holds},
    [BLOCK_SMALL] = {CALL_NURSE, USUAL | REASON_CAN_WAIT, small_holds},
};

// --- which of them holds

// A call that found nobody yesterday comes again today; one that found nobody too often has had its pause.
static bool retried(const struct plan_rules *rules, const struct candidate *candidate)
{
    return candidate->tries > 0 && candidate->tries < rules->tries && candidate->hold_day != DAY_NONE;
}

// The next date is agreed. One beyond the end of the month does not excuse from this month's contact.
static bool agreed(const struct plan_day *day, const struct candidate *candidate)
{
    int32_t at = candidate->appointment_day;
    return at != DAY_NONE && at > day->today && (at <= day->month_end || reason_covered(day, candidate));
}

bool reason_waits(const struct plan_day *day, const struct candidate *candidate)
{
    return (candidate->hold_day != DAY_NONE && day->today < candidate->hold_day) || agreed(day, candidate);
}

// The shortest silence of the class; coverage does not keep it when the month would be over before.
static bool too_soon(const struct plan_day *day, const struct candidate *candidate, const struct block *block)
{
    int32_t days = candidate->shortest_days;
    if (reason_rested(day, candidate, days))
        return false;
    return block->reason != CALL_COVERAGE || candidate->contact_day + days <= day->month_end - LATEST_DAYS;
}

void reason_find(const struct plan_rules *rules, const struct plan_day *day, struct candidate *candidate)
{
    unsigned not_now = (reason_rested(day, candidate, rules->rest_days) ? 0U : REASON_RESTS) |
                       (reason_waits(day, candidate) ? REASON_WAITS : 0U) |
                       (reason_muted(day, candidate) ? REASON_MUTES : 0U);
    candidate->reason = CALL_NONE;
    candidate->capped = CALL_NONE;
    candidate->listed = false;
    candidate->put_off = false;
    candidate->again = retried(rules, candidate);
    for (unsigned i = 0; i < BLOCK_COUNT; i++) {
        const struct block *block = &BLOCKS[i];
        bool can_wait = (block->rules & REASON_CAN_WAIT) != 0;
        if ((block->rules & not_now) != 0 || (candidate->guest && !deputy_takes(block->reason, candidate->abc)) ||
            (can_wait && too_soon(day, candidate, block)) || !block->holds(rules, day, candidate, &candidate->key))
            continue;
        if (can_wait && candidate->cap != 0) {
            candidate->capped = candidate->capped == CALL_NONE ? block->reason : candidate->capped;
            continue;
        }
        candidate->reason = block->reason;
        candidate->block = i;
        return;
    }
}

unsigned reason_rules(unsigned block)
{
    return BLOCKS[block].rules;
}

enum call_reason reason_of(unsigned block)
{
    return BLOCKS[block].reason;
}
