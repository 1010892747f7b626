#include "services/ingest/joinrows.h"

#include "services/ingest/state.h"

#include <string.h>

// 'c', the customer, a NUL, the source -> time, first, each value; 'v', a value, the customer -> nothing; 'j', the
// customer, a NUL, the other -> time; 't' and 'u' -> a sequence number. 'g' and 'h' are rows of guests.c.
enum {
    CUSTOMER = 'c',
    VALUE = 'v',
    JOINED = 'j',
    VALUE_BYTES = 1 + HASH_BYTES,
    HEAD_BYTES = 16,
    ROW_MAX = HEAD_BYTES + JOIN_VALUES_MAX * VALUE_BYTES,
    ID_MAX = (STORE_KEY_MAX - 2) / 2,
};

static bool fits(const char *id)
{
    return id[0] != '\0' && strlen(id) <= ID_MAX;
}

static size_t pair_key(char kind, const char *left, const char *right, uint8_t *key)
{
    size_t length = strlen(left), rest = strlen(right);
    key[0] = (uint8_t)kind;
    memcpy(key + 1, left, length + 1);
    memcpy(key + 2 + length, right, rest);
    return 2 + length + rest;
}

static size_t value_key(const struct join_value *value, const char *customer, uint8_t *key)
{
    size_t length = strlen(customer);
    key[0] = VALUE;
    key[1] = value->kind;
    memcpy(key + 2, value->hash, HASH_BYTES);
    memcpy(key + 1 + VALUE_BYTES, customer, length);
    return 1 + VALUE_BYTES + length;
}

void joinrows_value(const struct turn *turn, unsigned kind, const char *value, struct join_value *ret_value)
{
    uint8_t salt[JOURNAL_ID_BYTES + 1];
    memcpy(salt, turn->journal->id, JOURNAL_ID_BYTES);
    salt[JOURNAL_ID_BYTES] = (uint8_t)kind;
    ret_value->kind = (uint8_t)kind;
    hash_pair(salt, sizeof salt, value, strlen(value), ret_value->hash);
}

static void read_row(const struct slice *bytes, struct join_row *row)
{
    row->count = 0;
    if (bytes->length < HEAD_BYTES)
        return;
    row->time_ms = (int64_t)store_get_u64(bytes->bytes);
    row->first = store_get_u64(bytes->bytes + 8);
    for (size_t at = HEAD_BYTES; at + VALUE_BYTES <= bytes->length && row->count < JOIN_VALUES_MAX; at += VALUE_BYTES) {
        row->values[row->count].kind = bytes->bytes[at];
        memcpy(row->values[row->count++].hash, bytes->bytes + at + 1, HASH_BYTES);
    }
}

size_t joinrows_get(struct turn *turn, const char *customer, struct join_row ret_rows[JOIN_SOURCES_MAX])
{
    uint8_t prefix[STORE_KEY_MAX];
    struct slice key, bytes;
    size_t count = 0;
    if (!fits(customer))
        return 0;
    size_t length = pair_key(CUSTOMER, customer, "", prefix);
    struct cursor *cursor = cursor_open(turn->tx, STATE_TABLE_JOIN);
    bool more = cursor_seek(cursor, prefix, length, &key, &bytes);
    for (; more && key.length > length && memcmp(key.bytes, prefix, length) == 0 && count < JOIN_SOURCES_MAX;
         more = cursor_next(cursor, &key, &bytes)) {
        read_row(&bytes, &ret_rows[count]);
        ret_rows[count++].source = arena_text(turn->arena, (const char *)key.bytes + length, key.length - length);
    }
    cursor_close(&cursor);
    return count;
}

static bool has(const struct join_row *row, const struct join_value *value)
{
    for (size_t i = 0; i < row->count; i++)
        if (row->values[i].kind == value->kind && memcmp(row->values[i].hash, value->hash, HASH_BYTES) == 0)
            return true;
    return false;
}

// What no source shows of the customer any more.
static void drop_values(struct turn *turn, const char *customer, const struct join_row *was)
{
    struct join_row rows[JOIN_SOURCES_MAX];
    uint8_t key[STORE_KEY_MAX];
    size_t count = joinrows_get(turn, customer, rows);
    for (size_t i = 0; i < was->count; i++) {
        bool kept = false;
        for (size_t j = 0; !kept && j < count; j++)
            kept = has(&rows[j], &was->values[i]);
        if (!kept)
            (void)tx_delete(turn->tx, STATE_TABLE_JOIN, key, value_key(&was->values[i], customer, key));
    }
}

bool joinrows_put(struct turn *turn, const char *customer, struct join_row *row, bool both)
{
    uint8_t key[STORE_KEY_MAX], bytes[ROW_MAX];
    struct join_row was = {.count = 0};
    struct slice known;
    if (!fits(customer) || !fits(row->source))
        return false;
    size_t length = pair_key(CUSTOMER, customer, row->source, key);
    if (tx_get(turn->tx, STATE_TABLE_JOIN, key, length, &known)) {
        read_row(&known, &was);
        if (was.time_ms > row->time_ms)
            return false;
        row->first = was.first;
    } else if (!both && row->count == 0) {
        return true;
    }
    store_put_u64(bytes, (uint64_t)row->time_ms);
    store_put_u64(bytes + 8, row->first);
    for (size_t i = 0; i < row->count; i++) {
        bytes[HEAD_BYTES + i * VALUE_BYTES] = row->values[i].kind;
        memcpy(bytes + HEAD_BYTES + i * VALUE_BYTES + 1, row->values[i].hash, HASH_BYTES);
    }
    tx_put(turn->tx, STATE_TABLE_JOIN, key, length, bytes, HEAD_BYTES + row->count * VALUE_BYTES);
    for (size_t i = 0; both && i < row->count; i++)
        tx_put(turn->tx, STATE_TABLE_JOIN, key, value_key(&row->values[i], customer, key), "", 1);
    drop_values(turn, customer, &was);
    return true;
}

