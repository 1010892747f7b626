#include "services/ingest/state.h"

#include "common/must.h"
#include "services/ingest/identity.h"

#include <stdlib.h>
#include <string.h>

enum {
    TABLE_SEALED = STORE_TABLE_SERVICE, // [generation u32][first 8 bytes of an identity] -> up to 64 sorted entries
    TABLE_GENERATION,                   // generation u32 -> through u64, newest time i64, entries u64
    TABLE_OTHER,

    ENTRY_BYTES = IDENTITY_BYTES + 8, // the identity and its content hash
    BLOCK_ENTRIES = 64,               // a row of 1.5 KiB: two to a page
    KEY_BYTES = 12,
    GENERATIONS_MAX = 4096,
    DROP_ROWS = 1000, // of an old generation in one turn
};

const char *const state_tables[] = {"sealed", "generation", "other"};
const size_t state_table_count = sizeof state_tables / sizeof *state_tables;

static const char settings_key[] = "settings";

struct generation {
    uint32_t number;
    uint64_t through; // the last sequence number in it
    int64_t newest_ms;
    struct filter *filter;
};

struct state {
    size_t seal_records;
    struct identities *recent;
    struct generation generations[GENERATIONS_MAX];
    size_t generation_count;
    uint64_t last;
};

struct state *state_open(size_t seal_records)
{
    must(seal_records > 0);
    struct state *state = calloc(1, sizeof *state);
    must(state != NULL);
    state->seal_records = seal_records;
    state->recent = identities_open(0);
    return state;
}

static void forget_generations(struct state *state)
{
    for (size_t i = 0; i < state->generation_count; i++)
        filter_close(&state->generations[i].filter);
    state->generation_count = 0;
}

void state_close(struct state **state)
{
    if (*state == NULL)
        return;
    forget_generations(*state);
    identities_close(&(*state)->recent);
    free(*state);
    *state = NULL;
}

uint64_t state_sealed(const struct state *state)
{
    return state->generation_count > 0 ? state->generations[state->generation_count - 1].through : 0;
}

size_t state_identities(const struct state *state)
{
    return identities_count(state->recent);
}

static void load_generation(struct state *state, struct tx *tx, const uint8_t *key, const uint8_t *row)
{
    must(state->generation_count < GENERATIONS_MAX);
    struct generation *generation = &state->generations[state->generation_count++];
    *generation = (struct generation){
        .number = store_get_u32(key), .through = store_get_u64(row), .newest_ms = (int64_t)store_get_u64(row + 8)};
    generation->filter = filter_open((size_t)store_get_u64(row + 16));
    struct cursor *cursor = cursor_open(tx, TABLE_SEALED);
    struct slice at, block;
    bool more = cursor_seek(cursor, key, 4, &at, &block);
    for (; more && memcmp(at.bytes, key, 4) == 0; more = cursor_next(cursor, &at, &block))
        for (size_t i = 0; i + ENTRY_BYTES <= block.length; i += ENTRY_BYTES)
            filter_add(generation->filter, block.bytes + i);
    cursor_close(&cursor);
}

static bool note_record(void *self, const struct record *record)
{
    struct state *state = self;
    if (record->type == 1)
        identities_add(state->recent, record->key, record->seq);
    state->last = record->seq;
    return true;
}

void state_load(struct state *state, const struct turn *turn)
{
    forget_generations(state);
    identities_clear(state->recent);
    struct cursor *cursor = cursor_open(turn->tx, TABLE_GENERATION);
    struct slice key, row;
    for (bool more = cursor_next(cursor, &key, &row); more; more = cursor_next(cursor, &key, &row))
        load_generation(state, turn->tx, key.bytes, row.bytes);
    cursor_close(&cursor);
    state->last = state_sealed(state);
    journal_each(turn->tx, state_sealed(state) + 1, note_record, state);
}

// Looks into one sealed generation; the filter has already said "maybe".
static bool find_sealed(const struct turn *turn, const struct generation *generation, const uint8_t *identity,
                        uint64_t *ret_content)
{
    uint8_t key[KEY_BYTES];
    store_put_u32(key, generation->number);
    memcpy(key + 4, identity, 8);
    struct cursor *cursor = cursor_open(turn->tx, TABLE_SEALED);
    struct slice at, block;
    // The block that would hold it begins at or before it.
    bool found = cursor_seek(cursor, key, sizeof key, &at, &block)
                     ? memcmp(at.bytes, key, sizeof key) == 0 || cursor_previous(cursor, &at, &block)
                     : cursor_last(cursor, &at, &block);
    bool held = false;
    if (found && memcmp(at.bytes, key, 4) == 0)
        for (size_t i = 0; !held && i + ENTRY_BYTES <= block.length; i += ENTRY_BYTES) {
            held = memcmp(block.bytes + i, identity, IDENTITY_BYTES) == 0;
            if (held)
                *ret_content = store_get_u64(block.bytes + i + IDENTITY_BYTES);
        }
    cursor_close(&cursor);
    return held;
}

enum state_seen state_look(const struct state *state, const struct turn *turn, const uint8_t *identity,
                           uint64_t content)
{
    size_t cursor = 0;
    uint64_t seq, known;
    struct record record;
    while (identities_find(state->recent, identity, &cursor, &seq))
        if (journal_read(turn->tx, seq, &record) && memcmp(record.key, identity, IDENTITY_BYTES) == 0)
            return record.content == content ? STATE_SAME : STATE_OTHER;
    for (size_t i = state->generation_count; i > 0; i--) {
        const struct generation *generation = &state->generations[i - 1];
        if (filter_may_hold(generation->filter, identity) && find_sealed(turn, generation, identity, &known))
            return known == content ? STATE_SAME : STATE_OTHER;
    }
    return STATE_NEW;
}

