#include "services/ingest/mapping.h"

#include "services/ingest/reading.h"

#include "common/codec.h"
#include "common/hash.h"
#include "common/must.h"
#include "common/portion.h"

#include "google/protobuf/timestamp.pb-c.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SECOND_MS = 1000, MS_NANOS = 1000000, TOPIC_BYTES = 60 };

void mapping_close(struct mapping **mapping)
{
    if (*mapping == NULL)
        return;
    for (size_t i = 0; i < (*mapping)->zone_count; i++)
        zone_close(&(*mapping)->zones[i]);
    arena_close(&(*mapping)->arena);
    free(*mapping);
    *mapping = NULL;
}

const char *mapping_source(const struct mapping *mapping)
{
    return mapping->source;
}

const char *mapping_preset(const struct mapping *mapping)
{
    return mapping->preset;
}

const struct zone *mapping_zone(const struct mapping *mapping)
{
    return mapping->zone;
}

size_t mapping_given(const struct mapping *mapping, const char *const **ret_names)
{
    *ret_names = mapping->given;
    return mapping->given_count;
}

const char *mapping_prefix(const struct mapping *mapping)
{
    return mapping->customer_prefix == NULL ? "" : mapping->customer_prefix;
}

bool mapping_may(const struct mapping *mapping, const Tend__V1__Event *event, struct verify_error *ret_error)
{
    static const struct {
        Tend__V1__Event__BodyCase body;
        const char *name;
    } bodies[] = {{TEND__V1__EVENT__BODY_CUSTOMER_ERASED, "customer_erased"},
                  {TEND__V1__EVENT__BODY_VALUE_OVERRIDDEN, "value_overridden"}};
    for (size_t i = 0; !mapping->erases && i < sizeof bodies / sizeof *bodies; i++)
        if (event->body_case == bodies[i].body)
            return verify_fail(ret_error, bodies[i].name,
                               "this feed may not say it: its file must have \"erase: true\"");
    return true;
}

const char *mapping_error_text(struct arena *arena, const struct mapping_error *error)
{
    const char *rule = error->rule == 0 ? "" : arena_format(arena, "rule %d (%s)", error->rule, error->event);
    const char *field =
        error->field[0] == '\0' ? "" : arena_format(arena, "%s%s", rule[0] == '\0' ? "" : ", ", error->field);
    const char *pointer =
        error->pointer[0] == '\0' ? "" : arena_format(arena, "%s%s", rule[0] == '\0' ? "" : ": ", error->pointer);
    const char *subject = rule[0] == '\0' && field[0] == '\0' && pointer[0] == '\0' ? "the body" : "";
    return arena_format(arena, "%s%s%s%s %s", rule, field, pointer, subject, error->reason);
}

// One body on its way through the rules.
struct run {
    const struct mapping *mapping;
    struct scope scope;
    const struct rule *rule;
    const char *currency; // of amounts, where the rule's event stands
    struct mapping_result result;
    size_t room;
    const char *passed; // why rules did not apply, for when none did
    const char *why;    // of the last ones, which are not in it yet: from rule `first`, "event", to rule `last`
    const char *event;
    int first, last;
    size_t applied;
    const char *needless; // why nothing need be made of the body, as its shape says; NULL: nobody said so
};

static struct mapping_event *add_event(struct run *run)
{
    struct mapping_result *result = &run->result;
    if (result->count == MAPPING_EVENTS_MAX) {
        scope_fail(&run->scope, run->scope.item_path, "makes more than %d events of one body", MAPPING_EVENTS_MAX);
        return NULL;
    }
    if (result->count == run->room) {
        size_t room = 2 * run->room + 4;
        struct mapping_event *events = arena_zero(run->scope.arena, room, sizeof *events);
        if (result->count > 0)
            memcpy(events, result->events, result->count * sizeof *events);
        result->events = events;
        run->room = room;
    }
    struct mapping_event *event = &result->events[result->count++];
    *event = (struct mapping_event){.rule = run->scope.rule};
    return event;
}

