#include "services/tend/basket.h"

#include "common/hash.h"
#include "common/money.h"
#include "common/must.h"
#include "services/tend/orderrow.h"
#include "services/tend/seen.h"

#include <stdlib.h>
#include <string.h>

enum {
    BUCKETS_FIRST = 1024,
    SAME_DAY_MAX = 10000, // orders of a customer on one day in a file without order numbers
};

struct open_order {
    struct open_order *chain; // in its bucket
    struct open_order *next;  // that began after it
    uint64_t hash, line, spoiled;
    uint32_t rows; // good ones
    struct stretch *all;
    size_t all_count, all_room;
    size_t bytes;
    struct order_item *first, *last;
    char *key, *text; // what its rows have in common; what head points to
    struct order_head head;
};

struct basket {
    struct open_order **buckets;
    size_t bucket_count, count, bytes;
    struct open_order *first, *last;
    struct seen *closed;
    struct returns *returns;
    struct lost *lost;
    bool streaming, settled;
    uint64_t latest, line; // the hash of the order that a row was last taken for, and that row's line
};

struct basket *basket_open(bool streaming)
{
    struct basket *basket = calloc(1, sizeof *basket);
    must(basket != NULL);
    basket->bucket_count = BUCKETS_FIRST;
    basket->buckets = calloc(basket->bucket_count, sizeof *basket->buckets);
    must(basket->buckets != NULL);
    basket->closed = seen_open();
    basket->returns = returns_open();
    basket->lost = lost_open();
    basket->streaming = streaming;
    return basket;
}

static void free_order(struct open_order *order)
{
    while (order->first != NULL) {
        struct order_item *item = order->first;
        order->first = item->next;
        free(item);
    }
    for (size_t i = 0; i < order->all_count; i++)
        free((void *)(uintptr_t)order->all[i].reason);
    free(order->all);
    free(order->key);
    free(order->text);
    free(order);
}

void basket_close(struct basket **basket)
{
    if (*basket == NULL)
        return;
    while ((*basket)->first != NULL) {
        struct open_order *order = (*basket)->first;
        (*basket)->first = order->next;
        free_order(order);
    }
    seen_close(&(*basket)->closed);
    returns_close(&(*basket)->returns);
    lost_close(&(*basket)->lost);
    free((*basket)->buckets);
    free(*basket);
    *basket = NULL;
}

bool basket_full(const struct basket *basket)
{
    return basket->count >= BASKET_ORDERS_MAX || basket->bytes >= BASKET_BYTES_MAX ||
           (basket->streaming && basket->count > 1);
}

size_t basket_count(const struct basket *basket)
{
    return basket->count;
}

static struct open_order **slot_of(const struct basket *basket, uint64_t hash, const char *key)
{
    struct open_order **slot = &basket->buckets[hash & (basket->bucket_count - 1)];
    while (*slot != NULL && ((*slot)->hash != hash || (key != NULL && strcmp((*slot)->key, key) != 0)))
        slot = &(*slot)->chain;
    return slot;
}

static void grow(struct basket *basket)
{
    free(basket->buckets);
    basket->bucket_count *= 4;
    basket->buckets = calloc(basket->bucket_count, sizeof *basket->buckets);
    must(basket->buckets != NULL);
    for (struct open_order *order = basket->first; order != NULL; order = order->next) {
        struct open_order **slot = &basket->buckets[order->hash & (basket->bucket_count - 1)];
        order->chain = *slot;
        *slot = order;
    }
}

static struct open_order *add_order(struct basket *basket, const char *key, uint64_t hash, uint64_t line)
{
    struct open_order *order = calloc(1, sizeof *order);
    must(order != NULL);
    order->hash = hash;
    order->line = line;
    order->key = strdup(key);
    must(order->key != NULL);
    *(basket->last == NULL ? &basket->first : &basket->last->next) = order;
    basket->last = order;
    order->bytes = sizeof *order + strlen(key);
    basket->bytes += order->bytes;
    if (++basket->count > basket->bucket_count) {
        grow(basket);
    } else {
        struct open_order **slot = &basket->buckets[hash & (basket->bucket_count - 1)];
        order->chain = *slot;
        *slot = order;
    }
    return order;
}

// Keeps where a row of the order stands; the reason is copied.
static void add_stretch(struct basket *basket, struct open_order *order, const struct stretch *row)
{
    if (order->all_count == order->all_room) {
        order->all_room = order->all_room * 2 + 1;
        order->all = realloc(order->all, order->all_room * sizeof *order->all);
        must(order->all != NULL);
    }
    order->all[order->all_count] = *row;
    if (row->reason != NULL) {
        order->all[order->all_count].reason = strdup(row->reason);
        must(order->all[order->all_count].reason != NULL);
        if (order->spoiled == 0)
            order->spoiled = row->line;
    }
    order->all_count++;
    order->bytes += sizeof *row;
    basket->bytes += sizeof *row;
}

