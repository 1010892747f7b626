// Owners, merging and erasing: what happens to all matters of a customer at once.
#include "services/scheduler/ladder_parts.h"

#include "services/scheduler/diary.h"

#include <string.h>

enum { SETTLED_DAYS = 30, DAY_MS = 86400000 }; // after which nobody begins anew with what nobody speaks of any more

struct handing {
    struct scheduler *self;
    const struct customer *customer;
    int64_t at_ms;
};

bool ladder_goes_on(const struct scheduler *self, struct turn *turn, const struct matter *matter)
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
    bool anew = ladder_goes_on(handing->self, turn, matter);
    ladder_stop(handing->self, turn, matter, "the customer has another owner");
    matter->moved_ms = handing->at_ms;
    // By the word that said so: each process hears it at a moment of its own.
    if (anew)
        ladder_restart(handing->self, turn, matter, handing->customer, handing->customer->owner_set.time_ms);
    else
        matter->lapsed = 1; // it has no moment to come, so it must not stay open
    matter_put(turn, matter);
    return true;
}

void ladder_hand_over(struct scheduler *self, struct turn *turn, const struct customer *customer, int64_t at_ms)
{
    struct handing handing = {.self = self, .customer = customer, .at_ms = at_ms};
    matter_each_open(turn, customer->id, hand_over_one, &handing);
}

// --- kin

struct moving {
    struct scheduler *self;
    const struct kin_move *move;
    const struct customer *to;
    int64_t at_ms;
};

// These are judged by what the row adds up to, which is another one there.
static bool is_judged(enum kind_id kind)
{
    return kind == KIND_GIFT_BUDGET || kind == KIND_OWNERSHIP_DISPUTE || kind == KIND_REPLY_DUE;
}

static bool is_said(enum kind_id kind)
{
    const struct kind *row = kinds_row(kind);
    return !is_judged(kind) && (row->trigger == TRIGGER_FACT || row->trigger == TRIGGER_PROMISE);
}

const char *ladder_of(const struct scheduler *self, struct turn *turn, enum kind_id kind, const char *subject)
{
    struct customer said;
    if (self->of == NULL || self->of[0] == '\0' || !is_said(kind) || strcmp(self->of, subject) == 0)
        return "";
    (void)book_customer(turn, self->of, &said);
    return strcmp(said.merged_into, subject) == 0 ? said.id : "";
}

// What was said of others moves with them.
static bool moves(struct turn *turn, const struct kin_move *move, const struct matter *matter)
{
    struct customer of;
    if (strcmp(matter->of, move->id) == 0)
        return true;
    if (strcmp(move->from, move->id) != 0)
        return false;
    return matter->of[0] == '\0' || !book_customer(turn, matter->of, &of) || of.erased.time_ms != 0;
}

// Steps of which somebody was told, or is to be, a bit each.
struct steps {
    uint32_t told, pending;
};

static bool find_told(void *context, struct turn *turn, const struct reminder *reminder)
{
    (void)turn;
    struct steps *steps = context;
    if (reminder->state == REMINDER_PENDING)
        steps->pending |= 1U << reminder->step;
    if (reminder->state == REMINDER_TOLD || reminder->state == REMINDER_SNOOZED)
        steps->told |= 1U << reminder->step;
    return true;
}

// Whoever was told of it is told anew, now of this customer; what is to come, comes when it would have.
static void carry_on(const struct moving *moving, struct turn *turn, struct matter *matter, const struct steps *steps)
{
    struct rep keeper;
    uint8_t reached = matter->step;
    // Nobody was told yet, so it comes by the days and hours of whoever it comes to now; nobody is there to be told:
    // whoever comes is told from the beginning.
    if (reached == 0 || (steps->told == 0 && (steps->pending & 1U) != 0) ||
        !office_keeper(moving->self, turn, matter, moving->to, &keeper)) {
        ladder_restart(moving->self, turn, matter, moving->to, 0);
        return;
    }
    for (matter->step = 0; matter->step < reached; matter->step++)
        if (((steps->told | steps->pending) & 1U << matter->step) != 0)
            ladder_tell_step(moving->self, turn, matter, moving->to,
                             matter->step == 0 && matter->told_ms != 0 ? matter->told_ms : turn->now_ms);
    matter->step = reached;
    ladder_put_timer(turn, matter);
}

