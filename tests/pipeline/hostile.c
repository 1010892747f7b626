// Honest senders with a clock in their hand, beside a stranger who sends what must never be taken: requests that two
// readers could read differently with an event hidden inside, bodies that are no events, bytes at random, and requests
// that never end.
//
//     pipeline_hostile PORT COUNT SECONDS [SLOW]
//
// to 127.0.0.1, as a proxy in front would. COUNT hostile requests are spread over the seconds (0: none), each on a
// connection of its own; SLOW connections send a byte now and then. Every honest event has the source "honest", every
// hostile one "evil". Prints one line of figures and the seed. Exit 1 when a hostile request was answered with a 2xx,
// or an honest one not with 200 within ten seconds, for however often it was told to come again.
#include "unit/dice.h"

#include "common/must.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    HONEST = 4,            // senders, each on a connection that stays open
    HONEST_GAP_US = 10000, // between two events of one
    HOSTILE = 32,          // strangers
    SLOW_MOST = 256,
    SLOW_GAP_MS = 500,
    SAMPLES = 200000,
    GIVE_UP_MS = 10000,
    LISTEN_MS = 500, // for the end of an answer; some requests never end
    REQUEST_BYTES = 4096,
    ANSWER_BYTES = 16384
};

struct sums {
    unsigned port;
    int64_t end_us, begin_us;
    size_t count, slow;
    uint64_t seed;
    _Atomic size_t sent, accepted, refused, closed, silent, unanswered, retried, samples;
    _Atomic bool over;
    float delays_ms[SAMPLES];
};

struct worker {
    struct sums *sums;
    unsigned number;
};

static int64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void sleep_until(int64_t at_us)
{
    int64_t left = at_us - now_us();
    if (left > 0)
        usleep((useconds_t)left);
}

static int dial(const struct sums *sums)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)sums->port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;
    must(fd >= 0);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (connect(fd, (const struct sockaddr *)&to, sizeof to) == 0)
        return fd;
    close(fd);
    return -1;
}

// What comes until the connection is closed, `whole` says that there is one answer, or the time is over.
static size_t hear(int fd, char *answer, int64_t until_us, bool one)
{
    size_t length = 0;
    answer[0] = '\0';
    for (int64_t left; (left = until_us - now_us()) > 0 && length + 1 < ANSWER_BYTES;) {
        struct pollfd wait = {fd, POLLIN, 0};
        if (poll(&wait, 1, (int)(left / 1000 + 1)) <= 0)
            continue;
        ssize_t came = recv(fd, answer + length, ANSWER_BYTES - length - 1, 0);
        if (came <= 0)
            break;
        length += (size_t)came;
        answer[length] = '\0';
        const char *head = strstr(answer, "\r\n\r\n"), *size = strcasestr(answer, "\r\ncontent-length: ");
        if (one && head != NULL && size != NULL && strlen(head + 4) >= strtoul(size + 18, NULL, 10))
            break;
    }
    return length;
}

static bool post(struct sums *sums, int *fd, const char *request, size_t length)
{
    int64_t until_us = now_us() + GIVE_UP_MS * INT64_C(1000);
    char answer[ANSWER_BYTES];
    for (bool first = true; now_us() < until_us; first = false) {
        if (!first) {
            sums->retried++;
            usleep(20000);
        }
        if (*fd < 0)
            *fd = dial(sums);
        if (*fd < 0)
            continue;
        bool sent = send(*fd, request, length, MSG_NOSIGNAL) == (ssize_t)length;
        if (sent && hear(*fd, answer, until_us, true) > 0 && strncmp(answer, "HTTP/1.1 200 ", 13) == 0)
            return true;
        close(*fd);
        *fd = -1;
    }
    return false;
}

