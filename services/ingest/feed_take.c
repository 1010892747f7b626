#include "services/ingest/feed_take.h"

#include "common/audit.h"
#include "common/hash.h"
#include "services/ingest/take.h"
#include "services/ingest/traces.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

// The headers that are kept with a rejected body beside those that the feed's mapping looks at: what tells people which
// message it was. No cookies, no authorization.
static const char *const kept_headers[] = {
    "user-agent",
    "x-request-id",
    "x-shopify-topic",
    "x-shopify-shop-domain",
    "x-shopify-event-id",
    "x-wc-webhook-topic",
    "x-wc-webhook-event",
    "x-wc-webhook-resource",
    "x-wc-webhook-source",
    "x-wc-webhook-id",
    "x-wc-webhook-delivery-id",
    "webhook-id",
    "x-event-type",
    "x-topic",
    "x-frappe-event",
    "msg-id",
    "x-shopify-triggered-at",
    "kafka-key",
    "nats-subject",
};

enum {
    KEPT_HEADERS = sizeof kept_headers / sizeof *kept_headers,
    PLAIN_HEADERS = KEPT_HEADERS - 2, // that hold nothing which the message is about
};

void feed_count(struct ingest *ingest, const struct feed_entry *entry, enum body_outcome outcome)
{
    struct metric *metric = ingest->figures[FIGURE_BODIES];
    if (metric != NULL)
        metric_add(metric, metric_cell(metric, entry->place, (size_t)outcome, 0), 1);
}

static char *copy(struct turn *turn, const char *text)
{
    return arena_text(turn->arena, text, strlen(text));
}

// The first result that was refused, unless only its receipt's time differs.
static const Tend__V1__EventResult *count_results(const struct mapping_result *made,
                                                  const Tend__V1__EventResult *results, struct feed_taken *taken)
{
    const Tend__V1__EventResult *bad = NULL;
    for (size_t i = 0; i < made->count; i++) {
        bool again = results[i].status == TEND__V1__EVENT_STATUS__EVENT_STATUS_CONFLICT &&
                     (made->events[i].undated || made->events[i].once);
        if (results[i].status == TEND__V1__EVENT_STATUS__EVENT_STATUS_STORED)
            taken->stored++;
        else if (again || results[i].status == TEND__V1__EVENT_STATUS__EVENT_STATUS_KNOWN)
            taken->known++;
        else if (bad == NULL)
            bad = &results[i];
    }
    return bad;
}

// The name of the event that a body_case stands for.
static const char *event_name(const Tend__V1__Event *event)
{
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field(&tend__v1__event__descriptor, (unsigned)event->body_case);
    return field != NULL ? field->name : "";
}

static void take_events(struct ingest *ingest, struct turn *turn, const struct mapping *mapping,
                        const struct mapping_result *made, struct feed_taken *taken)
{
    struct intake_item *items = arena_zero(turn->arena, made->count + 1, sizeof *items);
    Tend__V1__EventResult *results = arena_take(turn->arena, (made->count + 1) * sizeof *results);
    for (size_t i = 0; i < made->count; i++)
        if (mapping_may(mapping, made->events[i].event, &items[i].error))
            items[i].event = made->events[i].event;
    take_items(ingest, turn, NULL, items, made->count, results);
    const Tend__V1__EventResult *bad = count_results(made, results, taken);
    taken->outcome = taken->stored > 0 ? BODY_STORED : taken->known > 0 ? BODY_KNOWN : BODY_DROPPED;
    if (bad == NULL)
        return;
    taken->outcome = BODY_REJECTED;
    taken->event = event_name(made->events[bad - results].event);
    taken->field = copy(turn, bad->field);
    taken->reason = copy(turn, bad->reason);
}

// A header, or with a '?' in front a parameter of the query; NULL when it is not there.
static const char *given(const struct feed_body *body, const char *name)
{
    if (name[0] == '?')
        return body->query != NULL ? body->query(body->owner, name + 1) : NULL;
    return body->header != NULL ? body->header(body->owner, name) : NULL;
}

// Notes what was given by that name, once.
static void keep_given(struct turn *turn, const struct feed_body *body, const char *name, Tend__V1__Rejected *row)
{
    const char *value = given(body, name);
    for (size_t i = 0; value != NULL && i < row->n_headers; i++)
        if (strcasecmp(row->headers[i]->name, name) == 0)
            value = NULL;
    if (value == NULL)
        return;
    Tend__V1__RejectedHeader *header = arena_take(turn->arena, sizeof *header);
    tend__v1__rejected_header__init(header);
    header->name = copy(turn, name);
    header->value = copy(turn, value);
    row->headers[row->n_headers++] = header;
}

