// The courier against a real server on this machine that answers as it is told, and worse.
#include "harness/chat.h"
#include "services/notifier/courier.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <ftw.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TOTAL_MS = 400, TLS_MS = 7000, PATIENCE_MS = 8000 };

static char folder[64];
static struct chat *chat;
static struct courier *courier;
static struct arena *arena;

static int64_t boot_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_BOOTTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static const char *write_file(const char *name, const char *text)
{
    static char paths[8][128];
    static unsigned next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    return path;
}

static int set_up(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/tend-courier-XXXXXX");
    assert_non_null(mkdtemp(folder));
    chat = chat_open(NULL);
    courier = courier_open("", TOTAL_MS);
    arena = arena_open(1 << 16, 1 << 24);
    return 0;
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
    courier_close(&courier);
    chat_close(&chat);
    arena_close(&arena);
    nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    return 0;
}

// A channel of the type whose URL leads to the chat.
static void make_channel(struct channel *channel, struct channel_options *options, enum channel_type type,
                         const char *url)
{
    char text[200];
    snprintf(text, sizeof text, "http://127.0.0.1:%d%s\n", chat_port(chat), url);
    *options = (struct channel_options){.name = "test",
                                        .type = (int)type,
                                        .url_file = write_file("url", text),
                                        .secret_file = "",
                                        .token_file = "",
                                        .verify_file = "",
                                        .unlock_file = "",
                                        .app = "",
                                        .agent = "",
                                        .file = "",
                                        .to = "",
                                        .rate = "",
                                        .keyword = "",
                                        .language = "",
                                        .connect_to = "",
                                        .ca_file = "",
                                        .allow_loopback = true};
    channel_open(options, channel);
    assert_string_equal(channel->problem, "");
}

static const char *const reminders[] = {"r1"};
static const struct parcel parcel = {.id = "a1b2c3d4e5f6",
                                     .text = "你好，王芳。\n#a1b2c3",
                                     .rep_id = "wang",
                                     .rep_name = "王芳",
                                     .address = "13800000000",
                                     .language = "zh-CN",
                                     .reminder_ids = reminders,
                                     .reminder_count = 1,
                                     .link = "",
                                     .now_ms = 1700000000000,
                                     .attempt = 1};

static struct post make_post(const struct channel *channel)
{
    struct post post;
    assert_null(channel->driver->compose(arena, &parcel, &channel->destination, &post));
    post.id = parcel.id;
    return post;
}

// Works until something has landed.
static struct landing wait_landing(void)
{
    struct landing landing;
    int64_t end_ms = boot_ms() + PATIENCE_MS;
    while (!courier_work(courier)) {
        assert_true(boot_ms() < end_ms);
        int wait_ms = courier_timeout_ms(courier);
        struct pollfd poll_fd = {.fd = courier_fd(courier), .events = POLLIN};
        poll(&poll_fd, 1, wait_ms < 0 || wait_ms > 100 ? 100 : wait_ms);
    }
    assert_true(courier_take(courier, &landing));
    return landing;
}

static struct verdict fly(const struct channel *channel)
{
    struct post post = make_post(channel);
    courier_arm(courier, channel, PURPOSE_MESSAGE, &post, 0);
    courier_commit(courier);
    struct verdict verdict = wait_landing().verdict;
    courier_commit(courier);
    return verdict;
}

static struct verdict try_once(enum channel_type type, const struct chat_line *line)
{
    struct channel channel;
    struct channel_options options;
    make_channel(&channel, &options, type, "/hook");
    chat_say(chat, line);
    struct verdict verdict = fly(&channel);
    channel_close(&channel);
    return verdict;
}

