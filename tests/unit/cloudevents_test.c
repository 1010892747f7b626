// CloudEvents through ingest on a real store: structured, batched and binary, what is stored of them, and each way in
// which they can be wrong, answered with the attribute's name.
#include "services/ingest/cloudevents.h"

#include "common/must.h"
#include "unit/dice.h"
#include "unit/intake_sender.h"

#define ONE "application/cloudevents+json; charset=utf-8"
#define BATCH "application/cloudevents-batch+json"
#define CE(ID, TYPE, MORE, DATA)                                                                  \
    "{\"specversion\":\"1.0\",\"id\":\"" ID "\",\"source\":\"/shop/eu\",\"type\":\"tend.v1." TYPE \
    "\",\"time\":\"2026-05-17T09:00:00Z\",\"subject\":\"C1\"" MORE ",\"data\":" DATA "}"
#define SHIPPED CE("1", "order_shipped", "", "{\"orderId\":\"o1\"}")

enum { HEADERS = 12 };

// A request's headers, in pairs.
struct sent {
    const char *names[HEADERS], *values[HEADERS];
};

static const char *sent_header(const struct request *request, const char *name)
{
    const struct sent *sent = request->source;
    for (size_t i = 0; i < HEADERS && sent->names[i] != NULL; i++)
        if (strcmp(sent->names[i], name) == 0)
            return sent->values[i];
    return strcmp(name, "authorization") == 0 ? "Bearer 0123456789abcdef0123" : NULL;
}

static int send_it(struct fixture *fixture, const struct sent *sent, const char *type, const char *body, size_t length)
{
    fixture->inbound = (struct inbound){.request = {.http = true,
                                                    .method = "POST",
                                                    .path = "/v1/events",
                                                    .content_type = type,
                                                    .body = (const uint8_t *)body,
                                                    .length = length,
                                                    .source = sent,
                                                    .param = nothing,
                                                    .header = sent_header}};
    assert_int_equal(engine_turn(fixture->engine, &fixture->inbound, 1, NULL), ENGINE_DONE);
    return fixture->inbound.reply.status;
}

static int structured(struct fixture *fixture, const char *type, const char *body)
{
    static const struct sent none;
    return send_it(fixture, &none, type, body, strlen(body));
}

// The newest event of the journal.
static Tend__V1__Event *newest(struct fixture *fixture)
{
    struct tx *tx = store_begin_read(engine_store(fixture->engine));
    struct record record;
    assert_true(journal_read(tx, last(fixture), &record));
    Tend__V1__Event *event = tend__v1__event__unpack(NULL, record.length, record.payload);
    tx_abort(&tx);
    assert_non_null(event);
    return event;
}

static void expect_shipped(struct fixture *fixture, const char *id, const char *source, const char *rep)
{
    Tend__V1__Event *event = newest(fixture);
    assert_string_equal(event->id, id);
    assert_string_equal(event->source, source);
    assert_string_equal(event->customer_id, "C1");
    assert_string_equal(event->rep_id, rep);
    assert_int_equal(event->time->seconds, 1779008400);
    assert_int_equal(event->body_case, TEND__V1__EVENT__BODY_ORDER_SHIPPED);
    assert_string_equal(event->order_shipped->order_id, "o1");
    tend__v1__event__free_unpacked(event, NULL);
}

