// Random messages of any descriptor, valid in what verify looks at: the same seed makes the same messages.
#ifndef TEND_TESTS_RANDOM_MESSAGE_H
#define TEND_TESTS_RANDOM_MESSAGE_H

#include "common/money.h"
#include "common/stamp.h"

#include "google/protobuf/timestamp.pb-c.h"
#include "tend/v1/event.pb-c.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static uint64_t seed;

static uint64_t chance(uint64_t below)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (seed >> 33) % below;
}

static uint64_t wide(void)
{
    uint64_t number = chance(UINT32_MAX) << 32 | chance(UINT32_MAX);
    return chance(4) == 0 ? chance(2) - chance(2) : number >> chance(64);
}

static void *zeroed(size_t bytes)
{
    void *memory = calloc(1, bytes == 0 ? 1 : bytes);
    assert_non_null(memory);
    return memory;
}

static char *random_text(void)
{
    static const char *const pieces[] = {
        "a", "Z", "9", " ", "\"", "\\", "\n", "\t", "/", "\xC3\xA9", "\xE7\x8E\x8B", "\xF0\x9F\x98\x80", "\xEF\xBF\xBF",
        "<"};
    size_t count = chance(12);
    char *text = zeroed(count * 4 + 1);
    for (size_t i = 0; i < count; i++)
        strcat(text, pieces[chance(sizeof pieces / sizeof pieces[0])]);
    return text;
}

static double random_real(void)
{
    uint64_t bits = wide() << 32 ^ wide();
    double real;
    memcpy(&real, &bits, sizeof real);
    return isnan(real) ? 0.5 : real;
}

static ProtobufCMessage *random_message(const ProtobufCMessageDescriptor *descriptor, unsigned depth);

static void random_value(const ProtobufCFieldDescriptor *field, void *value, unsigned depth)
{
    const ProtobufCEnumDescriptor *choice = field->descriptor;
    switch (field->type) {
    case PROTOBUF_C_TYPE_FLOAT:
        *(float *)value = (float)random_real();
        break;
    case PROTOBUF_C_TYPE_DOUBLE:
        *(double *)value = random_real();
        break;
    case PROTOBUF_C_TYPE_BOOL:
        *(protobuf_c_boolean *)value = (protobuf_c_boolean)chance(2);
        break;
    case PROTOBUF_C_TYPE_ENUM:
        *(int *)value = choice->values[chance(choice->n_values)].value;
        break;
    case PROTOBUF_C_TYPE_STRING:
        *(char **)value = random_text();
        break;
    case PROTOBUF_C_TYPE_BYTES:
        *(ProtobufCBinaryData *)value = (ProtobufCBinaryData){chance(20), zeroed(20)};
        for (int i = 0; i < 20; i++)
            ((ProtobufCBinaryData *)value)->data[i] = (uint8_t)chance(256);
        break;
    case PROTOBUF_C_TYPE_MESSAGE:
        *(ProtobufCMessage **)value = random_message(field->descriptor, depth + 1);
        break;
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_SFIXED32:
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32:
        *(uint32_t *)value = (uint32_t)wide();
        break;
    default:
        *(uint64_t *)value = wide();
    }
}

static size_t value_bytes(ProtobufCType type)
{
    switch (type) {
    case PROTOBUF_C_TYPE_BYTES:
        return sizeof(ProtobufCBinaryData);
    case PROTOBUF_C_TYPE_ENUM:
    case PROTOBUF_C_TYPE_BOOL:
    case PROTOBUF_C_TYPE_FLOAT:
        return 4;
    default:
        return 8;
    }
}

static void random_fields(ProtobufCMessage *message, unsigned depth)
{
    const ProtobufCMessageDescriptor *descriptor = message->descriptor;
    unsigned many = descriptor->n_fields > 20 ? 4 : 2;
    for (unsigned i = 0; i < descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &descriptor->fields[i];
        char *place = (char *)message + field->offset;
        char *quantifier = (char *)message + field->quantifier_offset;
        if (chance(many) == 0 || (field->type == PROTOBUF_C_TYPE_MESSAGE && depth > 4))
            continue;
        if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0) {
            if (*(uint32_t *)(void *)quantifier != 0 || chance(many) != 0)
                continue;
            *(uint32_t *)(void *)quantifier = field->id;
            random_value(field, place, depth);
        } else if (field->label == PROTOBUF_C_LABEL_REPEATED) {
            size_t count = chance(4);
            size_t bytes = value_bytes(field->type);
            char *list = count == 0 ? NULL : zeroed(count * bytes);
            for (size_t n = 0; n < count; n++)
                random_value(field, list + n * bytes, depth);
            *(void **)(void *)place = list;
            *(size_t *)(void *)quantifier = count;
        } else {
            random_value(field, place, depth);
        }
    }
}

static ProtobufCMessage *random_message(const ProtobufCMessageDescriptor *descriptor, unsigned depth)
{
    ProtobufCMessage *message = zeroed(descriptor->sizeof_message);
    descriptor->message_init(message);
    if (descriptor == &google__protobuf__timestamp__descriptor) {
        static const int32_t steps[] = {1000000000, 1000000, 1000, 1};
        Google__Protobuf__Timestamp *instant = (Google__Protobuf__Timestamp *)(void *)message;
        instant->seconds = (int64_t)((wide() >> 1) % (uint64_t)(STAMP_SECONDS_MAX + 1));
        instant->nanos = (int32_t)chance(1000000000);
        instant->nanos -= instant->nanos % steps[chance(4)];
    } else if (descriptor == &tend__v1__money__descriptor) {
        Tend__V1__Money *money = (Tend__V1__Money *)(void *)message;
        money->micros = (int64_t)(wide() % (2 * (uint64_t)MONEY_MAX + 1)) - MONEY_MAX;
        if (chance(2) == 0) {
            money->currency = zeroed(4);
            memcpy(money->currency, "CNY", 3);
        }
    } else {
        random_fields(message, depth);
    }
    return message;
}

#endif
