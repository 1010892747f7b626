#include "services/scheduler/alert.h"

#include "services/scheduler/ladder.h"
#include "services/scheduler/notice.h"

#include <string.h>

static bool is_open(struct turn *turn, const struct customer *customer, enum kind_id kind)
{
    struct matter matter;
    return matter_find(turn, kind, customer->id, 0, &matter) && matter_is_open(&matter);
}

// It is open, and waits or was told of late: one that may be told again after a rest speaks for that long. One of which
// nobody heard is told to whoever becomes the owner.
static bool speaks(const struct scheduler *self, struct turn *turn, const struct customer *customer, enum kind_id kind)
{
    struct matter matter;
    if (!matter_find(turn, kind, customer->id, 0, &matter) || !matter_is_open(&matter))
        return false;
    return !kinds_row(kind)->rests || matter.raised == DAY_NONE || ladder_waits(turn, &matter) ||
           office_common_day(self, turn->now_ms) - matter.raised < self->options.alert_rest_days;
}

// A stronger one speaks already: what this one says is part of it. "May be lost" beside "is lost" would be two words
// about the same.
static bool is_replaced(const struct scheduler *self, struct turn *turn, const struct customer *customer,
                        enum kind_id kind)
{
    for (enum kind_id other = KIND_NONE + 1; other < KIND_COUNT; other++)
        if (kinds_row(other)->replaces == kind &&
            (speaks(self, turn, customer, other) || is_replaced(self, turn, customer, other)))
            return true;
    return false;
}

static bool look_for_complaint(void *context, struct turn *turn, struct matter *matter)
{
    bool *found = context;
    (void)turn;
    *found = *found || matter->kind == KIND_COMPLAINT_ACKNOWLEDGE || matter->kind == KIND_COMPLAINT_ACT;
    return !*found;
}

// A complaint that is being dealt with is itself why the customer is unhappy: one item says it.
static bool is_complaint(struct turn *turn, const struct customer *customer, enum kind_id kind)
{
    bool found = false;
    if (kind == KIND_RECOVERY)
        matter_each_open(turn, customer->id, look_for_complaint, &found);
    return found;
}

static void raise(struct scheduler *self, struct turn *turn, const struct customer *customer, enum kind_id kind,
                  const struct opening *opening)
{
    if (is_replaced(self, turn, customer, kind) || is_complaint(turn, customer, kind)) {
        office_tally(self, kind, TALLY_FOLDED);
        return;
    }
    ladder_open(self, turn, opening);
    if (!is_open(turn, customer, kind))
        return;
    for (enum kind_id less = kinds_row(kind)->replaces; less != KIND_NONE; less = kinds_row(less)->replaces)
        if (is_open(turn, customer, less))
            ladder_close(self, turn, less, customer->id, 0, &opening->version, "replaced by a stronger alert");
}

bool alert_is_early(const struct scheduler *self, const struct customer *customer, const struct fact *fact)
{
    enum { SECONDS_DAY = 86400, PPM = 1000000 }; // a thousandth of a day is so many milliseconds
    const struct scheduler_options *options = &self->options;
    if (fact->change.window_milli <= 0 || fact->change.window_milli > INT32_MAX)
        return false;
    int64_t share_ms = fact->change.window_milli * options->fall_history / PPM * SECONDS_DAY;
    int64_t least_ms = options->fall_history_days * SECONDS_DAY * 1000;
    bool ordered = customer->first_order_day != DAY_NONE;
    int64_t since_ms = ordered ? customer->first_order_day * INT64_C(1000) * SECONDS_DAY : customer->known_ms;
    return fact->version.time_ms - since_ms < (share_ms > least_ms ? share_ms : least_ms);
}

void alert_change(struct scheduler *self, struct turn *turn, const struct customer *customer, const struct fact *fact)
{
    const struct change_fact *change = &fact->change;
    for (enum kind_id kind = KIND_NONE + 1; kind < KIND_COUNT; kind++) {
        const struct kind *row = kinds_row(kind);
        struct matter matter;
        if (row->dimension == NULL || strcmp(row->dimension, change->dimension) != 0)
            continue;
        (void)matter_find(turn, kind, customer->id, 0, &matter);
        bool open = matter_is_open(&matter);
        const char *began = open ? notice_why_read(turn->arena, matter.why).before : "";
        enum kind_effect effect =
            kinds_judge(row, change->dimension, change->before, change->after, customer->abc, began);
        // Changes come in the order of scoring's journal, several of one moment among them.
        struct opening opening = ladder_opening(fact, kind, 0);
        uint64_t tie = matter.opened.tie > matter.closed.tie ? matter.opened.tie : matter.closed.tie;
        opening.version.tie = tie + 1;
        opening.rep_id = "";
        opening.why = change->why;
        if (effect == EFFECT_SETTLE && open)
            ladder_close(self, turn, kind, customer->id, 0, &opening.version, "it is over");
        else if (effect == EFFECT_RAISE && !fact->historical && row->trigger == TRIGGER_FALL &&
                 alert_is_early(self, customer, fact))
            office_tally(self, kind, TALLY_RESTED);
        else if (effect == EFFECT_RAISE && !fact->historical)
            raise(self, turn, customer, kind, &opening);
    }
}
