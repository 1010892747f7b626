#include "services/ingest/preset.h"
#include "services/ingest/reading.h"

#include "common/fieldname.h"
#include "common/must.h"
#include "common/nearest.h"
#include "common/portion.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_BLOCK = 1 << 16, ARENA_LIMIT = 64 << 20, NAMES_MAX = 128, SHOWN_BYTES = 40, PREFIX_BYTES = 32 };

static const char as_it_is[] = "as_it_is";

// One row of `events` while it is read.
struct draft_rule {
    struct rule *rule;
    struct assignment *envelope;
    const struct config_node *fields;
};

// --- one rule

static bool is_body(const ProtobufCFieldDescriptor *field)
{
    return (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0;
}

static void refuse_event(struct reading *reading, const struct config_node *node, const char *name)
{
    const ProtobufCMessageDescriptor *event = &tend__v1__event__descriptor;
    const char *names[NAMES_MAX];
    size_t count = 0;
    must(event->n_fields <= NAMES_MAX);
    for (size_t i = 0; i < event->n_fields; i++)
        if (is_body(&event->fields[i]))
            names[count++] = event->fields[i].name;
    const char *near = nearest_name(name, names, count);
    config_errors_add(&reading->list, node->place, "\"%.*s\" is no event of ours%s%s%s", SHOWN_BYTES, name,
                      near == NULL ? "" : "; did you mean \"", near == NULL ? "" : near, near == NULL ? "" : "\"?");
}

static void set_event(struct reading *reading, const struct config_node *node, void *target)
{
    struct rule *rule = ((struct draft_rule *)target)->rule;
    const char *name;
    if (!reading_text(reading, node, &name))
        return;
    const ProtobufCFieldDescriptor *field = fieldname_find(&tend__v1__event__descriptor, name);
    if (field == NULL || !is_body(field)) {
        refuse_event(reading, node, name);
        return;
    }
    rule->event = field->name;
    rule->body = field;
}

static void set_as_it_is(struct reading *reading, const struct config_node *node, void *target)
{
    struct rule *rule = ((struct draft_rule *)target)->rule;
    reading_pointer(reading, node, false, &rule->list);
    rule->event = as_it_is;
}

static void set_keep(struct reading *reading, const struct config_node *node, void *target)
{
    struct rule *rule = ((struct draft_rule *)target)->rule;
    struct expression *keep = arena_zero(reading->mapping->arena, 1, sizeof *keep);
    reading_expression(reading, node, keep);
    rule->event = "keep";
    rule->keep = keep;
}

static void set_drop(struct reading *reading, const struct config_node *node, void *target)
{
    struct rule *rule = ((struct draft_rule *)target)->rule;
    struct expression *drop = arena_zero(reading->mapping->arena, 1, sizeof *drop);
    reading_expression(reading, node, drop);
    rule->event = "drop";
    rule->drop = drop;
}

static void set_when(struct reading *reading, const struct config_node *node, void *target)
{
    reading_conditions(reading, node, &((struct draft_rule *)target)->rule->when);
}

static void set_where(struct reading *reading, const struct config_node *node, void *target)
{
    reading_conditions(reading, node, &((struct draft_rule *)target)->rule->where);
}

static void set_each(struct reading *reading, const struct config_node *node, void *target)
{
    struct rule *rule = ((struct draft_rule *)target)->rule;
    rule->each = true;
    reading_pointer(reading, node, true, &rule->list);
}

static void set_envelope(struct reading *reading, const struct config_node *node, void *target)
{
    struct draft_rule *draft = target;
    struct shape *envelope = &draft->rule->envelope;
    if (reading_assignment(reading, node, envelope->descriptor, &draft->envelope[envelope->count]))
        envelope->count++;
}

static void set_currency(struct reading *reading, const struct config_node *node, void *target)
{
    struct expression *currency = arena_zero(reading->mapping->arena, 1, sizeof *currency);
    if (node->shape == NODE_SCALAR && !pointer_looks(node->text))
        *currency = (struct expression){.origin = ORIGIN_VALUE, .text = reading_currency(reading, node)};
    else
        reading_expression(reading, node, currency);
    ((struct draft_rule *)target)->rule->currency = currency;
}

static void set_once(struct reading *reading, const struct config_node *node, void *target)
{
    reading_flag(reading, node, &((struct draft_rule *)target)->rule->once);
}

static void set_partial(struct reading *reading, const struct config_node *node, void *target)
{
    reading_flag(reading, node, &((struct draft_rule *)target)->rule->partial);
}

static void set_fields(struct reading *reading, const struct config_node *node, void *target)
{
    (void)reading;
    ((struct draft_rule *)target)->fields = node;
}

static const struct reading_key rule_keys[] = {{"event", set_event},       {"as_it_is", set_as_it_is},
                                               {"when", set_when},         {"keep", set_keep},
                                               {"drop", set_drop},         {"each", set_each},
                                               {"where", set_where},       {"id", set_envelope},
                                               {"time", set_envelope},     {"customer_id", set_envelope},
                                               {"rep_id", set_envelope},   {"historical", set_envelope},
                                               {"currency", set_currency}, {"fields", set_fields},
                                               {"once", set_once},         {"partial", set_partial}};

enum { RULE_KEYS = sizeof rule_keys / sizeof *rule_keys };

static void check_rule(struct reading *reading, const struct config_node *node, const struct draft_rule *draft)
{
    bool plain = config_node_find(node, as_it_is) != NULL, event = config_node_find(node, "event") != NULL;
    bool keep = draft->rule->keep != NULL || draft->rule->drop != NULL;
    bool asks = draft->rule->keep != NULL && config_node_find(node, "customer_id") != NULL; // who asks for somebody
    if (keep &&
        (plain || event || draft->rule->each || draft->fields != NULL || draft->rule->envelope.count > (asks ? 1 : 0) ||
         (draft->rule->keep != NULL && draft->rule->drop != NULL)))
        config_errors_add(&reading->list, node->place, "%s says why nothing is made of a body, besides it only when%s",
                          draft->rule->keep != NULL ? "keep" : "drop",
                          draft->rule->keep != NULL ? " and customer_id" : "");
    else if (!keep && plain == event)
        config_errors_add(&reading->list, node->place, "a rule says which event it makes: {event: order_placed, ...}");
    if (plain && (draft->rule->each || draft->fields != NULL || draft->rule->envelope.count > 0))
        config_errors_add(&reading->list, node->place,
                          "as_it_is takes events as they stand there, besides it only when");
    if (draft->rule->once && !event)
        config_errors_add(&reading->list, node->place, "once is about an event that a rule makes");
    if (draft->rule->partial && draft->rule->body != NULL &&
        draft->rule->body->descriptor != &tend__v1__customer_upserted__descriptor)
        config_errors_add(&reading->list, node->place, "partial is about customer_upserted");
    if (draft->rule->where.count > 0 && !draft->rule->each)
        config_errors_add(&reading->list, node->place, "where is about the items of each; without it say when");
}

// What of a customer the fields of a rule are about: "region", or of people "contacts.phone".
static uint32_t portions_of(const struct shape *shape, const char *before, struct arena *arena)
{
    uint32_t portions = 0;
    for (size_t i = 0; i < shape->count; i++) {
        const struct assignment *assignment = &shape->assignments[i];
        const struct entries *entries = assignment->entries;
        const char *name = arena_format(arena, "%s%s", before, assignment->field->name);
        bool people = assignment->field->descriptor == &tend__v1__contact_person__descriptor;
        for (size_t j = 0; people && entries != NULL && j < entries->count; j++)
            portions |= portions_of(&entries->shapes[j], "contacts.", arena);
        if (!people)
            portions |= portion_mask(&name, 1);
    }
    return portions;
}

// Whether the rule makes an event that the file does not want of its preset.
static bool left_out(const struct reading *reading, const char *event)
{
    const struct config_node *names = reading->preset ? reading->mapping->without : NULL;
    for (const struct config_node *at = names == NULL ? NULL : names->first; at != NULL; at = at->next)
        if (strcmp(at->text, event) == 0)
            return true;
    return false;
}

static void read_rule(struct reading *reading, const struct config_node *node)
{
    struct mapping *mapping = reading->mapping;
    if (mapping->rule_count == READING_RULES_MAX) {
        config_errors_add(&reading->list, node->place, "more than %d rules", READING_RULES_MAX);
        return;
    }
    struct rule *rule = &mapping->rules[mapping->rule_count++];
    *rule = (struct rule){.event = "", .envelope.descriptor = &tend__v1__event__descriptor};
    struct draft_rule draft = {.rule = rule, .envelope = arena_zero(mapping->arena, RULE_KEYS, sizeof *draft.envelope)};
    reading_keys(reading, node, rule_keys, RULE_KEYS, &draft);
    if (node->shape != NODE_MAPPING)
        return;
    rule->envelope.assignments = draft.envelope;
    check_rule(reading, node, &draft);
    if (rule->body == NULL)
        return;
    rule->fields.descriptor = rule->body->descriptor;
    if (draft.fields != NULL)
        reading_shape(reading, draft.fields, rule->body->descriptor, &rule->fields);
    if (rule->body->descriptor == &tend__v1__customer_upserted__descriptor)
        rule->portions = portions_of(&rule->fields, "", mapping->arena);
    if (!left_out(reading, rule->event))
        return;
    struct expression *why = arena_zero(mapping->arena, 1, sizeof *why);
    why->origin = ORIGIN_VALUE;
    why->text = arena_format(mapping->arena, "the feed's file does without %s", rule->event);
    rule->drop = why;
}

static void read_rules(struct reading *reading, const struct config_node *node)
{
    if (node->shape != NODE_SEQUENCE)
        config_errors_add(&reading->list, node->shape == NODE_EMPTY ? node->key_place : node->place,
                          "a list of rules belongs here: - event: order_placed");
    else
        for (const struct config_node *at = node->first; at != NULL; at = at->next)
            read_rule(reading, at);
}

// --- the other keys

static void set_decode_at(struct reading *reading, const struct config_node *node, void *target)
{
    reading_pointer(reading, node, false, &((struct foreign_decoding *)target)->pointer);
}

static void set_decode_as(struct reading *reading, const struct config_node *node, void *target)
{
    struct foreign_decoding *decoding = target;
    bool list = node->shape == NODE_SEQUENCE;
    for (const struct config_node *at = list ? node->first : node; at != NULL; at = list ? at->next : NULL) {
        const char *name;
        size_t step = 0;
        if (!reading_text(reading, at, &name))
            return;
        while (step < FOREIGN_STEP_COUNT && strcmp(foreign_steps[step], name) != 0)
            step++;
        if (step == FOREIGN_STEP_COUNT || decoding->count == FOREIGN_STEPS_MAX) {
            config_errors_add(&reading->list, at->place, "at most %d of url, base64, json and form belong here",
                              FOREIGN_STEPS_MAX);
            return;
        }
        bool done = decoding->count > 0 && decoding->steps[decoding->count - 1] >= FOREIGN_JSON;
        if (done)
            config_errors_add(&reading->list, at->place, "json and form come last: what they make is no text any more");
        decoding->steps[decoding->count++] = (enum foreign_step)step;
    }
}

static void read_decode(struct reading *reading, const struct config_node *node)
{
    static const struct reading_key keys[] = {{"at", set_decode_at}, {"as", set_decode_as}};
    struct mapping *mapping = reading->mapping;
    bool list = node->shape == NODE_SEQUENCE;
    for (const struct config_node *at = list ? node->first : node; at != NULL; at = list ? at->next : NULL) {
        struct foreign_decoding decoding = {0};
        reading_keys(reading, at, keys, sizeof keys / sizeof *keys, &decoding);
        bool whole = decoding.pointer.count == 0;
        if (at->shape == NODE_MAPPING && config_node_find(at, "as") == NULL)
            config_errors_add(&reading->list, at->place, "says what stands there: {at: /msg, as: [url, json]}");
        else if (decoding.count == 0)
            continue; // said already
        else if (mapping->decoding_count == READING_DECODINGS_MAX)
            config_errors_add(&reading->list, at->place, "more than %d places to decode", READING_DECODINGS_MAX);
        else if (whole && (mapping->decoding_count > 0 || decoding.steps[decoding.count - 1] < FOREIGN_JSON))
            config_errors_add(&reading->list, at->place,
                              "the body as a whole is decoded first, and ends as json or form");
        else
            mapping->decodings[mapping->decoding_count++] = decoding;
    }
}

static void add_drops(struct reading *reading, const struct config_node *node)
{
    struct conditions *drops = &reading->mapping->drops, more;
    if (node == NULL)
        return;
    reading_conditions(reading, node, &more);
    struct condition *all = arena_zero(reading->mapping->arena, drops->count + more.count + 1, sizeof *all);
    if (drops->count > 0)
        memcpy(all, drops->list, drops->count * sizeof *all);
    if (more.count > 0)
        memcpy(all + drops->count, more.list, more.count * sizeof *all);
    *drops = (struct conditions){all, drops->count + more.count};
}

static void read_currency(struct reading *reading, const struct config_node *node)
{
    struct expression *currency = arena_zero(reading->mapping->arena, 1, sizeof *currency);
    if (node->shape == NODE_SCALAR && !pointer_looks(node->text)) {
        reading->mapping->default_currency = reading_currency(reading, node);
        return;
    }
    reading_expression(reading, node, currency);
    reading->mapping->currency = currency;
}

static void read_owner(struct reading *reading, const struct config_node *node)
{
    struct expression *owner = arena_zero(reading->mapping->arena, 1, sizeof *owner);
    reading_expression(reading, node, owner);
    reading->mapping->owner = owner;
}

static void read_customer(struct reading *reading, const struct config_node *node)
{
    struct expression *customer = arena_zero(reading->mapping->arena, 1, sizeof *customer);
    reading->in_customer = true;
    reading_expression(reading, node, customer);
    reading->in_customer = false;
    reading->mapping->customer = customer;
}

static void read_topic(struct reading *reading, const struct config_node *node)
{
    struct expression *topic = arena_zero(reading->mapping->arena, 1, sizeof *topic);
    reading_expression(reading, node, topic);
    reading->mapping->topic = topic;
}

// Names of events. That the file may say it of its own rules, too, would be of no use.
static void read_without(struct reading *reading, const struct config_node *node)
{
    const char *name;
    if (node->shape != NODE_SEQUENCE)
        config_errors_add(&reading->list, node->place, "a list of events belongs here: [customer_upserted]");
    for (const struct config_node *at = node->first; node->shape == NODE_SEQUENCE && at != NULL; at = at->next) {
        const ProtobufCFieldDescriptor *field = NULL;
        if (!reading_text(reading, at, &name))
            return;
        field = fieldname_find(&tend__v1__event__descriptor, name);
        if (field == NULL || !is_body(field) || strcmp(field->name, name) != 0)
            refuse_event(reading, at, name);
    }
    if (reading->list.count == 0 && node->shape == NODE_SEQUENCE)
        reading->mapping->without = node;
}

static void read_source(struct reading *reading, const struct config_node *node)
{
    reading_text(reading, node, &reading->mapping->source);
}

// Two shops that both number their customers from 1 mean different people.
static void read_prefix(struct reading *reading, const struct config_node *node)
{
    const char *prefix;
    if (!reading_text(reading, node, &prefix))
        return;
    if (strlen(prefix) > PREFIX_BYTES || strspn(prefix, " ") > 0)
        config_errors_add(&reading->list, node->place, "at most %d bytes that do not begin with a space", PREFIX_BYTES);
    reading->mapping->customer_prefix = prefix;
}

static void read_erase(struct reading *reading, const struct config_node *node)
{
    reading_flag(reading, node, &reading->mapping->erases);
}

static void read_zone(struct reading *reading, const struct config_node *node)
{
    const char *name;
    if (reading_text(reading, node, &name))
        reading->mapping->zone = reading_zone(reading, node, name);
}

// --- the file and its preset

// The keys that are ours. What the file says stands before what the preset says.
static const struct {
    const char *key;
    void (*read)(struct reading *reading, const struct config_node *node);
} parts[] = {{"zone", read_zone},       {"source", read_source}, {"currency", read_currency},
             {"decode", read_decode},   {"erase", read_erase},   {"customer_prefix", read_prefix},
             {"owner", read_owner},     {"topic", read_topic},   {"customer_id", read_customer},
             {"without", read_without}, {"events", read_rules}};

static bool parse(struct reading *reading, const char *name, const char *text, size_t length)
{
    struct arena *arena = reading->mapping->arena;
    reading->list.arena = arena;
    reading->list.name = arena_text(arena, name, strlen(name));
    reading->list.text = arena_text(arena, text, length);
    reading->list.length = length;
    struct config_node *root = NULL;
    if (!config_node_read(&reading->list, &root))
        return false;
    reading->root = root;
    if (root != NULL && root->shape == NODE_MAPPING)
        return true;
    config_errors_add(&reading->list, CONFIG_NOWHERE, "a feed file begins with \"preset:\" or \"events:\"");
    return false;
}

static const struct config_node *find(const struct reading *reading, const char *key)
{
    return reading->root == NULL ? NULL : config_node_find(reading->root, key);
}

static void open_preset(struct reading *file, struct reading *preset)
{
    const struct config_node *node = find(file, "preset");
    const char *name;
    if (node == NULL || !reading_text(file, node, &name))
        return;
    const struct preset *found = preset_find(name);
    const char *near = found == NULL ? preset_meant(name) : NULL;
    if (found == NULL) {
        config_errors_add(&file->list, node->place, "there is no preset \"%.*s\"%s%s%s", SHOWN_BYTES, name,
                          near == NULL ? "" : "; did you mean \"", near == NULL ? "" : near, near == NULL ? "" : "\"?");
        return;
    }
    file->mapping->preset = found->name;
    parse(preset, arena_format(file->mapping->arena, "preset %s", name), found->text, found->length);
}

// Who adds what else is to be dropped does not mean that a shop's test orders count from now on.
static void read_drops(struct reading *file, struct reading *preset)
{
    const struct config_node *flag = find(file, "preset_drops");
    bool kept = true;
    if (flag != NULL)
        reading_flag(file, flag, &kept);
    if (kept)
        add_drops(preset, find(preset, "drop_if"));
    add_drops(file, find(file, "drop_if"));
}

static void print_errors(const struct config_complaints *list, char *ret_error, size_t bytes)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct config_error *error = &list->errors[i];
        size_t used = strlen(ret_error);
        const char *end = used == 0 ? "" : "\n";
        if (error->line > 0)
            snprintf(ret_error + used, bytes - used, "%s%s:%d:%d: %s\n%s", end, list->name, error->line, error->column,
                     error->message, error->excerpt);
        else
            snprintf(ret_error + used, bytes - used, "%s%s: %s", end, list->name, error->message);
        size_t length = strlen(ret_error);
        if (length > 0 && ret_error[length - 1] == '\n')
            ret_error[length - 1] = '\0';
    }
}

