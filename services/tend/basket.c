#include "services/tend/basket.h"

#include "common/hash.h"
#include "common/money.h"
#include "common/must.h"
#include "services/tend/seen.h"

#include <stdlib.h>
#include <string.h>

enum {
    BUCKETS_FIRST = 1024,
    PPM = 1000000,
    MILLI = 1000,
    SAME_DAY_MAX = 10000, // orders of a customer on one day in a file without order numbers
};

#define NEVER INT64_MIN

// One row, as the order keeps it.
struct item {
    struct item *next;
    int64_t quantity_milli, price, cost, total;
    uint32_t discount_ppm;
    bool priced, costed, valued;
    const char *sku, *name;
    char text[];
};

// What the rows of an order say about it as a whole.
struct head {
    const char *customer, *rep, *customer_name, *region, *currency, *promised;
    int64_t time_ms, paid_ms, shipped_ms, delivered_ms, cancelled_ms, refunded_ms;
    int64_t total, refund;
    bool totalled, refunds;
};

struct open_order {
    struct open_order *chain; // in its bucket
    struct open_order *next;  // that began after it
    uint64_t hash, line, spoiled;
    uint32_t rows;
    size_t bytes;
    struct item *first, *last;
    char *id, *text; // `text` holds what head points to
    struct head head;
};

struct basket {
    struct open_order **buckets;
    size_t bucket_count, count, bytes;
    struct open_order *first, *last;
    struct seen *closed;
    struct returns *returns;
};

struct basket *basket_open(void)
{
    struct basket *basket = calloc(1, sizeof *basket);
    must(basket != NULL);
    basket->bucket_count = BUCKETS_FIRST;
    basket->buckets = calloc(basket->bucket_count, sizeof *basket->buckets);
    must(basket->buckets != NULL);
    basket->closed = seen_open();
    basket->returns = returns_open();
    return basket;
}

static void free_order(struct open_order *order)
{
    while (order->first != NULL) {
        struct item *item = order->first;
        order->first = item->next;
        free(item);
    }
    free(order->id);
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
    free((*basket)->buckets);
    free(*basket);
    *basket = NULL;
}

bool basket_full(const struct basket *basket)
{
    return basket->count >= BASKET_ORDERS_MAX || basket->bytes >= BASKET_BYTES_MAX;
}

size_t basket_count(const struct basket *basket)
{
    return basket->count;
}

