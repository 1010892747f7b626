// Every answer that a chat is known to give, and what it means.
#include "services/notifier/driver.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct row {
    int status;
    const char *body;
    enum outcome outcome;
    int64_t after_ms;
};

static void check(const struct driver *driver, const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct answer answer = {
            .status = rows[i].status, .body = rows[i].body, .length = strlen(rows[i].body), .retry_after_ms = -1};
        struct verdict verdict;
        memset(&verdict, 0xff, sizeof verdict);
        driver->classify(&answer, &verdict);
        if (verdict.outcome != rows[i].outcome || verdict.after_ms != rows[i].after_ms)
            fail_msg("%s %d %s: %s after %lld (%s)", driver->name, rows[i].status, rows[i].body,
                     outcome_name(verdict.outcome), (long long)verdict.after_ms, verdict.detail);
        assert_true(memchr(verdict.detail, '\0', sizeof verdict.detail) != NULL && verdict.detail[0] != '\0');
        answer.retry_after_ms = 7000; // wins wherever there is waiting
        driver->classify(&answer, &verdict);
        bool waits = verdict.outcome == OUTCOME_RETRY || verdict.outcome == OUTCOME_THROTTLE;
        assert_int_equal(verdict.after_ms, waits ? 7000 : 0);
    }
}
#define CHECK(driver, rows) check(&(driver), rows, sizeof(rows) / sizeof(rows)[0])
#define DING(code, words) "{\"errcode\":" code ",\"errmsg\":\"" words "\"}"
#define FEISHU(code, words) "{\"code\":" code ",\"msg\":\"" words "\",\"data\":{}}"

// What comes from between us and the chat, the same for all.
static const struct row strangers[] = {
    {200, "", OUTCOME_UNKNOWN, 0},
    {200, "<html><body>Log in to the hotel's network</body></html>", OUTCOME_UNKNOWN, 0},
    {200, "null", OUTCOME_UNKNOWN, 0},
    {200, "[]", OUTCOME_UNKNOWN, 0},
    {200, "{}", OUTCOME_UNKNOWN, 0},
    {200, "{\"errcode\":0,\"code\":0", OUTCOME_UNKNOWN, 0},
    {201, "accepted", OUTCOME_UNKNOWN, 0},
    {100, "", OUTCOME_UNKNOWN, 0},
    {301, "", OUTCOME_CONFIG, 0},
    {302, "", OUTCOME_CONFIG, 0},
    {400, "", OUTCOME_REJECT, 0},
    {401, "", OUTCOME_CONFIG, 0},
    {403, "<html>Forbidden</html>", OUTCOME_CONFIG, 0},
    {404, "", OUTCOME_CONFIG, 0},
    {405, "", OUTCOME_CONFIG, 0},
    {407, "", OUTCOME_CONFIG, 0},
    {408, "", OUTCOME_RETRY, 0},
    {410, "", OUTCOME_GONE, 0},
    {413, "", OUTCOME_REJECT, 0},
    {429, "", OUTCOME_THROTTLE, 60000},
    {500, "", OUTCOME_RETRY, 0},
    {503, "<html>Busy</html>", OUTCOME_RETRY, 0},
    {599, "", OUTCOME_RETRY, 0},
    {700, "", OUTCOME_UNKNOWN, 0},
};

