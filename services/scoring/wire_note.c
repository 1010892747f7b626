#include "services/scoring/wire_note.h"

#include "common/calendar.h"
#include "common/portion.h"
#include "google/protobuf/timestamp.pb-c.h"
#include "tend/v1/event.pb-c.h"

#include <string.h>

enum { MILLIS = 1000, NANOS_OF_MILLI = 1000000 };

typedef Tend__V1__Event event_message;

static int32_t read_day(const char *text)
{
    int32_t day;
    return text != NULL && day_parse(text, strlen(text), &day) ? day : NOTE_NO_DAY;
}

static struct note_money read_money(const Tend__V1__Money *money)
{
    struct note_money amount = {.given = money != NULL};
    if (money == NULL)
        return amount;
    amount.micros = money->micros > MONEY_MAX ? MONEY_MAX : money->micros < -MONEY_MAX ? -MONEY_MAX : money->micros;
    if (strlen(money->currency) == MONEY_CODE_BYTES - 1)
        memcpy(amount.currency, money->currency, MONEY_CODE_BYTES);
    return amount;
}

// A number that travels as an enum or a score; one that does not fit is not known.
static uint8_t small(uint32_t number)
{
    return number <= UINT8_MAX ? (uint8_t)number : 0;
}

static uint8_t person_has(const Tend__V1__ContactPerson *person)
{
    unsigned has = NOTE_HAS_CONTACT;
    if (person->phone[0] != '\0')
        has |= NOTE_HAS_PHONE;
    if (person->email[0] != '\0')
        has |= NOTE_HAS_EMAIL;
    if (person->key_person)
        has |= NOTE_HAS_KEY_PERSON;
    if (person->birthday[0] != '\0')
        has |= NOTE_HAS_BIRTHDAY;
    return (uint8_t)has;
}

// A text of the portion; of what the file does not say nothing is kept.
static const char *told(const struct note_customer *customer, enum portion portion, const char *text)
{
    return portion_said(customer->said, portion) ? text : "";
}

static void read_texts(const Tend__V1__CustomerUpserted *body, struct note_customer *customer)
{
    customer->name = told(customer, PORTION_NAME, body->name);
    customer->owner = told(customer, PORTION_OWNER, body->owner_rep_id);
    customer->region = told(customer, PORTION_REGION, body->region);
    customer->parent = told(customer, PORTION_PARENT, body->parent_customer_id);
    customer->source = told(customer, PORTION_LEAD_SOURCE, body->lead_source);
    customer->language = told(customer, PORTION_LANGUAGE, body->language);
    customer->time_zone = told(customer, PORTION_TIME_ZONE, body->time_zone);
    customer->birthday = told(customer, PORTION_BIRTHDAY, body->birthday);
    customer->founding_day = told(customer, PORTION_FOUNDING_DAY, body->founding_day);
    customer->since_day = read_day(told(customer, PORTION_SINCE, body->cooperation_since));
}

static void read_customer(const event_message *event, struct note *note)
{
    const Tend__V1__CustomerUpserted *body = event->customer_upserted;
    struct note_customer *customer = &note->customer;
    customer->said = portion_mask((const char *const *)body->said, body->n_said);
    read_texts(body, customer);
    if (portion_said(customer->said, PORTION_TYPE))
        customer->type = small((uint32_t)body->type);
    if (portion_said(customer->said, PORTION_CREDIT_LIMIT))
        customer->credit = read_money(body->credit_limit);
    if (portion_said(customer->said, PORTION_CREDIT_DAYS))
        customer->credit_days = body->credit_days;
    for (size_t i = 0; i < body->n_contacts; i++)
        customer->persons |= person_has(body->contacts[i]);
    for (size_t i = 0; i < body->n_file_fields; i++)
        note_add_field(customer, body->file_fields[i]->name, body->file_fields[i]->value);
}

