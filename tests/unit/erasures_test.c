// Ingest and persons who are to be forgotten: who is the same person, what comes late, who may ask, and the proof.
#include "services/ingest/erasures.h"
#include "services/ingest/same.h"
#include "tend/v1/journal.pb-c.h"
#include "unit/dice.h"
#include "unit/intake_sender.h"

static void send(struct fixture *f, const char *id, const char *time, const char *rest, const char *wanted)
{
    char body[1000];
    snprintf(body, sizeof body, "{\"id\":\"%s\",\"source\":\"shop\",\"time\":\"%s\",%s}", id, time, rest);
    post(f, "application/json", body);
    expect(f, wanted);
}

static void read_last(struct fixture *f, uint64_t back, struct record *ret_record, const Tend__V1__Event **ret_event)
{
    static uint8_t payload[RECORD_PAYLOAD_MAX];
    static struct arena *arena;
    arena = arena != NULL ? arena : arena_open(1 << 20, 1 << 26);
    arena_reset(arena);
    struct tx *tx = store_begin_read(engine_store(f->engine));
    assert_true(journal_read(tx, last(f) - back, ret_record));
    memcpy(payload, ret_record->payload, ret_record->length);
    ret_record->payload = payload;
    tx_abort(&tx);
    *ret_event = tend__v1__event__unpack(arena_allocator(arena), ret_record->length, payload);
}

static const char *ask(struct fixture *f, const char *path)
{
    struct inbound inbound = {
        .request = {.method = "GET", .path = path, .source = f, .param = nothing, .header = header}};
    static char body[4000];
    engine_query(f->engine, &inbound);
    snprintf(body, sizeof body, "%d %.*s", inbound.reply.status, (int)inbound.reply.length, inbound.reply.body);
    return body;
}

#define BEFORE "2026-05-10T09:00:00Z"
#define AFTER "2026-05-17T09:31:00Z"

static void test_what_an_erasure_says(void **state)
{
    struct fixture *f = *state;
    struct record record;
    const Tend__V1__Event *event;
    send(f, "u", BEFORE, "\"customerId\":\"C1\",\"customerUpserted\":{\"name\":\"Kim\"}", "stored");
    send(f, "e", BEFORE, "\"customerId\":\"C1\",\"customerErased\":{\"reason\":\"Kim wrote\",\"askedBy\":\"ann\"}",
         "stored");
    read_last(f, 0, &record, &event);
    assert_int_equal(record.flags & RECORD_ERASES, RECORD_ERASES);
    assert_int_equal(record.shard, SHARD_ALL);
    assert_string_equal(event->customer_erased->reason, "");
    assert_string_equal(event->customer_erased->asked_by, "ann");
    assert_int_equal(event->time->seconds, NOW / 1000); // everything up to now goes
    send(f, "e", BEFORE, "\"customerId\":\"C1\",\"customerErased\":{\"reason\":\"Kim wrote\",\"askedBy\":\"ann\"}",
         "known");
    send(f, "e", BEFORE, "\"customerId\":\"C2\",\"customerErased\":{\"reason\":\"Kim wrote\"}", "same source and id");
}

static void test_late_events_stay_out(void **state)
{
    struct fixture *f = *state;
    struct record record;
    const Tend__V1__Event *event;
    send(f, "e", BEFORE, "\"customerId\":\"C1\",\"customerErased\":{}", "stored");
    for (int i = 0; i < 2; i++) {
        char id[20];
        snprintf(id, sizeof id, "late%d", i);
        send(f, id, BEFORE, "\"customerId\":\"C1\",\"customerUpserted\":{\"name\":\"Kim\"}", "stored");
        read_last(f, 0, &record, &event);
        assert_int_equal(record.flags & RECORD_ERASED, RECORD_ERASED);
        assert_int_equal(record.length, 0);
        send(f, id, BEFORE, "\"customerId\":\"C1\",\"customerUpserted\":{\"name\":\"Kim\"}", "known");
        send(f, id, BEFORE, "\"customerId\":\"C1\",\"customerUpserted\":{\"name\":\"Lee\"}", "same source and id");
        // As after a start.
        struct tx *tx = store_begin_read(engine_store(f->engine));
        struct journal journal;
        journal_load(tx, &journal);
        assert_int_equal(journal_verify(tx, &journal), 0);
        struct turn turn = {.tx = tx, .arena = engine_arena(f->engine), .journal = &journal};
        ingest_service.reload(f->ingest, &turn);
        tx_abort(&tx);
    }
    send(f, "r", BEFORE, "\"customerId\":\"C9\",\"referralMade\":{\"otherCustomerId\":\"C1\",\"what\":\"Kim\"}",
         "stored");
    read_last(f, 0, &record, &event);
    assert_int_equal(record.flags & RECORD_ERASED, RECORD_ERASED);
    send(f, "x", BEFORE, "\"customerId\":\"C9\",\"customerUpserted\":{\"name\":\"Other\"}", "stored");
    read_last(f, 0, &record, &event);
    assert_int_equal(record.flags & RECORD_ERASED, 0);
    send(f, "n", AFTER, "\"customerId\":\"C1\",\"customerUpserted\":{\"name\":\"New\"}", "stored");
    read_last(f, 0, &record, &event);
    assert_int_equal(record.flags & RECORD_ERASED, 0);
    assert_string_equal(event->customer_upserted->name, "New");
    assert_non_null(strstr(ask(f, "/v1/erasures/C1"), "\"keptOut\":\"3\""));
}

