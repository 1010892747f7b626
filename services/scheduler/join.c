#include "services/scheduler/join.h"

#include "services/scheduler/budget.h"
#include "services/scheduler/caps.h"
#include "services/scheduler/cause.h"
#include "services/scheduler/deals.h"
#include "services/scheduler/hands.h"
#include "services/scheduler/matter.h"
#include "services/scheduler/rhythm.h"
#include "services/scheduler/tries.h"

#include <string.h>

// Of two moments, of which 0 is none.
static int64_t earlier(int64_t one_ms, int64_t other_ms)
{
    return other_ms == 0 || (one_ms != 0 && one_ms < other_ms) ? one_ms : other_ms;
}

static void join_dates(const struct customer *from, struct customer *to)
{
    if (version_newer(&from->next_set, &to->next_set)) {
        to->next_set = from->next_set;
        to->next_ms = from->next_ms;
        to->next_text = from->next_text;
    }
    if (version_newer(&from->later_set, &to->later_set)) {
        to->later_set = from->later_set;
        to->later_ms = from->later_ms;
    }
    if (version_newer(&from->muted, &to->muted))
        to->muted = from->muted;
    to->known_ms = earlier(from->known_ms, to->known_ms);
    to->paid_ms = earlier(from->paid_ms, to->paid_ms);
    to->delivered_ms = earlier(from->delivered_ms, to->delivered_ms);
}

static void join_hands(struct turn *turn, const struct customer *from, struct customer *to)
{
    struct hand theirs[HANDS_MAX], hands[HANDS_MAX];
    size_t count = hands_read(to->hands.bytes, to->hands.length, hands);
    size_t more = hands_read(from->hands.bytes, from->hands.length, theirs);
    if (more == 0)
        return;
    for (size_t i = 0; i < more; i++)
        count = hands_touch(hands, count, theirs[i]);
    uint8_t *bytes = arena_take(turn->arena, hands_size(hands, count) + 1);
    hands_write(hands, count, bytes);
    to->hands = (struct slice){bytes, hands_size(hands, count)};
}

static struct slice kept(struct turn *turn, const void *bytes, size_t length)
{
    return (struct slice){(const uint8_t *)arena_text(turn->arena, bytes, length), length};
}

static void join_habits(struct turn *turn, const struct customer *from, struct customer *to)
{
    struct caps caps, other_caps;
    struct rhythm rhythm, other_rhythm;
    if (caps_read(from->contacts.bytes, from->contacts.length, &other_caps)) {
        (void)caps_read(to->contacts.bytes, to->contacts.length, &caps);
        caps_join(&caps, &other_caps);
        to->contacts = kept(turn, &caps, CAPS_BYTES(caps.count));
    }
    if (rhythm_read(from->replies.bytes, from->replies.length, &other_rhythm)) {
        (void)rhythm_read(to->replies.bytes, to->replies.length, &rhythm);
        rhythm_join(&rhythm, &other_rhythm);
        to->replies = kept(turn, &rhythm, RHYTHM_BYTES(rhythm.count));
    }
}

static void join_contacts(const struct customer *from, struct customer *to)
{
    tries_end(to, from->contact_ms);
    for (size_t i = 0; i < TRIES_KEPT; i++)
        if (from->tries_ms[i] != 0)
            tries_add(to, from->tries_ms[i]);
    for (int signal = 0; signal < SIGNALS; signal++)
        if (from->signals_ms[signal] > to->signals_ms[signal])
            to->signals_ms[signal] = from->signals_ms[signal];
    if (from->survey_sent_ms > to->survey_sent_ms)
        to->survey_sent_ms = from->survey_sent_ms;
    if (to->survey_point_day == DAY_NONE || from->survey_point_day > to->survey_point_day)
        to->survey_point_day = from->survey_point_day;
}

