// Telegram, Discord, Mattermost and Teams: what leaves, what their answers mean, and what they call back with.
#include "harness/driving.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#define NOW_MS INT64_C(1700000000000)
#define TICKET "AaGyw9Tl9gABAWVTPAAAAQIDBAUGBwgJCgs"
#define PUBLIC_KEY "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8" // of the seed 00 01 .. 1f

static const struct button buttons[] = {
    {.item = 1, .label = "1 完成", .token = TICKET, .url = "https://t.example/a/1"},
    {.item = 1, .label = "1 没接通", .token = TICKET, .url = "https://t.example/a/2"},
    {.item = 2, .label = "2 完成", .token = TICKET, .url = "https://t.example/a/3"},
    {.item = 0, .label = "打开", .token = TICKET, .url = "https://t.example/a/0"},
};
static const struct parcel parcel = {.id = "a1b2c3d4e5f6",
                                     .text = "王芳 *1*\n#a1b2c3",
                                     .rep_id = "wang",
                                     .rep_name = "王芳",
                                     .address = "",
                                     .language = "zh-CN",
                                     .buttons = buttons,
                                     .button_count = 4,
                                     .link = "https://t.example/a/0",
                                     .receipt = "",
                                     .now_ms = NOW_MS,
                                     .attempt = 1};
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

static struct post compose(const struct driver *driver, const char *address, const struct destination *to)
{
    struct parcel addressed = parcel;
    addressed.address = address;
    struct post post;
    assert_null(driver->compose(arena, &addressed, to, &post));
    assert_int_equal(post.length, strlen(post.body));
    return post;
}

static struct post change(const struct driver *driver, const char *address, const char *receipt,
                          const struct destination *to)
{
    struct parcel addressed = parcel;
    addressed.address = address;
    addressed.receipt = receipt;
    addressed.buttons = &buttons[3];
    addressed.button_count = 1;
    struct post post;
    assert_null(driver->amend(arena, &addressed, to, &post));
    static const char *const bad[] = {"", "1", "/", "1/", "x/1", "1/x", "1/2/3", "../1", "-/1"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct post none;
        addressed.receipt = bad[i];
        assert_non_null(driver->amend(arena, &addressed, to, &none));
    }
    return post;
}

static bool has_header(const struct post *post, const char *header)
{
    for (size_t i = 0; i < post->header_count; i++) {
        if (strcmp(post->headers[i], header) == 0)
            return true;
    }
    return false;
}

// --- what leaves
// -------------------------------------------------------------------------------------------------------

#define KEYS(done, missed, other)                                                                             \
    "[[{\"text\":\"1 完成\"," done "},{\"text\":\"1 没接通\"," missed "}],[{\"text\":\"2 完成\"," other "}]," \
    "[{\"text\":\"打开\",\"url\":\"https://t.example/a/0\"}]]"
#define URL_KEYS \
    KEYS("\"url\":\"https://t.example/a/1\"", "\"url\":\"https://t.example/a/2\"", "\"url\":\"https://t.example/a/3\"")
#define DATA "\"callback_data\":\"" TICKET "\""

static void test_telegram(void **state)
{
    (void)state;
    struct destination to = nowhere;
    to.token = "123456:ABC-DEF";
    struct post post = compose(&driver_telegram, "777", &to);
    assert_string_equal(post.url, "https://api.telegram.org/bot123456:ABC-DEF/sendMessage");
    assert_string_equal(post.body, "{\"chat_id\":777,\"text\":\"王芳 *1*\\n#a1b2c3\",\"entities\":[],"
                                   "\"link_preview_options\":{\"is_disabled\":true},\"reply_markup\":{"
                                   "\"inline_keyboard\":" URL_KEYS "}}");
    to.to = "-1001234567890";
    to.verify = "S3cret";
    to.url = "https://bots.example/";
    post = compose(&driver_telegram, "777", &to);
    assert_string_equal(post.url, "https://bots.example/bot123456:ABC-DEF/sendMessage");
    assert_string_equal(post.body,
                        "{\"chat_id\":-1001234567890,\"text\":\"王芳\\n王芳 *1*\\n#a1b2c3\",\"entities\":[{\"type\":"
                        "\"text_mention\",\"offset\":0,\"length\":2,\"user\":{\"id\":777}}],\"link_preview_options\":{"
                        "\"is_disabled\":true},\"reply_markup\":{\"inline_keyboard\":" KEYS(DATA, DATA, DATA) "}}");
    to.granted = "-";
    assert_string_equal(compose(&driver_telegram, "777", &to).body, post.body);
    to.granted = "-100999";
    assert_non_null(
        strstr(compose(&driver_telegram, "@wang_li", &to).body, "{\"chat_id\":-100999,\"text\":\"@wang_li\\n"));
    static const char *const bad[] = {"", "@all", "-100123", "1/2", "@a b", "12345678901234567", "me", "1e3"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct parcel stranger = parcel;
        stranger.address = bad[i];
        to.to = to.granted = "";
        assert_non_null(driver_telegram.compose(arena, &stranger, &to, &post));
        to.to = "@sales_cn";
        post = compose(&driver_telegram, bad[i], &to);
        assert_non_null(strstr(post.body, "{\"chat_id\":\"@sales_cn\",\"text\":\"王芳 *1*"));
    }
    to.token = "1/../../x";
    assert_non_null(driver_telegram.compose(arena, &parcel, &to, &post));
}

