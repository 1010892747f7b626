#include "services/tend/unread.h"

#include "common/config_text.h"
#include "common/must.h"
#include "common/nearest.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum {
    SAMPLE_BYTES = 1 << 16, // of JSON lines, in which their members are looked for
    SHOWN = 8,              // columns without a likely meaning; the rest is counted
    NAME_BYTES = 64,        // of names that are compared; longer ones are none of ours
    LONG_NAME = 6,          // letters from which on two slips are likely ones
};

struct unread {
    const struct binding *binding;
    json_t *members; // of JSON lines; else NULL
    const char *names[TABLE_COLUMNS_MAX];
    size_t count;
    char meant[NAME_BYTES]; // of the last one asked for
};

// --- what is not read

static void mark(bool *read, const struct bound *bound)
{
    if (!bound->present || bound->value != NULL)
        return;
    read[bound->column] = true;
    for (size_t i = 0; i < bound->other_count; i++)
        read[bound->others[i]] = true;
}

static void find_columns(struct unread *unread, const struct table *table)
{
    const struct binding *binding = unread->binding;
    bool read[TABLE_COLUMNS_MAX] = {false};
    for (size_t i = 0; i < binding->count; i++)
        mark(read, &binding->columns[i]);
    for (size_t i = 0; i < binding->file_count; i++)
        mark(read, &binding->files[i]);
    mark(read, &binding->key);
    mark(read, &binding->status);
    size_t count;
    const char *const *headers = table_columns(table, &count);
    for (size_t i = 0; i < count; i++)
        if (!read[i] && headers[i][0] != '\0')
            unread->names[unread->count++] = headers[i];
}

// The members of the objects at the beginning; what is no object is told with its row.
static json_t *find_members(const struct table *table)
{
    json_t *members = json_object();
    char *text = malloc(SAMPLE_BYTES);
    must(members != NULL && text != NULL);
    size_t length = table_bytes(table, table_start(table), text, SAMPLE_BYTES);
    for (size_t at = 0; at < length;) {
        const char *end = memchr(text + at, '\n', length - at);
        size_t line = end == NULL ? length - at : (size_t)(end - text) - at;
        json_t *object = json_loadb(text + at, line, 0, NULL);
        if (json_is_object(object))
            json_object_update_missing(members, object);
        json_decref(object);
        at += line + 1;
    }
    free(text);
    return members;
}

static void find_unread_members(struct unread *unread, const struct table *table)
{
    size_t count;
    const char *const *asked = table_columns(table, &count), *name;
    json_t *value;
    unread->members = find_members(table);
    json_object_foreach (unread->members, name, value) {
        bool read = false;
        for (size_t i = 0; i < count && !read; i++)
            read = strcmp(asked[i], name) == 0;
        if (!read && unread->count < TABLE_COLUMNS_MAX)
            unread->names[unread->count++] = name;
    }
}

// --- what it was meant to be

// Without what makes no difference between names. "" when it is too long.
static void squeeze(const char *text, size_t length, char ret_text[NAME_BYTES])
{
    size_t used = 0;
    for (size_t i = 0; i < length && used < NAME_BYTES; i++)
        if (strchr(" _-", text[i]) == NULL)
            ret_text[used++] = text[i];
    ret_text[used < NAME_BYTES ? used : 0] = '\0';
}

// How far the header is from a name; more than NEAREST_EDITS when that is no likely slip.
static size_t distance(const char *header, const char *name, size_t length)
{
    char one[NAME_BYTES], other[NAME_BYTES];
    squeeze(header, strlen(header), one);
    squeeze(name, length, other);
    size_t edits = nearest_edits(one, other), letters = strlen(other);
    bool likely = letters > edits + 1 && edits <= (letters < LONG_NAME ? 1 : NEAREST_EDITS);
    return likely ? edits : NEAREST_EDITS + 1;
}

static bool lacks(const struct unread *unread, size_t column)
{
    const struct bound *bound = &unread->binding->columns[column];
    return unread->members != NULL ? json_object_get(unread->members, bound->name) == NULL : !bound->present;
}