// A reason up to what it quotes; where a quotation ends nobody can tell.
static char *unquoted(struct turn *turn, const char *reason)
{
    size_t length = strcspn(reason, "\"");
    return arena_format(turn->arena, "%.*s%s", (int)length, reason, reason[length] != '\0' ? "\"...\"" : "");
}

// Takes out of a row all that the sender wrote: somebody is named there of whom nothing is to be kept. That it asked
// for somebody stays.
static void withhold(struct ingest *ingest, struct turn *turn, const struct feed_body *body, bool asks,
                     Tend__V1__Rejected *row)
{
    static char nothing[] = "", asking[] = "it asks what is known of a person";
    bool ours = row->event[0] != '\0' || row->field[0] != '\0'; // else the mapping may have said anything
    row->without_content = true;
    row->body = (ProtobufCBinaryData){.len = 0};
    row->reason = asks ? asking : ours ? unquoted(turn, row->reason) : nothing;
    row->n_headers = 0;
    if (traces_forgotten(ingest, turn, row))
        row->reason = nothing;
    for (size_t i = 0; i < PLAIN_HEADERS; i++)
        keep_given(turn, body, kept_headers[i], row);
    if (traces_forgotten(ingest, turn, row))
        row->n_headers = 0;
    row->reason = arena_format(turn->arena, "%s%sit names a person who was erased, so its content is not kept",
                               row->reason, row->reason[0] != '\0' ? "; " : "");
}

// What tells a body from others: its feed, its bytes, and what the feed's rules look at beside them.
static uint64_t same_of(struct turn *turn, const struct feed_entry *entry, const struct feed_body *body)
{
    const char *const *names;
    uint8_t hash[HASH_BYTES];
    uint64_t same;
    const char *beside = copy(turn, entry->name);
    size_t count = mapping_given(entry->feed->mapping, &names);
    for (size_t i = 0; i < count; i++) {
        const char *value = given(body, names[i]);
        beside = arena_format(turn->arena, "%s\n%s:%s", beside, names[i], value != NULL ? value : "");
    }
    hash_pair(beside, strlen(beside), body->bytes, body->length, hash);
    memcpy(&same, hash, sizeof same);
    return same;
}

static void keep_body(struct ingest *ingest, struct turn *turn, const struct feed_entry *entry,
                      const struct feed_body *body, uint64_t same, const struct mapping_error *error,
                      struct feed_taken *taken)
{
    Tend__V1__Rejected row = TEND__V1__REJECTED__INIT;
    Google__Protobuf__Timestamp time = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    Tend__V1__RejectedHeader *list[KEPT_HEADERS + MAPPING_GIVEN_MAX];
    const char *const *names;
    time.seconds = turn->now_ms / 1000;
    time.nanos = (int32_t)(turn->now_ms % 1000) * 1000000;
    row.time = &time;
    row.feed = copy(turn, entry->name);
    row.content_type = copy(turn, body->content_type);
    row.headers = list;
    for (size_t i = 0; i < KEPT_HEADERS; i++)
        keep_given(turn, body, kept_headers[i], &row);
    for (size_t i = mapping_given(entry->feed->mapping, &names); i-- > 0;)
        keep_given(turn, body, names[i], &row);
    row.body.data = (uint8_t *)(uintptr_t)body->bytes;
    row.body.len = body->length;
    row.event = (char *)(uintptr_t)taken->event;
    row.field = (char *)(uintptr_t)taken->field;
    row.pointer = (char *)(uintptr_t)taken->pointer;
    row.reason = (char *)(uintptr_t)taken->reason;
    row.stored = taken->stored;
    row.same = same;
    row.for_person = error != NULL && error->kept;
    const char *asked = error != NULL ? error->asked : NULL;
    if (traces_forgotten(ingest, turn, &row))
        withhold(ingest, turn, body, asked != NULL, &row);
    if (row.without_content)
        row.same = 0; // not even a trace of it
    taken->rejected_id = misfits_add(ingest->misfits, turn, &row);
    bool new = row.id != 0;
    if (asked != NULL && new)
        audit_event(turn, "asked_about", row.without_content ? "" : asked,
                    arena_format(turn->arena, "feed %s%s", entry->name,
                                 row.without_content ? ", somebody who was erased" : ""));
}

void feed_refuse(struct ingest *ingest, struct turn *turn, const struct feed_entry *entry, const struct feed_body *body,
                 const char *reason, struct feed_taken *ret_taken)
{
    *ret_taken = (struct feed_taken){
        .outcome = BODY_REJECTED, .event = "", .field = "", .pointer = "", .reason = copy(turn, reason)};
    feed_count(ingest, entry, BODY_REJECTED);
    keep_body(ingest, turn, entry, body, 0, NULL, ret_taken); // what is seen of it may be a beginning that others share
}

