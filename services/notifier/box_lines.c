// Timers, lines and flights of the box.
#include "services/notifier/box.h"

#include "common/must.h"
#include "services/notifier/box_row.h"

#include <string.h>

static size_t due_key(const struct due *due, uint8_t *ret_key)
{
    size_t length = strlen(due->name);
    must(length <= BOX_NAME_MAX && due->time_ms >= 0);
    store_put_u64(ret_key, (uint64_t)due->time_ms);
    ret_key[ROW_TIME_BYTES] = (uint8_t)due->kind;
    memcpy(ret_key + ROW_TIME_BYTES + 1, due->name, length);
    return ROW_TIME_BYTES + 1 + length;
}

void box_due_put(struct turn *turn, const struct due *due)
{
    uint8_t key[ROW_TIME_BYTES + 1 + BOX_NAME_MAX];
    size_t length = due_key(due, key);
    tx_put(turn->tx, row_place(DUE), key, length, "", 0);
}

void box_due_delete(struct turn *turn, const struct due *due)
{
    uint8_t key[ROW_TIME_BYTES + 1 + BOX_NAME_MAX];
    size_t length = due_key(due, key);
    tx_delete(turn->tx, row_place(DUE), key, length);
}

bool box_due_has(struct turn *turn, const struct due *due)
{
    uint8_t key[ROW_TIME_BYTES + 1 + BOX_NAME_MAX];
    struct slice value;
    return tx_get(turn->tx, row_place(DUE), key, due_key(due, key), &value);
}

static void read_due(struct turn *turn, const struct slice *key, struct due *ret_due)
{
    ret_due->time_ms = (int64_t)store_get_u64(key->bytes);
    ret_due->kind = (enum due_kind)key->bytes[ROW_TIME_BYTES];
    ret_due->name =
        arena_text(turn->arena, (const char *)key->bytes + ROW_TIME_BYTES + 1, key->length - ROW_TIME_BYTES - 1);
}

bool box_due_first(struct turn *turn, struct due *ret_due)
{
    struct cursor *cursor = cursor_open(turn->tx, row_place(DUE));
    struct slice key, value;
    bool found = cursor_seek(cursor, "\0", 1, &key, &value) && key.length > ROW_TIME_BYTES;
    if (found)
        read_due(turn, &key, ret_due);
    cursor_close(&cursor);
    return found;
}

bool box_due_next(struct turn *turn, struct due *due)
{
    uint8_t start[ROW_TIME_BYTES + 1 + BOX_NAME_MAX];
    size_t length = due_key(due, start);
    struct cursor *cursor = cursor_open(turn->tx, row_place(DUE));
    struct slice key, value;
    bool found = cursor_seek(cursor, start, length, &key, &value);
    if (found && key.length == length && memcmp(key.bytes, start, length) == 0)
        found = cursor_next(cursor, &key, &value);
    found = found && key.length > ROW_TIME_BYTES;
    if (found)
        read_due(turn, &key, due);
    cursor_close(&cursor);
    return found;
}

enum { QUEUE_KEY_BYTES = 2 * ROW_TIME_BYTES + BOX_ID_LENGTH };

static void queue_key(const char *channel, int64_t queued_ms, const char *id, uint8_t *ret_key)
{
    memset(ret_key, 0, QUEUE_KEY_BYTES);
    store_put_u64(ret_key, channel[0] == '\0' ? 0 : hash_short(channel, strlen(channel)));
    store_put_u64(ret_key + ROW_TIME_BYTES, (uint64_t)queued_ms);
    memcpy(ret_key + 2 * ROW_TIME_BYTES, id, strlen(id));
}

void box_queue_put(struct turn *turn, const char *channel, int64_t queued_ms, const char *id)
{
    uint8_t key[QUEUE_KEY_BYTES];
    queue_key(channel, queued_ms, id, key);
    tx_put(turn->tx, row_place(QUEUE), key, sizeof key, "", 0);
}

void box_queue_delete(struct turn *turn, const char *channel, int64_t queued_ms, const char *id)
{
    uint8_t key[QUEUE_KEY_BYTES];
    queue_key(channel, queued_ms, id, key);
    tx_delete(turn->tx, row_place(QUEUE), key, sizeof key);
}

