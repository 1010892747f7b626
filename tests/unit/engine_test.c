// Turns on a real store: what is committed, what comes back after a commit that failed, records that kill, who follows.
#include "common/mark.h"
#include "harness/faults.h"
#include "unit/engine_hand.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TINY_MAP = 1 << 18 };

static const char *nothing(const struct request *request, const char *name)
{
    (void)request, (void)name;
    return NULL;
}

static uint64_t dead_letters(struct fixture *fixture)
{
    struct tx *tx = store_begin_read(engine_store(fixture->engine));
    uint64_t count = tx_count(tx, STORE_TABLE_DEAD);
    tx_abort(&tx);
    return count;
}

static void test_turn_commits(void **state)
{
    struct fixture *fixture = *state;
    int status;
    assert_int_equal(little_post(fixture->engine, "/put", "hello", &status), ENGINE_DONE);
    assert_int_equal(status, 200);
    assert_int_equal(take(fixture, NOW, TEXTS("a", "b", "c")), ENGINE_DONE);
    assert_int_equal(engine_position(fixture->engine)->seq, 3);
    assert_int_equal(engine_journal(fixture->engine)->last, 4);
    struct little before = fixture->little;
    assert_int_equal(before.applied, 3);
    assert_int_equal(before.puts, 4);
    engine_close(&fixture->engine);
    open_lower(fixture);
    assert_int_equal(fixture->little.applied, 3);
    assert_true(fixture->little.hash == before.hash);
    assert_int_equal(engine_position(fixture->engine)->seq, 3);
    assert_int_equal(engine_position(fixture->engine)->journal_id[0], 7);
    assert_int_equal(engine_journal(fixture->engine)->last, 4);
    struct inbound look = {.request = {.method = "GET", .path = "/", .param = nothing}};
    engine_query(fixture->engine, &look);
    assert_string_equal(look.reply.body, "applied 3, path /, a -, b -");
}

static void test_idle_turn_commits_nothing(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(take(fixture, NOW, NONE), ENGINE_DONE);
    faults_arm(0, 0, false);
    for (int i = 0; i < 20; i++) {
        clock_move(fixture->clock, NOW + i * 1000);
        assert_int_equal(engine_turn(fixture->engine, NULL, 0, NULL), ENGINE_DONE);
        assert_int_equal(take(fixture, NOW + i * 1000, NONE), ENGINE_DONE);
    }
    assert_int_equal(faults_disarm(), 0);
}

static void test_answered_requests_are_left_alone(void **state)
{
    struct fixture *fixture = *state;
    struct inbound both[2] = {
        {.request = {.method = "POST", .path = "/put", .body = (const uint8_t *)"x", .length = 1},
         .reply = {.status = 404}},
        {.request = {.method = "POST", .path = "/put", .body = (const uint8_t *)"y", .length = 1}}};
    assert_int_equal(engine_turn(fixture->engine, both, 2, NULL), ENGINE_DONE);
    assert_int_equal(both[0].reply.status, 404);
    assert_int_equal(both[1].reply.status, 200);
    assert_int_equal(fixture->little.puts, 1);
}

// A turn whose commit fails for want of room leaves nothing: not on the disk, not in memory, and no answer.
static void test_full_disk_takes_back_the_turn(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(little_post(fixture->engine, "/put", "one", NULL), ENGINE_DONE);
    unsigned reloads = fixture->little.reloads;
    char code[16];
    snprintf(code, sizeof code, "%d", ENOSPC);
    int status = -1;
    assert_int_equal(little_post(fixture->engine, "/fail", code, &status), ENGINE_FULL);
    assert_int_equal(status, 0);
    assert_int_equal(fixture->little.puts, 1);
    assert_int_equal(fixture->little.reloads, reloads + 1);
    assert_int_equal(engine_journal(fixture->engine)->last, 1);
    assert_false(engine_broken(fixture->engine));
    assert_true(engine_trouble(fixture->engine)[0] != '\0');
    // The same with a real write that finds no room, and then it goes on.
    faults_arm(1, ENOSPC, true);
    assert_int_equal(little_post(fixture->engine, "/put", "two", &status), ENGINE_FULL);
    assert_true(faults_disarm() > 0);
    assert_int_equal(status, 0);
    assert_int_equal(little_post(fixture->engine, "/put", "two", &status), ENGINE_DONE);
    assert_int_equal(status, 200);
    assert_int_equal(fixture->little.puts, 2);
    assert_int_equal(engine_journal(fixture->engine)->last, 2);
}

