// Several processes of one service, without sockets: "upper" tells, two of "lower" share its shards, "last" follows
// both. Which records go where, what is said once, and what becomes of it when one is restarted, dies, is silent or
// refused.
#include "common/follow.h"
#include "common/mark.h"
#include "common/must.h"
#include "harness/folder.h"
#include "harness/little.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { MAP = 1 << 26, REFUSAL = 700, LANES = 2 };

#define NOW INT64_C(1779010200000)

struct fixture {
    char up_folder[FOLDER_BYTES], low_folders[LANES][FOLDER_BYTES], end_folder[FOLDER_BYTES];
    struct clock *clock;
    struct little up, lows[LANES], end;
    struct engine *upper, *lowers[LANES], *last;
    uint64_t instance; // of the last one's process
    char refusal[REFUSAL];
};

static void open_upper(struct fixture *fixture)
{
    assert_int_equal(
        little_open(&little_upper, &fixture->up, fixture->up_folder, fixture->clock, MAP, true, &fixture->upper), 0);
    assert_int_equal(engine_turn(fixture->upper, NULL, 0, NULL), ENGINE_DONE); // before it, nothing is complete
}

static int open_lower(struct fixture *fixture, unsigned which, struct lane lane)
{
    return little_open_lane(&little_lower, &fixture->lows[which], fixture->low_folders[which], fixture->clock, MAP,
                            lane, 1, NULL, &fixture->lowers[which]);
}

static int open_last(struct fixture *fixture, unsigned upstreams)
{
    fixture->instance++;
    return little_open_lane(&little_last, &fixture->end, fixture->end_folder, fixture->clock, MAP, (struct lane){0, 1},
                            upstreams, NULL, &fixture->last);
}

static int make(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    folder_make(fixture->up_folder);
    folder_make(fixture->end_folder);
    fixture->clock = clock_open_simulated(NOW);
    open_upper(fixture);
    for (unsigned i = 0; i < LANES; i++) {
        folder_make(fixture->low_folders[i]);
        assert_int_equal(open_lower(fixture, i, (struct lane){i, LANES}), 0);
    }
    assert_int_equal(open_last(fixture, LANES), 0);
    *state = fixture;
    return 0;
}

static int unmake(void **state)
{
    struct fixture *fixture = *state;
    engine_close(&fixture->upper);
    engine_close(&fixture->last);
    folder_remove(fixture->up_folder);
    folder_remove(fixture->end_folder);
    for (unsigned i = 0; i < LANES; i++) {
        engine_close(&fixture->lowers[i]);
        folder_remove(fixture->low_folders[i]);
    }
    clock_close(&fixture->clock);
    free(fixture);
    return 0;
}

static void put(struct fixture *fixture, const char *text)
{
    assert_int_equal(little_post(fixture->upper, "/put", text, NULL), ENGINE_DONE);
}

// "a" to "p" have the shards 1 to 15 and 0; "" goes to all.
static void put_all(struct fixture *fixture)
{
    char text[2] = "a";
    for (char c = 'a'; c <= 'p'; c++) {
        text[0] = c;
        put(fixture, text);
    }
    put(fixture, "");
}

static void pull_lower(struct fixture *fixture, unsigned which)
{
    for (int i = 0; i < 2; i++) // the welcome, then what there is
        assert_int_equal(little_pull(fixture->upper, fixture->lowers[which], 1, fixture->refusal), FOLLOW_BATCH);
}

static void pull_last(struct fixture *fixture, unsigned which)
{
    for (int i = 0; i < 2; i++)
        assert_int_equal(
            little_pull_from(fixture->lowers[which], fixture->last, which, fixture->instance, fixture->refusal),
            FOLLOW_BATCH);
}

static uint64_t place(const struct fixture *fixture, unsigned which)
{
    return engine_upstream(fixture->last, which)->position.seq;
}