// The reason comes to the front, out of its old place or instead of the oldest.
static void note_drop(struct feed_entry *entry, const char *why)
{
    size_t place = 0;
    while (place < FEED_WHYS - 1 && strcmp(entry->dropped_why[place], why) != 0)
        place++;
    memmove(entry->dropped_why + 1, entry->dropped_why, place * sizeof *entry->dropped_why);
    snprintf(entry->dropped_why[0], sizeof entry->dropped_why[0], "%s", why);
    entry->dropped++;
}

void feed_take(struct ingest *ingest, struct turn *turn, struct feed_entry *entry, const struct feed_body *body,
               bool keep, struct feed_taken *ret_taken)
{
    *ret_taken = (struct feed_taken){.event = "", .field = "", .pointer = "", .reason = ""};
    const struct mapping_body given = {.bytes = body->bytes,
                                       .length = body->length,
                                       .received_ms = body->received_ms != 0 ? body->received_ms : turn->now_ms,
                                       .header = body->header,
                                       .query = body->query,
                                       .owner = body->owner};
    struct mapping_result made;
    struct mapping_error error;
    bool mapped = true;
    if (!mapping_apply(entry->feed->mapping, &given, turn->arena, NULL, &made, &error)) {
        ret_taken->outcome = BODY_REJECTED;
        ret_taken->event = copy(turn, error.event);
        ret_taken->field = copy(turn, error.field);
        ret_taken->pointer = copy(turn, error.pointer);
        ret_taken->reason = copy(turn, error.reason);
        mapped = false;
    } else if (made.dropped || made.count == 0) {
        ret_taken->outcome = BODY_DROPPED;
        note_drop(entry, made.note);
    } else {
        take_events(ingest, turn, entry->feed->mapping, &made, ret_taken);
    }
    feed_count(ingest, entry, ret_taken->outcome);
    if (keep && ret_taken->outcome == BODY_REJECTED)
        keep_body(ingest, turn, entry, body, same_of(turn, entry, body), mapped ? NULL : &error, ret_taken);
}

const char *feed_kept_header(const void *owner, const char *name)
{
    const Tend__V1__Rejected *kept = owner;
    if (strcasecmp(name, "content-type") == 0)
        return kept->content_type;
    for (size_t i = 0; i < kept->n_headers; i++)
        if (strcasecmp(kept->headers[i]->name, name) == 0)
            return kept->headers[i]->value;
    return NULL;
}

const char *feed_kept_query(const void *owner, const char *name)
{
    const Tend__V1__Rejected *kept = owner;
    for (size_t i = 0; i < kept->n_headers; i++)
        if (kept->headers[i]->name[0] == '?' && strcmp(kept->headers[i]->name + 1, name) == 0)
            return kept->headers[i]->value;
    return NULL;
}

void feed_replay(struct ingest *ingest, struct turn *turn, Tend__V1__Rejected *kept, const char *corrected,
                 size_t length, struct feed_taken *ret_taken)
{
    struct feed_entry *entry = feeds_find(ingest->feeds, kept->feed);
    if (entry == NULL) {
        *ret_taken = (struct feed_taken){.outcome = BODY_REJECTED, .event = "", .field = "feed", .pointer = ""};
        ret_taken->reason = arena_format(turn->arena, "there is no feed %s any more", kept->feed);
        return;
    }
    if (corrected == NULL && kept->without_content) {
        *ret_taken = (struct feed_taken){.outcome = BODY_REJECTED, .event = "", .field = "", .pointer = ""};
        ret_taken->reason = "it names a person who was erased, so its content was not kept; if it is to count, give it "
                            "anew as a correction";
        return;
    }
    const struct feed_body body = {
        .bytes = corrected != NULL ? corrected : (const char *)kept->body.data,
        .length = corrected != NULL ? length : kept->body.len,
        .content_type = kept->content_type,
        .header = feed_kept_header,
        .query = feed_kept_query,
        .owner = kept,
        .received_ms = kept->time != NULL ? kept->time->seconds * 1000 + kept->time->nanos / 1000000 : 0,
    };
    feed_take(ingest, turn, entry, &body, false, ret_taken);
    if (ret_taken->outcome != BODY_REJECTED) {
        misfits_drop(ingest->misfits, turn, kept->id);
        return;
    }
    kept->tries++;
    kept->stored += ret_taken->stored;
    // What is wrong with a correction is told to who sent it; the row says what is wrong with its own body.
    if (corrected == NULL) {
        kept->event = (char *)(uintptr_t)ret_taken->event;
        kept->field = (char *)(uintptr_t)ret_taken->field;
        kept->pointer = (char *)(uintptr_t)ret_taken->pointer;
        kept->reason = (char *)(uintptr_t)ret_taken->reason;
    }
    misfits_put(ingest->misfits, turn, kept);
}
