// What senders hand in: bodies of every kind through ingest on a real store. A bad one is answered with the field or
// the place, and nothing else changes; in a list the good ones are stored all the same.
#include "services/ingest/intake.h"

#include "common/codec.h"
#include "common/engine.h"
#include "common/must.h"
#include "harness/folder.h"
#include "services/ingest/ingest.h"
#include "unit/bodies.h"
#include "unit/intake_sender.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { BODY_MAX = 2 << 20 };

static void test_good(void **state)
{
    struct fixture *fixture = *state;
    uint64_t before = last(fixture);
    assert_int_equal(post(fixture, JSON, SHIPPED("1")), 200);
    expect(fixture, "{\"status\":\"stored\"}");
    assert_int_equal(post(fixture, JSON, SHIPPED("1")), 200);
    expect(fixture, "{\"status\":\"known\"}");
    assert_int_equal(post(fixture, JSON, HEAD("1") "\"orderShipped\":{\"orderId\":\"o2\"}}"), 409);
    expect(fixture, "\"field\":\"id\"");
    // As people write it: over several lines, with another type or none, by the names of the .proto file.
    assert_int_equal(post(fixture, "Application/JSON; charset=utf-8",
                          "\n {\n\"id\" : \"2\", \"source\":\"shop\",\n"
                          "\"time\":\"2026-05-17T09:00:00Z\",\"customer_id\":\"C1\",\n"
                          "\"order_shipped\":{\"order_id\":\"o1\"}}\n\n"),
                     200);
    assert_int_equal(post(fixture, "", SHIPPED("3")), 200);
    assert_int_equal(post(fixture, "application/x-www-form-urlencoded", SHIPPED("4")), 200);
    assert_int_equal(post(fixture, JSON, "[" SHIPPED("5") "," SHIPPED("6") "]"), 200);
    expect(fixture, "\"stored\":2");
    assert_int_equal(post(fixture, "APPLICATION/X-NDJSON", SHIPPED("7") "\n\n   \n" SHIPPED("8") "\r\n"), 200);
    expect(fixture, "\"stored\":2");
    assert_int_equal(post(fixture, JSON, SHIPPED("9") "\n" SHIPPED("10")), 200); // lines without saying so
    expect(fixture, "\"stored\":2");
    assert_int_equal(post(fixture, LINES, SHIPPED("11")), 200);
    assert_int_equal(post(fixture, JSON, "[]"), 200);
    assert_int_equal(last(fixture), before + 11);
}

static void test_bad_bodies(void **state)
{
    struct fixture *fixture = *state;
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        const struct bad *bad = &bodies[i];
        uint64_t before = last(fixture);
        int status = post(fixture, bad->type, bad->body);
        bool list = status == 200; // a list is answered one by one
        if (list ? !says(fixture, "\"refused\":1") : status != 400)
            fail_msg("%zu: %s: %d %.*s", i, bad->body, status, (int)fixture->inbound.reply.length,
                     fixture->inbound.reply.body);
        expect(fixture, "\"reason\":\"");
        assert_false(says(fixture, "\"reason\":\"\""));
        expect(fixture, bad->reason);
        if (bad->field[0] != '\0')
            expect(fixture, bad->field);
        assert_int_equal(last(fixture), before);
    }
}

// Each of the table in the middle of an array: its neighbours are stored, it alone is refused, in its place.
static void test_one_bad_in_an_array(void **state)
{
    struct fixture *fixture = *state;
    static char body[BODY_MAX];
    unsigned tried = 0;
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        json_t *value = strcmp(bodies[i].type, JSON) == 0 ? json_loads(bodies[i].body, JSON_ALLOW_NUL, NULL) : NULL;
        bool fits = value != NULL && strstr(bodies[i].body, "\"id\":\"2\"") == NULL; // that one spoils the whole array
        json_decref(value);
        if (!fits)
            continue;
        tried++;
        uint64_t before = last(fixture);
        snprintf(body, sizeof body,
                 "[" HEAD("a%zu") "\"orderShipped\":{\"orderId\":\"o1\"}},%s," HEAD(
                     "b%zu") "\"orderShipped\":{\"orderId\":\"o1\"}}]",
                 i, bodies[i].body, i);
        assert_int_equal(post(fixture, JSON, body), 200);
        expect(fixture, "{\"stored\":2,\"refused\":1,\"results\":[{\"status\":\"EVENT_STATUS_STORED\"");
        expect(fixture, bodies[i].field);
        assert_int_equal(last(fixture), before + 2);
    }
    assert_true(tried >= 20);
}

