#include "services/tend/import.h"

#include "common/codec.h"
#include "common/hash.h"
#include "common/journal.h"
#include "common/must.h"
#include "common/verify.h"
#include "common/zone.h"
#include "google/protobuf/timestamp.pb-c.h"
#include "services/ingest/rules.h"
#include "services/tend/basket.h"
#include "services/tend/derived.h"
#include "services/tend/draft.h"
#include "services/tend/lines.h"
#include "services/tend/look.h"
#include "services/tend/passing.h"
#include "services/tend/rejected.h"
#include "services/tend/seen.h"
#include "services/tend/unread.h"

#include <stdlib.h>
#include <string.h>

enum {
    ARENA_BLOCK = 1 << 18,
    ARENA_LIMIT = 1 << 30,                 // an order of a thousand lines with the longest fields, copied and packed
    QUEUE_MAX = 12 + RETURNS_OF_ORDER_MAX, // what one row or order can become
    SOURCE_BYTES = 64,
    LOOK_SHARE = 4,
};

struct import {
    enum import_kind kind;
    struct table *table; // every kind but events
    struct lines *lines; // events
    struct binding *binding;
    struct basket *basket; // orders
    struct arena *arena;
    struct seen *customers, *reps; // that were told about; of rows about them with the moment
    struct look *look;             // while a file that will be streamed is looked at first
    bool streaming, list_rows;
    uint64_t gather_bytes;      // up to which a file is gathered whose lines do not stand together
    const struct stretch *from; // the rows of what is queued now
    size_t from_count;
    struct import_item queue[QUEUE_MAX];
    size_t queued, taken;
    struct reader reader;
    struct verify_error fault;
    char source[SOURCE_BYTES];
    int64_t undated_ms, now_ms;
    bool live, ended;
    uint64_t rows, orders; // read; handed out
    struct passing passed[PASSINGS];
};

static struct import_item *push(struct import *import, uint64_t line)
{
    must(import->queued < QUEUE_MAX);
    struct import_item *item = &import->queue[import->queued++];
    *item = (struct import_item){.line = line, .from = import->from, .from_count = import->from_count};
    return item;
}

static void push_bad(struct import *import, uint64_t line, const char *column, const char *reason)
{
    struct import_item *item = push(import, line);
    item->column = column != NULL && column[0] != '\0' ? column : NULL;
    item->reason = reason;
}

static char *copy(struct import *import, const char *text)
{
    return arena_text(import->arena, text, strlen(text));
}

// Checks the event as ingest will, and queues it or what is wrong with it. `placed_ms` is when the matter it belongs to
// began.
static bool push_event(struct import *import, Tend__V1__Event *event, uint64_t line, int64_t placed_ms)
{
    struct verify_error fault;
    const char *wrong = NULL;
    if (!verify_message(&event->base, NULL, &fault) || !rules_check(event, import->now_ms, &fault))
        wrong = fault.reason;
    else if (tend__v1__event__get_packed_size(event) > RECORD_PAYLOAD_MAX)
        wrong = "is longer than an event may be: 65,536 bytes";
    if (wrong != NULL) {
        const char *field = wrong == fault.reason ? copy(import, fault.field) : NULL;
        push_bad(import, line, field, copy(import, wrong));
        return false;
    }
    if (!import->live && placed_ms < import->now_ms - IMPORT_HISTORICAL_MS)
        event->historical = true;
    push(import, line)->event = event;
    return true;
}

// --- what is derived

static void push_derived(struct import *import, Tend__V1__Event *event, uint64_t line)
{
    const struct stretch *from = import->from;
    size_t from_count = import->from_count;
    import->from_count = 0; // no row is to blame
    if (push_event(import, event, line, draft_ms(event)))
        import->queue[import->queued - 1].derived = true;
    import->from = from;
    import->from_count = from_count;
}

static void derive_rep(struct import *import, char *rep, int64_t order_ms, uint64_t line)
{
    if (rep[0] != '\0' && seen_add(import->reps, hash_short(rep, strlen(rep))))
        push_derived(import, derived_rep(import->arena, import->source, rep, order_ms), line);
}

static void derive_customer(struct import *import, const struct order *order)
{
    if (!seen_add(import->customers, hash_short(order->customer, strlen(order->customer))))
        return;
    Tend__V1__Event *event = derived_customer(import->arena, import->source, order, import->now_ms);
    if (event != NULL)
        push_derived(import, event, order->line);
}

// --- orders

// Rows that were told before.
static void push_left(struct import *import, uint64_t line)
{
    if (import->list_rows)
        push(import, line)->line = line;
}

