// Matrix, ntfy and the webhook: what leaves, what comes back, and that nothing in a name acts there.
#include "services/notifier/driver.h"
#include "services/notifier/ticket.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct arena *arena;

static int set_up(void **state)
{
    (void)state;
    arena = arena_open(1 << 16, 1 << 24);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_close(&arena);
    return 0;
}

static const char *const ids[] = {"r1", "r2"};
static const struct parcel parcel = {.id = "a1b2c3d4e5f6",
                                     .text = "【客户提醒】王芳\n\"好\"\n#a1b2c3",
                                     .rep_id = "wang",
                                     .rep_name = "王芳",
                                     .address = "",
                                     .language = "zh-CN",
                                     .reminder_ids = ids,
                                     .reminder_count = 2,
                                     .link = "",
                                     .receipt = "",
                                     .now_ms = 1700000000000,
                                     .attempt = 1};

static struct destination to_server(const char *url)
{
    return (struct destination){.url = url,
                                .secret = "",
                                .token = "",
                                .verify = "",
                                .granted = "",
                                .app = "",
                                .agent = "",
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

static json_t *body_of(const struct post *post)
{
    assert_int_equal(post->length, strlen(post->body));
    json_t *value = json_loadb(post->body, post->length, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(value);
    return value;
}

struct row {
    int status;
    const char *body;
    enum outcome outcome;
    int64_t after_ms;
};

static struct verdict judge(const struct driver *driver, int status, const char *body)
{
    struct answer answer = {.status = status, .body = body, .length = strlen(body), .retry_after_ms = -1};
    struct verdict verdict;
    memset(&verdict, 0xff, sizeof verdict);
    driver->classify(&answer, &verdict);
    return verdict;
}

static void check(const struct driver *driver, const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct verdict verdict = judge(driver, rows[i].status, rows[i].body);
        if (verdict.outcome != rows[i].outcome || verdict.after_ms != rows[i].after_ms)
            fail_msg("%s %d %s: %s after %lld (%s)", driver->name, rows[i].status, rows[i].body,
                     outcome_name(verdict.outcome), (long long)verdict.after_ms, verdict.detail);
        assert_true(memchr(verdict.detail, '\0', sizeof verdict.detail) != NULL && verdict.detail[0] != '\0');
        assert_true(memchr(verdict.receipt, '\0', sizeof verdict.receipt) != NULL);
        struct answer answer = {
            .status = rows[i].status, .body = rows[i].body, .length = strlen(rows[i].body), .retry_after_ms = 7000};
        driver->classify(&answer, &verdict);
        bool waits = verdict.outcome == OUTCOME_RETRY || verdict.outcome == OUTCOME_THROTTLE;
        assert_int_equal(verdict.after_ms, waits ? 7000 : 0);
    }
}
#define CHECK(driver, rows) check(&(driver), rows, sizeof(rows) / sizeof(rows)[0])

// What comes from between us and the chat.
static const struct row strangers[] = {
    {200, "", OUTCOME_UNKNOWN, 0},
    {200, "<html><body>Log in to the hotel's network</body></html>", OUTCOME_UNKNOWN, 0},
    {200, "null", OUTCOME_UNKNOWN, 0},
    {200, "{}", OUTCOME_UNKNOWN, 0},
    {302, "", OUTCOME_CONFIG, 0},
    {400, "", OUTCOME_REJECT, 0},
    {403, "<html>Forbidden</html>", OUTCOME_CONFIG, 0},
    {404, "", OUTCOME_CONFIG, 0},
    {429, "", OUTCOME_THROTTLE, 60000},
    {502, "<html>Bad gateway</html>", OUTCOME_RETRY, 0},
};

// --- Matrix

static void test_matrix(void **state)
{
    (void)state;
    struct destination to = to_server("https://matrix.example.com/");
    to.token = "syt_1";
    to.to = "!abc/d%:example.com";
    struct parcel addressed = parcel;
    struct post post;
    assert_non_null(driver_matrix.compose(arena, &addressed, &to, &post)); // "%" is in no room's id
    to.to = "!abc/d:example.com";
    addressed.address = "@li:example.com";
    assert_null(driver_matrix.compose(arena, &addressed, &to, &post));
    assert_string_equal(post.method, "PUT");
    assert_string_equal(post.url, "https://matrix.example.com/_matrix/client/v3/rooms/%21abc%2Fd%3Aexample.com/send/"
                                  "m.room.message/a1b2c3d4e5f6");
    assert_true(has_header(&post, "Authorization: Bearer syt_1"));
    assert_string_equal(post.body, "{\"msgtype\":\"m.text\",\"body\":\"【客户提醒】王芳\\n\\\"好\\\"\\n#a1b2c3\","
                                   "\"m.mentions\":{\"user_ids\":[\"@li:example.com\"]}}");
    addressed.attempt = 5;
    addressed.now_ms += 60000;
    const char *first = post.url;
    assert_null(driver_matrix.compose(arena, &addressed, &to, &post));
    assert_string_equal(post.url, first); // the same transaction: a repeat is passed over
}

static void test_matrix_addresses(void **state)
{
    (void)state;
    static const struct {
        const char *to, *address;
        bool good, mentions;
    } table[] = {
        {"!r:example.com", "", true, false},
        {"!r:example.com", "@li:example.com", true, true},
        {"!r:example.com", "@room", true, false},
        {"!r:example.com", "li", true, false},
        {"!r:example.com", "@li@:x\"", true, false},
        {"!r:example.com", "@:example.com", true, false},
        {"!r:example.com", "@li:", true, false},
        {"", "!r:example.com", true, false},
        {"", "!31hneApxJ_1o-63DmFrpeqnkFfWppnzWso1JvH3ogLM", true, false}, // of newer rooms
        {"", "!../../x?y#z", false, false},
        {"", "!", false, false},
        {"", "@li:example.com", false, false},
        {"", "#alias:example.com", false, false},
        {"", "", false, false},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct destination to = to_server("https://matrix.example.com");
        struct parcel addressed = parcel;
        struct post post;
        to.to = table[i].to;
        addressed.address = table[i].address;
        const char *trouble = driver_matrix.compose(arena, &addressed, &to, &post);
        if ((trouble == NULL) != table[i].good)
            fail_msg("\"%s\" \"%s\": %s", table[i].to, table[i].address, trouble);
        if (trouble == NULL)
            assert_true((strstr(post.body, "user_ids") != NULL) == table[i].mentions);
        // Whatever the text says, clients look here alone.
        if (trouble == NULL)
            assert_non_null(strstr(post.body, "\"m.mentions\":{"));
    }
    struct destination wrong = to_server("https://matrix.example.com/?x=");
    wrong.to = "!r:example.com";
    struct post post;
    assert_non_null(driver_matrix.compose(arena, &parcel, &wrong, &post));
}

static void test_matrix_change(void **state)
{
    (void)state;
    struct destination to = to_server("https://matrix.example.com");
    to.to = "!r:example.com";
    struct parcel changed = parcel;
    changed.text = "王芳：完成";
    changed.receipt = "$E";
    changed.address = "@li:example.com"; // who is not called again
    struct post post;
    assert_null(driver_matrix.amend(arena, &changed, &to, &post));
    assert_string_equal(post.method, "PUT");
    assert_string_equal(post.url, "https://matrix.example.com/_matrix/client/v3/rooms/%21r%3Aexample.com/send/"
                                  "m.room.message/a1b2c3d4e5f6-1700000000000");
    assert_string_equal(post.body,
                        "{\"msgtype\":\"m.text\",\"body\":\"* 王芳：完成\",\"m.mentions\":{},"
                        "\"m.new_content\":{\"msgtype\":\"m.text\",\"body\":\"王芳：完成\",\"m.mentions\":{}},"
                        "\"m.relates_to\":{\"rel_type\":\"m.replace\",\"event_id\":\"$E\"}}");
    // The longest letter, changed, is within what an event may be.
    char *text = calloc(1, driver_matrix.limit + 1);
    assert_non_null(text);
    memset(text, 'x', driver_matrix.limit);
    changed.text = text;
    assert_null(driver_matrix.amend(arena, &changed, &to, &post));
    assert_in_range(post.length, 2 * driver_matrix.limit, 65536 - 2000);
    free(text);
}

#define ERROR(code) "{\"errcode\":\"" code "\",\"error\":\"words\"}"

static void test_matrix_answers(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {200, "{\"event_id\":\"$YUwRidLecu:example.com\"}", OUTCOME_OK, 0},
        {200, "{\"event_id\":\"\"}", OUTCOME_UNKNOWN, 0},
        {200, "{\"event_id\":7}", OUTCOME_UNKNOWN, 0},
        {201, "{\"event_id\":\"$E\"}", OUTCOME_UNKNOWN, 0},
        {429, ERROR("M_LIMIT_EXCEEDED"), OUTCOME_THROTTLE, 10000},
        {429, "{\"errcode\":\"M_LIMIT_EXCEEDED\",\"error\":\"x\",\"retry_after_ms\":2500}", OUTCOME_THROTTLE, 2500},
        {401, ERROR("M_UNKNOWN_TOKEN"), OUTCOME_CONFIG, 0},
        {401, ERROR("M_MISSING_TOKEN"), OUTCOME_CONFIG, 0},
        {403, ERROR("M_USER_DEACTIVATED"), OUTCOME_CONFIG, 0},
        {401, ERROR("M_USER_LOCKED"), OUTCOME_CONFIG, 0},
        {403, ERROR("M_USER_SUSPENDED"), OUTCOME_CONFIG, 0},
        {403, ERROR("M_CONSENT_NOT_GIVEN"), OUTCOME_CONFIG, 0},
        {403, ERROR("M_RESOURCE_LIMIT_EXCEEDED"), OUTCOME_CONFIG, 0},
        {404, ERROR("M_UNRECOGNIZED"), OUTCOME_CONFIG, 0},
        {403, ERROR("M_FORBIDDEN"), OUTCOME_GONE, 0},
        {404, ERROR("M_NOT_FOUND"), OUTCOME_GONE, 0},
        {413, ERROR("M_TOO_LARGE"), OUTCOME_REJECT, 0},
        {400, ERROR("M_BAD_JSON"), OUTCOME_REJECT, 0},
        {400, ERROR("M_NOT_JSON"), OUTCOME_REJECT, 0},
        {400, ERROR("M_INVALID_PARAM"), OUTCOME_REJECT, 0},
        {400, ERROR("M_MISSING_PARAM"), OUTCOME_REJECT, 0},
        {400, ERROR("M_BAD_STATE"), OUTCOME_REJECT, 0},
        {500, ERROR("M_UNKNOWN"), OUTCOME_RETRY, 0},
        {400, ERROR("M_UNKNOWN"), OUTCOME_REJECT, 0},
        {200, ERROR("M_UNKNOWN"), OUTCOME_REJECT, 0},
    };
    CHECK(driver_matrix, rows);
    CHECK(driver_matrix, strangers);
    assert_string_equal(judge(&driver_matrix, 200, rows[0].body).receipt, "$YUwRidLecu:example.com");
    assert_string_equal(judge(&driver_matrix, 401, rows[6].body).receipt, "");
}

// --- ntfy

static const struct button buttons[] = {
    {1, TICKET_DONE, "完成", "T1", "https://tend.example.com/a/T1"},
    {1, TICKET_SNOOZED, "明天再说", "T2", "https://tend.example.com/a/T2"},
    {0, TICKET_OPEN, "打开", "T3", "https://tend.example.com/a/T3"},
    {0, TICKET_OPEN, "one more than there is room for", "T4", "https://tend.example.com/a/T4"},
};

static void test_ntfy(void **state)
{
    (void)state;
    struct destination to = to_server("https://ntfy.example.com");
    struct parcel offered = parcel;
    struct post post;
    offered.address = "wang_7-f3a9";
    assert_null(driver_ntfy.compose(arena, &offered, &to, &post));
    assert_string_equal(post.url, "https://ntfy.example.com");
    assert_string_equal(post.body, "{\"topic\":\"wang_7-f3a9\",\"title\":\"【客户提醒】王芳\",\"message\":"
                                   "\"\\\"好\\\"\\n#a1b2c3\",\"priority\":3}");
    assert_int_equal(post.header_count, 1);
    to.token = "tk_1";
    to.to = "team";
    offered.buttons = buttons;
    offered.button_count = 4;
    offered.link = "https://tend.example.com/a/T3";
    assert_null(driver_ntfy.compose(arena, &offered, &to, &post));
    assert_true(has_header(&post, "Authorization: Bearer tk_1"));
    assert_string_equal(post.body,
                        "{\"topic\":\"team\",\"title\":\"【客户提醒】王芳\",\"message\":\"\\\"好\\\"\\n#a1b2c3\","
                        "\"priority\":3,\"click\":\"https://tend.example.com/a/T3\",\"actions\":["
                        "{\"action\":\"view\",\"label\":\"完成\",\"url\":\"https://tend.example.com/a/T1\"},"
                        "{\"action\":\"view\",\"label\":\"明天再说\",\"url\":\"https://tend.example.com/a/T2\"},"
                        "{\"action\":\"view\",\"label\":\"打开\",\"url\":\"https://tend.example.com/a/T3\"}]}");
}

static void test_ntfy_titles(void **state)
{
    (void)state;
    struct destination to = to_server("https://ntfy.example.com/");
    to.to = "team";
    struct parcel titled = parcel;
    struct post post;
    char text[1000] = "";
    for (int i = 0; i < 81; i++)
        strcat(text, "好");
    strcat(text, "\nx");
    titled.text = text; // a first line that does not fit stays in the message
    assert_null(driver_ntfy.compose(arena, &titled, &to, &post));
    json_t *value = body_of(&post);
    assert_int_equal(strlen(json_string_value(json_object_get(value, "title"))), 80 * strlen("好"));
    assert_string_equal(json_string_value(json_object_get(value, "message")), text);
    json_decref(value);
    titled.text = "one line"; // an empty message would become a word of the server's
    assert_null(driver_ntfy.compose(arena, &titled, &to, &post));
    assert_non_null(strstr(post.body, "\"title\":\"one line\",\"message\":\"one line\""));
    titled.text = "one line\n";
    assert_null(driver_ntfy.compose(arena, &titled, &to, &post));
    assert_non_null(strstr(post.body, "\"message\":\"one line\\n\""));
}

static void test_ntfy_refuses(void **state)
{
    (void)state;
    struct destination to = to_server("https://ntfy.example.com");
    struct parcel addressed = parcel;
    struct post post;
    static const char *const bad[] = {
        "", "a/b", "a b", "../x", "王", "12345678901234567890123456789012345678901234567890123456789012345"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        addressed.address = bad[i];
        assert_non_null(driver_ntfy.compose(arena, &addressed, &to, &post));
    }
    addressed.address = "wang";
    static const char *const topics[] = {"https://ntfy.sh/mine", "https://ntfy.sh/?x", "https://ntfy.sh#x", "ntfy.sh"};
    for (size_t i = 0; i < sizeof topics / sizeof topics[0]; i++) {
        to.url = topics[i]; // there, the JSON would be what the rep reads
        assert_non_null(driver_ntfy.compose(arena, &addressed, &to, &post));
    }
}

#define NTFY(code, http) "{\"code\":" code ",\"http\":" http ",\"error\":\"words\",\"link\":\"https://x\"}"

static void test_ntfy_answers(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {200, "{\"id\":\"hwQ2YpKdmg\",\"time\":1,\"event\":\"message\",\"topic\":\"t\",\"message\":\"x\"}", OUTCOME_OK,
         0},
        {200, "{\"id\":\"hwQ2YpKdmg\",\"time\":1,\"event\":\"open\",\"topic\":\"t\"}", OUTCOME_UNKNOWN, 0},
        {200, "{\"event\":\"message\"}", OUTCOME_UNKNOWN, 0},
        {429, NTFY("42901", "429"), OUTCOME_THROTTLE, 60000},
        {429, NTFY("42905", "429"), OUTCOME_THROTTLE, 60000},
        {429, NTFY("42908", "429"), OUTCOME_THROTTLE, 3600000},
        {401, NTFY("40101", "401"), OUTCOME_CONFIG, 0},
        {403, NTFY("40301", "403"), OUTCOME_CONFIG, 0},
        {404, NTFY("40401", "404"), OUTCOME_CONFIG, 0},
        {400, NTFY("40009", "400"), OUTCOME_REJECT, 0},
        {400, NTFY("40024", "400"), OUTCOME_REJECT, 0},
        {413, NTFY("41301", "413"), OUTCOME_REJECT, 0},
        {500, NTFY("50001", "500"), OUTCOME_RETRY, 0},
        {507, NTFY("50701", "507"), OUTCOME_RETRY, 0},
        {400, NTFY("\"40009\"", "400"), OUTCOME_REJECT, 0},
        {418, NTFY("41801", "418"), OUTCOME_REJECT, 0},
    };
    CHECK(driver_ntfy, rows);
    CHECK(driver_ntfy, strangers);
}

