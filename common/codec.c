#include "common/codec.h"

#include "common/choice.h"
#include "common/fieldname.h"
#include "common/jsontext.h"
#include "common/jsonvalue.h"
#include "common/money.h"
#include "common/must.h"
#include "common/stamp.h"

#include "google/protobuf/timestamp.pb-c.h"
#include "tend/v1/event.pb-c.h"

#include <float.h>
#include <stdlib.h>
#include <string.h>

enum {
    SHOWN_BYTES = 40, // of a wrong value in an error
};

typedef const ProtobufCFieldDescriptor field_descriptor;

#define AT(type, message, offset) ((type *)(void *)((char *)(message) + (offset)))
#define AT_CONST(type, message, offset) ((const type *)(const void *)((const char *)(message) + (offset)))

// --- reading values: each puts one in its place, and leaves the error's field to the caller ---

struct reader {
    ProtobufCAllocator *allocator;
    struct verify_error *error;
    unsigned depth;
};

static void *take(struct reader *reader, size_t bytes)
{
    ProtobufCAllocator *allocator = reader->allocator;
    void *memory = allocator == NULL ? malloc(bytes) : allocator->alloc(allocator->allocator_data, bytes);
    if (memory == NULL)
        verify_fail(reader->error, "", "needs too much memory");
    return memory;
}

static void give(struct reader *reader, void *memory)
{
    if (reader->allocator == NULL)
        free(memory);
    else
        reader->allocator->free(reader->allocator->allocator_data, memory);
}

// True without a fault.
static bool good(struct reader *reader, const char *fault)
{
    return fault == NULL || verify_fail(reader->error, "", "%s", fault);
}

static bool copy(struct reader *reader, const char *text, size_t length, char **ret_copy)
{
    char *bytes = take(reader, length + 1);
    if (bytes == NULL)
        return false;
    memcpy(bytes, text, length);
    bytes[length] = '\0';
    *ret_copy = bytes;
    return true;
}

static bool read_int32(struct reader *reader, field_descriptor *field, const json_t *json, void *ret_value)
{
    (void)field;
    int64_t number;
    if (!good(reader, jsonvalue_signed(json, INT32_MIN, INT32_MAX, &number)))
        return false;
    *(int32_t *)ret_value = (int32_t)number;
    return true;
}

static bool read_int64(struct reader *reader, field_descriptor *field, const json_t *json, void *ret_value)
{
    (void)field;
    return good(reader, jsonvalue_signed(json, INT64_MIN, INT64_MAX, ret_value));
}

static bool read_uint32(struct reader *reader, field_descriptor *field, const json_t *json, void *ret_value)
{
    (void)field;
    uint64_t number;
    if (!good(reader, jsonvalue_unsigned(json, UINT32_MAX, &number)))
        return false;
    *(uint32_t *)ret_value = (uint32_t)number;
    return true;
}

static bool read_uint64(struct reader *reader, field_descriptor *field, const json_t *json, void *ret_value)
{
    (void)field;
    return good(reader, jsonvalue_unsigned(json, UINT64_MAX, ret_value));
}

static bool read_float(struct reader *reader, field_descriptor *field, const json_t *json, void *ret_value)
{
    (void)field;
    double number;
    if (!good(reader, jsonvalue_real(json, (double)FLT_MAX, &number)))
        return false;
    *(float *)ret_value = (float)number;
    return true;
}

static bool read_double(struct reader *reader, field_descriptor *field, const json_t *json, void *ret_value)
{
    (void)field;
    return good(reader, jsonvalue_real(json, DBL_MAX, ret_value));
}

static bool read_bool(struct reader *reader, field_descriptor *field, const json_t *json, void *ret_value)
{
    (void)field;
    if (!json_is_boolean(json))
        return good(reader, "neither true nor false");
    *(protobuf_c_boolean *)ret_value = json_is_true(json);
    return true;
}

