// Slack's buttons, what is changed later, and what Slack tells us: byte by byte.
#include "services/notifier/ticket.h"
#include "harness/driving.h"

#include <inttypes.h>
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <time.h>

static const char secret[] = "8f742231b10e8888abcd99yyyzzz85a5";
enum { SIGNED_S = 1531420618, BUTTONS = 13 };
static const int64_t signed_ms = INT64_C(1000) * SIGNED_S;

static const struct parcel parcel = {.id = "a1b2c3d4e5f6",
                                     .text = "【客户提醒】王芳\n#a1b2c3",
                                     .rep_id = "wang",
                                     .rep_name = "王芳",
                                     .address = "U012AB3CD",
                                     .language = "zh-CN",
                                     .link = "https://tend.example.com/a/OPEN",
                                     .receipt = "D024BE91L 1503435956.000247",
                                     .now_ms = 1700000000000,
                                     .attempt = 1};
static const struct button few[] = {
    {1, TICKET_DONE, "完成", "TOKEN1", "https://tend.example.com/a/TOKEN1"},
    {1, TICKET_SNOOZED, "明天再说", "TOKEN2", "https://tend.example.com/a/TOKEN2"},
    {3, TICKET_DONE, "完成", "TOKEN3", "https://tend.example.com/a/TOKEN3"},
    {0, TICKET_OPEN, "打开", "OPEN", "https://tend.example.com/a/OPEN"},
};

static struct destination to_api(const char *verify)
{
    return (struct destination){.url = "",
                                .secret = "",
                                .token = "xoxb-1",
                                .verify = verify,
                                .granted = "",
                                .app = "",
                                .agent = "",
                                .to = "",
                                .file = ""};
}

