#include "services/ingest/same.h"

#include "common/hash.h"
#include "services/ingest/state.h"

#include <string.h>

// A row for each direction: a letter, the one id, a NUL, the other id -> the moment, and whether they are merged.
enum {
    ROW_BYTES = 9,
    ID_MAX = (STORE_KEY_MAX - 2) / 2,
    FORWARD = 'm',
    BACKWARD = 'r',
    FIRST_ROOM = 16,
    CHAIN_MAX = 256, // merges of one into the next that are followed
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

// Ids, each once. A slot holds the number of an id from 1, at the place of its hash or the next free one.
struct gathering {
    struct turn *turn;
    const char **ids;
    uint32_t *slots;
    size_t count, room; // there are twice as many slots as there is room: a power of two
    bool all;           // also those that were split again
};

static uint32_t *slot_of(const struct gathering *all, const char *id)
{
    size_t mask = 2 * all->room - 1, at = (size_t)hash_short(id, strlen(id)) & mask;
    while (all->slots[at] != 0 && strcmp(all->ids[all->slots[at] - 1], id) != 0)
        at = (at + 1) & mask;
    return &all->slots[at];
}

static void make_room(struct gathering *all)
{
    size_t room = all->room > 0 ? 2 * all->room : FIRST_ROOM;
    const char **ids = arena_take(all->turn->arena, room * sizeof *ids);
    if (all->count > 0)
        memcpy(ids, all->ids, all->count * sizeof *ids);
    all->ids = ids;
    all->slots = arena_zero(all->turn->arena, 2 * room, sizeof *all->slots);
    all->room = room;
    for (size_t i = 0; i < all->count; i++)
        *slot_of(all, ids[i]) = (uint32_t)i + 1;
}

static void add(struct gathering *all, const char *id)
{
    if (all->count == all->room)
        make_room(all);
    uint32_t *slot = slot_of(all, id);
    if (*slot != 0)
        return;
    all->ids[all->count++] = id;
    *slot = (uint32_t)all->count;
}

static void gather(void *context, const uint8_t *other, size_t length, bool merged)
{
    struct gathering *all = context;
    if (merged || all->all)
        add(all, arena_text(all->turn->arena, (const char *)other, length));
}

size_t same_as(struct turn *turn, const char *customer, const char *const **ret_ids)
{
    struct gathering all = {.turn = turn};
    add(&all, customer);
    for (size_t i = 0; i < all.count; i++) {
        each(turn, FORWARD, all.ids[i], gather, &all);
        each(turn, BACKWARD, all.ids[i], gather, &all);
    }
    *ret_ids = all.ids;
    return all.count;
}

// The newest word about whom the customer is part of. False: it is part of nobody.
static bool newest_into(struct turn *turn, const char *customer, const char **ret_into)
{
    uint8_t prefix[STORE_KEY_MAX];
    struct slice key, row;
    int64_t newest_ms = INT64_MIN;
    bool merged = false;
    if (!fits(customer))
        return false;
    size_t length = key_of(BACKWARD, customer, "", prefix);
    struct cursor *cursor = cursor_open(turn->tx, STATE_TABLE_SAME);
    bool more = cursor_seek(cursor, prefix, length, &key, &row);
    for (; more && key.length > length && memcmp(key.bytes, prefix, length) == 0;
         more = cursor_next(cursor, &key, &row)) {
        if (row.length != ROW_BYTES || (int64_t)store_get_u64(row.bytes) < newest_ms)
            continue;
        newest_ms = (int64_t)store_get_u64(row.bytes);
        merged = row.bytes[8] != 0;
        *ret_into = arena_text(turn->arena, (const char *)key.bytes + length, key.length - length);
    }
    cursor_close(&cursor);
    return merged;
}

const char *same_main(struct turn *turn, const char *customer)
{
    const char *into;
    for (int steps = 0; steps < CHAIN_MAX && newest_into(turn, customer, &into); steps++)
        customer = into;
    return customer;
}

static bool look(struct turn *turn, const char *customer, const char *other, int64_t *ret_time_ms, bool *ret_merged)
{
    uint8_t key[STORE_KEY_MAX];
    struct slice row;
    if (!fits(customer) || !fits(other) ||
        !tx_get(turn->tx, STATE_TABLE_SAME, key, key_of(FORWARD, customer, other, key), &row) ||
        row.length != ROW_BYTES)
        return false;
    *ret_time_ms = (int64_t)store_get_u64(row.bytes);
    *ret_merged = row.bytes[8] != 0;
    return true;
}

bool same_split(struct turn *turn, const char *one, const char *other)
{
    int64_t time_ms, back_ms;
    bool merged = false, back = false;
    bool known = look(turn, one, other, &time_ms, &merged), turned = look(turn, other, one, &back_ms, &back);
    return (known && !merged) || (turned && !back);
}

bool same_time(struct turn *turn, const char *customer, const char *other, int64_t *ret_time_ms)
{
    bool merged;
    return look(turn, customer, other, ret_time_ms, &merged);
}

static uint64_t drop(struct turn *turn, const char *customer, char direction, char back)
{
    uint8_t key[STORE_KEY_MAX];
    struct gathering all = {.turn = turn, .all = true};
    each(turn, direction, customer, gather, &all);
    for (size_t i = 0; i < all.count; i++) {
        tx_delete(turn->tx, STATE_TABLE_SAME, key, key_of(direction, customer, all.ids[i], key));
        tx_delete(turn->tx, STATE_TABLE_SAME, key, key_of(back, all.ids[i], customer, key));
    }
    return all.count;
}

uint64_t same_erase(struct turn *turn, const char *customer)
{
    return fits(customer) ? drop(turn, customer, FORWARD, BACKWARD) + drop(turn, customer, BACKWARD, FORWARD) : 0;
}
