// The listener over real sockets: answers in any order, time limits, crowds, and its end.
#include "http_client.h"

#include <ifaddrs.h>

static void test_good_requests_are_answered(void **state)
{
    (void)state;
    begin((struct http_options){0});
    int fd = dial();
    static const char post[] = "POST /v1/ev%65nts%2Fa?x=1&name=%E7%8E%8B+a&name=2 HTTP/1.1\r\n" H
                               "Content-Type: application/json\r\nContent-Length: 5\r\n\r\nhello";
    say(fd, post, sizeof post - 1);
    assert_int_equal(status_after(fd), 200);
    assert_non_null(strstr(text, "\r\n\r\nhello"));
    assert_non_null(strstr(text, "Content-Type: text/plain\r\n"));
    assert_string_equal(owner.path, "/v1/events/a");
    assert_string_equal(owner.query, "\xe7\x8e\x8b a");
    assert_string_equal(owner.type, "application/json");
    assert_string_equal(owner.body, "hello");
    assert_string_equal(owner.peer, "127.0.0.1");
    static const char chunked[] = "POST /c HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n"
                                  "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nTrailer: z\r\n\r\n";
    say(fd, chunked, sizeof chunked - 1);
    assert_int_equal(status_after(fd), 200);
    assert_non_null(strstr(text, "\r\n\r\nabcde"));
    static const char refuse[] = "OPTIONS /refuse HTTP/1.1\r\n" H "\r\n";
    say(fd, refuse, sizeof refuse - 1);
    assert_int_equal(status_after(fd), 429);
    assert_non_null(strstr(text, "Retry-After: 1\r\n"));
    assert_non_null(strstr(text, "{\"error\":{\"field\":\"ra\\\"te\",\"reason\":\"too\\nmany\"}}"));
    static const char extra[] = "GET /extra HTTP/1.1\r\n" H "\r\n";
    say(fd, extra, sizeof extra - 1);
    assert_int_equal(status_after(fd), 303);
    assert_non_null(strstr(text, "Location: /elsewhere\r\n"));
    assert_non_null(strstr(text, "Retry-After: 7\r\n"));
    assert_null(strstr(text, "Set-Cookie"));
    static const char old[] = "GET /a..b/.well-known HTTP/1.0\r\n\r\n";
    say(fd, old, sizeof old - 1);
    bool closed;
    hear(fd, 0, &closed);
    assert_int_equal(status_of(text), 200);
    assert_true(closed);
    close(fd);
    end();
}

static void test_head_has_a_length_and_no_body(void **state)
{
    (void)state;
    begin((struct http_options){0});
    owner.hold = true;
    int fd = dial();
    say(fd, BYTES("HEAD /a HTTP/1.1\r\n" H "\r\n"));
    pump(5);
    assert_int_equal(owner.held_count, 1);
    http_answer(owner.held[0], 200, "text/plain", "abcdef", 6, 0);
    bool closed;
    size_t came = hear(fd, 0, &closed);
    assert_non_null(strstr(text, "Content-Length: 6\r\n"));
    assert_ptr_equal(answer_end(text, came, true), text + came);
    close(fd);
    end();
}

static void test_continue(void **state)
{
    (void)state;
    begin((struct http_options){0});
    int fd = dial();
    bool closed;
    say(fd, BYTES("POST /a HTTP/1.1\r\n" H "Content-Length: 3\r\nExpect: 100-continue\r\n\r\n"));
    hear(fd, 1, &closed);
    assert_int_equal(status_of(text), 100);
    assert_int_equal(owner.taken, 0);
    say(fd, BYTES("abc"));
    assert_int_equal(status_after(fd), 200);
    close(fd);
    end();
}

static void test_pipelined_requests_are_answered_in_order(void **state)
{
    (void)state;
    begin((struct http_options){0});
    int fd = dial();
    bool closed;
    static char request[16 * 128];
    for (int i = 0; i < 16; i++)
        sprintf(request + strlen(request), "POST /p HTTP/1.1\r\n" H "Content-Length: 4\r\n\r\nn%03d", i);
    say(fd, request, strlen(request));
    hear(fd, 16, &closed);
    assert_false(closed);
    const char *at = text;
    for (int i = 0; i < 16; i++) {
        char wanted[16];
        snprintf(wanted, sizeof wanted, "n%03d", i);
        at = strstr(at, wanted);
        assert_non_null(at);
    }
    assert_int_equal(owner.taken, 16);
    close(fd);
    end();
}

