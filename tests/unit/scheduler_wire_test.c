// Each event as the scheduler reads it: of what kind it is, what it says, and whether the customer was reached.
#include "services/scheduler/wire.h"

#include "common/codec.h"
#include "tend/v1/journal.pb-c.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct arena *arena;

static int open_arena(void **state)
{
    (void)state;
    arena = arena_open(1 << 16, 1 << 24);
    return 0;
}

static int close_arena(void **state)
{
    (void)state;
    arena_close(&arena);
    return 0;
}

static struct fact read_message(uint16_t type, const ProtobufCMessage *message)
{
    struct fact fact;
    size_t length = protobuf_c_message_get_packed_size(message);
    uint8_t *bytes = arena_take(arena, length + 1);
    protobuf_c_message_pack(message, bytes);
    fact_read(&(struct record){.type = type, .time_ms = 5000, .payload = bytes, .length = length}, arena, &fact);
    return fact;
}

static struct fact read_json(const char *json)
{
    struct verify_error error;
    ProtobufCMessage *event =
        codec_from_text(&tend__v1__event__descriptor, json, strlen(json), arena_allocator(arena), &error);
    if (event == NULL)
        fail_msg("%s: %s %s", json, error.field, error.reason);
    return read_message(TEND__V1__RECORD_TYPE__RECORD_TYPE_EVENT, event);
}

// An event with that body, of customer C1 and rep wang.
static struct fact read_body(const char *body)
{
    return read_json(
        arena_format(arena,
                     "{\"id\":\"7\",\"source\":\"crm\",\"time\":\"2026-06-01T10:00:00Z\",\"customerId\":\"C1\","
                     "\"repId\":\"wang\",%s}",
                     body));
}

