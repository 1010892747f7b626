#include "harness/visitor.h"

#include "tend/v1/journal.pb-c.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { TARGET_BYTES = 400, HEADER_BYTES = 500, TOKEN_BYTES = 36 };

const struct visitor visitor_plain = {.content_type = "application/x-www-form-urlencoded"};

static const struct visitor *sender;
static char path[TARGET_BYTES], query[TARGET_BYTES];

static const char *header(const struct request *request, const char *name)
{
    (void)request;
    for (size_t i = 0; i < VISITOR_HEADERS && sender->headers[i].name != NULL; i++)
        if (strcmp(sender->headers[i].name, name) == 0)
            return sender->headers[i].value;
    return NULL;
}

// The parameters are split where the request was made, and nothing in them is escaped.
static const char *param(const struct request *request, const char *name)
{
    (void)request;
    size_t length = strlen(name);
    for (const char *at = query; at[0] != '\0'; at += strlen(at) + 1)
        if (strncmp(at, name, length) == 0 && at[length] == '=')
            return at + length + 1;
    return NULL;
}

static struct request request_of(const char *method, const char *target, const struct visitor *visitor,
                                 const char *body)
{
    sender = visitor;
    snprintf(path, sizeof path, "%s", target);
    memset(query, 0, sizeof query);
    char *question = strchr(path, '?');
    if (question != NULL) {
        snprintf(query, sizeof query - 1, "%s", question + 1);
        for (char *at = query; (at = strchr(at, '&')) != NULL; at++)
            *at = '\0';
        *question = '\0';
    }
    return (struct request){.http = true,
                            .method = method,
                            .path = path,
                            .content_type = visitor->content_type,
                            .body = (const uint8_t *)body,
                            .length = strlen(body),
                            .param = param,
                            .header = header};
}

static const char *kept_header(const struct reply *reply, const char *name, char buffer[HEADER_BYTES])
{
    buffer[0] = '\0';
    for (size_t i = 0; i < reply->header_count; i++)
        if (strcmp(reply->headers[i].name, name) == 0)
            snprintf(buffer, HEADER_BYTES, "%s", reply->headers[i].value);
    return buffer;
}

static struct visit_answer keep(const struct reply *reply)
{
    static char body[VISITOR_BYTES], headers[5][HEADER_BYTES];
    assert_true(reply->length < sizeof body);
    if (reply->length > 0)
        memcpy(body, reply->body, reply->length);
    body[reply->length] = '\0';
    return (struct visit_answer){.status = reply->status,
                                 .body = body,
                                 .location = kept_header(reply, "Location", headers[0]),
                                 .policy = kept_header(reply, "Content-Security-Policy", headers[1]),
                                 .cache = kept_header(reply, "Cache-Control", headers[2]),
                                 .referrer = kept_header(reply, "Referrer-Policy", headers[3]),
                                 .cookie = kept_header(reply, "Set-Cookie", headers[4])};
}

struct visit_answer visitor_get(const char *target, const struct visitor *visitor)
{
    struct inbound inbound = {.request = request_of("GET", target, visitor, "")};
    engine_query(turns_engine(desk.turns), &inbound);
    return keep(&inbound.reply);
}

struct visit_answer visitor_post(const char *target, const struct visitor *visitor, const char *body)
{
    struct inbound inbound = {.request = request_of("POST", target, visitor, body)};
    assert_int_equal(engine_turn(turns_engine(desk.turns), &inbound, 1, NULL), ENGINE_DONE);
    return keep(&inbound.reply);
}

const char *visitor_page(const char *text, unsigned n)
{
    static char page[TARGET_BYTES];
    for (const char *at = text; (at = strstr(at, "/a/")) != NULL; at++) {
        if (n-- > 0)
            continue;
        snprintf(page, sizeof page, "%.*s", (int)(strlen("/a/") + TOKEN_BYTES - 1), at);
        return page;
    }
    fail_msg("no such link in: %s", text);
    return "";
}

void visitor_says(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("no \"%s\" in:\n%s", part, text);
}

void visitor_silent(const char *text, const char *part)
{
    if (strstr(text, part) != NULL)
        fail_msg("\"%s\" in:\n%s", part, text);
}

struct visitor_said visitor_said;

unsigned visitor_answers(void)
{
    memset(&visitor_said, 0, sizeof visitor_said);
    for (uint64_t seq = 1; seq <= turns_last(desk.turns); seq++) {
        const struct record *record = turns_read(desk.turns, seq);
        if (record->type != TEND__V1__RECORD_TYPE__RECORD_TYPE_EVENT)
            continue;
        Tend__V1__Event *event = tend__v1__event__unpack(NULL, record->length, record->payload);
        assert_non_null(event);
        assert_int_equal(event->body_case, TEND__V1__EVENT__BODY_REMINDER_ANSWERED);
        visitor_said.count++;
        visitor_said.outcome = (int)event->reminder_answered->outcome;
        visitor_said.next_s =
            event->reminder_answered->next_at != NULL ? event->reminder_answered->next_at->seconds : 0;
        snprintf(visitor_said.reminder, sizeof visitor_said.reminder, "%s", event->reminder_answered->reminder_id);
        snprintf(visitor_said.note, sizeof visitor_said.note, "%s", event->reminder_answered->note);
        snprintf(visitor_said.rep, sizeof visitor_said.rep, "%s", event->rep_id);
        snprintf(visitor_said.id, sizeof visitor_said.id, "%s", event->id);
        tend__v1__event__free_unpacked(event, NULL);
    }
    return visitor_said.count;
}