bool ladder_bought_before(const struct customer *customer, int64_t ordered_ms)
{
    return customer->first_order_day != DAY_NONE && ordered_ms / DAY_MS - customer->first_order_day > LADDER_FRESH_DAYS;
}

int64_t ladder_visit_order(struct turn *turn, const struct customer *customer, const struct matter *visit)
{
    struct customer of;
    const struct customer *whose = visit->of[0] != '\0' && book_customer(turn, visit->of, &of) ? &of : customer;
    return whose->first_ordered_ms != 0 ? whose->first_ordered_ms : visit->since_ms;
}

// A visit after a first order that was not the first: nobody is told anew, and the next worth ends it.
static bool is_needless(struct turn *turn, const struct matter *matter, const struct customer *customer)
{
    return matter->kind == KIND_FIRST_ORDER_VISIT &&
           ladder_bought_before(customer, ladder_visit_order(turn, customer, matter));
}

// The first of two visits after a first order is the one: the other order was not the first.
static bool is_second_visit(const struct matter *matter, const struct matter *there)
{
    return matter->kind == KIND_FIRST_ORDER_VISIT && there->opened.time_ms != 0 && there->since_ms <= matter->since_ms;
}

// The same is known there already: the newest words count.
static void unite(const struct moving *moving, struct turn *turn, const struct matter *matter,
                  const struct matter *there, const char *of, bool silent)
{
    struct opening opening = {.kind = (enum kind_id)matter->kind,
                              .customer_id = moving->to->id,
                              .rep_id = matter->rep_id,
                              .which = matter->which,
                              .version = matter->opened,
                              .historical = silent,
                              .since_ms = matter->since_ms,
                              .due_ms = matter->due_ms,
                              .day = matter->day,
                              .roles = matter->roles,
                              .ref = matter->ref,
                              .approver = matter->approver,
                              .of = of,
                              .why = matter->why};
    if (matter->ended.time_ms != 0)
        ladder_close(moving->self, turn, opening.kind, opening.customer_id, matter->which, &matter->ended, matter->end);
    if (matter->opened.time_ms != 0 && matter->lapsed == 0 && !is_second_visit(matter, there))
        ladder_open(moving->self, turn, &opening);
}

// What facts said goes on there, also the word that closed it, so that an older one does not open it anew. What the
// customer's values or the calendar said ends: they will say it of the other one, where it holds.
static bool join_one(void *context, struct turn *turn, struct matter *matter)
{
    const struct moving *moving = context;
    struct matter there, next = *matter;
    struct steps steps = {0};
    if (!moves(turn, moving->move, matter))
        return true;
    bool open = matter_is_open(matter), goes = ladder_goes_on(moving->self, turn, matter);
    if (open && matter->raised != DAY_NONE)
        diary_each_of_matter(turn, moving->move->from, matter->id, find_told, &steps);
    if (open)
        ladder_stop(moving->self, turn, matter, "the customer goes on as part of another one");
    if (!is_said((enum kind_id)matter->kind)) {
        matter->lapsed |= open;
        matter->moved_ms = open ? moving->at_ms : matter->moved_ms;
        matter_put(turn, matter);
        return true;
    }
    matter_delete(turn, matter);
    next.of = strcmp(moving->to->id, moving->move->id) == 0 ? "" : moving->move->id;
    if (matter_find(turn, (enum kind_id)next.kind, moving->to->id, next.which, &there)) {
        unite(moving, turn, &next, &there, next.of, !goes);
        return true;
    }
    memcpy(next.id, there.id, HASH_BYTES);
    next.customer_id = moving->to->id;
    next.moved_ms = moving->at_ms;
    ladder_apply_signals(&next, moving->to);
    if (!matter_is_open(&next))
        next.next_ms = 0; // ladder_act_anew sees to what others' acting had closed
    else if (goes && !is_needless(turn, &next, moving->to))
        carry_on(moving, turn, &next, &steps);
    else
        ladder_put_timer(turn, &next);
    matter_put(turn, &next);
    return true;
}

void ladder_join(struct scheduler *self, struct turn *turn, const struct kin_move *move, const struct customer *to,
                 int64_t at_ms)
{
    struct moving moving = {.self = self, .move = move, .to = to, .at_ms = at_ms};
    matter_each(turn, move->from, join_one, &moving);
}

// --- erasing

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