static json_t *body_of(const struct post *post)
{
    assert_int_equal(post->length, strlen(post->body));
    json_t *value = json_loadb(post->body, post->length, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(value);
    return value;
}

static void assert_buttons(const struct post *post, const char *expected)
{
    json_t *value = body_of(post), *blocks = json_object_get(value, "blocks"), *rows = json_array(), *block;
    size_t index;
    json_array_foreach (blocks, index, block) {
        if (strcmp(json_string_value(json_object_get(block, "type")), "actions") == 0)
            json_array_append(rows, json_object_get(block, "elements"));
    }
    char *text = json_dumps(rows, JSON_COMPACT);
    assert_string_equal(text, expected);
    free(text);
    json_decref(rows);
    json_decref(value);
}

#define HEAD(number) \
    "{\"type\":\"button\",\"action_id\":\"tend." number "\",\"text\":{\"type\":\"plain_text\",\"text\":"
#define TAIL ",\"emoji\":false}"
#define PAGES                                                                                                     \
    "[[" HEAD("1") "\"完成\"" TAIL ",\"url\":\"https://tend.example.com/a/TOKEN1\",\"style\":\"primary\"}," HEAD( \
        "2") "\"明天再说\"" TAIL                                                                                  \
             ",\"url\":\"https://tend.example.com/a/TOKEN2\"}],[" HEAD(                                           \
                 "3") "\"完成\"" TAIL                                                                             \
                      ",\"url\":\"https://tend.example.com/a/TOKEN3\",\"style\":\"primary\"}],[" HEAD(            \
                          "4") "\"打开\"" TAIL ",\"url\":\"https://tend.example.com/a/OPEN\"}]]"
#define PRESSES                                                                                            \
    "[[" HEAD("1") "\"完成\"" TAIL ",\"value\":\"TOKEN1\",\"style\":\"primary\"}," HEAD(                   \
        "2") "\"明天再说\"" TAIL                                                                           \
             ",\"value\":\"TOKEN2\"}],[" HEAD("3") "\"完成\"" TAIL                                         \
                                                   ",\"value\":\"TOKEN3\",\"style\":\"primary\"}],[" HEAD( \
                                                       "4") "\"打开\"" TAIL                                \
                                                            ",\"url\":\"https://tend.example.com/a/OPEN\"}]]"

static void test_buttons(void **state)
{
    (void)state;
    struct parcel buttoned = parcel;
    buttoned.buttons = few;
    buttoned.button_count = sizeof few / sizeof few[0];
    struct destination unchecked = to_api(""), checked = to_api(secret);
    struct post post;
    assert_null(driver_slack_api.compose(arena, &buttoned, &unchecked, &post));
    assert_buttons(&post, PAGES);
    assert_null(driver_slack_api.compose(arena, &buttoned, &checked, &post));
    assert_buttons(&post, PRESSES);
    // A webhook cannot show what became of a press, so its buttons open the page even when callbacks are heard.
    checked.url = "https://hooks.slack.com/services/T/B/X";
    assert_null(driver_slack.compose(arena, &buttoned, &checked, &post));
    assert_string_equal(post.url, checked.url);
    assert_buttons(&post, PAGES);
    buttoned.button_count = 0;
    assert_null(driver_slack.compose(arena, &buttoned, &checked, &post));
    assert_buttons(&post, "[]");
}

// The longest letter with the most buttons and the longest URLs stays within what Slack takes.
static void test_limits(void **state)
{
    (void)state;
    assert_int_equal(driver_slack_api.buttons, BUTTONS);
    assert_int_equal(driver_slack.buttons, BUTTONS);
    char *text = calloc(4, driver_slack_api.limit + 1), url[240], label[400] = "";
    assert_non_null(text);
    memset(url, 'u', sizeof url - 1);
    url[sizeof url - 1] = '\0';
    for (int i = 0; i < 100; i++)
        strcat(label, "完");
    for (size_t i = 0; i < driver_slack_api.limit; i++)
        strcat(text, i % 50 == 49 ? "\n" : "好");
    assert_int_equal(driver_slack_api.cost(text, strlen(text)), driver_slack_api.limit);
    struct button buttons[BUTTONS];
    for (unsigned i = 0; i < BUTTONS; i++)
        buttons[i] =
            (struct button){i < 12 ? i / 4 + 1 : 0, TICKET_DONE, label, "0123456789012345678901234567890123", url};
    struct parcel longest = parcel;
    longest.text = text;
    longest.buttons = buttons;
    longest.button_count = BUTTONS;
    struct destination to = to_api("");
    struct post post;
    assert_null(driver_slack_api.compose(arena, &longest, &to, &post));
    json_t *value = body_of(&post), *blocks = json_object_get(value, "blocks"), *block, *button;
    assert_in_range(json_array_size(blocks), 1, 50);
    size_t index, number, shown = 0, count = 0;
    json_array_foreach (blocks, index, block) {
        const char *part = json_string_value(json_object_get(json_object_get(block, "text"), "text"));
        if (part != NULL) {
            assert_in_range(cost_characters(part, strlen(part)), 1, 3000);
            shown += cost_characters(part, strlen(part));
        }
        assert_true(json_array_size(json_object_get(block, "elements")) <= 5); // one row on a phone
        json_array_foreach (json_object_get(block, "elements"), number, button) {
            const char *words = json_string_value(json_object_get(json_object_get(button, "text"), "text"));
            assert_int_equal(cost_characters(words, strlen(words)), 75);
            shown += 75 + strlen(url);
            count++;
        }
    }
    assert_int_equal(count, BUTTONS);
    assert_in_range(shown, 1, 13200);
    json_decref(value);
    free(text);
}

static struct verdict judge(const char *body)
{
    struct answer answer = {.status = 200, .body = body, .length = strlen(body), .retry_after_ms = -1};
    struct verdict verdict;
    driver_slack_api.classify(&answer, &verdict);
    return verdict;
}

static void test_receipts(void **state)
{
    (void)state;
    struct verdict verdict = judge("{\"ok\":true,\"channel\":\"D024BE91L\",\"ts\":\"1503435956.000247\"}");
    assert_int_equal(verdict.outcome, OUTCOME_OK);
    assert_string_equal(verdict.receipt, "D024BE91L 1503435956.000247");
    static const char *const odd[] = {
        "{\"ok\":true,\"ts\":\"1503435956.000247\"}",
        "{\"ok\":true,\"channel\":\"C1 2\",\"ts\":\"1503435956.000247\"}",
        "{\"ok\":true,\"channel\":\"C024BE91L\",\"ts\":\"1503435956.000247 x\"}",
        "{\"ok\":true,\"channel\":\"C024BE91L\",\"ts\":\"11111111111111111111111111111111111.000247\"}",
    };
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        verdict = judge(odd[i]);
        assert_int_equal(verdict.outcome, OUTCOME_OK); // delivered, but not to be changed
        assert_string_equal(verdict.receipt, "");
    }
}

