// Shows other programs what leaves for each chat, and lets them try our ears.
//
//     chats_posts            prints one JSON line for each post: every driver, several letters, with and without
//                            buttons: {"chat", "letter", "buttons", "text", "url", "method", "headers", "body", ...}
//     chats_posts hear       reads lines {"chat", "verify", "unlock", "nowMs", "headers": {...}, "body"}, of a GET with
//                            "params": {...}, and prints for each what the driver says: {"heard": "button" | "hello" |
//                            "nothing" | "", "words": the answer to a hello}
#include "common/must.h"
#include "services/notifier/driver.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

enum { LINE_BYTES = 1 << 20, ITEMS = 200, BUTTONS = 16, NAME_BYTES = 400 };

static const int64_t now_ms = INT64_C(1700000000000);
static const char token[] = "AQECAwQFBgcICQoLDA0ODxAREhMUFRYXGBk";

// What a customer may be called; nothing of it may act in any chat.
static const char *const hostile[] = {
    "<!channel>",
    "<@U1>",
    "@all",
    "@here",
    "@everyone",
    "<@all>",
    "<at user_id=\"all\">",
    "<at>x</at>",
    "@13800000000",
    "[x](javascript:alert(1))",
    "</font>",
    "```",
    "*_~>|",
    "\xe2\x80\xaeRTL",
    "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb",
    "a\r\nb",
    "{{title}}",
    "https://evil.example/x",
    "1.2.3.4/login",
    "evil。example",
    "evil．example",
    "evil｡example",
    "![i](https://evil.example/i.png)",
    "<a href=\"https://evil.example\">x</a>",
};

static struct letter_item item_of(const char *customer)
{
    return (struct letter_item){.reminder_id = "r1",
                                .kind = LETTER_OVERDUE,
                                .customer_id = "C1",
                                .customer = customer,
                                .abc = 'A',
                                .region = "",
                                .before = "",
                                .after = "",
                                .text = customer,
                                .contact = customer,
                                .phone = "13800000000",
                                .event_date = "",
                                .local_date = "2026-05-17",
                                .for_rep = "",
                                .settled = "",
                                .rule = ""};
}

enum letter_case { SHORT, HOSTILE, LONGEST, CASES };
static const char *const case_names[CASES] = {"short", "hostile", "longest"};

static size_t fill(enum letter_case kind, struct letter_item *items)
{
    static char names[ITEMS][NAME_BYTES];
    if (kind == SHORT) {
        items[0] = item_of("宁波远航 Trading");
        items[0].phone = "";
        return 1;
    }
    if (kind == HOSTILE) {
        for (size_t i = 0; i < COUNT(hostile); i++)
            items[i] = item_of(hostile[i]);
        return COUNT(hostile);
    }
    for (size_t i = 0; i < ITEMS; i++) { // what escapes to much, what is wide, and quotes
        snprintf(names[i], NAME_BYTES, "%zu 客户\"\\&<>*_~`|[](){}#@\xf0\x9f\x91\xa9 %s", i,
                 hostile[i % COUNT(hostile)]);
        items[i] = item_of(names[i]);
    }
    return ITEMS;
}

static void write_letter(const struct driver *driver, enum letter_case kind, enum language language, const char *link,
                         char *buffer)
{
    static struct letter_item items[ITEMS];
    struct letter letter = {.language = language,
                            .rep = kind == SHORT ? "王芳" : "<!here> @all",
                            .id = "a1b2c3",
                            .today = 20590,
                            .link = link,
                            .items = items,
                            .item_count = fill(kind, items)};
    struct letter_fit fit = {driver->style, driver->limit, driver->cost, "", 20, 0};
    letter_compose(&letter, &fit, buffer);
}

// --- posts

// One way to use a driver: with its own address of the rep, and with what its files hold.
static const struct way {
    const char *chat; // the judges' name for it
    const struct driver *driver;
    const char *address;
    struct destination to;
} ways[] = {
#define NONE                                                                                                           \
    .url = "", .secret = "", .token = "", .verify = "", .unlock = "", .granted = "", .app = "", .agent = "", .to = "", \
    .file = ""
    {"webhook", &driver_webhook, "", {NONE}},
    {"slack", &driver_slack, "U012AB3CD", {NONE}},
    {"slack_api", &driver_slack_api, "U012AB3CD", {NONE}},
    {"matrix", &driver_matrix, "@wang:corp.example", {NONE}},
    {"ntfy", &driver_ntfy, "wang", {NONE}},
    {"telegram", &driver_telegram, "777", {NONE}},
    {"discord", &driver_discord, "80351110224678912", {NONE}},
    {"discord_bot", &driver_discord_bot, "80351110224678912", {NONE}},
    {"mattermost", &driver_mattermost, "wang.li", {NONE}},
    {"teams", &driver_teams, "wang@corp.example", {NONE}},
    {"dingtalk", &driver_dingtalk, "13800000001", {NONE}},
    {"dingtalk_app", &driver_dingtalk_app, "wang01", {NONE}},
    {"wecom", &driver_wecom, "wangqing", {NONE}},
    {"wecom_app", &driver_wecom_app, "wangqing", {NONE}},
    {"feishu", &driver_feishu, "ou_abc", {NONE}},
    {"feishu_app", &driver_feishu_app, "ou_abc", {NONE}},
    {"xmpp", &driver_xmpp, "wang@corp.example", {NONE}},
};