static void test_telegram_commands_and_change(void **state)
{
    (void)state;
    struct destination to = nowhere;
    to.token = "123456:ABC-DEF";
    struct parcel command = parcel;
    struct post post;
    command.address = "777";
    command.text = "/start 5/6 a/b /";
    assert_null(driver_telegram.compose(arena, &command, &to, &post));
    assert_non_null(strstr(post.body, "\"text\":\"/\xe2\x80\x8bstart 5/6 a/\xe2\x80\x8b"
                                      "b /\""));
    post = change(&driver_telegram, "777", "-100123/42", &to);
    assert_string_equal(post.url, "https://api.telegram.org/bot123456:ABC-DEF/editMessageText");
    assert_string_equal(post.body, "{\"chat_id\":-100123,\"text\":\"王芳 *1*\\n#a1b2c3\",\"entities\":[],"
                                   "\"link_preview_options\":{\"is_disabled\":true},\"reply_markup\":{"
                                   "\"inline_keyboard\":[[{\"text\":\"打开\",\"url\":\"https://t.example/a/0\"}]]},"
                                   "\"message_id\":42}");
}

#define CONTENT(head, tail) "\"content\":\"" head "王芳 \\\\*1\\\\*\\n\\\\#a1b2c3" tail "\""
#define NOBODY "\"allowed_mentions\":{\"parse\":[]}"
#define SOMEBODY "\"allowed_mentions\":{\"parse\":[],\"users\":[\"80351110224678912\"]}"
#define LINK "\\n[打开](https://t.example/a/0)"

static void test_discord(void **state)
{
    (void)state;
    struct destination to = nowhere;
    to.url = "https://discord.com/api/webhooks/1/T?thread_id=5";
    struct post post = compose(&driver_discord, "80351110224678912", &to);
    assert_string_equal(post.url, "https://discord.com/api/webhooks/1/T?thread_id=5&wait=true");
    assert_string_equal(post.body, "{" CONTENT("<@80351110224678912>\\n", LINK) "," SOMEBODY ",\"flags\":4}");
    assert_true(has_header(&post, "User-Agent: DiscordBot (tend, 1)"));
    post = change(&driver_discord, "", "80351110224678912/80351110224678913", &to);
    assert_string_equal(post.method, "PATCH");
    assert_string_equal(post.url, "https://discord.com/api/webhooks/1/T/messages/80351110224678913?thread_id=5");
    assert_string_equal(post.body, "{" CONTENT("", LINK) "," NOBODY ",\"flags\":4}");
    to.url = "https://discord.com/api/webhooks/1/T";
    static const char *const bad[] = {"", "everyone", "@everyone", "&80351110224678912", "80351110224678912>", "1"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        post = compose(&driver_discord, bad[i], &to);
        assert_string_equal(post.url, "https://discord.com/api/webhooks/1/T?wait=true");
        assert_string_equal(post.body, "{" CONTENT("", LINK) "," NOBODY ",\"flags\":4}");
    }
}

