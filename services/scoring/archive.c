#include "services/scoring/archive_state.h"

#include "common/must.h"
#include "services/scoring/archive_kin.h"

#include <stdlib.h>
#include <string.h>

enum {
    REASON_HEAD = 4 + 4 + 4 + 8,
    NOTE_HEAD = 4 + 4,
    SLOTS_FIRST = 1024,
};

const char *const archive_tables[ARCHIVE_TABLES] = {"customer", "id",   "order",  "said", "reason",
                                                    "settings", "note", "basket", "kin"};

struct archive *archive_open(struct kinship *kinship)
{
    struct archive *archive = calloc(1, sizeof *archive);
    must(archive != NULL);
    archive->kinship = kinship;
    archive->orders = finder_open();
    archive->claims = calloc(1, sizeof *archive->claims);
    must(archive->claims != NULL);
    said_start(&archive->said, TABLE_SAID);
    return archive;
}

void archive_close(struct archive **archive)
{
    if (*archive == NULL)
        return;
    finder_close(&(*archive)->orders);
    free((*archive)->claims);
    free((*archive)->heads);
    said_clear(&(*archive)->said);
    free(*archive);
    *archive = NULL;
}

static const struct heads no_heads = {ARCHIVE_NO_ROW, ARCHIVE_NO_ROW, ARCHIVE_NO_ROW, 0};

struct heads *archive_heads(struct archive *archive, uint32_t slot)
{
    if (slot >= archive->slots) {
        uint32_t slots = archive->slots == 0 ? SLOTS_FIRST : archive->slots;
        while (slots <= slot)
            slots += slots / 2;
        archive->heads = realloc(archive->heads, slots * sizeof *archive->heads);
        must(archive->heads != NULL);
        for (uint32_t i = archive->slots; i < slots; i++)
            archive->heads[i] = no_heads;
        archive->slots = slots;
    }
    return &archive->heads[slot];
}

bool archive_get_row(struct tx *tx, unsigned table, uint32_t number, struct slice *ret_row)
{
    uint8_t key[ARCHIVE_NUMBER_KEY];
    return tx_get(tx, table, key, archive_number_key(number, key), ret_row);
}

// --- customers

void archive_add_customer(struct tx *tx, uint32_t slot, const char *id, int64_t known_ms)
{
    uint8_t key[ARCHIVE_NUMBER_KEY], row[LAYOUT_CUSTOMER_BYTES + LAYOUT_ID_MAX];
    size_t length = strlen(id);
    must(length > 0 && length <= LAYOUT_ID_MAX);
    tx_put(tx, TABLE_ID, id, length, key, archive_number_key(slot, key));
    layout_write_customer(known_ms, id, row);
    tx_append(tx, TABLE_CUSTOMER, key, archive_number_key(slot, key), row, LAYOUT_CUSTOMER_BYTES + length);
}

bool archive_get_customer(struct tx *tx, struct arena *arena, uint32_t slot, const char **ret_id, int64_t *ret_known_ms)
{
    struct slice row;
    if (!archive_get_row(tx, TABLE_CUSTOMER, slot, &row))
        return false;
    const char *id;
    size_t length;
    if (!layout_read_customer(row.bytes, row.length, ret_known_ms, &id, &length)) {
        tx_fail(tx, STORE_DAMAGED);
        return false;
    }
    *ret_id = arena_text(arena, id, length);
    return true;
}

void archive_walk_ids(struct tx *tx, archive_visit_id *visit, void *context)
{
    struct cursor *cursor = cursor_open(tx, TABLE_ID);
    struct slice key, value;
    static const char first[] = "\1"; // a key has at least one byte
    bool more = cursor_seek(cursor, first, 1, &key, &value);
    while (more && visit(context, store_get_u32(value.bytes)))
        more = cursor_next(cursor, &key, &value);
    cursor_close(&cursor);
}

void archive_note_said(struct archive *archive, uint32_t slot)
{
    said_note(&archive->said, slot);
}

void archive_write_said(struct archive *archive, struct tx *tx, const struct column *standings)
{
    said_write(&archive->said, tx, standings);
}

// --- notes

void archive_add_note(struct archive *archive, struct tx *tx, struct arena *arena, uint32_t slot,
                      const struct slice *note)
{
    uint8_t key[ARCHIVE_NUMBER_KEY];
    uint32_t *head = &archive_heads(archive, slot)->note;
    uint8_t *row = arena_take(arena, NOTE_HEAD + note->length);
    store_put_u32(row, slot);
    store_put_u32(row + 4, *head);
    memcpy(row + NOTE_HEAD, note->bytes, note->length);
    must(archive->next_note < ARCHIVE_NO_ROW);
    *head = archive->next_note++;
    tx_append(tx, TABLE_NOTE, key, archive_number_key(*head, key), row, NOTE_HEAD + note->length);
}

