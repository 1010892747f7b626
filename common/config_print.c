#include "common/config_print.h"

#include "common/config_value.h"
#include "common/must.h"

#include <ctype.h>
#include <stdarg.h>
#include <string.h>

enum { LINE_COLUMNS = 100, NOTE_BYTES = 1024, TEXT_BYTES = 2 * CONFIG_TEXT_BYTES };

// Where rows are printed.
struct spot {
    int indent;
    bool item; // in an item of a list: its first key carries the dash, two columns before the others
    bool live; // under a mapping that is not commented out
};

static void print_rows(FILE *file, const struct config_key *rows, struct spot spot);

// Writes a comment, broken at blanks.
static void print_note(FILE *file, int indent, const char *note)
{
    while (*note != '\0') {
        size_t room = (size_t)(LINE_COLUMNS - indent - 2), length = strlen(note);
        if (length > room) {
            length = room;
            while (length > 0 && note[length] != ' ')
                length--;
            if (length == 0)
                length = strcspn(note, " ");
        }
        fprintf(file, "%*s# %.*s\n", indent, "", (int)length, note);
        note += length + strspn(note + length, " ");
    }
}

// True for a text that means itself without quotes, in a list too.
static bool is_plain(const char *text, size_t length)
{
    if (length == 0 || !isalnum((unsigned char)text[0]) || text[length - 1] == ':')
        return false;
    for (size_t i = 0; i < length; i++)
        if (!isalnum((unsigned char)text[i]) && strchr("_-./%:", text[i]) == NULL)
            return false;
    return length != 4 || memcmp(text, "null", 4) != 0;
}

static size_t put(char *buffer, size_t used, const char *text, size_t length)
{
    must(used + length < TEXT_BYTES);
    memcpy(buffer + used, text, length);
    buffer[used + length] = '\0';
    return used + length;
}

static size_t put_scalar(char *buffer, size_t used, const char *text, size_t length)
{
    if (is_plain(text, length))
        return put(buffer, used, text, length);
    used = put(buffer, used, "\"", 1);
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '"' || text[i] == '\\')
            used = put(buffer, used, "\\", 1);
        used = put(buffer, used, text + i, 1);
    }
    return put(buffer, used, "\"", 1);
}

// "a, b" as "[a, b]".
static void put_list(char *buffer, const char *text)
{
    size_t used = put(buffer, 0, "[", 1);
    for (const char *item = text; *(item += strspn(item, ", ")) != '\0';) {
        size_t length = strcspn(item, ",");
        if (used > 1)
            used = put(buffer, used, ", ", 2);
        used = put_scalar(buffer, used, item, length);
        item += length;
    }
    put(buffer, used, "]", 1);
}

// What stands behind the key in the example.
static const char *shown(const struct config_key *row)
{
    bool has_default = row->fallback != NULL && row->fallback[0] != '\0';
    const char *text = has_default ? row->fallback : row->example;
    must(text != NULL || row->fallback != NULL);
    return text == NULL ? "" : text;
}

__attribute__((format(printf, 2, 3))) static void append(char *note, const char *format, ...)
{
    size_t used = strlen(note);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(note + used, NOTE_BYTES - used, format, arguments);
    va_end(arguments);
}

static void append_choices(char *note, const struct config_choice *choices)
{
    for (const struct config_choice *choice = choices; choice->name != NULL; choice++)
        append(note, "%s%s", choice == choices ? "" : choice[1].name == NULL ? " or " : ", ", choice->name);
}

static void append_type(char *note, const struct config_key *row)
{
    char range[CONFIG_RANGE_BYTES] = "";
    if (row->type == CONFIG_CHOICE) {
        append(note, "one of ");
        append_choices(note, row->choices);
        return;
    }
    append(note, "%s", config_kind(row->type)->label);
    if (!config_kind_is_text(row->type) && row->type != CONFIG_FLAG)
        config_value_range_print(row, range);
    append(note, "%s%s", range[0] == '\0' ? "" : ", ", range);
}

