// What comes back from the apps of DingTalk, WeCom and Feishu: every answer that they are known to give, and presses.
#include "harness/driving.h"
#include "services/notifier/sign.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NOW_MS 1700000000000

// --- answers
// ---------------------------------------------------------------------------------------------------------------

#define CARD(code) "{\"code\":\"" code "\",\"message\":\"" code "\",\"requestid\":\"6E32D367\"}"
#define DELIVERED(success, error)                                                                                \
    "{\"success\":true,\"result\":{\"outTrackId\":\"a1b2c3d4e5f6\",\"deliverResults\":[{\"spaceType\":"          \
    "\"IM_ROBOT\",\"spaceId\":\"manager7890\",\"success\":" success ",\"carrierId\":\"x\",\"errorMsg\":\"" error \
    "\"}]}}"

static void test_dingtalk(void **state)
{
    (void)state;
    static const struct landing rows[] = {
        {200, DELIVERED("true", ""), OUTCOME_OK, 0, "a1b2c3d4e5f6"},
        {200, "{\"success\":true,\"result\":true}", OUTCOME_OK, 0, NULL}, // of a change
        {200, DELIVERED("false", "SYSTEM_ERROR"), OUTCOME_RETRY, 0, NULL},
        {200, DELIVERED("false", "user is not in the robot's scope"), OUTCOME_REJECT, 0, NULL},
        {200, DELIVERED("null", ""), OUTCOME_REJECT, 0, NULL},
        {200, "{\"success\":true,\"result\":{\"outTrackId\":\"x\",\"deliverResults\":[]}}", OUTCOME_UNKNOWN, 0, NULL},
        {200, "{\"success\":true,\"result\":{\"outTrackId\":\"x\"}}", OUTCOME_UNKNOWN, 0, NULL},
        {200, "{\"success\":true}", OUTCOME_UNKNOWN, 0, NULL},
        {200, "{\"success\":false,\"result\":true}", OUTCOME_UNKNOWN, 0, NULL},
        {500, "{\"success\":true,\"result\":true}", OUTCOME_RETRY, 0, NULL},
        {400, CARD("InvalidAuthentication"), OUTCOME_STALE, 0, NULL},
        {401, CARD("InvalidAuthentication"), OUTCOME_STALE, 0, NULL},
        {403, CARD("Forbidden.AccessDenied.AccessTokenPermissionDenied"), OUTCOME_CONFIG, 0, NULL},
        {403, CARD("Forbidden.AccessDenied.IpNotInWhiteList"), OUTCOME_CONFIG, 0, NULL},
        {403, CARD("Forbidden.AccessDenied.QpsLimitForApi"), OUTCOME_THROTTLE, 10000, NULL},
        {403, CARD("Forbidden.AccessDenied.QpsLimitForAppkeyAndApi"), OUTCOME_THROTTLE, 10000, NULL},
        {403, CARD("Forbidden.AccessDenied.SomethingElse"), OUTCOME_CONFIG, 0, NULL},
        {500, CARD("system.busy"), OUTCOME_RETRY, 30000, NULL},
        {503, CARD("ServiceUnavailable"), OUTCOME_RETRY, 30000, NULL},
        {400, CARD("param.cardAlreadyExist"), OUTCOME_UNKNOWN, 0, NULL},
        {400, CARD("param.cardNotExist"), OUTCOME_REJECT, 0, NULL},
        {400, CARD("param.templateNotExist"), OUTCOME_CONFIG, 0, NULL},
        {400, CARD("param.templateUnpublished"), OUTCOME_CONFIG, 0, NULL},
        {400, CARD("param.userIdNotExist"), OUTCOME_REJECT, 0, NULL},
        {400, CARD("param.contentUnsafe"), OUTCOME_REJECT, 0, NULL},
        {400, CARD("param.openSpaceIdInvalid"), OUTCOME_REJECT, 0, NULL},
        {400, CARD("param.openDeliverModelError"), OUTCOME_REJECT, 0, NULL},
        {400, CARD("param.invalid"), OUTCOME_REJECT, 0, NULL},
        {400, CARD("param.neverHeardOf"), OUTCOME_REJECT, 0, NULL},
        {200, CARD("param.neverHeardOf"), OUTCOME_REJECT, 0, NULL},
    };
    CHECK(driver_dingtalk_app, rows);
}

#define WECOM(code, more) "{\"errcode\":" code ",\"errmsg\":\"words\"" more "}"