static void test_one_person_goes_together(void **state)
{
    struct fixture *f = *state;
    struct record record;
    const Tend__V1__Event *event;
    send(f, "m1", BEFORE, "\"customerId\":\"C1\",\"customerMerged\":{\"otherCustomerId\":\"C2\"}", "stored");
    send(f, "m2", BEFORE, "\"customerId\":\"C2\",\"customerMerged\":{\"otherCustomerId\":\"C3\"}", "stored");
    send(f, "m3", BEFORE, "\"customerId\":\"C1\",\"customerMerged\":{\"otherCustomerId\":\"C4\"}", "stored");
    send(f, "s3", AFTER, "\"customerId\":\"C1\",\"customerSplit\":{\"otherCustomerId\":\"C4\"}", "stored");
    assert_non_null(strstr(ask(f, "/v1/erasures/C3/with"), "[\"C3\",\"C2\",\"C1\"]"));
    uint64_t before = last(f);
    send(f, "e", BEFORE, "\"customerId\":\"C3\",\"customerErased\":{}", "stored");
    assert_int_equal(last(f), before + 3);
    bool found[5] = {false};
    for (uint64_t back = 0; back < 3; back++) {
        read_last(f, back, &record, &event);
        assert_int_equal(record.flags & RECORD_ERASES, RECORD_ERASES);
        found[event->customer_id[1] - '0'] = true;
    }
    assert_true(found[1] && found[2] && found[3]);
    assert_non_null(strstr(ask(f, "/v1/erasures/C1"), "\"waitsFor\":[\"ingest\""));
    assert_non_null(strstr(ask(f, "/v1/erasures/C4"), "404"));
    // Its own rows go in the turns that follow.
    for (int i = 0; i < 5; i++)
        assert_int_equal(engine_turn(f->engine, NULL, 0, NULL), ENGINE_DONE);
    assert_non_null(strstr(ask(f, "/v1/erasures/C1/with"), "[\"C1\"]"));
}

static void test_a_token_may_not(void **state)
{
    struct fixture *f = *state;
    f->authorization = "Bearer 0123456789abcdef0123";
    static const char body[] = "{\"id\":\"e\",\"source\":\"shop\",\"time\":\"" BEFORE "\",\"customerId\":\"C1\","
                               "\"customerErased\":{}}";
    f->inbound = (struct inbound){.request = {.http = true,
                                              .method = "POST",
                                              .path = "/v1/events",
                                              .content_type = "application/json",
                                              .body = (const uint8_t *)body,
                                              .length = sizeof body - 1,
                                              .source = f,
                                              .param = nothing,
                                              .header = header}};
    uint64_t before = last(f);
    assert_int_equal(engine_turn(f->engine, &f->inbound, 1, NULL), ENGINE_DONE);
    assert_int_equal(f->inbound.reply.status, 400);
    expect(f, "customer_erased");
    assert_int_equal(last(f), before);
}

// What a process reports, as it comes round the ring.
static void report(struct fixture *f, const uint8_t *erasure, const char *service, uint32_t processes)
{
    static uint8_t payload[500];
    Tend__V1__ErasureReport said = TEND__V1__ERASURE_REPORT__INIT;
    said.erasure = (ProtobufCBinaryData){HASH_BYTES, (uint8_t *)(uintptr_t)erasure};
    said.service = (char *)(uintptr_t)service;
    said.processes = processes;
    const struct position *position = engine_position(f->engine);
    struct record record = {.seq = position->seq + 1,
                            .type = TEND__V1__RECORD_TYPE__RECORD_TYPE_ERASURE_REPORT,
                            .version = 1,
                            .payload = payload,
                            .length = tend__v1__erasure_report__pack(&said, payload)};
    struct batch batch = {.after = position->seq,
                          .records = &record,
                          .count = 1,
                          .generation = 1,
                          .looked = record.seq,
                          .last = record.seq};
    memset(batch.journal_id, 7, JOURNAL_ID_BYTES);
    assert_int_equal(engine_turn(f->engine, NULL, 0, &batch), ENGINE_DONE);
}

