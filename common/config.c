#include "common/config.h"

#include "common/config_errors.h"
#include "common/config_node.h"
#include "common/config_text.h"
#include "common/config_value.h"
#include "common/must.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum {
    BLOCK_BYTES = 1 << 14,
    // The text, and for each of at most CONFIG_NODES values a node, its text and its struct, come to less.
    LIMIT_BYTES = 1 << 30,
    MESSAGE_BYTES = 400,
};

struct config {
    struct arena *arena;
    const char *folder; // of the file with its last slash; "" for the current one
    const struct config_node *root;
    bool broken; // there is a file, but what it holds could not be read
    struct config_complaints list, warnings;
};

// Fills the member of `row` from `node`, which is NULL when the file leaves the key out.
typedef void fill_row(struct config *config, const struct config_key *row, const struct config_node *node,
                      unsigned char *member);

static void fill_table(struct config *config, const struct config_key *rows, const struct config_node *mapping,
                       const char *name, unsigned char *target);

static const char *shape_label(const struct config_node *node)
{
    static const char *const labels[] = {"nothing", "a single value", "a mapping", "a list", "that"};
    return labels[node->shape];
}

static void complain_at(struct config *config, const struct config_key *row, const struct config_node *node,
                        const char *trouble)
{
    if (node->shape == NODE_REFUSED)
        return;
    size_t hidden = row->type == CONFIG_SECRET ? node->place.start : SIZE_MAX;
    config_errors_add_hidden(&config->list, node->place, hidden, "%s %s", row->name, trouble);
}

// The text of a scalar of the file; false with an error when there is none. An empty value (`key:`) is an error, too:
// the person has forgotten something, or means the default and can leave the line out.
static bool scalar_text(struct config *config, const struct config_key *row, const struct config_node *node)
{
    if (node->shape == NODE_SCALAR)
        return true;
    char trouble[MESSAGE_BYTES];
    if (node->shape == NODE_EMPTY)
        snprintf(trouble, sizeof trouble, "has no value: it must be %s", config_kind(row->type)->label);
    else
        snprintf(trouble, sizeof trouble, "must be %s, not %s", config_kind(row->type)->label, shape_label(node));
    complain_at(config, row, node, trouble);
    return false;
}

static void store_number(const struct config_key *row, int64_t number, unsigned char *member)
{
    int32_t small = number == CONFIG_UNSET ? CONFIG_UNSET_32 : (int32_t)number;
    bool flag = number != 0;
    int choice = (int)number;
    switch (row->type) {
    case CONFIG_FLAG:
        memcpy(member, &flag, sizeof flag);
        break;
    case CONFIG_CHOICE:
        memcpy(member, &choice, sizeof choice);
        break;
    case CONFIG_DAY:
    case CONFIG_MINUTE:
        memcpy(member, &small, sizeof small);
        break;
    default:
        memcpy(member, &number, sizeof number);
    }
}

static void store_address(struct config *config, const char *text, unsigned char *member)
{
    struct config_address address = {.text = text, .host = "", .port = 0};
    const char *host;
    size_t length;
    if (config_value_address(text, strlen(text), &host, &length, &address.port))
        address.host = arena_text(config->arena, host, length);
    memcpy(member, &address, sizeof address);
}

static void store_text(struct config *config, const struct config_key *row, const char *text, unsigned char *member)
{
    if (row->type == CONFIG_ADDRESS) {
        store_address(config, text, member);
        return;
    }
    bool kept = row->type == CONFIG_SECRET && strncmp(text, CONFIG_CREDENTIAL, strlen(CONFIG_CREDENTIAL)) == 0;
    if (row->type == CONFIG_FILE || (row->type == CONFIG_SECRET && !kept))
        text = text[0] == '\0' ? text : config_path(config, text);
    memcpy(member, &text, sizeof text);
}

static bool store_scalar(struct config *config, const struct config_key *row, const char *text, size_t length,
                         unsigned char *member, char *trouble)
{
    if (config_kind_is_text(row->type)) {
        if (!config_value_text(row, text, length, trouble))
            return false;
        store_text(config, row, text, member);
        return true;
    }
    int64_t number;
    if (!config_value_number(row, text, length, trouble, &number))
        return false;
    store_number(row, number, member);
    return true;
}

