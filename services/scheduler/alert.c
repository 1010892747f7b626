#include "services/scheduler/alert.h"

#include "services/scheduler/ladder.h"
#include "services/scheduler/notice.h"

#include <string.h>

// It waits to be told.
static bool waits(struct turn *turn, const struct customer *customer, enum kind_id kind)
{
    struct matter matter;
    return matter_find(turn, kind, customer->id, 0, &matter) && matter_is_open(&matter) && ladder_waits(turn, &matter);
}

// A stronger one waits already: what this one says is part of it.
static bool is_replaced(struct turn *turn, const struct customer *customer, enum kind_id kind)
{
    for (enum kind_id other = KIND_NONE + 1; other < KIND_COUNT; other++)
        if (kinds_row(other)->replaces == kind && waits(turn, customer, other))
            return true;
    return false;
}

static void raise(struct scheduler *self, struct turn *turn, const struct customer *customer, enum kind_id kind,
                  const struct opening *opening)
{
    enum kind_id smaller = kinds_row(kind)->replaces;
    if (is_replaced(turn, customer, kind)) {
        office_tally(self, kind, TALLY_FOLDED);
        return;
    }
    ladder_open(self, turn, opening);
    if (smaller != KIND_NONE && waits(turn, customer, kind) && waits(turn, customer, smaller))
        ladder_close(self, turn, smaller, customer->id, 0, &opening->version, "replaced by a stronger alert");
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
        else if (effect == EFFECT_RAISE && !fact->historical)
            raise(self, turn, customer, kind, &opening);
    }
}
