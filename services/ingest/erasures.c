#include "services/ingest/erasures.h"

#include "common/eraser.h"
#include "common/must.h"
#include "google/protobuf/timestamp.pb-c.h"
#include "services/ingest/forgotten.h"
#include "services/ingest/guests.h"
#include "services/ingest/ingest_parts.h"
#include "services/ingest/intake.h"
#include "services/ingest/joins.h"
#include "services/ingest/mentions.h"
#include "services/ingest/proof.h"
#include "services/ingest/same.h"
#include "services/ingest/traces.h"

#include <stdlib.h>
#include <string.h>

enum {
    BITS = 65536, // of a filter in memory, by the hash of a person: without erasures an event costs nothing
    MILLIS = 1000,
    NANOS_OF_MILLI = 1000000,
    LIST_DEFAULT = 50,
};

struct erasures {
    size_t count;
    uint64_t group, place; // whose rejected bodies are gone through, and from which id on
    uint64_t bits[BITS / 64];
};

struct erasures *erasures_open(void)
{
    struct erasures *erasures = calloc(1, sizeof *erasures);
    must(erasures != NULL);
    return erasures;
}

void erasures_close(struct erasures **erasures)
{
    free(*erasures);
    *erasures = NULL;
}

static void remember(void *context, const uint8_t *person)
{
    struct erasures *erasures = context;
    unsigned bit = store_get_u16(person);
    erasures->bits[bit / 64] |= UINT64_C(1) << bit % 64;
    erasures->count++;
}

void erasures_load(struct erasures *erasures, struct turn *turn)
{
    *erasures = (struct erasures){.count = 0};
    proof_each(turn, remember, erasures);
}

static int64_t time_of(const Tend__V1__Event *event)
{
    return event->time == NULL ? 0 : event->time->seconds * MILLIS + event->time->nanos / NANOS_OF_MILLI;
}

// The other customer that the body names, "" when it names none.
static const char *other_of(const Tend__V1__Event *event)
{
    const ProtobufCMessage *body = &event->order_placed->base; // whichever of the union it is
    if (event->body_case == TEND__V1__EVENT__BODY__NOT_SET || body == NULL)
        return "";
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field_by_name(body->descriptor, "other_customer_id");
    return field == NULL ? "" : *(char *const *)(const void *)((const char *)body + field->offset);
}

static bool may_be_erased(const struct erasures *erasures, const uint8_t *person)
{
    unsigned bit = store_get_u16(person);
    return (erasures->bits[bit / 64] >> bit % 64 & 1) != 0;
}

bool erasures_any(const struct erasures *erasures)
{
    return erasures->count > 0;
}

bool erasures_holds(const struct erasures *erasures, const struct turn *turn, const char *customer_id,
                    uint8_t *ret_person)
{
    if (erasures->count == 0 || customer_id[0] == '\0')
        return false;
    proof_person(turn, customer_id, ret_person);
    return may_be_erased(erasures, ret_person);
}

static bool find_mark(const struct erasures *erasures, struct turn *turn, const char *customer_id, uint8_t *ret_person,
                      struct proof_mark *ret_mark)
{
    return erasures_holds(erasures, turn, customer_id, ret_person) && proof_marked(turn, ret_person, ret_mark);
}

bool erasures_cover(const struct erasures *erasures, struct turn *turn, const char *customer_id, int64_t time_ms)
{
    uint8_t person[HASH_BYTES];
    struct proof_mark mark;
    return find_mark(erasures, turn, customer_id, person, &mark) && time_ms <= mark.until_ms;
}

// Whether what happened at `time_ms` to the customer is to be kept out; counts it.
static bool keeps_out(const struct erasures *erasures, struct turn *turn, const char *customer_id, int64_t time_ms)
{
    uint8_t person[HASH_BYTES];
    struct proof_mark mark;
    if (!find_mark(erasures, turn, customer_id, person, &mark))
        return false;
    if (time_ms > mark.until_ms) {
        proof_note_return(turn, person);
        return false;
    }
    proof_kept_out(turn, mark.erasure);
    return true;
}

