#include "services/ingest/shape.h"

#include "common/must.h"

#include <string.h>

// What is reckoned for each field: an amount with its currency, a time, its part of a growing list.
enum { FIELD_BYTES = 128, NAME_BYTES = 64 };

static void *place_of(ProtobufCMessage *message, size_t offset)
{
    return (char *)message + offset;
}

ProtobufCMessage *shape_make(const ProtobufCMessageDescriptor *descriptor, struct scope *scope)
{
    if (!scope_spend(scope, 1, descriptor->sizeof_message))
        return NULL;
    ProtobufCMessage *message = arena_take(scope->arena, descriptor->sizeof_message);
    protobuf_c_message_init(descriptor, message);
    return message;
}

static void put_case(ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0)
        memcpy(place_of(message, field->quantifier_offset), &field->id, sizeof field->id);
}

void shape_put(ProtobufCMessage *message, const ProtobufCFieldDescriptor *field, ProtobufCMessage *inner)
{
    must(field->type == PROTOBUF_C_TYPE_MESSAGE && field->label != PROTOBUF_C_LABEL_REPEATED);
    memcpy(place_of(message, field->offset), &inner, sizeof inner);
    put_case(message, field);
}

// One plain value into its slot. `*ret_there` says whether anything was put.
static bool fill_value(const struct assignment *assignment, const struct expression *expression, struct scope *scope,
                       const struct shape_money *money, void *slot, bool *ret_there, bool *ret_found)
{
    struct value value;
    bool empty = true;
    const char *shown = "";
    *ret_there = false;
    if (!scope_spend(scope, 0, FIELD_BYTES) || !expression_value(expression, scope, &value))
        return false;
    if (value.text != NULL && !shape_value(assignment, expression, scope, money, &value, slot, &empty, &shown))
        return false;
    *ret_there = !empty;
    if (!empty && value.theirs)
        *ret_found = true;
    if (scope->trace != NULL)
        scope_note(scope, empty ? MAPPING_ABSENT : MAPPING_FIELD, value_place(&value, expression, scope),
                   empty ? "" : value.raw, shown);
    return true;
}

// The entries of a list while they are made.
struct heap {
    const struct assignment *assignment;
    size_t entry_bytes;
    char *entries;
    size_t count, room;
};

static void *next_slot(struct heap *heap, struct arena *arena)
{
    if (heap->count == heap->room) {
        size_t room = 2 * heap->room + 8;
        char *entries = arena_zero(arena, room, heap->entry_bytes);
        if (heap->count > 0)
            memcpy(entries, heap->entries, heap->count * heap->entry_bytes);
        heap->entries = entries;
        heap->room = room;
    }
    return heap->entries + heap->count * heap->entry_bytes;
}

// One entry of a list, from where the scope is.
static bool fill_entry(struct heap *heap, size_t which, struct scope *scope, const struct shape_money *money,
                       bool *ret_found)
{
    const struct assignment *assignment = heap->assignment;
    const struct entries *entries = assignment->entries;
    bool repeated = assignment->field->label == PROTOBUF_C_LABEL_REPEATED, there = false, found = false;
    size_t mark = scope_enter(scope, assignment->name, repeated ? (ptrdiff_t)heap->count : -1);
    void *slot = next_slot(heap, scope->arena);
    bool good;
    if (entries->shapes == NULL) {
        good = fill_value(assignment, &entries->expressions[which], scope, money, slot, &there, &found);
    } else {
        ProtobufCMessage *message = shape_make(entries->shapes[which].descriptor, scope);
        good = message != NULL && shape_fill(&entries->shapes[which], scope, money, message, &found);
        memcpy(slot, &message, sizeof message);
        // Constants alone make no entry: a contact of whom nothing is known is none.
        there = found || entries->each;
    }
    scope_leave(scope, mark);
    heap->count += good && there;
    *ret_found = *ret_found || found;
    return good;
}

static bool fill_each(struct heap *heap, struct scope *scope, const struct shape_money *money, bool *ret_found)
{
    const struct entries *entries = heap->assignment->entries;
    const struct pointer *list = &entries->list;
    struct pointer_item *items = NULL;
    size_t count = 0, failed = 0;
    const char *path;
    const char *fault = pointer_all(list, list->root ? scope->root : scope->item, list->root ? "" : scope->item_path,
                                    MAPPING_ITEMS_MAX, scope->arena, &items, &count, &path);
    if (fault != NULL) {
        scope_enter(scope, heap->assignment->name, -1);
        return scope_fail(scope, path, "%s", fault);
    }
    if (!scope_spend(scope, count, 0))
        return false;
    json_t *item = scope->item;
    const char *item_path = scope->item_path;
    bool good = true;
    for (size_t i = 0; i < count && good; i++) {
        scope->item = items[i].json;
        scope->item_path = items[i].path;
        int holds = conditions_hold(&entries->where, scope, &failed);
        good = holds >= 0 && (holds == 0 || fill_entry(heap, 0, scope, money, ret_found));
    }
    scope->item = item;
    scope->item_path = item_path;
    return good;
}