static void test_large_bodies_both_ways(void **state)
{
    (void)state;
    begin((struct http_options){0});
    static char request[256 * 1024 + 256];
    int prefix = snprintf(request, sizeof request, "POST /a HTTP/1.1\r\n" H "Content-Length: 262144\r\n\r\n");
    memset(request + prefix, 'z', 256 * 1024);
    for (int round = 0; round < 3; round++) {
        int fd = dial();
        size_t whole = (size_t)prefix + 256 * 1024, sent = 0;
        while (sent < whole) {
            ssize_t more = send(fd, request + sent, whole - sent, MSG_DONTWAIT | MSG_NOSIGNAL);
            sent += more > 0 ? (size_t)more : 0;
            pump(1);
        }
        assert_int_equal(status_after(fd), 200);
        assert_int_equal(owner.length, 256 * 1024);
        close(fd);
    }
    end();
}

static void test_answers_out_of_order(void **state)
{
    (void)state;
    begin((struct http_options){0});
    owner.hold = true;
    int fds[8];
    for (int i = 0; i < 8; i++) {
        char request[128];
        fds[i] = dial();
        int length = snprintf(request, sizeof request, "POST /%d?name=v%d HTTP/1.1\r\n" H "Content-Length: 1\r\n\r\n%d",
                              i, i, i);
        say(fds[i], request, (size_t)length);
        pump(3);
    }
    assert_int_equal(owner.held_count, 8);
    assert_int_equal(http_busy(http), 8);
    static const int order[] = {5, 0, 7, 2, 1, 6, 3, 4};
    for (int i = 0; i < 8; i++) {
        struct http_request *request = owner.held[order[i]];
        char value[16];
        snprintf(value, sizeof value, "v%d", order[i]);
        assert_string_equal(http_query(request, "name"), value);
        http_answer(request, 200, "text/plain", request->path, strlen(request->path), 0);
        assert_int_equal(http_timeout_ms(http, now_ms), 0);
        assert_int_equal(status_after(fds[order[i]]), 200);
        char tail[16];
        snprintf(tail, sizeof tail, "\r\n/%d", order[i]);
        assert_non_null(strstr(text, tail));
    }
    // The connections go on: the same again, answered in one go.
    owner.held_count = 0;
    for (int i = 0; i < 8; i++)
        say(fds[i], BYTES("GET /again HTTP/1.1\r\n" H "\r\n"));
    pump(5);
    assert_int_equal(owner.held_count, 8);
    for (int i = 0; i < 8; i++)
        http_answer(owner.held[i], 204, NULL, NULL, 0, 0);
    for (int i = 0; i < 8; i++)
        assert_int_equal(status_after(fds[i]), 204);
    // At once, then later again, on one connection.
    owner.hold = false;
    say(fds[0], BYTES("GET /now HTTP/1.1\r\n" H "\r\n"));
    assert_int_equal(status_after(fds[0]), 200);
    owner.hold = true;
    owner.held_count = 0;
    say(fds[0], BYTES("GET /later HTTP/1.1\r\n" H "\r\n"));
    pump(5);
    assert_int_equal(owner.held_count, 1);
    http_answer(owner.held[0], 204, NULL, NULL, 0, 0);
    assert_int_equal(status_after(fds[0]), 204);
    for (int i = 0; i < 8; i++)
        close(fds[i]);
    end();
}

// The trap of the header's loop: the run that sends answers takes the next pipelined requests, and says so.
static void test_run_tells_of_requests_taken_while_answering(void **state)
{
    (void)state;
    begin((struct http_options){0});
    owner.hold = true;
    int fd = dial();
    say(fd, BYTES("GET /1 HTTP/1.1\r\n" H "\r\nGET /2 HTTP/1.1\r\n" H "\r\n"));
    size_t taken = 0;
    for (int i = 0; i < 50 && taken == 0; i++)
        taken = http_run(http, now_ms);
    assert_int_equal(taken, 1);
    http_answer(owner.held[0], 200, NULL, "a", 1, 0);
    size_t again = 0;
    for (int i = 0; i < 5 && again == 0; i++)
        again = http_run(http, now_ms);
    assert_int_equal(again, 1);
    http_answer(owner.held[1], 200, NULL, "b", 1, 0);
    bool closed;
    hear(fd, 2, &closed);
    assert_non_null(strstr(text, "\r\n\r\nb"));
    close(fd);
    end();
}

