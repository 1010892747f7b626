#include "services/ingest/reading.h"

#include "services/ingest/catalogue.h"

#include "common/fieldname.h"
#include "common/must.h"
#include "common/nearest.h"

#include <string.h>

enum { NAMES_MAX = 128, SHOWN_BYTES = 40, SCALE_MILLI = 1000, SCALE_PPM = 1000000 };

// What people leave off the end of a name, and what it stands for.
static const struct {
    const char *ending;
    int32_t scale;
} endings[] = {{"", 1}, {"_milli", SCALE_MILLI}, {"_ppm", SCALE_PPM}};

static const ProtobufCFieldDescriptor *find_field(const ProtobufCMessageDescriptor *descriptor, const char *name,
                                                  int32_t *ret_scale)
{
    char whole[FIELDNAME_BYTES];
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        snprintf(whole, sizeof whole, "%s%s", name, endings[i].ending);
        const ProtobufCFieldDescriptor *field = fieldname_find(descriptor, whole);
        if (field != NULL) {
            *ret_scale = endings[i].scale;
            return field;
        }
    }
    return NULL;
}

static void refuse_field(struct reading *reading, const struct config_node *node,
                         const ProtobufCMessageDescriptor *descriptor)
{
    const char *names[NAMES_MAX];
    char list[FIELDNAME_BYTES * 4] = "";
    must(descriptor->n_fields <= NAMES_MAX);
    for (size_t i = 0; i < descriptor->n_fields; i++) {
        const char *name = descriptor->fields[i].name;
        names[i] = name;
        for (size_t k = 1; k < sizeof endings / sizeof *endings; k++) {
            size_t length = strlen(name), ending = strlen(endings[k].ending);
            if (length > ending && strcmp(name + length - ending, endings[k].ending) == 0)
                names[i] = arena_text(reading->mapping->arena, name, length - ending);
        }
        size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%s", i == 0 ? "" : ", ", names[i]);
    }
    const char *near = nearest_name(node->key, names, descriptor->n_fields);
    if (near != NULL)
        config_errors_add(&reading->list, node->key_place, "%s has no field \"%.*s\"; did you mean \"%s\"?",
                          descriptor->short_name, SHOWN_BYTES, node->key, near);
    else
        config_errors_add(&reading->list, node->key_place, "%s has no field \"%.*s\" (%s)", descriptor->short_name,
                          SHOWN_BYTES, node->key, list);
}

// What the catalogue says about a text field.
static void take_rule(const ProtobufCMessageDescriptor *descriptor, struct assignment *assignment)
{
    for (size_t i = 0; i < catalogue_rule_count; i++) {
        const struct catalogue_rule *rule = &catalogue_rules[i];
        if (strcmp(rule->message, descriptor->short_name) != 0 || strcmp(rule->field, assignment->field->name) != 0)
            continue;
        bool cut = rule->kind == CATALOGUE_NAME || rule->kind == CATALOGUE_TEXT;
        assignment->cut = cut ? (size_t)rule->most : 0;
        assignment->text = rule->kind == CATALOGUE_TEXT                                         ? SHAPE_TEXT_PLAIN
                           : rule->kind == CATALOGUE_DAY                                        ? SHAPE_TEXT_DAY
                           : rule->kind == CATALOGUE_YEARLY || rule->kind == CATALOGUE_BIRTHDAY ? SHAPE_TEXT_YEARLY
                           : rule->kind == CATALOGUE_CURRENCY                                   ? SHAPE_TEXT_CURRENCY
                                                                                                : SHAPE_TEXT_LINE;
        return;
    }
}

// --- lists and messages in messages

// A list of a message, or the values of a list, while they are read.
struct draft_entries {
    const ProtobufCFieldDescriptor *field;
    struct entries *entries;
    const struct config_node *inner; // of `fields` or `of`
};

static void set_each(struct reading *reading, const struct config_node *node, void *target)
{
    reading_pointer(reading, node, true, &((struct draft_entries *)target)->entries->list);
}

static void set_where(struct reading *reading, const struct config_node *node, void *target)
{
    reading_conditions(reading, node, &((struct draft_entries *)target)->entries->where);
}

static void set_inner(struct reading *reading, const struct config_node *node, void *target)
{
    (void)reading;
    ((struct draft_entries *)target)->inner = node;
}

static void read_inner(struct reading *reading, const struct config_node *node, struct draft_entries *draft, size_t at)
{
    struct arena *arena = reading->mapping->arena;
    if (shape_is_value(draft->field)) {
        struct expression *expressions = (struct expression *)(uintptr_t)draft->entries->expressions;
        if (expressions == NULL)
            draft->entries->expressions = expressions =
                arena_zero(arena, draft->entries->count + 1, sizeof *expressions);
        if (node == NULL)
            expressions[at].pointer.text = "";
        else
            reading_expression(reading, node, &expressions[at]);
        return;
    }
    struct shape *shapes = (struct shape *)(uintptr_t)draft->entries->shapes;
    if (shapes == NULL)
        draft->entries->shapes = shapes = arena_zero(arena, draft->entries->count + 1, sizeof *shapes);
    shapes[at].descriptor = draft->field->descriptor;
    if (node != NULL)
        reading_shape(reading, node, draft->field->descriptor, &shapes[at]);
}

