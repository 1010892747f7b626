#include "services/ingest/intake.h"

#include "common/codec.h"
#include "common/must.h"
#include "services/ingest/cloudevents.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static bool read_packed(const struct request *request, struct arena *arena, struct intake *intake,
                        struct verify_error *error)
{
    intake->packed = true;
    if (!verify_wire(&tend__v1__event_batch__descriptor, request->body, request->length, error))
        return false;
    Tend__V1__EventBatch *batch = tend__v1__event_batch__unpack(arena_allocator(arena), request->length, request->body);
    if (batch == NULL)
        return verify_fail(error, "", "the body is no packed tend.v1.EventBatch");
    if (batch->n_events > INTAKE_EVENTS_MAX)
        return verify_fail(error, "", "more than %d events", INTAKE_EVENTS_MAX);
    intake->items = arena_zero(arena, batch->n_events + 1, sizeof *intake->items);
    intake->count = batch->n_events;
    for (size_t i = 0; i < batch->n_events; i++) {
        struct intake_item *item = &intake->items[i];
        item->bytes = batch->events[i].data;
        item->length = batch->events[i].len;
        if (item->length > RECORD_PAYLOAD_MAX) {
            verify_fail(&item->error, "", "an event may have %d bytes", RECORD_PAYLOAD_MAX);
            continue;
        }
        if (!verify_wire_form(&tend__v1__event__descriptor, item->bytes, item->length, &item->canonical, &item->error))
            continue;
        item->event = tend__v1__event__unpack(arena_allocator(arena), item->length, item->bytes);
        if (item->event == NULL)
            verify_fail(&item->error, "", "the bytes are no packed tend.v1.Event");
    }
    return true;
}

static void read_json_item(const json_t *json, struct arena *arena, struct intake_item *item)
{
    *item = (struct intake_item){0};
    item->event =
        (Tend__V1__Event *)codec_from_json(&tend__v1__event__descriptor, json, arena_allocator(arena), &item->error);
}

static bool read_array(json_t *array, struct arena *arena, struct intake *intake, struct verify_error *error)
{
    size_t count = json_array_size(array);
    if (count > INTAKE_EVENTS_MAX)
        return verify_fail(error, "", "more than %d events", INTAKE_EVENTS_MAX);
    intake->items = arena_take(arena, (count + 1) * sizeof *intake->items);
    intake->count = count;
    for (size_t i = 0; i < count; i++)
        read_json_item(json_array_get(array, i), arena, &intake->items[i]);
    return true;
}

static bool read_lines(const char *text, size_t length, struct arena *arena, struct intake *intake,
                       struct verify_error *error)
{
    size_t lines = 1; // no more than are taken, whatever the body holds: it may be all line ends
    for (size_t i = 0; i < length && lines < INTAKE_EVENTS_MAX; i++)
        lines += text[i] == '\n';
    intake->items = arena_take(arena, lines * sizeof *intake->items);
    for (size_t from = 0, to; from < length; from = to + 1) {
        const char *end = memchr(text + from, '\n', length - from);
        to = end != NULL ? (size_t)(end - text) : length;
        size_t at = from;
        while (at < to && isspace((unsigned char)text[at]))
            at++;
        if (at == to)
            continue;
        if (intake->count == INTAKE_EVENTS_MAX)
            return verify_fail(error, "", "more than %d events", INTAKE_EVENTS_MAX);
        struct intake_item *item = &intake->items[intake->count++];
        *item = (struct intake_item){0};
        item->event = (Tend__V1__Event *)codec_from_text(&tend__v1__event__descriptor, text + at, to - at,
                                                         arena_allocator(arena), &item->error);
    }
    return true;
}

static bool has_type(const char *content_type, const char *name)
{
    size_t length = strlen(name);
    return strncasecmp(content_type, name, length) == 0 &&
           (content_type[length] == '\0' || content_type[length] == ';' || content_type[length] == ' ');
}

