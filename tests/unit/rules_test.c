#include "services/ingest/rules.h"

#include "services/ingest/catalogue.h"
#include "services/ingest/coherence.h"

#include "common/codec.h"
#include "common/money.h"

#include "unit/sample.h"

#include <stdlib.h>

// 2026-05-18T00:00:00Z, a few hours after the samples.
#define NOW_MS INT64_C(1779062400000)

struct bad {
    const char *text; // an event, or what follows a good envelope
    const char *field;
    const char *reason;
};

static const struct bad bad_envelopes[] = {
    {"{}", "id", "is required"},
    {"{\"id\":\" a\"}", "id", "space"},
    {"{\"id\":\"a \"}", "id", "space"},
    {"{\"id\":\"a\\u3000\"}", "id", "space"},
    {"{\"id\":\"\\u00a0a\"}", "id", "space"},
    {"{\"id\":\"a\\tb\"}", "id", "one line"},
    {"{\"id\":\" \"}", "id", "space"},
    {"{\"id\":\"a\"}", "source", "is required"},
    {"{\"id\":\"a\",\"source\":\"12345678901234567890123456789012345678901234567890123456789012345\"}", "source",
     "longer than 64"},
    {"{\"id\":\"a\",\"source\":\"s\"}", "time", "is required"},
    {"{\"id\":\"a\",\"source\":\"s\",\"time\":\"1989-12-31T23:59:59.999Z\"}", "time", "too early: before 1990-01-01"},
    {"{\"id\":\"a\",\"source\":\"s\",\"time\":\"2026-05-19T00:00:00.001Z\"}", "time", "more than a day ahead"},
    {"{\"id\":\"a\",\"source\":\"s\",\"time\":\"2300-01-01T00:00:00Z\"}", "time", "too late: after 2200-12-31"},
    {"{\"id\":\"a\",\"source\":\"s\",\"time\":\"2026-05-17T00:00:00Z\"}", "body", "no event body is set"},
    {"{\"id\":\"a\",\"source\":\"s\",\"time\":\"2026-05-17T00:00:00Z\",\"customerId\":\"c \"}", "customer_id", "space"},
    {"{\"id\":\"a\",\"source\":\"s\",\"time\":\"2026-05-17T00:00:00Z\",\"orderShipped\":{\"orderId\":\"o\"}}",
     "customer_id", "is required"},
    {"{\"id\":\"a\",\"source\":\"s\",\"time\":\"2026-05-17T00:00:00Z\",\"valueOverridden\":{}}", "customer_id",
     "is required"},
    {"{\"id\":\"a\",\"source\":\"s\",\"time\":\"2026-05-17T00:00:00Z\",\"repUpserted\":{\"name\":\"n\"}}", "rep_id",
     "is required"},
    {"{\"id\":\"a\",\"source\":\"s\",\"time\":\"2026-05-17T00:00:00Z\",\"customerId\":\"c\",\"repAbsent\":{}}",
     "rep_id", "is required"},
};

#define LINE(fields) "\"orderPlaced\":{\"orderId\":\"o\",\"total\":\"1\",\"lines\":[{" fields "}]}"
#define REP(fields) "\"repUpserted\":{\"name\":\"n\"," fields "}"
#define DECISION(dimension, value, fields) \
    "\"valueOverridden\":{\"dimension\":\"" dimension "\",\"value\":\"" value "\",\"by\":\"b\"" fields "}"
#define CUSTOMER(fields) "\"customerUpserted\":{\"name\":\"n\"," fields "}"

