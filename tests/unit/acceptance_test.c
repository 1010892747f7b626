// A store that was put back alone: the follower is refused, a person accepts, and the next start moves to the first
// record that is there, in one transaction, once.
#include "common/acceptance.h"
#include "harness/faults.h"
#include "services/ingest/ingest.h"
#include "services/ingest/setup.h"
#include "harness/turns.h"
#include "unit/protocol_pair.h"

#include <errno.h>
#include <stdio.h>

static void accept_as(struct fixture *fixture, unsigned which, const char *by)
{
    struct tx *tx = store_begin(engine_store(fixture->lower));
    acceptance_put(tx, which, by);
    assert_int_equal(tx_commit(&tx), 0);
    engine_close(&fixture->lower);
    open_lower(fixture);
}

static bool accepted(struct fixture *fixture)
{
    char by[ACCEPTANCE_BY_BYTES];
    struct tx *tx = store_begin_read(engine_store(fixture->lower));
    bool given = acceptance_get(tx, 0, by);
    tx_abort(&tx);
    return given;
}

// The last record of the lower one's journal that says that a history was accepted; false when there is none.
static bool said(struct fixture *fixture, Tend__V1__HistoryAccepted **ret_said)
{
    bool found = false;
    struct tx *tx = store_begin_read(engine_store(fixture->lower));
    struct record record;
    for (uint64_t seq = 1; journal_read(tx, seq, &record); seq++) {
        if (record.type != TEND__V1__RECORD_TYPE__RECORD_TYPE_HISTORY_ACCEPTED)
            continue;
        *ret_said = tend__v1__history_accepted__unpack(arena_allocator(fixture->arena), record.length, record.payload);
        assert_non_null(*ret_said);
        found = true;
    }
    tx_abort(&tx);
    return found;
}

static void follow(struct fixture *fixture, int times)
{
    for (int i = 0; i < times; i++)
        assert_int_equal(pull(fixture), FOLLOW_BATCH);
}

// The upper one says one, two, three, of which the lower one knows all; then the store of the time of "one" is put back
// and goes on otherwise.
static void put_back(struct fixture *fixture)
{
    char backup[FOLDER_BYTES + 8];
    snprintf(backup, sizeof backup, "%s.b", fixture->up_folder);
    follow(fixture, 1);
    put(fixture, "one");
    follow(fixture, 2); // the second time it says that it has it
    engine_close(&fixture->upper);
    folder_copy(fixture->up_folder, backup);
    open_upper(fixture);
    put(fixture, "two");
    put(fixture, "three");
    follow(fixture, 1);
    assert_int_equal(position(fixture), 3);
    engine_close(&fixture->upper);
    folder_copy(backup, fixture->up_folder);
    folder_remove(backup);
    open_upper(fixture);
}

static void test_a_put_back_upstream_is_read_anew(void **state)
{
    struct fixture *fixture = *state;
    put_back(fixture);
    put(fixture, "two, another");
    assert_refused(fixture, "ends at 2");
    assert_int_equal(fixture->low.applied, 3);
    accept_as(fixture, 0, "wang");
    uint64_t before = engine_journal(fixture->lower)->last;
    assert_int_equal(pull(fixture), FOLLOW_ANEW);
    assert_int_equal(position(fixture), 0);
    assert_int_equal(fixture->low.applied, 3);
    assert_int_equal(fixture->low.doubts, 1);
    assert_int_equal(engine_follower(fixture->upper, "lower")->confirmed, 0); // nothing is trimmed meanwhile
    assert_false(accepted(fixture));
    Tend__V1__HistoryAccepted *record = NULL;
    assert_true(said(fixture, &record));
    assert_string_equal(record->service, "lower");
    assert_string_equal(record->upstream, "upper");
    assert_string_equal(record->by, "wang");
    assert_int_equal(record->after, 0);
    assert_int_equal(record->after_before, 3);
    assert_memory_equal(record->journal_id.data, engine_journal(fixture->upper)->id, JOURNAL_ID_BYTES);
    assert_int_equal(engine_journal(fixture->lower)->last, before + 1);
    follow(fixture, 2);
    assert_int_equal(position(fixture), 2);
    assert_int_equal(fixture->low.applied, 5);
    assert_memory_equal(engine_position(fixture->lower)->chain, engine_journal(fixture->upper)->last_chain, HASH_BYTES);
    assert_int_equal(engine_follower(fixture->upper, "lower")->confirmed, 2);
    // It was good for one time.
    engine_close(&fixture->upper);
    folder_remove(fixture->up_folder);
    open_upper(fixture);
    assert_refused(fixture, "another journal");
}