// An answer was given later than what it answers: it stays out as long as the reminder may be of before the erasure.
static bool keeps_answer_out(struct turn *turn, const Tend__V1__ReminderAnswered *answer)
{
    uint8_t person[HASH_BYTES];
    struct proof_mark mark;
    if (!proof_of_reminder(turn, answer->reminder_id, person) || !proof_marked(turn, person, &mark) ||
        proof_has_returned(turn, person, &mark))
        return false;
    proof_kept_out(turn, mark.erasure);
    return true;
}

// A customer may be known by an address or a number, which people write in more than one way.
static enum unwrap_kind kind_of(const char *id)
{
    return strchr(id, '@') != NULL ? UNWRAP_WORDS : strchr(id, '+') != NULL ? UNWRAP_PHONE : UNWRAP_ID;
}

// Whether the customer is a guest who goes by the address or number of somebody who was erased after that; counts it.
static bool keeps_guest_out(struct ingest *ingest, struct turn *turn, const char *customer_id, int64_t time_ms)
{
    const struct unwrap_text id = {customer_id, kind_of(customer_id)};
    uint8_t person[HASH_BYTES], erasure[HASH_BYTES];
    struct proof_mark mark;
    if (id.kind == UNWRAP_ID || find_mark(ingest->erasures, turn, customer_id, person, &mark) ||
        !forgotten_by(ingest, turn, &id, time_ms, erasure))
        return false;
    proof_kept_out(turn, erasure);
    return true;
}

static bool is_gone(const struct erasures *erasures, struct turn *turn, const char *customer_id,
                    struct proof_mark *ret_mark)
{
    uint8_t person[HASH_BYTES];
    return find_mark(erasures, turn, customer_id, person, ret_mark) && !proof_is_back(turn, person);
}

// With an erased person went who was merged with it: that one is split from it later makes nobody a customer again.
static bool keeps_split_out(const struct erasures *erasures, struct turn *turn, const Tend__V1__Event *event)
{
    struct proof_mark mark;
    if (!is_gone(erasures, turn, event->customer_id, &mark) && !is_gone(erasures, turn, other_of(event), &mark))
        return false;
    proof_kept_out(turn, mark.erasure);
    return true;
}

static bool stays_out(struct ingest *ingest, struct turn *turn, const Tend__V1__Event *event)
{
    const struct erasures *erasures = ingest->erasures;
    int64_t time_ms = time_of(event);
    if (event->body_case == TEND__V1__EVENT__BODY_CUSTOMER_SPLIT && keeps_split_out(erasures, turn, event))
        return true;
    if (event->body_case == TEND__V1__EVENT__BODY_REMINDER_ANSWERED && keeps_answer_out(turn, event->reminder_answered))
        return true;
    return keeps_out(erasures, turn, event->customer_id, time_ms) ||
           keeps_out(erasures, turn, other_of(event), time_ms) ||
           keeps_guest_out(ingest, turn, event->customer_id, time_ms);
}

// The record of an erasure: as of now, for everybody, without the reason.
static void tell_all(struct turn *turn, Tend__V1__Event *event, struct record *record)
{
    static char empty[] = "";
    if (event->customer_id[0] == '\0')
        return;
    if (time_of(event) < turn->now_ms) {
        event->time->seconds = turn->now_ms / MILLIS;
        event->time->nanos = (int32_t)(turn->now_ms % MILLIS) * NANOS_OF_MILLI;
    }
    event->customer_erased->reason = empty;
    record->flags |= RECORD_ERASES;
    record->shard = SHARD_ALL;
    record->length = tend__v1__event__get_packed_size(event);
    uint8_t *payload = arena_take(turn->arena, record->length + 1);
    tend__v1__event__pack(event, payload);
    record->payload = payload;
    record->digested = false;
}