static void *new_body(struct import *import, const ProtobufCMessageDescriptor *descriptor)
{
    void *body = arena_take(import->arena, descriptor->sizeof_message);
    protobuf_c_message_init(descriptor, body);
    return body;
}

static void push_later(struct import *import, const struct order *order, Tend__V1__Event__BodyCase body_case,
                       int64_t ms, const char *suffix, void *body)
{
    Tend__V1__Event *event = draft_event(import->arena, import->source, ms, order->customer, order->rep);
    event->body_case = body_case;
    event->order_paid = body; // every body is a pointer in the same place
    draft_name(import->arena, event, "order", order->id, suffix);
    push_event(import, event, order->line, order->time_ms);
}

// What became of the order. The bodies in the table hold nothing but the order's number, in their first field.
static void push_life(struct import *import, const struct order *order)
{
    const struct {
        int64_t ms;
        Tend__V1__Event__BodyCase body_case;
        const ProtobufCMessageDescriptor *descriptor;
        const char *suffix;
    } steps[] = {
        {order->paid_ms, TEND__V1__EVENT__BODY_ORDER_PAID, &tend__v1__order_paid__descriptor, ":paid"},
        {order->shipped_ms, TEND__V1__EVENT__BODY_ORDER_SHIPPED, &tend__v1__order_shipped__descriptor, ":shipped"},
        {order->delivered_ms, TEND__V1__EVENT__BODY_ORDER_DELIVERED, &tend__v1__order_delivered__descriptor,
         ":delivered"},
        {order->cancelled_ms, TEND__V1__EVENT__BODY_ORDER_CANCELLED, &tend__v1__order_cancelled__descriptor,
         ":cancelled"},
    };
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        if (steps[i].ms == INT64_MIN)
            continue;
        char *body = new_body(import, steps[i].descriptor);
        *(char **)(void *)(body + steps[i].descriptor->fields[0].offset) = order->id;
        push_later(import, order, steps[i].body_case, steps[i].ms, steps[i].suffix, body);
    }
    if (order->refund == NULL || order->refund->micros == 0)
        return;
    Tend__V1__OrderRefunded *body = new_body(import, &tend__v1__order_refunded__descriptor);
    body->order_id = order->id;
    body->amount = order->refund;
    int64_t ms = order->refunded_ms != INT64_MIN ? order->refunded_ms : order->time_ms;
    push_later(import, order, TEND__V1__EVENT__BODY_ORDER_REFUNDED, ms, ":refunded", body);
}

// What later documents take back of the order. Its amounts are in the order's currency.
static void push_returns(struct import *import, const struct order *order)
{
    for (size_t i = 0; i < order->return_count; i++) {
        const struct refund *refund = &order->returns[i];
        Tend__V1__OrderRefunded *body = new_body(import, &tend__v1__order_refunded__descriptor);
        body->order_id = order->id;
        body->amount = new_body(import, &tend__v1__money__descriptor);
        body->amount->micros = refund->micros;
        body->amount->currency = order->placed->currency;
        body->reason = copy(import, refund->document);
        push_later(import, order, TEND__V1__EVENT__BODY_ORDER_REFUNDED, refund->time_ms,
                   arena_format(import->arena, ":returned:%s", refund->document), body);
    }
}

static void push_order(struct import *import, struct order *order)
{
    import->from = order->rows;
    import->from_count = order->row_count;
    if (order->spoiled != 0) {
        if (order->good_rows == 0)
            push_left(import, order->line);
        else
            push_bad(import, order->line, NULL,
                     arena_format(import->arena, "order %.80s is left out: its row in line %llu is bad", order->id,
                                  (unsigned long long)order->spoiled));
        return;
    }
    derive_rep(import, order->rep, order->time_ms, order->line);
    derive_customer(import, order);
    Tend__V1__Event *event = draft_event(import->arena, import->source, order->time_ms, order->customer, order->rep);
    event->body_case = TEND__V1__EVENT__BODY_ORDER_PLACED;
    event->order_placed = order->placed;
    draft_name(import->arena, event, "order", order->id, NULL);
    if (push_event(import, event, order->line, order->time_ms)) {
        push_life(import, order);
        push_returns(import, order);
    }
}

// --- rows

// The rows of what is queued from now on are this one.
static void start_row(struct import *import, uint64_t line, uint64_t offset, uint64_t end)
{
    struct stretch *from = arena_take(import->arena, sizeof *from);
    *from = (struct stretch){.line = line, .offset = offset, .end = end};
    import->from = from;
    import->from_count = 1;
}

