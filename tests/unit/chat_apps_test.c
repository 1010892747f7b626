// The apps of DingTalk, WeCom and Feishu: what leaves, what each answer means, tokens, changes, and what comes back.
#include "services/notifier/ticket.h"
#include "harness/driving.h"
#include "services/notifier/sign.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NOW_MS 1700000000000
#define TICKET "AQECAwQFBgcICQoLDA0ODxAREhMUFRYXGBk"

static const struct driver *const apps[] = {&driver_dingtalk_app, &driver_wecom_app, &driver_feishu_app};
enum { APPS = sizeof apps / sizeof apps[0] };

static const struct button few[] = {{1, TICKET_DONE, "完成", TICKET, "https://t.example/a/1"},
                                    {1, TICKET_SNOOZED, "明天再说", TICKET, "https://t.example/a/2"},
                                    {0, TICKET_OPEN, "打开", TICKET, "https://t.example/a/3"}};

static const struct parcel parcel = {.id = "a1b2c3d4e5f6",
                                     .text = "【客户提醒】王芳\n\"好\"\n  #a1b2c3",
                                     .rep_id = "wang",
                                     .rep_name = "王芳",
                                     .address = "manager7890",
                                     .language = "zh-CN",
                                     .buttons = few,
                                     .button_count = 3,
                                     .link = "https://t.example/a/3",
                                     .receipt = "a1b2c3d4e5f6",
                                     .now_ms = NOW_MS,
                                     .attempt = 1};

static struct destination destination(const char *app, const char *agent)
{
    return (struct destination){.url = "",
                                .secret = "s3cret",
                                .token = "",
                                .verify = "",
                                .granted = "tok-1",
                                .app = app,
                                .agent = agent,
                                .to = "",
                                .file = ""};
}

static bool has_header(const struct post *post, const char *header)
{
    for (size_t i = 0; i < post->header_count; i++) {
        if (strcmp(post->headers[i], header) == 0)
            return true;
    }
    return false;
}

// --- tokens
// ----------------------------------------------------------------------------------------------------------------

static void test_asking_for_a_token(void **state)
{
    (void)state;
    struct destination to = destination("dingkey", "");
    struct post post;
    assert_null(driver_dingtalk_app.ask(arena, &to, NOW_MS, &post));
    assert_string_equal(post.url, "https://api.dingtalk.com/v1.0/oauth2/accessToken");
    assert_string_equal(post.body, "{\"appKey\":\"dingkey\",\"appSecret\":\"s3cret\"}");
    assert_null(driver_wecom_app.ask(arena, &to, NOW_MS, &post));
    assert_string_equal(post.method, "GET");
    assert_string_equal(post.url, "https://qyapi.weixin.qq.com/cgi-bin/gettoken?corpid=dingkey&corpsecret=s3cret");
    assert_string_equal(post.body, "");
    assert_int_equal(post.length, 0);
    to.url = "https://open.larksuite.com/";
    assert_null(driver_feishu_app.ask(arena, &to, NOW_MS, &post));
    assert_string_equal(post.url, "https://open.larksuite.com/open-apis/auth/v3/tenant_access_token/internal");
    assert_string_equal(post.body, "{\"app_id\":\"dingkey\",\"app_secret\":\"s3cret\"}");
    for (size_t i = 0; i < APPS; i++) {
        to.app = "two words&more";
        const char *trouble = apps[i]->ask(arena, &to, NOW_MS, &post);
        assert_non_null(trouble);
        assert_null(strstr(trouble, "s3cret"));
    }
    to.app = "ww1";
    to.secret = "a&b=c";
    assert_non_null(driver_wecom_app.ask(arena, &to, NOW_MS, &post));
}

