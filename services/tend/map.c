#include "services/tend/map.h"

#include "common/arena.h"
#include "common/config_errors.h"
#include "common/config_node.h"
#include "common/must.h"
#include "common/nearest.h"
#include "common/zone.h"
#include "common/moment.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_BLOCK = 1 << 16, ARENA_LIMIT = 64 << 20, NAMES_MAX = COLUMNS_MAX + 4 };

struct section {
    bool present;
    struct map_settings settings;
    struct source *sources;
    struct config_place *places; // parallel
    size_t count;
};

struct map {
    struct arena *arena;
    struct config_complaints list;
    struct section sections[KINDS];
};

// The keys of a section that are no columns.
static const struct {
    const char *name;
    size_t offset;
} settings[] = {
    {"zone", offsetof(struct map_settings, zone)},
    {"encoding", offsetof(struct map_settings, encoding)},
    {"delimiter", offsetof(struct map_settings, delimiter)},
    {"decimal", offsetof(struct map_settings, decimal)},
};

enum { SETTINGS = sizeof settings / sizeof *settings };

static bool text_of(struct map *map, const struct config_node *node, const char **ret_text)
{
    if (node->shape != NODE_SCALAR) {
        config_errors_add(&map->list, node->shape == NODE_EMPTY ? node->key_place : node->place, "a text belongs here");
        return false;
    }
    *ret_text = node->text;
    return true;
}

static void read_translations(struct map *map, const struct config_node *node, struct source *source)
{
    if (node->shape != NODE_MAPPING) {
        config_errors_add(&map->list, node->place, "values is a mapping: {theirs: ours, ...}");
        return;
    }
    struct translation *translations = arena_zero(map->arena, node->count + 1, sizeof *translations);
    for (const struct config_node *at = node->first; at != NULL; at = at->next) {
        struct translation *translation = &translations[source->translation_count];
        translation->from = at->key;
        if (text_of(map, at, &translation->to))
            source->translation_count++;
    }
    source->translations = translations;
}

// {column: ..., format: ..., zone: ..., value: ..., values: {...}}
static void read_source_key(struct map *map, const struct config_node *node, struct source *source)
{
    static const char *const names[] = {"column", "value", "format", "zone", "values"};
    const char **members[] = {&source->column, &source->value, &source->format, &source->zone};
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        if (strcmp(node->key, names[i]) == 0) {
            text_of(map, node, members[i]);
            return;
        }
    }
    if (strcmp(node->key, "values") == 0) {
        read_translations(map, node, source);
        return;
    }
    const char *near = nearest_name(node->key, names, sizeof names / sizeof *names);
    config_errors_add(&map->list, node->key_place,
                      "\"%.40s\" is not known here (column, value, format, zone, values)%s%s%s", node->key,
                      near == NULL ? "" : "; did you mean \"", near == NULL ? "" : near, near == NULL ? "" : "\"?");
}

static void check_source(struct map *map, const struct config_node *node, const struct source *source)
{
    if (source->column == NULL && source->value == NULL)
        config_errors_add(&map->list, node->place, "says neither column nor value");
    if (source->column != NULL && source->value != NULL)
        config_errors_add(&map->list, node->place, "says both column and value");
    if (source->format != NULL && !moment_format_valid(source->format))
        config_errors_add(&map->list, node->place,
                          "\"%.40s\" is no format of a date: it is made of YYYY, M, D and perhaps H, m, s, A, Z",
                          source->format);
    if (source->zone != NULL && !zone_name_valid(source->zone))
        config_errors_add(&map->list, node->place, "\"%.40s\" is no name of a time zone", source->zone);
}

static void read_source(struct map *map, const struct config_node *node, const char *name, struct section *section)
{
    for (size_t i = 0; i < section->count; i++)
        if (strcmp(section->sources[i].name, name) == 0)
            config_errors_add(&map->list, node->key_place, "\"%.40s\" is the column %.40s, which is named before",
                              node->key, name);
    struct source *source = &section->sources[section->count];
    section->places[section->count++] = node->place;
    source->name = name;
    if (node->shape != NODE_MAPPING) {
        text_of(map, node, &source->column);
        return;
    }
    for (const struct config_node *at = node->first; at != NULL; at = at->next)
        read_source_key(map, at, source);
    check_source(map, node, source);
}

// Our own name of the column that a key of the map means, which may be any that we would know in a header; NULL when
// there is none.
static const char *column_of(enum import_kind kind, const char *name)
{
    size_t count, prefix = strlen(KIND_FILE_PREFIX);
    const struct column *columns = kind_columns(kind, &count);
    for (size_t i = 0; i < count; i++)
        if (strcmp(columns[i].name, name) == 0)
            return columns[i].name;
    for (size_t i = 0; i < count; i++)
        if (column_matches(&columns[i], name) == COLUMN_YES)
            return columns[i].name;
    bool file = strncmp(name, KIND_FILE_PREFIX, prefix) == 0 && name[prefix] != '\0';
    return kind == KIND_CUSTOMERS && file ? name : NULL;
}

