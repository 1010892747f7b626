#include "common/socket.h"

#include "common/must.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum {
    HANDSHAKE_MS = 2000,
    HEARTBEAT_MS = 2000,
    SILENCE_MS = 10000,
    RECONNECT_MS = 20,
    RECONNECT_MAX_MS = 1000,
};

static void set(void *socket, int option, int value)
{
    must(zmq_setsockopt(socket, option, &value, sizeof value) == 0);
}

static void *make(void *context, int type)
{
    void *socket = zmq_socket(context, type);
    if (socket == NULL)
        return NULL;
    int64_t most = SOCKET_MESSAGE_BYTES;
    must(zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &most, sizeof most) == 0);
    set(socket, ZMQ_LINGER, 0);
    set(socket, ZMQ_SNDHWM, SOCKET_QUEUE);
    set(socket, ZMQ_RCVHWM, SOCKET_QUEUE);
    set(socket, ZMQ_HANDSHAKE_IVL, HANDSHAKE_MS);
    set(socket, ZMQ_HEARTBEAT_IVL, HEARTBEAT_MS);
    set(socket, ZMQ_HEARTBEAT_TIMEOUT, SILENCE_MS);
    set(socket, ZMQ_RECONNECT_IVL, RECONNECT_MS);
    set(socket, ZMQ_RECONNECT_IVL_MAX, RECONNECT_MAX_MS);
    set(socket, ZMQ_IMMEDIATE, 1);
    if (type == ZMQ_ROUTER)
        set(socket, ZMQ_ROUTER_MANDATORY, 1);
    return socket;
}

static bool make_folder_of(const char *endpoint)
{
    char path[200];
    int length = snprintf(path, sizeof path, "%s", endpoint + strlen("ipc://"));
    char *slash = length > 0 && (size_t)length < sizeof path ? strrchr(path, '/') : NULL;
    if (slash == NULL || slash == path)
        return slash != NULL;
    *slash = '\0';
    for (char *at = path + 1; *at != '\0'; at++)
        if (*at == '/') {
            *at = '\0';
            mkdir(path, 0750);
            *at = '/';
        }
    return mkdir(path, 0750) == 0 || errno == EEXIST;
}

static void *finish(void *socket, int rc, const char *what, const char *endpoint, char *ret_error, size_t error_bytes)
{
    if (socket != NULL && rc == 0)
        return socket;
    snprintf(ret_error, error_bytes, "cannot %s %s: %s", what, endpoint, zmq_strerror(zmq_errno()));
    if (socket != NULL)
        zmq_close(socket);
    return NULL;
}

void *socket_listen(void *context, const char *endpoint, char *ret_error, size_t error_bytes)
{
    bool local = strncmp(endpoint, "ipc://", 6) == 0;
    if (local && !make_folder_of(endpoint)) {
        snprintf(ret_error, error_bytes, "the folder of %s cannot be made", endpoint);
        return NULL;
    }
    // Who may write to the socket may speak to us: the owner and the group.
    mode_t before = umask(0007);
    void *socket = make(context, ZMQ_ROUTER);
    int rc = socket != NULL ? zmq_bind(socket, endpoint) : -1;
    umask(before);
    return finish(socket, rc, "listen on", endpoint, ret_error, error_bytes);
}

void *socket_connect(void *context, const char *endpoint, char *ret_error, size_t error_bytes)
{
    void *socket = make(context, ZMQ_DEALER);
    int rc = socket != NULL ? zmq_connect(socket, endpoint) : -1;
    return finish(socket, rc, "connect to", endpoint, ret_error, error_bytes);
}

bool socket_send(void *socket, const struct frame *frames, size_t count)
{
    must(count > 0);
    for (size_t i = 0; i < count; i++) {
        int flags = ZMQ_DONTWAIT | (i + 1 < count ? ZMQ_SNDMORE : 0);
        // Only the first frame can be refused: a message is taken or refused as a whole.
        if (zmq_send(socket, frames[i].bytes, frames[i].length, flags) < 0)
            return false;
    }
    return true;
}

size_t socket_receive(void *socket, zmq_msg_t *frames, size_t most)
{
    for (;;) {
        size_t count = 0, extra = 0;
        bool more = true;
        while (more) {
            zmq_msg_t spare, *frame = count < most ? &frames[count] : &spare;
            must(zmq_msg_init(frame) == 0);
            if (zmq_msg_recv(frame, socket, ZMQ_DONTWAIT) < 0) {
                zmq_msg_close(frame);
                for (size_t i = 0; i < count; i++)
                    zmq_msg_close(&frames[i]);
                return 0;
            }
            more = zmq_msg_more(frame) != 0;
            if (count < most) {
                count++;
            } else {
                extra++;
                zmq_msg_close(frame);
            }
        }
        if (extra == 0)
            return count;
        for (size_t i = 0; i < count; i++)
            zmq_msg_close(&frames[i]);
    }
}