static void add_row(struct basket *basket, struct open_order *order, const struct reader *reader)
{
    const struct row *row = reader->row;
    struct stretch stretch = {row->line, row->offset, row->end, NULL, NULL};
    if (reader->column != NULL) {
        stretch.column = reader->column;
        stretch.reason = reader->reason;
    }
    add_stretch(basket, order, &stretch);
    basket->latest = order->hash;
    basket->line = row->line;
}

// --- a row into its order

static const char *put(char **at, const char *text)
{
    const char *start = *at;
    *at = stpcpy(*at, text) + 1;
    return start;
}

// The order's own copy of what its first row says.
static void keep_head(struct basket *basket, struct open_order *order, const struct order_head *head)
{
    order->head = *head;
    const char **texts[] = {&order->head.id,     &order->head.customer, &order->head.rep,
                            &order->head.email,  &order->head.phone,    &order->head.customer_name,
                            &order->head.region, &order->head.currency, &order->head.promised};
    size_t bytes = 0;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        bytes += strlen(*texts[i]) + 1;
    order->text = malloc(bytes);
    must(order->text != NULL);
    char *at = order->text;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        *texts[i] = put(&at, *texts[i]);
    order->bytes += bytes;
    basket->bytes += bytes;
}

static void latest(int64_t *kept, int64_t other)
{
    if (other > *kept)
        *kept = other;
}

// Compares with the rows before, and takes what this one adds.
static void join_head(struct reader *reader, struct order_head *kept, const struct order_head *head)
{
    if (strcmp(kept->id, head->id) != 0)
        reader_complain(reader, ORDER_ID, "is %.60s, but %.60s in an earlier row of the order", head->id, kept->id);
    if (strcmp(kept->customer, head->customer) != 0)
        reader_complain(reader, ORDER_CUSTOMER, "is %.60s, but %.60s in an earlier row of the order", head->customer,
                        kept->customer);
    if (strcmp(kept->currency, head->currency) != 0)
        reader_complain(reader, ORDER_CURRENCY, "is %s, but %s in an earlier row of the order", head->currency,
                        kept->currency);
    if (kept->totalled && head->totalled && kept->total != head->total)
        reader_complain(reader, ORDER_TOTAL, "differs from an earlier row of the order");
    if (kept->refunds && head->refunds && kept->refund != head->refund)
        reader_complain(reader, ORDER_REFUND, "differs from an earlier row of the order");
    if (!reader_good(reader))
        return;
    if (head->time_ms < kept->time_ms)
        kept->time_ms = head->time_ms;
    latest(&kept->paid_ms, head->paid_ms);
    latest(&kept->shipped_ms, head->shipped_ms);
    latest(&kept->delivered_ms, head->delivered_ms);
    latest(&kept->cancelled_ms, head->cancelled_ms);
    latest(&kept->refunded_ms, head->refunded_ms);
    kept->total = head->totalled ? head->total : kept->total;
    kept->totalled = kept->totalled || head->totalled;
    kept->refund = head->refunds ? head->refund : kept->refund;
    kept->refunds = kept->refunds || head->refunds;
}

static void append(struct basket *basket, struct open_order *order, struct order_item *item)
{
    *(order->last == NULL ? &order->first : &order->last->next) = item;
    order->last = item;
    order->rows++;
    size_t bytes = sizeof *item + strlen(item->sku) + strlen(item->name) + 2;
    order->bytes += bytes;
    basket->bytes += bytes;
}

// The number of a row that names none; "" with a complaint.
static const char *number_row(const struct basket *basket, struct reader *reader)
{
    const char *customer = reader_text(reader, ORDER_CUSTOMER), *day = reader_text(reader, ORDER_TIME);
    for (unsigned which = 1; customer[0] != '\0' && day[0] != '\0' && which <= SAME_DAY_MAX; which++) {
        const char *id = which == 1 ? arena_format(reader->arena, "%s-%s", customer, day)
                                    : arena_format(reader->arena, "%s-%s-%u", customer, day, which);
        uint64_t hash = hash_short(id, strlen(id));
        if (*slot_of(basket, hash, id) == NULL && !seen_has(basket->closed, hash))
            return id;
    }
    reader_complain(reader, ORDER_CUSTOMER, "has more than %d orders on one day", SAME_DAY_MAX);
    return "";
}

static uint64_t text_hash(const char *text)
{
    return hash_short(text, strlen(text));
}