// Of two rows about one customer, or one rep, that are of one moment the last counts: it is told as of a little later.
static void part_rows(struct import *import, Tend__V1__Event *event, uint64_t line)
{
    bool customer = import->kind == KIND_CUSTOMERS;
    if (!customer && import->kind != KIND_REPS)
        return;
    const char *id = customer ? event->customer_id : event->rep_id;
    int64_t ms = draft_ms(event);
    const char *key = arena_format(import->arena, "%lld %s", (long long)ms, id);
    if (seen_add(import->customers, hash_short(key, strlen(key))))
        return;
    passing_count(import->passed, PASSING_AGAIN, line);
    draft_later(import->arena, event, customer ? "customer" : "rep", id,
                ms + (int64_t)import->passed[PASSING_AGAIN].rows);
}

static void take_row(struct import *import, const struct row *row)
{
    struct reader *reader = &import->reader;
    reader_start(reader, import->binding, row, import->arena);
    if (import->basket != NULL) {
        enum basket_step step = basket_take(import->basket, reader);
        if (step == BASKET_SPOILED)
            import->from_count = 0;
        if (step == BASKET_BAD || step == BASKET_SPOILED)
            push_bad(import, row->line, reader->column, reader->reason);
        if (step == BASKET_PASSED)
            passing_count(import->passed, PASSING_ANONYMOUS, row->line);
        if (step == BASKET_VOID)
            passing_count(import->passed, PASSING_VOID, row->line);
        if (reader->unmarked)
            passing_count(import->passed, PASSING_UNMARKED, row->line);
        return;
    }
    struct draft drafts[DRAFTS_MAX];
    struct draft_options options = {import->source, import->undated_ms};
    size_t made = draft_row(import->kind, reader, &options, drafts);
    if (made == 0)
        push_bad(import, row->line, reader->column, reader->reason);
    if (reader->unmarked)
        passing_count(import->passed, PASSING_UNMARKED, row->line);
    for (size_t i = 0; i < made; i++) {
        Tend__V1__Event *event = drafts[i].event;
        part_rows(import, event, row->line);
        if (import->kind == KIND_CUSTOMERS)
            derive_rep(import, event->customer_upserted->owner_rep_id, draft_ms(event), row->line);
        if (push_event(import, event, row->line, draft_ms(event)))
            import->queue[import->queued - 1].undated = drafts[i].undated;
    }
}

// A line of JSON that is a whole event.
static void take_event(struct import *import, const struct line *line)
{
    if (line->trouble != LINE_GOOD) {
        push_bad(import, line->number, NULL, line_trouble_text(line->trouble));
        return;
    }
    if (strspn(line->text, " \t") == line->length)
        return;
    size_t length;
    const char *text = rejected_without(import->arena, line->text, line->length, &length);
    ProtobufCMessage *message =
        codec_from_text(&tend__v1__event__descriptor, text, length, arena_allocator(import->arena), &import->fault);
    if (message == NULL) {
        push_bad(import, line->number, import->fault.field, import->fault.reason);
        return;
    }
    Tend__V1__Event *event = (Tend__V1__Event *)(void *)message;
    if (event->source == NULL || event->source[0] == '\0')
        event->source = import->source;
    push_event(import, event, line->number, event->time == NULL ? 0 : draft_ms(event));
}

// A row that cannot be read; of orders it waits for the one that it seems to belong to.
static void take_unreadable(struct import *import, const struct row *row)
{
    const struct binding *binding = import->binding;
    const struct bound *id = binding->key.present ? &binding->key : &binding->columns[ORDER_ID];
    bool order = import->basket != NULL && id->present && id->value == NULL && table_delimiter(import->table) > ' ';
    if (order) {
        struct stretch stretch = *import->from;
        stretch.reason = row->reason;
        struct field *parts = arena_take(import->arena, TABLE_COLUMNS_MAX * sizeof *parts);
        size_t count = table_parts(import->table, row, parts);
        basket_lose(import->basket, &stretch, parts, count, id->column);
        import->from_count = 0;
    }
    push_bad(import, row->line, NULL, row->reason);
}

