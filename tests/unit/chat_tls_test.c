// Every chat with a host of its own, over TLS to that very name, through the real courier: the production URL, with a
// server on this machine that has a certificate for the name from an authority made for this test. So what is tested is
// what leaves in production, down to the Host header, and that nothing leaves for a server whose certificate is a
// stranger's.
#include "services/notifier/ticket.h"
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
#include <microhttpd.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE_MS = 8000, PEM_BYTES = 8192 };

// A message that a chat takes: where it goes, and what the chat says then.
struct row {
    const char *type;
    const char *url;    // of url_file; NULL: the driver knows where its chat is
    const char *host;   // where it must go
    const char *target; // what the request line must begin with
    const char *method;
    const char *token, *secret, *app, *agent, *to, *address;
    const char *grant, *grant_target, *grant_method; // the answer to `ask`, and so on; NULL: nothing is asked for
    const char *answer;
};

#define BOT_TOKEN "123456789:AAabcdefghijklmnopqrstuvwxyz0123456"
#define DING_SECRET "SEC0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const struct row rows[] = {
    {.type = "dingtalk",
     .url = "https://oapi.dingtalk.com/robot/send?access_token=T",
     .host = "oapi.dingtalk.com",
     .target = "/robot/send?access_token=T&timestamp=1700000000000&sign=bTgY2yDbep%2BwesS7jKiNj%2BsrsHoADES4%2BC4f8LCHF"
               "tU%3D",
     .secret = DING_SECRET,
     .address = "13800000000",
     .answer = "{\"errcode\":0,\"errmsg\":\"ok\"}"},
    {.type = "wecom",
     .url = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=K",
     .host = "qyapi.weixin.qq.com",
     .target = "/cgi-bin/webhook/send?key=K",
     .address = "wang",
     .answer = "{\"errcode\":0,\"errmsg\":\"ok\"}"},
    {.type = "feishu",
     .url = "https://open.feishu.cn/open-apis/bot/v2/hook/T",
     .host = "open.feishu.cn",
     .target = "/open-apis/bot/v2/hook/T",
     .secret = "Gb3kQ2mZ8xT1vN7cR5pLsA",
     .address = "ou_abc",
     .answer = "{\"code\":0,\"msg\":\"success\",\"data\":{}}"},
    {.type = "feishu",
     .url = "https://open.larksuite.com/open-apis/bot/v2/hook/T",
     .host = "open.larksuite.com",
     .target = "/open-apis/bot/v2/hook/T",
     .answer = "{\"code\":0,\"msg\":\"success\",\"data\":{}}"},
    {.type = "slack",
     .url = "https://hooks.slack.com/services/T/B/X",
     .host = "hooks.slack.com",
     .target = "/services/T/B/X",
     .address = "U012AB3CD",
     .answer = "ok"},
    {.type = "slack",
     .host = "slack.com",
     .target = "/api/chat.postMessage",
     .token = "xoxb-1",
     .address = "U012AB3CD",
     .answer = "{\"ok\":true,\"channel\":\"D024BE91L\",\"ts\":\"1503435956.000247\"}"},
    {.type = "telegram",
     .host = "api.telegram.org",
     .target = "/bot" BOT_TOKEN "/sendMessage",
     .token = BOT_TOKEN,
     .address = "12345678",
     .answer = "{\"ok\":true,\"result\":{\"message_id\":7,\"chat\":{\"id\":12345678}}}"},
    {.type = "discord",
     .url = "https://discord.com/api/webhooks/123456789012345678/T",
     .host = "discord.com",
     .target = "/api/webhooks/123456789012345678/T?wait=true",
     .address = "123456789012345679",
     .answer = "{\"id\":\"1234567890123456789\",\"channel_id\":\"123456789012345677\",\"content\":\"x\"}"},
    {.type = "discord_bot",
     .host = "discord.com",
     .target = "/api/v10/channels/123456789012345677/messages",
     .token = "MTIz.abc.def",
     .to = "123456789012345677",
     .address = "123456789012345679",
     .answer = "{\"id\":\"1234567890123456789\",\"channel_id\":\"123456789012345677\",\"content\":\"x\"}"},
    {.type = "matrix",
     .url = "https://matrix-client.matrix.org",
     .host = "matrix-client.matrix.org",
     .target = "/_matrix/client/v3/rooms/%21r%3Amatrix.org/send/m.room.message/a1b2c3d4e5f6",
     .method = "PUT",
     .token = "syt_1",
     .address = "!r:matrix.org",
     .answer = "{\"event_id\":\"$E\"}"},
    {.type = "ntfy",
     .url = "https://ntfy.sh",
     .host = "ntfy.sh",
     .target = "/",
     .address = "wang",
     .answer = "{\"id\":\"hwQ2YpKdmg\",\"time\":1,\"event\":\"message\",\"topic\":\"wang\",\"message\":\"x\"}"},
    {.type = "dingtalk_app",
     .host = "api.dingtalk.com",
     .target = "/v1.0/card/instances/createAndDeliver",
     .secret = "hush",
     .app = "dingkey",
     .agent = "template.schema",
     .address = "wang",
     .grant = "{\"accessToken\":\"T\",\"expireIn\":7200}",
     .grant_target = "/v1.0/oauth2/accessToken",
     .answer = "{\"success\":true,\"result\":{\"outTrackId\":\"a1b2c3d4e5f6\",\"deliverResults\":[{\"spaceType\":"
               "\"IM_ROBOT\",\"success\":true}]}}"},
    {.type = "wecom_app",
     .host = "qyapi.weixin.qq.com",
     .target = "/cgi-bin/message/send?access_token=T",
     .secret = "hush",
     .app = "wwcorp",
     .agent = "1000002",
     .address = "wang",
     .grant = "{\"errcode\":0,\"errmsg\":\"ok\",\"access_token\":\"T\",\"expires_in\":7200}",
     .grant_target = "/cgi-bin/gettoken?corpid=wwcorp&corpsecret=hush",
     .grant_method = "GET",
     .answer = "{\"errcode\":0,\"errmsg\":\"ok\",\"msgid\":\"M\"}"},
    {.type = "feishu_app",
     .host = "open.feishu.cn",
     .target = "/open-apis/im/v1/messages?receive_id_type=open_id",
     .secret = "hush",
     .app = "cli_a1",
     .address = "ou_abc",
     .grant = "{\"code\":0,\"msg\":\"ok\",\"tenant_access_token\":\"t-1\",\"expire\":7200}",
     .grant_target = "/open-apis/auth/v3/tenant_access_token/internal",
     .answer = "{\"code\":0,\"msg\":\"success\",\"data\":{\"message_id\":\"om_1\"}}"},
};
enum { ROWS = sizeof rows / sizeof rows[0] };