bool box_queue_has(struct turn *turn, const char *channel, int64_t queued_ms, const char *id)
{
    uint8_t key[QUEUE_KEY_BYTES];
    struct slice value;
    queue_key(channel, queued_ms, id, key);
    return tx_get(turn->tx, row_place(QUEUE), key, sizeof key, &value);
}

// The next one of the channel in such a table, behind (time_ms, id), which is moved to it.
static bool next_in_line(struct turn *turn, enum table table, const char *channel, int64_t *time_ms, char *id,
                         struct slice *ret_value)
{
    uint8_t start[QUEUE_KEY_BYTES];
    queue_key(channel, *time_ms, id, start);
    struct cursor *cursor = cursor_open(turn->tx, row_place(table));
    struct slice key;
    bool found = cursor_seek(cursor, start, sizeof start, &key, ret_value);
    if (found && key.length == sizeof start && memcmp(key.bytes, start, sizeof start) == 0)
        found = cursor_next(cursor, &key, ret_value);
    found = found && key.length == sizeof start && memcmp(key.bytes, start, ROW_TIME_BYTES) == 0;
    if (found) {
        *time_ms = (int64_t)store_get_u64(key.bytes + ROW_TIME_BYTES);
        memcpy(id, key.bytes + 2 * ROW_TIME_BYTES, BOX_ID_LENGTH);
        id[BOX_ID_LENGTH] = '\0';
    }
    cursor_close(&cursor);
    return found;
}

bool box_queue_next(struct turn *turn, const char *channel, int64_t *queued_ms, char *id)
{
    struct slice value;
    return next_in_line(turn, QUEUE, channel, queued_ms, id, &value);
}

void box_amend_put(struct turn *turn, const char *channel, int64_t time_ms, const char *id, unsigned tries)
{
    uint8_t key[QUEUE_KEY_BYTES], row[2];
    queue_key(channel, time_ms, id, key);
    store_put_u16(row, (uint16_t)tries);
    tx_put(turn->tx, row_place(AMEND), key, sizeof key, row, sizeof row);
}

void box_amend_delete(struct turn *turn, const char *channel, int64_t time_ms, const char *id)
{
    uint8_t key[QUEUE_KEY_BYTES];
    queue_key(channel, time_ms, id, key);
    tx_delete(turn->tx, row_place(AMEND), key, sizeof key);
}

bool box_amend_next(struct turn *turn, const char *channel, int64_t *time_ms, char *id, unsigned *ret_tries)
{
    struct slice value;
    if (!next_in_line(turn, AMEND, channel, time_ms, id, &value))
        return false;
    *ret_tries = value.length == 2 ? store_get_u16(value.bytes) : 0;
    return true;
}

void box_flight_put(struct turn *turn, const char *id)
{
    tx_put(turn->tx, row_place(FLIGHT), id, BOX_ID_LENGTH, "", 0);
}

void box_flight_delete(struct turn *turn, const char *id)
{
    tx_delete(turn->tx, row_place(FLIGHT), id, BOX_ID_LENGTH);
}

bool box_flight_has(struct turn *turn, const char *id)
{
    struct slice value;
    return tx_get(turn->tx, row_place(FLIGHT), id, BOX_ID_LENGTH, &value);
}

bool box_flight_next(struct turn *turn, char *id)
{
    size_t length = strlen(id);
    struct cursor *cursor = cursor_open(turn->tx, row_place(FLIGHT));
    struct slice key, value;
    bool found = cursor_seek(cursor, id, length > 0 ? length : 1, &key, &value); // an empty text still has its NUL
    if (found && length > 0 && key.length == length && memcmp(key.bytes, id, length) == 0)
        found = cursor_next(cursor, &key, &value);
    found = found && key.length == BOX_ID_LENGTH;
    if (found) {
        memcpy(id, key.bytes, BOX_ID_LENGTH);
        id[BOX_ID_LENGTH] = '\0';
    }
    cursor_close(&cursor);
    return found;
}