static void test_what_a_change_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *error;
        enum outcome outcome;
    } table[] = {
        {"message_not_found", OUTCOME_REJECT},  {"cant_update_message", OUTCOME_REJECT},
        {"edit_window_closed", OUTCOME_REJECT}, {"token_expired", OUTCOME_CONFIG},
        {"ratelimited", OUTCOME_THROTTLE},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        assert_int_equal(judge(arena_format(arena, "{\"ok\":false,\"error\":\"%s\"}", table[i].error)).outcome,
                         table[i].outcome);
}

static void test_change(void **state)
{
    (void)state;
    struct destination to = to_api(secret);
    struct parcel changed = parcel;
    changed.buttons = &few[3];
    changed.button_count = 1;
    struct post post;
    assert_null(driver_slack_api.amend(arena, &changed, &to, &post));
    assert_string_equal(post.url, "https://slack.com/api/chat.update");
    assert_string_equal(post.headers[1], "Authorization: Bearer xoxb-1");
    assert_string_equal(post.body,
                        "{\"text\":\"【客户提醒】王芳\",\"mrkdwn\":false,\"blocks\":[{\"type\":\"section\",\"text\":"
                        "{\"type\":\"mrkdwn\",\"text\":\"<@U012AB3CD>\"}},{\"type\":\"section\",\"text\":{\"type\":"
                        "\"plain_text\",\"text\":\"【客户提醒】王芳\\n#a1b2c3\",\"emoji\":false}},{\"type\":"
                        "\"actions\",\"elements\":[" HEAD(
                            "1") "\"打开\"" TAIL
                                 ",\"url\":\"https://tend.example.com/a/OPEN\"}]}],\"channel\":\"D024BE91L\",\"ts\":"
                                 "\"1503435956.000247\",\"parse\":\"none\"}");
    to.url = "https://slack-gov.com/api/chat.postMessage";
    assert_null(driver_slack_api.amend(arena, &changed, &to, &post));
    assert_string_equal(post.url, "https://slack-gov.com/api/chat.update");
    to.url = "https://x/";
    assert_non_null(driver_slack_api.amend(arena, &changed, &to, &post));
    to.url = "";
    changed.receipt = "D024BE91L";
    assert_non_null(driver_slack_api.amend(arena, &changed, &to, &post));
    assert_null(driver_slack.amend);
}

// --- callbacks

static struct {
    const char *timestamp, *signature;
} headers;

static const char *header(const struct request *request, const char *name)
{
    (void)request;
    if (strcmp(name, "x-slack-request-timestamp") == 0)
        return headers.timestamp;
    return strcmp(name, "x-slack-signature") == 0 ? headers.signature : NULL;
}

