#include "services/scoring/layout.h"

#include "common/must.h"

#include <string.h>

enum { ROW_VERSION = 1, PLACED = 1, AMENDED = 2, CANCELLED = 4, COST_KNOWN = 8, OVERDUE = 1, DROPPED = 2 };
_Static_assert(LAYOUT_CUSTOMER_BYTES == 28, "the layout on disk");
_Static_assert(LAYOUT_ORDER_BYTES == 60, "the layout on disk");
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

static size_t read_short(const uint8_t *at)
{
    return (size_t)at[0] << 8 | at[1];
}

static int64_t read_number(const uint8_t *at)
{
    uint64_t number = 0;
    for (int i = 0; i < 8; i++)
        number = number << 8 | at[i];
    return (int64_t)number;
}

size_t layout_customer_bytes(const struct layout_customer *customer)
{
    return LAYOUT_CUSTOMER_BYTES + strlen(customer->id);
}

void layout_write_customer(const struct layout_customer *customer, uint8_t *row)
{
    const struct ledger_verdict *said = &customer->announced;
    row[0] = ROW_VERSION;
    row[1] = said->abc;
    row[2] = (uint8_t)((said->overdue ? OVERDUE : 0) | (said->dropped ? DROPPED : 0));
    row[3] = 0;
    for (size_t i = 0; i < LEDGER_DIMENSIONS; i++)
        (void)write_number(row + 4 + 8 * i, customer->since_ms[i]);
    memcpy(row + LAYOUT_CUSTOMER_BYTES, customer->id, strlen(customer->id));
}

bool layout_read_customer(const uint8_t *row, size_t length, struct layout_customer *ret_customer, size_t *ret_length)
{
    if (length < LAYOUT_CUSTOMER_BYTES || row[0] != ROW_VERSION)
        return false;
    *ret_customer = (struct layout_customer){
        .announced = {.abc = row[1], .overdue = (row[2] & OVERDUE) != 0, .dropped = (row[2] & DROPPED) != 0},
        .id = (const char *)row + LAYOUT_CUSTOMER_BYTES,
    };
    for (size_t i = 0; i < LEDGER_DIMENSIONS; i++)
        ret_customer->since_ms[i] = read_number(row + 4 + 8 * i);
    *ret_length = length - LAYOUT_CUSTOMER_BYTES;
    return true;
}

size_t layout_order_bytes(const char *order_id, const struct order *order)
{
    return LAYOUT_ORDER_BYTES + strlen(order_id) + order->newest_length +
           order->refund_count * (size_t)LAYOUT_REFUND_BYTES;
}

void layout_write_order(const char *order_id, const struct order *order, uint8_t *row)
{
    size_t id_length = strlen(order_id);
    must(id_length <= LAYOUT_TEXT_MAX && order->newest_length <= LAYOUT_TEXT_MAX);
    row[0] = ROW_VERSION;
    row[1] = (uint8_t)((order->placed ? PLACED : 0) | (order->amended ? AMENDED : 0) |
                       (order->cancelled ? CANCELLED : 0) | (order->amount.cost_known ? COST_KNOWN : 0));
    row[2] = (uint8_t)order->refund_count;
    row[3] = 0;
    uint8_t *at = write_short(row + 4, id_length);
    at = write_short(at, order->newest_length);
    at = write_number(at, order->placed_ms);
    at = write_number(at, order->amended_ms);
    at = write_number(at, order->newest_ms);
    at = write_number(at, order->amount.total_micros);
    at = write_number(at, order->amount.quantity_milli);
    at = write_number(at, order->amount.cost_micros);
    at = write_bytes(at, order->amount.currency, MONEY_CODE_BYTES);
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

bool layout_read_order(const uint8_t *row, size_t length, struct order *ret_order, const char **ret_order_id,
                       size_t *ret_length)
{
    if (length < LAYOUT_ORDER_BYTES || row[0] != ROW_VERSION || row[2] > ORDER_REFUNDS_MAX)
        return false;
    size_t id_length = read_short(row + 4), newest_length = read_short(row + 6);
    if (length != LAYOUT_ORDER_BYTES + id_length + newest_length + row[2] * (size_t)LAYOUT_REFUND_BYTES)
        return false;
    order_start(ret_order);
    ret_order->placed = (row[1] & PLACED) != 0;
    ret_order->amended = (row[1] & AMENDED) != 0;
    ret_order->cancelled = (row[1] & CANCELLED) != 0;
    ret_order->refund_count = row[2];
    ret_order->placed_ms = read_number(row + 8);
    ret_order->amended_ms = read_number(row + 16);
    ret_order->newest_ms = read_number(row + 24);
    ret_order->amount.total_micros = read_number(row + 32);
    ret_order->amount.quantity_milli = read_number(row + 40);
    ret_order->amount.cost_micros = read_number(row + 48);
    ret_order->amount.cost_known = (row[1] & COST_KNOWN) != 0;
    memcpy(ret_order->amount.currency, row + 56, MONEY_CODE_BYTES);
    *ret_order_id = (const char *)row + LAYOUT_ORDER_BYTES;
    *ret_length = id_length;
    ret_order->newest = (const char *)row + LAYOUT_ORDER_BYTES + id_length;
    ret_order->newest_length = newest_length;
    read_refunds(row + LAYOUT_ORDER_BYTES + id_length + newest_length, ret_order);
    return true;
}
