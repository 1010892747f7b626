#include "common/http.h"

#include "common/http_exchange.h"
#include "common/http_head.h"
#include "common/must.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    SPARE = 16,         // connections over the limit, kept just long enough to read a request and tell them 503
    SPARE_MS = 1000,    // how long; and how slow or idle a connection may be while others wait for its place
    SWEEP_MS = 100,     // the grain of the time limits
    POOL_LEAST = 32768, // libmicrohttpd's memory for one connection: head, what it knows of it, answer's head
    BACKLOG = 256,
    DRAIN_RUNS = 8, // at a close, so that what fits into the sockets gets out
};

// The limits of a listener that names none. Nobody configures them: they are far from what honest clients need, and a
// proxy in front has its own.
enum {
    BODY_BYTES =
        256 * 1024,        // a shop's order with a thousand lines; memory for all connections together stays at 36 MiB
    HEAD_BYTES = 8 * 1024, // what browsers and proxies keep to
    HEADS = 64,            // twice what a request through several proxies has
    CONNECTIONS = 128,     // of a proxy or a dozen shops, each with a few
    PER_ADDRESS = 16,      // so that one address cannot have them all
    TOTAL_MS = 5000,       // a whole body over a bad line; senders of webhooks give up after five seconds themselves
    ANSWER_MS = 30000,     // a commit takes milliseconds; a disk that hangs for longer is our trouble, and is told
    SEND_MS = 30000,       // a phone that reads a page over a bad line
    IDLE_MS = 60000,       // what proxies keep open for the next request
};

struct collected {
    struct head_line *lines;
    size_t count;
};

static enum MHD_Result collect(void *owner, enum MHD_ValueKind kind, const char *name, size_t name_length,
                               const char *value, size_t value_length)
{
    (void)kind, (void)name_length, (void)value_length;
    struct collected *collected = owner;
    if (collected->count < HTTP_HEADS_MOST)
        collected->lines[collected->count] = (struct head_line){name, value};
    collected->count++;
    return MHD_YES;
}

static enum MHD_Result accept_head(struct connection *connection, const char *method, const char *version)
{
    struct http *http = connection->http;
    struct head_line lines[HTTP_HEADS_MOST];
    struct collected collected = {lines, 0};
    MHD_get_connection_values_n(connection->mhd, MHD_HEADER_KIND, collect, &collected);
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection->mhd, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    must(info != NULL);
    const struct request_head head = {
        method, connection->target, version, method + info->header_size, connection->target_length,
        lines,  collected.count};
    const struct head_limits limits = {http->options.heads, http->options.head_bytes, http->options.body_bytes};
    uint64_t length = 0;
    enum refusal refusal = connection->surplus ? REFUSE_BUSY : http_head_check(&head, &limits, &length);
    if (refusal == REFUSE_NOTHING)
        refusal = connection->refusal;
    if (refusal == REFUSE_NOTHING && !exchange_reserve(&connection->exchange->body, (size_t)length + 1))
        refusal = REFUSE_MEMORY;
    if (refusal != REFUSE_NOTHING)
        return connection_refuse(connection, refusal);
    snprintf(connection->exchange->method, sizeof connection->exchange->method, "%s", method);
    connection->state = BODY;
    return MHD_YES;
}

static enum MHD_Result accept_body(struct connection *connection, const char *bytes, size_t length)
{
    struct exchange *exchange = connection->exchange;
    size_t held = exchange->public.length;
    if (length > connection->http->options.body_bytes - held) {
        connection_cut(connection, REFUSE_BODY);
        return MHD_NO;
    }
    if (!exchange_reserve(&exchange->body, held + length + 1)) {
        connection_cut(connection, REFUSE_MEMORY);
        return MHD_NO;
    }
    memcpy(exchange->body.bytes + held, bytes, length);
    exchange->public.length = held + length;
    return MHD_YES;
}

