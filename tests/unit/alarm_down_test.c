// A chat that is down: what must be known now goes round it once that has lasted, but never what may have been told;
// somebody is woken after a while; and an alarm takes a way by which it reaches somebody, or says that there is none.
#include "harness/desk.h"
#include "services/notifier/alarm.h"
#include "services/notifier/reader.h"
#include "tend/v1/journal.pb-c.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <unistd.h>

#define WECOM_OK "{\"errcode\":0,\"errmsg\":\"ok\"}"
#define ALARM "Tend needs somebody to look:"

static const char *const at_out[] = {"out=wang-at-home"};

static char *borrow(const char *text)
{
    return (char *)(uintptr_t)text;
}

static void start_again(void)
{
    notifier_close(&desk.notifier);
    desk_reopen();
    turns_restart(desk.turns);
}

static void remind(const char *id, const char *rep, unsigned priority)
{
    Tend__V1__Reminder reminder = TEND__V1__REMINDER__INIT;
    reminder.reminder_id = borrow(id);
    reminder.kind = TEND__V1__REMINDER_KIND__REMINDER_KIND_OVERDUE;
    reminder.rep_id = borrow(rep);
    reminder.customer_id = reminder.customer_name = borrow(id);
    reminder.local_date = borrow("2026-05-17");
    reminder.priority = priority;
    turns_say(desk.turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_REMINDER, 0, &reminder.base);
}

// Wang's chat is wecom, with another address at the file; it fails from the first message on.
static void begin_down(void)
{
    desk.options.language = "en";
    desk.options.attempts = 50;
    desk.people[0].channel = "wecom";
    desk.people[0].addresses = at_out;
    desk.people[0].address_count = 1;
    start_again();
    desk_chat_says(CHAT_ANSWER, 503, "sorry");
}

// The channel as GET /v1/channels has it; json_decref the answer.
static const json_t *wecom(json_t **ret_answer)
{
    *ret_answer = desk_ask("/v1/channels");
    return json_array_get(json_object_get(*ret_answer, "channels"), 1);
}

static void assert_says(const char *words)
{
    if (strstr(desk_out(), words) == NULL)
        fail_msg("\"%s\" is not in\n%s", words, desk_out());
}

static void test_urgent_ones_go_round_a_chat_that_is_down(void **state)
{
    (void)state;
    json_t *answer;
    begin_down();
    remind("urgent-one", "wang", 0);
    remind("li-urgent", "li", 0); // by the file, which works
    desk_play(DESK_START + READER_DOWN_MS - 10 * SECOND);
    assert_null(strstr(desk_out(), "urgent-one"));
    assert_null(json_object_get(wecom(&answer), "downSince"));
    json_decref(answer);
    desk_play(DESK_START + READER_DOWN_MS + 10 * SECOND);
    assert_says("urgent-one");
    remind("today-one", "wang", 1); // may wait
    remind("urgent-two", "wang", 0);
    desk_play(DESK_START + READER_DOWN_MS + 40 * SECOND);
    json_t *way = desk_ask("/v1/route?rep=wang&kind=overdue&urgency=today");
    const char *trouble = json_string_value(json_object_get(way, "trouble"));
    assert_non_null(trouble);
    assert_int_equal(strncmp(trouble, "the chat takes nothing: HTTP 503", 32), 0);
    json_decref(way);
    assert_non_null(json_object_get(wecom(&answer), "downSince"));
    assert_true(desk_figure("channels_down") == 1);
    json_decref(answer);
    assert_says("urgent-two");
    assert_int_equal(desk_messages("sent"), 3);
}

// One that waits for its channel's pause to end goes as soon as the chat counts as down, not after the pause.
static void test_what_may_wait_stays_and_is_told_when_it_is_back(void **state)
{
    (void)state;
    json_t *answer;
    begin_down();
    remind("today-one", "wang", 1);
    desk_play(DESK_START + HOUR);
    assert_string_equal(desk_out(), "");
    const json_t *channel = wecom(&answer);
    assert_non_null(json_object_get(channel, "downSince"));
    assert_int_equal(json_integer_value(json_object_get(channel, "waiting")), 1); // also before its next attempt
    json_decref(answer);
    desk_chat_says(CHAT_ANSWER, 200, WECOM_OK);
    desk_play(DESK_START + 2 * HOUR);
    desk_assert_states(1, 0, 0, 0);
    assert_null(json_object_get(wecom(&answer), "downSince"));
    json_decref(answer);
    remind("urgent-one", "wang", 0);
    desk_play(DESK_START + 2 * HOUR + MINUTE);
    assert_string_equal(desk_newest("channel"), "wecom");
    assert_string_equal(desk_newest("state"), "DELIVERY_STATE_SENT");
}