static void test_wecom(void **state)
{
    (void)state;
    static const struct landing rows[] = {
        {200, WECOM("0", ",\"msgid\":\"m1\""), OUTCOME_OK, 0, NULL},
        {200, WECOM("0", ",\"invaliduser\":\"\",\"invalidparty\":\"\",\"msgid\":\"m1\""), OUTCOME_OK, 0, NULL},
        {200, WECOM("0", ",\"invaliduser\":\"wang\",\"msgid\":\"m1\""), OUTCOME_REJECT, 0, NULL},
        {200, WECOM("0", ",\"unlicenseduser\":\"wang\""), OUTCOME_REJECT, 0, NULL},
        {500, WECOM("0", ""), OUTCOME_RETRY, 0, NULL},
        {200, WECOM("-1", ""), OUTCOME_RETRY, 30000, NULL},
        {200, WECOM("40014", ""), OUTCOME_STALE, 0, NULL},
        {200, WECOM("42001", ""), OUTCOME_STALE, 0, NULL},
        {200, WECOM("41001", ""), OUTCOME_STALE, 0, NULL},
        {200, WECOM("45009", ""), OUTCOME_THROTTLE, 60000, NULL},
        {200, WECOM("45033", ""), OUTCOME_THROTTLE, 10000, NULL},
        {200, WECOM("40001", ""), OUTCOME_CONFIG, 0, NULL},
        {200, WECOM("40056", ""), OUTCOME_CONFIG, 0, NULL},
        {200, WECOM("48002", ""), OUTCOME_CONFIG, 0, NULL},
        {200, WECOM("60020", ""), OUTCOME_CONFIG, 0, NULL},
        {200, WECOM("301002", ""), OUTCOME_CONFIG, 0, NULL},
        {200, WECOM("81013", ""), OUTCOME_REJECT, 0, NULL},
        {200, WECOM("40003", ""), OUTCOME_REJECT, 0, NULL},
        {200, WECOM("60111", ""), OUTCOME_REJECT, 0, NULL},
        {200, WECOM("82001", ""), OUTCOME_REJECT, 0, NULL},
        {200, WECOM("40008", ""), OUTCOME_REJECT, 0, NULL},
        {200, WECOM("40058", ""), OUTCOME_REJECT, 0, NULL},
        {200, WECOM("45002", ""), OUTCOME_REJECT, 0, NULL},
        {200, WECOM("12345", ""), OUTCOME_REJECT, 0, NULL},
    };
    CHECK(driver_wecom_app, rows);
}

#define FEISHU(code, words) "{\"code\":" code ",\"msg\":\"" words "\",\"error\":{\"log_id\":\"x\"}}"