// Reads one line or row. False at the end of the file, or with `ret_item->reason` when reading cannot go on.
static bool read_on(struct import *import, struct import_item *ret_item)
{
    if (import->lines != NULL) {
        struct line line;
        if (!lines_next(import->lines, &line)) {
            ret_item->reason = lines_failure(import->lines);
            return false;
        }
        import->rows++;
        start_row(import, line.number, line.offset, line.next_offset);
        take_event(import, &line);
        return true;
    }
    struct row row;
    enum table_step step = table_next(import->table, &row);
    if (step == TABLE_END || step == TABLE_FAILED) {
        ret_item->line = row.line;
        ret_item->reason = step == TABLE_FAILED ? row.reason : NULL;
        return false;
    }
    import->rows++;
    start_row(import, row.line, row.offset, row.end);
    if (step == TABLE_BAD)
        take_unreadable(import, &row);
    else
        take_row(import, &row);
    return true;
}

// Whatever is told once, after the last order. False when there is nothing to say.
static bool push_last(struct import *import)
{
    bool any = false;
    for (size_t i = 0; i < PASSINGS; i++) {
        struct passing *passing = &import->passed[i];
        if (passing->rows == 0)
            continue;
        struct import_item *item = push(import, passing->line);
        item->rows = passing->rows;
        item->reason = passing_reason((enum passing_kind)i);
        item->noted = passing_noted((enum passing_kind)i);
        passing->rows = 0;
        any = true;
    }
    return any;
}

// A row that cannot be read and is no order's. False when there is none now.
static bool push_lost(struct import *import)
{
    import->from = import->basket == NULL ? NULL : basket_lost(import->basket);
    if (import->from == NULL)
        return false;
    import->from_count = 1;
    push_left(import, import->from->line);
    return true;
}

// Some more of the first look at the file.
static enum import_step look_first(struct import *import, struct import_item *ret_item)
{
    *ret_item = (struct import_item){.line = 0};
    enum look_step step = look_on(import->look, &ret_item->line, &ret_item->reason);
    bool gather = step == LOOK_REFUSED && table_size(import->table) <= import->gather_bytes;
    if (step == LOOK_GOOD || gather)
        look_close(&import->look);
    if (gather) {
        table_rewind(import->table);
        basket_close(&import->basket);
        import->basket = basket_open(false);
        import->streaming = false;
    }
    return step == LOOK_REFUSED && !gather ? IMPORT_FAILED : IMPORT_LOOKING;
}

static enum import_step step_of(const struct import_item *item)
{
    return item->event != NULL    ? IMPORT_EVENT
           : item->noted          ? IMPORT_NOTED
           : item->rows > 0       ? IMPORT_PASSED
           : item->reason != NULL ? IMPORT_BAD
                                  : IMPORT_LEFT;
}

enum import_step import_next(struct import *import, struct import_item *ret_item)
{
    if (import->look != NULL)
        return look_first(import, ret_item);
    while (import->taken == import->queued) {
        arena_reset(import->arena);
        import->taken = import->queued = import->from_count = 0;
        if (push_lost(import))
            continue;
        bool fetch = import->basket != NULL && (import->ended || basket_full(import->basket));
        struct order order;
        *ret_item = (struct import_item){.line = 0};
        if (fetch && basket_fetch(import->basket, import->arena, &order)) {
            import->orders++;
            push_order(import, &order);
        } else if (import->ended && !push_last(import)) {
            return IMPORT_END;
        } else if (import->ended) {
            continue;
        } else if (!read_on(import, ret_item)) {
            if (ret_item->reason != NULL)
                return IMPORT_FAILED;
            import->ended = true;
            if (import->basket != NULL)
                import->passed[PASSING_UNMATCHED].rows =
                    basket_settle(import->basket, &import->passed[PASSING_UNMATCHED].line);
        }
    }
    *ret_item = import->queue[import->taken++];
    return step_of(ret_item);
}

// --- opening

static bool delimiter_of(const char *text, char *ret_delimiter)
{
    if (strcmp(text, "tab") == 0 || strcmp(text, "\\t") == 0)
        *ret_delimiter = '\t';
    else if (strlen(text) == 1)
        *ret_delimiter = *text;
    else
        return false;
    return true;
}

