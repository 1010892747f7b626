// The budget for gifts to a customer (row 50): what was spent of it, kept in the customer's row, and what is left.
#ifndef TEND_SERVICES_SCHEDULER_BUDGET_H
#define TEND_SERVICES_SCHEDULER_BUDGET_H

#include "services/scheduler/gift.h"
#include "services/scheduler/notice.h"
#include "services/scheduler/office.h"

// As the row keeps it, beside the version of the newest gift.
struct spending {
    struct gifts gifts;
    struct version newest;
};
struct spending budget_spending(const struct customer *customer);
void budget_put(struct turn *turn, struct customer *customer, const struct spending *spending);

// When more was spent than the budget of the newest gift's year, who gave it is told, and the manager, again with every
// gift that is too much. `fact` is the gift, or what else brought it to light.
void budget_judge(struct scheduler *self, struct turn *turn, const struct fact *fact, const struct customer *customer);

// The same after others' gifts have come to the row or left it: what is within the budget again is not told any more.
void budget_judge_anew(struct scheduler *self, struct turn *turn, const struct fact *fact,
                       const struct customer *customer);

// What is left of the year's budget, below zero when more was spent. Micros of the common currency.
int64_t budget_left(const struct scheduler *self, const struct customer *customer, int32_t year);

// What a reminder of a date says beside the date: what is left of that year's budget, for whoever thinks of a gift.
// Nothing when nothing is left.
struct slice budget_why(const struct scheduler *self, struct turn *turn, const struct customer *customer, int32_t day);

#endif