static void test_failed_batch_is_taken_again(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(take(fixture, NOW, TEXTS("a")), ENGINE_DONE);
    uint64_t hash = fixture->little.hash;
    faults_arm(1, ENOSPC, true);
    assert_int_equal(take(fixture, NOW + 5000, TEXTS("b", "when 5")), ENGINE_FULL);
    faults_disarm();
    assert_int_equal(engine_position(fixture->engine)->seq, 1);
    assert_true(fixture->little.hash == hash);
    assert_int_equal(fixture->little.alarm_ms, 0);
    assert_int_equal(engine_complete_ms(fixture->engine), NOW); // what the lost batch said of time is lost too
    assert_int_equal(take(fixture, NOW + 5000, TEXTS("b", "when 5")), ENGINE_DONE);
    assert_int_equal(engine_position(fixture->engine)->seq, 3);
}

// The first attempt runs into the end of the map; its replies must not count for the second.
static void test_full_map_grows_and_the_turn_is_done_once(void **state)
{
    struct fixture *fixture = *state;
    char folder[FOLDER_BYTES];
    folder_make(folder);
    struct little little;
    struct engine *engine = NULL;
    assert_int_equal(little_open(&little_upper, &little, folder, fixture->clock, TINY_MAP, false, &engine), 0);
    struct inbound three[3] = {
        {.request = {.method = "POST", .path = "/put", .body = (const uint8_t *)"small", .length = 5}},
        {.request = {.method = "POST", .path = "/fill", .body = (const uint8_t *)"3000000", .length = 7}},
        {.request = {.method = "POST", .path = "/put", .body = (const uint8_t *)"large", .length = 5}},
    };
    assert_int_equal(engine_turn(engine, three, 3, NULL), ENGINE_DONE);
    for (int i = 0; i < 3; i++)
        assert_int_equal(three[i].reply.status, 200);
    assert_int_equal(little.puts, 3);
    assert_int_equal(engine_journal(engine)->last, 2);
    engine_close(&engine);
    assert_int_equal(little_open(&little_upper, &little, folder, fixture->clock, TINY_MAP, false, &engine), 0);
    assert_int_equal(little.puts, 3);
    assert_int_equal(engine_journal(engine)->last, 2);
    struct tx *tx = store_begin_read(engine_store(engine));
    assert_int_equal(journal_verify(tx, engine_journal(engine)), 0);
    tx_abort(&tx);
    engine_close(&engine);
    folder_remove(folder);
}

// After EIO nobody knows what is on the disk: the process must end, must not write again, and the next start verifies.
static void test_broken_store_is_not_written_again(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(little_post(fixture->engine, "/put", "one", NULL), ENGINE_DONE);
    int status = -1;
    faults_arm(1, EIO, false);
    assert_int_equal(little_post(fixture->engine, "/put", "two", &status), ENGINE_BROKEN);
    faults_disarm();
    assert_int_equal(status, 0);
    assert_true(engine_broken(fixture->engine));
    faults_arm(0, 0, false);
    assert_int_equal(little_post(fixture->engine, "/put", "three", &status), ENGINE_BROKEN);
    engine_close(&fixture->engine);
    assert_int_equal(faults_disarm(), 0);
    open_lower(fixture);
    assert_int_equal(engine_journal(fixture->engine)->last, 1);
    assert_int_equal(little_post(fixture->engine, "/put", "two", &status), ENGINE_DONE);
}