static const struct {
    const char *name; // of the body
    const char *json;
    enum fact_kind kind;
    bool touches;
} BODIES[] = {
    {"orderPlaced", "{\"orderId\":\"o\"}", FACT_NONE, false},
    {"orderAmended", "{\"orderId\":\"o\"}", FACT_NONE, false},
    {"orderRefunded", "{\"orderId\":\"o\"}", FACT_NONE, false},
    {"orderPaid", "{\"orderId\":\"o\"}", FACT_ORDER, false},
    {"orderShipped", "{\"orderId\":\"o\"}", FACT_ORDER, false},
    {"orderDelivered", "{\"orderId\":\"o\"}", FACT_ORDER, false},
    {"orderCancelled", "{\"orderId\":\"o\"}", FACT_ORDER, false},
    {"deliveryScheduled", "{\"orderId\":\"o\",\"date\":\"2026-06-20\"}", FACT_ORDER, false},
    {"deliveryDelayed", "{\"orderId\":\"o\",\"date\":\"2026-06-24\"}", FACT_ORDER, false},
    {"orderError", "{\"orderId\":\"o\",\"what\":\"short\"}", FACT_ORDER, false},
    {"customerUpserted", "{\"name\":\"Lake\"}", FACT_CUSTOMER, false},
    {"customerMerged", "{\"otherCustomerId\":\"C2\"}", FACT_MERGED, false},
    {"customerSplit", "{\"otherCustomerId\":\"C2\"}", FACT_SPLIT, false},
    {"customerErased", "{}", FACT_ERASED, false},
    {"contactLogged", "{\"outcome\":\"reached\"}", FACT_CONTACT, false},
    {"messageReceived", "{\"messageId\":\"m\"}", FACT_MESSAGE, false},
    {"messageReplied", "{\"messageId\":\"m\"}", FACT_MESSAGE, true},
    {"promiseMade", "{\"promiseId\":\"p\"}", FACT_PROMISE, false},
    {"promiseExtended", "{\"promiseId\":\"p\"}", FACT_PROMISE, false},
    {"promiseKept", "{\"promiseId\":\"p\"}", FACT_PROMISE, false},
    {"promiseBroken", "{\"promiseId\":\"p\"}", FACT_PROMISE, false},
    {"complaintOpened", "{\"complaintId\":\"c\"}", FACT_COMPLAINT, false},
    {"complaintAcknowledged", "{\"complaintId\":\"c\"}", FACT_COMPLAINT, false},
    {"complaintActed", "{\"complaintId\":\"c\"}", FACT_COMPLAINT, false},
    {"complaintResolved", "{\"complaintId\":\"c\"}", FACT_COMPLAINT, false},
    {"surveyAnswered", "{\"score\":4}", FACT_SURVEY, false},
    {"surveySent", "{\"channel\":\"email\"}", FACT_SURVEY, true},
    {"leadUpdated", "{\"stage\":\"intends\"}", FACT_LEAD, false},
    {"contractSigned", "{\"contractId\":\"k\"}", FACT_CONTRACT, false},
    {"contractEnded", "{\"contractId\":\"k\"}", FACT_CONTRACT, false},
    {"quoteSent", "{\"quoteId\":\"q\"}", FACT_QUOTE, false},
    {"quoteLost", "{\"quoteId\":\"q\",\"followOn\":\"2026-09-01\"}", FACT_QUOTE, false},
    {"objectionRaised", "{\"kind\":\"price\"}", FACT_OBJECTION, false},
    {"giftGiven", "{\"what\":\"tea\",\"amount\":\"120 CNY\"}", FACT_GIFT, false},
    {"costRecorded", "{\"kind\":\"freight\"}", FACT_NONE, false},
    {"cooperationRated", "{\"score\":4}", FACT_NONE, false},
    {"policyExceptionAsked", "{\"exceptionId\":\"x\",\"amount\":\"800 CNY\"}", FACT_POLICY, false},
    {"policyExceptionApproved", "{\"exceptionId\":\"x\"}", FACT_POLICY, false},
    {"policyExceptionRefused", "{\"exceptionId\":\"x\"}", FACT_POLICY, false},
    {"visitPlanned", "{\"visitId\":\"v\",\"from\":\"2026-06-10\",\"to\":\"2026-06-12\"}", FACT_VISIT, false},
    {"visitApproved", "{\"visitId\":\"v\"}", FACT_VISIT, false},
    {"visitRefused", "{\"visitId\":\"v\"}", FACT_VISIT, false},
    {"visitCancelled", "{\"visitId\":\"v\"}", FACT_VISIT, false},
    {"visitArrived", "{\"visitId\":\"v\",\"hotel\":\"Sea\"}", FACT_VISIT, false},
    {"visitCheckedIn", "{\"visitId\":\"v\"}", FACT_VISIT, false},
    {"visitReported", "{\"visitId\":\"v\"}", FACT_VISIT, true},
    {"referralMade", "{\"otherCustomerId\":\"C2\"}", FACT_REFERRAL, false},
    {"commissionPaid", "{\"otherCustomerId\":\"C2\"}", FACT_REFERRAL, false},
    {"praiseReceived", "{\"what\":\"quick\"}", FACT_NONE, false},
    {"competitorSeen", "{\"who\":\"X\"}", FACT_NONE, false},
    {"needLost", "{\"what\":\"lamps\"}", FACT_NONE, false},
    {"announcementPublished", "{\"announcementId\":\"a\",\"title\":\"New\"}", FACT_NEWS, false},
    {"repUpserted", "{\"name\":\"Wang\"}", FACT_REP, false},
    {"repAbsent", "{\"from\":\"2026-06-10\"}", FACT_ABSENCE, false},
    {"valueOverridden", "{\"dimension\":\"value.abc\",\"value\":\"A\"}", FACT_NONE, false},
    {"reminderAnswered", "{\"reminderId\":\"r\",\"outcome\":\"done\"}", FACT_ANSWER, false},
};

static void test_each_body(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof BODIES / sizeof BODIES[0]; i++) {
        struct fact fact = read_body(arena_format(arena, "\"%s\":%s", BODIES[i].name, BODIES[i].json));
        if (fact.kind != BODIES[i].kind || fact.touches != BODIES[i].touches)
            fail_msg("%s is read as %d", BODIES[i].name, (int)fact.kind);
        assert_string_equal(fact.customer_id, "C1");
        assert_string_equal(fact.event, "crm/7");
        assert_int_equal(fact.version.time_ms, INT64_C(1780308000000));
    }
}