static void test_tokens(void **state)
{
    (void)state;
    static const struct {
        size_t app;
        int status;
        const char *body;
        enum outcome outcome;
        int64_t lasts_ms;
    } rows[] = {
        {0, 200, "{\"accessToken\":\"tok.1-_\",\"expireIn\":7200}", OUTCOME_OK, 7200000},
        {0, 400, "{\"code\":\"invalidClientIdOrSecret\",\"message\":\"x\",\"requestid\":\"r\"}", OUTCOME_CONFIG, 0},
        {0, 403, "{\"code\":\"Forbidden.AccessDenied.IpNotInWhiteList\",\"message\":\"x\"}", OUTCOME_CONFIG, 0},
        {0, 200, "{\"accessToken\":\"tok.1\"}", OUTCOME_UNKNOWN, 0},
        {0, 200, "{\"accessToken\":\"a\\r\\nb: c\",\"expireIn\":7200}", OUTCOME_UNKNOWN, 0},
        {0, 200, "{\"accessToken\":\"tok.1\",\"expireIn\":0}", OUTCOME_UNKNOWN, 0},
        {0, 200, "{\"accessToken\":\"tok.1\",\"expireIn\":99999999}", OUTCOME_UNKNOWN, 0},
        {0, 500, "{\"code\":\"ServiceUnavailable\",\"message\":\"x\"}", OUTCOME_RETRY, 0},
        {0, 503, "", OUTCOME_RETRY, 0},
        {1, 200, "{\"errcode\":0,\"errmsg\":\"ok\",\"access_token\":\"tok_1\",\"expires_in\":7200}", OUTCOME_OK,
         7200000},
        {1, 200, "{\"errcode\":40001,\"errmsg\":\"invalid credential\"}", OUTCOME_CONFIG, 0},
        {1, 200, "{\"errcode\":40013,\"errmsg\":\"invalid corpid\"}", OUTCOME_CONFIG, 0},
        {1, 200, "{\"errcode\":60020,\"errmsg\":\"not allow to access from your ip\"}", OUTCOME_CONFIG, 0},
        {1, 200, "{\"errcode\":-1,\"errmsg\":\"system busy\"}", OUTCOME_RETRY, 0},
        {1, 200, "{\"errcode\":0,\"errmsg\":\"ok\",\"access_token\":\"a&b\",\"expires_in\":7200}", OUTCOME_UNKNOWN, 0},
        {1, 200, "<html>log in</html>", OUTCOME_UNKNOWN, 0},
        {2, 200, "{\"code\":0,\"msg\":\"ok\",\"tenant_access_token\":\"t-1\",\"expire\":7200}", OUTCOME_OK, 7200000},
        {2, 200, "{\"code\":10003,\"msg\":\"invalid app_id\"}", OUTCOME_CONFIG, 0},
        {2, 200, "{\"code\":10014,\"msg\":\"app secret invalid\"}", OUTCOME_CONFIG, 0},
        {2, 200, "{\"code\":0,\"msg\":\"ok\"}", OUTCOME_UNKNOWN, 0},
        {2, 502, "", OUTCOME_RETRY, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct answer answer = {
            .status = rows[i].status, .body = rows[i].body, .length = strlen(rows[i].body), .retry_after_ms = -1};
        struct verdict verdict;
        struct grant grant = {.token = ""};
        apps[rows[i].app]->granted(&answer, &verdict, &grant);
        if (verdict.outcome != rows[i].outcome || grant.lasts_ms != rows[i].lasts_ms)
            fail_msg("%s: %s (%s)", rows[i].body, outcome_name(verdict.outcome), verdict.detail);
        assert_int_equal(verdict.outcome == OUTCOME_OK, grant.token[0] != '\0');
        assert_null(strstr(verdict.detail, "tok"));
    }
}

// --- what leaves
// -----------------------------------------------------------------------------------------------------------

static void test_dingtalk_to_a_rep(void **state)
{
    (void)state;
    struct destination to = destination("dingkey", "1366a1eb.schema");
    struct post post;
    assert_null(driver_dingtalk_app.compose(arena, &parcel, &to, &post));
    assert_string_equal(post.url, "https://api.dingtalk.com/v1.0/card/instances/createAndDeliver");
    assert_null(post.method);
    assert_true(has_header(&post, "x-acs-dingtalk-access-token: tok-1"));
    assert_int_equal(post.length, strlen(post.body));
    assert_string_equal(
        post.body,
        "{\"cardTemplateId\":\"1366a1eb.schema\",\"outTrackId\":\"a1b2c3d4e5f6\",\"userIdType\":1,\"cardData\":{"
        "\"cardParamMap\":{\"title\":\"【客户提醒】王芳\",\"markdown\":\"\\\"好\\\"\\n\\n＃a1b2c3\",\"tips\":\"\","
        "\"sys_full_json_obj\":\"{\\\"msgButtons\\\":[{\\\"text\\\":\\\"完成\\\",\\\"color\\\":\\\"gray\\\","
        "\\\"url\\\":\\\"https://t.example/a/1\\\"},{\\\"text\\\":\\\"明天再说\\\",\\\"color\\\":\\\"gray\\\","
        "\\\"url\\\":\\\"https://t.example/a/2\\\"},{\\\"text\\\":\\\"打开\\\",\\\"color\\\":\\\"gray\\\","
        "\\\"url\\\":\\\"https://t.example/a/3\\\"}]}\"}},\"openSpaceId\":\"dtv1.card//IM_ROBOT.manager7890\","
        "\"imRobotOpenSpaceModel\":{\"supportForward\":false,\"lastMessageI18n\":{\"ZH_CN\":\"【客户提醒】王芳\","
        "\"EN_US\":\"【客户提醒】王芳\"},\"notification\":{\"alertContent\":\"【客户提醒】王芳\"}},"
        "\"imRobotOpenDeliverModel\":{\"spaceType\":\"IM_ROBOT\",\"robotCode\":\"dingkey\"}}");
}

static void test_dingtalk_to_a_group_with_callbacks(void **state)
{
    (void)state;
    struct destination to = destination("dingkey", "1366a1eb.schema");
    struct post post;
    to.to = "cidp4Gh+/VCQ==";
    to.verify = "hidden";
    assert_null(driver_dingtalk_app.compose(arena, &parcel, &to, &post));
    assert_non_null(strstr(post.body, "\"openSpaceId\":\"dtv1.card//IM_GROUP.cidp4Gh+/VCQ==\""));
    assert_non_null(strstr(post.body, "\"callbackType\":\"HTTP\",\"callbackRouteKey\":\"dingkey\""));
    assert_non_null(strstr(post.body, "\"imGroupOpenDeliverModel\":{\"robotCode\":\"dingkey\",\"atUserIds\":{"
                                      "\"manager7890\":\"王芳\"}}"));
    assert_non_null(strstr(post.body, "{\\\"text\\\":\\\"完成\\\",\\\"color\\\":\\\"blue\\\",\\\"id\\\":\\\"" TICKET
                                      "\\\",\\\"request\\\":true}"));
    assert_non_null(strstr(post.body, "\\\"url\\\":\\\"https://t.example/a/3\\\"")); // the page is a page
    assert_null(strstr(post.body, "https://t.example/a/1"));
    assert_null(strstr(post.body, "hidden"));
    struct parcel nobody = parcel;
    nobody.address = "@ALL";
    assert_null(driver_dingtalk_app.compose(arena, &nobody, &to, &post));
    assert_null(strstr(post.body, "atUserIds"));
    to.to = "cid;im_robot.x";
    assert_non_null(driver_dingtalk_app.compose(arena, &parcel, &to, &post));
}

static void test_wecom(void **state)
{
    (void)state;
    struct destination to = destination("ww1", "1000002");
    struct post post;
    assert_null(driver_wecom_app.compose(arena, &parcel, &to, &post));
    assert_string_equal(post.url, "https://qyapi.weixin.qq.com/cgi-bin/message/send?access_token=tok-1");
    assert_string_equal(post.body,
                        "{\"touser\":\"manager7890\",\"msgtype\":\"text\",\"agentid\":1000002,\"text\":{\"content\":"
                        "\"【客户提醒】王芳\\n\\\"好\\\"\\n  #a1b2c3\"},\"enable_duplicate_check\":1,"
                        "\"duplicate_check_interval\":14400}");
    to.agent = "1e3";
    assert_non_null(driver_wecom_app.compose(arena, &parcel, &to, &post));
    to.agent = "";
    assert_non_null(driver_wecom_app.compose(arena, &parcel, &to, &post));
}

// The card inside a Feishu message or change.
static json_t *card_of(const struct post *post)
{
    json_t *body = json_loadb(post->body, post->length, JSON_REJECT_DUPLICATES, NULL);
    json_t *card = json_loads(json_string_value(json_object_get(body, "content")), JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(card);
    json_decref(body);
    return card;
}

static void assert_card(const struct post *post, const char *expected)
{
    json_t *card = card_of(post);
    char *text = json_dumps(card, JSON_COMPACT);
    assert_string_equal(text, expected);
    free(text);
    json_decref(card);
}

#define DIV \
    "{\"tag\":\"div\",\"text\":{\"tag\":\"plain_text\",\"content\":\"【客户提醒】王芳\\n\\\"好\\\"\\n  #a1b2c3\"}}"
#define CARD(elements)                                                                \
    "{\"schema\":\"2.0\",\"config\":{\"update_multi\":true,\"summary\":{\"content\":" \
    "\"【客户提醒】王芳\"}},\"body\":{"                                       \
    "\"elements\":[" DIV elements "]}}"
#define COLUMN(type, label, behavior)                                                           \
    "{\"tag\":\"column\",\"width\":\"auto\",\"elements\":[{\"tag\":\"button\",\"type\":\"" type \
    "\",\"text\":{\"tag\":\"plain_text\",\"content\":\"" label "\"},\"behaviors\":[{" behavior "}]}]}"
#define ROW(columns) ",{\"tag\":\"column_set\",\"flex_mode\":\"flow\",\"columns\":[" columns "]}"
#define OPENS(page) "\"type\":\"open_url\",\"default_url\":\"https://t.example/a/" page "\""
#define CALLS(as) "\"type\":\"callback\",\"value\":{\"ticket\":\"" TICKET "\",\"as\":\"" as "\"}"

static void test_feishu(void **state)
{
    (void)state;
    struct destination to = destination("cli_a1", "");
    struct parcel ours = parcel;
    struct post post;
    ours.address = "ou_abc";
    assert_null(driver_feishu_app.compose(arena, &ours, &to, &post));
    assert_string_equal(post.url, "https://open.feishu.cn/open-apis/im/v1/messages?receive_id_type=open_id");
    assert_true(has_header(&post, "Authorization: Bearer tok-1"));
    assert_true(has_header(&post, "Content-Type: application/json; charset=utf-8"));
    assert_non_null(strstr(post.body, "{\"receive_id\":\"ou_abc\",\"msg_type\":\"interactive\",\"content\":\"{"));
    assert_non_null(strstr(post.body, ",\"uuid\":\"a1b2c3d4e5f6\"}"));
    assert_card(&post, CARD(ROW(COLUMN("primary", "完成", OPENS("1")) "," COLUMN("default", "明天再说", OPENS("2")))
                                ROW(COLUMN("default", "打开", OPENS("3")))));
    to.verify = "ek_test_key";
    assert_null(driver_feishu_app.compose(arena, &ours, &to, &post));
    assert_card(&post, CARD(ROW(COLUMN("primary", "完成", CALLS("open_id")) "," COLUMN(
                           "default", "明天再说", CALLS("open_id"))) ROW(COLUMN("default", "打开", OPENS("3")))));
    ours.address = "wang@example.com"; // callbacks do not tell these: the buttons open the page
    assert_null(driver_feishu_app.compose(arena, &ours, &to, &post));
    assert_non_null(strstr(post.url, "receive_id_type=email"));
    assert_card(&post, CARD(ROW(COLUMN("primary", "完成", OPENS("1")) "," COLUMN("default", "明天再说", OPENS("2")))
                                ROW(COLUMN("default", "打开", OPENS("3")))));
}

static void test_feishu_group(void **state)
{
    (void)state;
    struct destination to = destination("cli_a1", "");
    struct parcel ours = parcel;
    struct post post;
    to.to = "oc_5ad11d72";
    ours.button_count = 0;
    ours.address = "on_9";
    assert_null(driver_feishu_app.compose(arena, &ours, &to, &post));
    assert_non_null(strstr(post.url, "receive_id_type=chat_id"));
    assert_non_null(strstr(post.body, "\"receive_id\":\"oc_5ad11d72\""));
    assert_card(&post, CARD(",{\"tag\":\"markdown\",\"content\":\"<at id=on_9></at>\"}"));
    static const char *const silent[] = {"", "all", "ALL", "wang@example.com", "@all", "a b", "x></at><at id=all"};
    for (size_t i = 0; i < sizeof silent / sizeof silent[0]; i++) {
        ours.address = silent[i];
        assert_null(driver_feishu_app.compose(arena, &ours, &to, &post));
        assert_card(&post, CARD(""));
    }
    to.to = "ou_abc";
    assert_non_null(driver_feishu_app.compose(arena, &ours, &to, &post));
}

static void test_addresses(void **state)
{
    (void)state;
    static const struct {
        const char *address;
        bool good[APPS];
    } rows[] = {
        {"manager7890", {true, true, true}},
        {"wang.fang_1-2", {true, true, false}},
        {"wang@example.com", {false, true, true}},
        {"ou_3c14f3a5", {true, true, true}},
        {"", {false, false, false}},
        {"@all", {false, false, false}},
        {"all", {true, true, false}},
        {"oc_5ad11d72", {true, true, false}},
        {"a|b", {false, false, false}},
        {"a;IM_GROUP.b", {false, false, false}},
        {"a b", {false, false, false}},
        {"a\"b", {false, false, false}},
        {"a\nb", {false, false, false}},
        {"a/../b", {false, false, false}},
        {"a&receive_id_type=b", {false, false, false}},
        {"王芳", {false, false, false}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (size_t j = 0; j < APPS; j++) {
            struct destination to = destination("app1", "1000002");
            struct parcel ours = parcel;
            struct post post;
            ours.address = rows[i].address;
            if ((apps[j]->compose(arena, &ours, &to, &post) == NULL) != rows[i].good[j])
                fail_msg("%s: %s", apps[j]->name, rows[i].address);
        }
    }
}

// --- sizes and hostile words
// -----------------------------------------------------------------------------------------------

// The longest letter of hostile names, as this driver's letters are.
static const char *longest(const struct driver *driver, const char *name)
{
    enum { ITEMS = 60 };
    static struct letter_item items[ITEMS];
    struct letter_figure figure = {"net_sales", 5, LETTER_COUNT, ""};
    for (size_t i = 0; i < ITEMS; i++) {
        items[i] = (struct letter_item){.reminder_id = "r",
                                        .kind = LETTER_PROMISE,
                                        .event_date = "2026-05-17",
                                        .local_date = "",
                                        .settled = "",
                                        .figures = &figure,
                                        .figure_count = 1};
        items[i].customer = items[i].customer_id = items[i].text = items[i].contact = items[i].phone = name;
        items[i].before = items[i].after = name;
    }
    struct letter letter = {.language = LANGUAGE_ZH,
                            .rep = name,
                            .id = "a1b2c3",
                            .link = driver->buttons > 0 ? "" : "https://t.example/a/3",
                            .today = 20590,
                            .items = items,
                            .item_count = ITEMS};
    struct letter_fit fit = {driver->style, driver->limit, driver->cost, "", 20, 0};
    char *text = arena_take(arena, LETTER_BYTES);
    letter_compose(&letter, &fit, text);
    return text;
}

static const char *const names[] = {"<!channel> <at id=all></at> <at user_id=\"all\">",
                                    "[x](https://evil.example) ![y](https://evil.example/p.png)",
                                    "*_~`# > | \\ <font color=red>",
                                    "\"\"\"\"\\\\\\\\\"\"\"\"",
                                    "@all @ALL @everyone ${title} &lt;at&gt;",
                                    "宁波远航宁波远航宁波远航",
                                    "# h\r\n- - -\n    code\n1. x"};

static void test_longest_letters(void **state)
{
    (void)state;
    struct button many[13];
    char label[] = "9 Not interested", url[201] = "https://t.example/";
    memset(url + strlen(url), 'x', sizeof url - 1 - strlen(url));
    for (unsigned i = 0; i < 13; i++)
        many[i] = (struct button){i < 12 ? i / 4 + 1 : 0, TICKET_DONE, label, TICKET, url};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct parcel ours = parcel;
        struct post post;
        struct destination to = destination("app1", "1000002");
        ours.buttons = many;
        ours.button_count = 13;
        for (int verified = 0; verified < 2; verified++) {
            to.verify = verified > 0 ? "v" : "";
            ours.text = longest(&driver_dingtalk_app, names[i]);
            assert_true(strlen(ours.text) > 300);
            assert_null(driver_dingtalk_app.compose(arena, &ours, &to, &post));
            json_t *body = json_loadb(post.body, post.length, 0, NULL), *value;
            const char *key;
            json_object_foreach (json_object_get(json_object_get(body, "cardData"), "cardParamMap"), key, value)
                assert_in_range(json_string_length(value), 0, 1000);
            json_decref(body);
            ours.text = longest(&driver_feishu_app, names[i]);
            assert_true(strlen(ours.text) > 4000);
            assert_null(driver_feishu_app.compose(arena, &ours, &to, &post));
            assert_in_range(post.length, 4000, 30 * 1024);
        }
        ours.text = longest(&driver_wecom_app, names[i]);
        assert_in_range(strlen(ours.text), 300, 2048);
        assert_null(driver_wecom_app.compose(arena, &ours, &to, &post));
        assert_null(strpbrk(ours.text, "<>"));
    }
}

// Of many buttons those that have room stay, and always the one that opens the page.
static void test_dingtalk_drops_buttons_before_the_page(void **state)
{
    (void)state;
    struct button many[13];
    struct destination to = destination("dingkey", "t");
    struct parcel ours = parcel;
    struct post post;
    to.verify = "v";
    for (unsigned i = 0; i < 13; i++)
        many[i] =
            (struct button){i < 12 ? i / 4 + 1 : 0, TICKET_SNOOZED, "1 明天再说", TICKET, "https://t.example/page"};
    ours.buttons = many;
    ours.button_count = 13;
    assert_null(driver_dingtalk_app.compose(arena, &ours, &to, &post));
    json_t *body = json_loadb(post.body, post.length, 0, NULL);
    const json_t *map = json_object_get(json_object_get(body, "cardData"), "cardParamMap");
    json_t *inner = json_loads(json_string_value(json_object_get(map, "sys_full_json_obj")), 0, NULL);
    const json_t *list = json_object_get(inner, "msgButtons");
    size_t count = json_array_size(list);
    assert_in_range(count, 7, 12);
    assert_string_equal(json_string_value(json_object_get(json_array_get(list, count - 1), "url")),
                        "https://t.example/page");
    for (size_t i = 0; i + 1 < count; i++)
        assert_true(json_is_true(json_object_get(json_array_get(list, i), "request")));
    json_decref(inner);
    json_decref(body);
}

// Nothing in the letter is markup: Feishu's texts are plain_text, and DingTalk's Markdown has nothing to act on.
static void walk(const json_t *value)
{
    const char *key;
    json_t *child;
    size_t index;
    json_object_foreach ((json_t *)(uintptr_t)value, key, child) {
        if (strcmp(key, "tag") == 0)
            assert_true(strcmp(json_string_value(child), "markdown") != 0 &&
                        strcmp(json_string_value(child), "lark_md") != 0);
        walk(child);
    }
    json_array_foreach (value, index, child)
        walk(child);
}

static void test_hostile_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct parcel ours = parcel;
        struct post post;
        struct destination to = destination("app1", "t");
        ours.text = longest(&driver_dingtalk_app, names[i]);
        ours.rep_name = names[i];
        assert_null(driver_dingtalk_app.compose(arena, &ours, &to, &post));
        json_t *body = json_loadb(post.body, post.length, 0, NULL);
        const json_t *map = json_object_get(json_object_get(body, "cardData"), "cardParamMap");
        const char *markdown = json_string_value(json_object_get(map, "markdown"));
        assert_null(strpbrk(markdown, "\\`*_#~[]|<>&"));
        assert_null(strstr(markdown, "\n "));
        assert_null(strpbrk(json_string_value(json_object_get(map, "title")), "\\`*_#~[]|<>&\n"));
        json_decref(body);
        ours.text = longest(&driver_feishu_app, names[i]);
        assert_null(driver_feishu_app.compose(arena, &ours, &to, &post));
        json_t *card = card_of(&post);
        walk(card);
        json_decref(card);
    }
}