// {each: /pointer, where: ..., fields: {...}}, of plain values {each: /pointer, of: expression}.
static void read_each(struct reading *reading, const struct config_node *node, struct draft_entries *draft)
{
    static const struct reading_key messages[] = {{"each", set_each}, {"where", set_where}, {"fields", set_inner}};
    static const struct reading_key values[] = {{"each", set_each}, {"where", set_where}, {"of", set_inner}};
    bool plain = shape_is_value(draft->field);
    draft->entries->each = true;
    draft->entries->count = 1;
    reading_keys(reading, node, plain ? values : messages, sizeof values / sizeof *values, draft);
    if (!plain && draft->inner == NULL)
        config_errors_add(&reading->list, node->place, "says each, but not which fields an entry has");
    read_inner(reading, draft->inner, draft, 0);
}

static const struct entries *read_entries(struct reading *reading, const struct config_node *node,
                                          const ProtobufCFieldDescriptor *field)
{
    struct entries *entries = arena_zero(reading->mapping->arena, 1, sizeof *entries);
    struct draft_entries draft = {.field = field, .entries = entries};
    bool repeated = field->label == PROTOBUF_C_LABEL_REPEATED;
    if (repeated && node->shape == NODE_MAPPING && config_node_find(node, "each") != NULL) {
        read_each(reading, node, &draft);
        return entries;
    }
    bool list = repeated && node->shape == NODE_SEQUENCE;
    entries->count = list ? node->count : 1;
    size_t index = 0;
    for (const struct config_node *at = list ? node->first : node; at != NULL; at = list ? at->next : NULL)
        read_inner(reading, at, &draft, index++);
    return entries;
}

bool reading_assignment(struct reading *reading, const struct config_node *node,
                        const ProtobufCMessageDescriptor *descriptor, struct assignment *ret_assignment)
{
    struct assignment assignment = {.name = node->key, .text = SHAPE_TEXT_PLAIN};
    assignment.field = find_field(descriptor, node->key, &assignment.scale);
    if (assignment.field == NULL) {
        refuse_field(reading, node, descriptor);
        return false;
    }
    take_rule(descriptor, &assignment);
    if (!shape_is_value(assignment.field) || assignment.field->label == PROTOBUF_C_LABEL_REPEATED) {
        if (++reading->depth > READING_NEST_MAX)
            config_errors_add(&reading->list, node->place, "fields nest more than %d deep", READING_NEST_MAX);
        else
            assignment.entries = read_entries(reading, node, assignment.field);
        reading->depth--;
    } else {
        struct expression *expression = arena_zero(reading->mapping->arena, 1, sizeof *expression);
        reading_expression(reading, node, expression);
        assignment.expression = expression;
    }
    *ret_assignment = assignment;
    return true;
}

// "a.b: /x" is "a: {b: /x}"; several of them name parts of the same message. Returns the nodes without dots.
static struct config_node *group_dots(struct reading *reading, const struct config_node *mapping, size_t *ret_count)
{
    struct arena *arena = reading->mapping->arena;
    struct config_node *nodes = arena_zero(arena, mapping->count + 1, sizeof *nodes);
    struct config_node **tails = arena_zero(arena, mapping->count + 1, sizeof *tails);
    size_t count = 0;
    for (const struct config_node *at = mapping->first; at != NULL; at = at->next) {
        const char *dot = strchr(at->key, '.');
        size_t head = dot == NULL ? 0 : (size_t)(dot - at->key), i = 0;
        if (head == 0 || dot[1] == '\0') {
            nodes[count++] = *at;
            continue;
        }
        struct config_node *inner = arena_zero(arena, 1, sizeof *inner);
        *inner = *at;
        inner->key = dot + 1;
        inner->next = NULL;
        while (i < count &&
               !(tails[i] != NULL && strlen(nodes[i].key) == head && strncmp(nodes[i].key, at->key, head) == 0))
            i++;
        if (i == count) {
            nodes[count++] = *at;
            nodes[i].key = arena_text(arena, at->key, head);
            nodes[i].shape = NODE_MAPPING;
            nodes[i].first = inner;
            nodes[i].count = 0;
        } else {
            tails[i]->next = inner;
        }
        tails[i] = inner;
        nodes[i].count++;
    }
    *ret_count = count;
    return nodes;
}

void reading_shape(struct reading *reading, const struct config_node *node,
                   const ProtobufCMessageDescriptor *descriptor, struct shape *ret_shape)
{
    struct shape shape = {.descriptor = descriptor};
    *ret_shape = shape;
    if (node->shape != NODE_MAPPING) {
        config_errors_add(&reading->list,
                          node->shape == NODE_EMPTY && node->key != NULL ? node->key_place : node->place,
                          "a mapping belongs here: fields of %s and where they come from", descriptor->short_name);
        return;
    }
    size_t count;
    const struct config_node *nodes = group_dots(reading, node, &count);
    struct assignment *assignments = arena_zero(reading->mapping->arena, count + 1, sizeof *assignments);
    for (size_t i = 0; i < count; i++) {
        if (!reading_assignment(reading, &nodes[i], descriptor, &assignments[shape.count]))
            continue;
        for (size_t k = 0; k < shape.count; k++)
            if (assignments[k].field == assignments[shape.count].field)
                config_errors_add(&reading->list, nodes[i].key_place, "\"%.*s\" is filled twice", SHOWN_BYTES,
                                  nodes[i].key);
        shape.count++;
    }
    shape.assignments = assignments;
    *ret_shape = shape;
}