static void test_no_body_is_forgotten(void **state)
{
    (void)state;
    size_t bodies = 0;
    for (unsigned i = 0; i < tend__v1__event__descriptor.n_fields; i++)
        bodies += (tend__v1__event__descriptor.fields[i].flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0;
    assert_int_equal(bodies, sizeof BODIES / sizeof BODIES[0]);
}

// What is about a rep, a trip or the firm needs no customer, everything else does.
static void test_without_a_customer(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof BODIES / sizeof BODIES[0]; i++) {
        struct fact fact = read_json(arena_format(
            arena, "{\"id\":\"7\",\"source\":\"crm\",\"repId\":\"wang\",\"%s\":%s}", BODIES[i].name, BODIES[i].json));
        enum fact_kind kind = BODIES[i].kind;
        bool alone = kind == FACT_NONE || kind == FACT_REP || kind == FACT_ABSENCE || kind == FACT_ANSWER ||
                     kind == FACT_VISIT || kind == FACT_POLICY || kind == FACT_NEWS;
        if (fact.kind != (alone ? kind : FACT_BAD))
            fail_msg("%s without a customer is read as %d", BODIES[i].name, (int)fact.kind);
        assert_false(fact.kind == FACT_VISIT && fact.touches);
    }
}

static void test_orders(void **state)
{
    (void)state;
    int32_t day;
    assert_true(day_parse("2026-06-24", 10, &day));
    struct fact fact =
        read_body("\"deliveryDelayed\":{\"orderId\":\"o-1\",\"date\":\"2026-06-24\",\"reason\":\"rain\"}");
    assert_int_equal(fact.order.step, ORDER_DELIVERY_LATE);
    assert_string_equal(fact.order.id, "o-1");
    assert_string_equal(fact.order.text, "rain");
    assert_int_equal(fact.order.day, day);
    fact = read_body("\"orderError\":{\"orderId\":\"o-1\",\"what\":\"one lamp short\"}");
    assert_int_equal(fact.order.step, ORDER_WRONG);
    assert_string_equal(fact.order.text, "one lamp short");
}

static void test_messages(void **state)
{
    (void)state;
    struct fact fact = read_body(
        "\"messageReceived\":{\"messageId\":\"m\",\"channel\":\"chat\",\"subject\":\"price?\",\"needsNoReply\":true}");
    assert_true(fact.message.received && fact.message.no_reply);
    assert_string_equal(fact.message.subject, "price?");
    fact = read_body("\"messageReplied\":{\"messageId\":\"m\",\"channel\":\"email\"}");
    assert_false(fact.message.received);
    assert_true(fact.touch.result == CONTACT_REAL && fact.touch.outgoing && fact.touch.written);
    fact = read_body("\"messageReplied\":{\"messageId\":\"m\",\"channel\":\"phone\"}");
    assert_true(fact.touch.result == CONTACT_REAL && !fact.touch.written);
    fact = read_body("\"messageReplied\":{\"messageId\":\"m\",\"automatic\":true}");
    assert_true(fact.touch.result == CONTACT_OTHER && fact.touch.automatic);
}