void state_expect(const struct state *state, const uint8_t *identity)
{
    identities_expect(state->recent, identity);
}

void state_note(struct state *state, const uint8_t *identity, uint64_t seq)
{
    identities_add(state->recent, identity, seq);
    state->last = seq;
}

struct gathering {
    uint8_t (*entries)[ENTRY_BYTES];
    size_t count, most;
    uint64_t through;
    int64_t newest_ms;
};

static bool gather(void *self, const struct record *record)
{
    struct gathering *gathering = self;
    if (record->type == 1) {
        memcpy(gathering->entries[gathering->count], record->key, IDENTITY_BYTES);
        store_put_u64(gathering->entries[gathering->count] + IDENTITY_BYTES, record->content);
        gathering->count++;
    }
    gathering->through = record->seq;
    gathering->newest_ms = record->time_ms;
    return gathering->count < gathering->most;
}

static int compare_entries(const void *left, const void *right)
{
    return memcmp(left, right, IDENTITY_BYTES);
}

// Writes the gathered entries as blocks. Two blocks of one generation never begin with the same 8 bytes: entries that
// share them stay in one block.
static void write_blocks(struct state *state, const struct turn *turn, struct generation *generation,
                         const struct gathering *gathering)
{
    (void)state;
    uint8_t key[KEY_BYTES];
    store_put_u32(key, generation->number);
    for (size_t from = 0, to; from < gathering->count; from = to) {
        to = from + BLOCK_ENTRIES < gathering->count ? from + BLOCK_ENTRIES : gathering->count;
        while (to < gathering->count && memcmp(gathering->entries[to], gathering->entries[to - 1], 8) == 0)
            to++;
        memcpy(key + 4, gathering->entries[from], 8);
        tx_append(turn->tx, TABLE_SEALED, key, sizeof key, gathering->entries[from], (to - from) * ENTRY_BYTES);
        for (size_t i = from; i < to; i++)
            filter_add(generation->filter, gathering->entries[i]);
    }
}

static void seal(struct state *state, const struct turn *turn)
{
    must(state->generation_count < GENERATIONS_MAX);
    struct gathering gathering = {.most = state->seal_records, .entries = malloc(state->seal_records * ENTRY_BYTES)};
    must(gathering.entries != NULL);
    journal_each(turn->tx, state_sealed(state) + 1, gather, &gathering);
    qsort(gathering.entries, gathering.count, ENTRY_BYTES, compare_entries);
    uint32_t number = state->generation_count > 0 ? state->generations[state->generation_count - 1].number + 1 : 1;
    struct generation generation = {.number = number,
                                    .through = gathering.through,
                                    .newest_ms = gathering.newest_ms,
                                    .filter = filter_open(gathering.count)};
    write_blocks(state, turn, &generation, &gathering);
    uint8_t key[4], row[24];
    store_put_u32(key, number);
    store_put_u64(row, generation.through);
    store_put_u64(row + 8, (uint64_t)generation.newest_ms);
    store_put_u64(row + 16, gathering.count);
    tx_append(turn->tx, TABLE_GENERATION, key, sizeof key, row, sizeof row);
    state->generations[state->generation_count++] = generation;
    identities_drop(state->recent, generation.through);
    free(gathering.entries);
}

// Deletes rows of the oldest generation; its own row goes last. Returns whether there is more.
static bool drop_oldest(struct state *state, const struct turn *turn)
{
    uint8_t key[4];
    store_put_u32(key, state->generations[0].number);
    struct cursor *cursor = cursor_open(turn->tx, TABLE_SEALED);
    struct slice at, block;
    int rows = 0;
    bool more = cursor_seek(cursor, key, sizeof key, &at, &block);
    while (more && memcmp(at.bytes, key, sizeof key) == 0 && rows++ < DROP_ROWS) {
        cursor_delete(cursor);
        more = cursor_next(cursor, &at, &block);
    }
    cursor_close(&cursor);
    if (rows > DROP_ROWS)
        return true;
    tx_delete(turn->tx, TABLE_GENERATION, key, sizeof key);
    filter_close(&state->generations[0].filter);
    memmove(state->generations, state->generations + 1, --state->generation_count * sizeof *state->generations);
    return false;
}

bool state_tidy(struct state *state, const struct turn *turn, int64_t keep_ms)
{
    // Two generations' worth stay in memory, so that what is sealed is never the newest; and all, when there is no room
    // for one more generation.
    if (identities_count(state->recent) >= 2 * state->seal_records && state->generation_count < GENERATIONS_MAX)
        seal(state, turn);
    // The newest generation stays: it says how far the journal is sealed.
    if (state->generation_count > 1 && state->generations[0].newest_ms < turn->now_ms - keep_ms)
        return drop_oldest(state, turn);
    return false;
}

bool state_settings(const struct turn *turn, struct slice *ret_settings)
{
    return tx_get(turn->tx, TABLE_OTHER, settings_key, sizeof settings_key, ret_settings);
}

void state_set_settings(const struct turn *turn, const uint8_t *bytes, size_t length)
{
    tx_put(turn->tx, TABLE_OTHER, settings_key, sizeof settings_key, bytes, length);
}
