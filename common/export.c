#include "common/export.h"

#include "common/codec.h"
#include "common/jsontext.h"
#include "common/must.h"
#include "common/recordbody.h"
#include "common/stamp.h"
#include "tend/v1/journal.pb-c.h"

#include <stdlib.h>
#include <string.h>

enum {
    PAGE_BYTES = 256 * 1024, // then the page is full; one row or record more may be in it
    PAGE_LOOKS = 20000,      // journal records of one page: some ten milliseconds
    TEXT_LEAST = 3,          // characters that make a run a text
    DAY_SECONDS = 86400,
    ID_MAX = 400,
};

struct export_page {
    struct turn *turn;
    struct jsontext text;
    uint64_t from, row; // the first row of this page, and the one that comes next
    uint64_t next_row;  // of the next page; UINT64_MAX: this page has all
    bool first;         // of the row's values
    bool any;           // rows or records in the list so far
};

static void put(struct jsontext *text, const char *words)
{
    jsontext_put(text, words, strlen(words));
}

static void put_string(struct jsontext *text, const char *string)
{
    jsontext_string(text, string, strlen(string));
}

static bool is_full(const struct export_page *page)
{
    return page->text.length >= PAGE_BYTES;
}

// --- rows

bool export_begin(struct export_page *page, const char *table)
{
    uint64_t row = page->row++;
    if (row < page->from || page->next_row != UINT64_MAX)
        return false;
    if (is_full(page)) {
        page->next_row = row;
        return false;
    }
    put(&page->text, page->any ? ",{\"table\":" : "{\"table\":");
    put_string(&page->text, table);
    page->any = true;
    return true;
}

void export_end(struct export_page *page)
{
    jsontext_byte(&page->text, '}');
}

static void put_name(struct export_page *page, const char *name)
{
    jsontext_byte(&page->text, ',');
    put_string(&page->text, name);
    jsontext_byte(&page->text, ':');
}

void export_text(struct export_page *page, const char *name, const char *text, size_t length)
{
    if (length == 0)
        return;
    put_name(page, name);
    jsontext_string(&page->text, text, length);
}

void export_number(struct export_page *page, const char *name, int64_t number)
{
    if (number == 0)
        return;
    put_name(page, name);
    jsontext_signed(&page->text, number);
}

void export_time(struct export_page *page, const char *name, int64_t time_ms)
{
    char text[STAMP_TEXT_BYTES];
    if (time_ms <= 0)
        return;
    if (!stamp_valid(time_ms / 1000, 0)) {
        export_number(page, name, time_ms);
        return;
    }
    size_t length = stamp_print(time_ms / 1000, (int32_t)(time_ms % 1000) * 1000000, text);
    export_text(page, name, text, length);
}

void export_day(struct export_page *page, const char *name, int32_t day)
{
    char text[STAMP_TEXT_BYTES];
    if (stamp_valid((int64_t)day * DAY_SECONDS, 0) && stamp_print((int64_t)day * DAY_SECONDS, 0, text) >= 10)
        export_text(page, name, text, 10);
    else if (day != INT32_MIN)
        export_number(page, name, day);
}

// --- messages, less what they say of others

// What of a message is about the customer.
struct pruning {
    const char *customer_id;
    bool any, other;
};

static bool look(void *context, const char *customer_id)
{
    struct pruning *pruning = context;
    bool same = strcmp(customer_id, pruning->customer_id) == 0;
    pruning->any = pruning->any || same;
    pruning->other = pruning->other || !same;
    return true;
}

static bool is_list_of(const ProtobufCFieldDescriptor *field, ProtobufCType type)
{
    return field->label == PROTOBUF_C_LABEL_REPEATED && field->type == type;
}