static void fill_scalar(struct config *config, const struct config_key *row, const struct config_node *node,
                        unsigned char *member)
{
    char trouble[CONFIG_TROUBLE_BYTES];
    if (node != NULL && scalar_text(config, row, node)) {
        if (store_scalar(config, row, node->text, node->length, member, trouble))
            return;
        complain_at(config, row, node, trouble);
    }
    if (row->fallback == NULL) {
        // The error is told elsewhere; the struct still holds something that can be looked at.
        if (config_kind_is_text(row->type))
            store_text(config, row, "", member);
        return;
    }
    must(store_scalar(config, row, row->fallback, strlen(row->fallback), member, trouble));
}

// The next item of a fallback such as "saturday, sunday"; false at the end.
static bool next_item(const char **rest, const char **ret_item, size_t *ret_length)
{
    *rest += strspn(*rest, ", ");
    *ret_item = *rest;
    *ret_length = strcspn(*rest, ",");
    *rest += *ret_length;
    return *ret_length > 0;
}

static uint32_t bit_of(int64_t value)
{
    must(value >= 0 && value < 32);
    return UINT32_C(1) << value;
}

static uint32_t default_set(const struct config_key *row)
{
    uint32_t set = 0;
    const char *rest = row->fallback == NULL ? "" : row->fallback, *item;
    for (size_t length; next_item(&rest, &item, &length);) {
        char name[CONFIG_NUMBER_BYTES], trouble[CONFIG_TROUBLE_BYTES];
        int64_t value;
        must(length < sizeof name);
        memcpy(name, item, length);
        name[length] = '\0';
        must(config_value_number(row, name, length, trouble, &value));
        set |= bit_of(value);
    }
    return set;
}

// A list of the file with the right number of items; false when the default is to be taken.
static bool is_list(struct config *config, const struct config_key *row, const struct config_node *node)
{
    if (node == NULL || node->shape == NODE_EMPTY)
        return false;
    char trouble[MESSAGE_BYTES];
    size_t most = row->max > 0 && row->max < CONFIG_ITEMS ? (size_t)row->max : CONFIG_ITEMS;
    if (node->shape != NODE_SEQUENCE)
        snprintf(trouble, sizeof trouble, "must be a list, not %s", shape_label(node));
    else if (node->count < (size_t)row->min)
        snprintf(trouble, sizeof trouble, "must have at least %lld items, not %zu", (long long)row->min, node->count);
    else if (node->count > most)
        snprintf(trouble, sizeof trouble, "may have at most %zu items, not %zu", most, node->count);
    else
        return true;
    complain_at(config, row, node, trouble);
    return false;
}

static void fill_set(struct config *config, const struct config_key *row, const struct config_node *node,
                     unsigned char *member)
{
    uint32_t set = default_set(row);
    if (is_list(config, row, node)) {
        set = 0;
        for (const struct config_node *item = node->first; item != NULL; item = item->next) {
            char trouble[CONFIG_TROUBLE_BYTES] = "names one choice twice";
            int64_t value;
            if (!scalar_text(config, row, item))
                continue;
            if (!config_value_number(row, item->text, item->length, trouble, &value) || (set & bit_of(value)) != 0)
                complain_at(config, row, item, trouble);
            else
                set |= bit_of(value);
        }
    }
    memcpy(member, &set, sizeof set);
}

static void fill_group(struct config *config, const struct config_key *row, const struct config_node *node,
                       unsigned char *member)
{
    if (node != NULL && node->shape != NODE_MAPPING && node->shape != NODE_EMPTY)
        complain_at(config, row, node, "must be a mapping of keys to values");
    fill_table(config, row->keys, node, row->name, member);
}

// Room for the items of a list, with the pointer and the count of the parent struct set. The member of `row` is the
// pointer.
static unsigned char *take_items(struct config *config, const struct config_key *row, size_t count,
                                 unsigned char *member)
{
    must(row->item_bytes > 0);
    unsigned char *items = arena_zero(config->arena, count + 1, row->item_bytes);
    memcpy(member, &items, sizeof items);
    memcpy(member - row->offset + row->count_offset, &count, sizeof count);
    return items;
}

static void fill_default_list(struct config *config, const struct config_key *row, unsigned char *member)
{
    const char *fallback = row->fallback == NULL ? "" : row->fallback, *rest = fallback, *item;
    size_t count = 0, length;
    while (next_item(&rest, &item, &length))
        count++;
    unsigned char *items = take_items(config, row, count, member);
    rest = fallback;
    for (; next_item(&rest, &item, &length); items += row->item_bytes) {
        char trouble[CONFIG_TROUBLE_BYTES];
        const char *text = arena_text(config->arena, item, length);
        must(store_scalar(config, &row->keys[0], text, length, items, trouble));
    }
}