static void test_every_write_of_a_turn_fails_once(void **state)
{
    struct fixture *fixture = *state;
    static const int errors[] = {ENOSPC, EIO, FAULT_SHORT};
    uint64_t puts = 0;
    for (size_t kind = 0; kind < 3; kind++)
        for (unsigned n = 1;; n++) {
            assert_true(n < 50);
            int status = -1;
            faults_arm(n, errors[kind], false);
            enum engine_outcome outcome = little_post(fixture->engine, "/put", "text", &status);
            bool whole = faults_disarm() < n;
            assert_int_equal(outcome == ENGINE_DONE, whole);
            assert_int_equal(status, outcome == ENGINE_DONE ? 200 : 0);
            assert_true(outcome != ENGINE_FULL || errors[kind] == ENOSPC);
            if (outcome == ENGINE_BROKEN) {
                engine_close(&fixture->engine);
                open_lower(fixture);
            }
            // A commit that failed may have happened all the same, never by halves.
            uint64_t now = fixture->little.puts;
            assert_true(now == puts + 1 || (now == puts && outcome != ENGINE_DONE));
            assert_int_equal(engine_journal(fixture->engine)->last, now);
            puts = now;
            if (whole)
                break;
        }
}

static void write_raw(struct fixture *fixture, unsigned table, uint64_t seq, size_t at)
{
    struct tx *tx = store_begin(engine_store(fixture->engine));
    uint8_t key[8], bytes[512];
    struct slice value;
    store_put_u64(key, seq);
    assert_true(tx_get(tx, table, key, sizeof key, &value) && at < value.length && value.length < sizeof bytes);
    size_t length = value.length;
    memcpy(bytes, value.bytes, length);
    bytes[at] ^= 1;
    tx_put(tx, table, key, sizeof key, bytes, length);
    assert_int_equal(tx_commit(&tx), 0);
}

