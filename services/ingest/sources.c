#include "services/ingest/sources.h"

#include "common/must.h"
#include "common/zone.h"
#include "services/ingest/state.h"

#include <stdlib.h>
#include <string.h>

enum {
    // 'p', day in UTC, hash of the source, the journal's newest record, part. One row holds the orders of a turn: a row
    // of its own for each, under a key of chance, would write a page for each.
    ORDER_KEY_BYTES = 1 + 4 + 8 + 8 + 4,
    ORDER_PREFIX_BYTES = 1 + 4 + 8,
    ROW_BYTES = 16,
    ORDER_OLD_HEAD_BYTES = 8 + 3 + 1, // of rows of 'o', whose day is of common.time_zone: there is no moment in them
    ORDER_HEAD_BYTES = 8 + 3 + 4 + 1, // total, currency, seconds since 1970, length of the id; the id follows
    ORDER_ID_MAX = 200,
    ORDER_ROW_MAX = 1900, // two to a page
    TIDY_ROWS = 200,      // a turn
    DAY_MS = 86400000,
};

// An order of this turn, on its way into the store.
struct noted {
    int32_t day;
    uint32_t number; // in the turn, so that sorting changes nothing else
    uint64_t source;
    size_t at, length; // of its entry
};

struct sources {
    struct source_row rows[SOURCES_MAX];
    size_t count;
    size_t newest; // the row that was found last: events of one source come together
    struct zone *zone;
    bool changed;
    struct noted *noted;
    size_t noted_count, noted_room;
    uint8_t *entries;
    size_t entry_bytes, entry_room;
};

bool sources_own(const char *name)
{
    return strcmp(name, "tend/notifier") == 0 || strcmp(name, "tend:join") == 0;
}

struct sources *sources_open(const char *zone)
{
    struct sources *sources = calloc(1, sizeof *sources);
    must(sources != NULL);
    if (zone == NULL || !zone_open(ZONE_DIRECTORIES, zone, &sources->zone))
        sources->zone = NULL;
    return sources;
}

void sources_close(struct sources **sources)
{
    if (*sources == NULL)
        return;
    zone_close(&(*sources)->zone);
    free((*sources)->noted);
    free((*sources)->entries);
    free(*sources);
    *sources = NULL;
}

static struct source_row *find(const struct sources *sources, const char *name)
{
    for (size_t i = 0; i < sources->count; i++)
        if (strcmp(sources->rows[i].name, name) == 0)
            return (struct source_row *)(uintptr_t)&sources->rows[i];
    return NULL;
}

// NULL when there is no more room, or the name is too long for one.
static struct source_row *make(struct sources *sources, const char *name)
{
    if (sources->count == SOURCES_MAX || strlen(name) >= SOURCES_NAME_BYTES)
        return NULL;
    struct source_row *row = &sources->rows[sources->count++];
    *row = (struct source_row){.last_ms = 0};
    memcpy(row->name, name, strlen(name) + 1);
    row->hash = hash_short(name, strlen(name));
    return row;
}

void sources_load(struct sources *sources, const struct turn *turn)
{
    struct slice key, value;
    struct cursor *cursor = cursor_open(turn->tx, STATE_TABLE_SOURCES);
    sources->count = 0;
    sources->changed = false;
    sources->noted_count = 0;
    bool more = cursor_seek(cursor, "s", 1, &key, &value);
    for (; more && key.bytes[0] == 's'; more = cursor_next(cursor, &key, &value)) {
        char name[SOURCES_NAME_BYTES];
        if (key.length > SOURCES_NAME_BYTES || value.length != ROW_BYTES)
            continue;
        memcpy(name, key.bytes + 1, key.length - 1);
        name[key.length - 1] = '\0';
        struct source_row *row = make(sources, name);
        if (row == NULL)
            break;
        row->last_ms = (int64_t)store_get_u64(value.bytes);
        row->stored = store_get_u64(value.bytes + 8);
    }
    cursor_close(&cursor);
}

