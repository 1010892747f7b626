// Goods that were taken back, and the sales that they are taken back from. Lists of invoices write a return as a
// document of its own ("C536379", quantities below zero) that does not name the sale. Each is set against the same
// customer's earlier sales: first those of the same product, then any, always the newest first, and never more than a
// sale came to. What is decided follows from the rows alone, so an import that is repeated decides the same.
#ifndef TEND_TEND_RETURNS_H
#define TEND_TEND_RETURNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    RETURNS_DOCUMENT_BYTES = 64,
    RETURNS_OF_ORDER_MAX = 16, // refunds of one order; of more the last ones are told as one
};

struct returns;

// Nothing sold or taken back yet, never NULL; the caller closes it.
struct returns *returns_open(void);

// Takes NULL.
void returns_close(struct returns **returns);

// A row of a sale. Customer, product and order are hashes.
void returns_sell(struct returns *returns, uint64_t customer, uint64_t product, uint64_t order, int64_t time_ms,
                  int64_t micros);

// A row of a return of so much, which is above 0. The document's number is cut at RETURNS_DOCUMENT_BYTES.
void returns_take_back(struct returns *returns, uint64_t customer, uint64_t product, int64_t time_ms, int64_t micros,
                       const char *document, uint64_t line);

// Sets all returns against sales; once, after the last row. Returns how many of them found less than they take back,
// and the first line of these (0: none).
uint64_t returns_settle(struct returns *returns, uint64_t *ret_line);

// What one document takes back of one order.
struct refund {
    uint64_t order;
    int64_t time_ms, micros;
    char document[RETURNS_DOCUMENT_BYTES];
};

// What was taken back of an order, by time, at most RETURNS_OF_ORDER_MAX. It lives as long as the returns.
const struct refund *returns_of(const struct returns *returns, uint64_t order, size_t *ret_count);

#endif
