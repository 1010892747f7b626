#include "services/ingest/coherence.h"

#include "services/ingest/catalogue.h"

#include "common/bounds.h"
#include "common/calendar.h"
#include "common/lunar.h"
#include "common/money.h"
#include "common/must.h"
#include "common/nearest.h"
#include "common/portion.h"
#include "common/utf8.h"

#include "google/protobuf/timestamp.pb-c.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static bool given(const char *text)
{
    return text != NULL && text[0] != '\0';
}

static bool same(const char *one, const char *other)
{
    return given(one) && given(other) && strcmp(one, other) == 0;
}

enum { WESTERNMOST = 12 * 3600 }; // seconds behind UTC, on ships

// The day of the event where the day is the earliest on earth: the sender's zone is not known here.
static int32_t first_day(const Tend__V1__Event *event)
{
    return (int32_t)((event->time->seconds - WESTERNMOST) / (DAY_MINUTES * 60));
}

// A last day, or a day on which to look again, that was over before it was set, is a slip of the pen. Empty is good.
static bool day_ahead(const Tend__V1__Event *event, const char *field, const char *text, struct verify_error *ret_error)
{
    int32_t day;
    if (!given(text))
        return true;
    must(day_parse(text, strlen(text), &day));
    return day >= first_day(event) || verify_fail(ret_error, field, "is before the event");
}

// --- orders ---

// quantity is in thousandths and the rest of the discount in millionths.
#define LINE_SCALE ((int128)1000 * 1000000)

static int128 line_value(const Tend__V1__OrderLine *line)
{
    return (int128)line->quantity_milli * line->price->micros * (1000000 - (int64_t)line->discount_ppm);
}

bool coherence_order_sum(Tend__V1__OrderLine *const *lines, size_t count, int64_t *ret_micros,
                         struct verify_error *ret_error)
{
    int128 sum = 0;
    const char *currency = NULL;
    for (size_t i = 0; i < count; i++) {
        const Tend__V1__Money *price = lines[i]->price;
        if (price == NULL) {
            verify_fail(ret_error, "price", "is required when the order has no total");
            return verify_under(ret_error, "lines", (ptrdiff_t)i);
        }
        if (given(currency) && given(price->currency) && strcmp(currency, price->currency) != 0) {
            verify_fail(ret_error, "price", "is in %s after a line in %s, and the order has no total", price->currency,
                        currency);
            return verify_under(ret_error, "lines", (ptrdiff_t)i);
        }
        currency = given(currency) ? currency : price->currency;
        sum += line_value(lines[i]);
    }
    if (sum < 0)
        return verify_fail(ret_error, "total", "the lines add up to less than 0");
    sum = (sum + LINE_SCALE / 2) / LINE_SCALE;
    if (sum > MONEY_MAX)
        return verify_fail(ret_error, "total", "the lines add up to more than nine billion");
    *ret_micros = (int64_t)sum;
    return true;
}

static bool order_whole(const Tend__V1__Money *total, Tend__V1__OrderLine *const *lines, size_t count,
                        struct verify_error *ret_error)
{
    int64_t sum;
    if (total != NULL)
        return true;
    if (count == 0)
        return verify_fail(ret_error, "total", "is required when there are no lines");
    return coherence_order_sum(lines, count, &sum, ret_error);
}

static bool order_placed(const Tend__V1__Event *event, const ProtobufCMessage *message, struct verify_error *ret_error)
{
    (void)event;
    const Tend__V1__OrderPlaced *order = (const Tend__V1__OrderPlaced *)(const void *)message;
    return order_whole(order->total, order->lines, order->n_lines, ret_error);
}

static bool order_amended(const Tend__V1__Event *event, const ProtobufCMessage *message, struct verify_error *ret_error)
{
    (void)event;
    const Tend__V1__OrderAmended *order = (const Tend__V1__OrderAmended *)(const void *)message;
    return order_whole(order->total, order->lines, order->n_lines, ret_error);
}

// --- customers and reps ---

