// Orders whose rows are being gathered. Gathering, lines of one order may stand anywhere in a file, so an order stays
// open to its end; at most BASKET_ORDERS_MAX orders and BASKET_BYTES_MAX bytes stay in memory, then the ones that began
// first are closed, and a later row of such an order is refused rather than lost. Streaming, the lines of an order
// stand together (see together.h), and an order is closed when another one begins, so that a file of any size needs the
// same memory.
//
// An order with a bad row is left out as a whole: with a line missing, its total would be wrong and nobody would see
// it. So is one that a row which cannot be read at all seems to belong to (see lost.h).
//
// Rows of a file without order numbers are an order each, with a number made of the customer, the day and, from the
// second of that day on, which one it is: "00012-19970118-2".
//
// What a later row of an order leaves empty about the order as a whole is as in its first row.
//
// In a list of invoices (binding.h) two kinds of rows are known that would be bad elsewhere. A sale over the counter
// names no customer: it is counted and passed over, as in the tables that shops export (layout.h). A return is a
// document of its own, "C" before the number and quantities below zero: it becomes refunds of the orders that it takes
// back from, see returns.h.
#ifndef TEND_TEND_BASKET_H
#define TEND_TEND_BASKET_H

#include "services/tend/lost.h"
#include "services/tend/reader.h"
#include "services/tend/returns.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BASKET_ORDERS_MAX = 1000000, ORDER_LINES_MAX = 1000 };

#define BASKET_BYTES_MAX ((size_t)1 << 30)

struct basket;

// An empty basket, never NULL; the caller closes it.
struct basket *basket_open(bool streaming);

// Takes NULL.
void basket_close(struct basket **basket);

enum basket_step {
    BASKET_TAKEN,
    BASKET_BAD,     // and no order's
    BASKET_SPOILED, // bad, and its order with it: both leave the basket together
    BASKET_PASSED,  // it names no customer and needs none
    BASKET_VOID,    // nothing was sold
};

// Takes a row of a table of orders. It is bad when the reader finds it so, or when it does not fit the rows before it
// (another customer, another currency, another order_total): reader->column and reason say why.
enum basket_step basket_take(struct basket *basket, struct reader *reader);

// A row that cannot be read; `texts` are its parts as far as they can be told, of which `id_at` should be the order's
// number.
void basket_lose(struct basket *basket, const struct stretch *row, const struct field *texts, size_t count,
                 size_t id_at);

// The next unreadable row that is no order's; NULL: none for now. It lives until basket_lose or the next call.
const struct stretch *basket_lost(struct basket *basket);

// To be called once after the last row and before orders are fetched: sets returns against the orders that are still
// open. Returns how many rows of returns found no earlier order to take all of it from, and the first line of these.
uint64_t basket_settle(struct basket *basket, uint64_t *ret_line);

// True when the first order has to be fetched before the next row is taken: the basket is full, or another order began.
bool basket_full(const struct basket *basket);

// Orders that are open.
size_t basket_count(const struct basket *basket);

// One order, whole. Texts and the message's parts are in the arena given to basket_fetch.
struct order {
    char *id, *customer, *rep;                    // "" where none was given
    char *customer_name, *email, *phone, *region; // the same
    int64_t time_ms;
    Tend__V1__OrderPlaced *placed;
    int64_t paid_ms, shipped_ms, delivered_ms, cancelled_ms, refunded_ms; // INT64_MIN: not
    Tend__V1__Money *refund;
    const struct refund
        *returns; // what later documents take back, in the order's currency; lives as long as the basket
    size_t return_count;
    uint64_t line;              // of the file, of its first row
    uint64_t spoiled;           // the line of its first bad row; 0: it is good. Else only id and the lines are filled
    uint32_t good_rows;         // of a spoiled one: how many rows are left out with the bad one
    const struct stretch *rows; // all of them
    size_t row_count;
};

// Takes out the order whose first row came first. False when there is none.
bool basket_fetch(struct basket *basket, struct arena *arena, struct order *ret_order);

#endif
