// Two engines and the words between them, without sockets: what is asked, parked, filtered and ignored.
#include "unit/protocol_pair.h"

#include <stdio.h>

static void test_pull(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(pull(fixture), FOLLOW_BATCH); // the welcome
    assert_int_equal(engine_generation(fixture->lower), 1);
    put(fixture, "a");
    put(fixture, "b");
    assert_int_equal(pull(fixture), FOLLOW_BATCH);
    assert_int_equal(position(fixture), 2);
    assert_int_equal(fixture->low.applied, 2);
    assert_int_equal(engine_follower(fixture->upper, "lower")->confirmed, 0); // it said so before it had them
    assert_int_equal(pull(fixture), FOLLOW_BATCH);
    assert_int_equal(engine_follower(fixture->upper, "lower")->confirmed, 2);
    assert_memory_equal(engine_position(fixture->lower)->chain, engine_journal(fixture->upper)->last_chain, HASH_BYTES);
    // Both start again; nothing is doubled.
    engine_close(&fixture->lower);
    engine_close(&fixture->upper);
    open_lower(fixture);
    open_upper(fixture);
    put(fixture, "c");
    assert_int_equal(little_pull(fixture->upper, fixture->lower, 2, fixture->refusal), FOLLOW_BATCH);
    assert_int_equal(engine_generation(fixture->lower), 2);
    assert_int_equal(little_pull(fixture->upper, fixture->lower, 2, fixture->refusal), FOLLOW_BATCH);
    assert_int_equal(fixture->low.applied, 3);
}

static void test_parked(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(pull(fixture), FOLLOW_BATCH);
    struct slice answer;
    Tend__V1__Fetch *fetch = question(fixture);
    assert_int_equal(serve_fetch(fixture->upper, fetch, false, fixture->arena, &answer), SERVE_PARK);
    assert_int_equal(serve_fetch(fixture->upper, fetch, true, fixture->arena, &answer), SERVE_ANSWER);
    put(fixture, "news");
    Tend__V1__FetchAnswer *reply = reply_to(fixture, fetch, false);
    assert_non_null(reply);
    assert_int_equal(reply->n_records, 1);
    assert_int_equal(reply->looked, 1);
    assert_int_equal(reply->last, 1);
    assert_int_equal(reply->complete_ms, NOW);
    assert_int_equal(pull(fixture), FOLLOW_BATCH);
    // One who waits for a moment hears of it as soon as it has come, without a record.
    fetch = question(fixture);
    fetch->complete_ms = NOW + 1000;
    assert_null(reply_to(fixture, fetch, false));
    clock_move(fixture->clock, NOW + 999);
    assert_null(reply_to(fixture, fetch, false));
    clock_move(fixture->clock, NOW + 1000);
    reply = reply_to(fixture, fetch, false);
    assert_non_null(reply);
    assert_int_equal(reply->n_records, 0);
    assert_int_equal(reply->complete_ms, NOW + 1000);
}

// After a night down what is unread may take back what is due: the first part of it says nothing of time.
static void test_part_of_the_news_is_complete_to_nothing(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(pull(fixture), FOLLOW_BATCH);
    char when[40];
    snprintf(when, sizeof when, "when %lld", (long long)NOW + 1000);
    put(fixture, when);
    assert_int_equal(pull(fixture), FOLLOW_BATCH);
    assert_int_equal(fixture->low.alarm_ms, NOW + 1000);
    clock_move(fixture->clock, NOW + 3600000);
    put_many(fixture, 1000, 60000); // many answers' worth
    put(fixture, "cancel");
    int rounds = 0;
    while (position(fixture) < engine_journal(fixture->upper)->last) {
        Tend__V1__FetchAnswer *reply = reply_to(fixture, question(fixture), true);
        assert_int_equal(reply->complete_ms == 0, reply->looked < reply->last);
        assert_int_equal(pull(fixture), FOLLOW_BATCH);
        arena_reset(fixture->arena);
        rounds++;
    }
    assert_true(rounds > 10);
    assert_int_equal(fixture->low.rung_ms, 0);
    assert_int_equal(fixture->low.alarm_ms, 0);
    assert_int_equal(engine_complete_ms(fixture->lower), NOW + 3600000);
}