static bool walk_notes(const struct archive *archive, struct tx *tx, uint32_t slot, archive_visit_note *visit,
                       void *context)
{
    uint32_t number = slot < archive->slots ? archive->heads[slot].note : ARCHIVE_NO_ROW;
    struct slice row;
    while (number != ARCHIVE_NO_ROW) {
        if (!archive_get_row(tx, TABLE_NOTE, number, &row) || row.length < NOTE_HEAD) {
            tx_fail(tx, STORE_DAMAGED);
            return false;
        }
        number = store_get_u32(row.bytes + 4);
        if (!visit(context, &(struct slice){.bytes = row.bytes + NOTE_HEAD, .length = row.length - NOTE_HEAD}))
            return false;
    }
    return true;
}

void archive_walk_own_notes(const struct archive *archive, struct tx *tx, uint32_t slot, archive_visit_note *visit,
                            void *context)
{
    (void)walk_notes(archive, tx, slot, visit, context);
}

void archive_walk_notes(const struct archive *archive, struct tx *tx, uint32_t slot, archive_visit_note *visit,
                        void *context)
{
    uint32_t at = slot;
    if (kinship_main(archive->kinship, slot) != slot)
        return;
    do {
        if (!walk_notes(archive, tx, at, visit, context))
            return;
        at = kinship_next(archive->kinship, at);
    } while (at != slot);
}

// --- reasons

void archive_add_reason(struct archive *archive, struct tx *tx, struct arena *arena, uint32_t slot,
                        const struct archive_reason *reason)
{
    uint8_t key[ARCHIVE_NUMBER_KEY];
    uint32_t *head = &archive_heads(archive, slot)->reason;
    size_t length = REASON_HEAD + reason->packed.length;
    uint8_t *row = arena_take(arena, length);
    store_put_u32(row, slot);
    store_put_u32(row + 4, *head);
    row[8] = reason->dimension;
    row[9] = reason->before;
    row[10] = reason->after;
    row[11] = reason->historical;
    store_put_u64(row + 12, (uint64_t)reason->time_ms);
    memcpy(row + REASON_HEAD, reason->packed.bytes, reason->packed.length);
    must(archive->next_reason < ARCHIVE_NO_ROW);
    *head = archive->next_reason++;
    tx_append(tx, TABLE_REASON, key, archive_number_key(*head, key), row, length);
    if (archive->next_reason - archive->first_reason > ARCHIVE_REASONS_MAX)
        (void)tx_delete(tx, TABLE_REASON, key, archive_number_key(archive->first_reason++, key));
}

static bool read_reason(const struct slice *row, struct archive_reason *ret_reason)
{
    if (row->length < REASON_HEAD || row->bytes[8] >= DIMENSION_ROOM)
        return false;
    *ret_reason = (struct archive_reason){
        .dimension = row->bytes[8],
        .before = row->bytes[9],
        .after = row->bytes[10],
        .historical = row->bytes[11] != 0,
        .time_ms = (int64_t)store_get_u64(row->bytes + 12),
        .packed = {.bytes = row->bytes + REASON_HEAD, .length = row->length - REASON_HEAD},
    };
    return true;
}

void archive_walk_reasons(const struct archive *archive, struct tx *tx, uint32_t slot, archive_visit_reason *visit,
                          void *context)
{
    uint32_t number = slot < archive->slots ? archive->heads[slot].reason : ARCHIVE_NO_ROW;
    struct slice row;
    struct archive_reason reason;
    for (int i = 0; i < ARCHIVE_REASON_STEPS && number != ARCHIVE_NO_ROW; i++) {
        if (!archive_get_row(tx, TABLE_REASON, number, &row) || !read_reason(&row, &reason))
            return; // older ones are gone
        number = store_get_u32(row.bytes + 4);
        if (!visit(context, &reason))
            return;
    }
}

// --- somebody who is to be forgotten

// Deletes the rows of a chain from its newest on; each says where the one before it is. A reason's may be gone.
static uint64_t drop_chain(struct tx *tx, unsigned table, uint32_t number)
{
    uint8_t key[ARCHIVE_NUMBER_KEY];
    uint64_t rows = 0;
    struct slice row;
    while (number != ARCHIVE_NO_ROW && archive_get_row(tx, table, number, &row) && row.length >= 12) {
        uint32_t before = store_get_u32(row.bytes + (table == TABLE_ORDER ? 8 : 4)); // behind the slot
        rows += tx_delete(tx, table, key, archive_number_key(number, key));
        if (table == TABLE_ORDER)
            rows += tx_delete(tx, TABLE_BASKET, key, archive_number_key(number, key));
        number = before;
    }
    return rows;
}

uint64_t archive_erase(struct archive *archive, struct tx *tx, struct arena *arena, uint32_t slot, const char *id)
{
    uint8_t key[ARCHIVE_NUMBER_KEY], row[LAYOUT_CUSTOMER_BYTES];
    const struct heads heads = *archive_heads(archive, slot);
    archive_leave_claims(archive, tx, arena, slot);
    uint64_t rows = drop_chain(tx, TABLE_ORDER, heads.order) + drop_chain(tx, TABLE_NOTE, heads.note) +
                    drop_chain(tx, TABLE_REASON, heads.reason);
    archive_drop_words(tx, slot);
    rows += tx_delete(tx, TABLE_ID, id, strlen(id));
    layout_write_customer(0, "", row);
    tx_put(tx, TABLE_CUSTOMER, key, archive_number_key(slot, key), row, sizeof row);
    return rows;
}