static void test_answers_on_the_wire(void **state)
{
    (void)state;
    static const struct {
        enum channel_type type;
        struct chat_line line;
        enum outcome outcome;
        int64_t after_ms;
    } table[] = {
        {CHANNEL_TYPE_DINGTALK, {CHAT_ANSWER, 200, "{\"errcode\":0,\"errmsg\":\"ok\"}", NULL, NULL, 0}, OUTCOME_OK, 0},
        {CHANNEL_TYPE_DINGTALK,
         {CHAT_ANSWER, 200, "{\"errcode\":310000,\"errmsg\":\"sign not match\"}", NULL, NULL, 0},
         OUTCOME_CONFIG,
         0},
        {CHANNEL_TYPE_SLACK, {CHAT_ANSWER, 200, "ok", NULL, NULL, 0}, OUTCOME_OK, 0},
        {CHANNEL_TYPE_SLACK,
         {CHAT_ANSWER, 429, "{\"ok\":false,\"error\":\"rate_limited\"}", "Retry-After", "7", 0},
         OUTCOME_THROTTLE,
         7000},
        {CHANNEL_TYPE_WECOM, {CHAT_ANSWER, 500, "sorry", NULL, NULL, 0}, OUTCOME_RETRY, 0},
        {CHANNEL_TYPE_WECOM, {CHAT_ANSWER, 503, "sorry", "Retry-After", "30", 0}, OUTCOME_RETRY, 30000},
        {CHANNEL_TYPE_FEISHU, {CHAT_ANSWER, 302, "", "Location", "https://elsewhere.example/", 0}, OUTCOME_CONFIG, 0},
        {CHANNEL_TYPE_FEISHU,
         {CHAT_ANSWER, 200, "<html>Welcome to the hotel</html>", NULL, NULL, 0},
         OUTCOME_UNKNOWN,
         0},
        {CHANNEL_TYPE_WEBHOOK, {CHAT_ANSWER, 204, "", NULL, NULL, 0}, OUTCOME_OK, 0},
        {CHANNEL_TYPE_WECOM,
         {CHAT_ANSWER, 200, "{\"errcode\":0,\"errmsg\":\"", NULL, NULL, 200000},
         OUTCOME_UNKNOWN,
         0},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct verdict verdict = try_once(table[i].type, &table[i].line);
        if (verdict.outcome != table[i].outcome || verdict.after_ms != table[i].after_ms)
            fail_msg("row %zu: %s after %lld, %s", i, outcome_name(verdict.outcome), (long long)verdict.after_ms,
                     verdict.detail);
    }
    assert_int_equal(chat_count(chat), sizeof table / sizeof table[0]); // each left once, redirects were not followed
}

static void test_time_out_after_the_body_is_unknown(void **state)
{
    (void)state;
    struct verdict verdict = try_once(CHANNEL_TYPE_DINGTALK, &(struct chat_line){.manner = CHAT_HANG, .body = ""});
    assert_int_equal(verdict.outcome, OUTCOME_UNKNOWN);
    assert_int_equal(chat_count(chat), 1);
}

static void test_reset_after_the_body_is_unknown_and_not_sent_again(void **state)
{
    (void)state;
    struct verdict verdict = try_once(CHANNEL_TYPE_DINGTALK, &(struct chat_line){.manner = CHAT_RESET, .body = ""});
    assert_int_equal(verdict.outcome, OUTCOME_UNKNOWN);
    assert_int_equal(chat_count(chat), 1);
}

static void test_nobody_listens_is_retry(void **state)
{
    (void)state;
    struct channel channel;
    struct channel_options options;
    make_channel(&channel, &options, CHANNEL_TYPE_WECOM, "/hook");
    chat_say(chat, &(struct chat_line){.body = ""});
    chat_close(&chat);
    assert_int_equal(fly(&channel).outcome, OUTCOME_RETRY);
    channel_close(&channel);
}

static void test_addresses_inside_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool inside, loopback;
    } table[] = {
        {"127.0.0.1", true, true},
        {"10.1.2.3", true, false},
        {"172.16.0.1", true, false},
        {"172.32.0.1", false, false},
        {"192.168.1.1", true, false},
        {"169.254.169.254", true, false},
        {"100.64.0.1", true, false},
        {"0.0.0.0", true, false},
        {"224.0.0.1", true, false},
        {"255.255.255.255", true, false},
        {"8.8.8.8", false, false},
        {"::1", true, true},
        {"::", true, false},
        {"fe80::1", true, false},
        {"fd00::1", true, false},
        {"ff02::1", true, false},
        {"::ffff:127.0.0.1", true, true},
        {"::ffff:10.0.0.1", true, false},
        {"64:ff9b::a00:1", true, false},
        {"2002:a00:1::", true, false},
        {"2400:3200::1", false, false},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct sockaddr_storage address = {0};
        struct sockaddr_in *four = (struct sockaddr_in *)&address;
        struct sockaddr_in6 *six = (struct sockaddr_in6 *)&address;
        address.ss_family = strchr(table[i].text, ':') != NULL ? AF_INET6 : AF_INET;
        void *place = address.ss_family == AF_INET6 ? (void *)&six->sin6_addr : (void *)&four->sin_addr;
        assert_int_equal(inet_pton(address.ss_family, table[i].text, place), 1);
        bool loopback;
        bool inside = courier_address_inside((const struct sockaddr *)&address, &loopback);
        if (inside != table[i].inside || (inside && loopback != table[i].loopback))
            fail_msg("%s: inside %d loopback %d", table[i].text, inside, loopback);
    }
}

