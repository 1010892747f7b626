#include "common/inbox.h"

#include "common/must.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TARGET_BYTES = 1024, TYPE_BYTES = 100 };

// Where a request came from and what it points to until it is answered.
struct letter {
    struct http_request *http; // or else the frames
    zmq_msg_t peer, id, body;
    char target[TARGET_BYTES]; // "POST", "/v1/events", "a=1&b=2", each with its NUL
    const char *parameters;
    char content_type[TYPE_BYTES];
};

// Requests and their letters, place by place.
struct pile {
    struct inbound *requests;
    struct letter **letters;
    size_t count;
};

struct inbox {
    struct pile commands, queries;
    struct letter letters[INBOX_REQUESTS];
    size_t used;
    size_t bytes;
};

static void pile_open(struct pile *pile)
{
    pile->requests = calloc(INBOX_REQUESTS, sizeof *pile->requests);
    pile->letters = calloc(INBOX_REQUESTS, sizeof(struct letter *));
    must(pile->requests != NULL && pile->letters != NULL);
}

struct inbox *inbox_open(void)
{
    struct inbox *inbox = calloc(1, sizeof *inbox);
    must(inbox != NULL);
    pile_open(&inbox->commands);
    pile_open(&inbox->queries);
    return inbox;
}

static void release(struct letter *letter)
{
    if (letter->http != NULL)
        return;
    zmq_msg_close(&letter->peer);
    zmq_msg_close(&letter->id);
    zmq_msg_close(&letter->body);
}

static void empty(struct inbox *inbox, struct pile *pile)
{
    for (size_t i = 0; i < pile->count; i++)
        release(pile->letters[i]);
    pile->count = 0;
    if (inbox->commands.count == 0 && inbox->queries.count == 0) {
        inbox->used = 0;
        inbox->bytes = 0;
    }
}

void inbox_close(struct inbox **inbox)
{
    if (*inbox == NULL)
        return;
    struct pile *piles[] = {&(*inbox)->commands, &(*inbox)->queries};
    for (size_t i = 0; i < 2; i++) {
        empty(*inbox, piles[i]);
        free(piles[i]->requests);
        free(piles[i]->letters);
    }
    free(*inbox);
    *inbox = NULL;
}

bool inbox_has_room(const struct inbox *inbox)
{
    return inbox->used < INBOX_REQUESTS && inbox->bytes < INBOX_BYTES;
}

static const char *no_header(const struct request *request, const char *name)
{
    (void)request;
    (void)name;
    return NULL;
}

static int hex_digit(char digit)
{
    const unsigned char byte = (unsigned char)digit;
    if (!isxdigit(byte))
        return -1;
    return isdigit(byte) ? byte - '0' : tolower(byte) - 'a' + 10;
}

// Decodes in place; a broken escape and %00 stay as they are.
static void decode(char *text, bool plus_is_space)
{
    char *to = text;
    for (const char *from = text; *from != '\0'; from++) {
        int high = *from == '%' ? hex_digit(from[1]) : -1, low = high >= 0 ? hex_digit(from[2]) : -1;
        if (low >= 0 && high + low > 0) {
            *to++ = (char)(high * 16 + low);
            from += 2;
        } else {
            *to++ = *from == '+' && plus_is_space ? ' ' : *from;
        }
    }
    *to = '\0';
}

// Turns "a=1&&b=%32" into "a=1", "b=2" and an empty one, in place. There is room for one more NUL behind the text.
static void split_parameters(char *text)
{
    char *to = text;
    for (char *from = text, *next; from != NULL; from = next) {
        next = strchr(from, '&');
        if (next != NULL)
            *next++ = '\0';
        decode(from, true);
        size_t length = strlen(from);
        if (length == 0)
            continue;
        memmove(to, from, length + 1);
        to += length + 1;
    }
    *to = '\0';
}

