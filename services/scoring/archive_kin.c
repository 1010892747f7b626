#include "services/scoring/archive_kin.h"

#include <string.h>

enum {
    TABLE_KIN = STORE_TABLE_SERVICE + 8,
    NUMBER_KEY = 4,
    WORD_BYTES = 4 + 8 + KINSHIP_KEY_BYTES, // into whom, when, the event's key
};

void archive_put_word(struct tx *tx, const struct kin_word *word)
{
    uint8_t key[NUMBER_KEY], row[WORD_BYTES];
    store_put_u32(key, word->slot);
    store_put_u32(row, word->into);
    store_put_u64(row + 4, (uint64_t)word->time_ms);
    memcpy(row + 12, word->key, KINSHIP_KEY_BYTES);
    tx_put(tx, TABLE_KIN, key, sizeof key, row, sizeof row);
}

void archive_load_words(struct kinship *kinship, struct tx *tx)
{
    struct cursor *cursor = cursor_open(tx, TABLE_KIN);
    struct slice key, row;
    const struct kin_move *moves;
    size_t count;
    kinship_clear(kinship);
    while (cursor_next(cursor, &key, &row)) {
        if (row.length != WORD_BYTES) {
            tx_fail(tx, STORE_DAMAGED);
            break;
        }
        struct kin_word word = {.slot = store_get_u32(key.bytes),
                                .into = store_get_u32(row.bytes),
                                .time_ms = (int64_t)store_get_u64(row.bytes + 4)};
        memcpy(word.key, row.bytes + 12, KINSHIP_KEY_BYTES);
        (void)kinship_hear(kinship, &word, &moves, &count);
    }
    cursor_close(&cursor);
}

void archive_drop_words(struct tx *tx, uint32_t slot)
{
    struct cursor *cursor = cursor_open(tx, TABLE_KIN);
    struct slice key, row;
    while (cursor_next(cursor, &key, &row))
        if (store_get_u32(key.bytes) == slot || (row.length == WORD_BYTES && store_get_u32(row.bytes) == slot))
            cursor_delete(cursor);
    cursor_close(&cursor);
}
