// Mails on their way: the courier with a mail server that breaks off wherever it is told to.
#include "services/notifier/courier.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { TOTAL_MS = 300, PATIENCE_MS = 8000, LINE_BYTES = 2048, MAIL_BYTES = 1 << 17 };

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

static const struct parcel parcel = {.id = "a1b2c3d4e5f6",
                                     .text = "【客户提醒】王芳，有 1 件事：\n.\n请回访 张三。\n#a1b2c3",
                                     .rep_id = "wang",
                                     .rep_name = "王芳",
                                     .address = "wang@example.com",
                                     .language = "zh-CN",
                                     .link = "",
                                     .receipt = "",
                                     .now_ms = 1700000000000,
                                     .attempt = 1};

// A mail server that does as it is told.
enum part { GREETING, EHLO, AUTH, MAIL, RCPT, DATA, DOT, QUIT, PARTS };
enum manner { SAY, CLOSE, HANG };

struct server {
    int listener, port;
    enum part part;     // where it does something else
    enum manner manner; // what
    const char *words;  // SAY
    bool auth;          // it offers a login
    pthread_t thread;
    atomic_bool stop;
    atomic_int dots; // messages that came whole
    char mail[MAIL_BYTES];
    size_t length;
    char commands[LINE_BYTES];
};

static void say(int peer, const char *text)
{
    (void)!write(peer, text, strlen(text));
}

// A reply, or what stands for it. False: the connection is over.
static bool reply(struct server *server, int peer, enum part part, const char *usual)
{
    if (part != server->part) {
        say(peer, usual);
        return true;
    }
    if (server->manner == SAY)
        say(peer, server->words);
    while (server->manner == HANG && !atomic_load(&server->stop))
        usleep(1000);
    return server->manner == SAY;
}

// Lines up to the one that is only a dot.
static bool take_message(struct server *server, FILE *lines)
{
    char line[LINE_BYTES];
    while (fgets(line, sizeof line, lines) != NULL) {
        if (strcmp(line, ".\r\n") == 0) {
            atomic_fetch_add(&server->dots, 1);
            return true;
        }
        size_t length = strlen(line);
        if (server->length + length < sizeof server->mail)
            memcpy(server->mail + server->length, line, length + 1);
        server->length += length;
    }
    return false;
}

static void talk(struct server *server, int peer, FILE *lines)
{
    static const struct {
        const char *command;
        enum part part;
        const char *reply;
    } table[] = {
        {"AUTH", AUTH, "235 2.7.0 fine\r\n"}, {"MAIL", MAIL, "250 2.1.0 fine\r\n"},
        {"RCPT", RCPT, "250 2.1.5 fine\r\n"}, {"DATA", DATA, "354 go on\r\n"},
        {"QUIT", QUIT, "221 2.0.0 bye\r\n"},
    };
    char line[LINE_BYTES];
    if (!reply(server, peer, GREETING, "220 test ESMTP\r\n"))
        return;
    while (fgets(line, sizeof line, lines) != NULL) {
        size_t used = strlen(server->commands);
        snprintf(server->commands + used, sizeof server->commands - used, "%.4s ", line);
        if (strncmp(line, "EHLO", 4) == 0 &&
            !reply(server, peer, EHLO, server->auth ? "250-test\r\n250 AUTH PLAIN\r\n" : "250 test\r\n"))
            return;
        char secret[LINE_BYTES];
        if (strncmp(line, "AUTH", 4) == 0) {
            say(peer, "334 \r\n");
            if (fgets(secret, sizeof secret, lines) == NULL)
                return;
        }
        for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
            if (strncmp(line, table[i].command, 4) == 0 && !reply(server, peer, table[i].part, table[i].reply))
                return;
        }
        bool refused = server->part == DATA && server->manner == SAY;
        if (strncmp(line, "DATA", 4) == 0 && !refused &&
            (!take_message(server, lines) || !reply(server, peer, DOT, "250 2.0.0 queued\r\n")))
            return;
    }
}