#define OPENS(label, url) "{\"type\":2,\"style\":5,\"label\":\"" label "\",\"url\":\"https://t.example/a/" url "\"}"
#define ACTS(style, label) "{\"type\":2,\"style\":" style ",\"label\":\"" label "\",\"custom_id\":\"" TICKET "\"}"
#define ROW_OF "{\"type\":1,\"components\":["

static void test_discord_bot(void **state)
{
    (void)state;
    struct destination to = nowhere;
    to.token = "T.T.T";
    to.to = "80351110224678999";
    struct post post = compose(&driver_discord_bot, "80351110224678912", &to);
    assert_string_equal(post.url, "https://discord.com/api/v10/channels/80351110224678999/messages");
    assert_true(has_header(&post, "Authorization: Bot T.T.T"));
    assert_string_equal(post.body,
                        "{" CONTENT("<@80351110224678912>\\n", "") "," SOMEBODY ",\"flags\":4,\"components\":[" ROW_OF
                            OPENS("1 完成", "1") "," OPENS("1 没接通", "2") "]}," ROW_OF OPENS("2 完成", "3") "," OPENS(
                                "打开", "0") "]}],\"nonce\":\"a1b2c3d4e5f6\",\"enforce_nonce\":true}");
    to.verify = PUBLIC_KEY;
    post = compose(&driver_discord_bot, "", &to);
    assert_non_null(strstr(post.body, ROW_OF ACTS("1", "1 完成") "," ACTS("2", "1 没接通") "]}," ROW_OF ACTS(
                                          "1", "2 完成") "," OPENS("打开", "0") "]}]"));
    post = change(&driver_discord_bot, "", "80351110224678912/80351110224678913", &to);
    assert_string_equal(post.method, "PATCH");
    assert_string_equal(post.url, "https://discord.com/api/v10/channels/80351110224678912/messages/80351110224678913");
    assert_string_equal(
        post.body, "{" CONTENT("", "") "," NOBODY ",\"flags\":4,\"components\":[" ROW_OF OPENS("打开", "0") "]}]}");
    to.to = "general";
    assert_non_null(driver_discord_bot.compose(arena, &parcel, &to, &post));
}

#define MATTER "王芳 \\\\*1\\\\*\\n\\\\#a1b2c3"
#define CONTEXT "{\"t\":\"" TICKET "\",\"s\":\"S3cret\"}"
#define ACTION(id, label)                                      \
    "{\"id\":\"" id "\",\"type\":\"button\",\"name\":\"" label \
    "\",\"integration\":{\"url\":\"https://t.example/v1/callbacks/mm\",\"context\":" CONTEXT "}}"

static void test_mattermost(void **state)
{
    (void)state;
    struct destination to = nowhere;
    to.url = "https://mm.example/hooks/k";
    struct post post = compose(&driver_mattermost, "", &to);
    static const char body[] = "{\"text\":\"" MATTER "\\n[1 完成](https://t.example/a/1) · [1 "
                               "没接通](https://t.example/a/2)\\n[2 完成](https://t.example/a/3)" LINK "\"}";
    assert_string_equal(post.url, to.url);
    assert_string_equal(post.body, body);
    static const char *const bad[] = {"all", "Here", "channel", "@all", "a b", "x,y", "~town"};
    struct parcel addressed = parcel;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        addressed.address = bad[i];
        assert_non_null(strstr(driver_mattermost.compose(arena, &addressed, &to, &post), "no user name"));
    }
    assert_non_null(strstr(compose(&driver_mattermost, "wang.li", &to).body, ",\"channel\":\"@wang.li\"}"));
    assert_non_null(strstr(compose(&driver_mattermost, "@wang.li", &to).body, ",\"channel\":\"@wang.li\"}"));
    to.verify = "S3cret"; // and nowhere to call back to
    assert_string_equal(compose(&driver_mattermost, "", &to).body, body);
    to.callback = "https://t.example/v1/callbacks/mm";
    to.to = "sales";
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) // nobody is called, the channel is told all the same
        assert_null(strstr(compose(&driver_mattermost, bad[i], &to).body, "\"text\":\"@"));
    post = compose(&driver_mattermost, "@wang.li", &to);
    assert_string_equal(post.body, "{\"text\":\"@wang.li\\n" MATTER LINK "\",\"channel\":\"sales\",\"attachments\":[{"
                                   "\"actions\":[" ACTION("a1", "1 完成") "," ACTION("a2", "1 没接通") "," ACTION(
                                       "a3", "2 完成") "]}]}");
}