// 30 February is a day of the Chinese calendar only, and 31 May none of it.
static bool birthday(const char *text, bool in_lunar, struct verify_error *ret_error)
{
    struct date date;
    struct lunar lunar;
    if (!given(text))
        return true;
    if (in_lunar)
        return lunar_parse(text, strlen(text), &lunar) ||
               verify_fail(ret_error, "birthday", "not a day of the Chinese calendar, whose months have up to 30 days");
    return yearly_parse(text, strlen(text), &date) ||
           verify_fail(ret_error, "birthday", "not a day such as \"1980-05-17\" or \"--05-17\"");
}

static bool customer_upserted(const Tend__V1__Event *event, const ProtobufCMessage *message,
                              struct verify_error *ret_error)
{
    const Tend__V1__CustomerUpserted *customer = (const Tend__V1__CustomerUpserted *)(const void *)message;
    if (!given(customer->name) && customer->n_said == 0)
        return verify_fail(ret_error, "name", "is required");
    for (size_t i = 0; i < customer->n_said; i++) {
        if (portion_known(customer->said[i]))
            continue;
        verify_fail(ret_error, "", "is no field of a customer, such as \"region\" or \"contacts.phone\"");
        return verify_under(ret_error, "said", (ptrdiff_t)i);
    }
    if (same(customer->parent_customer_id, event->customer_id))
        return verify_fail(ret_error, "parent_customer_id", "is the customer itself");
    return birthday(customer->birthday, customer->lunar_birthday != 0, ret_error);
}

static bool other_customer(const Tend__V1__Event *event, const char *other, struct verify_error *ret_error)
{
    return !same(other, event->customer_id) || verify_fail(ret_error, "other_customer_id", "is the customer itself");
}

static bool customer_merged(const Tend__V1__Event *event, const ProtobufCMessage *message,
                            struct verify_error *ret_error)
{
    const Tend__V1__CustomerMerged *body = (const Tend__V1__CustomerMerged *)(const void *)message;
    return other_customer(event, body->other_customer_id, ret_error);
}

static bool customer_split(const Tend__V1__Event *event, const ProtobufCMessage *message,
                           struct verify_error *ret_error)
{
    const Tend__V1__CustomerSplit *body = (const Tend__V1__CustomerSplit *)(const void *)message;
    return other_customer(event, body->other_customer_id, ret_error);
}

static bool referral_made(const Tend__V1__Event *event, const ProtobufCMessage *message, struct verify_error *ret_error)
{
    const Tend__V1__ReferralMade *body = (const Tend__V1__ReferralMade *)(const void *)message;
    return other_customer(event, body->other_customer_id, ret_error);
}

static bool commission_paid(const Tend__V1__Event *event, const ProtobufCMessage *message,
                            struct verify_error *ret_error)
{
    const Tend__V1__CommissionPaid *body = (const Tend__V1__CommissionPaid *)(const void *)message;
    return other_customer(event, body->other_customer_id, ret_error);
}

static bool contact_person(const Tend__V1__Event *event, const ProtobufCMessage *message,
                           struct verify_error *ret_error)
{
    const Tend__V1__ContactPerson *person = (const Tend__V1__ContactPerson *)(const void *)message;
    bool whole = event->customer_upserted->n_said == 0; // else the rest of the person may be known
    if (whole && !given(person->name) && !given(person->phone) && !given(person->email))
        return verify_fail(ret_error, "name", "a person needs a name, a phone or an email");
    return birthday(person->birthday, person->lunar_birthday != 0, ret_error);
}

// Each part ends after it begins and begins no sooner than the one before it ends, as worktime demands.
static bool hours_whole(Tend__V1__Hours *const *hours, size_t count, const char *field, struct verify_error *ret_error)
{
    uint32_t free_from = 0;
    for (size_t i = 0; i < count; i++) {
        if (hours[i]->from_minute >= hours[i]->to_minute)
            verify_fail(ret_error, "to_minute", "must be after from_minute");
        else if (hours[i]->from_minute < free_from)
            verify_fail(ret_error, "from_minute", "is before the end of the part before it");
        else {
            free_from = hours[i]->to_minute;
            continue;
        }
        return verify_under(ret_error, field, (ptrdiff_t)i);
    }
    return true;
}