static const struct bad bad_bodies[] = {
    {"\"orderPlaced\":{}", "order_placed.order_id", "is required"},
    {"\"orderPlaced\":{\"orderId\":\"o\"}", "order_placed.total", "required when there are no lines"},
    {"\"orderAmended\":{\"orderId\":\"o\"}", "order_amended.total", "required when there are no lines"},
    {"\"orderPlaced\":{\"orderId\":\"o\",\"total\":\"-0.01\"}", "order_placed.total", "negative"},
    {"\"orderPlaced\":{\"orderId\":\"o\",\"total\":\"1\",\"currency\":\"cny\"}", "order_placed.currency", "capitals"},
    {"\"orderPlaced\":{\"orderId\":\"o\",\"total\":\"1\",\"currency\":\"CNYX\"}", "order_placed.currency", "capitals"},
    {"\"orderPlaced\":{\"orderId\":\"o\",\"total\":\"1\",\"currency\":\"RMB\"}", "order_placed.currency",
     "RMB is not a currency code in use; did you mean CNY?"},
    {"\"orderPlaced\":{\"orderId\":\"o\",\"total\":\"1\",\"currency\":\"X\\u0058X\"}", "order_placed.currency",
     "is not a currency code in use"}, // no currency at all
    {"\"orderPlaced\":{\"orderId\":\"o\",\"total\":\"1 DEM\"}", "order_placed.total",
     "DEM is not a currency code in use"},
    {"\"orderPlaced\":{\"orderId\":\"o\",\"total\":\"1 RMB\"}", "order_placed.total", "did you mean CNY?"},
    {LINE("\"quantityMilli\":1,\"cost\":\"1 XTS\""), "order_placed.lines[0].cost", "not a currency code in use"},
    {"\"orderPlaced\":{\"orderId\":\"o\",\"total\":\"1 USD\",\"currency\":\"CNY\"}", "order_placed.total",
     "is in USD, but the currency is CNY"},
    {"\"orderPlaced\":{\"orderId\":\"o\",\"total\":\"1\",\"promisedDelivery\":\"soon\"}",
     "order_placed.promised_delivery", "not a day"},
    {LINE("\"sku\":\"a\""), "order_placed.lines[0].quantity_milli", "must be 1 to"},
    {LINE("\"quantityMilli\":-5"), "order_placed.lines[0].quantity_milli", "must be 1 to"},
    {LINE("\"quantityMilli\":1000000000001"), "order_placed.lines[0].quantity_milli", "must be 1 to"},
    {LINE("\"quantityMilli\":1,\"discountPpm\":1000001"), "order_placed.lines[0].discount_ppm", "must be 0 to 1000000"},
    {LINE("\"quantityMilli\":1,\"cost\":\"-1\""), "order_placed.lines[0].cost", "negative"},
    {LINE("\"quantityMilli\":1,\"sku\":\"a\\nb\""), "order_placed.lines[0].sku", "one line"},
    {LINE("\"quantityMilli\":1},{\"quantityMilli\":1,\"name\":\"\\t\""), "order_placed.lines[1].name", "one line"},
    {"\"orderPlaced\":{\"orderId\":\"o\",\"currency\":\"CNY\",\"lines\":[{\"quantityMilli\":1,\"price\":\"1 USD\"}]}",
     "order_placed.lines[0].price", "is in USD, but the currency is CNY"},
    {"\"orderPlaced\":{\"orderId\":\"o\",\"lines\":[{\"quantityMilli\":1,\"price\":\"1 USD\"},{\"quantityMilli\":1}]}",
     "order_placed.lines[1].price", "required when the order has no total"},
    {"\"orderPlaced\":{\"orderId\":\"o\",\"lines\":[{\"quantityMilli\":1,\"price\":\"1 USD\"},{\"quantityMilli\":1,"
     "\"price\":\"1 EUR\"}]}",
     "order_placed.lines[1].price", "is in EUR after a line in USD"},
    {"\"orderPlaced\":{\"orderId\":\"o\",\"lines\":[{\"quantityMilli\":1,\"price\":\"-1\"}]}", "order_placed.total",
     "less than 0"},
    {"\"orderPlaced\":{\"orderId\":\"o\",\"lines\":[{\"quantityMilli\":1001,\"price\":\"9000000000\"}]}",
     "order_placed.total", "more than nine billion"},
    {"\"orderPaid\":{}", "order_paid.order_id", "is required"},
    {"\"orderPaid\":{\"orderId\":\"o\",\"amount\":\"-1\"}", "order_paid.amount", "negative"},
    {"\"orderShipped\":{}", "order_shipped.order_id", "is required"},
    {"\"orderDelivered\":{}", "order_delivered.order_id", "is required"},
    {"\"orderCancelled\":{}", "order_cancelled.order_id", "is required"},
    {"\"orderRefunded\":{\"orderId\":\"o\"}", "order_refunded.amount", "is required"},
    {"\"orderRefunded\":{\"orderId\":\"o\",\"amount\":\"0\"}", "order_refunded.amount", "more than 0"},
    {"\"orderRefunded\":{\"orderId\":\"o\",\"amount\":\"-5 CNY\"}", "order_refunded.amount", "more than 0"},
    {"\"deliveryScheduled\":{\"orderId\":\"o\"}", "delivery_scheduled.date", "is required"},
    {"\"deliveryScheduled\":{\"orderId\":\"o\",\"date\":\"2026-02-29\"}", "delivery_scheduled.date", "not a day"},
    {"\"deliveryScheduled\":{\"orderId\":\"o\",\"date\":\"1899-12-31\"}", "delivery_scheduled.date", "1900 to 2200"},
    {"\"deliveryScheduled\":{\"orderId\":\"o\",\"date\":\"2201-01-01\"}", "delivery_scheduled.date", "1900 to 2200"},
    {"\"deliveryScheduled\":{\"orderId\":\"o\",\"date\":\"2026-5-17\"}", "delivery_scheduled.date", "not a day"},
    {"\"deliveryScheduled\":{\"orderId\":\"o\",\"date\":\"--05-17\"}", "delivery_scheduled.date", "not a day"},
    {"\"deliveryScheduled\":{\"orderId\":\"o\",\"date\":\"2026-05-17T00:00:00Z\"}", "delivery_scheduled.date",
     "not a day"},
    {"\"deliveryDelayed\":{\"date\":\"2026-06-01\"}", "delivery_delayed.order_id", "is required"},
    {"\"orderError\":{\"orderId\":\"o\"}", "order_error.what", "is required"},
    {"\"orderError\":{\"orderId\":\"o\",\"what\":\" \\n\\u3000\"}", "order_error.what", "is blank"},
    {"\"customerUpserted\":{}", "customer_upserted.name", "is required"},
    {CUSTOMER("\"birthday\":\"--02-30\""), "customer_upserted.birthday", "not a day"},
    {CUSTOMER("\"birthday\":\"1899-01-01\""), "customer_upserted.birthday", "1900 to 2200"},
    {CUSTOMER("\"birthday\":\"05-17\""), "customer_upserted.birthday", "not a day"},
    {CUSTOMER("\"foundingDay\":\"1998\""), "customer_upserted.founding_day", "not a day"},
    {CUSTOMER("\"cooperationSince\":\"--05-17\""), "customer_upserted.cooperation_since", "not a day"},
    {CUSTOMER("\"creditLimit\":\"-1\""), "customer_upserted.credit_limit", "negative"},
    {CUSTOMER("\"creditDays\":3651"), "customer_upserted.credit_days", "must be 0 to 3650"},
    {CUSTOMER("\"parentCustomerId\":\"c1\""), "customer_upserted.parent_customer_id", "itself"},
    {CUSTOMER("\"language\":\"Chinese?\""), "customer_upserted.language", "not a language"},
    {CUSTOMER("\"language\":\"z\""), "customer_upserted.language", "not a language"},
    {CUSTOMER("\"timeZone\":\"Asia/Shang hai\""), "customer_upserted.time_zone", "not a time zone"},
    {CUSTOMER("\"timeZone\":\"../etc/passwd\""), "customer_upserted.time_zone", "not a time zone"},
    {CUSTOMER("\"timeZone\":\"+08:00\""), "customer_upserted.time_zone", "not a time zone"},
    {CUSTOMER("\"timeZone\":\"Asia//Shanghai\""), "customer_upserted.time_zone", "not a time zone"},
    {CUSTOMER("\"contacts\":[{}]"), "customer_upserted.contacts[0].name", "a name, a phone or an email"},
    {CUSTOMER("\"contacts\":[{\"name\":\"a\"},{\"phone\":\"12\"}]"), "customer_upserted.contacts[1].phone",
     "no phone number"},
    {CUSTOMER("\"contacts\":[{\"email\":\"a.b\"}]"), "customer_upserted.contacts[0].email", "not an email"},
    {CUSTOMER("\"contacts\":[{\"email\":\"@b\"}]"), "customer_upserted.contacts[0].email", "not an email"},
    {CUSTOMER("\"contacts\":[{\"email\":\"a@\"}]"), "customer_upserted.contacts[0].email", "not an email"},
    {CUSTOMER("\"contacts\":[{\"email\":\"a b@c\"}]"), "customer_upserted.contacts[0].email", "not an email"},
    {CUSTOMER("\"contacts\":[{\"name\":\"a\",\"birthday\":\"1980-13-01\"}]"), "customer_upserted.contacts[0].birthday",
     "not a day"},
    {CUSTOMER("\"fileFields\":[{\"value\":\"v\"}]"), "customer_upserted.file_fields[0].name", "is required"},
    {"\"customerMerged\":{}", "customer_merged.other_customer_id", "is required"},
    {"\"customerMerged\":{\"otherCustomerId\":\"c1\"}", "customer_merged.other_customer_id", "itself"},
    {"\"customerSplit\":{\"otherCustomerId\":\"c1\"}", "customer_split.other_customer_id", "itself"},
    {"\"contactLogged\":{}", "contact_logged.outcome", "is required"},
    {"\"contactLogged\":{\"outcome\":\"reached\",\"minutes\":1441}", "contact_logged.minutes", "must be 0 to 1440"},
    {"\"contactLogged\":{\"outcome\":\"reached\",\"nextAt\":\"1980-01-01T00:00:00Z\"}", "contact_logged.next_at",
     "too early: before 1990-01-01"},
    {"\"contactLogged\":{\"outcome\":\"reached\",\"nextAt\":\"2201-01-01T00:00:00Z\"}", "contact_logged.next_at",
     "after 2200"},
    {"\"messageReceived\":{}", "message_received.message_id", "is required"},
    {"\"messageReplied\":{}", "message_replied.message_id", "is required"},
    {"\"promiseMade\":{\"what\":\"w\"}", "promise_made.promise_id", "is required"},
    {"\"promiseMade\":{\"promiseId\":\"p\"}", "promise_made.what", "is required"},
    {"\"promiseMade\":{\"promiseId\":\"p\",\"what\":\"w\"}", "promise_made.due", "is required"},
    {"\"promiseExtended\":{\"promiseId\":\"p\"}", "promise_extended.due", "is required"},
    {"\"promiseKept\":{}", "promise_kept.promise_id", "is required"},
    {"\"promiseBroken\":{}", "promise_broken.promise_id", "is required"},
    {"\"complaintOpened\":{\"complaintId\":\"k\"}", "complaint_opened.what", "is required"},
    {"\"complaintAcknowledged\":{}", "complaint_acknowledged.complaint_id", "is required"},
    {"\"complaintResolved\":{\"complaintId\":\"k\",\"compensation\":\"-1\"}", "complaint_resolved.compensation",
     "negative"},
    {"\"surveyAnswered\":{}", "survey_answered.score", "must be 1 to 5"},
    {"\"surveyAnswered\":{\"score\":6}", "survey_answered.score", "must be 1 to 5, and is 6"},
    {"\"surveyAnswered\":{\"score\":5,\"expected\":6}", "survey_answered.expected", "must be 0 to 5"},
    {"\"surveyAnswered\":{\"score\":5,\"dimensions\":[{\"name\":\"speed\"}]}", "survey_answered.dimensions[0].score",
     "must be 1 to 5"},
    {"\"leadUpdated\":{\"intention\":6}", "lead_updated.intention", "must be 0 to 5"},
    {"\"leadUpdated\":{\"expectedOrderDate\":\"2026-04-31\"}", "lead_updated.expected_order_date", "not a day"},
    {"\"leadUpdated\":{\"expectedQuantityMilli\":-1}", "lead_updated.expected_quantity_milli", "must be 0 to"},
    {"\"contractSigned\":{}", "contract_signed.contract_id", "is required"},
    {"\"contractSigned\":{\"contractId\":\"v\",\"from\":\"2026-02-02\",\"to\":\"2026-02-01\"}", "contract_signed.to",
     "is before from"},
    {"\"contractEnded\":{}", "contract_ended.contract_id", "is required"},
    {"\"quoteSent\":{\"quoteId\":\"q\",\"probabilityPpm\":1000001}", "quote_sent.probability_ppm", "must be 0 to"},
    {"\"quoteLost\":{}", "quote_lost.quote_id", "is required"},
    {"\"objectionRaised\":{}", "objection_raised.what", "a kind or a what"},
    {"\"giftGiven\":{}", "gift_given.what", "is required"},
    {"\"costRecorded\":{}", "cost_recorded.amount", "is required"},
    {"\"costRecorded\":{\"amount\":\"-1\"}", "cost_recorded.amount", "negative"},
    {"\"cooperationRated\":{\"loyalty\":3}", "cooperation_rated.score", "must be 1 to 5"},
    {"\"policyExceptionAsked\":{\"exceptionId\":\"x\"}", "policy_exception_asked.what", "is required"},
    {"\"policyExceptionApproved\":{\"exceptionId\":\"x\"}", "policy_exception_approved.by", "is required"},
    {"\"visitPlanned\":{\"visitId\":\"v\"}", "visit_planned.from", "is required"},
    {"\"visitPlanned\":{\"visitId\":\"v\",\"from\":\"2026-06-02\",\"to\":\"2026-06-01\"}", "visit_planned.to",
     "is before from"},
    {"\"visitPlanned\":{\"visitId\":\"v\",\"from\":\"2026-06-02\",\"customerIds\":[\"a\",\" b\"]}",
     "visit_planned.customer_ids[1]", "space"},
    {"\"visitApproved\":{\"visitId\":\"v\"}", "visit_approved.by", "is required"},
    {"\"visitReported\":{\"visitId\":\"v\"}", "visit_reported.report", "is required"},
    {"\"referralMade\":{\"otherCustomerId\":\"c1\"}", "referral_made.other_customer_id", "itself"},
    {"\"praiseReceived\":{}", "praise_received.what", "is required"},
    {"\"competitorSeen\":{}", "competitor_seen.who", "is required"},
    {"\"announcementPublished\":{\"announcementId\":\"n\"}", "announcement_published.title", "is required"},
    {"\"announcementPublished\":{\"announcementId\":\"n\",\"title\":\"t\",\"customerIds\":[\"\\t\"]}",
     "announcement_published.customer_ids[0]", "space"},
    {"\"repUpserted\":{}", "rep_upserted.name", "is required"},
    {REP("\"managerRepId\":\"r1\""), "rep_upserted.manager_rep_id", "itself"},
    {REP("\"deputyRepId\":\"r1\""), "rep_upserted.deputy_rep_id", "itself"},
    {REP("\"languages\":[\"en\",\"-\"]"), "rep_upserted.languages[1]", "not a language"},
    {REP("\"workingHours\":[{\"fromMinute\":600,\"toMinute\":600}]"), "rep_upserted.working_hours[0].to_minute",
     "after from_minute"},
    {REP("\"workingHours\":[{\"fromMinute\":600}]"), "rep_upserted.working_hours[0].to_minute", "must be 1 to 1440"},
    {REP("\"workingHours\":[{\"toMinute\":1441}]"), "rep_upserted.working_hours[0].to_minute", "must be 1 to 1440"},
    {REP("\"workingHours\":[{\"toMinute\":700},{\"fromMinute\":699,\"toMinute\":800}]"),
     "rep_upserted.working_hours[1].from_minute", "before the end"},
    {REP("\"goldenHours\":[{\"fromMinute\":1440,\"toMinute\":1440}]"), "rep_upserted.golden_hours[0].from_minute",
     "must be 0 to 1439"},
    {REP("\"workingDays\":[1,8]"), "rep_upserted.working_days[1]", "must be 1 to 7"},
    {REP("\"workingDays\":[0]"), "rep_upserted.working_days[0]", "must be 1 to 7"},
    {REP("\"workingDays\":[1,2,1]"), "rep_upserted.working_days[2]", "twice"},
    {REP("\"dailyCapacity\":1001"), "rep_upserted.daily_capacity", "must be 0 to 1000"},
    {"\"repAbsent\":{\"from\":\"2026-07-01\"}", "rep_absent.to", "is required"},
    {"\"repAbsent\":{\"from\":\"2026-07-02\",\"to\":\"2026-07-01\"}", "rep_absent.to", "is before from"},
    {"\"valueOverridden\":{\"by\":\"b\"}", "value_overridden.dimension", "is required"},
    {"\"valueOverridden\":{\"dimension\":\"value.abcd\",\"by\":\"b\"}", "value_overridden.dimension",
     "did you mean \"value.abc\"?"},
    {"\"valueOverridden\":{\"dimension\":\"class\",\"by\":\"b\"}", "value_overridden.dimension", "not a dimension"},
    {"\"valueOverridden\":{\"dimension\":\"value.abc\"}", "value_overridden.by", "is required"},
    {"\"valueOverridden\":{\"dimension\":\"value.abc\",\"by\":\"b\",\"until\":\"x\"}", "value_overridden.until",
     "not a day"},
    {DECISION("value.face", "blue", ""), "value_overridden.value",
     "is no value of value.face: none, red, white or black"},
    {DECISION("value.face", "blakc", ""), "value_overridden.value",
     "is no value of value.face; did you mean \"black\"?"},
    {DECISION("value.abc", "Z", ""), "value_overridden.value", "is no value of value.abc: A, B or C"},
    {DECISION("value.abc.volume", "D", ""), "value_overridden.value", "is no value of value.abc.volume: A, B or C"},
    {DECISION("value.abc", " A", ""), "value_overridden.value", "is no value of value.abc"},
    {DECISION("value.abc.", "A", ""), "value_overridden.dimension", "not a dimension"},
    {DECISION("value.rfm", "556", ""), "value_overridden.value", "three scores of 1 to 5"},
    {DECISION("value.rfm", "055", ""), "value_overridden.value", "three scores of 1 to 5"},
    {DECISION("value.rfm", "5555", ""), "value_overridden.value", "three scores of 1 to 5"},
    {DECISION("value.kind", "relational:bets", ""), "value_overridden.value", "did you mean \"relational:best\"?"},
    {DECISION("lead.stage", "somewhere", ""), "value_overridden.value",
     "is no value of lead.stage: not_reached, added, key_person, plans, intends, contract_sent, in_contract or "
     "expired"},
    {DECISION("value.face", "black", ""), "value_overridden.until", "is required for a black face"},
    {DECISION("value.face", "BLACK", ",\"until\":\"\""), "value_overridden.until", "is required for a black face"},
    {DECISION("value.abc", "A", ",\"until\":\"2026-05-15\""), "value_overridden.until", "is before the event"},
    {"\"reminderAnswered\":{\"outcome\":\"done\"}", "reminder_answered.reminder_id", "is required"},
    {"\"reminderAnswered\":{\"reminderId\":\"r\"}", "reminder_answered.outcome", "is required"},
    {"\"reminderAnswered\":{\"reminderId\":\"r\",\"outcome\":\"snoozed\"}", "reminder_answered.next_at", "is required"},
    {"\"reminderAnswered\":{\"reminderId\":\"r\",\"outcome\":\"rescheduled\"}", "reminder_answered.next_at",
     "is required"},
};