static void test_dingtalk(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {200, DING("0", "ok"), OUTCOME_OK, 0},
        {200, DING("\"0\"", "ok"), OUTCOME_OK, 0},
        {500, DING("0", "ok"), OUTCOME_RETRY, 0},
        {200, DING("-1", "system busy"), OUTCOME_RETRY, 30000},
        {200, DING("130101", "send too fast"), OUTCOME_THROTTLE, 60000},
        {200, DING("410100", "发送速度太快"), OUTCOME_THROTTLE, 60000},
        {200, DING("660026", "sending too many messages per minute"), OUTCOME_THROTTLE, 60000},
        {200, "{\"status\":1111,\"wait\":5,\"source\":\"x5\",\"punish\":\"deny\"}", OUTCOME_THROTTLE, 600000},
        {200, DING("310000", "keywords not in content"), OUTCOME_CONFIG, 0},
        {200, DING("310000", "invalid timestamp"), OUTCOME_CONFIG, 0},
        {200, DING("310000", "sign not match"), OUTCOME_CONFIG, 0},
        {200, DING("310000", "ip 1.2.3.4 not in whitelist"), OUTCOME_CONFIG, 0},
        {200, DING("300005", "token is not exist"), OUTCOME_CONFIG, 0},
        {200, DING("400101", "token is not exist"), OUTCOME_CONFIG, 0},
        {200, DING("300001", "token is not exist"), OUTCOME_CONFIG, 0},
        {200, DING("300001", "message param title or text is null"), OUTCOME_REJECT, 0},
        {200, DING("300001", "something else"), OUTCOME_REJECT, 0},
        {200, DING("400102", "robot stopped"), OUTCOME_CONFIG, 0},
        {200, DING("400106", "robot not exist"), OUTCOME_CONFIG, 0},
        {200, DING("400013", "group disbanded"), OUTCOME_GONE, 0},
        {200, DING("40035", "missing param"), OUTCOME_REJECT, 0},
        {200, DING("43002", "need POST"), OUTCOME_REJECT, 0},
        {200, DING("43004", "bad content-type"), OUTCOME_REJECT, 0},
        {200, DING("400105", "bad msgtype"), OUTCOME_REJECT, 0},
        {200, DING("460101", "message too long, exceed 20000 bytes"), OUTCOME_REJECT, 0},
        {200, DING("101002", "too long"), OUTCOME_REJECT, 0},
        {200, DING("430101", "unsafe link"), OUTCOME_REJECT, 0},
        {200, DING("430102", "improper text"), OUTCOME_REJECT, 0},
        {200, DING("430103", "improper image"), OUTCOME_REJECT, 0},
        {200, DING("430104", "improper content"), OUTCOME_REJECT, 0},
        {200, DING("999999", "never heard of"), OUTCOME_REJECT, 0},
        {502, DING("999999", "never heard of"), OUTCOME_RETRY, 0},
        {200, "{\"status\":200}", OUTCOME_UNKNOWN, 0},
        {200, DING("null", "ok"), OUTCOME_UNKNOWN, 0},
        {200, DING("0.0", "ok"), OUTCOME_UNKNOWN, 0},
    };
    CHECK(driver_dingtalk, rows);
    CHECK(driver_dingtalk, strangers);
}

// A chat that slowed us down and does it again means it: DingTalk then shuts the robot for ten minutes.
static void test_after_a_second_hit(void **state)
{
    (void)state;
    static const struct {
        const struct driver *driver;
        int status;
        const char *body;
        int64_t after_ms;
    } rows[] = {
        {&driver_dingtalk, 200, DING("130101", "send too fast"), 600000},
        {&driver_dingtalk, 200, DING("410100", "发送速度太快"), 600000},
        {&driver_dingtalk, 200, DING("660026", "sending too many messages per minute"), 600000},
        {&driver_feishu, 200, FEISHU("11232", "frequency limited"), 60000},
        {&driver_feishu_app, 200, FEISHU("11232", "frequency limited"), 60000},
        {&driver_ntfy, 429, "{\"code\":42901,\"http\":429,\"error\":\"limit reached: too many requests\"}", 300000},
        {&driver_matrix, 429, "{\"errcode\":\"M_LIMIT_EXCEEDED\",\"error\":\"Too many requests\"}", 60000},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct answer answer = {.status = rows[i].status,
                                .body = rows[i].body,
                                .length = strlen(rows[i].body),
                                .retry_after_ms = -1,
                                .throttled = 1};
        struct verdict verdict;
        rows[i].driver->classify(&answer, &verdict);
        if (verdict.outcome != OUTCOME_THROTTLE || verdict.after_ms != rows[i].after_ms)
            fail_msg("%s %s: %s after %lld", rows[i].driver->name, rows[i].body, outcome_name(verdict.outcome),
                     (long long)verdict.after_ms);
        answer.throttled = 0;
        rows[i].driver->classify(&answer, &verdict);
        assert_true(verdict.after_ms > 0 && verdict.after_ms < rows[i].after_ms);
    }
}

