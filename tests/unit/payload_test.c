// What leaves for each chat, byte by byte, and what is written to files.
#include "services/notifier/block.h"
#include "services/notifier/driver.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

static struct arena *arena;
static char folder[64];

static int set_up(void **state)
{
    (void)state;
    arena = arena_open(1 << 16, 1 << 24);
    snprintf(folder, sizeof folder, "/tmp/tend-payload-XXXXXX");
    return mkdtemp(folder) == NULL;
}

static int remove_one(const char *path, const struct stat *facts, int type, struct FTW *walk)
{
    (void)facts;
    (void)type;
    (void)walk;
    return remove(path);
}

static int tear_down(void **state)
{
    (void)state;
    arena_close(&arena);
    nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    return 0;
}

static const char *const ids[] = {"r1", "r2"};
static const struct parcel parcel = {.id = "a1b2c3d4e5f6",
                                     .text = "【客户提醒】王芳\n\"好\"\n#a1b2c3",
                                     .rep_id = "wang",
                                     .rep_name = "王芳",
                                     .address = "13800000000",
                                     .language = "zh-CN",
                                     .reminder_ids = ids,
                                     .reminder_count = 2,
                                     .link = "",
                                     .receipt = "",
                                     .now_ms = 1700000000000,
                                     .attempt = 1};

