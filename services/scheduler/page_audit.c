#include "services/scheduler/page_audit.h"

#include "services/scheduler/proof.h"
#include "tend/v1/scheduler.pb-c.h"

void page_audit(struct scheduler *self, struct turn *turn, const struct request *request, struct reply *ret_reply)
{
    (void)request;
    struct proof proof;
    Tend__V1__SchedulerAudit answer = TEND__V1__SCHEDULER_AUDIT__INIT;
    proof_run(self, turn, &proof);
    answer.open = proof.open;
    answer.waiting = proof.waiting;
    answer.at_end = proof.at_end;
    answer.ownerless = proof.ownerless;
    answer.pending = proof.pending;
    answer.stuck = proof.stuck;
    answer.unanswered = self->counts.events[COUNT_UNANSWERED];
    answer.stuck_ids = (char **)(uintptr_t)proof.ids;
    answer.n_stuck_ids = proof.stuck < PROOF_NAMED ? (size_t)proof.stuck : PROOF_NAMED;
    reply_message(turn, &answer.base, ret_reply);
}
