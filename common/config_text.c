#include "common/config_text.h"

#include "common/utf8.h"

#include <stdio.h>
#include <string.h>

size_t config_text_next(const char *text, size_t length, uint32_t *ret_point)
{
    size_t bytes = utf8_length(text, length);
    if (bytes == 0)
        return 0;
    uint32_t point = (unsigned char)text[0] & (bytes == 1 ? 0x7fU : 0x7fU >> bytes);
    for (size_t i = 1; i < bytes; i++)
        point = point << 6 | ((unsigned char)text[i] & 0x3fU);
    *ret_point = point;
    return bytes;
}

struct span {
    uint32_t first, last;
};

static bool within(const struct span *spans, size_t count, uint32_t point)
{
    for (size_t i = 0; i < count; i++)
        if (point >= spans[i].first && point <= spans[i].last)
            return true;
    return false;
}

bool config_text_control(uint32_t point)
{
    // The direction marks could make a terminal show another line than the file holds.
    static const struct span spans[] = {{0, 0x1f},        {0x7f, 0x9f},     {0x200e, 0x200f},
                                        {0x2028, 0x202e}, {0x2066, 0x2069}, {0xfeff, 0xfeff}};
    return within(spans, sizeof spans / sizeof *spans, point);
}

bool config_text_clean(const char *text, size_t length)
{
    for (size_t at = 0; at < length;) {
        uint32_t point = 0;
        size_t bytes = config_text_next(text + at, length - at, &point);
        if (bytes == 0 || config_text_control(point))
            return false;
        at += bytes;
    }
    return true;
}

size_t config_text_whole(const char *text, size_t length)
{
    size_t start = length;
    while (start > 0 && length - start < 3 && ((unsigned char)text[start - 1] & 0xc0) == 0x80)
        start--;
    if (start > 0 && (unsigned char)text[start - 1] >= 0xc0 && utf8_length(text + start - 1, length - start + 1) == 0)
        return start - 1;
    return length;
}

int config_text_columns(uint32_t point)
{
    static const struct span spans[] = {{0x1100, 0x115f},   {0x2e80, 0x303e},   {0x3041, 0xa4cf},  {0xac00, 0xd7a3},
                                        {0xf900, 0xfaff},   {0xfe30, 0xfe6f},   {0xff00, 0xff60},  {0xffe0, 0xffe6},
                                        {0x1f300, 0x1f64f}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd}};
    return within(spans, sizeof spans / sizeof *spans, point) ? 2 : 1;
}

void config_text_quote(const char *text, size_t length, char *buffer)
{
    // Room for the longest character, the dots, the closing quote and the NUL.
    size_t limit = CONFIG_QUOTE_BYTES - 4 - 3 - 1 - 1;
    size_t used = 0, at = 0;
    buffer[used++] = '"';
    while (at < length && used < limit) {
        uint32_t point = 0;
        size_t bytes = config_text_next(text + at, length - at, &point);
        if (bytes == 0 || config_text_control(point))
            buffer[used++] = '?';
        else
            memcpy(buffer + used, text + at, bytes), used += bytes;
        at += bytes == 0 ? 1 : bytes;
    }
    snprintf(buffer + used, CONFIG_QUOTE_BYTES - used, at < length ? "...\"" : "\"");
}