void erasures_pass(struct ingest *ingest, struct turn *turn, Tend__V1__Event *event, struct record *record)
{
    if (event->body_case == TEND__V1__EVENT__BODY_CUSTOMER_ERASED) {
        tell_all(turn, event, record);
        return;
    }
    if (!erasures_any(ingest->erasures) || !stays_out(ingest, turn, event))
        return;
    if (!record->digested)
        hash_content(record->payload, record->length, record->digest);
    record->digested = true;
    record->flags |= RECORD_ERASED;
    record->length = 0;
    if (event->body_case == TEND__V1__EVENT__BODY_ORDER_PLACED) // it is counted, and its id is kept nowhere
        event->order_placed->order_id = sources_mask(turn, event->order_placed->order_id);
}

// Everything that this event means is under way once it returns.
static void begin(struct ingest *ingest, struct turn *turn, const Tend__V1__Event *event, const struct record *record)
{
    struct proof_mark mark = {.until_ms = time_of(event)};
    uint8_t person[HASH_BYTES];
    memcpy(mark.erasure, record->key, HASH_BYTES);
    proof_person(turn, event->customer_id, person);
    proof_begin(turn, record->key, event->source, event->customer_erased->asked_by);
    proof_mark(turn, person, &mark);
    proof_note_reminders(turn, event->customer_id, person);
    remember(ingest->erasures, person);
    eraser_hear(turn->eraser, turn, record, 0);
}

// The same erasure of another customer, who is the same person, as an event of ours.
static void begin_other(struct ingest *ingest, struct turn *turn, const Tend__V1__Event *event,
                        const struct record *record, const char *customer_id)
{
    char hex[2 * HASH_BYTES + 1];
    uint8_t hash[HASH_BYTES];
    hash_pair(record->key, HASH_BYTES, customer_id, strlen(customer_id), hash);
    hash_hex(hash, HASH_BYTES, hex);
    Tend__V1__Event other = *event;
    other.id = arena_format(turn->arena, "erase/%s", hex);
    other.source = arena_text(turn->arena, "tend", 4);
    other.customer_id = (char *)(uintptr_t)customer_id;
    struct intake_item item = {.event = &other};
    struct record draft;
    intake_record(&item, turn->shards, turn->arena, &draft);
    draft.time_ms = turn->now_ms;
    tell_all(turn, &other, &draft);
    journal_append(turn->tx, turn->journal, &draft);
    state_note(ingest->state, draft.key, draft.seq);
    begin(ingest, turn, &other, &draft);
    proof_join(turn, record->key, draft.key);
}

// Who goes with a customer, the customer first: who is one with it, and behind them the guests of their addresses and
// numbers.
static size_t party_of(struct turn *turn, const char *customer_id, const char *const **ret_ids, size_t *ret_guests)
{
    const char *const *same;
    size_t count = same_as(turn, customer_id, &same);
    const char **all = arena_take(turn->arena, (count + GUESTS_MAX) * sizeof *all);
    memcpy(all, same, count * sizeof *all);
    *ret_guests = guests_of(turn, same, count, all + count);
    *ret_ids = all;
    return count + *ret_guests;
}

// By which words the customer of an event may be found beside the id, in the arena.
static size_t texts_of(struct turn *turn, const Tend__V1__Event *event, const struct unwrap_text **ret_texts)
{
    if (event->body_case != TEND__V1__EVENT__BODY_CUSTOMER_UPSERTED)
        return 0;
    const Tend__V1__CustomerUpserted *body = event->customer_upserted;
    struct unwrap_text *texts = arena_take(turn->arena, (1 + 2 * body->n_contacts) * sizeof *texts);
    size_t count = 0;
    texts[count++] = (struct unwrap_text){body->name, UNWRAP_WORDS};
    for (size_t i = 0; i < body->n_contacts; i++) {
        texts[count++] = (struct unwrap_text){body->contacts[i]->phone, UNWRAP_PHONE};
        texts[count++] = (struct unwrap_text){body->contacts[i]->email, UNWRAP_WORDS};
    }
    *ret_texts = texts;
    return count;
}