static struct open_order **slot_of(const struct basket *basket, uint64_t hash, const char *id)
{
    struct open_order **slot = &basket->buckets[hash & (basket->bucket_count - 1)];
    while (*slot != NULL && ((*slot)->hash != hash || (id != NULL && strcmp((*slot)->id, id) != 0)))
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

static struct open_order *add_order(struct basket *basket, const char *id, uint64_t hash, uint64_t line)
{
    struct open_order *order = calloc(1, sizeof *order);
    must(order != NULL);
    order->hash = hash;
    order->line = line;
    order->id = strdup(id);
    must(order->id != NULL);
    *(basket->last == NULL ? &basket->first : &basket->last->next) = order;
    basket->last = order;
    order->bytes = sizeof *order + strlen(id);
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

// --- a row

static void read_later(struct reader *reader, size_t column, int64_t *ret_ms)
{
    *ret_ms = NEVER;
    reader_time(reader, column, ret_ms);
}

// An amount of the whole order; its own currency must be that of the order.
static bool read_whole(struct reader *reader, size_t column, const char *currency, int64_t *ret_micros)
{
    char own[MONEY_CODE_BYTES];
    if (!reader_amount(reader, column, ret_micros, own))
        return false;
    if (own[0] != '\0' && strcmp(own, currency) != 0)
        reader_complain(reader, column, "is in %s, the order in %s", own, currency);
    return true;
}

static struct head read_head(struct reader *reader)
{
    struct head head = {
        .customer = reader_text(reader, ORDER_CUSTOMER),
        .rep = reader_text(reader, ORDER_REP),
        .customer_name = reader_text(reader, ORDER_CUSTOMER_NAME),
        .region = reader_text(reader, ORDER_REGION),
        .currency = reader_currency(reader, ORDER_CURRENCY),
        .promised = reader_day(reader, ORDER_PROMISED),
    };
    reader_time(reader, ORDER_TIME, &head.time_ms);
    read_later(reader, ORDER_PAID, &head.paid_ms);
    read_later(reader, ORDER_SHIPPED, &head.shipped_ms);
    read_later(reader, ORDER_DELIVERED, &head.delivered_ms);
    read_later(reader, ORDER_CANCELLED, &head.cancelled_ms);
    read_later(reader, ORDER_REFUNDED, &head.refunded_ms);
    head.totalled = read_whole(reader, ORDER_TOTAL, head.currency, &head.total);
    head.refunds = read_whole(reader, ORDER_REFUND, head.currency, &head.refund);
    return head;
}

static bool in_range(int128 micros)
{
    return micros <= MONEY_MAX && micros >= -MONEY_MAX;
}

static int128 divide_rounded(int128 number, int128 by)
{
    int128 half = by / 2;
    return (number + (number < 0 ? -half : half)) / by;
}

// What the line is worth and what one piece costs, each from the other where it is not given.
static void value_item(struct reader *reader, struct item *item)
{
    int128 scale = (int128)item->quantity_milli * (PPM - (int64_t)item->discount_ppm);
    if (!item->valued && item->priced) {
        int128 total = divide_rounded(item->price * scale, (int128)MILLI * PPM);
        item->valued = in_range(total);
        item->total = item->valued ? (int64_t)total : 0;
        if (!item->valued)
            reader_complain(reader, ORDER_PRICE, "makes more than nine billion with the quantity");
    } else if (item->valued && !item->priced && scale > 0) {
        int128 price = divide_rounded((int128)item->total * MILLI * PPM, scale);
        item->priced = in_range(price);
        item->price = item->priced ? (int64_t)price : 0;
    }
}

static void read_cost(struct reader *reader, struct item *item, const char *currency)
{
    int64_t profit;
    item->costed = read_whole(reader, ORDER_COST, currency, &item->cost);
    if (item->costed || !read_whole(reader, ORDER_PROFIT, currency, &profit))
        return;
    if (!item->valued)
        reader_complain(reader, ORDER_PROFIT, "makes no cost without the line's total or price");
    else if (profit > item->total)
        reader_complain(reader, ORDER_PROFIT, "is more than the line's total");
    else if (in_range((int128)item->total - profit)) {
        item->cost = item->total - profit;
        item->costed = true;
    }
}

static struct item *read_item(struct reader *reader, const struct head *head)
{
    const char *sku = reader_text(reader, ORDER_SKU), *name = reader_text(reader, ORDER_NAME);
    size_t sku_bytes = strlen(sku) + 1, name_bytes = strlen(name) + 1;
    struct item *item = calloc(1, sizeof *item + sku_bytes + name_bytes);
    must(item != NULL);
    item->sku = memcpy(item->text, sku, sku_bytes);
    item->name = memcpy(item->text + sku_bytes, name, name_bytes);
    int64_t quantity = MONEY_MICROS;
    reader_number(reader, ORDER_QUANTITY, &quantity);
    item->quantity_milli = (int64_t)divide_rounded(quantity, MILLI);
    if (item->quantity_milli <= 0)
        reader_complain(reader, ORDER_QUANTITY, "must be more than 0");
    item->discount_ppm = reader_share(reader, ORDER_DISCOUNT);
    item->priced = read_whole(reader, ORDER_PRICE, head->currency, &item->price);
    item->valued = read_whole(reader, ORDER_LINE_TOTAL, head->currency, &item->total);
    if (!reader_good(reader))
        return item;
    value_item(reader, item);
    read_cost(reader, item, head->currency);
    if (!item->valued && !head->totalled)
        reader_complain(reader, ORDER_LINE_TOTAL, "is empty, and so are price and order_total");
    return item;
}

// --- a row into its order

static const char *put(char **at, const char *text)
{
    const char *start = *at;
    *at = stpcpy(*at, text) + 1;
    return start;
}

// The order's own copy of what its first row says.
static void keep_head(struct basket *basket, struct open_order *order, const struct head *head)
{
    size_t bytes = strlen(head->customer) + strlen(head->rep) + strlen(head->customer_name) + strlen(head->region) +
                   strlen(head->currency) + strlen(head->promised) + 6;
    order->text = malloc(bytes);
    must(order->text != NULL);
    char *at = order->text;
    order->head = *head;
    order->head.customer = put(&at, head->customer);
    order->head.rep = put(&at, head->rep);
    order->head.customer_name = put(&at, head->customer_name);
    order->head.region = put(&at, head->region);
    order->head.currency = put(&at, head->currency);
    order->head.promised = put(&at, head->promised);
    order->bytes += bytes;
    basket->bytes += bytes;
}

static void latest(int64_t *kept, int64_t other)
{
    if (other > *kept)
        *kept = other;
}

// Compares with the rows before, and takes what this one adds.
static void join_head(struct reader *reader, struct head *kept, const struct head *head)
{
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

static void append(struct basket *basket, struct open_order *order, struct item *item)
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
    struct head head = read_head(reader);
    int64_t quantity = 0, price = 0, total = 0;
    reader_number(reader, ORDER_QUANTITY, &quantity);
    bool priced = read_whole(reader, ORDER_PRICE, head.currency, &price);
    bool valued = read_whole(reader, ORDER_LINE_TOTAL, head.currency, &total);
    if (reader_good(reader) && !priced && !valued)
        reader_complain(reader, ORDER_LINE_TOTAL, "is empty, and so is price");
    int128 micros = valued ? (int128)total : divide_rounded((int128)quantity * price, PPM);
    micros = micros < 0 ? -micros : micros;
    if (reader_good(reader) && !in_range(micros))
        reader_complain(reader, ORDER_PRICE, "makes more than nine billion with the quantity");
    if (!reader_good(reader))
        return BASKET_BAD;
    if (micros > 0)
        returns_take_back(basket->returns, text_hash(head.customer), text_hash(reader_text(reader, ORDER_SKU)),
                          head.time_ms, (int64_t)micros, id, reader->row->line);
    return BASKET_TAKEN;
}

enum basket_step basket_take(struct basket *basket, struct reader *reader)
{
    const struct binding *binding = reader->binding;
    if (binding->invoices && !reader_has(reader, ORDER_CUSTOMER))
        return BASKET_PASSED;
    const char *id = binding->numberless ? number_row(basket, reader) : reader_text(reader, ORDER_ID);
    if (id[0] == '\0')
        return BASKET_BAD;
    if (binding->invoices && is_return(reader, id))
        return take_return(basket, reader, id);
    uint64_t hash = hash_short(id, strlen(id));
    if (seen_has(basket->closed, hash)) {
        reader_complain(reader, ORDER_ID,
                        "belongs to an order that had to be closed a million orders ago: sort the file by order");
        return BASKET_BAD;
    }
    struct open_order *order = *slot_of(basket, hash, id);
    if (order == NULL)
        order = add_order(basket, id, hash, reader->row->line);
    struct head head = read_head(reader);
    struct item *item = read_item(reader, &head);
    if (order->text != NULL)
        join_head(reader, &order->head, &head);
    if (order->rows >= ORDER_LINES_MAX)
        reader_complain(reader, ORDER_ID, "has more than %d lines in one order", ORDER_LINES_MAX);
    if (!reader_good(reader)) {
        free(item);
        if (order->spoiled == 0)
            order->spoiled = reader->row->line;
        return BASKET_BAD;
    }
    if (order->text == NULL)
        keep_head(basket, order, &head);
    append(basket, order, item);
    if (binding->invoices)
        returns_sell(basket->returns, text_hash(head.customer), text_hash(item->sku), hash, head.time_ms, item->total);
    return BASKET_TAKEN;
}

uint64_t basket_settle(struct basket *basket, uint64_t *ret_line)
{
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

static Tend__V1__OrderLine *make_line(struct arena *arena, const struct item *item)
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

static Tend__V1__OrderPlaced *make_placed(struct arena *arena, const struct open_order *order)
{
    Tend__V1__OrderPlaced *placed = arena_take(arena, sizeof *placed);
    tend__v1__order_placed__init(placed);
    placed->order_id = copy(arena, order->id);
    placed->currency = copy(arena, order->head.currency);
    placed->promised_delivery = copy(arena, order->head.promised);
    placed->lines = arena_take(arena, order->rows * sizeof *placed->lines);
    int128 sum = 0;
    for (const struct item *item = order->first; item != NULL; item = item->next) {
        placed->lines[placed->n_lines++] = make_line(arena, item);
        sum += item->total;
    }
    int64_t total = order->head.totalled ? order->head.total : in_range(sum) ? (int64_t)sum : sum < 0 ? -1 : INT64_MAX;
    placed->total = money(arena, total);
    return placed;
}

static struct order make_order(struct arena *arena, const struct open_order *from)
{
    const struct head *head = &from->head;
    struct order order = {.id = copy(arena, from->id), .line = from->line, .spoiled = from->spoiled};
    order.good_rows = from->rows;
    if (from->spoiled != 0)
        return order;
    order.customer = copy(arena, head->customer);
    order.rep = copy(arena, head->rep);
    order.customer_name = copy(arena, head->customer_name);
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
    struct open_order **slot = slot_of(basket, order->hash, order->id);
    must(*slot == order);
    *slot = order->chain;
    basket->count--;
    basket->bytes -= order->bytes;
    seen_add(basket->closed, order->hash);
    *ret_order = make_order(arena, order);
    if (order->spoiled == 0)
        ret_order->returns = returns_of(basket->returns, order->hash, &ret_order->return_count);
    free_order(order);
    return true;
}