static void fill_list(struct config *config, const struct config_key *row, const struct config_node *node,
                      unsigned char *member)
{
    if (!is_list(config, row, node)) {
        fill_default_list(config, row, member);
        return;
    }
    // Errors name the list; the item's own row has no name.
    struct config_key item_row = row->keys[0];
    item_row.name = row->name;
    unsigned char *items = take_items(config, row, node->count, member);
    for (const struct config_node *item = node->first; item != NULL; item = item->next, items += row->item_bytes)
        fill_scalar(config, &item_row, item, items + item_row.offset);
}

static void fill_records(struct config *config, const struct config_key *row, const struct config_node *node,
                         unsigned char *member)
{
    bool given = is_list(config, row, node);
    unsigned char *items = take_items(config, row, given ? node->count : 0, member);
    if (!given)
        return;
    for (const struct config_node *item = node->first; item != NULL; item = item->next, items += row->item_bytes) {
        if (item->shape == NODE_SCALAR || item->shape == NODE_SEQUENCE)
            complain_at(config, row, item, "must be a list of mappings, each starting with \"- key: value\"");
        fill_table(config, row->keys, item, row->name, items);
    }
}

static void fill_named(struct config *config, const struct config_key *row, const struct config_node *node,
                       unsigned char *member)
{
    bool given = node != NULL && node->shape == NODE_MAPPING;
    if (node != NULL && !given && node->shape != NODE_EMPTY)
        complain_at(config, row, node, "must be a mapping of names, each with its own keys below it");
    size_t most = row->max > 0 && row->max < CONFIG_ITEMS ? (size_t)row->max : CONFIG_ITEMS;
    if (given && node->count > most) {
        config_errors_add(&config->list, node->place, "%s may have at most %zu names, not %zu", row->name, most,
                          node->count);
        given = false;
    }
    unsigned char *items = take_items(config, row, given ? node->count : 0, member);
    if (!given)
        return;
    for (const struct config_node *item = node->first; item != NULL; item = item->next, items += row->item_bytes) {
        if (item->shape == NODE_SCALAR || item->shape == NODE_SEQUENCE)
            complain_at(config, row, item, "must be a mapping of names, each with its own keys below it");
        fill_table(config, row->keys, item, item->key, items);
    }
}

// The name an item is listed under; rows of this type are no keys of the file.
static void fill_name(struct config *config, const struct config_key *row, const struct config_node *node,
                      unsigned char *member)
{
    const char *name = node == NULL || node->key == NULL ? "" : node->key;
    char trouble[CONFIG_TROUBLE_BYTES];
    if (node != NULL && node->key != NULL && !config_value_text(row, name, strlen(name), trouble))
        config_errors_add(&config->list, node->key_place, "%s %s", row->name, trouble);
    memcpy(member, &name, sizeof name);
}

static fill_row *const fills[CONFIG_TYPES] = {
    [CONFIG_NAME] = fill_name, [CONFIG_SET] = fill_set,         [CONFIG_GROUP] = fill_group,
    [CONFIG_LIST] = fill_list, [CONFIG_RECORDS] = fill_records, [CONFIG_NAMED] = fill_named,
};

static void check_known(struct config *config, const struct config_key *rows, const struct config_node *mapping,
                        const char *name)
{
    const char *names[CONFIG_ROWS];
    size_t count = 0;
    for (const struct config_key *row = rows; row->name != NULL; row++) {
        must(count < CONFIG_ROWS);
        if (row->type != CONFIG_NAME)
            names[count++] = row->name;
    }
    for (const struct config_node *node = mapping->first; node != NULL; node = node->next) {
        size_t i = 0;
        while (i < count && strcmp(names[i], node->key) != 0)
            i++;
        if (i < count)
            continue;
        char quoted[CONFIG_QUOTE_BYTES], where[CONFIG_QUOTE_BYTES], near[CONFIG_TROUBLE_BYTES];
        config_text_quote(node->key, strlen(node->key), quoted);
        config_text_quote(name, strlen(name), where);
        config_value_suggest(node->key, names, count, near);
        config_errors_add_hidden(&config->list, node->key_place, node->key_place.end, "unknown key %s in %s%s", quoted,
                                 where, near);
    }
}

// Where a mapping is told to lack a key: at the name that introduces it, else at its start.
static struct config_place head_of(const struct config_node *node)
{
    return node->key != NULL ? node->key_place : node->place;
}

