// How messages leave and what becomes of them: every answer of a chat, crashes in between, pace and circuits.
#include "harness/desk.h"

#include "services/notifier/dispatch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define WECOM_OK "{\"errcode\":0,\"errmsg\":\"ok\"}"

static void on_wecom(void)
{
    desk.options.default_channel = "wecom";
}

static void test_a_crash_after_the_file_was_written(void **state)
{
    (void)state;
    desk_remind("r1", "wang", "C1", 0);
    turns_run(desk.turns, DESK_START + 3 * SECOND);
    notifier_service.port->after(desk.notifier, desk_boot_ms());
    assert_int_equal(desk_occurrences(desk_out(), "--- end "), 1);
    assert_int_equal(desk_messages("sending"), 1);
    struct notifier *old = desk.notifier;
    desk_reopen();
    notifier_close(&old);
    // A new process on the same store.
    turns_restart(desk.turns);
    turns_run(desk.turns, DESK_START + 4 * SECOND);
    assert_int_equal(desk_messages("unknown"), 1);
    desk_play(DESK_START + HOUR);
    assert_int_equal(desk_occurrences(desk_out(), "--- end "), 1); // it was there already
    desk_assert_states(1, 0, 0, 0);
    assert_string_equal(desk_newest("unknowns"), "1");
}

// The first turn of a process has not heard the upstream yet, so nothing is due in it; what it finds in the air waits
// from now all the same.
static void test_a_crash_waits_as_long_as_any_doubt(void **state)
{
    (void)state;
    desk.options.repeat_after_ms = 10 * MINUTE;
    desk_remind("r1", "wang", "C1", 0);
    turns_run(desk.turns, DESK_START + 3 * SECOND);
    assert_int_equal(desk_messages("sending"), 1);
    struct notifier *old = desk.notifier;
    desk_reopen();
    notifier_close(&old);
    turns_restart(desk.turns);
    assert_int_equal(engine_turn(turns_engine(desk.turns), NULL, 0, NULL), ENGINE_DONE);
    assert_int_equal(desk_messages("unknown"), 1);
    desk_play(DESK_START + 9 * MINUTE);
    assert_int_equal(desk_messages("unknown"), 1);
    desk_play(DESK_START + 11 * MINUTE);
    desk_assert_states(1, 0, 0, 0);
}

static void test_unknown_is_sent_again_with_the_same_id(void **state)
{
    (void)state;
    on_wecom();
    desk_chat_says(CHAT_RESET, 0, "");
    desk_chat_says(CHAT_ANSWER, 200, WECOM_OK);
    desk_remind("r1", "wang", "C1", 0);
    desk_play(DESK_START + 3 * SECOND);
    assert_int_equal(desk_messages("unknown"), 1);
    desk_play(DESK_START + HOUR);
    desk_assert_states(1, 0, 0, 0);
    assert_int_equal(chat_count(desk.chat), 2);
    struct chat_request first = chat_request(desk.chat, 0), second = chat_request(desk.chat, 1);
    char id[20];
    snprintf(id, sizeof id, "#%.6s", desk_newest("messageId"));
    assert_non_null(strstr(first.body, id));
    assert_non_null(strstr(second.body, id));
    assert_null(strstr(first.body, "再发一遍"));
    assert_non_null(strstr(second.body, "再发一遍"));
}

static void test_unknown_for_good_stays_visible_and_can_be_retried(void **state)
{
    (void)state;
    on_wecom();
    desk_chat_says(CHAT_RESET, 0, "");
    desk_remind("r1", "wang", "C1", 0);
    desk_play(DESK_START + 2 * HOUR);
    desk_assert_states(0, 0, 0, 1);
    assert_int_equal(chat_count(desk.chat), 3); // once, and twice again
    desk_chat_says(CHAT_ANSWER, 200, WECOM_OK);
    char path[100];
    snprintf(path, sizeof path, "/v1/messages/%s/retry", desk_newest("visibleId"));
    assert_int_equal(desk_post(path), 200);
    desk_play(DESK_START + 4 * HOUR);
    desk_assert_states(1, 0, 0, 0);
    assert_int_equal(desk_post(path), 409);
    assert_int_equal(desk_post("/v1/messages/000000000000/retry"), 404);
}

