#include "services/ingest/cloudevents.h"

#include "common/codec.h"
#include "common/fieldname.h"
#include "common/jsonvalue.h"
#include "common/must.h"
#include "common/utf8.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define STRUCTURED "application/cloudevents"
#define BATCHED "application/cloudevents-batch"
#define TYPES "tend.v1."
#define WHOLE "event"

enum {
    NAME_BYTES = 32,   // of an attribute's name with "ce-" before it; our longest is far shorter
    ORIGIN_BYTES = 253 // of a name that DNS can hold
};

enum attribute { ID, SOURCE, SPECVERSION, TYPE, SUBJECT, TIME, REPID, HISTORICAL, CONTENT, ATTRIBUTES };

static const struct attribute_row {
    const char *name;
    bool required;
} rows[ATTRIBUTES] = {
    [ID] = {"id", true},        [SOURCE] = {"source", true},          [SPECVERSION] = {"specversion", true},
    [TYPE] = {"type", true},    [SUBJECT] = {"subject", false},       [TIME] = {"time", false},
    [REPID] = {"repid", false}, [HISTORICAL] = {"historical", false}, [CONTENT] = {"datacontenttype", false},
};

// One CloudEvent, however it came. A value is NULL where the attribute is not there.
struct cloudevent {
    const char *values[ATTRIBUTES];
    const char *prefix; // of the names as the sender wrote them: "ce-" or ""
    json_t *data;
    struct arena *arena;
};

static bool begins(const char *text, const char *with)
{
    return strncasecmp(text, with, strlen(with)) == 0;
}

bool cloudevents_is(const struct request *request)
{
    if (begins(request->content_type, STRUCTURED))
        return true;
    if (!request->http)
        return false;
    for (size_t i = 0; i < ATTRIBUTES; i++) {
        char name[NAME_BYTES];
        snprintf(name, sizeof name, "ce-%s", rows[i].name);
        if (rows[i].required && request->header(request, name) != NULL)
            return true;
    }
    return false;
}

static bool fail(const struct cloudevent *event, enum attribute attribute, struct verify_error *error,
                 const char *reason)
{
    char name[NAME_BYTES];
    bool header = event->prefix[0] != '\0';
    snprintf(name, sizeof name, "%s%s", header && attribute != CONTENT ? event->prefix : "",
             header && attribute == CONTENT ? "content-type" : rows[attribute].name);
    return verify_fail(error, name, "%s", reason);
}

// "application/json", or what is written in JSON: "application/vnd.shop+json; charset=utf-8".
static bool is_json(const char *type)
{
    size_t length = strcspn(type, "; ");
    return length == 0 || (length > 5 && (strncasecmp(type + length - 5, "/json", 5) == 0 ||
                                          strncasecmp(type + length - 5, "+json", 5) == 0));
}

