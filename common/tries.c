#include "common/tries.h"

#include "common/must.h"

#include <stdio.h>

enum {
    TRIES_MAX = 3,
    KEY_BYTES = 24,
    WHICH_SHIFT = 56,
    LETTERS_MAX = 1000, // dead letters that are kept; of more the oldest go
};

// The counter of the first journal is "try", as it was when there was but one; of the others "try-1", "try-2".
static size_t key_of(const struct tries *tries, char *key)
{
    int length = tries->which == 0 ? snprintf(key, KEY_BYTES, "try") : snprintf(key, KEY_BYTES, "try-%u", tries->which);
    return (size_t)length;
}

bool tries_idle(const struct tries *tries)
{
    return !tries->crashed && tries->careful == 0;
}

struct piece tries_count(struct tries *tries, struct tx *tx, const struct record *first, size_t count,
                         uint64_t batch_records)
{
    must(count > 0);
    struct slice value;
    char key[KEY_BYTES];
    size_t length = key_of(tries, key);
    uint64_t tried = 1;
    if (tx_get(tx, STORE_TABLE_META, key, length, &value) && store_get_u64(value.bytes) == first->seq)
        tried = tries->crashed ? store_get_u64(value.bytes + 8) + 1 : 1;
    uint8_t row[16];
    store_put_u64(row, first->seq);
    store_put_u64(row + 8, tried);
    tx_put(tx, STORE_TABLE_META, key, length, row, sizeof row);
    if (tries->crashed && tried > 1)
        tries->careful = batch_records;
    tries->crashed = false;
    return (struct piece){.count = tries->careful > 0 ? 1 : count, .dead = tried >= TRIES_MAX};
}

void tries_passed(struct tries *tries)
{
    if (tries->careful > 0)
        tries->careful--;
}

void tries_bury(const struct tries *tries, struct tx *tx, const struct record *record)
{
    uint8_t key[8];
    // No journal has so many records that the top byte would be its own.
    store_put_u64(key, record->seq | (uint64_t)tries->which << WHICH_SHIFT);
    tx_put(tx, STORE_TABLE_DEAD, key, sizeof key, record->payload, record->length);
    if (tx_count(tx, STORE_TABLE_DEAD) <= LETTERS_MAX)
        return;
    struct slice oldest, letter;
    struct cursor *cursor = cursor_open(tx, STORE_TABLE_DEAD);
    if (cursor_next(cursor, &oldest, &letter))
        cursor_delete(cursor);
    cursor_close(&cursor);
}