static void test_structured(void **state)
{
    struct fixture *fixture = *state;
    uint64_t before = last(fixture);
    assert_int_equal(structured(fixture, ONE, SHIPPED), 200);
    expect(fixture, "{\"status\":\"stored\"}");
    expect_shipped(fixture, "1", "/shop/eu", "");
    assert_int_equal(structured(fixture, "Application/CloudEvents+JSON", SHIPPED), 200);
    expect(fixture, "{\"status\":\"known\"}");
    // The same by every other way to say it is the same event.
    static const char *const same[] = {
        CE("1", "order_shipped", "", "{\"order_id\":\"o1\"}"),
        CE("1", "order_shipped", "", "{\"orderShipped\":{\"orderId\":\"o1\"}}"),
        CE("1", "event", "", "{\"order_shipped\":{\"orderId\":\"o1\"},\"id\":\"1\",\"customerId\":\"C1\"}"),
        CE("1", "event", ",\"historical\":true", "{\"orderShipped\":{\"orderId\":\"o1\"}}"),
        CE("1", "order_shipped", ",\"historical\":\"false\",\"repid\":null,\"traceparent\":\"00-ab-cd-01\",\"seq\":7",
           "{\"orderShipped\":{\"orderId\":\"o1\"},\"time\":\"2026-05-17T11:00:00+02:00\"}"),
        "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/shop/eu\",\"type\":\"tend.v1.event\",\"data\":{\"time\":"
        "\"2026-05-17T09:00:00Z\",\"customerId\":\"C1\",\"orderShipped\":{\"orderId\":\"o1\"}}}",
        "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/shop/eu\",\"type\":\"tend.v1.order_shipped\",\"time\":"
        "\"2026-05-17T09:00:00Z\",\"subject\":\"C1\",\"datacontenttype\":\"application/vnd.x+json; charset=utf-8\","
        "\"data_base64\":\"eyJvcmRlcklkIjoibzEifQ==\"}",
    };
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        if (structured(fixture, ONE, same[i]) != 200)
            fail_msg("%s: %s", same[i], fixture->inbound.reply.body);
        expect(fixture, "{\"status\":\"known\"}");
    }
    assert_int_equal(structured(fixture, ONE, CE("1", "order_shipped", "", "{\"orderId\":\"o2\"}")), 409);
    assert_int_equal(last(fixture), before + 1);
    assert_int_equal(structured(fixture, ONE, CE("2", "order_shipped", ",\"repid\":\"ann\"", "{\"orderId\":\"o1\"}")),
                     200);
    expect_shipped(fixture, "2", "/shop/eu", "ann");
}