// The body lies in memory of exactly its length, as it may where it comes from.
static const char *hear_as(const char *body, const char *verify, int64_t now_ms, struct press *ret_press)
{
    uint8_t *exact = malloc(strlen(body) + (body[0] == '\0'));
    assert_non_null(exact);
    memcpy(exact, body, strlen(body));
    struct request request = {.method = "POST", .body = exact, .length = strlen(body), .header = header};
    struct destination to = to_api(verify);
    memset(ret_press, 0, sizeof *ret_press);
    const char *refused = driver_slack_api.hear(arena, &request, &to, now_ms, ret_press);
    assert_true(driver_slack.hear == driver_slack_api.hear);
    free(exact);
    return refused;
}

static void sign_with(const char *key, const char *body, int64_t time_s)
{
    static char timestamp[24], signature[80];
    uint8_t mac[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256_state state;
    const char *text = arena_format(arena, "v0:%" PRId64 ":%s", time_s, body);
    crypto_auth_hmacsha256_init(&state, (const uint8_t *)key, strlen(key));
    crypto_auth_hmacsha256_update(&state, (const uint8_t *)text, strlen(text));
    crypto_auth_hmacsha256_final(&state, mac);
    snprintf(timestamp, sizeof timestamp, "%" PRId64, time_s);
    memcpy(signature, "v0=", 3);
    sodium_bin2hex(signature + 3, sizeof signature - 3, mac, sizeof mac);
    headers.timestamp = timestamp;
    headers.signature = signature;
}

static void sign(const char *body, int64_t time_s)
{
    sign_with(secret, body, time_s);
}

// Slack's own documented example; it is a slash command, so behind the signature there is nothing for us in it.
static void test_signature_of_the_documents(void **state)
{
    (void)state;
    static const char body[] =
        "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name="
        "foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2F"
        "hooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015."
        "47445629121.803a0bc887a14d10d2c447fce8b6703c";
    static const char good[] = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";
    struct press press;
    headers.timestamp = "1531420618";
    headers.signature = good;
    assert_string_equal(hear_as(body, secret, signed_ms, &press), "it holds no payload of Slack's");
    char *tampered = arena_text(arena, body, strlen(body));
    tampered[6] ^= 1;
    assert_non_null(strstr(hear_as(tampered, secret, signed_ms, &press), "signature is not"));
    headers.timestamp = "1531420619";
    assert_non_null(strstr(hear_as(body, secret, signed_ms, &press), "signature is not"));
}

#define BUTTON_PRESS                                                                                                \
    "payload=%7B%22type%22%3A%22block_actions%22%2C%22user%22%3A%7B%22id%22%3A%22U012AB3CD%22%2C%22name%22%3A%22"   \
    "wang%22%7D%2C%22actions%22%3A%5B%7B%22type%22%3A%22button%22%2C%22action_id%22%3A%22tend.1%22%2C%22text%22%3A" \
    "%7B%22text%22%3A%22No+answer%22%7D%2C%22value%22%3A%22TOKEN1%22%7D%5D%7D"

static void test_press(void **state)
{
    (void)state;
    struct press press;
    sign(BUTTON_PRESS, SIGNED_S);
    assert_null(hear_as(BUTTON_PRESS, secret, signed_ms, &press));
    assert_int_equal(press.kind, PRESS_BUTTON);
    assert_string_equal(press.token, "TOKEN1");
    assert_string_equal(press.user, "U012AB3CD");
    assert_non_null(press.words);
    assert_non_null(press.handle);
    // Slack repeats what it got no answer to: the same again is heard again, and answering twice changes nothing.
    assert_null(hear_as(BUTTON_PRESS, secret, signed_ms + 10000, &press));
    assert_int_equal(press.kind, PRESS_BUTTON);
}

static void test_who_is_refused(void **state)
{
    (void)state;
    struct press press;
    sign_with("", BUTTON_PRESS, SIGNED_S);
    assert_non_null(hear_as(BUTTON_PRESS, "", signed_ms, &press)); // without a secret everybody could sign
    sign(BUTTON_PRESS, SIGNED_S);
    const char *good = headers.signature;
    assert_null(hear_as(BUTTON_PRESS, secret, signed_ms + 300000, &press));
    assert_null(hear_as(BUTTON_PRESS, secret, signed_ms - 300000, &press));
    assert_non_null(hear_as(BUTTON_PRESS, secret, signed_ms + 301000, &press));
    assert_non_null(hear_as(BUTTON_PRESS, secret, signed_ms - 301000, &press));
    assert_non_null(hear_as(BUTTON_PRESS, "another secret", signed_ms, &press));
    assert_non_null(hear_as(BUTTON_PRESS "&x=1", secret, signed_ms, &press));
    static const char *const signatures[] = {
        NULL, "", "v0=", "v1=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
        "a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"};
    for (size_t i = 0; i < sizeof signatures / sizeof signatures[0]; i++) {
        headers.signature = signatures[i];
        assert_non_null(hear_as(BUTTON_PRESS, secret, signed_ms, &press));
    }
    headers.signature = good;
    static const char *const times[] = {
        NULL, "", "now", "-1531420618", "1531420618 ", "+1531420618", "99999999999999999999999999999999999999"};
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        headers.timestamp = times[i];
        assert_non_null(hear_as(BUTTON_PRESS, secret, signed_ms, &press));
    }
    assert_int_equal(press.kind, PRESS_NONE); // of the zeros it began with: nothing was filled in
    assert_null(press.token);
}

