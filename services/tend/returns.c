#include "services/tend/returns.h"

#include "common/must.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS_FIRST = 1024 };

struct sale {
    uint64_t customer, product, order;
    int64_t time_ms, left; // micros that are not taken back yet
    uint64_t at;           // as it came
};

struct taking {
    uint64_t customer, product, line;
    int64_t time_ms, micros;
    char document[RETURNS_DOCUMENT_BYTES];
};

struct returns {
    struct sale *sales;
    size_t sale_count, sale_room;
    struct taking *takings;
    size_t taking_count, taking_room;
    struct refund *refunds;
    size_t refund_count, refund_room;
    bool settled;
};

struct returns *returns_open(void)
{
    struct returns *returns = calloc(1, sizeof *returns);
    must(returns != NULL);
    return returns;
}

void returns_close(struct returns **returns)
{
    if (*returns == NULL)
        return;
    free((*returns)->sales);
    free((*returns)->takings);
    free((*returns)->refunds);
    free(*returns);
    *returns = NULL;
}

// Room for one more item behind `count`.
static void *grow(void *items, size_t count, size_t *room, size_t bytes)
{
    if (count < *room)
        return items;
    *room = *room == 0 ? ROWS_FIRST : *room * 2;
    items = realloc(items, *room * bytes);
    must(items != NULL);
    return items;
}

void returns_sell(struct returns *returns, uint64_t customer, uint64_t product, uint64_t order, int64_t time_ms,
                  int64_t micros)
{
    must(!returns->settled);
    if (micros <= 0)
        return;
    returns->sales = grow(returns->sales, returns->sale_count, &returns->sale_room, sizeof *returns->sales);
    returns->sales[returns->sale_count] = (struct sale){customer, product, order, time_ms, micros, returns->sale_count};
    returns->sale_count++;
}

void returns_take_back(struct returns *returns, uint64_t customer, uint64_t product, int64_t time_ms, int64_t micros,
                       const char *document, uint64_t line)
{
    must(!returns->settled && micros > 0);
    returns->takings = grow(returns->takings, returns->taking_count, &returns->taking_room, sizeof *returns->takings);
    struct taking *taking = &returns->takings[returns->taking_count++];
    *taking = (struct taking){customer, product, line, time_ms, micros, ""};
    snprintf(taking->document, sizeof taking->document, "%s", document);
}

static int compare(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

static int compare_times(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int compare_sales(const void *a, const void *b)
{
    const struct sale *one = a, *other = b;
    int order = compare(one->customer, other->customer);
    if (order == 0)
        order = compare_times(one->time_ms, other->time_ms);
    return order != 0 ? order : compare(one->at, other->at);
}

static int compare_takings(const void *a, const void *b)
{
    const struct taking *one = a, *other = b;
    int order = compare_times(one->time_ms, other->time_ms);
    return order != 0 ? order : compare(one->line, other->line);
}

static int compare_refunds(const void *a, const void *b)
{
    const struct refund *one = a, *other = b;
    int order = compare(one->order, other->order);
    if (order == 0)
        order = compare_times(one->time_ms, other->time_ms);
    return order != 0 ? order : strcmp(one->document, other->document);
}

// How many sales come before the first one of the customer that is later than `time_ms`.
static size_t sales_until(const struct returns *returns, uint64_t customer, int64_t time_ms)
{
    size_t low = 0, high = returns->sale_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct sale *sale = &returns->sales[middle];
        if (sale->customer < customer || (sale->customer == customer && sale->time_ms <= time_ms))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void add_refund(struct returns *returns, const struct taking *taking, struct sale *sale, int64_t micros)
{
    returns->refunds = grow(returns->refunds, returns->refund_count, &returns->refund_room, sizeof *returns->refunds);
    struct refund *refund = &returns->refunds[returns->refund_count++];
    *refund = (struct refund){sale->order, taking->time_ms, micros, ""};
    memcpy(refund->document, taking->document, sizeof refund->document);
    sale->left -= micros;
}

// True when all of it was found.
static bool settle_one(struct returns *returns, const struct taking *taking)
{
    int64_t need = taking->micros;
    size_t end = sales_until(returns, taking->customer, taking->time_ms);
    for (int pass = 0; pass < 2 && need > 0; pass++) {
        for (size_t i = end; i > 0 && need > 0 && returns->sales[i - 1].customer == taking->customer; i--) {
            struct sale *sale = &returns->sales[i - 1];
            if (sale->left == 0 || (pass == 0 && sale->product != taking->product))
                continue;
            int64_t part = sale->left < need ? sale->left : need;
            add_refund(returns, taking, sale, part);
            need -= part;
        }
    }
    return need == 0;
}

// Makes one of what a document takes back of an order, and of what is beyond RETURNS_OF_ORDER_MAX.
static void join_refunds(struct returns *returns)
{
    size_t kept = 0, of_order = 0;
    if (returns->refund_count > 1)
        qsort(returns->refunds, returns->refund_count, sizeof *returns->refunds, compare_refunds);
    for (size_t i = 0; i < returns->refund_count; i++) {
        struct refund *refund = &returns->refunds[i], *last = kept > 0 ? &returns->refunds[kept - 1] : NULL;
        bool same_order = last != NULL && last->order == refund->order;
        if (same_order && (of_order == RETURNS_OF_ORDER_MAX || strcmp(last->document, refund->document) == 0)) {
            last->micros += refund->micros;
            continue;
        }
        of_order = same_order ? of_order + 1 : 1;
        returns->refunds[kept++] = *refund;
    }
    returns->refund_count = kept;
}

uint64_t returns_settle(struct returns *returns, uint64_t *ret_line)
{
    uint64_t unmatched = 0;
    must(!returns->settled);
    returns->settled = true;
    *ret_line = 0;
    if (returns->sale_count > 1)
        qsort(returns->sales, returns->sale_count, sizeof *returns->sales, compare_sales);
    if (returns->taking_count > 1)
        qsort(returns->takings, returns->taking_count, sizeof *returns->takings, compare_takings);
    for (size_t i = 0; i < returns->taking_count; i++) {
        const struct taking *taking = &returns->takings[i];
        if (settle_one(returns, taking))
            continue;
        unmatched++;
        if (*ret_line == 0 || taking->line < *ret_line)
            *ret_line = taking->line;
    }
    join_refunds(returns);
    return unmatched;
}

const struct refund *returns_of(const struct returns *returns, uint64_t order, size_t *ret_count)
{
    size_t low = 0, high = returns->refund_count, count = 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (returns->refunds[middle].order < order)
            low = middle + 1;
        else
            high = middle;
    }
    while (low + count < returns->refund_count && returns->refunds[low + count].order == order)
        count++;
    *ret_count = count;
    return count > 0 ? &returns->refunds[low] : NULL;
}
