#include "bench/httpload.h"

#include "common/must.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { REQUEST_BYTES = 2048, ANSWER_BYTES = 4096, ANSWER_MS = 30000, EVENTS = 64 };

struct connection {
    int fd;
    int64_t sent_us;
    size_t got;
    char answer[ANSWER_BYTES];
};

static void post(struct connection *connection, struct orders *orders)
{
    char request[REQUEST_BYTES];
    struct slice body = orders_json(orders);
    int length = snprintf(request, sizeof request,
                          "POST /v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                          "Content-Length: %zu\r\n\r\n%s",
                          body.length, (const char *)body.bytes);
    must(length > 0 && (size_t)length < sizeof request);
    connection->got = 0;
    connection->sent_us = table_now_us();
    // A request fits into the socket's buffer, which is empty while none is on its way.
    must(send(connection->fd, request, (size_t)length, MSG_NOSIGNAL) == length);
}

// Whether the answer is whole.
static bool answered(struct connection *connection)
{
    char *text = connection->answer;
    text[connection->got] = '\0';
    char *end = strstr(text, "\r\n\r\n");
    if (end == NULL)
        return false;
    char *length = strcasestr(text, "\r\ncontent-length:");
    must(length != NULL && length < end);
    size_t body = strtoul(length + strlen("\r\ncontent-length:"), NULL, 10);
    if (connection->got < (size_t)(end + 4 - text) + body)
        return false;
    if (strncmp(text, "HTTP/1.1 200", 12) != 0)
        fprintf(stderr, "ingest answered %s\n", text);
    must(strncmp(text, "HTTP/1.1 200", 12) == 0);
    return true;
}

static void receive(struct connection *connection)
{
    ssize_t got =
        recv(connection->fd, connection->answer + connection->got, ANSWER_BYTES - 1 - connection->got, MSG_DONTWAIT);
    must(got > 0 || (got < 0 && errno == EAGAIN));
    connection->got += got > 0 ? (size_t)got : 0;
}

static void open_connection(struct connection *connection, int port, int epoll)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connection->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    must(connection->fd >= 0);
    must(connect(connection->fd, (struct sockaddr *)&address, sizeof address) == 0);
    int one = 1;
    must(setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) == 0);
    struct epoll_event event = {.events = EPOLLIN, .data = {.ptr = connection}};
    must(epoll_ctl(epoll, EPOLL_CTL_ADD, connection->fd, &event) == 0);
}

double httpload_run(int port, unsigned connections, struct orders *orders, int64_t ms, struct delays *delays)
{
    must(connections > 0 && connections <= HTTPLOAD_CONNECTIONS_MAX);
    struct connection *all = calloc(connections, sizeof *all);
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    must(all != NULL && epoll >= 0);
    for (unsigned i = 0; i < connections; i++)
        open_connection(&all[i], port, epoll);
    uint64_t count = 0;
    unsigned busy = connections;
    int64_t began_us = table_now_us(), until_us = began_us + ms * 1000;
    for (unsigned i = 0; i < connections; i++)
        post(&all[i], orders);
    while (busy > 0) {
        struct epoll_event events[EVENTS];
        int ready = epoll_wait(epoll, events, EVENTS, ANSWER_MS);
        must(ready > 0);
        for (int i = 0; i < ready; i++) {
            struct connection *connection = events[i].data.ptr;
            receive(connection);
            if (!answered(connection))
                continue;
            int64_t now_us = table_now_us();
            delays_add(delays, now_us - connection->sent_us);
            count++;
            if (now_us < until_us)
                post(connection, orders);
            else
                busy--;
        }
    }
    double rate = (double)count / ((double)(table_now_us() - began_us) / 1e6);
    for (unsigned i = 0; i < connections; i++)
        close(all[i].fd);
    close(epoll);
    free(all);
    return rate;
}
