#include "services/scoring/archive.h"

#include "common/must.h"
#include "services/scoring/layout.h"

#include <string.h>

enum {
    TABLE_CUSTOMER = STORE_TABLE_SERVICE,
    TABLE_ID,
    TABLE_SETTINGS,

    // The kinds of rows of one customer, in the order in which archive_walk wants them.
    KIND_ROW = 0,
    KIND_PURCHASE = 1,
    KIND_ORDER = 2,
    KIND_REASON = 3,

    ROW_KEY = 4 + 1,
    PURCHASE_KEY = ROW_KEY + 8 + 8,
    ORDER_KEY = ROW_KEY + 8,
    REASON_KEY = ROW_KEY + 1 + 4,
    KEY_MAX = PURCHASE_KEY,
    CLOCK_BYTES = 8 + 4 + HASH_BYTES,
    PROBES = 8, // order ids of one customer with the same 64-bit hash: even two are only met on purpose
};

const char *const archive_tables[ARCHIVE_TABLES] = {"customer", "id", "settings"};
static const char clock_key[] = "clock", settings_key[] = "settings";

static size_t row_key(uint32_t slot, uint8_t kind, uint8_t *key)
{
    store_put_u32(key, slot);
    key[4] = kind;
    return ROW_KEY;
}

static size_t purchase_key(uint32_t slot, const struct archive_purchase *purchase, uint8_t *key)
{
    (void)row_key(slot, KIND_PURCHASE, key);
    store_put_u64(key + ROW_KEY, (uint64_t)purchase->time_ms ^ (UINT64_C(1) << 63)); // so that signed times sort
    store_put_u64(key + ROW_KEY + 8, purchase->key);
    return PURCHASE_KEY;
}

static size_t order_key(uint32_t slot, uint64_t number, uint8_t *key)
{
    (void)row_key(slot, KIND_ORDER, key);
    store_put_u64(key + ROW_KEY, number);
    return ORDER_KEY;
}

static size_t reason_key(uint32_t slot, unsigned dimension, uint32_t number, uint8_t *key)
{
    (void)row_key(slot, KIND_REASON, key);
    key[ROW_KEY] = (uint8_t)dimension;
    store_put_u32(key + ROW_KEY + 1, number);
    return REASON_KEY;
}

static bool begins_with(const struct slice *key, const uint8_t *prefix, size_t length)
{
    return key->length >= length && memcmp(key->bytes, prefix, length) == 0;
}

// --- customers

bool archive_get_customer(struct tx *tx, struct arena *arena, uint32_t slot, struct layout_customer *ret_customer)
{
    uint8_t key[KEY_MAX];
    struct slice row;
    size_t length;
    if (!tx_get(tx, TABLE_CUSTOMER, key, row_key(slot, KIND_ROW, key), &row))
        return false;
    if (!layout_read_customer(row.bytes, row.length, ret_customer, &length)) {
        tx_fail(tx, STORE_DAMAGED);
        return false;
    }
    ret_customer->id = arena_text(arena, ret_customer->id, length);
    return true;
}

void archive_put_customer(struct tx *tx, uint32_t slot, const struct layout_customer *customer)
{
    uint8_t key[KEY_MAX], row[LAYOUT_CUSTOMER_BYTES + LAYOUT_ID_MAX];
    must(strlen(customer->id) <= LAYOUT_ID_MAX);
    layout_write_customer(customer, row);
    tx_put(tx, TABLE_CUSTOMER, key, row_key(slot, KIND_ROW, key), row, layout_customer_bytes(customer));
}

void archive_add_customer(struct tx *tx, uint32_t slot, const struct layout_customer *customer)
{
    uint8_t value[4];
    store_put_u32(value, slot);
    tx_put(tx, TABLE_ID, customer->id, strlen(customer->id), value, sizeof value);
    archive_put_customer(tx, slot, customer);
}

void archive_walk_ids(struct tx *tx, const char *id, archive_visit_id *visit, void *context)
{
    struct cursor *cursor = cursor_open(tx, TABLE_ID);
    struct slice key, value;
    const char *from = id[0] != '\0' ? id : "\1"; // a key has at least one byte
    bool more = cursor_seek(cursor, from, strlen(from), &key, &value);
    while (more && visit(context, (const char *)key.bytes, key.length, store_get_u32(value.bytes)))
        more = cursor_next(cursor, &key, &value);
    cursor_close(&cursor);
}

// --- orders

static bool decode_order(const struct slice *row, struct order *ret_order, struct slice *ret_id)
{
    const char *id;
    if (!layout_read_order(row->bytes, row->length, ret_order, &id, &ret_id->length))
        return false;
    ret_id->bytes = (const uint8_t *)id;
    return true;
}

static bool read_order(struct tx *tx, uint32_t slot, uint64_t number, struct order *ret_order, struct slice *ret_id)
{
    uint8_t key[KEY_MAX];
    struct slice row;
    if (!tx_get(tx, TABLE_CUSTOMER, key, order_key(slot, number, key), &row))
        return false;
    if (decode_order(&row, ret_order, ret_id))
        return true;
    tx_fail(tx, STORE_DAMAGED);
    return false;
}