const struct zone *sources_zone(const struct sources *sources)
{
    return sources->zone;
}

int32_t sources_day(const struct zone *zone, int64_t time_ms)
{
    int64_t seconds = time_ms / 1000;
    return zone != NULL ? zone_local(zone, seconds).day : (int32_t)(seconds / 86400);
}

static void write_prefix(char kind, int32_t day, uint64_t source, uint8_t *key)
{
    key[0] = (uint8_t)kind;
    store_put_u32(key + 1, (uint32_t)day);
    store_put_u64(key + 5, source);
}

// Room for one more order, and for its entry of `length` bytes.
static struct noted *next_noted(struct sources *sources, size_t length)
{
    if (sources->noted_count == sources->noted_room) {
        sources->noted_room = 2 * sources->noted_room + 64;
        sources->noted = realloc(sources->noted, sources->noted_room * sizeof *sources->noted);
        must(sources->noted != NULL);
    }
    if (sources->entry_room - sources->entry_bytes < length) {
        sources->entry_room = 2 * sources->entry_room + ORDER_HEAD_BYTES + ORDER_ID_MAX;
        sources->entries = realloc(sources->entries, sources->entry_room);
        must(sources->entries != NULL);
    }
    struct noted *noted = &sources->noted[sources->noted_count];
    *noted = (struct noted){.number = (uint32_t)sources->noted_count++, .at = sources->entry_bytes, .length = length};
    sources->entry_bytes += length;
    return noted;
}

static void note_order(struct sources *sources, const struct turn *turn, uint64_t source, const Tend__V1__Event *event)
{
    const Tend__V1__OrderPlaced *order = event->order_placed;
    size_t length = strlen(order->order_id);
    int64_t time_ms = event->time != NULL ? event->time->seconds * 1000 : turn->now_ms;
    if (length == 0 || length > ORDER_ID_MAX || time_ms < turn->now_ms - (int64_t)SOURCES_DAYS * DAY_MS ||
        time_ms / 1000 > UINT32_MAX)
        return;
    struct noted *noted = next_noted(sources, ORDER_HEAD_BYTES + length);
    noted->day = sources_day(NULL, time_ms);
    noted->source = source;
    uint8_t *entry = sources->entries + noted->at;
    memset(entry, 0, ORDER_HEAD_BYTES);
    const char *currency = order->total == NULL                ? ""
                           : order->total->currency[0] != '\0' ? order->total->currency
                                                               : order->currency;
    if (strlen(currency) == 3) {
        store_put_u64(entry, (uint64_t)order->total->micros);
        memcpy(entry + 8, currency, 3);
    }
    store_put_u32(entry + 11, (uint32_t)(time_ms / 1000));
    entry[ORDER_HEAD_BYTES - 1] = (uint8_t)length;
    memcpy(entry + ORDER_HEAD_BYTES, order->order_id, length);
}

void sources_note(struct sources *sources, const struct turn *turn, const Tend__V1__Event *event, bool stored)
{
    struct source_row *row = sources->newest < sources->count ? &sources->rows[sources->newest] : NULL;
    if (row == NULL || strcmp(row->name, event->source) != 0)
        row = find(sources, event->source);
    if (row == NULL)
        row = make(sources, event->source);
    if (row != NULL) {
        sources->newest = (size_t)(row - sources->rows);
        row->last_ms = turn->now_ms;
        row->stored += stored;
        row->changed = sources->changed = true;
    }
    if (stored && event->body_case == TEND__V1__EVENT__BODY_ORDER_PLACED)
        note_order(sources, turn, row != NULL ? row->hash : hash_short(event->source, strlen(event->source)), event);
}

static int compare_noted(const void *left, const void *right)
{
    const struct noted *one = left, *other = right;
    if (one->day != other->day)
        return one->day < other->day ? -1 : 1;
    if (one->source != other->source)
        return one->source < other->source ? -1 : 1;
    return one->number < other->number ? -1 : 1;
}

