// JSON text in the making: a buffer that grows, from an allocator. Names and brackets are the caller's to put in their
// right places; this gets the values right.
#ifndef TEND_COMMON_JSONTEXT_H
#define TEND_COMMON_JSONTEXT_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Begin with {.allocator = ...}; NULL is malloc. Once memory has run out, every call does nothing.
struct jsontext {
    ProtobufCAllocator *allocator;
    char *bytes;
    size_t length;
    size_t room;
    bool failed;
};

// Puts bytes as they are.
void jsontext_put(struct jsontext *text, const char *bytes, size_t length);
void jsontext_byte(struct jsontext *text, char byte);

// Puts a string in quotes, escaped. What is not valid UTF-8 becomes U+FFFD, one for each byte.
void jsontext_string(struct jsontext *text, const char *string, size_t length);

// Put a number, without quotes.
void jsontext_signed(struct jsontext *text, int64_t number);
void jsontext_unsigned(struct jsontext *text, uint64_t number);

// Puts the shortest decimal that reads back as the same number (for `single`, as the same float); NaN and the
// infinities as the strings that proto3 has for them.
void jsontext_real(struct jsontext *text, double number, bool single);

// Puts bytes as a base64 string with padding.
void jsontext_base64(struct jsontext *text, const uint8_t *bytes, size_t length);

// Ends the text with a NUL and hands it over, to be freed by the allocator. NULL when memory ran out; then nothing is
// left to free.
char *jsontext_take(struct jsontext *text, size_t *ret_length);

#endif
