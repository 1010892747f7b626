// What somebody's acting ends: talks, orders and the like close whatever of their kinds was opened before.
#include "services/scheduler/goal.h"
#include "services/scheduler/ladder_parts.h"

#include <string.h>

const char *const ladder_acts[SIGNALS] = {
    [SIGNAL_CONTACT] = "the customer was spoken to",
    [SIGNAL_OUT] = "the customer was told",
    [SIGNAL_WRITTEN] = "the customer was told in writing",
    [SIGNAL_ORDER] = "the customer ordered",
    [SIGNAL_SURVEY] = "the customer was asked",
};

// Somebody has acted since, though we hear of it first now.
void ladder_apply_signals(struct matter *matter, const struct customer *customer)
{
    uint32_t closes = kinds_row((enum kind_id)matter->kind)->closes;
    for (int signal = 0; signal < SIGNALS; signal++) {
        struct version acted = {.time_ms = customer->signals_ms[signal]};
        if ((closes & 1U << signal) == 0 || acted.time_ms <= matter->opened.time_ms ||
            !version_newer(&acted, &matter->closed))
            continue;
        matter->closed = acted;
        matter->end = ladder_acts[signal];
    }
}

struct acting {
    struct scheduler *self;
    const struct customer *customer;
    int64_t at_ms;
};

// Nobody had acted after all. What follows from the row, its messages, is opened again by whoever looks at them.
static void go_back(const struct acting *acting, struct turn *turn, struct matter *matter)
{
    matter->moved_ms = acting->at_ms;
    if (matter->kind != KIND_REPLY_DUE && ladder_goes_on(acting->self, turn, matter))
        ladder_restart(acting->self, turn, matter, acting->customer, 0);
    else
        matter->lapsed = 1;
}

static bool act_anew(void *context, struct turn *turn, struct matter *matter)
{
    const struct acting *acting = context;
    struct matter next = *matter;
    next.closed = matter->ended;
    ladder_apply_signals(&next, acting->customer);
    bool was_open = matter_is_open(matter), open = matter_is_open(&next);
    if (next.closed.time_ms == matter->closed.time_ms && open == was_open)
        return true;
    if (was_open && !open) {
        goal_met(acting->self, turn, &next);
        ladder_stop(acting->self, turn, &next, next.end);
    } else if (open && !was_open) {
        go_back(acting, turn, &next);
    }
    matter_put(turn, &next);
    return true;
}

void ladder_act_anew(struct scheduler *self, struct turn *turn, const struct customer *customer, int64_t at_ms)
{
    struct acting acting = {.self = self, .customer = customer, .at_ms = at_ms};
    matter_each(turn, customer->id, act_anew, &acting);
}

void ladder_lapse(struct scheduler *self, struct turn *turn, enum kind_id kind, const char *subject, uint64_t which,
                  int64_t at_ms, const char *reason)
{
    struct matter matter;
    if (!matter_find(turn, kind, subject, which, &matter) || !matter_is_open(&matter))
        return;
    ladder_stop(self, turn, &matter, reason);
    matter.lapsed = 1;
    matter.moved_ms = at_ms;
    matter_put(turn, &matter);
}