static void test_each_gets_its_shards(void **state)
{
    struct fixture *fixture = *state;
    put_all(fixture);
    for (unsigned i = 0; i < LANES; i++) {
        pull_lower(fixture, i);
        assert_int_equal(fixture->lows[i].applied, 9); // eight shards, and what goes to all
        assert_int_equal(engine_position(fixture->lowers[i])->seq, 17);
    }
    assert_true(fixture->lows[0].hash != fixture->lows[1].hash);
    const struct follower *followers;
    assert_int_equal(engine_followers(fixture->upper, &followers), 2);
    assert_string_equal(followers[0].name, "lower-0");
    assert_string_equal(followers[1].name, "lower-1");
    // What is none of ours moves our place all the same, or the journal could never be trimmed.
    put(fixture, "a");
    pull_lower(fixture, 0);
    assert_int_equal(engine_position(fixture->lowers[0])->seq, 18);
    assert_int_equal(fixture->lows[0].applied, 9);
}

static void test_what_goes_to_all_is_heard_once(void **state)
{
    struct fixture *fixture = *state;
    put_all(fixture);
    for (unsigned i = 0; i < LANES; i++)
        pull_lower(fixture, i);
    for (unsigned i = 0; i < LANES; i++)
        pull_last(fixture, i);
    assert_int_equal(fixture->end.applied, 17);
    assert_int_equal(place(fixture, 0), 9);
    assert_int_equal(place(fixture, 1), 9);
    // Each told its own half: nothing is missing, nothing is there twice.
    uint64_t seen[2] = {0, 0};
    struct tx *tx = store_begin_read(engine_store(fixture->last));
    for (uint64_t seq = 1; seq <= engine_journal(fixture->last)->last; seq++) {
        struct record record;
        assert_true(journal_read(tx, seq, &record));
        seen[record.shard == SHARD_ALL] += record.shard == SHARD_ALL ? 1 : UINT64_C(1) << record.shard;
    }
    tx_abort(&tx);
    assert_int_equal(seen[0], 0xffff);
    assert_int_equal(seen[1], 1);
}

static void open_sharers(struct fixture *fixture)
{
    for (unsigned i = 0; i < LANES; i++) {
        engine_close(&fixture->lowers[i]);
        assert_int_equal(little_open_lane(&little_sharer, &fixture->lows[i], fixture->low_folders[i], fixture->clock,
                                          MAP, (struct lane){i, LANES}, 1, NULL, &fixture->lowers[i]),
                         0);
    }
}

// Where owners are shared out, each hears everything and says only what is its owners'.
static void test_owners(void **state)
{
    struct fixture *fixture = *state;
    enum { OWNERS = 20 };
    unsigned shares[LANES] = {0, 0};
    open_sharers(fixture);
    for (unsigned i = 0; i < OWNERS; i++) {
        char text[8];
        snprintf(text, sizeof text, "@rep%u", i);
        put(fixture, text);
        shares[lane_of_owner(text + 1, LANES)]++;
    }
    put(fixture, "");
    put(fixture, "b"); // a customer's, which is nobody's: both say it
    assert_true(shares[0] > 0 && shares[1] > 0);
    for (unsigned i = 0; i < LANES; i++) {
        pull_lower(fixture, i);
        assert_int_equal(fixture->lows[i].applied, OWNERS + 2);
        assert_int_equal(engine_journal(fixture->lowers[i])->last, shares[i] + 2);
    }
    assert_true(fixture->lows[0].hash == fixture->lows[1].hash);
    for (unsigned i = 0; i < LANES; i++)
        pull_last(fixture, i);
    assert_int_equal(fixture->end.applied, OWNERS + 1 + LANES);
}