// "order_amended:" and a hash of all that the event says: the same state is the same event, whoever sends it again.
static char *name_by_content(struct arena *arena, const Tend__V1__Event *event, const char *prefix)
{
    size_t length = tend__v1__event__get_packed_size(event);
    uint8_t *bytes = arena_try(arena, length + 1), hash[HASH_BYTES];
    char text[2 * HASH_BYTES + 1];
    if (bytes == NULL)
        return NULL;
    tend__v1__event__pack(event, bytes);
    hash_content(bytes, length, hash);
    hash_hex(hash, HASH_BYTES, text);
    return arena_format(arena, "%s:%s", prefix, text);
}

static const char *body_name(const Tend__V1__Event *event)
{
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field(&tend__v1__event__descriptor, (unsigned)event->body_case);
    return field == NULL ? "event" : field->name;
}

static void date_by_receipt(struct run *run, struct mapping_event *made)
{
    struct scope *scope = &run->scope;
    Google__Protobuf__Timestamp *time = arena_take(scope->arena, sizeof *time);
    google__protobuf__timestamp__init(time);
    time->seconds = scope->body->received_ms / SECOND_MS;
    time->nanos = (int32_t)(scope->body->received_ms % SECOND_MS) * MS_NANOS;
    made->event->time = time;
    size_t mark = scope_enter(scope, "time", -1);
    scope_note(scope, MAPPING_FIELD, "when it was received", "", "");
    scope_leave(scope, mark);
}

// Fills what the body left out. The time of the receipt comes after the id, which must not hang on it; but whoever asks
// twice to forget somebody may mean what has come since, so such a request is told from others by when it came.
static bool finish(struct run *run, struct mapping_event *made)
{
    struct scope *scope = &run->scope;
    Tend__V1__Event *event = made->event;
    if (event->source[0] == '\0')
        event->source = arena_text(scope->arena, run->mapping->source, strlen(run->mapping->source));
    if (event->customer_id[0] != '\0' && run->mapping->customer_prefix != NULL)
        event->customer_id = arena_format(scope->arena, "%s%s", run->mapping->customer_prefix, event->customer_id);
    made->once = run->rule->once;
    if (event->time == NULL && event->body_case == TEND__V1__EVENT__BODY_CUSTOMER_ERASED)
        date_by_receipt(run, made);
    if (event->id[0] == '\0') {
        Google__Protobuf__Timestamp *time = event->time;
        if (made->once)
            event->time = NULL;
        event->id = name_by_content(scope->arena, event, body_name(event));
        event->time = time;
        if (event->id == NULL)
            return scope_fail(scope, "", "makes more than can be held");
        size_t mark = scope_enter(scope, "id", -1);
        scope_note(scope, MAPPING_FIELD, "what the event says", "", event->id);
        scope_leave(scope, mark);
    }
    if (event->time != NULL)
        return true;
    made->undated = true;
    date_by_receipt(run, made);
    return true;
}

// The currency of the event's amounts that name none.
static bool find_currency(struct run *run, const char **ret_currency)
{
    const struct expression *currency = run->rule->currency != NULL ? run->rule->currency : run->mapping->currency;
    struct value value = {0};
    if (currency != NULL && !expression_value(currency, &run->scope, &value))
        return false;
    *ret_currency = value.text == NULL ? run->mapping->default_currency : shape_currency(run->scope.arena, value.text);
    return true;
}

// Whose a customer is of whom the sender knows no owner. What only tells a part of the customer may lack the field that
// the owner hangs on: then nothing is said, and nobody's customer goes to who has all others.
static bool fill_owner(struct run *run, ProtobufCMessage *body)
{
    struct scope *scope = &run->scope;
    const struct expression *owner = run->mapping->owner;
    struct value value;
    if (owner == NULL || body->descriptor != &tend__v1__customer_upserted__descriptor)
        return true;
    Tend__V1__CustomerUpserted *customer = (Tend__V1__CustomerUpserted *)(void *)body;
    if (customer->owner_rep_id[0] != '\0')
        return true;
    size_t mark = scope_enter(scope, "owner_rep_id", -1);
    if (!expression_value(owner, scope, &value))
        return false;
    if (value.text != NULL && (value.from != NULL || !run->rule->partial)) {
        customer->owner_rep_id = arena_text(scope->arena, value.text, strlen(value.text));
        scope_note(scope, MAPPING_FIELD, value_place(&value, owner, scope), value.raw, value.text);
    }
    scope_leave(scope, mark);
    return true;
}

