// What Telegram, Discord, Mattermost and Teams answer and call back with.
#include "harness/driving.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#define NOW_MS INT64_C(1700000000000)
#define PUBLIC_KEY "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8" // of the seed 00 01 .. 1f

static const struct destination nowhere = {.url = "",
                                           .secret = "",
                                           .token = "",
                                           .verify = "",
                                           .granted = "",
                                           .callback = "",
                                           .app = "",
                                           .agent = "",
                                           .to = "",
                                           .file = ""};

// --- answers
// -----------------------------------------------------------------------------------------------------------

#define TG(code, words) "{\"ok\":false,\"error_code\":" code ",\"description\":\"" words "\"}"

static void test_telegram(void **state)
{
    (void)state;
    static const struct landing rows[] = {
        {200, "{\"ok\":true,\"result\":{\"message_id\":42,\"chat\":{\"id\":-100123}}}", OUTCOME_OK, 0, "-100123/42"},
        {200, "{\"ok\":true,\"result\":{\"message_id\":42}}", OUTCOME_OK, 0, NULL},
        {200, "{\"ok\":true,\"result\":true}", OUTCOME_UNKNOWN, 0, NULL},
        {200, "{\"ok\":\"true\",\"result\":{\"message_id\":42}}", OUTCOME_UNKNOWN, 0, NULL},
        {200, "{\"ok\":true,\"ok\":true,\"result\":{\"message_id\":42}}", OUTCOME_UNKNOWN, 0, NULL},
        {429,
         "{\"ok\":false,\"error_code\":429,\"description\":\"Too Many Requests: retry after 14\",\"parameters\":{"
         "\"retry_after\":14}}",
         OUTCOME_THROTTLE, 14000, NULL},
        {429, TG("429", "Too Many Requests"), OUTCOME_THROTTLE, 60000, NULL},
        {401, TG("401", "Unauthorized"), OUTCOME_CONFIG, 0, NULL},
        {404, TG("404", "Not Found"), OUTCOME_CONFIG, 0, NULL},
        {403, TG("403", "Forbidden: bot was kicked from the supergroup chat"), OUTCOME_GONE, 0, NULL},
        {403, TG("403", "Forbidden: the group chat was deleted"), OUTCOME_GONE, 0, NULL},
        {403, TG("403", "Forbidden: bot was blocked by the user"), OUTCOME_GONE, 0, NULL},
        {403, TG("403", "Forbidden: user is deactivated"), OUTCOME_GONE, 0, NULL},
        {403, TG("403", "Forbidden: bot can't initiate conversation with a user"), OUTCOME_GONE, 0, NULL},
        {400, TG("400", "Bad Request: chat not found"), OUTCOME_GONE, 0, NULL},
        {400, TG("400", "Bad Request: can't parse entities"), OUTCOME_REJECT, 0, NULL},
        {400, TG("400", "Bad Request: message is too long"), OUTCOME_REJECT, 0, NULL},
        {400, TG("400", "Bad Request: message to edit not found"), OUTCOME_REJECT, 0, NULL},
        {400, TG("400", "Bad Request: message is not modified: specified new message content"), OUTCOME_OK, 0, NULL},
        {400, TG("400", "Bad Request: not enough rights to send text messages to the chat"), OUTCOME_CONFIG, 0, NULL},
        {400, TG("400", "Bad Request: inline keyboard button URL 'http://localhost' is invalid"), OUTCOME_CONFIG, 0,
         NULL},
        {400,
         "{\"ok\":false,\"error_code\":400,\"description\":\"Bad Request: group chat was upgraded to a supergroup "
         "chat\",\"parameters\":{\"migrate_to_chat_id\":-100999}}",
         OUTCOME_STALE, 0, NULL},
        {500, TG("500", "Internal Server Error"), OUTCOME_RETRY, 0, NULL},
    };
    CHECK(driver_telegram, rows);
}