static void test_wecom(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {200, DING("0", "ok"), OUTCOME_OK, 0},
        {200, DING("45009", "api freq out of limit"), OUTCOME_THROTTLE, 60000},
        {200, DING("-1", "system busy"), OUTCOME_RETRY, 0},
        {200, DING("93000", "invalid webhook url"), OUTCOME_CONFIG, 0},
        {200, DING("93000", "Invalid input : content exceed max length. invalid Request Parameter"), OUTCOME_REJECT, 0},
        {200, DING("93000", "who knows"), OUTCOME_REJECT, 0},
        {200, DING("40008", "invalid message type"), OUTCOME_REJECT, 0},
        {200, DING("40058", "invalid argument"), OUTCOME_REJECT, 0},
        {200, DING("40033", "invalid charset"), OUTCOME_REJECT, 0},
        {200, DING("12345", "never heard of"), OUTCOME_REJECT, 0},
    };
    CHECK(driver_wecom, rows);
    CHECK(driver_wecom, strangers);
}

static void test_feishu(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {200, FEISHU("0", "success"), OUTCOME_OK, 0},
        {200, "{\"StatusCode\":0,\"StatusMessage\":\"success\"}", OUTCOME_OK, 0},
        {200, "{\"StatusCode\":0,\"StatusMessage\":\"success\",\"code\":0,\"data\":{},\"msg\":\"success\"}", OUTCOME_OK,
         0},
        {200, "{\"StatusCode\":0,\"code\":19001,\"msg\":\"param invalid\"}", OUTCOME_CONFIG, 0},
        {200, FEISHU("11232", "frequency limited"), OUTCOME_THROTTLE, 10000},
        {200, FEISHU("19021", "sign match fail or timestamp is not within one hour"), OUTCOME_CONFIG, 0},
        {200, FEISHU("19022", "Ip Not Allowed"), OUTCOME_CONFIG, 0},
        {200, FEISHU("19024", "Key Words Not Found"), OUTCOME_CONFIG, 0},
        {200, FEISHU("19001", "param invalid: incoming webhook access token invalid"), OUTCOME_CONFIG, 0},
        {200, FEISHU("9499", "Bad Request"), OUTCOME_REJECT, 0},
        {400, FEISHU("9499", "Bad Request"), OUTCOME_REJECT, 0},
        {500, FEISHU("9499", "Bad Request"), OUTCOME_REJECT, 0}, // the body goes before the status
        {200, FEISHU("19002", "params error"), OUTCOME_REJECT, 0},
        {200, FEISHU("424242", "never heard of"), OUTCOME_REJECT, 0},
        {429, FEISHU("424242", "never heard of"), OUTCOME_THROTTLE, 60000},
    };
    CHECK(driver_feishu, rows);
    CHECK(driver_feishu, strangers);
}

static void test_slack_webhook(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {200, "ok", OUTCOME_OK, 0},
        {200, "ok\n", OUTCOME_UNKNOWN, 0},
        {200, "OK", OUTCOME_UNKNOWN, 0},
        {200, "{\"ok\":true}", OUTCOME_UNKNOWN, 0},
        {200, "{\"ok\":false,\"error\":\"no_text\"}", OUTCOME_REJECT, 0},
        {400, "invalid_payload", OUTCOME_REJECT, 0},
        {400, "user_not_found", OUTCOME_REJECT, 0},
        {400, "no_text", OUTCOME_REJECT, 0},
        {400, "too_many_attachments", OUTCOME_REJECT, 0},
        {403, "action_prohibited", OUTCOME_CONFIG, 0},
        {403, "invalid_token", OUTCOME_CONFIG, 0},
        {403, "posting_to_general_channel_denied", OUTCOME_CONFIG, 0},
        {404, "channel_not_found", OUTCOME_CONFIG, 0},
        {404, "no_service", OUTCOME_CONFIG, 0},
        {404, "no_active_hooks", OUTCOME_CONFIG, 0},
        {410, "channel_is_archived", OUTCOME_GONE, 0},
        {500, "rollup_error", OUTCOME_RETRY, 0},
        {429, "{\"retry_after\":1,\"ok\":false,\"error\":\"rate_limited\"}", OUTCOME_THROTTLE, 1000},
        {429, "rate_limited", OUTCOME_THROTTLE, 60000},
    };
    CHECK(driver_slack, rows);
    CHECK(driver_slack, strangers);
}