static void write_orders(struct sources *sources, const struct turn *turn)
{
    uint8_t row[ORDER_ROW_MAX + ORDER_HEAD_BYTES + ORDER_ID_MAX], key[ORDER_KEY_BYTES];
    size_t length = 0;
    uint32_t part = 0;
    bool sorted = true; // as they mostly come
    for (size_t i = 1; sorted && i < sources->noted_count; i++)
        sorted = compare_noted(&sources->noted[i - 1], &sources->noted[i]) < 0;
    if (!sorted)
        qsort(sources->noted, sources->noted_count, sizeof *sources->noted, compare_noted);
    for (size_t i = 0; i < sources->noted_count; i++) {
        const struct noted *noted = &sources->noted[i], *next = noted + 1;
        memcpy(row + length, sources->entries + noted->at, noted->length);
        length += noted->length;
        bool last = i + 1 == sources->noted_count || next->day != noted->day || next->source != noted->source;
        if (!last && length < ORDER_ROW_MAX)
            continue;
        write_prefix('p', noted->day, noted->source, key);
        store_put_u64(key + ORDER_PREFIX_BYTES, turn->journal->last);
        store_put_u32(key + ORDER_PREFIX_BYTES + 8, part++);
        tx_put(turn->tx, STATE_TABLE_SOURCES, key, sizeof key, row, length);
        length = 0;
    }
    sources->noted_count = sources->entry_bytes = 0;
}

void sources_settle(struct sources *sources, const struct turn *turn)
{
    if (sources->noted_count > 0)
        write_orders(sources, turn);
    if (!sources->changed)
        return;
    sources->changed = false;
    for (size_t i = 0; i < sources->count; i++) {
        struct source_row *row = &sources->rows[i];
        if (!row->changed)
            continue;
        uint8_t key[1 + SOURCES_NAME_BYTES] = {'s'}, value[ROW_BYTES];
        size_t length = strlen(row->name);
        memcpy(key + 1, row->name, length);
        store_put_u64(value, (uint64_t)row->last_ms);
        store_put_u64(value + 8, row->stored);
        tx_put(turn->tx, STATE_TABLE_SOURCES, key, 1 + length, value, sizeof value);
        row->changed = false;
    }
}

static size_t tidy(const struct turn *turn, char kind, int32_t oldest)
{
    struct slice key, value;
    size_t rows = 0;
    struct cursor *cursor = cursor_open(turn->tx, STATE_TABLE_SOURCES);
    bool more = cursor_seek(cursor, &kind, 1, &key, &value);
    while (more && rows < TIDY_ROWS && key.length == ORDER_KEY_BYTES && key.bytes[0] == (uint8_t)kind &&
           (int32_t)store_get_u32(key.bytes + 1) < oldest) {
        cursor_delete(cursor);
        rows++;
        more = cursor_next(cursor, &key, &value);
    }
    cursor_close(&cursor);
    return rows;
}

bool sources_tidy(const struct turn *turn)
{
    // A day anywhere on earth is over a day after it is in UTC.
    int32_t oldest = sources_day(NULL, turn->now_ms) - SOURCES_DAYS - 1;
    return tidy(turn, 'o', oldest) == TIDY_ROWS || tidy(turn, 'p', oldest) == TIDY_ROWS;
}

const struct source_row *sources_find(const struct sources *sources, const char *name)
{
    return find(sources, name);
}

size_t sources_count(const struct sources *sources)
{
    return sources->count;
}

const struct source_row *sources_at(const struct sources *sources, size_t index)
{
    must(index < sources->count);
    return &sources->rows[index];
}

// Whose orders are looked for, and of which day.
struct look {
    const struct turn *turn;
    uint64_t source;
    const struct zone *zone;
    int32_t day;
    void (*visit)(void *self, const struct source_order *order);
    void *self;
};