static void test_limits_of_an_answer(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(pull(fixture), FOLLOW_BATCH);
    put_many(fixture, 30, 1000);
    Tend__V1__Fetch *fetch = question(fixture);
    fetch->most_records = 7;
    assert_int_equal(reply_to(fixture, fetch, false)->n_records, 7);
    fetch->most_records = 0;
    fetch->most_bytes = 3300; // three of 1,092
    Tend__V1__FetchAnswer *reply = reply_to(fixture, fetch, false);
    assert_int_equal(reply->n_records, 3);
    assert_int_equal(reply->looked, 3);
    fetch->most_bytes = 1; // one is always given, else nothing would move
    assert_int_equal(reply_to(fixture, fetch, false)->n_records, 1);
    fetch->most_bytes = UINT32_MAX;
    fetch->most_records = UINT32_MAX;
    assert_int_equal(reply_to(fixture, fetch, false)->n_records, 30);
}

static void test_filter(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(pull(fixture), FOLLOW_BATCH);
    char text[2] = "a"; // the shard is the first byte mod 16: 1 to 10
    for (char c = 'a'; c <= 'j'; c++) {
        text[0] = c;
        put(fixture, text);
    }
    put(fixture, ""); // for every shard
    uint32_t shards[] = {2, 9};
    Tend__V1__Fetch *fetch = question(fixture);
    fetch->n_shards = 2;
    fetch->shards = shards;
    Tend__V1__FetchAnswer *reply = reply_to(fixture, fetch, false);
    assert_int_equal(reply->n_records, 3);
    assert_int_equal(reply->looked, 11);
    struct record record;
    static const uint64_t seqs[] = {2, 9, 11};
    for (size_t i = 0; i < 3; i++) {
        assert_true(record_decode(reply->records[i].data, reply->records[i].len, &record));
        assert_int_equal(record.seq, seqs[i]);
    }
    // The follower takes them with the gaps and stands behind what was passed over, in its answer's chain.
    struct slice bytes;
    assert_int_equal(serve_fetch(fixture->upper, fetch, false, fixture->arena, &bytes), SERVE_ANSWER);
    struct batch batch;
    assert_int_equal(
        follow_read(fixture->lower, 0, bytes.bytes, bytes.length, fixture->arena, &batch, fixture->refusal, REFUSAL),
        FOLLOW_BATCH);
    assert_int_equal(engine_turn(fixture->lower, NULL, 0, &batch), ENGINE_DONE);
    assert_int_equal(fixture->low.applied, 3);
    assert_int_equal(position(fixture), 11);
    put(fixture, "c");
    assert_int_equal(pull(fixture), FOLLOW_BATCH);
    assert_int_equal(position(fixture), 12);
    // Nothing of ours in it: only the position moves.
    put(fixture, "c");
    fetch = question(fixture);
    fetch->n_shards = 1;
    fetch->shards = shards;
    assert_int_equal(serve_fetch(fixture->upper, fetch, false, fixture->arena, &bytes), SERVE_ANSWER);
    assert_int_equal(
        follow_read(fixture->lower, 0, bytes.bytes, bytes.length, fixture->arena, &batch, fixture->refusal, REFUSAL),
        FOLLOW_BATCH);
    assert_int_equal(batch.count, 0);
    assert_int_equal(batch.looked, 13);
    assert_int_equal(engine_turn(fixture->lower, NULL, 0, &batch), ENGINE_DONE);
    assert_int_equal(position(fixture), 13);
    put(fixture, "x");
    assert_int_equal(pull(fixture), FOLLOW_BATCH);
    assert_int_equal(position(fixture), 14);
    uint32_t *all = arena_zero(fixture->arena, SERVE_SHARDS_MAX + 1, sizeof *all);
    fetch = question(fixture);
    fetch->shards = all;
    fetch->n_shards = SERVE_SHARDS_MAX + 1;
    assert_int_equal(serve_fetch(fixture->upper, fetch, true, fixture->arena, &bytes), SERVE_NOTHING);
}

