#include "services/scheduler/goal.h"

#include "services/scheduler/log.h"
#include "services/scheduler/service.h"

// The first step of the ladder that is told when the matter is overdue, KIND_STEPS without one.
static unsigned overdue_step(struct scheduler *self, enum kind_id kind)
{
    unsigned at = 0;
    for (; at < KIND_STEPS; at++) {
        struct kind_step step = office_step(self, kind, at);
        if (step.roles == 0)
            return KIND_STEPS;
        if (step.from == FROM_DUE && step.span.amount >= 0)
            return at;
    }
    return at;
}

static void count(struct scheduler *self, struct turn *turn, const struct matter *matter, int32_t more)
{
    struct customer customer;
    struct rep rep;
    struct desk desk;
    book_customer(turn, matter->customer_id, &customer);
    if (matter->rep_id[0] != '\0')
        book_rep(turn, matter->rep_id, &rep);
    else if (!office_owner(self, turn, &customer, &rep))
        return;
    // What is due when the day's work ends is found missing on the next working day, and counts for that one, whether
    // or not the rep is there.
    rep.absence_count = 0;
    office_desk(self, turn, &rep, &desk);
    int64_t found_ms = shift_next(&desk.shift, matter->due_ms);
    if (found_ms != SHIFT_NEVER)
        log_breach(turn, rep.id, shift_day(&desk.shift, found_ms), customer.abc, more);
}

void goal_missed(struct scheduler *self, struct turn *turn, const struct matter *matter)
{
    if (service_counts((enum kind_id)matter->kind) && matter->step == overdue_step(self, (enum kind_id)matter->kind))
        count(self, turn, matter, 1);
}

void goal_met(struct scheduler *self, struct turn *turn, const struct matter *matter)
{
    bool told = matter->raised != DAY_NONE && matter->step > overdue_step(self, (enum kind_id)matter->kind);
    if (service_counts((enum kind_id)matter->kind) && told && matter->closed.time_ms <= matter->due_ms)
        count(self, turn, matter, -1);
}
