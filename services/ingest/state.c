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
    DROP_ROWS = 1000,     // of an old generation in one turn
    PIECE_ENTRIES = 8192, // gathered or written in one turn: two milliseconds
    PARTS = 256,
    EXPECTED_MAX = 16, // filters of which a line is fetched ahead
};

const char *const state_tables[STATE_TABLES] = {"sealed",  "generation", "other",   "rejected", "sources",
                                                "erasure", "same",       "brokers", "join"};

static const char settings_key[] = "settings";

struct generation {
    uint32_t number;
    uint64_t through; // the last sequence number in it
    int64_t newest_ms;
    struct filter *filter;
};

// Entries on their way from the journal to their sorted place, told apart by the first byte of their identity, which is
// a hash: so each part is sorted by itself, a few thousand entries at a time.
struct part {
    uint8_t (*entries)[ENTRY_BYTES];
    size_t count, room;
};

enum step { STEP_NONE, STEP_CLEAR, STEP_GATHER, STEP_WRITE };

// The generation that is being sealed, a piece a turn. Its rows are nobody's until its own row is written at the end:
// what a process left behind that ended in between goes first.
struct sealing {
    enum step step;
    struct generation generation;
    uint64_t next; // the sequence number to gather next
    size_t gathered, budget;
    size_t part; // the one to write next
    struct part parts[PARTS];
};

struct state {
    size_t seal_records;
    struct identities *recent; // the newest
    struct identities *older;  // those before: the next generation
    uint64_t older_last;       // the last sequence number in it
    struct generation generations[GENERATIONS_MAX];
    size_t generation_count;
    uint64_t last;
    struct sealing sealing;
};

struct state *state_open(size_t seal_records)
{
    must(seal_records > 0);
    struct state *state = calloc(1, sizeof *state);
    must(state != NULL);
    state->seal_records = seal_records;
    state->recent = identities_open(0);
    state->older = identities_open(0);
    return state;
}

static void forget_sealing(struct sealing *sealing)
{
    filter_close(&sealing->generation.filter);
    for (size_t i = 0; i < PARTS; i++)
        free(sealing->parts[i].entries);
    *sealing = (struct sealing){0};
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
    forget_sealing(&(*state)->sealing);
    identities_close(&(*state)->recent);
    identities_close(&(*state)->older);
    free(*state);
    *state = NULL;
}

uint64_t state_sealed(const struct state *state)
{
    return state->generation_count > 0 ? state->generations[state->generation_count - 1].through : 0;
}

size_t state_identities(const struct state *state)
{
    return identities_count(state->recent) + identities_count(state->older);
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
        state_note(state, record->key, record->seq);
    state->last = record->seq;
    return true;
}