// A person may have written the secret where the name of its file belongs.
static void hide_secrets(struct config *config, const struct config_key *rows, const struct config_node *mapping)
{
    for (const struct config_key *row = rows; row->name != NULL; row++) {
        const struct config_node *node = row->type == CONFIG_SECRET ? config_node_find(mapping, row->name) : NULL;
        if (node == NULL || node->shape == NODE_EMPTY)
            continue;
        size_t end = node->shape == NODE_SCALAR ? node->place.end : SIZE_MAX;
        config_errors_hide(&config->list, (struct config_place){node->place.start, end});
    }
}

// `mapping` may be NULL, or of a shape that was complained about: every row then takes its default.
static void fill_table(struct config *config, const struct config_key *rows, const struct config_node *mapping,
                       const char *name, unsigned char *target)
{
    bool given = mapping != NULL && mapping->shape == NODE_MAPPING;
    if (given) {
        hide_secrets(config, rows, mapping);
        check_known(config, rows, mapping, name);
    }
    for (const struct config_key *row = rows; row->name != NULL; row++) {
        const struct config_node *node = given ? config_node_find(mapping, row->name) : NULL;
        bool key = row->type != CONFIG_NAME;
        bool told = config->broken || (mapping != NULL && !given && mapping->shape != NODE_EMPTY);
        if (key && node == NULL && row->fallback == NULL && !told)
            config_errors_add(&config->list, mapping == NULL ? CONFIG_NOWHERE : head_of(mapping),
                              "%s lacks the key \"%s\"", name, row->name);
        fill_row *fill = fills[row->type] == NULL ? fill_scalar : fills[row->type];
        fill(config, row, key ? node : mapping, target + row->offset);
    }
}

static void check_sections(struct config *config, const struct config_section *sections, size_t count)
{
    const char *names[CONFIG_ROWS];
    must(count <= CONFIG_ROWS);
    for (size_t i = 0; i < count; i++)
        names[i] = sections[i].name;
    for (const struct config_node *node = config->root->first; node != NULL; node = node->next) {
        size_t i = 0;
        while (i < count && strcmp(names[i], node->key) != 0)
            i++;
        if (i < count && node->shape != NODE_SCALAR && node->shape != NODE_SEQUENCE)
            continue;
        char quoted[CONFIG_QUOTE_BYTES], near[CONFIG_TROUBLE_BYTES];
        config_text_quote(node->key, strlen(node->key), quoted);
        config_value_suggest(node->key, names, count, near);
        if (i < count)
            config_errors_add(&config->list, node->place, "the section %s must be a mapping of keys to values",
                              node->key);
        else
            config_errors_add_hidden(&config->list, node->key_place, node->key_place.end, "unknown section %s%s",
                                     quoted, near);
    }
}

static void fill_sections(struct config *config, const struct config_section *sections, size_t count)
{
    const struct config_node *root = config->root;
    if (root != NULL && root->shape != NODE_MAPPING) {
        if (root->shape == NODE_SCALAR || root->shape == NODE_SEQUENCE)
            config_errors_add(&config->list, root->place,
                              "the file must be a mapping of sections, such as \"common:\"");
        config->root = root = NULL;
    }
    if (root != NULL)
        check_sections(config, sections, count);
    for (size_t i = 0; i < count; i++) {
        const struct config_node *node = root == NULL ? NULL : config_node_find(root, sections[i].name);
        if (sections[i].keys != NULL)
            fill_table(config, sections[i].keys, node, sections[i].name, sections[i].target);
    }
}

static struct config *open_config(const char *name)
{
    struct config *config = calloc(1, sizeof *config);
    must(config != NULL);
    config->arena = arena_open(BLOCK_BYTES, LIMIT_BYTES);
    config->list.arena = config->arena;
    config->list.name = arena_text(config->arena, name, strlen(name));
    const char *slash = strrchr(name, '/');
    config->folder = arena_text(config->arena, name, slash == NULL ? 0 : (size_t)(slash - name) + 1);
    return config;
}

// The one way in: `text` NULL when there is no file, or none that could be read.
static struct config *read_into(struct config *config, const char *text, size_t length,
                                const struct config_section *sections, size_t count)
{
    if (text != NULL) {
        // The mark that some editors put before UTF-8.
        size_t mark = length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
        config->list.text = arena_text(config->arena, text + mark, length - mark);
        config->list.length = length - mark;
        struct config_node *root = NULL;
        config->broken = !config_node_read(&config->list, &root);
        config->root = root;
    }
    fill_sections(config, sections, count);
    return config;
}