static void test_feishu(void **state)
{
    (void)state;
    static const struct landing rows[] = {
        {200, "{\"code\":0,\"msg\":\"success\",\"data\":{\"message_id\":\"om_1\"}}", OUTCOME_OK, 0, "om_1"},
        {200, "{\"code\":0,\"msg\":\"ok\",\"data\":{}}", OUTCOME_OK, 0, NULL}, // of a change
        {200, "{\"code\":0,\"msg\":\"ok\"}", OUTCOME_UNKNOWN, 0, NULL},
        {500, "{\"code\":0,\"msg\":\"ok\",\"data\":{}}", OUTCOME_RETRY, 0, NULL},
        {400, FEISHU("99991663", "Invalid access token"), OUTCOME_STALE, 0, NULL},
        {400, FEISHU("99991664", "x"), OUTCOME_STALE, 0, NULL},
        {401, FEISHU("99991661", "Missing access token"), OUTCOME_STALE, 0, NULL},
        {400, FEISHU("99991668", "x"), OUTCOME_STALE, 0, NULL},
        {400, FEISHU("99991400", "request trigger frequency limit"), OUTCOME_THROTTLE, 10000, NULL},
        {400, FEISHU("230020", "This operation triggers the frequency limit."), OUTCOME_THROTTLE, 5000, NULL},
        {429, FEISHU("11232", "x"), OUTCOME_THROTTLE, 10000, NULL},
        {400, FEISHU("230049", "The message is being sent."), OUTCOME_RETRY, 5000, NULL},
        {400, FEISHU("230099", "ext=ErrCode: 11310; ErrMsg: card action is lock"), OUTCOME_RETRY, 5000, NULL},
        {400, FEISHU("230099", "ext=ErrCode: 200621; parse card json err"), OUTCOME_REJECT, 0, NULL},
        {400, FEISHU("99991672", "scope"), OUTCOME_CONFIG, 0, NULL},
        {400, FEISHU("99991401", "ip"), OUTCOME_CONFIG, 0, NULL},
        {400, FEISHU("230002", "The bot can not be outside the group."), OUTCOME_CONFIG, 0, NULL},
        {400, FEISHU("230006", "Bot ability is not activated."), OUTCOME_CONFIG, 0, NULL},
        {400, FEISHU("230018", "x"), OUTCOME_CONFIG, 0, NULL},
        {400, FEISHU("230027", "Lack of necessary permissions."), OUTCOME_CONFIG, 0, NULL},
        {400, FEISHU("232009", "dissolved"), OUTCOME_GONE, 0, NULL},
        {400, FEISHU("230013", "Bot has NO availability to this user."), OUTCOME_REJECT, 0, NULL},
        {400, FEISHU("230029", "User has resigned."), OUTCOME_REJECT, 0, NULL},
        {400, FEISHU("230034", "The receive_id is invalid."), OUTCOME_REJECT, 0, NULL},
        {400, FEISHU("230053", "x"), OUTCOME_REJECT, 0, NULL},
        {400, FEISHU("230001", "x"), OUTCOME_REJECT, 0, NULL},
        {400, FEISHU("230025", "x"), OUTCOME_REJECT, 0, NULL},
        {400, FEISHU("230028", "x"), OUTCOME_REJECT, 0, NULL},
        {400, FEISHU("230031", "14 days"), OUTCOME_REJECT, 0, NULL},
        {400, FEISHU("230110", "deleted"), OUTCOME_REJECT, 0, NULL},
        {400, FEISHU("424242", "never heard of"), OUTCOME_REJECT, 0, NULL},
        {200, FEISHU("424242", "never heard of"), OUTCOME_REJECT, 0, NULL},
    };
    CHECK(driver_feishu_app, rows);
}

// --- callbacks
// ---------------------------------------------------------------------------------------------------------------

// The headers of the request at hand, by twos.
static const char *heads[6];

static const char *header(const struct request *request, const char *name)
{
    (void)request;
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i += 2) {
        if (heads[i] != NULL && strcmp(heads[i], name) == 0)
            return heads[i + 1];
    }
    return NULL;
}

static const char *hear(const struct driver *driver, const char *verify, const char *body, int64_t now_ms,
                        struct press *ret_press)
{
    struct destination to = {.url = "", .secret = "", .verify = verify, .app = "cli_a1", .agent = "", .to = ""};
    struct request request = {
        .http = true, .method = "POST", .body = (const uint8_t *)body, .length = strlen(body), .header = header};
    memset(ret_press, 0xff, sizeof *ret_press);
    return driver->hear(arena, &request, &to, now_ms, ret_press);
}

static void sign_heads(const char *time, const char *nonce, const char *key, const char *body)
{
    static char sign[SIGN_HEX_BYTES];
    sign_lark(key, time, nonce, body, strlen(body), sign);
    const char *const all[] = {"x-lark-request-timestamp", time, "x-lark-request-nonce", nonce,
                               "x-lark-signature",         sign};
    memcpy(heads, all, sizeof heads);
}

#define KEY "ek_test_key"
#define PLAIN                                                                                                       \
    "{\"schema\":\"2.0\",\"header\":{\"event_id\":\"f7984f25\",\"event_type\":\"card.action.trigger\"},\"event\":{" \
    "\"operator\":{\"open_id\":\"ou_abc\",\"user_id\":\"u7\",\"union_id\":\"on_9\"},\"action\":{\"value\":{"        \
    "\"ticket\":\"AbC-_123\",\"as\":\"%s\"},\"tag\":\"button\"}}}"

// The same press, locked by another program under KEY, and its signature computed there.
static const char locked[] =
    "{\"encrypt\":\"AAECAwQFBgcICQoLDA0OD6x0Yz2Yr6cj0cFg+tce/SglJYVP7ylu8gHF0g0qU6akgn+KazQMUH7cFGzGssI7/"
    "BPTfomUParjb9hfrlGMMOlCIHTN/07NOUlvKbNJNbubREvAKRXT+kOtxk8GuDpl73C2frrFq2touggYKK99IuOfSNbHYiQ6Fg3t6GC+P+ZVJe6zj"
    "V1w4GWrqmSNUx/KjJFG+sPrR4cwPNeP34pkahcRBCA3OgXW2u/Wy5FejYB8D5A9EN5Yg49zFDXwUSPorvOKK6Bzf2lN17BmCv7bGPjbGv54721D"
    "T19fupdlsPhZ6V+LI5tWgbN7LaWC2zx0DlF/RZgy2pvMWypaxYS1QCEAujh0ZrZSXZYy6ktw26qwmNxWZxaW3KCk+cm0iCYbIx4WacmABgi3whqi"
    "qL20xlg=\"}";