static void test_client_hangs_up_while_suspended(void **state)
{
    (void)state;
    begin((struct http_options){0});
    owner.hold = true;
    for (int i = 0; i < 20; i++) {
        int fd = dial();
        say(fd, BYTES("POST /gone HTTP/1.1\r\n" H "Content-Length: 2\r\n\r\nhi"));
        pump(3);
        struct linger reset = {1, 0};
        if (i % 2 == 0)
            assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset), 0);
        close(fd);
        pump(3);
    }
    assert_int_equal(owner.held_count, 20);
    for (size_t i = 0; i < 20; i++) {
        assert_string_equal(owner.held[i]->body, "hi");
        assert_string_equal(http_head(owner.held[i], "host"), "x");
        http_answer(owner.held[i], 200, NULL, "late", 4, 0);
    }
    pump(5);
    assert_int_equal(http_busy(http), 0);
    owner.hold = false;
    int fd = dial();
    say(fd, BYTES("GET / HTTP/1.1\r\n" H "\r\n"));
    assert_int_equal(status_after(fd), 200);
    close(fd);
    end();
}

// One byte each 300 ms of simulated time, wherever in the request: cut when the five seconds are over, not later.
static void test_slow_sender_is_cut(void **state)
{
    (void)state;
    static const char *const starts[] = {
        "G",
        "GET /",
        "GET / HTTP/1.1\r\n" H,
        "POST / HTTP/1.1\r\n" H "Content-Length: 100\r\n\r\n",
        "POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n40\r\n",
        "POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n0\r\nTr",
    };
    for (int used = 0; used <= 1; used++) {
        for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
            begin((struct http_options){0});
            int fd = dial();
            if (used) {
                say(fd, BYTES("GET /first HTTP/1.1\r\n" H "\r\n"));
                assert_int_equal(status_after(fd), 200);
                for (int idle = 0; idle < 20; idle++, now_ms += 1000)
                    pump(1);
            }
            say(fd, starts[i], strlen(starts[i]));
            int64_t begun_ms = now_ms;
            bool closed = false;
            size_t came = 0;
            while (came == 0 && now_ms < begun_ms + 20000) {
                pump(2);
                ssize_t more = recv(fd, text, 1000, MSG_DONTWAIT);
                closed = more == 0;
                came = more > 0 ? (size_t)more : 0;
                text[came] = '\0';
                (void)send(fd, "a", 1, MSG_NOSIGNAL);
                now_ms += 300;
            }
            if (status_of(text) != 408 || closed || now_ms - begun_ms < 5000 || now_ms - begun_ms > 6200)
                fail_msg("%s, used %d: after %d ms: %s", starts[i], used, (int)(now_ms - begun_ms), text);
            hear(fd, 0, &closed);
            assert_true(closed);
            assert_int_equal(owner.taken, (size_t)used);
            assert_true(refused("slow") > 0);
            close(fd);
            end();
        }
    }
}

static void test_silent_connections_end(void **state)
{
    (void)state;
    begin((struct http_options){0});
    bool closed;
    int fresh = dial(), used = dial();
    say(used, BYTES("GET / HTTP/1.1\r\n" H "\r\n"));
    assert_int_equal(status_after(used), 200);
    pump(2);
    now_ms += 5200;
    pump(2);
    hear(fresh, 0, &closed);
    assert_true(closed);
    now_ms += 50000;
    pump(2);
    say(used, BYTES("GET / HTTP/1.1\r\n" H "\r\n"));
    assert_int_equal(status_after(used), 200);
    pump(2);
    assert_in_range(http_timeout_ms(http, now_ms), 1, 60000);
    now_ms += 60200;
    pump(2);
    hear(used, 0, &closed);
    assert_true(closed);
    pump(2);
    close(fresh);
    close(used);
    end();
}

static void test_owner_that_does_not_answer(void **state)
{
    (void)state;
    begin((struct http_options){.connections = 4});
    owner.hold = true;
    bool closed;
    for (int i = 0; i < 4; i++) {
        int fd = dial();
        say(fd, BYTES("POST /stuck HTTP/1.1\r\n" H "Content-Length: 4\r\n\r\nbody"));
        pump(3);
        now_ms += 29900;
        pump(3);
        assert_int_equal(recv(fd, text, 10, MSG_DONTWAIT), -1);
        now_ms += 200;
        hear(fd, 1, &closed);
        assert_int_equal(status_of(text), 503);
        assert_non_null(strstr(text, "Retry-After: 1\r\n"));
        close(fd);
        pump(2);
    }
    assert_int_equal(http_busy(http), 0);
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(owner.held[i]->body, "body");
        assert_null(http_head(owner.held[i], "host"));
        assert_null(http_query(owner.held[i], "name"));
        http_answer(owner.held[i], 200, NULL, "too late", 8, 0);
    }
    assert_true(refused("unanswered") > 3 - 1e-9);
    end();
}

