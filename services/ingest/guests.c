#include "services/ingest/guests.h"

#include "services/ingest/ingest_parts.h"
#include "services/ingest/joinrows.h"
#include "services/ingest/likeness.h"
#include "services/ingest/same.h"

#include <ctype.h>
#include <string.h>

// 'g', a value, the id -> nothing; 'h', the id -> its values.
enum {
    BY_VALUE = 'g',
    BY_ID = 'h',
    VALUE_BYTES = 1 + HASH_BYTES,
    ID_MAX = STORE_KEY_MAX - 1 - VALUE_BYTES,
    VALUES_MAX = 8,     // of one id: with and without a prefix, in the country of the feed and of the file
    MOBILE_DIGITS = 11, // of a Chinese one, which is written without a mark
    DIGITS_LEAST = 7,
};

struct values {
    struct join_value list[VALUES_MAX];
    size_t count;
};

// --- what an id says

// Numbers that are only digits are those of accounts, unless they begin as telephone numbers do.
static bool is_phone(const char *text)
{
    size_t digits = 0, length = strlen(text);
    for (size_t i = 0; i < length; i++)
        digits += isdigit((unsigned char)text[i]) != 0;
    if (digits < DIGITS_LEAST || strspn(text, "+0123456789 -./()") != length)
        return false;
    bool mobile = digits == MOBILE_DIGITS && text[0] == '1' && text[1] >= '3';
    return text[0] == '+' || text[0] == '0' || text[0] == '(' || digits < length || mobile;
}

static void add(struct values *values, const struct join_value *value)
{
    for (size_t i = 0; i < values->count; i++)
        if (memcmp(&values->list[i], value, sizeof *value) == 0)
            return;
    if (values->count < VALUES_MAX)
        values->list[values->count++] = *value;
}

static bool is_of_feed(struct ingest *ingest, const char *source)
{
    for (size_t i = 0; i < feeds_count(ingest->feeds); i++) {
        const struct feed *feed = feeds_at(ingest->feeds, i)->feed;
        if (feed != NULL && strcmp(feed->source, source) == 0)
            return true;
    }
    return false;
}

// Whose id is read, and what the event says beside it.
struct reading {
    struct ingest *ingest;
    const struct turn *turn;
    const char *source, *country;
    struct values *values;
};

static void add_text(const struct reading *reading, const char *text)
{
    char made[LIKENESS_BYTES];
    struct join_value value;
    enum likeness kind = strchr(text, '@') != NULL ? LIKENESS_MAIL : LIKENESS_PHONE;
    if ((kind == LIKENESS_PHONE && (!is_phone(text) || !is_of_feed(reading->ingest, reading->source))) ||
        !likeness_make(kind, text, reading->country, made))
        return;
    joinrows_value(reading->turn, (unsigned)kind, made, &value);
    add(reading->values, &value);
}

// What the id may be a way to write of: as it is, and behind the prefix of a feed that it begins with.
static void read_id(const struct reading *reading, const char *id)
{
    add_text(reading, id);
    for (size_t i = 0; i < feeds_count(reading->ingest->feeds); i++) {
        const struct feed *feed = feeds_at(reading->ingest->feeds, i)->feed;
        const char *prefix = feed != NULL ? mapping_prefix(feed->mapping) : "";
        size_t length = strlen(prefix);
        if (length > 0 && strncmp(id, prefix, length) == 0)
            add_text(reading, id + length);
    }
}

// --- rows

static size_t id_key(const char *id, uint8_t *key)
{
    size_t length = strlen(id);
    key[0] = BY_ID;
    memcpy(key + 1, id, length);
    return 1 + length;
}

static size_t value_key(const struct join_value *value, const char *id, uint8_t *key)
{
    size_t length = strlen(id);
    key[0] = BY_VALUE;
    key[1] = value->kind;
    memcpy(key + 2, value->hash, HASH_BYTES);
    memcpy(key + 1 + VALUE_BYTES, id, length);
    return 1 + VALUE_BYTES + length;
}

static void get(struct turn *turn, const char *id, struct values *values)
{
    uint8_t key[STORE_KEY_MAX];
    struct slice row;
    struct join_value value;
    values->count = 0;
    if (strlen(id) > ID_MAX || !tx_get(turn->tx, STATE_TABLE_JOIN, key, id_key(id, key), &row))
        return;
    for (size_t at = 0; at + VALUE_BYTES <= row.length; at += VALUE_BYTES) {
        value.kind = row.bytes[at];
        memcpy(value.hash, row.bytes + at + 1, HASH_BYTES);
        add(values, &value);
    }
}

