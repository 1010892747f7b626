#include "services/tend/guess.h"

#include "services/tend/layout.h"
#include "services/tend/lines.h"
#include "services/tend/table.h"

#include <jansson.h>
#include <string.h>

// The members of the first object in a file of JSON lines; NULL when it is no such file. The caller gives the object
// back.
static json_t *first_object(const char *path)
{
    char error[LINES_ERROR_BYTES];
    struct lines *lines = NULL;
    struct line line = {.text = "", .length = 0};
    if (!lines_open(path, NULL, error, &lines))
        return NULL;
    while (lines_next(lines, &line) && strspn(line.text, " \t") == line.length)
        continue;
    json_t *object = line.length > 0 && line.text[strspn(line.text, " \t")] == '{'
                         ? json_loadb(line.text, line.length, 0, NULL)
                         : NULL;
    lines_close(&lines);
    return object;
}

static size_t members(json_t *object, const char **ret_names)
{
    size_t count = 0;
    const char *name;
    json_t *value;
    json_object_foreach (object, name, value)
        if (count < TABLE_COLUMNS_MAX)
            ret_names[count++] = name;
    return count;
}

// An event has one member that is an object with a body's name; a row has none.
static bool is_event(json_t *object)
{
    const char *name;
    json_t *value;
    json_object_foreach (object, name, value)
        if (json_is_object(value))
            return true;
    return false;
}

static bool has(const char *const *header, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(header[i], name) == 0)
            return true;
    return false;
}

static bool fits_map(const struct map *map, enum import_kind kind, const char *const *header, size_t count)
{
    size_t source_count, named = 0;
    const struct source *sources = map_sources(map, kind, &source_count);
    for (size_t i = 0; i < source_count; i++) {
        if (sources[i].column == NULL)
            continue;
        named++;
        if (!has(header, count, sources[i].column))
            return false;
    }
    return named > 0;
}

static bool guess(const char *const *header, size_t count, const struct map *map, enum import_kind *ret_kind)
{
    for (int kind = 0; map != NULL && kind < KINDS; kind++) {
        if (fits_map(map, (enum import_kind)kind, header, count)) {
            *ret_kind = (enum import_kind)kind;
            return true;
        }
    }
    const struct layout *layout = layout_find(header, count);
    if (layout != NULL)
        *ret_kind = layout_kind(layout);
    return layout != NULL || kind_guess(header, count, ret_kind);
}

static bool guess_csv(const char *path, const struct map *map, char *ret_error, enum import_kind *ret_kind)
{
    struct table *table = NULL;
    struct table_options options = {path, NULL, 0};
    if (!table_open(&options, ret_error, &table))
        return false;
    size_t count;
    const char *const *header = table_columns(table, &count);
    bool found = table_plain(table) || guess(header, count, map, ret_kind);
    if (table_plain(table))
        *ret_kind = KIND_ORDERS;
    table_close(&table);
    if (!found)
        snprintf(ret_error, MAP_ERROR_BYTES, "%s: its header fits no kind; name theirs in a map (--map FILE)", path);
    return found;
}

bool guess_kind(const char *path, const struct map *map, char *ret_error, enum import_kind *ret_kind)
{
    json_t *object = first_object(path);
    if (object == NULL)
        return guess_csv(path, map, ret_error, ret_kind);
    const char *names[TABLE_COLUMNS_MAX];
    size_t count = members(object, names);
    bool found = true;
    if (is_event(object))
        *ret_kind = KIND_EVENTS;
    else
        found = guess(names, count, map, ret_kind);
    json_decref(object);
    if (!found)
        snprintf(ret_error, MAP_ERROR_BYTES, "%s: its first line fits no kind; name theirs in a map (--map FILE)",
                 path);
    return found;
}
