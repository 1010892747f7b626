// What is withdrawn or answered in time is never told, whatever the moment; what was told is changed in the chat.
#include "harness/visitor.h"

#include "services/notifier/dispatch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <time.h>
#include <unistd.h>

enum { PATH_BYTES = 64, PAGE_BYTES = 80, NAME_BYTES = 24, ROUNDS = 120, REPS = 5 };

static const char taken[] = "{\"errcode\":0,\"errmsg\":\"ok\"}";
static char url_path[PATH_BYTES], token_path[PATH_BYTES];

static void put(char *path, const char *text)
{
    snprintf(path, PATH_BYTES, "/tmp/tend-withdrawn-XXXXXX");
    int file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal(write(file, text, strlen(text)), (ssize_t)strlen(text));
    close(file);
}

// Takes the options as the test has changed them.
static void open_anew(void)
{
    struct notifier *old = desk.notifier;
    desk.options.public_url = "https://tend.test";
    desk.options.language = "en";
    desk_reopen();
    notifier_close(&old);
    turns_restart(desk.turns);
}

// Everybody's messages go to the chat, one at once and then one a minute.
static void begin(const char *rate)
{
    desk.channels[1].rate = rate;
    desk.options.default_channel = "wecom";
    open_anew();
}

// One turn: what it decides is committed, and nothing has left yet.
static void commit(void)
{
    turns_run(desk.turns, turns_now_ms(desk.turns));
}

static bool told(const char *name)
{
    for (size_t i = 0; i < chat_count(desk.chat); i++)
        if (strstr(chat_request(desk.chat, i).body, name) != NULL)
            return true;
    return false;
}

// --- before it leaves

static void test_withdrawn_in_the_turn_that_would_send_it(void **state)
{
    (void)state;
    begin("600/1m");
    desk_chat_says(CHAT_ANSWER, 200, taken);
    desk_remind("r1", "wang", "Acme", 0);
    turns_step(desk.turns);
    int64_t due_ms = engine_due(turns_engine(desk.turns));
    assert_true(due_ms > turns_now_ms(desk.turns));
    turns_sleep(desk.turns, due_ms);
    desk_cancel("r1"); // comes in as the wait for others ends
    desk_play(due_ms + MINUTE);
    assert_int_equal(chat_count(desk.chat), 0);
    desk_assert_states(0, 0, 1, 0);
}

static void test_withdrawn_while_it_waits_for_its_pace(void **state)
{
    (void)state;
    begin("1/1m");
    desk_chat_says(CHAT_ANSWER, 200, taken);
    desk_remind("r1", "wang", "Acme", 0);
    desk_remind("r2", "li", "Bolt", 0);
    desk_play(DESK_START + 10 * SECOND);
    assert_int_equal(chat_count(desk.chat), 1);
    bool first = told("Acme");
    assert_int_equal(desk_messages("ready"), 1);
    desk_cancel(first ? "r2" : "r1");
    desk_play(DESK_START + 10 * MINUTE);
    assert_int_equal(chat_count(desk.chat), 1);
}

static void test_withdrawn_after_a_crash_of_the_turn_that_wrote_it(void **state)
{
    (void)state;
    begin("600/1m");
    desk_chat_says(CHAT_ANSWER, 200, taken);
    desk_remind("r1", "wang", "Acme", 0);
    turns_step(desk.turns);
    turns_sleep(desk.turns, engine_due(turns_engine(desk.turns)));
    turns_crash(desk.turns); // rendered and armed, not committed
    notifier_service.port->after(desk.notifier, desk_boot_ms());
    assert_int_equal(chat_count(desk.chat), 0);
    desk_cancel("r1");
    desk_play(turns_now_ms(desk.turns) + MINUTE);
    assert_int_equal(chat_count(desk.chat), 0);
}

// The states in which a message waits for another try, and what the chat says so that it does.
static const struct {
    enum chat_manner manner;
    int status;
    const char *body;
} refusals[] = {
    {CHAT_ANSWER, 200, "{\"errcode\":-1,\"errmsg\":\"system busy\"}"},
    {CHAT_ANSWER, 200, "{\"errcode\":45009,\"errmsg\":\"api freq out of limit\"}"},
    {CHAT_ANSWER, 200, "{\"errcode\":93000,\"errmsg\":\"invalid webhook url\"}"},
    {CHAT_ANSWER, 503, "busy"},
    {CHAT_RESET, 0, ""},
};

static void wait_for_another_try(void)
{
    desk_play(turns_now_ms(desk.turns) + 2 * SECOND);
    assert_int_equal(chat_count(desk.chat), 1);
    assert_int_equal(desk_messages("sent") + desk_messages("dead"), 0);
}