// From a journal that was made anew and has lost its beginning already; from the first answer on nothing more is lost.
static void test_from_the_first_record_that_is_there(void **state)
{
    struct fixture *fixture = *state;
    follow(fixture, 1);
    put(fixture, "one");
    follow(fixture, 1);
    engine_close(&fixture->upper);
    folder_remove(fixture->up_folder);
    open_upper(fixture);
    assert_refused(fixture, "another journal");
    uint64_t generation;
    assert_int_equal(engine_welcome(fixture->upper, "other", 9, &generation), ENGINE_DONE);
    for (int i = 0; i < 5; i++)
        put(fixture, "x");
    assert_non_null(engine_confirm(fixture->upper, "other", generation, 2));
    clock_move(fixture->clock, NOW + 10);
    assert_int_equal(engine_trim(fixture->upper, 0), 2);
    accept_as(fixture, 0, "wang");
    assert_int_equal(pull(fixture), FOLLOW_ANEW);
    assert_int_equal(position(fixture), 2);
    assert_non_null(engine_confirm(fixture->upper, "other", generation, 5));
    assert_int_equal(engine_trim(fixture->upper, 0), 0);
    follow(fixture, 1);
    assert_int_equal(position(fixture), 5);
    assert_int_equal(fixture->low.applied, 4);
}

// A store that was put back itself, from so old a backup that what it lacks is gone.
static void test_a_follower_that_is_too_old(void **state)
{
    struct fixture *fixture = *state;
    follow(fixture, 1);
    put(fixture, "one");
    put(fixture, "two");
    follow(fixture, 2);
    clock_move(fixture->clock, NOW + 10);
    assert_int_equal(engine_trim(fixture->upper, 0), 2);
    engine_close(&fixture->lower);
    folder_remove(fixture->low_folder);
    open_lower(fixture);
    assert_refused(fixture, "begins at 3");
    assert_int_equal(fixture->up.doubts, 0);
    accept_as(fixture, 0, "wang");
    assert_int_equal(pull(fixture), FOLLOW_ANEW);
    put(fixture, "three");
    follow(fixture, 1);
    assert_int_equal(position(fixture), 3);
    assert_int_equal(fixture->low.applied, 1);
}

// Where nothing is wrong the word is used up, and nothing else happens.
static void test_a_word_that_was_not_needed(void **state)
{
    struct fixture *fixture = *state;
    follow(fixture, 1);
    put(fixture, "one");
    follow(fixture, 1);
    accept_as(fixture, 0, "wang");
    Tend__V1__HistoryAccepted *record;
    assert_int_equal(pull(fixture), FOLLOW_ANEW);
    assert_int_equal(position(fixture), 1);
    assert_false(accepted(fixture));
    assert_false(said(fixture, &record));
    assert_int_equal(fixture->low.doubts, 0);
    assert_int_equal(fixture->up.doubts, 0);
    put(fixture, "two");
    follow(fixture, 1);
    assert_int_equal(fixture->low.applied, 2);
    // And on a new store, of an upstream that has said nothing.
    engine_close(&fixture->lower);
    folder_remove(fixture->low_folder);
    engine_close(&fixture->upper);
    folder_remove(fixture->up_folder);
    open_upper(fixture);
    open_lower(fixture);
    accept_as(fixture, 0, "wang");
    assert_int_equal(pull(fixture), FOLLOW_ANEW);
    put(fixture, "one");
    follow(fixture, 1);
    assert_int_equal(position(fixture), 1);
}