static const char *frame_parameter(const struct request *request, const char *name)
{
    const struct letter *letter = request->source;
    size_t length = strlen(name);
    for (const char *at = letter->parameters; *at != '\0'; at += strlen(at) + 1)
        if (strncmp(at, name, length) == 0 && (at[length] == '=' || at[length] == '\0'))
            return at[length] == '=' ? at + length + 1 : at + length;
    return NULL;
}

static const char *http_parameter(const struct request *request, const char *name)
{
    const struct letter *letter = request->source;
    return http_query(letter->http, name);
}

static const char *frame_parameter_at(const struct request *request, size_t index, size_t *ret_length)
{
    const struct letter *letter = request->source;
    const char *at = letter->parameters;
    for (size_t i = 0; i < index && *at != '\0'; i++)
        at += strlen(at) + 1;
    if (*at == '\0')
        return NULL;
    *ret_length = strcspn(at, "=");
    return at;
}

static const char *http_parameter_at(const struct request *request, size_t index, size_t *ret_length)
{
    const struct letter *letter = request->source;
    const char *name = http_query_at(letter->http, index);
    if (name != NULL)
        *ret_length = strlen(name);
    return name;
}

static const char *http_header(const struct request *request, const char *name)
{
    const struct letter *letter = request->source;
    return http_head(letter->http, name);
}

static struct inbound *place(struct inbox *inbox, struct letter *letter, bool looks)
{
    struct pile *pile = looks ? &inbox->queries : &inbox->commands;
    must(pile->count < INBOX_REQUESTS);
    pile->letters[pile->count] = letter;
    struct inbound *inbound = &pile->requests[pile->count++];
    *inbound = (struct inbound){0};
    return inbound;
}

// Reads "POST /v1/events?a=b" into method, path and parameters.
static bool read_target(struct letter *letter, const zmq_msg_t *frame, struct request *ret_request)
{
    size_t length = zmq_msg_size(frame);
    char *text = letter->target;
    if (length == 0 || length + 2 > TARGET_BYTES)
        return false;
    memcpy(text, zmq_msg_data((zmq_msg_t *)(uintptr_t)frame), length);
    text[length] = text[length + 1] = '\0';
    char *space = strchr(text, ' ');
    if (strlen(text) != length || space == NULL || space[1] != '/')
        return false;
    *space = '\0';
    ret_request->method = text;
    ret_request->path = space + 1;
    char *question = strchr(space + 1, '?');
    letter->parameters = text + length + 1;
    if (question != NULL) {
        *question = '\0';
        letter->parameters = question + 1;
        split_parameters(question + 1);
    }
    decode(space + 1, false);
    return strcmp(text, "GET") == 0 || strcmp(text, "POST") == 0;
}

bool inbox_add_frames(struct inbox *inbox, zmq_msg_t *frames, size_t count)
{
    must(inbox_has_room(inbox));
    struct letter *letter = &inbox->letters[inbox->used];
    memset(letter, 0, sizeof *letter);
    struct request request = {
        .source = letter, .param = frame_parameter, .header = no_header, .param_at = frame_parameter_at};
    if (count != INBOX_FRAMES || zmq_msg_size(&frames[3]) >= TYPE_BYTES || !read_target(letter, &frames[2], &request))
        return false;
    memcpy(letter->content_type, zmq_msg_data(&frames[3]), zmq_msg_size(&frames[3]));
    zmq_msg_init(&letter->peer);
    zmq_msg_init(&letter->id);
    zmq_msg_init(&letter->body);
    zmq_msg_move(&letter->peer, &frames[0]);
    zmq_msg_move(&letter->id, &frames[1]);
    zmq_msg_move(&letter->body, &frames[4]);
    request.content_type = letter->content_type;
    request.body = zmq_msg_data(&letter->body);
    request.length = zmq_msg_size(&letter->body);
    inbox->used++;
    inbox->bytes += request.length;
    place(inbox, letter, request.method[0] == 'G')->request = request;
    return true;
}

