#include "services/tend/draft.h"

#include "common/calendar.h"
#include "common/hash.h"
#include "common/must.h"
#include "common/portion.h"
#include "google/protobuf/timestamp.pb-c.h"
#include "services/tend/country.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum {
    HASH_SHOWN = 8, // bytes of a hash in an id
    PARTS_MAX = 24, // of a working day
    CREDIT_DAYS_MAX = 3650,
    CAPACITY_MAX = 1000,
    MINUTES_MAX = 1440,
    INTENTION_MAX = 5,
    MILLI = 1000, // millionths in a thousandth
};

// Zeroed by its own init function, in the arena.
#define NEW(arena, type, init, name)                \
    type *name = arena_take((arena), sizeof *name); \
    init(name)

static Google__Protobuf__Timestamp *timestamp(struct arena *arena, int64_t ms)
{
    NEW(arena, Google__Protobuf__Timestamp, google__protobuf__timestamp__init, time);
    time->seconds = ms / 1000 - (ms % 1000 < 0);
    time->nanos = (int32_t)((ms % 1000 + 1000) % 1000) * 1000000;
    return time;
}

Tend__V1__Event *draft_event(struct arena *arena, const char *source, int64_t time_ms, char *customer_id, char *rep_id)
{
    NEW(arena, Tend__V1__Event, tend__v1__event__init, event);
    event->source = arena_text(arena, source, strlen(source));
    event->time = timestamp(arena, time_ms);
    event->customer_id = customer_id;
    event->rep_id = rep_id;
    return event;
}

void draft_name(struct arena *arena, Tend__V1__Event *event, const char *prefix, const char *key, const char *suffix)
{
    event->id = arena_format(arena, "%s:%s%s", prefix, key, suffix == NULL ? "" : suffix);
}

static void hash_event(struct arena *arena, const Tend__V1__Event *event, char ret_text[2 * HASH_SHOWN + 1])
{
    Tend__V1__Event bare = *event;
    bare.historical = false;
    size_t length = tend__v1__event__get_packed_size(&bare);
    uint8_t *bytes = arena_take(arena, length + 1), hash[HASH_BYTES];
    tend__v1__event__pack(&bare, bytes);
    hash_content(bytes, length, hash);
    hash_hex(hash, HASH_SHOWN, ret_text);
}

void draft_name_by_content(struct arena *arena, Tend__V1__Event *event, const char *prefix, const char *key)
{
    char hash[2 * HASH_SHOWN + 1];
    hash_event(arena, event, hash);
    event->id = arena_format(arena, "%s:%s%s%s", prefix, key, key[0] == '\0' ? "" : "@", hash);
}

int64_t draft_ms(const Tend__V1__Event *event)
{
    return event->time->seconds * 1000 + event->time->nanos / 1000000;
}

void draft_later(struct arena *arena, Tend__V1__Event *event, const char *prefix, const char *key, int64_t time_ms)
{
    event->time = timestamp(arena, time_ms);
    event->id = (char *)""; // as it was when it was named first
    draft_name_by_content(arena, event, prefix, key);
}

// Whether the newest one of its kind counts whole.
static bool is_state(Tend__V1__Event__BodyCase body)
{
    static const Tend__V1__Event__BodyCase states[] = {
        TEND__V1__EVENT__BODY_ORDER_AMENDED,     TEND__V1__EVENT__BODY_CONTRACT_SIGNED,
        TEND__V1__EVENT__BODY_CUSTOMER_UPSERTED, TEND__V1__EVENT__BODY_REP_UPSERTED,
        TEND__V1__EVENT__BODY_LEAD_UPDATED,
    };
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (states[i] == body)
            return true;
    return false;
}

