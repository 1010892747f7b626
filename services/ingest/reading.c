#include "services/ingest/reading.h"

#include "common/must.h"
#include "common/nearest.h"
#include "services/ingest/catalogue.h"

#include <string.h>

enum { KEYS_MAX = 24, SHOWN_BYTES = 40, LIST_BYTES = 256 };

bool reading_text(struct reading *reading, const struct config_node *node, const char **ret_text)
{
    if (node->shape == NODE_SCALAR) {
        *ret_text = node->text;
        return true;
    }
    config_errors_add(&reading->list, node->shape == NODE_EMPTY && node->key != NULL ? node->key_place : node->place,
                      "a text belongs here");
    return false;
}

void reading_flag(struct reading *reading, const struct config_node *node, bool *ret_flag)
{
    const char *text;
    if (!reading_text(reading, node, &text))
        return;
    if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)
        *ret_flag = text[0] == 't';
    else
        config_errors_add(&reading->list, node->place, "true or false belongs here");
}

void reading_pointer(struct reading *reading, const struct config_node *node, bool entries, struct pointer *ret_pointer)
{
    const char *text;
    struct pointer pointer;
    if (!reading_text(reading, node, &text))
        return;
    const char *fault = pointer_compile(reading->mapping->arena, text, &pointer);
    if (fault != NULL) {
        config_errors_add(&reading->list, node->place, "%s", fault);
        return;
    }
    if (entries)
        pointer_entries(&pointer);
    else if (pointer.many)
        config_errors_add(&reading->list, node->place, "\"*\" stands for many; here one value is meant");
    *ret_pointer = pointer;
}

const struct zone *reading_zone(struct reading *reading, const struct config_node *node, const char *name)
{
    struct mapping *mapping = reading->mapping;
    for (size_t i = 0; i < mapping->zone_count; i++)
        if (strcmp(zone_name(mapping->zones[i]), name) == 0)
            return mapping->zones[i];
    struct config_place place = node == NULL ? CONFIG_NOWHERE : node->place;
    if (mapping->zone_count == READING_ZONES_MAX)
        config_errors_add(&reading->list, place, "more than %d time zones in one file", READING_ZONES_MAX);
    else if (!zone_open(ZONE_DIRECTORIES, name, &mapping->zones[mapping->zone_count]))
        config_errors_add(&reading->list, place, "\"%.*s\" is no time zone such as Asia/Shanghai", SHOWN_BYTES, name);
    else
        return mapping->zones[mapping->zone_count++];
    return NULL;
}

const char *reading_currency(struct reading *reading, const struct config_node *node)
{
    const char *code = shape_currency(reading->mapping->arena, node->text);
    if (!catalogue_currency_known(code))
        config_errors_add(&reading->list, node->place, "\"%.*s\" is no currency: three capitals such as USD",
                          SHOWN_BYTES, node->text);
    return code;
}

static void refuse_key(struct reading *reading, const struct config_node *node, const struct reading_key *keys,
                       size_t count)
{
    const char *names[KEYS_MAX];
    char list[LIST_BYTES] = "";
    must(count <= KEYS_MAX);
    for (size_t i = 0; i < count; i++) {
        names[i] = keys[i].name;
        size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%s", i == 0 ? "" : ", ", names[i]);
    }
    const char *near = nearest_name(node->key, names, count);
    if (near != NULL)
        config_errors_add(&reading->list, node->key_place, "\"%.*s\" is not known here; did you mean \"%s\"?",
                          SHOWN_BYTES, node->key, near);
    else
        config_errors_add(&reading->list, node->key_place, "\"%.*s\" is not known here (%s)", SHOWN_BYTES, node->key,
                          list);
}

void reading_keys(struct reading *reading, const struct config_node *node, const struct reading_key *keys, size_t count,
                  void *target)
{
    if (node->shape != NODE_MAPPING) {
        config_errors_add(&reading->list,
                          node->shape == NODE_EMPTY && node->key != NULL ? node->key_place : node->place,
                          "a mapping belongs here: {%s: ..., ...}", keys[0].name);
        return;
    }
    for (const struct config_node *at = node->first; at != NULL; at = at->next) {
        size_t i = 0;
        while (i < count && strcmp(keys[i].name, at->key) != 0)
            i++;
        if (i == count)
            refuse_key(reading, at, keys, count);
        else if (keys[i].read != NULL)
            keys[i].read(reading, at, target);
    }
}