// --- the webhook

static void test_webhook_buttons(void **state)
{
    (void)state;
    struct ticket_keys keys = {.current = {1}, .has_current = true};
    static const char *const names[TICKET_ACTIONS] = {"open",    "done",        "no_answer",
                                                      "snoozed", "rescheduled", "not_interested"};
    struct button offered[TICKET_ACTIONS];
    for (unsigned i = 0; i < TICKET_ACTIONS; i++) {
        char *token = arena_take(arena, TICKET_TEXT_BYTES);
        ticket_write(
            &keys,
            &(struct ticket){
                .message = "a1b2c3d4e5f6", .item = 7, .action = (enum ticket_action)i, .expires_s = 1800000000},
            token);
        offered[i] = (struct button){i, i, "完成", token, arena_format(arena, "https://tend.example.com/a/%s", token)};
    }
    struct destination to = to_server("https://example.com/hook");
    struct parcel whole = parcel;
    whole.link = offered[0].url;
    whole.buttons = offered;
    whole.button_count = TICKET_ACTIONS;
    struct post post;
    assert_null(driver_webhook.compose(arena, &whole, &to, &post));
    json_t *value = body_of(&post), *data = json_object_get(value, "data");
    assert_string_equal(json_string_value(json_object_get(data, "link")), whole.link);
    json_t *list = json_object_get(data, "buttons");
    assert_int_equal(json_array_size(list), TICKET_ACTIONS);
    for (unsigned i = 0; i < TICKET_ACTIONS; i++) {
        json_t *button = json_array_get(list, i);
        assert_int_equal(json_object_size(button), 4);
        assert_int_equal(json_integer_value(json_object_get(button, "item")), i);
        assert_string_equal(json_string_value(json_object_get(button, "answer")), names[i]);
        assert_string_equal(json_string_value(json_object_get(button, "label")), "完成");
        assert_string_equal(json_string_value(json_object_get(button, "url")), offered[i].url);
    }
    json_decref(value);
}