static char folder[64];
static struct courier *courier;
static struct arena *arena;

// --- the server

static struct {
    struct MHD_Daemon *daemon;
    char key[PEM_BYTES], pem[PEM_BYTES];
    pthread_mutex_t mutex;
    int port;
    const char *answer;
    unsigned count;
    size_t length; // of the body
    char host[200], method[20], target[400];
} server = {.mutex = PTHREAD_MUTEX_INITIALIZER};

static void *note_target(void *self, const char *target, struct MHD_Connection *connection)
{
    (void)self;
    (void)connection;
    snprintf(server.target, sizeof server.target, "%s", target);
    return NULL;
}

static enum MHD_Result handle(void *self, struct MHD_Connection *connection, const char *path, const char *method,
                              const char *version, const char *data, size_t *data_length, void **state)
{
    (void)self;
    (void)path;
    (void)version;
    (void)data;
    static int begun;
    if (*state == NULL) {
        *state = &begun;
        return MHD_YES;
    }
    if (*data_length > 0) {
        server.length += *data_length;
        *data_length = 0;
        return MHD_YES;
    }
    pthread_mutex_lock(&server.mutex);
    const char *host = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Host");
    snprintf(server.host, sizeof server.host, "%s", host != NULL ? host : "");
    snprintf(server.method, sizeof server.method, "%s", method);
    server.count++;
    struct MHD_Response *response = MHD_create_response_from_buffer(
        strlen(server.answer), (void *)(uintptr_t)server.answer, MHD_RESPMEM_PERSISTENT);
    pthread_mutex_unlock(&server.mutex);
    enum MHD_Result result = MHD_queue_response(connection, 200, response);
    MHD_destroy_response(response);
    return result;
}

