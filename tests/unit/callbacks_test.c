// Buttons in the chat: those that open the page with an answer at hand, and those that the chat calls back with.
#include "harness/visitor.h"
#include "services/notifier/box.h"
#include "services/notifier/sign.h"
#include "tend/v1/journal.pb-c.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>
#include <unistd.h>

enum { PAGE_BYTES = 80, BODY_BYTES = 8000 };

static char secret_path[PAGE_BYTES], url_path[PAGE_BYTES];
static const char *callback = "/v1/callbacks/wecom";
static bool one_app; // both channels are of one
static const char signing_secret[] = "8f742231b10e8888abcd99yyyzzz85a5";

static void write_file(char path[PAGE_BYTES], const char *text)
{
    snprintf(path, PAGE_BYTES, "/tmp/tend-answer-XXXXXX");
    int file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal(write(file, text, strlen(text)), (ssize_t)strlen(text));
    close(file);
}

// Makes the second channel a Slack one: with a token its buttons call back, without they open pages.
static void on_slack(bool bot)
{
    char url[PAGE_BYTES];
    snprintf(url, sizeof url, "http://127.0.0.1:%d/api/chat.postMessage", chat_port(desk.chat));
    write_file(secret_path, signing_secret);
    write_file(url_path, url);
    desk.channels[1].type = CHANNEL_TYPE_SLACK;
    desk.channels[1].url_file = url_path;
    desk.channels[1].token_file = bot ? secret_path : "";
    desk.channels[1].verify_file = bot ? secret_path : "";
    desk.channels[1].to = bot ? "C123456" : "";
    if (one_app)
        desk.channels[0] = desk.channels[1];
    desk.channels[0].name = "out";
    desk.options.default_channel = "wecom";
    desk.options.public_url = "https://tend.test";
    struct notifier *old = desk.notifier;
    desk_reopen();
    notifier_close(&old);
    turns_restart(desk.turns);
    unlink(secret_path);
    unlink(url_path);
    desk_chat_says(CHAT_ANSWER, 200, bot ? "{\"ok\":true,\"ts\":\"1.2\",\"channel\":\"C123456\"}" : "ok");
}

static void test_a_button_opens_its_reminder(void **state)
{
    (void)state;
    on_slack(false);
    desk_rep("wang", "Wang", "en", "", DESK_START);
    desk_remind("r1", "wang", "Acme", 0);
    desk_remind("r2", "wang", "Bolt", 0);
    desk_play(turns_now_ms(desk.turns) + 5 * SECOND);
    assert_int_equal(chat_count(desk.chat), 1);
    // Four buttons each; the sixth is "Tomorrow" of the second reminder.
    char page[PAGE_BYTES];
    snprintf(page, sizeof page, "%s", visitor_page(chat_request(desk.chat, 0).body, 5));
    const char *shown = visitor_get(page, &visitor_plain).body;
    const char *acme = strstr(shown, "<h2>Acme"), *bolt = strstr(shown, "<h2>Bolt");
    assert_true(bolt < acme);
    visitor_says(shown, "You pressed “Tomorrow” in the chat");
    visitor_says(shown, "value=\"tomorrow\" class=\"main\"");
    assert_int_equal(visitor_post(page, &visitor_plain, "item=2&answer=tomorrow").status, 303);
    assert_int_equal(visitor_answers(), 1);
    assert_string_equal(visitor_said.reminder, "r2");
}