// "C536379": a document that takes back.
static bool is_return(struct reader *reader, const char *id)
{
    return id[0] == 'C' && id[1] != '\0' && strspn(id + 1, "0123456789") == strlen(id + 1) &&
           reader_text(reader, ORDER_QUANTITY)[0] == '-';
}

static enum basket_step take_return(struct basket *basket, struct reader *reader, const char *id)
{
    struct order_head head = order_head_read(reader, NULL);
    int64_t micros;
    if (!order_return_read(reader, &head, &micros))
        return BASKET_BAD;
    if (micros > 0)
        returns_take_back(basket->returns, text_hash(head.customer), text_hash(reader_text(reader, ORDER_SKU)),
                          head.time_ms, micros, id, reader->row->line);
    return BASKET_TAKEN;
}

static enum basket_step take_line(struct basket *basket, struct reader *reader, struct open_order *order)
{
    // Of an order whose first row is bad nothing is known, and its later rows are not to blame for it.
    struct order_head unknown = {.id = "", .customer = "", .currency = reader->binding->currency};
    const struct order_head *first = order->text != NULL ? &order->head : order->spoiled != 0 ? &unknown : NULL;
    struct order_head head = order_head_read(reader, first);
    struct order_item *item = order_item_read(reader, &head);
    if (order->text != NULL)
        join_head(reader, &order->head, &head);
    if (order->rows >= ORDER_LINES_MAX)
        reader_complain(reader, ORDER_ID, "has more than %d lines in one order", ORDER_LINES_MAX);
    add_row(basket, order, reader);
    if (!reader_good(reader)) {
        free(item);
        return BASKET_SPOILED;
    }
    if (order->text == NULL && order->spoiled == 0)
        keep_head(basket, order, &head);
    append(basket, order, item);
    if (reader->binding->invoices)
        returns_sell(basket->returns, text_hash(head.customer), text_hash(item->sku), order->hash, head.time_ms,
                     item->total);
    return BASKET_TAKEN;
}

enum basket_step basket_take(struct basket *basket, struct reader *reader)
{
    const struct binding *binding = reader->binding;
    if (binding->invoices && !reader_has(reader, ORDER_CUSTOMER))
        return BASKET_PASSED;
    const char *key = binding->numberless ? number_row(basket, reader) : reader_order(reader);
    if (key[0] == '\0')
        return BASKET_BAD;
    if (binding->invoices && is_return(reader, key))
        return take_return(basket, reader, key);
    uint64_t hash = text_hash(key);
    if (seen_has(basket->closed, hash)) {
        reader_complain(reader, ORDER_ID,
                        "belongs to an order that had to be closed a million orders ago: sort the file by order");
        return BASKET_BAD;
    }
    struct open_order *order = *slot_of(basket, hash, key);
    if (order == NULL && reader_void(reader))
        return BASKET_VOID;
    if (order == NULL && binding->layout != NULL && !order_names_customer(reader))
        return BASKET_PASSED;
    if (order == NULL)
        order = add_order(basket, key, hash, reader->row->line);
    const struct stretch *row;
    while (basket->streaming && (row = lost_take(basket->lost, hash)) != NULL)
        add_stretch(basket, order, row);
    return take_line(basket, reader, order);
}

void basket_lose(struct basket *basket, const struct stretch *row, const struct field *texts, size_t count,
                 size_t id_at)
{
    uint64_t hash = id_at < count ? hash_short(texts[id_at].text, texts[id_at].length) : 0;
    for (size_t i = 0; i < count; i++)
        if (hash_short(texts[i].text, texts[i].length) == basket->latest)
            hash = basket->latest;
    lost_add(basket->lost, row, hash);
}

const struct stretch *basket_lost(struct basket *basket)
{
    if (basket->count > (basket->streaming ? 1U : 0U) || (!basket->streaming && !basket->settled))
        return NULL;
    return lost_drop(basket->lost, basket->settled && basket->count == 0 ? UINT64_MAX : basket->line);
}

uint64_t basket_settle(struct basket *basket, uint64_t *ret_line)
{
    basket->settled = true;
    if (!basket->streaming)
        lost_sort(basket->lost);
    return returns_settle(basket->returns, ret_line);
}

// --- an order out of the basket

static char *copy(struct arena *arena, const char *text)
{
    return arena_text(arena, text, strlen(text));
}

static Tend__V1__Money *money(struct arena *arena, int64_t micros)
{
    Tend__V1__Money *made = arena_take(arena, sizeof *made);
    tend__v1__money__init(made); // its currency is that of the message around it
    made->micros = micros;
    return made;
}

