#include "services/scoring/said.h"

#include "common/must.h"
#include "services/scoring/standing.h"

#include <stdlib.h>
#include <string.h>

enum {
    BLOCK_KEY = 4,
    LOG_KEY = 8,
    VALUE_BYTES = DIMENSION_ROOM + 8,
    BLOCK_BYTES = SAID_BLOCK * VALUE_BYTES,
    ENTRY_BYTES = 4 + VALUE_BYTES,
    NOTED_FIRST = 256,
};

// Behind all blocks.
#define LOG_FIRST (UINT64_C(1) << 63)

void said_start(struct said *said, unsigned table)
{
    *said = (struct said){.table = table, .first = LOG_FIRST, .next = LOG_FIRST, .cycle = LOG_FIRST, .done = LOG_FIRST};
}

void said_clear(struct said *said)
{
    free(said->noted);
    said_start(said, said->table);
}

void said_note(struct said *said, uint32_t slot)
{
    if (said->count == said->room) {
        said->room = said->room == 0 ? NOTED_FIRST : said->room * 2;
        said->noted = realloc(said->noted, said->room * sizeof *said->noted);
        must(said->noted != NULL);
    }
    said->noted[said->count++] = slot;
    if (slot >= said->slots)
        said->slots = slot + 1;
}

static void put_value(const struct column *standings, uint32_t slot, uint8_t *at)
{
    const struct standing *standing = column_get(standings, slot);
    if (standing == NULL) {
        memset(at, 0, VALUE_BYTES);
        return;
    }
    memcpy(at, standing->said, DIMENSION_ROOM);
    store_put_u64(at + DIMENSION_ROOM, standing->told);
}

// Returns how many rows.
static uint64_t append_log(struct said *said, struct tx *tx, const struct column *standings)
{
    uint64_t before = said->next;
    uint8_t key[LOG_KEY], row[SAID_LOG_MOST * ENTRY_BYTES];
    for (uint32_t from = 0; from < said->count; from += SAID_LOG_MOST) {
        uint8_t *at = row;
        for (uint32_t i = from; i < said->count && i < from + SAID_LOG_MOST; i++, at += ENTRY_BYTES) {
            store_put_u32(at, said->noted[i]);
            put_value(standings, said->noted[i], at + 4);
        }
        store_put_u64(key, said->next++);
        tx_append(tx, said->table, key, sizeof key, row, (size_t)(at - row));
    }
    return said->next - before;
}

static void write_block(const struct said *said, struct tx *tx, const struct column *standings, uint32_t block)
{
    uint8_t key[BLOCK_KEY], row[BLOCK_BYTES];
    for (uint32_t i = 0; i < SAID_BLOCK; i++)
        put_value(standings, block * SAID_BLOCK + i, row + (size_t)i * VALUE_BYTES);
    store_put_u32(key, block);
    tx_put(tx, said->table, key, sizeof key, row, sizeof row);
}

static void sweep_on(struct said *said, struct tx *tx, const struct column *standings)
{
    for (; said->owed >= SAID_BLOCK; said->owed -= SAID_BLOCK) {
        write_block(said, tx, standings, said->sweep++);
        if (said->sweep * SAID_BLOCK < said->slots)
            continue;
        said->done = said->cycle;
        said->cycle = said->next;
        said->sweep = 0;
    }
}

void said_write(struct said *said, struct tx *tx, const struct column *standings)
{
    if (said->count == 0)
        return;
    uint64_t most = append_log(said, tx, standings) * 2; // it grows shorter than it was after a sweep
    said->owed += said->count;
    sweep_on(said, tx, standings);
    said->count = 0;
    for (; most > 0 && said->first < said->done; most--) {
        uint8_t key[LOG_KEY];
        store_put_u64(key, said->first++);
        (void)tx_delete(tx, said->table, key, sizeof key);
    }
}

static void set_value(struct said *said, uint32_t slot, const uint8_t *value, struct column *values)
{
    struct standing *standing = column_at(values, slot);
    memcpy(standing->said, value, DIMENSION_ROOM);
    standing->told = store_get_u64(value + DIMENSION_ROOM);
    if (slot >= said->slots)
        said->slots = slot + 1;
}

static bool read_block(struct said *said, const struct slice *key, const struct slice *row, struct column *values)
{
    if (key->length != BLOCK_KEY || row->length != BLOCK_BYTES)
        return false;
    for (uint32_t i = 0; i < SAID_BLOCK; i++)
        set_value(said, store_get_u32(key->bytes) * SAID_BLOCK + i, row->bytes + (size_t)i * VALUE_BYTES, values);
    return true;
}

static bool read_log(struct said *said, const struct slice *key, const struct slice *row, struct column *values)
{
    if (row->length % ENTRY_BYTES != 0)
        return false;
    if (said->next == LOG_FIRST)
        said->first = store_get_u64(key->bytes);
    said->next = store_get_u64(key->bytes) + 1;
    for (size_t at = 0; at < row->length; at += ENTRY_BYTES)
        set_value(said, store_get_u32(row->bytes + at), row->bytes + at + 4, values);
    return true;
}

void said_load(struct said *said, struct tx *tx, struct column *ret_values)
{
    said_clear(said);
    column_start(ret_values, sizeof(struct standing));
    struct cursor *cursor = cursor_open(tx, said->table);
    struct slice key, row;
    while (cursor_next(cursor, &key, &row)) {
        if (key.length == LOG_KEY ? read_log(said, &key, &row, ret_values) : read_block(said, &key, &row, ret_values))
            continue;
        tx_fail(tx, STORE_DAMAGED);
        break;
    }
    cursor_close(&cursor);
    said->cycle = said->next; // a sweep from the first block on makes up for all of the log
    said->done = said->first;
}