// The orders of one row; `old`: they have no moment, and are all of the day.
static void visit_row(const struct look *look, struct slice row, bool old)
{
    size_t head = old ? ORDER_OLD_HEAD_BYTES : ORDER_HEAD_BYTES;
    for (size_t at = 0; at + head <= row.length;) {
        const uint8_t *entry = row.bytes + at;
        size_t length = entry[head - 1];
        char id[ORDER_ID_MAX + 1];
        must(length <= ORDER_ID_MAX && at + head + length <= row.length);
        memcpy(id, entry + head, length);
        id[length] = '\0';
        struct source_order order = {.id = id, .total_micros = (int64_t)store_get_u64(entry)};
        memcpy(order.currency, entry + 8, 3);
        if (old || sources_day(look->zone, (int64_t)store_get_u32(entry + 11) * 1000) == look->day)
            look->visit(look->self, &order);
        at += head + length;
    }
}

static void visit_rows(const struct look *look, char kind, int32_t day)
{
    uint8_t prefix[ORDER_PREFIX_BYTES];
    struct slice key, value;
    write_prefix(kind, day, look->source, prefix);
    struct cursor *cursor = cursor_open(look->turn->tx, STATE_TABLE_SOURCES);
    bool more = cursor_seek(cursor, prefix, sizeof prefix, &key, &value);
    for (; more && key.length == ORDER_KEY_BYTES && memcmp(key.bytes, prefix, sizeof prefix) == 0;
         more = cursor_next(cursor, &key, &value))
        visit_row(look, value, kind == 'o');
    cursor_close(&cursor);
}

void sources_orders(const struct turn *turn, const char *source, const struct zone *zone, int32_t day,
                    void (*visit)(void *self, const struct source_order *order), void *self)
{
    const struct look look = {turn, hash_short(source, strlen(source)), zone, day, visit, self};
    visit_rows(&look, 'o', day);
    for (int32_t utc = day - 1; utc <= day + 1; utc++)
        visit_rows(&look, 'p', utc);
}

// --- orders of whom is to be forgotten. 'x', hash of the source, the id -> nothing: noted, until sources_forget.

enum { NOTED_HEAD_BYTES = 1 + 8, MASK_HALF = HASH_BYTES / 2, MASKED_ROW_MAX = 16384 };

static const char mask_start[] = "erased-";

char *sources_mask(const struct turn *turn, const char *order_id)
{
    uint8_t hash[HASH_BYTES];
    char *mask = arena_take(turn->arena, sizeof mask_start + 2 * MASK_HALF);
    memcpy(mask, mask_start, sizeof mask_start - 1);
    hash_pair(turn->journal->id, JOURNAL_ID_BYTES, order_id, strlen(order_id), hash);
    hash_hex(hash, MASK_HALF, mask + sizeof mask_start - 1);
    return mask;
}

bool sources_is_mask(const char *order_id)
{
    return strncmp(order_id, mask_start, sizeof mask_start - 1) == 0 &&
           strspn(order_id + sizeof mask_start - 1, "0123456789abcdef") == 2 * MASK_HALF &&
           strlen(order_id) == sizeof mask_start - 1 + 2 * MASK_HALF;
}

void sources_note_erased(const struct turn *turn, const Tend__V1__Event *event)
{
    uint8_t key[NOTED_HEAD_BYTES + ORDER_ID_MAX] = {'x'};
    const char *id = event->order_placed->order_id;
    size_t length = strlen(id);
    if (length == 0 || length > ORDER_ID_MAX)
        return;
    store_put_u64(key + 1, hash_short(event->source, strlen(event->source)));
    memcpy(key + NOTED_HEAD_BYTES, id, length);
    tx_put(turn->tx, STATE_TABLE_SOURCES, key, NOTED_HEAD_BYTES + length, "", 1);
}

