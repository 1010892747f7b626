// The HTTP listener of a service: complete requests in, answers out, on libmicrohttpd without threads.
//
// The owner's single loop polls one descriptor and calls http_run. Each complete and well-formed request is given to
// `take`, which answers at once or keeps the request and answers later, in any order. Answers that must wait for a
// commit:
//
//     zmq_poll(..., http_fd(http), ..., http_timeout_ms(http, now_ms));
//     while (http_run(http, now_ms) > 0) {      // not `if`: the run that sends answers may take the next requests
//         commit what was taken;
//         http_answer each;
//     }
//
// A loop that sleeps with taken and uncommitted requests in hand stalls its clients, since no descriptor tells of them.
//
// Strangers may send what they like. Refused before the owner hears of it: whatever two readers could read differently
// (http_head.h), methods other than GET, HEAD, POST and OPTIONS, too large, too slow, too many. A refusal is
// {"error":{"field":...,"reason":...}} and closes the connection. The exceptions are bytes that libmicrohttpd itself
// cannot read (a line without a colon, a length that is no number, a broken chunk): it answers 400 with its own page,
// or closes. Its post processor is not used. Time limits are total, not of inactivity, and count by the caller's clock
// only. While more want a connection than there are, a request must come within a second and nobody may be idle for
// longer, so that who holds connections for nothing does not keep others out. A client that closes its sending side
// before a kept request is answered gets no answer: the library takes it for gone.
#ifndef TEND_COMMON_HTTP_H
#define TEND_COMMON_HTTP_H

#include "common/metrics.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HTTP_PEER_BYTES = 48, HTTP_EXTRA_BYTES = 1024 };

// Zero means the default in brackets.
struct http_options {
    const char *address; // "127.0.0.1:7410", "[::1]:7410"; port 0 is any free one
    size_t body_bytes;   // of a request [256 KiB]
    size_t head_bytes;   // of the request line and all headers [8 KiB]
    size_t heads;        // header lines, at most 256 [64]
    size_t connections;  // at once; one more is told 503 and closed [128]
    size_t per_address;  // at once from one IPv4 address or IPv6 /64, not counted for loopback; told 429 [16]
    int64_t total_ms;    // from the first byte of a request to its last [5,000]
    int64_t answer_ms;   // from there to the owner's answer, then 503 [30,000]
    int64_t send_ms;     // from the answer until the client has read it [30,000]
    int64_t idle_ms;     // between two requests on one connection [60,000]
};

// A complete request. It is the owner's from take() until http_answer or http_refuse, even when its client has gone or
// was told 503 meanwhile: the answer is then dropped. The fields live as long; nothing here is the owner's to free.
struct http_request {
    const char *method; // "GET", "HEAD", "POST" or "OPTIONS"
    const char *path;   // decoded once, absolute, without the query, without dot segments ("*" for OPTIONS *)
    const char *body;   // `length` bytes and a NUL; never NULL
    size_t length;
    const char *peer; // the client's address without its port
    void *mark;       // the owner's own
};

struct http;

// Called inside http_run. May answer this and any other request that the owner holds.
typedef void http_take(void *owner, struct http_request *request);

// Listens. `metrics` may be NULL; at most one listener per registry. NULL with a sentence in ret_error when it cannot.
struct http *http_open(const struct http_options *options, http_take *take, void *owner, struct metrics *metrics,
                       char *ret_error, size_t error_bytes);

// Ends what is open with a 503, and closes. Requests that the owner still holds end here, without being answered.
void http_close(struct http **http);

// No new connections, and each connection ends with its next answer. http_busy tells when nothing is left.
void http_quiesce(struct http *http);

// Requests that have begun and whose answer is not sent yet.
size_t http_busy(const struct http *http);

// To be polled for reading.
int http_fd(const struct http *http);

// The port that it listens on.
uint16_t http_port(const struct http *http);

// How long the loop may sleep at most; -1 when only the descriptor can bring work. `now_ms` is any clock that does not
// go back, the same in all calls.
int http_timeout_ms(const struct http *http, int64_t now_ms);

// Does all that can be done without waiting, and cuts who is too slow. Returns how many requests were given to take().
size_t http_run(struct http *http, int64_t now_ms);

// The value of "?name=value", decoded ("" for a bare name); NULL when it is not there or the request has been given up.
const char *http_query(const struct http_request *request, const char *name);

// The name of the index-th "?name", from 0, decoded; NULL behind the last or when the request has been given up.
const char *http_query_at(const struct http_request *request, size_t index);

// The value of a header, any case; NULL when it is not there or the request has been given up.
const char *http_head(const struct http_request *request, const char *name);

// Adds a header to the answer to come. False when it holds a control character or does not fit into HTTP_EXTRA_BYTES
// with those before it.
bool http_add(struct http_request *request, const char *name, const char *value);

// Answers with a copy of `bytes`. `content_type` NULL: none; retry_after_s 0: none.
void http_answer(struct http_request *request, unsigned status, const char *content_type, const void *bytes,
                 size_t length, unsigned retry_after_s);

// Answers {"error":{"field":...,"reason":...}}; 429 and 503 with Retry-After: 1.
void http_refuse(struct http_request *request, unsigned status, const char *field, const char *reason);

#endif