static enum MHD_Result hand_over(struct connection *connection)
{
    struct http *http = connection->http;
    struct exchange *exchange = connection->exchange;
    exchange->public.body = exchange->body.bytes;
    exchange->body.bytes[exchange->public.length] = '\0';
    exchange->connection = connection;
    exchange->held = true;
    connection->state = OWNER;
    connection->since_ms = http->now_ms;
    http_wake_by(http, http->now_ms + http->options.answer_ms);
    http->taken++;
    if (http->take != NULL)
        http->take(http->owner, &exchange->public);
    else
        connection_give_up(connection);
    if (connection->state == OWNER) {
        connection->suspended = true;
        MHD_suspend_connection(connection->mhd);
    }
    return connection->state == CUT ? MHD_NO : MHD_YES;
}

static enum MHD_Result on_data(void *owner, struct MHD_Connection *mhd, const char *url, const char *method,
                               const char *version, const char *bytes, size_t *length, void **context)
{
    (void)owner, (void)mhd, (void)url;
    struct connection *connection = *context;
    if (connection->state == CUT)
        return MHD_NO;
    if (connection->state == HEAD)
        return accept_head(connection, method, version);
    if (connection->state != BODY)
        return MHD_YES;
    if (*length == 0)
        return hand_over(connection);
    size_t given = *length;
    *length = 0;
    return accept_body(connection, bytes, given);
}

// The request line has been read: a request has begun, at the latest now.
static void *on_target(void *owner, const char *target, struct MHD_Connection *mhd)
{
    (void)owner;
    struct connection *connection = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
    struct http *http = connection->http;
    if (connection->state == IDLE)
        connection->since_ms = http->now_ms;
    if (connection->state != CUT)
        connection->state = HEAD;
    connection->begun_ms = http->now_ms;
    connection->target = target;
    connection->target_length = target == NULL ? 0 : strlen(target);
    connection->exchange = exchange_take(http);
    connection->refusal = REFUSE_MEMORY;
    if (connection->exchange != NULL) {
        connection->refusal = http_target_decode(target, connection->target_length, connection->exchange->path);
        memcpy(connection->exchange->peer, connection->peer, sizeof connection->peer);
    }
    http_wake_by(http, connection->since_ms + http->options.total_ms);
    return connection;
}

// A request is over, in whatever way.
static void on_completed(void *owner, struct MHD_Connection *mhd, void **context, enum MHD_RequestTerminationCode code)
{
    (void)owner, (void)mhd;
    struct connection *connection = *context;
    struct http *http = connection->http;
    if (connection->state < OWNER && code == MHD_REQUEST_TERMINATED_WITH_ERROR)
        http_count_refusal(http, REFUSE_SYNTAX);
    if (connection->state == SENDING)
        http_count_answer(http, connection->status, connection->begun_ms);
    if (connection->exchange != NULL)
        exchange_give(connection->exchange);
    connection->exchange = NULL;
    if (connection->state == CUT)
        return;
    connection->state = IDLE;
    connection->sampled = false;
    connection->since_ms = http->now_ms;
    http_wake_by(http, http->now_ms + SWEEP_MS);
}

// The first 64 bits of an IPv6 address, all of an IPv4 one; false for loopback, whose clients are our own machine's.
static bool address_key(const struct sockaddr *address, uint8_t *key)
{
    memset(key, 0, 16);
    if (address->sa_family == AF_INET) {
        memcpy(key, &((const struct sockaddr_in *)(const void *)address)->sin_addr, 4);
        return key[0] != 127;
    }
    const struct in6_addr *six = &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
    if (IN6_IS_ADDR_V4MAPPED(six)) {
        memcpy(key, six->s6_addr + 12, 4);
        return key[0] != 127;
    }
    memcpy(key, six->s6_addr, 8);
    key[15] = 6;
    return !IN6_IS_ADDR_LOOPBACK(six);
}