static void read_contact(const event_message *event, struct note *note)
{
    const Tend__V1__ContactLogged *body = event->contact_logged;
    struct note_contact *contact = &note->contact;
    contact->channel = small((uint32_t)body->channel);
    contact->direction = small((uint32_t)body->direction);
    contact->outcome = small((uint32_t)body->outcome);
    contact->minutes = body->minutes;
    if (body->next_at != NULL)
        contact->next_ms = body->next_at->seconds * MILLIS + body->next_at->nanos / NANOS_OF_MILLI;
    contact->key_point = body->key_point;
    contact->text = body->note;
}

static void read_complaint_opened(const event_message *event, struct note *note)
{
    const Tend__V1__ComplaintOpened *body = event->complaint_opened;
    note->complaint.id = body->complaint_id;
    note->complaint.what = body->what;
    note->complaint.cause = body->cause;
    note->complaint.order_id = body->order_id;
}

static void read_complaint_acknowledged(const event_message *event, struct note *note)
{
    note->complaint.id = event->complaint_acknowledged->complaint_id;
}

static void read_complaint_resolved(const event_message *event, struct note *note)
{
    const Tend__V1__ComplaintResolved *body = event->complaint_resolved;
    note->complaint.id = body->complaint_id;
    note->complaint.cause = body->cause;
    note->complaint.compensation = read_money(body->compensation);
}

static void read_survey(const event_message *event, struct note *note)
{
    const Tend__V1__SurveyAnswered *body = event->survey_answered;
    note->survey.score = small(body->score);
    note->survey.expected = small(body->expected);
    for (size_t i = 0; i < body->n_dimensions; i++) {
        int part = note_part_of(body->dimensions[i]->name);
        if (part >= 0)
            note->survey.parts[part] = small(body->dimensions[i]->score);
    }
}

static void read_lead(const event_message *event, struct note *note)
{
    const Tend__V1__LeadUpdated *body = event->lead_updated;
    struct note_lead *lead = &note->lead;
    lead->stage = small((uint32_t)body->stage);
    lead->intention = small(body->intention);
    lead->temperature = small((uint32_t)body->temperature);
    lead->need = small((uint32_t)body->need);
    lead->power = small((uint32_t)body->power);
    lead->decision = small((uint32_t)body->decision);
    lead->credit = small((uint32_t)body->credit);
    lead->expected_day = read_day(body->expected_order_date);
    lead->expected_milli = body->expected_quantity_milli;
    lead->source = body->lead_source;
    lead->text = body->note;
}

static void read_contract_signed(const event_message *event, struct note *note)
{
    const Tend__V1__ContractSigned *body = event->contract_signed;
    note->contract.id = body->contract_id;
    note->contract.from_day = read_day(body->from);
    note->contract.to_day = read_day(body->to);
    note->contract.value = read_money(body->value);
}

static void read_contract_ended(const event_message *event, struct note *note)
{
    note->contract.id = event->contract_ended->contract_id;
    note->contract.reason = event->contract_ended->reason;
}

static void read_quote_sent(const event_message *event, struct note *note)
{
    const Tend__V1__QuoteSent *body = event->quote_sent;
    note->quote.id = body->quote_id;
    note->quote.what = body->what;
    note->quote.amount = read_money(body->amount);
    note->quote.probability_ppm = body->probability_ppm;
    note->quote.expected_day = read_day(body->expected_order_date);
}

static void read_quote_lost(const event_message *event, struct note *note)
{
    note->quote.id = event->quote_lost->quote_id;
    note->quote.reason = event->quote_lost->reason;
}

static void read_objection(const event_message *event, struct note *note)
{
    note->item.kind = event->objection_raised->kind;
    note->item.what = event->objection_raised->what;
}

static void read_gift(const event_message *event, struct note *note)
{
    note->item.kind = event->gift_given->occasion;
    note->item.what = event->gift_given->what;
    note->item.amount = read_money(event->gift_given->amount);
}

static void read_cost(const event_message *event, struct note *note)
{
    note->item.kind = event->cost_recorded->kind;
    note->item.what = event->cost_recorded->what;
    note->item.amount = read_money(event->cost_recorded->amount);
}

