// Followers that are refused, and those that must not be: journals made anew, backups, clones, strangers, and trouble
// that is the owner's own.
#include "harness/faults.h"
#include "unit/protocol_pair.h"

#include <errno.h>
#include <stdio.h>

static void test_places(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(pull(fixture), FOLLOW_BATCH);
    put(fixture, "a");
    put(fixture, "b");
    assert_int_equal(pull(fixture), FOLLOW_BATCH);
    assert_int_equal(pull(fixture), FOLLOW_BATCH);
    // A new follower of a journal that has lost its beginning.
    clock_move(fixture->clock, NOW + 10);
    assert_int_equal(engine_trim(fixture->upper, 0), 2);
    engine_close(&fixture->lower);
    folder_remove(fixture->low_folder);
    open_lower(fixture);
    assert_refused(fixture, "begins at 3");
    // A journal that was made anew.
    engine_close(&fixture->upper);
    engine_close(&fixture->lower);
    folder_remove(fixture->up_folder);
    folder_remove(fixture->low_folder);
    open_upper(fixture);
    open_lower(fixture);
    assert_int_equal(pull(fixture), FOLLOW_BATCH);
    put(fixture, "a");
    assert_int_equal(pull(fixture), FOLLOW_BATCH);
    engine_close(&fixture->upper);
    folder_remove(fixture->up_folder);
    open_upper(fixture);
    assert_refused(fixture, "another journal");
    put(fixture, "x");
    put(fixture, "y");
    assert_refused(fixture, "another journal");
}

// backup-upstream, append, pull, restore, append, append, pull
static void test_restored_upstream(void **state)
{
    struct fixture *fixture = *state;
    char backup[FOLDER_BYTES + 8];
    snprintf(backup, sizeof backup, "%s.b", fixture->up_folder);
    assert_int_equal(pull(fixture), FOLLOW_BATCH);
    put(fixture, "one");
    engine_close(&fixture->upper);
    folder_copy(fixture->up_folder, backup);
    open_upper(fixture);
    put(fixture, "two");
    assert_int_equal(pull(fixture), FOLLOW_BATCH);
    assert_int_equal(position(fixture), 2);
    engine_close(&fixture->upper);
    folder_copy(backup, fixture->up_folder);
    open_upper(fixture);
    assert_refused(fixture, "ends at 1");
    put(fixture, "two again, another");
    assert_refused(fixture, "is not this journal's");
    put(fixture, "three");
    assert_refused(fixture, "is not this journal's");
    assert_int_equal(fixture->low.applied, 2);
    folder_remove(backup);
}

// A restored follower asks for what it had before; nothing is wrong with that.
static void test_restored_follower(void **state)
{
    struct fixture *fixture = *state;
    char backup[FOLDER_BYTES + 8];
    snprintf(backup, sizeof backup, "%s.b", fixture->low_folder);
    assert_int_equal(pull(fixture), FOLLOW_BATCH);
    put(fixture, "one");
    assert_int_equal(pull(fixture), FOLLOW_BATCH);
    engine_close(&fixture->lower);
    folder_copy(fixture->low_folder, backup);
    open_lower(fixture);
    put(fixture, "two");
    assert_int_equal(little_pull(fixture->upper, fixture->lower, 2, fixture->refusal), FOLLOW_BATCH);
    assert_int_equal(little_pull(fixture->upper, fixture->lower, 2, fixture->refusal), FOLLOW_BATCH);
    assert_int_equal(little_pull(fixture->upper, fixture->lower, 2, fixture->refusal), FOLLOW_BATCH);
    uint64_t hash = fixture->low.hash;
    assert_int_equal(engine_follower(fixture->upper, "lower")->confirmed, 2);
    engine_close(&fixture->lower);
    folder_copy(backup, fixture->low_folder);
    open_lower(fixture);
    assert_int_equal(position(fixture), 1);
    assert_int_equal(little_pull(fixture->upper, fixture->lower, 3, fixture->refusal), FOLLOW_BATCH);
    assert_int_equal(little_pull(fixture->upper, fixture->lower, 3, fixture->refusal), FOLLOW_BATCH);
    assert_true(fixture->low.hash == hash);
    assert_int_equal(engine_follower(fixture->upper, "lower")->confirmed,
                     1); // until it asks again, it may lose what it has
    folder_remove(backup);
}