// A callback as Slack makes it.
static struct visit_answer press(const char *token, const char *user, int64_t age_s)
{
    static char body[BODY_BYTES], text[BODY_BYTES + 100], stamp[24], signature[80];
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    char key[crypto_auth_hmacsha256_KEYBYTES + 1];
    snprintf(key, sizeof key, "%s", signing_secret);
    assert_int_equal(strlen(key), sizeof key - 1);
    snprintf(body, sizeof body,
             "payload={\"type\":\"block_actions\",\"user\":{\"id\":\"%s\"},\"actions\":[{\"action_id\":\"tend.1\","
             "\"value\":\"%s\"}]}",
             user, token);
    snprintf(stamp, sizeof stamp, "%lld", (long long)(turns_now_ms(desk.turns) / 1000 - age_s));
    snprintf(text, sizeof text, "v0:%s:%s", stamp, body);
    crypto_auth_hmacsha256(mac, (const unsigned char *)text, strlen(text), (const unsigned char *)key);
    memcpy(signature, "v0=", 4);
    sodium_bin2hex(signature + 3, sizeof signature - 3, mac, sizeof mac);
    struct visitor visitor = {"application/x-www-form-urlencoded",
                              {{"x-slack-request-timestamp", stamp}, {"x-slack-signature", signature}}};
    return visitor_post(callback, &visitor, body);
}

// The n-th button's value in what the chat got.
static const char *button(unsigned n)
{
    static char token[40];
    const char *at = chat_request(desk.chat, 0).body;
    for (; (at = strstr(at, "\"value\":\"")) != NULL; at++)
        if (n-- == 0)
            break;
    assert_non_null(at);
    snprintf(token, sizeof token, "%.35s", at + strlen("\"value\":\""));
    return token;
}