static bool rep_upserted(const Tend__V1__Event *event, const ProtobufCMessage *message, struct verify_error *ret_error)
{
    const Tend__V1__RepUpserted *rep = (const Tend__V1__RepUpserted *)(const void *)message;
    if (same(rep->manager_rep_id, event->rep_id))
        return verify_fail(ret_error, "manager_rep_id", "is the rep itself");
    if (same(rep->deputy_rep_id, event->rep_id))
        return verify_fail(ret_error, "deputy_rep_id", "is the rep itself");
    uint32_t days = 0;
    for (size_t i = 0; i < rep->n_working_days; i++) {
        uint32_t day = UINT32_C(1) << rep->working_days[i];
        if ((days & day) != 0) {
            verify_fail(ret_error, "", "the day %u is there twice", rep->working_days[i]);
            return verify_under(ret_error, "working_days", (ptrdiff_t)i);
        }
        days |= day;
    }
    return hours_whole(rep->working_hours, rep->n_working_hours, "working_hours", ret_error) &&
           hours_whole(rep->golden_hours, rep->n_golden_hours, "golden_hours", ret_error);
}

// --- periods; days in their text form compare as text ---

static bool period(const char *from, const char *to, struct verify_error *ret_error)
{
    if (given(from) && given(to) && strcmp(from, to) > 0)
        return verify_fail(ret_error, "to", "is before from");
    return true;
}

static bool rep_absent(const Tend__V1__Event *event, const ProtobufCMessage *message, struct verify_error *ret_error)
{
    (void)event;
    const Tend__V1__RepAbsent *body = (const Tend__V1__RepAbsent *)(const void *)message;
    int32_t from, to;
    if (!period(body->from, body->to, ret_error))
        return false;
    must(day_parse(body->from, strlen(body->from), &from) && day_parse(body->to, strlen(body->to), &to));
    return to - from < BOUNDS_ABSENCE_DAYS ||
           verify_fail(ret_error, "to", "an absence is at most %d days long", BOUNDS_ABSENCE_DAYS);
}

static bool contract_signed(const Tend__V1__Event *event, const ProtobufCMessage *message,
                            struct verify_error *ret_error)
{
    (void)event;
    const Tend__V1__ContractSigned *body = (const Tend__V1__ContractSigned *)(const void *)message;
    return period(body->from, body->to, ret_error);
}

static bool visit_planned(const Tend__V1__Event *event, const ProtobufCMessage *message, struct verify_error *ret_error)
{
    (void)event;
    const Tend__V1__VisitPlanned *body = (const Tend__V1__VisitPlanned *)(const void *)message;
    return period(body->from, body->to, ret_error);
}

// --- overrides: what can never hold is told to who sends it ---

enum {
    NAME_SHOWN = 64,  // bytes of a dimension's name in an error; only the schemes' are longer
    LIST_BYTES = 128, // the words of one dimension
    SCORES = 3,       // of value.rfm
    SCORE_BEST = 5    // the least is 1
};

static bool scores_good(const char *value)
{
    if (strlen(value) != SCORES)
        return false;
    for (int i = 0; i < SCORES; i++)
        if (value[i] < '1' || value[i] > '0' + SCORE_BEST)
            return false;
    return true;
}

static bool value_good(const struct catalogue_dimension *dimension, const char *value)
{
    if (dimension->form == CATALOGUE_SCORES)
        return scores_good(value);
    for (size_t i = 0; dimension->words[i] != NULL; i++)
        if (strcasecmp(dimension->words[i], value) == 0)
            return true;
    return dimension->form == CATALOGUE_OWN;
}

// "A, B or C"
static void list_words(const struct catalogue_dimension *dimension, char list[LIST_BYTES])
{
    size_t used = 0;
    for (size_t i = 0; dimension->words[i] != NULL; i++) {
        const char *before = i == 0 ? "" : dimension->words[i + 1] == NULL ? " or " : ", ";
        int length = snprintf(list + used, LIST_BYTES - used, "%s%s", before, dimension->words[i]);
        must(length > 0 && used + (size_t)length < LIST_BYTES);
        used += (size_t)length;
    }
}