// Keeps the name when it is nearer than all before. JSON lines know each column by one name only.
static void compare(struct unread *unread, const struct column *column, const char *header, const char *name,
                    size_t length, size_t *fewest)
{
    size_t edits = distance(header, name, length);
    if (edits >= *fewest || length >= NAME_BYTES)
        return;
    *fewest = edits;
    if (unread->members != NULL)
        snprintf(unread->meant, NAME_BYTES, "%s", column->name);
    else
        snprintf(unread->meant, NAME_BYTES, "%.*s", (int)length, name);
}

// The name that the header probably stands for; NULL when none is near.
static const char *meant(struct unread *unread, const char *header)
{
    size_t count, fewest = NEAREST_EDITS + 1;
    const struct column *columns = kind_columns(unread->binding->kind, &count);
    for (size_t i = 0; i < count; i++) {
        if (!lacks(unread, i))
            continue;
        compare(unread, &columns[i], header, columns[i].name, strlen(columns[i].name), &fewest);
        for (const char *name = columns[i].also; name != NULL && *name != '\0';) {
            size_t length = strcspn(name, "|"), weak = *name == '~';
            compare(unread, &columns[i], header, name + weak, length - weak, &fewest);
            name += length + (name[length] == '|');
        }
    }
    return fewest > NEAREST_EDITS ? NULL : unread->meant;
}

// --- telling

// A name from outside can neither forge a line nor steer the terminal.
static void print_name(FILE *out, const char *name)
{
    size_t length = strlen(name), bytes;
    for (size_t at = 0; at < length; at += bytes) {
        uint32_t point;
        bytes = config_text_next(name + at, length - at, &point);
        if (bytes == 0 || config_text_control(point))
            fputc('?', out);
        else
            fwrite(name + at, 1, bytes, out);
        bytes = bytes == 0 ? 1 : bytes;
    }
}

static void tell_names(struct unread *unread, FILE *out)
{
    size_t plain = 0, told = 0;
    fputs("not read: ", out);
    for (size_t i = 0; i < unread->count; i++) {
        const char *near = meant(unread, unread->names[i]);
        plain += near == NULL;
        if (near == NULL)
            continue;
        fputs(told++ > 0 ? ", " : "", out);
        print_name(out, unread->names[i]);
        fprintf(out, " (did you mean %s?)", near);
    }
    size_t shown = 0;
    for (size_t i = 0; i < unread->count && shown < SHOWN; i++) {
        if (meant(unread, unread->names[i]) != NULL)
            continue;
        fputs(told++ > 0 ? ", " : "", out);
        print_name(out, unread->names[i]);
        shown++;
    }
    if (shown < plain)
        fprintf(out, " and %zu more", plain - shown);
    fputc('\n', out);
}

static void tell_json(struct unread *unread, FILE *out)
{
    json_t *list = json_array();
    must(list != NULL);
    for (size_t i = 0; i < unread->count; i++)
        json_array_append_new(
            list, json_pack("{s:s, s:s?}", "column", unread->names[i], "meant", meant(unread, unread->names[i])));
    json_t *line = json_pack("{s:o}", "not_read", list);
    must(line != NULL);
    json_dumpf(line, out, JSON_COMPACT);
    fputc('\n', out);
    json_decref(line);
}

void unread_tell(const struct binding *binding, const struct table *table, bool json, FILE *out)
{
    struct unread unread = {.binding = binding};
    if (table_json(table))
        find_unread_members(&unread, table);
    else if (!table_plain(table))
        find_columns(&unread, table);
    if (unread.count > 0 && json)
        tell_json(&unread, out);
    else if (unread.count > 0 && binding->layout != NULL)
        fprintf(out, "not read: %zu column%s of an export of %s\n", unread.count, unread.count == 1 ? "" : "s",
                layout_name(binding->layout));
    else if (unread.count > 0)
        tell_names(&unread, out);
    json_decref(unread.members);
}
