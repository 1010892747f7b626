// A client of raw bytes and an owner for the listener under test; the time is in the test's hand.
#ifndef TEND_TESTS_HTTP_CLIENT_H
#define TEND_TESTS_HTTP_CLIENT_H

#include "common/http.h"
#include "common/http_head.h"

#include <arpa/inet.h>
#include <errno.h>
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

static inline void copy(char *to, size_t bytes, const char *from)
{
    snprintf(to, bytes, "%s", from == NULL ? "(none)" : from);
}

static inline void take(void *self, struct http_request *request)
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

static inline void begin(struct http_options options)
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

static inline void end(void)
{
    http_close(&http);
    assert_null(http);
    metrics_close(&metrics);
}

static inline int dial_to(const char *address)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(http_port(http))};
    assert_int_equal(inet_pton(AF_INET, address, &to.sin_addr), 1);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&to, sizeof to), 0);
    return fd;
}

static inline int dial(void)
{
    return dial_to("127.0.0.1");
}

static inline void say(int fd, const char *bytes, size_t length)
{
    assert_int_equal(send(fd, bytes, length, MSG_NOSIGNAL), (ssize_t)length);
}

static inline void pump(int rounds)
{
    for (int i = 0; i < rounds; i++) {
        http_run(http, now_ms);
        struct pollfd wait = {http_fd(http), POLLIN, 0};
        (void)poll(&wait, 1, 1);
    }
}

// Where the first answer in `from` ends, NULL while it is not complete.
static inline const char *answer_end(const char *from, size_t length, bool headless)
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
static inline size_t hear(int fd, size_t answers, bool *ret_closed)
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

static inline int status_of(const char *answer)
{
    return strncmp(answer, "HTTP/1.1 ", 9) == 0 ? atoi(answer + 9) : 0;
}

static inline int status_after(int fd)
{
    bool closed;
    hear(fd, 1, &closed);
    return status_of(text);
}

static inline double refused(const char *label)
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

#endif