static void test_one_bad_line(void **state)
{
    struct fixture *fixture = *state;
    uint64_t before = last(fixture);
    assert_int_equal(
        post(fixture, LINES, SHIPPED("1") "\n{\"id\":\n\n" SHIPPED("2") "\n" SHIPPED("3") SHIPPED("4") "\n[]\n"), 200);
    expect(fixture, "\"stored\":2,\"refused\":3");
    assert_int_equal(last(fixture), before + 2);
}

static void test_too_much(void **state)
{
    struct fixture *fixture = *state;
    char *body = malloc(BODY_MAX);
    uint64_t before = last(fixture);
    memset(body, ' ', CODEC_TEXT_BYTES + 1);
    assert_int_equal(post_to(fixture, "/v1/events", JSON, body, CODEC_TEXT_BYTES + 1), 400);
    expect(fixture, "262144 bytes");
    // All line ends: no room is made for events that are not there.
    memset(body, '\n', CODEC_TEXT_BYTES);
    size_t held = 0;
    assert_int_equal(post_to(fixture, "/v1/events", LINES, body, CODEC_TEXT_BYTES), 400);
    // More events than one request may have, as an array and as lines.
    held = (size_t)sprintf(body, "[0");
    for (int i = 0; i < INTAKE_EVENTS_MAX; i++)
        held += (size_t)sprintf(body + held, ",0");
    body[held++] = ']';
    assert_int_equal(post_to(fixture, "/v1/events", JSON, body, held), 400);
    expect(fixture, "more than 4096 events");
    for (int i = 0; i <= INTAKE_EVENTS_MAX; i++)
        memcpy(body + 3 * i, "{}\n", 3);
    assert_int_equal(post_to(fixture, "/v1/events", LINES, body, 3 * (INTAKE_EVENTS_MAX + 1)), 400);
    expect(fixture, "more than 4096 events");
    assert_int_equal(post_to(fixture, "/v1/events", LINES, body, (size_t)3 * INTAKE_EVENTS_MAX), 200);
    expect(fixture, "\"refused\":4096");
    // Brackets without end.
    memset(body, '[', 100000);
    assert_int_equal(post_to(fixture, "/v1/events", JSON, body, 100000), 400);
    held = (size_t)sprintf(body, "[{\"id\":");
    memset(body + held, '[', 1000);
    memset(body + held + 1000, ']', 1000);
    held += 2000;
    held += (size_t)sprintf(body + held, "}]");
    assert_int_equal(post_to(fixture, "/v1/events", JSON, body, held), 200);
    expect(fixture, "\"refused\":1");
    assert_int_equal(last(fixture), before);
    free(body);
}

// One event whose JSON is read, but whose record would be larger than a record may be.
static void test_event_larger_than_a_record(void **state)
{
    struct fixture *fixture = *state;
    char *body = malloc(BODY_MAX);
    uint64_t before = last(fixture);
    size_t held =
        (size_t)sprintf(body, HEAD("1") "\"orderPlaced\":{\"orderId\":\"o\",\"currency\":\"CNY\",\"lines\":[");
    for (int i = 0; i < 700; i++)
        held += (size_t)sprintf(
            body + held, "%s{\"sku\":\"sku-%d\",\"name\":\"%0100d\",\"quantityMilli\":\"1000\",\"price\":\"1.00\"}",
            i > 0 ? "," : "", i, i);
    held += (size_t)sprintf(body + held, "]}}");
    assert_true(held < CODEC_TEXT_BYTES);
    assert_int_equal(post_to(fixture, "/v1/events", JSON, body, held), 400);
    expect(fixture, "65536 bytes");
    assert_int_equal(last(fixture), before);
    free(body);
}

// --- packed batches ---

struct batch_of {
    uint8_t bytes[BODY_MAX];
    size_t length;
};

static void add_bytes(struct batch_of *batch, const void *bytes, size_t length)
{
    uint8_t head[12] = {0x0a};
    size_t at = 1, rest = length;
    for (; rest > 127; rest >>= 7)
        head[at++] = (uint8_t)(rest | 128);
    head[at++] = (uint8_t)rest;
    memcpy(batch->bytes + batch->length, head, at);
    memcpy(batch->bytes + batch->length + at, bytes, length);
    batch->length += at + length;
}

