// Owners, merging and erasing: what happens to all matters of a customer at once.
#include "services/scheduler/ladder_parts.h"

enum { SETTLED_DAYS = 30, DAY_MS = 86400000 }; // after which nobody begins anew with what nobody speaks of any more

struct handing {
    struct scheduler *self;
    const struct customer *customer, *other;
};

// Steps of it are still to come, or it is of late. What history left open, or was told long ago, is silent.
static bool goes_on(const struct scheduler *self, struct turn *turn, const struct matter *matter)
{
    int64_t last_ms = matter->since_ms > matter->due_ms ? matter->since_ms : matter->due_ms;
    last_ms = last_ms > matter->told_ms ? last_ms : matter->told_ms;
    bool to_come = matter->next_ms != 0 && (!ladder_at_end(self, matter) || ladder_insists(matter));
    return to_come || turn->now_ms - last_ms <= SETTLED_DAYS * (int64_t)DAY_MS || ladder_waits(turn, matter);
}

static bool hand_over_one(void *context, struct turn *turn, struct matter *matter)
{
    const struct handing *handing = context;
    if (matter->rep_id[0] != '\0')
        return true;
    bool anew = goes_on(handing->self, turn, matter);
    ladder_stop(handing->self, turn, matter, "the customer has another owner");
    // By the word that said so: each process hears it at a moment of its own.
    if (anew)
        ladder_restart(handing->self, turn, matter, handing->customer, handing->customer->upserted.time_ms);
    matter_put(turn, matter);
    return true;
}

void ladder_hand_over(struct scheduler *self, struct turn *turn, const struct customer *customer)
{
    struct handing handing = {.self = self, .customer = customer};
    matter_each_open(turn, customer->id, hand_over_one, &handing);
}

// What facts opened goes on there, also the word that closed it, so that an older one does not open it anew. What the
// customer's values or the calendar said ends: they will say it of the other one, where it holds.
static bool join_one(void *context, struct turn *turn, struct matter *matter)
{
    const struct handing *handing = context;
    const struct kind *row = kinds_row((enum kind_id)matter->kind);
    struct matter kept = *matter;
    bool open = matter_is_open(matter), silent = open && !goes_on(handing->self, turn, matter);
    if (open) {
        ladder_stop(handing->self, turn, matter, "the customer goes on as part of another one");
        matter->lapsed = 1;
        matter_put(turn, matter);
    }
    // These are judged by the row, which is another one there.
    bool judged = kept.kind == KIND_GIFT_BUDGET || kept.kind == KIND_OWNERSHIP_DISPUTE;
    if (judged || (row->trigger != TRIGGER_FACT && row->trigger != TRIGGER_PROMISE))
        return true;
    if (kept.closed.time_ms != 0)
        ladder_close(handing->self, turn, (enum kind_id)kept.kind, handing->other->id, kept.which, &kept.closed,
                     kept.end);
    struct opening opening = {.kind = (enum kind_id)kept.kind,
                              .customer_id = handing->other->id,
                              .rep_id = kept.rep_id,
                              .which = kept.which,
                              .version = kept.opened,
                              .historical = silent,
                              .since_ms = kept.since_ms,
                              .due_ms = kept.due_ms,
                              .day = kept.day,
                              .roles = kept.roles,
                              .ref = kept.ref,
                              .approver = kept.approver,
                              .why = kept.why};
    if (kept.opened.time_ms != 0 && kept.lapsed == 0)
        ladder_open(handing->self, turn, &opening);
    return true;
}

void ladder_join(struct scheduler *self, struct turn *turn, const struct customer *from, const struct customer *to)
{
    struct handing handing = {.self = self, .customer = from, .other = to};
    matter_each(turn, from->id, join_one, &handing);
}

static bool erase_one(void *context, struct turn *turn, struct matter *matter)
{
    const struct handing *handing = context;
    ladder_stop(handing->self, turn, matter, "the customer was erased");
    matter_delete(turn, matter);
    return true;
}

void ladder_erase(struct scheduler *self, struct turn *turn, const char *subject)
{
    struct handing handing = {.self = self};
    matter_each(turn, subject, erase_one, &handing);
}
