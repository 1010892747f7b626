#include "services/ingest/same.h"

#include "services/ingest/state.h"

#include <string.h>

// A row for each direction: a letter, the one id, a NUL, the other id -> the moment, and whether they are merged.
enum {
    ROW_BYTES = 9,
    ID_MAX = (STORE_KEY_MAX - 2) / 2,
    FORWARD = 'm',
    BACKWARD = 'r',
};

static size_t key_of(char direction, const char *left, const char *right, uint8_t *key)
{
    size_t length = strlen(left), rest = strlen(right);
    key[0] = (uint8_t)direction;
    memcpy(key + 1, left, length + 1);
    memcpy(key + 2 + length, right, rest);
    return 2 + length + rest;
}

static bool fits(const char *id)
{
    return id[0] != '\0' && strlen(id) <= ID_MAX;
}

void same_note(struct turn *turn, const char *customer, const char *other, int64_t time_ms, bool merged)
{
    uint8_t key[STORE_KEY_MAX], row[ROW_BYTES];
    struct slice known;
    if (!fits(customer) || !fits(other))
        return;
    size_t length = key_of(FORWARD, customer, other, key);
    if (tx_get(turn->tx, STATE_TABLE_SAME, key, length, &known) && (int64_t)store_get_u64(known.bytes) > time_ms)
        return;
    store_put_u64(row, (uint64_t)time_ms);
    row[8] = merged;
    tx_put(turn->tx, STATE_TABLE_SAME, key, length, row, sizeof row);
    length = key_of(BACKWARD, other, customer, key);
    tx_put(turn->tx, STATE_TABLE_SAME, key, length, row, sizeof row);
}

// Calls `visit` with each id that stands beside `id` in that direction.
typedef void visit_other(void *context, const uint8_t *other, size_t length, bool merged);
static void each(struct turn *turn, char direction, const char *id, visit_other *visit, void *context)
{
    uint8_t prefix[STORE_KEY_MAX];
    struct slice key, row;
    if (!fits(id))
        return;
    size_t length = key_of(direction, id, "", prefix);
    struct cursor *cursor = cursor_open(turn->tx, STATE_TABLE_SAME);
    bool more = cursor_seek(cursor, prefix, length, &key, &row);
    for (; more && key.length > length && memcmp(key.bytes, prefix, length) == 0;
         more = cursor_next(cursor, &key, &row))
        visit(context, key.bytes + length, key.length - length, row.length == ROW_BYTES && row.bytes[8] != 0);
    cursor_close(&cursor);
}

struct gathering {
    struct turn *turn;
    const char **ids;
    size_t count;
    bool all; // also those that were split again
};

static void gather(void *context, const uint8_t *other, size_t length, bool merged)
{
    struct gathering *all = context;
    if ((!merged && !all->all) || all->count == SAME_MAX)
        return;
    const char *id = arena_text(all->turn->arena, (const char *)other, length);
    for (size_t i = 0; i < all->count; i++)
        if (strcmp(all->ids[i], id) == 0)
            return;
    all->ids[all->count++] = id;
}

size_t same_as(struct turn *turn, const char *customer, const char **ret_ids)
{
    struct gathering all = {.turn = turn, .ids = ret_ids, .count = 1};
    ret_ids[0] = customer;
    for (size_t i = 0; i < all.count; i++) {
        each(turn, FORWARD, all.ids[i], gather, &all);
        each(turn, BACKWARD, all.ids[i], gather, &all);
    }
    return all.count;
}

static uint64_t drop(struct turn *turn, const char *customer, char direction, char back)
{
    const char *ids[SAME_MAX];
    uint8_t key[STORE_KEY_MAX];
    struct gathering all = {.turn = turn, .ids = ids, .all = true};
    each(turn, direction, customer, gather, &all);
    for (size_t i = 0; i < all.count; i++) {
        tx_delete(turn->tx, STATE_TABLE_SAME, key, key_of(direction, customer, ids[i], key));
        tx_delete(turn->tx, STATE_TABLE_SAME, key, key_of(back, ids[i], customer, key));
    }
    return all.count;
}

uint64_t same_erase(struct turn *turn, const char *customer)
{
    return fits(customer) ? drop(turn, customer, FORWARD, BACKWARD) + drop(turn, customer, BACKWARD, FORWARD) : 0;
}