Tend__V1__Event *draft_revise(struct arena *arena, const Tend__V1__Event *event, int64_t known_ms)
{
    NEW(arena, Tend__V1__Event, tend__v1__event__init, revised);
    *revised = *event;
    int64_t placed_ms = draft_ms(event);
    revised->time = timestamp(arena, known_ms > placed_ms ? known_ms : placed_ms);
    if (event->body_case == TEND__V1__EVENT__BODY_ORDER_PLACED) {
        const Tend__V1__OrderPlaced *placed = event->order_placed;
        NEW(arena, Tend__V1__OrderAmended, tend__v1__order_amended__init, amended);
        amended->order_id = placed->order_id;
        amended->lines = placed->lines;
        amended->n_lines = placed->n_lines;
        amended->total = placed->total;
        amended->promised_delivery = placed->promised_delivery;
        amended->currency = placed->currency;
        revised->body_case = TEND__V1__EVENT__BODY_ORDER_AMENDED;
        revised->order_amended = amended;
    } else if (!is_state(event->body_case)) {
        return NULL;
    }
    char hash[2 * HASH_SHOWN + 1];
    hash_event(arena, revised, hash);
    revised->id = arena_format(arena, "%s@%s", event->id, hash);
    return revised;
}

static int yes_or_no(struct reader *reader, size_t column)
{
    static const struct reader_word words[] = {
        {"y", TEND__V1__ANSWER__ANSWER_YES},
        {"1", TEND__V1__ANSWER__ANSWER_YES},
        {"true", TEND__V1__ANSWER__ANSWER_YES},
        {"是", TEND__V1__ANSWER__ANSWER_YES},
        {"n", TEND__V1__ANSWER__ANSWER_NO},
        {"0", TEND__V1__ANSWER__ANSWER_NO},
        {"false", TEND__V1__ANSWER__ANSWER_NO},
        {"否", TEND__V1__ANSWER__ANSWER_NO},
        {NULL, 0},
    };
    return reader_choice(reader, column, &tend__v1__answer__descriptor, words);
}

// The code of a country that is written as one or by its name; "" when it is not known.
static char *read_country(struct reader *reader, size_t column)
{
    char code[COUNTRY_BYTES];
    country_code(reader_text(reader, column), code);
    return arena_text(reader->arena, code, strlen(code));
}

// --- customers

// A birthday, and whether it is one of the Chinese calendar.
static char *read_birthday(struct reader *reader, size_t column, size_t lunar_column, protobuf_c_boolean *ret_lunar)
{
    *ret_lunar = yes_or_no(reader, lunar_column) == TEND__V1__ANSWER__ANSWER_YES;
    return *ret_lunar ? reader_lunar(reader, column) : reader_yearly(reader, column);
}

// "Ann Lee" of the columns for the two parts, or "".
static char *full_name(struct reader *reader)
{
    char *first = reader_text(reader, CUSTOMER_FIRST_NAME), *last = reader_text(reader, CUSTOMER_LAST_NAME);
    return first[0] == '\0' || last[0] == '\0' ? (first[0] == '\0' ? last : first)
                                               : arena_format(reader->arena, "%s %s", first, last);
}

static bool lists_persons(const struct reader *reader)
{
    return reader_says(reader, CUSTOMER_FIRST_NAME) || reader_says(reader, CUSTOMER_LAST_NAME);
}

// What the customer is called; in a list of persons one without a company has its person's name, else the address.
static char *read_name(struct reader *reader)
{
    char *names[] = {reader_text(reader, CUSTOMER_NAME), full_name(reader), reader_text(reader, CUSTOMER_CONTACT_EMAIL),
                     reader_text(reader, CUSTOMER_CONTACT_PHONE)};
    size_t which = 0;
    while (lists_persons(reader) && names[which][0] == '\0' && which + 1 < sizeof names / sizeof *names)
        which++;
    return names[which];
}

// `name`: when its own column holds none.
static Tend__V1__ContactPerson *person(struct reader *reader, size_t first, char *name, bool key_person)
{
    bool any = name[0] != '\0';
    for (size_t i = 0; i < 5; i++)
        any = any || reader_has(reader, first + i);
    if (!any)
        return NULL;
    NEW(reader->arena, Tend__V1__ContactPerson, tend__v1__contact_person__init, made);
    made->name = reader_has(reader, first) ? reader_text(reader, first) : name;
    made->post = reader_text(reader, first + 1);
    made->phone = reader_text(reader, first + 2);
    made->email = reader_text(reader, first + 3);
    made->birthday = read_birthday(reader, first + 4, first + 5, &made->lunar_birthday);
    made->key_person = key_person;
    return made;
}

