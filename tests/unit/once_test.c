// A chat that drops what says the same to the same rep within a while: a message of which nobody knows whether it
// arrived leaves with the same words, as long as that helps.
#include "harness/desk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <unistd.h>

enum { PATH_BYTES = 80, TEXT_BYTES = 4000 };

#define OK "{\"errcode\":0,\"errmsg\":\"ok\"}"
#define GRANTED "{\"errcode\":0,\"errmsg\":\"ok\",\"access_token\":\"token1\",\"expires_in\":7200}"

static char secret_path[PATH_BYTES], url_path[PATH_BYTES];

static void write_file(char path[PATH_BYTES], const char *text)
{
    snprintf(path, PATH_BYTES, "/tmp/tend-once-XXXXXX");
    int file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal(write(file, text, strlen(text)), (ssize_t)strlen(text));
    close(file);
}

// Makes the second channel WeCom's app.
static void on_app(void)
{
    char url[PATH_BYTES];
    snprintf(url, sizeof url, "http://127.0.0.1:%d", chat_port(desk.chat));
    write_file(url_path, url);
    write_file(secret_path, "s3cret");
    desk.channels[1].type = CHANNEL_TYPE_WECOM_APP;
    desk.channels[1].url_file = url_path;
    desk.channels[1].secret_file = secret_path;
    desk.channels[1].app = "corp1";
    desk.channels[1].agent = "1000002";
    desk.options.default_channel = "wecom";
    desk.options.repeats = 5;
    desk.people[0].address = "wangfang";
    struct notifier *old = desk.notifier;
    desk_reopen();
    notifier_close(&old);
    turns_restart(desk.turns);
    unlink(secret_path);
    unlink(url_path);
    desk_chat_says(CHAT_ANSWER, 200, GRANTED);
}

// The n-th message that the chat got, NULL when there were fewer; requests for a token have no body.
static const char *message(size_t n)
{
    for (size_t i = 0; i < chat_count(desk.chat); i++) {
        const char *body = chat_request(desk.chat, i).body;
        if (body != NULL && strstr(body, "\"touser\"") != NULL && n-- == 0)
            return body;
    }
    return NULL;
}

static size_t messages(void)
{
    size_t count = 0;
    while (message(count) != NULL)
        count++;
    return count;
}

// Until the chat got so many, each after a token where one is wanted.
static void wait_for(size_t count)
{
    int64_t end_ms = desk_boot_ms() + 8 * SECOND;
    while (messages() < count && desk_boot_ms() < end_ms) {
        turns_run(desk.turns, turns_now_ms(desk.turns) + SECOND / 10);
        desk_pump(true);
    }
    turns_run(desk.turns, turns_now_ms(desk.turns) + 1);
    assert_int_equal(messages(), count);
}

static void begin(const char *const *ids, size_t count)
{
    on_app();
    desk_chat_says(CHAT_RESET, 0, "");
    for (size_t i = 0; i < count; i++)
        desk_remind(ids[i], "wang", ids[i], 0);
    wait_for(1);
    assert_int_equal(desk_messages("unknown"), 1);
}

static void test_the_same_words_again(void **state)
{
    (void)state;
    static const char *const ids[] = {"r1"};
    begin(ids, 1);
    desk_chat_says(CHAT_ANSWER, 200, OK);
    desk_play(turns_now_ms(desk.turns) + 2 * HOUR); // late by now, which is not said
    desk_assert_states(1, 0, 0, 0);
    assert_int_equal(messages(), 2);
    char first[TEXT_BYTES];
    snprintf(first, sizeof first, "%s", message(0));
    assert_string_equal(message(1), first);
    assert_non_null(strstr(first, "\"enable_duplicate_check\":1"));
}

static void test_what_was_withdrawn_is_not_said_again(void **state)
{
    (void)state;
    static const char *const ids[] = {"Acme", "Bolt"};
    begin(ids, 2);
    desk_cancel("Acme");
    desk_chat_says(CHAT_ANSWER, 200, OK);
    desk_play(turns_now_ms(desk.turns) + HOUR);
    desk_assert_states(1, 0, 0, 0);
    assert_int_equal(messages(), 2);
    assert_non_null(strstr(message(0), "Acme"));
    assert_null(strstr(message(1), "Acme"));
    assert_non_null(strstr(message(1), "再发一遍"));
}

// After those hours the chat would show it twice, so it says that it is sent again.
static void test_later_it_says_so(void **state)
{
    (void)state;
    static const char *const ids[] = {"r1"};
    begin(ids, 1);
    assert_int_equal(desk_post("/v1/hold"), 200);
    desk_play(turns_now_ms(desk.turns) + 4 * HOUR);
    assert_int_equal(messages(), 1);
    desk_chat_says(CHAT_ANSWER, 200, GRANTED); // the token was for two hours
    desk_chat_says(CHAT_ANSWER, 200, OK);
    assert_int_equal(desk_post("/v1/release"), 200);
    wait_for(2);
    assert_non_null(strstr(message(1), "再发一遍"));
}

#define DESK_TEST(test) cmocka_unit_test_setup_teardown(test, desk_set_up, desk_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        DESK_TEST(test_the_same_words_again),
        DESK_TEST(test_what_was_withdrawn_is_not_said_again),
        DESK_TEST(test_later_it_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