size_t joinrows_having(struct turn *turn, const struct join_value *value, const char **ret_customers, size_t most)
{
    uint8_t prefix[STORE_KEY_MAX];
    struct slice key, bytes;
    size_t count = 0, length = value_key(value, "", prefix);
    struct cursor *cursor = cursor_open(turn->tx, STATE_TABLE_JOIN);
    bool more = cursor_seek(cursor, prefix, length, &key, &bytes);
    for (; more && count < most && key.length > length && memcmp(key.bytes, prefix, length) == 0;
         more = cursor_next(cursor, &key, &bytes))
        ret_customers[count++] = arena_text(turn->arena, (const char *)key.bytes + length, key.length - length);
    cursor_close(&cursor);
    return count;
}

bool joinrows_next(struct turn *turn, const struct join_value *after, struct join_value *ret_value)
{
    uint8_t from[STORE_KEY_MAX] = {VALUE};
    struct slice key, bytes;
    size_t length = 1;
    if (after != NULL) {
        length = value_key(after, "", from);
        from[length++] = 0xff; // behind every id, which is UTF-8
    }
    struct cursor *cursor = cursor_open(turn->tx, STATE_TABLE_JOIN);
    bool found =
        cursor_seek(cursor, from, length, &key, &bytes) && key.length > 1 + VALUE_BYTES && key.bytes[0] == VALUE;
    if (found) {
        ret_value->kind = key.bytes[1];
        memcpy(ret_value->hash, key.bytes + 2, HASH_BYTES);
    }
    cursor_close(&cursor);
    return found;
}

static const char both_key[] = "t", once_key[] = "u";

uint64_t joinrows_through(struct turn *turn, bool both)
{
    uint64_t once = tx_get_number(turn->tx, STATE_TABLE_JOIN, once_key, 0);
    uint64_t through = both ? tx_get_number(turn->tx, STATE_TABLE_JOIN, both_key, 0) : once;
    return through < once ? through : once;
}

void joinrows_set_through(struct turn *turn, bool both, uint64_t seq)
{
    tx_put_number(turn->tx, STATE_TABLE_JOIN, once_key, seq);
    if (both)
        tx_put_number(turn->tx, STATE_TABLE_JOIN, both_key, seq);
}

void joinrows_note(struct turn *turn, const char *customer, const char *other, int64_t time_ms)
{
    uint8_t key[STORE_KEY_MAX], row[8];
    store_put_u64(row, (uint64_t)time_ms);
    if (fits(customer) && fits(other))
        tx_put(turn->tx, STATE_TABLE_JOIN, key, pair_key(JOINED, customer, other, key), row, sizeof row);
}

bool joinrows_noted(struct turn *turn, const char *customer, const char *other, int64_t *ret_time_ms)
{
    uint8_t key[STORE_KEY_MAX];
    struct slice row;
    if (!fits(customer) || !fits(other) ||
        !tx_get(turn->tx, STATE_TABLE_JOIN, key, pair_key(JOINED, customer, other, key), &row) || row.length != 8)
        return false;
    *ret_time_ms = (int64_t)store_get_u64(row.bytes);
    return true;
}

// Of the rows of one kind those that name the customer on either side.
static uint64_t drop_joined(struct turn *turn, const char *customer)
{
    static const uint8_t first = JOINED;
    struct slice key, bytes;
    uint64_t rows = 0;
    size_t length = strlen(customer);
    struct cursor *cursor = cursor_open(turn->tx, STATE_TABLE_JOIN);
    bool more = cursor_seek(cursor, &first, 1, &key, &bytes);
    for (; more && key.bytes[0] == JOINED; more = cursor_next(cursor, &key, &bytes)) {
        const char *left = (const char *)key.bytes + 1;
        size_t size = strnlen(left, key.length - 1), rest = key.length - 1 - size;
        bool named = (size == length && memcmp(left, customer, length) == 0) ||
                     (rest == length + 1 && memcmp(left + size + 1, customer, length) == 0);
        if (!named)
            continue;
        cursor_delete(cursor);
        rows++;
    }
    cursor_close(&cursor);
    return rows;
}

uint64_t joinrows_erase(struct turn *turn, const char *customer)
{
    struct join_row rows[JOIN_SOURCES_MAX];
    uint8_t key[STORE_KEY_MAX];
    uint64_t deleted = 0;
    size_t count;
    if (!fits(customer))
        return 0;
    while ((count = joinrows_get(turn, customer, rows)) > 0 && tx_error(turn->tx) == 0)
        for (size_t i = 0; i < count; i++) {
            for (size_t j = 0; j < rows[i].count; j++)
                deleted += tx_delete(turn->tx, STATE_TABLE_JOIN, key, value_key(&rows[i].values[j], customer, key));
            deleted += tx_delete(turn->tx, STATE_TABLE_JOIN, key, pair_key(CUSTOMER, customer, rows[i].source, key));
        }
    return deleted + drop_joined(turn, customer);
}