static void slurp(const char *name, const char *ending, char *ret_text)
{
    char path[400];
    snprintf(path, sizeof path, "%s/%s.%s", folder, name, ending);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t length = fread(ret_text, 1, PEM_BYTES - 1, file);
    ret_text[length] = '\0';
    fclose(file);
    assert_in_range(length, 100, PEM_BYTES - 2);
}

// Serves on this machine with the certificate of the host.
static void serve(const char *host)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    slurp(host, "key", server.key);
    slurp(host, "pem", server.pem);
    server.count = 0;
    server.length = 0;
    server.daemon =
        MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_TLS, 0, NULL, NULL, handle, NULL,
                         MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_URI_LOG_CALLBACK, note_target, NULL,
                         MHD_OPTION_HTTPS_MEM_KEY, server.key, MHD_OPTION_HTTPS_MEM_CERT, server.pem, MHD_OPTION_END);
    assert_non_null(server.daemon);
    server.port = MHD_get_daemon_info(server.daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
}

static void stop(void)
{
    MHD_stop_daemon(server.daemon);
    server.daemon = NULL;
}

// --- the certificates

static void write_file(const char *name, const char *text, char *ret_path)
{
    snprintf(ret_path, 128, "%s/%s", folder, name);
    FILE *file = fopen(ret_path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void make(const char *options)
{
    char command[1000];
    snprintf(command, sizeof command,
             "cd %s && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 %s >log 2>&1 || "
             "{ cat log; false; }",
             folder, options);
    assert_int_equal(system(command), 0); // openssl comes with ca-certificates
}

// An authority, and a certificate of it for each host.
static int set_up_all(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/tend-tls-XXXXXX");
    assert_non_null(mkdtemp(folder));
    make("-subj '/CN=Test authority' -keyout ca.key -out ca.pem -addext keyUsage=critical,keyCertSign");
    make("-subj '/CN=Stranger' -keyout stranger.key -out stranger.pem");
    for (size_t i = 0; i < ROWS; i++) {
        char options[600], path[300];
        snprintf(path, sizeof path, "%s/%s.pem", folder, rows[i].host);
        if (access(path, F_OK) == 0)
            continue;
        snprintf(options, sizeof options,
                 "-CA ca.pem -CAkey ca.key -subj /CN=server -addext subjectAltName=DNS:%s "
                 "-addext basicConstraints=critical,CA:FALSE -keyout %s.key -out %s.pem",
                 rows[i].host, rows[i].host, rows[i].host);
        make(options);
    }
    return 0;
}

static int remove_one(const char *path, const struct stat *facts, int type, struct FTW *walk)
{
    (void)facts;
    (void)type;
    (void)walk;
    return remove(path);
}

static int tear_down_all(void **state)
{
    (void)state;
    nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    return 0;
}

static int set_up(void **state)
{
    (void)state;
    courier = courier_open("", PATIENCE_MS);
    arena = arena_open(1 << 16, 1 << 24);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    courier_close(&courier);
    arena_close(&arena);
    return 0;
}

// --- the channel

#define NAME_OF(NUMBER, name) #name,
static const char *const types[] = {CHATS(NAME_OF)};
#undef NAME_OF

static int type_of(const char *name)
{
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (strcmp(types[i], name) == 0)
            return (int)i;
    }
    fail_msg("there is no chat of the type %s", name);
    return -1;
}

static const char *kept(const char *text)
{
    return text != NULL ? text : "";
}

// What a row needs, as a configuration has it. `host`: where connections to the row's host go on this machine.
struct setting {
    struct channel_options options;
    char connect_to[200], ca[128], url[128], token[128], secret[128];
};

static void set(const struct row *row, const char *authority, struct setting *ret_setting, struct channel *ret_channel)
{
    struct setting *setting = ret_setting;
    memset(setting, 0, sizeof *setting);
    snprintf(setting->connect_to, sizeof setting->connect_to, "%s:443:127.0.0.1:%d", row->host, server.port);
    if (authority != NULL)
        snprintf(setting->ca, sizeof setting->ca, "%s/%s", folder, authority);
    if (row->url != NULL)
        write_file("url", row->url, setting->url);
    if (row->token != NULL)
        write_file("token", row->token, setting->token);
    if (row->secret != NULL)
        write_file("secret", row->secret, setting->secret);
    setting->options = (struct channel_options){.name = "test",
                                                .type = type_of(row->type),
                                                .url_file = setting->url,
                                                .secret_file = setting->secret,
                                                .token_file = setting->token,
                                                .verify_file = "",
                                                .unlock_file = "",
                                                .app = kept(row->app),
                                                .agent = kept(row->agent),
                                                .file = "",
                                                .to = kept(row->to),
                                                .rate = "",
                                                .keyword = "",
                                                .language = "",
                                                .connect_to = setting->connect_to,
                                                .ca_file = setting->ca,
                                                .allow_loopback = true};
    for (size_t i = 0; i < CHANNEL_KEYS; i++) {
        const char *key, *wrong = channel_options_wrong(&setting->options, i, &key);
        if (wrong != NULL)
            fail_msg("%s: %s %s", row->type, key, wrong);
    }
    channel_open(&setting->options, ret_channel);
    assert_string_equal(ret_channel->problem, "");
    if (row->grant != NULL)
        channel_grant(ret_channel, &(struct grant){.token = "of-old", .lasts_ms = 7200000}, 1700000000000);
}

// --- the flight

static int64_t boot_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_BOOTTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static struct verdict fly(struct channel *channel, enum purpose purpose, const struct post *post)
{
    struct landing landing;
    int64_t end_ms = boot_ms() + PATIENCE_MS;
    courier_arm(courier, channel, purpose, post, 0);
    courier_commit(courier);
    while (!courier_work(courier)) {
        assert_true(boot_ms() < end_ms);
        int wait_ms = courier_timeout_ms(courier);
        struct pollfd poll_fd = {.fd = courier_fd(courier), .events = POLLIN};
        poll(&poll_fd, 1, wait_ms < 0 || wait_ms > 100 ? 100 : wait_ms);
    }
    assert_true(courier_take(courier, &landing));
    if (purpose == PURPOSE_GRANT && landing.verdict.outcome == OUTCOME_OK)
        channel_grant(channel, landing.grant, 1700000000000);
    courier_commit(courier);
    return landing.verdict;
}

static const struct button button = {1, TICKET_DONE, "完成", "TOKEN", "https://tend.example.com/a/TOKEN"};

static struct verdict tell(const struct row *row, struct channel *channel)
{
    static const char *const reminders[] = {"r1"};
    struct parcel parcel = {.id = "a1b2c3d4e5f6",
                            .text = "你好，王芳。\n#a1b2c3",
                            .rep_id = "wang",
                            .rep_name = "王芳",
                            .address = kept(row->address),
                            .language = "zh-CN",
                            .reminder_ids = reminders,
                            .reminder_count = 1,
                            .buttons = &button,
                            .button_count = channel->driver->buttons > 0,
                            .link = "https://tend.example.com/a/OPEN",
                            .receipt = "",
                            .now_ms = 1700000000000,
                            .attempt = 1};
    struct post post;
    const char *trouble = channel->driver->compose(arena, &parcel, &channel->destination, &post);
    if (trouble != NULL)
        fail_msg("%s: %s", row->type, trouble);
    post.id = parcel.id;
    return fly(channel, PURPOSE_MESSAGE, &post);
}

static void assert_arrived(const struct row *row, const struct verdict *verdict, const char *target, const char *method)
{
    if (verdict->outcome != OUTCOME_OK)
        fail_msg("%s to %s: %s, %s", row->type, row->host, outcome_name(verdict->outcome), verdict->detail);
    pthread_mutex_lock(&server.mutex);
    assert_int_equal(server.count, 1);
    assert_string_equal(server.host, row->host);
    assert_string_equal(server.method, method != NULL ? method : "POST");
    if (strncmp(server.target, target, strlen(target)) != 0)
        fail_msg("%s: %s instead of %s", row->type, server.target, target);
    server.count = 0;
    pthread_mutex_unlock(&server.mutex);
}

// The token that the app's messages must carry comes from the same host, in the same way.
static void get_grant(const struct row *row, struct channel *channel)
{
    struct post post;
    assert_null(channel->driver->ask(arena, &channel->destination, 1700000000000, &post));
    post.id = "";
    server.answer = row->grant;
    struct verdict verdict = fly(channel, PURPOSE_GRANT, &post);
    assert_arrived(row, &verdict, row->grant_target, row->grant_method);
}

static void test_each_chat_by_its_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        struct setting setting;
        struct channel channel;
        serve(rows[i].host);
        set(&rows[i], "ca.pem", &setting, &channel);
        if (rows[i].grant != NULL)
            get_grant(&rows[i], &channel);
        server.answer = rows[i].answer;
        struct verdict verdict = tell(&rows[i], &channel);
        assert_arrived(&rows[i], &verdict, rows[i].target, rows[i].method);
        assert_true(server.length > 0);
        channel_close(&channel);
        stop();
    }
}

