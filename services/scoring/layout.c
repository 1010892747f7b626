#include "services/scoring/layout.h"

#include "common/must.h"

#include <string.h>

enum {
    ROW_VERSION = 1,
    ORDER_VERSION = 2,          // of version 1 nobody knows the source, and the newest word is the version that counts
    OLD_BYTES = 16 + 6 * 8 + 4, // before the texts, in version 1
    PLACED = 1,
    AMENDED = 2,
    CANCELLED = 4,
    COST_KNOWN = 8,
    DISCOUNTED = 16,
    SHARED = 32,
};
_Static_assert(LAYOUT_CUSTOMER_BYTES == 12, "the layout on disk");
_Static_assert(LAYOUT_ORDER_BYTES == 92, "the layout on disk");
_Static_assert(LAYOUT_REFUND_BYTES == 36, "the layout on disk");

static uint8_t *write_bytes(uint8_t *at, const void *bytes, size_t length)
{
    if (length > 0)
        memcpy(at, bytes, length);
    return at + length;
}

static uint8_t *write_short(uint8_t *at, size_t number)
{
    at[0] = (uint8_t)(number >> 8);
    at[1] = (uint8_t)number;
    return at + 2;
}

static uint8_t *write_number(uint8_t *at, int64_t number)
{
    for (int i = 7; i >= 0; i--)
        *at++ = (uint8_t)((uint64_t)number >> (8 * i));
    return at;
}

static uint8_t *write_word(uint8_t *at, uint32_t number)
{
    return write_short(write_short(at, number >> 16), number);
}

static size_t read_short(const uint8_t *at)
{
    return (size_t)at[0] << 8 | at[1];
}

static uint32_t read_word(const uint8_t *at)
{
    return (uint32_t)(read_short(at) << 16 | read_short(at + 2));
}

static int64_t read_number(const uint8_t *at)
{
    return (int64_t)((uint64_t)read_word(at) << 32 | read_word(at + 4));
}

void layout_write_customer(int64_t known_ms, const char *id, uint8_t *row)
{
    size_t length = strlen(id);
    must(length <= LAYOUT_ID_MAX);
    row = write_number(write_word(row, (uint32_t)ROW_VERSION << 24), known_ms);
    (void)write_bytes(row, id, length);
}

bool layout_read_customer(const uint8_t *row, size_t length, int64_t *ret_known_ms, const char **ret_id,
                          size_t *ret_length)
{
    if (length < LAYOUT_CUSTOMER_BYTES || length > LAYOUT_CUSTOMER_BYTES + LAYOUT_ID_MAX || row[0] != ROW_VERSION)
        return false;
    *ret_known_ms = read_number(row + 4);
    *ret_id = (const char *)row + LAYOUT_CUSTOMER_BYTES;
    *ret_length = length - LAYOUT_CUSTOMER_BYTES;
    return true;
}

size_t layout_order_bytes(const struct claim *claim, size_t id_length)
{
    return LAYOUT_ORDER_BYTES + id_length + claim->order.newest_length +
           claim->order.refund_count * (size_t)LAYOUT_REFUND_BYTES;
}

void layout_write_order(const struct claim *claim, const char *order_id, size_t id_length, uint8_t *row)
{
    const struct order *order = &claim->order;
    must(id_length <= LAYOUT_TEXT_MAX && order->newest_length <= LAYOUT_TEXT_MAX);
    row[0] = ORDER_VERSION;
    row[1] = (uint8_t)((order->placed ? PLACED : 0) | (order->amended ? AMENDED : 0) |
                       (order->cancelled ? CANCELLED : 0) | (order->amount.cost_known ? COST_KNOWN : 0) |
                       (order->amount.discounted ? DISCOUNTED : 0) | (claim->shared ? SHARED : 0));
    row[2] = (uint8_t)order->refund_count;
    row[3] = 0;
    uint8_t *at = write_word(write_word(row + 4, claim->slot), claim->before);
    at = write_short(write_short(at, id_length), order->newest_length);
    at = write_number(at, order->placed_ms);
    at = write_number(at, order->amended_ms);
    at = write_number(at, order->newest_ms);
    at = write_number(at, order->amount.total_micros);
    at = write_number(at, order->amount.quantity_milli);
    at = write_number(at, order->amount.cost_micros);
    at = write_bytes(at, order->amount.currency, MONEY_CODE_BYTES);
    at = write_number(at, (int64_t)claim->source);
    at = write_number(at, claim->said_ms);
    at = write_number(at, (int64_t)claim->said_tie);
    at = write_bytes(at, order_id, id_length);
    at = write_bytes(at, order->newest, order->newest_length);
    for (uint32_t i = 0; i < order->refund_count; i++) {
        at = write_number(at, order->refunds[i].time_ms);
        at = write_bytes(at, order->refunds[i].key, ORDER_KEY_BYTES);
        at = write_number(at, order->refunds[i].micros);
        at = write_bytes(at, order->refunds[i].currency, MONEY_CODE_BYTES);
    }
}