_Static_assert(CUSTOMER_CONTACT_LUNAR == CUSTOMER_CONTACT_NAME + 5, "person() reads six columns in a row");
_Static_assert(CUSTOMER_CONTACT2_LUNAR == CUSTOMER_CONTACT2_NAME + 5, "person() reads six columns in a row");

static void add_people(struct reader *reader, Tend__V1__CustomerUpserted *customer)
{
    customer->contacts = arena_take(reader->arena, 2 * sizeof *customer->contacts);
    Tend__V1__ContactPerson *first = person(reader, CUSTOMER_CONTACT_NAME, full_name(reader), true);
    Tend__V1__ContactPerson *second = person(reader, CUSTOMER_CONTACT2_NAME, (char *)"", false);
    if (first != NULL)
        customer->contacts[customer->n_contacts++] = first;
    if (second != NULL)
        customer->contacts[customer->n_contacts++] = second;
}

static void add_files(struct reader *reader, Tend__V1__CustomerUpserted *customer)
{
    const struct binding *binding = reader->binding;
    customer->file_fields = arena_take(reader->arena, (binding->file_count + 1) * sizeof *customer->file_fields);
    for (size_t i = 0; i < binding->file_count; i++) {
        char *value = reader_file(reader, i);
        if (value[0] == '\0')
            continue;
        NEW(reader->arena, Tend__V1__FileField, tend__v1__file_field__init, field);
        field->name = arena_text(reader->arena, binding->files[i].name, strlen(binding->files[i].name));
        field->value = value;
        customer->file_fields[customer->n_file_fields++] = field;
    }
}

// What the row says: the columns that the file has. What it lacks stays as it was said before.
static void add_said(struct reader *reader, Tend__V1__CustomerUpserted *customer)
{
    static const struct {
        enum customer_column column;
        enum portion portion;
    } says[] = {
        {CUSTOMER_NAME, PORTION_NAME},
        {CUSTOMER_REP, PORTION_OWNER},
        {CUSTOMER_TYPE, PORTION_TYPE},
        {CUSTOMER_REGION, PORTION_REGION},
        {CUSTOMER_BIRTHDAY, PORTION_BIRTHDAY},
        {CUSTOMER_FOUNDING_DAY, PORTION_FOUNDING_DAY},
        {CUSTOMER_SINCE, PORTION_SINCE},
        {CUSTOMER_CONTACT_NAME, PORTION_CONTACT_NAME},
        {CUSTOMER_CONTACT_POST, PORTION_CONTACT_POST},
        {CUSTOMER_CONTACT_PHONE, PORTION_CONTACT_PHONE},
        {CUSTOMER_CONTACT_EMAIL, PORTION_CONTACT_EMAIL},
        {CUSTOMER_CONTACT_BIRTHDAY, PORTION_CONTACT_BIRTHDAY},
        {CUSTOMER_CREDIT_LIMIT, PORTION_CREDIT_LIMIT},
        {CUSTOMER_CREDIT_DAYS, PORTION_CREDIT_DAYS},
        {CUSTOMER_PARENT, PORTION_PARENT},
        {CUSTOMER_LEAD_SOURCE, PORTION_LEAD_SOURCE},
        {CUSTOMER_LANGUAGE, PORTION_LANGUAGE},
        {CUSTOMER_TIME_ZONE, PORTION_TIME_ZONE},
        {CUSTOMER_COUNTRY, PORTION_COUNTRY},
    };
    customer->said = arena_take(reader->arena, PORTIONS * sizeof *customer->said);
    for (size_t i = 0; i < sizeof says / sizeof says[0]; i++) {
        bool name = says[i].column == CUSTOMER_NAME || says[i].column == CUSTOMER_CONTACT_NAME;
        if (reader_says(reader, says[i].column) || (name && lists_persons(reader)))
            customer->said[customer->n_said++] = (char *)(uintptr_t)portion_name(says[i].portion);
    }
    // A table has a column that says something, see binding_open; an object of JSON may leave all of them out.
    bool other = customer->n_file_fields > 0 || customer->n_contacts > 0;
    if (customer->n_said == 0 && !other && reader->binding->columns[CUSTOMER_NAME].present)
        reader_complain(reader, CUSTOMER_ID, "is all that is said of the customer");
    // An event that names nothing would be the whole customer; an empty name says nothing.
    if (customer->n_said == 0)
        customer->said[customer->n_said++] = (char *)(uintptr_t)portion_name(PORTION_NAME);
}