static void peer_print(const struct sockaddr *address, char *peer)
{
    const void *bytes = address->sa_family == AF_INET
                            ? (const void *)&((const struct sockaddr_in *)(const void *)address)->sin_addr
                            : (const void *)&((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
    if (inet_ntop(address->sa_family, bytes, peer, HTTP_PEER_BYTES) == NULL)
        peer[0] = '\0';
}

static void connection_open(struct http *http, struct MHD_Connection *mhd, void **context)
{
    struct connection *connection = http->idle;
    must(connection != NULL);
    http->idle = connection->next;
    *context = connection;
    const struct sockaddr *address = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr;
    *connection = (struct connection){.http = http,
                                      .mhd = mhd,
                                      .fd = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd,
                                      .state = HEAD,
                                      .since_ms = http->now_ms,
                                      .begun_ms = http->now_ms,
                                      .surplus = http->open - http->surplus >= http->options.connections};
    peer_print(address, connection->peer);
    size_t same = 0;
    bool counted = address_key(address, connection->address);
    for (size_t i = 0; counted && i < http->connection_count; i++)
        same += http->connections[i].state != UNUSED &&
                memcmp(http->connections[i].address, connection->address, sizeof connection->address) == 0;
    http->open++;
    http->surplus += connection->surplus;
    if (counted && same > http->options.per_address)
        connection_cut(connection, REFUSE_ADDRESS);
    if (connection->surplus)
        http->pressed_until_ms = http->now_ms + SPARE_MS;
    http_wake_by(http, http->now_ms + (connection->surplus ? SWEEP_MS : http->options.total_ms));
}

static void on_connection(void *owner, struct MHD_Connection *mhd, void **context,
                          enum MHD_ConnectionNotificationCode code)
{
    struct http *http = owner;
    struct connection *connection = *context;
    if (code == MHD_CONNECTION_NOTIFY_STARTED)
        connection_open(http, mhd, context);
    if (code == MHD_CONNECTION_NOTIFY_CLOSED && connection != NULL) {
        must(connection->exchange == NULL);
        http->open--;
        http->surplus -= connection->surplus;
        connection->state = UNUSED;
        connection->next = http->idle;
        http->idle = connection;
    }
    if (http->measured)
        metric_set(http->figures[FIGURE_CONNECTIONS], 0, (double)http->open);
}

// Bytes that the kernel has received on the socket since it was opened; libmicrohttpd does not tell when a request's
// first byte comes, and a request line sent slowly must not take for ever.
static uint64_t received(int fd)
{
    struct tcp_info info = {0};
    socklen_t length = sizeof info;
    return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) == 0 ? info.tcpi_bytes_received : 0;
}

static void look_for_bytes(struct connection *connection)
{
    uint64_t bytes = received(connection->fd);
    if (connection->sampled && bytes > connection->received) {
        connection->state = HEAD;
        connection->since_ms = connection->http->now_ms;
    }
    connection->sampled = true;
    connection->received = bytes;
}

static int64_t least(int64_t one, int64_t other)
{
    return one < other ? one : other;
}

// Ends what is over its time, and returns when the connection's time will be over.
static int64_t check_time(struct connection *connection)
{
    const struct http *http = connection->http;
    if (connection->state == IDLE)
        look_for_bytes(connection);
    const struct http_options *options = &http->options;
    bool pressed = connection->surplus || http->now_ms < http->pressed_until_ms;
    int64_t begin_ms = pressed ? least(SPARE_MS, options->total_ms) : options->total_ms;
    int64_t idle_ms = pressed ? least(SPARE_MS, options->idle_ms) : options->idle_ms;
    const int64_t limits[] = {
        [IDLE] = http->quiet ? 0 : idle_ms, [HEAD] = begin_ms, [BODY] = begin_ms, [OWNER] = options->answer_ms,
        [SENDING] = options->send_ms,       [CUT] = INT64_MAX};
    int64_t limit_ms = limits[connection->state];
    if (limit_ms == INT64_MAX)
        return INT64_MAX;
    if (http->now_ms - connection->since_ms < limit_ms)
        return connection->since_ms + limit_ms;
    if (connection->state == HEAD || connection->state == BODY)
        connection_cut(connection, REFUSE_SLOW);
    else if (connection->state == OWNER)
        connection_give_up(connection);
    else
        connection_hang_up(connection);
    return connection->state == SENDING ? connection->since_ms + options->send_ms : INT64_MAX;
}

static void sweep(struct http *http)
{
    http->next_ms = INT64_MAX;
    for (size_t i = 0; i < http->connection_count; i++)
        if (http->connections[i].state != UNUSED)
            http_wake_by(http, check_time(&http->connections[i]));
}

size_t http_run(struct http *http, int64_t now_ms)
{
    must(now_ms >= http->now_ms);
    http->now_ms = now_ms;
    http->taken = 0;
    http->resumed = false;
    MHD_run(http->daemon);
    if (now_ms >= http->next_ms)
        sweep(http);
    else if (http->open > 0)
        http_wake_by(http, now_ms + SWEEP_MS);
    return http->taken;
}

int http_timeout_ms(const struct http *http, int64_t now_ms)
{
    MHD_UNSIGNED_LONG_LONG timeout_ms;
    if (http->resumed || (MHD_get_timeout(http->daemon, &timeout_ms) == MHD_YES && timeout_ms == 0))
        return 0;
    if (http->next_ms == INT64_MAX)
        return -1;
    int64_t left_ms = http->next_ms - now_ms;
    return left_ms < 0 ? 0 : left_ms > INT32_MAX ? INT32_MAX : (int)left_ms;
}

int http_fd(const struct http *http)
{
    return MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
}

uint16_t http_port(const struct http *http)
{
    return http->port;
}

size_t http_busy(const struct http *http)
{
    size_t busy = 0;
    for (size_t i = 0; i < http->connection_count; i++)
        busy += http->connections[i].state >= BODY && http->connections[i].state <= SENDING;
    return busy;
}

// "127.0.0.1:7410" or "[::1]:7410", numbers only: a listener must not depend on a name server.
static bool address_parse(const char *text, struct sockaddr_storage *ret_address, socklen_t *ret_length)
{
    char host[HTTP_PEER_BYTES];
    unsigned port;
    int end = 0;
    struct sockaddr_in four = {.sin_family = AF_INET};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6};
    if (sscanf(text, "[%47[0-9a-fA-F:.]]:%5u%n", host, &port, &end) == 2 && text[end] == '\0' && port <= 65535 &&
        inet_pton(AF_INET6, host, &six.sin6_addr) == 1) {
        six.sin6_port = htons((uint16_t)port);
        memcpy(ret_address, &six, sizeof six);
        *ret_length = sizeof six;
        return true;
    }
    end = 0;
    if (sscanf(text, "%47[0-9.]:%5u%n", host, &port, &end) == 2 && text[end] == '\0' && port <= 65535 &&
        inet_pton(AF_INET, host, &four.sin_addr) == 1) {
        four.sin_port = htons((uint16_t)port);
        memcpy(ret_address, &four, sizeof four);
        *ret_length = sizeof four;
        return true;
    }
    return false;
}

