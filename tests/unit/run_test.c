// Whole processes: the loop with its sockets, signals and ends. Each service is a child of this program on a store of
// its own.
#include "common/must.h"
#include "common/run.h"
#include "common/socket.h"
#include "harness/cradle.h"
#include "harness/faults.h"
#include "harness/folder.h"
#include "harness/little.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum { MAP = 1 << 26, WAIT_MS = 10000, TEXT = 4000, UPPER = 0, LOWER = 1, STARTS_MAX = 8 };

struct fixture {
    char folder[FOLDER_BYTES];
    pid_t pids[2];
    int ports[2]; // of HTTP; 0: any
    struct cradle cradle;
    void *context, *sockets[2];
    char answer[TEXT];
    int status;
};

static int64_t now_ms(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (int64_t)at.tv_sec * 1000 + at.tv_nsec / 1000000;
}

static void endpoint_of(const struct fixture *fixture, int which, char *ret_text)
{
    snprintf(ret_text, 100, "ipc://%.70s/run/%d.sock", fixture->folder, which);
}

// What the child's disk does when it gets the signal.
static void fill_disk(int signal)
{
    static bool full;
    (void)signal;
    full = !full;
    faults_disk_full(full);
}

static void fail_writes(int signal)
{
    static bool failing;
    (void)signal;
    failing = !failing;
    if (failing)
        faults_arm(1, ENOSPC, true);
    else
        faults_disarm();
}

static void break_disk(int signal)
{
    (void)signal;
    faults_arm(1, EIO, false);
}

static int free_port(void)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof at;
    must(fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0);
    must(bind(fd, (struct sockaddr *)&at, sizeof at) == 0 && getsockname(fd, (struct sockaddr *)&at, &length) == 0);
    close(fd);
    return ntohs(at.sin_port);
}

// What a child is told.
struct orders {
    char folder[FOLDER_BYTES];
    int ports[2], which;
};

static int run_child(const void *said)
{
    const struct orders *orders = said;
    const int which = orders->which;
    struct fixture parent = {.ports = {orders->ports[0], orders->ports[1]}}, *fixture = &parent;
    memcpy(parent.folder, orders->folder, sizeof parent.folder);
    char endpoint[100], upstream[100], listen[40], folder[FOLDER_BYTES + 20];
    struct little little = {.trimmable = UINT64_MAX};
    struct metrics *metrics = metrics_open();
    signal(SIGUSR1, fill_disk);
    signal(SIGUSR2, fail_writes);
    signal(SIGWINCH, break_disk);
    endpoint_of(fixture, which, endpoint);
    endpoint_of(fixture, UPPER, upstream);
    const char *const upstreams[] = {upstream};
    snprintf(listen, sizeof listen, "127.0.0.1:%d", fixture->ports[which]);
    snprintf(folder, sizeof folder, "%.*s/%d", FOLDER_BYTES, fixture->folder, which);
    struct run_options options = {
        .engine = {.service = which == UPPER ? &little_upper : &little_lower,
                   .self = &little,
                   .folder = folder,
                   .map_bytes = MAP,
                   .shards = 16,
                   .clock = clock_open()},
        .listen = listen,
        .endpoint = endpoint,
        .upstreams = upstreams,
        .upstream_count = which == LOWER ? 1 : 0,
        .metrics = metrics,
        .reserve_ms = 1000000,
    };
    return run_service(&options);
}

static pid_t spawn(struct fixture *fixture, int which)
{
    struct orders orders = {.ports = {fixture->ports[0], fixture->ports[1]}, .which = which};
    memcpy(orders.folder, fixture->folder, sizeof orders.folder);
    return cradle_start(&fixture->cradle, &orders);
}

static void start(struct fixture *fixture, int which)
{
    char endpoint[100], error[200];
    fixture->pids[which] = spawn(fixture, which);
    if (fixture->sockets[which] == NULL) {
        endpoint_of(fixture, which, endpoint);
        fixture->sockets[which] = socket_connect(fixture->context, endpoint, error, sizeof error);
        assert_non_null(fixture->sockets[which]);
    }
}