static size_t draft_customer(struct reader *reader, const struct draft_options *options, struct draft *ret_drafts)
{
    struct arena *arena = reader->arena;
    NEW(arena, Tend__V1__CustomerUpserted, tend__v1__customer_upserted__init, customer);
    customer->name = read_name(reader);
    customer->owner_rep_id = reader_text(reader, CUSTOMER_REP);
    customer->type =
        (Tend__V1__CustomerType)reader_choice(reader, CUSTOMER_TYPE, &tend__v1__customer_type__descriptor, NULL);
    customer->region = reader_text(reader, CUSTOMER_REGION);
    customer->birthday = read_birthday(reader, CUSTOMER_BIRTHDAY, CUSTOMER_LUNAR, &customer->lunar_birthday);
    customer->founding_day = reader_yearly(reader, CUSTOMER_FOUNDING_DAY);
    customer->cooperation_since = reader_day(reader, CUSTOMER_SINCE);
    add_people(reader, customer);
    customer->credit_limit = reader_money(reader, CUSTOMER_CREDIT_LIMIT, reader_currency(reader, CUSTOMER_CURRENCY));
    customer->credit_days = reader_count(reader, CUSTOMER_CREDIT_DAYS, CREDIT_DAYS_MAX);
    add_files(reader, customer);
    customer->parent_customer_id = reader_text(reader, CUSTOMER_PARENT);
    customer->lead_source = reader_text(reader, CUSTOMER_LEAD_SOURCE);
    customer->language = reader_text(reader, CUSTOMER_LANGUAGE);
    customer->time_zone = reader_text(reader, CUSTOMER_TIME_ZONE);
    // A country that is not known by its name is the region all the same, unless a column of its own says the region.
    customer->country = read_country(reader, CUSTOMER_COUNTRY);
    add_said(reader, customer);
    int64_t ms = options->undated_ms;
    bool dated = reader_time(reader, CUSTOMER_TIME, &ms);
    Tend__V1__Event *event = draft_event(arena, options->source, ms, reader_text(reader, CUSTOMER_ID), (char *)"");
    event->body_case = TEND__V1__EVENT__BODY_CUSTOMER_UPSERTED;
    event->customer_upserted = customer;
    draft_name_by_content(arena, event, "customer", event->customer_id);
    ret_drafts[0] = (struct draft){event, !dated};
    return 1;
}

// --- reps

// "09:00-12:00;13:30-18:00". False when it is something else.
static bool read_hours(struct arena *arena, const char *text, Tend__V1__Hours ***ret_hours, size_t *ret_count)
{
    Tend__V1__Hours **hours = arena_take(arena, PARTS_MAX * sizeof *hours);
    size_t count = 0;
    for (const char *at = text; *at != '\0';) {
        unsigned from_hour, from_minute, to_hour, to_minute;
        int length = 0;
        if (count == PARTS_MAX ||
            sscanf(at, " %2u:%2u - %2u:%2u %n", &from_hour, &from_minute, &to_hour, &to_minute, &length) != 4)
            return false;
        at += length;
        if (*at == ';' || *at == ',')
            at++;
        else if (*at != '\0')
            return false;
        if (from_hour > 23 || to_hour > 24 || from_minute > 59 || to_minute > 59)
            return false;
        NEW(arena, Tend__V1__Hours, tend__v1__hours__init, part);
        part->from_minute = from_hour * 60 + from_minute;
        part->to_minute = to_hour * 60 + to_minute;
        hours[count++] = part;
    }
    *ret_hours = hours;
    *ret_count = count;
    return true;
}