struct config *config_read_text(const char *name, const char *text, size_t length,
                                const struct config_section *sections, size_t count)
{
    must(text != NULL);
    struct config *config = open_config(name);
    if (length <= CONFIG_FILE_BYTES)
        return read_into(config, text, length, sections, count);
    config_errors_add(&config->list, CONFIG_NOWHERE, "larger than %d bytes: this is no configuration",
                      CONFIG_FILE_BYTES);
    config->broken = true;
    return read_into(config, NULL, 0, sections, count);
}

struct config *config_read(const char *path, const struct config_section *sections, size_t count)
{
    if (path == NULL)
        return read_into(open_config("defaults"), NULL, 0, sections, count);
    // One byte more than is allowed, to see that there is more.
    char *text = malloc(CONFIG_FILE_BYTES + 1);
    must(text != NULL);
    size_t length = 0;
    errno = 0;
    FILE *file = fopen(path, "re");
    if (file != NULL)
        length = fread(text, 1, CONFIG_FILE_BYTES + 1, file);
    bool good = file != NULL && !ferror(file);
    int trouble = errno;
    if (file != NULL)
        fclose(file);
    struct config *config;
    if (good) {
        config = config_read_text(path, text, length, sections, count);
    } else {
        config = open_config(path);
        config_errors_add(&config->list, CONFIG_NOWHERE, "cannot be read: %s", strerror(trouble));
        config->broken = true;
        read_into(config, NULL, 0, sections, count);
    }
    free(text);
    return config;
}

// Where a complaint about a key goes, and under which name: the key's own when the file has it, else the whole key at
// the nearest mapping around it.
static struct config_place place_of(const struct config *config, const char *key, const char **ret_name)
{
    const char *rest = key, *dot = strrchr(key, '.');
    const struct config_node *node = config->root == NULL ? NULL : config_node_locate(config->root, key, &rest);
    *ret_name = key;
    if (node == NULL || node == config->root)
        return CONFIG_NOWHERE;
    bool found = *rest == '\0';
    if (found)
        *ret_name = node->key != NULL ? node->key : dot == NULL ? key : dot + 1;
    return found && (node->shape == NODE_SCALAR || node->key == NULL) ? node->place : head_of(node);
}

static void complain_at_key(struct config *config, struct config_complaints *list, const char *key, const char *message,
                            va_list arguments)
{
    char text[MESSAGE_BYTES];
    vsnprintf(text, sizeof text, message, arguments);
    text[config_text_whole(text, strlen(text))] = '\0';
    const char *name;
    struct config_place place = place_of(config, key, &name);
    config_errors_add(list, place, "%s %s", name, text);
}

void config_complain(struct config *config, const char *key, const char *message, ...)
{
    va_list arguments;
    va_start(arguments, message);
    complain_at_key(config, &config->list, key, message, arguments);
    va_end(arguments);
}

void config_warn(struct config *config, const char *key, const char *message, ...)
{
    struct config_complaints *list = &config->warnings;
    list->arena = config->list.arena;
    list->name = config->list.name;
    list->text = config->list.text;
    list->length = config->list.length;
    list->secrets = config->list.secrets;
    va_list arguments;
    va_start(arguments, message);
    complain_at_key(config, list, key, message, arguments);
    va_end(arguments);
}

bool config_complained(const struct config *config, const char *key)
{
    const char *name, *rest = key;
    struct config_place place = place_of(config, key, &name);
    if (place.start == SIZE_MAX)
        return false;
    // A value of the wrong shape is complained about where it starts, not at its key.
    const struct config_node *node = config_node_locate(config->root, key, &rest);
    return config_errors_at(&config->list, place) || (*rest == '\0' && config_errors_at(&config->list, node->place));
}

bool config_good(const struct config *config)
{
    return config->list.count == 0;
}

const struct config_error *config_errors(const struct config *config, size_t *ret_count)
{
    *ret_count = config->list.count;
    return config->list.errors;
}

const struct config_error *config_warnings(const struct config *config, size_t *ret_count)
{
    *ret_count = config->warnings.count;
    return config->warnings.errors;
}

void config_errors_print(const struct config *config, FILE *file)
{
    config_errors_list(&config->list, "", "errors", file);
}

void config_warnings_print(const struct config *config, FILE *file)
{
    config_errors_list(&config->warnings, "warning: ", "warnings", file);
}

const char *config_path(struct config *config, const char *file)
{
    const char *folder = file[0] == '/' ? "" : config->folder;
    return arena_format(config->arena, "%s%s", folder, file);
}

void *config_keep(struct config *config, size_t bytes)
{
    return arena_zero(config->arena, 1, bytes);
}

void config_close(struct config **config)
{
    if (*config == NULL)
        return;
    arena_close(&(*config)->arena);
    free(*config);
    *config = NULL;
}
