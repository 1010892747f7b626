#include "services/scheduler/rows.h"

#include <string.h>

_Static_assert(sizeof(struct slice) == sizeof(struct pack_slice) &&
                   offsetof(struct slice, length) == offsetof(struct pack_slice, length),
               "rows keep slices, which pack.c writes");

const char *const rows_tables[ROWS_TABLES] = {"single", "rep",     "customer", "owned",  "due",     "reminder",
                                              "dated",  "promise", "list",     "matter", "subject", "visit",
                                              "news",   "owners",  "log",      "policy", "own"};

void rows_put(struct turn *turn, unsigned table, const void *key, size_t key_length, const struct pack_field *fields,
              const void *row)
{
    size_t length = pack_size(fields, row);
    uint8_t *bytes = arena_take(turn->arena, length);
    pack_write(fields, row, bytes);
    tx_put(turn->tx, table, key, key_length, bytes, length);
}

void rows_read(struct turn *turn, const struct pack_field *fields, struct slice value, void *ret_row)
{
    const uint8_t *copy = (const uint8_t *)arena_text(turn->arena, (const char *)value.bytes, value.length);
    // An older row ends early: fields that were added since stay as the caller made them.
    (void)pack_read(fields, copy, value.length, ret_row);
}

bool rows_get(struct turn *turn, unsigned table, const void *key, size_t key_length, const struct pack_field *fields,
              void *ret_row)
{
    struct slice value;
    if (!tx_get(turn->tx, table, key, key_length, &value)) {
        return false;
    }
    rows_read(turn, fields, value, ret_row);
    return true;
}

void rows_delete(struct turn *turn, unsigned table, const void *key, size_t key_length)
{
    tx_delete(turn->tx, table, key, key_length);
}

void rows_delete_range(struct turn *turn, unsigned table, const void *from, const void *to, size_t key_length)
{
    struct slice key, value;
    struct cursor *cursor = cursor_open(turn->tx, table);
    while (cursor_seek(cursor, from, key_length, &key, &value) && key.length == key_length &&
           memcmp(key.bytes, to, key_length) < 0)
        cursor_delete(cursor);
    cursor_close(&cursor);
}

void rows_delete_if(struct turn *turn, unsigned table, rows_test *test, const void *self)
{
    struct slice key, value;
    struct cursor *cursor = cursor_open(turn->tx, table);
    for (bool found = cursor_next(cursor, &key, &value); found; found = cursor_next(cursor, &key, &value))
        if (test(self, value))
            cursor_delete(cursor);
    cursor_close(&cursor);
}

bool rows_starts(struct slice key, const uint8_t *prefix, size_t length)
{
    return key.length >= length && memcmp(key.bytes, prefix, length) == 0;
}