// What the files of each would hold. Texts that a driver does not read do no harm.
static struct destination destination_of(const struct way *way, bool native)
{
    static const struct {
        const char *chat, *url, *secret, *token, *app, *agent, *to;
    } files[] = {
        {"webhook", "https://example.com/hook", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "", "", "", ""},
        {"slack", "https://hooks.slack.com/services/T/B/X", "", "", "", "", ""},
        {"slack_api", "", "", "xoxb-1", "", "", ""},
        {"matrix", "https://matrix.example", "", "syt_1", "", "", "!room:corp.example"},
        {"ntfy", "https://ntfy.example.com", "", "tk_1", "", "", ""},
        {"telegram", "", "", "123456:ABC-DEF", "", "", ""},
        {"discord", "https://discord.com/api/webhooks/1/T", "", "", "", "", ""},
        {"discord_bot", "", "", "T.T.T", "", "", "80351110224678999"},
        {"mattermost", "https://mattermost.example/hooks/x", "", "", "https://tend.example.com/v1/callbacks/mm", "",
         "sales"},
        {"teams", "https://example.logic.azure.com/workflows/x?sig=y", "", "", "", "", ""},
        {"dingtalk", "https://oapi.dingtalk.com/robot/send?access_token=T",
         "SEC0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "", "", "", ""},
        {"dingtalk_app", "", "appSecret", "", "dingapp1", "template.schema", ""},
        {"wecom", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=K", "", "", "", "", ""},
        {"wecom_app", "", "corpSecret", "", "corp1", "1000002", ""},
        {"feishu", "https://open.feishu.cn/open-apis/bot/v2/hook/T", "Gb3kQ2mZ8xT1vN7cR5pLsA", "", "", "", ""},
        {"feishu_app", "", "appSecret", "", "cli_1", "", ""},
        {"xmpp", "https://xmpp.example/api/send_message", "", "tok", "tend@corp.example", "", ""},
    };
    struct destination to = way->to;
    for (size_t i = 0; i < COUNT(files); i++) {
        if (strcmp(files[i].chat, way->chat) != 0)
            continue;
        to.url = files[i].url;
        to.secret = files[i].secret;
        to.token = files[i].token;
        to.app = files[i].app;
        to.agent = files[i].agent;
        to.to = files[i].to;
    }
    // Telegram's grant is a group's id, which a message to one person has none of.
    to.granted = way->driver->ask != NULL && way->driver != &driver_telegram ? "granted-token" : "";
    to.verify = native ? "verify-secret" : "";
    return to;
}

// As many as the driver has room for, as long as it lets them be.
static size_t make_buttons(struct arena *arena, const struct driver *driver, struct button *buttons)
{
    static const char *const labels[] = {"完成", "没联系上", "明天再说", "改期", "客户没兴趣"};
    size_t count = driver->buttons < BUTTONS ? driver->buttons : BUTTONS;
    for (size_t i = 0; i < count; i++) {
        bool page = i + 1 == count;
        const char *own = arena_format(arena, "%.34s%c", token, (int)('A' + i));
        const char *label = arena_format(arena, "%zu %s", i / 4 + 1, labels[i % 5]);
        buttons[i] = (struct button){.item = page ? 0 : (unsigned)i / 4 + 1,
                                     .action = page ? 0 : (unsigned)i % 5 + 1,
                                     .label = page ? "全部 / all of it" : label,
                                     .token = own,
                                     .url = arena_format(arena, "https://tend.example.com/a/%s", own)};
    }
    return count;
}

static json_t *headers_of(const struct post *post)
{
    json_t *headers = json_object();
    for (size_t i = 0; i < post->header_count; i++) {
        const char *colon = strstr(post->headers[i], ": ");
        must(colon != NULL);
        json_object_setn_new(headers, post->headers[i], (size_t)(colon - post->headers[i]), json_string(colon + 2));
    }
    return headers;
}

static void print(json_t *line)
{
    char *text = json_dumps(line, JSON_COMPACT);
    must(text != NULL);
    puts(text);
    free(text);
    json_decref(line);
}

static void show(const struct way *way, enum letter_case kind, bool with_buttons, bool native)
{
    static char text[LETTER_BYTES];
    struct button buttons[BUTTONS];
    struct arena *arena = arena_open(1 << 18, 1 << 24);
    const char *link = with_buttons ? "https://tend.example.com/a/AQECAwQFBgcICQoLDA0ODxAREhMUFRYXGBk" : "";
    write_letter(way->driver, kind, native ? LANGUAGE_EN : LANGUAGE_ZH, way->driver->buttons == 0 ? link : "", text);
    struct destination to = destination_of(way, native);
    struct parcel parcel = {.id = "a1b2c3d4e5f6",
                            .text = text,
                            .rep_id = "wang",
                            .rep_name = kind == SHORT ? "王芳" : "<!here> @all </at>",
                            .address = way->address,
                            .language = "zh-CN",
                            .link = link,
                            .receipt = "",
                            .buttons = buttons,
                            .button_count = with_buttons ? make_buttons(arena, way->driver, buttons) : 0,
                            .now_ms = now_ms,
                            .attempt = 1};
    struct post post;
    const char *trouble = way->driver->compose(arena, &parcel, &to, &post);
    json_t *line = json_pack("{s:s,s:s,s:b,s:b,s:s,s:i,s:s,s:s,s:I}", "chat", way->chat, "letter", case_names[kind],
                             "buttons", with_buttons, "native", native, "address", way->address, "room",
                             (int)parcel.button_count, "text", text, "secret", to.secret, "nowMs", (json_int_t)now_ms);
    must(line != NULL);
    if (trouble != NULL) {
        json_object_set_new(line, "trouble", json_string(trouble));
    } else {
        json_object_set_new(line, "url", json_string(post.url));
        json_object_set_new(line, "method", json_string(post.method != NULL ? post.method : "POST"));
        json_object_set_new(line, "headers", headers_of(&post));
        json_object_set_new(line, "body", json_stringn(post.body, post.length));
    }
    print(line);
    arena_close(&arena);
}

// --- ears

static json_t *asked; // the line that is heard

static const char *header(const struct request *request, const char *name)
{
    (void)request;
    return json_string_value(json_object_get(json_object_get(asked, "headers"), name));
}

static const char *param(const struct request *request, const char *name)
{
    (void)request;
    return json_string_value(json_object_get(json_object_get(asked, "params"), name));
}

static void hear(void)
{
    static const char *const kinds[] = {[PRESS_NONE] = "nothing", [PRESS_BUTTON] = "button", [PRESS_HELLO] = "hello"};
    const char *chat = json_string_value(json_object_get(asked, "chat"));
    const char *body = json_string_value(json_object_get(asked, "body"));
    for (size_t i = 0; chat != NULL && body != NULL && i < COUNT(ways); i++) {
        if (strcmp(chat, ways[i].chat) != 0)
            continue;
        struct arena *arena = arena_open(1 << 16, 1 << 22);
        struct destination to = destination_of(&ways[i], true);
        const char *verify = json_string_value(json_object_get(asked, "verify"));
        const char *unlock = json_string_value(json_object_get(asked, "unlock"));
        bool asks = body[0] == '\0' && json_object_get(asked, "params") != NULL;
        to.verify = verify != NULL ? verify : to.verify;
        to.unlock = unlock != NULL ? unlock : to.unlock;
        struct request request = {.http = true,
                                  .method = asks ? "GET" : "POST",
                                  .path = "/v1/callbacks/x",
                                  .content_type = header(NULL, "content-type"),
                                  .body = (const uint8_t *)body,
                                  .length = strlen(body),
                                  .param = param,
                                  .header = header};
        struct press press = {.kind = PRESS_NONE};
        const char *trouble =
            ways[i].driver->hear(arena, &request, &to, json_integer_value(json_object_get(asked, "nowMs")), &press);
        print(json_pack("{s:s,s:s,s:s}", "heard", trouble == NULL ? kinds[press.kind] : "", "words",
                        press.kind == PRESS_HELLO ? press.words : "", "trouble", trouble != NULL ? trouble : ""));
        arena_close(&arena);
        return;
    }
    print(json_pack("{s:s,s:s}", "heard", "", "trouble", "no such chat"));
}

int main(int count, char **words)
{
    must(sodium_init() >= 0);
    if (count == 2 && strcmp(words[1], "hear") == 0) {
        static char line[LINE_BYTES];
        while (fgets(line, sizeof line, stdin) != NULL) {
            asked = json_loads(line, 0, NULL);
            hear();
            json_decref(asked);
        }
        return 0;
    }
    for (size_t i = 0; i < COUNT(ways); i++)
        for (enum letter_case kind = SHORT; kind < CASES; kind++)
            for (int way = 0; way < 3; way++) // without buttons, with those that open pages, with those that call back
                if (way == 0 || ways[i].driver->buttons > 0 || way == 1)
                    show(&ways[i], kind, way > 0, way == 2);
    return 0;
}