static size_t pack_event(const char *json, uint8_t *ret_bytes)
{
    struct verify_error error;
    Tend__V1__Event *event =
        (Tend__V1__Event *)codec_from_text(&tend__v1__event__descriptor, json, strlen(json), NULL, &error);
    assert_non_null(event);
    size_t length = tend__v1__event__pack(event, ret_bytes);
    tend__v1__event__free_unpacked(event, NULL);
    return length;
}

static Tend__V1__EventResults *post_packed(struct fixture *fixture, const struct batch_of *batch)
{
    assert_int_equal(post_to(fixture, "/v1/events", PACKED, batch->bytes, batch->length), 200);
    assert_string_equal(fixture->inbound.reply.content_type, PACKED);
    Tend__V1__EventResults *results = tend__v1__event_results__unpack(NULL, fixture->inbound.reply.length,
                                                                      (const uint8_t *)fixture->inbound.reply.body);
    assert_non_null(results);
    return results;
}

static void test_packed(void **state)
{
    struct fixture *fixture = *state;
    static struct batch_of batch;
    uint8_t event[4096];
    batch.length = 0;
    add_bytes(&batch, event, pack_event(SHIPPED("1"), event));
    add_bytes(&batch, event, pack_event(SHIPPED("2"), event));
    uint64_t before = last(fixture);
    Tend__V1__EventResults *results = post_packed(fixture, &batch);
    assert_int_equal(results->stored, 2);
    assert_int_equal(results->n_results, 0); // all well is said in one number
    tend__v1__event_results__free_unpacked(results, NULL);
    assert_int_equal(last(fixture), before + 2);
    results = post_packed(fixture, &batch);
    assert_int_equal(results->known, 2);
    tend__v1__event_results__free_unpacked(results, NULL);
    // The same by JSON is the same.
    assert_int_equal(post(fixture, JSON, SHIPPED("2")), 200);
    expect(fixture, "known");
    // An empty batch.
    assert_int_equal(post_to(fixture, "/v1/events", PACKED, "", 0), 200);
    assert_int_equal(last(fixture), before + 2);
}

static void test_packed_with_bad_ones(void **state)
{
    struct fixture *fixture = *state;
    static struct batch_of batch;
    static uint8_t large[RECORD_PAYLOAD_MAX + 1];
    uint8_t event[4096];
    size_t length = pack_event(SHIPPED("good"), event);
    static const char *const bad[] = {
        "\xff\xff\xff",
        "{\"id\":\"1\"}",
        "\x0a\x05"
        "abc",
        "\x0b\x0c",
        "\x0a\x02\xff\xfe",
        "\x0a\x01"
        "a"
        "\x0a\x01"
        "b",
        "\x30\x80\x80",
    };
    batch.length = 0;
    add_bytes(&batch, event, length);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        add_bytes(&batch, bad[i], strlen(bad[i]));
    add_bytes(&batch, "", 0);
    add_bytes(&batch,
              "\x0a\x03"
              "a\0b",
              5); // a NUL inside
    add_bytes(&batch, large, sizeof large);
    add_bytes(&batch, event, length - 1);
    add_bytes(&batch, event, length);
    uint64_t before = last(fixture);
    Tend__V1__EventResults *results = post_packed(fixture, &batch);
    size_t count = sizeof bad / sizeof *bad + 6;
    assert_int_equal(results->n_results, count);
    assert_int_equal(results->stored, 1);
    assert_int_equal(results->known, 1);
    for (size_t i = 1; i + 1 < count; i++) {
        assert_int_equal(results->results[i]->status, TEND__V1__EVENT_STATUS__EVENT_STATUS_INVALID);
        assert_true(results->results[i]->reason[0] != '\0');
    }
    assert_non_null(strstr(results->results[count - 3]->reason, "65536 bytes"));
    tend__v1__event_results__free_unpacked(results, NULL);
    assert_int_equal(last(fixture), before + 1);
}