static void test_feishu_press_that_is_locked(void **state)
{
    (void)state;
    struct press press;
    sign_heads("1700000000", "n0nce", KEY, locked);
    assert_string_equal(heads[5], "038f098dca1f3e0198ddf7b0afc7429712b6db0e7f3e9434c9ca4a13d7f979ab");
    assert_null(hear(&driver_feishu_app, KEY, locked, NOW_MS, &press));
    assert_int_equal(press.kind, PRESS_BUTTON);
    assert_string_equal(press.token, "AbC-_123");
    assert_string_equal(press.user, "ou_abc");
    assert_null(hear(&driver_feishu_app, KEY, locked, NOW_MS, &press)); // again: the ticket tells
    assert_int_equal(press.kind, PRESS_BUTTON);
    sign_heads("1700000000", "n0nce", "another key", locked); // right for that key, which cannot unlock it
    assert_non_null(hear(&driver_feishu_app, "another key", locked, NOW_MS, &press));
}

static void test_feishu_says_who_pressed_by_the_id_we_know(void **state)
{
    (void)state;
    static const struct {
        const char *as, *user;
    } rows[] = {
        {"open_id", "ou_abc"}, {"union_id", "on_9"}, {"user_id", "u7"}, {"tenant_key", "ou_abc"}, {"", "ou_abc"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct press press;
        const char *body = arena_format(arena, PLAIN, rows[i].as);
        sign_heads("1700000000", "n", KEY, body);
        assert_null(hear(&driver_feishu_app, KEY, body, NOW_MS, &press));
        assert_string_equal(press.user, rows[i].user);
    }
}

static void test_feishu_refuses(void **state)
{
    (void)state;
    struct press press;
    char *body = arena_format(arena, PLAIN, "open_id");
    static const struct {
        size_t head;
        const char *value; // of the head; NULL: it is missing
    } rows[] = {{1, "1700000001"}, {1, "170000000x"}, {1, NULL}, {3, "other"}, {3, NULL}, {5, NULL}, {5, ""}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        sign_heads("1700000000", "n0nce", KEY, body);
        heads[rows[i].head] = rows[i].value;
        const char *trouble = hear(&driver_feishu_app, KEY, body, NOW_MS, &press);
        assert_non_null(trouble);
        assert_null(strstr(trouble, KEY));
        assert_int_equal(press.kind, PRESS_NONE);
    }
    sign_heads("1700000000", "n0nce", KEY, body);
    assert_null(hear(&driver_feishu_app, KEY, body, NOW_MS + 600000, &press));
    assert_non_null(hear(&driver_feishu_app, KEY, body, NOW_MS + 601000, &press)); // a recording
    assert_non_null(hear(&driver_feishu_app, KEY, body, NOW_MS - 601000, &press));
    assert_non_null(hear(&driver_feishu_app, "", body, NOW_MS, &press));
    assert_non_null(hear(&driver_feishu_app, "another key", body, NOW_MS, &press));
    for (size_t i = 0; body[i] != '\0'; i++) {
        body[i] ^= 1;
        assert_non_null(hear(&driver_feishu_app, KEY, body, NOW_MS, &press));
        body[i] ^= 1;
    }
    static const char other[] =
        "{\"schema\":\"2.0\",\"header\":{\"event_type\":\"im.message.receive_v1\"},\"event\":{}}";
    sign_heads("1700000000", "n0nce", KEY, other);
    assert_null(hear(&driver_feishu_app, KEY, other, NOW_MS, &press));
    assert_int_equal(press.kind, PRESS_NONE);
    static const char *const junk[] = {"", "null", "[1]", "{\"encrypt\":\"AAAA\"}", "{\"encrypt\":7}", "{"};
    for (size_t i = 0; i < sizeof junk / sizeof junk[0]; i++) {
        sign_heads("1700000000", "n0nce", KEY, junk[i]);
        (void)hear(&driver_feishu_app, KEY, junk[i], NOW_MS, &press);
        assert_int_equal(press.kind, PRESS_NONE);
        memset(heads, 0, sizeof heads);
        assert_non_null(hear(&driver_feishu_app, KEY, junk[i], NOW_MS, &press));
    }
}

static void test_feishu_challenge(void **state)
{
    (void)state;
    struct press press;
    memset(heads, 0, sizeof heads); // it is not promised to be signed
    assert_null(
        hear(&driver_feishu_app, KEY,
             "{\"encrypt\":\"AAECAwQFBgcICQoLDA0OD2ORkdfpiyOntYnjwWD+86QBTOYgCV9I7TiY47XJgOT5w2+23yf1YaD1SIcMQrlt"
             "oJn91zMSk7EA+naue/eSYcKaweYu9IkiLn1rCvmg6SDb\"}",
             NOW_MS, &press));
    assert_int_equal(press.kind, PRESS_HELLO);
    assert_string_equal(press.words, "{\"challenge\":\"ajls384kdjx98XX\"}");
    assert_null(hear(&driver_feishu_app, KEY, "{\"challenge\":\"a-1\",\"token\":\"x\",\"type\":\"url_verification\"}",
                     NOW_MS, &press));
    assert_string_equal(press.words, "{\"challenge\":\"a-1\"}");
    static const char *const bad[] = {"{\"challenge\":\"a\\\"b\",\"type\":\"url_verification\"}",
                                      "{\"challenge\":\"\",\"type\":\"url_verification\"}",
                                      "{\"challenge\":\"a\",\"type\":\"event_callback\"}"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_non_null(hear(&driver_feishu_app, KEY, bad[i], NOW_MS, &press));
    char *large = arena_take(arena, 6000);
    memset(large, ' ', 5999);
    large[5999] = '\0';
    memcpy(large, "{\"challenge\":\"a\",\"type\":\"url_verification\"}", 43);
    assert_non_null(hear(&driver_feishu_app, KEY, large, NOW_MS, &press));
}

// The message that stays has a button for its second reminder, and one for the page.
static const struct button stays[] = {{2, 1, "2 完成", "TICKET2", "https://t.example/a/2"},
                                      {0, 0, "打开", "TICKET0", "https://t.example/a/0"}};

static const char *respond(const struct driver *driver, enum press_kind kind, bool done, const char *words,
                           const char *text)
{
    struct turn turn = {.arena = arena};
    struct parcel now = {.text = text, .address = "ou_abc", .buttons = stays, .button_count = 2};
    struct destination to = {.url = "", .secret = "", .verify = "key", .app = "cli_a1", .agent = "", .to = "oc_1"};
    struct press press = {.kind = kind, .token = "", .user = "", .words = "{\"challenge\":\"a\"}", .handle = ""};
    struct pressed pressed = {done, words, text[0] != '\0' ? &now : NULL, &to};
    struct reply reply;
    driver->respond(&turn, &press, &pressed, &reply);
    assert_int_equal(reply.status, 200);
    assert_string_equal(reply.content_type, "application/json; charset=utf-8");
    assert_int_equal(reply.length, strlen(reply.body));
    return reply.body;
}

static void test_what_feishu_is_told(void **state)
{
    (void)state;
    const struct driver *driver = &driver_feishu_app;
    assert_string_equal(respond(driver, PRESS_BUTTON, false, "不是您的提醒", ""),
                        "{\"toast\":{\"type\":\"warning\",\"content\":\"不是您的提醒\"}}");
    // The card that stands there next has the mention and the buttons of what is open, as the change that follows.
    for (int done = 0; done < 2; done++) {
        const char *body = respond(driver, PRESS_BUTTON, done, "好的", "王芳\n<at id=all></at>");
        assert_non_null(strstr(body, done ? "{\"toast\":{\"type\":\"success\",\"content\":\"好的\"},\"card\":{"
                                          : "{\"toast\":{\"type\":\"warning\",\"content\":\"好的\"},\"card\":{"));
        assert_non_null(strstr(body,
                               "\"type\":\"raw\",\"data\":{\"schema\":\"2.0\",\"config\":{\"update_multi\":true,"
                               "\"summary\":{\"content\":\"王芳\"}},\"body\":{\"elements\":[{\"tag\":\"div\",\"text\":"
                               "{\"tag\":\"plain_text\",\"content\":\"王芳\\n<at id=all></at>\"}}"));
        assert_non_null(strstr(body, "<at id=ou_abc></at>"));
        assert_non_null(strstr(body, "\"behaviors\":[{\"type\":\"callback\",\"value\":{\"ticket\":\"TICKET2\",\"as\":"
                                     "\"open_id\"}}]"));
        assert_non_null(strstr(body, "{\"type\":\"open_url\",\"default_url\":\"https://t.example/a/0\"}"));
    }
    assert_string_equal(respond(driver, PRESS_NONE, false, "", ""), "{}");
    assert_string_equal(respond(driver, PRESS_HELLO, false, "", ""), "{\"challenge\":\"a\"}");
}

#define DING(params, actions)                                                                                       \
    "{\"type\":\"actionCallback\",\"outTrackId\":\"a1b2c3d4e5f6\",\"corpId\":\"ding1\",\"userId\":\"manager7890\"," \
    "\"content\":\"{\\\"cardPrivateData\\\":{\\\"actionIds\\\":[" actions "],\\\"params\\\":{" params "}}}\"}"

static void test_dingtalk_press(void **state)
{
    (void)state;
    static const struct {
        const char *body, *token; // NULL: none
    } rows[] = {
        {DING("\\\"id\\\":\\\"AbC-_123\\\"", "\\\"node_1\\\""), "AbC-_123"},
        {DING("", "\\\"AbC-_123\\\""), "AbC-_123"},
        {DING("\\\"id\\\":7", "7"), NULL},
        {DING("", ""), NULL},
        {"{\"content\":\"not json\",\"userId\":\"x\"}", NULL},
        {"{\"content\":{\"cardPrivateData\":{}}}", NULL},
        {"{}", NULL},
    };
    static const char *const ways[][5] = {
        {"x-ddpaas-signature-timestamp", "1700000000000", "x-ddpaas-signature",
         "cpwbXt+idjqJwRLC36L+GUbU5Ry4rdIOIdXrqnkLg+o=", "Action"},
        {"timestamp", "1700000000000", "sign", "oUvnJAV+SePSdqHb1KCEBBCvuY7xqI7JqwexuW15D/A=", "testAppSecret123"}};
    for (size_t way = 0; way < 2; way++) {
        memset(heads, 0, sizeof heads);
        memcpy(heads, ways[way], 4 * sizeof heads[0]);
        for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
            struct press press;
            assert_null(hear(&driver_dingtalk_app, ways[way][4], rows[i].body, NOW_MS + 3600000, &press));
            assert_int_equal(press.kind, rows[i].token != NULL ? PRESS_BUTTON : PRESS_NONE);
            assert_string_equal(press.token, rows[i].token != NULL ? rows[i].token : "");
            assert_string_equal(press.user, rows[i].token != NULL ? "manager7890" : "");
        }
    }
}

static void test_dingtalk_refuses(void **state)
{
    (void)state;
    static const char body[] = DING("\\\"id\\\":\\\"AbC-_123\\\"", "");
    static const char *const good[] = {"x-ddpaas-signature-timestamp", "1700000000000", "x-ddpaas-signature",
                                       "cpwbXt+idjqJwRLC36L+GUbU5Ry4rdIOIdXrqnkLg+o="};
    static const struct {
        size_t head;
        const char *value;
    } rows[] = {{1, "1700000000001"}, {1, "x"},    {1, NULL},       {3, ""}, {3, NULL},
                {3, "cpwb"},          {2, "sign"}, {0, "timestamp"}};
    struct press press;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        memset(heads, 0, sizeof heads);
        memcpy(heads, good, sizeof good);
        heads[rows[i].head] = rows[i].value;
        assert_non_null(hear(&driver_dingtalk_app, "Action", body, NOW_MS, &press));
        assert_int_equal(press.kind, PRESS_NONE);
    }
    memcpy(heads, good, sizeof good);
    assert_null(hear(&driver_dingtalk_app, "Action", body, NOW_MS, &press));
    assert_non_null(hear(&driver_dingtalk_app, "Action", body, NOW_MS + 3600001, &press)); // a recording
    assert_non_null(hear(&driver_dingtalk_app, "Action", body, NOW_MS - 3600001, &press));
    assert_non_null(hear(&driver_dingtalk_app, "", body, NOW_MS, &press));
    assert_non_null(hear(&driver_dingtalk_app, "another", body, NOW_MS, &press));
    assert_non_null(hear(&driver_dingtalk_app, "Action", "[]", NOW_MS, &press));
}