static void test_a_chat_calls_back(void **state)
{
    (void)state;
    on_slack(true);
    desk.people[0].address = "U0WANG";
    desk_remind("r1", "wang", "Acme", 0);
    desk_play(turns_now_ms(desk.turns) + 5 * SECOND);
    assert_int_equal(chat_count(desk.chat), 1);
    char done[40];
    snprintf(done, sizeof done, "%s", button(0));
    assert_int_equal(press(done, "U0WANG", 1000).status, 401); // a replay
    assert_int_equal(press(done, "U0LIMING", 0).status, 200);  // somebody else's press
    assert_int_equal(press("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "U0WANG", 0).status, 200);
    assert_int_equal(visitor_answers(), 0);
    assert_int_equal(press(done, "U0WANG", 0).status, 200);
    assert_int_equal(press(done, "U0WANG", 0).status, 200);
    assert_int_equal(visitor_answers(), 1);
    assert_int_equal(visitor_said.outcome, 1);
    // What was pressed is no longer asked for: the message is changed in the chat.
    desk_chat_says(CHAT_ANSWER, 200, "{\"ok\":true,\"ts\":\"1.2\",\"channel\":\"C123456\"}");
    desk_play(turns_now_ms(desk.turns) + 10 * SECOND);
    for (int64_t end_ms = desk_boot_ms() + 8 * SECOND; chat_count(desk.chat) < 2 && desk_boot_ms() < end_ms;)
        desk_pump(false);
    assert_int_equal(chat_count(desk.chat), 2);
    visitor_silent(chat_request(desk.chat, 1).body, done);
}

// A ticket for the newest message, written with the key that the store holds.
static const char *ticket(unsigned item, enum ticket_action action, int64_t lasts_s)
{
    static char text[TICKET_TEXT_BYTES];
    struct arena *arena = arena_open(1 << 16, 1 << 20);
    struct tx *tx = store_begin_read(engine_store(turns_engine(desk.turns)));
    struct turn turn = {.tx = tx, .arena = arena, .now_ms = turns_now_ms(desk.turns)};
    struct ticket_keys keys;
    struct ticket ticket = {.item = (uint16_t)item, .action = action, .expires_s = turn.now_ms / SECOND + lasts_s};
    box_keys_get(&turn, &keys);
    memcpy(ticket.message, desk_newest("messageId"), sizeof ticket.message);
    ticket_write(&keys, &ticket, text);
    tx_abort(&tx);
    arena_close(&arena);
    return text;
}

static void test_one_press_for_all(void **state)
{
    (void)state;
    on_slack(true);
    desk_list("list1", "wang", 3);
    desk_play(turns_now_ms(desk.turns) + 5 * SECOND);
    assert_int_equal(press(ticket(2, TICKET_NOT_INTERESTED, 60), "U0ANY", 0).status, 200); // no address is known
    assert_int_equal(visitor_answers(), 1);
    assert_int_equal(press(ticket(0, TICKET_DONE, 0), "U0ANY", 0).status, 200); // has expired
    assert_int_equal(visitor_answers(), 1);
    assert_int_equal(press(ticket(0, TICKET_DONE, 60), "U0ANY", 0).status, 200);
    assert_int_equal(visitor_answers(), 3); // the one that was answered stays as it is
    assert_int_equal(press(ticket(0, TICKET_DONE, 60), "U0ANY", 0).status, 200);
    assert_int_equal(press(ticket(4, TICKET_DONE, 60), "U0ANY", 0).status, 200);
    assert_int_equal(press(ticket(0, TICKET_OPEN, 60), "U0ANY", 0).status, 200);
    assert_int_equal(visitor_answers(), 3);
}

// Addresses are compared with who presses where the two name people in one way.
static void test_who_may_press(void **state)
{
    (void)state;
    static const struct {
        const char *address, *user;
        bool may;
    } rows[] = {
        {"U0WANG", "U0WANG", true},         {"U0WANG", "U0LIMING", false},
        {"U0WANG", "W0WANG", false},        {"13800000000", "U0WANG", true},
        {"+8613800000000", "U0WANG", true}, {"wang@acme.test", "U0WANG", true},
        {"ou_abc", "U0WANG", true},         {"", "U0WANG", true},
    };
    on_slack(true);
    desk_list("list1", "wang", sizeof rows / sizeof *rows);
    desk_play(turns_now_ms(desk.turns) + 5 * SECOND);
    unsigned taken = 0;
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        desk.people[0].address = rows[i].address;
        assert_int_equal(press(ticket(i + 1, TICKET_DONE, 60), rows[i].user, 0).status, 200);
        taken += rows[i].may;
        if (visitor_answers() != taken)
            fail_msg("%s pressed for %s", rows[i].user, rows[i].address);
    }
}

// An app has one URL for its callbacks, whichever of its channels a message went to.
static void test_one_url_for_two_channels(void **state)
{
    (void)state;
    one_app = true;
    on_slack(true);
    one_app = false;
    desk_remind("r1", "wang", "Acme", 0);
    desk_play(turns_now_ms(desk.turns) + 5 * SECOND);
    callback = "/v1/callbacks/out";
    assert_int_equal(press(ticket(1, TICKET_DONE, 60), "U0ANY", 0).status, 200);
    callback = "/v1/callbacks/wecom";
    assert_int_equal(visitor_answers(), 1);
}

// What is for programs is closed to pages that a person on this machine looks at.
static void test_pages_cannot_steer(void **state)
{
    (void)state;
    static const struct visitor pages[] = {{"text/plain", {{"origin", "https://evil.example"}}},
                                           {"text/plain", {{"origin", "null"}}},
                                           {"text/plain", {{"sec-fetch-site", "cross-site"}}}};
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        assert_int_equal(visitor_post("/v1/hold", &pages[i], "").status, 403);
        assert_int_equal(visitor_post("/v1/channels/out/test", &pages[i], "").status, 403);
    }
    assert_int_equal(visitor_post("/v1/hold", &visitor_plain, "").status, 200);
    assert_int_equal(visitor_post("/v1/release", &visitor_plain, "").status, 200);
    assert_int_equal(visitor_post("/v1/channels/out/test?rep=a\nb", &visitor_plain, "").status, 400);
}

// Whoever presses a button below a message has it, also when nobody knew whether it arrived.
static void test_a_press_tells_that_it_arrived(void **state)
{
    (void)state;
    desk.options.repeats = 3;
    on_slack(true);
    desk_remind("r0", "wang", "Zinc", 0);
    desk_play(turns_now_ms(desk.turns) + 5 * SECOND);
    desk_remind("r1", "wang", "Acme", 0);
    desk_remind("r2", "wang", "Bolt", 0);
    desk_chat_says(CHAT_ANSWER, 200, "{\"ok\":false,\"error\":\"fatal_error\"}");
    turns_run(desk.turns, turns_now_ms(desk.turns) + 5 * SECOND);
    desk_pump(true);
    turns_run(desk.turns, turns_now_ms(desk.turns) + 1);
    desk_assert_states(1, 0, 0, 1);
    assert_int_equal(press(ticket(1, TICKET_DONE, 60), "U0ANY", 0).status, 200);
    assert_int_equal(visitor_answers(), 1);
    desk_assert_states(2, 0, 0, 0);
    size_t posts = chat_count(desk.chat);
    desk_play(turns_now_ms(desk.turns) + HOUR);
    assert_int_equal(chat_count(desk.chat), posts);
}

