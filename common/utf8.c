#include "common/utf8.h"

#include <stdbool.h>
#include <stdint.h>

// What may follow a lead byte: how many bytes the character has, and which second bytes are allowed, since there the
// overlong forms, the surrogates and what lies above U+10FFFF show themselves.
static size_t lead(uint8_t byte, uint8_t *ret_least, uint8_t *ret_most)
{
    *ret_least = byte == 0xE0 ? 0xA0 : byte == 0xF0 ? 0x90 : 0x80;
    *ret_most = byte == 0xED ? 0x9F : byte == 0xF4 ? 0x8F : 0xBF;
    if (byte < 0x80)
        return 1;
    if (byte >= 0xC2 && byte <= 0xDF)
        return 2;
    if (byte >= 0xE0 && byte <= 0xEF)
        return 3;
    return byte >= 0xF0 && byte <= 0xF4 ? 4 : 0;
}

static bool follows(char byte)
{
    return ((uint8_t)byte & 0xC0) == 0x80;
}

size_t utf8_length(const char *text, size_t left)
{
    if (left == 0)
        return 0;
    uint8_t least = 0;
    uint8_t most = 0;
    size_t length = lead((uint8_t)text[0], &least, &most);
    if (length <= 1)
        return length;
    // One byte at a time, and stop at the first bad one: a NUL that ends the text is then never passed.
    if (left < length || (uint8_t)text[1] < least || (uint8_t)text[1] > most)
        return 0;
    for (size_t i = 2; i < length; i++)
        if (!follows(text[i]))
            return 0;
    return length;
}

size_t utf8_cut(const char *text, size_t length, size_t limit)
{
    if (length <= limit)
        return length;
    while (limit > 0 && follows(text[limit]))
        limit--;
    return limit;
}
