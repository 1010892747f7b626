#include "services/scheduler/wire.h"

#include "common/utf8.h"
#include "services/scheduler/notice.h"
#include "tend/v1/journal.pb-c.h"

#include <stdlib.h>
#include <string.h>

enum { PHONE_TEXT_MAX = 60, ABSENCE_DAYS_MAX = 400, HOLIDAYS_KEPT = 4096, WEEKDAYS_ALL = 0x7f };

// Nobody puts a reminder off for more than a year; a later time is a slip, and would hide the reminder for good.
#define LATER_MAX_MS (INT64_C(366) * 24 * 3600 * 1000)

typedef void read_body(const Tend__V1__Event *event, struct arena *arena, struct fact *fact);

// The text, cut to `most` bytes without breaking a character.
static const char *cut(struct arena *arena, const char *text, size_t most)
{
    size_t length = strlen(text);
    return length <= most ? text : arena_text(arena, text, utf8_cut(text, length, most));
}

static bool id_fits(const char *id)
{
    return strlen(id) <= ID_TEXT_MAX;
}

static int64_t instant(const Google__Protobuf__Timestamp *time)
{
    return time != NULL && time->seconds > 0 ? time->seconds * 1000 + time->nanos / 1000000 : 0;
}

static int32_t day(const char *text)
{
    int32_t parsed;
    return day_parse(text, strlen(text), &parsed) ? parsed : DAY_NONE;
}

static struct date yearly(const char *text)
{
    struct date date = {0};
    return yearly_parse(text, strlen(text), &date) ? date : (struct date){0};
}

// The key person, or whoever comes first.
static const Tend__V1__ContactPerson *key_person(const Tend__V1__CustomerUpserted *body)
{
    for (size_t i = 0; i < body->n_contacts; i++) {
        if (body->contacts[i]->key_person) {
            return body->contacts[i];
        }
    }
    return body->n_contacts > 0 ? body->contacts[0] : NULL;
}

static void read_customer(const Tend__V1__Event *event, struct arena *arena, struct fact *fact)
{
    const Tend__V1__CustomerUpserted *body = event->customer_upserted;
    const Tend__V1__ContactPerson *person = key_person(body);
    fact->kind = id_fits(body->owner_rep_id) ? FACT_CUSTOMER : FACT_BAD;
    fact->customer = (struct customer_fact){
        .name = cut(arena, body->name, NAME_TEXT_MAX),
        .owner = body->owner_rep_id,
        .contact_name = person != NULL ? cut(arena, person->name, NAME_TEXT_MAX) : "",
        .contact_phone = person != NULL ? cut(arena, person->phone, PHONE_TEXT_MAX) : "",
        .birthday = yearly(body->birthday),
        .contact_birthday = person != NULL ? yearly(person->birthday) : (struct date){0},
        .founding = yearly(body->founding_day),
        .cooperation_day = day(body->cooperation_since),
    };
}

static void read_merged(const Tend__V1__Event *event, struct arena *arena, struct fact *fact)
{
    (void)arena;
    fact->other_customer_id = event->customer_merged->other_customer_id;
    fact->kind = id_fits(fact->other_customer_id) && fact->other_customer_id[0] != '\0' ? FACT_MERGED : FACT_BAD;
}

static void read_split(const Tend__V1__Event *event, struct arena *arena, struct fact *fact)
{
    (void)arena;
    fact->other_customer_id = event->customer_split->other_customer_id;
    fact->kind = id_fits(fact->other_customer_id) && fact->other_customer_id[0] != '\0' ? FACT_SPLIT : FACT_BAD;
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
    fact->contact.next_ms = instant(body->next_at);
    fact->contact.text = cut(arena, body->key_point[0] != '\0' ? body->key_point : body->note, NAME_TEXT_MAX);
}

// A reply of ours that was sent, or a visit that took place.
static void read_real_contact(const Tend__V1__Event *event, struct arena *arena, struct fact *fact)
{
    (void)event;
    (void)arena;
    fact->kind = FACT_CONTACT;
    fact->contact = (struct contact_fact){.result = CONTACT_REAL, .text = ""};
}

