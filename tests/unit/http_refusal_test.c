// What must never reach the owner of a listener: raw bytes over real sockets.
#include "http_client.h"

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
    {"two types", BYTES("POST / HTTP/1.1\r\n" H "Content-Type: a/b\r\nContent-Length: 1\r\ncontent-type: a/c\r\n\r\na"),
     400, true},
    {"two tokens", BYTES("GET / HTTP/1.1\r\n" H "Authorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n"), 400,
     true},
    {"an attribute twice", BYTES("GET / HTTP/1.1\r\n" H "ce-id: 1\r\nCE-ID: 1\r\n\r\n"), 400, true},
    {"two signatures in two lines",
     BYTES("GET / HTTP/1.1\r\n" H "webhook-signature: v1,a\r\nWebhook-Signature: v1,b\r\n\r\n"), 400, true},
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

// Who holds connections for nothing, in the middle of a head or between two requests, makes room within a second when
// somebody else comes; and may stay as long as ever when nobody does.
static void test_holders_make_room(void **state)
{
    (void)state;
    begin((struct http_options){.connections = 8});
    int fds[8];
    for (int i = 0; i < 8; i++) {
        fds[i] = dial();
        if (i < 4)
            say(fds[i], BYTES("GET /a HTTP/1.1\r\nHost:"));
        else
            say(fds[i], BYTES("GET /a HTTP/1.1\r\n" H "\r\n"));
        pump(2);
    }
    now_ms += 2000; // less than the five seconds of a head, and a minute between two requests
    pump(3);
    bool closed;
    for (int i = 4; i < 8; i++) {
        hear(fds[i], 1, &closed);
        assert_false(closed);
    }
    int fd = dial();
    say(fd, BYTES("GET /a HTTP/1.1\r\n" H "\r\n"));
    assert_int_equal(status_after(fd), 503);
    close(fd);
    now_ms += 200;
    pump(3);
    for (int i = 0; i < 8; i++) {
        hear(fds[i], 0, &closed);
        assert_true(closed);
        if (i < 4)
            assert_int_equal(status_of(text), 408);
        close(fds[i]);
    }
    fd = dial();
    say(fd, BYTES("GET /a HTTP/1.1\r\n" H "\r\n"));
    assert_int_equal(status_after(fd), 200);
    close(fd);
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bad_requests_are_refused), cmocka_unit_test(test_bad_requests_are_refused_byte_by_byte),
        cmocka_unit_test(test_too_many_heads),           cmocka_unit_test(test_chunks_over_the_limit_are_cut),
        cmocka_unit_test(test_holders_make_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