static void test_care(void **state)
{
    (void)state;
    struct fact fact = read_body("\"complaintOpened\":{\"complaintId\":\"c\",\"what\":\"late\",\"cause\":\"truck\","
                                 "\"category\":\"delivery\",\"sku\":\"L1\",\"orderId\":\"o\"}");
    assert_int_equal(fact.complaint.step, COMPLAINT_OPENED);
    assert_string_equal(fact.complaint.cause, "truck");
    assert_string_equal(fact.complaint.category, "delivery");
    assert_string_equal(fact.complaint.sku, "L1");
    assert_string_equal(fact.complaint.order_id, "o");
    fact = read_body("\"complaintResolved\":{\"complaintId\":\"c\",\"cause\":\"truck\",\"compensation\":\"120 CNY\"}");
    assert_true(fact.complaint.compensated && fact.complaint.micros == 120000000);
    assert_string_equal(fact.complaint.currency, "CNY");
    assert_false(read_body("\"complaintResolved\":{\"complaintId\":\"c\"}").complaint.compensated);
    fact = read_body("\"surveySent\":{\"channel\":\"email\",\"occasion\":\"delivery\"}");
    assert_true(fact.survey.sent && fact.touch.automatic && fact.touch.written);
    assert_int_equal(read_body("\"surveyAnswered\":{\"score\":2}").survey.score, 2);
}

static void test_trips(void **state)
{
    (void)state;
    struct fact fact = read_body("\"visitPlanned\":{\"visitId\":\"v\",\"region\":\"Xiamen\",\"purpose\":\"new lamps\","
                                 "\"from\":\"2026-06-10\",\"customerIds\":[\"C1\",\"\",\"C2\"]}");
    assert_int_equal(fact.visit.customer_count, 2);
    assert_string_equal(fact.visit.customers[1], "C2");
    assert_int_equal(fact.visit.to_day, fact.visit.from_day);
    assert_int_equal(
        read_body("\"visitPlanned\":{\"visitId\":\"v\",\"from\":\"2026-06-10\",\"to\":\"2026-06-09\"}").kind, FACT_BAD);
    fact = read_body("\"visitReported\":{\"visitId\":\"v\",\"report\":\"all well\"}");
    assert_true(fact.touch.result == CONTACT_REAL && !fact.touch.written);
    assert_string_equal(fact.visit.text, "all well");
    // Nobody's trip: the customer was seen all the same.
    fact = read_json("{\"id\":\"7\",\"source\":\"crm\",\"customerId\":\"C1\",\"visitReported\":{\"visitId\":\"v\"}}");
    assert_int_equal(fact.kind, FACT_CONTACT);
    assert_int_equal(fact.contact.result, CONTACT_REAL);
    fact = read_body("\"policyExceptionAsked\":{\"exceptionId\":\"x\",\"kind\":\"price\",\"amount\":\"800 "
                     "CNY\",\"promiseId\":\"p\"}");
    assert_int_equal(fact.policy.micros, 800000000);
    assert_string_equal(fact.policy.promise_id, "p");
}

static void test_announcement(void **state)
{
    (void)state;
    struct fact fact =
        read_body("\"announcementPublished\":{\"announcementId\":\"a\",\"title\":\"New lamps\",\"region\":\"cn\","
                  "\"type\":\"buyer\",\"kind\":\"product\",\"until\":\"2026-07-01\",\"classes\":[\"a\",\"b\"],"
                  "\"points\":[\"brighter\",\"cheaper\"],\"customerIds\":[\"C9\"]}");
    assert_int_equal(fact.news.classes, 1U << 1 | 1U << 2);
    assert_int_equal(fact.news.point_count, 2);
    assert_string_equal(fact.news.points[1], "cheaper");
    assert_string_equal(fact.news.customers[0], "C9");
    assert_true(fact.news.until_day != DAY_NONE && fact.news.date_day == DAY_NONE);
}

static void test_customer(void **state)
{
    (void)state;
    struct fact fact =
        read_body("\"customerUpserted\":{\"name\":\"Lake\",\"parentCustomerId\":\"P\",\"country\":\"CN\","
                  "\"timeZone\":\"Asia/Urumqi\",\"birthday\":\"--02-30\",\"lunarBirthday\":true,"
                  "\"contacts\":[{\"name\":\"Li\",\"birthday\":\"--02-30\"}]}");
    assert_string_equal(fact.customer.parent, "P");
    assert_string_equal(fact.customer.country, "CN");
    assert_true(fact.customer.lunar && !fact.customer.contact_lunar);
    assert_int_equal(fact.customer.birthday.day, 30);
    assert_int_equal(fact.customer.contact_birthday.month, 0); // no day of ours
    fact = read_body("\"leadUpdated\":{\"expectedQuantityMilli\":\"2500\",\"expectedOrderDate\":\"2026-07-01\"}");
    assert_int_equal(fact.lead.expected_quantity_milli, 2500);
}

