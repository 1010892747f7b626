#include "services/scheduler/hear.h"

#include "services/scheduler/promise.h"

#include <string.h>

void hear_promise(struct scheduler *self, struct turn *turn, const struct fact *fact)
{
    static const enum breach_said SAID[] = {[PROMISE_MADE] = BREACH_MADE,
                                            [PROMISE_EXTENDED] = BREACH_EXTENDED,
                                            [PROMISE_KEPT] = BREACH_KEPT,
                                            [PROMISE_BROKEN] = BREACH_BROKEN};
    struct customer customer;
    struct promise promise;
    const struct promise_fact *said = &fact->promise;
    if (!hear_main(turn, fact, &customer))
        return;
    bool known = book_promise(turn, customer.id, hash_short(said->id, strlen(said->id)), &promise);
    promise.id = said->id;
    if (!known && strcmp(fact->customer_id, customer.id) != 0)
        promise.of = fact->customer_id;
    if (said->step == PROMISE_MADE && hear_replaces(fact, &promise.made_set)) {
        promise.what = said->what;
        promise.rep_id = fact->rep_id;
        promise.event = fact->event;
    }
    promise_say(self, turn, &customer, &promise, SAID[said->step], said->due_ms, fact);
    promise_settle(self, turn, &customer, &promise, fact->historical);
    book_put_customer(turn, &customer);
}

void hear_promise_answered(struct scheduler *self, struct turn *turn, struct customer *customer,
                           const struct reminder *reminder, const struct fact *fact)
{
    struct promise promise;
    if (reminder->promise == 0 || !book_promise(turn, customer->id, reminder->promise, &promise))
        return;
    // Who does not want it any more sets the rep free: nothing is owed, nothing was broken.
    promise_say(self, turn, customer, &promise, BREACH_KEPT, 0, fact);
    promise_settle(self, turn, customer, &promise, fact->historical);
}
