// Telegram, Discord and Mattermost through the whole service: from the reminder over the button back to the answer.
#include "harness/visitor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>
#include <unistd.h>

enum { PATH_BYTES = 64, BODY_BYTES = 4000 };

static char url_path[PATH_BYTES], token_path[PATH_BYTES], verify_path[PATH_BYTES];

static void put(char *path, const char *text)
{
    snprintf(path, PATH_BYTES, "/tmp/tend-bots-XXXXXX");
    int file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal(write(file, text, strlen(text)), (ssize_t)strlen(text));
    close(file);
}

// Makes the second channel one of the type, and everybody's.
static void become(int type, const char *token, const char *verify, const char *to)
{
    char url[PATH_BYTES];
    snprintf(url, sizeof url, "http://127.0.0.1:%d", chat_port(desk.chat));
    put(url_path, url);
    put(token_path, token);
    put(verify_path, verify);
    struct channel_options *channel = &desk.channels[1];
    channel->type = type;
    channel->url_file = url_path;
    channel->token_file = type == CHANNEL_TYPE_MATTERMOST ? "" : token_path;
    channel->verify_file = verify_path;
    channel->app = type == CHANNEL_TYPE_MATTERMOST ? "https://tend.test/v1/callbacks/wecom" : "";
    channel->to = to;
    desk.options.default_channel = "wecom";
    desk.options.public_url = "https://tend.test";
    struct notifier *old = desk.notifier;
    desk_reopen();
    notifier_close(&old);
    turns_restart(desk.turns);
}

static void leave(void)
{
    unlink(url_path);
    unlink(token_path);
    unlink(verify_path);
}

// Runs until the chat got so many requests, and returns the last of them.
static struct chat_request wait_for(size_t count)
{
    desk_play(turns_now_ms(desk.turns) + 10 * SECOND);
    // A change that landed only now may have to wait for its pace: time must go on too.
    for (int64_t end_ms = desk_boot_ms() + 8 * SECOND; chat_count(desk.chat) < count && desk_boot_ms() < end_ms;)
        desk_play(turns_now_ms(desk.turns) + 50);
    desk_pump(true);
    assert_int_equal(chat_count(desk.chat), count);
    return chat_request(desk.chat, count - 1);
}

static void assert_says(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("no \"%s\" in:\n%s", part, text);
}

// The ticket that follows the key's n-th place in what was sent.
static const char *ticket(const char *body, const char *key, unsigned n)
{
    static char token[36];
    for (; (body = strstr(body, key)) != NULL; body++)
        if (n-- == 0)
            break;
    assert_non_null(body);
    snprintf(token, sizeof token, "%.35s", body + strlen(key));
    return token;
}

#define SENT "{\"ok\":true,\"result\":{\"message_id\":42,\"chat\":{\"id\":-100999}}}"
#define MOVED                                                                                                         \
    "{\"ok\":false,\"error_code\":400,\"description\":\"Bad Request: group chat was upgraded to a supergroup chat\"," \
    "\"parameters\":{\"migrate_to_chat_id\":-100999}}"

// A group gets another id while we write to it: that is asked for, and nothing is lost or told twice.
static void test_telegram_group_moves(void **state)
{
    (void)state;
    become(CHANNEL_TYPE_TELEGRAM, "123456:ABC-DEF", "S3cret", "-123");
    desk_chat_says(CHAT_ANSWER, 200, "{\"ok\":true,\"result\":true}");
    desk_chat_says(CHAT_ANSWER, 200, "{\"ok\":true,\"result\":{\"message_id\":41,\"chat\":{\"id\":-123}}}");
    desk_remind("r1", "wang", "Acme", 0);
    struct chat_request sent = wait_for(2);
    assert_string_equal(chat_request(desk.chat, 0).path, "/bot123456:ABC-DEF/sendChatAction");
    assert_string_equal(sent.path, "/bot123456:ABC-DEF/sendMessage");
    assert_says(sent.body, "{\"chat_id\":-123,");
    desk_play(turns_now_ms(desk.turns) + 2 * MINUTE);
    desk_chat_says(CHAT_ANSWER, 400, MOVED); // to the message
    desk_chat_says(CHAT_ANSWER, 400, MOVED); // to what is asked then
    desk_chat_says(CHAT_ANSWER, 200, SENT);
    desk_remind("r2", "wang", "Bolt", 0);
    sent = wait_for(5);
    assert_string_equal(chat_request(desk.chat, 3).path, "/bot123456:ABC-DEF/sendChatAction");
    assert_string_equal(sent.path, "/bot123456:ABC-DEF/sendMessage");
    assert_says(sent.body, "{\"chat_id\":-100999,");
    desk_assert_states(2, 0, 0, 0);
    leave();
}