static void test_reader_that_does_not_read(void **state)
{
    (void)state;
    begin((struct http_options){0});
    owner.hold = true;
    int fd = dial(), small = 4096;
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small), 0);
    say(fd, BYTES("GET /big HTTP/1.1\r\n" H "\r\n"));
    pump(3);
    static char big[16 << 20];
    http_answer(owner.held[0], 200, NULL, big, sizeof big, 0);
    pump(5);
    assert_int_equal(http_busy(http), 1);
    now_ms += 29000;
    pump(5);
    assert_int_equal(http_busy(http), 1);
    now_ms += 1200;
    pump(5);
    assert_int_equal(http_busy(http), 0);
    close(fd);
    end();
}

static void test_too_many_connections(void **state)
{
    (void)state;
    begin((struct http_options){.connections = 8});
    int fds[12];
    bool closed;
    for (int i = 0; i < 12; i++)
        fds[i] = dial();
    pump(5);
    for (int i = 0; i < 11; i++) {
        say(fds[i], BYTES("GET / HTTP/1.1\r\n" H "\r\n"));
        assert_int_equal(status_after(fds[i]), i < 8 ? 200 : 503);
    }
    hear(fds[10], 0, &closed);
    assert_true(closed);
    now_ms += 1100;
    pump(3);
    hear(fds[11], 0, &closed);
    assert_true(closed);
    close(fds[3]);
    pump(3);
    int fd = dial();
    say(fd, BYTES("GET / HTTP/1.1\r\n" H "\r\n"));
    assert_int_equal(status_after(fd), 200);
    assert_true(refused("busy") >= 3);
    close(fd);
    for (int i = 0; i < 12; i++)
        if (i != 3)
            close(fds[i]);
    end();
}

// Many more than may be open at all: some wait in the kernel, and all get their turn.
static void test_a_crowd(void **state)
{
    (void)state;
    begin((struct http_options){.connections = 4});
    int fds[60];
    int served = 0, told = 0;
    for (int i = 0; i < 60; i++) {
        fds[i] = dial();
        say(fds[i], BYTES("GET / HTTP/1.1\r\n" H "Connection: close\r\n\r\n"));
    }
    for (int i = 0; i < 60; i++) {
        int status = status_after(fds[i]);
        served += status == 200;
        told += status == 503;
        close(fds[i]);
    }
    assert_int_equal(served + told, 60);
    assert_true(served >= 4);
    end();
}

// An address of this machine that is not loopback; NULL when there is none.
static const char *own_address(char *buffer, size_t bytes)
{
    struct ifaddrs *all = NULL;
    const char *found = NULL;
    if (getifaddrs(&all) != 0)
        return NULL;
    for (struct ifaddrs *at = all; at != NULL && found == NULL; at = at->ifa_next) {
        if (at->ifa_addr == NULL || at->ifa_addr->sa_family != AF_INET)
            continue;
        const struct in_addr *address = &((const struct sockaddr_in *)(const void *)at->ifa_addr)->sin_addr;
        if (ntohl(address->s_addr) >> 24 != 127)
            found = inet_ntop(AF_INET, address, buffer, (socklen_t)bytes);
    }
    freeifaddrs(all);
    return found;
}

static void test_too_many_from_one_address(void **state)
{
    (void)state;
    char buffer[64];
    const char *address = own_address(buffer, sizeof buffer);
    if (address == NULL)
        skip();
    begin((struct http_options){.address = "0.0.0.0:0", .per_address = 3});
    int fds[5], loop[5];
    for (int i = 0; i < 5; i++) {
        fds[i] = dial_to(address);
        pump(2);
        loop[i] = dial();
    }
    for (int i = 0; i < 5; i++) {
        (void)send(fds[i], "GET / HTTP/1.1\r\n" H "\r\n", 27, MSG_NOSIGNAL);
        assert_int_equal(status_after(fds[i]), i < 3 ? 200 : 429);
        say(loop[i], BYTES("GET / HTTP/1.1\r\n" H "\r\n"));
        assert_int_equal(status_after(loop[i]), 200);
        close(fds[i]);
        close(loop[i]);
    }
    end();
}

