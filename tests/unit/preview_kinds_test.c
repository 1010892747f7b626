// Every kind of message, before there is one, in both languages and for every chat: nothing is empty, nothing is longer
// than the chat takes, and no secret leaves with --json.
#include "common/arena.h"
#include "services/notifier/facts.h"
#include "services/notifier/channel.h"
#include "services/notifier/route.h"
#include "services/notifier/specimen.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>
#include <unistd.h>

enum { TODAY = 20591, NOW_S = TODAY * 86400 + 7200 }; // 2026-05-18, a Monday

static struct arena *arena;

static int set_up(void **state)
{
    (void)state;
    arena = arena_open(1 << 16, 1 << 26);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_close(&arena);
    return 0;
}

static const struct notifier_options options = {.language = "zh-CN", .calls = 20, .public_url = "https://tend.test"};

// A channel of each type with everything that any of them can need.
static struct channel_options channel_of(int type)
{
    return (struct channel_options){.name = "chat",
                                    .type = type,
                                    .url_file = "",
                                    .secret_file = "",
                                    .token_file = "",
                                    .verify_file = "",
                                    .unlock_file = "",
                                    .app = type == CHANNEL_TYPE_EMAIL || type == CHANNEL_TYPE_XMPP ? "tend@example.com"
                                                                                                   : "cli_a1b2c3d4",
                                    .agent = "1000002",
                                    .file = "/tmp/messages",
                                    .to = "",
                                    .rate = "",
                                    .keyword = "",
                                    .language = "",
                                    .connect_to = "",
                                    .ca_file = ""};
}

static const char *kind_at(size_t i)
{
    static const char *const others[] = {"call_list", "preview", "digest"};
    return i < LETTER_KINDS ? route_kind_name((enum letter_kind)i) : others[i - LETTER_KINDS];
}
enum { KINDS = LETTER_KINDS + 3 };

static struct specimen specimen_of(const char *kind, enum language language, const struct channel_options *channel)
{
    return (struct specimen){.options = &options,
                             .channel = channel,
                             .kind = kind,
                             .language = language,
                             .about = {.customer_id = "C042", .currency = "EUR"},
                             .now_ms = (int64_t)NOW_S * 1000,
                             .today = TODAY};
}

static void test_every_kind_for_every_chat(void **state)
{
    (void)state;
    for (int type = 0; type < CHANNEL_TYPE_COUNT; type++) {
        struct channel_options channel = channel_of(type);
        const struct driver *driver = channel_driver(&channel);
        for (size_t kind = 0; kind < KINDS; kind++)
            for (int language = 0; language < LANGUAGES; language++) {
                struct specimen_message message;
                struct specimen specimen = specimen_of(kind_at(kind), (enum language)language, &channel);
                assert_true(specimen_write(arena, &specimen, &message));
                if (message.text[0] == '\0' || strpbrk(message.text, "{}") != NULL ||
                    strstr(message.text, "#abc123") == NULL || strstr(message.text, "  ") == message.text)
                    fail_msg("%s of %s: %s", driver->name, kind_at(kind), message.text);
                assert_true(driver->cost(message.text, strlen(message.text)) <= driver->limit);
                assert_true(driver->buttons == 0 || message.label_count > 0);
            }
        arena_reset(arena);
    }
}

// Read aloud with `preview_kinds_test print`.
static void print(void)
{
    arena = arena_open(1 << 16, 1 << 26);
    for (size_t kind = 0; kind < KINDS; kind++)
        for (int language = 0; language < LANGUAGES; language++) {
            struct specimen_message message;
            struct specimen specimen = specimen_of(kind_at(kind), (enum language)language, NULL);
            (void)specimen_write(arena, &specimen, &message);
            printf("== %s\n%s\n", kind_at(kind), message.text);
        }
    arena_close(&arena);
}

// What is only read asks for no answer.
static void test_links_where_there_is_something_to_answer(void **state)
{
    (void)state;
    static const struct {
        const char *kind;
        bool linked;
    } rows[] = {{"birthday", true}, {"call_list", true}, {"preview", false}, {"digest", false}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct specimen_message message;
        struct specimen specimen = specimen_of(rows[i].kind, LANGUAGE_EN, NULL);
        assert_true(specimen_write(arena, &specimen, &message));
        if ((strstr(message.text, "Answer here") != NULL) != rows[i].linked)
            fail_msg("%s: %s", rows[i].kind, message.text);
    }
}