static Tend__V1__OrderLine *make_line(struct arena *arena, const struct order_item *item)
{
    Tend__V1__OrderLine *line = arena_take(arena, sizeof *line);
    tend__v1__order_line__init(line);
    line->sku = copy(arena, item->sku);
    line->name = copy(arena, item->name);
    line->quantity_milli = item->quantity_milli;
    line->discount_ppm = item->discount_ppm;
    line->price = item->priced ? money(arena, item->price) : NULL;
    line->cost = item->costed ? money(arena, item->cost) : NULL;
    return line;
}

// Its number; of one that is left out, or has no other, what its rows have in common.
static const char *id_of(const struct open_order *order)
{
    return order->text != NULL && order->head.id[0] != '\0' ? order->head.id : order->key;
}

static Tend__V1__OrderPlaced *make_placed(struct arena *arena, const struct open_order *order)
{
    Tend__V1__OrderPlaced *placed = arena_take(arena, sizeof *placed);
    tend__v1__order_placed__init(placed);
    placed->order_id = copy(arena, id_of(order));
    placed->currency = copy(arena, order->head.currency);
    placed->promised_delivery = copy(arena, order->head.promised);
    placed->lines = arena_take(arena, order->rows * sizeof *placed->lines);
    int128 sum = 0;
    for (const struct order_item *item = order->first; item != NULL; item = item->next) {
        placed->lines[placed->n_lines++] = make_line(arena, item);
        sum += item->total;
    }
    int64_t total = order->head.totalled                    ? order->head.total
                    : sum <= MONEY_MAX && sum >= -MONEY_MAX ? (int64_t)sum
                    : sum < 0                               ? -1
                                                            : INT64_MAX;
    placed->total = money(arena, total);
    return placed;
}

static int compare_stretches(const void *a, const void *b)
{
    const struct stretch *one = a, *other = b;
    return (one->line > other->line) - (one->line < other->line);
}

// The order's copy of where its rows stand, those that could not be read among them.
static void place_rows(struct basket *basket, struct arena *arena, struct open_order *order, struct order *ret_order)
{
    const struct stretch *row;
    bool found = false;
    for (; (row = lost_take(basket->lost, order->hash)) != NULL; found = true)
        add_stretch(basket, order, row);
    if (found)
        qsort(order->all, order->all_count, sizeof *order->all, compare_stretches);
    struct stretch *rows = arena_take(arena, (order->all_count + 1) * sizeof *rows);
    for (size_t i = 0; i < order->all_count; i++) {
        rows[i] = order->all[i];
        rows[i].reason = rows[i].reason == NULL ? NULL : copy(arena, rows[i].reason);
    }
    ret_order->rows = rows;
    ret_order->row_count = order->all_count;
}

static struct order make_order(struct arena *arena, const struct open_order *from)
{
    const struct order_head *head = &from->head;
    struct order order = {.id = copy(arena, id_of(from)), .line = from->line, .spoiled = from->spoiled};
    order.good_rows = from->rows;
    if (from->spoiled != 0)
        return order;
    order.customer = copy(arena, head->customer);
    order.rep = copy(arena, head->rep);
    order.customer_name = copy(arena, head->customer_name);
    order.email = copy(arena, head->email);
    order.phone = copy(arena, head->phone);
    order.region = copy(arena, head->region);
    order.time_ms = head->time_ms;
    order.placed = make_placed(arena, from);
    order.paid_ms = head->paid_ms;
    order.shipped_ms = head->shipped_ms;
    order.delivered_ms = head->delivered_ms;
    order.cancelled_ms = head->cancelled_ms;
    order.refunded_ms = head->refunded_ms;
    if (head->refunds) {
        order.refund = money(arena, head->refund);
        order.refund->currency = copy(arena, head->currency);
    }
    return order;
}

bool basket_fetch(struct basket *basket, struct arena *arena, struct order *ret_order)
{
    struct open_order *order = basket->first;
    if (order == NULL)
        return false;
    basket->first = order->next;
    if (basket->first == NULL)
        basket->last = NULL;
    struct open_order **slot = slot_of(basket, order->hash, order->key);
    must(*slot == order);
    *slot = order->chain;
    struct order rows = {.rows = NULL};
    place_rows(basket, arena, order, &rows);
    basket->count--;
    basket->bytes -= order->bytes;
    if (!basket->streaming)
        seen_add(basket->closed, order->hash);
    *ret_order = make_order(arena, order);
    ret_order->rows = rows.rows;
    ret_order->row_count = rows.row_count;
    if (order->spoiled == 0)
        ret_order->returns = returns_of(basket->returns, order->hash, &ret_order->return_count);
    free_order(order);
    return true;
}
