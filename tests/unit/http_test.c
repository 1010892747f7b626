// The listener against raw bytes over real sockets, with the time in the test's hand.
#include "common/http.h"
#include "common/http_head.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

enum { HELD_MOST = 64, ROUNDS = 200, TEXT_BYTES = 600 * 1024, PAGE_BYTES = 64 * 1024 };

// The owner of the tests: answers at once with the body it got, or holds the request.
struct owner {
    bool hold;
    size_t taken, held_count, length;
    struct http_request *held[HELD_MOST];
    char path[HTTP_PATH_BYTES], type[128], query[128], body[64], peer[HTTP_PEER_BYTES];
};

static struct owner owner;
static struct http *http;
static struct metrics *metrics;
static int64_t now_ms;
static char text[TEXT_BYTES];

static void copy(char *to, size_t bytes, const char *from)
{
    snprintf(to, bytes, "%s", from == NULL ? "(none)" : from);
}

static void take(void *self, struct http_request *request)
{
    assert_ptr_equal(self, &owner);
    owner.taken++;
    owner.length = request->length;
    copy(owner.path, sizeof owner.path, request->path);
    copy(owner.type, sizeof owner.type, http_head(request, "content-type"));
    copy(owner.query, sizeof owner.query, http_query(request, "name"));
    copy(owner.body, sizeof owner.body, request->body);
    copy(owner.peer, sizeof owner.peer, request->peer);
    assert_int_equal(request->body[request->length], '\0');
    if (owner.hold) {
        assert_true(owner.held_count < HELD_MOST);
        owner.held[owner.held_count++] = request;
    } else if (strcmp(request->path, "/refuse") == 0) {
        http_refuse(request, 429, "ra\"te", "too\nmany");
    } else if (strcmp(request->path, "/extra") == 0) {
        assert_true(http_add(request, "Location", "/elsewhere"));
        assert_false(http_add(request, "Bad", "a\r\nSet-Cookie: b"));
        http_answer(request, 303, NULL, NULL, 0, 7);
    } else {
        http_answer(request, 200, "text/plain", request->body, request->length, 0);
    }
}

static void begin(struct http_options options)
{
    char error[128] = "";
    owner = (struct owner){0};
    now_ms = 1000;
    metrics = metrics_open();
    options.address = options.address == NULL ? "127.0.0.1:0" : options.address;
    http = http_open(&options, take, &owner, metrics, error, sizeof error);
    if (http == NULL)
        fail_msg("%s", error);
}

static void end(void)
{
    http_close(&http);
    assert_null(http);
    metrics_close(&metrics);
}

static int dial_to(const char *address)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(http_port(http))};
    assert_int_equal(inet_pton(AF_INET, address, &to.sin_addr), 1);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&to, sizeof to), 0);
    return fd;
}

static int dial(void)
{
    return dial_to("127.0.0.1");
}

static void say(int fd, const char *bytes, size_t length)
{
    assert_int_equal(send(fd, bytes, length, MSG_NOSIGNAL), (ssize_t)length);
}

static void pump(int rounds)
{
    for (int i = 0; i < rounds; i++) {
        http_run(http, now_ms);
        struct pollfd wait = {http_fd(http), POLLIN, 0};
        (void)poll(&wait, 1, 1);
    }
}

// Where the first answer in `from` ends, NULL while it is not complete.
static const char *answer_end(const char *from, size_t length, bool headless)
{
    const char *head = memmem(from, length, "\r\n\r\n", 4);
    if (head == NULL)
        return NULL;
    const char *field = memmem(from, (size_t)(head - from) + 2, "Content-Length: ", 16);
    size_t body = field == NULL || headless ? 0 : strtoul(field + 16, NULL, 10);
    return (size_t)(from + length - (head + 4)) >= body ? head + 4 + body : NULL;
}

