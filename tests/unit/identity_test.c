// Identities: the table in memory, the filter, and through ingest on a real store: known stays known and conflict
// conflict after sealing, trimming and a new start, until the time of keeping is over.
#include "services/ingest/identity.h"

#include "common/codec.h"
#include "common/engine.h"
#include "common/must.h"
#include "harness/folder.h"
#include "services/ingest/ingest.h"
#include "tend/v1/journal.pb-c.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { MAP = 1 << 28, SEAL = 32, BODY_BYTES = 200000 };

#define NOW INT64_C(1779010200000)
#define DAY_MS INT64_C(86400000)

static void identity_of(uint64_t number, uint8_t *ret_identity)
{
    must(number != UINT64_MAX);
    hash_pair(&number, sizeof number, "x", 1, ret_identity);
}

static bool finds(const struct identities *identities, const uint8_t *identity, uint64_t wanted)
{
    size_t cursor = 0;
    for (uint64_t seq; identities_find(identities, identity, &cursor, &seq);)
        if (seq == wanted)
            return true;
    return false;
}

static void test_table(void **state)
{
    (void)state;
    enum { COUNT = 20000 };
    struct identities *identities = identities_open(0);
    uint8_t identity[IDENTITY_BYTES];
    for (uint64_t i = 1; i <= COUNT; i++) {
        identity_of(i, identity);
        assert_false(finds(identities, identity, i));
        identities_add(identities, identity, i);
    }
    assert_int_equal(identities_count(identities), COUNT);
    for (uint64_t i = 1; i <= COUNT; i++) {
        identity_of(i, identity);
        assert_true(finds(identities, identity, i));
    }
    identities_clear(identities);
    assert_int_equal(identities_count(identities), 0);
    identity_of(1, identity);
    assert_false(finds(identities, identity, 1));
    identities_add(identities, identity, 7);
    assert_true(finds(identities, identity, 7));
    identities_close(&identities);
    identities_close(&identities);
}

// All in one heap: the same first 8 bytes. Each one is offered, none is lost, the search ends.
static void test_table_with_equal_tags(void **state)
{
    (void)state;
    struct identities *identities = identities_open(4);
    uint8_t identity[IDENTITY_BYTES] = "same tag";
    for (uint64_t i = 1; i <= 1500; i++) {
        store_put_u64(identity + 8, i);
        identities_add(identities, identity, i);
    }
    uint64_t sum = 0, seq;
    size_t cursor = 0, count = 0;
    for (; identities_find(identities, identity, &cursor, &seq); count++)
        sum += seq;
    assert_int_equal(count, 1500);
    assert_int_equal(sum, 1500 * 1501 / 2);
    memset(identity, 0xff, 8); // its place is the last slot, and the search goes round
    identities_add(identities, identity, 7000);
    identities_add(identities, identity, 7001);
    assert_true(finds(identities, identity, 7000) && finds(identities, identity, 7001));
    identities_close(&identities);
}

static void test_filter(void **state)
{
    (void)state;
    enum { COUNT = 20000 };
    struct filter *filter = filter_open(COUNT);
    uint8_t identity[IDENTITY_BYTES];
    for (uint64_t i = 0; i < COUNT; i++) {
        identity_of(i, identity);
        filter_add(filter, identity);
    }
    unsigned wrong = 0;
    for (uint64_t i = 0; i < 2 * COUNT; i++) {
        identity_of(i, identity);
        bool may = filter_may_hold(filter, identity);
        if (i < COUNT)
            assert_true(may);
        else
            wrong += may;
    }
    assert_true(wrong > 0 && wrong < COUNT * 3 / 100);
    filter_close(&filter);
    filter_close(&filter);
    filter = filter_open(0);
    assert_false(filter_may_hold(filter, identity));
    filter_close(&filter);
}

struct fixture {
    char folder[FOLDER_BYTES];
    struct clock *clock;
    struct ingest_options options;
    struct ingest *ingest;
    struct engine *engine;
    char *body;
    unsigned stored, known, refused;
};