static void test_restarts(void **state)
{
    struct fixture *fixture = *state;
    put_all(fixture);
    for (unsigned i = 0; i < LANES; i++)
        pull_lower(fixture, i);
    pull_last(fixture, 0);
    engine_close(&fixture->last); // between the two
    assert_int_equal(open_last(fixture, LANES), 0);
    assert_int_equal(place(fixture, 0), 9);
    assert_int_equal(place(fixture, 1), 0);
    pull_last(fixture, 1);
    assert_int_equal(engine_upstream(fixture->last, 1)->generation, 1);
    pull_last(fixture, 0);
    assert_int_equal(engine_upstream(fixture->last, 0)->generation, 2);
    assert_int_equal(fixture->end.applied, 17);
    // One of those to the left starts again, and goes on where it was.
    engine_close(&fixture->lowers[1]);
    assert_int_equal(open_lower(fixture, 1, (struct lane){1, LANES}), 0);
    put(fixture, "a");
    assert_int_equal(little_pull(fixture->upper, fixture->lowers[1], 2, fixture->refusal), FOLLOW_BATCH);
    pull_lower(fixture, 1);
    pull_last(fixture, 1);
    assert_int_equal(fixture->end.applied, 18);
}

// A record of the second journal kills three times; the first journal's records stay out of it.
static void test_record_that_crashes(void **state)
{
    struct fixture *fixture = *state;
    put(fixture, "b");
    for (unsigned i = 0; i < LANES; i++)
        pull_lower(fixture, i);
    // "die" is put into the second one's own journal by hand.
    assert_int_equal(little_post(fixture->lowers[1], "/put", "die", NULL), ENGINE_DONE);
    assert_int_equal(little_post(fixture->lowers[1], "/put", "good", NULL), ENGINE_DONE);
    engine_close(&fixture->last);
    int deaths = 0;
    for (bool dies = true; dies && deaths < 5; deaths += dies) {
        pid_t child = fork();
        must(child >= 0);
        if (child == 0) {
            freopen("/dev/null", "w", stderr);
            must(open_last(fixture, LANES) == 0);
            mark_arm(fixture->end_folder);
            for (int i = 0; i < 4; i++)
                for (unsigned which = 0; which < LANES; which++)
                    (void)little_pull_from(fixture->lowers[which], fixture->last, which, (uint64_t)deaths + 10,
                                           fixture->refusal);
            engine_close(&fixture->last);
            _exit(0);
        }
        int status;
        waitpid(child, &status, 0);
        dies = WIFSIGNALED(status) || WEXITSTATUS(status) != 0;
    }
    assert_int_equal(deaths, 3); // of which the last two are counted: the first start did not know yet
    assert_int_equal(open_last(fixture, LANES), 0);
    assert_int_equal(place(fixture, 0), 1);
    assert_int_equal(place(fixture, 1), 2);
    assert_int_equal(fixture->end.applied, 2);
    struct tx *tx = store_begin_read(engine_store(fixture->last));
    assert_int_equal(tx_count(tx, STORE_TABLE_DEAD), 1);
    tx_abort(&tx);
}

static void test_time_waits_for_both(void **state)
{
    struct fixture *fixture = *state;
    char when[40];
    for (unsigned i = 0; i < LANES; i++) {
        pull_lower(fixture, i);
        pull_last(fixture, i);
    }
    snprintf(when, sizeof when, "when %lld", (long long)NOW + 1000); // 'w': shard 7, the second lane
    put(fixture, when);
    pull_lower(fixture, 1);
    pull_last(fixture, 1);
    assert_int_equal(fixture->end.alarm_ms, NOW + 1000);
    clock_move(fixture->clock, NOW + 2000);
    for (unsigned i = 0; i < LANES; i++)
        pull_lower(fixture, i);
    assert_int_equal(engine_wanted_ms(fixture->last, 0), NOW + 1000);
    assert_int_equal(engine_wanted_ms(fixture->last, 1), NOW + 1000);
    pull_last(fixture, 1);
    assert_int_equal(fixture->end.rung_ms, 0); // the first has not told what it knows up to then
    assert_int_equal(engine_wanted_ms(fixture->last, 1), 0);
    assert_int_equal(engine_complete_ms(fixture->last), NOW);
    pull_last(fixture, 0);
    assert_int_equal(fixture->end.rung_ms, NOW + 2000);
    assert_int_equal(fixture->end.limit_ms, NOW + 2000);
}

