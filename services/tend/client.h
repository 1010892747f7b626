// A client of one service: requests over ZeroMQ, answers in any order. What every verb of the command line talks
// through.
#ifndef TEND_TEND_CLIENT_H
#define TEND_TEND_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct client;

// One answer; the bytes live until the next call on the client.
struct answer {
    uint64_t id; // as client_ask returned it
    int status;  // as HTTP says it
    const char *content_type;
    const char *body; // `length` bytes and a NUL
    size_t length;
};

// A client of the service at the endpoint ("ipc://..."). NULL when it is no endpoint. It connects on its own, again and
// again.
struct client *client_open(const char *endpoint);
// Takes NULL.
void client_close(struct client **client);

// Whether somebody listens at the endpoint right now.
bool client_reachable(const char *endpoint);

// Sends a request ("GET /v1/customers?abc=A") and returns its number, from 1 on; 0 when it cannot be sent within
// `timeout_ms`, since nobody is there or nobody reads.
uint64_t client_ask(struct client *client, const char *target, const char *content_type, const void *body,
                    size_t length, int timeout_ms);

// Waits for the next answer, whichever it is. False: none within `timeout_ms`.
bool client_wait(struct client *client, int timeout_ms, struct answer *ret_answer);

// Asks and waits for this answer. False: the service cannot be reached or does not answer.
bool client_call(struct client *client, const char *target, const char *content_type, const void *body, size_t length,
                 int timeout_ms, struct answer *ret_answer);

#endif