static void open_ingest(struct fixture *fixture)
{
    char error[300];
    struct ingest_setup setup = {.options = &fixture->options, .settings = (const uint8_t *)"", .settings_length = 0};
    fixture->ingest = ingest_open(&setup, error, sizeof error);
    assert_non_null(fixture->ingest);
    struct engine_options options = {.service = &ingest_service,
                                     .self = fixture->ingest,
                                     .folder = fixture->folder,
                                     .map_bytes = MAP,
                                     .throwaway = true,
                                     .shards = 16,
                                     .clock = fixture->clock};
    struct store_error store;
    assert_true(engine_open(&options, &store, &fixture->engine));
}

static void close_ingest(struct fixture *fixture)
{
    engine_close(&fixture->engine);
    ingest_close(&fixture->ingest);
}

static void restart(struct fixture *fixture)
{
    close_ingest(fixture);
    open_ingest(fixture);
}

static int make(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    folder_make(fixture->folder);
    fixture->clock = clock_open_simulated(NOW);
    fixture->options = (struct ingest_options){.keep_ids_ms = 10 * DAY_MS, .seal_records = SEAL};
    fixture->body = malloc(BODY_BYTES);
    open_ingest(fixture);
    *state = fixture;
    return 0;
}

static int unmake(void **state)
{
    struct fixture *fixture = *state;
    close_ingest(fixture);
    clock_close(&fixture->clock);
    folder_remove(fixture->folder);
    free(fixture->body);
    free(fixture);
    return 0;
}

static const char *nothing(const struct request *request, const char *name)
{
    (void)request, (void)name;
    return NULL;
}

// Events `from` to `to`, one a line, each with its order's number; `other` gives them other content.
static void post(struct fixture *fixture, unsigned from, unsigned to, const char *other)
{
    size_t length = 0;
    for (unsigned i = from; i <= to; i++)
        length += (size_t)snprintf(
            fixture->body + length, BODY_BYTES - length,
            "{\"id\":\"e%u\",\"source\":\"shop\",\"time\":\"2026-05-17T09:00:00Z\",\"customerId\":\"C1\","
            "\"orderShipped\":{\"orderId\":\"o%u%s\"}}\n",
            i, i, other);
    struct inbound inbound = {.request = {.method = "POST",
                                          .path = "/v1/events",
                                          .content_type = "application/x-ndjson",
                                          .body = (const uint8_t *)fixture->body,
                                          .length = length,
                                          .param = nothing,
                                          .header = nothing}};
    assert_int_equal(engine_turn(fixture->engine, &inbound, 1, NULL), ENGINE_DONE);
    assert_int_equal(inbound.reply.status, 200);
    struct verify_error error;
    Tend__V1__EventResults *results = (Tend__V1__EventResults *)codec_from_text(
        &tend__v1__event_results__descriptor, inbound.reply.body, inbound.reply.length, NULL, &error);
    assert_non_null(results);
    fixture->stored = results->stored;
    fixture->known = results->known;
    fixture->refused = results->refused;
    for (size_t i = 0; i < results->n_results; i++)
        if (results->results[i]->status == TEND__V1__EVENT_STATUS__EVENT_STATUS_INVALID)
            fail_msg("%s: %s", results->results[i]->field, results->results[i]->reason);
    tend__v1__event_results__free_unpacked(results, NULL);
}

static void expect_all(struct fixture *fixture, unsigned from, unsigned to, const char *outcome)
{
    unsigned count = to - from + 1;
    uint64_t before = engine_journal(fixture->engine)->last;
    post(fixture, from, to, strcmp(outcome, "conflict") == 0 ? "-other" : "");
    assert_int_equal(fixture->stored, strcmp(outcome, "stored") == 0 ? count : 0);
    assert_int_equal(fixture->known, strcmp(outcome, "known") == 0 ? count : 0);
    assert_int_equal(fixture->refused, strcmp(outcome, "conflict") == 0 ? count : 0);
    assert_int_equal(engine_journal(fixture->engine)->last - before, fixture->stored);
}

// A turn in which nothing comes in: ingest tidies up.
static void idle(struct fixture *fixture)
{
    assert_int_equal(engine_turn(fixture->engine, NULL, 0, NULL), ENGINE_DONE);
}

