#include "tend_client.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zmq.h>

enum {
    FRAMES = 4,       // id, status, content type, body
    RESEND_MS = 3000, // an answer takes milliseconds; a start of Tend a second or two
    PAUSE_MS = 500,   // after 429 or 503, doubled each time
    PAUSE_MOST_MS = 30000,
    STATUS_BYTES = 4,
    ID_BYTES = 24,
    ANSWER_BYTES = 2 * 1024 * 1024 // more than Tend sends
};

struct out {
    uint64_t id; // 0: free
    uint64_t tag;
    const char *type;
    char *body;
    size_t length;
    int64_t due_ms; // to be sent, or sent again
    int64_t pause_ms;
};

struct tend_client {
    void *context, *socket;
    tend_result *result;
    void *self;
    struct out outs[TEND_REQUESTS];
    uint64_t ids;
};

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct tend_client *tend_client_open(const char *endpoint, tend_result *result, void *self)
{
    // IMMEDIATE: what cannot go out now is kept here and not by the library, which would send it twice.
    static const struct {
        int option, value;
    } options[] = {{ZMQ_LINGER, 0},           {ZMQ_IMMEDIATE, 1},
                   {ZMQ_RECONNECT_IVL, 100},  {ZMQ_RECONNECT_IVL_MAX, 3000},
                   {ZMQ_HEARTBEAT_IVL, 5000}, {ZMQ_HEARTBEAT_TIMEOUT, 10000}};
    struct tend_client *client = calloc(1, sizeof *client);
    if (client == NULL)
        return NULL;
    int64_t most = ANSWER_BYTES;
    client->result = result;
    client->self = self;
    client->context = zmq_ctx_new();
    client->socket = client->context != NULL ? zmq_socket(client->context, ZMQ_DEALER) : NULL;
    bool good = client->socket != NULL && zmq_setsockopt(client->socket, ZMQ_MAXMSGSIZE, &most, sizeof most) == 0;
    for (size_t i = 0; good && i < sizeof options / sizeof *options; i++)
        good = zmq_setsockopt(client->socket, options[i].option, &options[i].value, sizeof options[i].value) == 0;
    if (good && zmq_connect(client->socket, endpoint) == 0)
        return client;
    int error = errno;
    tend_client_close(&client);
    errno = error;
    return NULL;
}

void tend_client_close(struct tend_client **client)
{
    if (*client == NULL)
        return;
    if ((*client)->socket != NULL)
        zmq_close((*client)->socket);
    if ((*client)->context != NULL)
        zmq_ctx_term((*client)->context);
    for (size_t i = 0; i < TEND_REQUESTS; i++)
        free((*client)->outs[i].body);
    free(*client);
    *client = NULL;
}

// Sends a request; when that is not possible now it is tried again soon.
static void send_out(struct tend_client *client, struct out *out)
{
    static const char target[] = "POST /v1/events";
    char id[ID_BYTES];
    int length = snprintf(id, sizeof id, "%llu", (unsigned long long)out->id);
    const int more = ZMQ_SNDMORE | ZMQ_DONTWAIT;
    bool sent = zmq_send(client->socket, id, (size_t)length, more) >= 0;
    // Once the first frame is taken the others are: a message goes as a whole.
    sent = sent && zmq_send(client->socket, target, sizeof target - 1, more) >= 0 &&
           zmq_send(client->socket, out->type, strlen(out->type), more) >= 0 &&
           zmq_send(client->socket, out->body, out->length, ZMQ_DONTWAIT) >= 0;
    out->due_ms = now_ms() + (sent ? RESEND_MS : 100);
}

static void finish(struct tend_client *client, struct out *out, int status, const char *body, size_t length)
{
    if (status == 429 || status >= 500) { // Tend's own trouble: it will be over
        out->pause_ms = out->pause_ms == 0 ? PAUSE_MS : out->pause_ms * 2;
        if (out->pause_ms > PAUSE_MOST_MS)
            out->pause_ms = PAUSE_MOST_MS;
        out->due_ms = now_ms() + out->pause_ms;
        return;
    }
    uint64_t tag = out->tag;
    free(out->body);
    *out = (struct out){0};
    client->result(client->self, tag, status, body, length);
}