static void *honest(void *self)
{
    struct worker *worker = self;
    struct sums *sums = worker->sums;
    int fd = -1;
    int64_t due_us = sums->begin_us + worker->number * (HONEST_GAP_US / HONEST);
    for (unsigned i = 0; !sums->over; i++, due_us += HONEST_GAP_US) {
        char body[512], request[1024];
        int length = snprintf(body, sizeof body,
                              "{\"id\":\"%u-%lld-%u\",\"source\":\"honest\",\"time\":\"2026-05-17T09:00:00Z\","
                              "\"customerId\":\"C%u\",\"orderShipped\":{\"orderId\":\"o%u\"}}",
                              worker->number, (long long)sums->begin_us, i, i % 97, i);
        length = snprintf(request, sizeof request,
                          "POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                          "Content-Length: %d\r\n\r\n%s",
                          length, body);
        sleep_until(due_us);
        int64_t began_us = now_us(); // a sender that is late does not blame the one it speaks to
        bool answered = post(sums, &fd, request, (size_t)length);
        size_t place = sums->samples++;
        must(place < SAMPLES);
        sums->delays_ms[place] = (float)(now_us() - began_us) / 1000;
        sums->unanswered += !answered;
        if (now_us() > due_us + HONEST_GAP_US)
            due_us = now_us() - HONEST_GAP_US;
    }
    if (fd >= 0)
        close(fd);
    return NULL;
}

#define H "Host: x\r\n"
#define EVENT                                                                                                      \
    "{\"id\":\"e\",\"source\":\"evil\",\"time\":\"2026-05-17T09:00:00Z\",\"customerId\":\"C1\",\"orderShipped\":{" \
    "\"orderId\":\"o\"}}"
#define HIDDEN "POST /v1/events HTTP/1.1\r\n" H "Content-Length: 105\r\n\r\n" EVENT
_Static_assert(sizeof EVENT - 1 == 105, "the hidden request is whole");
#define POST "POST /v1/events HTTP/1.1\r\n" H
#define CHUNKED POST "Transfer-Encoding: chunked\r\n\r\n"
#define BYTES(literal)               \
    {                                \
        literal, sizeof(literal) - 1 \
    }