#define TEAMS_HEAD                                                                                         \
    "{\"type\":\"message\",\"attachments\":[{\"contentType\":\"application/vnd.microsoft.card.adaptive\"," \
    "\"contentUrl\":null,\"content\":{\"$schema\":\"http://adaptivecards.io/schemas/adaptive-card.json\"," \
    "\"type\":\"AdaptiveCard\",\"version\":\"1.4\",\"body\":["
#define TEAMS_LINE(spacing, text)                                                                                 \
    "{\"type\":\"RichTextBlock\",\"spacing\":\"" spacing "\",\"inlines\":[{\"type\":\"TextRun\",\"text\":\"" text \
    "\"}]},"
#define TEAMS_OPEN(label, url) \
    "{\"type\":\"Action.OpenUrl\",\"title\":\"" label "\",\"url\":\"https://t.example/a/" url "\"}"
#define TEAMS_SET "{\"type\":\"ActionSet\",\"actions\":["
#define TEAMS_REST                                                                                  \
    TEAMS_LINE("Medium", "王芳 *1*")                                                                \
    TEAMS_LINE("None", "#a1b2c3")                                                                   \
    TEAMS_SET TEAMS_OPEN("1 完成", "1") "," TEAMS_OPEN("1 没接通", "2") "]}," TEAMS_SET TEAMS_OPEN( \
        "2 完成", "3") "]}," TEAMS_SET TEAMS_OPEN("打开", "0") "]}],\"msteams\":{\"width\":\"full\""