// What is unusual and still good.
static const char *const good_bodies[] = {
    "\"orderPlaced\":{\"orderId\":\"o\",\"total\":\"0\"}",
    "\"orderPlaced\":{\"orderId\":\"o\",\"total\":\"9000000000 CNY\",\"promisedDelivery\":\"2000-02-29\"}",
    "\"orderPlaced\":{\"orderId\":\"o\",\"total\":\"1 USD\",\"lines\":[{\"quantityMilli\":1,\"price\":\"1 EUR\"}]}",
    "\"orderPlaced\":{\"orderId\":\"o\",\"lines\":[{\"quantityMilli\":1000000000000,\"price\":\"9\",\"discountPpm\":"
    "1000000}]}",
    "\"orderPlaced\":{\"orderId\":\"o\",\"lines\":[{\"quantityMilli\":2000,\"price\":\"9 "
    "CNY\"},{\"quantityMilli\":1000,"
    "\"price\":\"-18\"}]}",
    "\"orderPlaced\":{\"orderId\":\"o\",\"currency\":\"CNY\",\"lines\":[{\"quantityMilli\":1,\"price\":\"1 CNY\"}]}",
    "\"orderRefunded\":{\"orderId\":\"o\",\"amount\":\"0.000001\"}",
    "\"customerErased\":{}",
    "\"customerUpserted\":{\"name\":\" \xE7\x8E\x8B \",\"timeZone\":\"Etc/GMT+8\",\"birthday\":\"--02-29\"}",
    "\"leadUpdated\":{}",
    "\"needLost\":{}",
    "\"contractSigned\":{\"contractId\":\"v\",\"from\":\"2026-01-01\",\"to\":\"2026-01-01\"}",
    "\"contractSigned\":{\"contractId\":\"v\",\"to\":\"2026-01-01\"}",
    "\"reminderAnswered\":{\"reminderId\":\"r\",\"outcome\":\"done\"}",
    DECISION("value.face", "Black", ",\"until\":\"2026-05-17\""),
    DECISION("value.abc", "b", ",\"until\":\"2026-05-16\""), // still that day in the west
    DECISION("value.abc.volume", "C", ""),
    DECISION("value.policy", "platinum", ""),
    DECISION("value.policy", "black", ""),
    DECISION("value.rfm", "151", ""),
    DECISION("value.face", "", ""),
    DECISION("value.abc", "", ",\"until\":\"2020-01-01\""), // taken back
    "\"orderPlaced\":{\"orderId\":\"o\",\"total\":\"1 XAU\"}",
    "\"orderPlaced\":{\"orderId\":\"o\",\"total\":\"1\",\"currency\":\"HRK\"}",
    REP("\"workingHours\":[{\"toMinute\":60},{\"fromMinute\":60,\"toMinute\":1440}]"),
    "\"contactLogged\":{\"outcome\":\"no_answer\",\"note\":\"line\\nand\\ttab\"}",
};