// The longest of everything that can be configured or told is still a body of less than 20,000 bytes.
static void test_webhook_limit(void **state)
{
    (void)state;
    char id[129], name[201], url[240], label[40];
    memset(id, 'i', sizeof id - 1);
    memset(name, '"', sizeof name - 1); // escaped, it is twice as long
    memset(url, 'u', sizeof url - 1);
    memset(label, 'l', sizeof label - 1);
    id[sizeof id - 1] = name[sizeof name - 1] = url[sizeof url - 1] = label[sizeof label - 1] = '\0';
    const char *reminders[200];
    for (size_t i = 0; i < 200; i++)
        reminders[i] = id;
    struct button most[20];
    for (unsigned i = 0; i < 20; i++)
        most[i] = (struct button){i, TICKET_DONE, label, "0123456789012345678901234567890123", url};
    char *text = calloc(1, driver_webhook.limit + 1);
    assert_non_null(text);
    for (size_t i = 0; i < driver_webhook.limit / 2; i++)
        text[i] = '\n';
    assert_true(driver_webhook.cost(text, strlen(text)) <= driver_webhook.limit);
    struct parcel longest = {.id = "a1b2c3d4e5f6",
                             .text = text,
                             .rep_id = id,
                             .rep_name = name,
                             .address = id,
                             .language = "zh-Hans-CN-x-private",
                             .reminder_ids = reminders,
                             .reminder_count = 200,
                             .buttons = most,
                             .button_count = 20,
                             .link = url,
                             .receipt = "",
                             .now_ms = 1700000000000,
                             .attempt = 1000};
    struct destination to = to_server("https://example.com/hook");
    struct post post;
    assert_null(driver_webhook.compose(arena, &longest, &to, &post));
    assert_in_range(post.length, driver_webhook.limit, 19999);
    json_t *value = body_of(&post), *data = json_object_get(value, "data");
    assert_int_equal(json_array_size(json_object_get(data, "buttons")), driver_webhook.buttons);
    assert_int_equal(json_integer_value(json_object_get(data, "reminders")), 200); // the ids of the first ones only
    assert_in_range(json_array_size(json_object_get(data, "reminder_ids")), 15, 20);
    json_decref(value);
    free(text);
}