// Runs the listener until `answers` answers have come or the connection is closed; returns the bytes that came.
// *ret_closed tells whether it was closed.
static size_t hear(int fd, size_t answers, bool *ret_closed)
{
    size_t length = 0;
    *ret_closed = false;
    for (int round = 0; round < ROUNDS && !*ret_closed; round++) {
        http_run(http, now_ms);
        struct pollfd waits[] = {{fd, POLLIN, 0}, {http_fd(http), POLLIN, 0}};
        (void)poll(waits, 2, http_timeout_ms(http, now_ms) == 0 ? 0 : 3);
        ssize_t came = recv(fd, text + length, sizeof text - length - 1, MSG_DONTWAIT);
        if (came == 0 || (came < 0 && errno != EAGAIN))
            *ret_closed = true;
        length += came > 0 ? (size_t)came : 0;
        text[length] = '\0';
        size_t whole = 0;
        const char *at = text;
        for (const char *next; (next = answer_end(at, length - (size_t)(at - text), false)) != NULL; at = next)
            whole++;
        if (answers > 0 && whole >= answers)
            break;
    }
    return length;
}

static int status_of(const char *answer)
{
    return strncmp(answer, "HTTP/1.1 ", 9) == 0 ? atoi(answer + 9) : 0;
}

static int status_after(int fd)
{
    bool closed;
    hear(fd, 1, &closed);
    return status_of(text);
}

static double refused(const char *label)
{
    static char page[PAGE_BYTES];
    char wanted[64];
    assert_true(metrics_print(metrics, page, sizeof page) < sizeof page);
    snprintf(wanted, sizeof wanted, "tend_http_refused_total{reason=\"%s\"} ", label);
    const char *line = strstr(page, wanted);
    assert_non_null(line);
    return strtod(line + strlen(wanted), NULL);
}

#define H "Host: x\r\n"
#define BYTES(literal) literal, sizeof(literal) - 1