// --- changes
// ---------------------------------------------------------------------------------------------------------------

static void test_changes(void **state)
{
    (void)state;
    struct destination to = destination("app1", "t");
    struct parcel ours = parcel;
    struct post post;
    ours.buttons = few + 2; // the reminder is settled
    ours.button_count = 1;
    to.verify = "v";
    assert_null(driver_dingtalk_app.amend(arena, &ours, &to, &post));
    assert_string_equal(post.method, "PUT");
    assert_string_equal(post.url, "https://api.dingtalk.com/v1.0/card/instances");
    assert_string_equal(
        post.body,
        "{\"outTrackId\":\"a1b2c3d4e5f6\",\"cardData\":{\"cardParamMap\":{\"title\":\"【客户提醒】王芳\",\"markdown\":"
        "\"\\\"好\\\"\\n\\n＃a1b2c3\",\"tips\":\"\",\"sys_full_json_obj\":\"{\\\"msgButtons\\\":[{\\\"text\\\":"
        "\\\"打开\\\",\\\"color\\\":\\\"gray\\\",\\\"url\\\":\\\"https://t.example/a/3\\\"}]}\"}},"
        "\"cardUpdateOptions\":{\"updateCardDataByKey\":true}}");
    ours.receipt = "om_dc13264520392913";
    ours.button_count = 0;
    assert_null(driver_feishu_app.amend(arena, &ours, &to, &post));
    assert_string_equal(post.method, "PATCH");
    assert_string_equal(post.url, "https://open.feishu.cn/open-apis/im/v1/messages/om_dc13264520392913");
    assert_card(&post, CARD(""));
    ours.receipt = "../../x";
    assert_non_null(driver_feishu_app.amend(arena, &ours, &to, &post));
    assert_null(driver_wecom_app.amend);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, driving_set_up, driving_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_asking_for_a_token),
        TEST(test_tokens),
        TEST(test_dingtalk_to_a_rep),
        TEST(test_dingtalk_to_a_group_with_callbacks),
        TEST(test_wecom),
        TEST(test_feishu),
        TEST(test_feishu_group),
        TEST(test_addresses),
        TEST(test_longest_letters),
        TEST(test_dingtalk_drops_buttons_before_the_page),
        TEST(test_hostile_words),
        TEST(test_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