static void append_count(char *note, const struct config_key *row)
{
    if (row->min > 0)
        append(note, ", at least %lld", (long long)row->min);
    if (row->max > 0)
        append(note, ", at most %lld", (long long)row->max);
}

// "A duration such as 90s, 15m, 2h or 7d, from 1s to 2h; default 15m."
static void print_type(FILE *file, int indent, const struct config_key *row)
{
    char note[NOTE_BYTES] = "";
    bool list = row->type == CONFIG_LIST || row->type == CONFIG_SET;
    if (row->type == CONFIG_RECORDS) {
        append(note, "a list of mappings with the keys below");
        append_count(note, row);
    } else if (row->type == CONFIG_NAMED) {
        append(note, "a mapping of names, each with the keys below");
    } else if (row->type == CONFIG_SET) {
        append(note, "a list of any of ");
        append_choices(note, row->choices);
    } else if (row->type == CONFIG_LIST) {
        append(note, "a list, each item ");
        append_type(note, &row->keys[0]);
        append_count(note, row);
    } else {
        append_type(note, row);
    }
    if (row->fallback == NULL)
        append(note, "; must be given.");
    else if (row->fallback[0] != '\0')
        append(note, "; default %s.", row->fallback);
    else
        append(note, list || row->type == CONFIG_RECORDS || row->type == CONFIG_NAMED ? "; default none."
                                                                                      : "; may be left out.");
    note[0] = (char)toupper((unsigned char)note[0]);
    print_note(file, indent, note);
}

// A group is not commented out where it can stand without its keys, so that a key in it takes one change, not two.
static void print_container(FILE *file, const struct config_key *row, struct spot spot)
{
    must(!spot.item);
    bool group = row->type == CONFIG_GROUP;
    bool live = group && spot.live;
    fprintf(file, "%*s%s%s:\n", spot.indent, "", live ? "" : "#", row->name);
    if (row->type == CONFIG_NAMED) {
        char name[TEXT_BYTES];
        must(row->example != NULL);
        put_scalar(name, 0, row->example, strlen(row->example));
        fprintf(file, "%*s#%s:\n", spot.indent + 2, "", name);
    }
    print_rows(file, row->keys, (struct spot){spot.indent + (group ? 2 : 4), row->type == CONFIG_RECORDS, live});
}

static void print_scalar(FILE *file, const struct config_key *row, struct spot spot)
{
    char text[TEXT_BYTES];
    if (row->type == CONFIG_LIST || row->type == CONFIG_SET)
        put_list(text, shown(row));
    else
        put_scalar(text, 0, shown(row), strlen(shown(row)));
    fprintf(file, "%*s#%s%s: %s\n", spot.item ? spot.indent - 2 : spot.indent, "", spot.item ? "- " : "", row->name,
            text);
}

static void print_rows(FILE *file, const struct config_key *rows, struct spot spot)
{
    bool first = true;
    for (const struct config_key *row = rows; row->name != NULL; row++) {
        must(row->help != NULL);
        if (row->type == CONFIG_NAME)
            continue;
        if (!first)
            fprintf(file, "\n");
        first = false;
        print_note(file, spot.indent, row->help);
        if (row->type != CONFIG_GROUP)
            print_type(file, spot.indent, row);
        if (row->type == CONFIG_GROUP || row->type == CONFIG_RECORDS || row->type == CONFIG_NAMED)
            print_container(file, row, spot);
        else
            print_scalar(file, row, spot);
        spot.item = false;
    }
}

void config_print(FILE *file, const struct config_section *sections, size_t count)
{
    bool first = true;
    for (size_t i = 0; i < count; i++) {
        if (sections[i].keys == NULL)
            continue;
        if (!first)
            fprintf(file, "\n");
        first = false;
        if (sections[i].help != NULL)
            print_note(file, 0, sections[i].help);
        fprintf(file, "%s:\n", sections[i].name);
        print_rows(file, sections[i].keys, (struct spot){.indent = 2, .live = true});
    }
}