static const struct {
    const char *body, *field, *reason;
} wrong[] = {
    {"", "", "line 1"},
    {"[]", "", "must be an object"},
    {"{}", "\"id\"", "must have it"},
    {"{\"id\":\"1\"}", "source", "must have it"},
    {"{\"id\":\"1\",\"source\":\"s\"}", "specversion", "must have it"},
    {"{\"id\":\"1\",\"source\":\"s\",\"specversion\":\"1.0\"}", "type", "must have it"},
    {"{\"id\":\"1\",\"source\":\"s\",\"specversion\":\"0.3\",\"type\":\"tend.v1.event\"}", "specversion", "only 1.0"},
    {"{\"id\":\"\",\"source\":\"s\",\"specversion\":\"1.0\",\"type\":\"tend.v1.event\"}", "id", "is empty"},
    {"{\"id\":null,\"source\":\"s\",\"specversion\":\"1.0\",\"type\":\"tend.v1.event\"}", "id", "must have it"},
    {"{\"id\":\"1\",\"id\":\"2\"}", "", "line 1"},
    {"{\"id\":{}}", "id", "must be a text"},
    {"{\"id\":1.5}", "id", "must be a text"},
    {"{\"id\":\"a\\u0000b\"}", "id", "must be a text"},
    {CE("1", "order_shiped", "", "{}"), "type", "did you mean tend.v1.order_shipped?"},
    {CE("1", "customer_id", "", "{}"), "type", "there is no such event"},
    {CE("1", "id", "", "{}"), "type", "there is no such event"},
    {CE("1", "", "", "{}"), "type", "there is no such event"},
    {"{\"id\":\"1\",\"source\":\"s\",\"specversion\":\"1.0\",\"type\":\"com.shop.order\",\"data\":{}}", "type",
     "a feed takes other types"},
    {CE("1", "order_shipped", ",\"repId\":\"ann\"", "{\"orderId\":\"o1\"}"), "repId", "small letters"},
    {CE("1", "order_shipped", ",\"trace_parent\":\"x\"", "{\"orderId\":\"o1\"}"), "trace_parent", "small letters"},
    {CE("1", "order_shipped", ",\"\":\"x\"", "{\"orderId\":\"o1\"}"), "", "small letters"},
    {CE("1", "order_shipped", ",\"historical\":\"yes\"", "{\"orderId\":\"o1\"}"), "historical", "true or false"},
    {CE("1", "order_shipped", ",\"datacontenttype\":\"text/xml\"", "{\"orderId\":\"o1\"}"), "datacontenttype", "JSON"},
    {CE("1", "order_shipped", ",\"data_base64\":\"e30=\"", "{}"), "data_base64", "there is data as well"},
    {"{\"id\":\"1\",\"source\":\"s\",\"specversion\":\"1.0\",\"type\":\"tend.v1.event\",\"data_base64\":\"***\"}",
     "data_base64", "base64"},
    {"{\"id\":\"1\",\"source\":\"s\",\"specversion\":\"1.0\",\"type\":\"tend.v1.event\",\"data_base64\":\"e3s=\"}",
     "data_base64", "line 1"},
    {"{\"id\":\"1\",\"source\":\"s\",\"specversion\":\"1.0\",\"type\":\"tend.v1.event\",\"data_base64\":17}",
     "data_base64", "base64"},
    {CE("1", "order_shipped", "", "\"o1\""), "data", "must be an object"},
    {CE("1", "order_shipped", "", "null"), "data", "must be an object"},
    {CE("1", "order_shipped", "", "[]"), "data", "must be an object"},
    {CE("1", "order_shipped", "", "{\"orderId\":\"o1\",\"what\":1}"), "order_shipped.what", "unknown"},
    {CE("1", "order_shipped", "", "{}"), "order_shipped.order_id", "required"},
    {CE("1", "order_shipped", "", "{\"orderShipped\":{\"orderId\":\"o1\"},\"id\":\"2\"}"), "id", "something else"},
    {CE("1", "event", "", "{\"orderShipped\":{\"orderId\":\"o1\"},\"source\":\"b\"}"), "source", "something else"},
    {CE("1", "event", "", "{\"orderShipped\":{\"orderId\":\"o1\"},\"customerId\":\"C2\"}"), "subject", "something"},
    {CE("1", "event", ",\"repid\":\"a\"", "{\"orderShipped\":{\"orderId\":\"o1\"},\"repId\":\"b\"}"), "repid", "some"},
    {CE("1", "event", "", "{\"orderShipped\":{\"orderId\":\"o1\"},\"time\":\"2026-05-17T09:00:01Z\"}"), "time", "some"},
    {CE("1", "event", ",\"historical\":false", "{\"orderShipped\":{\"orderId\":\"o1\"},\"historical\":true}"),
     "historical", "something else"},
    {CE("1", "event", "", "{\"orderId\":\"o1\"}"), "orderId", "unknown"},
    {CE("1", "event", "", "{}"), "", ""},
    {CE("1", "order_shipped", "", "{\"orderShipped\":{\"orderId\":\"o1\"},\"orderPaid\":{\"orderId\":\"o1\"}}"), "",
     ""},
    {"{\"id\":\"1\",\"source\":\"s\",\"specversion\":\"1.0\",\"type\":\"tend.v1.order_shipped\",\"time\":\"noon\","
     "\"data\":{\"orderId\":\"o1\"}}",
     "time", "not a time"},
    {"{\"id\":\"1\",\"specversion\":\"1.0\",\"type\":\"tend.v1.order_shipped\",\"time\":\"2026-05-17T09:00:00Z\","
     "\"source\":\"https://an.address.of.a.shop.example/that/goes/on/and/on/longer/than\",\"subject\":\"C1\","
     "\"data\":{\"orderId\":\"o1\"}}",
     "source", "64"},
};

