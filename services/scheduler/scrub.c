#include "services/scheduler/scrub.h"

#include "common/hash.h"
#include "services/scheduler/book.h"
#include "services/scheduler/rows.h"

#include <string.h>

enum {
    ROW_BYTES = 16 * 1024, // of the largest struct that a row is read into, and more
    PREFIX_BYTES = 8,      // of a customer's hash
};

// Tables whose keys begin with the customer's hash.
static const unsigned own_tables[] = {TABLE_PROMISE, TABLE_REMINDER, TABLE_MATTER, TABLE_OWNERS, TABLE_SUBJECT};

// Tables whose rows about others may name the customer.
static const struct {
    unsigned table;
    const struct pack_field *fields;
} others[] = {
    {TABLE_CUSTOMER, rows_customer}, {TABLE_REMINDER, rows_reminder}, {TABLE_MATTER, rows_matter},
    {TABLE_POLICY, rows_policy},     {TABLE_VISIT, rows_visit},       {TABLE_NEWS, rows_news},
    {TABLE_OWN, rows_own},
};

static uint64_t delete_own(struct turn *turn, const char *id)
{
    uint8_t prefix[PREFIX_BYTES];
    struct slice key, value;
    uint64_t rows = 0;
    store_put_u64(prefix, hash_short(id, strlen(id)));
    for (size_t i = 0; i < sizeof own_tables / sizeof *own_tables; i++) {
        struct cursor *cursor = cursor_open(turn->tx, own_tables[i]);
        while (cursor_seek(cursor, prefix, sizeof prefix, &key, &value) && rows_starts(key, prefix, sizeof prefix)) {
            cursor_delete(cursor);
            rows++;
        }
        cursor_close(&cursor);
    }
    return rows;
}

// What is due for the customer, and the place among the owner's.
static uint64_t delete_indexes(struct turn *turn, const char *id)
{
    struct slice key, value;
    size_t length = strlen(id);
    uint64_t rows = 0;
    struct cursor *cursor = cursor_open(turn->tx, TABLE_DUE);
    for (bool more = cursor_next(cursor, &key, &value); more; more = cursor_next(cursor, &key, &value))
        if (value.length == length && memcmp(value.bytes, id, length) == 0) {
            cursor_delete(cursor);
            rows++;
        }
    cursor_close(&cursor);
    cursor = cursor_open(turn->tx, TABLE_OWNED);
    for (bool more = cursor_next(cursor, &key, &value); more; more = cursor_next(cursor, &key, &value))
        if (key.length == PREFIX_BYTES + length && memcmp(key.bytes + PREFIX_BYTES, id, length) == 0) {
            cursor_delete(cursor);
            rows++;
        }
    cursor_close(&cursor);
    return rows;
}

// A list of texts, with a NUL or a line's end behind each but the last, without those that are the id. False: none is.
static bool without(struct turn *turn, struct slice list, const char *id, struct slice *ret_list)
{
    size_t wanted = strlen(id), used = 0;
    uint8_t *kept = arena_take(turn->arena, list.length + 1);
    for (size_t from = 0, to; from < list.length; from = to + 1) {
        for (to = from; to < list.length && list.bytes[to] != '\0' && list.bytes[to] != '\n'; to++)
            continue;
        size_t piece = to < list.length ? to + 1 - from : to - from;
        if (to - from == wanted && memcmp(list.bytes + from, id, wanted) == 0)
            continue;
        memcpy(kept + used, list.bytes + from, piece);
        used += piece;
    }
    kept[used] = '\0';
    *ret_list = (struct slice){.bytes = kept, .length = used};
    return used < list.length;
}

static bool blank(struct turn *turn, const struct pack_field *fields, uint8_t *row, const char *id)
{
    bool found = false;
    for (; fields->type != PACK_END; fields++) {
        struct slice slice = {.length = 0};
        uint8_t *member = row + fields->offset;
        const char *text = NULL;
        if (fields->type == PACK_TEXT)
            memcpy(&text, member, sizeof text);
        if (text != NULL)
            slice = (struct slice){(const uint8_t *)text, strlen(text)};
        if (fields->type == PACK_SLICE)
            memcpy(&slice, member, sizeof slice);
        if (slice.length < strlen(id) || !without(turn, slice, id, &slice))
            continue;
        found = true;
        text = (const char *)slice.bytes;
        if (fields->type == PACK_TEXT)
            memcpy(member, &text, sizeof text);
        else
            memcpy(member, &slice, sizeof slice);
    }
    return found;
}

static uint64_t blank_others(struct turn *turn, unsigned table, const struct pack_field *fields, const char *id)
{
    struct slice key, value;
    uint64_t rows = 0;
    struct cursor *cursor = cursor_open(turn->tx, table);
    while (cursor_next(cursor, &key, &value)) {
        if (memmem(value.bytes, value.length, id, strlen(id)) == NULL)
            continue;
        const char *name = arena_text(turn->arena, (const char *)key.bytes, key.length);
        size_t length = key.length;
        uint8_t *row = arena_zero(turn->arena, 1, ROW_BYTES);
        rows_read(turn, fields, value, row);
        if (!blank(turn, fields, row, id))
            continue;
        rows_put(turn, table, name, length, fields, row);
        rows++;
    }
    cursor_close(&cursor);
    return rows;
}

uint64_t scrub_rows(struct turn *turn, const char *customer_id)
{
    uint64_t rows = delete_own(turn, customer_id) + delete_indexes(turn, customer_id);
    rows += tx_delete(turn->tx, TABLE_OWN, customer_id, strlen(customer_id));
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        rows += blank_others(turn, others[i].table, others[i].fields, customer_id);
    return rows;
}

void scrub_erase(void *self, struct turn *turn, const char *const *customer_ids, size_t count, uint64_t *ret_rows)
{
    (void)self;
    for (size_t i = 0; i < count; i++) {
        struct customer customer;
        const char *id = customer_ids[i];
        ret_rows[i] = 0;
        if (book_customer(turn, id, &customer) && customer.erased.time_ms == 0)
            continue; // whoever has the id now, for whom the rows of the other went before
        ret_rows[i] = tx_delete(turn->tx, TABLE_CUSTOMER, id, strlen(id)) + scrub_rows(turn, id);
    }
}
