#include "services/tend/jsonrow.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

const char json_row_absent[1] = "";

struct writer {
    char *text;
    size_t room, used;
    bool full;
};

static void put(struct writer *writer, const char *bytes, size_t length)
{
    if (writer->full || writer->used + length + 1 > writer->room) {
        writer->full = true;
        return;
    }
    if (length > 0)
        memcpy(writer->text + writer->used, bytes, length);
    writer->used += length;
}

// False for an object, or an array within an array.
static bool put_value(struct writer *writer, const json_t *value, bool inside)
{
    char number[64];
    int length = 0;
    switch (json_typeof(value)) {
    case JSON_STRING:
        put(writer, json_string_value(value), json_string_length(value));
        return true;
    case JSON_INTEGER:
        length = snprintf(number, sizeof number, "%lld", (long long)json_integer_value(value));
        put(writer, number, (size_t)length);
        return true;
    case JSON_REAL:
        length = snprintf(number, sizeof number, "%.15g", json_real_value(value));
        put(writer, number, (size_t)length);
        return true;
    case JSON_TRUE:
        put(writer, "true", 4);
        return true;
    case JSON_FALSE:
        put(writer, "false", 5);
        return true;
    case JSON_NULL:
        return true;
    case JSON_ARRAY:
        for (size_t i = 0; i < json_array_size(value); i++) {
            put(writer, ";", i == 0 ? 0 : 1);
            if (inside || !put_value(writer, json_array_get(value, i), true))
                return false;
        }
        return true;
    case JSON_OBJECT:
        break;
    }
    return false;
}

static bool fill(const json_t *object, struct json_row *row, char *ret_reason, size_t reason_bytes)
{
    struct writer writer = {row->text, row->room, 0, false};
    for (size_t i = 0; i < row->count; i++) {
        size_t start = writer.used;
        const json_t *value = json_object_get(object, row->columns[i]);
        if (value != NULL && !put_value(&writer, value, false)) {
            snprintf(ret_reason, reason_bytes, "holds an object in \"%s\" where a plain value belongs",
                     row->columns[i]);
            return false;
        }
        row->fields[i] = (struct field){value == NULL ? json_row_absent : writer.text + start, writer.used - start};
        if (writer.full || row->fields[i].length > TABLE_FIELD_MAX) {
            snprintf(ret_reason, reason_bytes, "has a field longer than 65,536 bytes");
            return false;
        }
        writer.text[writer.used++] = '\0';
    }
    return true;
}

bool json_row_read(const char *text, size_t length, struct json_row *row, char *ret_reason, size_t reason_bytes)
{
    json_error_t error;
    json_t *object = json_loadb(text, length, JSON_REJECT_DUPLICATES, &error);
    if (object == NULL || !json_is_object(object)) {
        snprintf(ret_reason, reason_bytes, "is no JSON object: %.150s", object == NULL ? error.text : "another value");
        json_decref(object);
        return false;
    }
    bool good = fill(object, row, ret_reason, reason_bytes);
    json_decref(object);
    return good;
}