// The upper one may be told, and durably so, before the refusal leaves.
static void test_who_is_behind_its_follower_is_told(void **state)
{
    struct fixture *fixture = *state;
    put_back(fixture);
    assert_int_equal(fixture->up.doubts, 0);
    assert_refused(fixture, "ends at 1");
    assert_int_equal(fixture->up.doubts, 1);
    assert_non_null(strstr(fixture->up.doubted, "put back from a backup"));
    engine_close(&fixture->upper);
    open_upper(fixture);
    assert_int_equal(fixture->up.doubts, 1);
    put(fixture, "two, another");
    put(fixture, "three, another");
    assert_refused(fixture, "is not this journal's");
    assert_int_equal(fixture->up.doubts, 2);
    // Also when it was accepted before the two met.
    accept_as(fixture, 0, "wang");
    assert_int_equal(pull(fixture), FOLLOW_ANEW);
    assert_int_equal(fixture->up.doubts, 3);
}

// The old place and the word, or the new place alone.
static bool moved(struct fixture *fixture)
{
    bool gone = position(fixture) == 0;
    assert_true(gone || position(fixture) == 3);
    assert_true(accepted(fixture) == !gone);
    assert_int_equal(fixture->low.doubts, gone);
    return gone;
}

// Whichever write of it fails, and the process ends then.
static void test_a_crash_leaves_one_or_the_other(void **state)
{
    struct fixture *fixture = *state;
    struct arena *arena = fixture->arena;
    put_back(fixture);
    accept_as(fixture, 0, "wang");
    engine_close(&fixture->lower);
    int failed = 0;
    for (unsigned n = 1;; n++) {
        assert_true(n < 20);
        assert_int_equal(
            little_open(&little_lower, &fixture->low, fixture->low_folder, fixture->clock, MAP, false, &fixture->lower),
            0);
        if (moved(fixture))
            break;
        struct slice answer = little_answer(fixture->upper, follow_ask(fixture->lower, 0, 7, arena), true, arena);
        struct batch batch;
        assert_int_equal(
            follow_read(fixture->lower, 0, answer.bytes, answer.length, arena, &batch, fixture->refusal, REFUSAL),
            FOLLOW_ANEW);
        faults_arm(n, ENOSPC, false);
        enum engine_outcome outcome = engine_accept(fixture->lower, 0, &batch);
        faults_disarm();
        if (!engine_broken(fixture->lower)) // then nobody knows before the next start
            assert_true(moved(fixture) == (outcome == ENGINE_DONE));
        failed += outcome != ENGINE_DONE;
        engine_close(&fixture->lower);
    }
    assert_true(failed >= 3);
}

// One that cannot know what it has taken is never moved, and says what to do.
static void test_who_may_not(void **state)
{
    struct fixture *fixture = *state;
    struct service plain = little_lower;
    plain.rereads = false;
    plain.other_history = "Put it back too";
    put_back(fixture);
    accept_as(fixture, 0, "wang");
    engine_close(&fixture->lower);
    assert_int_equal(
        little_open(&plain, &fixture->low, fixture->low_folder, fixture->clock, MAP, true, &fixture->lower), 0);
    assert_refused(fixture, "older backup. Put it back too");
    Tend__V1__Fetch *fetch = question(fixture);
    assert_false(fetch->anew);
    // Nor does one move that did not ask.
    fetch->anew = true;
    Tend__V1__FetchAnswer *answer = reply_to(fixture, fetch, true);
    assert_true(answer->anew);
    struct slice bytes;
    struct batch batch;
    assert_int_equal(serve_fetch(fixture->upper, fetch, true, fixture->arena, &bytes), SERVE_ANSWER);
    assert_int_equal(
        follow_read(fixture->lower, 0, bytes.bytes, bytes.length, fixture->arena, &batch, fixture->refusal, REFUSAL),
        FOLLOW_IGNORE);
    // What is no question of another history gets no advice.
    assert_int_equal(engine_forget(fixture->upper, "lower"), ENGINE_DONE);
}