static void add_hours(struct reader *reader, size_t column, Tend__V1__Hours ***ret_hours, size_t *ret_count)
{
    if (!read_hours(reader->arena, reader_text(reader, column), ret_hours, ret_count))
        reader_complain(reader, column, "are no hours: 09:00-12:00;13:30-18:00");
}

// "1-5" or "1;3;5".
static void add_days(struct reader *reader, Tend__V1__RepUpserted *rep)
{
    const char *text = reader_text(reader, REP_WORKING_DAYS);
    rep->working_days = arena_take(reader->arena, WEEK_DAYS * sizeof *rep->working_days);
    while (*text != '\0') {
        unsigned from, to;
        int length = 0;
        if (sscanf(text, " %1u - %1u %n", &from, &to, &length) != 2) {
            if (sscanf(text, " %1u %n", &from, &length) != 1)
                break;
            to = from;
        }
        if (from < 1 || to > WEEK_DAYS || from > to || rep->n_working_days + to - from >= WEEK_DAYS)
            break;
        for (unsigned day = from; day <= to; day++)
            rep->working_days[rep->n_working_days++] = day;
        text += length;
        if (*text == ';' || *text == ',')
            text++;
        else if (*text != '\0')
            break;
    }
    if (*text != '\0')
        reader_complain(reader, REP_WORKING_DAYS, "are no days: 1-5 or 1;3;5, Monday is 1");
}

static void add_languages(struct reader *reader, Tend__V1__RepUpserted *rep)
{
    char *text = reader_text(reader, REP_LANGUAGES), *rest = NULL;
    size_t most = strlen(text) / 2 + 1;
    rep->languages = arena_take(reader->arena, most * sizeof *rep->languages);
    for (char *word = strtok_r(text, ";, ", &rest); word != NULL; word = strtok_r(NULL, ";, ", &rest))
        rep->languages[rep->n_languages++] = word;
}

// "Key Account" is key_account, as roles are called in a configuration.
static char *read_role(struct reader *reader)
{
    static const char *const known[][2] = {
        {"业务员", "rep"},   {"销售", "rep"},      {"sales", "rep"},       {"经理", "manager"},
        {"主管", "manager"}, {"总监", "director"}, {"总经理", "director"},
    };
    char *text = reader_text(reader, REP_ROLE);
    for (char *at = text; *at != '\0'; at++)
        *at = *at == ' ' ? '_' : (char)((unsigned char)*at < 0x80 ? tolower((unsigned char)*at) : *at);
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(known[i][0], text) == 0)
            return arena_text(reader->arena, known[i][1], strlen(known[i][1]));
    return text;
}

static size_t draft_rep(struct reader *reader, const struct draft_options *options, struct draft *ret_drafts)
{
    struct arena *arena = reader->arena;
    NEW(arena, Tend__V1__RepUpserted, tend__v1__rep_upserted__init, rep);
    rep->name = reader_text(reader, REP_NAME);
    rep->manager_rep_id = reader_text(reader, REP_MANAGER);
    rep->time_zone = reader_text(reader, REP_TIME_ZONE);
    add_languages(reader, rep);
    add_hours(reader, REP_WORKING_HOURS, &rep->working_hours, &rep->n_working_hours);
    add_hours(reader, REP_GOLDEN_HOURS, &rep->golden_hours, &rep->n_golden_hours);
    rep->daily_capacity = reader_count(reader, REP_DAILY_CAPACITY, CAPACITY_MAX);
    add_days(reader, rep);
    rep->channel = reader_text(reader, REP_CHANNEL);
    rep->address = reader_text(reader, REP_ADDRESS);
    rep->deputy_rep_id = reader_text(reader, REP_DEPUTY);
    rep->role = read_role(reader);
    rep->country = read_country(reader, REP_COUNTRY);
    if (rep->country[0] == '\0' && reader_has(reader, REP_COUNTRY))
        reader_complain(reader, REP_COUNTRY, "is no country that is known by its name: two capitals such as CN");
    int64_t ms = options->undated_ms;
    bool dated = reader_time(reader, REP_TIME, &ms);
    Tend__V1__Event *event = draft_event(arena, options->source, ms, (char *)"", reader_text(reader, REP_ID));
    event->body_case = TEND__V1__EVENT__BODY_REP_UPSERTED;
    event->rep_upserted = rep;
    draft_name_by_content(arena, event, "rep", event->rep_id);
    ret_drafts[0] = (struct draft){event, !dated};
    return 1;
}