// What came late may tell an address that nobody knew when the customer was erased; what happened since tells whose it
// is now.
static void note_addresses(struct ingest *ingest, struct turn *turn, const Tend__V1__Event *event, bool kept_out)
{
    int64_t time_ms = time_of(event);
    const struct unwrap_text id = {event->customer_id, kind_of(event->customer_id)}, *texts;
    if (kept_out && !erasures_cover(ingest->erasures, turn, event->customer_id, time_ms))
        return;
    if (!kept_out)
        forgotten_return(ingest, turn, &id, time_ms);
    for (size_t i = 0, count = texts_of(turn, event, &texts); i < count; i++)
        if (kept_out)
            forgotten_note(ingest, turn, event->customer_id, &texts[i]);
        else
            forgotten_return(ingest, turn, &texts[i], time_ms);
}

void erasures_note(struct ingest *ingest, struct turn *turn, const Tend__V1__Event *event, const struct record *record)
{
    bool merged = event->body_case == TEND__V1__EVENT__BODY_CUSTOMER_MERGED;
    bool kept_out = (record->flags & RECORD_ERASED) != 0;
    if (erasures_any(ingest->erasures) && (record->flags & RECORD_ERASES) == 0)
        note_addresses(ingest, turn, event, kept_out);
    if (kept_out)
        return;
    if (merged || event->body_case == TEND__V1__EVENT__BODY_CUSTOMER_SPLIT) {
        const struct same_word word = {time_of(event), merged, record->key};
        same_note(turn, event->customer_id, other_of(event), &word);
    }
    if ((record->flags & RECORD_ERASES) == 0)
        return;
    const char *const *ids;
    size_t guests, count = party_of(turn, event->customer_id, &ids, &guests);
    begin(ingest, turn, event, record);
    for (size_t i = 1; i < count; i++)
        begin_other(ingest, turn, event, record, ids[i]);
}

void erasures_rows(void *self, struct turn *turn, const char *const *customer_ids, size_t count, uint64_t *ret_rows)
{
    (void)self;
    for (size_t i = 0; i < count; i++)
        ret_rows[i] = same_erase(turn, customer_ids[i]) + joins_erase(turn, customer_ids[i]);
}

uint64_t erasures_note_words(void *self, struct turn *turn, const struct record *record)
{
    const struct ingest *ingest = self;
    const Tend__V1__Event *event = NULL;
    const struct unwrap_text *texts;
    if (record->type == TEND__V1__RECORD_TYPE__RECORD_TYPE_EVENT)
        event = tend__v1__event__unpack(arena_allocator(turn->arena), record->length, record->payload);
    // A file may name an erased customer as its parent, and is about somebody else.
    if (event == NULL || !erasures_cover(ingest->erasures, turn, event->customer_id, time_of(event)))
        return 0;
    if (event->body_case == TEND__V1__EVENT__BODY_ORDER_PLACED)
        sources_note_erased(turn, event);
    for (size_t i = 0, count = texts_of(turn, event, &texts); i < count; i++)
        mentions_note(turn, event->customer_id, texts[i].text, texts[i].kind);
    return 0;
}

// What is looked for of many customers, and whose each text is.
struct words {
    struct unwrap_text *texts;
    size_t *whose;
    size_t count, room;
};

static void add_word(struct turn *turn, struct words *words, const struct unwrap_text *text, size_t whose)
{
    if (words->count == words->room) {
        const struct words old = *words;
        words->room = 2 * words->room + MENTIONS_MAX;
        words->texts = arena_take(turn->arena, words->room * sizeof *words->texts);
        words->whose = arena_take(turn->arena, words->room * sizeof *words->whose);
        for (size_t i = 0; i < old.count; i++) {
            words->texts[i] = old.texts[i];
            words->whose[i] = old.whose[i];
        }
    }
    words->texts[words->count] = *text;
    words->whose[words->count++] = whose;
}