void inbox_add_http(struct inbox *inbox, struct http_request *http)
{
    if (!inbox_has_room(inbox)) {
        http_refuse(http, 503, "", "too many requests at once");
        return;
    }
    struct letter *letter = &inbox->letters[inbox->used++];
    letter->http = http;
    inbox->bytes += http->length;
    static const char *const methods[] = {"POST", "OPTIONS"}; // the rest is GET, and HEAD, which is one without a body
    size_t method = 0;
    while (method < 2 && strcmp(http->method, methods[method]) != 0)
        method++;
    bool looks = method > 0;
    const char *type = http_head(http, "content-type");
    place(inbox, letter, looks)->request = (struct request){
        .http = true,
        .method = method < 2 ? methods[method] : "GET",
        .path = http->path,
        .content_type = type != NULL ? type : "",
        .body = (const uint8_t *)http->body,
        .length = http->length,
        .peer = http->peer,
        .source = letter,
        .param = http_parameter,
        .header = http_header,
        .param_at = http_parameter_at,
    };
}

struct inbound *inbox_commands(struct inbox *inbox, size_t *ret_count)
{
    *ret_count = inbox->commands.count;
    return inbox->commands.requests;
}

static void answer(struct letter *letter, const struct reply *reply, void *socket)
{
    if (letter->http != NULL) {
        // They are few and ours: one that does not fit is our bug, not the client's.
        for (size_t i = 0; i < reply->header_count; i++)
            must(http_add(letter->http, reply->headers[i].name, reply->headers[i].value));
        http_answer(letter->http, (unsigned)reply->status, reply->content_type, reply->body, reply->length,
                    reply->retry_after_s);
        return;
    }
    char status[16];
    int length = snprintf(status, sizeof status, "%d", reply->status);
    const char *type = reply->content_type != NULL ? reply->content_type : "";
    struct frame frames[] = {
        {zmq_msg_data(&letter->peer), zmq_msg_size(&letter->peer)},
        {zmq_msg_data(&letter->id), zmq_msg_size(&letter->id)},
        {status, (size_t)length},
        {type, strlen(type)},
        {reply->body, reply->length},
    };
    // A peer that has gone, or that does not read, asks again; the same event twice changes nothing.
    (void)socket_send(socket, frames, sizeof frames / sizeof *frames);
}

static void answer_pile(struct inbox *inbox, struct pile *pile, void *socket)
{
    for (size_t i = 0; i < pile->count; i++)
        answer(pile->letters[i], &pile->requests[i].reply, socket);
    empty(inbox, pile);
}

void inbox_answer_commands(struct inbox *inbox, void *socket)
{
    answer_pile(inbox, &inbox->commands, socket);
}

void inbox_answer_queries(struct inbox *inbox, void *socket, void (*look)(void *self, struct inbound *query),
                          void *self)
{
    for (size_t i = 0; i < inbox->queries.count; i++) {
        look(self, &inbox->queries.requests[i]);
        answer(inbox->queries.letters[i], &inbox->queries.requests[i].reply, socket);
    }
    empty(inbox, &inbox->queries);
}

void inbox_refuse_commands(struct inbox *inbox, void *socket, unsigned retry_after_s, const char *reason)
{
    char body[300];
    int length = snprintf(body, sizeof body, "{\"error\":{\"reason\":\"%s\"}}", reason);
    must(length > 0 && (size_t)length < sizeof body);
    struct reply refusal = {.status = 503,
                            .content_type = "application/json",
                            .body = body,
                            .length = (size_t)length,
                            .retry_after_s = retry_after_s};
    for (size_t i = 0; i < inbox->commands.count; i++)
        if (inbox->commands.requests[i].reply.status == 0)
            inbox->commands.requests[i].reply = refusal;
    answer_pile(inbox, &inbox->commands, socket);
}
