#include "services/notifier/driver.h"

#include "common/must.h"
#include "common/utf8.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

size_t cost_bytes(const char *text, size_t length)
{
    (void)text;
    return length;
}

size_t cost_characters(const char *text, size_t length)
{
    size_t count = 0;
    for (size_t i = 0; i < length; i++)
        count += (text[i] & 0xc0) != 0x80;
    return count;
}

size_t cost_json(const char *text, size_t length)
{
    size_t count = length;
    for (size_t i = 0; i < length; i++)
        count += text[i] == '"' || text[i] == '\\' || text[i] == '\n';
    return count;
}

const char *driver_json(struct arena *arena, json_t *value, size_t *ret_length)
{
    must(value != NULL);
    char *text = json_dumps(value, JSON_COMPACT);
    must(text != NULL);
    *ret_length = strlen(text);
    const char *kept = arena_text(arena, text, *ret_length);
    free(text);
    json_decref(value);
    return kept;
}

void driver_header(struct arena *arena, struct post *post, const char *name, const char *value)
{
    size_t name_length = strlen(name), value_length = strlen(value);
    char *header = arena_take(arena, name_length + value_length + 3);
    must(post->header_count < POST_HEADERS);
    memcpy(header, name, name_length);
    memcpy(header + name_length, ": ", 2);
    memcpy(header + name_length + 2, value, value_length + 1);
    post->headers[post->header_count++] = header;
}

const char *driver_title(struct arena *arena, const char *text, size_t most)
{
    size_t line = strcspn(text, "\n"), end = 0;
    for (size_t count = 0; end < line && count < most; count++) {
        size_t bytes = utf8_length(text + end, line - end);
        end += bytes > 0 ? bytes : 1;
    }
    return arena_text(arena, text, end);
}

const char *driver_subject(struct arena *arena, const struct parcel *parcel, size_t most)
{
    bool titled = parcel->title != NULL && parcel->title[0] != '\0';
    return driver_title(arena, titled ? parcel->title : parcel->text, most);
}

const char *driver_address(const struct driver *driver, const char *address)
{
    return driver->sigil != '\0' && address[0] == driver->sigil ? address + 1 : address;
}

bool driver_same(const char *one, const char *other)
{
    size_t length = strlen(one);
    return length == strlen(other) && sodium_memcmp(one, other, length) == 0;
}

bool driver_plain(const char *text, size_t least, size_t most, const char *others)
{
    size_t length = strlen(text);
    if (length < least || length > most)
        return false;
    for (const char *at = text; *at != '\0'; at++) {
        bool plain = (*at >= '0' && *at <= '9') || (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z');
        if (!plain && strchr(others, *at) == NULL)
            return false;
    }
    return true;
}

bool driver_code(const json_t *object, const char *key, char *buffer, size_t room)
{
    const json_t *value = json_object_get(object, key);
    if (json_is_integer(value))
        snprintf(buffer, room, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    else if (json_is_string(value))
        snprintf(buffer, room, "%s", json_string_value(value));
    else
        return false;
    return true;
}

const char *driver_words(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text != NULL ? text : "";
}

json_t *driver_object(const struct answer *answer)
{
    json_t *value = json_loadb(answer->body, answer->length, JSON_REJECT_DUPLICATES, NULL);
    if (json_is_object(value))
        return value;
    json_decref(value);
    return NULL;
}