static void test_silent_one_holds_a_while(void **state)
{
    struct fixture *fixture = *state;
    char when[40];
    for (unsigned i = 0; i < LANES; i++) {
        pull_lower(fixture, i);
        pull_last(fixture, i);
    }
    snprintf(when, sizeof when, "when %lld", (long long)NOW + 1000);
    put(fixture, when);
    for (int64_t at = NOW; fixture->end.rung_ms == 0 && at < NOW + 100000; at += 5000) {
        clock_move(fixture->clock, at);
        pull_lower(fixture, 1);
        pull_last(fixture, 1); // the first says nothing any more
    }
    assert_int_equal(fixture->end.rung_ms, NOW + 65000);
}

static void test_refusal_names_the_one(void **state)
{
    struct fixture *fixture = *state;
    put_all(fixture);
    for (unsigned i = 0; i < LANES; i++) {
        pull_lower(fixture, i);
        pull_last(fixture, i);
    }
    engine_close(&fixture->lowers[1]);
    folder_remove(fixture->low_folders[1]);
    assert_int_equal(open_lower(fixture, 1, (struct lane){1, LANES}), 0);
    assert_int_equal(little_pull_from(fixture->lowers[1], fixture->last, 1, fixture->instance, fixture->refusal),
                     FOLLOW_REFUSED);
    assert_non_null(strstr(fixture->refusal, "lower-1 refuses last"));
    assert_int_equal(place(fixture, 1), 9);
    pull_last(fixture, 0); // the other one knows us as before
}

// An answer of the other journal is no answer.
static void test_answers_are_not_mixed_up(void **state)
{
    struct fixture *fixture = *state;
    put_all(fixture);
    for (unsigned i = 0; i < LANES; i++) {
        pull_lower(fixture, i);
        pull_last(fixture, i);
    }
    put(fixture, "b");
    pull_lower(fixture, 0);
    struct arena *arena = arena_open(1 << 20, 64 << 20);
    struct slice answer =
        little_answer(fixture->lowers[0], follow_ask(fixture->last, 0, fixture->instance, arena), true, arena);
    struct batch batch;
    assert_int_equal(
        follow_read(fixture->last, 1, answer.bytes, answer.length, arena, &batch, fixture->refusal, REFUSAL),
        FOLLOW_IGNORE);
    assert_int_equal(
        follow_read(fixture->last, 0, answer.bytes, answer.length, arena, &batch, fixture->refusal, REFUSAL),
        FOLLOW_BATCH);
    assert_int_equal(batch.upstream, 0);
    arena_close(&arena);
}

// What the first one says for all is known before the others' customers, however late it begins.
static void test_new_store_hears_the_first_one_first(void **state)
{
    struct fixture *fixture = *state;
    assert_true(engine_may_ask(fixture->last, 0));
    assert_false(engine_may_ask(fixture->last, 1));
    clock_move(fixture->clock, NOW + 60001);
    assert_true(engine_may_ask(fixture->last, 1)); // the first is silent
    engine_close(&fixture->last);
    assert_int_equal(open_last(fixture, LANES), 0);
    assert_false(engine_may_ask(fixture->last, 1));
    put_all(fixture);
    for (unsigned i = 0; i < LANES; i++)
        pull_lower(fixture, i);
    pull_last(fixture, 0);
    assert_true(engine_may_ask(fixture->last, 1));
    pull_last(fixture, 1);
    // A store that has heard of the others goes on with all at once.
    engine_close(&fixture->last);
    assert_int_equal(open_last(fixture, LANES), 0);
    assert_true(engine_may_ask(fixture->last, 1));
}

