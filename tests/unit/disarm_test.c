// Hostile names: whatever a customer is called, no chat may see a mention, a link or markup of the customer's making.
#include "services/notifier/driver.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "common/utf8.h"

#define ZW "\xe2\x80\x8b"

static const char *plain(const char *text, enum disarm_style style, size_t most)
{
    static char buffer[8192];
    size_t length = disarm(text, strlen(text), style, most, buffer, sizeof buffer);
    assert_int_equal(length, strlen(buffer));
    return buffer;
}

static void test_what_becomes_of_it(void **state)
{
    (void)state;
    static const struct {
        const char *text, *plain, *chat, *slack;
    } table[] = {
        {"宁波远航", "宁波远航", "宁波远航", "宁波远航"},
        {"Johnson & Sons (*est. 1990*)", "Johnson & Sons (*est. 1990*)", "Johnson & Sons (*est. 1990*)",
         "Johnson &amp; Sons (*est. 1990*)"},
        {"<!channel>", "<!channel>", "＜!channel＞", "&lt;!channel&gt;"},
        {"a@all", "a@all", "a@" ZW "all", "a@" ZW "all"},
        {"＠all", "＠all", "＠" ZW "all", "＠" ZW "all"},
        {"[x](http://e.cn)", "[x](http://e.cn)", "[x]" ZW "(http:" ZW "//e." ZW "cn)",
         "[x]" ZW "(http:" ZW "//e." ZW "cn)"},
        {"www.evil.com", "www.evil.com", "www." ZW "evil." ZW "com", "www." ZW "evil." ZW "com"},
        {"3.5 mm", "3.5 mm", "3.5 mm", "3.5 mm"},
        {"2026.05.17 0.42", "2026.05.17 0.42", "2026.05.17 0.42", "2026.05.17 0.42"},
        {"1.2 3.4 5.6. 7", "1.2 3.4 5.6. 7", "1.2 3.4 5.6. 7", "1.2 3.4 5.6. 7"},
        {"1.2.3.4/login", "1.2.3.4/login", "1.2.3." ZW "4/login", "1.2.3." ZW "4/login"},
        {"v1.2.3.4.5.6.7", "v1.2.3.4.5.6.7", "v1.2.3." ZW "4.5.6." ZW "7", "v1.2.3." ZW "4.5.6." ZW "7"},
        {"192。0．2｡10", "192。0．2｡10", "192。0．2｡" ZW "10", "192。0．2｡" ZW "10"},
        {"evil。com", "evil。com", "evil。" ZW "com", "evil。" ZW "com"},
        {"evil．com", "evil．com", "evil．" ZW "com", "evil．" ZW "com"},
        {"evil｡ｃｏｍ", "evil｡ｃｏｍ", "evil｡" ZW "ｃｏｍ", "evil｡" ZW "ｃｏｍ"},
        {"evil.中国", "evil.中国", "evil." ZW "中国", "evil." ZW "中国"},
        {"很好。谢谢。", "很好。谢谢。", "很好。谢谢。", "很好。谢谢。"},
        {"a`b`", "a`b`", "a'b'", "a'b'"},
        {"a\r\nb\tc\v\fd", "a b c d", "a b c d", "a b c d"},
        {"  a   b  ", "a b", "a b", "a b"},
        {"a\xe2\x80\xa8"
         "b\xe2\x80\xa9"
         "c",
         "a b c", "a b c", "a b c"},
        {"\xe2\x80\xae"
         "evil\xe2\x80\xac\xe2\x81\xa6x\xe2\x81\xa9",
         "evilx", "evilx", "evilx"},
        {"\x1b[31mred\x7f\xc2\x9b"
         "1m",
         "[31mred1m", "[31mred1m", "[31mred1m"},
        {"a\xff"
         "b\xc0\xaf"
         "c\xed\xa0\x80",
         "a\xef\xbf\xbd"
         "b\xef\xbf\xbd\xef\xbf\xbd"
         "c\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd",
         "a\xef\xbf\xbd"
         "b\xef\xbf\xbd\xef\xbf\xbd"
         "c\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd",
         "a\xef\xbf\xbd"
         "b\xef\xbf\xbd\xef\xbf\xbd"
         "c\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
        {"x@", "x@", "x@" ZW, "x@" ZW},
        {"a" ZW "b\xef\xbb\xbf", "ab", "ab", "ab"},
        {"", "", "", ""},
        {" \n ", "", "", ""},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        assert_string_equal(plain(table[i].text, DISARM_PLAIN, 0), table[i].plain);
        assert_string_equal(plain(table[i].text, DISARM_CHAT, 0), table[i].chat);
        assert_string_equal(plain(table[i].text, DISARM_SLACK, 0), table[i].slack);
    }
}

#define FAMILY "\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7"
#define FLAG "\xf0\x9f\x87\xa8\xf0\x9f\x87\xb3"

static void test_cut_between_characters_as_people_count(void **state)
{
    (void)state;
    assert_string_equal(plain("宁波远航", DISARM_CHAT, 4), "宁波远航");
    assert_string_equal(plain("宁波远航", DISARM_CHAT, 3), "宁波远…");
    assert_string_equal(plain(FAMILY FAMILY "x", DISARM_CHAT, 1), FAMILY "…");
    assert_string_equal(plain(FLAG FLAG FLAG, DISARM_CHAT, 2), FLAG FLAG "…");
    assert_string_equal(plain("e\xcc\x81"
                              "ab",
                              DISARM_CHAT, 2),
                        "e\xcc\x81"
                        "a…");
    static const char *const whole[] = {
        "நி", "কি", "क्षि", "\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab", "ด้วย", FAMILY "\xf0\x9f\x8f\xbd"};
    for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++) {
        char text[200], expected[200];
        size_t characters = i == 4 ? 3 : 1;
        snprintf(text, sizeof text, "%sab", whole[i]);
        snprintf(expected, sizeof expected, "%s…", whole[i]);
        assert_string_equal(plain(text, DISARM_CHAT, characters), expected);
        for (size_t room = 4; room < strlen(whole[i]); room++) { // too little for it: nothing of it
            char buffer[200];
            disarm(whole[i], strlen(whole[i]), DISARM_PLAIN, 0, buffer, room);
            if (i != 4)
                assert_string_equal(buffer, "…");
        }
    }
    char tower[400] = "Z";
    for (int i = 0; i < 100; i++)
        strcat(tower, "\xcc\x81");
    assert_int_equal(strlen(plain(tower, DISARM_CHAT, 0)), 1 + 2 * DISARM_MARKS);
    // Short of room it is cut as well, never inside a character.
    for (size_t room = 4; room < 40; room++) {
        char buffer[64];
        size_t length = disarm("宁波<远航>&" FAMILY, strlen("宁波<远航>&" FAMILY), DISARM_SLACK, 0, buffer, room);
        assert_true(length < room);
        for (size_t at = 0; at < length; at += utf8_length(buffer + at, length - at))
            assert_true(utf8_length(buffer + at, length - at) > 0);
        assert_true(strrchr(buffer, '&') == NULL || strchr(strrchr(buffer, '&'), ';') != NULL);
    }
}