void state_load(struct state *state, const struct turn *turn)
{
    forget_generations(state);
    forget_sealing(&state->sealing);
    identities_clear(state->recent);
    identities_clear(state->older);
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

void state_expect(const struct state *state, const uint8_t *identity)
{
    identities_expect(state->recent, identity);
    identities_expect(state->older, identity);
    size_t first = state->generation_count > EXPECTED_MAX ? state->generation_count - EXPECTED_MAX : 0;
    for (size_t i = first; i < state->generation_count; i++)
        filter_expect(state->generations[i].filter, identity);
}

enum state_seen state_look(const struct state *state, const struct turn *turn, const uint8_t *identity,
                           uint64_t content)
{
    const struct identities *tables[] = {state->recent, state->older};
    uint64_t seq, known;
    struct record record;
    for (size_t i = 0; i < 2; i++) {
        size_t cursor = 0;
        while (identities_find(tables[i], identity, &cursor, &seq))
            if (journal_read(turn->tx, seq, &record) && memcmp(record.key, identity, IDENTITY_BYTES) == 0)
                return record.content == content ? STATE_SAME : STATE_OTHER;
    }
    for (size_t i = state->generation_count; i > 0; i--) {
        const struct generation *generation = &state->generations[i - 1];
        if (filter_may_hold(generation->filter, identity) && find_sealed(turn, generation, identity, &known))
            return known == content ? STATE_SAME : STATE_OTHER;
    }
    return STATE_NEW;
}

void state_note(struct state *state, const uint8_t *identity, uint64_t seq)
{
    // The table that a sealed generation has left is the newest one's next.
    if (identities_count(state->recent) >= state->seal_records && identities_count(state->older) == 0) {
        struct identities *empty = state->older;
        state->older = state->recent;
        state->older_last = state->last;
        state->recent = empty;
    }
    identities_add(state->recent, identity, seq);
    state->last = seq;
}

// --- sealing

static void begin_sealing(struct state *state)
{
    struct sealing *sealing = &state->sealing;
    sealing->step = STEP_CLEAR;
    sealing->next = state_sealed(state) + 1;
    sealing->generation = (struct generation){
        .number = state->generation_count > 0 ? state->generations[state->generation_count - 1].number + 1 : 1,
        .through = state->older_last,
        .filter = filter_open(identities_count(state->older)),
    };
}

static size_t delete_rows(const struct turn *turn, uint32_t number, size_t most)
{
    uint8_t key[4];
    store_put_u32(key, number);
    struct cursor *cursor = cursor_open(turn->tx, TABLE_SEALED);
    struct slice at, block;
    size_t rows = 0;
    bool more = cursor_seek(cursor, key, sizeof key, &at, &block);
    for (; more && memcmp(at.bytes, key, sizeof key) == 0 && rows < most; rows++) {
        cursor_delete(cursor);
        more = cursor_next(cursor, &at, &block);
    }
    cursor_close(&cursor);
    return rows;
}

static void keep_entry(struct part *part, const struct record *record)
{
    if (part->count == part->room) {
        part->room = part->room == 0 ? BLOCK_ENTRIES : part->room * 2;
        part->entries = realloc(part->entries, part->room * ENTRY_BYTES);
        must(part->entries != NULL);
    }
    uint8_t *entry = part->entries[part->count++];
    memcpy(entry, record->key, IDENTITY_BYTES);
    store_put_u64(entry + IDENTITY_BYTES, record->content);
}

static bool gather(void *self, const struct record *record)
{
    struct sealing *sealing = self;
    if (sealing->budget == 0 || record->seq > sealing->generation.through)
        return false;
    if (record->type == 1)
        keep_entry(&sealing->parts[record->key[0]], record);
    sealing->gathered += record->type == 1;
    sealing->generation.newest_ms = record->time_ms;
    sealing->next = record->seq + 1;
    sealing->budget--;
    return true;
}

static int compare_entries(const void *left, const void *right)
{
    return memcmp(left, right, IDENTITY_BYTES);
}

// Writes entries as blocks. Two blocks of one generation never begin with the same 8 bytes: entries that share them
// stay in one block.
static void write_blocks(struct sealing *sealing, const struct turn *turn, struct part *part)
{
    uint8_t key[KEY_BYTES];
    if (part->count > 0)
        qsort(part->entries, part->count, ENTRY_BYTES, compare_entries);
    store_put_u32(key, sealing->generation.number);
    for (size_t from = 0, to; from < part->count; from = to) {
        to = from + BLOCK_ENTRIES < part->count ? from + BLOCK_ENTRIES : part->count;
        while (to < part->count && memcmp(part->entries[to], part->entries[to - 1], 8) == 0)
            to++;
        memcpy(key + 4, part->entries[from], 8);
        tx_append(turn->tx, TABLE_SEALED, key, sizeof key, part->entries[from], (to - from) * ENTRY_BYTES);
        for (size_t i = from; i < to; i++)
            filter_add(sealing->generation.filter, part->entries[i]);
    }
}

// Moves a part's entries behind those of another.
static void join_parts(struct part *to, struct part *from)
{
    if (from->count > 0) {
        to->room = to->count + from->count;
        to->entries = realloc(to->entries, to->room * ENTRY_BYTES);
        must(to->entries != NULL);
        memcpy(to->entries[to->count], from->entries, from->count * ENTRY_BYTES);
        to->count += from->count;
    }
    free(from->entries);
    *from = (struct part){0};
}

// Writes the next parts, as many as make a piece.
static void write_parts(struct sealing *sealing, const struct turn *turn)
{
    struct part piece = {0};
    while (sealing->part < PARTS && piece.count < sealing->budget)
        join_parts(&piece, &sealing->parts[sealing->part++]);
    write_blocks(sealing, turn, &piece);
    free(piece.entries);
}

static void finish_sealing(struct state *state, const struct turn *turn)
{
    struct sealing *sealing = &state->sealing;
    const struct generation *generation = &sealing->generation;
    uint8_t key[4], row[24];
    store_put_u32(key, generation->number);
    store_put_u64(row, generation->through);
    store_put_u64(row + 8, (uint64_t)generation->newest_ms);
    store_put_u64(row + 16, sealing->gathered);
    tx_append(turn->tx, TABLE_GENERATION, key, sizeof key, row, sizeof row);
    state->generations[state->generation_count++] = *generation;
    sealing->generation.filter = NULL;
    forget_sealing(sealing);
    identities_clear(state->older);
}

// One piece. A small generation is done in one go.
static void seal(struct state *state, const struct turn *turn)
{
    struct sealing *sealing = &state->sealing;
    sealing->budget = PIECE_ENTRIES;
    if (sealing->step == STEP_NONE)
        begin_sealing(state);
    if (sealing->step == STEP_CLEAR) {
        if (delete_rows(turn, sealing->generation.number, DROP_ROWS) == DROP_ROWS)
            return;
        sealing->step = STEP_GATHER;
    }
    if (sealing->step == STEP_GATHER) {
        journal_each(turn->tx, sealing->next, gather, sealing);
        if (sealing->next <= sealing->generation.through)
            return;
        sealing->step = STEP_WRITE;
    }
    if (sealing->budget > 0)
        write_parts(sealing, turn);
    if (sealing->part == PARTS)
        finish_sealing(state, turn);
}

// Deletes rows of the oldest generation; its own row goes last. Returns whether there is more.
static bool drop_oldest(struct state *state, const struct turn *turn)
{
    uint8_t key[4];
    if (delete_rows(turn, state->generations[0].number, DROP_ROWS) == DROP_ROWS)
        return true;
    store_put_u32(key, state->generations[0].number);
    tx_delete(turn->tx, TABLE_GENERATION, key, sizeof key);
    filter_close(&state->generations[0].filter);
    memmove(state->generations, state->generations + 1, --state->generation_count * sizeof *state->generations);
    return false;
}

bool state_tidy(struct state *state, const struct turn *turn, int64_t keep_ms)
{
    // A generation's worth and more stay in memory, so that what is sealed is never the newest; and all, when there is
    // no room for one more generation.
    bool full = identities_count(state->recent) >= state->seal_records && identities_count(state->older) > 0;
    if (state->sealing.step != STEP_NONE || (full && state->generation_count < GENERATIONS_MAX))
        seal(state, turn);
    // The newest generation stays: it says how far the journal is sealed.
    if (state->generation_count > 1 && state->generations[0].newest_ms < turn->now_ms - keep_ms)
        return drop_oldest(state, turn);
    return state->sealing.step != STEP_NONE;
}

bool state_settings(const struct turn *turn, struct slice *ret_settings)
{
    return tx_get(turn->tx, TABLE_OTHER, settings_key, sizeof settings_key, ret_settings);
}

void state_set_settings(const struct turn *turn, const uint8_t *bytes, size_t length)
{
    tx_put(turn->tx, TABLE_OTHER, settings_key, sizeof settings_key, bytes, length);
}
