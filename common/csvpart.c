#include "common/csvpart.h"

#include "common/config_text.h"

#include <string.h>

struct csvpart csvpart_whole(const char *text, size_t length)
{
    size_t mark = length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    return (struct csvpart){text + mark, length - mark};
}

struct csvpart csvpart_trim(struct csvpart part)
{
    while (part.length > 0 && memchr(" \t\r", part.at[part.length - 1], 3) != NULL)
        part.length--;
    while (part.length > 0 && memchr(" \t", part.at[0], 2) != NULL) {
        part.at++;
        part.length--;
    }
    return part;
}

struct csvpart csvpart_cut(struct csvpart *rest, char mark)
{
    const char *end = rest->length > 0 ? memchr(rest->at, mark, rest->length) : NULL;
    struct csvpart part = {rest->at, end != NULL ? (size_t)(end - rest->at) : rest->length};
    size_t used = part.length + (end != NULL);
    rest->at += used;
    rest->length -= used;
    return csvpart_trim(part);
}

bool csvpart_is(struct csvpart part, const char *word)
{
    return part.length == strlen(word) && memcmp(part.at, word, part.length) == 0;
}

bool csvpart_silent(struct csvpart line)
{
    return line.length == 0 || line.at[0] == '#';
}

const char *csvpart_name(struct csvpart part, char ret_name[CSVPART_NAME_BYTES])
{
    if (part.length >= CSVPART_NAME_BYTES)
        return "the name is longer than 63 bytes";
    if (!config_text_clean(part.at, part.length))
        return "the name is not UTF-8 without control characters";
    if (part.length > 0)
        memcpy(ret_name, part.at, part.length);
    ret_name[part.length] = '\0';
    return NULL;
}