// Every byte of a packed event in turn becomes another: stored, refused or a conflict, and the store stays whole.
static void test_packed_flipped(void **state)
{
    struct fixture *fixture = *state;
    static struct batch_of batch;
    uint8_t event[4096], copy[4096];
    size_t length = pack_event(SHIPPED("flip"), event);
    for (size_t i = 0; i < length * 8; i++) {
        memcpy(copy, event, length);
        copy[i / 8] ^= (uint8_t)(1 << i % 8);
        batch.length = 0;
        add_bytes(&batch, copy, length);
        uint64_t before = last(fixture);
        Tend__V1__EventResults *results = post_packed(fixture, &batch);
        assert_int_equal(last(fixture), before + results->stored);
        assert_int_equal(results->stored + results->known + results->refused, 1);
        tend__v1__event_results__free_unpacked(results, NULL);
    }
    struct tx *tx = store_begin_read(engine_store(fixture->engine));
    assert_int_equal(journal_verify(tx, engine_journal(fixture->engine)), 0);
    tx_abort(&tx);
}

static void test_hostile_batches(void **state)
{
    struct fixture *fixture = *state;
    static struct batch_of batch;
    uint64_t before = last(fixture);
    // A million unknown fields would be unpacked to many times their size.
    memset(batch.bytes, 0, sizeof batch.bytes);
    for (size_t i = 0; i + 2 <= sizeof batch.bytes; i += 2)
        batch.bytes[i] = 0x10;
    assert_int_equal(post_to(fixture, "/v1/events", PACKED, batch.bytes, sizeof batch.bytes), 400);
    // A million empty events.
    for (size_t i = 0; i + 2 <= sizeof batch.bytes; i += 2)
        batch.bytes[i] = 0x0a;
    assert_int_equal(post_to(fixture, "/v1/events", PACKED, batch.bytes, sizeof batch.bytes), 400);
    batch.length = 0;
    for (int i = 0; i <= INTAKE_EVENTS_MAX; i++)
        add_bytes(&batch, "", 0);
    assert_int_equal(post_to(fixture, "/v1/events", PACKED, batch.bytes, batch.length), 400);
    expect(fixture, "more than 4096 events");
    // Events full of empty lines, as many as a turn may be handed: it must not run out of its arena.
    static uint8_t lines[20000], event[20100];
    for (size_t i = 0; i < sizeof lines; i += 2)
        lines[i] = 0x12;
    uint8_t head[] = {0xa2, 0x01, (uint8_t)(sizeof lines & 127) | 128, (uint8_t)(sizeof lines >> 7 & 127) | 128,
                      sizeof lines >> 14};
    memcpy(event, head, sizeof head);
    memcpy(event + sizeof head, lines, sizeof lines);
    batch.length = 0;
    for (int i = 0; i < 100; i++)
        add_bytes(&batch, event, sizeof head + sizeof lines);
    static struct inbound many[2];
    for (int i = 0; i < 2; i++)
        many[i] = (struct inbound){.request = {.method = "POST",
                                               .path = "/v1/events",
                                               .content_type = PACKED,
                                               .body = batch.bytes,
                                               .length = batch.length,
                                               .param = nothing,
                                               .header = header,
                                               .source = fixture}};
    assert_int_equal(engine_turn(fixture->engine, many, 2, NULL), ENGINE_DONE);
    assert_int_equal(many[1].reply.status, 200);
    assert_int_equal(last(fixture), before);
}

// --- what a record holds ---

static struct record read_record(struct fixture *fixture, uint64_t seq, uint8_t *payload)
{
    struct record record;
    struct tx *tx = store_begin_read(engine_store(fixture->engine));
    assert_true(journal_read(tx, seq, &record));
    memcpy(payload, record.payload, record.length);
    record.payload = payload;
    tx_abort(&tx);
    return record;
}

