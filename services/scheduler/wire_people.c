// Events about people: customers, contacts with them, leads, contracts, reps and what they answer.
#include "services/scheduler/wire_parts.h"

#include "common/bounds.h"
#include "common/lunar.h"
#include "common/portion.h"

#include <string.h>

// Ingest refuses a later time; one that came before it did is not followed.
#define LATER_MAX_MS (INT64_C(24) * 3600 * 1000 * BOUNDS_PUT_OFF_DAYS)

// A date that comes back; of the Chinese calendar, whose months may have a 30th where ours have none, it is kept as it
// was said.
static struct date yearly(const char *text, bool in_lunar)
{
    struct date date = {0};
    struct lunar lunar;
    if (!in_lunar)
        return yearly_parse(text, strlen(text), &date) ? date : (struct date){0};
    return lunar_parse(text, strlen(text), &lunar) ? (struct date){lunar.year, lunar.month, lunar.day}
                                                   : (struct date){0};
}

// The key person, or whoever comes first.
static const Tend__V1__ContactPerson *key_person(const Tend__V1__CustomerUpserted *body)
{
    for (size_t i = 0; i < body->n_contacts; i++)
        if (body->contacts[i]->key_person)
            return body->contacts[i];
    return body->n_contacts > 0 ? body->contacts[0] : NULL;
}

static void read_customer(const Tend__V1__Event *event, struct arena *arena, struct fact *fact)
{
    const Tend__V1__CustomerUpserted *body = event->customer_upserted;
    const Tend__V1__ContactPerson *person = key_person(body);
    fact->kind = wire_id_fits(body->owner_rep_id) ? FACT_CUSTOMER : FACT_BAD;
    uint32_t said = portion_mask((const char *const *)body->said, body->n_said);
    fact->customer = (struct customer_fact){
        .said = said,
        .name = wire_cut(arena, body->name, NAME_TEXT_MAX),
        .owner = portion_said(said, PORTION_OWNER) ? body->owner_rep_id : "",
        .contact_name = person != NULL ? wire_cut(arena, person->name, NAME_TEXT_MAX) : "",
        .contact_phone = person != NULL ? wire_cut(arena, person->phone, PHONE_TEXT_MAX) : "",
        .birthday = yearly(body->birthday, body->lunar_birthday),
        .contact_birthday = person != NULL ? yearly(person->birthday, person->lunar_birthday) : (struct date){0},
        .founding = yearly(body->founding_day, false),
        .cooperation_day = wire_day(body->cooperation_since),
        .region = wire_cut(arena, body->region, NAME_TEXT_MAX),
        .country = wire_cut(arena, body->country, COUNTRY_TEXT_MAX),
        .zone = strlen(body->time_zone) <= ZONE_TEXT_MAX ? body->time_zone : "",
        .parent = wire_id_fits(body->parent_customer_id) ? body->parent_customer_id : "",
        .type = (uint32_t)body->type,
        .lunar = body->lunar_birthday,
        .contact_lunar = person != NULL && person->lunar_birthday,
    };
}

static void read_merged(const Tend__V1__Event *event, struct arena *arena, struct fact *fact)
{
    (void)arena;
    fact->other_customer_id = event->customer_merged->other_customer_id;
    fact->kind = wire_id_good(fact->other_customer_id) ? FACT_MERGED : FACT_BAD;
}

static void read_split(const Tend__V1__Event *event, struct arena *arena, struct fact *fact)
{
    (void)arena;
    fact->other_customer_id = event->customer_split->other_customer_id;
    fact->kind = wire_id_good(fact->other_customer_id) ? FACT_SPLIT : FACT_BAD;
}

static void read_erased(const Tend__V1__Event *event, struct arena *arena, struct fact *fact)
{
    (void)event;
    (void)arena;
    fact->kind = FACT_ERASED;
}

static void read_contact(const Tend__V1__Event *event, struct arena *arena, struct fact *fact)
{
    static const enum contact_result RESULTS[] = {
        [TEND__V1__CONTACT_OUTCOME__CONTACT_OUTCOME_REACHED] = CONTACT_REAL,
        [TEND__V1__CONTACT_OUTCOME__CONTACT_OUTCOME_NO_ANSWER] = CONTACT_TRY,
        [TEND__V1__CONTACT_OUTCOME__CONTACT_OUTCOME_LEFT_MESSAGE] = CONTACT_TRY,
        [TEND__V1__CONTACT_OUTCOME__CONTACT_OUTCOME_REFUSED] = CONTACT_TRY,
        [TEND__V1__CONTACT_OUTCOME__CONTACT_OUTCOME_WRONG_NUMBER] = CONTACT_TRY,
    };
    const Tend__V1__ContactLogged *body = event->contact_logged;
    size_t outcome = (size_t)body->outcome;
    fact->kind = FACT_CONTACT;
    fact->contact.result = outcome < sizeof RESULTS / sizeof RESULTS[0] ? RESULTS[outcome] : CONTACT_OTHER;
    fact->contact.next_ms = wire_instant(body->next_at);
    fact->contact.channel = (uint32_t)body->channel;
    fact->contact.outgoing = body->direction != TEND__V1__DIRECTION__DIRECTION_IN;
    fact->contact.written = wire_is_written(body->channel);
    fact->contact.automatic = body->automatic;
    fact->contact.minutes = body->minutes;
    fact->contact.key_point = wire_cut(arena, body->key_point, NAME_TEXT_MAX);
    fact->contact.text = wire_cut(arena, body->key_point[0] != '\0' ? body->key_point : body->note, NAME_TEXT_MAX);
}