static void test_urls_without_tls_and_loopback_need_leave(void **state)
{
    (void)state;
    struct channel channel;
    struct channel_options options;
    make_channel(&channel, &options, CHANNEL_TYPE_WECOM, "/hook");
    options.allow_loopback = false;
    assert_false(channel_refresh(&channel));
    assert_non_null(strstr(channel.problem, "https"));
    // With TLS the URL is fine, and the address is refused when it is known.
    options.url_file = write_file("url", "https://127.0.0.1:1/hook?key=hush");
    assert_true(channel_refresh(&channel));
    struct verdict verdict = fly(&channel);
    assert_int_equal(verdict.outcome, OUTCOME_CONFIG);
    assert_null(strstr(verdict.detail, "hush"));
    static const char *const bad[] = {"ftp://x/", "http://evil.example/", "https://", "https://user@host/", "nonsense"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        options.url_file = write_file("url", bad[i]);
        options.allow_loopback = true;
        assert_false(channel_refresh(&channel));
    }
    options.url_file = "/nowhere/at/all";
    assert_false(channel_refresh(&channel));
    channel_close(&channel);
}

static void test_environment_proxies_are_not_used(void **state)
{
    (void)state;
    setenv("http_proxy", "http://127.0.0.1:9", 1);
    setenv("ALL_PROXY", "http://127.0.0.1:9", 1);
    struct verdict verdict = try_once(CHANNEL_TYPE_SLACK, &(struct chat_line){.status = 200, .body = "ok"});
    unsetenv("http_proxy");
    unsetenv("ALL_PROXY");
    assert_int_equal(verdict.outcome, OUTCOME_OK);
}

static void test_nothing_leaves_before_the_commit(void **state)
{
    (void)state;
    struct channel channel;
    struct channel_options options;
    make_channel(&channel, &options, CHANNEL_TYPE_SLACK, "/hook");
    chat_say(chat, &(struct chat_line){.status = 200, .body = "ok"});
    struct post post = make_post(&channel);
    courier_arm(courier, &channel, PURPOSE_MESSAGE, &post, 0);
    for (int i = 0; i < 20; i++) {
        assert_false(courier_work(courier));
        usleep(1000);
    }
    assert_true(courier_has(courier, PURPOSE_MESSAGE, parcel.id));
    courier_revert(courier);
    assert_false(courier_has(courier, PURPOSE_MESSAGE, parcel.id));
    courier_commit(courier);
    assert_false(courier_work(courier));
    assert_int_equal(chat_count(chat), 0);
    // What landed is there again when the turn that took it did not happen.
    courier_arm(courier, &channel, PURPOSE_MESSAGE, &post, 0);
    courier_commit(courier);
    assert_int_equal(wait_landing().verdict.outcome, OUTCOME_OK);
    struct landing landing;
    assert_false(courier_take(courier, &landing));
    courier_revert(courier);
    assert_true(courier_take(courier, &landing));
    courier_commit(courier);
    assert_false(courier_has(courier, PURPOSE_MESSAGE, parcel.id));
    channel_close(&channel);
}

// A turn may take its time, and its commit longer: what has left before goes on meanwhile, and says when it is there.
static void test_it_flies_while_nobody_calls(void **state)
{
    (void)state;
    struct channel channel;
    struct channel_options options;
    make_channel(&channel, &options, CHANNEL_TYPE_SLACK, "/hook");
    chat_say(chat, &(struct chat_line){.status = 200, .body = "ok"});
    struct post post = make_post(&channel);
    courier_arm(courier, &channel, PURPOSE_MESSAGE, &post, 0);
    courier_commit(courier);
    struct pollfd poll_fd = {.fd = courier_fd(courier), .events = POLLIN};
    assert_int_equal(poll(&poll_fd, 1, PATIENCE_MS), 1);
    assert_int_equal(chat_count(chat), 1);
    struct landing landing;
    assert_false(courier_take(courier, &landing)); // nothing changes between two calls
    assert_true(courier_has(courier, PURPOSE_MESSAGE, parcel.id));
    assert_int_equal(wait_landing().verdict.outcome, OUTCOME_OK);
    courier_commit(courier);
    channel_close(&channel);
}

// The end does not wait for a chat that says nothing, nor for what was never handed over.
static void test_it_closes_while_posts_fly(void **state)
{
    (void)state;
    struct channel channel;
    struct channel_options options;
    make_channel(&channel, &options, CHANNEL_TYPE_SLACK, "/hook");
    courier_close(&courier);
    courier = courier_open("", 10 * PATIENCE_MS);
    for (int i = 0; i < 3; i++) {
        chat_say(chat, &(struct chat_line){.manner = CHAT_HANG});
        struct post post = make_post(&channel);
        courier_arm(courier, &channel, PURPOSE_MESSAGE, &post, 0);
        if (i < 2)
            courier_commit(courier);
    }
    int64_t begin_ms = boot_ms();
    courier_close(&courier);
    assert_true(boot_ms() - begin_ms < PATIENCE_MS);
    courier = courier_open("", TOTAL_MS);
    channel_close(&channel);
}