static void put_promise(struct fact *fact, enum promise_step step, const char *id, const char *what, int64_t due_ms)
{
    fact->kind = id_fits(id) && id[0] != '\0' ? FACT_PROMISE : FACT_BAD;
    fact->promise = (struct promise_fact){.step = step, .id = id, .what = what, .due_ms = due_ms};
}

static void read_promise_made(const Tend__V1__Event *event, struct arena *arena, struct fact *fact)
{
    const Tend__V1__PromiseMade *body = event->promise_made;
    put_promise(fact, PROMISE_MADE, body->promise_id, cut(arena, body->what, WORDS_TEXT_MAX), instant(body->due));
}

static void read_promise_extended(const Tend__V1__Event *event, struct arena *arena, struct fact *fact)
{
    (void)arena;
    const Tend__V1__PromiseExtended *body = event->promise_extended;
    put_promise(fact, PROMISE_EXTENDED, body->promise_id, "", instant(body->due));
}

static void read_promise_kept(const Tend__V1__Event *event, struct arena *arena, struct fact *fact)
{
    (void)arena;
    put_promise(fact, PROMISE_CLOSED, event->promise_kept->promise_id, "", 0);
}

static void read_promise_broken(const Tend__V1__Event *event, struct arena *arena, struct fact *fact)
{
    (void)arena;
    put_promise(fact, PROMISE_CLOSED, event->promise_broken->promise_id, "", 0);
}

static void read_lead(const Tend__V1__Event *event, struct arena *arena, struct fact *fact)
{
    (void)arena;
    const Tend__V1__LeadUpdated *body = event->lead_updated;
    fact->kind = FACT_LEAD;
    fact->lead = (struct lead_fact){
        .stage = (uint32_t)body->stage, .intention = body->intention, .expected_day = day(body->expected_order_date)};
}

static void read_contract_signed(const Tend__V1__Event *event, struct arena *arena, struct fact *fact)
{
    (void)arena;
    fact->kind = FACT_CONTRACT;
    fact->contract.to_day = day(event->contract_signed->to);
}

// It ended when the event says so; the day before was its last.
static void read_contract_ended(const Tend__V1__Event *event, struct arena *arena, struct fact *fact)
{
    (void)arena;
    fact->kind = FACT_CONTRACT;
    fact->contract.to_day = (int32_t)(instant(event->time) / 86400000) - 1;
}

// Parts of the day in order; what is no sensible day of work is left out whole, and the common hours hold.
static void read_hours(const Tend__V1__RepUpserted *body, struct rep_fact *rep)
{
    if (body->n_working_hours > HOURS_MAX) {
        return;
    }
    for (size_t i = 0; i < body->n_working_hours; i++) {
        struct hours part = {body->working_hours[i]->from_minute, body->working_hours[i]->to_minute};
        size_t at = i;
        for (; at > 0 && rep->hours[at - 1].from_minute > part.from_minute; at--) {
            rep->hours[at] = rep->hours[at - 1];
        }
        rep->hours[at] = part;
    }
    rep->hour_count = hours_valid(rep->hours, body->n_working_hours) ? body->n_working_hours : 0;
}

static uint32_t week_of(const uint32_t *days, size_t count)
{
    uint32_t week = 0;
    for (size_t i = 0; i < count; i++) {
        week |= days[i] >= 1 && days[i] <= WEEK_DAYS ? 1U << (days[i] - 1) : 0;
    }
    return week;
}

static void read_rep(const Tend__V1__Event *event, struct arena *arena, struct fact *fact)
{
    const Tend__V1__RepUpserted *body = event->rep_upserted;
    fact->kind = event->rep_id[0] != '\0' ? FACT_REP : FACT_BAD;
    fact->rep = (struct rep_fact){.name = cut(arena, body->name, NAME_TEXT_MAX),
                                  .zone = strlen(body->time_zone) <= ZONE_TEXT_MAX ? body->time_zone : "",
                                  .capacity = body->daily_capacity,
                                  .week = week_of(body->working_days, body->n_working_days)};
    read_hours(body, &fact->rep);
}