// Of each list, in which an entry is about a customer, keeps the entries about this one; of a list of ids this one.
static void prune(ProtobufCMessage *message, const char *customer_id)
{
    for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];
        bool ids = is_list_of(field, PROTOBUF_C_TYPE_STRING) && strstr(field->name, "customer_id") != NULL;
        if (!ids && !is_list_of(field, PROTOBUF_C_TYPE_MESSAGE))
            continue;
        size_t *count = (void *)((char *)message + field->quantifier_offset), kept = 0;
        void **entries = *(void ***)(void *)((char *)message + field->offset);
        for (size_t j = 0; j < *count; j++) {
            struct pruning pruning = {.customer_id = customer_id};
            if (ids)
                look(&pruning, entries[j]);
            else
                recordbody_customers(entries[j], look, &pruning);
            if (pruning.any || !pruning.other)
                entries[kept++] = entries[j];
        }
        *count = kept;
    }
}

void export_message(struct export_page *page, const char *name, ProtobufCMessage *message, const char *customer_id)
{
    size_t length;
    prune(message, customer_id);
    const char *text = codec_to_text(message, 0, arena_allocator(page->turn->arena), &length);
    must(text != NULL);
    put_name(page, name);
    jsontext_put(&page->text, text, length);
}

static ProtobufCMessage *unpack(struct turn *turn, uint16_t type, struct slice payload)
{
    const ProtobufCMessageDescriptor *descriptor = recordbody_of(type);
    return descriptor != NULL
               ? protobuf_c_message_unpack(descriptor, arena_allocator(turn->arena), payload.length, payload.bytes)
               : NULL;
}

void export_payload(struct export_page *page, const char *name, uint16_t type, struct slice payload,
                    const char *customer_id)
{
    ProtobufCMessage *message = unpack(page->turn, type, payload);
    if (message != NULL)
        export_message(page, name, message, customer_id);
    else
        export_texts(page, name, payload);
}

bool export_names_others(struct turn *turn, uint16_t type, struct slice payload, const char *customer_id)
{
    struct pruning pruning = {.customer_id = customer_id};
    ProtobufCMessage *message = unpack(turn, type, payload);
    if (message != NULL)
        recordbody_customers(message, look, &pruning);
    return message == NULL || pruning.other;
}

// --- texts in bytes

// How many bytes the readable character at `at` takes; 0: it is none.
static size_t readable(const uint8_t *at, size_t left)
{
    if (at[0] >= 0x20 && at[0] < 0x7f)
        return 1;
    size_t length = at[0] >= 0xf0 ? 4 : at[0] >= 0xe0 ? 3 : at[0] >= 0xc2 ? 2 : 0;
    if (length == 0 || length > left)
        return 0;
    for (size_t i = 1; i < length; i++)
        if ((at[i] & 0xc0) != 0x80)
            return 0;
    return length;
}

void export_texts(struct export_page *page, const char *name, struct slice bytes)
{
    bool any = false;
    for (size_t from = 0, to; from < bytes.length; from = to + 1) {
        size_t characters = 0, length;
        for (to = from; to < bytes.length && (length = readable(bytes.bytes + to, bytes.length - to)) > 0; to += length)
            characters++;
        if (characters < TEXT_LEAST)
            continue;
        if (!any) {
            put_name(page, name);
            jsontext_byte(&page->text, '[');
        } else {
            jsontext_byte(&page->text, ',');
        }
        jsontext_string(&page->text, (const char *)bytes.bytes + from, to - from);
        any = true;
    }
    if (any)
        jsontext_byte(&page->text, ']');
}

// --- the journal

struct walk {
    struct export_page *page;
    const char *customer_id;
    size_t looks;
    uint64_t next; // where the next page goes on
    bool more;
};