static void test_quiesce(void **state)
{
    (void)state;
    begin((struct http_options){0});
    owner.hold = true;
    bool closed;
    int idle = dial(), busy = dial();
    say(idle, BYTES("GET /a HTTP/1.1\r\n" H "\r\n"));
    say(busy, BYTES("GET /b HTTP/1.1\r\n" H "\r\n"));
    pump(3);
    assert_int_equal(owner.held_count, 2);
    bool first = strcmp(owner.held[0]->path, "/a") == 0;
    http_answer(owner.held[first ? 0 : 1], 200, NULL, "a", 1, 0);
    assert_int_equal(status_after(idle), 200);
    http_quiesce(http);
    hear(idle, 0, &closed);
    assert_true(closed);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(http_port(http))};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int late = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(late, (const struct sockaddr *)&to, sizeof to), -1);
    assert_int_equal(http_busy(http), 1);
    http_answer(owner.held[first ? 1 : 0], 200, NULL, "b", 1, 0);
    hear(busy, 0, &closed);
    assert_true(closed);
    assert_int_equal(status_of(text), 200);
    assert_non_null(strstr(text, "Connection: close\r\n"));
    assert_int_equal(http_busy(http), 0);
    close(idle);
    close(busy);
    close(late);
    end();
}

static void test_close_answers_what_is_open(void **state)
{
    (void)state;
    begin((struct http_options){0});
    owner.hold = true;
    int fds[3];
    for (int i = 0; i < 3; i++) {
        fds[i] = dial();
        say(fds[i], BYTES("GET /a HTTP/1.1\r\n" H "\r\n"));
    }
    int half = dial();
    say(half, BYTES("POST /a HTTP/1.1\r\n" H "Content-Length: 5\r\n\r\na"));
    pump(5);
    assert_int_equal(owner.held_count, 3);
    end();
    for (int i = 0; i < 3; i++) {
        ssize_t came = recv(fds[i], text, 1000, 0);
        assert_true(came > 0);
        text[came] = '\0';
        assert_int_equal(status_of(text), 503);
        close(fds[i]);
    }
    close(half);
}

static void test_addresses(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",          "127.0.0.1",       "127.0.0.1:",   "127.0.0.1:70000", "localhost:80", "::1:80",
        "[::1]",     "[::1]:",          "127.0.0.1:8 ", "[127.0.0.1]:80",  "300.0.0.1:80", "127.0.0.1:-1",
        "[::1]:80x", "127.0.0.1:80:80", ":80"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char error[128] = "";
        assert_null(http_open(&(struct http_options){.address = wrong[i]}, take, &owner, NULL, error, sizeof error));
        assert_non_null(strstr(error, "is not an address"));
    }
    begin((struct http_options){0});
    char same[32], error[128] = "";
    snprintf(same, sizeof same, "127.0.0.1:%u", http_port(http));
    assert_null(http_open(&(struct http_options){.address = same}, take, &owner, NULL, error, sizeof error));
    assert_non_null(strstr(error, same));
    assert_non_null(strstr(error, "in use"));
    end();
}

static void test_ipv6(void **state)
{
    (void)state;
    char error[128] = "";
    owner = (struct owner){0};
    http = http_open(&(struct http_options){.address = "[::1]:0"}, take, &owner, NULL, error, sizeof error);
    if (http == NULL)
        skip();
    struct sockaddr_in6 to = {
        .sin6_family = AF_INET6, .sin6_port = htons(http_port(http)), .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    int fd = socket(AF_INET6, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&to, sizeof to), 0);
    say(fd, BYTES("GET /six HTTP/1.1\r\n" H "\r\n"));
    assert_int_equal(status_after(fd), 200);
    assert_string_equal(owner.peer, "::1");
    close(fd);
    http_close(&http);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_requests_are_answered),
        cmocka_unit_test(test_head_has_a_length_and_no_body),
        cmocka_unit_test(test_continue),
        cmocka_unit_test(test_pipelined_requests_are_answered_in_order),
        cmocka_unit_test(test_large_bodies_both_ways),
        cmocka_unit_test(test_answers_out_of_order),
        cmocka_unit_test(test_run_tells_of_requests_taken_while_answering),
        cmocka_unit_test(test_client_hangs_up_while_suspended),
        cmocka_unit_test(test_slow_sender_is_cut),
        cmocka_unit_test(test_silent_connections_end),
        cmocka_unit_test(test_owner_that_does_not_answer),
        cmocka_unit_test(test_reader_that_does_not_read),
        cmocka_unit_test(test_too_many_connections),
        cmocka_unit_test(test_a_crowd),
        cmocka_unit_test(test_too_many_from_one_address),
        cmocka_unit_test(test_quiesce),
        cmocka_unit_test(test_close_answers_what_is_open),
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_ipv6),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