// Waits for the child's end. Returns its exit code, or 1000 and its signal.
static int end_of(struct fixture *fixture, int which)
{
    int status = 0;
    for (int64_t until = now_ms() + WAIT_MS; waitpid(fixture->pids[which], &status, WNOHANG) == 0;) {
        if (now_ms() > until)
            fail_msg("child %d does not end", which);
        usleep(2000);
    }
    fixture->pids[which] = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

static int stop(struct fixture *fixture, int which, int signal)
{
    kill(fixture->pids[which], signal);
    return end_of(fixture, which);
}

static int make(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    folder_make(fixture->folder);
    cradle_fill(&fixture->cradle, STARTS_MAX, sizeof(struct orders), run_child);
    fixture->context = zmq_ctx_new();
    *state = fixture;
    return 0;
}

static int unmake(void **state)
{
    struct fixture *fixture = *state;
    for (int i = 0; i < 2; i++) {
        if (fixture->pids[i] > 0) {
            kill(fixture->pids[i], SIGKILL);
            waitpid(fixture->pids[i], NULL, 0);
        }
        if (fixture->sockets[i] != NULL)
            zmq_close(fixture->sockets[i]);
    }
    zmq_ctx_term(fixture->context);
    cradle_empty(&fixture->cradle);
    folder_remove(fixture->folder);
    free(fixture);
    return 0;
}

// One request by ZeroMQ, sent again while the service is not there yet. Returns the status, 0 when none came in time.
static int ask_within(struct fixture *fixture, int which, const char *target, const char *body, int64_t within_ms)
{
    static unsigned number;
    char id[20];
    zmq_msg_t frames[8];
    int64_t until = now_ms() + within_ms, sent_ms = 0;
    snprintf(id, sizeof id, "%u", ++number);
    struct frame request[] = {{id, strlen(id)}, {target, strlen(target)}, {"text/plain", 10}, {body, strlen(body)}};
    while (now_ms() < until) {
        if (now_ms() - sent_ms > 1000 && socket_send(fixture->sockets[which], request, 4))
            sent_ms = now_ms();
        zmq_pollitem_t item = {.socket = fixture->sockets[which], .events = ZMQ_POLLIN};
        zmq_poll(&item, 1, 5);
        size_t count = socket_receive(fixture->sockets[which], frames, 8);
        if (count == 0)
            continue;
        assert_int_equal(count, 4);
        bool ours = zmq_msg_size(&frames[0]) == strlen(id) && memcmp(zmq_msg_data(&frames[0]), id, strlen(id)) == 0;
        char status[8] = "";
        memcpy(status, zmq_msg_data(&frames[1]), zmq_msg_size(&frames[1]) < 8 ? zmq_msg_size(&frames[1]) : 0);
        fixture->status = atoi(status);
        size_t length = zmq_msg_size(&frames[3]) < TEXT - 1 ? zmq_msg_size(&frames[3]) : TEXT - 1;
        memcpy(fixture->answer, zmq_msg_data(&frames[3]), length);
        fixture->answer[length] = '\0';
        for (size_t i = 0; i < count; i++)
            zmq_msg_close(&frames[i]);
        if (ours)
            return fixture->status;
    }
    return 0;
}

static int ask(struct fixture *fixture, int which, const char *target, const char *body)
{
    return ask_within(fixture, which, target, body, WAIT_MS);
}

static bool says(const struct fixture *fixture, const char *text)
{
    return strstr(fixture->answer, text) != NULL;
}

// Asks until the answer says it.
static void wait_for(struct fixture *fixture, int which, const char *target, const char *text)
{
    for (int64_t until = now_ms() + WAIT_MS;; usleep(1000)) {
        (void)ask(fixture, which, target, "");
        if (says(fixture, text))
            return;
        if (now_ms() > until)
            fail_msg("'%s' never says '%s'", fixture->answer, text);
    }
}

static long cpu_ticks(pid_t pid)
{
    char path[40], text[600] = "";
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    FILE *file = fopen(path, "r");
    must(file != NULL && fgets(text, sizeof text, file) != NULL);
    fclose(file);
    long user = 0, system = 0;
    must(sscanf(strrchr(text, ')'), ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %ld %ld", &user, &system) == 2);
    return user + system;
}

// Hundredths of a second of work in half a second of nothing to do.
static long idle_ticks(pid_t pid)
{
    long before = cpu_ticks(pid);
    usleep(500 * 1000);
    return cpu_ticks(pid) - before;
}

static void test_answer_is_on_the_disk(void **state)
{
    struct fixture *fixture = *state;
    start(fixture, UPPER);
    for (int round = 1; round <= 3; round++) {
        char text[40];
        assert_int_equal(ask(fixture, UPPER, "POST /put", "text"), 200);
        snprintf(text, sizeof text, "puts %d", round);
        assert_string_equal(fixture->answer, text);
        assert_int_equal(stop(fixture, UPPER, SIGKILL), 1000 + SIGKILL);
        start(fixture, UPPER);
    }
    wait_for(fixture, UPPER, "GET /v1/status", "\"last\":\"3\"");
    assert_int_equal(stop(fixture, UPPER, SIGTERM), 0);
    start(fixture, UPPER);
    assert_int_equal(ask(fixture, UPPER, "POST /put", "text"), 200);
    assert_int_equal(stop(fixture, UPPER, SIGINT), 0);
}

static void test_second_instance(void **state)
{
    struct fixture *fixture = *state;
    start(fixture, UPPER);
    assert_int_equal(ask(fixture, UPPER, "POST /put", "text"), 200);
    pid_t first = fixture->pids[UPPER];
    fixture->pids[UPPER] = spawn(fixture, UPPER);
    assert_int_equal(end_of(fixture, UPPER), 75);
    fixture->pids[UPPER] = first;
    assert_int_equal(ask(fixture, UPPER, "POST /put", "text"), 200); // it has not lost its socket
    kill(first, SIGHUP);                                             // what it does not know how to do does not end it
    assert_int_equal(ask(fixture, UPPER, "POST /put", "text"), 200);
    assert_int_equal(stop(fixture, UPPER, SIGTERM), 0);
}

static void test_follower_hears_at_once(void **state)
{
    struct fixture *fixture = *state;
    start(fixture, LOWER); // before its upstream
    usleep(100 * 1000);
    start(fixture, UPPER);
    wait_for(fixture, LOWER, "GET /readyz", "\"ready\":true");
    int64_t began = now_ms();
    char text[40];
    for (int i = 1; i <= 40; i++) {
        assert_int_equal(ask(fixture, UPPER, "POST /put", "text"), 200);
        snprintf(text, sizeof text, "applied %d,", i);
        wait_for(fixture, LOWER, "GET /", text);
    }
    // A wake-up that is lost costs the 200 ms of a parked question each time.
    assert_true(now_ms() - began < 40 * 100);
    ask(fixture, LOWER, "GET /v1/status", "");
    assert_true(says(fixture, "\"upstreamLast\":\"40\"") && says(fixture, "\"position\":\"40\""));
    wait_for(fixture, UPPER, "GET /v1/status", "\"confirmed\":\"40\"");
    assert_int_equal(stop(fixture, LOWER, SIGTERM), 0);
    assert_int_equal(stop(fixture, UPPER, SIGTERM), 0);
}

static void test_idle_is_idle(void **state)
{
    struct fixture *fixture = *state;
    start(fixture, UPPER);
    start(fixture, LOWER);
    assert_int_equal(ask(fixture, UPPER, "POST /put", "text"), 200);
    wait_for(fixture, LOWER, "GET /", "applied 1,");
    assert_true(idle_ticks(fixture->pids[UPPER]) <= 10);
    assert_true(idle_ticks(fixture->pids[LOWER]) <= 10);
    // A timer that waits for the upstream.
    char text[40];
    struct timespec wall;
    clock_gettime(CLOCK_REALTIME, &wall);
    snprintf(text, sizeof text, "when %lld", (long long)wall.tv_sec * 1000 + 500);
    assert_int_equal(ask(fixture, UPPER, "POST /put", text), 200);
    wait_for(fixture, LOWER, "GET /", "applied 2,");
    assert_int_equal(stop(fixture, UPPER, SIGKILL), 1000 + SIGKILL);
    usleep(600 * 1000);
    assert_true(idle_ticks(fixture->pids[LOWER]) <= 10);
    start(fixture, UPPER);
    assert_int_equal(ask(fixture, UPPER, "POST /put", "text"), 200);
    wait_for(fixture, LOWER, "GET /", "applied 3,");
}

static void test_killed_follower_comes_back(void **state)
{
    struct fixture *fixture = *state;
    start(fixture, UPPER);
    char text[40];
    for (int i = 1; i <= 4; i++) {
        start(fixture, LOWER);
        assert_int_equal(ask(fixture, UPPER, "POST /put", "text"), 200);
        snprintf(text, sizeof text, "applied %d,", i);
        wait_for(fixture, LOWER, "GET /", text);
        assert_int_equal(stop(fixture, LOWER, i % 2 == 0 ? SIGTERM : SIGKILL), i % 2 == 0 ? 0 : 1000 + SIGKILL);
    }
    ask(fixture, UPPER, "GET /v1/status", "");
    assert_true(says(fixture, "\"generation\":\"4\""));
    ask(fixture, UPPER, "POST /v1/followers/nobody/forget", "");
    assert_int_equal(fixture->status, 404);
    ask(fixture, UPPER, "POST /v1/followers/lower/forget", "");
    assert_int_equal(fixture->status, 200);
    ask(fixture, UPPER, "GET /v1/status", "");
    assert_false(says(fixture, "generation"));
}

static void test_other_history_ends_the_follower(void **state)
{
    struct fixture *fixture = *state;
    char folder[FOLDER_BYTES + 10];
    start(fixture, UPPER);
    start(fixture, LOWER);
    assert_int_equal(ask(fixture, UPPER, "POST /put", "text"), 200);
    wait_for(fixture, LOWER, "GET /", "applied 1,");
    assert_int_equal(stop(fixture, UPPER, SIGTERM), 0);
    snprintf(folder, sizeof folder, "%s/%d", fixture->folder, UPPER);
    folder_remove(folder);
    start(fixture, UPPER);
    assert_int_equal(end_of(fixture, LOWER), 78);
    // And again at each start, until somebody decides.
    start(fixture, LOWER);
    assert_int_equal(end_of(fixture, LOWER), 78);
    assert_int_equal(ask(fixture, UPPER, "POST /put", "text"), 200);
}

static void test_rubbish_on_the_socket(void **state)
{
    struct fixture *fixture = *state;
    start(fixture, UPPER);
    assert_int_equal(ask(fixture, UPPER, "POST /put", "text"), 200);
    static uint8_t large[100000];
    memset(large, 0x5a, sizeof large);
    const struct frame rubbish[][6] = {
        {{"x", 1}},
        {{"", 0}, {"", 0}},
        {{"1", 1}, {"FETCH", 5}, {"", 0}, {"nonsense", 8}},
        {{"1", 1}, {"FETCH", 5}, {"", 0}, {large, sizeof large}},
        {{"1", 1}, {"FETCH", 5}},
        {{"1", 1}, {"", 0}, {"", 0}, {"", 0}},
        {{"1", 1}, {"POST", 4}, {"", 0}, {"", 0}},
        {{"1", 1}, {"POST put", 8}, {"", 0}, {"", 0}},
        {{"1", 1}, {"PUT /put", 8}, {"", 0}, {"", 0}},
        {{"1", 1}, {"GET /a\0b", 8}, {"", 0}, {"", 0}},
        {{"1", 1}, {large, sizeof large}, {"", 0}, {"", 0}},
        {{"1", 1}, {"GET /", 5}, {large, sizeof large}, {"", 0}},
        {{"1", 1}, {"GET /", 5}, {"", 0}, {"", 0}, {"more", 4}},
    };
    static const size_t counts[] = {1, 2, 4, 4, 2, 4, 4, 4, 4, 4, 4, 4, 5};
    unsigned sent = 0;
    for (int round = 0; round < 100; round++)
        for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
            sent += socket_send(fixture->sockets[UPPER], rubbish[i], counts[i]);
    assert_true(sent > 100);
    assert_int_equal(ask(fixture, UPPER, "POST /put", "text"), 200);
    assert_string_equal(fixture->answer, "puts 2");
    ask(fixture, UPPER, "GET /v1/status", "");
    assert_true(says(fixture, "\"last\":\"2\"") && !says(fixture, "generation"));
}

static void test_targets(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        const char *target, *answer;
    } targets[] = {
        {"GET /x", "path /x, a -, b -"},
        {"GET /x?", "path /x, a -, b -"},
        {"GET /x?a", "path /x, a , b -"},
        {"GET /x?a=", "path /x, a , b -"},
        {"GET /x?a=1&b=2", "path /x, a 1, b 2"},
        {"GET /x?&&a=1&&b=2&", "path /x, a 1, b 2"},
        {"GET /x?c=9&b=2&aa=7&a=1", "path /x, a 1, b 2"},
        {"GET /x?a=1&a=2", "path /x, a 1, b -"},
        {"GET /x?a=%41%62%e4%BD%a0+c%2B", "path /x, a Ab\xe4\xbd\xa0 c+, b -"},
        {"GET /x?a=1%262&b=%3d", "path /x, a 1&2, b ="},
        {"GET /x?a=%&b=%4", "path /x, a %, b %4"},
        {"GET /x?a=%zz%00&b=%g1", "path /x, a %zz%00, b %g1"},
        {"GET /x?a=%\x11\x12", "path /x, a %\x11\x12, b -"},
        {"GET /x?a=b=c", "path /x, a b=c, b -"},
        {"GET /x?a=?", "path /x, a ?, b -"},
        {"GET /C+1%20%2f%3F?a=1", "path /C+1 /?, a 1, b -"},
    };
    start(fixture, UPPER);
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        assert_int_equal(ask(fixture, UPPER, targets[i].target, ""), 200);
        assert_string_equal(strchr(fixture->answer, ' ') + 4, targets[i].answer);
    }
}

// One exchange over HTTP on a connection of its own. Returns the status.
static int http(struct fixture *fixture, int which, const char *head)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)fixture->ports[which]),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    must(fd >= 0);
    for (int64_t until = now_ms() + WAIT_MS; connect(fd, (struct sockaddr *)&at, sizeof at) != 0; usleep(5000))
        must(now_ms() < until);
    must(write(fd, head, strlen(head)) == (ssize_t)strlen(head));
    size_t length = 0;
    for (ssize_t more; (more = read(fd, fixture->answer + length, TEXT - 1 - length)) > 0;)
        length += (size_t)more;
    fixture->answer[length] = '\0';
    close(fd);
    return length > 12 ? atoi(fixture->answer + 9) : 0;
}

