#include "services/scoring/layout.h"

#include "common/must.h"

#include <string.h>

enum { ROW_VERSION = 1, PLACED = 1, AMENDED = 2, CANCELLED = 4, COST_KNOWN = 8, OVERDUE = 1, DROPPED = 2 };
_Static_assert(LAYOUT_CUSTOMER_BYTES == 28, "the layout on disk");
_Static_assert(LAYOUT_ORDER_BYTES == 60, "the layout on disk");
_Static_assert(LAYOUT_REFUND_BYTES == 36, "the layout on disk");

size_t layout_customer_bytes(const struct archive_customer *customer)
{
    return LAYOUT_CUSTOMER_BYTES + strlen(customer->id);
}

void layout_write_customer(const struct archive_customer *customer, uint8_t *row)
{
    const struct ledger_verdict *said = &customer->announced;
    row[0] = ROW_VERSION;
    row[1] = said->abc;
    row[2] = (uint8_t)((said->overdue ? OVERDUE : 0) | (said->dropped ? DROPPED : 0));
    row[3] = 0;
    for (size_t i = 0; i < ARCHIVE_DIMENSIONS; i++)
        store_put_u64(row + 4 + 8 * i, (uint64_t)customer->since_ms[i]);
    memcpy(row + LAYOUT_CUSTOMER_BYTES, customer->id, strlen(customer->id));
}

bool layout_read_customer(const struct slice *row, struct archive_customer *ret_customer, size_t *ret_length)
{
    if (row->length < LAYOUT_CUSTOMER_BYTES || row->bytes[0] != ROW_VERSION)
        return false;
    *ret_customer = (struct archive_customer){
        .announced = {.abc = row->bytes[1],
                      .overdue = (row->bytes[2] & OVERDUE) != 0,
                      .dropped = (row->bytes[2] & DROPPED) != 0},
        .id = (const char *)row->bytes + LAYOUT_CUSTOMER_BYTES,
    };
    for (size_t i = 0; i < ARCHIVE_DIMENSIONS; i++)
        ret_customer->since_ms[i] = (int64_t)store_get_u64(row->bytes + 4 + 8 * i);
    *ret_length = row->length - LAYOUT_CUSTOMER_BYTES;
    return true;
}

size_t layout_order_bytes(const char *order_id, const struct order *order)
{
    return LAYOUT_ORDER_BYTES + strlen(order_id) + order->newest_length + order->refund_count * (size_t)LAYOUT_REFUND_BYTES;
}

static uint8_t *write_number(uint8_t *at, int64_t number)
{
    store_put_u64(at, (uint64_t)number);
    return at + 8;
}

static uint8_t *write_bytes(uint8_t *at, const void *bytes, size_t length)
{
    if (length > 0)
        memcpy(at, bytes, length);
    return at + length;
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
    store_put_u16(row + 4, (uint16_t)id_length);
    store_put_u16(row + 6, (uint16_t)order->newest_length);
    uint8_t *at = write_number(row + 8, order->placed_ms);
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

static int64_t read_number(const uint8_t *at)
{
    return (int64_t)store_get_u64(at);
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

bool layout_read_order(const struct slice *row, struct order *ret_order, struct slice *ret_order_id)
{
    const uint8_t *bytes = row->bytes;
    if (row->length < LAYOUT_ORDER_BYTES || bytes[0] != ROW_VERSION || bytes[2] > ORDER_REFUNDS_MAX)
        return false;
    size_t id_length = store_get_u16(bytes + 4), newest_length = store_get_u16(bytes + 6);
    if (row->length != LAYOUT_ORDER_BYTES + id_length + newest_length + bytes[2] * (size_t)LAYOUT_REFUND_BYTES)
        return false;
    order_start(ret_order);
    ret_order->placed = (bytes[1] & PLACED) != 0;
    ret_order->amended = (bytes[1] & AMENDED) != 0;
    ret_order->cancelled = (bytes[1] & CANCELLED) != 0;
    ret_order->refund_count = bytes[2];
    ret_order->placed_ms = read_number(bytes + 8);
    ret_order->amended_ms = read_number(bytes + 16);
    ret_order->newest_ms = read_number(bytes + 24);
    ret_order->amount.total_micros = read_number(bytes + 32);
    ret_order->amount.quantity_milli = read_number(bytes + 40);
    ret_order->amount.cost_micros = read_number(bytes + 48);
    ret_order->amount.cost_known = (bytes[1] & COST_KNOWN) != 0;
    memcpy(ret_order->amount.currency, bytes + 56, MONEY_CODE_BYTES);
    *ret_order_id = (struct slice){.bytes = bytes + LAYOUT_ORDER_BYTES, .length = id_length};
    ret_order->newest = (const char *)bytes + LAYOUT_ORDER_BYTES + id_length;
    ret_order->newest_length = newest_length;
    read_refunds(bytes + LAYOUT_ORDER_BYTES + id_length + newest_length, ret_order);
    return true;
}
