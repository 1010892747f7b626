// How the rows of table "customer" look in bytes. For archive.c alone. Pure.
#ifndef TEND_SCORING_LAYOUT_H
#define TEND_SCORING_LAYOUT_H

#include "services/scoring/archive.h"

enum {
    LAYOUT_CUSTOMER_BYTES = 4 + ARCHIVE_DIMENSIONS * 8,          // and the id
    LAYOUT_ORDER_BYTES = 8 + 6 * 8 + MONEY_CODE_BYTES,         // and both texts, and the refunds
    LAYOUT_REFUND_BYTES = 8 + ORDER_KEY_BYTES + 8 + MONEY_CODE_BYTES,
    LAYOUT_TEXT_MAX = 65535,
};

// The bytes that a row takes.
size_t layout_customer_bytes(const struct archive_customer *customer);
size_t layout_order_bytes(const char *order_id, const struct order *order);

void layout_write_customer(const struct archive_customer *customer, uint8_t *row);
void layout_write_order(const char *order_id, const struct order *order, uint8_t *row);

// False when the bytes are no such row. The id of a customer has no NUL behind it: *ret_length is its length.
bool layout_read_customer(const struct slice *row, struct archive_customer *ret_customer, size_t *ret_length);
bool layout_read_order(const struct slice *row, struct order *ret_order, struct slice *ret_order_id);

#endif