static void refuse_column(struct map *map, enum import_kind kind, const struct config_node *node)
{
    const char *names[NAMES_MAX];
    size_t count;
    const struct column *columns = kind_columns(kind, &count);
    must(count + SETTINGS <= NAMES_MAX);
    for (size_t i = 0; i < count; i++)
        names[i] = columns[i].name;
    for (size_t i = 0; i < SETTINGS; i++)
        names[count++] = settings[i].name;
    const char *near = nearest_name(node->key, names, count);
    config_errors_add(&map->list, node->key_place, "%s have no column \"%.40s\"%s%s%s", kind_name(kind), node->key,
                      near == NULL ? "" : "; did you mean \"", near == NULL ? "" : near, near == NULL ? "" : "\"?");
}

static void read_section(struct map *map, enum import_kind kind, const struct config_node *node)
{
    struct section *section = &map->sections[kind];
    section->present = true;
    if (node->shape != NODE_MAPPING) {
        config_errors_add(&map->list, node->place, "a mapping belongs here: our columns and theirs");
        return;
    }
    section->sources = arena_zero(map->arena, node->count + 1, sizeof *section->sources);
    section->places = arena_zero(map->arena, node->count + 1, sizeof *section->places);
    for (const struct config_node *at = node->first; at != NULL; at = at->next) {
        const char **setting = NULL;
        for (size_t i = 0; i < SETTINGS; i++)
            if (strcmp(settings[i].name, at->key) == 0)
                setting = (const char **)(void *)((char *)&section->settings + settings[i].offset);
        const char *name = column_of(kind, at->key);
        if (setting != NULL)
            text_of(map, at, setting);
        else if (name != NULL)
            read_source(map, at, name, section);
        else
            refuse_column(map, kind, at);
    }
}

static void read_root(struct map *map, const struct config_node *root)
{
    if (root == NULL || root->shape != NODE_MAPPING) {
        config_errors_add(&map->list, CONFIG_NOWHERE, "names no kind: it begins with \"orders:\" or another kind");
        return;
    }
    for (const struct config_node *at = root->first; at != NULL; at = at->next) {
        enum import_kind kind;
        if (kind_parse(at->key, &kind) && kind != KIND_EVENTS)
            read_section(map, kind, at);
        else
            config_errors_add(&map->list, at->key_place,
                              "\"%.40s\" is no kind: orders, customers, reps, contacts, leads, contracts", at->key);
    }
}

static void print_errors(const struct map *map, char *ret_error)
{
    size_t used = 0;
    ret_error[0] = '\0';
    for (size_t i = 0; i < map->list.count && used < MAP_ERROR_BYTES; i++) {
        const struct config_error *error = &map->list.errors[i];
        int length =
            error->line > 0
                ? snprintf(ret_error + used, MAP_ERROR_BYTES - used, "%s:%d:%d: %s\n%s", map->list.name, error->line,
                           error->column, error->message, error->excerpt)
                : snprintf(ret_error + used, MAP_ERROR_BYTES - used, "%s: %s\n", map->list.name, error->message);
        used += (size_t)length;
    }
    size_t length = strlen(ret_error);
    if (length > 0 && ret_error[length - 1] == '\n')
        ret_error[length - 1] = '\0';
}

static bool read_file(struct map *map, const char *path, char *ret_error)
{
    FILE *file = fopen(path, "rbe");
    if (file == NULL) {
        snprintf(ret_error, MAP_ERROR_BYTES, "%s: %s", path, strerror(errno));
        return false;
    }
    char *text = arena_take(map->arena, MAP_FILE_BYTES + 1);
    size_t length = fread(text, 1, MAP_FILE_BYTES + 1, file);
    bool failed = ferror(file) != 0;
    fclose(file);
    if (failed || length > MAP_FILE_BYTES) {
        snprintf(ret_error, MAP_ERROR_BYTES, "%s: %s", path, failed ? "cannot be read" : "is longer than a megabyte");
        return false;
    }
    text[length] = '\0';
    map->list.text = text;
    map->list.length = length;
    return true;
}

bool map_open(const char *path, char *ret_error, struct map **ret_map)
{
    struct map *map = calloc(1, sizeof *map);
    must(map != NULL);
    map->arena = arena_open(ARENA_BLOCK, ARENA_LIMIT);
    map->list.arena = map->arena;
    map->list.name = arena_text(map->arena, path, strlen(path));
    if (!read_file(map, path, ret_error)) {
        map_close(&map);
        return false;
    }
    struct config_node *root = NULL;
    if (config_node_read(&map->list, &root))
        read_root(map, root);
    if (map->list.count > 0) {
        print_errors(map, ret_error);
        map_close(&map);
        return false;
    }
    *ret_map = map;
    return true;
}

void map_close(struct map **map)
{
    if (*map == NULL)
        return;
    arena_close(&(*map)->arena);
    free(*map);
    *map = NULL;
}

const struct source *map_sources(const struct map *map, enum import_kind kind, size_t *ret_count)
{
    *ret_count = map->sections[kind].count;
    return map->sections[kind].sources;
}

struct map_settings map_settings(const struct map *map, enum import_kind kind)
{
    return map->sections[kind].settings;
}

void map_complain(struct map *map, const struct source *source, const char *message, char *ret_error)
{
    struct config_place place = CONFIG_NOWHERE;
    for (int kind = 0; kind < KINDS; kind++)
        for (size_t i = 0; i < map->sections[kind].count; i++)
            if (source == &map->sections[kind].sources[i])
                place = map->sections[kind].places[i];
    map->list.count = 0;
    config_errors_add(&map->list, place, "%s", message);
    print_errors(map, ret_error);
}
