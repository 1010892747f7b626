// Exceptions from policy (rows 54 and 70): what a rep wants to promise beyond the rules, and who may grant it. The
// approver is asked, and asked again with the director; the rep is told the decision.
//
// As in book.h, what is read lives until the turn ends; what is put is written whole.
#ifndef TEND_SERVICES_SCHEDULER_POLICY_H
#define TEND_SERVICES_SCHEDULER_POLICY_H

#include "services/scheduler/notice.h"
#include "services/scheduler/office.h"

struct policy {
    const char *id, *customer_id, *rep_id, *what, *promise_id, *event;
    int64_t micros; // AUTHORITY_UNKNOWN: it is no money, or nobody named it
    const char *currency;
    struct version asked, decided; // time 0: not yet
    uint8_t approved;              // what was decided
    const char *by, *reason;
};

enum policy_state { POLICY_UNKNOWN, POLICY_OPEN, POLICY_GRANTED, POLICY_DENIED };

// False, and a fresh one of that id, when there is none.
bool policy_get(struct turn *turn, const char *id, struct policy *ret_policy);
void policy_put(struct turn *turn, const struct policy *policy);

// Forgets one, if there is one.
void policy_delete(struct turn *turn, const char *id);

// Forgets what was asked for that customer: it was erased.
void policy_erase(struct turn *turn, const char *customer_id);

// The newest word counts; asked anew after a refusal it is open again.
enum policy_state policy_state(const struct policy *policy);

// Asks for an exception on behalf of whoever the fact names, else the owner, when the amount is more than they may
// grant themselves; nothing happens when it is not. `id` names it for the decision that is to come: a complaint's own
// for what makes it good.
void policy_ask(struct scheduler *self, struct turn *turn, const struct fact *fact, const struct customer *customer,
                const char *id, const char *what, int64_t micros, const char *currency);

// Asks the approver, or stops asking, as the words about it add up.
void policy_settle(struct scheduler *self, struct turn *turn, const struct policy *policy, bool historical);

// Tells the rep what was decided, once each decision; takes back what was decided before.
void policy_tell(struct scheduler *self, struct turn *turn, const struct policy *before, const struct policy *policy);

// Adds what people should know of it: to a reminder that asks for it, what is asked for, which complaint it makes good,
// and that the customer was promised it already; to a promise's, that it waits for approval or was refused.
void policy_describe(struct turn *turn, const char *exception_id, struct notice *notice);
void policy_describe_promise(struct turn *turn, const struct promise *promise, struct notice *notice);

#endif