// The authorities of the system do not know ours: it is the channel that must be mended, and nothing was sent.
static void test_strangers_get_nothing(void **state)
{
    (void)state;
    static const char *const authorities[] = {NULL, "stranger.pem"};
    for (size_t i = 0; i < ROWS; i++) {
        struct setting setting;
        struct channel channel;
        serve(rows[i].host);
        set(&rows[i], authorities[i % 2], &setting, &channel);
        server.answer = rows[i].answer;
        struct verdict verdict = tell(&rows[i], &channel);
        assert_int_equal(verdict.outcome, OUTCOME_CONFIG);
        if (rows[i].secret != NULL)
            assert_null(strstr(verdict.detail, rows[i].secret));
        if (rows[i].token != NULL)
            assert_null(strstr(verdict.detail, rows[i].token));
        assert_int_equal(server.count, 0);
        channel_close(&channel);
        stop();
    }
}

// A good certificate, of somebody else.
static void test_another_name_gets_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        struct setting setting;
        struct channel channel;
        const char *other = rows[(i + 1) % ROWS].host;
        if (strcmp(other, rows[i].host) == 0)
            other = rows[(i + 2) % ROWS].host;
        serve(other);
        set(&rows[i], "ca.pem", &setting, &channel);
        server.answer = rows[i].answer;
        assert_int_equal(tell(&rows[i], &channel).outcome, OUTCOME_CONFIG);
        assert_int_equal(server.count, 0);
        channel_close(&channel);
        stop();
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_each_chat_by_its_name),
        TEST(test_strangers_get_nothing),
        TEST(test_another_name_gets_nothing),
    };
    return cmocka_run_group_tests(tests, set_up_all, tear_down_all);
}
