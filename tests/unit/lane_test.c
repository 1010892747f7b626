// Lanes, and what the processes of a service ask each other: numbers, names, and questions that belong to turns.
#include "common/lane.h"
#include "common/peers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void test_every_shard_has_one_lane(void **state)
{
    (void)state;
    for (unsigned count = 1; count <= LANES_MAX; count++)
        for (uint32_t shard = 0; shard < 16; shard++) {
            unsigned owners = 0;
            for (unsigned index = 0; index < count; index++)
                owners += lane_has((struct lane){index, count}, shard);
            assert_int_equal(owners, 1);
            assert_true(lane_has((struct lane){shard % count, count}, shard));
        }
    assert_true(lane_has((struct lane){0, 0}, 15));
}

static void test_customers(void **state)
{
    (void)state;
    for (int i = 0; i < 200; i++) {
        char id[20];
        snprintf(id, sizeof id, "C%d", i);
        uint16_t shard = lane_shard(id, 16);
        assert_true(shard < 16);
        assert_int_equal(lane_of_customer(id, 16, 4), shard % 4);
        assert_int_equal(lane_of_customer(id, 16, 1), 0);
    }
    // Under a key that never changes: other values would be other stores.
    assert_int_equal(lane_shard("C042", 16), lane_shard("C042", 256) % 16);
}

static void test_owners(void **state)
{
    (void)state;
    for (unsigned count = 1; count <= LANES_MAX; count++)
        for (int i = 0; i < 50; i++) {
            char id[20];
            unsigned speakers = 0;
            snprintf(id, sizeof id, "rep%d", i);
            for (unsigned index = 0; index < count; index++)
                speakers += lane_has_owner((struct lane){index, count}, lane_owner(id));
            assert_int_equal(speakers, 1);
            assert_true(lane_has_owner((struct lane){lane_of_owner(id, count), count}, lane_owner(id)));
        }
    assert_int_equal(lane_owner(""), 0);
    assert_true(lane_has_owner((struct lane){2, 3}, 0)); // nobody's
    assert_true(lane_has_owner((struct lane){0, 0}, lane_owner("amy")));
}