// Which fields of the customer the event is about: those that the rule has, since the sender knows them and would say
// what stands there, or in part those that were found. The rest stays as others said it: a shop knows nothing of
// credit, and an order nothing of birthdays. Who says a customer and not the name is refused, as for a word about all
// fields.
static void say_fields(const struct rule *rule, Tend__V1__CustomerUpserted *customer, struct arena *arena)
{
    if (!rule->partial && customer->name[0] == '\0')
        return;
    customer->said = arena_zero(arena, PORTIONS, sizeof *customer->said);
    for (int i = 0; i < PORTIONS; i++)
        if ((!rule->partial && (rule->portions & PORTION_BIT(i)) != 0) ||
            shape_filled(&customer->base, portion_name((enum portion)i)))
            customer->said[customer->n_said++] = (char *)(uintptr_t)portion_name((enum portion)i);
    // Without any word the customer would be told whole; a name that is said and not there stays as it was.
    if (customer->n_said == 0)
        customer->said[customer->n_said++] = (char *)(uintptr_t)portion_name(PORTION_NAME);
}

// Whom the event is about where its rule does not say it. Reps and announcements are about no customer.
static bool fill_customer(struct run *run, Tend__V1__Event *event)
{
    static const Tend__V1__Event__BodyCase others[] = {TEND__V1__EVENT__BODY_REP_UPSERTED,
                                                       TEND__V1__EVENT__BODY_REP_ABSENT,
                                                       TEND__V1__EVENT__BODY_ANNOUNCEMENT_PUBLISHED};
    const struct expression customer = {.origin = ORIGIN_CUSTOMER};
    const struct rule *rule = run->rule;
    struct scope *scope = &run->scope;
    bool found;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (rule->body->id == (uint32_t)others[i])
            return true;
    for (size_t i = 0; i < rule->envelope.count; i++)
        if (strcmp(rule->envelope.assignments[i].field->name, "customer_id") == 0)
            return true;
    if (run->mapping->customer == NULL)
        return true;
    const struct assignment assignment = {
        .name = "customer_id",
        .field = protobuf_c_message_descriptor_get_field_by_name(&tend__v1__event__descriptor, "customer_id"),
        .scale = 1,
        .text = SHAPE_TEXT_LINE,
        .expression = &customer};
    const struct shape shape = {&tend__v1__event__descriptor, &assignment, 1};
    return shape_fill(&shape, scope, &(struct shape_money){.currency = ""}, &event->base, &found);
}

// One event from where the scope is.
static bool make_event(struct run *run)
{
    struct scope *scope = &run->scope;
    const struct rule *rule = run->rule;
    struct shape_money money = {0};
    bool found = false;
    scope_note(scope, MAPPING_BEGINS, scope->item_path, "", "");
    struct mapping_event *made = add_event(run);
    if (made == NULL || !find_currency(run, &money.currency))
        return false;
    ProtobufCMessage *event = shape_make(&tend__v1__event__descriptor, scope);
    ProtobufCMessage *body = shape_make(rule->body->descriptor, scope);
    if (event == NULL || body == NULL || !shape_fill(&rule->envelope, scope, &money, event, &found) ||
        !fill_customer(run, (Tend__V1__Event *)(void *)event) ||
        !shape_fill(&rule->fields, scope, &money, body, &found) || !fill_owner(run, body))
        return false;
    if (body->descriptor == &tend__v1__customer_upserted__descriptor)
        say_fields(rule, (Tend__V1__CustomerUpserted *)(void *)body, scope->arena);
    shape_put(event, rule->body, body);
    made->event = (Tend__V1__Event *)(void *)event;
    return finish(run, made);
}

// An event of our own that stands in the body.
static bool take_event(struct run *run, json_t *json, const char *path)
{
    struct scope *scope = &run->scope;
    struct verify_error error;
    scope_note(scope, MAPPING_BEGINS, path, "", "");
    struct mapping_event *made = add_event(run);
    if (made == NULL || !scope_spend(scope, 1, 0))
        return false;
    ProtobufCMessage *message =
        codec_from_json(&tend__v1__event__descriptor, json, arena_allocator(scope->arena), &error);
    if (message == NULL) {
        snprintf(scope->field, sizeof scope->field, "%s", error.field);
        return scope_fail(scope, path, "%s", error.reason);
    }
    made->event = (Tend__V1__Event *)(void *)message;
    // A feed's secret is proof of one source, not of all.
    if (made->event->source[0] != '\0' && strcmp(made->event->source, run->mapping->source) != 0) {
        scope_enter(scope, "source", -1);
        return scope_fail(scope, path, "must be \"%s\", that of the feed, or left out", run->mapping->source);
    }
    return finish(run, made);
}