static void test_cancelled_while_unknown_is_not_repeated(void **state)
{
    (void)state;
    on_wecom();
    desk_chat_says(CHAT_RESET, 0, "");
    desk_remind("r1", "wang", "C1", 0);
    desk_play(DESK_START + 2 * SECOND + 100);
    desk_cancel("r1");
    desk_play(DESK_START + 2 * HOUR);
    desk_assert_states(0, 0, 0, 1);
    assert_int_equal(chat_count(desk.chat), 1);
}

static void test_retry_gives_up_and_says_why(void **state)
{
    (void)state;
    on_wecom();
    desk_chat_says(CHAT_ANSWER, 500, "sorry");
    desk_remind("r1", "wang", "C1", 0);
    desk_play(DESK_START + 10 * HOUR);
    desk_assert_states(0, 0, 1, 0);
    assert_int_equal(chat_count(desk.chat), 4);
    assert_non_null(strstr(desk_newest("reason"), "given up after 4 attempts: HTTP 500"));
}

static void test_throttle_blocks_the_channel_and_costs_no_attempt(void **state)
{
    (void)state;
    on_wecom();
    chat_say(desk.chat, &(struct chat_line){.status = 429, .body = "", .header = "Retry-After", .value = "100"});
    desk_chat_says(CHAT_ANSWER, 200, WECOM_OK);
    desk_remind("r1", "wang", "C1", 0);
    desk_remind("r2", "li", "C2", 0);
    desk_play(DESK_START + 3 * SECOND);
    size_t before = chat_count(desk.chat);
    assert_in_range(before, 1, 2);
    desk_play(DESK_START + 100 * SECOND);
    assert_int_equal(chat_count(desk.chat), before);
    assert_int_equal(desk_messages("held") + desk_messages("sent"), 2);
    desk_play(DESK_START + 200 * SECOND);
    desk_assert_states(2, 0, 0, 0);
    assert_string_equal(desk_newest("attempts"), "1");
}

static void test_reject_kills_one_message_and_not_the_channel(void **state)
{
    (void)state;
    on_wecom();
    desk_chat_says(CHAT_ANSWER, 200, "{\"errcode\":40058,\"errmsg\":\"invalid\"}");
    desk_chat_says(CHAT_ANSWER, 200, WECOM_OK);
    desk_remind("r1", "wang", "C1", 0);
    desk_remind("r2", "li", "C2", 0);
    desk_play(DESK_START + MINUTE);
    desk_assert_states(1, 0, 1, 0);
}

static void test_config_shuts_the_channel_and_keeps_its_line(void **state)
{
    (void)state;
    on_wecom();
    desk_chat_says(CHAT_ANSWER, 200, "{\"errcode\":93000,\"errmsg\":\"invalid webhook url\"}");
    desk_remind("r1", "wang", "C1", 0);
    desk_play(DESK_START + MINUTE);
    desk_remind("r2", "li", "C2", 0);
    desk_remind("r3", "zhao", "C3", 0);
    desk_play(DESK_START + 30 * MINUTE);
    assert_int_equal(chat_count(desk.chat), 1);
    desk_assert_states(0, 3, 0, 0);
    assert_non_null(strstr(desk_newest("reason"), "must be mended"));
    desk_play(DESK_START + 61 * MINUTE);
    assert_int_equal(chat_count(desk.chat), 2); // one probe
    desk_chat_says(CHAT_ANSWER, 200, WECOM_OK);
    assert_int_equal(desk_post("/v1/channels/wecom/probe"), 200);
    assert_int_equal(desk_post("/v1/channels/nowhere/probe"), 404);
    desk_play(DESK_START + 62 * MINUTE);
    desk_assert_states(3, 0, 0, 0);
    assert_int_equal(chat_count(desk.chat), 5);
}

static void test_a_restart_probes_a_shut_channel(void **state)
{
    (void)state;
    on_wecom();
    desk_chat_says(CHAT_ANSWER, 403, "");
    desk_chat_says(CHAT_ANSWER, 200, WECOM_OK);
    desk_remind("r1", "wang", "C1", 0);
    desk_play(DESK_START + MINUTE);
    desk_assert_states(0, 1, 0, 0);
    turns_restart(desk.turns);
    desk_play(DESK_START + 2 * MINUTE);
    desk_assert_states(1, 0, 0, 0);
}