static void test_what_dingtalk_is_told(void **state)
{
    (void)state;
    const struct driver *driver = &driver_dingtalk_app;
    assert_string_equal(respond(driver, PRESS_BUTTON, false, "不是您的提醒", "老王"),
                        "{\"cardUpdateOptions\":{\"updateCardDataByKey\":true,\"updatePrivateDataByKey\":true},"
                        "\"userPrivateData\":{\"cardParamMap\":{\"tips\":\"不是您的提醒\"}}}");
    assert_string_equal(
        respond(driver, PRESS_BUTTON, true, "好的", "王芳\n*做完*"),
        "{\"cardUpdateOptions\":{\"updateCardDataByKey\":true,\"updatePrivateDataByKey\":true},"
        "\"cardData\":{\"cardParamMap\":{\"title\":\"王芳\",\"markdown\":\"＊做完＊\",\"tips\":\"好的\"}}}");
    assert_string_equal(respond(driver, PRESS_NONE, false, "", ""), "{}");
}

// --- WeCom, whose messages have no buttons

#define CORP "corp1"
#define TOKEN "QDG6eK"
#define UNLOCK "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"

// What another program locked under UNLOCK for CORP: "1", nothing at all, and a word with a NUL in it.
#define ECHO "Q3stYC6hdFzMh9T8HCvyDK5C6w3W5DGadSs/im3eFbE="
#define SILENCE "Q3stYC6hdFzMh9T8HCvyDA5rhhY9HsVvPSS4RgE+V0k="
#define BROKEN "Q3stYC6hdFzMh9T8HCvyDBqG/5RoVpWQOHxu0ZH1llE="

