#include "services/scheduler/dispute.h"

#include "services/scheduler/hands.h"
#include "services/scheduler/ladder.h"
#include "services/scheduler/notice.h"

#include <string.h>

enum { DAY_MS = 86400000 };

// A customer has one dispute of each sort at a time.
enum { OF_CLAIMS, OF_CONTACTS };

static bool is_near(const struct scheduler *self, int64_t one_ms, int64_t other_ms)
{
    int64_t apart_ms = one_ms > other_ms ? one_ms - other_ms : other_ms - one_ms;
    return apart_ms <= self->options.owners.dispute_days * DAY_MS;
}

static void open_dispute(struct scheduler *self, struct turn *turn, const struct fact *fact,
                         const struct customer *customer, uint64_t which, const char *other,
                         const struct version *version)
{
    struct rep rep;
    book_rep(turn, other, &rep);
    struct opening opening = ladder_opening(fact, KIND_OWNERSHIP_DISPUTE, which);
    opening.customer_id = customer->id;
    opening.rep_id = other;
    opening.version = *version;
    opening.why =
        notice_why(turn->arena, &(struct notice_words){.text = rep.name,
                                                       .rule = which == OF_CLAIMS ? "two sources" : "two reps",
                                                       .events = &fact->event,
                                                       .event_count = fact->event[0] != '\0'});
    ladder_open(self, turn, &opening);
}

void dispute_claims(struct scheduler *self, struct turn *turn, const struct fact *fact, const struct customer *customer,
                    const struct ownership *owners, size_t count)
{
    if (count < 2)
        return;
    const struct ownership *now = &owners[count - 1], *before = &owners[count - 2];
    if (now->owner[0] == '\0' || before->owner[0] == '\0')
        return;
    bool others = strcmp(now->first_source, before->last_source) != 0;
    bool agreed = strcmp(now->last_source, before->last_source) == 0;
    if (now->decided || agreed) {
        ladder_close(self, turn, KIND_OWNERSHIP_DISPUTE, customer->id, OF_CLAIMS, &now->last, "the owner is settled");
    } else if (others && is_near(self, now->first.time_ms, before->last.time_ms)) {
        open_dispute(self, turn, fact, customer, OF_CLAIMS, before->owner, &now->first);
    }
}

// A deputy may speak for an owner who is away, a manager at any time.
static bool may_speak(struct scheduler *self, struct turn *turn, const char *rep_id, const struct rep *owner,
                      int32_t day)
{
    struct rep manager, director;
    if (office_manager(self, turn, owner, &manager)) {
        if (strcmp(manager.id, rep_id) == 0)
            return true;
        if (office_manager(self, turn, &manager, &director) && strcmp(director.id, rep_id) == 0)
            return true;
    }
    if (strcmp(owner->deputy, rep_id) != 0)
        return false;
    for (uint32_t i = 0; i < owner->absence_count; i++)
        if (owner->absences[i].from_day <= day && day <= owner->absences[i].to_day)
            return true;
    return false;
}

// Whether two of them do.
static bool judge_contacts(struct scheduler *self, struct turn *turn, const struct fact *fact,
                           const struct customer *customer, const struct hand *hands, size_t count)
{
    struct rep owner;
    const struct hand *own = NULL;
    if (customer->owner[0] == '\0' || !office_owner(self, turn, customer, &owner))
        return false;
    for (size_t i = 0; i < count; i++)
        own = strcmp(hands[i].rep_id, customer->owner) == 0 ? &hands[i] : own;
    // The owner's word counts from when the customer became the owner's.
    if (own == NULL || strcmp(owners_at(turn, customer->id, own->at_ms), customer->owner) != 0)
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct hand *hand = &hands[i];
        struct version version = {.time_ms = hand->at_ms > own->at_ms ? hand->at_ms : own->at_ms};
        if (hand == own || !is_near(self, hand->at_ms, own->at_ms) ||
            strcmp(owners_at(turn, customer->id, hand->at_ms), hand->rep_id) == 0 ||
            may_speak(self, turn, hand->rep_id, &owner, office_common_day(self, hand->at_ms)))
            continue;
        open_dispute(self, turn, fact, customer, OF_CONTACTS, hand->rep_id, &version);
        return true;
    }
    return false;
}

void dispute_touch(struct turn *turn, const struct fact *fact, struct customer *own)
{
    struct hand hands[HANDS_MAX];
    struct hand touch = {.rep_id = fact->rep_id, .at_ms = fact->version.time_ms};
    if (fact->rep_id[0] == '\0' || touch.at_ms <= 0)
        return;
    size_t count = hands_read(own->hands.bytes, own->hands.length, hands);
    count = hands_touch(hands, count, touch);
    uint8_t *bytes = arena_take(turn->arena, hands_size(hands, count) + 1);
    hands_write(hands, count, bytes);
    own->hands = (struct slice){bytes, hands_size(hands, count)};
}

void dispute_spoken(struct scheduler *self, struct turn *turn, const struct fact *fact, const struct customer *customer)
{
    struct hand hands[HANDS_MAX];
    size_t count = hands_read(customer->hands.bytes, customer->hands.length, hands);
    if (count > 1 && fact->rep_id[0] != '\0')
        (void)judge_contacts(self, turn, fact, customer, hands, count);
}

void dispute_judge_anew(struct scheduler *self, struct turn *turn, const struct fact *fact,
                        const struct customer *customer)
{
    struct hand hands[HANDS_MAX];
    size_t count = hands_read(customer->hands.bytes, customer->hands.length, hands);
    if (count < 2 || !judge_contacts(self, turn, fact, customer, hands, count))
        ladder_lapse(self, turn, KIND_OWNERSHIP_DISPUTE, customer->id, OF_CONTACTS, fact->version.time_ms,
                     "they spoke to different customers");
}

void dispute_settled(struct scheduler *self, struct turn *turn, const struct customer *customer,
                     const struct version *version)
{
    ladder_close(self, turn, KIND_OWNERSHIP_DISPUTE, customer->id, OF_CONTACTS, version, "the owner is settled");
}

bool dispute_stands(struct turn *turn, const char *customer_id)
{
    struct matter claims, contacts;
    (void)matter_find(turn, KIND_OWNERSHIP_DISPUTE, customer_id, OF_CLAIMS, &claims);
    (void)matter_find(turn, KIND_OWNERSHIP_DISPUTE, customer_id, OF_CONTACTS, &contacts);
    return matter_is_open(&claims) || matter_is_open(&contacts);
}