static bool open_table(struct import *import, const struct import_options *options, char *ret_error)
{
    struct table_options how = {options->path, options->encoding, options->delimiter};
    if (options->map != NULL) {
        struct map_settings settings = map_settings(options->map, options->kind);
        if (how.encoding == NULL)
            how.encoding = settings.encoding;
        if (how.delimiter == 0 && settings.delimiter != NULL && !delimiter_of(settings.delimiter, &how.delimiter)) {
            snprintf(ret_error, IMPORT_ERROR_BYTES, "the map's delimiter is one character or tab");
            return false;
        }
    }
    if (!table_open(&how, ret_error, &import->table))
        return false;
    struct binding_options binding = {.map = options->map,
                                      .zone = options->zone,
                                      .currency = options->currency,
                                      .currency_told = options->currency_told,
                                      .decimal = options->decimal,
                                      .dayorder = options->dayorder,
                                      .addresses = options->addresses};
    char error[IMPORT_ERROR_BYTES];
    if (binding_open(import->table, options->kind, &binding, error, &import->binding))
        return true;
    // What the map is to blame for names the map itself.
    bool placed = strchr(error, '\n') != NULL;
    snprintf(ret_error, IMPORT_ERROR_BYTES, "%s%s%.*s", placed ? "" : options->path, placed ? "" : ": ",
             IMPORT_ERROR_BYTES / 2, error);
    return false;
}

static void open_basket(struct import *import, uint64_t look_bytes)
{
    import->streaming =
        !import->binding->numberless && !import->binding->invoices && table_size(import->table) > look_bytes;
    import->basket = basket_open(import->streaming);
    if (import->streaming)
        import->look = look_open(import->table, import->binding);
}

bool import_open(const struct import_options *options, char *ret_error, struct import **ret_import)
{
    rules_compile();
    struct import *import = calloc(1, sizeof *import);
    must(import != NULL);
    import->kind = options->kind;
    import->arena = arena_open(ARENA_BLOCK, ARENA_LIMIT);
    import->customers = seen_open();
    import->reps = seen_open();
    import->now_ms = options->now_ms;
    import->live = options->live;
    snprintf(import->source, sizeof import->source, "import:%s", kind_name(options->kind));
    if (options->source != NULL)
        snprintf(import->source, sizeof import->source, "%s", options->source);
    import->list_rows = options->list_rows;
    import->gather_bytes = options->gather_bytes == 0 ? IMPORT_GATHER_BYTES : options->gather_bytes;
    bool good = options->kind == KIND_EVENTS ? lines_open(options->path, options->encoding, ret_error, &import->lines)
                                             : open_table(import, options, ret_error);
    if (!good) {
        import_close(&import);
        return false;
    }
    if (options->kind == KIND_ORDERS)
        open_basket(import, options->gather_bytes == 0 ? IMPORT_LOOK_BYTES : options->gather_bytes);
    int64_t changed_ms = import->lines != NULL ? lines_changed_ms(import->lines) : table_changed_ms(import->table);
    import->undated_ms = options->undated_ms == IMPORT_FILE_TIME ? changed_ms : options->undated_ms;
    *ret_import = import;
    return true;
}

void import_close(struct import **import)
{
    if (*import == NULL)
        return;
    basket_close(&(*import)->basket);
    look_close(&(*import)->look);
    binding_close(&(*import)->binding);
    table_close(&(*import)->table);
    lines_close(&(*import)->lines);
    seen_close(&(*import)->customers);
    seen_close(&(*import)->reps);
    arena_close(&(*import)->arena);
    free(*import);
    *import = NULL;
}

void import_progress(const struct import *import, uint64_t *ret_done, uint64_t *ret_total)
{
    uint64_t size = import->table != NULL ? table_size(import->table) : lines_size(import->lines), done, number;
    if (import->table != NULL)
        done = table_offset(import->table);
    else
        lines_tell(import->lines, &done, &number);
    if (import->streaming) {
        // The first look at the file takes about a quarter of the time of the rest.
        done = import->look != NULL ? done / LOOK_SHARE : size / LOOK_SHARE + done;
        size += size / LOOK_SHARE;
    } else if (import->basket != NULL) {
        uint64_t left = basket_count(import->basket), all = import->orders + left;
        done += all == 0 ? 0 : (uint64_t)((double)size * (double)import->orders / (double)all);
        size *= 2;
    }
    *ret_done = done;
    *ret_total = size;
}

const struct table *import_table(const struct import *import)
{
    return import->table;
}

const struct lines *import_lines(const struct import *import)
{
    return import->lines;
}

uint64_t import_rows(const struct import *import)
{
    return import->rows;
}

int64_t import_undated_ms(const struct import *import)
{
    return import->undated_ms;
}

void import_describe(const struct import *import, FILE *out)
{
    if (import->lines != NULL) {
        fprintf(out, "JSON lines of events, %s\n", lines_encoding(import->lines));
        return;
    }
    binding_describe(import->binding, import->table, out);
}

void import_tell_unread(const struct import *import, bool json, FILE *out)
{
    if (import->table != NULL)
        unread_tell(import->binding, import->table, json, out);
}