uint64_t archive_rewrite_notes(struct tx *tx, struct arena *arena, archive_rewrite_note *rewrite, void *context)
{
    struct cursor *cursor = cursor_open(tx, TABLE_NOTE);
    struct slice key, row, note;
    uint64_t rows = 0;
    while (cursor_next(cursor, &key, &row)) {
        uint8_t number[ARCHIVE_NUMBER_KEY];
        const struct slice old = {.bytes = row.bytes + NOTE_HEAD, .length = row.length - NOTE_HEAD};
        if (row.length < NOTE_HEAD || key.length != ARCHIVE_NUMBER_KEY || !rewrite(context, arena, &old, &note))
            continue;
        uint8_t *bytes = arena_take(arena, NOTE_HEAD + note.length);
        memcpy(number, key.bytes, ARCHIVE_NUMBER_KEY);
        memcpy(bytes, row.bytes, NOTE_HEAD);
        memcpy(bytes + NOTE_HEAD, note.bytes, note.length);
        tx_put(tx, TABLE_NOTE, number, ARCHIVE_NUMBER_KEY, bytes, NOTE_HEAD + note.length);
        rows++;
    }
    cursor_close(&cursor);
    return rows;
}

// --- everything

static void load_customers(struct archive *archive, struct tx *tx, const struct archive_visitor *visitor, void *context)
{
    static const struct standing nothing;
    struct cursor *cursor = cursor_open(tx, TABLE_CUSTOMER);
    struct column values;
    struct slice key, row;
    said_load(&archive->said, tx, &values);
    uint8_t first[ARCHIVE_NUMBER_KEY] = {0};
    bool more = cursor_seek(cursor, first, sizeof first, &key, &row);
    for (; more; more = cursor_next(cursor, &key, &row)) {
        uint32_t slot = store_get_u32(key.bytes);
        char id[LAYOUT_ID_MAX + 1];
        const char *text;
        int64_t known_ms;
        size_t length;
        if (!layout_read_customer(row.bytes, row.length, &known_ms, &text, &length)) {
            tx_fail(tx, STORE_DAMAGED);
            break;
        }
        memcpy(id, text, length);
        id[length] = '\0';
        const struct standing *said = column_get(&values, slot);
        visitor->customer(context, slot, id, said != NULL ? said : &nothing);
    }
    column_clear(&values);
    cursor_close(&cursor);
}

static void load_notes(struct archive *archive, struct tx *tx, const struct archive_visitor *visitor, void *context)
{
    struct cursor *cursor = cursor_open(tx, TABLE_NOTE);
    struct slice key, row;
    uint8_t first[ARCHIVE_NUMBER_KEY] = {0};
    bool more = cursor_seek(cursor, first, sizeof first, &key, &row);
    for (; more; more = cursor_next(cursor, &key, &row)) {
        if (row.length < NOTE_HEAD) {
            tx_fail(tx, STORE_DAMAGED);
            break;
        }
        uint32_t slot = store_get_u32(row.bytes), number = store_get_u32(key.bytes);
        archive_heads(archive, slot)->note = number;
        archive->next_note = number + 1;
        visitor->note(context, slot, &(struct slice){.bytes = row.bytes + NOTE_HEAD, .length = row.length - NOTE_HEAD});
    }
    cursor_close(&cursor);
}

static void load_reasons(struct archive *archive, struct tx *tx, const struct archive_visitor *visitor, void *context)
{
    struct cursor *cursor = cursor_open(tx, TABLE_REASON);
    struct slice key, row;
    struct archive_reason reason;
    uint8_t first[ARCHIVE_NUMBER_KEY] = {0};
    bool more = cursor_seek(cursor, first, sizeof first, &key, &row);
    if (more)
        archive->first_reason = store_get_u32(key.bytes);
    for (; more; more = cursor_next(cursor, &key, &row)) {
        if (!read_reason(&row, &reason)) {
            tx_fail(tx, STORE_DAMAGED);
            break;
        }
        uint32_t number = store_get_u32(key.bytes);
        archive_heads(archive, store_get_u32(row.bytes))->reason = number;
        archive->next_reason = number + 1;
        visitor->reason(context, &reason);
    }
    cursor_close(&cursor);
}

void archive_load(struct archive *archive, struct tx *tx, const struct archive_visitor *visitor, void *context)
{
    finder_clear(archive->orders);
    for (uint32_t i = 0; i < archive->slots; i++)
        archive->heads[i] = no_heads;
    archive->next_order = archive->next_note = archive->first_reason = archive->next_reason = 0;
    archive_load_words(archive->kinship, tx);
    load_customers(archive, tx, visitor, context);
    archive_load_orders(archive, tx, visitor, context);
    load_notes(archive, tx, visitor, context);
    load_reasons(archive, tx, visitor, context);
}
