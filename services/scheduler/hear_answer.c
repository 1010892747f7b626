#include "services/scheduler/hear.h"

#include "services/scheduler/join.h"
#include "services/scheduler/ladder.h"
#include "services/scheduler/own.h"
#include "services/scheduler/remind.h"
#include "services/scheduler/tries.h"

#include <string.h>

enum {
    CALL_ANSWERED_DAYS = 31, // a call is answered within a month
    DAY_MS = 86400000,
};

// A call on a list that we do not know as it was sent: it was another process's, and the two made it from what each had
// heard by then. A call is a call all the same. False when the id is no recent call's.
static bool find_call(struct turn *turn, const struct fact *fact, struct reminder *ret_reminder)
{
    uint8_t id[HASH_BYTES], other[HASH_BYTES];
    const char *customer_id;
    if (!remind_parse_id(fact->answer.reminder_id, id) || !book_subject(turn, store_get_u64(id), &customer_id))
        return false;
    int32_t last = (int32_t)(fact->version.time_ms / DAY_MS) + 1; // a rep's day may have begun before the world's
    for (int32_t day = last; day > last - CALL_ANSWERED_DAYS; day--) {
        diary_reminder_id(customer_id, KIND_CALL, (uint64_t)day, other);
        if (memcmp(id, other, HASH_BYTES) != 0)
            continue;
        *ret_reminder = (struct reminder){.kind = KIND_CALL, .rep_id = fact->rep_id, .customer_id = customer_id};
        return true;
    }
    return false;
}

// What a manager answers about a rep's duty is no word with the customer.
static bool is_owners(const struct reminder *reminder)
{
    return (reminder->role & (ROLE_MANAGER | ROLE_DIRECTOR | ROLE_APPROVER)) == 0;
}

static bool was_spoken(const struct reminder *reminder, const struct fact *fact)
{
    return fact->answer.outcome == ANSWER_DONE && kinds_row(reminder->kind)->contact && is_owners(reminder);
}

static bool is_survey(const struct reminder *reminder)
{
    return reminder->kind == KIND_CALL && reminder->reason == CALL_SURVEY;
}

// The answer as a word about the customer whom the rep was reminded of.
static void note_answer(struct turn *turn, const struct reminder *reminder, const struct fact *fact,
                        struct customer *own)
{
    const struct answer_fact *said = &fact->answer;
    int64_t at_ms = fact->version.time_ms;
    bool call = reminder->kind == KIND_CALL || (reminder->kind == KIND_SNOOZED && reminder->detail == KIND_CALL);
    bool put_off = said->outcome == ANSWER_SNOOZED || said->outcome == ANSWER_RESCHEDULED;
    if (reminder->kind == KIND_NEXT_DATE_MISSING && said->next_ms != 0 && hear_replaces(fact, &own->next_set)) {
        own->next_ms = said->next_ms;
        own->next_text = said->note;
    }
    if (was_spoken(reminder, fact)) {
        tries_end(own, at_ms);
        hear_acted(turn, own, SIGNAL_CONTACT, at_ms);
        hear_acted(turn, own, SIGNAL_OUT, at_ms);
        if (is_survey(reminder))
            hear_acted(turn, own, SIGNAL_SURVEY, at_ms);
    }
    if (said->outcome == ANSWER_NO_ANSWER)
        tries_add(own, at_ms);
    if (said->outcome == ANSWER_NOT_INTERESTED && is_owners(reminder) && !remind_called_off(reminder, said->outcome)) {
        tries_end(own, at_ms);
        hear_replaces(fact, &own->muted);
    }
    if (put_off && call && said->next_ms != 0 && hear_replaces(fact, &own->later_set))
        own->later_ms = said->next_ms;
}

// A reply that is seen to, or to which nothing is to be said, is owed nobody, whatever name the message came under.
static void settle_reply(struct turn *turn, const struct reminder *reminder, const struct fact *fact,
                         struct customer *own)
{
    struct waiting waiting;
    uint8_t outcome = (uint8_t)fact->answer.outcome;
    if (reminder->kind != KIND_REPLY_DUE || (outcome != ANSWER_DONE && outcome != ANSWER_NOT_INTERESTED))
        return;
    own_answered(turn, own->id, fact->version.time_ms);
    waiting_read(own->waiting.bytes, own->waiting.length, &waiting);
    waiting_drop(&waiting, fact->version.time_ms);
    join_put_waiting(turn, &waiting, own);
}

void hear_answer(struct scheduler *self, struct turn *turn, const struct fact *fact)
{
    struct reminder reminder;
    struct customer own, customer;
    const struct answer_fact *said = &fact->answer;
    if (!remind_answer(self, turn, fact, &reminder) && !find_call(turn, fact, &reminder))
        return;
    ladder_answered(self, turn, &reminder, fact);
    hear_decided(self, turn, &reminder, fact);
    if (reminder.customer_id[0] == '\0' || !hear_own(turn, reminder.customer_id, fact, &own))
        return;
    note_answer(turn, &reminder, fact, &own);
    settle_reply(turn, &reminder, fact, &own);
    if (!own_put(turn, &own, &customer))
        return;
    if (was_spoken(&reminder, fact)) {
        ladder_signal(self, turn, &customer, SIGNAL_CONTACT, &fact->version);
        hear_told(self, turn, &customer, &fact->version);
        if (is_survey(&reminder))
            ladder_signal(self, turn, &customer, SIGNAL_SURVEY, &fact->version);
    }
    bool off = !is_owners(&reminder) || remind_called_off(&reminder, said->outcome);
    if (said->outcome == ANSWER_DONE || (said->outcome == ANSWER_NOT_INTERESTED && !off))
        hear_promise_answered(self, turn, &customer, &reminder, fact);
    book_put_customer(turn, &customer);
}