bool archive_find_order(struct tx *tx, uint32_t slot, uint64_t key, struct order *ret_order)
{
    struct slice id;
    return read_order(tx, slot, key, ret_order, &id);
}

void archive_get_order(struct tx *tx, uint32_t slot, const char *order_id, struct order *ret_order, uint64_t *ret_key)
{
    size_t length = strlen(order_id);
    uint64_t number = hash_short(order_id, length);
    for (int probe = 0; probe < PROBES; probe++, number++) {
        struct slice id;
        *ret_key = number;
        if (!read_order(tx, slot, number, ret_order, &id)) {
            order_start(ret_order);
            return;
        }
        if (id.length == length && memcmp(id.bytes, order_id, length) == 0)
            return;
    }
    tx_fail(tx, STORE_DAMAGED); // no chance makes so many
    order_start(ret_order);
}

void archive_put_order(struct tx *tx, struct arena *arena, uint32_t slot, uint64_t key, const char *order_id,
                       const struct order *order)
{
    uint8_t name[KEY_MAX];
    size_t length = layout_order_bytes(order_id, order);
    uint8_t *row = arena_take(arena, length); // built aside: its texts may lie in the page that the write moves
    layout_write_order(order_id, order, row);
    tx_put(tx, TABLE_CUSTOMER, name, order_key(slot, key, name), row, length);
}

void archive_walk_orders(struct tx *tx, uint32_t slot, archive_visit_order *visit, void *context)
{
    uint8_t prefix[KEY_MAX];
    size_t length = row_key(slot, KIND_ORDER, prefix);
    struct cursor *cursor = cursor_open(tx, TABLE_CUSTOMER);
    struct slice key, row, id;
    struct order order;
    bool more = cursor_seek(cursor, prefix, length, &key, &row);
    for (; more && begins_with(&key, prefix, length); more = cursor_next(cursor, &key, &row)) {
        if (!decode_order(&row, &order, &id)) {
            tx_fail(tx, STORE_DAMAGED);
            break;
        }
        if (!visit(context, &order))
            break;
    }
    cursor_close(&cursor);
}

// --- purchases

void archive_put_purchase(struct tx *tx, uint32_t slot, const struct archive_purchase *purchase)
{
    uint8_t key[KEY_MAX];
    tx_put(tx, TABLE_CUSTOMER, key, purchase_key(slot, purchase, key), "", 0);
}

void archive_delete_purchase(struct tx *tx, uint32_t slot, const struct archive_purchase *purchase)
{
    uint8_t key[KEY_MAX];
    (void)tx_delete(tx, TABLE_CUSTOMER, key, purchase_key(slot, purchase, key));
}

static struct archive_purchase read_purchase(const struct slice *key)
{
    return (struct archive_purchase){
        .time_ms = (int64_t)(store_get_u64(key->bytes + ROW_KEY) ^ (UINT64_C(1) << 63)),
        .key = store_get_u64(key->bytes + ROW_KEY + 8),
    };
}

bool archive_purchase_before(struct tx *tx, uint32_t slot, const struct archive_purchase *place,
                             struct archive_purchase *ret_purchase)
{
    uint8_t from[KEY_MAX];
    size_t length = purchase_key(slot, place, from);
    struct cursor *cursor = cursor_open(tx, TABLE_CUSTOMER);
    struct slice key, value;
    bool found = cursor_seek(cursor, from, length, &key, &value) ? cursor_previous(cursor, &key, &value)
                                                                 : cursor_last(cursor, &key, &value);
    found = found && begins_with(&key, from, ROW_KEY);
    if (found)
        *ret_purchase = read_purchase(&key);
    cursor_close(&cursor);
    return found;
}

bool archive_purchase_after(struct tx *tx, uint32_t slot, const struct archive_purchase *place,
                            struct archive_purchase *ret_purchase)
{
    uint8_t from[KEY_MAX];
    size_t length = purchase_key(slot, place, from);
    struct cursor *cursor = cursor_open(tx, TABLE_CUSTOMER);
    struct slice key, value;
    bool found = cursor_seek(cursor, from, length, &key, &value);
    if (found && key.length == length && memcmp(key.bytes, from, length) == 0)
        found = cursor_next(cursor, &key, &value);
    found = found && begins_with(&key, from, ROW_KEY);
    if (found)
        *ret_purchase = read_purchase(&key);
    cursor_close(&cursor);
    return found;
}

// --- reasons

// Stands the cursor on the newest reason of the dimension and gives its number; false when there is none.
static bool newest_reason(struct cursor *cursor, uint32_t slot, unsigned dimension, struct slice *ret_value,
                          uint32_t *ret_number)
{
    uint8_t behind[KEY_MAX];
    size_t length = reason_key(slot, dimension + 1, 0, behind);
    struct slice key, value;
    bool found = cursor_seek(cursor, behind, length, &key, &value) ? cursor_previous(cursor, &key, &value)
                                                                   : cursor_last(cursor, &key, &value);
    behind[ROW_KEY] = (uint8_t)dimension;
    if (!found || !begins_with(&key, behind, ROW_KEY + 1))
        return false;
    *ret_value = value;
    *ret_number = store_get_u32(key.bytes + ROW_KEY + 1);
    return true;
}