static void test_http(void **state)
{
    struct fixture *fixture = *state;
    fixture->ports[UPPER] = free_port();
    start(fixture, UPPER);
    assert_int_equal(
        http(fixture, UPPER, "POST /put HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 4\r\n\r\ntext"),
        200);
    assert_true(says(fixture, "puts 1"));
    assert_int_equal(http(fixture, UPPER, "GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), 200);
    assert_int_equal(http(fixture, UPPER, "GET /x?a=1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), 200);
    assert_true(says(fixture, "a 1"));
    assert_int_equal(http(fixture, UPPER, "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), 200);
    assert_true(says(fixture, "tend_"));
    for (int i = 0; i < 20; i++)
        assert_int_equal(
            http(fixture, UPPER, "POST /put HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 4\r\n\r\ntext"),
            200);
    assert_true(says(fixture, "puts 21"));
    // What was asked before the end is answered before the end.
    kill(fixture->pids[UPPER], SIGTERM);
    assert_int_equal(end_of(fixture, UPPER), 0);
}

// Our own trouble, as a sender of webhooks is told of it: to come again, and when.
static void expect_later(struct fixture *fixture, int which)
{
    assert_int_equal(
        http(fixture, which, "POST /put HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 3\r\n\r\ntwo"),
        503);
    assert_true(says(fixture, "Retry-After: 5\r\n"));
    assert_true(says(fixture, "try again later"));
}

// A disk with little room: nothing comes in, looking goes on, and so does what makes room.
static void test_little_room(void **state)
{
    struct fixture *fixture = *state;
    fixture->ports[UPPER] = free_port();
    start(fixture, UPPER);
    start(fixture, LOWER);
    assert_int_equal(ask(fixture, UPPER, "POST /put", "text"), 200);
    wait_for(fixture, LOWER, "GET /", "applied 1,");
    kill(fixture->pids[UPPER], SIGUSR1);
    wait_for(fixture, UPPER, "GET /readyz", "\"room\":false");
    assert_int_equal(fixture->status, 503);
    assert_int_equal(ask(fixture, UPPER, "POST /put", "text"), 503);
    assert_true(says(fixture, "try again"));
    expect_later(fixture, UPPER);
    assert_int_equal(ask(fixture, UPPER, "GET /", ""), 200);
    assert_int_equal(stop(fixture, LOWER, SIGTERM), 0);
    assert_int_equal(ask(fixture, UPPER, "POST /v1/followers/lower/forget", ""), 200);
    kill(fixture->pids[UPPER], SIGUSR1);
    wait_for(fixture, UPPER, "GET /readyz", "\"ready\":true");
    assert_int_equal(ask(fixture, UPPER, "POST /put", "text"), 200);
    assert_string_equal(fixture->answer, "puts 2");
}

static void test_full_disk(void **state)
{
    struct fixture *fixture = *state;
    fixture->ports[UPPER] = free_port();
    start(fixture, UPPER);
    start(fixture, LOWER);
    assert_int_equal(ask(fixture, UPPER, "POST /put", "one"), 200);
    wait_for(fixture, LOWER, "GET /", "applied 1,");
    kill(fixture->pids[UPPER], SIGUSR2);
    kill(fixture->pids[LOWER], SIGUSR2);
    assert_int_equal(ask(fixture, UPPER, "POST /put", "two"), 503);
    expect_later(fixture, UPPER);
    assert_int_equal(ask(fixture, UPPER, "GET /readyz", ""), 503);
    assert_true(says(fixture, "\"store\":false"));
    kill(fixture->pids[UPPER], SIGUSR2);
    usleep(1100 * 1000); // the back-off
    assert_int_equal(ask(fixture, UPPER, "POST /put", "two"), 200);
    assert_string_equal(fixture->answer, "puts 2");
    // The follower cannot take it yet, is not busy with that, and takes it when it can.
    assert_true(idle_ticks(fixture->pids[LOWER]) <= 15);
    assert_int_equal(ask(fixture, LOWER, "GET /", ""), 200);
    assert_true(says(fixture, "applied 1,"));
    kill(fixture->pids[LOWER], SIGUSR2);
    wait_for(fixture, LOWER, "GET /", "applied 2,");
}

static void test_broken_disk(void **state)
{
    struct fixture *fixture = *state;
    start(fixture, UPPER);
    assert_int_equal(ask(fixture, UPPER, "POST /put", "one"), 200);
    kill(fixture->pids[UPPER], SIGWINCH);
    usleep(20 * 1000);
    assert_int_not_equal(ask_within(fixture, UPPER, "POST /put", "two", 900), 200);
    assert_int_equal(end_of(fixture, UPPER), 74);
    start(fixture, UPPER);
    assert_int_equal(ask(fixture, UPPER, "POST /put", "two"), 200);
    assert_string_equal(fixture->answer, "puts 2");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make, unmake)
    const struct CMUnitTest tests[] = {
        TEST(test_answer_is_on_the_disk),
        TEST(test_second_instance),
        TEST(test_follower_hears_at_once),
        TEST(test_idle_is_idle),
        TEST(test_killed_follower_comes_back),
        TEST(test_other_history_ends_the_follower),
        TEST(test_rubbish_on_the_socket),
        TEST(test_targets),
        TEST(test_http),
        TEST(test_little_room),
        TEST(test_full_disk),
        TEST(test_broken_disk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