// A complaint that must be answered today.
static void remind_complaint(const char *id)
{
    Tend__V1__Reminder reminder = TEND__V1__REMINDER__INIT;
    reminder.reminder_id = (char *)(uintptr_t)id;
    reminder.kind = TEND__V1__REMINDER_KIND__REMINDER_KIND_COMPLAINT_ACT;
    reminder.rep_id = "wang";
    reminder.customer_id = "C1";
    reminder.customer_name = "Acme";
    reminder.local_date = "2026-05-17";
    reminder.text = "the paint comes off";
    turns_say(desk.turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_REMINDER, 0, &reminder.base);
}

// Buttons of an older message may still say what is not offered any more: one press must not end a complaint.
static void test_a_button_takes_no_more_than_the_page(void **state)
{
    (void)state;
    on_slack(true);
    desk_rep("wang", "Wang", "en", "", DESK_START);
    remind_complaint("r1");
    desk_play(turns_now_ms(desk.turns) + 5 * SECOND);
    visitor_silent(chat_request(desk.chat, 0).body, "Not interested");
    visitor_says(chat_request(desk.chat, 0).body, "In 2 hours");
    visitor_silent(chat_request(desk.chat, 0).body, "Tomorrow");
    assert_int_equal(press(ticket(1, TICKET_NOT_INTERESTED, 60), "U0ANY", 0).status, 200);
    assert_int_equal(press(ticket(0, TICKET_NOT_INTERESTED, 60), "U0ANY", 0).status, 200);
    assert_int_equal(visitor_answers(), 0);
    // Put off without a moment it rests for two hours, however often the chat tells the press.
    int64_t now_s = turns_now_ms(desk.turns) / SECOND;
    assert_int_equal(press(ticket(1, TICKET_SNOOZED, 60), "U0ANY", 0).status, 200);
    assert_int_equal(visitor_answers(), 1);
    assert_int_equal(visitor_said.next_s, now_s + 7200);
    desk_play(turns_now_ms(desk.turns) + MINUTE);
    assert_int_equal(press(ticket(1, TICKET_SNOOZED, 60), "U0ANY", 0).status, 200);
    assert_int_equal(visitor_answers(), 1);
    assert_int_equal(press(ticket(1, TICKET_DONE, 60), "U0ANY", 0).status, 200);
    assert_int_equal(visitor_answers(), 2);
}

// Slack shows nothing of the answer to a callback: why a press was not taken is said where it was made, to who made it.
static void test_a_refused_press_is_told(void **state)
{
    (void)state;
    on_slack(true);
    desk_chat_says(CHAT_ANSWER, 200, "{\"ok\":true,\"message_ts\":\"1.3\"}");
    desk.people[0].address = "U0WANG";
    desk_remind("r1", "wang", "Acme", 0);
    desk_play(turns_now_ms(desk.turns) + 5 * SECOND);
    const char *token = ticket(1, TICKET_DONE, 60);
    assert_int_equal(press(token, "U0LIMING\"},\"container\":{\"channel_id\":\"C123456", 0).status, 200);
    assert_int_equal(visitor_answers(), 0);
    desk_pump(true);
    for (int64_t end_ms = desk_boot_ms() + 8 * SECOND; chat_count(desk.chat) < 2 && desk_boot_ms() < end_ms;)
        desk_pump(false);
    struct chat_request told = chat_request(desk.chat, 1);
    assert_string_equal(told.path, "/api/chat.postEphemeral");
    visitor_says(told.body, "{\"channel\":\"C123456\",\"user\":\"U0LIMING\",\"text\":\"");
    // What is taken is seen in the message itself, and a callback that names no place is answered by nothing.
    assert_int_equal(press(token, "U0LIMING", 0).status, 200);
    assert_int_equal(press(token, "U0LIMING\"},\"container\":{\"channel_id\":\"../x", 0).status, 200);
    assert_int_equal(press(token, "U0WANG\"},\"container\":{\"channel_id\":\"C123456", 0).status, 200);
    assert_int_equal(visitor_answers(), 1);
    desk_pump(true);
    assert_int_equal(chat_count(desk.chat), 2);
}