static void test_two_processes_of_one_name(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(pull(fixture), FOLLOW_BATCH);
    put(fixture, "one");
    // A clone of its folder starts as well: the newer one is served, the older one told.
    struct fixture clone = *fixture;
    snprintf(clone.low_folder, sizeof clone.low_folder, "%.50s.c", fixture->low_folder);
    clone.lower = NULL;
    open_lower(&clone);
    assert_int_equal(little_pull(fixture->upper, clone.lower, 2, clone.refusal), FOLLOW_BATCH);
    assert_int_equal(engine_generation(clone.lower), 2);
    assert_refused(fixture, "newer process");
    assert_int_equal(little_pull(fixture->upper, clone.lower, 2, clone.refusal), FOLLOW_BATCH);
    assert_int_equal(clone.low.applied, 1);
    engine_close(&clone.lower);
    folder_remove(clone.low_folder);
}

static void test_forgotten_follower(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(pull(fixture), FOLLOW_BATCH);
    assert_int_equal(engine_forget(fixture->upper, "lower"), ENGINE_DONE);
    assert_refused(fixture, "off the list");
}

static void test_questions_of_strangers(void **state)
{
    struct fixture *fixture = *state;
    struct slice answer;
    Tend__V1__Fetch *fetch = question(fixture);
    static char *const names[] = {"", "UPPER", "a b", "a/../b", "01234567890123456789012345678901234567890123"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        fetch->follower = names[i];
        assert_int_equal(serve_fetch(fixture->upper, fetch, true, fixture->arena, &answer), SERVE_NOTHING);
    }
    const struct follower *list;
    assert_int_equal(engine_followers(fixture->upper, &list), 0);
}

// Our own trouble is no refusal: a follower must not stop for good because our disk is full.
static void test_trouble_of_the_owner_is_no_refusal(void **state)
{
    struct fixture *fixture = *state;
    struct slice answer;
    Tend__V1__Fetch *fetch = question(fixture);
    engine_close(&fixture->upper);
    assert_int_equal(
        little_open(&little_upper, &fixture->up, fixture->up_folder, fixture->clock, MAP, false, &fixture->upper), 0);
    faults_arm(1, ENOSPC, true);
    assert_int_equal(serve_fetch(fixture->upper, fetch, true, fixture->arena, &answer), SERVE_NOTHING);
    faults_disarm();
    assert_false(engine_broken(fixture->upper));
    assert_int_equal(serve_fetch(fixture->upper, fetch, true, fixture->arena, &answer), SERVE_ANSWER);
    put(fixture, "a");
    assert_int_equal(pull(fixture), FOLLOW_BATCH);
    fetch = question(fixture);
    faults_arm(1, EIO, true);
    assert_int_equal(little_post(fixture->upper, "/put", "b", NULL), ENGINE_BROKEN);
    faults_disarm();
    assert_int_equal(serve_fetch(fixture->upper, fetch, true, fixture->arena, &answer), SERVE_NOTHING);
}

static void test_damaged_record_is_never_served(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(pull(fixture), FOLLOW_BATCH);
    for (int i = 0; i < 5; i++)
        put(fixture, "text");
    struct tx *tx = store_begin(engine_store(fixture->upper));
    uint8_t key[8], bytes[300];
    struct slice stored;
    store_put_u64(key, 3);
    assert_true(tx_get(tx, STORE_TABLE_JOURNAL, key, sizeof key, &stored));
    size_t length = stored.length;
    memcpy(bytes, stored.bytes, length);
    bytes[85] ^= 1;
    tx_put(tx, STORE_TABLE_JOURNAL, key, sizeof key, bytes, length);
    assert_int_equal(tx_commit(&tx), 0);
    assert_refused(fixture, "damaged");
    assert_int_equal(fixture->low.applied, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make, unmake)
    const struct CMUnitTest tests[] = {
        TEST(test_places),
        TEST(test_restored_upstream),
        TEST(test_restored_follower),
        TEST(test_two_processes_of_one_name),
        TEST(test_forgotten_follower),
        TEST(test_questions_of_strangers),
        TEST(test_trouble_of_the_owner_is_no_refusal),
        TEST(test_damaged_record_is_never_served),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