static void test_hints(void **state)
{
    (void)state;
    Tend__V1__CustomerHints hints = TEND__V1__CUSTOMER_HINTS__INIT;
    Tend__V1__OfferHint offer = TEND__V1__OFFER_HINT__INIT, *offers[] = {&offer};
    hints.customer_id = (char *)(uintptr_t) "C1";
    offer.sku = (char *)(uintptr_t) "L1";
    hints.products = offers;
    hints.n_products = 1;
    struct fact fact = read_message(TEND__V1__RECORD_TYPE__RECORD_TYPE_CUSTOMER_HINTS, &hints.base);
    assert_int_equal(fact.kind, FACT_HINTS);
    assert_string_equal(fact.customer_id, "C1");
    assert_int_equal(fact.version.time_ms, 5000);
    Tend__V1__CustomerHints *read =
        tend__v1__customer_hints__unpack(arena_allocator(arena), fact.hints.length, fact.hints.bytes);
    assert_string_equal(read->products[0]->sku, "L1");
    hints.customer_id = (char *)(uintptr_t) "";
    assert_int_equal(read_message(TEND__V1__RECORD_TYPE__RECORD_TYPE_CUSTOMER_HINTS, &hints.base).kind, FACT_BAD);
}

static void test_settings(void **state)
{
    (void)state;
    static const char json[] =
        "{\"timeZone\":\"Asia/Shanghai\",\"weekend\":[6,7],\"holidays\":[\"2026-10-02\",\"2026-10-01\"],"
        "\"daysOff\":[{\"day\":\"2026-10-01\",\"name\":\"National Day\"},{\"day\":\"2026-12-25\",\"country\":\"DE\"},"
        "{\"day\":\"2026-07-04\",\"country\":\"US\"},{\"day\":\"2026-10-03\",\"country\":\"DE\"},"
        "{\"day\":\"2026-10-03\",\"country\":\"DE\"},{\"day\":\"soon\",\"country\":\"DE\"},"
        "{\"day\":\"2026-10-10\",\"name\":\"Worked\",\"worked\":true}]}";
    struct verify_error error;
    ProtobufCMessage *settings =
        codec_from_text(&tend__v1__settings__descriptor, json, strlen(json), arena_allocator(arena), &error);
    assert_non_null(settings);
    struct fact fact = read_message(TEND__V1__RECORD_TYPE__RECORD_TYPE_SETTINGS, settings);
    assert_int_equal(fact.kind, FACT_SETTINGS);
    const struct settings_fact *read = &fact.settings;
    assert_int_equal(read->holiday_count, 2);
    assert_true(read->holidays[0] < read->holidays[1]);
    assert_string_equal(read->holiday_names[0], "National Day");
    assert_string_equal(read->holiday_names[1], "");
    assert_int_equal(read->country_day_count, 5);
    assert_string_equal(read->country_days[0].country, "");
    assert_string_equal(read->country_days[0].name, "National Day");
    assert_true(read->country_days[1].worked);
    assert_string_equal(read->country_days[2].country, "DE");
    assert_true(read->country_days[2].day < read->country_days[3].day);
    assert_string_equal(read->country_days[4].country, "US");
    assert_string_equal(read->home, "DE");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_body),
        cmocka_unit_test(test_no_body_is_forgotten),
        cmocka_unit_test(test_without_a_customer),
        cmocka_unit_test(test_orders),
        cmocka_unit_test(test_messages),
        cmocka_unit_test(test_care),
        cmocka_unit_test(test_trips),
        cmocka_unit_test(test_announcement),
        cmocka_unit_test(test_customer),
        cmocka_unit_test(test_hints),
        cmocka_unit_test(test_settings),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