static void test_what_may_have_arrived_never_goes_round(void **state)
{
    (void)state;
    desk_chat_says(CHAT_RESET, 0, "");
    begin_down();
    remind("urgent-one", "wang", 0);
    desk_play(DESK_START + HOUR);
    assert_string_equal(desk_out(), "");
    assert_string_equal(desk_newest("channel"), "wecom");
}

static void test_somebody_is_woken_once(void **state)
{
    (void)state;
    begin_down();
    desk.options.alarm = (struct alarm_options){"out", ""};
    start_again();
    remind("today-one", "wang", 1);
    desk_play(DESK_START + ALARM_DOWN_MS - 10 * SECOND);
    assert_int_equal(desk_occurrences(desk_out(), ALARM), 0);
    desk_play(DESK_START + ALARM_DOWN_MS + 10 * SECOND);
    assert_int_equal(desk_occurrences(desk_out(), ALARM), 1);
    assert_says("Channel wecom is down since 00:50 today; messages waiting: 1, urgent: 0");
    assert_says("HTTP 503");
    assert_says("tend channel test wecom");
    start_again();
    desk_play(DESK_START + 3 * HOUR);
    assert_int_equal(desk_occurrences(desk_out(), ALARM), 1);
    desk_chat_says(CHAT_ANSWER, 200, WECOM_OK);
    desk_play(DESK_START + 4 * HOUR);
    assert_says("Channel wecom works again");
    desk_play(DESK_START + 6 * HOUR);
    assert_int_equal(desk_occurrences(desk_out(), "Channel wecom"), 2);
    assert_true(desk_figure("alarms_total{cause=\"channel_down\"}") <= 1);
}

// Back within minutes: nobody is woken.
static void test_a_short_trouble_wakes_nobody(void **state)
{
    (void)state;
    begin_down();
    desk.options.alarm = (struct alarm_options){"out", ""};
    start_again();
    remind("today-one", "wang", 1);
    desk_play(DESK_START + 20 * SECOND);
    desk_chat_says(CHAT_ANSWER, 200, WECOM_OK);
    desk_play(DESK_START + HOUR);
    desk_assert_states(1, 0, 0, 0);
    assert_string_equal(desk_out(), "");
}

// --- an alarm that reaches somebody

static char token_path[] = "/tmp/tend-token-XXXXXX";

// Alarms go by a bot that writes to each person alone, and Wang has no address there.
static void alarm_by_bot(const char *own)
{
    memcpy(token_path + sizeof token_path - 7, "XXXXXX", 6);
    int file = mkstemp(token_path);
    assert_true(file >= 0 && write(file, "xoxb-1234567890abc\n", 19) == 19);
    close(file);
    desk.channels[1].type = CHANNEL_TYPE_SLACK;
    desk.channels[1].url_file = "";
    desk.channels[1].token_file = token_path;
    desk.options.language = "en";
    desk.options.default_channel = own;
    desk.options.alarm = (struct alarm_options){"wecom", "wang"};
    desk.people[0].channel = own;
    start_again();
}

static void test_an_alarm_takes_the_reps_own_channel(void **state)
{
    (void)state;
    alarm_by_bot("out");
    char watermark[] = "/tmp/tend-mark-XXXXXX";
    assert_int_equal(write(mkstemp(watermark), "100000\n", 7), 7); // everything is held: that is told
    desk.options.watermark = watermark;
    start_again();
    desk_play(DESK_START + MINUTE);
    assert_int_equal(desk_occurrences(desk_out(), ALARM), 1);
    json_t *audit = desk_ask("/v1/audit");
    assert_null(json_object_get(audit, "alarm"));
    json_decref(audit);
    unlink(watermark);
    unlink(token_path);
    desk.options.watermark = NULL;
    start_again();
}

static void test_an_alarm_that_reaches_nobody_is_said(void **state)
{
    (void)state;
    alarm_by_bot("wecom");
    json_t *audit = desk_ask("/v1/audit");
    const char *why = json_string_value(json_object_get(audit, "alarm"));
    assert_non_null(why);
    assert_non_null(strstr(why, "wang cannot be told by channel \"wecom\": the rep has no Slack id"));
    json_decref(audit);
    desk.people[0].address = "U012AB3CD";
    start_again();
    audit = desk_ask("/v1/audit");
    assert_null(json_object_get(audit, "alarm"));
    json_decref(audit);
    unlink(token_path);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_set_up, desk_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_urgent_ones_go_round_a_chat_that_is_down),
        TEST(test_what_may_wait_stays_and_is_told_when_it_is_back),
        TEST(test_what_may_have_arrived_never_goes_round),
        TEST(test_somebody_is_woken_once),
        TEST(test_a_short_trouble_wakes_nobody),
        TEST(test_an_alarm_takes_the_reps_own_channel),
        TEST(test_an_alarm_that_reaches_nobody_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