static bool is_lines(const struct request *request)
{
    return has_type(request->content_type, "application/x-ndjson") ||
           has_type(request->content_type, "application/jsonl") ||
           has_type(request->content_type, "application/x-jsonlines");
}

// One event over several lines is one JSON value; several values, each on its line, are JSON lines.
static bool several_values(const char *text, size_t length)
{
    json_error_t error;
    json_t *first = json_loadb(text, length, JSON_DISABLE_EOF_CHECK, &error);
    if (first == NULL)
        return false;
    json_decref(first);
    bool ended = false;
    for (size_t at = (size_t)error.position; at < length; at++) {
        if (!isspace((unsigned char)text[at]))
            return ended && text[at] == '{';
        ended = ended || text[at] == '\n';
    }
    return false;
}

bool intake_read(const struct request *request, struct arena *arena, struct intake *ret_intake,
                 struct verify_error *ret_error)
{
    *ret_intake = (struct intake){0};
    if (has_type(request->content_type, "application/x-protobuf"))
        return read_packed(request, arena, ret_intake, ret_error);
    if (cloudevents_is(request))
        return cloudevents_read(request, arena, ret_intake, ret_error);
    const char *text = (const char *)request->body;
    size_t length = request->length, at = 0;
    if (length > CODEC_TEXT_BYTES)
        return verify_fail(ret_error, "", "the body is longer than %d bytes", CODEC_TEXT_BYTES);
    while (at < length && isspace((unsigned char)text[at]))
        at++;
    if (at == length)
        return verify_fail(ret_error, "", "the body is empty");
    if (is_lines(request) || (text[at] == '{' && several_values(text, length)))
        return read_lines(text, length, arena, ret_intake, ret_error);
    if (text[at] != '[') {
        ret_intake->single = true;
        ret_intake->count = 1;
        ret_intake->items = arena_zero(arena, 1, sizeof *ret_intake->items);
        struct intake_item *item = ret_intake->items;
        item->event = (Tend__V1__Event *)codec_from_text(&tend__v1__event__descriptor, text, length,
                                                         arena_allocator(arena), &item->error);
        return true;
    }
    json_error_t error;
    // A NUL inside a string is let through here and refused where the field is known.
    json_t *array = json_loadb(text, length, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
    if (array == NULL)
        return verify_fail(ret_error, "", "line %d, column %d: %s", error.line, error.column, error.text);
    bool read = read_array(array, arena, ret_intake, ret_error);
    json_decref(array);
    return read;
}

// The canonical form has known fields only. What is hidden lies in the arena and needs no freeing.
static void hide_unknown(ProtobufCMessage *message)
{
    message->n_unknown_fields = 0;
    for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];
        if (field->type != PROTOBUF_C_TYPE_MESSAGE)
            continue;
        const char *at = (const char *)message + field->offset;
        const uint32_t *present = (const void *)((const char *)message + field->quantifier_offset);
        if (field->label == PROTOBUF_C_LABEL_REPEATED) {
            ProtobufCMessage **list = *(ProtobufCMessage * *const *)(const void *)at;
            size_t count = *(const size_t *)(const void *)present;
            for (size_t j = 0; j < count; j++)
                hide_unknown(list[j]);
        } else if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) == 0 || *present == field->id) {
            ProtobufCMessage *inner = *(ProtobufCMessage *const *)(const void *)at;
            if (inner != NULL)
                hide_unknown(inner);
        }
    }
}

static struct slice pack(const Tend__V1__Event *event, struct arena *arena)
{
    size_t length = tend__v1__event__get_packed_size(event);
    uint8_t *bytes = arena_take(arena, length + 1);
    must(tend__v1__event__pack(event, bytes) == length);
    return (struct slice){bytes, length};
}

bool intake_fits(const struct intake_item *item, struct verify_error *ret_error)
{
    size_t length = item->bytes != NULL ? item->length : tend__v1__event__get_packed_size(item->event);
    return length <= RECORD_PAYLOAD_MAX || verify_fail(ret_error, "", "an event may have %d bytes", RECORD_PAYLOAD_MAX);
}