// A listening socket, or -1 with errno.
static int listen_on(const struct sockaddr_storage *address, socklen_t length, uint16_t *ret_port)
{
    int fd = socket(address->ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), yes = 1;
    union {
        struct sockaddr any;
        struct sockaddr_in four;
        struct sockaddr_in6 six;
    } bound = {.six = {.sin6_port = 0}};
    socklen_t bound_length = sizeof bound;
    if (fd < 0)
        return -1;
    bool six = address->ss_family == AF_INET6;
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 ||
        (six && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof yes) != 0) ||
        bind(fd, (const struct sockaddr *)address, length) != 0 || listen(fd, BACKLOG) != 0 ||
        getsockname(fd, &bound.any, &bound_length) != 0) {
        int error = errno;
        close(fd);
        errno = error;
        return -1;
    }
    *ret_port = ntohs(six ? bound.six.sin6_port : bound.four.sin_port);
    return fd;
}

static struct http_options defaults(const struct http_options *options)
{
    struct http_options full = *options;
    full.body_bytes = full.body_bytes > 0 ? full.body_bytes : BODY_BYTES;
    full.head_bytes = full.head_bytes > 0 ? full.head_bytes : HEAD_BYTES;
    full.heads = full.heads > 0 ? full.heads : HEADS;
    full.connections = full.connections > 0 ? full.connections : CONNECTIONS;
    full.per_address = full.per_address > 0 ? full.per_address : PER_ADDRESS;
    full.total_ms = full.total_ms > 0 ? full.total_ms : TOTAL_MS;
    full.answer_ms = full.answer_ms > 0 ? full.answer_ms : ANSWER_MS;
    full.send_ms = full.send_ms > 0 ? full.send_ms : SEND_MS;
    full.idle_ms = full.idle_ms > 0 ? full.idle_ms : IDLE_MS;
    must(full.heads <= HTTP_HEADS_MOST);
    return full;
}