static void withdrawn_before_another_try(size_t n)
{
    begin("600/1m");
    desk_chat_says(refusals[n].manner, refusals[n].status, refusals[n].body);
    desk_chat_says(CHAT_ANSWER, 200, taken);
    desk_remind("r1", "wang", "Acme", 0);
    turns_step(desk.turns);
    turns_sleep(desk.turns, engine_due(turns_engine(desk.turns)) - 2 * SECOND);
    wait_for_another_try();
    desk_cancel("r1");
    desk_play(turns_now_ms(desk.turns) + 3 * HOUR);
    assert_int_equal(chat_count(desk.chat), 1);
}

// A message of which nobody knows whether it arrived did arrive: the rep answers it before it is told again.
static void test_answered_before_it_is_told_again(void **state)
{
    (void)state;
    begin("600/1m");
    desk_chat_says(CHAT_RESET, 0, "");
    desk_chat_says(CHAT_ANSWER, 200, taken);
    desk_remind("r1", "wang", "Acme", 0);
    turns_step(desk.turns);
    turns_sleep(desk.turns, engine_due(turns_engine(desk.turns)) - 2 * SECOND);
    wait_for_another_try();
    char page[PAGE_BYTES];
    snprintf(page, sizeof page, "%s", visitor_page(chat_request(desk.chat, 0).body, 0));
    assert_int_equal(visitor_post(page, &visitor_plain, "item=1&answer=done").status, 303);
    desk_play(turns_now_ms(desk.turns) + HOUR);
    assert_int_equal(chat_count(desk.chat), 1);
}

// Whoever answers one of two from the message has the message: the other one is not told again either.
static void test_one_of_two_answered_before_they_are_told_again(void **state)
{
    (void)state;
    begin("600/1m");
    desk_chat_says(CHAT_RESET, 0, "");
    desk_chat_says(CHAT_ANSWER, 200, taken);
    desk_remind("r1", "wang", "Acme", 0);
    desk_remind("r2", "wang", "Bolt", 0);
    turns_step(desk.turns);
    turns_sleep(desk.turns, engine_due(turns_engine(desk.turns)) - 2 * SECOND);
    wait_for_another_try();
    char page[PAGE_BYTES];
    snprintf(page, sizeof page, "%s", visitor_page(chat_request(desk.chat, 0).body, 0));
    assert_int_equal(visitor_post(page, &visitor_plain, "item=1&answer=done").status, 303);
    desk_play(turns_now_ms(desk.turns) + HOUR);
    assert_int_equal(chat_count(desk.chat), 1);
    desk_assert_states(1, 0, 0, 0);
}

#define REFUSED(N)                                          \
    static void test_withdrawn_before_try_##N(void **state) \
    {                                                       \
        (void)state;                                        \
        withdrawn_before_another_try(N);                    \
    }
REFUSED(0)
REFUSED(1)
REFUSED(2)
REFUSED(3)
REFUSED(4)

// --- at any moment

static uint64_t dice;

static uint64_t below(uint64_t most)
{
    dice ^= dice << 13;
    dice ^= dice >> 7;
    dice ^= dice << 17;
    return dice % most;
}

static struct {
    char id[NAME_BYTES], name[NAME_BYTES];
    bool gone;
    size_t seen; // requests there were when its withdrawal was committed
} all[ROUNDS];

static void assert_silent_after(size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t n = all[i].gone ? all[i].seen : SIZE_MAX; n < chat_count(desk.chat); n++)
            if (strstr(chat_request(desk.chat, n).body, all[i].name) != NULL)
                fail_msg("%s was withdrawn before request %zu, which tells it", all[i].name, n);
}

// Reminders come, are withdrawn, crash and wait in every order; nothing that starts after a withdrawal tells it.
static void test_at_any_moment(void **state)
{
    (void)state;
    dice = (uint64_t)time(NULL) * 2 + 1;
    printf("seed %llu\n", (unsigned long long)dice);
    begin("40/1m");
    for (int i = 0; i < 30; i++)
        desk_chat_says(below(3) == 0 ? CHAT_RESET : CHAT_ANSWER, 200, taken);
    desk_chat_says(CHAT_ANSWER, 200, taken);
    for (size_t i = 0; i < ROUNDS; i++) {
        char rep[8];
        snprintf(all[i].id, sizeof all[i].id, "r%zu", i);
        snprintf(all[i].name, sizeof all[i].name, "Firm-%zu.", i);
        snprintf(rep, sizeof rep, "rep%d", (int)below(REPS));
        all[i].gone = false;
        desk_remind(all[i].id, rep, all[i].name, 0);
        size_t other = below(i + 1);
        if (below(2) == 0 && !all[other].gone) {
            desk_cancel(all[other].id);
            if (below(5) == 0)
                turns_crash(desk.turns);
            commit();
            all[other].gone = true;
            all[other].seen = chat_count(desk.chat);
        }
        desk_play(turns_now_ms(desk.turns) + (int64_t)below(4 * SECOND));
        assert_silent_after(i + 1);
    }
    desk_play(turns_now_ms(desk.turns) + HOUR);
    assert_silent_after(ROUNDS);
    for (size_t i = 0; i < ROUNDS; i++)
        assert_true(all[i].gone || told(all[i].name));
}