// --- contacts, leads, contracts

static size_t draft_contact(struct reader *reader, const struct draft_options *options, struct draft *ret_drafts)
{
    struct arena *arena = reader->arena;
    NEW(arena, Tend__V1__ContactLogged, tend__v1__contact_logged__init, contact);
    contact->channel = (Tend__V1__Channel)reader_choice(reader, CONTACT_CHANNEL, &tend__v1__channel__descriptor, NULL);
    contact->direction =
        (Tend__V1__Direction)reader_choice(reader, CONTACT_DIRECTION, &tend__v1__direction__descriptor, NULL);
    contact->outcome =
        (Tend__V1__ContactOutcome)reader_choice(reader, CONTACT_OUTCOME, &tend__v1__contact_outcome__descriptor, NULL);
    contact->minutes = reader_count(reader, CONTACT_MINUTES, MINUTES_MAX);
    contact->key_point = reader_text(reader, CONTACT_KEY_POINT);
    contact->note = reader_text(reader, CONTACT_NOTE);
    contact->automatic = yes_or_no(reader, CONTACT_AUTOMATIC) == TEND__V1__ANSWER__ANSWER_YES;
    int64_t ms = 0, next_ms;
    reader_time(reader, CONTACT_TIME, &ms);
    if (reader_time(reader, CONTACT_NEXT_AT, &next_ms))
        contact->next_at = timestamp(arena, next_ms);
    char *customer = reader_text(reader, CONTACT_CUSTOMER), *id = reader_text(reader, CONTACT_ID);
    Tend__V1__Event *event = draft_event(arena, options->source, ms, customer, reader_text(reader, CONTACT_REP));
    event->body_case = TEND__V1__EVENT__BODY_CONTACT_LOGGED;
    event->contact_logged = contact;
    if (id[0] != '\0')
        draft_name(arena, event, "contact", id, NULL);
    else
        draft_name_by_content(arena, event, "contact", "");
    ret_drafts[0] = (struct draft){event, false};
    return 1;
}

static int stage_of(struct reader *reader)
{
    // People count the stages from 0; the values of the enum count from 1.
    static const struct reader_word words[] = {
        {"0", TEND__V1__LEAD_STAGE__LEAD_STAGE_NOT_REACHED},
        {"1", TEND__V1__LEAD_STAGE__LEAD_STAGE_ADDED},
        {"2", TEND__V1__LEAD_STAGE__LEAD_STAGE_KEY_PERSON},
        {"3", TEND__V1__LEAD_STAGE__LEAD_STAGE_PLANS},
        {"4", TEND__V1__LEAD_STAGE__LEAD_STAGE_INTENDS},
        {"5", TEND__V1__LEAD_STAGE__LEAD_STAGE_CONTRACT_SENT},
        {"6", TEND__V1__LEAD_STAGE__LEAD_STAGE_IN_CONTRACT},
        {"7", TEND__V1__LEAD_STAGE__LEAD_STAGE_EXPIRED},
        {NULL, 0},
    };
    return reader_choice(reader, LEAD_STAGE, &tend__v1__lead_stage__descriptor, words);
}