static void put_record(struct export_page *page, const struct record *record, const char *customer_id)
{
    static const char prefix[] = "RECORD_TYPE_";
    const ProtobufCEnumValue *type =
        protobuf_c_enum_descriptor_get_value(&tend__v1__record_type__descriptor, record->type);
    put(&page->text, page->any ? ",{\"seq\":" : "{\"seq\":");
    jsontext_unsigned(&page->text, record->seq);
    page->any = true;
    export_time(page, "time", record->time_ms);
    if (type != NULL)
        export_text(page, "type", type->name + strlen(prefix), strlen(type->name) - strlen(prefix));
    export_payload(page, "body", record->type, (struct slice){record->payload, record->length}, customer_id);
    export_end(page);
}

static bool look_at(void *self, const struct record *record)
{
    struct walk *walk = self;
    if (walk->looks++ == PAGE_LOOKS || is_full(walk->page)) {
        walk->next = record->seq;
        walk->more = true;
        return false;
    }
    if ((record->flags & RECORD_ERASED) == 0 &&
        recordbody_names(walk->page->turn->arena, record->type, record->payload, record->length, walk->customer_id))
        put_record(walk->page, record, walk->customer_id);
    return true;
}

// Records that crashed the service three times; hardly ever any.
static void put_dead(struct export_page *page, const char *customer_id)
{
    struct cursor *cursor = cursor_open(page->turn->tx, STORE_TABLE_DEAD);
    struct slice key, value;
    for (bool more = cursor_next(cursor, &key, &value); more; more = cursor_next(cursor, &key, &value)) {
        if (memmem(value.bytes, value.length, customer_id, strlen(customer_id)) == NULL ||
            !export_begin(page, "dead letter"))
            continue;
        export_texts(page, "texts", value);
        export_end(page);
    }
    cursor_close(&cursor);
}

static uint64_t number_of(const struct request *request, const char *name)
{
    const char *text = request->param != NULL ? request->param(request, name) : NULL;
    return text != NULL ? strtoull(text, NULL, 10) : 0;
}

static void put_next(struct export_page *page, const struct walk *walk)
{
    bool rows = page->next_row != UINT64_MAX;
    if (!rows && !walk->more)
        return;
    put(&page->text, ",\"next\":{\"row\":");
    jsontext_unsigned(&page->text, rows ? page->next_row : page->row);
    put(&page->text, ",\"seq\":");
    jsontext_unsigned(&page->text, rows ? 0 : walk->next);
    jsontext_byte(&page->text, '}');
}

bool export_answer(struct turn *turn, const struct request *request, const char *service, export_rows *rows, void *self,
                   struct reply *ret_reply)
{
    static const char prefix[] = "/v1/export/";
    const char *id = request->path + sizeof prefix - 1;
    if (strncmp(request->path, prefix, sizeof prefix - 1) != 0)
        return false;
    if (id[0] == '\0' || strlen(id) > ID_MAX) {
        reply_error(turn, 400, "customer_id", "the path must end with the id of a customer", ret_reply);
        return true;
    }
    uint64_t seq = number_of(request, "seq");
    struct export_page page = {.turn = turn, .from = number_of(request, "row"), .next_row = UINT64_MAX};
    page.text.allocator = arena_allocator(turn->arena);
    put(&page.text, "{\"service\":");
    put_string(&page.text, service);
    put(&page.text, ",\"customerId\":");
    put_string(&page.text, id);
    put(&page.text, ",\"rows\":[");
    // Behind the first page of records there are no rows any more.
    if (seq == 0) {
        rows(self, turn, id, &page);
        put_dead(&page, id);
    }
    put(&page.text, "],\"records\":[");
    page.any = false;
    struct walk walk = {.page = &page, .customer_id = id};
    if (page.next_row == UINT64_MAX)
        journal_each(turn->tx, seq, look_at, &walk);
    jsontext_byte(&page.text, ']');
    put_next(&page, &walk);
    jsontext_byte(&page.text, '}');
    size_t length;
    char *body = jsontext_take(&page.text, &length);
    must(body != NULL);
    *ret_reply = (struct reply){.status = 200, .content_type = "application/json", .body = body, .length = length};
    return true;
}