static void test_slack_api(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {200, "{\"ok\":true,\"channel\":\"C1\",\"ts\":\"1503435956.000247\"}", OUTCOME_OK, 0},
        {200, "ok", OUTCOME_UNKNOWN, 0},
        {200, "{\"ok\":true}", OUTCOME_UNKNOWN, 0},
        {200, "{\"ok\":false,\"error\":\"ratelimited\"}", OUTCOME_THROTTLE, 60000},
        {429, "{\"ok\":false,\"error\":\"rate_limited\"}", OUTCOME_THROTTLE, 60000},
        {200, "{\"ok\":false,\"error\":\"invalid_auth\"}", OUTCOME_CONFIG, 0},
        {200, "{\"ok\":false,\"error\":\"not_authed\"}", OUTCOME_CONFIG, 0},
        {200, "{\"ok\":false,\"error\":\"token_revoked\"}", OUTCOME_CONFIG, 0},
        {200, "{\"ok\":false,\"error\":\"account_inactive\"}", OUTCOME_CONFIG, 0},
        {200, "{\"ok\":false,\"error\":\"missing_scope\"}", OUTCOME_CONFIG, 0},
        {200, "{\"ok\":false,\"error\":\"not_in_channel\"}", OUTCOME_CONFIG, 0},
        {200, "{\"ok\":false,\"error\":\"channel_not_found\"}", OUTCOME_GONE, 0},
        {200, "{\"ok\":false,\"error\":\"is_archived\"}", OUTCOME_GONE, 0},
        {200, "{\"ok\":false,\"error\":\"msg_too_long\"}", OUTCOME_REJECT, 0},
        {200, "{\"ok\":false,\"error\":\"invalid_blocks\"}", OUTCOME_REJECT, 0},
        {200, "{\"ok\":false,\"error\":\"msg_blocks_too_long\"}", OUTCOME_REJECT, 0},
        {200, "{\"ok\":false,\"error\":\"internal_error\"}", OUTCOME_UNKNOWN, 0},
        {200, "{\"ok\":false,\"error\":\"fatal_error\"}", OUTCOME_UNKNOWN, 0},
        {200, "{\"ok\":false,\"error\":\"service_unavailable\"}", OUTCOME_RETRY, 0},
        {200, "{\"ok\":false,\"error\":\"never_heard_of\"}", OUTCOME_REJECT, 0},
        {200, "{\"ok\":false}", OUTCOME_UNKNOWN, 0},
    };
    CHECK(driver_slack_api, rows);
    CHECK(driver_slack_api, strangers);
}

static void test_webhook(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {200, "", OUTCOME_OK, 0},           {204, "", OUTCOME_OK, 0},
        {202, "whatever", OUTCOME_OK, 0},   {301, "", OUTCOME_CONFIG, 0},
        {410, "", OUTCOME_GONE, 0},         {415, "", OUTCOME_REJECT, 0},
        {429, "", OUTCOME_THROTTLE, 60000}, {502, "", OUTCOME_THROTTLE, 30000},
        {504, "", OUTCOME_THROTTLE, 30000}, {500, "", OUTCOME_RETRY, 0},
        {401, "", OUTCOME_CONFIG, 0},       {200, "\n <html>Log in", OUTCOME_UNKNOWN, 0},
    };
    CHECK(driver_webhook, rows);
}

// What the chat says reaches people without controls, and not all of it.
static void test_the_chats_words_are_cleaned(void **state)
{
    (void)state;
    char body[2000];
    snprintf(body, sizeof body, "{\"errcode\":40058,\"errmsg\":\"a\\u001b[31mb\\r\\nc\\u202e%0*d\"}", 1000, 0);
    struct answer answer = {.status = 200, .body = body, .length = strlen(body), .retry_after_ms = -1};
    struct verdict verdict;
    driver_wecom.classify(&answer, &verdict);
    assert_non_null(strstr(verdict.detail, "40058: a[31mb c000"));
    assert_true(strlen(verdict.detail) < DETAIL_BYTES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dingtalk),      cmocka_unit_test(test_after_a_second_hit),
        cmocka_unit_test(test_wecom),         cmocka_unit_test(test_feishu),
        cmocka_unit_test(test_slack_webhook), cmocka_unit_test(test_slack_api),
        cmocka_unit_test(test_webhook),       cmocka_unit_test(test_the_chats_words_are_cleaned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