static void read_absence(const Tend__V1__Event *event, struct arena *arena, struct fact *fact)
{
    (void)arena;
    const Tend__V1__RepAbsent *body = event->rep_absent;
    int32_t from = day(body->from), to = body->to[0] != '\0' ? day(body->to) : from;
    bool sensible = from != DAY_NONE && to >= from && to - from < ABSENCE_DAYS_MAX && event->rep_id[0] != '\0';
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
                                        .next_ms = instant(body->next_at),
                                        .note = cut(arena, body->note, WORDS_TEXT_MAX)};
    bool later = fact->answer.outcome == ANSWER_SNOOZED || fact->answer.outcome == ANSWER_RESCHEDULED;
    if (later && fact->answer.next_ms - fact->version.time_ms > LATER_MAX_MS) {
        fact->kind = FACT_BAD;
    }
}

static const struct {
    Tend__V1__Event__BodyCase body;
    read_body *read;
} BODIES[] = {
    {TEND__V1__EVENT__BODY_CUSTOMER_UPSERTED, read_customer},
    {TEND__V1__EVENT__BODY_CUSTOMER_MERGED, read_merged},
    {TEND__V1__EVENT__BODY_CUSTOMER_SPLIT, read_split},
    {TEND__V1__EVENT__BODY_CUSTOMER_ERASED, read_erased},
    {TEND__V1__EVENT__BODY_CONTACT_LOGGED, read_contact},
    {TEND__V1__EVENT__BODY_MESSAGE_REPLIED, read_real_contact},
    {TEND__V1__EVENT__BODY_VISIT_REPORTED, read_real_contact},
    {TEND__V1__EVENT__BODY_PROMISE_MADE, read_promise_made},
    {TEND__V1__EVENT__BODY_PROMISE_EXTENDED, read_promise_extended},
    {TEND__V1__EVENT__BODY_PROMISE_KEPT, read_promise_kept},
    {TEND__V1__EVENT__BODY_PROMISE_BROKEN, read_promise_broken},
    {TEND__V1__EVENT__BODY_LEAD_UPDATED, read_lead},
    {TEND__V1__EVENT__BODY_CONTRACT_SIGNED, read_contract_signed},
    {TEND__V1__EVENT__BODY_CONTRACT_ENDED, read_contract_ended},
    {TEND__V1__EVENT__BODY_REP_UPSERTED, read_rep},
    {TEND__V1__EVENT__BODY_REP_ABSENT, read_absence},
    {TEND__V1__EVENT__BODY_REMINDER_ANSWERED, read_answer},
};

static bool about_rep(enum fact_kind kind)
{
    return kind == FACT_REP || kind == FACT_ABSENCE || kind == FACT_ANSWER;
}

static void read_event(const struct record *record, struct arena *arena, struct fact *fact)
{
    Tend__V1__Event *event = tend__v1__event__unpack(arena_allocator(arena), record->length, record->payload);
    if (event == NULL || !id_fits(event->customer_id) || !id_fits(event->rep_id)) {
        fact->kind = FACT_BAD;
        return;
    }
    fact->customer_id = event->customer_id;
    fact->rep_id = event->rep_id;
    fact->historical = event->historical || (record->flags & RECORD_HISTORICAL) != 0;
    fact->version.time_ms = instant(event->time);
    uint8_t identity[HASH_BYTES];
    hash_pair(event->source, strlen(event->source), event->id, strlen(event->id), identity);
    fact->version.tie = store_get_u64(identity);
    for (size_t i = 0; i < sizeof BODIES / sizeof BODIES[0]; i++) {
        if (BODIES[i].body == event->body_case) {
            BODIES[i].read(event, arena, fact);
        }
    }
    if (fact->kind != FACT_NONE && !about_rep(fact->kind) && fact->customer_id[0] == '\0') {
        fact->kind = FACT_BAD;
    }
}

static void read_value(const struct record *record, struct arena *arena, struct fact *fact)
{
    const Tend__V1__CustomerValue *value =
        tend__v1__customer_value__unpack(arena_allocator(arena), record->length, record->payload);
    if (value == NULL || !id_fits(value->customer_id) || value->customer_id[0] == '\0') {
        fact->kind = FACT_BAD;
        return;
    }
    fact->kind = FACT_VALUE;
    fact->customer_id = value->customer_id;
    fact->version.time_ms = record->time_ms;
    fact->value = (struct value_fact){.abc = (uint32_t)value->abc,
                                      .orders = value->orders,
                                      .mean_gap_milli = value->mean_gap_milli,
                                      .share_ppm = value->share_ppm,
                                      .net_micros = value->net_micros,
                                      .last_order_micros = value->last_order_micros,
                                      .currency = value->currency,
                                      .last_order_ms = instant(value->last_order),
                                      .expected_ms = instant(value->expected_order),
                                      .first_order_day = day(value->first_order_day),
                                      .overdue = value->overdue,
                                      .dropped = value->dropped};
}

