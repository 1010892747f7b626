#include "common/escape.h"

#include "common/must.h"
#include "common/utf8.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { ESCAPE_BYTES = 8, REPLACEMENT = 0xfffd };

// How many bytes the character at `text` takes and which it is; a byte that starts no valid character is one
// REPLACEMENT.
static size_t decode(const unsigned char *text, size_t length, uint32_t *ret_character)
{
    static const unsigned char leads[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    size_t taken = utf8_length((const char *)text, length);
    uint32_t character = taken == 0 ? REPLACEMENT : text[0] & leads[taken];
    for (size_t i = 1; i < taken; i++)
        character = character << 6 | (text[i] & 0x3fU);
    *ret_character = character == 0 ? REPLACEMENT : character;
    return taken == 0 ? 1 : taken;
}

// Controls, marks that turn the direction of text round, and characters without width.
static bool hidden(uint32_t character)
{
    return character < 0x20 || (character >= 0x7f && character < 0xa0) || character == 0x061c ||
           (character >= 0x200b && character <= 0x200f) || (character >= 0x2028 && character <= 0x202e) ||
           (character >= 0x2066 && character <= 0x2069) || character == 0xfeff;
}

// One character as it may stand in a JSON string; returns its length.
static size_t spell(const unsigned char *text, size_t taken, uint32_t character, char *spelled)
{
    static const char shorts[] = "\"\\\n\r\t", letters[] = "\"\\nrt";
    const char *found = character < 0x80 ? strchr(shorts, (int)character) : NULL;
    if (found != NULL) {
        spelled[0] = '\\';
        spelled[1] = letters[found - shorts];
        return 2;
    }
    if (hidden(character)) {
        snprintf(spelled, ESCAPE_BYTES, "\\u%04x", (unsigned)character & 0xffffU);
        return 6;
    }
    if (character == REPLACEMENT) {
        memcpy(spelled, "\xef\xbf\xbd", 3);
        return 3;
    }
    memcpy(spelled, text, taken);
    return taken;
}

size_t escape_json(const char *text, size_t length, char *buffer, size_t bytes, bool *ret_whole)
{
    must(bytes > 0);
    const unsigned char *from = (const unsigned char *)text;
    size_t at = 0, written = 0;
    while (at < length) {
        uint32_t character;
        char spelled[ESCAPE_BYTES];
        size_t taken = decode(from + at, length - at, &character);
        size_t spelling = spell(from + at, taken, character, spelled);
        if (written + spelling + 1 > bytes)
            break;
        memcpy(buffer + written, spelled, spelling);
        written += spelling;
        at += taken;
    }
    buffer[written] = '\0';
    if (ret_whole != NULL)
        *ret_whole = at == length;
    return written;
}