// The fullest words: the first phrase of each kind, which needs the most, has all its places filled.
static void test_every_kind_says_its_fullest_words(void **state)
{
    (void)state;
    const struct sample_about about = {.customer_id = "C042", .currency = "EUR"};
    for (int kind = 1; kind < LETTER_KINDS; kind++)
        for (int language = 0; language < LANGUAGES; language++) {
            struct letter letter;
            char text[PHRASE_BYTES];
            const struct phrase *first = phrase_heads.rows;
            while (first->use != (unsigned)kind)
                first++;
            assert_true(sample_letter(arena, kind_at((size_t)kind), (enum language)language, TODAY, &about, &letter));
            assert_int_equal(letter.item_count, 1);
            const struct phrases one = {first, 1};
            struct facts facts = {.letter = &letter, .style = DISARM_PLAIN, .item = letter.items};
            facts.count = 58;
            if (!facts_say(&facts, &one, (unsigned)kind, text))
                fail_msg("%s does not say: %s", kind_at((size_t)kind), first->text[language]);
        }
}

static void test_a_real_customer_gets_no_invented_contact(void **state)
{
    (void)state;
    struct specimen_message message;
    struct specimen specimen = specimen_of("overdue", LANGUAGE_EN, NULL);
    specimen.about = (struct sample_about){"C042", "Evil <@all> & Sons", "", "", 'B', "USD"};
    assert_true(specimen_write(arena, &specimen, &message));
    assert_non_null(strstr(message.text, "Evil <@all> & Sons (class B)"));
    assert_null(strstr(message.text, "Ms Lee"));
    struct channel_options wecom = channel_of(CHANNEL_TYPE_WECOM);
    specimen.channel = &wecom;
    assert_true(specimen_write(arena, &specimen, &message));
    assert_null(strstr(message.text, "<@all>"));
}

static void test_leap_days(void **state)
{
    (void)state;
    for (int32_t today = 21230; today < 21250; today++) { // around 2028-02-29
        struct specimen_message message;
        struct specimen specimen = specimen_of("birthday", LANGUAGE_EN, NULL);
        specimen.today = today;
        specimen.now_ms = (int64_t)today * 86400 * 1000;
        assert_true(specimen_write(arena, &specimen, &message));
        assert_non_null(strstr(message.text, "Ms Chen of ACME Trading"));
        specimen.kind = "founding_day";
        assert_true(specimen_write(arena, &specimen, &message));
        assert_non_null(strstr(message.text, "founded 7 years ago"));
    }
}

static void test_unknown_kinds(void **state)
{
    (void)state;
    struct specimen_message message;
    struct specimen specimen = specimen_of("birthdy", LANGUAGE_EN, NULL);
    assert_false(specimen_write(arena, &specimen, &message));
    assert_string_equal(route_kind_near("birthdy"), "birthday");
    assert_string_equal(route_kind_near("calllist"), "call_list");
    assert_null(route_kind_near("nothing like it"));
    size_t count = 0;
    for (const char *kind; (kind = route_kind_at(count)) != NULL; count++)
        assert_true(route_kind_known(kind));
    assert_int_equal(count, KINDS);
}

// What is told as too long a silence is longer than what it is measured by.
static void test_a_sample_does_not_contradict_itself(void **state)
{
    (void)state;
    struct specimen_message message;
    struct specimen specimen = specimen_of("drop", LANGUAGE_EN, NULL);
    int silent, usual;
    assert_true(specimen_write(arena, &specimen, &message));
    const char *at = strstr(message.text, "no order for ");
    assert_non_null(at);
    assert_int_equal(sscanf(at, "no order for %d days; nearly all customers order again within %d", &silent, &usual),
                     2);
    assert_true(silent > usual);
}