// A newer sender's unknown fields, at the top and deeper, are carried on and are no part of the content.
static void test_unknown_fields(void **state)
{
    struct fixture *fixture = *state;
    static struct batch_of batch;
    uint8_t event[4096], payload[4096];
    size_t length = pack_event(SHIPPED("new"), event);
    // order_shipped (field 23) is the last one: key of two bytes, length of one, then its fields.
    size_t at = length - 4 - 3;
    assert_true(event[at] == 0xba && event[at + 1] == 0x01 && event[at + 2] == 4);
    event[at + 2] += 3;
    memcpy(event + length, "\xf8\x3e\x05", 3); // unknown inside of it: field 1007
    length += 3;
    memcpy(event + length, "\xf8\x3f\x07", 3); // and beside it: field 1023
    length += 3;
    batch.length = 0;
    add_bytes(&batch, event, length);
    Tend__V1__EventResults *results = post_packed(fixture, &batch);
    assert_int_equal(results->stored, 1);
    tend__v1__event_results__free_unpacked(results, NULL);
    struct record record = read_record(fixture, last(fixture), payload);
    assert_int_equal(record.length, length);
    assert_memory_equal(record.payload, event, length);
    // The same without them, from an older sender or by JSON, is the same event.
    assert_int_equal(post(fixture, JSON, SHIPPED("new")), 200);
    expect(fixture, "known");
    assert_int_equal(post(fixture, JSON, HEAD("new") "\"orderShipped\":{\"orderId\":\"o2\"}}"), 409);
}

static void test_historical(void **state)
{
    struct fixture *fixture = *state;
    uint8_t payload[4096];
    assert_int_equal(post(fixture, JSON, HEAD("1") "\"historical\":true,\"orderShipped\":{\"orderId\":\"o1\"}}"), 200);
    struct record record = read_record(fixture, last(fixture), payload);
    assert_int_equal(record.flags, RECORD_HISTORICAL);
    Tend__V1__Event *event = tend__v1__event__unpack(NULL, record.length, record.payload);
    assert_non_null(event);
    assert_true(event->historical); // what was handed in is what is kept
    tend__v1__event__free_unpacked(event, NULL);
    assert_int_equal(post(fixture, JSON, SHIPPED("1")), 200);
    expect(fixture, "known"); // it is no part of the content
    assert_int_equal(post(fixture, JSON, SHIPPED("2")), 200);
    record = read_record(fixture, last(fixture), payload);
    assert_int_equal(record.flags, 0);
}

static void test_shards(void **state)
{
    struct fixture *fixture = *state;
    uint8_t payload[4096];
    assert_int_equal(post(fixture, JSON, SHIPPED("1")), 200);
    assert_int_equal(read_record(fixture, last(fixture), payload).shard, hash_short("C1", 2) % 16);
    assert_int_equal(post(fixture, JSON,
                          "{\"id\":\"2\",\"source\":\"hr\",\"time\":\"2026-05-17T09:00:00Z\",\"repId\":\"wang\","
                          "\"repUpserted\":{\"name\":\"Wang\",\"timeZone\":\"Asia/Shanghai\"}}"),
                     200);
    assert_int_equal(read_record(fixture, last(fixture), payload).shard, SHARD_ALL);
}

// --- paths and tokens ---

static void test_answers_to_reminders(void **state)
{
    struct fixture *fixture = *state;
    static const char path[] = "/v1/reminders/R-17/answer";
    static const char whole[] =
        HEAD("a1") "\"repId\":\"wang\",\"reminderAnswered\":{\"reminderId\":\"R-17\",\"outcome\":\"done\"}}";
    static const char without[] = HEAD("a2") "\"repId\":\"wang\",\"reminderAnswered\":{\"outcome\":\"done\"}}";
    static const char another[] =
        HEAD("a3") "\"repId\":\"wang\",\"reminderAnswered\":{\"reminderId\":\"R-18\",\"outcome\":\"done\"}}";
    uint8_t payload[4096];
    uint64_t before = last(fixture);
    assert_int_equal(post_to(fixture, path, JSON, whole, strlen(whole)), 200);
    assert_int_equal(post_to(fixture, path, JSON, without, strlen(without)), 200);
    assert_int_equal(last(fixture), before + 2);
    assert_int_equal(post_to(fixture, path, JSON, another, strlen(another)), 400);
    expect(fixture, "reminder_answered.reminder_id");
    assert_int_equal(post_to(fixture, path, JSON, SHIPPED("a4"), strlen(SHIPPED("a4"))), 400);
    assert_int_equal(post_to(fixture, path, JSON, "[]", 2), 400);
    assert_int_equal(post_to(fixture, path, JSON, "{", 1), 400);
    expect(fixture, "line 1");
    assert_int_equal(post_to(fixture, "/v1/reminders//answer", JSON, whole, strlen(whole)), 404);
    assert_int_equal(post_to(fixture, "/v1/reminders/answer", JSON, whole, strlen(whole)), 404);
    assert_int_equal(post_to(fixture, "/v1/other", JSON, whole, strlen(whole)), 404);
    assert_int_equal(last(fixture), before + 2);
    // Packed, and the id only in the path: it has to be in what is kept.
    static struct batch_of batch;
    uint8_t event[4096];
    batch.length = 0;
    add_bytes(&batch, event,
              pack_event(HEAD("a5") "\"repId\":\"wang\",\"reminderAnswered\":{\"outcome\":\"done\"}}", event));
    assert_int_equal(post_to(fixture, path, PACKED, batch.bytes, batch.length), 200);
    struct record record = read_record(fixture, last(fixture), payload);
    Tend__V1__Event *kept = tend__v1__event__unpack(NULL, record.length, record.payload);
    assert_string_equal(kept->reminder_answered->reminder_id, "R-17");
    tend__v1__event__free_unpacked(kept, NULL);
}