// What a terminal shows of a text that was sent.
static void test_shown_again(void **state)
{
    (void)state;
    static const struct {
        const char *sent;
        enum disarm_style style;
        const char *shown;
    } rows[] = {{"Li &amp; &lt;Co&gt;", DISARM_SLACK, "Li & <Co>"},
                {"&amp;amp;", DISARM_SLACK, "&amp;"},
                {"&; & &am", DISARM_SLACK, "&; & &am"},
                {"Li &amp; Co", DISARM_CHAT, "Li &amp; Co"}, // is what was said
                {"Li &amp; Co", DISARM_PLAIN, "Li &amp; Co"},
                {"", DISARM_SLACK, ""}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[100];
        snprintf(text, sizeof text, "%s", rows[i].sent);
        disarm_show(text, rows[i].style);
        assert_string_equal(text, rows[i].shown);
    }
    assert_string_equal(plain("Li & <Co>", DISARM_SLACK, 0), rows[0].sent);
}

static const char *const corpus[] = {
    "<!channel>",
    "<!here|x>",
    "<!subteam^S1>",
    "<@U1>",
    "<@U12345678>",
    "@all",
    "@here",
    "@everyone",
    "@channel",
    "<@all>",
    "<at user_id=\"all\">",
    "<at user_id=\"all\"></at>",
    "<at>x</at>",
    "@13800000000",
    "[x](javascript:alert(1))",
    "[完成](https://evil.example/a)",
    "![x](https://evil.example/i.png)",
    "https://evil.example",
    "evil.example/login",
    "1.2.3.4/login",
    "evil。example",
    "evil．example/x",
    "evil｡example",
    "</font>",
    "<font color=\"warning\">x</font>",
    "```code```",
    "`x`",
    "*_~>|",
    "# heading",
    "> quote",
    "**bold**",
    "\xe2\x80\xae"
    "txet desrever",
    "\xe2\x81\xa6"
    "x",
    FAMILY,
    "a\r\n@all",
    "a\n\n> b",
    "{{name}}",
    "{customer}",
    "{text}",
    "%s%n",
    "\\u0040all",
    "&lt;!channel&gt;",
    "＠all",
    "\x1b]0;title\x07",
    "\"},\"at\":{\"isAtAll\":true},\"x\":{\"y\":\"",
};