static Tend__V1__Event *read(const char *text)
{
    struct verify_error error;
    ProtobufCMessage *message = codec_from_text(&tend__v1__event__descriptor, text, strlen(text), NULL, &error);
    if (message == NULL || !verify_message(message, NULL, &error))
        fail_msg("%s: %s: %s", text, error.field, error.reason);
    return (Tend__V1__Event *)(void *)message;
}

static void expect_bad(const char *text, const struct bad *bad)
{
    struct verify_error error = {"untouched", "untouched"};
    Tend__V1__Event *event = read(text);
    if (rules_check(event, NOW_MS, &error))
        fail_msg("%s was accepted", text);
    if (strcmp(error.field, bad->field) != 0 || strstr(error.reason, bad->reason) == NULL)
        fail_msg("%s: \"%s\" \"%s\"", text, error.field, error.reason);
    tend__v1__event__free_unpacked(event, NULL);
}

static void expect_good(const char *text)
{
    struct verify_error error = {"untouched", "untouched"};
    Tend__V1__Event *event = read(text);
    if (!rules_check(event, NOW_MS, &error))
        fail_msg("%s: \"%s\" \"%s\"", text, error.field, error.reason);
    assert_string_equal(error.field, "untouched");
    tend__v1__event__free_unpacked(event, NULL);
}

