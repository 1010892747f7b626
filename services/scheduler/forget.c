#include "services/scheduler/forget.h"

#include "services/scheduler/ladder.h"
#include "services/scheduler/log.h"
#include "services/scheduler/policy.h"
#include "services/scheduler/visit.h"

#include <string.h>

enum {
    DAY_MS = 86400000,
    PARTS = 16, // a sixteenth of the customers a day; no divisor of the week, so every day of it comes round
    MATTER_KEEP_DAYS = 400, // also where reminders are kept for less: late words are judged by what was
};

struct forgetting {
    struct scheduler *self;
    int64_t before_ms;
    int32_t before_day;
};

// The newest moment that it knows of.
static int64_t newest_ms(const struct matter *matter)
{
    const int64_t moments[] = {matter->opened.time_ms, matter->closed.time_ms, matter->since_ms, matter->due_ms,
                               matter->told_ms};
    int64_t newest = 0;
    for (size_t i = 0; i < sizeof moments / sizeof moments[0]; i++)
        newest = moments[i] > newest ? moments[i] : newest;
    return newest;
}

static bool is_old(const struct forgetting *forgetting, struct turn *turn, const struct matter *matter)
{
    struct promise promise;
    // One of its kind and subject does not grow, and says what was answered already.
    if (matter->which == 0 || matter->next_ms != 0 || newest_ms(matter) >= forgetting->before_ms ||
        (matter->day != DAY_NONE && matter->day >= forgetting->before_day))
        return false;
    // As long as the promise is known, so is what was told of it.
    if (book_promise(turn, matter_subject(matter), matter->which, &promise))
        return false;
    return !matter_is_open(matter) || !ladder_waits(turn, matter);
}

// The trip or the exception that it was about ends with it, when nothing newer was said of that.
static void forget_cause(const struct forgetting *forgetting, struct turn *turn, const struct matter *matter)
{
    struct visit visit;
    struct policy policy;
    bool trip = matter->kind >= KIND_VISIT_APPROVAL && matter->kind <= KIND_VISIT_REPORT;
    if (trip && visit_get(turn, matter->ref, &visit) && visit.trip.to_day < forgetting->before_day)
        visit_delete(turn, visit.id);
    if (matter->kind == KIND_POLICY_EXCEPTION && policy_get(turn, matter->ref, &policy) &&
        policy.asked.time_ms < forgetting->before_ms && policy.decided.time_ms < forgetting->before_ms)
        policy_delete(turn, policy.id);
}

static bool forget_one(void *context, struct turn *turn, struct matter *matter)
{
    const struct forgetting *forgetting = context;
    if (!is_old(forgetting, turn, matter))
        return true;
    forget_cause(forgetting, turn, matter);
    matter_delete(turn, matter);
    return true;
}

static bool has_turn(const char *id, int32_t day)
{
    return hash_short(id, strlen(id)) % PARTS == (uint32_t)day % PARTS;
}

void forget_round(struct scheduler *self, struct turn *turn, const struct sheet *sheet)
{
    const char *rep_id = sheet->desk->rep.id;
    int64_t days = self->options.keep_days > MATTER_KEEP_DAYS ? self->options.keep_days : MATTER_KEEP_DAYS;
    struct forgetting forgetting = {
        .self = self, .before_ms = turn->now_ms - days * DAY_MS, .before_day = sheet->day - (int32_t)days};
    for (size_t i = 0; i < sheet->own; i++) {
        struct promise first;
        if (!has_turn(sheet->ids[i], sheet->day))
            continue;
        (void)book_first_promise(turn, sheet->ids[i], &first);
        matter_each(turn, sheet->ids[i], forget_one, &forgetting);
    }
    if (has_turn(rep_id, sheet->day))
        matter_each(turn, rep_id, forget_one, &forgetting);
    log_forget(turn, rep_id, forgetting.before_day);
}
