#include "services/ingest/pointer.h"

#include "common/must.h"

#include <string.h>

enum { INDEX_DIGITS = 9 };

static const char every[] = "*";

bool pointer_looks(const char *text)
{
    return text[0] == '\0' || text[0] == '/' || text[0] == '^';
}

// One step without its escapes. NULL when a "~" is followed by neither 0 nor 1.
static char *unescape(struct arena *arena, const char *text, size_t length)
{
    char *step = arena_take(arena, length + 1);
    size_t used = 0;
    for (size_t i = 0; i < length; i++) {
        if (text[i] != '~') {
            step[used++] = text[i];
            continue;
        }
        if (i + 1 == length || (text[i + 1] != '0' && text[i + 1] != '1'))
            return NULL;
        step[used++] = text[++i] == '0' ? '~' : '/';
    }
    step[used] = '\0';
    return step;
}

const char *pointer_compile(struct arena *arena, const char *text, struct pointer *ret_pointer)
{
    struct pointer pointer = {.text = text, .root = text[0] == '^'};
    const char *at = text + pointer.root;
    if (*at != '\0' && *at != '/')
        return "a pointer begins with / (or with ^/ from the root of the body); a constant is {value: ...}";
    // One more for pointer_entries.
    pointer.steps = arena_zero(arena, POINTER_STEPS_MAX + 1, sizeof *pointer.steps);
    while (*at == '/') {
        size_t length = strcspn(++at, "/");
        if (pointer.count == POINTER_STEPS_MAX)
            return "a pointer has at most 32 steps";
        char *step = unescape(arena, at, length);
        if (step == NULL)
            return "in a pointer \"~\" is written ~0 and a \"/\" inside a name ~1";
        bool all = strcmp(step, every) == 0;
        pointer.many = pointer.many || all;
        pointer.steps[pointer.count++] = all ? every : step;
        at += length;
    }
    *ret_pointer = pointer;
    return NULL;
}

void pointer_entries(struct pointer *pointer)
{
    must(pointer->count <= POINTER_STEPS_MAX);
    pointer->many = true;
    pointer->steps[pointer->count++] = every;
}

static json_t *entry(json_t *list, const char *step)
{
    size_t index = 0, digits = strlen(step);
    if (digits == 0 || digits > INDEX_DIGITS || (digits > 1 && step[0] == '0'))
        return NULL;
    for (size_t i = 0; i < digits; i++) {
        if (step[i] < '0' || step[i] > '9')
            return NULL;
        index = index * 10 + (size_t)(step[i] - '0');
    }
    return json_array_get(list, index);
}

static json_t *descend(json_t *json, const char *step)
{
    return json_is_object(json) ? json_object_get(json, step) : json_is_array(json) ? entry(json, step) : NULL;
}

json_t *pointer_find(const struct pointer *pointer, json_t *from)
{
    for (size_t i = 0; i < pointer->count && from != NULL; i++)
        from = descend(from, pointer->steps[i]);
    return from;
}

struct walk {
    const struct pointer *pointer;
    struct arena *arena;
    struct pointer_item *items;
    size_t count, room, most;
    const char *wrong; // the path of what is no list
};

static void add_item(struct walk *walk, json_t *json, const char *path)
{
    if (walk->count == walk->room) {
        struct pointer_item *items = arena_zero(walk->arena, 2 * walk->room + 16, sizeof *items);
        if (walk->count > 0)
            memcpy(items, walk->items, walk->count * sizeof *items);
        walk->items = items;
        walk->room = 2 * walk->room + 16;
    }
    walk->items[walk->count++] = (struct pointer_item){json, path};
}

static bool nothing(const json_t *json)
{
    return json == NULL || json_is_null(json) || (json_is_string(json) && json_string_length(json) == 0);
}

static void walk_from(struct walk *walk, size_t step, json_t *json, const char *path)
{
    for (; step < walk->pointer->count && walk->pointer->steps[step] != every; step++) {
        json = descend(json, walk->pointer->steps[step]);
        if (json == NULL)
            return;
        path = arena_format(walk->arena, "%s/%s", path, walk->pointer->steps[step]);
    }
    if (step == walk->pointer->count) {
        add_item(walk, json, path);
        return;
    }
    if (nothing(json))
        return;
    if (!json_is_array(json)) {
        walk->wrong = path;
        return;
    }
    for (size_t i = 0; i < json_array_size(json) && walk->wrong == NULL && walk->count <= walk->most; i++)
        walk_from(walk, step + 1, json_array_get(json, i), arena_format(walk->arena, "%s/%zu", path, i));
}

const char *pointer_all(const struct pointer *pointer, json_t *from, const char *path, size_t most, struct arena *arena,
                        struct pointer_item **ret_items, size_t *ret_count, const char **ret_path)
{
    struct walk walk = {.pointer = pointer, .arena = arena, .most = most};
    walk_from(&walk, 0, from, path);
    if (walk.wrong != NULL) {
        *ret_path = walk.wrong;
        return "is no list";
    }
    *ret_items = walk.items;
    *ret_count = walk.count;
    return NULL;
}

const char *pointer_path(struct arena *arena, const struct pointer *pointer, const char *item_path)
{
    return pointer->root ? pointer->text + 1 : arena_format(arena, "%s%s", item_path, pointer->text);
}