static void test_division_is_fixed(void **state)
{
    struct fixture *fixture = *state;
    static const struct lane others[] = {{0, 1}, {0, 2}, {1, 4}};
    engine_close(&fixture->lowers[1]);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        assert_int_equal(open_lower(fixture, 1, others[i]), 78);
        assert_null(fixture->lowers[1]);
    }
    assert_int_equal(open_lower(fixture, 1, (struct lane){1, 2}), 0);
    engine_close(&fixture->last);
    assert_int_equal(open_last(fixture, 1), 78);
    assert_int_equal(open_last(fixture, 4), 78);
    assert_int_equal(open_last(fixture, 2), 0);
}

// Stores of versions that knew but one process are those of the only one.
static void test_store_of_before(void **state)
{
    struct fixture *fixture = *state;
    struct tx *tx = store_begin(engine_store(fixture->upper));
    assert_true(tx_delete(tx, STORE_TABLE_META, "lane", 4));
    assert_true(tx_delete(tx, STORE_TABLE_META, "upstreams", 9));
    assert_int_equal(tx_commit(&tx), 0);
    engine_close(&fixture->upper);
    struct engine *engine = NULL;
    assert_int_equal(little_open_lane(&little_upper, &fixture->up, fixture->up_folder, fixture->clock, MAP,
                                      (struct lane){0, 2}, 1, NULL, &engine),
                     78);
    assert_int_equal(little_open_lane(&little_upper, &fixture->up, fixture->up_folder, fixture->clock, MAP,
                                      (struct lane){0, 1}, 2, NULL, &engine),
                     78);
    open_upper(fixture);
}

// The questions of a turn that failed never leave; those of one that lasted do.
static void test_questions_belong_to_turns(void **state)
{
    struct fixture *fixture = *state;
    struct peers *peers = peers_open(0, 2);
    struct peers_question question;
    engine_close(&fixture->lowers[0]);
    assert_int_equal(little_open_lane(&little_lower, &fixture->lows[0], fixture->low_folders[0], fixture->clock, MAP,
                                      (struct lane){0, 2}, 1, peers, &fixture->lowers[0]),
                     0);
    struct engine *engine = fixture->lowers[0];
    struct inbound both[] = {
        {.request = {.method = "POST", .path = "/ask", .body = (const uint8_t *)"GET /a", .length = 6}},
        {.request = {.method = "POST", .path = "/fail", .body = (const uint8_t *)"28", .length = 2}}, // ENOSPC
    };
    assert_int_equal(engine_turn(engine, both, 2, NULL), ENGINE_FULL);
    assert_false(peers_next(peers, 0, &question));
    assert_int_equal(engine_turn(engine, both, 1, NULL), ENGINE_DONE);
    assert_true(peers_next(peers, 0, &question));
    assert_string_equal(question.request, "GET /a");
    assert_true(peers_answer(peers, question.id, 200, "yes", 3));
    assert_int_equal(engine_turn(engine, NULL, 0, NULL), ENGINE_DONE);
    assert_string_equal(fixture->lows[0].heard, "1 says 200 yes\n");
    engine_close(&fixture->lowers[0]);
    peers_close(&peers);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make, unmake)
    const struct CMUnitTest tests[] = {
        TEST(test_each_gets_its_shards),
        TEST(test_what_goes_to_all_is_heard_once),
        TEST(test_owners),
        TEST(test_restarts),
        TEST(test_record_that_crashes),
        TEST(test_time_waits_for_both),
        TEST(test_silent_one_holds_a_while),
        TEST(test_refusal_names_the_one),
        TEST(test_answers_are_not_mixed_up),
        TEST(test_new_store_hears_the_first_one_first),
        TEST(test_division_is_fixed),
        TEST(test_store_of_before),
        TEST(test_questions_belong_to_turns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