static void *serve(void *self)
{
    struct server *server = self;
    while (!atomic_load(&server->stop)) {
        struct pollfd wait = {.fd = server->listener, .events = POLLIN};
        if (poll(&wait, 1, 10) <= 0)
            continue;
        int peer = accept(server->listener, NULL, NULL);
        FILE *lines = fdopen(dup(peer), "r");
        talk(server, peer, lines);
        fclose(lines);
        close(peer);
    }
    return NULL;
}

static void open_server(struct server *server, enum part part, enum manner manner, const char *words, bool auth)
{
    memset(server, 0, sizeof *server);
    server->part = part;
    server->manner = manner;
    server->words = words;
    server->auth = auth;
    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    assert_int_equal(bind(server->listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(server->listener, 4), 0);
    assert_int_equal(getsockname(server->listener, (struct sockaddr *)&address, &length), 0);
    server->port = ntohs(address.sin_port);
    assert_int_equal(pthread_create(&server->thread, NULL, serve, server), 0);
}

static void close_server(struct server *server)
{
    atomic_store(&server->stop, true);
    pthread_join(server->thread, NULL);
    close(server->listener);
}

static int64_t boot_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_BOOTTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

// A channel of type email that leads to the server; `url` has its host and scheme.
static void make_channel(struct channel *channel, struct channel_options *options, const char *scheme, int port)
{
    static char url[64], connect_to[64];
    bool named = strstr(scheme, "test") != NULL;
    snprintf(url, sizeof url, "%s:%d", scheme, named ? 25 : port);
    snprintf(connect_to, sizeof connect_to, "mail.test:25:127.0.0.1:%d", port);
    *options = (struct channel_options){.name = "mail",
                                        .type = CHANNEL_TYPE_EMAIL,
                                        .url_file = "",
                                        .secret_file = "",
                                        .token_file = "",
                                        .verify_file = "",
                                        .unlock_file = "",
                                        .app = "tend@example.com",
                                        .agent = "",
                                        .file = "",
                                        .to = "",
                                        .rate = "",
                                        .keyword = "",
                                        .language = "",
                                        .connect_to = named ? connect_to : "",
                                        .ca_file = "",
                                        .allow_loopback = true};
    channel_open(options, channel);
    channel->destination.url = url;
    channel->destination.token = "hush";
    assert_string_equal(channel->problem, "");
}

static void finish_channel(struct channel *channel)
{
    channel->destination.url = channel->destination.token = "";
    channel_close(channel);
}

static struct verdict fly(struct courier *courier, const struct channel *channel)
{
    struct post post;
    struct landing landing;
    assert_null(driver_email.compose(arena, &parcel, &channel->destination, &post));
    post.id = parcel.id;
    courier_arm(courier, channel, PURPOSE_MESSAGE, &post, 0);
    int64_t begin_ms = boot_ms();
    courier_commit(courier);
    assert_true(boot_ms() - begin_ms < TOTAL_MS); // it never waits for a server
    while (!courier_work(courier)) {
        assert_true(boot_ms() < begin_ms + PATIENCE_MS);
        struct pollfd wait = {.fd = courier_fd(courier), .events = POLLIN};
        poll(&wait, 1, 1000);
    }
    assert_true(courier_take(courier, &landing));
    assert_string_equal(landing.id, parcel.id);
    struct verdict verdict = landing.verdict;
    courier_commit(courier);
    assert_false(courier_has(courier, PURPOSE_MESSAGE, parcel.id));
    return verdict;
}

static void test_a_server_that_breaks_off(void **state)
{
    (void)state;
    static const struct {
        enum part part;
        enum manner manner;
        const char *words;
        enum outcome outcome;
        int dots;
    } table[] = {
        {PARTS, SAY, "", OUTCOME_OK, 1},
        {GREETING, CLOSE, "", OUTCOME_RETRY, 0},
        {GREETING, HANG, "", OUTCOME_RETRY, 0},
        {GREETING, SAY, "421 4.3.2 later\r\n", OUTCOME_RETRY, 0},
        {GREETING, SAY, "554 5.7.1 go away\r\n", OUTCOME_CONFIG, 0},
        {AUTH, SAY, "535 5.7.8 wrong\r\n", OUTCOME_CONFIG, 0},
        {AUTH, SAY, "454 4.7.0 not now\r\n", OUTCOME_CONFIG, 0},
        {AUTH, CLOSE, "", OUTCOME_RETRY, 0},
        {MAIL, SAY, "550 5.1.8 who are you\r\n", OUTCOME_CONFIG, 0},
        {MAIL, SAY, "452-4.3.1 too many\r\n452 4.3.1 mails\r\n", OUTCOME_THROTTLE, 0},
        {RCPT, SAY, "550-5.1.1 no such user\r\n550 5.1.1 see https://help.example\r\n", OUTCOME_GONE, 0},
        {RCPT, SAY, "451 4.7.1 greylisted\r\n", OUTCOME_RETRY, 0},
        {RCPT, HANG, "", OUTCOME_RETRY, 0},
        {RCPT, CLOSE, "", OUTCOME_RETRY, 0},
        {DATA, SAY, "554 5.5.1 no\r\n", OUTCOME_REJECT, 0},
        {DATA, CLOSE, "", OUTCOME_RETRY, 0}, // nothing of the message was asked for
        {DATA, HANG, "", OUTCOME_RETRY, 0},
        {DOT, CLOSE, "", OUTCOME_UNKNOWN, 1}, // it may have been taken
        {DOT, HANG, "", OUTCOME_UNKNOWN, 1},
        {DOT, SAY, "554 5.6.0 spam\r\n", OUTCOME_REJECT, 1},
        {DOT, SAY, "451 4.3.0 disk\r\n", OUTCOME_RETRY, 1},
        {QUIT, CLOSE, "", OUTCOME_OK, 1}, // the message is taken, whatever comes after
        {QUIT, SAY, "500 what\r\n", OUTCOME_OK, 1},
    };
    static struct server server;
    struct courier *courier = courier_open("", TOTAL_MS);
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct channel channel;
        struct channel_options options;
        open_server(&server, table[i].part, table[i].manner, table[i].words, true);
        make_channel(&channel, &options, "smtp://127.0.0.1", server.port);
        struct verdict verdict = fly(courier, &channel);
        finish_channel(&channel);
        close_server(&server);
        if (verdict.outcome != table[i].outcome || atomic_load(&server.dots) != table[i].dots)
            fail_msg("row %zu: %s, %s; %d came whole; %s", i, outcome_name(verdict.outcome), verdict.detail,
                     atomic_load(&server.dots), server.commands);
        assert_null(strstr(verdict.detail, "hush"));
    }
    courier_close(&courier);
}