// The group moved before we came; and the way back.
static void test_telegram(void **state)
{
    (void)state;
    become(CHANNEL_TYPE_TELEGRAM, "123456:ABC-DEF", "S3cret", "-123");
    desk.people[0].address = "777";
    desk_chat_says(CHAT_ANSWER, 400, MOVED);
    desk_chat_says(CHAT_ANSWER, 200, SENT);
    desk_remind("r1", "wang", "Acme", 0);
    struct chat_request sent = wait_for(2);
    assert_says(sent.body, "{\"chat_id\":-100999,");
    assert_says(sent.body, "\"text_mention\"");
    desk_assert_states(1, 0, 0, 0);
    struct visitor chat = {"application/json", {{"x-telegram-bot-api-secret-token", "S3cret"}}};
    char body[BODY_BYTES];
    snprintf(body, sizeof body, "{\"callback_query\":{\"id\":\"q\",\"from\":{\"id\":778},\"data\":\"%s\"}}",
             ticket(sent.body, "\"callback_data\":\"", 0));
    struct visit_answer answer = visitor_post("/v1/callbacks/wecom", &chat, body);
    assert_int_equal(answer.status, 200);
    assert_says(answer.body, "\"show_alert\":true"); // somebody else's press
    assert_int_equal(chat_count(desk.chat), 2);
    memcpy(strstr(body, "778"), "777", 3);
    answer = visitor_post("/v1/callbacks/wecom", &chat, body);
    assert_int_equal(answer.status, 200);
    assert_says(answer.body, "{\"method\":\"answerCallbackQuery\",\"callback_query_id\":\"q\",");
    assert_says(answer.body, "\"show_alert\":false");
    sent = wait_for(3);
    assert_string_equal(sent.path, "/bot123456:ABC-DEF/editMessageText");
    assert_says(sent.body, "{\"chat_id\":-100999,");
    assert_says(sent.body, "\"message_id\":42}");
    assert_null(strstr(sent.body, "callback_data"));
    leave();
}

// What is left of a list of which everything is settled says so; until then the rest of it stands there.
static void test_a_list_says_what_became_of_it(void **state)
{
    (void)state;
    static const struct {
        const char *answer, *says;
    } rows[] = {{"done", "All done: 2 calls of Sun 17 May."},
                {"not_interested", "All settled: 2 calls of Sun 17 May, 1 of them done."}};
    char page[PATH_BYTES], form[PATH_BYTES], list[8];
    become(CHANNEL_TYPE_TELEGRAM, "123456:ABC-DEF", "S3cret", "-100999");
    desk.people[0].address = "777";
    desk_rep("wang", "Wang", "en", "", DESK_START);
    desk_chat_says(CHAT_ANSWER, 200, "{\"ok\":true,\"result\":true}"); // where the group is
    size_t sent = 1;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        snprintf(list, sizeof list, "l%zu", i);
        desk_chat_says(CHAT_ANSWER, 200, SENT);
        desk_list(list, "wang", 2);
        sent++;
        struct chat_request request = wait_for(sent);
        snprintf(page, sizeof page, "%s", visitor_page(request.body, 0));
        for (int call = 1; call <= 2; call++) {
            snprintf(form, sizeof form, "item=%d&answer=%s", call, call == 1 ? "done" : rows[i].answer);
            desk_chat_says(CHAT_ANSWER, 200, SENT);
            assert_int_equal(visitor_post(page, &visitor_plain, form).status, 303);
            sent++;
            request = wait_for(sent);
            assert_says(request.path, "editMessageText");
            if ((strstr(request.body, rows[i].says) != NULL) != (call == 2))
                fail_msg("after %d: %s", call, request.body);
        }
    }
    leave();
}

