#include "harness/chat.h"

#include "common/must.h"

#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>

enum { LINES = 300, REQUESTS = 1024 };

struct chat {
    struct MHD_Daemon *daemon;
    int port;
    pthread_mutex_t mutex;
    struct chat_line lines[LINES];
    size_t said, used;
    struct chat_request requests[REQUESTS];
    size_t count;
    struct MHD_Connection *hanging[LINES];
    size_t hang_count;
    char *key, *pem;
};

struct upload {
    char *body;
    size_t length;
};

static void keep(char *place, size_t room, const char *text)
{
    snprintf(place, room, "%s", text != NULL ? text : "");
}

#define KEEP(place, kind, name) keep(place, sizeof(place), MHD_lookup_connection_value(connection, kind, name))

static void note(struct chat *chat, struct MHD_Connection *connection, const char *path, struct upload *upload)
{
    must(chat->count < REQUESTS);
    struct chat_request *request = &chat->requests[chat->count++];
    keep(request->path, sizeof request->path, path);
    KEEP(request->timestamp, MHD_GET_ARGUMENT_KIND, "timestamp");
    KEEP(request->sign, MHD_GET_ARGUMENT_KIND, "sign");
    KEEP(request->content_type, MHD_HEADER_KIND, "Content-Type");
    KEEP(request->webhook_id, MHD_HEADER_KIND, "webhook-id");
    KEEP(request->webhook_timestamp, MHD_HEADER_KIND, "webhook-timestamp");
    KEEP(request->webhook_signature, MHD_HEADER_KIND, "webhook-signature");
    KEEP(request->authorization, MHD_HEADER_KIND, "Authorization");
    request->body = upload->body;
    request->length = upload->length;
    upload->body = NULL;
}

static enum MHD_Result answer(struct MHD_Connection *connection, const struct chat_line *line)
{
    size_t length = strlen(line->body);
    char *text = malloc(length + line->padding + 1);
    must(text != NULL);
    memcpy(text, line->body, length);
    memset(text + length, 'x', line->padding);
    struct MHD_Response *response =
        MHD_create_response_from_buffer(length + line->padding, text, MHD_RESPMEM_MUST_FREE);
    if (line->header != NULL)
        MHD_add_response_header(response, line->header, line->value);
    enum MHD_Result result = MHD_queue_response(connection, (unsigned)line->status, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result handle(void *self, struct MHD_Connection *connection, const char *path, const char *method,
                              const char *version, const char *data, size_t *data_length, void **state)
{
    (void)method;
    (void)version;
    struct chat *chat = self;
    struct upload *upload = *state;
    if (upload == NULL) {
        *state = calloc(1, sizeof *upload);
        return *state != NULL ? MHD_YES : MHD_NO;
    }
    if (*data_length > 0) {
        upload->body = realloc(upload->body, upload->length + *data_length + 1);
        must(upload->body != NULL);
        memcpy(upload->body + upload->length, data, *data_length);
        upload->length += *data_length;
        upload->body[upload->length] = '\0';
        *data_length = 0;
        return MHD_YES;
    }
    pthread_mutex_lock(&chat->mutex);
    note(chat, connection, path, upload);
    must(chat->said > 0);
    struct chat_line line = chat->lines[chat->used < chat->said ? chat->used : chat->said - 1];
    chat->used++;
    chat->requests[chat->count - 1].answer = line;
    if (line.manner == CHAT_HANG) {
        MHD_suspend_connection(connection);
        chat->hanging[chat->hang_count++] = connection;
    }
    pthread_mutex_unlock(&chat->mutex);
    if (line.manner == CHAT_HANG)
        return MHD_YES;
    return line.manner == CHAT_RESET ? MHD_NO : answer(connection, &line);
}

static void done(void *self, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode code)
{
    (void)self;
    (void)connection;
    (void)code;
    struct upload *upload = *state;
    if (upload != NULL)
        free(upload->body);
    free(upload);
    *state = NULL;
}

static char *slurp(const char *folder, const char *name)
{
    char path[400];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "r");
    must(file != NULL);
    char *text = calloc(1, 16384);
    must(text != NULL && fread(text, 1, 16383, file) > 0);
    fclose(file);
    return text;
}

struct chat *chat_open(const char *pem_folder)
{
    struct chat *chat = calloc(1, sizeof *chat);
    must(chat != NULL && pthread_mutex_init(&chat->mutex, NULL) == 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    unsigned flags = MHD_USE_INTERNAL_POLLING_THREAD | MHD_ALLOW_SUSPEND_RESUME;
    if (pem_folder != NULL) {
        chat->key = slurp(pem_folder, "tls.key");
        chat->pem = slurp(pem_folder, "tls.pem");
        chat->daemon = MHD_start_daemon(flags | MHD_USE_TLS, 0, NULL, NULL, handle, chat, MHD_OPTION_SOCK_ADDR,
                                        &address, MHD_OPTION_NOTIFY_COMPLETED, done, NULL, MHD_OPTION_HTTPS_MEM_KEY,
                                        chat->key, MHD_OPTION_HTTPS_MEM_CERT, chat->pem, MHD_OPTION_END);
    } else {
        chat->daemon = MHD_start_daemon(flags, 0, NULL, NULL, handle, chat, MHD_OPTION_SOCK_ADDR, &address,
                                        MHD_OPTION_NOTIFY_COMPLETED, done, NULL, MHD_OPTION_END);
    }
    must(chat->daemon != NULL);
    chat->port = MHD_get_daemon_info(chat->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
    return chat;
}

void chat_close(struct chat **chat)
{
    struct chat *self = *chat;
    if (self == NULL)
        return;
    for (size_t i = 0; i < self->hang_count; i++)
        MHD_resume_connection(self->hanging[i]);
    chat_say(self, &(struct chat_line){.manner = CHAT_RESET, .body = ""});
    self->used = self->said;
    MHD_stop_daemon(self->daemon);
    for (size_t i = 0; i < self->count; i++)
        free(self->requests[i].body);
    pthread_mutex_destroy(&self->mutex);
    free(self->key);
    free(self->pem);
    free(self);
    *chat = NULL;
}

int chat_port(const struct chat *chat)
{
    return chat->port;
}

void chat_say(struct chat *chat, const struct chat_line *line)
{
    pthread_mutex_lock(&chat->mutex);
    must(chat->said < LINES);
    chat->lines[chat->said++] = *line;
    pthread_mutex_unlock(&chat->mutex);
}

size_t chat_count(struct chat *chat)
{
    pthread_mutex_lock(&chat->mutex);
    size_t count = chat->count;
    pthread_mutex_unlock(&chat->mutex);
    return count;
}

struct chat_request chat_request(struct chat *chat, size_t n)
{
    pthread_mutex_lock(&chat->mutex);
    must(n < chat->count);
    struct chat_request request = chat->requests[n];
    pthread_mutex_unlock(&chat->mutex);
    return request;
}