void archive_add_reason(struct tx *tx, uint32_t slot, enum ledger_dimension dimension, const uint8_t *bytes,
                        size_t length)
{
    uint8_t key[KEY_MAX];
    struct cursor *cursor = cursor_open(tx, TABLE_CUSTOMER);
    struct slice value;
    uint32_t number = 0;
    if (newest_reason(cursor, slot, dimension, &value, &number))
        number++;
    cursor_close(&cursor);
    tx_put(tx, TABLE_CUSTOMER, key, reason_key(slot, dimension, number, key), bytes, length);
    if (number >= ARCHIVE_REASONS_MAX)
        (void)tx_delete(tx, TABLE_CUSTOMER, key, reason_key(slot, dimension, number - ARCHIVE_REASONS_MAX, key));
}

void archive_walk_reasons(struct tx *tx, uint32_t slot, enum ledger_dimension dimension, archive_visit_reason *visit,
                          void *context)
{
    uint8_t prefix[KEY_MAX];
    (void)reason_key(slot, dimension, 0, prefix);
    struct cursor *cursor = cursor_open(tx, TABLE_CUSTOMER);
    struct slice key, value;
    uint32_t number;
    bool more = newest_reason(cursor, slot, dimension, &value, &number);
    while (more && visit(context, value.bytes, value.length)) {
        more = cursor_previous(cursor, &key, &value);
        more = more && begins_with(&key, prefix, ROW_KEY + 1);
    }
    cursor_close(&cursor);
}

// --- everything

// Tells the visitor of one row. False when it is not what we wrote.
static bool tell(const struct slice *key, const struct slice *row, const struct archive_visitor *visitor, void *context)
{
    uint32_t slot = store_get_u32(key->bytes);
    if (key->bytes[4] == KIND_ROW) {
        struct layout_customer customer;
        char id[LAYOUT_ID_MAX + 1];
        size_t length;
        if (!layout_read_customer(row->bytes, row->length, &customer, &length) || length > LAYOUT_ID_MAX)
            return false;
        memcpy(id, customer.id, length);
        id[length] = '\0';
        customer.id = id;
        visitor->customer(context, slot, &customer);
    } else if (key->bytes[4] == KIND_PURCHASE) {
        struct archive_purchase purchase = read_purchase(key);
        visitor->purchase(context, slot, &purchase);
    } else {
        struct order order;
        struct slice id;
        if (!decode_order(row, &order, &id))
            return false;
        visitor->order(context, slot, store_get_u64(key->bytes + ROW_KEY), &order);
    }
    return true;
}

void archive_walk(struct tx *tx, const struct archive_visitor *visitor, void *context)
{
    struct cursor *cursor = cursor_open(tx, TABLE_CUSTOMER);
    uint8_t next[KEY_MAX] = {0};
    struct slice key, row;
    bool more = cursor_seek(cursor, next, ROW_KEY, &key, &row);
    while (more) {
        if (key.bytes[4] == KIND_REASON) { // on to the next customer
            more = cursor_seek(cursor, next, row_key(store_get_u32(key.bytes) + 1, KIND_ROW, next), &key, &row);
            continue;
        }
        if (!tell(&key, &row, visitor, context)) {
            tx_fail(tx, STORE_DAMAGED);
            break;
        }
        more = cursor_next(cursor, &key, &row);
    }
    cursor_close(&cursor);
}

bool archive_get_clock(struct tx *tx, struct archive_clock *ret_clock)
{
    struct slice value;
    if (!tx_get(tx, TABLE_SETTINGS, clock_key, sizeof clock_key - 1, &value))
        return false;
    if (value.length != CLOCK_BYTES) {
        tx_fail(tx, STORE_DAMAGED);
        return false;
    }
    ret_clock->as_of_ms = (int64_t)store_get_u64(value.bytes);
    ret_clock->sweep = store_get_u32(value.bytes + 8);
    memcpy(ret_clock->rules, value.bytes + 12, HASH_BYTES);
    return true;
}

void archive_put_clock(struct tx *tx, const struct archive_clock *clock)
{
    uint8_t value[CLOCK_BYTES];
    store_put_u64(value, (uint64_t)clock->as_of_ms);
    store_put_u32(value + 8, clock->sweep);
    memcpy(value + 12, clock->rules, HASH_BYTES);
    tx_put(tx, TABLE_SETTINGS, clock_key, sizeof clock_key - 1, value, sizeof value);
}

bool archive_get_settings(struct tx *tx, struct slice *ret_settings)
{
    return tx_get(tx, TABLE_SETTINGS, settings_key, sizeof settings_key - 1, ret_settings);
}

void archive_put_settings(struct tx *tx, const uint8_t *bytes, size_t length)
{
    tx_put(tx, TABLE_SETTINGS, settings_key, sizeof settings_key - 1, bytes, length);
}