static void read_change(const struct record *record, struct arena *arena, struct fact *fact)
{
    const Tend__V1__ValueChanged *change =
        tend__v1__value_changed__unpack(arena_allocator(arena), record->length, record->payload);
    if (change == NULL || !id_fits(change->customer_id) || change->customer_id[0] == '\0') {
        fact->kind = FACT_BAD;
        return;
    }
    fact->kind = FACT_CHANGE;
    fact->customer_id = change->customer_id;
    fact->version.time_ms = record->time_ms;
    // What a person decided is known to people; a reminder that speaks of the figures would be wrong.
    fact->historical = change->historical || (record->flags & RECORD_HISTORICAL) != 0 || change->decided_by[0] != '\0';
    fact->change = (struct change_fact){.dimension = change->dimension,
                                        .before = change->before,
                                        .after = change->after,
                                        .why = notice_why_change(arena, change)};
}

static int compare_days(const void *left, const void *right)
{
    int32_t a = *(const int32_t *)left, b = *(const int32_t *)right;
    return a < b ? -1 : a > b;
}

// Days in order, each once; what is no day is left out.
static const int32_t *read_days(struct arena *arena, char *const *texts, size_t count, size_t *ret_count)
{
    int32_t *days = arena_take(arena, (count + 1) * sizeof *days);
    size_t read = 0, kept = 0;
    for (size_t i = 0; i < count && i < HOLIDAYS_KEPT; i++) {
        days[read] = day(texts[i]);
        read += days[read] != DAY_NONE;
    }
    qsort(days, read, sizeof *days, compare_days);
    for (size_t i = 0; i < read; i++) {
        if (kept == 0 || days[kept - 1] != days[i]) {
            days[kept++] = days[i];
        }
    }
    *ret_count = kept;
    return days;
}

bool fact_read_settings(struct slice payload, struct arena *arena, struct fact *ret_fact)
{
    const Tend__V1__Settings *settings =
        tend__v1__settings__unpack(arena_allocator(arena), payload.length, payload.bytes);
    if (settings == NULL) {
        return false;
    }
    struct settings_fact *read = &ret_fact->settings;
    ret_fact->kind = FACT_SETTINGS;
    read->zone = strlen(settings->time_zone) <= ZONE_TEXT_MAX ? settings->time_zone : "";
    read->week = WEEKDAYS_ALL & ~week_of(settings->weekend, settings->n_weekend);
    read->holidays = read_days(arena, settings->holidays, settings->n_holidays, &read->holiday_count);
    read->makeups = read_days(arena, settings->workdays, settings->n_workdays, &read->makeup_count);
    return true;
}

void fact_read(const struct record *record, struct arena *arena, struct fact *ret_fact)
{
    *ret_fact = (struct fact){.kind = FACT_NONE, .customer_id = "", .rep_id = ""};
    struct slice payload = {record->payload, record->length};
    if ((record->flags & RECORD_ERASED) != 0) {
        return;
    }
    switch (record->type) {
    case TEND__V1__RECORD_TYPE__RECORD_TYPE_EVENT:
        read_event(record, arena, ret_fact);
        return;
    case TEND__V1__RECORD_TYPE__RECORD_TYPE_CUSTOMER_VALUE:
        read_value(record, arena, ret_fact);
        return;
    case TEND__V1__RECORD_TYPE__RECORD_TYPE_VALUE_CHANGED:
        read_change(record, arena, ret_fact);
        return;
    case TEND__V1__RECORD_TYPE__RECORD_TYPE_SETTINGS:
        ret_fact->kind = fact_read_settings(payload, arena, ret_fact) ? FACT_SETTINGS : FACT_BAD;
        return;
    default:
        return;
    }
}
