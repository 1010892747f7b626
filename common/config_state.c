#include "common/config_state.h"

#include "common/config_value.h"
#include "common/must.h"

#include <string.h>

enum { PREFIX_BYTES = 400 };

static void print_rows(FILE *file, const struct config_key *rows, const char *target, const char *prefix);

static int64_t number_at(enum config_type type, const void *member)
{
    int32_t narrow;
    uint32_t set;
    int64_t wide;
    bool flag;
    switch (type) {
    case CONFIG_DAY:
    case CONFIG_MINUTE:
    case CONFIG_CHOICE:
        memcpy(&narrow, member, sizeof narrow);
        return narrow;
    case CONFIG_SET:
        memcpy(&set, member, sizeof set);
        return set;
    case CONFIG_FLAG:
        memcpy(&flag, member, sizeof flag);
        return flag;
    default:
        memcpy(&wide, member, sizeof wide);
        return wide;
    }
}

static void print_scalar(FILE *file, const struct config_key *row, const void *member)
{
    if (config_kind_is_text(row->type) || row->type == CONFIG_NAME) {
        // A text is a pointer, and an address begins with one.
        const char *text;
        memcpy(&text, member, sizeof text);
        fprintf(file, "%s", text != NULL ? text : "");
        return;
    }
    int64_t number = number_at(row->type, member);
    char buffer[CONFIG_NUMBER_BYTES];
    const struct config_kind *kind = config_kind(row->type);
    bool unset = number == CONFIG_UNSET || (number == CONFIG_UNSET_32 && row->type != CONFIG_SET);
    if (unset) {
        fprintf(file, "unset");
    } else if (kind != NULL && kind->print != NULL && row->type != CONFIG_CHOICE && row->type != CONFIG_SET &&
               row->type != CONFIG_FLAG) {
        kind->print(number, buffer);
        fprintf(file, "%s", buffer);
    } else {
        fprintf(file, "%lld", (long long)number);
    }
}

// A list of scalars, of mappings, or of named mappings: its items by their number.
static void print_items(FILE *file, const struct config_key *row, const char *target, const char *prefix)
{
    const char *items;
    size_t count;
    memcpy(&items, target + row->offset, sizeof items);
    memcpy(&count, target + row->count_offset, sizeof count);
    for (size_t i = 0; i < count; i++) {
        char name[PREFIX_BYTES];
        snprintf(name, sizeof name, "%s%s[%zu]", prefix, row->name, i);
        if (row->type == CONFIG_LIST) {
            fprintf(file, "%s = ", name);
            print_scalar(file, &row->keys[0], items + i * row->item_bytes);
            fputc('\n', file);
        } else {
            strncat(name, ".", sizeof name - strlen(name) - 1);
            print_rows(file, row->keys, items + i * row->item_bytes, name);
        }
    }
}

static void print_rows(FILE *file, const struct config_key *rows, const char *target, const char *prefix)
{
    for (const struct config_key *row = rows; row->name != NULL; row++) {
        char name[PREFIX_BYTES];
        switch (row->type) {
        case CONFIG_GROUP:
            snprintf(name, sizeof name, "%s%s.", prefix, row->name);
            print_rows(file, row->keys, target + row->offset, name);
            break;
        case CONFIG_LIST:
        case CONFIG_RECORDS:
        case CONFIG_NAMED:
            print_items(file, row, target, prefix);
            break;
        default:
            fprintf(file, "%s%s = ", prefix, row->name);
            print_scalar(file, row, target + row->offset);
            fputc('\n', file);
        }
    }
}

void config_state_print(FILE *file, const struct config_key *rows, const void *target)
{
    must(rows != NULL && target != NULL);
    print_rows(file, rows, target, "");
}