static const struct driver *const drivers[] = {&driver_slack,      &driver_slack_api, &driver_dingtalk,
                                               &driver_wecom,      &driver_feishu,    &driver_discord,
                                               &driver_mattermost, &driver_teams,     &driver_webhook};

static bool contains(const char *text, const char *part)
{
    return strcasestr(text, part) != NULL;
}

// What a chat would act on in a text that the customer wrote.
static void assert_inert(const char *text, const char *name)
{
    static const char *const active[] = {
        "<!",  "<@",  "<at", "</", "<font", "@all", "@here",        "@everyone",    "@channel", "@1",   "＠a",  "](",
        "://", "t:a", ".ex", "`",  "\r",    "\x1b", "\xe2\x80\xae", "\xe2\x81\xa6", "1.2.3.4",  "。ex", "．ex", "｡ex"};
    for (size_t i = 0; i < sizeof active / sizeof active[0]; i++) {
        if (contains(text, active[i]))
            fail_msg("\"%s\" left \"%s\" in: %s", name, active[i], text);
    }
}

// Every text of the payload that a person sees; what the driver itself says by way of a mention is taken out first.
static void walk(const json_t *value, const char *key, const char *name)
{
    const char *member;
    json_t *child;
    size_t index;
    json_object_foreach ((json_t *)(uintptr_t)value, member, child) {
        if (strcmp(member, "type") == 0 && json_is_string(child))
            assert_string_not_equal(json_string_value(child), "mrkdwn"); // nobody is mentioned here
        if (strcmp(member, "msgtype") == 0 || strcmp(member, "msg_type") == 0)
            assert_string_equal(json_string_value(child), "text");
        if (strcmp(member, "isAtAll") == 0)
            assert_true(json_is_false(child));
        if (strcmp(member, "mrkdwn") == 0 || strcmp(member, "emoji") == 0)
            assert_true(json_is_false(child));
        walk(child, member, name);
    }
    json_array_foreach (value, index, child) {
        walk(child, key, name);
    }
    bool shown = key != NULL && (strcmp(key, "text") == 0 || strcmp(key, "content") == 0);
    if (shown && json_is_string(value))
        assert_inert(json_string_value(value), name);
}

// A letter in which every field that an app can fill holds the name.
static void compose(const struct driver *driver, const char *name, enum language language, char *buffer)
{
    struct letter_item items[] = {
        {.reminder_id = "r", .kind = LETTER_PROMISE, .event_date = "2026-05-17", .local_date = name},
        {.reminder_id = "r", .kind = LETTER_BIRTHDAY, .event_date = name, .local_date = name, .late = true},
        {.reminder_id = "r", .kind = LETTER_CLASS_FALL, .event_date = "", .local_date = ""},
    };
    struct letter_item calls[] = {
        {.reminder_id = "r", .reason = LETTER_PROMISE_DUE, .event_date = "", .local_date = ""},
        {.reminder_id = "r", .reason = LETTER_APPOINTMENT, .event_date = "", .local_date = ""}};
    struct letter_figure figure = {name, 5, LETTER_MONEY, name};
    struct letter_item *all[] = {&items[0], &items[1], &items[2], &calls[0], &calls[1]};
    for (size_t i = 0; i < 5; i++) {
        all[i]->settled = i == 2 ? name : "";
        all[i]->customer = all[i]->customer_id = all[i]->text = all[i]->contact = all[i]->phone = name;
        all[i]->before = all[i]->after = name;
        all[i]->figures = &figure;
        all[i]->figure_count = 1;
    }
    struct letter_list list = {.local_date = name, .calls = calls, .count = 2, .customers = 10, .missing = 2};
    struct letter letter = {.language = language,
                            .rep = name,
                            .id = "a1b2c3",
                            .link = "",
                            .today = 20590,
                            .again = true,
                            .items = items,
                            .item_count = 3,
                            .lists = &list,
                            .list_count = 1};
    struct letter_fit fit = {driver->style, driver->limit, driver->cost, "", 20, 0};
    letter_compose(&letter, &fit, buffer);
}