static const char *with_envelope(const char *body)
{
    static char text[2 * SAMPLE_BYTES];
    snprintf(
        text, sizeof text,
        "{\"id\":\"e\",\"source\":\"s\",\"time\":\"2026-05-17T00:00:00Z\",\"customerId\":\"c1\",\"repId\":\"r1\",%s}",
        body);
    return text;
}

static void bad_events_are_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad_envelopes / sizeof bad_envelopes[0]; i++)
        expect_bad(bad_envelopes[i].text, &bad_envelopes[i]);
    for (size_t i = 0; i < sizeof bad_bodies / sizeof bad_bodies[0]; i++)
        expect_bad(with_envelope(bad_bodies[i].text), &bad_bodies[i]);
}

static void good_events_pass(void **state)
{
    (void)state;
    const struct samples *samples = samples_read();
    for (size_t i = 0; i < samples->count; i++)
        expect_good(samples->texts[i]);
    for (size_t i = 0; i < sizeof good_bodies / sizeof good_bodies[0]; i++)
        expect_good(with_envelope(good_bodies[i]));
}

// Each text of the catalogue, one byte too long, and just as long as it may be.
static void texts_have_their_length(void **state)
{
    (void)state;
    const struct samples *samples = samples_read();
    const ProtobufCMessageDescriptor *descriptor = &tend__v1__event__descriptor;
    unsigned tried = 0;
    for (size_t i = 0; i < samples->count; i++) {
        Tend__V1__Event *event = read(samples->texts[i]);
        ProtobufCMessage *body = (ProtobufCMessage *)(void *)event->order_placed;
        const char *name = protobuf_c_message_descriptor_get_field(descriptor, event->body_case)->name;
        char any_word[] = "value.policy", *dimension = NULL; // whose values may be called anything
        if (event->body_case == TEND__V1__EVENT__BODY_VALUE_OVERRIDDEN) {
            dimension = event->value_overridden->dimension;
            event->value_overridden->dimension = any_word;
        }
        for (unsigned n = 0; n < body->descriptor->n_fields; n++) {
            const ProtobufCFieldDescriptor *field = &body->descriptor->fields[n];
            char **place = (char **)(void *)((char *)body + field->offset);
            for (size_t r = 0; r < catalogue_rule_count; r++) {
                const struct catalogue_rule *rule = &catalogue_rules[r];
                if (strcmp(rule->message, body->descriptor->short_name) != 0 || strcmp(rule->field, field->name) != 0 ||
                    rule->kind > CATALOGUE_TEXT || field->label == PROTOBUF_C_LABEL_REPEATED)
                    continue;
                char *kept = *place;
                char text[5000], path[VERIFY_TEXT_BYTES];
                struct verify_error error;
                memset(text, 'x', sizeof text);
                text[rule->most] = '\0';
                *place = text;
                assert_true(rules_check(event, NOW_MS, &error));
                text[rule->most] = 'x';
                text[rule->most + 1] = '\0';
                assert_false(rules_check(event, NOW_MS, &error));
                snprintf(path, sizeof path, "%s.%s", name, field->name);
                assert_string_equal(error.field, path);
                *place = kept;
                tried++;
            }
        }
        if (dimension != NULL)
            event->value_overridden->dimension = dimension;
        tend__v1__event__free_unpacked(event, NULL);
    }
    assert_true(tried > 80);
}