// The parameters of the request at hand, as heads.
static const char *params[8];

static const char *param(const struct request *request, const char *name)
{
    (void)request;
    for (size_t i = 0; i < sizeof params / sizeof params[0]; i += 2)
        if (params[i] != NULL && strcmp(params[i], name) == 0)
            return params[i + 1];
    return NULL;
}

// Signs what is sealed; a check of the URL when there is no body.
static const char *wecom_hears(const char *sealed, const char *body, int64_t now_ms, struct press *ret_press)
{
    static char sign[SIGN_SHA1_BYTES];
    struct destination to = {.url = "", .secret = "", .verify = TOKEN, .unlock = UNLOCK, .app = CORP};
    struct request request = {.http = true, .method = body != NULL ? "POST" : "GET", .param = param};
    if (body != NULL) {
        request.body = (const uint8_t *)body;
        request.length = strlen(body);
    }
    if (params[0] == NULL) {
        sign_wecom(TOKEN, "1700000000", "1372623149", sealed, sign);
        const char *const all[] = {"timestamp",     "1700000000", "nonce",   "1372623149",
                                   "msg_signature", sign,         "echostr", body != NULL ? NULL : sealed};
        memcpy(params, all, sizeof params);
    }
    memset(ret_press, 0xff, sizeof *ret_press);
    const char *trouble = driver_wecom_app.hear(arena, &request, &to, now_ms, ret_press);
    memset(params, 0, sizeof params);
    if (trouble != NULL || body != NULL)
        assert_int_equal(ret_press->kind, PRESS_NONE);
    if (trouble != NULL && (strstr(trouble, TOKEN) != NULL || strstr(trouble, UNLOCK) != NULL))
        fail_msg("%s", trouble);
    return trouble;
}