static struct words words_of(struct turn *turn, const char *const *customer_ids, size_t count)
{
    struct words words = {.count = 0};
    struct unwrap_text texts[MENTIONS_MAX];
    for (size_t i = 0; i < count; i++) {
        size_t text_count = mentions_of(turn, customer_ids[i], texts);
        texts[text_count++] = (struct unwrap_text){customer_ids[i], kind_of(customer_ids[i])};
        for (size_t j = 0; j < text_count; j++)
            add_word(turn, &words, &texts[j], i);
    }
    return words;
}

// The walk begins anew for other customers than those of the turn before.
static uint64_t *place_for(struct erasures *erasures, const char *const *customer_ids, size_t count)
{
    uint64_t group = count;
    for (size_t i = 0; i < count; i++)
        group = group * 31 + hash_short(customer_ids[i], strlen(customer_ids[i]));
    if (group != erasures->group)
        erasures->place = 0;
    erasures->group = group;
    return &erasures->place;
}

bool erasures_finish(void *self, struct turn *turn, const char *const *customer_ids, size_t count, uint64_t *ret_rows)
{
    struct ingest *ingest = self;
    struct erasures *erasures = ingest->erasures;
    const struct words words = words_of(turn, customer_ids, count);
    uint64_t *rows = arena_zero(turn->arena, words.count + 1, sizeof *rows);
    bool all = traces_erase(ingest, turn, words.texts, words.count, place_for(erasures, customer_ids, count), rows);
    for (size_t i = 0; i < words.count; i++)
        ret_rows[words.whose[i]] += rows[i];
    if (!all)
        return false;
    erasures->group = 0;
    sources_forget(turn);
    for (size_t i = 0; i < words.count; i++)
        forgotten_note(ingest, turn, customer_ids[words.whose[i]], &words.texts[i]);
    for (size_t i = 0; i < count; i++)
        mentions_drop(turn, customer_ids[i]);
    return true;
}

// --- the doors

void erasures_list(struct ingest *ingest, struct call *call)
{
    int64_t most;
    (void)ingest;
    if (!call_number(call, "limit", PROOF_LIST_MAX, LIST_DEFAULT, &most))
        return;
    const Tend__V1__ErasuresAnswer *answer = proof_list(call->turn, (size_t)most, call_parameter(call, "after"));
    if (answer == NULL)
        call_refuse(call, 400, "after", "it is the \"next\" of the answer before");
    else
        reply_message(call->turn, &answer->base, call->ret_reply);
}

void erasures_show(struct ingest *ingest, struct call *call)
{
    uint8_t person[HASH_BYTES];
    struct proof_mark mark;
    (void)ingest;
    proof_person(call->turn, call->name, person);
    const Tend__V1__Erasure *proof = NULL;
    if (proof_marked(call->turn, person, &mark))
        proof = proof_together(call->turn, mark.erasure);
    if (proof == NULL)
        call_refuse(call, 404, "customer", "nobody asked to erase this customer");
    else
        reply_message(call->turn, &proof->base, call->ret_reply);
}

void erasures_with(struct ingest *ingest, struct call *call)
{
    const char *const *ids;
    (void)ingest;
    Tend__V1__ErasureScope scope = TEND__V1__ERASURE_SCOPE__INIT;
    scope.n_customer_ids = party_of(call->turn, call->name, &ids, &scope.n_guest_customer_ids);
    scope.customer_ids = (char **)(uintptr_t)ids;
    scope.guest_customer_ids = scope.customer_ids + (scope.n_customer_ids - scope.n_guest_customer_ids);
    reply_message(call->turn, &scope.base, call->ret_reply);
}