static bool value_refuse(const struct catalogue_dimension *dimension, const Tend__V1__ValueOverridden *body,
                         struct verify_error *ret_error)
{
    size_t count = 0;
    int shown = (int)utf8_cut(body->dimension, strlen(body->dimension), NAME_SHOWN);
    if (dimension->form == CATALOGUE_SCORES)
        return verify_fail(ret_error, "value", "is no value of %.*s: three scores of 1 to %d such as 555", shown,
                           body->dimension, SCORE_BEST);
    while (dimension->words[count] != NULL)
        count++;
    const char *meant = nearest_name(body->value, dimension->words, count);
    if (meant != NULL)
        return verify_fail(ret_error, "value", "is no value of %.*s; did you mean \"%s\"?", shown, body->dimension,
                           meant);
    char list[LIST_BYTES];
    list_words(dimension, list);
    return verify_fail(ret_error, "value", "is no value of %.*s: %s", shown, body->dimension, list);
}

// An empty value takes back what was decided; it needs nothing else.
static bool value_overridden(const Tend__V1__Event *event, const ProtobufCMessage *message,
                             struct verify_error *ret_error)
{
    const Tend__V1__ValueOverridden *body = (const Tend__V1__ValueOverridden *)(const void *)message;
    const struct catalogue_dimension *dimension = catalogue_dimension_find(body->dimension);
    must(dimension != NULL);
    if (!given(body->value))
        return true;
    if (!value_good(dimension, body->value))
        return value_refuse(dimension, body, ret_error);
    // That `by` is there is a rule of every dimension.
    if (!given(body->until))
        return strcasecmp(body->value, CATALOGUE_BLACK) != 0 || dimension->form == CATALOGUE_OWN ||
               verify_fail(ret_error, "until", "is required for a black face: a last day, on which to look again");
    return day_ahead(event, "until", body->until, ret_error);
}

// --- announcements ---

enum { POINTS_MAX = 20 }; // more than anybody says in one call

static bool classes_whole(const Tend__V1__AnnouncementPublished *body, struct verify_error *ret_error)
{
    uint32_t seen = 0;
    for (size_t i = 0; i < body->n_classes; i++) {
        uint32_t class = UINT32_C(1) << body->classes[i];
        if (body->classes[i] == TEND__V1__ABC_CLASS_NAME__ABC_CLASS_NAME_UNSPECIFIED)
            verify_fail(ret_error, "", "is required");
        else if ((seen & class) != 0)
            verify_fail(ret_error, "", "is there twice");
        else {
            seen |= class;
            continue;
        }
        return verify_under(ret_error, "classes", (ptrdiff_t)i);
    }
    return true;
}

static bool points_whole(const Tend__V1__AnnouncementPublished *body, struct verify_error *ret_error)
{
    if (body->n_points > POINTS_MAX)
        return verify_fail(ret_error, "points", "has %zu entries, more than %d", body->n_points, POINTS_MAX);
    for (size_t i = 0; i < body->n_points; i++)
        if (!given(body->points[i])) {
            verify_fail(ret_error, "", "is empty");
            return verify_under(ret_error, "points", (ptrdiff_t)i);
        }
    return true;
}

// What is announced decides how it is told, so a kind that nobody knows would be told to nobody.
static bool announcement_kind(const char *kind, struct verify_error *ret_error)
{
    static const char *const kinds[] = {"product", "price", "lead_time", "promotion", "policy", "event"};
    size_t count = sizeof kinds / sizeof kinds[0];
    if (!given(kind))
        return true;
    for (size_t i = 0; i < count; i++)
        if (strcmp(kinds[i], kind) == 0)
            return true;
    const char *meant = nearest_name(kind, kinds, count);
    if (meant != NULL)
        return verify_fail(ret_error, "kind", "is no kind of announcement; did you mean \"%s\"?", meant);
    return verify_fail(ret_error, "kind",
                       "is no kind of announcement: product, price, lead_time, promotion, policy or event");
}