// Escaped for a form.
static const char *form(const char *json)
{
    char *text = arena_take(arena, 3 * strlen(json) + 20);
    size_t used = (size_t)sprintf(text, "payload=");
    for (const char *at = json; *at != '\0'; at++)
        used += (size_t)sprintf(text + used, "%%%02x", (unsigned char)*at);
    return text;
}

#define PRESS_BY(user, id, rest) \
    "{\"type\":\"block_actions\",\"user\":" user ",\"actions\":[{\"action_id\":\"" id "\"" rest "}]}"

// What Slack tells that does not concern us is taken, and answered like anything else.
static void test_what_is_passed_over(void **state)
{
    (void)state;
    static const char *const table[] = {
        "{}",
        "{\"type\":\"view_submission\",\"user\":{\"id\":\"U012AB3CD\"}}",
        "{\"type\":\"interactive_message\",\"user\":{\"id\":\"U012AB3CD\"},\"actions\":[{\"action_id\":\"tend.1\","
        "\"value\":\"TOKEN1\"}]}",
        "{\"type\":\"block_actions\",\"user\":{\"id\":\"U012AB3CD\"}}",
        "{\"type\":\"block_actions\",\"user\":{\"id\":\"U012AB3CD\"},\"actions\":[]}",
        "{\"type\":\"block_actions\",\"user\":{\"id\":\"U012AB3CD\"},\"actions\":[7,null,\"x\"]}",
        PRESS_BY("{\"id\":\"U012AB3CD\"}", "tend.1", ""), // a button that opens a page
        PRESS_BY("{\"id\":\"U012AB3CD\"}", "tend.1", ",\"value\":\"\""),
        PRESS_BY("{\"id\":\"U012AB3CD\"}", "tend.1", ",\"value\":{}"),
        PRESS_BY("{\"id\":\"U012AB3CD\"}", "theirs", ",\"value\":\"TOKEN1\""),
        PRESS_BY("{}", "tend.1", ",\"value\":\"TOKEN1\""),
        PRESS_BY("{\"id\":\"U0 12\"}", "tend.1", ",\"value\":\"TOKEN1\""),
        PRESS_BY("\"U012AB3CD\"", "tend.1", ",\"value\":\"TOKEN1\""),
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct press press;
        const char *body = form(table[i]);
        sign(body, SIGNED_S);
        const char *refused = hear_as(body, secret, signed_ms, &press);
        if (refused != NULL || press.kind != PRESS_NONE)
            fail_msg("%s: %s", table[i], refused);
        assert_string_equal(press.token, "");
        assert_string_equal(press.user, "");
    }
}

