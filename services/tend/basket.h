// Orders whose rows are being gathered. Lines of one order may stand anywhere in a file, so an order stays open to its
// end; at most BASKET_ORDERS_MAX orders and BASKET_BYTES_MAX bytes stay in memory, then the ones that began first are
// closed, and a later row of such an order is refused rather than lost.
//
// An order with a bad row is left out as a whole: with a line missing, its total would be wrong and nobody would see
// it.
#ifndef TEND_TEND_BASKET_H
#define TEND_TEND_BASKET_H

#include "services/tend/reader.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BASKET_ORDERS_MAX = 1000000, ORDER_LINES_MAX = 1000 };

#define BASKET_BYTES_MAX ((size_t)1 << 30)

struct basket;

// An empty basket, never NULL; the caller closes it.
struct basket *basket_open(void);

// Takes NULL.
void basket_close(struct basket **basket);

// Takes a row of a table of orders. False when the reader finds it bad, or when it does not fit the rows before it
// (another customer, another currency, another order_total): reader->column and reason say why, and its order is
// spoiled.
bool basket_take(struct basket *basket, struct reader *reader);

// True when the basket is full and the first order has to be fetched before the next row is taken.
bool basket_full(const struct basket *basket);

// Orders that are open.
size_t basket_count(const struct basket *basket);

// One order, whole. Texts and the message's parts are in the arena given to basket_fetch.
struct order {
    char *id, *customer, *rep;    // "" where none was given
    char *customer_name, *region; // the same
    int64_t time_ms;
    Tend__V1__OrderPlaced *placed;
    int64_t paid_ms, shipped_ms, delivered_ms, cancelled_ms, refunded_ms; // INT64_MIN: not
    Tend__V1__Money *refund;
    uint64_t line;      // of the file, of its first row
    uint64_t spoiled;   // the line of its first bad row; 0: it is good. Else only id and the lines are filled
    uint32_t good_rows; // of a spoiled one: how many rows are left out with the bad one
};

// Takes out the order whose first row came first. False when there is none.
bool basket_fetch(struct basket *basket, struct arena *arena, struct order *ret_order);

#endif