static void test_many_at_once(void **state)
{
    (void)state;
    struct channel channel;
    struct channel_options options;
    make_channel(&channel, &options, CHANNEL_TYPE_SLACK, "/hook");
    for (int i = 0; i < COURIER_SLOTS; i++) {
        static char ids[COURIER_SLOTS][24];
        struct post post = make_post(&channel);
        snprintf(ids[i], sizeof ids[i], "%012d", i);
        post.id = ids[i];
        assert_false(courier_full(courier));
        courier_arm(courier, &channel, PURPOSE_MESSAGE, &post, 0);
        chat_say(chat, &(struct chat_line){.status = 200, .body = "ok"});
    }
    assert_true(courier_full(courier));
    courier_commit(courier);
    for (int i = 0; i < COURIER_SLOTS; i++)
        assert_int_equal(wait_landing().verdict.outcome, OUTCOME_OK);
    courier_commit(courier);
    assert_false(courier_full(courier));
    assert_int_equal(chat_count(chat), COURIER_SLOTS);
    channel_close(&channel);
}

static void test_what_is_sent(void **state)
{
    (void)state;
    struct channel channel;
    struct channel_options options;
    make_channel(&channel, &options, CHANNEL_TYPE_DINGTALK, "/robot/send?access_token=T");
    options.secret_file =
        write_file("secret", "  SEC0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef \n");
    assert_true(channel_refresh(&channel));
    chat_say(chat, &(struct chat_line){.status = 200, .body = "{\"errcode\":\"0\",\"errmsg\":\"ok\"}"});
    assert_int_equal(fly(&channel).outcome, OUTCOME_OK);
    channel_close(&channel);
    struct chat_request got = chat_request(chat, 0);
    assert_string_equal(got.path, "/robot/send");
    assert_string_equal(got.timestamp, "1700000000000");
    assert_string_equal(got.sign, "bTgY2yDbep+wesS7jKiNj+srsHoADES4+C4f8LCHFtU="); // decoded once: escaped once
    assert_string_equal(got.content_type, "application/json; charset=utf-8");
    assert_non_null(strstr(got.body, "你好，王芳。")); // raw UTF-8
    assert_non_null(strstr(got.body, "\"msgUuid\":\"a1b2c3d4e5f6\""));
}

// The chat's own host name and a certificate for it, on this machine.
static void test_tls_to_the_real_name(void **state)
{
    (void)state;
    char command[500];
    snprintf(command, sizeof command,
             "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=oapi.dingtalk.com "
             "-addext subjectAltName=DNS:oapi.dingtalk.com -keyout %s/tls.key -out %s/tls.pem >/dev/null 2>&1",
             folder, folder);
    if (system(command) != 0)
        skip();
    // Two handshakes under the sanitizers on a busy machine: TOTAL_MS is for the tests that wait for its end.
    courier_close(&courier);
    courier = courier_open("", TLS_MS);
    struct chat *tls = chat_open(folder);
    struct channel channel;
    struct channel_options options;
    make_channel(&channel, &options, CHANNEL_TYPE_DINGTALK, "/");
    char connect_to[64], pem[128];
    snprintf(connect_to, sizeof connect_to, "oapi.dingtalk.com:443:127.0.0.1:%d", chat_port(tls));
    snprintf(pem, sizeof pem, "%s/tls.pem", folder);
    options.url_file = write_file("url", "https://oapi.dingtalk.com/robot/send?access_token=T");
    options.connect_to = connect_to;
    assert_true(channel_refresh(&channel));
    chat_say(tls, &(struct chat_line){.status = 200, .body = "{\"errcode\":0,\"errmsg\":\"ok\"}"});
    assert_int_equal(fly(&channel).outcome, OUTCOME_CONFIG); // a stranger's certificate
    assert_int_equal(chat_count(tls), 0);
    options.ca_file = pem;
    assert_int_equal(fly(&channel).outcome, OUTCOME_OK);
    channel_close(&channel);
    chat_close(&tls);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_answers_on_the_wire, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_time_out_after_the_body_is_unknown, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_reset_after_the_body_is_unknown_and_not_sent_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_nobody_listens_is_retry, set_up, tear_down),
        cmocka_unit_test(test_addresses_inside_are_refused),
        cmocka_unit_test_setup_teardown(test_urls_without_tls_and_loopback_need_leave, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_environment_proxies_are_not_used, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_nothing_leaves_before_the_commit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_it_flies_while_nobody_calls, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_it_closes_while_posts_fly, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_many_at_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_is_sent, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_tls_to_the_real_name, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