static bool read_choice(struct reader *reader, field_descriptor *field, const json_t *json, void *ret_value)
{
    const ProtobufCEnumDescriptor *choice = field->descriptor;
    if (json_is_integer(json)) {
        json_int_t number = json_integer_value(json);
        if (number < INT32_MIN || number > INT32_MAX ||
            protobuf_c_enum_descriptor_get_value(choice, (int)number) == NULL)
            return verify_fail(reader->error, "", "%lld is no %s", (long long)number, choice->short_name);
        *(int *)ret_value = (int)number;
        return true;
    }
    const char *text;
    size_t length;
    if (!good(reader, jsonvalue_string(json, &text, &length)))
        return false;
    char meant[CHOICE_TEXT_BYTES];
    if (choice_parse(choice, text, ret_value))
        return true;
    if (choice_nearest(choice, text, meant))
        return verify_fail(reader->error, "", "\"%.*s\" is no %s; did you mean \"%s\"?", SHOWN_BYTES, text,
                           choice->short_name, meant);
    return verify_fail(reader->error, "", "\"%.*s\" is no %s", SHOWN_BYTES, text, choice->short_name);
}

static bool read_string(struct reader *reader, field_descriptor *field, const json_t *json, void *ret_value)
{
    (void)field;
    const char *text;
    size_t length;
    return good(reader, jsonvalue_string(json, &text, &length)) && copy(reader, text, length, ret_value);
}

static bool read_bytes(struct reader *reader, field_descriptor *field, const json_t *json, void *ret_value)
{
    (void)field;
    const char *text;
    size_t length;
    if (!good(reader, jsonvalue_string(json, &text, &length)))
        return false;
    uint8_t *bytes = take(reader, JSONVALUE_BASE64_ROOM(length));
    if (bytes == NULL)
        return false;
    if (!good(reader, jsonvalue_base64(json, bytes, &length))) {
        give(reader, bytes);
        return false;
    }
    *(ProtobufCBinaryData *)ret_value = (ProtobufCBinaryData){length, bytes};
    return true;
}

static ProtobufCMessage *read_new(struct reader *reader, const ProtobufCMessageDescriptor *descriptor,
                                  const json_t *json);

static bool read_message(struct reader *reader, field_descriptor *field, const json_t *json, void *ret_value)
{
    ProtobufCMessage *message = read_new(reader, field->descriptor, json);
    if (message == NULL)
        return false;
    *(ProtobufCMessage **)ret_value = message;
    return true;
}

// --- writing values ---

static void write_int32(struct jsontext *text, field_descriptor *field, const void *value, unsigned flags)
{
    (void)field;
    (void)flags;
    jsontext_signed(text, *(const int32_t *)value);
}

static void write_uint32(struct jsontext *text, field_descriptor *field, const void *value, unsigned flags)
{
    (void)field;
    (void)flags;
    jsontext_unsigned(text, *(const uint32_t *)value);
}

static void write_int64(struct jsontext *text, field_descriptor *field, const void *value, unsigned flags)
{
    (void)field;
    (void)flags;
    jsontext_byte(text, '"');
    jsontext_signed(text, *(const int64_t *)value);
    jsontext_byte(text, '"');
}

static void write_uint64(struct jsontext *text, field_descriptor *field, const void *value, unsigned flags)
{
    (void)field;
    (void)flags;
    jsontext_byte(text, '"');
    jsontext_unsigned(text, *(const uint64_t *)value);
    jsontext_byte(text, '"');
}

static void write_float(struct jsontext *text, field_descriptor *field, const void *value, unsigned flags)
{
    (void)field;
    (void)flags;
    jsontext_real(text, (double)*(const float *)value, true);
}

static void write_double(struct jsontext *text, field_descriptor *field, const void *value, unsigned flags)
{
    (void)field;
    (void)flags;
    jsontext_real(text, *(const double *)value, false);
}

static void write_bool(struct jsontext *text, field_descriptor *field, const void *value, unsigned flags)
{
    (void)field;
    (void)flags;
    bool yes = *(const protobuf_c_boolean *)value != 0;
    jsontext_put(text, yes ? "true" : "false", yes ? 4 : 5);
}

