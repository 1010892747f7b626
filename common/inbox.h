// The inbox of one turn: the requests that have arrived by HTTP and ZeroMQ, side by side, and their answers' way back.
#ifndef TEND_COMMON_INBOX_H
#define TEND_COMMON_INBOX_H

#include "common/engine.h"
#include "common/http.h"
#include "common/socket.h"

enum {
    INBOX_REQUESTS = 1024, // in one turn; the rest waits in the sockets
    // Of bodies in one turn, with one more of the sockets' limit on top: unpacked, hostile bytes take up to 75 times
    // their size, and a turn's arena holds 512 MiB.
    INBOX_BYTES = 2 * 1024 * 1024,
    INBOX_FRAMES = 5, // [peer][id][target][content type][body]
};

struct inbox;

// An empty inbox, never NULL; the caller closes it.
struct inbox *inbox_open(void);

// Lets go of what was not answered.
void inbox_close(struct inbox **inbox);

// Whether another request fits into this turn.
bool inbox_has_room(const struct inbox *inbox);

// Takes a message of five frames (what it keeps it moves out of them), or an HTTP request, until its answer. False: the
// frames are none of ours.
bool inbox_add_frames(struct inbox *inbox, zmq_msg_t *frames, size_t count);
void inbox_add_http(struct inbox *inbox, struct http_request *request);

// The requests that change something, as one array for the engine.
struct inbound *inbox_commands(struct inbox *inbox, size_t *ret_count);

// Sends the replies of all commands and forgets them.
void inbox_answer_commands(struct inbox *inbox, void *socket);

// Has each request that only looks answered by `look`, one after the other, and sends its reply at once.
void inbox_answer_queries(struct inbox *inbox, void *socket, void (*look)(void *self, struct inbound *query),
                          void *self);

// Answers all commands that have no answer yet alike: our own trouble, try again.
void inbox_refuse_commands(struct inbox *inbox, void *socket, unsigned retry_after_s, const char *reason);

#endif
