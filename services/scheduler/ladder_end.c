// The top of a ladder: everybody of it was told, or there is nobody more to tell. Nothing stands there for ever: what
// is owed to a customer or to the company is told again, by working time and ever more seldom, until somebody acts; the
// rest ends after a month, and how often that happened is counted.
#include "services/scheduler/ladder_parts.h"

#include "services/scheduler/duty.h"

enum {
    AGAIN_MOST = 31,      // times; by then two years and more have gone by
    UNANSWERED_DAYS = 20, // working days: a month in which nobody wanted it
    FALLBACK_DAYS = 28,   // the same where nobody works any more
    DAY_MS = 86400000,
};

// Working days between the times it is told again; the last of them from then on.
static const uint8_t AGAIN_DAYS[] = {5, 10, UNANSWERED_DAYS};

bool ladder_at_end(const struct scheduler *self, const struct matter *matter)
{
    enum kind_id kind = (enum kind_id)matter->kind;
    return matter->step >= KIND_STEPS || office_step(self, kind, matter->step).roles == 0;
}

bool ladder_insists(const struct matter *matter)
{
    return kinds_row((enum kind_id)matter->kind)->insists && matter->raised != DAY_NONE && matter->again < AGAIN_MOST;
}

static int64_t latest(int64_t left, int64_t right)
{
    return left > right ? left : right;
}

void ladder_end_arm(struct scheduler *self, struct turn *turn, struct matter *matter, const struct customer *customer,
                    const struct rep *keeper, bool history)
{
    enum { TIMES = sizeof AGAIN_DAYS / sizeof AGAIN_DAYS[0] };
    struct desk desk;
    // What is told of a day to come, such as the end of a contract, is not left alone before that day.
    int64_t known_ms = latest(matter->since_ms, matter->due_ms);
    if (matter->day != DAY_NONE)
        known_ms = latest(known_ms, matter->day * (int64_t)DAY_MS);
    if (matter->top_ms == 0)
        matter->top_ms = history ? known_ms : latest(turn->now_ms, latest(known_ms, matter->told_ms));
    uint8_t days = AGAIN_DAYS[matter->again < TIMES ? matter->again : TIMES - 1];
    struct span span = {.unit = SPAN_WORK_DAYS, .amount = ladder_insists(matter) ? days : UNANSWERED_DAYS};
    int64_t moment_ms = duty_moment(self, turn, matter, customer, keeper, span, matter->top_ms, &desk);
    if (moment_ms == SHIFT_NEVER)
        moment_ms = matter->top_ms + FALLBACK_DAYS * (int64_t)DAY_MS;
    // What history left open that long ago is nobody's any more.
    if (history && moment_ms <= turn->now_ms && matter->raised == DAY_NONE)
        matter->lapsed = 1;
    else
        matter->next_ms = moment_ms;
}

void ladder_end_put_off(struct scheduler *self, struct turn *turn, struct matter *matter)
{
    struct customer customer;
    struct rep keeper;
    book_customer(turn, matter->customer_id, &customer);
    if (!ladder_at_end(self, matter) || !office_keeper(self, turn, matter, &customer, &keeper))
        return;
    matter->top_ms = matter->next_ms;
    ladder_end_arm(self, turn, matter, &customer, &keeper, false);
}

// The last step that concerns the customer's class.
static uint8_t last_step(const struct scheduler *self, const struct matter *matter, const struct customer *customer)
{
    uint8_t last = 0;
    for (uint8_t at = 0; at < matter->step && at < KIND_STEPS; at++) {
        struct kind_step step = office_step(self, (enum kind_id)matter->kind, at);
        if (step.roles != 0 && (step.classes == 0 || (step.classes & 1U << customer->abc) != 0))
            last = at;
    }
    return last;
}

bool ladder_end_due(struct scheduler *self, struct turn *turn, struct matter *matter, const struct customer *customer,
                    uint8_t *ret_step)
{
    struct rep keeper;
    matter->next_ms = 0; // the timer is gone
    if (!office_keeper(self, turn, matter, customer, &keeper))
        return false;
    if (ladder_waits(turn, matter)) {
        matter->top_ms = turn->now_ms;
        return false;
    }
    if (ladder_insists(matter)) {
        matter->again++;
        matter->top_ms = turn->now_ms;
        *ret_step = last_step(self, matter, customer);
        return true;
    }
    matter->lapsed = 1;
    matter->end = "nobody answered it";
    if (matter->raised != DAY_NONE) // somebody was asked
        office_count(self, COUNT_UNANSWERED, 1);
    return false;
}
