// A reminder that is told once more under its id: what it says now stands in its message, wherever that is by then,
// and no second message leaves.
#include "harness/visitor.h"
#include "tend/v1/journal.pb-c.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <unistd.h>

enum { PATH_BYTES = 64 };
#define SENT "{\"ok\":true,\"result\":{\"message_id\":42,\"chat\":{\"id\":-100999}}}"

static char url_path[PATH_BYTES], token_path[PATH_BYTES];

static char *borrow(const char *text)
{
    return (char *)(uintptr_t)text;
}

// A message of C1 waits for an answer, `subject` is about.
static void remind(const char *id, const char *subject, unsigned priority, bool retold)
{
    Tend__V1__Reminder reminder = TEND__V1__REMINDER__INIT;
    reminder.reminder_id = borrow(id);
    reminder.kind = TEND__V1__REMINDER_KIND__REMINDER_KIND_REPLY_DUE;
    reminder.rep_id = borrow("wang");
    reminder.customer_id = reminder.customer_name = borrow(id);
    reminder.text = borrow(subject);
    reminder.priority = priority;
    reminder.retold = retold;
    turns_say(desk.turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_REMINDER, 0, &reminder.base);
}

static void expect_counts(unsigned anew, unsigned unshown, unsigned repeated)
{
    turns_run(desk.turns, turns_now_ms(desk.turns) + 1);
    assert_int_equal(desk_figure("passed_over{reason=\"told_anew\"}"), anew);
    assert_int_equal(desk_figure("passed_over{reason=\"told_anew_unshown\"}"), unshown);
    assert_int_equal(desk_figure("passed_over{reason=\"repeated\"}"), repeated);
    assert_true(desk_figure("reminders{outcome=\"in\"}") == 1);
}

static void put(char *path, const char *text)
{
    snprintf(path, PATH_BYTES, "/tmp/tend-retell-XXXXXX");
    int file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal(write(file, text, strlen(text)), (ssize_t)strlen(text));
    close(file);
}

// Everybody's chat can change its messages; the first thing it is asked is where the group is.
static void use_telegram(void)
{
    char url[PATH_BYTES];
    snprintf(url, sizeof url, "http://127.0.0.1:%d", chat_port(desk.chat));
    put(url_path, url);
    put(token_path, "123456:ABC-DEF");
    desk.channels[1].type = CHANNEL_TYPE_TELEGRAM;
    desk.channels[1].url_file = url_path;
    desk.channels[1].token_file = token_path;
    desk.channels[1].to = "-100999";
    desk.options.default_channel = "wecom";
    struct notifier *old = desk.notifier;
    desk_reopen();
    notifier_close(&old);
    turns_restart(desk.turns);
    desk_chat_says(CHAT_ANSWER, 200, "{\"ok\":true,\"result\":true}");
    desk_chat_says(CHAT_ANSWER, 200, SENT);
}

static int tear_down(void **state)
{
    if (url_path[0] != '\0') {
        unlink(url_path);
        unlink(token_path);
    }
    url_path[0] = '\0';
    return desk_tear_down(state);
}

// Runs until the chat got so many requests, and expects the last of them to be so.
static void expect_request(size_t count, const char *method, const char *says)
{
    desk_play(turns_now_ms(desk.turns) + 10 * SECOND);
    for (int64_t end_ms = desk_boot_ms() + 8 * SECOND; chat_count(desk.chat) < count && desk_boot_ms() < end_ms;)
        desk_play(turns_now_ms(desk.turns) + 50);
    desk_pump(true);
    assert_int_equal(chat_count(desk.chat), count);
    struct chat_request request = chat_request(desk.chat, count - 1);
    visitor_says(request.path, method);
    visitor_says(request.body, says);
}

static void test_what_waits_says_the_newest(void **state)
{
    (void)state;
    remind("r1", "the old subject", 1, false);
    turns_run(desk.turns, DESK_START);
    remind("r1", "the new subject", 1, true);
    remind("r1", "the new subject", 1, true); // once more is no news
    desk_play(DESK_START + MINUTE);
    assert_int_equal(desk_occurrences(desk_out(), "--- end "), 1);
    visitor_says(desk_out(), "the new subject");
    visitor_silent(desk_out(), "the old subject");
    expect_counts(1, 0, 1);
    desk_assert_states(1, 0, 0, 0);
}

static void test_what_becomes_urgent_waits_no_longer(void **state)
{
    (void)state;
    desk.options.group_wait_ms = 10 * MINUTE;
    remind("r1", "may wait", 2, false);
    desk_play(DESK_START + SECOND);
    assert_string_equal(desk_out(), "");
    remind("r1", "cannot wait", 0, true);
    desk_play(DESK_START + 2 * SECOND);
    visitor_says(desk_out(), "cannot wait");
    expect_counts(1, 0, 0);
}