// Opens in a child, takes the records and ends there: killed from outside, or of its own doing. Returns the signal.
static int in_a_child(struct fixture *fixture, const char *const *texts, int number)
{
    pid_t child = fork();
    if (child == 0) {
        if (little_open(&little_lower, &fixture->little, fixture->folder, fixture->clock, MAP, false,
                        &fixture->engine) != 0)
            _exit(90);
        mark_arm(fixture->folder);
        struct hand hand;
        if (engine_turn(fixture->engine, NULL, 0, deal(&hand, fixture->engine, texts, NOW)) != ENGINE_DONE)
            _exit(92);
        raise(number);
        _exit(91);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    return WTERMSIG(status);
}

static void test_unclean_start_verifies(void **state)
{
    struct fixture *fixture = *state;
    for (int i = 0; i < 5; i++)
        assert_int_equal(little_post(fixture->engine, "/put", "text", NULL), ENGINE_DONE);
    write_raw(fixture, STORE_TABLE_JOURNAL, 3, 86);
    engine_close(&fixture->engine);
    // In good order, or killed from outside: it is met when it is read.
    open_lower(fixture);
    engine_close(&fixture->engine);
    assert_int_equal(in_a_child(fixture, NONE, SIGKILL), SIGKILL);
    open_lower(fixture);
    engine_close(&fixture->engine);
    // A crash of our own, and then nothing is served.
    assert_int_equal(in_a_child(fixture, NONE, SIGABRT), SIGABRT);
    struct engine *engine = NULL;
    for (int i = 0; i < 3; i++) { // nor at the next start
        assert_int_equal(
            little_open(&little_lower, &fixture->little, fixture->folder, fixture->clock, MAP, false, &engine), 78);
        assert_null(engine);
    }
}

static void test_shards_are_fixed(void **state)
{
    struct fixture *fixture = *state;
    engine_close(&fixture->engine);
    struct engine_options options = {.service = &little_lower,
                                     .self = &fixture->little,
                                     .folder = fixture->folder,
                                     .map_bytes = MAP,
                                     .shards = 8,
                                     .clock = fixture->clock};
    struct store_error error;
    assert_false(engine_open(&options, &error, &fixture->engine));
    assert_int_equal(error.code, 78);
    assert_non_null(strstr(error.text, "16 shards"));
    options.shards = 16;
    assert_true(engine_open(&options, &error, &fixture->engine));
}

// Starts until the records are through, as the service manager would. Returns how many starts died.
static int starts_until(struct fixture *fixture, const char *const *texts, size_t count)
{
    int deaths = 0;
    for (;;) {
        assert_true(deaths < 12);
        pid_t child = fork();
        if (child == 0) {
            if (little_open(&little_lower, &fixture->little, fixture->folder, fixture->clock, MAP, false,
                            &fixture->engine) != 0)
                _exit(90);
            mark_arm(fixture->folder);
            while (engine_position(fixture->engine)->seq < count) {
                struct hand hand;
                uint64_t at = engine_position(fixture->engine)->seq;
                if (engine_turn(fixture->engine, NULL, 0, deal(&hand, fixture->engine, texts + at, NOW)) != ENGINE_DONE)
                    _exit(91);
            }
            engine_close(&fixture->engine);
            _exit(0);
        }
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
            return deaths;
        assert_true(WIFSIGNALED(status));
        assert_int_equal(WTERMSIG(status), SIGABRT);
        deaths++;
    }
}

static void test_poison_record_becomes_a_dead_letter(void **state)
{
    struct fixture *fixture = *state;
    engine_close(&fixture->engine);
    // The first of its batch: two tries are counted, the third is not made.
    assert_int_equal(starts_until(fixture, TEXTS("die", "good"), 2), 3);
    open_lower(fixture);
    assert_int_equal(dead_letters(fixture), 1);
    assert_int_equal(fixture->little.applied, 1);
    uint8_t key[8];
    struct slice letter;
    store_put_u64(key, 1);
    struct tx *tx = store_begin_read(engine_store(fixture->engine));
    assert_true(tx_get(tx, STORE_TABLE_DEAD, key, sizeof key, &letter));
    assert_int_equal(letter.length, 3);
    tx_abort(&tx);
}

static void test_poison_record_among_good_ones(void **state)
{
    struct fixture *fixture = *state;
    engine_close(&fixture->engine);
    int deaths = starts_until(fixture, TEXTS("a", "b", "c", "die", "d", "die", "e"), 7);
    assert_true(deaths >= 4 && deaths <= 8);
    open_lower(fixture);
    assert_int_equal(dead_letters(fixture), 2);
    assert_int_equal(fixture->little.applied, 5);
    uint64_t hash = fixture->little.hash;
    engine_close(&fixture->engine);
    // The good ones were applied once each, in their order.
    folder_remove(fixture->folder);
    open_lower(fixture);
    assert_int_equal(take(fixture, NOW, TEXTS("a", "b", "c", "d", "e")), ENGINE_DONE);
    assert_true(fixture->little.hash == hash);
}

static void test_crashes_elsewhere_bury_nothing(void **state)
{
    struct fixture *fixture = *state;
    engine_close(&fixture->engine);
    for (int i = 0; i < 6; i++)
        assert_int_equal(in_a_child(fixture, TEXTS("a", "b"), SIGABRT), SIGABRT);
    // Killed from outside with the same record in hand, again and again: that is not the record's doing.
    for (int i = 0; i < 6; i++)
        assert_int_equal(in_a_child(fixture, NONE, SIGKILL), SIGKILL);
    open_lower(fixture);
    assert_int_equal(dead_letters(fixture), 0);
    assert_int_equal(fixture->little.applied, 12);
}

static void test_unknown_records(void **state)
{
    struct fixture *fixture = *state;
    struct hand hand;
    struct batch *batch = deal(&hand, fixture->engine, TEXTS("a", "b", "c", "d"), NOW);
    hand.records[1].type = 999;
    hand.records[2].version = 2;
    hand.records[3].flags = RECORD_ERASED;
    assert_int_equal(engine_turn(fixture->engine, NULL, 0, batch), ENGINE_DONE);
    assert_int_equal(fixture->little.applied, 1);
    assert_int_equal(engine_passed_over(fixture->engine), 2);
    assert_int_equal(engine_position(fixture->engine)->seq, 4);
    batch = deal(&hand, fixture->engine, TEXTS("e", "f"), NOW + 1);
    hand.records[1].type = 999;
    hand.records[1].flags = RECORD_MUST_UNDERSTAND;
    assert_int_equal(engine_turn(fixture->engine, NULL, 0, batch), ENGINE_REFUSED);
    assert_non_null(strstr(engine_trouble(fixture->engine), "999"));
    assert_int_equal(engine_position(fixture->engine)->seq, 4);
    engine_close(&fixture->engine);
    open_lower(fixture);
    assert_int_equal(fixture->little.applied, 1);
    assert_int_equal(engine_position(fixture->engine)->seq, 4);
    // A newer version that must be understood is refused as well; one that we know is not.
    batch = deal(&hand, fixture->engine, TEXTS("e"), NOW + 1);
    hand.records[0].version = 2;
    hand.records[0].flags = RECORD_MUST_UNDERSTAND;
    assert_int_equal(engine_turn(fixture->engine, NULL, 0, batch), ENGINE_REFUSED);
    batch = deal(&hand, fixture->engine, TEXTS("e"), NOW + 1);
    hand.records[0].flags = RECORD_MUST_UNDERSTAND;
    assert_int_equal(engine_turn(fixture->engine, NULL, 0, batch), ENGINE_DONE);
}

static void test_generations(void **state)
{
    struct fixture *fixture = *state;
    struct engine *engine = fixture->engine;
    uint64_t first = 0, second = 0, again = 0;
    assert_null(engine_confirm(engine, "reader", 1, 0));
    assert_int_equal(engine_welcome(engine, "reader", 111, &first), ENGINE_DONE);
    assert_int_equal(first, 1);
    assert_int_equal(engine_welcome(engine, "reader", 111, &again), ENGINE_DONE); // asked twice
    assert_int_equal(again, 1);
    assert_non_null(engine_confirm(engine, "reader", first, 0));
    assert_int_equal(engine_welcome(engine, "reader", 222, &second), ENGINE_DONE);
    assert_int_equal(second, 2);
    assert_null(engine_confirm(engine, "reader", first, 0));
    assert_non_null(engine_confirm(engine, "reader", second, 0));
    engine_close(&fixture->engine);
    open_lower(fixture);
    engine = fixture->engine;
    assert_null(engine_confirm(engine, "reader", first, 0));
    assert_non_null(engine_confirm(engine, "reader", second, 0));
    assert_int_equal(engine_welcome(engine, "reader", 333, &again), ENGINE_DONE);
    assert_int_equal(again, 3);
    // A number that is not on the disk is not given.
    faults_arm(1, ENOSPC, true);
    assert_int_equal(engine_welcome(engine, "other", 1, &again), ENGINE_FULL);
    faults_disarm();
    assert_null(engine_follower(engine, "other"));
    char name[20];
    for (int i = 1; i < FOLLOWERS_MAX; i++) {
        snprintf(name, sizeof name, "name-%d", i);
        assert_int_equal(engine_welcome(engine, name, 1, &again), ENGINE_DONE);
    }
    assert_int_equal(engine_welcome(engine, "one-more", 1, &again), ENGINE_REFUSED);
    assert_int_equal(engine_forget(engine, "name-5"), ENGINE_DONE);
    assert_int_equal(engine_forget(engine, "name-5"), ENGINE_REFUSED);
    assert_int_equal(engine_welcome(engine, "one-more", 1, &again), ENGINE_DONE);
    const struct follower *list;
    assert_int_equal(engine_followers(engine, &list), FOLLOWERS_MAX);
    engine_close(&fixture->engine);
    open_lower(fixture);
    assert_int_equal(engine_followers(fixture->engine, &list), FOLLOWERS_MAX);
    assert_null(engine_follower(fixture->engine, "name-5"));
}

static void test_follower_names(void **state)
{
    (void)state;
    static const char *const good[] = {"scoring", "scoring-3", "a.b_c", "0123456789012345678901234567890123456-9"};
    static const char *const bad[] = {
        "", "Scoring", "a b", "a/b", "a\n", "\xc3\xa9", "01234567890123456789012345678901234567890"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(follower_name_good(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(follower_name_good(bad[i]));
}

static void test_trim(void **state)
{
    struct fixture *fixture = *state;
    struct engine *engine = fixture->engine;
    uint64_t one, two;
    for (int i = 0; i < 10; i++) {
        clock_move(fixture->clock, NOW + i * 1000);
        assert_int_equal(little_post(engine, "/put", "text", NULL), ENGINE_DONE);
    }
    clock_move(fixture->clock, NOW + 100000);
    // Without a follower nothing may go: nobody has it.
    assert_int_equal(engine_trim(engine, 0), 0);
    assert_int_equal(engine_welcome(engine, "one", 1, &one), ENGINE_DONE);
    assert_int_equal(engine_trim(engine, 0), 0);
    assert_int_equal(engine_welcome(engine, "two", 1, &two), ENGINE_DONE);
    engine_confirm(engine, "one", one, 9);
    engine_confirm(engine, "two", two, 6);
    // Records 1 to 4 are older than 96.5 seconds.
    assert_int_equal(engine_trim(engine, 96500), 4);
    assert_int_equal(engine_trim(engine, 96500), 0);
    assert_int_equal(engine_trim(engine, 0), 2); // up to the slowest
    assert_int_equal(engine_journal(engine)->first, 7);
    // One that was restored from a backup needs again what it once had.
    engine_confirm(engine, "one", one, 6);
    engine_confirm(engine, "two", two, 10);
    assert_int_equal(engine_trim(engine, 0), 0);
    assert_int_equal(engine_forget(engine, "one"), ENGINE_DONE);
    fixture->little.trimmable = 8; // the service itself needs the rest
    assert_int_equal(engine_trim(engine, 0), 2);
    fixture->little.trimmable = UINT64_MAX;
    assert_int_equal(engine_trim(engine, 0), 2);
    assert_int_equal(engine_journal(engine)->first, 11);
    assert_int_equal(little_post(engine, "/put", "more", NULL), ENGINE_DONE);
    assert_int_equal(engine_journal(engine)->last, 11);
    engine_close(&fixture->engine);
    open_lower(fixture);
    struct tx *tx = store_begin_read(engine_store(fixture->engine));
    assert_int_equal(journal_verify(tx, engine_journal(fixture->engine)), 0);
    tx_abort(&tx);
}

static void test_trim_goes_by_pieces(void **state)
{
    struct fixture *fixture = *state;
    static struct inbound many[1500];
    for (size_t i = 0; i < 1500; i++)
        many[i] =
            (struct inbound){.request = {.method = "POST", .path = "/put", .body = (const uint8_t *)"x", .length = 1}};
    assert_int_equal(engine_turn(fixture->engine, many, 1500, NULL), ENGINE_DONE);
    uint64_t generation;
    assert_int_equal(engine_welcome(fixture->engine, "one", 1, &generation), ENGINE_DONE);
    engine_confirm(fixture->engine, "one", generation, 1500);
    clock_move(fixture->clock, NOW + 1000);
    assert_int_equal(engine_trim(fixture->engine, 0), 1000);
    assert_int_equal(engine_trim(fixture->engine, 0), 500);
    assert_int_equal(engine_trim(fixture->engine, 0), 0);
}

static void test_damaged_record_met_while_running(void **state)
{
    struct fixture *fixture = *state;
    for (int i = 0; i < 5; i++)
        assert_int_equal(little_post(fixture->engine, "/put", "text", NULL), ENGINE_DONE);
    uint64_t generation;
    assert_int_equal(engine_welcome(fixture->engine, "one", 1, &generation), ENGINE_DONE);
    engine_confirm(fixture->engine, "one", generation, 5);
    write_raw(fixture, STORE_TABLE_JOURNAL, 3, 50);
    clock_move(fixture->clock, NOW + 1000);
    assert_int_equal(engine_trim(fixture->engine, 0), 0);
    assert_true(engine_broken(fixture->engine));
    engine_close(&fixture->engine);
    struct engine *engine = NULL;
    assert_int_equal(little_open(&little_lower, &fixture->little, fixture->folder, fixture->clock, MAP, false, &engine),
                     78);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make, unmake)
    const struct CMUnitTest tests[] = {
        TEST(test_turn_commits),
        TEST(test_idle_turn_commits_nothing),
        TEST(test_answered_requests_are_left_alone),
        TEST(test_full_disk_takes_back_the_turn),
        TEST(test_failed_batch_is_taken_again),
        TEST(test_full_map_grows_and_the_turn_is_done_once),
        TEST(test_broken_store_is_not_written_again),
        TEST(test_every_write_of_a_turn_fails_once),
        TEST(test_unclean_start_verifies),
        TEST(test_shards_are_fixed),
        TEST(test_poison_record_becomes_a_dead_letter),
        TEST(test_poison_record_among_good_ones),
        TEST(test_crashes_elsewhere_bury_nothing),
        TEST(test_unknown_records),
        TEST(test_generations),
        TEST(test_follower_names),
        TEST(test_trim),
        TEST(test_trim_goes_by_pieces),
        TEST(test_damaged_record_met_while_running),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