// All connections that may be open have a request, and so many more may be with an owner that has not answered in time.
static bool allocate(struct http *http)
{
    http->connection_count = http->options.connections + SPARE;
    http->exchange_count = http->connection_count + http->options.connections;
    http->connections = calloc(http->connection_count, sizeof *http->connections);
    http->exchanges = calloc(http->exchange_count, sizeof *http->exchanges);
    if (http->connections == NULL || http->exchanges == NULL)
        return false;
    for (size_t i = http->connection_count; i-- > 0; http->idle = &http->connections[i])
        http->connections[i].next = http->idle;
    for (size_t i = http->exchange_count; i-- > 0; http->spare = &http->exchanges[i]) {
        http->exchanges[i].http = http;
        http->exchanges[i].next = http->spare;
    }
    return true;
}

static void discard(struct http *http)
{
    for (size_t i = 0; http->exchanges != NULL && i < http->exchange_count; i++) {
        free(http->exchanges[i].body.bytes);
        free(http->exchanges[i].answer.bytes);
    }
    free(http->exchanges);
    free(http->connections);
    free(http);
}

static struct MHD_Daemon *start(struct http *http, int fd, bool six)
{
    unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | (six ? MHD_USE_IPv6 : 0U);
    size_t pool = 4 * http->options.head_bytes > POOL_LEAST ? 4 * http->options.head_bytes : POOL_LEAST;
    return MHD_start_daemon(flags, 0, NULL, NULL, on_data, http, MHD_OPTION_LISTEN_SOCKET, fd,
                            MHD_OPTION_CONNECTION_LIMIT, (unsigned)http->connection_count,
                            MHD_OPTION_CONNECTION_MEMORY_LIMIT, pool, MHD_OPTION_CONNECTION_TIMEOUT, 0U,
                            MHD_OPTION_URI_LOG_CALLBACK, on_target, http, MHD_OPTION_NOTIFY_COMPLETED, on_completed,
                            http, MHD_OPTION_NOTIFY_CONNECTION, on_connection, http, MHD_OPTION_END);
}

struct http *http_open(const struct http_options *options, http_take *take, void *owner, struct metrics *metrics,
                       char *ret_error, size_t error_bytes)
{
    struct sockaddr_storage address = {0};
    socklen_t length = 0;
    if (!address_parse(options->address, &address, &length)) {
        snprintf(ret_error, error_bytes, "'%s' is not an address like 127.0.0.1:7410 or [::1]:7410", options->address);
        return NULL;
    }
    struct http *http = calloc(1, sizeof *http);
    int fd = -1;
    if (http == NULL)
        goto undo;
    http->options = defaults(options);
    http->take = take;
    http->owner = owner;
    http->next_ms = INT64_MAX;
    if (!allocate(http) || (fd = listen_on(&address, length, &http->port)) < 0)
        goto undo;
    http->daemon = start(http, fd, address.ss_family == AF_INET6);
    if (http->daemon == NULL)
        goto undo;
    if (metrics != NULL)
        http_measure(http, metrics);
    return http;
undo:
    snprintf(ret_error, error_bytes, "cannot listen on %s: %s", options->address, strerror(errno));
    if (fd >= 0)
        close(fd);
    if (http != NULL)
        discard(http);
    return NULL;
}

void http_quiesce(struct http *http)
{
    if (http->quiet)
        return;
    http->quiet = true;
    http->next_ms = http->now_ms;
    int fd = MHD_quiesce_daemon(http->daemon);
    if (fd >= 0)
        close(fd);
}

void http_close(struct http **http)
{
    if (*http == NULL)
        return;
    http_quiesce(*http);
    (*http)->take = NULL;
    for (size_t i = 0; i < (*http)->connection_count; i++)
        if ((*http)->connections[i].state == OWNER)
            connection_give_up(&(*http)->connections[i]);
    for (int run = 0; run < DRAIN_RUNS; run++)
        MHD_run((*http)->daemon);
    MHD_stop_daemon((*http)->daemon);
    discard(*http);
    *http = NULL;
}