static void test_what_arrives_is_what_left(void **state)
{
    (void)state;
    static struct server server;
    struct channel channel;
    struct channel_options options;
    struct post post;
    struct courier *courier = courier_open("", TOTAL_MS);
    open_server(&server, PARTS, SAY, "", true);
    make_channel(&channel, &options, "smtp://127.0.0.1", server.port);
    assert_int_equal(fly(courier, &channel).outcome, OUTCOME_OK);
    assert_null(driver_email.compose(arena, &parcel, &channel.destination, &post));
    finish_channel(&channel);
    courier_close(&courier);
    close_server(&server);
    assert_string_equal(server.mail, post.body);
    assert_string_equal(server.commands, "EHLO AUTH MAIL RCPT DATA QUIT ");
}

// A server that offers no TLS gets nothing, unless it is this machine's and the channel allows it.
static void test_no_mail_without_tls(void **state)
{
    (void)state;
    static struct server server;
    struct channel channel;
    struct channel_options options;
    struct courier *courier = courier_open("", TOTAL_MS);
    open_server(&server, PARTS, SAY, "", true);
    make_channel(&channel, &options, "smtp://mail.test", server.port);
    struct verdict verdict = fly(courier, &channel);
    assert_int_equal(verdict.outcome, OUTCOME_CONFIG);
    finish_channel(&channel);
    make_channel(&channel, &options, "smtps://127.0.0.1", server.port);
    assert_int_not_equal(fly(courier, &channel).outcome, OUTCOME_OK);
    finish_channel(&channel);
    make_channel(&channel, &options, "smtp://127.0.0.1", server.port);
    options.allow_loopback = false;
    verdict = fly(courier, &channel);
    assert_int_equal(verdict.outcome, OUTCOME_CONFIG);
    assert_non_null(strstr(verdict.detail, "inside"));
    finish_channel(&channel);
    close_server(&server);
    courier_close(&courier);
    assert_int_equal(atomic_load(&server.dots), 0);
    assert_null(strstr(server.commands, "AUTH"));
    assert_null(strstr(server.commands, "MAIL"));
}