void intake_record(const struct intake_item *item, uint32_t shards, struct arena *arena, struct record *ret_record)
{
    Tend__V1__Event *event = item->event;
    struct record record = {.type = TEND__V1__RECORD_TYPE__RECORD_TYPE_EVENT, .version = 1, .shard = SHARD_ALL};
    hash_pair(event->source, strlen(event->source), event->id, strlen(event->id), record.key);
    if (event->customer_id[0] != '\0')
        record.shard = (uint16_t)(hash_short(event->customer_id, strlen(event->customer_id)) % shards);
    if (event->historical)
        record.flags |= RECORD_HISTORICAL;

    // The content is the known fields in canonical form, without `historical`: mostly the very bytes that came.
    bool historical = event->historical != 0;
    struct slice payload = {item->bytes, item->length};
    record.digested = item->bytes != NULL && item->canonical && !historical;
    if (record.digested) {
        hash_content(payload.bytes, payload.length, record.digest);
    } else {
        event->historical = 0;
        hide_unknown(&event->base);
        struct slice content = pack(event, arena);
        hash_content(content.bytes, content.length, record.digest);
        event->historical = historical;
        // What came packed is carried on byte for byte, with the fields that only a newer reader knows.
        if (item->bytes == NULL)
            payload = historical ? pack(event, arena) : content;
    }
    record.content = store_get_u64(record.digest);
    record.payload = payload.bytes;
    record.length = payload.length;
    *ret_record = record;
}

static const char *const status_words[] = {"", "stored", "known", "invalid", "conflict"};

static void answer_single(struct turn *turn, const Tend__V1__EventResult *result, struct reply *ret_reply)
{
    bool taken = result->status == TEND__V1__EVENT_STATUS__EVENT_STATUS_STORED ||
                 result->status == TEND__V1__EVENT_STATUS__EVENT_STATUS_KNOWN;
    if (!taken) {
        int status = result->status == TEND__V1__EVENT_STATUS__EVENT_STATUS_CONFLICT ? 409 : 400;
        reply_error(turn, status, result->field, result->reason, ret_reply);
        return;
    }
    char *body = arena_format(turn->arena, "{\"status\":\"%s\"}", status_words[result->status]);
    *ret_reply =
        (struct reply){.status = 200, .content_type = "application/json", .body = body, .length = strlen(body)};
}

void intake_answer(struct turn *turn, const struct intake *intake, Tend__V1__EventResult *results,
                   struct reply *ret_reply)
{
    if (intake->single) {
        answer_single(turn, results, ret_reply);
        return;
    }
    Tend__V1__EventResults answer = TEND__V1__EVENT_RESULTS__INIT;
    for (size_t i = 0; i < intake->count; i++) {
        answer.stored += results[i].status == TEND__V1__EVENT_STATUS__EVENT_STATUS_STORED;
        answer.known += results[i].status == TEND__V1__EVENT_STATUS__EVENT_STATUS_KNOWN;
    }
    answer.refused = (uint32_t)intake->count - answer.stored - answer.known;
    if (answer.stored < intake->count || !intake->packed) {
        answer.n_results = intake->count;
        answer.results = arena_take(turn->arena, (intake->count + 1) * sizeof *answer.results);
        for (size_t i = 0; i < intake->count; i++)
            answer.results[i] = &results[i];
    }
    if (!intake->packed) {
        reply_message(turn, &answer.base, ret_reply);
        return;
    }
    size_t length = tend__v1__event_results__get_packed_size(&answer);
    uint8_t *body = arena_take(turn->arena, length + 1);
    tend__v1__event_results__pack(&answer, body);
    *ret_reply = (struct reply){
        .status = 200, .content_type = "application/x-protobuf", .body = (const char *)body, .length = length};
}