static size_t draft_lead(struct reader *reader, const struct draft_options *options, struct draft *ret_drafts)
{
    struct arena *arena = reader->arena;
    NEW(arena, Tend__V1__LeadUpdated, tend__v1__lead_updated__init, lead);
    lead->stage = (Tend__V1__LeadStage)stage_of(reader);
    lead->intention = reader_count(reader, LEAD_INTENTION, INTENTION_MAX);
    lead->temperature = (Tend__V1__LeadTemperature)reader_choice(reader, LEAD_TEMPERATURE,
                                                                 &tend__v1__lead_temperature__descriptor, NULL);
    lead->expected_order_date = reader_day(reader, LEAD_ORDER_DATE);
    int64_t micros = 0, ms = 0;
    if (reader_number(reader, LEAD_QUANTITY, &micros))
        lead->expected_quantity_milli = micros / MILLI;
    lead->need = (Tend__V1__Answer)yes_or_no(reader, LEAD_NEED);
    lead->power = (Tend__V1__Answer)yes_or_no(reader, LEAD_POWER);
    lead->decision = (Tend__V1__Answer)yes_or_no(reader, LEAD_DECISION);
    lead->credit = (Tend__V1__Answer)yes_or_no(reader, LEAD_CREDIT);
    lead->lead_source = reader_text(reader, LEAD_SOURCE);
    lead->note = reader_text(reader, LEAD_NOTE);
    reader_time(reader, LEAD_TIME, &ms);
    char *customer = reader_text(reader, LEAD_CUSTOMER);
    Tend__V1__Event *event = draft_event(arena, options->source, ms, customer, reader_text(reader, LEAD_REP));
    event->body_case = TEND__V1__EVENT__BODY_LEAD_UPDATED;
    event->lead_updated = lead;
    draft_name_by_content(arena, event, "lead", customer);
    ret_drafts[0] = (struct draft){event, false};
    return 1;
}

// The noon of a day in UTC, in milliseconds: a contract's day is no instant, and noon is that day nearly everywhere.
static int64_t noon_ms(const char *day)
{
    int32_t number = 0;
    day_parse(day, strlen(day), &number);
    return number * INT64_C(86400000) + 43200000;
}

static size_t draft_contract(struct reader *reader, const struct draft_options *options, struct draft *ret_drafts)
{
    struct arena *arena = reader->arena;
    NEW(arena, Tend__V1__ContractSigned, tend__v1__contract_signed__init, contract);
    contract->contract_id = reader_text(reader, CONTRACT_ID);
    contract->from = reader_day(reader, CONTRACT_FROM);
    contract->to = reader_day(reader, CONTRACT_TO);
    contract->value = reader_money(reader, CONTRACT_VALUE, reader_currency(reader, CONTRACT_CURRENCY));
    int64_t ms = noon_ms(contract->from), ended_ms;
    reader_time(reader, CONTRACT_TIME, &ms);
    char *customer = reader_text(reader, CONTRACT_CUSTOMER), *rep = reader_text(reader, CONTRACT_REP);
    Tend__V1__Event *event = draft_event(arena, options->source, ms, customer, rep);
    event->body_case = TEND__V1__EVENT__BODY_CONTRACT_SIGNED;
    event->contract_signed = contract;
    draft_name(arena, event, "contract", contract->contract_id, NULL);
    ret_drafts[0] = (struct draft){event, false};
    if (!reader_time(reader, CONTRACT_ENDED, &ended_ms))
        return 1;
    NEW(arena, Tend__V1__ContractEnded, tend__v1__contract_ended__init, end);
    end->contract_id = contract->contract_id;
    end->reason = reader_text(reader, CONTRACT_REASON);
    Tend__V1__Event *ended = draft_event(arena, options->source, ended_ms, customer, rep);
    ended->body_case = TEND__V1__EVENT__BODY_CONTRACT_ENDED;
    ended->contract_ended = end;
    draft_name(arena, ended, "contract", contract->contract_id, ":ended");
    ret_drafts[1] = (struct draft){ended, false};
    return 2;
}

size_t draft_row(enum import_kind kind, struct reader *reader, const struct draft_options *options,
                 struct draft ret_drafts[DRAFTS_MAX])
{
    static size_t (*const drafts[KINDS])(struct reader *, const struct draft_options *, struct draft *) = {
        [KIND_REPS] = draft_rep,   [KIND_CUSTOMERS] = draft_customer, [KIND_CONTRACTS] = draft_contract,
        [KIND_LEADS] = draft_lead, [KIND_CONTACTS] = draft_contact,
    };
    must(kind < KINDS && drafts[kind] != NULL);
    size_t count = drafts[kind](reader, options, ret_drafts);
    return reader_good(reader) ? count : 0;
}