static void test_old_answers_are_ignored(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(pull(fixture), FOLLOW_BATCH);
    put(fixture, "a");
    struct slice old =
        little_answer(fixture->upper, little_ask(fixture->lower, 1, fixture->arena), true, fixture->arena);
    put(fixture, "b");
    assert_int_equal(pull(fixture), FOLLOW_BATCH);
    assert_int_equal(fixture->low.applied, 2);
    struct batch batch;
    assert_int_equal(
        follow_read(fixture->lower, 0, old.bytes, old.length, fixture->arena, &batch, fixture->refusal, REFUSAL),
        FOLLOW_IGNORE);
    // One that comes twice: the second time it is an old one.
    put(fixture, "c");
    struct slice twice =
        little_answer(fixture->upper, little_ask(fixture->lower, 1, fixture->arena), true, fixture->arena);
    assert_int_equal(
        follow_read(fixture->lower, 0, twice.bytes, twice.length, fixture->arena, &batch, fixture->refusal, REFUSAL),
        FOLLOW_BATCH);
    assert_int_equal(engine_turn(fixture->lower, NULL, 0, &batch), ENGINE_DONE);
    assert_int_equal(
        follow_read(fixture->lower, 0, twice.bytes, twice.length, fixture->arena, &batch, fixture->refusal, REFUSAL),
        FOLLOW_IGNORE);
    assert_int_equal(fixture->low.applied, 3);
}

// A bit that turns on the way is noticed, wherever it is: in a record, in the position, in the time, in a refusal.
static void test_every_flipped_bit_of_an_answer(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(pull(fixture), FOLLOW_BATCH);
    put(fixture, "a");
    assert_int_equal(pull(fixture), FOLLOW_BATCH);
    put(fixture, "b");
    put(fixture, "c");
    struct slice whole =
        little_answer(fixture->upper, little_ask(fixture->lower, 1, fixture->arena), true, fixture->arena);
    uint8_t *bytes = malloc(whole.length);
    struct arena *arena = arena_open(1 << 16, 1 << 24);
    struct batch batch;
    for (size_t bit = 0; bit < whole.length * 8; bit++) {
        memcpy(bytes, whole.bytes, whole.length);
        bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        arena_reset(arena);
        assert_int_equal(follow_read(fixture->lower, 0, bytes, whole.length, arena, &batch, fixture->refusal, REFUSAL),
                         FOLLOW_IGNORE);
    }
    for (size_t length = 0; length < whole.length; length++)
        assert_int_equal(follow_read(fixture->lower, 0, whole.bytes, length, arena, &batch, fixture->refusal, REFUSAL),
                         FOLLOW_IGNORE);
    assert_int_equal(
        follow_read(fixture->lower, 0, whole.bytes, whole.length, arena, &batch, fixture->refusal, REFUSAL),
        FOLLOW_BATCH);
    assert_int_equal(batch.count, 2);
    arena_close(&arena);
    free(bytes);
}

// Packs an answer with a checksum that fits, as a faulty owner would.
static struct slice seal(struct fixture *fixture, const Tend__V1__FetchAnswer *answer)
{
    Tend__V1__FetchAnswer copy = *answer;
    copy.crc = 0;
    size_t length = tend__v1__fetch_answer__get_packed_size(&copy);
    uint8_t *bytes = arena_take(fixture->arena, length + SERVE_CRC_BYTES);
    tend__v1__fetch_answer__pack(&copy, bytes);
    uint32_t crc = hash_crc(0, bytes, length);
    bytes[length++] = SERVE_CRC_KEY;
    for (int shift = 0; shift < 32; shift += 8)
        bytes[length++] = (uint8_t)(crc >> shift);
    return (struct slice){bytes, length};
}

