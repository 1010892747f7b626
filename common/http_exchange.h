// What http.c and http_exchange.c share and nobody else includes: the connections of a listener and the requests on
// them. A connection belongs to libmicrohttpd; an exchange, a request with its answer, may outlive it, since the owner
// may hold it.
#ifndef TEND_COMMON_HTTP_EXCHANGE_H
#define TEND_COMMON_HTTP_EXCHANGE_H

#include "common/http.h"
#include "common/http_head.h"

#include <microhttpd.h>

// IDLE: between requests. HEAD: a request has begun. BODY: its head is accepted. OWNER: the owner has it. SENDING: it
// is answered. CUT: the socket is shut down, libmicrohttpd has only to notice.
enum state { UNUSED, IDLE, HEAD, BODY, OWNER, SENDING, CUT };

struct buffer {
    char *bytes;
    size_t size;
};

// A request with what belongs to it. `public` comes first, so that the owner's pointer is ours.
struct exchange {
    struct http_request public;
    struct http *http;
    struct connection *connection; // NULL: its client has been told 503, the owner holds it still
    struct exchange *next;         // in the free list
    struct buffer body, answer;
    char method[8], path[HTTP_PATH_BYTES], peer[HTTP_PEER_BYTES];
    char extra[HTTP_EXTRA_BYTES]; // name NUL value NUL ...
    size_t extra_bytes;
    bool held; // by the owner
};

struct connection {
    struct http *http;
    struct MHD_Connection *mhd;
    struct exchange *exchange;
    struct connection *next; // in the free list
    int fd;
    enum state state;
    bool surplus, sampled, suspended;
    enum refusal refusal; // of the target, told when the head is complete
    int64_t since_ms;     // the state's limit counts from here; for HEAD and BODY from the first byte
    int64_t begun_ms;
    uint64_t received; // bytes that the kernel had seen when the connection fell idle
    const char *target;
    size_t target_length;
    unsigned status;
    uint8_t address[16];
    char peer[HTTP_PEER_BYTES];
};

enum figure { FIGURE_REQUESTS, FIGURE_REFUSED, FIGURE_SECONDS, FIGURE_CONNECTIONS, FIGURES };

struct http {
    struct http_options options;
    http_take *take;
    void *owner;
    struct MHD_Daemon *daemon;
    struct connection *connections, *idle;
    struct exchange *exchanges, *spare;
    size_t connection_count, exchange_count, open, surplus, taken;
    int64_t now_ms, next_ms;  // next_ms: when the sweep has something to look at
    int64_t pressed_until_ms; // somebody found no connection free: nobody may hold one for long
    bool resumed, quiet;
    uint16_t port;
    struct metric *figures[FIGURES];
    bool measured;
};

// The figures of the listener in a registry.
void http_measure(struct http *http, struct metrics *metrics);
void http_count_refusal(struct http *http, enum refusal refusal);
void http_count_answer(struct http *http, unsigned status, int64_t begun_ms);

// The sweep looks again at `at_ms` at the latest.
void http_wake_by(struct http *http, int64_t at_ms);

// Room for `bytes`; false when memory is out, with the old room kept.
bool exchange_reserve(struct buffer *buffer, size_t bytes);

// A free exchange, empty; NULL when all are with the owner or memory is out.
struct exchange *exchange_take(struct http *http);
void exchange_give(struct exchange *exchange);

// Answers a refusal in libmicrohttpd's first callback; it closes the connection after such an early answer.
enum MHD_Result connection_refuse(struct connection *connection, enum refusal refusal);

// Ends a connection whose request libmicrohttpd will not let us answer, because it is still being read.
void connection_cut(struct connection *connection, enum refusal refusal);

// Ends a connection that is owed nothing.
void connection_hang_up(struct connection *connection);

// Tells the client 503; the request stays the owner's until it answers.
void connection_give_up(struct connection *connection);

#endif