static void write_choice(struct jsontext *text, field_descriptor *field, const void *value, unsigned flags)
{
    (void)flags;
    int number = *(const int *)value;
    const ProtobufCEnumValue *known = protobuf_c_enum_descriptor_get_value(field->descriptor, number);
    if (known != NULL)
        jsontext_string(text, known->name, strlen(known->name));
    else
        jsontext_signed(text, number);
}

static void write_string(struct jsontext *text, field_descriptor *field, const void *value, unsigned flags)
{
    (void)field;
    (void)flags;
    const char *string = *(char *const *)value;
    jsontext_string(text, string == NULL ? "" : string, string == NULL ? 0 : strlen(string));
}

static void write_bytes(struct jsontext *text, field_descriptor *field, const void *value, unsigned flags)
{
    (void)field;
    (void)flags;
    const ProtobufCBinaryData *data = value;
    jsontext_base64(text, data->data, data->len);
}

static void write_any(struct jsontext *text, const ProtobufCMessage *message, unsigned flags);

static void write_message(struct jsontext *text, field_descriptor *field, const void *value, unsigned flags)
{
    (void)field;
    const ProtobufCMessage *message = *(ProtobufCMessage *const *)value;
    if (message == NULL)
        jsontext_put(text, "null", 4);
    else
        write_any(text, message, flags);
}

// --- the types of fields, each with its readers and writers ---

struct kind {
    size_t size;
    bool (*read)(struct reader *reader, field_descriptor *field, const json_t *json, void *ret_value);
    void (*write)(struct jsontext *text, field_descriptor *field, const void *value, unsigned flags);
};

static const struct kind kinds[] = {
    [PROTOBUF_C_TYPE_INT32] = {sizeof(int32_t), read_int32, write_int32},
    [PROTOBUF_C_TYPE_SINT32] = {sizeof(int32_t), read_int32, write_int32},
    [PROTOBUF_C_TYPE_SFIXED32] = {sizeof(int32_t), read_int32, write_int32},
    [PROTOBUF_C_TYPE_INT64] = {sizeof(int64_t), read_int64, write_int64},
    [PROTOBUF_C_TYPE_SINT64] = {sizeof(int64_t), read_int64, write_int64},
    [PROTOBUF_C_TYPE_SFIXED64] = {sizeof(int64_t), read_int64, write_int64},
    [PROTOBUF_C_TYPE_UINT32] = {sizeof(uint32_t), read_uint32, write_uint32},
    [PROTOBUF_C_TYPE_FIXED32] = {sizeof(uint32_t), read_uint32, write_uint32},
    [PROTOBUF_C_TYPE_UINT64] = {sizeof(uint64_t), read_uint64, write_uint64},
    [PROTOBUF_C_TYPE_FIXED64] = {sizeof(uint64_t), read_uint64, write_uint64},
    [PROTOBUF_C_TYPE_FLOAT] = {sizeof(float), read_float, write_float},
    [PROTOBUF_C_TYPE_DOUBLE] = {sizeof(double), read_double, write_double},
    [PROTOBUF_C_TYPE_BOOL] = {sizeof(protobuf_c_boolean), read_bool, write_bool},
    [PROTOBUF_C_TYPE_ENUM] = {sizeof(int), read_choice, write_choice},
    [PROTOBUF_C_TYPE_STRING] = {sizeof(char *), read_string, write_string},
    [PROTOBUF_C_TYPE_BYTES] = {sizeof(ProtobufCBinaryData), read_bytes, write_bytes},
    [PROTOBUF_C_TYPE_MESSAGE] = {sizeof(ProtobufCMessage *), read_message, write_message},
};

// --- reading messages ---