static void test_structured_wrong(void **state)
{
    struct fixture *fixture = *state;
    uint64_t before = last(fixture);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        if (structured(fixture, ONE, wrong[i].body) != 400)
            fail_msg("%zu: %s: %s", i, wrong[i].body, fixture->inbound.reply.body);
        expect(fixture, wrong[i].field);
        expect(fixture, wrong[i].reason);
        assert_false(says(fixture, "\"reason\":\"\""));
    }
    assert_int_equal(last(fixture), before);
}

// A batch is a list: one result each, in order, and the good ones are stored beside the bad.
static void test_batched(void **state)
{
    struct fixture *fixture = *state;
    uint64_t before = last(fixture);
    assert_int_equal(structured(fixture, BATCH, "[]"), 200);
    assert_int_equal(structured(fixture, BATCH "; charset=utf-8", "[" SHIPPED "," SHIPPED "]"), 200);
    expect(fixture, "\"stored\":1,\"known\":1");
    for (size_t i = 2; i < sizeof wrong / sizeof *wrong; i++) {
        char body[4096];
        if (wrong[i].body[0] != '{' || strstr(wrong[i].body, "\"id\":\"2\"}") != NULL)
            continue; // what is no JSON at all spoils the whole list
        int length = snprintf(body, sizeof body, "[%s,%s,%s]", SHIPPED, wrong[i].body, SHIPPED);
        assert_true(length > 0 && (size_t)length < sizeof body);
        assert_int_equal(structured(fixture, BATCH, body), 200);
        expect(fixture, "\"known\":2,\"refused\":1");
        expect(fixture, wrong[i].reason);
    }
    assert_int_equal(structured(fixture, BATCH, SHIPPED), 400);
    assert_int_equal(structured(fixture, BATCH, "[1]"), 200);
    expect(fixture, "must be an object");
    assert_int_equal(structured(fixture, "application/cloudevents-batch+avro", "[]"), 400);
    expect(fixture, "content-type");
    assert_int_equal(structured(fixture, "application/cloudevents+protobuf", SHIPPED), 400);
    assert_int_equal(structured(fixture, "application/cloudevents", SHIPPED), 200); // JSON when nothing else is said
    assert_int_equal(last(fixture), before + 1);
}

static int binary(struct fixture *fixture, const struct sent *more, const char *type, const char *body)
{
    struct sent all = {{"ce-specversion", "ce-type", "ce-time"},
                       {"1.0", "tend.v1.order_shipped", "2026-05-17T09:00:00Z"}};
    for (size_t i = 0, to = 3; i < HEADERS && more->names[i] != NULL; i++) {
        size_t at = 0;
        while (at < to && strcmp(all.names[at], more->names[i]) != 0)
            at++;
        must(at < HEADERS);
        all.names[at] = more->names[i];
        all.values[at] = more->values[i];
        to += at == to;
    }
    return send_it(fixture, &all, type, body, strlen(body));
}

#define IDS "ce-id", "ce-source", "ce-subject"

static void test_binary(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        struct sent sent;
        const char *id, *rep;
    } good[] = {
        {{{IDS}, {"1", "/shop/eu", "C1"}}, "1", ""},
        {{{IDS, "ce-repid", "ce-traceparent"}, {"\"2\"", "/shop/eu", "C1", "ann", "00-ab-cd-01"}}, "2", "ann"},
        {{{IDS, "ce-repid"}, {"a%20b", "/shop/eu", "%431", "\"M%C3%BCller \\\"x\\\"\""}}, "a b", "M\u00fcller \"x\""},
        {{{IDS}, {"100%25%32", "/shop/eu", "\"C\\1\""}}, "100%2", ""},            // once, not twice
        {{{IDS}, {"\"%2541\"", "/shop/eu", "C1"}}, "%41", ""},                    // after the quotes
        {{{IDS}, {"Euro%E2%82%AC\xe2\x82\xac", "/shop/eu", "C1"}}, "Euro€€", ""}, // raw UTF-8 from who does not encode
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        if (binary(fixture, &good[i].sent, "application/json", "{\"orderId\":\"o1\"}") != 200)
            fail_msg("%zu: %s", i, fixture->inbound.reply.body);
        expect(fixture, "stored");
        expect_shipped(fixture, good[i].id, "/shop/eu", good[i].rep);
    }
    // The same event in the body and in the headers is one event.
    assert_int_equal(structured(fixture, ONE, SHIPPED), 200);
    expect(fixture, "known");
    assert_int_equal(binary(fixture, &good[0].sent, "", "{\"orderShipped\":{\"orderId\":\"o1\"}}"), 200);
    expect(fixture, "known");
}