static void trim_all(struct fixture *fixture)
{
    uint64_t generation;
    assert_int_equal(engine_welcome(fixture->engine, "scoring", 1, &generation), ENGINE_DONE);
    engine_confirm(fixture->engine, "scoring", generation, engine_journal(fixture->engine)->last);
    clock_move(fixture->clock, clock_wall_ms(fixture->clock) + 1);
    while (engine_trim(fixture->engine, 0) > 0)
        ;
}

static void test_sealing_trimming_restart(void **state)
{
    struct fixture *fixture = *state;
    idle(fixture); // the settings are the first record
    enum { COUNT = 400, STEP = 20 };
    for (unsigned from = 1; from <= COUNT; from += STEP) {
        expect_all(fixture, from, from + STEP - 1, "stored");
        expect_all(fixture, from, from + STEP - 1, "known");
    }
    const struct journal *journal = engine_journal(fixture->engine);
    uint64_t sealed = ingest_service.trimmable(fixture->ingest);
    assert_true(sealed >= COUNT - 3 * SEAL && sealed < journal->last);
    for (int round = 0; round < 3; round++) {
        expect_all(fixture, 1, COUNT, "known");
        expect_all(fixture, 1, COUNT, "conflict");
        if (round == 0) {
            trim_all(fixture);
            // What is not sealed is needed at a start, so it stays.
            assert_int_equal(engine_journal(fixture->engine)->first, ingest_service.trimmable(fixture->ingest) + 1);
        }
        restart(fixture);
    }
    expect_all(fixture, COUNT + 1, COUNT + 100, "stored");
    expect_all(fixture, 1, COUNT + 100, "known");
}

// A batch in which the same event stands twice, and once with other content.
static void test_twice_in_one_request(void **state)
{
    struct fixture *fixture = *state;
    idle(fixture);
    expect_all(fixture, 1, 1, "stored");
    static const char body[] = "[{\"id\":\"d\",\"source\":\"shop\",\"time\":\"2026-05-17T09:00:00Z\",\"customerId\":"
                               "\"C1\",\"orderShipped\":{\"orderId\":\"o\"}},"
                               "{\"id\":\"d\",\"source\":\"shop\",\"time\":\"2026-05-17T09:00:00Z\",\"customerId\":"
                               "\"C1\",\"historical\":true,\"orderShipped\":{\"orderId\":\"o\"}},"
                               "{\"id\":\"d\",\"source\":\"shop\",\"time\":\"2026-05-17T09:00:00Z\",\"customerId\":"
                               "\"C1\",\"orderShipped\":{\"orderId\":\"p\"}},"
                               "{\"id\":\"d\",\"source\":\"web\",\"time\":\"2026-05-17T09:00:00Z\",\"customerId\":"
                               "\"C1\",\"orderShipped\":{\"orderId\":\"p\"}}]";
    struct inbound inbound = {.request = {.method = "POST",
                                          .path = "/v1/events",
                                          .content_type = "application/json",
                                          .body = (const uint8_t *)body,
                                          .length = sizeof body - 1,
                                          .param = nothing,
                                          .header = nothing}};
    uint64_t before = engine_journal(fixture->engine)->last;
    assert_int_equal(engine_turn(fixture->engine, &inbound, 1, NULL), ENGINE_DONE);
    assert_int_equal(engine_journal(fixture->engine)->last, before + 2);
    assert_non_null(strstr(inbound.reply.body, "\"stored\":2"));
    assert_non_null(strstr(inbound.reply.body, "\"known\":1"));
    assert_non_null(strstr(inbound.reply.body, "\"refused\":1"));
}

