#include "services/ingest/door.h"

#include "services/ingest/erasures.h"
#include "services/ingest/holdings.h"
#include "services/ingest/ingest_parts.h"
#include "services/ingest/joins.h"

#include <string.h>

// The first that fits is taken, so the longer path stands first.
static const struct door doors[] = {
    {"POST", "/v1/events", SCOPE_EVENTS, door_events},
    {"OPTIONS", "/v1/events", SCOPE_NONE, door_welcome},
    {"OPTIONS", "/v1/feeds/*", SCOPE_NONE, door_welcome},
    {"POST", "/v1/reminders/*/answer", SCOPE_ANSWERS, door_answer},
    {"GET", "/v1/feeds", SCOPE_FEEDS, door_feed_list},
    {"GET", "/v1/feeds/*/tail", SCOPE_FEEDS, door_feed_tail},
    {"POST", "/v1/feeds/*/replay", SCOPE_REJECTED, door_feed_replay},
    {"POST", "/v1/feeds/*/reset", SCOPE_REJECTED, door_feed_reset},
    {"POST", "/v1/feeds/*", SCOPE_NONE, door_feed}, // signed by who posts
    {"POST", "/v1/reconcile", SCOPE_FEEDS, door_reconcile},
    {"GET", "/v1/rejected", SCOPE_REJECTED, door_rejected_list},
    {"GET", "/v1/rejected/*", SCOPE_REJECTED, door_rejected_one},
    {"POST", "/v1/rejected/*/replay", SCOPE_REJECTED, door_rejected_replay},
    {"POST", "/v1/rejected/*/drop", SCOPE_REJECTED, door_rejected_drop},
    {"POST", "/v1/rejected/*", SCOPE_REJECTED, door_rejected_correct},
    {"GET", "/v1/erasures", SCOPE_ERASE, erasures_list},
    {"GET", "/v1/erasures/*/with", SCOPE_ERASE, erasures_with},
    {"GET", "/v1/erasures/*", SCOPE_ERASE, erasures_show},
    {"GET", "/v1/export/*", SCOPE_EXPORT, holdings_door},
    {"GET", "/v1/audit-log", SCOPE_AUDIT, holdings_audit},
    {"GET", "/v1/joins", SCOPE_EXPORT, joins_list}, // names whole groups of customers
};

static bool fits(const struct door *door, const struct request *request, const char **ret_name, size_t *ret_length)
{
    if (strcmp(door->method, request->method) != 0)
        return false;
    const char *star = strchr(door->path, '*');
    *ret_name = "";
    *ret_length = 0;
    if (star == NULL)
        return strcmp(door->path, request->path) == 0;
    size_t before = (size_t)(star - door->path), after = strlen(star + 1), length = strlen(request->path);
    if (length <= before + after || strncmp(door->path, request->path, before) != 0 ||
        strcmp(request->path + length - after, star + 1) != 0)
        return false;
    *ret_name = request->path + before;
    *ret_length = length - before - after;
    return true;
}

static const struct door *find(const struct request *request, const char **ret_name, size_t *ret_length)
{
    for (size_t i = 0; i < sizeof doors / sizeof *doors; i++)
        if (fits(&doors[i], request, ret_name, ret_length))
            return &doors[i];
    return NULL;
}

void door_open(struct ingest *ingest, struct turn *turn, const struct request *request, struct reply *ret_reply)
{
    struct call call = {.turn = turn, .request = request, .name = "", .ret_reply = ret_reply};
    size_t length = 0;
    const struct door *door = find(request, &call.name, &length);
    // Who may not speak is not told which doors there are.
    enum scope scope = door != NULL ? door->scope : SCOPE_EVENTS;
    enum access_answer answer = access_check(ingest->access, request, scope, &call.token);
    call.name = arena_text(turn->arena, call.name, length);
    if (answer == ACCESS_UNKNOWN)
        call_refuse(&call, 401, "authorization",
                    access_has_tokens(ingest->access)
                        ? "a bearer token is needed"
                        : "over HTTP this needs a token (ingest.access); on this machine ask by tend");
    else if (door == NULL)
        call_refuse(&call, 404, "path",
                    strcmp(request->method, "GET") == 0
                        ? "ingest answers /livez, /readyz, /metrics and /v1/status, and what README lists"
                        : "ingest takes POST /v1/events, /v1/feeds/NAME and /v1/reminders/ID/answer");
    else if (answer == ACCESS_SCOPE)
        call_refuse(&call, 403, "authorization", "the token is not for this: ingest.access says what it is for");
    else
        door->open(ingest, &call);
    ret_reply->by = call.token != NULL ? call.token->file : NULL;
}

void call_refuse(struct call *call, int status, const char *field, const char *reason)
{
    reply_error(call->turn, status, arena_text(call->turn->arena, field, strlen(field)),
                arena_text(call->turn->arena, reason, strlen(reason)), call->ret_reply);
}

void call_answer(struct call *call, const char *json, size_t length)
{
    *call->ret_reply =
        (struct reply){.status = 200, .content_type = "application/json", .body = json, .length = length};
}

const char *call_parameter(const struct call *call, const char *name)
{
    return call->request->param != NULL ? call->request->param(call->request, name) : NULL;
}

bool call_number(struct call *call, const char *name, int64_t most, int64_t fallback, int64_t *ret_number)
{
    const char *text = call_parameter(call, name);
    int64_t number = 0;
    size_t digits = text != NULL ? strspn(text, "0123456789") : 0;
    *ret_number = fallback;
    if (text == NULL || text[0] == '\0')
        return true;
    for (size_t i = 0; i < digits && number <= most; i++)
        number = number * 10 + (text[i] - '0');
    bool place = most > INT32_MAX; // of a record: there is no end that anybody would reach
    if (text[digits] != '\0' || digits > 18 || number > most || (number == 0 && !place)) {
        call_refuse(call, 400, name,
                    place ? "must be a whole number"
                          : arena_format(call->turn->arena, "must be a number from 1 to %lld", (long long)most));
        return false;
    }
    *ret_number = number;
    return true;
}