static void test_binary_wrong(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        struct sent sent;
        const char *type, *body, *field, *reason;
    } bad[] = {
        {{{"ce-id", "ce-subject"}, {"1", "C1"}}, "", "{}", "ce-source", "must have it"},
        {{{"ce-source"}, {"/a"}}, "", "{}", "ce-id", "must have it"},
        {{{IDS, "ce-specversion"}, {"1", "/a", "C1", "1.1"}}, "", "{}", "ce-specversion", "only 1.0"},
        {{{IDS, "ce-type"}, {"1", "/a", "C1", "order"}}, "", "{}", "ce-type", "must be tend.v1."},
        {{{IDS, "ce-time"}, {"1", "/a", "C1", "now"}}, "", "{}", "ce-time", "not a time"},
        {{{IDS, "ce-historical"}, {"1", "/a", "C1", "1"}}, "", "{}", "ce-historical", "true or false"},
        {{{IDS, "ce-datacontenttype"}, {"1", "/a", "C1", "application/json"}},
         "",
         "{}",
         "ce-datacontenttype",
         "no other"},
        {{{IDS}, {"1", "/a", "C1"}}, "text/plain", "{}", "content-type", "as JSON only"},
        {{{IDS}, {"1", "/a", "C1"}}, "application/x-www-form-urlencoded", "{}", "content-type", "as JSON only"},
        {{{IDS}, {"a%", "/a", "C1"}}, "", "{}", "ce-id", "broken"},
        {{{IDS}, {"a%2", "/a", "C1"}}, "", "{}", "ce-id", "broken"},
        {{{IDS}, {"a%zz", "/a", "C1"}}, "", "{}", "ce-id", "broken"},
        {{{IDS}, {"a%00", "/a", "C1"}}, "", "{}", "ce-id", "broken"},
        {{{IDS}, {"a%0d%0a", "/a", "C1"}}, "", "{}", "ce-id", "broken"},
        {{{IDS}, {"1", "/a", "%C0%A0"}}, "", "{}", "ce-subject", "not UTF-8"},
        {{{IDS}, {"1", "/a", "%ff"}}, "", "{}", "ce-subject", "not UTF-8"},
        {{{IDS}, {"1", "/a", "\"C1"}}, "", "{}", "ce-subject", "quote"},
        {{{IDS}, {"1", "/a", "\"C1\"x"}}, "", "{}", "ce-subject", "quote"},
        {{{IDS}, {"1", "/a", "\"C1\\"}}, "", "{}", "ce-subject", "quote"},
        {{{IDS}, {"1", "/a", "\"\""}}, "", "{}", "ce-subject", "is empty"},
        {{{IDS}, {"1", "/a", "C1"}}, "application/json", "{", "data", "line 1"},
        {{{IDS}, {"1", "/a", "C1"}}, "application/json", "[]", "data", "must be an object"},
        {{{IDS}, {"1", "/a", "C1"}},
         "application/json",
         "{\"id\":\"2\",\"orderShipped\":{\"orderId\":\"o1\"}}",
         "ce-id",
         "something else"},
        {{{IDS}, {"1", "/a", "C1"}}, "application/json", "", "order_shipped.order_id", "required"},
    };
    uint64_t before = last(fixture);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (binary(fixture, &bad[i].sent, bad[i].type, bad[i].body) != 400)
            fail_msg("%zu: %s", i, fixture->inbound.reply.body);
        expect(fixture, bad[i].field);
        expect(fixture, bad[i].reason);
    }
    assert_int_equal(last(fixture), before);
    // Over a socket there are no headers: what comes there is an event of ours.
    assert_int_equal(post(fixture, "application/json", "{}"), 400);
    expect(fixture, "\"field\":\"id\"");
}

