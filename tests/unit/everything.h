// A message with a field of every type, alone, in lists and in a oneof, and with itself inside: what our own words do
// not have, but their checkers must bear. Written as protoc-c would; for tests only.
#ifndef TEND_TESTS_EVERYTHING_H
#define TEND_TESTS_EVERYTHING_H

#include "google/protobuf/timestamp.pb-c.h"
#include "tend/v1/event.pb-c.h"

#include <protobuf-c/protobuf-c.h>
#include <stddef.h>
#include <stdint.h>

struct everything {
    ProtobufCMessage base;
    int32_t int32, sint32, sfixed32;
    int64_t int64, sint64, sfixed64;
    uint32_t uint32, fixed32;
    uint64_t uint64, fixed64;
    float real_single;
    double real;
    protobuf_c_boolean yes;
    int colour;
    char *text;
    ProtobufCBinaryData bytes;
    struct everything *child;
    size_t n_reals;
    double *reals;
    size_t n_texts;
    char **texts;
    size_t n_blobs;
    ProtobufCBinaryData *blobs;
    size_t n_colours;
    int *colours;
    size_t n_children;
    struct everything **children;
    uint32_t pick_case;
    union {
        int32_t pick_number;
        char *pick_text;
        struct everything *pick_child;
        double pick_real;
    };
    Google__Protobuf__Timestamp *moment;
    Tend__V1__Money *price;
    size_t n_flags;
    protobuf_c_boolean *flags;
    size_t n_numbers;
    int64_t *numbers;
};

static const ProtobufCEnumValue colour_values[] = {
    {"COLOUR_BELOW", "", -3}, {"COLOUR_UNSPECIFIED", "", 0}, {"COLOUR_RED", "", 1}, {"COLOUR_DARK_BLUE", "", 7}};
static const ProtobufCIntRange colour_ranges[] = {{-3, 0}, {0, 1}, {7, 3}, {0, 4}};
static const ProtobufCEnumValueIndex colour_names[] = {
    {"COLOUR_BELOW", 0}, {"COLOUR_DARK_BLUE", 3}, {"COLOUR_RED", 2}, {"COLOUR_UNSPECIFIED", 1}};
static const ProtobufCEnumDescriptor colour_descriptor = {PROTOBUF_C__ENUM_DESCRIPTOR_MAGIC,
                                                          "test.Colour",
                                                          "Colour",
                                                          "Colour",
                                                          "test",
                                                          4,
                                                          colour_values,
                                                          4,
                                                          colour_names,
                                                          3,
                                                          colour_ranges,
                                                          NULL,
                                                          NULL,
                                                          NULL,
                                                          NULL};

extern const ProtobufCMessageDescriptor everything_descriptor;

#define ONE(name, id, type, descriptor, initial)                                                                    \
    {                                                                                                               \
#name, id, PROTOBUF_C_LABEL_NONE, PROTOBUF_C_TYPE_##type, 0, offsetof(struct everything, name), descriptor, \
            initial, 0, 0, NULL, NULL                                                                               \
    }
#define MANY(name, id, type, descriptor, flags)                                                              \
    {                                                                                                        \
#name, id, PROTOBUF_C_LABEL_REPEATED, PROTOBUF_C_TYPE_##type, offsetof(struct everything, n_##name), \
            offsetof(struct everything, name), descriptor, NULL, flags, 0, NULL, NULL                        \
    }
#define PICK(name, id, type, descriptor, initial)                                                              \
    {                                                                                                          \
#name, id, PROTOBUF_C_LABEL_NONE, PROTOBUF_C_TYPE_##type, offsetof(struct everything, pick_case),      \
            offsetof(struct everything, name), descriptor, initial, PROTOBUF_C_FIELD_FLAG_ONEOF, 0, NULL, NULL \
    }

static const ProtobufCFieldDescriptor everything_fields[] = {
    ONE(int32, 1, INT32, NULL, NULL),
    ONE(sint32, 2, SINT32, NULL, NULL),
    ONE(sfixed32, 3, SFIXED32, NULL, NULL),
    ONE(int64, 4, INT64, NULL, NULL),
    ONE(sint64, 5, SINT64, NULL, NULL),
    ONE(sfixed64, 6, SFIXED64, NULL, NULL),
    ONE(uint32, 7, UINT32, NULL, NULL),
    ONE(fixed32, 8, FIXED32, NULL, NULL),
    ONE(uint64, 9, UINT64, NULL, NULL),
    ONE(fixed64, 10, FIXED64, NULL, NULL),
    ONE(real_single, 11, FLOAT, NULL, NULL),
    ONE(real, 12, DOUBLE, NULL, NULL),
    ONE(yes, 13, BOOL, NULL, NULL),
    ONE(colour, 14, ENUM, &colour_descriptor, NULL),
    ONE(text, 15, STRING, NULL, &protobuf_c_empty_string),
    ONE(bytes, 16, BYTES, NULL, NULL),
    ONE(child, 17, MESSAGE, &everything_descriptor, NULL),
    MANY(reals, 18, DOUBLE, NULL, PROTOBUF_C_FIELD_FLAG_PACKED),
    MANY(texts, 19, STRING, NULL, 0),
    MANY(blobs, 20, BYTES, NULL, 0),
    MANY(colours, 21, ENUM, &colour_descriptor, PROTOBUF_C_FIELD_FLAG_PACKED),
    MANY(children, 22, MESSAGE, &everything_descriptor, 0),
    PICK(pick_number, 23, INT32, NULL, NULL),
    PICK(pick_text, 24, STRING, NULL, &protobuf_c_empty_string),
    PICK(pick_child, 25, MESSAGE, &everything_descriptor, NULL),
    PICK(pick_real, 26, DOUBLE, NULL, NULL),
    ONE(moment, 27, MESSAGE, &google__protobuf__timestamp__descriptor, NULL),
    ONE(price, 28, MESSAGE, &tend__v1__money__descriptor, NULL),
    MANY(flags, 29, BOOL, NULL, PROTOBUF_C_FIELD_FLAG_PACKED),
    MANY(numbers, 30, INT64, NULL, 0),
};
static const ProtobufCIntRange everything_ranges[] = {{1, 0}, {0, 30}};

static void everything_init(ProtobufCMessage *message)
{
    *(struct everything *)(void *)message = (struct everything){.base = {&everything_descriptor, 0, NULL},
                                                                .text = (char *)(uintptr_t)protobuf_c_empty_string};
}

const ProtobufCMessageDescriptor everything_descriptor = {PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
                                                          "test.Everything",
                                                          "Everything",
                                                          "Everything",
                                                          "test",
                                                          sizeof(struct everything),
                                                          30,
                                                          everything_fields,
                                                          NULL,
                                                          1,
                                                          everything_ranges,
                                                          everything_init,
                                                          NULL,
                                                          NULL,
                                                          NULL};

#endif