static void test_wecom_checks_the_url(void **state)
{
    (void)state;
    static const char *const good[] = {
        "timestamp", "1700000000", "nonce", "1372623149", "msg_signature", "62ed4b5b6544c06ce4806d2a720bddf48e409000",
        "echostr",   ECHO};
    static const struct {
        size_t param;
        const char *value; // NULL: it is missing
    } rows[] = {{1, "1700000001"}, {1, "17000000000"},
                {1, "x"},          {1, NULL},
                {3, "1372623140"}, {3, "1372623149&"},
                {3, ""},           {3, NULL},
                {5, ""},           {5, "62ed4b5b6544c06ce4806d2a720bddf48e409001"},
                {5, NULL},         {5, "62ED4B5B6544C06CE4806D2A720BDDF48E409000"},
                {7, SILENCE},      {7, ""},
                {7, NULL}};
    struct press press;
    memcpy(params, good, sizeof params);
    assert_null(wecom_hears(NULL, NULL, NOW_MS, &press));
    assert_int_equal(press.kind, PRESS_HELLO);
    assert_string_equal(press.words, "1");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        memcpy(params, good, sizeof params);
        params[rows[i].param] = rows[i].value;
        if (wecom_hears(NULL, NULL, NOW_MS, &press) == NULL)
            fail_msg("row %zu was taken", i);
    }
    assert_null(wecom_hears(ECHO, NULL, NOW_MS + 600000, &press));
    assert_non_null(wecom_hears(ECHO, NULL, NOW_MS + 601000, &press)); // a recording
    assert_non_null(wecom_hears(ECHO, NULL, NOW_MS - 601000, &press));
    // Rightly signed, but nothing that is said again: empty, cut by a NUL, for another company, not sealed at all.
    static const char *const others[] = {SILENCE, BROKEN, "Q3stYC6hdFzMh9T8HCvyDMjsEb+1CczDEQXFsSiXT1Q=", "AAAA", "1"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_non_null(wecom_hears(others[i], NULL, NOW_MS, &press));
    struct destination none = {.url = "", .secret = "", .verify = "", .unlock = "", .app = CORP};
    struct request request = {.http = true, .method = "GET", .param = param};
    assert_non_null(driver_wecom_app.hear(arena, &request, &none, NOW_MS, &press));
    none.verify = TOKEN;
    assert_non_null(driver_wecom_app.hear(arena, &request, &none, NOW_MS, &press));
}

