#include "services/ingest/mentions.h"

#include "services/ingest/state.h"

#include <string.h>

// 'w', the customer, a NUL, a hash of the text -> the kind and the text.
enum {
    WORD = 'w',
    ID_MAX = STORE_KEY_MAX - 2 - HASH_BYTES,
    TEXT_MAX = 1000, // names and addresses are shorter, by the rules of events
};

static size_t prefix_of(const char *customer_id, uint8_t *key)
{
    size_t length = strlen(customer_id);
    key[0] = WORD;
    memcpy(key + 1, customer_id, length + 1);
    return 2 + length;
}

void mentions_note(struct turn *turn, const char *customer_id, const char *text, enum unwrap_kind kind)
{
    uint8_t key[STORE_KEY_MAX], row[1 + TEXT_MAX];
    size_t length = strlen(text);
    if (length == 0 || length > TEXT_MAX || strlen(customer_id) > ID_MAX)
        return;
    size_t prefix = prefix_of(customer_id, key);
    row[0] = (uint8_t)kind;
    memcpy(row + 1, text, length);
    hash_content(row, 1 + length, key + prefix);
    tx_put(turn->tx, STATE_TABLE_ERASURE, key, prefix + HASH_BYTES, row, 1 + length);
}

// Gives up to so many texts, or deletes all rows where `ret_texts` is NULL.
static size_t walk(struct turn *turn, const char *customer_id, struct unwrap_text *ret_texts, size_t most)
{
    uint8_t prefix[STORE_KEY_MAX];
    struct slice key, row;
    size_t count = 0;
    if (strlen(customer_id) > ID_MAX)
        return 0;
    size_t length = prefix_of(customer_id, prefix);
    struct cursor *cursor = cursor_open(turn->tx, STATE_TABLE_ERASURE);
    bool more = cursor_seek(cursor, prefix, length, &key, &row);
    for (; more && key.length == length + HASH_BYTES && memcmp(key.bytes, prefix, length) == 0;
         more = cursor_next(cursor, &key, &row)) {
        if (ret_texts == NULL)
            cursor_delete(cursor);
        else if (count < most && row.length > 1)
            ret_texts[count++] = (struct unwrap_text){
                arena_text(turn->arena, (const char *)row.bytes + 1, row.length - 1), (enum unwrap_kind)row.bytes[0]};
    }
    cursor_close(&cursor);
    return count;
}

size_t mentions_of(struct turn *turn, const char *customer_id, struct unwrap_text ret_texts[MENTIONS_MAX])
{
    return walk(turn, customer_id, ret_texts, MENTIONS_MAX - 1);
}

void mentions_drop(struct turn *turn, const char *customer_id)
{
    (void)walk(turn, customer_id, NULL, 0);
}