static void test_names(void **state)
{
    (void)state;
    static const struct {
        struct lane lane;
        const char *name;
    } rows[] = {
        {{0, 0}, "scoring"},   {{0, 1}, "scoring"},      {{0, 2}, "scoring-0"},
        {{1, 2}, "scoring-1"}, {{15, 16}, "scoring-15"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char name[LANE_NAME_BYTES];
        lane_name("scoring", rows[i].lane, name);
        assert_string_equal(name, rows[i].name);
    }
}

static void turn(struct peers *peers)
{
    peers_begin(peers);
    peers_commit(peers);
}

static void test_questions_leave_after_the_commit(void **state)
{
    (void)state;
    struct peers *peers = peers_open(1, 3);
    struct peers_question question;
    assert_int_equal(peers_index(peers), 1);
    assert_int_equal(peers_count(peers), 3);
    peers_begin(peers);
    assert_int_equal(peers_ask(peers, 0, "GET /a", NULL, 0), 1);
    assert_int_equal(peers_ask(peers, 2, "POST /b", "body", 4), 2);
    assert_false(peers_next(peers, 0, &question));
    // The turn fails, and is tried again.
    peers_begin(peers);
    assert_int_equal(peers_ask(peers, 2, "POST /b", "body", 4), 3);
    peers_commit(peers);
    assert_true(peers_next(peers, 0, &question));
    assert_int_equal(question.id, 3);
    assert_int_equal(question.which, 2);
    assert_string_equal(question.request, "POST /b");
    assert_int_equal(question.length, 4);
    assert_memory_equal(question.body, "body", 4);
    assert_false(peers_next(peers, 3, &question));
    peers_sent(peers, 3);
    assert_false(peers_next(peers, 0, &question));
    peers_close(&peers);
}

static void test_answers_are_taken_by_turns_that_last(void **state)
{
    (void)state;
    struct peers *peers = peers_open(0, 2);
    struct peers_answer answer;
    peers_begin(peers);
    uint64_t id = peers_ask(peers, 1, "GET /a", NULL, 0);
    peers_commit(peers);
    peers_sent(peers, id);
    assert_false(peers_news(peers));
    assert_false(peers_answer(peers, 99, 200, "x", 1));
    assert_false(peers_answer(peers, 0, 200, "x", 1));
    assert_true(peers_answer(peers, id, 200, "figures", 7));
    assert_false(peers_answer(peers, id, 200, "figures", 7)); // twice
    assert_true(peers_news(peers));
    for (int attempt = 0; attempt < 2; attempt++) { // the first turn fails
        peers_begin(peers);
        assert_true(peers_take(peers, &answer));
        assert_int_equal(answer.id, id);
        assert_int_equal(answer.from, 1);
        assert_int_equal(answer.status, 200);
        assert_int_equal(answer.length, 7);
        assert_memory_equal(answer.body, "figures", 7);
        assert_false(peers_take(peers, &answer));
    }
    peers_commit(peers);
    assert_false(peers_news(peers));
    peers_begin(peers);
    assert_false(peers_take(peers, &answer));
    peers_close(&peers);
}

// One that is not taken stays, and does not call for turn after turn.
static void test_answer_that_is_left(void **state)
{
    (void)state;
    struct peers *peers = peers_open(0, 2);
    struct peers_answer answer;
    peers_begin(peers);
    uint64_t id = peers_ask(peers, 1, "GET /a", NULL, 0);
    peers_commit(peers);
    assert_true(peers_answer(peers, id, 404, NULL, 0));
    turn(peers);
    assert_false(peers_news(peers));
    peers_begin(peers);
    assert_true(peers_take(peers, &answer));
    assert_int_equal(answer.status, 404);
    peers_close(&peers);
}

static void test_nobody_answers(void **state)
{
    (void)state;
    struct peers *peers = peers_open(0, 2);
    struct peers_answer answer;
    assert_int_equal(peers_expire(peers, 1000), -1);
    peers_begin(peers);
    uint64_t sent = peers_ask(peers, 1, "GET /a", NULL, 0), unsent = peers_ask(peers, 1, "GET /b", NULL, 0);
    peers_commit(peers);
    peers_sent(peers, sent);
    assert_int_equal(peers_expire(peers, 1000), PEERS_WAIT_MS);
    assert_int_equal(peers_expire(peers, 1000 + PEERS_WAIT_MS - 1), 1);
    assert_false(peers_news(peers));
    assert_int_equal(peers_expire(peers, 1000 + PEERS_WAIT_MS), -1);
    assert_true(peers_news(peers));
    assert_false(peers_answer(peers, sent, 200, "late", 4));
    peers_begin(peers);
    for (int i = 0; i < 2; i++) {
        assert_true(peers_take(peers, &answer));
        assert_int_equal(answer.status, 503);
        assert_true(answer.id == sent || answer.id == unsent);
    }
    peers_close(&peers);
}

static void test_limits(void **state)
{
    (void)state;
    struct peers *peers = peers_open(0, 2);
    struct peers_answer answer;
    static uint8_t large[PEERS_BODY_MAX + 1];
    peers_begin(peers);
    for (int i = 0; i < PEERS_OPEN_MAX; i++)
        assert_int_equal(peers_ask(peers, 1, "GET /a", NULL, 0), i + 1);
    assert_int_equal(peers_ask(peers, 1, "GET /a", NULL, 0), 0);
    peers_commit(peers);
    assert_true(peers_answer(peers, 1, 200, large, PEERS_BODY_MAX));
    assert_true(peers_answer(peers, 2, 200, large, PEERS_BODY_MAX + 1));
    peers_begin(peers);
    assert_int_equal(peers_ask(peers, 1, "GET /a", NULL, 0), 0); // answers that wait count too
    assert_true(peers_take(peers, &answer) && answer.status == 200 && answer.length == PEERS_BODY_MAX);
    assert_true(peers_take(peers, &answer) && answer.status == 500 && answer.length == 0);
    peers_commit(peers);
    peers_begin(peers);
    assert_true(peers_ask(peers, 1, "GET /a", NULL, 0) > 0);
    peers_close(&peers);
    // Nobody to talk to, nothing to do.
    peers_begin(NULL);
    peers_commit(NULL);
    assert_false(peers_news(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_shard_has_one_lane),
        cmocka_unit_test(test_customers),
        cmocka_unit_test(test_owners),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_questions_leave_after_the_commit),
        cmocka_unit_test(test_answers_are_taken_by_turns_that_last),
        cmocka_unit_test(test_answer_that_is_left),
        cmocka_unit_test(test_nobody_answers),
        cmocka_unit_test(test_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