static bool unknown_field(struct reader *reader, const ProtobufCMessageDescriptor *descriptor, const char *key)
{
    char meant[FIELDNAME_BYTES], all[VERIFY_TEXT_BYTES / 2];
    bool near = fieldname_nearest(descriptor, key, meant);
    if (!near && fieldname_list(descriptor, all, sizeof all))
        return verify_fail(reader->error, key, "unknown field; there are %s", all);
    if (!near)
        return verify_fail(reader->error, key, "unknown field");
    return verify_fail(reader->error, key, "unknown field; did you mean \"%s\"?", meant);
}

static bool read_list(struct reader *reader, field_descriptor *field, const json_t *json, ProtobufCMessage *message)
{
    if (!json_is_array(json))
        return verify_fail(reader->error, field->name, "not a list");
    size_t count = json_array_size(json);
    if (count > VERIFY_REPEATED)
        return verify_fail(reader->error, field->name, "has %zu entries, more than %d", count, VERIFY_REPEATED);
    if (count == 0)
        return true;
    const struct kind *kind = &kinds[field->type];
    char *list = take(reader, count * kind->size);
    if (list == NULL)
        return verify_under(reader->error, field->name, -1);
    *AT(char *, message, field->offset) = list;
    // The count goes up with each good entry, so that freeing a half-read list frees what is there.
    size_t *done = AT(size_t, message, field->quantifier_offset);
    for (; *done < count; (*done)++) {
        const json_t *entry = json_array_get(json, *done);
        bool whole = json_is_null(entry) ? verify_fail(reader->error, "", "is null")
                                         : kind->read(reader, field, entry, list + *done * kind->size);
        if (!whole)
            return verify_under(reader->error, field->name, (ptrdiff_t)*done);
    }
    return true;
}

