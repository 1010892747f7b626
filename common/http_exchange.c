#include "common/http_exchange.h"

#include "common/escape.h"
#include "common/must.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum {
    KEEP_BYTES = 32768, // a larger buffer is given back after its request
    ERROR_BODY_BYTES = 512,
};

static const unsigned statuses[] = {200, 201, 202, 204, 303, 304, 400, 401, 403, 404, 405, 408, 409,
                                    410, 413, 414, 415, 417, 422, 429, 431, 500, 501, 503, 505};
enum { STATUSES = sizeof statuses / sizeof *statuses };

void http_count_refusal(struct http *http, enum refusal refusal)
{
    if (http->measured)
        metric_add(http->figures[FIGURE_REFUSED], refusal - 1U, 1);
}

void http_count_answer(struct http *http, unsigned status, int64_t begun_ms)
{
    if (!http->measured)
        return;
    size_t place = 0;
    while (place < STATUSES && statuses[place] != status)
        place++;
    metric_add(http->figures[FIGURE_REQUESTS], metric_cell(http->figures[FIGURE_REQUESTS], place, 0, 0), 1);
    metric_observe(http->figures[FIGURE_SECONDS], 0, (double)(http->now_ms - begun_ms) / 1000);
}

void http_measure(struct http *http, struct metrics *metrics)
{
    static char texts[STATUSES][4];
    static const char *codes[STATUSES + 1], *reasons[REFUSALS];
    for (size_t i = 0; i < STATUSES; i++) {
        snprintf(texts[i], sizeof texts[i], "%u", statuses[i]);
        codes[i] = texts[i];
    }
    codes[STATUSES] = "other";
    for (size_t i = 0; i < REFUSALS; i++)
        reasons[i] = REFUSAL_TEXTS[i].label;
    const struct metric_def defs[FIGURES] = {
        {"http_requests_total",
         "Requests that were answered, by status.",
         METRIC_COUNTER,
         {{"code", codes, STATUSES + 1}},
         NULL,
         0},
        {"http_refused_total",
         "Requests and connections refused before the service saw them.",
         METRIC_COUNTER,
         {{"reason", reasons + 1, REFUSALS - 1}},
         NULL,
         0},
        {"http_request_seconds",
         "From a request's first line to its answer being sent.",
         METRIC_HISTOGRAM,
         {{0}},
         NULL,
         0},
        {"http_connections", "Open connections.", METRIC_GAUGE, {{0}}, NULL, 0},
    };
    metrics_declare(metrics, defs, FIGURES, http->figures);
    http->measured = true;
    metric_set(http->figures[FIGURE_CONNECTIONS], 0, 0);
}

void http_wake_by(struct http *http, int64_t at_ms)
{
    if (at_ms < http->next_ms)
        http->next_ms = at_ms;
}

static size_t error_body(const char *field, const char *reason, char *buffer)
{
    char safe_field[64], safe_reason[ERROR_BODY_BYTES - 128];
    escape_json(field, strlen(field), safe_field, sizeof safe_field, NULL);
    escape_json(reason, strlen(reason), safe_reason, sizeof safe_reason, NULL);
    int length = snprintf(buffer, ERROR_BODY_BYTES, "{\"error\":{\"field\":\"%s\",\"reason\":\"%s\"}}\n", safe_field,
                          safe_reason);
    must(length > 0 && length < ERROR_BODY_BYTES);
    return (size_t)length;
}

// Nothing has been sent on the socket for this request, so the refusal is written past the library, which then finds
// the socket shut.
void connection_cut(struct connection *connection, enum refusal refusal)
{
    const struct refusal_text *text = &REFUSAL_TEXTS[refusal];
    char body[ERROR_BODY_BYTES], whole[2 * ERROR_BODY_BYTES];
    size_t length = error_body(text->field, text->reason, body);
    const char *retry = text->status == 429 || text->status == 503 ? "Retry-After: 1\r\n" : "";
    int bytes = snprintf(whole, sizeof whole,
                         "HTTP/1.1 %u Refused\r\nConnection: close\r\nContent-Type: application/json\r\n"
                         "Content-Length: %zu\r\n%s\r\n%s",
                         text->status, length, retry, body);
    (void)send(connection->fd, whole, (size_t)bytes, MSG_DONTWAIT | MSG_NOSIGNAL);
    shutdown(connection->fd, SHUT_RDWR);
    connection->state = CUT;
    connection->status = text->status;
    http_count_refusal(connection->http, refusal);
}