static void test_telegram_grants(void **state)
{
    (void)state;
    static const struct {
        int status;
        const char *body;
        enum outcome outcome;
        const char *token;
    } rows[] = {
        {200, "{\"ok\":true,\"result\":true}", OUTCOME_OK, "-"},
        {400,
         "{\"ok\":false,\"error_code\":400,\"description\":\"Bad Request: group chat was upgraded\",\"parameters\":{"
         "\"migrate_to_chat_id\":-1009999999999}}",
         OUTCOME_OK, "-1009999999999"},
        {400, TG("400", "Bad Request: chat not found"), OUTCOME_CONFIG, ""},
        {401, TG("401", "Unauthorized"), OUTCOME_CONFIG, ""},
        {403, TG("403", "Forbidden: bot was kicked from the group chat"), OUTCOME_GONE, ""},
        {429, TG("429", "Too Many Requests"), OUTCOME_THROTTLE, ""},
        {200, "<html>", OUTCOME_UNKNOWN, ""},
        {502, "", OUTCOME_RETRY, ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct answer answer = {
            .status = rows[i].status, .body = rows[i].body, .length = strlen(rows[i].body), .retry_after_ms = -1};
        struct verdict verdict;
        struct grant grant = {.token = ""};
        driver_telegram.granted(&answer, &verdict, &grant);
        assert_int_equal(verdict.outcome, rows[i].outcome);
        assert_string_equal(grant.token, rows[i].token);
        assert_true((grant.lasts_ms > 0) == (grant.token[0] != '\0'));
    }
    struct destination to = nowhere;
    struct post post;
    to.token = "123456:ABC-DEF";
    assert_null(driver_telegram.ask(arena, &to, NOW_MS, &post));
    assert_string_equal(post.url, "https://api.telegram.org/bot123456:ABC-DEF/getMe");
    to.to = "-100123";
    assert_null(driver_telegram.ask(arena, &to, NOW_MS, &post));
    assert_string_equal(post.url, "https://api.telegram.org/bot123456:ABC-DEF/sendChatAction");
    assert_string_equal(post.body, "{\"chat_id\":-100123,\"action\":\"typing\"}");
    to.to = "sales";
    assert_non_null(driver_telegram.ask(arena, &to, NOW_MS, &post));
    to.to = "";
    to.token = "none";
    assert_non_null(driver_telegram.ask(arena, &to, NOW_MS, &post));
}

#define DC(code, words) "{\"code\":" code ",\"message\":\"" words "\"}"

static void test_discord(void **state)
{
    (void)state;
    static const struct landing rows[] = {
        {200, "{\"id\":\"80351110224678913\",\"channel_id\":\"80351110224678912\"}", OUTCOME_OK, 0,
         "80351110224678912/80351110224678913"},
        {200, "{\"id\":\"80351110224678913\"}", OUTCOME_OK, 0, NULL},
        {200, "{\"id\":80351110224678913}", OUTCOME_UNKNOWN, 0, NULL},
        {204, "", OUTCOME_OK, 0, NULL},
        {204, "x", OUTCOME_UNKNOWN, 0, NULL},
        {429, "{\"message\":\"You are being rate limited.\",\"retry_after\":64.5701,\"global\":false}",
         OUTCOME_THROTTLE, 64571, NULL},
        {429, "{\"message\":\"You are being rate limited.\",\"retry_after\":-1,\"global\":true}", OUTCOME_THROTTLE,
         60000, NULL},
        {429, "error code: 1015", OUTCOME_THROTTLE, 600000, NULL},
        {403, "error code: 1015", OUTCOME_THROTTLE, 600000, NULL},
        {404, DC("10015", "Unknown Webhook"), OUTCOME_CONFIG, 86400000, NULL}, // never to be used again
        {404, DC("10003", "Unknown Channel"), OUTCOME_CONFIG, 0, NULL},
        {404, DC("10008", "Unknown Message"), OUTCOME_REJECT, 0, NULL},
        {401, DC("0", "401: Unauthorized"), OUTCOME_CONFIG, 0, NULL},
        {401, DC("50027", "Invalid Webhook Token"), OUTCOME_CONFIG, 0, NULL},
        {403, DC("50001", "Missing Access"), OUTCOME_CONFIG, 0, NULL},
        {403, DC("50013", "Missing Permissions"), OUTCOME_CONFIG, 0, NULL},
        {400, DC("50035", "Invalid Form Body"), OUTCOME_REJECT, 0, NULL},
        {400, DC("50006", "Cannot send an empty message"), OUTCOME_REJECT, 0, NULL},
        {400, DC("20016", "slowmode"), OUTCOME_THROTTLE, 60000, NULL},
        {502, DC("0", "Bad Gateway"), OUTCOME_RETRY, 0, NULL},
    };
    CHECK(driver_discord, rows);
    CHECK(driver_discord_bot, rows);
}

#define MM(id, words) "{\"id\":\"" id "\",\"message\":\"" words "\",\"request_id\":\"r\",\"status_code\":400}"
#define HOOK "web.incoming_webhook."

static void test_mattermost(void **state)
{
    (void)state;
    static const struct landing rows[] = {
        {200, "ok", OUTCOME_OK, 0, NULL},
        {200, "ok\n", OUTCOME_UNKNOWN, 0, NULL},
        {201, "ok", OUTCOME_UNKNOWN, 0, NULL},
        {400, MM(HOOK "invalid.app_error", "Invalid webhook."), OUTCOME_CONFIG, 0, NULL},
        {501, MM(HOOK "disabled.app_error", "Incoming webhooks have been disabled."), OUTCOME_CONFIG, 0, NULL},
        {403, MM(HOOK "channel_locked.app_error", "locked"), OUTCOME_CONFIG, 0, NULL},
        {403, MM(HOOK "permissions.app_error", "permissions"), OUTCOME_CONFIG, 0, NULL},
        {404, MM(HOOK "channel.app_error", "Couldn't find the channel."), OUTCOME_GONE, 0, NULL},
        {500, MM(HOOK "channel.app_error", "Couldn't find the channel."), OUTCOME_RETRY, 0, NULL},
        {404, MM("app.channel.get.existing.app_error", "gone"), OUTCOME_GONE, 0, NULL},
        {400, MM(HOOK "user.app_error", "Couldn't find the user."), OUTCOME_GONE, 0, NULL},
        {403, MM(HOOK "user.app_error", "Couldn't find the user."), OUTCOME_CONFIG, 0, NULL},
        {404, MM(HOOK "user.app_error", "Couldn't find the user."), OUTCOME_GONE, 0, NULL},
        {400, MM(HOOK "parse.app_error", "Unable to parse"), OUTCOME_REJECT, 0, NULL},
        {400, MM(HOOK "decode.app_error", "Unable to decode"), OUTCOME_REJECT, 0, NULL},
        {400, MM(HOOK "text.app_error", "No text specified."), OUTCOME_REJECT, 0, NULL},
        {400, MM("never.heard.of", "x"), OUTCOME_REJECT, 0, NULL},
        {401, MM("never.heard.of", "x"), OUTCOME_CONFIG, 0, NULL},
        {429, MM("never.heard.of", "x"), OUTCOME_THROTTLE, 60000, NULL},
        {500, MM("never.heard.of", "x"), OUTCOME_RETRY, 0, NULL},
    };
    CHECK(driver_mattermost, rows);
}

#define OLD(code) "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error " code

static void test_teams(void **state)
{
    (void)state;
    static const struct landing rows[] = {
        {202, "", OUTCOME_OK, 0, NULL},
        {200, "1", OUTCOME_OK, 0, NULL},
        {200, "10", OUTCOME_UNKNOWN, 0, NULL},
        {200, OLD("429 with ContextId tcid=0"), OUTCOME_THROTTLE, 60000, NULL},
        {200, OLD("413 with ContextId tcid=0"), OUTCOME_REJECT, 0, NULL},
        {200, OLD("502"), OUTCOME_RETRY, 0, NULL},
        {200, OLD("50"), OUTCOME_UNKNOWN, 0, NULL},
        {200, OLD("200"), OUTCOME_UNKNOWN, 0, NULL},
        {400, "{\"error\":{\"code\":\"TriggerInputSchemaMismatch\",\"message\":\"x\"}}", OUTCOME_REJECT, 0, NULL},
        {400, "{\"error\":{\"code\":\"WorkflowTriggerIsNotEnabled\",\"message\":\"x\"}}", OUTCOME_CONFIG, 0, NULL},
        {401, "{\"error\":{\"code\":\"DirectApiAuthorizationRequired\",\"message\":\"x\"}}", OUTCOME_CONFIG, 0, NULL},
        {404, "{\"error\":{\"code\":\"WorkflowNotFound\",\"message\":\"x\"}}", OUTCOME_CONFIG, 0, NULL},
        {410, "", OUTCOME_CONFIG, 0, NULL},
        {429, "{\"error\":{\"code\":\"429\"}}", OUTCOME_THROTTLE, 60000, NULL},
        {500, OLD("404"), OUTCOME_RETRY, 0, NULL},
    };
    CHECK(driver_teams, rows);
}

// --- callbacks
// ---------------------------------------------------------------------------------------------------------

static const char *header(const struct request *request, const char *name)
{
    for (const char *const *pair = request->source; pair[0] != NULL; pair += 2) {
        if (strcmp(pair[0], name) == 0)
            return pair[1];
    }
    return NULL;
}

static const char *hear(const struct driver *driver, const char *const *headers, const char *body, const char *verify,
                        struct press *ret_press)
{
    struct request request = {
        .http = true, .body = (const uint8_t *)body, .length = strlen(body), .source = headers, .header = header};
    struct destination to = nowhere;
    to.verify = verify;
    memset(ret_press, 0xff, sizeof *ret_press);
    return driver->hear(arena, &request, &to, NOW_MS, ret_press);
}

static const char *respond(const struct driver *driver, const struct press *press, bool done, const char *words,
                           const char *text)
{
    // The message that stays has a button for its second reminder, and one for the page.
    static const struct button stays[] = {{2, 1, "2 Done", "TICKET2", "https://t.example/a/2"},
                                          {0, 0, "Open", "TICKET0", "https://t.example/a/0"}};
    struct turn turn = {.arena = arena, .now_ms = NOW_MS};
    struct reply reply = {.status = 0};
    struct parcel now = {.text = text, .address = "80351110224678912", .buttons = stays, .button_count = 2};
    struct destination to = {
        .url = "", .verify = "S3cret", .to = "town", .app = "", .callback = "https://t.example/v1/callbacks/mm"};
    driver->respond(&turn, press, &(struct pressed){done, words, text[0] != '\0' ? &now : NULL, &to}, &reply);
    assert_int_equal(reply.status, 200);
    assert_int_equal(reply.length, strlen(reply.body));
    assert_string_equal(reply.content_type, "application/json; charset=utf-8");
    return reply.body;
}

static void test_telegram_callback(void **state)
{
    (void)state;
    static const char body[] = "{\"update_id\":1,\"callback_query\":{\"id\":\"cq1\",\"from\":{\"id\":777,\"is_bot\":"
                               "false},\"message\":{\"message_id\":42,\"chat\":{\"id\":-100123}},\"data\":\"TICKET\"}}";
    static const char *const good[] = {"x-telegram-bot-api-secret-token", "S3cret", NULL};
    static const char *const bad[] = {"x-telegram-bot-api-secret-token", "S3creT", NULL};
    static const char *const none[] = {NULL};
    static const char *const empty[] = {"x-telegram-bot-api-secret-token", "", NULL};
    struct press press;
    assert_null(hear(&driver_telegram, good, body, "S3cret", &press));
    assert_int_equal(press.kind, PRESS_BUTTON);
    assert_string_equal(press.token, "TICKET");
    assert_string_equal(press.user, "777");
    assert_string_equal(respond(&driver_telegram, &press, true, "记下了：\"完成\"", "text"),
                        "{\"method\":\"answerCallbackQuery\",\"callback_query_id\":\"cq1\",\"text\":"
                        "\"记下了：\\\"完成\\\"\",\"show_alert\":false}");
    assert_non_null(strstr(respond(&driver_telegram, &press, false, "", ""), "\"show_alert\":true"));
    char *words = arena_zero(arena, 1000, 1);
    memset(words, 'w', 999);
    json_t *value = json_loads(respond(&driver_telegram, &press, true, words, ""), 0, NULL);
    assert_int_equal(strlen(json_string_value(json_object_get(value, "text"))), 200);
    json_decref(value);
    assert_non_null(hear(&driver_telegram, bad, body, "S3cret", &press));
    assert_non_null(hear(&driver_telegram, none, body, "S3cret", &press));
    assert_non_null(hear(&driver_telegram, empty, body, "", &press));
    assert_non_null(hear(&driver_telegram, good, "[]", "S3cret", &press));
    assert_non_null(hear(&driver_telegram, good, "", "S3cret", &press));
    static const char *const others[] = {"{\"update_id\":1,\"message\":{\"text\":\"hi\"}}", "{}",
                                         "{\"callback_query\":{\"id\":\"c\",\"from\":{\"id\":\"7\"},\"data\":\"T\"}}",
                                         "{\"callback_query\":{\"id\":\"c\",\"from\":{\"id\":7}}}",
                                         "{\"callback_query\":[]}"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_null(hear(&driver_telegram, good, others[i], "S3cret", &press));
        assert_int_equal(press.kind, PRESS_NONE);
    }
}

// Signs as the chat does, with the key of the seed 00 01 .. 1f.
static const char *const *sealed(const char *stamp, const char *body)
{
    uint8_t seed[crypto_sign_SEEDBYTES], public[crypto_sign_PUBLICKEYBYTES], secret[crypto_sign_SECRETKEYBYTES];
    uint8_t sign[crypto_sign_BYTES];
    for (size_t i = 0; i < sizeof seed; i++)
        seed[i] = (uint8_t)i;
    crypto_sign_seed_keypair(public, secret, seed);
    const char *text = arena_format(arena, "%s%s", stamp, body);
    crypto_sign_detached(sign, NULL, (const uint8_t *)text, strlen(text), secret);
    char *hex = arena_take(arena, 2 * sizeof sign + 1);
    sodium_bin2hex(hex, 2 * sizeof sign + 1, sign, sizeof sign);
    const char **headers = arena_zero(arena, 5, sizeof *headers);
    headers[0] = "x-signature-ed25519";
    headers[1] = hex;
    headers[2] = "x-signature-timestamp";
    headers[3] = stamp;
    return headers;
}

#define COMPONENT                                                                                                    \
    "{\"type\":3,\"member\":{\"user\":{\"id\":\"80351110224678912\"}},\"data\":{\"component_type\":2,\"custom_id\":" \
    "\"TICKET\"}}"

static void test_discord_callback(void **state)
{
    (void)state;
    static const char *const vector[] = {
        "x-signature-ed25519",
        "c1098e97d711377f30225d53d94b89d43537f92e5b3afaddc590781b1f9f9d4b2eeab335d370be3b9a090bc61a85b86448bc140dcd195f"
        "1569c2bff181257607",
        "x-signature-timestamp", "1700000000", NULL};
    struct press press;
    assert_null(hear(&driver_discord_bot, vector, "{\"type\":1}", PUBLIC_KEY, &press));
    assert_int_equal(press.kind, PRESS_HELLO);
    assert_string_equal(press.words, "{\"type\":1}");
    assert_non_null(hear(&driver_discord_bot, vector, "{\"type\":2}", PUBLIC_KEY, &press));
    assert_null(hear(&driver_discord_bot, sealed("1700000000", COMPONENT), COMPONENT, PUBLIC_KEY, &press));
    assert_int_equal(press.kind, PRESS_BUTTON);
    assert_string_equal(press.token, "TICKET");
    assert_string_equal(press.user, "80351110224678912");
    assert_string_equal(
        respond(&driver_discord_bot, &press, true, "ok", "a *b*\n#1"),
        "{\"type\":7,\"data\":{\"content\":\"<@80351110224678912>\\na \\\\*b\\\\*\\n\\\\#1\","
        "\"allowed_mentions\":{\"parse\":[],\"users\":[\"80351110224678912\"]},\"flags\":4,\"components\":["
        "{\"type\":1,\"components\":[{\"type\":2,\"style\":1,\"label\":\"2 Done\",\"custom_id\":"
        "\"TICKET2\"},{\"type\":2,\"style\":5,\"label\":\"Open\",\"url\":\"https://t.example/a/0\"}]}]}}");
    assert_string_equal(respond(&driver_discord_bot, &press, false, "a *b*", "text"),
                        "{\"type\":4,\"data\":{\"content\":\"a \\\\*b\\\\*\",\"flags\":64,\"allowed_mentions\":{"
                        "\"parse\":[]}}}");
    static const char direct[] = "{\"type\":3,\"user\":{\"id\":\"80351110224678913\"},\"data\":{\"custom_id\":\"T\"}}";
    assert_null(hear(&driver_discord_bot, sealed("1700000299", direct), direct, PUBLIC_KEY, &press));
    assert_string_equal(press.user, "80351110224678913");
    static const char *const others[] = {"{}", "{\"type\":2}", "{\"type\":3,\"data\":{\"custom_id\":\"T\"}}"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_null(hear(&driver_discord_bot, sealed("1700000000", others[i]), others[i], PUBLIC_KEY, &press));
        assert_int_equal(press.kind, PRESS_NONE);
    }
    static const char *const stale[] = {"1699999699", "1700000301", "0", "", "17e8", "-5", "1700000000000000000000"};
    for (size_t i = 0; i < sizeof stale / sizeof stale[0]; i++)
        assert_non_null(hear(&driver_discord_bot, sealed(stale[i], COMPONENT), COMPONENT, PUBLIC_KEY, &press));
    static const char *const keys[] = {"", "03a1", "zz" PUBLIC_KEY,
                                       "03a207bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1dd"
                                       "c8664125531b8"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        assert_non_null(hear(&driver_discord_bot, sealed("1700000000", COMPONENT), COMPONENT, keys[i], &press));
    static const char *const none[] = {"x-signature-timestamp", "1700000000", NULL};
    assert_non_null(hear(&driver_discord_bot, none, COMPONENT, PUBLIC_KEY, &press));
}

static void test_mattermost_callback(void **state)
{
    (void)state;
    static const char *const none[] = {NULL};
#define MM_BODY(secret, user, rest)                                                                             \
    "{\"user_id\":\"u1\",\"user_name\":\"" user "\",\"post_id\":\"p1\",\"type\":\"button\",\"context\":{\"t\":" \
    "\"TICKET\",\"s\":\"" secret "\"" rest "}}"
    struct press press;
    assert_null(hear(&driver_mattermost, none, MM_BODY("S3cret", "wang", ""), "S3cret", &press));
    assert_int_equal(press.kind, PRESS_BUTTON);
    assert_string_equal(press.token, "TICKET");
    assert_string_equal(press.user, "wang");
    // The buttons of what is settled go, those of what is open stay, and the rep is still named.
    for (int done = 0; done < 2; done++)
        assert_string_equal(
            respond(&driver_mattermost, &press, done, "done_", "a *b*"),
            "{\"update\":{\"message\":\"@80351110224678912\\na "
            "\\\\*b\\\\*\\n[Open](https://t.example/a/0)\",\"props\":{"
            "\"attachments\":[{\"actions\":[{\"id\":\"a1\",\"type\":\"button\",\"name\":\"2 Done\",\"integration\":{"
            "\"url\":\"https://t.example/v1/callbacks/mm\",\"context\":{\"t\":\"TICKET2\",\"s\":\"S3cret\"}}}]}]}},"
            "\"ephemeral_text\":\"done\\\\_\"}");
    assert_string_equal(respond(&driver_mattermost, &press, false, "no", ""), "{\"ephemeral_text\":\"no\"}");
    static const char *const bad[] = {
        MM_BODY("S3creT", "wang", ""),       MM_BODY("", "wang", ""), "{}", "[]", "", "{\"context\":\"S3cret\"}",
        "{\"context\":{\"s\":[\"S3cret\"]}}"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_non_null(hear(&driver_mattermost, none, bad[i], "S3cret", &press));
    assert_non_null(hear(&driver_mattermost, none, MM_BODY("", "wang", ""), "", &press));
    assert_null(hear(&driver_mattermost, none, MM_BODY("S3cret", "all", ""), "S3cret", &press));
    assert_int_equal(press.kind, PRESS_NONE);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, driving_set_up, driving_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_telegram), TEST(test_telegram_grants),   TEST(test_discord),          TEST(test_mattermost),
        TEST(test_teams),    TEST(test_telegram_callback), TEST(test_discord_callback), TEST(test_mattermost_callback),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
