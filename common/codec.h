// Messages as JSON, both ways: proto3's JSON mapping, made from protobuf-c's descriptors, so a new message needs no
// code.
//
// Names are lowerCamelCase; the names of the .proto file are read as well. 64-bit integers are strings (numbers are
// read as well), bytes are base64, enums are written by name and read by name ("CUSTOMER_TYPE_BUYER"), by the short
// form without the type in lower case ("buyer") or by number. A Timestamp is RFC 3339, a Money is a decimal string,
// "1280.50 CNY", never a number. null is the same as absent. Beyond the mapping: unknown fields, keys that come twice,
// two members of one oneof, and NUL in strings are errors, each with the field's path.
#ifndef TEND_COMMON_CODEC_H
#define TEND_COMMON_CODEC_H

#include "common/verify.h"

#include <jansson.h>
#include <protobuf-c/protobuf-c.h>
#include <stddef.h>

enum {
    CODEC_TEXT_BYTES = 262144, // the longest text read: far more than any event, far less than would hurt
    CODEC_DEPTH = 32,          // brackets within brackets
};

// How to write.
enum {
    CODEC_DEFAULTS = 1, // also numbers that are 0, empty strings and lists; otherwise they are left out
    CODEC_SNAKE = 2,    // names as in the .proto file
};

// Builds a message of the descriptor from parsed JSON. It comes from the allocator (NULL: malloc) and is freed by
// protobuf_c_message_free_unpacked. NULL with `ret_error` written when the JSON does not fit the descriptor, or when
// the allocator gives no more. The values are not judged: verify_message and the rules come after.
ProtobufCMessage *codec_from_json(const ProtobufCMessageDescriptor *descriptor, const json_t *json,
                                  ProtobufCAllocator *allocator, struct verify_error *ret_error);

// The same from `length` bytes of JSON text, at most CODEC_TEXT_BYTES. jansson's own memory is freed before it returns.
ProtobufCMessage *codec_from_text(const ProtobufCMessageDescriptor *descriptor, const char *text, size_t length,
                                  ProtobufCAllocator *allocator, struct verify_error *ret_error);

// Writes any message as JSON on one line, fields in the order of their numbers, ended by a NUL that the length does not
// count. Unknown fields are left out. What codec_from_text would not read again is still written as well as can be: an
// unknown enum value as its number, a Timestamp out of range as an object. The text comes from the allocator (NULL:
// malloc); NULL only when it gives no more.
char *codec_to_text(const ProtobufCMessage *message, unsigned flags, ProtobufCAllocator *allocator, size_t *ret_length);

#endif