bool exchange_reserve(struct buffer *buffer, size_t bytes)
{
    if (bytes <= buffer->size)
        return true;
    size_t size = buffer->size < 1024 ? 1024 : buffer->size;
    while (size < bytes)
        size *= 2;
    char *larger = realloc(buffer->bytes, size);
    if (larger == NULL)
        return false;
    *buffer = (struct buffer){larger, size};
    return true;
}

static void shrink(struct buffer *buffer)
{
    if (buffer->size <= KEEP_BYTES)
        return;
    free(buffer->bytes);
    *buffer = (struct buffer){NULL, 0};
}

struct exchange *exchange_take(struct http *http)
{
    struct exchange *exchange = http->spare;
    if (exchange == NULL || !exchange_reserve(&exchange->body, 1))
        return NULL;
    http->spare = exchange->next;
    exchange->extra_bytes = 0;
    exchange->body.bytes[0] = '\0';
    exchange->public =
        (struct http_request){exchange->method, exchange->path, exchange->body.bytes, 0, exchange->peer, NULL};
    return exchange;
}

void exchange_give(struct exchange *exchange)
{
    shrink(&exchange->body);
    shrink(&exchange->answer);
    exchange->connection = NULL;
    exchange->next = exchange->http->spare;
    exchange->http->spare = exchange;
}

// Hands libmicrohttpd an answer whose bytes stay where they are until the request is over.
static bool queue(struct connection *connection, unsigned status, const char *content_type, const char *bytes,
                  size_t length, unsigned retry_after_s)
{
    struct http *http = connection->http;
    struct MHD_Response *response =
        MHD_create_response_from_buffer(length, (void *)(uintptr_t)bytes, MHD_RESPMEM_PERSISTENT);
    if (response == NULL)
        return false;
    char retry[16];
    snprintf(retry, sizeof retry, "%u", retry_after_s);
    bool whole = MHD_add_response_header(response, "X-Content-Type-Options", "nosniff") == MHD_YES;
    if (content_type != NULL)
        whole = MHD_add_response_header(response, "Content-Type", content_type) == MHD_YES && whole;
    if (retry_after_s > 0)
        whole = MHD_add_response_header(response, "Retry-After", retry) == MHD_YES && whole;
    if (status == 405 && connection->state == HEAD)
        whole = MHD_add_response_header(response, "Allow", "GET, HEAD, POST, OPTIONS") == MHD_YES && whole;
    if (http->quiet)
        whole = MHD_add_response_header(response, "Connection", "close") == MHD_YES && whole;
    const struct exchange *exchange = connection->exchange;
    for (size_t at = 0; exchange != NULL && at < exchange->extra_bytes;) {
        const char *name = exchange->extra + at, *value = name + strlen(name) + 1;
        whole = MHD_add_response_header(response, name, value) == MHD_YES && whole;
        at += (size_t)(value - name) + strlen(value) + 1;
    }
    whole = whole && MHD_queue_response(connection->mhd, status, response) == MHD_YES;
    MHD_destroy_response(response);
    connection->status = status;
    connection->state = SENDING;
    connection->since_ms = http->now_ms;
    http_wake_by(http, http->now_ms + http->options.send_ms);
    return whole;
}

void connection_hang_up(struct connection *connection)
{
    shutdown(connection->fd, SHUT_RDWR);
    connection->state = CUT;
}

// An answer to a request that may be suspended; one that cannot be made ends the connection.
static void reply(struct connection *connection, unsigned status, const char *content_type, const char *bytes,
                  size_t length, unsigned retry_after_s)
{
    if (!queue(connection, status, content_type, bytes, length, retry_after_s))
        connection_hang_up(connection);
    if (!connection->suspended)
        return;
    connection->suspended = false;
    connection->http->resumed = true;
    MHD_resume_connection(connection->mhd);
}