static void lists_have_their_length(void **state)
{
    (void)state;
    struct verify_error error;
    Tend__V1__Event *event = read(with_envelope(CUSTOMER("\"contacts\":[{\"name\":\"a\"}]")));
    Tend__V1__CustomerUpserted *customer = event->customer_upserted;
    Tend__V1__ContactPerson *person = customer->contacts[0];
    Tend__V1__ContactPerson **kept = customer->contacts;
    Tend__V1__ContactPerson *many[51];
    for (size_t i = 0; i < 51; i++)
        many[i] = person;
    customer->contacts = many;
    customer->n_contacts = 50;
    assert_true(rules_check(event, NOW_MS, &error));
    customer->n_contacts = 51;
    assert_false(rules_check(event, NOW_MS, &error));
    assert_string_equal(error.field, "customer_upserted.contacts");
    assert_string_equal(error.reason, "has 51 entries, more than 50");
    customer->contacts = kept;
    customer->n_contacts = 1;
    tend__v1__event__free_unpacked(event, NULL);
}

static void currencies_are_well_written(void **state)
{
    (void)state;
    const char *before = "";
    size_t length = strlen(catalogue_currencies);
    assert_int_equal(length % 4, 0);
    for (const char *at = catalogue_currencies; *at != '\0'; at += 4) {
        char code[MONEY_CODE_BYTES] = {at[0], at[1], at[2], '\0'};
        assert_true(money_code_valid(code) && at[3] == ' ');
        assert_true(strncmp(before, code, 3) < 0); // in order, so each is there once
        assert_true(catalogue_currency_known(code));
        assert_null(catalogue_currency_meant(code));
        before = at;
    }
    assert_false(catalogue_currency_known("AED "));
    assert_false(catalogue_currency_known(""));
    assert_true(catalogue_currency_known(catalogue_currency_meant("RMB")));
}