static void put(struct turn *turn, const char *id, const struct values *values, size_t from)
{
    uint8_t key[STORE_KEY_MAX], row[VALUES_MAX * VALUE_BYTES];
    for (size_t i = 0; i < values->count; i++) {
        row[i * VALUE_BYTES] = values->list[i].kind;
        memcpy(row + i * VALUE_BYTES + 1, values->list[i].hash, HASH_BYTES);
    }
    tx_put(turn->tx, STATE_TABLE_JOIN, key, id_key(id, key), row, values->count * VALUE_BYTES);
    for (size_t i = from; i < values->count; i++)
        tx_put(turn->tx, STATE_TABLE_JOIN, key, value_key(&values->list[i], id, key), "", 1);
}

void guests_note(struct ingest *ingest, struct turn *turn, const char *source, const char *id, const char *country)
{
    struct values values, seen = {.count = 0};
    const char *fallback = ingest->options.join.country != NULL ? ingest->options.join.country : "";
    bool named = country != NULL && country[0] != '\0';
    const struct reading reading = {ingest, turn, source, named ? country : fallback, &seen};
    if (id[0] == '\0' || strlen(id) > ID_MAX)
        return;
    read_id(&reading, id);
    if (seen.count == 0)
        return;
    get(turn, id, &values);
    size_t known = values.count;
    for (size_t i = 0; i < seen.count; i++)
        add(&values, &seen.list[i]);
    if (values.count > known)
        put(turn, id, &values, known);
}

uint64_t guests_erase(struct turn *turn, const char *customer_id)
{
    uint8_t key[STORE_KEY_MAX];
    struct values values;
    uint64_t rows = 0;
    get(turn, customer_id, &values);
    for (size_t i = 0; i < values.count; i++)
        rows += tx_delete(turn->tx, STATE_TABLE_JOIN, key, value_key(&values.list[i], customer_id, key));
    return values.count == 0 ? 0 : rows + tx_delete(turn->tx, STATE_TABLE_JOIN, key, id_key(customer_id, key));
}

// --- whose they are

struct party {
    struct turn *turn;
    const char *const *ids; // the customers
    size_t id_count;
    const char **guests;
    size_t count;
};

static bool is_among(const char *id, const char *const *ids, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(ids[i], id) == 0)
            return true;
    return false;
}

static void find(struct party *party, const struct join_value *value)
{
    uint8_t prefix[STORE_KEY_MAX];
    struct slice key, row;
    size_t length = value_key(value, "", prefix);
    struct cursor *cursor = cursor_open(party->turn->tx, STATE_TABLE_JOIN);
    bool more = cursor_seek(cursor, prefix, length, &key, &row);
    for (; more && party->count < GUESTS_MAX && key.length > length && memcmp(key.bytes, prefix, length) == 0;
         more = cursor_next(cursor, &key, &row)) {
        const char *id = arena_text(party->turn->arena, (const char *)key.bytes + length, key.length - length);
        if (!is_among(id, party->ids, party->id_count) && !is_among(id, party->guests, party->count))
            party->guests[party->count++] = id;
    }
    cursor_close(&cursor);
}

// Whether a guest is part of a customer that does not go.
static bool is_anothers(const struct party *party, const char *guest)
{
    const char *const *kin;
    size_t count = same_as(party->turn, guest, &kin);
    for (size_t i = 0; i < count; i++)
        if (!is_among(kin[i], party->ids, party->id_count) && !is_among(kin[i], party->guests, party->count))
            return true;
    return false;
}

static void find_all(struct party *party, const char *customer_id)
{
    struct join_row rows[JOIN_SOURCES_MAX];
    struct values own;
    size_t count = joinrows_get(party->turn, customer_id, rows);
    get(party->turn, customer_id, &own);
    for (size_t i = 0; i < own.count; i++)
        find(party, &own.list[i]);
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < rows[i].count; j++)
            if (rows[i].values[j].kind != LIKENESS_TAX_ID)
                find(party, &rows[i].values[j]);
}

size_t guests_of(struct turn *turn, const char *const *customer_ids, size_t count, const char **ret_guests)
{
    struct party party = {.turn = turn, .ids = customer_ids, .id_count = count, .guests = ret_guests};
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        find_all(&party, customer_ids[i]);
    for (size_t i = 0; i < party.count; i++)
        if (!is_anothers(&party, ret_guests[i]))
            ret_guests[kept++] = ret_guests[i];
    return kept;
}