enum MHD_Result connection_refuse(struct connection *connection, enum refusal refusal)
{
    const struct refusal_text *text = &REFUSAL_TEXTS[refusal];
    struct exchange *exchange = connection->exchange;
    if (exchange == NULL || !exchange_reserve(&exchange->answer, ERROR_BODY_BYTES)) {
        connection_cut(connection, refusal);
        return MHD_NO;
    }
    http_count_refusal(connection->http, refusal);
    size_t length = error_body(text->field, text->reason, exchange->answer.bytes);
    unsigned retry_after_s = text->status == 503 ? 1 : 0;
    bool queued = queue(connection, text->status, "application/json", exchange->answer.bytes, length, retry_after_s);
    return queued ? MHD_YES : MHD_NO;
}

void connection_give_up(struct connection *connection)
{
    static const char body[] =
        "{\"error\":{\"field\":\"service\",\"reason\":\"no answer in time, try again later\"}}\n";
    connection->exchange->connection = NULL;
    connection->exchange = NULL;
    http_count_refusal(connection->http, REFUSE_UNANSWERED);
    reply(connection, 503, "application/json", body, sizeof body - 1, 1);
}

static struct exchange *held_by(const struct http_request *request)
{
    struct exchange *exchange = (struct exchange *)(uintptr_t)request;
    must(exchange->held);
    return exchange;
}

const char *http_query(const struct http_request *request, const char *name)
{
    const struct exchange *exchange = held_by(request);
    const char *value = NULL;
    size_t length;
    if (exchange->connection == NULL || MHD_lookup_connection_value_n(exchange->connection->mhd, MHD_GET_ARGUMENT_KIND,
                                                                      name, strlen(name), &value, &length) != MHD_YES)
        return NULL;
    return value == NULL ? "" : value;
}

struct listed {
    size_t left;
    const char *name;
};

static enum MHD_Result take_name(void *cls, enum MHD_ValueKind kind, const char *name, const char *value)
{
    struct listed *listed = cls;
    (void)kind;
    (void)value;
    listed->name = listed->left == 0 ? name : NULL;
    return listed->left-- > 0 ? MHD_YES : MHD_NO;
}

const char *http_query_at(const struct http_request *request, size_t index)
{
    const struct exchange *exchange = held_by(request);
    struct listed listed = {.left = index};
    if (exchange->connection != NULL)
        MHD_get_connection_values(exchange->connection->mhd, MHD_GET_ARGUMENT_KIND, take_name, &listed);
    return listed.name;
}

const char *http_head(const struct http_request *request, const char *name)
{
    const struct exchange *exchange = held_by(request);
    return exchange->connection == NULL ? NULL
                                        : MHD_lookup_connection_value(exchange->connection->mhd, MHD_HEADER_KIND, name);
}

bool http_add(struct http_request *request, const char *name, const char *value)
{
    struct exchange *exchange = held_by(request);
    size_t name_bytes = strlen(name) + 1, value_bytes = strlen(value) + 1;
    for (const char *c = value; *c != '\0'; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            return false;
    must(name_bytes > 1);
    if (value_bytes == 1 || name_bytes + value_bytes > sizeof exchange->extra - exchange->extra_bytes)
        return false;
    memcpy(exchange->extra + exchange->extra_bytes, name, name_bytes);
    memcpy(exchange->extra + exchange->extra_bytes + name_bytes, value, value_bytes);
    exchange->extra_bytes += name_bytes + value_bytes;
    return true;
}

void http_answer(struct http_request *request, unsigned status, const char *content_type, const void *bytes,
                 size_t length, unsigned retry_after_s)
{
    must(status >= 200 && status <= 599);
    struct exchange *exchange = held_by(request);
    struct connection *connection = exchange->connection;
    exchange->held = false;
    if (connection == NULL) {
        exchange_give(exchange);
        return;
    }
    must(connection->state == OWNER);
    if (!exchange_reserve(&exchange->answer, length + 1)) {
        http_count_refusal(exchange->http, REFUSE_MEMORY);
        reply(connection, 503, NULL, "", 0, 1);
        return;
    }
    if (length > 0)
        memcpy(exchange->answer.bytes, bytes, length);
    reply(connection, status, content_type, exchange->answer.bytes, length, retry_after_s);
}

void http_refuse(struct http_request *request, unsigned status, const char *field, const char *reason)
{
    char body[ERROR_BODY_BYTES];
    size_t length = error_body(field, reason, body);
    http_answer(request, status, "application/json", body, length, status == 429 || status == 503 ? 1 : 0);
}