static void read_cooperation(const event_message *event, struct note *note)
{
    note->cooperation.score = small(event->cooperation_rated->score);
    note->cooperation.loyalty = small(event->cooperation_rated->loyalty);
}

static void read_referral(const event_message *event, struct note *note)
{
    note->word.who = event->referral_made->other_customer_id;
    note->word.what = event->referral_made->what;
}

static void read_praise(const event_message *event, struct note *note)
{
    note->word.what = event->praise_received->what;
}

static void read_competitor(const event_message *event, struct note *note)
{
    note->word.who = event->competitor_seen->who;
    note->word.what = event->competitor_seen->what;
}

static void read_need_lost(const event_message *event, struct note *note)
{
    note->word.what = event->need_lost->what;
}

static void read_override(const event_message *event, struct note *note)
{
    const Tend__V1__ValueOverridden *body = event->value_overridden;
    note->override.dimension = body->dimension;
    note->override.value = body->value;
    note->override.by = body->by;
    note->override.reason = body->reason;
    note->override.until_day = read_day(body->until);
}

static void read_promise_broken(const event_message *event, struct note *note)
{
    note->word.who = event->promise_broken->promise_id;
    note->word.what = event->promise_broken->reason;
}

#define BODY(name) TEND__V1__EVENT__BODY_##name

static const struct {
    Tend__V1__Event__BodyCase body;
    enum note_kind kind;
    void (*read)(const event_message *event, struct note *note);
} bodies[] = {
    {BODY(CUSTOMER_UPSERTED), NOTE_UPSERTED, read_customer},
    {BODY(CONTACT_LOGGED), NOTE_CONTACT, read_contact},
    {BODY(COMPLAINT_OPENED), NOTE_COMPLAINT_OPENED, read_complaint_opened},
    {BODY(COMPLAINT_ACKNOWLEDGED), NOTE_COMPLAINT_ACKNOWLEDGED, read_complaint_acknowledged},
    {BODY(COMPLAINT_RESOLVED), NOTE_COMPLAINT_RESOLVED, read_complaint_resolved},
    {BODY(SURVEY_ANSWERED), NOTE_SURVEY, read_survey},
    {BODY(LEAD_UPDATED), NOTE_LEAD, read_lead},
    {BODY(CONTRACT_SIGNED), NOTE_CONTRACT_SIGNED, read_contract_signed},
    {BODY(CONTRACT_ENDED), NOTE_CONTRACT_ENDED, read_contract_ended},
    {BODY(QUOTE_SENT), NOTE_QUOTE_SENT, read_quote_sent},
    {BODY(QUOTE_LOST), NOTE_QUOTE_LOST, read_quote_lost},
    {BODY(OBJECTION_RAISED), NOTE_OBJECTION, read_objection},
    {BODY(GIFT_GIVEN), NOTE_GIFT, read_gift},
    {BODY(COST_RECORDED), NOTE_COST, read_cost},
    {BODY(COOPERATION_RATED), NOTE_COOPERATION, read_cooperation},
    {BODY(REFERRAL_MADE), NOTE_REFERRAL, read_referral},
    {BODY(PRAISE_RECEIVED), NOTE_PRAISE, read_praise},
    {BODY(COMPETITOR_SEEN), NOTE_COMPETITOR, read_competitor},
    {BODY(NEED_LOST), NOTE_NEED_LOST, read_need_lost},
    {BODY(VALUE_OVERRIDDEN), NOTE_OVERRIDE, read_override},
    {BODY(PROMISE_BROKEN), NOTE_PROMISE_BROKEN, read_promise_broken},
};

bool wire_read_note(const struct Tend__V1__Event *event, struct note *ret_note)
{
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        if (event->body_case != bodies[i].body)
            continue;
        note_start(ret_note, bodies[i].kind);
        bodies[i].read(event, ret_note);
        return true;
    }
    return false;
}