static void compile(struct reading *file, struct reading *preset, const struct mapping_defaults *defaults)
{
    struct mapping *mapping = file->mapping;
    mapping->source = arena_text(mapping->arena, defaults->source, strlen(defaults->source));
    mapping->default_currency = arena_text(mapping->arena, defaults->currency, strlen(defaults->currency));
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        const struct config_node *node = find(file, parts[i].key);
        struct reading *from = node == NULL ? preset : file;
        node = node == NULL ? find(preset, parts[i].key) : node;
        if (node != NULL)
            parts[i].read(from, node);
    }
    read_drops(file, preset);
    const struct config_node *extra = find(file, "extra_events");
    if (extra != NULL)
        read_rules(file, extra);
    if (mapping->zone == NULL && find(file, "zone") == NULL)
        mapping->zone = reading_zone(file, NULL, defaults->zone);
    if (mapping->customer_asked != NULL && mapping->customer == NULL)
        config_errors_add(
            &file->list, CONFIG_NOWHERE,
            "customer_id in the place of a pointer is what the file's own customer_id comes to: it has none");
    if (mapping->rule_count == 0 && find(file, "events") == NULL)
        config_errors_add(&file->list, CONFIG_NOWHERE,
                          "says neither \"preset:\" nor \"events:\", so it would make nothing of any body");
}

bool mapping_open(const char *name, const char *text, size_t length, const struct mapping_defaults *defaults,
                  char *ret_error, size_t bytes, struct mapping **ret_mapping)
{
    struct mapping *mapping = calloc(1, sizeof *mapping);
    must(mapping != NULL && bytes > 0);
    mapping->arena = arena_open(ARENA_BLOCK, ARENA_LIMIT);
    mapping->preset = "";
    struct reading file = {.mapping = mapping}, preset = {.mapping = mapping, .preset = true};
    if (length > MAPPING_FILE_BYTES) {
        snprintf(ret_error, bytes, "%s: is longer than %d bytes", name, MAPPING_FILE_BYTES);
        mapping_close(&mapping);
        return false;
    }
    if (parse(&file, name, text, length)) {
        open_preset(&file, &preset);
        if (file.list.count == 0)
            compile(&file, &preset, defaults);
    }
    if (file.list.count + preset.list.count > 0) {
        ret_error[0] = '\0';
        print_errors(&file.list, ret_error, bytes);
        print_errors(&preset.list, ret_error, bytes);
        mapping_close(&mapping);
        return false;
    }
    *ret_mapping = mapping;
    return true;
}
