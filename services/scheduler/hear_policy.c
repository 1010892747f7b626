#include "services/scheduler/hear.h"

#include "services/scheduler/policy.h"
#include "services/scheduler/visit.h"

#include <string.h>

// The promise that waits for it says so itself, also when it was made before.
static void note_promise(struct turn *turn, const struct fact *fact, const struct policy *policy)
{
    struct customer customer;
    struct promise promise;
    const char *id = policy->promise_id;
    if (id[0] == '\0' || fact->customer_id[0] == '\0' || !hear_main(turn, fact, &customer))
        return;
    book_promise(turn, customer.id, hash_short(id, strlen(id)), &promise);
    promise.id = id;
    promise.exception = policy->id;
    book_put_promise(turn, &promise);
    book_put_customer(turn, &customer);
}

static void take_asked(struct turn *turn, const struct fact *fact, struct policy *policy)
{
    const struct policy_fact *said = &fact->policy;
    if (!hear_replaces(fact, &policy->asked))
        return;
    policy->customer_id = fact->customer_id;
    policy->rep_id = fact->rep_id;
    policy->event = fact->event;
    policy->what = said->what[0] != '\0' ? said->what : said->kind;
    policy->promise_id = said->promise_id;
    policy->micros = said->micros > 0 ? said->micros : AUTHORITY_UNKNOWN;
    policy->currency = said->currency;
    note_promise(turn, fact, policy);
}

void hear_policy(struct scheduler *self, struct turn *turn, const struct fact *fact)
{
    struct policy policy, before;
    struct customer customer;
    const struct policy_fact *said = &fact->policy;
    if (fact->customer_id[0] != '\0' && !hear_own(turn, fact->customer_id, fact, &customer))
        return; // it was erased
    policy_get(turn, said->id, &policy);
    before = policy;
    if (said->step == POLICY_ASKED) {
        take_asked(turn, fact, &policy);
    } else if (hear_replaces(fact, &policy.decided)) {
        policy.approved = said->step == POLICY_APPROVED;
        policy.by = said->by;
        policy.reason = said->what;
    }
    policy_put(turn, &policy);
    policy_settle(self, turn, &policy, fact->historical);
    if (!fact->historical)
        policy_tell(self, turn, &before, &policy);
}

static void decide_exception(struct scheduler *self, struct turn *turn, const struct fact *decision, const char *id,
                             bool approved)
{
    struct policy policy;
    struct fact said = *decision;
    if (!policy_get(turn, id, &policy) || policy_state(&policy) != POLICY_OPEN)
        return;
    said.kind = FACT_POLICY;
    said.policy = (struct policy_fact){.step = approved ? POLICY_APPROVED : POLICY_REFUSED,
                                       .id = policy.id,
                                       .what = decision->answer.note,
                                       .by = decision->rep_id};
    hear_policy(self, turn, &said);
}

static void decide_trip(struct scheduler *self, struct turn *turn, const struct fact *decision, const char *id,
                        bool approved)
{
    struct visit visit;
    struct fact said = *decision;
    if (!visit_get(turn, id, &visit) || trip_stage(&visit.trip) != TRIP_ASKED)
        return;
    said.kind = FACT_VISIT;
    said.visit = (struct visit_fact){.step = approved ? VISIT_APPROVED : VISIT_REFUSED, .id = visit.id};
    hear_visit(self, turn, &said);
}

void hear_decided(struct scheduler *self, struct turn *turn, const struct reminder *reminder, const struct fact *fact)
{
    struct matter matter;
    bool asked = (reminder->role & (ROLE_APPROVER | ROLE_DIRECTOR)) != 0;
    bool approved = fact->answer.outcome == ANSWER_DONE;
    if (!asked || (!approved && fact->answer.outcome != ANSWER_NOT_INTERESTED) ||
        !matter_get(turn, reminder->matter, &matter))
        return;
    if (matter.kind == KIND_POLICY_EXCEPTION)
        decide_exception(self, turn, fact, matter.ref, approved);
    else if (matter.kind == KIND_VISIT_APPROVAL)
        decide_trip(self, turn, fact, matter.ref, approved);
}