static json_t *settled(size_t which)
{
    char target[60];
    snprintf(target, sizeof target, "/v1/messages/%s", desk_newest("messageId"));
    json_t *message = desk_ask(target);
    json_t *row = json_incref(json_array_get(json_object_get(message, "settled"), which));
    json_decref(message);
    return row;
}

static void says_who(size_t which, const char *by, const char *name)
{
    json_t *row = settled(which);
    const char *id = json_string_value(json_object_get(row, "by"));
    const char *called = json_string_value(json_object_get(row, "byName"));
    assert_string_equal(id != NULL ? id : "", by);
    assert_string_equal(called != NULL ? called : "", name);
    json_decref(row);
}

// In a team's chat anybody can press: it is said who did, by the name of the rep where the user is one.
static void test_who_pressed(void **state)
{
    static const char *const zhao_here[] = {"wecom=U0ZHAO"};
    (void)state;
    on_slack(true);
    desk.people[0] = (struct person_options){.rep = "zhao",
                                             .name = "Zhao Min",
                                             .channel = "",
                                             .address = "",
                                             .language = "",
                                             .addresses = zhao_here,
                                             .address_count = 1};
    desk_rep("wang", "Wang", "en", "", DESK_START);
    desk_remind("r1", "wang", "Acme", 0);
    desk_remind("r2", "wang", "Bolt", 0);
    desk_remind("r3", "wang", "Cobo", 0);
    desk_play(turns_now_ms(desk.turns) + 5 * SECOND);
    assert_int_equal(press(ticket(1, TICKET_DONE, 60), "U0ZHAO", 0).status, 200);
    assert_int_equal(visitor_answers(), 1);
    assert_string_equal(visitor_said.rep, "zhao");
    says_who(0, "zhao", "Zhao Min");
    assert_int_equal(press(ticket(2, TICKET_DONE, 60), "U0GUEST\",\"username\":\"wang", 0).status, 200);
    assert_int_equal(visitor_answers(), 2);
    assert_string_equal(visitor_said.rep, ""); // whose name in the chat is a rep's id is no rep for that
    says_who(1, "", "wang");
    assert_int_equal(press(ticket(3, TICKET_DONE, 60), "U0OTHER", 0).status, 200);
    says_who(2, "", "U0OTHER");
    desk_chat_says(CHAT_ANSWER, 200, "{\"ok\":true,\"ts\":\"1.2\",\"channel\":\"C123456\"}");
    desk_play(turns_now_ms(desk.turns) + 10 * SECOND);
    for (int64_t end_ms = desk_boot_ms() + 8 * SECOND; chat_count(desk.chat) < 2 && desk_boot_ms() < end_ms;)
        desk_pump(false);
    visitor_says(chat_request(desk.chat, 1).body, "Zhao Min: done");
    visitor_says(chat_request(desk.chat, 1).body, "wang: done");
    visitor_says(chat_request(desk.chat, 1).body, "U0OTHER: done");
}

// Makes the second channel one of WeCom's app, of the corporation "corp1".
static void on_wecom_app(bool calls_back)
{
    struct channel_options *channel = &desk.channels[1];
    write_file(secret_path, "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG\n");
    channel->type = CHANNEL_TYPE_WECOM_APP;
    channel->url_file = "";
    channel->secret_file = secret_path;
    channel->app = "corp1";
    channel->agent = "1000002";
    channel->verify_file = channel->unlock_file = calls_back ? secret_path : "";
    struct notifier *old = desk.notifier;
    desk_reopen();
    notifier_close(&old);
    turns_restart(desk.turns);
    unlink(secret_path);
}