// Many rules of a preset pass for one reason, which is said once.
static void add_passed(struct run *run)
{
    struct arena *arena = run->scope.arena;
    const char *end = run->passed[0] == '\0' ? "" : "; ";
    if (run->why == NULL || strlen(run->passed) >= MAPPING_REASON_BYTES)
        return;
    run->passed =
        run->first == run->last
            ? arena_format(arena, "%s%srule %d (%s): %s", run->passed, end, run->first, run->event, run->why)
            : arena_format(arena, "%s%srules %d to %d: %s", run->passed, end, run->first, run->last, run->why);
    run->why = NULL;
}

static void note_passed(struct run *run, const char *why)
{
    struct scope *scope = &run->scope;
    scope_note(scope, MAPPING_PASSED, scope->item_path, "", why);
    if (run->rule->drop != NULL)
        return; // who asks why no rule fits asks for events
    if (run->why == NULL || strcmp(run->why, why) != 0) {
        add_passed(run);
        run->why = why;
        run->event = scope->event;
        run->first = scope->rule;
    }
    run->last = scope->rule;
}

static bool apply_items(struct run *run)
{
    struct scope *scope = &run->scope;
    struct pointer_item *items = NULL;
    size_t count = 0;
    const char *path;
    const char *fault =
        pointer_all(&run->rule->list, scope->root, "", MAPPING_ITEMS_MAX, scope->arena, &items, &count, &path);
    if (fault != NULL)
        return scope_fail(scope, path, "%s", fault);
    if (!scope_spend(scope, count, 0))
        return false;
    if (count == 0)
        scope_note(scope, MAPPING_PASSED, run->rule->list.text, "",
                   arena_format(scope->arena, "%s holds nothing", run->rule->list.text));
    bool good = true;
    for (size_t i = 0; i < count && good; i++) {
        scope->item = items[i].json;
        scope->item_path = items[i].path;
        size_t failed;
        int holds = conditions_hold(&run->rule->where, scope, &failed);
        if (holds == 0)
            scope_note(scope, MAPPING_PASSED, scope->item_path, "",
                       condition_text(&run->rule->where.list[failed], scope));
        good = holds == 1 ? make_event(run) : holds == 0;
    }
    scope->item = scope->root;
    scope->item_path = "";
    return good;
}

static bool apply_as_it_is(struct run *run)
{
    const struct pointer *list = &run->rule->list;
    json_t *json = pointer_find(list, run->scope.root);
    if (!json_is_array(json))
        return take_event(run, json, list->text);
    bool good = true;
    for (size_t i = 0; i < json_array_size(json) && good; i++)
        good = take_event(run, json_array_get(json, i), arena_format(run->scope.arena, "%s/%zu", list->text, i));
    return good;
}

// As what the body came, for people: " (it came as products/update)". The header that says so is signed by nobody, so
// nothing else hangs on it.
static const char *topic_of(struct run *run)
{
    struct value topic = {0};
    if (run->mapping->topic == NULL || !expression_value(run->mapping->topic, &run->scope, &topic) ||
        topic.text == NULL)
        return "";
    return arena_format(run->scope.arena, " (it came as %.*s)", TOPIC_BYTES, topic.text);
}

// Whom the rule says that the body asks for; NULL for nobody. That this cannot be read shall not hide why it is kept.
static const char *asked_for(struct run *run)
{
    struct scope *scope = &run->scope;
    struct value who = {0};
    if (run->rule->envelope.count == 0)
        return NULL;
    const struct expression *customer = run->rule->envelope.assignments[0].expression;
    if (customer == NULL || !expression_value(customer, scope, &who) || who.text == NULL)
        return NULL;
    size_t mark = scope_enter(scope, "customer_id", -1);
    scope_note(scope, MAPPING_FIELD, value_place(&who, customer, scope), who.raw, who.text);
    scope_leave(scope, mark);
    return arena_format(scope->arena, "%s%s", mapping_prefix(run->mapping), who.text);
}