static void test_a_chat_that_changes_messages_shows_it(void **state)
{
    (void)state;
    use_telegram();
    remind("r1", "the old subject", 1, false);
    expect_request(2, "/sendMessage", "the old subject");
    desk_chat_says(CHAT_ANSWER, 200, SENT);
    remind("r1", "the new subject", 1, true);
    expect_request(3, "/editMessageText", "the new subject");
    visitor_says(chat_request(desk.chat, 2).body, "\"message_id\":42");
    visitor_says(desk_text(), "the new subject");
    remind("r1", "the new subject", 1, true);
    desk_play(turns_now_ms(desk.turns) + HOUR);
    assert_int_equal(chat_count(desk.chat), 3);
    expect_counts(1, 0, 1);
    desk_assert_states(1, 0, 0, 0);
}

// What was told in time is not late when its message is changed, or its page read, hours later.
static void test_what_was_in_time_stays_so(void **state)
{
    (void)state;
    desk.options.public_url = "https://tend.test";
    use_telegram();
    remind("r1", "the old subject", 1, false);
    expect_request(2, "/sendMessage", "the old subject");
    desk_play(turns_now_ms(desk.turns) + 3 * HOUR);
    desk_chat_says(CHAT_ANSWER, 200, "{\"ok\":true,\"result\":true}"); // it is asked for the group anew
    desk_chat_says(CHAT_ANSWER, 200, SENT);
    remind("r1", "the new subject", 1, true);
    expect_request(4, "/editMessageText", "the new subject");
    const char *const late[] = {"补发", "没能按时", "(late", "late, with"};
    for (size_t i = 0; i < sizeof late / sizeof *late; i++)
        visitor_silent(chat_request(desk.chat, 3).body, late[i]);
}

static void test_another_chat_is_left_alone(void **state)
{
    (void)state;
    remind("r1", "the old subject", 1, false);
    desk_play(DESK_START + MINUTE);
    remind("r1", "the new subject", 0, true);
    desk_play(DESK_START + DAY);
    assert_int_equal(desk_occurrences(desk_out(), "--- end "), 1);
    visitor_silent(desk_out(), "the new subject");
    expect_counts(1, 1, 0);
    desk_assert_states(1, 0, 0, 0);
}

// What was under way when the newer word came is put right after it has landed.
static void test_under_way(void **state)
{
    (void)state;
    use_telegram();
    remind("r1", "nothing yet", 1, false);
    expect_request(2, "/sendMessage", "nothing yet");
    desk_cancel("r1");
    desk_chat_says(CHAT_ANSWER, 200, SENT);
    expect_request(3, "/editMessageText", "r1");
    desk_chat_says(CHAT_ANSWER, 200, SENT);
    remind("r2", "the old subject", 1, false);
    turns_run(desk.turns, turns_now_ms(desk.turns));
    turns_run(desk.turns, turns_now_ms(desk.turns) + 3 * SECOND); // it leaves with the next look of the port
    assert_int_equal(desk_messages("sending"), 1);
    remind("r2", "the new subject", 1, true);
    turns_run(desk.turns, turns_now_ms(desk.turns));
    desk_chat_says(CHAT_ANSWER, 200, SENT);
    desk_pump(true);
    visitor_says(chat_request(desk.chat, 3).path, "/sendMessage");
    visitor_says(chat_request(desk.chat, 3).body, "the old subject");
    expect_request(5, "/editMessageText", "the new subject");
}

// Nobody knows whether it arrived: what is said again is the newest.
static void test_out_of_unknown(void **state)
{
    (void)state;
    desk.options.default_channel = "wecom";
    desk_chat_says(CHAT_ANSWER, 200, "{\"errcode\":0,\"errmsg\":\"ok\"}");
    remind("r1", "the old subject", 1, false);
    turns_run(desk.turns, DESK_START);
    turns_run(desk.turns, DESK_START + 3 * SECOND);
    assert_int_equal(desk_messages("sending"), 1);
    struct notifier *old = desk.notifier;
    desk_reopen();
    notifier_close(&old);
    turns_restart(desk.turns); // the service ended while it was on its way
    remind("r1", "the new subject", 1, true);
    turns_run(desk.turns, DESK_START + 4 * SECOND);
    desk_play(DESK_START + HOUR);
    desk_assert_states(1, 0, 0, 0);
    visitor_says(desk_text(), "the new subject");
    expect_counts(1, 0, 0);
}

