// A row of a table of orders: one line of an order, and what it says about the order as a whole.
#ifndef TEND_TEND_ORDERROW_H
#define TEND_TEND_ORDERROW_H

#include "services/tend/reader.h"

#include <stdbool.h>
#include <stdint.h>

#define ORDER_NEVER INT64_MIN // what did not happen

// One line, as the order keeps it.
struct order_item {
    struct order_item *next;
    int64_t quantity_milli, price, cost, total;
    uint32_t discount_ppm;
    bool priced, costed, valued;
    const char *sku, *name;
    char text[];
};

// What the rows of an order say about it as a whole.
struct order_head {
    const char *id, *customer, *rep, *customer_name, *email, *phone, *region, *currency, *promised;
    int64_t time_ms, paid_ms, shipped_ms, delivered_ms, cancelled_ms, refunded_ms;
    int64_t total, refund;
    bool totalled, refunds;
};

// Whether the row says who bought. An id of 0 is a shop's word for a guest, who has a mail address or a telephone.
bool order_names_customer(const struct reader *reader);

// What the row says about its order; `first` is what the row said that began it, NULL: this one does. What a later row
// leaves empty is as in the first. The texts are in the reader's arena, or those of `first`.
struct order_head order_head_read(struct reader *reader, const struct order_head *first);

// The line itself, the price made from the total or the total from the price where only one is there. The caller frees
// it, also when the reader has a complaint.
struct order_item *order_item_read(struct reader *reader, const struct order_head *head);

// What a row of a return takes back, above 0 or 0, in micros. False when the reader has a complaint.
bool order_return_read(struct reader *reader, const struct order_head *head, int64_t *ret_micros);

#endif