// Nothing is made of the body: it is for a person, and this is why.
static bool keep(struct run *run)
{
    struct scope *scope = &run->scope;
    struct value why;
    const char *asked = asked_for(run);
    if (!expression_value(run->rule->keep, scope, &why))
        return false;
    scope->rule = 0;
    scope->event = ""; // none is meant
    scope_fail(scope, "", "%s%s", why.text == NULL ? "is for a person to look at" : why.text, topic_of(run));
    scope->error->asked = asked;
    scope->error->kept = true;
    return false;
}

// The body is of a kind of which nothing is made, unless another rule has use for it.
static bool pass_over(struct run *run)
{
    struct value why;
    if (!expression_value(run->rule->drop, &run->scope, &why))
        return false;
    if (run->needless == NULL)
        run->needless = why.text == NULL ? "nothing that Tend keeps" : why.text;
    return true;
}

static bool apply_rule(struct run *run, size_t index)
{
    struct scope *scope = &run->scope;
    const struct rule *rule = &run->mapping->rules[index];
    run->rule = rule;
    scope->rule = (int)index + 1;
    scope->event = rule->event;
    scope->field[0] = '\0';
    size_t failed;
    int holds = conditions_hold(&rule->when, scope, &failed);
    if (holds == 0)
        note_passed(run, condition_text(&rule->when.list[failed], scope));
    if (holds != 1)
        return holds == 0;
    if (rule->keep != NULL)
        return keep(run);
    if (rule->drop != NULL)
        return pass_over(run);
    if (rule->body == NULL && pointer_find(&rule->list, scope->root) == NULL) {
        note_passed(run, arena_format(scope->arena, "%s is not there", rule->list.text));
        return true;
    }
    run->applied++;
    return rule->body == NULL ? apply_as_it_is(run) : rule->each ? apply_items(run) : make_event(run);
}

static void drop(struct run *run, const char *why)
{
    scope_note(&run->scope, MAPPING_DROPPED, "", "", why);
    run->result.dropped = true;
    snprintf(run->result.note, sizeof run->result.note, "dropped, as the mapping says: %.120s", why);
}

// 1 when the body is to be dropped, -1 with an error.
static int check_drops(struct run *run)
{
    const struct conditions *drops = &run->mapping->drops;
    for (size_t i = 0; i < drops->count; i++) {
        int holds = condition_holds(&drops->list[i], &run->scope);
        if (holds == 0)
            continue;
        const char *why = drops->list[i].why;
        if (holds == 1)
            drop(run, why != NULL ? why : condition_text(&drops->list[i], &run->scope));
        return holds;
    }
    return 0;
}

static bool apply_all(struct run *run)
{
    int dropped = check_drops(run);
    if (dropped != 0)
        return dropped == 1;
    for (size_t i = 0; i < run->mapping->rule_count; i++)
        if (!apply_rule(run, i))
            return false;
    run->scope.rule = 0;
    run->scope.event = "";
    if (run->applied == 0 && run->needless != NULL) {
        drop(run, run->needless);
        return true;
    }
    if (run->applied == 0) {
        add_passed(run);
        return scope_fail(&run->scope, "", "fits no rule%s: %s", topic_of(run),
                          run->passed[0] == '\0' ? "the mapping has none" : run->passed);
    }
    if (run->result.count == 0)
        snprintf(run->result.note, sizeof run->result.note, "%s", "the lists that would hold events are empty");
    return true;
}

bool mapping_apply(const struct mapping *mapping, const struct mapping_body *body, struct arena *arena,
                   const struct mapping_trace *trace, struct mapping_result *ret_result,
                   struct mapping_error *ret_error)
{
    char reason[VERIFY_TEXT_BYTES];
    const char *pointer;
    struct run run = {.mapping = mapping, .passed = ""};
    run.scope = (struct scope){.body = body,
                               .item_path = "",
                               .zone = mapping->zone,
                               .customer = mapping->customer,
                               .arena = arena,
                               .trace = trace,
                               .event = "",
                               .error = ret_error};
    json_t *root =
        foreign_read(body->bytes, body->length, mapping->decodings, mapping->decoding_count, &pointer, reason);
    if (root == NULL)
        return scope_fail(&run.scope, pointer, "%s", reason);
    run.scope.root = run.scope.item = root;
    bool good = apply_all(&run);
    json_decref(root);
    if (good)
        *ret_result = run.result;
    return good;
}