// What must be refused. status 0: closed without an answer. ours: with our JSON; the rest is libmicrohttpd's own page.
// A second request hides behind many; it must never be served.
static const struct {
    const char *what, *bytes;
    size_t length;
    int status;
    bool ours;
} bad[] = {
    {"length and encoding",
     BYTES("POST / HTTP/1.1\r\n" H
           "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x HTTP/1.1\r\n" H "\r\n"),
     400, true},
    {"encoding and length",
     BYTES("POST / HTTP/1.1\r\n" H
           "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\nGET /x HTTP/1.1\r\n" H "\r\n"),
     400, true},
    {"two lengths", BYTES("POST / HTTP/1.1\r\n" H "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"), 400, true},
    {"the same length twice", BYTES("POST / HTTP/1.1\r\n" H "Content-Length: 1\r\ncontent-length: 1\r\n\r\na"), 400,
     true},
    {"a list of lengths", BYTES("POST / HTTP/1.1\r\n" H "Content-Length: 1,1\r\n\r\na"), 400, false},
    {"plus", BYTES("POST / HTTP/1.1\r\n" H "Content-Length: +5\r\n\r\nabcde"), 400, false},
    {"minus", BYTES("POST / HTTP/1.1\r\n" H "Content-Length: -5\r\n\r\n"), 400, false},
    {"hexadecimal", BYTES("POST / HTTP/1.1\r\n" H "Content-Length: 0x5\r\n\r\nabcde"), 400, false},
    {"empty length", BYTES("POST / HTTP/1.1\r\n" H "Content-Length:\r\n\r\n"), 400, false},
    {"length past 64 bits", BYTES("POST / HTTP/1.1\r\n" H "Content-Length: 99999999999999999999999\r\n\r\n"), 413,
     false},
    {"length that wraps", BYTES("POST / HTTP/1.1\r\n" H "Content-Length: 18446744073709551617\r\n\r\n"), 413, false},
    {"too long", BYTES("POST / HTTP/1.1\r\n" H "Content-Length: 10000000\r\n\r\n"), 413, true},
    {"one byte too long", BYTES("POST / HTTP/1.1\r\n" H "Content-Length: 262145\r\n\r\n"), 413, true},
    {"too long, asking first",
     BYTES("POST / HTTP/1.1\r\n" H "Content-Length: 10000000\r\nExpect: 100-continue\r\n\r\n"), 413, true},
    {"other expectation", BYTES("POST / HTTP/1.1\r\n" H "Content-Length: 1\r\nExpect: 200-ok\r\n\r\na"), 417, true},
    {"unknown encoding", BYTES("POST / HTTP/1.1\r\n" H "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"), 501, true},
    {"two encodings", BYTES("POST / HTTP/1.1\r\n" H "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"), 501, true},
    {"encoding twice",
     BYTES("POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 501,
     true},
    {"encoding with a blank behind", BYTES("POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked \r\n\r\n0\r\n\r\n"), 501,
     true},
    {"encoding in 1.0", BYTES("POST / HTTP/1.0\r\n" H "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 501, true},
    {"identity", BYTES("POST / HTTP/1.1\r\n" H "Transfer-Encoding: identity\r\n\r\nGET /x HTTP/1.1\r\n" H "\r\n"), 501,
     true},
    {"blank before the colon", BYTES("POST / HTTP/1.1\r\n" H "Content-Length : 5\r\n\r\nabcde"), 400, true},
    {"tab before the colon", BYTES("POST / HTTP/1.1\r\n" H "Transfer-Encoding\t: chunked\r\n\r\n0\r\n\r\n"), 400, true},
    {"folded line", BYTES("POST / HTTP/1.1\r\n" H "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n"), 400, true},
    {"folded value", BYTES("GET / HTTP/1.1\r\n" H "X: a\r\n\tb\r\n\r\n"), 400, true},
    {"first line folded", BYTES("GET / HTTP/1.1\r\n X: a\r\n" H "\r\n"), 400, true},
    {"bare line feed after a header", BYTES("GET / HTTP/1.1\r\n" H "X: a\nY: b\r\n\r\n"), 400, true},
    {"bare line feed after the request line", BYTES("GET / HTTP/1.1\n" H "\r\n"), 400, true},
    {"bare line feed at the end", BYTES("GET / HTTP/1.1\r\n" H "\n"), 400, true},
    {"bare line feeds only", BYTES("GET / HTTP/1.1\nHost: x\n\n"), 400, true},
    {"bare carriage return", BYTES("GET / HTTP/1.1\r\n" H "X: a\rContent-Length: 5\r\n\r\n"), 400, true},
    {"NUL in a value", BYTES("GET / HTTP/1.1\r\n" H "X: a\0b\r\n\r\n"), 400, true},
    {"NUL in a length",
     BYTES("POST / HTTP/1.1\r\n" H "Content-Length: 1\0"
           "0\r\n\r\na"),
     400, true},
    {"NUL before a line", BYTES("GET / HTTP/1.1\r\n" H "\0X: a\r\n\r\nGET /x HTTP/1.1\r\n" H "\r\n"), 400, true},
    {"NUL in a name", BYTES("GET / HTTP/1.1\r\n" H "X\0Y: a\r\n\r\n"), 400, false},
    {"NUL in the target", BYTES("GET /a\0b HTTP/1.1\r\n" H "\r\n"), 400, true},
    {"control in a value",
     BYTES("GET / HTTP/1.1\r\n" H "X: a\x01"
           "b\r\n\r\n"),
     400, true},
    {"no colon", BYTES("GET / HTTP/1.1\r\n" H "nonsense\r\n\r\n"), 400, false},
    {"empty name", BYTES("GET / HTTP/1.1\r\n" H ": a\r\n\r\n"), 400, true},
    {"name with a bracket", BYTES("GET / HTTP/1.1\r\n" H "X(: a\r\n\r\n"), 400, true},
    {"no host", BYTES("GET / HTTP/1.1\r\n\r\n"), 400, true},
    {"two hosts", BYTES("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"), 400, true},
    {"host with a blank", BYTES("GET / HTTP/1.1\r\nHost : a\r\n\r\n"), 400, true},
    {"put", BYTES("PUT / HTTP/1.1\r\n" H "\r\n"), 405, true},
    {"delete", BYTES("DELETE / HTTP/1.1\r\n" H "\r\n"), 405, true},
    {"connect", BYTES("CONNECT / HTTP/1.1\r\n" H "\r\n"), 405, true},
    {"trace", BYTES("TRACE / HTTP/1.1\r\n" H "\r\n"), 405, true},
    {"unknown method", BYTES("BREW / HTTP/1.1\r\n" H "\r\n"), 501, true},
    {"lower case method", BYTES("get / HTTP/1.1\r\n" H "\r\n"), 501, true},
    {"method with a bracket", BYTES("GE(T / HTTP/1.1\r\n" H "\r\n"), 400, true},
    {"two blanks", BYTES("GET  / HTTP/1.1\r\n" H "\r\n"), 400, true},
    {"blank at the end of the line", BYTES("GET / HTTP/1.1 \r\n" H "\r\n"), 400, false},
    {"blank in the target", BYTES("GET /a b HTTP/1.1\r\n" H "\r\n"), 400, true},
    {"no version", BYTES("GET /\r\n\r\n"), 400, false},
    {"no target", BYTES("GET\r\n\r\n"), 0, false},
    {"version 2.0", BYTES("GET / HTTP/2.0\r\n" H "\r\n"), 505, false},
    {"version 1.2", BYTES("GET / HTTP/1.2\r\n" H "\r\n"), 505, true},
    {"version in small letters", BYTES("GET / http/1.1\r\n" H "\r\n"), 400, false},
    {"absolute form", BYTES("GET http://x/ HTTP/1.1\r\n" H "\r\n"), 400, true},
    {"no slash", BYTES("GET x HTTP/1.1\r\n" H "\r\n"), 400, true},
    {"climb", BYTES("GET /a/../b HTTP/1.1\r\n" H "\r\n"), 400, true},
    {"climb in disguise", BYTES("GET /a/%2e%2E/b HTTP/1.1\r\n" H "\r\n"), 400, true},
    {"climb with a hidden slash", BYTES("GET /a%2f..%2fb HTTP/1.1\r\n" H "\r\n"), 400, true},
    {"climb with a backslash", BYTES("GET /a\\..\\b HTTP/1.1\r\n" H "\r\n"), 400, true},
    {"NUL in the path", BYTES("GET /a%00b HTTP/1.1\r\n" H "\r\n"), 400, true},
    {"NUL in the query", BYTES("GET /?name=a%00b HTTP/1.1\r\n" H "\r\n"), 400, true},
    {"half an escape", BYTES("GET /a%2 HTTP/1.1\r\n" H "\r\n"), 400, true},
    {"no escape", BYTES("GET /a%zz HTTP/1.1\r\n" H "\r\n"), 400, true},
    {"broken UTF-8", BYTES("GET /%ff HTTP/1.1\r\n" H "\r\n"), 400, true},
    {"line break in the path", BYTES("GET /a%0d%0ab HTTP/1.1\r\n" H "\r\n"), 400, true},
    {"fragment", BYTES("GET /a#b HTTP/1.1\r\n" H "\r\n"), 400, true},
    {"TLS", BYTES("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\n\n"), 0, false},
};

// What comes after the head and is refused there: the request line alone was good.
static const struct {
    const char *what, *bytes;
    size_t length;
    int status;
} bad_chunks[] = {
    {"no number", BYTES("POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n0\r\n\r\n"), 400},
    {"minus", BYTES("POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n-1\r\nab\r\n0\r\n\r\n"), 400},
    {"too large to count", BYTES("POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n11111111111111111\r\n"),
     413},
    {"longer than it said", BYTES("POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n2\r\nabcd\r\n0\r\n\r\n"),
     400},
};

static void check_refused(const char *what, const char *bytes, size_t length, int status, bool ours)
{
    bool closed;
    int fd = dial();
    owner.taken = 0;
    say(fd, bytes, length);
    size_t came = hear(fd, 0, &closed);
    if (!closed || status_of(text) != status || owner.taken != 0)
        fail_msg("%s: closed %d, %zu taken, %zu bytes: %.60s", what, closed, owner.taken, came, text);
    if (ours && (strstr(text, "{\"error\":{\"field\":\"") == NULL || strstr(text, "application/json") == NULL))
        fail_msg("%s: no JSON: %s", what, text);
    if (status == 405)
        assert_non_null(strstr(text, "Allow: GET, HEAD, POST, OPTIONS\r\n"));
    close(fd);
}

static void test_bad_requests_are_refused(void **state)
{
    (void)state;
    begin((struct http_options){0});
    assert_true(sizeof bad / sizeof *bad >= 40);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        check_refused(bad[i].what, bad[i].bytes, bad[i].length, bad[i].status, bad[i].ours);
    for (size_t i = 0; i < sizeof bad_chunks / sizeof *bad_chunks; i++)
        check_refused(bad_chunks[i].what, bad_chunks[i].bytes, bad_chunks[i].length, bad_chunks[i].status, false);
    assert_true(refused("length_and_encoding") >= 2 && refused("syntax") >= 10);
    end();
}

static void test_bad_requests_are_refused_byte_by_byte(void **state)
{
    (void)state;
    begin((struct http_options){0});
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i += 3) {
        int fd = dial();
        for (size_t at = 0; at < bad[i].length; at++) {
            if (send(fd, bad[i].bytes + at, 1, MSG_NOSIGNAL) != 1)
                break;
            http_run(http, now_ms);
        }
        if (owner.taken != 0)
            fail_msg("%s was served", bad[i].what);
        close(fd);
        pump(2);
    }
    end();
}

static void test_too_many_heads(void **state)
{
    (void)state;
    begin((struct http_options){0});
    for (int lines = 62; lines <= 66; lines++) {
        char request[8192] = "GET /a HTTP/1.1\r\n" H;
        for (int i = 1; i < lines; i++)
            strcat(request, "X: y\r\n");
        strcat(request, "\r\n");
        int fd = dial();
        say(fd, request, strlen(request));
        assert_int_equal(status_after(fd), lines <= 64 ? 200 : 431);
        close(fd);
    }
    for (size_t size = 4000; size <= 40000; size += 4000) {
        static char request[41000];
        int prefix = snprintf(request, sizeof request, "GET /a HTTP/1.1\r\n" H "X: ");
        memset(request + prefix, 'y', size);
        strcpy(request + (size_t)prefix + size, "\r\n\r\n");
        int fd = dial();
        say(fd, request, strlen(request));
        assert_int_equal(status_after(fd), size < 8192 - 64 ? 200 : 431);
        close(fd);
    }
    for (size_t size = 900; size <= 6000; size += 300) {
        static char request[7000];
        int prefix = snprintf(request, sizeof request, "GET /");
        memset(request + prefix, 'y', size);
        strcpy(request + (size_t)prefix + size, " HTTP/1.1\r\n" H "\r\n");
        int fd = dial();
        say(fd, request, strlen(request));
        assert_int_equal(status_after(fd), size < HTTP_PATH_BYTES - 1 ? 200 : 414);
        close(fd);
    }
    end();
}

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

static void test_chunks_over_the_limit_are_cut(void **state)
{
    (void)state;
    begin((struct http_options){.body_bytes = 1000});
    int fd = dial();
    bool closed;
    say(fd, BYTES("POST /a HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n"));
    char chunk[512] = "1f0\r\n";
    memset(chunk + 5, 'c', 0x1f0);
    memcpy(chunk + 5 + 0x1f0, "\r\n", 2);
    for (int i = 0; i < 3; i++) {
        say(fd, chunk, 5 + 0x1f0 + 2);
        pump(2);
    }
    hear(fd, 0, &closed);
    assert_true(closed);
    assert_int_equal(status_of(text), 413);
    assert_int_equal(owner.taken, 0);
    assert_true(refused("body") > 0);
    close(fd);
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
    for (int i = 0; i < 8; i++) {
        assert_int_equal(status_after(fds[i]), 204);
        close(fds[i]);
    }
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
        cmocka_unit_test(test_bad_requests_are_refused),
        cmocka_unit_test(test_bad_requests_are_refused_byte_by_byte),
        cmocka_unit_test(test_too_many_heads),
        cmocka_unit_test(test_good_requests_are_answered),
        cmocka_unit_test(test_head_has_a_length_and_no_body),
        cmocka_unit_test(test_continue),
        cmocka_unit_test(test_pipelined_requests_are_answered_in_order),
        cmocka_unit_test(test_large_bodies_both_ways),
        cmocka_unit_test(test_chunks_over_the_limit_are_cut),
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
