#include "common/jsontext.h"

#include "common/utf8.h"

#include <math.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FIRST_ROOM = 1024, // an order of two lines fits
    DIGITS_MAX = 20,   // of a 64-bit number, with its sign
    REAL_BYTES = 40,
};

static void *take(ProtobufCAllocator *allocator, size_t bytes)
{
    return allocator == NULL ? malloc(bytes) : allocator->alloc(allocator->allocator_data, bytes);
}

static void give(ProtobufCAllocator *allocator, void *bytes)
{
    if (allocator == NULL)
        free(bytes);
    else if (bytes != NULL)
        allocator->free(allocator->allocator_data, bytes);
}

// Makes room for `length` more bytes and a NUL. False when memory has run out.
static bool grow(struct jsontext *text, size_t length)
{
    if (text->failed)
        return false;
    if (length < text->room - text->length)
        return true;
    size_t room = text->room < FIRST_ROOM ? FIRST_ROOM : text->room;
    while (room <= text->length + length)
        room *= 2;
    char *bytes = take(text->allocator, room);
    if (bytes != NULL && text->length > 0)
        memcpy(bytes, text->bytes, text->length);
    give(text->allocator, text->bytes);
    text->failed = bytes == NULL;
    text->bytes = bytes;
    text->room = bytes == NULL ? 0 : room;
    text->length = bytes == NULL ? 0 : text->length;
    return bytes != NULL;
}

void jsontext_put(struct jsontext *text, const char *bytes, size_t length)
{
    if (length == 0 || !grow(text, length))
        return;
    memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
}

void jsontext_byte(struct jsontext *text, char byte)
{
    if (grow(text, 1))
        text->bytes[text->length++] = byte;
}

// One character that may not stand as it is.
static void escape(struct jsontext *text, unsigned char byte)
{
    static const char names[] = "\"\"\\\\\bb\ff\nn\rr\tt";
    for (const char *name = names; *name != '\0'; name += 2)
        if ((unsigned char)*name == byte) {
            jsontext_byte(text, '\\');
            jsontext_byte(text, name[1]);
            return;
        }
    char code[8];
    int length = snprintf(code, sizeof code, "\\u%04x", byte);
    jsontext_put(text, code, (size_t)length);
}

void jsontext_string(struct jsontext *text, const char *string, size_t length)
{
    jsontext_byte(text, '"');
    size_t done = 0;
    for (size_t at = 0; at < length;) {
        unsigned char byte = (unsigned char)string[at];
        size_t step = byte < 0x80 ? 1 : utf8_length(string + at, length - at);
        if (step > 0 && byte >= 0x20 && byte != '"' && byte != '\\') {
            at += step;
            continue;
        }
        jsontext_put(text, string + done, at - done);
        if (step == 0)
            jsontext_put(text, "\\ufffd", 6);
        else
            escape(text, byte);
        done = ++at;
    }
    jsontext_put(text, string + done, length - done);
    jsontext_byte(text, '"');
}

void jsontext_unsigned(struct jsontext *text, uint64_t number)
{
    char digits[DIGITS_MAX];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    jsontext_put(text, digits + at, sizeof digits - at);
}

void jsontext_signed(struct jsontext *text, int64_t number)
{
    if (number < 0)
        jsontext_byte(text, '-');
    jsontext_unsigned(text, number < 0 ? 0 - (uint64_t)number : (uint64_t)number);
}

void jsontext_real(struct jsontext *text, double number, bool single)
{
    if (isnan(number) || isinf(number)) {
        const char *name = isnan(number) ? "\"NaN\"" : number > 0 ? "\"Infinity\"" : "\"-Infinity\"";
        jsontext_put(text, name, strlen(name));
        return;
    }
    if (!(number < 0) && !(number > 0) && signbit(number)) {
        jsontext_put(text, "-0.0", 4);
        return;
    }
    char digits[REAL_BYTES];
    int most = single ? 9 : 17;
    for (int places = single ? 6 : 15; places <= most; places++) {
        snprintf(digits, sizeof digits, "%.*g", places, number);
        double back = strtod(digits, NULL);
        if (single ? (float)back == (float)number : back >= number && back <= number)
            break;
    }
    jsontext_put(text, digits, strlen(digits));
}

void jsontext_base64(struct jsontext *text, const uint8_t *bytes, size_t length)
{
    jsontext_byte(text, '"');
    size_t room = sodium_base64_encoded_len(length, sodium_base64_VARIANT_ORIGINAL);
    if (grow(text, room)) {
        sodium_bin2base64(text->bytes + text->length, room, bytes, length, sodium_base64_VARIANT_ORIGINAL);
        text->length += room - 1;
    }
    jsontext_byte(text, '"');
}

char *jsontext_take(struct jsontext *text, size_t *ret_length)
{
    if (!grow(text, 0))
        return NULL;
    text->bytes[text->length] = '\0';
    *ret_length = text->length;
    char *bytes = text->bytes;
    *text = (struct jsontext){.allocator = text->allocator};
    return bytes;
}