#define XML(inside) "<xml><ToUserName><![CDATA[corp1]]></ToUserName>" inside "<AgentID>1000002</AgentID></xml>"

// "<xml><Content>...", locked by another program for CORP.
#define WORDS                                                            \
    "Q3stYC6hdFzMh9T8HCvyDJkOBK0jyiN1y6jAinuFRHoOm2nwR7RTgjP3a1VpXbdNe8" \
    "brNjaim0WNO+szsYCsAlqNvMeIffQygwrQSOZ8VyeNfro1gX3sBxoyAJ6oanHm"

static void test_wecom_tells_what_somebody_wrote(void **state)
{
    (void)state;
    static const struct {
        const char *body;
        bool taken;
    } rows[] = {
        {XML("<Encrypt><![CDATA[" WORDS "]]></Encrypt>"), true},
        {XML("<Encrypt>" WORDS "</Encrypt>"), true},
        {XML("<Encrypt><![CDATA[" WORDS "x]]></Encrypt>"), false},
        {XML("<Encrypt><![CDATA[" WORDS "</Encrypt>"), false},
        {XML("<Encrypt>" WORDS "]]></Encrypt>"), false},
        {XML("<Encrypt> " WORDS "</Encrypt>"), false},
        {XML("<Encrypt><![CDATA[" WORDS "]]>"), false},
        {XML("<Encrypt>" WORDS "</Encrypt><Encrypt>" WORDS "</Encrypt>"), false},
        {XML("<encrypt>" WORDS "</encrypt>"), false},
        {XML("<Encrypt></Encrypt>"), false},
        {XML("<Encrypt><![CDATA[]]></Encrypt>"), false},
        {"</Encrypt><Encrypt>" WORDS, false},
        {"", false},
    };
    struct press press;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (int again = 0; again < 2; again++)
            if ((wecom_hears(WORDS, rows[i].body, NOW_MS, &press) == NULL) != rows[i].taken)
                fail_msg("row %zu", i);
    assert_non_null(wecom_hears(WORDS, rows[0].body, NOW_MS + 601000, &press));
    assert_non_null(wecom_hears(ECHO, rows[0].body, NOW_MS, &press)); // the signature of something else
    // What somebody wrote is not opened for whoever asks for it as a check of the URL.
    assert_non_null(wecom_hears(WORDS, NULL, NOW_MS, &press));
    size_t size = (64 << 10) + 1;
    char *large = arena_take(arena, size + 1);
    memset(large, ' ', size);
    large[size] = '\0';
    memcpy(large, rows[0].body, strlen(rows[0].body));
    assert_non_null(wecom_hears(WORDS, large, NOW_MS, &press));
    large[size - 1] = '\0';
    assert_null(wecom_hears(WORDS, large, NOW_MS, &press));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, driving_set_up, driving_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_dingtalk),
        TEST(test_wecom),
        TEST(test_feishu),
        TEST(test_feishu_press_that_is_locked),
        TEST(test_feishu_says_who_pressed_by_the_id_we_know),
        TEST(test_feishu_refuses),
        TEST(test_feishu_challenge),
        TEST(test_what_feishu_is_told),
        TEST(test_dingtalk_press),
        TEST(test_dingtalk_refuses),
        TEST(test_what_dingtalk_is_told),
        TEST(test_wecom_checks_the_url),
        TEST(test_wecom_tells_what_somebody_wrote),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