static void test_teams(void **state)
{
    (void)state;
    struct destination to = nowhere;
    to.url = "https://x.example/workflows/1?sig=S";
    struct post post = compose(&driver_teams, "li@corp.com", &to);
    assert_string_equal(post.url, to.url);
    assert_string_equal(post.body, TEAMS_HEAD
                        "{\"type\":\"TextBlock\",\"text\":\"<at>王芳</at>\",\"wrap\":true}," TEAMS_REST
                        ",\"entities\":[{\"type\":\"mention\",\"text\":\"<at>王芳</at>\",\"mentioned\":{\"id\":"
                        "\"li@corp.com\",\"name\":\"王芳\"}}]}}}]}");
    static const char *const bad[] = {"", "all", "@corp.com", "li@", "a@b@c", "li@corp.com</at>", "29:1b", "0123"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_string_equal(compose(&driver_teams, bad[i], &to).body, TEAMS_HEAD TEAMS_REST "}}}]}");
    struct parcel named = parcel;
    named.address = "0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f";
    named.rep_name = "</at>[x](http://y.z)*&\"";
    assert_null(driver_teams.compose(arena, &named, &to, &post));
    assert_null(strstr(post.body, "</at>[") != NULL ? post.body : NULL);
    assert_null(strstr(post.body, "[x]"));
    named.rep_name = "";
    named.address = "li@corp.com";
    assert_null(driver_teams.compose(arena, &named, &to, &post));
    assert_non_null(strstr(post.body, "<at>li</at>"));
}

// --- letters of strangers
// ----------------------------------------------------------------------------------------------

// The longest letter about customers of that name fits into the chat, with every button and a public URL of 200 bytes.
static struct post longest(const struct driver *driver, const char *name, const struct destination *to)
{
    struct letter_item items[40];
    for (size_t i = 0; i < 40; i++)
        items[i] = (struct letter_item){.reminder_id = "r",
                                        .kind = LETTER_PROMISE,
                                        .customer = name,
                                        .customer_id = name,
                                        .text = name,
                                        .contact = name,
                                        .phone = name,
                                        .event_date = "2026-05-17",
                                        .local_date = "2026-05-17",
                                        .before = name,
                                        .after = name,
                                        .settled = ""};
    struct letter letter = {.rep = name, .id = "a1b2c3", .today = 20590, .link = "", .items = items, .item_count = 40};
    struct letter_fit fit = {driver->style, driver->limit, driver->cost, "", 20, 0};
    char *text = arena_take(arena, LETTER_BYTES), url[300];
    letter_compose(&letter, &fit, text);
    snprintf(url, sizeof url, "https://%0192d/a/" TICKET, 0);
    struct button all[16];
    size_t count = driver->buttons < 13 ? driver->buttons : 13;
    for (size_t i = 0; i < count; i++)
        all[i] = (struct button){
            .item = i + 1 < count ? (unsigned)i / 4 + 1 : 0, .label = "3 Not interested", .token = TICKET, .url = url};
    struct parcel big = parcel;
    big.text = text;
    big.rep_name = name;
    big.buttons = all;
    big.button_count = count;
    big.address = driver == &driver_teams ? "li@corp.com" : "80351110224678912";
    if (driver == &driver_telegram)
        big.address = "777";
    struct post post;
    assert_null(driver->compose(arena, &big, to, &post));
    return post;
}

// Nothing in the text may be taken for a mention, a link or, in Markdown, for markup.
static void assert_inert(const char *text, bool markdown)
{
    static const char *const active[] = {"<!", "<@", "<at", "</",  "@all", "@here", "@everyone",
                                         "@1", "](", "://", ".ex", "`",    "\r",    "\xe2\x80\xae"};
    for (size_t i = 0; i < sizeof active / sizeof active[0]; i++) {
        if (strcasestr(text, active[i]) != NULL)
            fail_msg("\"%s\" is left in: %s", active[i], text);
    }
    for (const char *at = text; markdown && *at != '\0'; at++) {
        if (*at == '\\')
            at++; // what follows is only a character
        else
            assert_null(strchr("*_~|[]#", *at));
    }
}

static void test_longest_letters_of_strangers(void **state)
{
    (void)state;
    static const char *const names[] = {"李雷",
                                        "\xf0\x9f\x98\x80",
                                        "***___~~~|||###",
                                        "\"\\\"\\\"\\",
                                        "<!channel> <@U1>",
                                        "@all @here @everyone @13800000000",
                                        "<at>x</at>",
                                        "/start/stop/x",
                                        "[x](https://y.example) `a` a.example",
                                        "\xe2\x80\xae\r\n> # - x",
                                        "\\*a\\_b\\"};
    struct destination to = nowhere;
    to.url = "https://chat.example/x";
    to.token = "123456:ABC-DEF";
    to.verify = "S3cret";
    to.callback = "https://t.example/v1/callbacks/mm";
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char *name = arena_take(arena, 2000);
        name[0] = '\0';
        while (strlen(name) < 150)
            strcat(name, names[i]);
        to.to = "-1001234567890";
        json_t *value = json_loads(longest(&driver_telegram, name, &to).body, JSON_REJECT_DUPLICATES, NULL);
        const char *text = json_string_value(json_object_get(value, "text"));
        size_t units = 0;
        for (const char *at = text; *at != '\0'; at++)
            units += (size_t)((*at & 0xc0) != 0x80) + (size_t)((unsigned char)*at >= 0xf0);
        assert_in_range(units, 1000, 4096);
        assert_inert(text, false);
        assert_null(strstr(text, "/s"));
        json_decref(value);
        to.to = "80351110224678999";
        const struct driver *marked[] = {&driver_discord, &driver_discord_bot, &driver_mattermost};
        for (size_t j = 0; j < 3; j++) {
            value = json_loads(longest(marked[j], name, &to).body, JSON_REJECT_DUPLICATES, NULL);
            const char *content = json_string_value(json_object_get(value, j < 2 ? "content" : "text"));
            assert_in_range(cost_characters(content, strlen(content)), 1000, j < 2 ? 2000 : 16383);
            char *plain = arena_text(arena, content, strlen(content));
            char *page = strstr(plain, "\n[3 Not interested](https://");
            if (page != NULL)
                *page = '\0';
            assert_true((page != NULL) == (j != 1));
            assert_inert(plain + strcspn(plain, "\n"), true);
            json_decref(value);
        }
        struct post post = longest(&driver_teams, name, &to);
        assert_in_range(post.length, 5000, 20000);
        value = json_loads(post.body, JSON_REJECT_DUPLICATES, NULL);
        assert_non_null(value);
        json_decref(value);
        arena_reset(arena);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, driving_set_up, driving_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_telegram),
        TEST(test_telegram_commands_and_change),
        TEST(test_discord),
        TEST(test_discord_bot),
        TEST(test_mattermost),
        TEST(test_teams),
        TEST(test_longest_letters_of_strangers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