// Each would be an event to a reader that is less strict than ours, or hides one behind it.
static const struct {
    const char *bytes;
    size_t length;
} requests[] = {
    BYTES(POST "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" HIDDEN),
    BYTES(POST "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n" HIDDEN),
    BYTES(POST "Content-Length: 105\r\nTransfer-Encoding: identity\r\n\r\n" EVENT),
    BYTES(POST "Content-Length: 105\r\nContent-Length: 0\r\n\r\n" EVENT),
    BYTES(POST "Content-Length: 0\r\nContent-Length: 105\r\n\r\n" EVENT),
    BYTES(POST "Content-Length: 105\r\nContent-Length: 105\r\n\r\n" EVENT),
    BYTES(POST "Content-Length: 105, 105\r\n\r\n" EVENT),
    BYTES(POST "Content-Length: +105\r\n\r\n" EVENT),
    BYTES(POST "Content-Length: 0x69\r\n\r\n" EVENT),
    BYTES(POST "Content-Length: 105\0\r\n\r\n" EVENT),
    BYTES(POST "Content-Length: 1\0"
               "05\r\n\r\n" EVENT),
    BYTES(POST "Content-Length : 105\r\n\r\n" EVENT),
    BYTES(POST "Content-Length\t: 105\r\n\r\n" EVENT),
    BYTES(POST " Content-Length: 105\r\n\r\n" EVENT),
    BYTES(POST "X: a\r\n Content-Length: 0\r\nContent-Length: 105\r\n\r\n" EVENT),
    BYTES(POST "Content-Length:\r\n 105\r\n\r\n" EVENT),
    BYTES(POST "X: a\nContent-Length: 105\r\n\r\n" EVENT),
    BYTES(POST "X: a\rContent-Length: 105\r\n\r\n" EVENT),
    BYTES(POST "X: a\r\r\nContent-Length: 105\r\n\r\n" EVENT),
    BYTES("POST /v1/events HTTP/1.1\n" H "Content-Length: 105\n\n" EVENT),
    BYTES(POST "Content-Length: 105\n\r\n" EVENT),
    BYTES(POST "Content-Length: 105\r\n\n" EVENT),
    BYTES(POST "Transfer-Encoding: xchunked\r\n\r\n69\r\n" EVENT "\r\n0\r\n\r\n"),
    BYTES(POST "Transfer-Encoding: chunked, chunked\r\n\r\n69\r\n" EVENT "\r\n0\r\n\r\n"),
    BYTES(POST "Transfer-Encoding: gzip, chunked\r\n\r\n69\r\n" EVENT "\r\n0\r\n\r\n"),
    BYTES(POST "Transfer-Encoding: \x0b"
               "chunked\r\n\r\n69\r\n" EVENT "\r\n0\r\n\r\n"),
    BYTES(POST "Transfer-Encoding:\r\n chunked\r\n\r\n69\r\n" EVENT "\r\n0\r\n\r\n"),
    BYTES("POST /v1/events HTTP/1.0\r\n" H "Transfer-Encoding: chunked\r\n\r\n69\r\n" EVENT "\r\n0\r\n\r\n"),
    BYTES(CHUNKED "0x69\r\n" EVENT "\r\n0\r\n\r\n"),
    BYTES(CHUNKED "-69\r\n" EVENT "\r\n0\r\n\r\n"),
    BYTES(CHUNKED "+69\r\n" EVENT "\r\n0\r\n\r\n"),
    BYTES(CHUNKED "69 x\r\n" EVENT "\r\n0\r\n\r\n"),
    BYTES(CHUNKED "ffffffffffffffff\r\n" EVENT "\r\n0\r\n\r\n"),
    BYTES(CHUNKED "10000000000000069\r\n" EVENT "\r\n0\r\n\r\n"),
    BYTES(CHUNKED "68\r\n" EVENT "\r\n0\r\n\r\n"),
    BYTES(CHUNKED "69\r\n" EVENT "0\r\n\r\n"),
    BYTES("POST http://x/v1/events HTTP/1.1\r\n" H "Content-Length: 105\r\n\r\n" EVENT),
    BYTES("POST //v1/events HTTP/1.1\r\n" H "Content-Length: 105\r\nConnection: close\r\n\r\n" EVENT),
    BYTES("POST /v1/../v1/events HTTP/1.1\r\n" H "Content-Length: 105\r\n\r\n" EVENT),
    BYTES("POST /v1/%2e%2e/v1/events HTTP/1.1\r\n" H "Content-Length: 105\r\n\r\n" EVENT),
    BYTES("POST /v1/events\0 HTTP/1.1\r\n" H "Content-Length: 105\r\n\r\n" EVENT),
    BYTES("POST /v1/events%00 HTTP/1.1\r\n" H "Content-Length: 105\r\n\r\n" EVENT),
    BYTES("POST  /v1/events HTTP/1.1\r\n" H "Content-Length: 105\r\n\r\n" EVENT),
    BYTES("POST\t/v1/events HTTP/1.1\r\n" H "Content-Length: 105\r\n\r\n" EVENT),
    BYTES("POST /v1/events HTTP/1.2\r\n" H "Content-Length: 105\r\n\r\n" EVENT),
    BYTES("POST /v1/events HTTP/2.0\r\n" H "Content-Length: 105\r\n\r\n" EVENT),
    BYTES("POST /v1/events\r\n\r\n" EVENT),
    BYTES("post /v1/events HTTP/1.1\r\n" H "Content-Length: 105\r\n\r\n" EVENT),
    BYTES("PUT /v1/events HTTP/1.1\r\n" H "Content-Length: 105\r\n\r\n" EVENT),
    BYTES("POST /v1/events HTTP/1.1\r\nContent-Length: 105\r\n\r\n" EVENT),
    BYTES("POST /v1/events HTTP/1.1\r\n" H H "Content-Length: 105\r\n\r\n" EVENT),
    BYTES(POST "Expect: 200-ok\r\nContent-Length: 105\r\n\r\n" EVENT),
    BYTES(POST "Content-Length: 300000\r\n\r\n" EVENT),
    BYTES("GET /v1/events HTTP/1.1\r\n" H "Content-Length: 105\r\nConnection: close\r\n\r\n" EVENT),
    BYTES("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    BYTES("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\n\n"),
};

// Bodies that are no events, of which the first are no JSON either.
#define HEAD "{\"id\":\"e\",\"source\":\"evil\",\"time\":\"2026-05-17T09:00:00Z\","
static const char *const bodies[] = {
    "{",
    "[",
    "\"",
    "nul",
    "{\"id\":",
    "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
    "\xff\xfe{}",
    "{}",
    "{\"source\":\"evil\"}",
    HEAD "\"id\":\"f\"}",
    HEAD "\"orderShipped\":{}}",
    HEAD "\"orderShipped\":{\"orderId\":\"a\\u0000b\"}}",
    HEAD "\"customerId\":7,\"orderShipped\":{\"orderId\":\"o\"}}",
    HEAD "\"orderPlaced\":{\"orderId\":\"o\",\"total\":\"1e999999999 USD\"}}",
};

static size_t write_body(struct dice *dice, char *request)
{
    const char *body = bodies[dice_throw(dice, sizeof bodies / sizeof *bodies)];
    int length = snprintf(request, REQUEST_BYTES, "%sContent-Length: %zu\r\nConnection: close\r\n\r\n%s", POST,
                          strlen(body), body);
    return (size_t)length;
}

// A request that would be refused for its body, with bytes changed, and a part of it left out at times.
static size_t write_damaged(struct dice *dice, char *request)
{
    size_t length = write_body(dice, request);
    for (int64_t changes = 1 + dice_throw(dice, 8); changes > 0; changes--)
        request[dice_throw(dice, (int64_t)length)] = (char)dice_throw(dice, 256);
    return dice_throw(dice, 4) == 0 ? (size_t)dice_throw(dice, (int64_t)length) + 1 : length;
}

static size_t write_noise(struct dice *dice, char *request)
{
    size_t length = (size_t)dice_throw(dice, REQUEST_BYTES - 1) + 1;
    for (size_t i = 0; i < length; i++)
        request[i] = (char)dice_bits(dice);
    return length;
}

static size_t write_request(struct dice *dice, char *request, bool *ret_ends)
{
    int64_t kind = dice_throw(dice, 10);
    *ret_ends = kind >= 8;
    if (kind < 5) {
        size_t which = (size_t)dice_throw(dice, sizeof requests / sizeof *requests);
        memcpy(request, requests[which].bytes, requests[which].length);
        return requests[which].length;
    }
    return kind < 8 ? write_body(dice, request) : kind < 9 ? write_damaged(dice, request) : write_noise(dice, request);
}

// Whether any answer on the connection was a yes.
static bool taken(const char *answer, size_t length)
{
    for (const char *at = answer; (at = memmem(at, length - (size_t)(at - answer), "HTTP/1.1 2", 10)) != NULL; at++)
        if (at == answer || at[-1] == '\n' || at[-1] == '}' || at[-1] == '>')
            return true;
    return false;
}

static void attack(struct sums *sums, const char *request, size_t length, bool ends)
{
    char answer[ANSWER_BYTES];
    int fd = dial(sums);
    sums->sent++;
    if (fd < 0) {
        sums->closed++;
        return;
    }
    (void)send(fd, request, length, MSG_NOSIGNAL); // it may be refused before its end
    if (ends)
        shutdown(fd, SHUT_WR);
    int64_t until_us = now_us() + LISTEN_MS * INT64_C(1000);
    size_t came = hear(fd, answer, until_us, false);
    if (taken(answer, came)) {
        sums->accepted++;
        fprintf(stderr, "accepted: %.*s\n-> %.200s\n", (int)length, request, answer);
    } else if (came > 0) {
        sums->refused++;
    } else if (now_us() < until_us) {
        sums->closed++;
    } else {
        sums->silent++;
    }
    close(fd);
}

// Strangers sit at machines of their own: here they get what the listener and the honest senders leave of this one.
static void step_back(void)
{
    must(setpriority(PRIO_PROCESS, (id_t)gettid(), 19) == 0);
}

static void *hostile(void *self)
{
    struct worker *worker = self;
    step_back();
    struct sums *sums = worker->sums;
    struct dice dice = {sums->seed + 2 * worker->number};
    size_t mine = sums->count / HOSTILE;
    for (size_t i = 0; i < mine; i++) {
        char request[REQUEST_BYTES];
        bool ends;
        size_t length = write_request(&dice, request, &ends);
        sleep_until(sums->begin_us + (sums->end_us - sums->begin_us) * (int64_t)i / (int64_t)mine);
        attack(sums, request, length, ends);
    }
    return NULL;
}

// Holds connections open with requests that go on and on, and opens another for each that is cut.
static void *slow(void *self)
{
    static const char head[] = POST "Content-Type: application/json\r\nX-Slow: ";
    struct worker *worker = self;
    struct sums *sums = worker->sums;
    int fds[SLOW_MOST];
    step_back();
    memset(fds, -1, sizeof fds);
    while (!sums->over) {
        for (size_t i = 0; i < sums->slow; i++) {
            char byte;
            bool gone = fds[i] < 0 || send(fds[i], "a", 1, MSG_NOSIGNAL | MSG_DONTWAIT) != 1 ||
                        recv(fds[i], &byte, 1, MSG_DONTWAIT) >= 0;
            if (!gone)
                continue;
            if (fds[i] >= 0)
                close(fds[i]);
            fds[i] = dial(sums);
            if (fds[i] >= 0)
                (void)send(fds[i], head, i % (sizeof head - 1) + 1, MSG_NOSIGNAL);
        }
        usleep(SLOW_GAP_MS * 1000);
    }
    for (size_t i = 0; i < sums->slow; i++)
        if (fds[i] >= 0)
            close(fds[i]);
    return NULL;
}

static int by_size(const void *a, const void *b)
{
    const float *one = a, *other = b;
    return (*one > *other) - (*one < *other);
}

static void report(struct sums *sums)
{
    size_t count = sums->samples;
    must(count > 0);
    qsort(sums->delays_ms, count, sizeof *sums->delays_ms, by_size);
    printf("honest=%zu unanswered=%zu retried=%zu p50_ms=%.2f p99_ms=%.2f max_ms=%.2f hostile=%zu accepted=%zu "
           "refused=%zu closed=%zu silent=%zu\n",
           count, (size_t)sums->unanswered, (size_t)sums->retried, (double)sums->delays_ms[count / 2],
           (double)sums->delays_ms[count * 99 / 100], (double)sums->delays_ms[count - 1], (size_t)sums->sent,
           (size_t)sums->accepted, (size_t)sums->refused, (size_t)sums->closed, (size_t)sums->silent);
}

static void run(struct sums *sums)
{
    pthread_t honests[HONEST], hostiles[HOSTILE], slower;
    struct worker workers[HONEST + HOSTILE + 1];
    for (unsigned i = 0; i < HONEST + HOSTILE + 1; i++)
        workers[i] = (struct worker){sums, i};
    for (unsigned i = 0; i < HONEST; i++)
        must(pthread_create(&honests[i], NULL, honest, &workers[i]) == 0);
    for (unsigned i = 0; i < HOSTILE; i++)
        must(pthread_create(&hostiles[i], NULL, hostile, &workers[HONEST + i]) == 0);
    must(pthread_create(&slower, NULL, slow, &workers[HONEST + HOSTILE]) == 0);
    for (unsigned i = 0; i < HOSTILE; i++)
        pthread_join(hostiles[i], NULL);
    sleep_until(sums->end_us);
    sums->over = true;
    for (unsigned i = 0; i < HONEST; i++)
        pthread_join(honests[i], NULL);
    pthread_join(slower, NULL);
}

int main(int argc, char **argv)
{
    static struct sums sums;
    if (argc < 4 || argc > 5) {
        fprintf(stderr, "usage: pipeline_hostile PORT COUNT SECONDS [SLOW]\n");
        return 2;
    }
    sums.port = (unsigned)strtoul(argv[1], NULL, 10);
    sums.count = strtoul(argv[2], NULL, 10);
    sums.slow = argc == 5 ? strtoul(argv[4], NULL, 10) : 0;
    must(sums.slow <= SLOW_MOST);
    if (sums.count > 0)
        sums.seed = dice_take().state;
    sums.begin_us = now_us();
    sums.end_us = sums.begin_us + strtol(argv[3], NULL, 10) * 1000000;
    run(&sums);
    report(&sums);
    return sums.accepted > 0 || sums.unanswered > 0;
}
