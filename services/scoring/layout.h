// How the rows of a customer and of an order look in bytes, numbers with the highest byte first. Pure.
#ifndef TEND_SCORING_LAYOUT_H
#define TEND_SCORING_LAYOUT_H

#include "services/scoring/ledger.h"
#include "services/scoring/order.h"

enum {
    LAYOUT_ID_MAX = 400,                               // of a customer; far more than ingest lets in
    LAYOUT_CUSTOMER_BYTES = 4 + LEDGER_DIMENSIONS * 8, // and the id
    LAYOUT_ORDER_BYTES = 8 + 6 * 8 + MONEY_CODE_BYTES, // and both texts, and the refunds
    LAYOUT_REFUND_BYTES = 8 + ORDER_KEY_BYTES + 8 + MONEY_CODE_BYTES,
    LAYOUT_TEXT_MAX = 65535,
};

// What is announced of a customer, and since when.
struct layout_customer {
    struct ledger_verdict announced;
    int64_t since_ms[LEDGER_DIMENSIONS];
    const char *id; // at most LAYOUT_ID_MAX bytes and a NUL
};

// The bytes that a row takes.
size_t layout_customer_bytes(const struct layout_customer *customer);
size_t layout_order_bytes(const char *order_id, const struct order *order);

// Writes exactly as many bytes.
void layout_write_customer(const struct layout_customer *customer, uint8_t *row);
void layout_write_order(const char *order_id, const struct order *order, uint8_t *row);

// Reads a row; texts stay where they are in it. False when the bytes are no such row. The id of a customer has no NUL
// behind it: *ret_length is its length.
bool layout_read_customer(const uint8_t *row, size_t length, struct layout_customer *ret_customer, size_t *ret_length);
bool layout_read_order(const uint8_t *row, size_t length, struct order *ret_order, const char **ret_order_id,
                       size_t *ret_length);

#endif
