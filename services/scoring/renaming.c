#include "services/scoring/renaming.h"

#include <stdio.h>
#include <string.h>

enum { SCHEMES = DIMENSION_SCHEME_END - DIMENSION_SCHEME };

static size_t add_line(char *buffer, size_t used, char mark, const char *name)
{
    int length = snprintf(buffer + used, RENAMING_TEXT_BYTES - used, "%c%s\n", mark, name);
    return length > 0 && (size_t)length < RENAMING_TEXT_BYTES - used ? used + (size_t)length : used;
}

size_t renaming_text(const struct dimension_names *names, char buffer[RENAMING_TEXT_BYTES])
{
    size_t used = 0;
    for (size_t i = 0; i < names->class_count; i++)
        used = add_line(buffer, used, 'c', names->classes[i]);
    for (size_t i = 0; i < names->scheme_count; i++)
        used = add_line(buffer, used, 's', names->schemes[i]);
    return used;
}

// The place of a name, `count` when it is not there.
static size_t find(const char *const *names, size_t count, const char *name, size_t length)
{
    size_t at = 0;
    while (at < count && (strlen(names[at]) != length || memcmp(names[at], name, length) != 0))
        at++;
    return at;
}

// What was kept, as far as it has been read.
struct reading {
    const struct dimension_names *names;
    struct renaming *renaming;
    size_t classes, schemes;
};

static void take_line(struct reading *reading, const char *line, size_t length)
{
    const struct dimension_names *names = reading->names;
    if (line[0] == 'c' && reading->classes < UINT8_MAX) {
        size_t at = find(names->classes, names->class_count, line + 1, length - 1);
        reading->renaming->classes[++reading->classes] = at < names->class_count ? (uint8_t)(at + 1) : 0;
    } else if (line[0] == 's' && reading->schemes < SCHEMES) {
        size_t at = find(names->schemes, names->scheme_count, line + 1, length - 1);
        if (at < names->scheme_count)
            reading->renaming->schemes[at] = (uint8_t)reading->schemes;
        reading->schemes++;
    }
}

void renaming_make(const char *text, size_t length, const struct dimension_names *names, struct renaming *ret_renaming)
{
    struct reading reading = {.names = names, .renaming = ret_renaming};
    memset(ret_renaming, 0, sizeof *ret_renaming);
    memset(ret_renaming->schemes, UINT8_MAX, sizeof ret_renaming->schemes);
    for (size_t from = 0; from < length;) {
        const char *end = memchr(text + from, '\n', length - from);
        size_t line = end == NULL ? length - from : (size_t)(end - text) - from;
        if (line > 0)
            take_line(&reading, text + from, line);
        from += line + 1;
    }
    for (size_t i = 1; i <= reading.classes; i++)
        ret_renaming->needed |= ret_renaming->classes[i] != i;
    for (size_t i = 0; i < reading.schemes; i++)
        ret_renaming->needed |= ret_renaming->schemes[i] != i;
}

// A scheme that was announced and has no place any more.
static bool is_lost(const struct renaming *renaming, size_t old_place)
{
    for (size_t i = 0; i < SCHEMES; i++)
        if (renaming->schemes[i] == old_place)
            return false;
    return true;
}

void renaming_apply(struct renaming *renaming, uint8_t said[DIMENSION_ROOM])
{
    uint8_t old[DIMENSION_ROOM];
    if (!renaming->needed)
        return;
    memcpy(old, said, sizeof old);
    said[DIMENSION_POLICY] = renaming->classes[old[DIMENSION_POLICY]];
    renaming->lost_classes += old[DIMENSION_POLICY] != 0 && said[DIMENSION_POLICY] == 0;
    for (size_t i = 0; i < SCHEMES; i++) {
        renaming->lost_schemes[i] += old[DIMENSION_SCHEME + i] != 0 && is_lost(renaming, i);
        said[DIMENSION_SCHEME + i] =
            renaming->schemes[i] == UINT8_MAX ? 0 : old[DIMENSION_SCHEME + renaming->schemes[i]];
    }
}