// Bytes of good ones changed at random: an answer always, never a crash, and nothing is stored that is none.
static void test_random_damage(void **state)
{
    struct fixture *fixture = *state;
    struct dice dice = dice_take();
    static const char *const good[] = {SHIPPED, "[" SHIPPED "," SHIPPED "]",
                                       CE("1", "event", ",\"repid\":\"a\"", "{\"orderShipped\":{\"orderId\":\"o1\"}}")};
    for (size_t round = 0; round < 4000; round++) {
        char body[1024];
        const char *from = good[(size_t)dice_throw(&dice, 3)];
        size_t length = strlen(from), changes = 1 + (size_t)dice_throw(&dice, 4);
        memcpy(body, from, length);
        for (size_t i = 0; i < changes; i++)
            body[(size_t)dice_throw(&dice, (int64_t)length)] = "{}[]\",:\\%0a\x01\xff"[(size_t)dice_throw(&dice, 14)];
        static const struct sent none;
        int status = send_it(fixture, &none, from[0] == '[' ? BATCH : ONE, body, length);
        assert_true(status == 200 || status == 400 || status == 409);
        assert_true(fixture->inbound.reply.length > 0);
    }
}

static void ask(struct fixture *fixture, const char *origin, const char *path, int status, const char *allowed)
{
    struct sent sent = {{origin != NULL ? "webhook-request-origin" : NULL, "webhook-request-rate"}, {origin, "120"}};
    fixture->inbound = (struct inbound){.request = {.http = true,
                                                    .method = "OPTIONS",
                                                    .path = path,
                                                    .content_type = "",
                                                    .body = (const uint8_t *)"",
                                                    .source = &sent,
                                                    .param = nothing,
                                                    .header = sent_header}};
    engine_query(fixture->engine, &fixture->inbound);
    const struct reply *reply = &fixture->inbound.reply;
    assert_int_equal(reply->status, status);
    assert_int_equal(reply->header_count, allowed != NULL ? 3 : status == 200 ? 1 : 0);
    if (status == 200)
        assert_string_equal(reply->headers[0].value, "POST, OPTIONS");
    if (allowed == NULL)
        return;
    assert_string_equal(reply->headers[1].name, "WebHook-Allowed-Origin");
    assert_string_equal(reply->headers[1].value, allowed);
    assert_string_equal(reply->headers[2].name, "WebHook-Allowed-Rate");
    assert_string_equal(reply->headers[2].value, "*");
}

static void test_handshake(void **state)
{
    struct fixture *fixture = *state;
    ask(fixture, "eventemitter.example.com", "/v1/events", 200, "eventemitter.example.com");
    ask(fixture, "eventemitter.example.com", "/v1/feeds/shop", 200, "eventemitter.example.com");
    ask(fixture, NULL, "/v1/events", 200, NULL);
    ask(fixture, "a\r\nSet-Cookie: b", "/v1/events", 400, NULL);
    ask(fixture, "", "/v1/events", 400, NULL);
    ask(fixture, "eventemitter.example.com", "/v1/reminders/7/answer", 404, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_structured, make, unmake),
        cmocka_unit_test_setup_teardown(test_structured_wrong, make, unmake),
        cmocka_unit_test_setup_teardown(test_batched, make, unmake),
        cmocka_unit_test_setup_teardown(test_binary, make, unmake),
        cmocka_unit_test_setup_teardown(test_binary_wrong, make, unmake),
        cmocka_unit_test_setup_teardown(test_random_damage, make, unmake),
        cmocka_unit_test_setup_teardown(test_handshake, make, unmake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