static void read_lead(const Tend__V1__Event *event, struct arena *arena, struct fact *fact)
{
    (void)arena;
    const Tend__V1__LeadUpdated *body = event->lead_updated;
    fact->kind = FACT_LEAD;
    fact->lead = (struct lead_fact){
        .stage = (uint32_t)body->stage,
        .intention = body->intention,
        .expected_day = wire_day(body->expected_order_date),
        .expected_quantity_milli = body->expected_quantity_milli,
        .answers = {(uint8_t)body->need, (uint8_t)body->power, (uint8_t)body->decision, (uint8_t)body->credit}};
}

static void read_contract_signed(const Tend__V1__Event *event, struct arena *arena, struct fact *fact)
{
    (void)arena;
    fact->kind = FACT_CONTRACT;
    fact->contract = (struct contract_fact){.id = event->contract_signed->contract_id,
                                            .to_day = wire_day(event->contract_signed->to)};
}

// It ended when the event says so; the day before was its last.
static void read_contract_ended(const Tend__V1__Event *event, struct arena *arena, struct fact *fact)
{
    (void)arena;
    fact->kind = FACT_CONTRACT;
    fact->contract = (struct contract_fact){.id = event->contract_ended->contract_id,
                                            .ended = true,
                                            .to_day = (int32_t)(wire_instant(event->time) / 86400000) - 1};
}

// Parts of the day in order; what is no sensible day of work is left out whole, and the common hours hold.
static size_t read_hours(Tend__V1__Hours *const *said, size_t count, struct hours hours[HOURS_MAX])
{
    if (count > HOURS_MAX)
        return 0;
    for (size_t i = 0; i < count; i++) {
        struct hours part = {said[i]->from_minute, said[i]->to_minute};
        size_t at = i;
        for (; at > 0 && hours[at - 1].from_minute > part.from_minute; at--)
            hours[at] = hours[at - 1];
        hours[at] = part;
    }
    return hours_valid(hours, count) ? count : 0;
}

static void read_rep(const Tend__V1__Event *event, struct arena *arena, struct fact *fact)
{
    const Tend__V1__RepUpserted *body = event->rep_upserted;
    fact->kind = event->rep_id[0] != '\0' ? FACT_REP : FACT_BAD;
    fact->rep =
        (struct rep_fact){.name = wire_cut(arena, body->name, NAME_TEXT_MAX),
                          .zone = strlen(body->time_zone) <= ZONE_TEXT_MAX ? body->time_zone : "",
                          .capacity = body->daily_capacity,
                          .week = wire_week(body->working_days, body->n_working_days),
                          .manager = wire_id_fits(body->manager_rep_id) ? body->manager_rep_id : "",
                          .deputy = wire_id_fits(body->deputy_rep_id) ? body->deputy_rep_id : "",
                          .role = wire_cut(arena, body->role, ZONE_TEXT_MAX),
                          .country = wire_cut(arena, body->country, COUNTRY_TEXT_MAX),
                          .language = body->n_languages > 0 ? wire_cut(arena, body->languages[0], ZONE_TEXT_MAX) : ""};
    fact->rep.hour_count = read_hours(body->working_hours, body->n_working_hours, fact->rep.hours);
    fact->rep.golden_count = read_hours(body->golden_hours, body->n_golden_hours, fact->rep.golden);
}

static void read_absence(const Tend__V1__Event *event, struct arena *arena, struct fact *fact)
{
    (void)arena;
    const Tend__V1__RepAbsent *body = event->rep_absent;
    int32_t from = wire_day(body->from), to = body->to[0] != '\0' ? wire_day(body->to) : from;
    bool sensible = from != DAY_NONE && to >= from && to - from < BOUNDS_ABSENCE_DAYS && event->rep_id[0] != '\0';
    fact->kind = sensible ? FACT_ABSENCE : FACT_BAD;
    fact->absence = (struct absence_fact){from, to};
}

static void read_answer(const Tend__V1__Event *event, struct arena *arena, struct fact *fact)
{
    const Tend__V1__ReminderAnswered *body = event->reminder_answered;
    fact->kind = FACT_ANSWER;
    fact->answer = (struct answer_fact){.reminder_id = body->reminder_id,
                                        .outcome = body->outcome >= 0 && (int)body->outcome <= ANSWER_NOT_INTERESTED
                                                       ? (enum answer_outcome)body->outcome
                                                       : ANSWER_NONE,
                                        .next_ms = wire_instant(body->next_at),
                                        .note = wire_cut(arena, body->note, WORDS_TEXT_MAX)};
    bool later = fact->answer.outcome == ANSWER_SNOOZED || fact->answer.outcome == ANSWER_RESCHEDULED;
    if (later && fact->answer.next_ms - fact->version.time_ms > LATER_MAX_MS)
        fact->kind = FACT_BAD;
}

const struct wire_body wire_people[] = {
    {TEND__V1__EVENT__BODY_CUSTOMER_UPSERTED, read_customer},
    {TEND__V1__EVENT__BODY_CUSTOMER_MERGED, read_merged},
    {TEND__V1__EVENT__BODY_CUSTOMER_SPLIT, read_split},
    {TEND__V1__EVENT__BODY_CUSTOMER_ERASED, read_erased},
    {TEND__V1__EVENT__BODY_CONTACT_LOGGED, read_contact},
    {TEND__V1__EVENT__BODY_LEAD_UPDATED, read_lead},
    {TEND__V1__EVENT__BODY_CONTRACT_SIGNED, read_contract_signed},
    {TEND__V1__EVENT__BODY_CONTRACT_ENDED, read_contract_ended},
    {TEND__V1__EVENT__BODY_REP_UPSERTED, read_rep},
    {TEND__V1__EVENT__BODY_REP_ABSENT, read_absence},
    {TEND__V1__EVENT__BODY_REMINDER_ANSWERED, read_answer},
    {TEND__V1__EVENT__BODY__NOT_SET, NULL},
};