static bool read_one(struct reader *reader, field_descriptor *field, const json_t *json, ProtobufCMessage *message)
{
    bool choice = (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0;
    uint32_t *chosen = AT(uint32_t, message, field->quantifier_offset);
    if (choice && *chosen != 0)
        return verify_fail(reader->error, field->name, "only one may be set, and %s is",
                           protobuf_c_message_descriptor_get_field(message->descriptor, *chosen)->name);
    if (!kinds[field->type].read(reader, field, json, AT(void, message, field->offset)))
        return verify_under(reader->error, field->name, -1);
    if (choice)
        *chosen = field->id;
    return true;
}

static bool read_fields(struct reader *reader, const json_t *json, ProtobufCMessage *message)
{
    const ProtobufCMessageDescriptor *descriptor = message->descriptor;
    must(descriptor->n_fields <= VERIFY_FIELDS);
    if (!json_is_object(json))
        return good(reader, "not an object");
    if (reader->depth > CODEC_DEPTH)
        return verify_fail(reader->error, "", "nested deeper than %d", CODEC_DEPTH);
    bool seen[VERIFY_FIELDS] = {false};
    json_t *object = (json_t *)(uintptr_t)json; // jansson's iterators ask for it, and change nothing
    for (void *at = json_object_iter(object); at != NULL; at = json_object_iter_next(object, at)) {
        const char *key = json_object_iter_key(at);
        const json_t *value = json_object_iter_value(at);
        field_descriptor *field = fieldname_find(descriptor, key);
        if (field == NULL)
            return unknown_field(reader, descriptor, key);
        // jansson has refused equal keys; here "orderId" meets "order_id".
        bool *known = &seen[field - descriptor->fields];
        if (*known)
            return verify_fail(reader->error, field->name, "appears twice");
        *known = true;
        bool list = field->label == PROTOBUF_C_LABEL_REPEATED;
        if (!json_is_null(value) && !(list ? read_list : read_one)(reader, field, value, message))
            return false;
    }
    return true;
}

static bool read_instant(struct reader *reader, const json_t *json, ProtobufCMessage *message)
{
    Google__Protobuf__Timestamp *instant = (Google__Protobuf__Timestamp *)(void *)message;
    return good(reader, jsonvalue_instant(json, &instant->seconds, &instant->nanos));
}

static bool read_money(struct reader *reader, const json_t *json, ProtobufCMessage *message)
{
    Tend__V1__Money *money = (Tend__V1__Money *)(void *)message;
    const char *code;
    if (!good(reader, jsonvalue_money(json, &money->micros, &code)))
        return false;
    return code[0] == '\0' || copy(reader, code, strlen(code), &money->currency);
}

static ProtobufCMessage *read_new(struct reader *reader, const ProtobufCMessageDescriptor *descriptor,
                                  const json_t *json)
{
    ProtobufCMessage *message = take(reader, descriptor->sizeof_message);
    if (message == NULL)
        return NULL;
    descriptor->message_init(message);
    bool (*read)(struct reader *, const json_t *, ProtobufCMessage *) = read_fields;
    if (descriptor == &google__protobuf__timestamp__descriptor)
        read = read_instant;
    else if (descriptor == &tend__v1__money__descriptor)
        read = read_money;
    reader->depth++;
    bool whole = read(reader, json, message);
    reader->depth--;
    if (whole)
        return message;
    protobuf_c_message_free_unpacked(message, reader->allocator);
    return NULL;
}

ProtobufCMessage *codec_from_json(const ProtobufCMessageDescriptor *descriptor, const json_t *json,
                                  ProtobufCAllocator *allocator, struct verify_error *ret_error)
{
    struct reader reader = {allocator, ret_error, 0};
    return read_new(&reader, descriptor, json);
}

// Brackets within brackets, outside strings: seen before anything is built from them.
static bool shallow(const char *text, size_t length)
{
    unsigned depth = 0;
    bool quoted = false;
    for (size_t at = 0; at < length; at++) {
        char byte = text[at];
        if (quoted && byte == '\\')
            at++;
        else if (byte == '"')
            quoted = !quoted;
        else if (!quoted && (byte == '{' || byte == '['))
            depth++;
        else if (!quoted && (byte == '}' || byte == ']'))
            depth -= depth > 0;
        if (depth > CODEC_DEPTH)
            return false;
    }
    return true;
}

ProtobufCMessage *codec_from_text(const ProtobufCMessageDescriptor *descriptor, const char *text, size_t length,
                                  ProtobufCAllocator *allocator, struct verify_error *ret_error)
{
    if (length > CODEC_TEXT_BYTES) {
        verify_fail(ret_error, "", "longer than %d bytes", CODEC_TEXT_BYTES);
        return NULL;
    }
    if (!shallow(text, length)) {
        verify_fail(ret_error, "", "nested deeper than %d", CODEC_DEPTH);
        return NULL;
    }
    // A NUL inside a string is let through here and refused where the field is known.
    json_error_t error;
    json_t *json = json_loadb(length == 0 ? "" : text, length, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
    if (json == NULL) {
        verify_fail(ret_error, "", "not JSON: line %d, column %d: %s", error.line, error.column, error.text);
        return NULL;
    }
    ProtobufCMessage *message = codec_from_json(descriptor, json, allocator, ret_error);
    json_decref(json);
    return message;
}

// --- writing messages ---

// What proto3 does not put on the wire either. A message that is there is never a default.
static bool is_default(field_descriptor *field, const void *value)
{
    static const char zeros[sizeof(ProtobufCBinaryData)];
    if (field->type == PROTOBUF_C_TYPE_STRING)
        return *(char *const *)value == NULL || **(char *const *)value == '\0';
    if (field->type == PROTOBUF_C_TYPE_BYTES)
        return ((const ProtobufCBinaryData *)value)->len == 0;
    if (field->type == PROTOBUF_C_TYPE_DOUBLE)
        return !(*(const double *)value < 0) && !(*(const double *)value > 0) && *(const double *)value < 1;
    if (field->type == PROTOBUF_C_TYPE_FLOAT)
        return !(*(const float *)value < 0) && !(*(const float *)value > 0) && *(const float *)value < 1;
    return memcmp(value, zeros, kinds[field->type].size) == 0;
}

static bool is_written(field_descriptor *field, const ProtobufCMessage *message, unsigned flags)
{
    const void *value = AT_CONST(void, message, field->offset);
    if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0)
        return *AT_CONST(uint32_t, message, field->quantifier_offset) == field->id;
    if (field->label == PROTOBUF_C_LABEL_REPEATED)
        return (flags & CODEC_DEFAULTS) != 0 || *AT_CONST(size_t, message, field->quantifier_offset) > 0;
    if (field->type == PROTOBUF_C_TYPE_MESSAGE)
        return *AT_CONST(void *, message, field->offset) != NULL;
    return (flags & CODEC_DEFAULTS) != 0 || !is_default(field, value);
}

static void write_name(struct jsontext *text, const char *name, unsigned flags)
{
    char camel[FIELDNAME_BYTES];
    size_t length = fieldname_print(name, camel);
    bool snake = (flags & CODEC_SNAKE) != 0;
    jsontext_byte(text, '"');
    jsontext_put(text, snake ? name : camel, snake ? strlen(name) : length);
    jsontext_put(text, "\":", 2);
}

static void write_list(struct jsontext *text, field_descriptor *field, const ProtobufCMessage *message, unsigned flags)
{
    const struct kind *kind = &kinds[field->type];
    size_t count = *AT_CONST(size_t, message, field->quantifier_offset);
    const char *list = *AT_CONST(char *, message, field->offset);
    jsontext_byte(text, '[');
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            jsontext_byte(text, ',');
        kind->write(text, field, list + i * kind->size, flags);
    }
    jsontext_byte(text, ']');
}

