// How the rows of customers and orders look in bytes, numbers with the highest byte first. Pure.
#ifndef TEND_SCORING_LAYOUT_H
#define TEND_SCORING_LAYOUT_H

#include "services/scoring/claim.h"
#include "services/scoring/ledger.h"

enum {
    LAYOUT_ID_MAX = 400,                                // of a customer or an order; far more than ingest lets in
    LAYOUT_CUSTOMER_BYTES = 4 + 8,                      // and the id
    LAYOUT_ORDER_BYTES = 16 + 9 * 8 + MONEY_CODE_BYTES, // and both texts, and the refunds
    LAYOUT_REFUND_BYTES = 8 + ORDER_KEY_BYTES + 8 + MONEY_CODE_BYTES,
    LAYOUT_TEXT_MAX = 65535,
};

// The bytes that an order's row takes: a claim, without its number, and the order's id of so many bytes.
size_t layout_order_bytes(const struct claim *claim, size_t id_length);

// Writes a row, exactly as many bytes; a customer's is LAYOUT_CUSTOMER_BYTES and its id's, at most LAYOUT_ID_MAX.
void layout_write_customer(int64_t known_ms, const char *id, uint8_t *row);
void layout_write_order(const struct claim *claim, const char *order_id, size_t id_length, uint8_t *row);

// Reads a row; texts stay where they are in it, without a NUL behind them. False when the bytes are no such row.
bool layout_read_customer(const uint8_t *row, size_t length, int64_t *ret_known_ms, const char **ret_id,
                          size_t *ret_length);
bool layout_read_order(const uint8_t *row, size_t length, struct claim *ret_claim, const char **ret_order_id,
                       size_t *ret_id_length);

// Says in a row that others may be about the same order. False when it says so, or the bytes are no such row.
bool layout_share_order(uint8_t *row, size_t length);

#endif