static void test_a_dead_one_says_the_newest_by_hand(void **state)
{
    (void)state;
    desk.options.default_channel = "wecom";
    desk_chat_says(CHAT_ANSWER, 200, "{\"errcode\":40008,\"errmsg\":\"invalid message type\"}");
    remind("r1", "the old subject", 1, false);
    desk_play(DESK_START + MINUTE);
    desk_assert_states(0, 0, 1, 0);
    remind("r1", "the new subject", 1, true);
    desk_play(DESK_START + HOUR);
    assert_int_equal(chat_count(desk.chat), 1);
    desk_chat_says(CHAT_ANSWER, 200, "{\"errcode\":0,\"errmsg\":\"ok\"}");
    char path[80];
    snprintf(path, sizeof path, "/v1/messages/%s/retry", desk_newest("messageId"));
    assert_int_equal(desk_post(path), 200);
    desk_play(DESK_START + 2 * HOUR);
    visitor_says(chat_request(desk.chat, 1).body, "the new subject");
    expect_counts(1, 0, 0);
}

static void test_cancelled_and_dropped_stay_so(void **state)
{
    (void)state;
    remind("r1", "the old subject", 1, false);
    turns_run(desk.turns, DESK_START);
    desk_cancel("r1");
    remind("r1", "the new subject", 1, true);
    desk_play(DESK_START + HOUR);
    assert_string_equal(desk_out(), "");
    remind("r1", "the newest subject", 0, true);
    desk_play(DESK_START + 2 * HOUR);
    assert_string_equal(desk_out(), "");
    expect_counts(0, 0, 2);
    desk_assert_states(0, 0, 1, 0);
}

static void test_answered_stays_so(void **state)
{
    (void)state;
    desk.options.public_url = "https://tend.test";
    remind("r1", "the old subject", 1, false);
    desk_play(DESK_START + MINUTE);
    const char *page = visitor_page(desk_out(), 0);
    assert_int_equal(visitor_post(page, &visitor_plain, "item=1&answer=done").status, 303);
    remind("r1", "the new subject", 1, true);
    desk_play(DESK_START + HOUR);
    expect_counts(0, 0, 1);
}

// The page shows the newest where the chat could not.
static void test_the_page_shows_it(void **state)
{
    (void)state;
    desk.options.public_url = "https://tend.test";
    remind("r1", "the old subject", 1, false);
    desk_play(DESK_START + MINUTE);
    char page[PATH_BYTES];
    snprintf(page, sizeof page, "%s", visitor_page(desk_out(), 0));
    visitor_says(visitor_get(page, &visitor_plain).body, "the old subject");
    remind("r1", "the new subject", 1, true);
    desk_play(DESK_START + 2 * MINUTE);
    visitor_says(visitor_get(page, &visitor_plain).body, "the new subject");
    expect_counts(1, 1, 0);
}

// Words of a journal that is played once more from an older place do not go before newer ones.
static void test_an_older_telling_changes_nothing(void **state)
{
    (void)state;
    remind("r1", "the first subject", 1, false);
    turns_date(desk.turns, DESK_START - 3 * MINUTE);
    remind("r1", "the third subject", 1, true);
    turns_date(desk.turns, DESK_START - MINUTE);
    remind("r1", "the second subject", 1, true);
    turns_date(desk.turns, DESK_START - 2 * MINUTE);
    remind("r1", "the first subject", 1, false);
    turns_date(desk.turns, DESK_START - 3 * MINUTE);
    desk_play(DESK_START + MINUTE);
    visitor_says(desk_out(), "the third subject");
    expect_counts(1, 0, 2);
}

// What corrects a reminder that is forgotten, or was for somebody else, is told nobody.
static void test_without_the_first_telling_it_is_nothing(void **state)
{
    (void)state;
    remind("r1", "the subject", 0, true);
    desk_play(DESK_START + HOUR);
    assert_string_equal(desk_out(), "");
    assert_int_equal(desk_messages(""), 0);
}

static void test_a_crash_before_the_commit_changes_nothing(void **state)
{
    (void)state;
    use_telegram();
    remind("r1", "the old subject", 1, false);
    expect_request(2, "/sendMessage", "the old subject");
    desk_chat_says(CHAT_ANSWER, 200, SENT);
    remind("r1", "the new subject", 1, true);
    turns_crash(desk.turns);
    expect_request(3, "/editMessageText", "the new subject");
    expect_counts(1, 0, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_what_waits_says_the_newest),
        TEST(test_what_becomes_urgent_waits_no_longer),
        TEST(test_a_chat_that_changes_messages_shows_it),
        TEST(test_what_was_in_time_stays_so),
        TEST(test_another_chat_is_left_alone),
        TEST(test_under_way),
        TEST(test_out_of_unknown),
        TEST(test_a_dead_one_says_the_newest_by_hand),
        TEST(test_cancelled_and_dropped_stay_so),
        TEST(test_answered_stays_so),
        TEST(test_the_page_shows_it),
        TEST(test_an_older_telling_changes_nothing),
        TEST(test_without_the_first_telling_it_is_nothing),
        TEST(test_a_crash_before_the_commit_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