// The target of a callback of WeCom's, signed now.
static const char *wecom_target(const char *sealed, bool asks)
{
    static char target[400];
    char stamp[24], sign[SIGN_SHA1_BYTES];
    snprintf(stamp, sizeof stamp, "%lld", (long long)(turns_now_ms(desk.turns) / SECOND));
    sign_wecom("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", stamp, "n0nce", sealed, sign);
    snprintf(target, sizeof target, "/v1/callbacks/wecom?msg_signature=%s&timestamp=%s&nonce=n0nce%s%s", sign, stamp,
             asks ? "&echostr=" : "", asks ? sealed : "");
    return target;
}

// What "1" is when another program locks it.
#define SEALED "Q3stYC6hdFzMh9T8HCvyDK5C6w3W5DGadSs/im3eFbE="

static void test_wecom_makes_sure_of_us(void **state)
{
    (void)state;
    on_wecom_app(true);
    struct visit_answer answer = visitor_get(wecom_target(SEALED, true), &visitor_plain);
    assert_int_equal(answer.status, 200);
    assert_string_equal(answer.body, "1");
    answer = visitor_get(wecom_target("AAAA", true), &visitor_plain);
    assert_int_equal(answer.status, 401);
    visitor_says(answer.body, "unlock_file");
    assert_int_equal(visitor_get("/v1/callbacks/wecom", &visitor_plain).status, 401);
    // What somebody writes to the app is taken, however often it comes, and nothing becomes of it.
    static const char body[] = "<xml><Encrypt><![CDATA[" SEALED "]]></Encrypt></xml>";
    char target[400];
    snprintf(target, sizeof target, "%s", wecom_target(SEALED, false));
    for (int i = 0; i < 2; i++) {
        answer = visitor_post(target, &visitor_plain, body);
        assert_int_equal(answer.status, 200);
        assert_string_equal(answer.body, "");
    }
    assert_int_equal(visitor_post(target, &visitor_plain, "<xml></xml>").status, 401);
    assert_int_equal(visitor_post(wecom_target("AAAA", false), &visitor_plain, body).status, 401);
    assert_int_equal(visitor_answers(), 0);
    assert_int_equal(chat_count(desk.chat), 0);
}

static void test_wecom_without_its_files(void **state)
{
    (void)state;
    on_wecom_app(false);
    assert_int_equal(visitor_get(wecom_target(SEALED, true), &visitor_plain).status, 404);
    assert_int_equal(visitor_post(wecom_target(SEALED, false), &visitor_plain, "").status, 404);
}

static void test_callbacks_that_are_not_there(void **state)
{
    (void)state;
    assert_int_equal(visitor_post("/v1/callbacks/nobody", &visitor_plain, "").status, 404);
    visitor_says(visitor_post("/v1/callbacks/out", &visitor_plain, "").body, "do not call back");
    assert_int_equal(visitor_get("/v1/callbacks/nobody", &visitor_plain).status, 404);
    on_slack(true);
    struct visitor unsigned_one = {"application/x-www-form-urlencoded", {{NULL, NULL}}};
    assert_int_equal(visitor_post("/v1/callbacks/wecom", &unsigned_one, "payload={}").status, 401);
}

#define DESK_TEST(test) cmocka_unit_test_setup_teardown(test, desk_set_up, desk_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        DESK_TEST(test_a_button_opens_its_reminder),
        DESK_TEST(test_a_chat_calls_back),
        DESK_TEST(test_one_press_for_all),
        DESK_TEST(test_who_may_press),
        DESK_TEST(test_pages_cannot_steer),
        DESK_TEST(test_a_press_tells_that_it_arrived),
        DESK_TEST(test_a_button_takes_no_more_than_the_page),
        DESK_TEST(test_one_url_for_two_channels),
        DESK_TEST(test_a_refused_press_is_told),
        DESK_TEST(test_who_pressed),
        DESK_TEST(test_wecom_makes_sure_of_us),
        DESK_TEST(test_wecom_without_its_files),
        DESK_TEST(test_callbacks_that_are_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