static void clock_is_that_of_the_caller(void **state)
{
    (void)state;
    struct verify_error error;
    Tend__V1__Event *event = read(with_envelope("\"orderShipped\":{\"orderId\":\"o\"}"));
    int64_t happened = event->time->seconds * 1000;
    assert_true(rules_check(event, happened - INT64_C(86400000), &error));
    assert_false(rules_check(event, happened - INT64_C(86400001), &error));
    assert_string_equal(error.field, "time");
    tend__v1__event__free_unpacked(event, NULL);
}

static void lines_add_up(void **state)
{
    (void)state;
    static const struct {
        const char *lines;
        int64_t sum;
    } cases[] = {
        {"{\"quantityMilli\":1000,\"price\":\"1\"}", 1000000},
        {"{\"quantityMilli\":2500,\"price\":\"120.50\",\"discountPpm\":100000},{\"quantityMilli\":1000,\"price\":"
         "\"99\"}",
         370125000},
        {"{\"quantityMilli\":1,\"price\":\"0.0005\"}", 1}, // half a micro, away from zero
        {"{\"quantityMilli\":1,\"price\":\"0.000499\"}", 0},
        {"{\"quantityMilli\":1,\"price\":\"0.0002\"},{\"quantityMilli\":1,\"price\":\"0.0003\"}", 1}, // rounded once
        {"{\"quantityMilli\":1000000000000,\"price\":\"9\"}", MONEY_MAX},
        {"{\"quantityMilli\":1000000000000,\"price\":\"9000000000\"},{\"quantityMilli\":1000000000000,\"price\":"
         "\"-9000000000\"}",
         0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[SAMPLE_BYTES];
        int64_t sum = -1;
        struct verify_error error;
        snprintf(text, sizeof text, "\"orderPlaced\":{\"orderId\":\"o\",\"lines\":[%s]}", cases[i].lines);
        Tend__V1__Event *event = read(with_envelope(text));
        const Tend__V1__OrderPlaced *order = event->order_placed;
        assert_true(coherence_order_sum(order->lines, order->n_lines, &sum, &error));
        assert_int_equal(sum, cases[i].sum);
        tend__v1__event__free_unpacked(event, NULL);
    }
}

int main(void)
{
    rules_compile();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_events_are_named),        cmocka_unit_test(good_events_pass),
        cmocka_unit_test(texts_have_their_length),     cmocka_unit_test(lists_have_their_length),
        cmocka_unit_test(clock_is_that_of_the_caller), cmocka_unit_test(lines_add_up),
        cmocka_unit_test(currencies_are_well_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