static void read_refunds(const uint8_t *at, struct order *order)
{
    for (uint32_t i = 0; i < order->refund_count; i++, at += LAYOUT_REFUND_BYTES) {
        struct order_refund *refund = &order->refunds[i];
        refund->time_ms = read_number(at);
        memcpy(refund->key, at + 8, ORDER_KEY_BYTES);
        refund->micros = read_number(at + 8 + ORDER_KEY_BYTES);
        memcpy(refund->currency, at + 16 + ORDER_KEY_BYTES, MONEY_CODE_BYTES);
    }
}

// Whose row it is and who spoke last, in either version. Returns where the texts begin.
static const uint8_t *read_claim(const uint8_t *row, struct claim *claim)
{
    bool old = row[0] == ROW_VERSION;
    claim->slot = read_word(row + 4);
    claim->before = read_word(row + 8);
    claim->shared = (row[1] & SHARED) != 0;
    claim->source = old ? 0 : (uint64_t)read_number(row + 68);
    claim->said_ms = read_number(row + (old ? 32 : 76));
    claim->said_tie = old ? 0 : (uint64_t)read_number(row + 84);
    return row + (old ? (size_t)OLD_BYTES : (size_t)LAYOUT_ORDER_BYTES);
}

// Whether the bytes are an order's row.
static bool is_order(const uint8_t *row, size_t length)
{
    if (length < OLD_BYTES || (row[0] != ROW_VERSION && row[0] != ORDER_VERSION) || row[2] > ORDER_REFUNDS_MAX)
        return false;
    size_t head = row[0] == ROW_VERSION ? (size_t)OLD_BYTES : (size_t)LAYOUT_ORDER_BYTES;
    size_t id_length = read_short(row + 12), newest_length = read_short(row + 14);
    return id_length <= LAYOUT_ID_MAX &&
           length == head + id_length + newest_length + row[2] * (size_t)LAYOUT_REFUND_BYTES;
}

bool layout_read_order(const uint8_t *row, size_t length, struct claim *ret_claim, const char **ret_order_id,
                       size_t *ret_id_length)
{
    if (!is_order(row, length))
        return false;
    struct order *order = &ret_claim->order;
    const uint8_t *texts = read_claim(row, ret_claim);
    *ret_order_id = (const char *)texts;
    *ret_id_length = read_short(row + 12);
    order_start(order);
    order->placed = (row[1] & PLACED) != 0;
    order->amended = (row[1] & AMENDED) != 0;
    order->cancelled = (row[1] & CANCELLED) != 0;
    order->refund_count = row[2];
    order->placed_ms = read_number(row + 16);
    order->amended_ms = read_number(row + 24);
    order->newest_ms = read_number(row + 32);
    order->amount.total_micros = read_number(row + 40);
    order->amount.quantity_milli = read_number(row + 48);
    order->amount.cost_micros = read_number(row + 56);
    order->amount.cost_known = (row[1] & COST_KNOWN) != 0;
    order->amount.discounted = (row[1] & DISCOUNTED) != 0;
    memcpy(order->amount.currency, row + 64, MONEY_CODE_BYTES);
    order->newest = (const char *)texts + *ret_id_length;
    order->newest_length = read_short(row + 14);
    read_refunds(texts + *ret_id_length + order->newest_length, order);
    return true;
}

bool layout_share_order(uint8_t *row, size_t length)
{
    if (!is_order(row, length) || (row[1] & SHARED) != 0)
        return false;
    row[1] |= SHARED;
    return true;
}