static struct post compose(const struct driver *driver, const char *address, const struct destination *destination)
{
    struct parcel addressed = parcel;
    addressed.address = address;
    struct post post;
    assert_null(driver->compose(arena, &addressed, destination, &post));
    assert_int_equal(post.length, strlen(post.body));
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

static void test_dingtalk(void **state)
{
    (void)state;
    struct destination to = {.url = "https://oapi.dingtalk.com/robot/send?access_token=T",
                             .token = "",
                             .to = "",
                             .file = "",
                             .secret = "SEC0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"};
    struct post post = compose(&driver_dingtalk, "13800000000", &to);
    assert_string_equal(post.url, "https://oapi.dingtalk.com/robot/send?access_token=T&timestamp=1700000000000&sign="
                                  "bTgY2yDbep%2BwesS7jKiNj%2BsrsHoADES4%2BC4f8LCHFtU%3D");
    assert_string_equal(post.body,
                        "{\"msgtype\":\"text\",\"text\":{\"content\":\"【客户提醒】王芳\\n\\\"好\\\"\\n#a1b2c3\\n"
                        "@13800000000\"},\"at\":{\"isAtAll\":false,\"atMobiles\":[\"13800000000\"]},\"msgUuid\":"
                        "\"a1b2c3d4e5f6\"}");
    assert_true(has_header(&post, "Content-Type: application/json; charset=utf-8"));
    to.secret = "";
    post = compose(&driver_dingtalk, "", &to);
    assert_string_equal(post.url, to.url);
    assert_string_equal(post.body,
                        "{\"msgtype\":\"text\",\"text\":{\"content\":\"【客户提醒】王芳\\n\\\"好\\\"\\n#a1b2c3\"},"
                        "\"at\":{\"isAtAll\":false},\"msgUuid\":\"a1b2c3d4e5f6\"}");
}

static void test_wecom(void **state)
{
    (void)state;
    struct destination to = {.url = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=K",
                             .secret = "",
                             .token = "",
                             .to = "",
                             .file = ""};
    struct post post = compose(&driver_wecom, "13800000000", &to);
    assert_string_equal(post.url, to.url);
    assert_string_equal(post.body,
                        "{\"msgtype\":\"text\",\"text\":{\"content\":\"【客户提醒】王芳\\n\\\"好\\\"\\n#a1b2c3\","
                        "\"mentioned_mobile_list\":[\"13800000000\"]}}");
    post = compose(&driver_wecom, "wangqing", &to);
    assert_non_null(strstr(post.body, "\"mentioned_list\":[\"wangqing\"]"));
}

static void test_feishu(void **state)
{
    (void)state;
    struct destination to = {.url = "https://open.feishu.cn/open-apis/bot/v2/hook/T",
                             .secret = "Gb3kQ2mZ8xT1vN7cR5pLsA",
                             .token = "",
                             .to = "",
                             .file = ""};
    struct post post = compose(&driver_feishu, "ou_abc", &to);
    assert_string_equal(post.body,
                        "{\"timestamp\":\"1700000000\",\"sign\":\"7YWVyKYJonwN8byVGyK7gOETUGfe8RH+M1ruH7nnud0=\","
                        "\"msg_type\":\"text\",\"content\":{\"text\":\"【客户提醒】王芳\\n\\\"好\\\"\\n#a1b2c3\\n"
                        "<at user_id=\\\"ou_abc\\\"></at>\"}}");
}

static void test_slack(void **state)
{
    (void)state;
    struct destination to = {
        .url = "https://hooks.slack.com/services/T/B/X", .secret = "", .token = "", .verify = "", .to = "", .file = ""};
    static const char blocks[] = "\"text\":\"【客户提醒】王芳\",\"mrkdwn\":false,\"blocks\":[{\"type\":\"section\","
                                 "\"text\":{\"type\":\"mrkdwn\","
                                 "\"text\":\"<@U012AB3CD>\"}},{\"type\":\"section\",\"text\":{\"type\":\"plain_text\","
                                 "\"text\":\"【客户提醒】王芳\\n"
                                 "\\\"好\\\"\\n#a1b2c3\",\"emoji\":false}}]";
    char expected[600];
    struct post post = compose(&driver_slack, "U012AB3CD", &to);
    snprintf(expected, sizeof expected, "{%s}", blocks);
    assert_string_equal(post.body, expected);
    to.token = "xoxb-1";
    to.url = "";
    post = compose(&driver_slack_api, "U012AB3CD", &to);
    assert_string_equal(post.url, "https://slack.com/api/chat.postMessage");
    assert_true(has_header(&post, "Authorization: Bearer xoxb-1"));
    snprintf(expected, sizeof expected, "{%s,\"channel\":\"U012AB3CD\"}", blocks);
    assert_string_equal(post.body, expected);
    struct parcel nobody = parcel;
    nobody.address = "";
    assert_non_null(driver_slack_api.compose(arena, &nobody, &to, &post));
    to.to = "C0123456";
    assert_null(driver_slack_api.compose(arena, &nobody, &to, &post));
    assert_non_null(strstr(post.body, "\"channel\":\"C0123456\""));
}

// A long letter becomes several blocks, each within the chat's limit, none cut inside an entity, nothing lost.
static void test_slack_blocks(void **state)
{
    (void)state;
    struct destination to = {
        .url = "https://hooks.slack.com/services/T/B/X", .secret = "", .token = "", .verify = "", .to = "", .file = ""};
    char *text = calloc(1, 40000), *joined = calloc(1, 40000);
    assert_true(text != NULL && joined != NULL);
    for (int i = 0; i < 2400; i++)
        strcat(text, i % 37 == 36 ? "\n" : i % 5 == 0 ? "&amp;" : i < 1200 ? "好" : "ab");
    memset(text + strlen(text), 'x', 4000); // and a line longer than a block
    struct parcel longer = parcel;
    longer.text = text;
    longer.address = "";
    struct post post;
    assert_null(driver_slack.compose(arena, &longer, &to, &post));
    json_t *value = json_loadb(post.body, post.length, 0, NULL), *block;
    size_t index;
    json_array_foreach (json_object_get(value, "blocks"), index, block) {
        const char *part = json_string_value(json_object_get(json_object_get(block, "text"), "text"));
        assert_in_range(cost_characters(part, strlen(part)), 1, 3000);
        assert_true(strrchr(part, '&') == NULL || strchr(strrchr(part, '&'), ';') != NULL);
        strcat(joined, part);
        if (strlen(joined) < strlen(text) && text[strlen(joined)] == '\n')
            strcat(joined, "\n");
    }
    assert_string_equal(joined, text);
    json_decref(value);
    free(text);
    free(joined);
}

static void test_webhook(void **state)
{
    (void)state;
    struct destination to = {.url = "https://example.com/hook",
                             .secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                             .token = "",
                             .to = "",
                             .file = ""};
    struct post post = compose(&driver_webhook, "", &to);
    assert_string_equal(
        post.body,
        "{\"type\":\"tend.message\",\"timestamp\":\"2023-11-14T22:13:20Z\",\"data\":{\"message_id\":"
        "\"a1b2c3d4e5f6\",\"rep_id\":\"wang\",\"rep_name\":\"王芳\",\"address\":\"\",\"language\":\"zh-CN\","
        "\"text\":\"【客户提醒】王芳\\n\\\"好\\\"\\n#a1b2c3\",\"attempt\":1,\"reminders\":2,\"reminder_ids\":"
        "[\"r1\",\"r2\"]}}");
    assert_true(has_header(&post, "webhook-id: msg_a1b2c3d4e5f6"));
    assert_true(has_header(&post, "ce-id: msg_a1b2c3d4e5f6"));
    assert_true(has_header(&post, "ce-specversion: 1.0"));
    assert_true(has_header(&post, "webhook-timestamp: 1700000000"));
    bool is_signed = false;
    for (size_t i = 0; i < post.header_count; i++)
        is_signed = is_signed || strncmp(post.headers[i], "webhook-signature: v1,", 22) == 0;
    assert_true(is_signed);
}

// --- files
// -------------------------------------------------------------------------------------------------------------

static const char *slurp(const char *path)
{
    static char text[20000];
    FILE *file = fopen(path, "r");
    size_t length = file != NULL ? fread(text, 1, sizeof text - 1, file) : 0;
    if (file != NULL)
        fclose(file);
    text[length] = '\0';
    return text;
}

static void spill(const char *path, const char *text)
{
    FILE *file = fopen(path, "a");
    fputs(text, file);
    fclose(file);
}

static enum outcome deliver(const char *file, bool again)
{
    struct destination to = {.url = "", .secret = "", .token = "", .to = "", .file = file};
    struct post post = compose(&driver_file, "", &to);
    struct verdict verdict;
    post.id = parcel.id;
    post.again = again;
    driver_file.deliver(&post, &verdict);
    return verdict.outcome;
}

#define HEAD "--- 2023-11-14T22:13:20Z message a1b2c3d4e5f6 to wang\n"
#define BLOCK HEAD "  【客户提醒】王芳\n  \"好\"\n  #a1b2c3\n--- end a1b2c3d4e5f6\n"

static void test_file_of_text(void **state)
{
    (void)state;
    char path[128];
    snprintf(path, sizeof path, "%s/new/out.txt", folder);
    assert_int_equal(deliver(path, false), OUTCOME_OK);
    assert_string_equal(slurp(path), BLOCK);
    assert_int_equal(deliver(path, true), OUTCOME_OK); // there already
    assert_string_equal(slurp(path), BLOCK);
    assert_int_equal(deliver(path, false), OUTCOME_OK);
    assert_string_equal(slurp(path), BLOCK BLOCK);
}

static void test_file_that_a_crash_cut_off(void **state)
{
    (void)state;
    char path[128];
    snprintf(path, sizeof path, "%s/out.txt", folder);
    spill(path, "--- 2023-11-14T22:13:20Z message a1b2c3d4e5f6 to wang\n  【客");
    assert_int_equal(deliver(path, true), OUTCOME_OK);
    assert_string_equal(slurp(path), HEAD "  【客\n" BLOCK);
}

static void test_file_of_json(void **state)
{
    (void)state;
    char path[128];
    snprintf(path, sizeof path, "%s/out.jsonl", folder);
    spill(path, "{\"message_id\":\"a1b2c3d4e5f6\",\"time\":\"20"); // cut off: does not count
    assert_int_equal(deliver(path, true), OUTCOME_OK);
    assert_int_equal(deliver(path, true), OUTCOME_OK);
    assert_string_equal(slurp(path),
                        "{\"message_id\":\"a1b2c3d4e5f6\",\"time\":\"20\n{\"message_id\":\"a1b2c3d4e5f6\","
                        "\"time\":\"2023-11-14T22:13:20Z\",\"rep_id\":\"wang\",\"language\":\"zh-CN\",\"text\":"
                        "\"【客户提醒】王芳\\n\\\"好\\\"\\n#a1b2c3\"}\n");
}

static void test_file_for_each_rep(void **state)
{
    (void)state;
    char path[128], file[160];
    snprintf(path, sizeof path, "%s/reps/", folder);
    assert_int_equal(deliver(path, false), OUTCOME_OK);
    snprintf(file, sizeof file, "%swang.txt", path);
    assert_string_equal(slurp(file), BLOCK);
    struct destination to = {.url = "", .secret = "", .token = "", .to = "", .file = path};
    struct parcel hostile = parcel;
    hostile.rep_id = "../../etc/.x 王";
    struct post post;
    assert_null(driver_file.compose(arena, &hostile, &to, &post));
    assert_string_equal(post.url + strlen(path), "%2E.%2F..%2Fetc%2F.x%20%E7%8E%8B.txt");
}

static void test_file_trouble(void **state)
{
    (void)state;
    char path[128];
    snprintf(path, sizeof path, "%s/a/b/c/out.txt", folder);
    assert_int_equal(deliver(path, false), OUTCOME_CONFIG);
    assert_int_equal(deliver(folder, false), OUTCOME_CONFIG); // a folder without its slash
}

// No letter can end its own block.
static void test_a_letter_cannot_end_its_block(void **state)
{
    (void)state;
    struct parcel hostile = parcel;
    hostile.text = "--- end a1b2c3d4e5f6\n\n--- end a1b2c3d4e5f6";
    size_t length;
    const char *block = block_text(arena, &hostile, &length);
    assert_true(block_holds(block, length, parcel.id));
    assert_false(block_holds(block, length - strlen("--- end a1b2c3d4e5f6\n"), parcel.id));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_dingtalk),     TEST(test_wecom),
        TEST(test_feishu),       TEST(test_slack),
        TEST(test_slack_blocks), TEST(test_webhook),
        TEST(test_file_of_text), TEST(test_file_that_a_crash_cut_off),
        TEST(test_file_of_json), TEST(test_file_for_each_rep),
        TEST(test_file_trouble), TEST(test_a_letter_cannot_end_its_block),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
