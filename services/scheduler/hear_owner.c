#include "services/scheduler/hear.h"

#include "services/scheduler/dispute.h"
#include "services/scheduler/handover.h"
#include "services/scheduler/ladder.h"
#include "services/scheduler/notice.h"
#include "services/scheduler/own.h"
#include "services/scheduler/owners.h"

#include <string.h>

// --- referrals and their commission

// Known by the referral, so that it is the same whichever of the two was heard first; it counts from the day on which
// both had happened.
static void owe(struct scheduler *self, struct turn *turn, const struct fact *fact, const struct customer *brought,
                int64_t paid_ms)
{
    struct customer bringer;
    struct fact referral = *fact;
    referral.customer_id = brought->brought_by;
    if (!hear_main(turn, &referral, &bringer))
        return;
    book_put_customer(turn, &bringer);
    int64_t said_ms = brought->brought_set.time_ms;
    struct opening opening = ladder_opening(fact, KIND_COMMISSION_DUE, brought->brought_which);
    opening.customer_id = bringer.id;
    opening.rep_id = "";
    opening.version = brought->brought_set;
    opening.since_ms = paid_ms > said_ms ? paid_ms : said_ms;
    opening.ref = brought->id;
    opening.why =
        notice_why(turn->arena, &(struct notice_words){.events = &fact->event, .event_count = fact->event[0] != '\0'});
    ladder_open(self, turn, &opening);
}

void hear_paid(struct scheduler *self, struct turn *turn, const struct fact *fact, struct customer *customer,
               int64_t paid_ms)
{
    bool first = customer->paid_ms == 0;
    if (paid_ms <= 0)
        return;
    if (first || paid_ms < customer->paid_ms)
        customer->paid_ms = paid_ms;
    if (!first || customer->brought_by[0] == '\0' || strcmp(customer->brought_by, customer->id) == 0)
        return;
    book_put_customer(turn, customer);
    owe(self, turn, fact, customer, paid_ms);
}

// The newest referral counts: a customer is brought by one.
static void note_brought(struct scheduler *self, struct turn *turn, const struct fact *fact, struct customer *own)
{
    (void)self;
    (void)turn;
    if (!hear_replaces(fact, &own->brought_set))
        return;
    own->brought_by = fact->other_customer_id;
    own->brought_which = hash_short(fact->customer_id, strlen(fact->customer_id));
}

static void hear_brought(struct scheduler *self, struct turn *turn, const struct fact *fact)
{
    struct customer before, brought;
    struct fact other = *fact;
    other.customer_id = fact->referral.other;
    other.other_customer_id = fact->customer_id;
    if (!hear_word(self, turn, &other, note_brought, &before, &brought))
        return;
    book_put_customer(turn, &brought);
    bool newer = version_newer(&brought.brought_set, &before.brought_set);
    if (newer && brought.paid_ms != 0 && strcmp(brought.brought_by, brought.id) != 0)
        owe(self, turn, fact, &brought, brought.paid_ms);
}

void hear_referral(struct scheduler *self, struct turn *turn, const struct fact *fact)
{
    struct customer bringer;
    if (!fact->referral.paid) {
        hear_brought(self, turn, fact);
        return;
    }
    if (!hear_main(turn, fact, &bringer))
        return;
    book_put_customer(turn, &bringer);
    ladder_close(self, turn, KIND_COMMISSION_DUE, bringer.id,
                 hash_short(fact->referral.other, strlen(fact->referral.other)), &fact->version,
                 "the commission was paid");
}

// --- owners

// The sender, as in "source/id".
static const char *source_of(struct turn *turn, const struct fact *fact)
{
    const char *end = strchr(fact->event, '/');
    return end != NULL ? arena_text(turn->arena, fact->event, (size_t)(end - fact->event)) : fact->event;
}

// Said by the manager of the one or the other.
static bool is_decided(struct scheduler *self, struct turn *turn, const struct fact *fact, const char *one,
                       const char *other)
{
    const char *owners[] = {one, other};
    for (size_t i = 0; i < sizeof owners / sizeof owners[0]; i++) {
        struct rep rep, manager;
        if (owners[i][0] == '\0' || fact->rep_id[0] == '\0')
            continue;
        book_rep(turn, owners[i], &rep);
        if (office_manager(self, turn, &rep, &manager) && strcmp(manager.id, fact->rep_id) == 0)
            return true;
    }
    return false;
}

static void keep(struct turn *turn, const struct customer *own, struct customer *ret_main)
{
    *ret_main = *own;
    if (own_put(turn, own, ret_main))
        book_put_customer(turn, ret_main);
}

void hear_owner(struct scheduler *self, struct turn *turn, const struct fact *fact, struct customer *own,
                const char *before, struct customer *ret_main)
{
    struct claim claim = {.owner = fact->customer.owner,
                          .source = source_of(turn, fact),
                          .at = fact->version,
                          .decided = is_decided(self, turn, fact, fact->customer.owner, before)};
    struct ownership owners[OWNERS_MAX];
    if (claim.owner[0] == '\0') {
        keep(turn, own, ret_main);
        return;
    }
    owners_claim(turn, own->id, &claim);
    size_t count = owners_all(turn, own->id, owners);
    if (count > 1) {
        own->owned_since = office_common_day(self, owners[count - 1].first.time_ms);
        own->owned_from = owners[count - 2].owner;
    }
    keep(turn, own, ret_main);
    dispute_claims(self, turn, fact, own, owners, count);
    bool moved = before[0] != '\0' && strcmp(before, own->owner) != 0;
    if (moved)
        dispute_settled(self, turn, own, &fact->version);
    if (moved && !fact->historical && own->merged_into[0] == '\0')
        handover_tell(self, turn, fact, own, before);
}