static void test_discord(void **state)
{
    (void)state;
    uint8_t seed[crypto_sign_SEEDBYTES] = {7}, public[crypto_sign_PUBLICKEYBYTES], secret[crypto_sign_SECRETKEYBYTES];
    uint8_t mac[crypto_sign_BYTES];
    char key[2 * sizeof public + 1], sign[2 * sizeof mac + 1], stamp[24], text[BODY_BYTES + 24], body[BODY_BYTES];
    crypto_sign_seed_keypair(public, secret, seed);
    sodium_bin2hex(key, sizeof key, public, sizeof public);
    become(CHANNEL_TYPE_DISCORD_BOT, "T.T.T", key, "80351110224678999");
    desk.people[0].address = "80351110224678912";
    desk_chat_says(CHAT_ANSWER, 200, "{\"id\":\"80351110224678913\",\"channel_id\":\"80351110224678999\"}");
    desk_remind("r1", "wang", "Acme", 0);
    struct chat_request sent = wait_for(1);
    assert_string_equal(sent.path, "/channels/80351110224678999/messages");
    assert_string_equal(sent.authorization, "Bot T.T.T");
    snprintf(body, sizeof body,
             "{\"type\":3,\"member\":{\"user\":{\"id\":\"80351110224678912\"}},\"data\":{\"custom_id\":\"%s\"}}",
             ticket(sent.body, "\"custom_id\":\"", 0));
    snprintf(stamp, sizeof stamp, "%lld", (long long)(turns_now_ms(desk.turns) / SECOND));
    snprintf(text, sizeof text, "%s%s", stamp, body);
    crypto_sign_detached(mac, NULL, (const uint8_t *)text, strlen(text), secret);
    sodium_bin2hex(sign, sizeof sign, mac, sizeof mac);
    struct visitor chat = {"application/json", {{"x-signature-timestamp", stamp}, {"x-signature-ed25519", sign}}};
    struct visit_answer answer = visitor_post("/v1/callbacks/wecom", &chat, body);
    assert_int_equal(answer.status, 200);
    assert_says(answer.body, "{\"type\":7,\"data\":{\"content\":\"<@80351110224678912>\\n");
    assert_int_equal(visitor_post("/v1/callbacks/wecom", &chat, "{\"type\":1}").status, 401);
    sent = wait_for(2);
    assert_string_equal(sent.path, "/channels/80351110224678999/messages/80351110224678913");
    assert_null(strstr(sent.body, "custom_id"));
    leave();
}

// Who goes on asking for a webhook that is no more is shut out: it is tried once a day, not every hour as others are.
static void test_discord_webhook_that_is_no_more(void **state)
{
    (void)state;
    become(CHANNEL_TYPE_DISCORD_BOT, "T.T.T", "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8",
           "80351110224678999");
    desk_chat_says(CHAT_ANSWER, 404, "{\"message\":\"Unknown Webhook\",\"code\":10015}");
    desk_remind("r1", "wang", "Acme", 0);
    (void)wait_for(1);
    desk_chat_says(CHAT_ANSWER, 200, "{\"id\":\"80351110224678913\",\"channel_id\":\"80351110224678999\"}");
    desk_play(turns_now_ms(desk.turns) + 20 * HOUR);
    assert_int_equal(chat_count(desk.chat), 1);
    desk_play(turns_now_ms(desk.turns) + 8 * HOUR);
    assert_int_equal(chat_count(desk.chat), 2);
    desk_assert_states(1, 0, 0, 0);
    leave();
}

static void test_mattermost(void **state)
{
    (void)state;
    become(CHANNEL_TYPE_MATTERMOST, "none", "S3cret", "");
    desk.people[0].address = "@wang.li"; // as people write it
    desk_chat_says(CHAT_ANSWER, 200, "ok");
    desk_remind("r1", "wang", "Acme", 0);
    struct chat_request sent = wait_for(1);
    json_t *value = json_loadb(sent.body, sent.length, 0, NULL);
    assert_string_equal(json_string_value(json_object_get(value, "channel")), "@wang.li");
    json_t *action =
        json_array_get(json_object_get(json_array_get(json_object_get(value, "attachments"), 0), "actions"), 0);
    json_t *call = json_pack("{s:s,s:O}", "user_name", "wang.li", "context",
                             json_object_get(json_object_get(action, "integration"), "context"));
    char *body = json_dumps(call, JSON_COMPACT);
    struct visitor chat = {"application/json", {{NULL, NULL}}};
    struct visit_answer answer;
    json_t *other = json_deep_copy(call);
    json_object_set_new(other, "user_name", json_string("li.wang"));
    char *foreign = json_dumps(other, JSON_COMPACT);
    assert_null(strstr(visitor_post("/v1/callbacks/wecom", &chat, foreign).body, "update"));
    assert_int_equal(visitor_answers(), 0);
    free(foreign);
    json_decref(other);
    answer = visitor_post("/v1/callbacks/wecom", &chat, body);
    assert_int_equal(answer.status, 200);
    assert_says(answer.body, "{\"update\":{\"message\":\"");
    assert_says(answer.body, "\"props\":{}},\"ephemeral_text\":\"");
    memcpy(strstr(body, "S3cret"), "S3creT", 6);
    assert_int_equal(visitor_post("/v1/callbacks/wecom", &chat, body).status, 401);
    free(body);
    json_decref(call);
    json_decref(value);
    leave();
}

#define DESK_TEST(test) cmocka_unit_test_setup_teardown(test, desk_set_up, desk_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        DESK_TEST(test_telegram_group_moves),
        DESK_TEST(test_telegram),
        DESK_TEST(test_a_list_says_what_became_of_it),
        DESK_TEST(test_discord),
        DESK_TEST(test_discord_webhook_that_is_no_more),
        DESK_TEST(test_mattermost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
