#include "services/ingest/same.h"

#include "common/hash.h"
#include "services/ingest/state.h"

#include <string.h>

// A row for each direction: a letter, the one id, a NUL, the other id -> the moment, whether they are merged, and the
// event's identity; rows of older stores end before that, which counts as the least.
enum {
    ROW_BYTES = 9 + HASH_BYTES,
    OLD_ROW_BYTES = 9,
    ID_MAX = (STORE_KEY_MAX - 2) / 2,
    FORWARD = 'm',
    BACKWARD = 'r',
    FIRST_ROOM = 16,
};

// What an event said of two customers.
struct word {
    const char *into; // in the arena; only where it is asked for whom the customer is part of
    int64_t time_ms;
    bool merged;
    uint8_t key[HASH_BYTES];
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

static bool read_word(const struct slice *row, struct word *ret_word)
{
    if (row->length != ROW_BYTES && row->length != OLD_ROW_BYTES)
        return false;
    *ret_word = (struct word){.time_ms = (int64_t)store_get_u64(row->bytes), .merged = row->bytes[8] != 0};
    if (row->length == ROW_BYTES)
        memcpy(ret_word->key, row->bytes + OLD_ROW_BYTES, HASH_BYTES);
    return true;
}

static bool is_newer(const struct word *word, const struct word *than)
{
    if (word->time_ms != than->time_ms)
        return word->time_ms > than->time_ms;
    return memcmp(word->key, than->key, HASH_BYTES) > 0;
}

void same_note(struct turn *turn, const char *customer, const char *other, const struct same_word *said)
{
    uint8_t key[STORE_KEY_MAX], row[ROW_BYTES];
    struct slice known;
    struct word word = {.time_ms = said->time_ms, .merged = said->merged}, was;
    if (!fits(customer) || !fits(other) || strcmp(customer, other) == 0)
        return;
    memcpy(word.key, said->key, HASH_BYTES);
    size_t length = key_of(FORWARD, customer, other, key);
    if (tx_get(turn->tx, STATE_TABLE_SAME, key, length, &known) && read_word(&known, &was) && is_newer(&was, &word))
        return;
    store_put_u64(row, (uint64_t)word.time_ms);
    row[8] = word.merged;
    memcpy(row + OLD_ROW_BYTES, word.key, HASH_BYTES);
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
        visit(context, key.bytes + length, key.length - length, row.length > 8 && row.bytes[8] != 0);
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

// The newest word of all about the customer. False: it is part of nobody.
static bool newest(struct turn *turn, const char *customer, struct word *ret_word)
{
    uint8_t prefix[STORE_KEY_MAX];
    struct slice key, row;
    struct word word;
    bool found = false;
    if (!fits(customer))
        return false;
    size_t length = key_of(BACKWARD, customer, "", prefix);
    struct cursor *cursor = cursor_open(turn->tx, STATE_TABLE_SAME);
    bool more = cursor_seek(cursor, prefix, length, &key, &row);
    for (; more && key.length > length && memcmp(key.bytes, prefix, length) == 0;
         more = cursor_next(cursor, &key, &row)) {
        if (!read_word(&row, &word) || (found && !is_newer(&word, ret_word)))
            continue;
        found = true;
        *ret_word = word;
        ret_word->into = arena_text(turn->arena, (const char *)key.bytes + length, key.length - length);
    }
    cursor_close(&cursor);
    return found && ret_word->merged;
}

size_t same_as(struct turn *turn, const char *customer, const char *const **ret_ids)
{
    struct gathering all = {.turn = turn};
    struct word word;
    add(&all, customer);
    for (size_t i = 0; i < all.count; i++) {
        struct gathering parts = {.turn = turn};
        const char *one = all.ids[i];
        if (newest(turn, one, &word))
            add(&all, word.into);
        each(turn, FORWARD, one, gather, &parts);
        for (size_t j = 0; j < parts.count; j++)
            if (newest(turn, parts.ids[j], &word) && strcmp(word.into, one) == 0)
                add(&all, parts.ids[j]);
    }
    *ret_ids = all.ids;
    return all.count;
}

// Of those who are part of one another in a ring, from the one at `from` on, who was merged first.
static const char *first_of_ring(const struct gathering *chain, size_t from)
{
    struct word oldest, word;
    const char *first = NULL;
    for (size_t i = from; i < chain->count; i++)
        if (newest(chain->turn, chain->ids[i], &word) && (first == NULL || is_newer(&oldest, &word))) {
            first = chain->ids[i];
            oldest = word;
        }
    return first;
}

const char *same_main(struct turn *turn, const char *customer)
{
    struct gathering chain = {.turn = turn};
    struct word word;
    add(&chain, customer);
    for (size_t i = 0; i < chain.count; i++) {
        if (!newest(turn, chain.ids[i], &word))
            return chain.ids[i];
        add(&chain, word.into);
        if (chain.count == i + 1) // it is in the chain already
            return first_of_ring(&chain, *slot_of(&chain, word.into) - 1);
    }
    return customer;
}

static bool look(struct turn *turn, const char *customer, const char *other, struct word *ret_word)
{
    uint8_t key[STORE_KEY_MAX];
    struct slice row;
    return fits(customer) && fits(other) &&
           tx_get(turn->tx, STATE_TABLE_SAME, key, key_of(FORWARD, customer, other, key), &row) &&
           read_word(&row, ret_word);
}

bool same_split(struct turn *turn, const char *one, const char *other)
{
    struct word word, back;
    return (look(turn, one, other, &word) && !word.merged) || (look(turn, other, one, &back) && !back.merged);
}

bool same_time(struct turn *turn, const char *customer, const char *other, int64_t *ret_time_ms)
{
    struct word word;
    if (!look(turn, customer, other, &word))
        return false;
    *ret_time_ms = word.time_ms;
    return true;
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