static bool announcement_published(const Tend__V1__Event *event, const ProtobufCMessage *message,
                                   struct verify_error *ret_error)
{
    const Tend__V1__AnnouncementPublished *body = (const Tend__V1__AnnouncementPublished *)(const void *)message;
    if (!announcement_kind(body->kind, ret_error))
        return false;
    if (given(body->kind) && strcmp(body->kind, "event") == 0 && !given(body->date))
        return verify_fail(ret_error, "date", "is required for an event");
    return day_ahead(event, "until", body->until, ret_error) && day_ahead(event, "date", body->date, ret_error) &&
           classes_whole(body, ret_error) && points_whole(body, ret_error);
}

// --- answers and the rest ---

static bool quote_lost(const Tend__V1__Event *event, const ProtobufCMessage *message, struct verify_error *ret_error)
{
    const Tend__V1__QuoteLost *body = (const Tend__V1__QuoteLost *)(const void *)message;
    return day_ahead(event, "follow_on", body->follow_on, ret_error);
}

// One that is overcome was told before, by its id.
static bool objection_raised(const Tend__V1__Event *event, const ProtobufCMessage *message,
                             struct verify_error *ret_error)
{
    (void)event;
    const Tend__V1__ObjectionRaised *body = (const Tend__V1__ObjectionRaised *)(const void *)message;
    if (given(body->kind) || given(body->what) || (body->overcome && given(body->objection_id)))
        return true;
    return verify_fail(ret_error, "what", "an objection needs a kind or a what");
}

static bool reminder_answered(const Tend__V1__Event *event, const ProtobufCMessage *message,
                              struct verify_error *ret_error)
{
    const Tend__V1__ReminderAnswered *body = (const Tend__V1__ReminderAnswered *)(const void *)message;
    bool put_off = body->outcome == TEND__V1__REMINDER_OUTCOME__REMINDER_OUTCOME_SNOOZED ||
                   body->outcome == TEND__V1__REMINDER_OUTCOME__REMINDER_OUTCOME_RESCHEDULED;
    if (put_off && body->next_at == NULL)
        return verify_fail(ret_error, "next_at", "is required when a reminder is put off");
    if (put_off && body->next_at->seconds <= event->time->seconds)
        return verify_fail(ret_error, "next_at", "lies before the answer: a reminder is put off to a time to come");
    int64_t most_s = event->time->seconds + (int64_t)BOUNDS_PUT_OFF_DAYS * DAY_MINUTES * 60;
    if (put_off && body->next_at->seconds >= most_s)
        return verify_fail(ret_error, "next_at", "a reminder is put off by at most %d days", BOUNDS_PUT_OFF_DAYS);
    return true;
}

coherence_check *coherence_find(const ProtobufCMessageDescriptor *descriptor)
{
    static const struct {
        const ProtobufCMessageDescriptor *descriptor;
        coherence_check *check;
    } checks[] = {
        {&tend__v1__order_placed__descriptor, order_placed},
        {&tend__v1__order_amended__descriptor, order_amended},
        {&tend__v1__customer_upserted__descriptor, customer_upserted},
        {&tend__v1__customer_merged__descriptor, customer_merged},
        {&tend__v1__customer_split__descriptor, customer_split},
        {&tend__v1__referral_made__descriptor, referral_made},
        {&tend__v1__commission_paid__descriptor, commission_paid},
        {&tend__v1__contact_person__descriptor, contact_person},
        {&tend__v1__rep_upserted__descriptor, rep_upserted},
        {&tend__v1__rep_absent__descriptor, rep_absent},
        {&tend__v1__contract_signed__descriptor, contract_signed},
        {&tend__v1__visit_planned__descriptor, visit_planned},
        {&tend__v1__value_overridden__descriptor, value_overridden},
        {&tend__v1__quote_lost__descriptor, quote_lost},
        {&tend__v1__objection_raised__descriptor, objection_raised},
        {&tend__v1__announcement_published__descriptor, announcement_published},
        {&tend__v1__reminder_answered__descriptor, reminder_answered},
    };
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++)
        if (checks[i].descriptor == descriptor)
            return checks[i].check;
    return NULL;
}