// Only where it follows does the word count: of two journals the one that was put back.
static void test_of_several_upstreams_one(void **state)
{
    struct fixture *fixture = *state;
    char folder[FOLDER_BYTES];
    struct little little;
    engine_close(&fixture->lower);
    folder_make(folder);
    assert_int_equal(little_open_lane(&little_lower, &little, folder, fixture->clock, MAP, (struct lane){0, 1}, 2, NULL,
                                      &fixture->lower),
                     0);
    struct tx *tx = store_begin(engine_store(fixture->lower));
    acceptance_put(tx, 1, "a name that is longer than sixty-four bytes, which is what is kept of who it was");
    assert_int_equal(tx_commit(&tx), 0);
    engine_close(&fixture->lower);
    assert_int_equal(little_open_lane(&little_lower, &little, folder, fixture->clock, MAP, (struct lane){0, 1}, 2, NULL,
                                      &fixture->lower),
                     0);
    assert_false(engine_upstream(fixture->lower, 0)->anew);
    assert_true(engine_upstream(fixture->lower, 1)->anew);
    engine_close(&fixture->lower);
    folder_remove(folder);
}

// An answer that a notifier put back has forgotten does not make another one of the same id disappear, and reading
// again repeats nothing.
static void test_a_forgotten_answer_hides_no_other(void **state)
{
    (void)state;
    struct ingest_options options = {.keep_ids_ms = INT64_C(34560000000), .seal_records = 1000};
    struct ingest_setup setup = {.options = &options, .settings = (const uint8_t *)"", .settings_length = 0};
    char error[300] = "";
    struct ingest *ingest = ingest_open(&setup, error, sizeof error);
    assert_non_null(ingest);
    struct turns *turns = turns_open(&ingest_service, ingest, NOW);
    Google__Protobuf__Timestamp time = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    Tend__V1__ReminderAnswered answered = TEND__V1__REMINDER_ANSWERED__INIT;
    Tend__V1__Event event = TEND__V1__EVENT__INIT;
    time.seconds = NOW / 1000;
    answered.reminder_id = "r";
    event.id = "r/1";
    event.source = "tend/notifier";
    event.time = &time;
    event.rep_id = "wang";
    event.body_case = TEND__V1__EVENT__BODY_REMINDER_ANSWERED;
    event.reminder_answered = &answered;
    static const Tend__V1__ReminderOutcome outcomes[] = {TEND__V1__REMINDER_OUTCOME__REMINDER_OUTCOME_DONE,
                                                         TEND__V1__REMINDER_OUTCOME__REMINDER_OUTCOME_NO_ANSWER};
    turns_step(turns);
    uint64_t before = turns_last(turns);
    for (int round = 0; round < 3; round++)
        for (int i = 0; i < 2; i++) {
            answered.outcome = outcomes[i];
            turns_say(turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_EVENT, 0, &event.base);
            turns_step(turns);
        }
    assert_int_equal(turns_last(turns), before + 2);
    turns_close(&turns);
    ingest_close(&ingest);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make, unmake)
    const struct CMUnitTest tests[] = {
        TEST(test_a_put_back_upstream_is_read_anew),
        TEST(test_from_the_first_record_that_is_there),
        TEST(test_a_follower_that_is_too_old),
        TEST(test_a_word_that_was_not_needed),
        TEST(test_who_is_behind_its_follower_is_told),
        TEST(test_a_crash_leaves_one_or_the_other),
        TEST(test_who_may_not),
        TEST(test_of_several_upstreams_one),
        cmocka_unit_test(test_a_forgotten_answer_hides_no_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
