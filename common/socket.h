// ZeroMQ sockets. Every socket of Tend is made here, so none is without its limits: no lingering, bounded queues and
// messages, heartbeats, errors instead of silent loss.
#ifndef TEND_COMMON_SOCKET_H
#define TEND_COMMON_SOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <zmq.h>

enum {
    SOCKET_MESSAGE_BYTES = 2 * 1024 * 1024, // a fetch answer and its head; a batch of events is far smaller
    SOCKET_QUEUE = 1000,                    // messages a peer may have waiting
};

// A ROUTER that listens, or a DEALER that connects. NULL with a sentence in ret_error. The folder of an ipc endpoint is
// made.
void *socket_listen(void *context, const char *endpoint, char *ret_error, size_t error_bytes);
void *socket_connect(void *context, const char *endpoint, char *ret_error, size_t error_bytes);

// One frame to send.
struct frame {
    const void *bytes;
    size_t length;
};

// Sends the frames as one message without waiting. False: not sent, so not a request that was made nor an answer given.
bool socket_send(void *socket, const struct frame *frames, size_t count);

// Receives one message without waiting into up to `most` frames, which the caller closes with zmq_msg_close. Returns
// how many there are; 0 when nothing waits; messages with more frames are dropped.
size_t socket_receive(void *socket, zmq_msg_t *frames, size_t most);

#endif