// All slots at once, beside one that hangs; the courier ends while that is on its way.
static void test_mails_side_by_side(void **state)
{
    (void)state;
    static struct server good, stuck;
    struct channel one, other;
    struct channel_options one_options, other_options;
    struct courier *courier = courier_open("", 20 * TOTAL_MS);
    open_server(&good, PARTS, SAY, "", false);
    open_server(&stuck, DOT, HANG, "", false);
    make_channel(&other, &other_options, "smtp://127.0.0.1", stuck.port);
    struct post post;
    assert_null(driver_email.compose(arena, &parcel, &other.destination, &post));
    post.id = "ffffffffffff";
    courier_arm(courier, &other, PURPOSE_MESSAGE, &post, 0);
    courier_commit(courier);
    finish_channel(&other);
    make_channel(&one, &one_options, "smtp://127.0.0.1", good.port);
    for (int i = 1; i < COURIER_SLOTS; i++)
        assert_int_equal(fly(courier, &one).outcome, OUTCOME_OK);
    finish_channel(&one);
    assert_true(courier_has(courier, PURPOSE_MESSAGE, "ffffffffffff"));
    int64_t begin_ms = boot_ms();
    courier_close(&courier);
    assert_true(boot_ms() - begin_ms < PATIENCE_MS / 2);
    close_server(&good);
    close_server(&stuck);
    assert_int_equal(atomic_load(&good.dots), COURIER_SLOTS - 1);
}

static void test_urls_of_mail_servers(void **state)
{
    (void)state;
    static const struct {
        const char *url;
        bool good;
    } table[] = {{"smtps://mail.example.com", true},
                 {"smtp://mail.example.com:587", true},
                 {"SMTPS://mail.example.com:465/tend.example.com", true},
                 {"https://mail.example.com", false},
                 {"smtp://", false},
                 {"smtp://user:secret@mail.example.com", false},
                 {"mail.example.com", false}};
    char path[] = "/tmp/tend-mail-XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0);
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct channel channel;
        struct channel_options options;
        make_channel(&channel, &options, "smtp://127.0.0.1", 1);
        finish_channel(&channel);
        options.url_file = path;
        assert_int_equal(ftruncate(file, 0), 0);
        assert_int_equal(pwrite(file, table[i].url, strlen(table[i].url), 0), (ssize_t)strlen(table[i].url));
        channel_open(&options, &channel);
        if ((channel.problem[0] == '\0') != table[i].good)
            fail_msg("%s: %s", table[i].url, channel.problem);
        assert_null(strstr(channel.problem, "secret@"));
        channel_close(&channel);
    }
    close(file);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_server_that_breaks_off, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_arrives_is_what_left, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_no_mail_without_tls, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_mails_side_by_side, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_urls_of_mail_servers, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
