// The rows of the erasures under way, in the runtime's table: "erasure/" and the event's identity -> step, numbers, the
// customer's id, which from STEP_READY on is gone. "passed/" and the identity -> which processes have said it.
#include "common/eraser_state.h"

#include <string.h>

enum {
    PREFIX = 8,
    KEY_BYTES = PREFIX + HASH_BYTES,
    AT_STEP = 0,
    AT_THROUGH = 1,
    AT_NEXT = 9,
    AT_ROWS = 17,
    AT_TOMBSTONES = 25,
    AT_HEARD = 33,
    HEAD_BYTES = 41,
    SAID_PREFIX = 7,
    SAID_BYTES = SAID_PREFIX + HASH_BYTES,
};
static const char prefix[] = "erasure/", said_prefix[] = "passed/";
_Static_assert(sizeof prefix - 1 == PREFIX && sizeof said_prefix - 1 == SAID_PREFIX, "the keys' first bytes");

static void key_of(const uint8_t *identity, uint8_t *key)
{
    memcpy(key, prefix, PREFIX);
    memcpy(key + PREFIX, identity, HASH_BYTES);
}

void erasure_put(struct tx *tx, const struct erasure *erasure)
{
    uint8_t key[KEY_BYTES], row[HEAD_BYTES + ERASER_ID_MAX] = {0};
    size_t length = strlen(erasure->id);
    key_of(erasure->key, key);
    row[AT_STEP] = (uint8_t)erasure->step;
    store_put_u64(row + AT_THROUGH, erasure->through);
    store_put_u64(row + AT_NEXT, erasure->next);
    store_put_u64(row + AT_ROWS, erasure->rows);
    store_put_u64(row + AT_TOMBSTONES, erasure->tombstones);
    store_put_u64(row + AT_HEARD, (uint64_t)erasure->heard_ms);
    memcpy(row + HEAD_BYTES, erasure->id, length);
    tx_put(tx, STORE_TABLE_META, key, sizeof key, row, HEAD_BYTES + length);
}

void erasure_delete(struct tx *tx, const struct erasure *erasure)
{
    uint8_t key[KEY_BYTES];
    key_of(erasure->key, key);
    tx_delete(tx, STORE_TABLE_META, key, sizeof key);
}

static bool read_row(struct tx *tx, const uint8_t *identity, const struct slice *row, struct erasure *ret)
{
    if (row->length < HEAD_BYTES || row->length > HEAD_BYTES + ERASER_ID_MAX) {
        tx_fail(tx, STORE_DAMAGED);
        return false;
    }
    size_t length = row->length - HEAD_BYTES;
    ret->step = (enum erasure_step)row->bytes[AT_STEP];
    ret->through = store_get_u64(row->bytes + AT_THROUGH);
    ret->next = store_get_u64(row->bytes + AT_NEXT);
    ret->rows = store_get_u64(row->bytes + AT_ROWS);
    ret->tombstones = store_get_u64(row->bytes + AT_TOMBSTONES);
    ret->heard_ms = (int64_t)store_get_u64(row->bytes + AT_HEARD);
    memcpy(ret->key, identity, HASH_BYTES);
    memcpy(ret->id, row->bytes + HEAD_BYTES, length);
    ret->id[length] = '\0';
    return true;
}

bool erasure_get(struct tx *tx, const uint8_t *identity, struct erasure *ret_erasure)
{
    uint8_t key[KEY_BYTES];
    struct slice row;
    key_of(identity, key);
    return tx_get(tx, STORE_TABLE_META, key, sizeof key, &row) && read_row(tx, identity, &row, ret_erasure);
}

void erasure_each(struct tx *tx, bool (*visit)(void *context, const struct erasure *erasure), void *context)
{
    struct slice key, row;
    struct erasure erasure;
    struct cursor *cursor = cursor_open(tx, STORE_TABLE_META);
    bool more = cursor_seek(cursor, prefix, PREFIX, &key, &row);
    while (more && key.length == KEY_BYTES && memcmp(key.bytes, prefix, PREFIX) == 0)
        more = read_row(tx, key.bytes + PREFIX, &row, &erasure) && visit(context, &erasure) &&
               cursor_next(cursor, &key, &row);
    cursor_close(&cursor);
}

static void said_key(const uint8_t *identity, uint8_t *key)
{
    memcpy(key, said_prefix, SAID_PREFIX);
    memcpy(key + SAID_PREFIX, identity, HASH_BYTES);
}

uint64_t erasure_said(struct tx *tx, const uint8_t *identity)
{
    uint8_t key[SAID_BYTES];
    struct slice row;
    said_key(identity, key);
    return tx_get(tx, STORE_TABLE_META, key, sizeof key, &row) && row.length == 8 ? store_get_u64(row.bytes) : 0;
}

void erasure_note_said(struct tx *tx, const uint8_t *identity, uint64_t said)
{
    uint8_t key[SAID_BYTES], row[8];
    said_key(identity, key);
    store_put_u64(row, said);
    tx_put(tx, STORE_TABLE_META, key, sizeof key, row, sizeof row);
}
