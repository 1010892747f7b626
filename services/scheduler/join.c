#include "services/scheduler/join.h"

#include "services/scheduler/budget.h"
#include "services/scheduler/cause.h"
#include "services/scheduler/deals.h"
#include "services/scheduler/hands.h"
#include "services/scheduler/matter.h"

#include <string.h>

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
    if (from->known_ms != 0 && (to->known_ms == 0 || from->known_ms < to->known_ms))
        to->known_ms = from->known_ms;
    if (from->paid_ms != 0 && (to->paid_ms == 0 || from->paid_ms < to->paid_ms))
        to->paid_ms = from->paid_ms;
}

static void join_contacts(struct turn *turn, const struct customer *from, struct customer *to)
{
    struct hand theirs[HANDS_MAX], hands[HANDS_MAX];
    size_t count = hands_read(to->hands.bytes, to->hands.length, hands);
    size_t more = hands_read(from->hands.bytes, from->hands.length, theirs);
    to->contact_ms = from->contact_ms > to->contact_ms ? from->contact_ms : to->contact_ms;
    for (size_t i = 0; i < TRIES_KEPT; i++)
        if (to->tries_ms[i] <= to->contact_ms)
            to->tries_ms[i] = 0;
    for (int signal = 0; signal < SIGNALS; signal++)
        if (from->signals_ms[signal] > to->signals_ms[signal])
            to->signals_ms[signal] = from->signals_ms[signal];
    if (from->survey_sent_ms > to->survey_sent_ms)
        to->survey_sent_ms = from->survey_sent_ms;
    if (to->survey_point_day == DAY_NONE || from->survey_point_day > to->survey_point_day)
        to->survey_point_day = from->survey_point_day;
    for (size_t i = 0; i < more; i++)
        count = hands_touch(hands, count, theirs[i]);
    uint8_t *bytes = arena_take(turn->arena, hands_size(hands, count) + 1);
    hands_write(hands, count, bytes);
    to->hands = (struct slice){bytes, hands_size(hands, count)};
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

static void move_gifts(struct turn *turn, const struct customer *from, struct customer *to, int64_t sign)
{
    struct spending theirs = budget_spending(from), spending = budget_spending(to);
    if (from->gifts.length == 0)
        return;
    for (size_t i = 0; i < GIFT_YEARS; i++)
        if (theirs.gifts.years[i] > 0)
            gift_add(&spending.gifts, theirs.gifts.years[i], sign * theirs.gifts.spent_micros[i]);
    if (version_newer(&theirs.newest, &spending.newest))
        spending.newest = theirs.newest;
    budget_put(turn, to, &spending);
}

void join_customer(struct turn *turn, const struct customer *from, struct customer *to)
{
    join_dates(from, to);
    join_contacts(turn, from, to);
    join_lead(from, to);
    join_deals(from, to);
    cause_join(turn, from, to);
    move_gifts(turn, from, to, 1);
}

void join_leave(struct turn *turn, const struct customer *from, struct customer *to)
{
    move_gifts(turn, from, to, -1);
}