static void test_forms(void **state)
{
    (void)state;
    static const char press_json[] = PRESS_BY("{\"id\":\"U012AB3CD\"}", "tend.1", ",\"value\":\"TOKEN1\"");
    const char *whole = form(press_json);
    const struct {
        const char *body;
        bool good;
    } table[] = {
        {whole, true},
        {arena_format(arena, "a=1&%s", whole), true},
        {arena_format(arena, "%s&a=1", whole), true},
        {arena_format(arena, "&&%s&", whole), true},
        {arena_format(arena, "payload=%s", press_json), true},
        {arena_format(arena, "%s&%s", whole, whole), false}, // which of the two?
        {arena_format(arena, "x%s", whole), false},
        {arena_format(arena, "Payload=%s", press_json), false},
        {press_json, false},
        {"", false},
        {"payload", false},
        {"payload=", false},
        {"payload=%", false},
        {"payload=%7", false},
        {"payload=%7b%7", false},
        {"payload=%7g", false},
        {"payload=%7b%00%7d", false},
        {"payload=[]", false},
        {"payload=7", false},
        {"payload={\"a\":1,\"a\":2}", false},
        {"payload={\"a\":\"\xff\"}", false},
        {"payload={} x", false},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct press press;
        sign(table[i].body, SIGNED_S);
        const char *refused = hear_as(table[i].body, secret, signed_ms, &press);
        if ((refused == NULL) != table[i].good)
            fail_msg("%s: %s", table[i].body, refused);
        if (table[i].good)
            assert_string_equal(press.token, "TOKEN1");
    }
    static const char plus[] = "payload={\"type\":\"block_actions\",\"user\":{\"id\":\"U012AB3CD\"},\"actions\":[{"
                               "\"action_id\":\"tend.1\",\"value\":\"A+B%2bC%2BD\"}]}";
    struct press press;
    sign(plus, SIGNED_S);
    assert_null(hear_as(plus, secret, signed_ms, &press));
    assert_string_equal(press.token, "A B+C+D");
}

// Whatever stands in a body, it is read to its end and no further.
static void test_bodies_of_no_sense(void **state)
{
    (void)state;
    unsigned seed = (unsigned)time(NULL);
    print_message("seed %u\n", seed);
    srand(seed);
    for (int i = 0; i < 3000; i++) {
        char body[sizeof BUTTON_PRESS];
        struct press press;
        memcpy(body, BUTTON_PRESS, sizeof body);
        for (int j = rand() % 4; j >= 0; j--)
            body[(size_t)rand() % (sizeof body - 1)] = "%&=+{}\"\\x0"[rand() % 10];
        if (rand() % 3 == 0)
            body[(size_t)rand() % (sizeof body - 1)] = '\0'; // cut
        sign(body, SIGNED_S);
        const char *refused = hear_as(body, secret, signed_ms, &press);
        if (refused == NULL && press.kind == PRESS_BUTTON)
            assert_true(press.token[0] != '\0' && press.user[0] != '\0');
        arena_reset(arena);
    }
}

static void test_answer_of_a_callback(void **state)
{
    (void)state;
    struct turn turn = {.arena = arena};
    struct reply reply;
    driver_slack_api.respond(&turn, &(struct press){.kind = PRESS_BUTTON},
                             &(struct pressed){.done = true, .words = "done", .now = &(struct parcel){.text = "text"}},
                             &reply);
    assert_int_equal(reply.status, 200);
    assert_int_equal(reply.length, 0); // Slack shows nothing of it
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, driving_set_up, driving_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_buttons),
        TEST(test_limits),
        TEST(test_receipts),
        TEST(test_what_a_change_is_told),
        TEST(test_change),
        TEST(test_signature_of_the_documents),
        TEST(test_press),
        TEST(test_who_is_refused),
        TEST(test_what_is_passed_over),
        TEST(test_forms),
        TEST(test_bodies_of_no_sense),
        TEST(test_answer_of_a_callback),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