// --- after it was told

static const struct {
    int type;
    const char *url, *token;
    const char *grant; // the answer to what is asked first; NULL: nothing is
    const char *sent;
    const char *change; // where a change goes
} chats[] = {
    {CHANNEL_TYPE_SLACK, "/api/chat.postMessage", "xoxb-1", NULL,
     "{\"ok\":true,\"channel\":\"D024BE91L\",\"ts\":\"1503435956.000247\"}", "/api/chat.update"},
    {CHANNEL_TYPE_TELEGRAM, "", "123456:ABC-DEF", "{\"ok\":true,\"result\":{\"id\":1,\"is_bot\":true}}",
     "{\"ok\":true,\"result\":{\"message_id\":42,\"chat\":{\"id\":777}}}", "/bot123456:ABC-DEF/editMessageText"},
};

static void become(size_t n)
{
    char url[PATH_BYTES];
    struct channel_options *channel = &desk.channels[1];
    snprintf(url, sizeof url, "http://127.0.0.1:%d%s", chat_port(desk.chat), chats[n].url);
    put(url_path, url);
    put(token_path, chats[n].token);
    channel->type = chats[n].type;
    channel->url_file = url_path;
    channel->token_file = token_path;
    desk.people[0].address = chats[n].type == CHANNEL_TYPE_SLACK ? "U012AB3CD" : "777";
    begin("600/1m");
    if (chats[n].grant != NULL)
        desk_chat_says(CHAT_ANSWER, 200, chats[n].grant);
    desk_chat_says(CHAT_ANSWER, 200, chats[n].sent);
}

// Until there are so many requests: what the desk does not wait for is a grant or a change.
static void pump_until(size_t count)
{
    for (int64_t end_ms = desk_boot_ms() + 8 * SECOND; chat_count(desk.chat) < count && desk_boot_ms() < end_ms;) {
        desk_play(turns_now_ms(desk.turns) + 10);
        desk_pump(false);
    }
    desk_pump(true);
    assert_int_equal(chat_count(desk.chat), count);
}

// The reminder is told.
static const char *told_in(size_t n)
{
    size_t asked = chats[n].grant != NULL;
    desk_remind("r1", "wang", "Acme", 0);
    pump_until(asked + 1);
    desk_assert_states(1, 0, 0, 0);
    return chat_request(desk.chat, asked).body;
}

static void assert_changed(size_t n, const char *words)
{
    size_t before = chat_count(desk.chat);
    desk_play(turns_now_ms(desk.turns) + DISPATCH_SETTLE_MS - SECOND);
    pump_until(before + 1);
    struct chat_request change = chat_request(desk.chat, before);
    assert_string_equal(change.path, chats[n].change);
    visitor_says(change.body, words);
    visitor_says(change.body, "Acme");
    unlink(url_path);
    unlink(token_path);
}

static void changed_when_withdrawn(size_t n)
{
    become(n);
    (void)told_in(n);
    desk_cancel("r1");
    assert_changed(n, "withdrawn, nothing to do any more");
}

static void changed_when_answered(size_t n)
{
    become(n);
    char page[PAGE_BYTES];
    snprintf(page, sizeof page, "%s", visitor_page(told_in(n), 0));
    assert_int_equal(visitor_post(page, &visitor_plain, "item=1&answer=done").status, 303);
    assert_changed(n, ": done (");
}

#define CHANGED(NAME, N)                                   \
    static void test_##NAME##_when_withdrawn(void **state) \
    {                                                      \
        (void)state;                                       \
        changed_when_withdrawn(N);                         \
    }                                                      \
    static void test_##NAME##_when_answered(void **state)  \
    {                                                      \
        (void)state;                                       \
        changed_when_answered(N);                          \
    }
CHANGED(slack, 0)
CHANGED(telegram, 1)

#define DESK_TEST(test) cmocka_unit_test_setup_teardown(test, desk_set_up, desk_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        DESK_TEST(test_withdrawn_in_the_turn_that_would_send_it),
        DESK_TEST(test_withdrawn_while_it_waits_for_its_pace),
        DESK_TEST(test_withdrawn_after_a_crash_of_the_turn_that_wrote_it),
        DESK_TEST(test_withdrawn_before_try_0),
        DESK_TEST(test_withdrawn_before_try_1),
        DESK_TEST(test_withdrawn_before_try_2),
        DESK_TEST(test_withdrawn_before_try_3),
        DESK_TEST(test_withdrawn_before_try_4),
        DESK_TEST(test_answered_before_it_is_told_again),
        DESK_TEST(test_one_of_two_answered_before_they_are_told_again),
        DESK_TEST(test_at_any_moment),
        DESK_TEST(test_slack_when_withdrawn),
        DESK_TEST(test_slack_when_answered),
        DESK_TEST(test_telegram_when_withdrawn),
        DESK_TEST(test_telegram_when_answered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