void join_put_waiting(struct turn *turn, const struct waiting *waiting, struct customer *customer)
{
    size_t length = waiting_size(waiting);
    uint8_t *bytes = arena_take(turn->arena, length + 1);
    waiting_write(waiting, bytes);
    customer->waiting = (struct slice){bytes, length};
}

// Behind join_contacts: what was answered under the one name or the other waits under none.
static void join_waiting(struct turn *turn, const struct customer *from, struct customer *to)
{
    struct waiting theirs, waiting;
    if (from->waiting.length == 0 && to->waiting.length == 0)
        return;
    waiting_read(from->waiting.bytes, from->waiting.length, &theirs);
    waiting_read(to->waiting.bytes, to->waiting.length, &waiting);
    waiting_drop(&theirs, to->signals_ms[SIGNAL_OUT]);
    waiting_drop(&waiting, to->signals_ms[SIGNAL_OUT]);
    for (size_t i = 0; i < theirs.count; i++)
        waiting_add(&waiting, &theirs.messages[i]);
    join_put_waiting(turn, &waiting, to);
}

static void join_lead(const struct customer *from, struct customer *to)
{
    if (version_newer(&from->stage_set, &to->stage_set)) {
        to->stage_set = from->stage_set;
        to->stage = from->stage;
    }
    if (version_newer(&from->intention_set, &to->intention_set)) {
        to->intention_set = from->intention_set;
        to->intention = from->intention;
    }
    if (version_newer(&from->expected_set, &to->expected_set)) {
        to->expected_set = from->expected_set;
        to->expected_day = from->expected_day;
    }
    if (version_newer(&from->expected_milli_set, &to->expected_milli_set)) {
        to->expected_milli_set = from->expected_milli_set;
        to->expected_milli = from->expected_milli;
    }
    for (size_t i = 0; i < LEAD_ANSWERS; i++) {
        if (!version_newer(&from->answers_set[i], &to->answers_set[i]))
            continue;
        to->answers_set[i] = from->answers_set[i];
        to->answers[i] = from->answers[i];
    }
    if (version_newer(&from->brought_set, &to->brought_set)) {
        to->brought_set = from->brought_set;
        to->brought_by = from->brought_by;
        to->brought_which = from->brought_which;
    }
}

static void join_deals(const struct customer *from, struct customer *to)
{
    if (version_newer(&from->contract_set, &to->contract_set))
        to->contract_set = from->contract_set;
    for (size_t i = 0; i < CONTRACTS_MAX; i++)
        if (from->contracts[i].hash != 0)
            deals_note_contract(to, &from->contracts[i]);
    for (size_t i = 0; i < QUOTES_MAX; i++)
        if (from->quotes[i].hash != 0)
            deals_note_quote(to, &from->quotes[i]);
}

static void join_gifts(struct turn *turn, const struct customer *from, struct customer *to)
{
    struct spending theirs = budget_spending(from), spending = budget_spending(to);
    if (from->gifts.length == 0)
        return;
    for (size_t i = 0; i < GIFT_YEARS; i++)
        if (theirs.gifts.years[i] > 0)
            gift_add(&spending.gifts, theirs.gifts.years[i], theirs.gifts.spent_micros[i]);
    if (version_newer(&theirs.newest, &spending.newest))
        spending.newest = theirs.newest;
    budget_put(turn, to, &spending);
}

void join_customer(struct turn *turn, const struct customer *from, struct customer *to)
{
    join_dates(from, to);
    join_contacts(from, to);
    join_hands(turn, from, to);
    join_habits(turn, from, to);
    join_waiting(turn, from, to);
    join_lead(from, to);
    join_deals(from, to);
    cause_join(turn, from, to);
    join_gifts(turn, from, to);
}

void join_owner(const struct customer *from, struct customer *to)
{
    if (from->owner[0] == '\0' || (to->owner[0] != '\0' && !version_newer(&from->owner_set, &to->owner_set)))
        return;
    to->owner = from->owner;
    to->owner_set = from->owner_set;
}