static int post_by_http(struct fixture *fixture, const char *authorization)
{
    fixture->authorization = authorization;
    fixture->inbound = (struct inbound){.request = {.http = true,
                                                    .method = "POST",
                                                    .path = "/v1/events",
                                                    .content_type = JSON,
                                                    .body = (const uint8_t *)SHIPPED("1"),
                                                    .length = strlen(SHIPPED("1")),
                                                    .source = fixture,
                                                    .param = nothing,
                                                    .header = header}};
    assert_int_equal(engine_turn(fixture->engine, &fixture->inbound, 1, NULL), ENGINE_DONE);
    return fixture->inbound.reply.status;
}

// HTTP needs the token whatever headers it has or lacks (1.0 has no Host); what comes by the socket does not.
static void test_tokens(void **state)
{
    struct fixture *fixture = *state;
    static const char *const bad[] = {NULL,
                                      "",
                                      "Bearer ",
                                      "Bearer 0123456789abcdef012",
                                      "Bearer 0123456789abcdef01234",
                                      "Basic 0123456789abcdef0123",
                                      "0123456789abcdef0123",
                                      "Bearer  0123456789abcdef0123"};
    uint64_t before = last(fixture);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(post_by_http(fixture, bad[i]), 401);
        expect(fixture, "authorization");
    }
    assert_int_equal(last(fixture), before);
    assert_int_equal(post_by_http(fixture, "Bearer 0123456789abcdef0123"), 200);
    assert_int_equal(post_by_http(fixture, "bearer 0123456789abcdef0123"), 200);
    fixture->authorization = NULL;
    assert_int_equal(post(fixture, JSON, SHIPPED("2")), 200);
    assert_int_equal(last(fixture), before + 2);
}

static void test_token_files(void **state)
{
    (void)state;
    char folder[FOLDER_BYTES], path[FOLDER_BYTES + 20], error[300];
    folder_make(folder);
    snprintf(path, sizeof path, "%s/token", folder);
    const char *const tokens[] = {path};
    struct ingest_options options = {.tokens = tokens, .token_count = 1, .keep_ids_ms = 1000000, .seal_records = 1000};
    struct ingest_setup setup = {.options = &options, .settings = (const uint8_t *)"", .settings_length = 0};
    assert_null(ingest_open(&setup, error, sizeof error)); // not there
    folder_write(folder, "token", "short\n", 6);
    assert_null(ingest_open(&setup, error, sizeof error));
    assert_non_null(strstr(error, path));
    char large[400];
    memset(large, 'x', sizeof large);
    folder_write(folder, "token", large, sizeof large);
    assert_null(ingest_open(&setup, error, sizeof error));
    folder_write(folder, "token", large, 255);
    struct ingest *ingest = ingest_open(&setup, error, sizeof error);
    assert_non_null(ingest);
    ingest_close(&ingest);
    folder_remove(folder);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make, unmake)
    const struct CMUnitTest tests[] = {
        TEST(test_good),
        TEST(test_bad_bodies),
        TEST(test_one_bad_in_an_array),
        TEST(test_one_bad_line),
        TEST(test_too_much),
        TEST(test_event_larger_than_a_record),
        TEST(test_packed),
        TEST(test_packed_with_bad_ones),
        TEST(test_packed_flipped),
        TEST(test_hostile_batches),
        TEST(test_unknown_fields),
        TEST(test_historical),
        TEST(test_shards),
        TEST(test_answers_to_reminders),
        TEST(test_tokens),
        cmocka_unit_test(test_token_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