// A turn that fails must not leave an identity behind: the sender's next try has to be stored.
static void test_failed_turn_forgets_its_identities(void **state)
{
    struct fixture *fixture = *state;
    idle(fixture);
    expect_all(fixture, 1, 100, "stored");
    size_t held = (size_t)engine_journal(fixture->engine)->last;
    // The service notes more in a transaction that is thrown away, and builds its memory anew as after a failed commit.
    struct arena *arena = arena_open(1 << 20, 64 << 20);
    struct journal journal = *engine_journal(fixture->engine);
    struct turn turn = {.tx = store_begin(engine_store(fixture->engine)),
                        .arena = arena,
                        .journal = &journal,
                        .now_ms = NOW,
                        .shards = 16};
    struct request request = {
        .method = "POST",
        .path = "/v1/events",
        .content_type = "application/json",
        .body = (const uint8_t *)"{\"id\":\"e500\",\"source\":\"shop\",\"time\":\"2026-05-17T09:00:00Z\","
                                 "\"customerId\":\"C1\",\"orderShipped\":{\"orderId\":\"o500\"}}",
        .param = nothing,
        .header = nothing};
    request.length = strlen((const char *)request.body);
    struct reply reply = {0};
    ingest_service.command(fixture->ingest, &turn, &request, &reply);
    assert_int_equal(reply.status, 200);
    assert_int_equal(journal.last, held + 1);
    tx_abort(&turn.tx);
    turn.tx = store_begin_read(engine_store(fixture->engine));
    journal = *engine_journal(fixture->engine);
    ingest_service.reload(fixture->ingest, &turn);
    tx_abort(&turn.tx);
    arena_close(&arena);
    expect_all(fixture, 500, 500, "stored");
    expect_all(fixture, 1, 100, "known");
}

static uint64_t rows(struct fixture *fixture, unsigned table)
{
    struct tx *tx = store_begin_read(engine_store(fixture->engine));
    uint64_t count = tx_count(tx, table);
    tx_abort(&tx);
    return count;
}

static void test_expiry(void **state)
{
    struct fixture *fixture = *state;
    idle(fixture);
    for (unsigned from = 1; from <= 200; from += 20)
        expect_all(fixture, from, from + 19, "stored");
    uint64_t generations = rows(fixture, STORE_TABLE_SERVICE + 1);
    assert_true(generations >= 4);
    clock_move(fixture->clock, NOW + 10 * DAY_MS - 1);
    for (int i = 0; i < 20; i++)
        idle(fixture);
    expect_all(fixture, 1, 200, "known");
    // From here on they may be forgotten, the oldest first; the newest generation stays, and what is not sealed.
    clock_move(fixture->clock, NOW + 11 * DAY_MS);
    for (int i = 0; i < 20; i++)
        idle(fixture);
    assert_int_equal(rows(fixture, STORE_TABLE_SERVICE + 1), 1);
    assert_true(rows(fixture, STORE_TABLE_SERVICE) <= 2);
    expect_all(fixture, 200, 200, "known");
    uint64_t sealed = ingest_service.trimmable(fixture->ingest);
    restart(fixture);
    assert_int_equal(ingest_service.trimmable(fixture->ingest), sealed);
    expect_all(fixture, 200, 200, "known");
    expect_all(fixture, 1, 1, "stored"); // as new as if it had never been
    expect_all(fixture, 1, 1, "known");
}

// Blocks begin with the first eight bytes of an identity; the look-up must hit the right one of many.
static void test_many_generations(void **state)
{
    struct fixture *fixture = *state;
    fixture->options.seal_records = 500; // several blocks each
    restart(fixture);
    idle(fixture);
    for (unsigned from = 1; from <= 6000; from += 500)
        expect_all(fixture, from, from + 499, "stored");
    assert_true(rows(fixture, STORE_TABLE_SERVICE + 1) >= 9);
    for (unsigned from = 1; from <= 6000; from += 500)
        expect_all(fixture, from, from + 499, "known");
    restart(fixture);
    for (unsigned from = 1; from <= 6000; from += 500)
        expect_all(fixture, from, from + 499, "conflict");
    expect_all(fixture, 6001, 6400, "stored");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make, unmake)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_table_with_equal_tags),
        cmocka_unit_test(test_filter),
        TEST(test_sealing_trimming_restart),
        TEST(test_twice_in_one_request),
        TEST(test_failed_turn_forgets_its_identities),
        TEST(test_expiry),
        TEST(test_many_generations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