// Every file holds what must never be seen; what leaves has the host of the URL and nothing else of them.
static void test_the_payload_has_no_secret(void **state)
{
    (void)state;
    char path[] = "/tmp/tend-preview-XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0);
    dprintf(file, "https://chat.example.org/SECRETWORD?key=SECRETWORD\n");
    close(file);
    for (int type = 0; type < CHANNEL_TYPE_COUNT; type++) {
        struct channel_options channel = channel_of(type);
        const struct driver *driver = channel_driver(&channel);
        channel.url_file = (driver->takes & DRIVER_URL) != 0 ? path : "";
        channel.secret_file = (driver->takes & DRIVER_SECRET) != 0 ? path : "";
        channel.token_file = (driver->takes & DRIVER_TOKEN) != 0 ? path : "";
        channel.verify_file = (driver->takes & DRIVER_VERIFY) != 0 ? path : "";
        if (type == CHANNEL_TYPE_DISCORD_BOT)
            channel.to = "100000000000000001";
        struct specimen specimen = specimen_of("birthday", LANGUAGE_ZH, &channel);
        const char *trouble = NULL, *payload = specimen_payload(arena, &specimen, &trouble);
        if (payload == NULL)
            fail_msg("%s: %s", driver->name, trouble);
        assert_null(strstr(payload, "SECRET"));
        if ((driver->needs & DRIVER_URL) != 0 && type != CHANNEL_TYPE_EMAIL)
            assert_non_null(strstr(payload, "\"https://chat.example.org/...\""));
        json_t *value = json_loads(payload, 0, NULL);
        assert_non_null(json_object_get(value, "body"));
        json_decref(value);
    }
    unlink(path);
}

// What a phone shows before it is unlocked says who and why, for every kind, and is no greeting.
static void test_every_kind_has_a_title(void **state)
{
    (void)state;
    char path[] = "/tmp/tend-preview-XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0);
    assert_true(write(file, "https://hooks.slack.com/services/T/B/X\n", 39) == 39);
    close(file);
    struct channel_options slack = channel_of(CHANNEL_TYPE_SLACK);
    slack.url_file = path;
    for (size_t i = 0; i < KINDS; i++)
        for (int language = 0; language < LANGUAGES; language++) {
            struct specimen specimen = specimen_of(kind_at(i), (enum language)language, &slack);
            const char *trouble = NULL;
            const char *payload = specimen_payload(arena, &specimen, &trouble);
            json_t *request = json_loads(payload != NULL ? payload : "", 0, NULL);
            const char *title = json_string_value(json_object_get(json_object_get(request, "body"), "text"));
            if (title == NULL || title[0] == '\0' || strlen(title) > 170 || strncmp(title, "Hello", 5) == 0 ||
                strstr(title, "【客户提醒") != NULL || strchr(title, '\n') != NULL)
                fail_msg("%s: %s (%s)", kind_at(i), title != NULL ? title : "none", trouble != NULL ? trouble : "");
            json_decref(request);
            arena_reset(arena);
        }
    unlink(path);
}

// The customers of class A that are at risk are of class A, whomever the preview is made for.
static void test_a_digest_names_those_of_class_a(void **state)
{
    (void)state;
    static const char classes[] = {'A', 'B', 'C', '\0'};
    for (size_t i = 0; i < sizeof classes; i++) {
        struct specimen specimen = specimen_of("digest", LANGUAGE_EN, NULL);
        struct specimen_message message;
        specimen.about.customer = "Bolt Works";
        specimen.about.abc = classes[i];
        assert_true(specimen_write(arena, &specimen, &message));
        const char *at_risk = strstr(message.text, "Class A customers at risk:");
        assert_non_null(at_risk);
        assert_true((strstr(at_risk, "Bolt Works (class A)") != NULL) == (classes[i] == 'A'));
        assert_true((strstr(at_risk, "Bolt Works") != NULL) == (classes[i] == 'A'));
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_every_kind_has_a_title, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_digest_names_those_of_class_a, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_every_kind_for_every_chat, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_every_kind_says_its_fullest_words, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_real_customer_gets_no_invented_contact, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_links_where_there_is_something_to_answer, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_leap_days, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_unknown_kinds, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_sample_does_not_contradict_itself, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_the_payload_has_no_secret, set_up, tear_down),
    };
    if (argc > 1 && strcmp(argv[1], "print") == 0) {
        print();
        return 0;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
