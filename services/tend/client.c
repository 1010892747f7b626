#include "services/tend/client.h"

#include "common/must.h"
#include "common/socket.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { ANSWER_FRAMES = 4, TYPE_BYTES = 100 };

struct client {
    void *context, *socket;
    uint64_t asked;
    char content_type[TYPE_BYTES];
    char *body;
};

struct client *client_open(const char *endpoint)
{
    char error[300];
    struct client *client = calloc(1, sizeof *client);
    must(client != NULL);
    client->context = zmq_ctx_new();
    must(client->context != NULL);
    client->socket = socket_connect(client->context, endpoint, error, sizeof error);
    if (client->socket == NULL)
        client_close(&client);
    return client;
}

void client_close(struct client **client)
{
    if (*client == NULL)
        return;
    if ((*client)->socket != NULL)
        zmq_close((*client)->socket);
    zmq_ctx_term((*client)->context);
    free((*client)->body);
    free(*client);
    *client = NULL;
}

bool client_reachable(const char *endpoint)
{
    static const char scheme[] = "ipc://";
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const char *path = endpoint + sizeof scheme - 1;
    if (strncmp(endpoint, scheme, sizeof scheme - 1) != 0 || strlen(path) >= sizeof address.sun_path)
        return false;
    memcpy(address.sun_path, path, strlen(path) + 1);
    int handle = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool there = handle >= 0 && connect(handle, (const struct sockaddr *)&address, sizeof address) == 0;
    if (handle >= 0)
        close(handle);
    return there;
}

static bool ready(struct client *client, short events, int timeout_ms)
{
    zmq_pollitem_t item = {.socket = client->socket, .events = events};
    return zmq_poll(&item, 1, timeout_ms) > 0 && (item.revents & events) != 0;
}

uint64_t client_ask(struct client *client, const char *target, const char *content_type, const void *body,
                    size_t length, int timeout_ms)
{
    uint64_t id = client->asked + 1;
    struct frame frames[] = {
        {&id, sizeof id}, {target, strlen(target)}, {content_type, strlen(content_type)}, {body, length}};
    if (!ready(client, ZMQ_POLLOUT, timeout_ms) || !socket_send(client->socket, frames, sizeof frames / sizeof *frames))
        return 0;
    client->asked = id;
    return id;
}

static bool read_answer(struct client *client, zmq_msg_t *frames, struct answer *ret_answer)
{
    size_t type = zmq_msg_size(&frames[2]), length = zmq_msg_size(&frames[3]);
    char status[8] = "", *end;
    if (zmq_msg_size(&frames[0]) != sizeof(uint64_t) || zmq_msg_size(&frames[1]) >= sizeof status || type >= TYPE_BYTES)
        return false;
    uint64_t id;
    memcpy(&id, zmq_msg_data(&frames[0]), sizeof id);
    memcpy(status, zmq_msg_data(&frames[1]), zmq_msg_size(&frames[1]));
    long number = strtol(status, &end, 10);
    if (end == status || *end != '\0')
        return false;
    memcpy(client->content_type, zmq_msg_data(&frames[2]), type);
    client->content_type[type] = '\0';
    free(client->body);
    client->body = malloc(length + 1);
    must(client->body != NULL);
    memcpy(client->body, zmq_msg_data(&frames[3]), length);
    client->body[length] = '\0';
    *ret_answer = (struct answer){
        .id = id, .status = (int)number, .content_type = client->content_type, .body = client->body, .length = length};
    return true;
}

bool client_wait(struct client *client, int timeout_ms, struct answer *ret_answer)
{
    while (ready(client, ZMQ_POLLIN, timeout_ms)) {
        zmq_msg_t frames[ANSWER_FRAMES];
        size_t count = socket_receive(client->socket, frames, ANSWER_FRAMES);
        bool good = count == ANSWER_FRAMES && read_answer(client, frames, ret_answer);
        for (size_t i = 0; i < count; i++)
            zmq_msg_close(&frames[i]);
        if (good)
            return true;
    }
    return false;
}

bool client_call(struct client *client, const char *target, const char *content_type, const void *body, size_t length,
                 int timeout_ms, struct answer *ret_answer)
{
    uint64_t id = client_ask(client, target, content_type, body, length, timeout_ms);
    if (id == 0)
        return false;
    struct answer answer;
    while (client_wait(client, timeout_ms, &answer))
        if (answer.id == id) {
            *ret_answer = answer;
            return true;
        }
    return false;
}