static bool fill_entries(const struct assignment *assignment, struct scope *scope, const struct shape_money *money,
                         ProtobufCMessage *message, bool *ret_found)
{
    const struct entries *entries = assignment->entries;
    const ProtobufCFieldDescriptor *field = assignment->field;
    struct heap heap = {.assignment = assignment, .entry_bytes = shape_value_bytes(field)};
    bool good = true;
    if (entries->each)
        good = fill_each(&heap, scope, money, ret_found);
    for (size_t i = 0; i < entries->count && !entries->each && good; i++)
        good = fill_entry(&heap, i, scope, money, ret_found);
    if (!good || heap.count == 0)
        return good;
    if (field->label == PROTOBUF_C_LABEL_REPEATED) {
        memcpy(place_of(message, field->quantifier_offset), &heap.count, sizeof heap.count);
        memcpy(place_of(message, field->offset), &heap.entries, sizeof heap.entries);
    } else {
        memcpy(place_of(message, field->offset), heap.entries, heap.entry_bytes);
        put_case(message, field);
    }
    return true;
}

static bool fill_one(const struct assignment *assignment, struct scope *scope, const struct shape_money *money,
                     ProtobufCMessage *message, bool *ret_found)
{
    if (assignment->entries != NULL)
        return fill_entries(assignment, scope, money, message, ret_found);
    size_t mark = scope_enter(scope, assignment->name, -1);
    bool there;
    bool good = fill_value(assignment, assignment->expression, scope, money,
                           place_of(message, assignment->field->offset), &there, ret_found);
    scope_leave(scope, mark);
    return good;
}

bool shape_fill(const struct shape *shape, struct scope *scope, const struct shape_money *money,
                ProtobufCMessage *message, bool *ret_found)
{
    struct shape_money inside = *money;
    // The currency first: where the message names it, its amounts need not.
    for (int first = 1; first >= 0; first--) {
        for (size_t i = 0; i < shape->count; i++) {
            const struct assignment *assignment = &shape->assignments[i];
            bool currency = assignment->text == SHAPE_TEXT_CURRENCY && assignment->entries == NULL;
            if (currency != (first == 1))
                continue;
            if (!fill_one(assignment, scope, &inside, message, ret_found))
                return false;
            const char *code = "";
            if (currency)
                memcpy(&code, place_of(message, assignment->field->offset), sizeof code);
            if (code[0] != '\0')
                inside.currency = "";
        }
    }
    return true;
}

static const void *seen_at(const ProtobufCMessage *message, size_t offset)
{
    return (const char *)message + offset;
}

static bool any_filled(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field, const char *name)
{
    size_t count;
    ProtobufCMessage *const *entries;
    memcpy(&count, seen_at(message, field->quantifier_offset), sizeof count);
    memcpy(&entries, seen_at(message, field->offset), sizeof entries);
    for (size_t i = 0; i < count; i++)
        if (shape_filled(entries[i], name))
            return true;
    return false;
}

bool shape_filled(const ProtobufCMessage *message, const char *name)
{
    char first[NAME_BYTES] = "";
    size_t length = strcspn(name, ".");
    must(length < sizeof first);
    memcpy(first, name, length);
    const ProtobufCFieldDescriptor *field = protobuf_c_message_descriptor_get_field_by_name(message->descriptor, first);
    if (field == NULL || (field->label == PROTOBUF_C_LABEL_REPEATED) != (name[length] == '.'))
        return false;
    if (field->label == PROTOBUF_C_LABEL_REPEATED)
        return any_filled(message, field, name + length + 1);
    const char *text;
    uint32_t number;
    if (field->type != PROTOBUF_C_TYPE_STRING && field->type != PROTOBUF_C_TYPE_MESSAGE) {
        memcpy(&number, seen_at(message, field->offset), sizeof number);
        return number != 0;
    }
    memcpy(&text, seen_at(message, field->offset), sizeof text);
    return text != NULL && (field->type == PROTOBUF_C_TYPE_MESSAGE || text[0] != '\0');
}