static struct out *find(struct tend_client *client, zmq_msg_t *id)
{
    for (size_t i = 0; i < TEND_REQUESTS; i++) {
        char text[ID_BYTES];
        int length = snprintf(text, sizeof text, "%llu", (unsigned long long)client->outs[i].id);
        if (client->outs[i].id != 0 && (size_t)length == zmq_msg_size(id) &&
            memcmp(text, zmq_msg_data(id), (size_t)length) == 0)
            return &client->outs[i];
    }
    return NULL; // the second answer to what was sent twice
}

static int status_of(zmq_msg_t *frame)
{
    char text[STATUS_BYTES] = "";
    size_t length = zmq_msg_size(frame);
    memcpy(text, zmq_msg_data(frame), length < STATUS_BYTES ? length : STATUS_BYTES - 1);
    return atoi(text);
}

// Takes one answer. False: none is waiting.
static bool receive(struct tend_client *client)
{
    zmq_msg_t frames[FRAMES];
    size_t count = 0;
    for (int more = 1; more != 0; count++) {
        zmq_msg_t extra, *frame = count < FRAMES ? &frames[count] : &extra;
        zmq_msg_init(frame);
        if (zmq_msg_recv(frame, client->socket, ZMQ_DONTWAIT) < 0) {
            zmq_msg_close(frame);
            break;
        }
        more = zmq_msg_more(frame);
        if (frame == &extra)
            zmq_msg_close(frame);
    }
    struct out *out = count == FRAMES ? find(client, &frames[0]) : NULL;
    if (out != NULL)
        finish(client, out, status_of(&frames[1]), zmq_msg_data(&frames[3]), zmq_msg_size(&frames[3]));
    for (size_t i = 0; i < count && i < FRAMES; i++)
        zmq_msg_close(&frames[i]);
    return count > 0;
}

// Sends what is due. Returns how many are on their way, and how long nothing will be due.
static size_t resend(struct tend_client *client, int64_t *ret_wait_ms)
{
    size_t count = 0;
    int64_t now = now_ms();
    *ret_wait_ms = RESEND_MS;
    for (size_t i = 0; i < TEND_REQUESTS; i++) {
        struct out *out = &client->outs[i];
        if (out->id == 0)
            continue;
        if (out->due_ms <= now)
            send_out(client, out);
        if (out->due_ms - now < *ret_wait_ms)
            *ret_wait_ms = out->due_ms - now;
        count++;
    }
    return count;
}

size_t tend_client_work(struct tend_client *client, int timeout_ms)
{
    int64_t end_ms = now_ms() + timeout_ms, wait_ms;
    for (;;) {
        while (receive(client))
            ;
        size_t count = resend(client, &wait_ms);
        int64_t left_ms = timeout_ms < 0 ? wait_ms : end_ms - now_ms();
        if (count == 0 || left_ms <= 0)
            return count;
        zmq_pollitem_t item = {.socket = client->socket, .events = ZMQ_POLLIN};
        zmq_poll(&item, 1, (long)(left_ms < wait_ms ? left_ms : wait_ms));
    }
}

static struct out *find_free(struct tend_client *client)
{
    for (size_t i = 0; i < TEND_REQUESTS; i++)
        if (client->outs[i].id == 0)
            return &client->outs[i];
    return NULL;
}

int tend_client_post(struct tend_client *client, const char *type, const void *body, size_t length, uint64_t tag)
{
    char *copy = length <= TEND_BODY_BYTES ? malloc(length + 1) : NULL;
    if (copy == NULL)
        return -1;
    memcpy(copy, body, length);
    struct out *out;
    while ((out = find_free(client)) == NULL)
        tend_client_work(client, 50);
    *out = (struct out){.id = ++client->ids, .tag = tag, .type = type, .body = copy, .length = length};
    send_out(client, out);
    return 0;
}