static void write_fields(struct jsontext *text, const ProtobufCMessage *message, unsigned flags)
{
    const ProtobufCMessageDescriptor *descriptor = message->descriptor;
    bool first = true;
    jsontext_byte(text, '{');
    for (unsigned i = 0; i < descriptor->n_fields; i++) {
        field_descriptor *field = &descriptor->fields[i];
        if (!is_written(field, message, flags))
            continue;
        if (!first)
            jsontext_byte(text, ',');
        first = false;
        write_name(text, field->name, flags);
        if (field->label == PROTOBUF_C_LABEL_REPEATED)
            write_list(text, field, message, flags);
        else
            kinds[field->type].write(text, field, AT_CONST(void, message, field->offset), flags);
    }
    jsontext_byte(text, '}');
}

static void write_instant(struct jsontext *text, const Google__Protobuf__Timestamp *instant)
{
    char stamp[STAMP_TEXT_BYTES];
    jsontext_string(text, stamp, stamp_print(instant->seconds, instant->nanos, stamp));
}

static void write_money(struct jsontext *text, const Tend__V1__Money *money)
{
    char amount[MONEY_TEXT_BYTES + MONEY_CODE_BYTES + 1];
    size_t length = money_print(money->micros, amount);
    if (money->currency != NULL && money_code_valid(money->currency)) {
        amount[length++] = ' ';
        memcpy(amount + length, money->currency, MONEY_CODE_BYTES);
        length += MONEY_CODE_BYTES - 1;
    }
    jsontext_string(text, amount, length);
}

static void write_any(struct jsontext *text, const ProtobufCMessage *message, unsigned flags)
{
    const Google__Protobuf__Timestamp *instant = (const Google__Protobuf__Timestamp *)(const void *)message;
    if (message->descriptor == &tend__v1__money__descriptor)
        write_money(text, (const Tend__V1__Money *)(const void *)message);
    else if (message->descriptor == &google__protobuf__timestamp__descriptor &&
             stamp_valid(instant->seconds, instant->nanos))
        write_instant(text, instant);
    else
        write_fields(text, message, flags);
}

char *codec_to_text(const ProtobufCMessage *message, unsigned flags, ProtobufCAllocator *allocator, size_t *ret_length)
{
    struct jsontext text = {.allocator = allocator};
    write_any(&text, message, flags);
    return jsontext_take(&text, ret_length);
}