static void test_gone_goes_to_the_default_channel(void **state)
{
    (void)state;
    desk_rep("wang", "王芳", "zh-CN", "wecom", DESK_START - DAY);
    desk_rep("li", "李雷", "zh-CN", "wecom", DESK_START - DAY);
    desk_chat_says(CHAT_ANSWER, 410, "");
    desk_remind("r1", "wang", "C1", 0);
    desk_remind("r2", "li", "C2", 0);
    desk_play(DESK_START + MINUTE);
    desk_assert_states(2, 0, 0, 0);
    assert_in_range(chat_count(desk.chat), 1, 2);
    assert_int_equal(desk_occurrences(desk_out(), "--- end "), 2);
}

// Many that left together and fail together say no more about the chat than three do: the pause stays short.
static void test_many_that_fail_together_are_one_failure(void **state)
{
    (void)state;
    desk.channels[1].rate = "6000/1m";
    desk.options.default_channel = "wecom";
    desk.options.repeats = 9;
    struct notifier *old = desk.notifier;
    desk_reopen();
    notifier_close(&old);
    turns_restart(desk.turns);
    for (int i = 0; i < 12; i++) {
        char text[12];
        snprintf(text, sizeof text, "r%d", i);
        desk_chat_says(CHAT_RESET, 0, "");
        desk_remind(text, text, "Acme", 0);
    }
    desk_chat_says(CHAT_ANSWER, 200, "{\"errcode\":0,\"errmsg\":\"ok\"}");
    desk_play(DESK_START + 2 * SECOND);
    assert_int_equal(chat_count(desk.chat), 12);
    json_t *channels = desk_ask("/v1/channels");
    const json_t *wecom = json_array_get(json_object_get(channels, "channels"), 1);
    assert_int_equal(json_integer_value(json_object_get(wecom, "fails")), DISPATCH_FAILS);
    json_decref(channels);
    desk_play(DESK_START + MINUTE);
    desk_assert_states(12, 0, 0, 0);
}

static void test_one_on_its_way_per_rep(void **state)
{
    (void)state;
    on_wecom();
    desk_chat_says(CHAT_HANG, 0, "");
    desk_remind("r1", "wang", "C1", 0);
    turns_run(desk.turns, DESK_START + 3 * SECOND);
    desk_pump(false);
    desk_remind("r2", "wang", "C2", 0);
    desk_remind("r3", "li", "C3", 0);
    turns_run(desk.turns, DESK_START + 10 * SECOND);
    desk_pump(false);
    assert_int_equal(desk_messages("sending"), 2); // wang's first and li's
    assert_int_equal(desk_messages("ready"), 1);
}

static void test_the_pace_is_kept_over_a_restart(void **state)
{
    (void)state;
    on_wecom();
    desk_chat_says(CHAT_ANSWER, 200, WECOM_OK);
    for (int i = 0; i < 30; i++) {
        static char ids[30][16], reps[30][16];
        snprintf(ids[i], sizeof ids[i], "r%d", i);
        snprintf(reps[i], sizeof reps[i], "rep%d", i);
        desk_remind(ids[i], reps[i], "C", 0);
    }
    desk_play(DESK_START + 2 * SECOND);
    assert_int_equal(chat_count(desk.chat), 5); // the burst
    turns_restart(desk.turns);
    desk_play(DESK_START + 32 * SECOND);
    assert_in_range(chat_count(desk.chat), 11, 13);
    desk_play(DESK_START + 61 * SECOND);
    assert_in_range(chat_count(desk.chat), 18, 20);
    desk_play(DESK_START + 5 * MINUTE);
    desk_assert_states(30, 0, 0, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_set_up, desk_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_a_crash_after_the_file_was_written),
        TEST(test_a_crash_waits_as_long_as_any_doubt),
        TEST(test_unknown_is_sent_again_with_the_same_id),
        TEST(test_unknown_for_good_stays_visible_and_can_be_retried),
        TEST(test_cancelled_while_unknown_is_not_repeated),
        TEST(test_retry_gives_up_and_says_why),
        TEST(test_throttle_blocks_the_channel_and_costs_no_attempt),
        TEST(test_reject_kills_one_message_and_not_the_channel),
        TEST(test_config_shuts_the_channel_and_keeps_its_line),
        TEST(test_a_restart_probes_a_shut_channel),
        TEST(test_gone_goes_to_the_default_channel),
        TEST(test_many_that_fail_together_are_one_failure),
        TEST(test_one_on_its_way_per_rep),
        TEST(test_the_pace_is_kept_over_a_restart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