// --- hostile names

static const char *const corpus[] = {"<!channel>",
                                     "@all",
                                     "@room",
                                     "@everyone",
                                     "<@U1>",
                                     "@li:example.com",
                                     "[x](javascript:alert(1))",
                                     "https://evil.example/",
                                     "1.2.3.4/login",
                                     "evil。example",
                                     "<at user_id=\"all\">",
                                     "</font>",
                                     "```",
                                     "*_~>|",
                                     ("\xe2\x80\xae"
                                      "evil"),
                                     "a\r\nb",
                                     "{{name}}",
                                     "\"},\"topic\":\"other"};

static void assert_inert(const char *text)
{
    static const char *const active[] = {"<!", "<@",  "<at", "</", "@all", "@room",        "@every",  "@li",
                                         "](", "://", "t:a", "`",  "\r",   "\xe2\x80\xae", "1.2.3.4", "。ex"};
    for (size_t i = 0; i < sizeof active / sizeof active[0]; i++) {
        if (strcasestr(text, active[i]) != NULL)
            fail_msg("\"%s\" was left in: %s", active[i], text);
    }
}

static void test_no_name_acts(void **state)
{
    (void)state;
    static const struct driver *const drivers[] = {&driver_matrix, &driver_ntfy, &driver_webhook};
    char *text = malloc(LETTER_BYTES);
    assert_non_null(text);
    for (size_t i = 0; i < sizeof corpus / sizeof corpus[0]; i++) {
        for (size_t j = 0; j < sizeof drivers / sizeof drivers[0]; j++) {
            const char *name = corpus[i];
            struct letter_item item = {.reminder_id = "r",
                                       .kind = LETTER_PROMISE,
                                       .customer_id = name,
                                       .customer = name,
                                       .before = name,
                                       .after = name,
                                       .text = name,
                                       .contact = name,
                                       .phone = name,
                                       .event_date = "2026-05-17",
                                       .local_date = name,
                                       .for_rep = "",
                                       .settled = ""};
            struct letter letter = {
                .rep = name, .id = "a1b2c3", .today = 20590, .link = "", .items = &item, .item_count = 1};
            struct letter_fit fit = {drivers[j]->style, drivers[j]->limit, drivers[j]->cost, "", 20, 0};
            letter_compose(&letter, &fit, text);
            struct destination to = to_server("https://example.com");
            to.to = drivers[j] == &driver_matrix ? "!r:example.com" : drivers[j] == &driver_ntfy ? "team" : "";
            struct parcel hostile = parcel;
            hostile.text = text;
            struct post post;
            assert_null(drivers[j]->compose(arena, &hostile, &to, &post));
            json_t *value = body_of(&post), *shown = json_object_get(value, "data");
            static const char *const keys[] = {"body", "title", "message", "text"};
            for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++)
                assert_inert(driver_words(shown != NULL ? shown : value, keys[k]));
            assert_null(json_object_get(value, "formatted_body"));
            assert_null(json_object_get(value, "markdown"));
            json_decref(value);
        }
    }
    free(text);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_matrix),
        TEST(test_matrix_addresses),
        TEST(test_matrix_change),
        TEST(test_matrix_answers),
        TEST(test_ntfy),
        TEST(test_ntfy_titles),
        TEST(test_ntfy_refuses),
        TEST(test_ntfy_answers),
        TEST(test_webhook_buttons),
        TEST(test_webhook_limit),
        TEST(test_no_name_acts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