static int read_sealed(struct fixture *fixture, const Tend__V1__FetchAnswer *answer)
{
    struct slice bytes = seal(fixture, answer);
    struct batch batch;
    return (int)follow_read(fixture->lower, 0, bytes.bytes, bytes.length, fixture->arena, &batch, fixture->refusal,
                            REFUSAL);
}

static void test_answers_that_do_not_hold_together(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(pull(fixture), FOLLOW_BATCH);
    put(fixture, "a");
    assert_int_equal(pull(fixture), FOLLOW_BATCH);
    for (int i = 0; i < 4; i++)
        put(fixture, "more");
    Tend__V1__FetchAnswer *good = reply_to(fixture, question(fixture), false);
    assert_int_equal(read_sealed(fixture, good), FOLLOW_BATCH);
    Tend__V1__FetchAnswer bad = *good;
    bad.looked = 4; // less far than its records
    assert_int_equal(read_sealed(fixture, &bad), FOLLOW_IGNORE);
    bad.looked = 0;
    assert_int_equal(read_sealed(fixture, &bad), FOLLOW_IGNORE);
    bad = *good;
    bad.journal_id.len = 15;
    assert_int_equal(read_sealed(fixture, &bad), FOLLOW_IGNORE);
    bad = *good;
    bad.chain.len = 3;
    assert_int_equal(read_sealed(fixture, &bad), FOLLOW_IGNORE);
    uint8_t other[JOURNAL_ID_BYTES] = {1};
    bad = *good;
    bad.journal_id.data = other; // another journal's
    assert_int_equal(read_sealed(fixture, &bad), FOLLOW_IGNORE);
    bad = *good;
    bad.chain.data = other; // the place that we would stand at is not where its records end
    assert_int_equal(read_sealed(fixture, &bad), FOLLOW_REFUSED);
    ProtobufCBinaryData records[4];
    memcpy(records, good->records, sizeof records);
    bad = *good;
    bad.records = records;
    records[1] = good->records[2];
    records[2] = good->records[1]; // out of order
    assert_int_equal(read_sealed(fixture, &bad), FOLLOW_IGNORE);
    records[1] = good->records[0]; // twice
    assert_int_equal(read_sealed(fixture, &bad), FOLLOW_IGNORE);
    memcpy(records, good->records, sizeof records);
    // A whole record of another history in the first place.
    char folder[FOLDER_BYTES];
    folder_make(folder);
    struct little little;
    struct engine *engine = NULL;
    assert_int_equal(little_open(&little_upper, &little, folder, fixture->clock, MAP, true, &engine), 0);
    for (int i = 0; i < 2; i++)
        assert_int_equal(little_post(engine, "/put", "other", NULL), ENGINE_DONE);
    struct tx *tx = store_begin_read(engine_store(engine));
    uint8_t wire[300];
    store_put_u64(wire, 2);
    struct slice stored;
    assert_true(tx_get(tx, STORE_TABLE_JOURNAL, wire, 8, &stored));
    memcpy(wire + 8, stored.bytes, stored.length);
    records[0] = (ProtobufCBinaryData){8 + stored.length, wire};
    tx_abort(&tx);
    assert_int_equal(read_sealed(fixture, &bad), FOLLOW_REFUSED);
    assert_non_null(strstr(fixture->refusal, "does not hold together"));
    engine_close(&engine);
    folder_remove(folder);
    // More than one may hand us in one batch.
    bad = *good;
    bad.n_records = ENGINE_BATCH_RECORDS + 1;
    bad.records = arena_zero(fixture->arena, bad.n_records, sizeof *bad.records);
    assert_int_equal(read_sealed(fixture, &bad), FOLLOW_IGNORE);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make, unmake)
    const struct CMUnitTest tests[] = {
        TEST(test_pull),
        TEST(test_parked),
        TEST(test_part_of_the_news_is_complete_to_nothing),
        TEST(test_limits_of_an_answer),
        TEST(test_filter),
        TEST(test_old_answers_are_ignored),
        TEST(test_every_flipped_bit_of_an_answer),
        TEST(test_answers_that_do_not_hold_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