// The body that a type names: NULL with `whole` when data itself says which.
static bool read_type(const struct cloudevent *event, const ProtobufCFieldDescriptor **ret_body,
                      struct verify_error *error)
{
    const char *type = event->values[TYPE], *name = type + strlen(TYPES);
    *ret_body = NULL;
    if (strncmp(type, TYPES, strlen(TYPES)) != 0)
        return fail(event, TYPE, error,
                    "must be tend.v1. and the name of an event, as in tend.v1.order_placed; a feed takes other types");
    if (strcmp(name, WHOLE) == 0)
        return true;
    const ProtobufCFieldDescriptor *body =
        protobuf_c_message_descriptor_get_field_by_name(&tend__v1__event__descriptor, name);
    if (body != NULL && (body->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0) {
        *ret_body = body;
        return true;
    }
    char near[FIELDNAME_BYTES], reason[VERIFY_TEXT_BYTES];
    const ProtobufCFieldDescriptor *meant = NULL;
    if (fieldname_nearest(&tend__v1__event__descriptor, name, near))
        meant = fieldname_find(&tend__v1__event__descriptor, near);
    if (meant == NULL || (meant->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) == 0)
        return fail(event, TYPE, error, "there is no such event; their names are in event.proto");
    snprintf(reason, sizeof reason, "there is no such event; did you mean " TYPES "%s?", meant->name);
    return fail(event, TYPE, error, reason);
}

static bool check_attributes(const struct cloudevent *event, struct verify_error *error)
{
    for (size_t i = 0; i < ATTRIBUTES; i++) {
        const char *value = event->values[i];
        if (value == NULL && rows[i].required)
            return fail(event, (enum attribute)i, error, "a CloudEvent must have it");
        if (value != NULL && value[0] == '\0')
            return fail(event, (enum attribute)i, error, "is empty");
    }
    if (strcmp(event->values[SPECVERSION], "1.0") != 0)
        return fail(event, SPECVERSION, error, "only 1.0 is read");
    const char *content = event->values[CONTENT], *historical = event->values[HISTORICAL];
    if (content != NULL && !is_json(content))
        return fail(event, CONTENT, error, "data is read as JSON only: application/json");
    if (historical != NULL && strcmp(historical, "true") != 0 && strcmp(historical, "false") != 0)
        return fail(event, HISTORICAL, error, "must be true or false");
    return true;
}

// Whether data holds the event under its name, beside parts of the envelope, and not just what is in it.
static bool is_whole(const json_t *data, const ProtobufCFieldDescriptor *body)
{
    char camel[FIELDNAME_BYTES];
    fieldname_print(body->name, camel);
    if (fieldname_find(body->descriptor, body->name) != NULL)
        return false;
    return json_object_get(data, body->name) != NULL || json_object_get(data, camel) != NULL;
}

static Tend__V1__Event *read_data(const struct cloudevent *event, const ProtobufCFieldDescriptor *body,
                                  struct verify_error *error)
{
    ProtobufCAllocator *allocator = arena_allocator(event->arena);
    if (!json_is_object(event->data)) {
        verify_fail(error, "data", "must be an object with the fields of the event");
        return NULL;
    }
    if (body == NULL || is_whole(event->data, body))
        return (Tend__V1__Event *)codec_from_json(&tend__v1__event__descriptor, event->data, allocator, error);
    json_t *whole = json_object();
    must(whole != NULL && json_object_set(whole, body->name, event->data) == 0);
    ProtobufCMessage *message = codec_from_json(&tend__v1__event__descriptor, whole, allocator, error);
    json_decref(whole);
    return (Tend__V1__Event *)message;
}

// What an attribute says and what data says of the same must be the same; one of them is enough.
static bool agree(const struct cloudevent *event, enum attribute attribute, char **field, struct verify_error *error)
{
    const char *value = event->values[attribute];
    if (value != NULL && (*field)[0] != '\0' && strcmp(*field, value) != 0)
        return fail(event, attribute, error, "data says something else");
    if (value != NULL && (*field)[0] == '\0')
        *field = arena_text(event->arena, value, strlen(value));
    return true;
}

static bool agree_time(const struct cloudevent *event, Google__Protobuf__Timestamp **field, struct verify_error *error)
{
    if (event->values[TIME] == NULL)
        return true;
    Google__Protobuf__Timestamp *time = arena_take(event->arena, sizeof *time);
    google__protobuf__timestamp__init(time);
    json_t *text = json_string(event->values[TIME]);
    const char *wrong = text == NULL ? "not valid UTF-8" : jsonvalue_instant(text, &time->seconds, &time->nanos);
    json_decref(text);
    if (wrong != NULL)
        return fail(event, TIME, error, wrong);
    if (*field != NULL && ((*field)->seconds != time->seconds || (*field)->nanos != time->nanos))
        return fail(event, TIME, error, "data says something else");
    *field = time;
    return true;
}

static bool agree_all(const struct cloudevent *event, Tend__V1__Event *ours, struct verify_error *error)
{
    const char *historical = event->values[HISTORICAL];
    if (historical != NULL && historical[0] == 'f' && ours->historical)
        return fail(event, HISTORICAL, error, "data says something else");
    if (historical != NULL)
        ours->historical = historical[0] == 't';
    return agree(event, ID, &ours->id, error) && agree(event, SOURCE, &ours->source, error) &&
           agree(event, SUBJECT, &ours->customer_id, error) && agree(event, REPID, &ours->rep_id, error) &&
           agree_time(event, &ours->time, error);
}

static void convert(const struct cloudevent *event, struct intake_item *item)
{
    const ProtobufCFieldDescriptor *body;
    if (!check_attributes(event, &item->error) || !read_type(event, &body, &item->error))
        return;
    Tend__V1__Event *ours = read_data(event, body, &item->error);
    if (ours == NULL || !agree_all(event, ours, &item->error))
        return;
    if (body != NULL && (uint32_t)ours->body_case != body->id)
        fail(event, TYPE, &item->error, "data holds another event");
    else
        item->event = ours;
}

// The name of an attribute: small letters and digits. `repId` is no other spelling of one, it is a mistake.
static bool is_name(const char *name)
{
    for (const char *c = name; *c != '\0'; c++)
        if (!islower((unsigned char)*c) && !isdigit((unsigned char)*c))
            return false;
    return name[0] != '\0';
}

// The text of an attribute's value as it stands in JSON; NULL where it is none.
static const char *value_text(json_t *value, struct arena *arena)
{
    if (json_is_boolean(value))
        return json_is_true(value) ? "true" : "false";
    if (json_is_integer(value))
        return arena_format(arena, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    const char *text;
    size_t length;
    return jsonvalue_string(value, &text, &length) == NULL ? arena_text(arena, text, length) : NULL;
}

static bool read_member(struct cloudevent *event, const char *name, json_t *value, struct verify_error *error)
{
    if (json_is_null(value)) // as if it were not there
        return true;
    if (!is_name(name))
        return verify_fail(error, name, "no attribute has such a name: they have small letters and digits only");
    const char *text = value_text(value, event->arena);
    if (text == NULL)
        return verify_fail(error, name, "an attribute must be a text, an integer, true or false");
    for (size_t i = 0; i < ATTRIBUTES; i++)
        if (strcmp(name, rows[i].name) == 0)
            event->values[i] = text;
    return true;
}

static json_t *parse(const char *bytes, size_t length, const char *field, struct verify_error *error)
{
    json_error_t trouble;
    // A NUL inside a string is let through here and refused where the field is known.
    json_t *json = json_loadb(length == 0 ? "" : bytes, length, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &trouble);
    if (json == NULL)
        verify_fail(error, field, "line %d, column %d: %s", trouble.line, trouble.column, trouble.text);
    return json;
}

// What could not stand in JSON as it was; here it must be JSON all the same.
static json_t *parse_base64(const json_t *value, struct arena *arena, struct verify_error *error)
{
    size_t length = json_string_length(value); // 0 for what is no string
    uint8_t *bytes = arena_take(arena, JSONVALUE_BASE64_ROOM(length));
    const char *wrong = json_is_string(value) ? jsonvalue_base64(value, bytes, &length) : "not a base64 string";
    if (wrong == NULL)
        return parse((const char *)bytes, length, "data_base64", error);
    verify_fail(error, "data_base64", "%s", wrong);
    return NULL;
}

static void read_structured(json_t *json, struct arena *arena, struct intake_item *item)
{
    struct cloudevent event = {.prefix = "", .arena = arena};
    json_t *data = NULL, *base64 = NULL, *value;
    const char *name;
    if (!json_is_object(json)) {
        verify_fail(&item->error, "", "a CloudEvent must be an object");
        return;
    }
    json_object_foreach (json, name, value) {
        if (strcmp(name, "data") == 0)
            data = value;
        else if (strcmp(name, "data_base64") == 0 && !json_is_null(value))
            base64 = value;
        else if (!read_member(&event, name, value, &item->error))
            return;
    }
    if (data != NULL && base64 != NULL) {
        verify_fail(&item->error, "data_base64", "there is data as well");
        return;
    }
    event.data = base64 != NULL ? parse_base64(base64, arena, &item->error) : json_incref(data);
    if (event.data != NULL || base64 == NULL)
        convert(&event, item);
    json_decref(event.data);
}

static bool read_batch(json_t *array, struct arena *arena, struct intake *intake, struct verify_error *error)
{
    if (!json_is_array(array))
        return verify_fail(error, "", "a batch of CloudEvents must be an array");
    intake->count = json_array_size(array);
    if (intake->count > INTAKE_EVENTS_MAX)
        return verify_fail(error, "", "more than %d events", INTAKE_EVENTS_MAX);
    intake->items = arena_zero(arena, intake->count + 1, sizeof *intake->items);
    for (size_t i = 0; i < intake->count; i++)
        read_structured(json_array_get(array, i), arena, &intake->items[i]);
    return true;
}

static int hex(char digit)
{
    if (!isxdigit((unsigned char)digit))
        return -1;
    return isdigit((unsigned char)digit) ? digit - '0' : tolower((unsigned char)digit) - 'a' + 10;
}

// A header's value: out of its quotes first, when it is in some, then out of its percent signs, once. Into `to`, which
// holds as many bytes as `from`. False for a quote or an escape that is broken, controls, or what is not UTF-8.
static bool decode(const char *from, char *to)
{
    char *end = to;
    bool quoted = from[0] == '"';
    for (from += quoted; *from != '\0' && !(quoted && *from == '"'); from++) {
        from += quoted && *from == '\\';
        if (*from == '\0')
            return false;
        *end++ = *from;
    }
    *end = '\0';
    if (quoted && strcmp(from, "\"") != 0)
        return false;
    char *out = to;
    for (const char *at = to; at < end; at++) {
        int high = *at == '%' ? hex(at[1]) : 0, low = *at == '%' && high >= 0 ? hex(at[2]) : 0;
        if (high < 0 || low < 0)
            return false;
        char byte = *at == '%' ? (char)(high * 16 + low) : *at;
        at += *at == '%' ? 2 : 0;
        if ((unsigned char)byte < ' ' || byte == 0x7f)
            return false;
        *out++ = byte;
    }
    *out = '\0';
    for (size_t at = 0, taken; at < (size_t)(out - to); at += taken)
        if ((taken = utf8_length(to + at, (size_t)(out - to) - at)) == 0)
            return false;
    return true;
}

static bool read_headers(const struct request *request, struct cloudevent *event, struct verify_error *error)
{
    for (size_t i = 0; i < ATTRIBUTES; i++) {
        char name[NAME_BYTES];
        snprintf(name, sizeof name, "ce-%s", rows[i].name);
        const char *raw = request->header(request, name);
        if (raw == NULL)
            continue;
        if (i == CONTENT)
            return verify_fail(error, name, "the header content-type says it, and no other may");
        char *value = arena_take(event->arena, strlen(raw) + 1);
        if (!decode(raw, value))
            return verify_fail(error, name, "a quote or a %%-escape is broken, or it is not UTF-8");
        event->values[i] = value;
    }
    if (request->content_type[0] != '\0')
        event->values[CONTENT] = request->content_type;
    return true;
}

static void read_binary(const struct request *request, struct arena *arena, struct intake_item *item)
{
    struct cloudevent event = {.prefix = "ce-", .arena = arena};
    // The headers are judged before the body: a type of content that is not JSON is not a slip inside it.
    if (!read_headers(request, &event, &item->error) || !check_attributes(&event, &item->error))
        return;
    event.data = request->length == 0 ? json_object()
                                      : parse((const char *)request->body, request->length, "data", &item->error);
    if (event.data == NULL)
        return;
    convert(&event, item);
    json_decref(event.data);
}

bool cloudevents_read(const struct request *request, struct arena *arena, struct intake *ret_intake,
                      struct verify_error *ret_error)
{
    *ret_intake = (struct intake){0};
    const char *type = request->content_type;
    bool batched = begins(type, BATCHED), structured = !batched && begins(type, STRUCTURED);
    size_t name = batched ? strlen(BATCHED) : strlen(STRUCTURED);
    if (request->length > CODEC_TEXT_BYTES)
        return verify_fail(ret_error, "", "the body is longer than %d bytes", CODEC_TEXT_BYTES);
    if ((batched || structured) && type[name] != '\0' && !(begins(type + name, "+json") && is_json(type)))
        return verify_fail(ret_error, "content-type", "CloudEvents are read as JSON only: %.*s+json", (int)name, type);
    ret_intake->single = !batched;
    ret_intake->count = 1;
    ret_intake->items = arena_zero(arena, 1, sizeof *ret_intake->items);
    if (!batched && !structured) {
        read_binary(request, arena, ret_intake->items);
        return true;
    }
    json_t *json = parse((const char *)request->body, request->length, "", ret_error);
    if (json == NULL)
        return false;
    bool read = true;
    if (batched)
        read = read_batch(json, arena, ret_intake, ret_error);
    else
        read_structured(json, arena, ret_intake->items);
    json_decref(json);
    return read;
}

static bool is_origin(const char *text)
{
    size_t length = strlen(text);
    return length > 0 && length <= ORIGIN_BYTES &&
           text[strspn(text, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-_:[]")] == '\0';
}

void cloudevents_welcome(struct turn *turn, const struct request *request, unsigned per_minute, struct reply *ret_reply)
{
    const char *origin = request->header(request, "webhook-request-origin");
    if (origin != NULL && !is_origin(origin)) {
        reply_error(turn, 400, "webhook-request-origin", "must be the name of the sending host", ret_reply);
        return;
    }
    struct reply_header *headers = arena_take(turn->arena, 3 * sizeof *headers);
    headers[0] = (struct reply_header){"Allow", "POST, OPTIONS"};
    *ret_reply = (struct reply){.status = 200, .body = "", .headers = headers, .header_count = 1};
    if (origin == NULL) // who does not ask is not answered: consent must be read from these headers alone
        return;
    headers[1] = (struct reply_header){"WebHook-Allowed-Origin", arena_text(turn->arena, origin, strlen(origin))};
    headers[2] = (struct reply_header){"WebHook-Allowed-Rate",
                                       per_minute > 0 ? arena_format(turn->arena, "%u", per_minute) : "*"};
    ret_reply->header_count = 3;
}