static void test_the_proof_is_whole_when_all_have_reported(void **state)
{
    static const struct {
        const char *service;
        uint32_t processes;
    } reports[] = {{"ingest", 1},    {"scoring-1", 2}, {"scoring-1", 2},
                   {"scheduler", 1}, {"notifier", 1},  {"scoring-0", 2}};
    struct fixture *f = *state;
    struct record record;
    const Tend__V1__Event *event;
    send(f, "e", BEFORE, "\"customerId\":\"C1\",\"customerErased\":{\"askedBy\":\"ann\"}", "stored");
    read_last(f, 0, &record, &event);
    assert_non_null(strstr(ask(f, "/v1/erasures/C1"), "\"askedBy\":\"ann\""));
    for (size_t i = 0; i < sizeof reports / sizeof *reports; i++) {
        assert_null(strstr(ask(f, "/v1/erasures/C1"), "\"whole\":true"));
        report(f, record.key, reports[i].service, reports[i].processes);
    }
    assert_non_null(strstr(ask(f, "/v1/erasures/C1"), "\"whole\":true"));
    assert_null(strstr(ask(f, "/v1/erasures"), "C1"));
    assert_non_null(strstr(ask(f, "/v1/erasures"), "\"whole\":true"));
}

// --- who is the same, against the plainest way to say it

enum { PEOPLE = 8, WORDS = 14, ROUNDS = 300 };

struct word {
    unsigned customer, other;
    int64_t time_ms;
    bool merged;
};

static void find_group(bool linked[PEOPLE][PEOPLE], unsigned from, bool group[PEOPLE])
{
    group[from] = true;
    for (unsigned i = 0; i < PEOPLE; i++)
        if ((linked[from][i] || linked[i][from]) && !group[i])
            find_group(linked, i, group);
}

static void test_same_in_any_order(void **state)
{
    struct fixture *f = *state;
    struct dice dice = dice_take();
    char id[PEOPLE][8];
    for (unsigned i = 0; i < PEOPLE; i++)
        snprintf(id[i], sizeof id[i], "C%u", i == 3 ? 10 : i); // one is the beginning of another
    for (int round = 0; round < ROUNDS; round++) {
        struct word words[WORDS];
        bool linked[PEOPLE][PEOPLE] = {{false}};
        for (int i = 0; i < WORDS; i++) {
            unsigned customer = (unsigned)dice_throw(&dice, PEOPLE), step = 1 + (unsigned)dice_throw(&dice, PEOPLE - 1);
            words[i] = (struct word){customer, (customer + step) % PEOPLE, i, dice_throw(&dice, 3) > 0};
            linked[customer][words[i].other] = words[i].merged;
        }
        struct tx *tx = store_begin(engine_store(f->engine));
        arena_reset(engine_arena(f->engine));
        struct turn turn = {.tx = tx, .arena = engine_arena(f->engine)};
        for (int i = 0; i < 3 * WORDS; i++) { // in any order, and again
            const struct word *word = &words[i < 2 * WORDS ? (int)dice_throw(&dice, WORDS) : i - 2 * WORDS];
            same_note(&turn, id[word->customer], id[word->other], word->time_ms, word->merged);
        }
        for (unsigned i = 0; i < PEOPLE; i++) {
            const char *found[SAME_MAX];
            bool group[PEOPLE] = {false};
            size_t expected = 0, count = same_as(&turn, id[i], found);
            find_group(linked, i, group);
            for (unsigned j = 0; j < PEOPLE; j++)
                expected += group[j];
            assert_int_equal(count, expected);
            assert_string_equal(found[0], id[i]);
        }
        uint64_t rows = same_erase(&turn, id[0]);
        const char *found[SAME_MAX];
        assert_int_equal(same_as(&turn, id[0], found), 1);
        assert_true(rows <= 2 * WORDS && same_erase(&turn, id[0]) == 0);
        tx_abort(&tx);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_what_an_erasure_says, make, unmake),
        cmocka_unit_test_setup_teardown(test_late_events_stay_out, make, unmake),
        cmocka_unit_test_setup_teardown(test_one_person_goes_together, make, unmake),
        cmocka_unit_test_setup_teardown(test_a_token_may_not, make, unmake),
        cmocka_unit_test_setup_teardown(test_the_proof_is_whole_when_all_have_reported, make, unmake),
        cmocka_unit_test_setup_teardown(test_same_in_any_order, make, unmake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