static json_t *pack(const struct driver *driver, struct arena *arena, const char *text, const char *address)
{
    static const char *const ids[] = {"r"};
    struct parcel parcel = {.id = "a1b2c3d4e5f6",
                            .text = text,
                            .rep_id = "wang",
                            .rep_name = "王芳",
                            .address = address,
                            .language = "zh-CN",
                            .reminder_ids = ids,
                            .reminder_count = 1,
                            .link = "",
                            .now_ms = 1700000000000,
                            .attempt = 1};
    struct destination destination = {
        .url = "https://chat.example/x", .secret = "", .token = "t", .verify = "", .to = "C0123456", .file = ""};
    struct post post;
    assert_null(driver->compose(arena, &parcel, &destination, &post));
    json_t *value = json_loadb(post.body, post.length, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(value);
    return value;
}

static void try_name(const char *name)
{
    struct arena *arena = arena_open(1 << 16, 1 << 24);
    char *text = malloc(LETTER_BYTES);
    for (size_t i = 0; i < sizeof drivers / sizeof drivers[0]; i++) {
        for (int language = 0; language < LANGUAGES; language++) {
            compose(drivers[i], name, (enum language)language, text);
            json_t *value = pack(drivers[i], arena, text, "");
            walk(value, NULL, name);
            json_decref(value);
            arena_reset(arena);
        }
    }
    free(text);
    arena_close(&arena);
}

static void test_no_name_acts_in_any_chat(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof corpus / sizeof corpus[0]; i++)
        try_name(corpus[i]);
}

// Pieces of the corpus in every order, and bytes of no sense between them.
static void test_no_mixture_acts_either(void **state)
{
    (void)state;
    unsigned seed = (unsigned)time(NULL);
    print_message("seed %u\n", seed);
    srand(seed);
    for (int i = 0; i < 60; i++) {
        char name[600] = "";
        for (int piece = 0; piece < 5; piece++) {
            strcat(name, corpus[(size_t)rand() % (sizeof corpus / sizeof corpus[0])]);
            char noise[2] = {(char)(rand() % 255 + 1), '\0'};
            if (rand() % 2 == 0)
                strcat(name, noise);
        }
        try_name(name);
    }
}

// The rep's address comes from an app as well: only what looks like one of that chat is used.
static void test_an_address_cannot_be_everybody(void **state)
{
    (void)state;
    struct arena *arena = arena_open(1 << 16, 1 << 24);
    static const char *const bad[] = {"all",  "@all", "ALL", "\"><at user_id=\"all", "<!channel>", "U1|x",
                                      "here", "a b",  "*"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        for (size_t j = 0; drivers[j] != &driver_webhook; j++) { // which hands it to a program as it is
            json_t *value = pack(drivers[j], arena, "text", bad[i]);
            char *text = json_dumps(value, JSON_COMPACT);
            assert_false(contains(text, "@all") || contains(text, "<!") || contains(text, "user_id=\\\"all"));
            assert_false(contains(text, "[\"all\"]") || contains(text, "U1|x"));
            free(text);
            json_decref(value);
        }
    }
    arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_becomes_of_it),
        cmocka_unit_test(test_cut_between_characters_as_people_count),
        cmocka_unit_test(test_shown_again),
        cmocka_unit_test(test_no_name_acts_in_any_chat),
        cmocka_unit_test(test_no_mixture_acts_either),
        cmocka_unit_test(test_an_address_cannot_be_everybody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