static bool was_noted(const struct turn *turn, const uint8_t *source, const uint8_t *id, size_t length)
{
    uint8_t key[NOTED_HEAD_BYTES + ORDER_ID_MAX] = {'x'};
    struct slice value;
    memcpy(key + 1, source, 8);
    memcpy(key + NOTED_HEAD_BYTES, id, length);
    return tx_get(turn->tx, STATE_TABLE_SOURCES, key, NOTED_HEAD_BYTES + length, &value);
}

// The row with the masks, in the arena; bytes NULL when none of its orders was noted.
static struct slice masked(const struct turn *turn, const struct slice *key, const struct slice *row)
{
    size_t head = key->bytes[0] == 'o' ? ORDER_OLD_HEAD_BYTES : ORDER_HEAD_BYTES, to = 0;
    uint8_t room[MASKED_ROW_MAX];
    bool any = false;
    for (size_t at = 0; at + head <= row->length;) {
        char id[ORDER_ID_MAX + 1];
        const uint8_t *entry = row->bytes + at;
        size_t length = entry[head - 1];
        must(length <= ORDER_ID_MAX && at + head + length <= row->length);
        memcpy(id, entry + head, length);
        id[length] = '\0';
        at += head + length;
        bool goes = was_noted(turn, key->bytes + 5, entry + head, length);
        const char *kept = goes ? sources_mask(turn, id) : id;
        any |= goes;
        length = strlen(kept);
        must(to + head + length <= sizeof room);
        memcpy(room + to, entry, head - 1);
        room[to + head - 1] = (uint8_t)length;
        memcpy(room + to + head, kept, length);
        to += head + length;
    }
    return any ? (struct slice){(const uint8_t *)arena_text(turn->arena, (const char *)room, to), to}
               : (struct slice){.length = 0};
}

static void drop_noted(const struct turn *turn)
{
    struct slice key, value;
    struct cursor *cursor = cursor_open(turn->tx, STATE_TABLE_SOURCES);
    bool more = cursor_seek(cursor, "x", 1, &key, &value);
    for (; more && key.bytes[0] == 'x'; more = cursor_next(cursor, &key, &value))
        cursor_delete(cursor);
    cursor_close(&cursor);
}

// The first row of orders behind the key `at`, which gets its key, that has one that was noted. False: there is none.
static bool find_noted(const struct turn *turn, uint8_t *at, struct slice *ret_row)
{
    struct slice key, value;
    struct cursor *cursor = cursor_open(turn->tx, STATE_TABLE_SOURCES);
    bool found = false;
    bool more = cursor_seek(cursor, at, ORDER_KEY_BYTES, &key, &value);
    if (more && key.length == ORDER_KEY_BYTES && memcmp(key.bytes, at, ORDER_KEY_BYTES) == 0)
        more = cursor_next(cursor, &key, &value);
    for (; more && !found && (key.bytes[0] == 'o' || key.bytes[0] == 'p'); more = cursor_next(cursor, &key, &value)) {
        if (key.length != ORDER_KEY_BYTES)
            continue;
        *ret_row = masked(turn, &key, &value);
        found = ret_row->bytes != NULL;
        memcpy(at, key.bytes, ORDER_KEY_BYTES);
    }
    cursor_close(&cursor);
    return found;
}

size_t sources_forget(const struct turn *turn)
{
    uint8_t at[ORDER_KEY_BYTES] = {'o'};
    struct slice row, key, value;
    size_t rows = 0;
    struct cursor *cursor = cursor_open(turn->tx, STATE_TABLE_SOURCES);
    bool any = cursor_seek(cursor, "x", 1, &key, &value) && key.bytes[0] == 'x';
    cursor_close(&cursor);
    // A row is put when no cursor stands on it.
    while (any && find_noted(turn, at, &row)) {
        tx_put(turn->tx, STATE_TABLE_SOURCES, at, sizeof at, row.bytes, row.length);
        rows++;
    }
    if (any)
        drop_noted(turn);
    return rows;
}
