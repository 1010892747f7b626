#include "services/scoring/archive.h"

#include "common/must.h"
#include "services/scoring/archive_kin.h"
#include "services/scoring/finder.h"
#include "services/scoring/said.h"

#include <stdlib.h>
#include <string.h>

enum {
    TABLE_CUSTOMER = STORE_TABLE_SERVICE,
    TABLE_ID,
    TABLE_ORDER,
    TABLE_SAID,
    TABLE_REASON,
    TABLE_NOTE = TABLE_REASON + 2, // archive_settings.c has the one between, and archive_kin.c the last
    TABLE_BASKET,

    NUMBER_KEY = 4,
    REASON_HEAD = 4 + 4 + 4 + 8,
    NOTE_HEAD = 4 + 4,
    BASKET_HEAD = 8,
    SLOTS_FIRST = 1024,
};

// No row of that number: there is no order, or no reason, before it.
#define NO_ROW UINT32_MAX

const char *const archive_tables[ARCHIVE_TABLES] = {"customer", "id",   "order",  "said", "reason",
                                                    "settings", "note", "basket", "kin"};

// The newest rows of a customer.
struct heads {
    uint32_t order, note, reason;
};

struct archive {
    struct kinship *kinship; // the caller's
    struct finder *orders;   // by customer and order id
    struct heads *heads;     // by slot
    uint32_t slots;
    uint32_t next_order, next_note;
    uint32_t first_reason, next_reason;
    struct said said;
};

struct archive *archive_open(struct kinship *kinship)
{
    struct archive *archive = calloc(1, sizeof *archive);
    must(archive != NULL);
    archive->kinship = kinship;
    archive->orders = finder_open();
    said_start(&archive->said, TABLE_SAID);
    return archive;
}

void archive_close(struct archive **archive)
{
    if (*archive == NULL)
        return;
    finder_close(&(*archive)->orders);
    free((*archive)->heads);
    said_clear(&(*archive)->said);
    free(*archive);
    *archive = NULL;
}

static struct heads *heads_of(struct archive *archive, uint32_t slot)
{
    if (slot >= archive->slots) {
        uint32_t slots = archive->slots == 0 ? SLOTS_FIRST : archive->slots;
        while (slots <= slot)
            slots += slots / 2;
        archive->heads = realloc(archive->heads, slots * sizeof *archive->heads);
        must(archive->heads != NULL);
        memset(archive->heads + archive->slots, 0xff,
               (slots - archive->slots) * sizeof *archive->heads); // NO_ROW
        archive->slots = slots;
    }
    return &archive->heads[slot];
}

static size_t number_key(uint32_t number, uint8_t *key)
{
    store_put_u32(key, number);
    return NUMBER_KEY;
}

// A row by its number; false when there is none.
static bool get_row(struct tx *tx, unsigned table, uint32_t number, struct slice *ret_row)
{
    uint8_t key[NUMBER_KEY];
    return tx_get(tx, table, key, number_key(number, key), ret_row);
}

// --- customers

void archive_add_customer(struct tx *tx, uint32_t slot, const char *id, int64_t known_ms)
{
    uint8_t key[NUMBER_KEY], row[LAYOUT_CUSTOMER_BYTES + LAYOUT_ID_MAX];
    size_t length = strlen(id);
    must(length > 0 && length <= LAYOUT_ID_MAX);
    tx_put(tx, TABLE_ID, id, length, key, number_key(slot, key));
    layout_write_customer(known_ms, id, row);
    tx_append(tx, TABLE_CUSTOMER, key, number_key(slot, key), row, LAYOUT_CUSTOMER_BYTES + length);
}

bool archive_get_customer(struct tx *tx, struct arena *arena, uint32_t slot, const char **ret_id, int64_t *ret_known_ms)
{
    struct slice row;
    if (!get_row(tx, TABLE_CUSTOMER, slot, &row))
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

// --- orders

// Under the key of the process: nobody outside can make many orders fall together.
static uint64_t order_hash(uint32_t slot, const char *order_id, size_t length)
{
    uint8_t hash[HASH_BYTES], text[NUMBER_KEY + LAYOUT_ID_MAX];
    must(length <= LAYOUT_ID_MAX);
    store_put_u32(text, slot);
    memcpy(text + NUMBER_KEY, order_id, length);
    hash_table_key(text, NUMBER_KEY + length, hash);
    return store_get_u64(hash);
}

// The facts in a row that we wrote; a row that is damaged fails the transaction.
static bool read_order(struct tx *tx, uint32_t number, struct order *ret_order, struct layout_owner *ret_owner)
{
    struct slice row;
    if (!get_row(tx, TABLE_ORDER, number, &row))
        return false;
    if (layout_read_order(row.bytes, row.length, ret_order, ret_owner))
        return true;
    tx_fail(tx, STORE_DAMAGED);
    return false;
}

bool archive_get_order(struct tx *tx, uint32_t number, struct order *ret_order)
{
    struct layout_owner owner;
    return read_order(tx, number, ret_order, &owner);
}

const char *archive_order_id(struct tx *tx, struct arena *arena, uint32_t number)
{
    struct order order;
    struct layout_owner owner;
    return read_order(tx, number, &order, &owner) ? arena_text(arena, owner.order_id, owner.id_length) : "";
}

void archive_find_order(const struct archive *archive, struct tx *tx, uint32_t slot, const char *order_id,
                        struct order *ret_order, uint32_t *ret_number)
{
    size_t length = strlen(order_id);
    struct finder_walk walk = finder_look(archive->orders, order_hash(slot, order_id, length));
    struct layout_owner owner;
    while (finder_next(archive->orders, &walk, ret_number)) {
        if (read_order(tx, *ret_number, ret_order, &owner) && owner.slot == slot && owner.id_length == length &&
            memcmp(owner.order_id, order_id, length) == 0)
            return;
    }
    order_start(ret_order);
    *ret_number = ARCHIVE_NO_ORDER;
}

uint32_t archive_put_order(struct archive *archive, struct tx *tx, struct arena *arena, uint32_t slot,
                           const char *order_id, uint32_t number, const struct order *order)
{
    struct layout_owner owner = {.slot = slot, .before = NO_ROW, .order_id = order_id, .id_length = strlen(order_id)};
    uint8_t key[NUMBER_KEY];
    bool fresh = number == ARCHIVE_NO_ORDER;
    struct heads *heads = heads_of(archive, slot);
    if (fresh) {
        must(archive->next_order < INT32_MAX); // a purchase has 31 bits for it
        number = archive->next_order++;
        owner.before = heads->order;
        heads->order = number;
        finder_add(archive->orders, order_hash(slot, order_id, owner.id_length), number);
    } else {
        struct order known;
        struct layout_owner kept;
        if (read_order(tx, number, &known, &kept))
            owner.before = kept.before;
    }
    size_t length = layout_order_bytes(&owner, order);
    uint8_t *row = arena_take(arena, length); // built aside: its texts may lie in the page that the write moves
    layout_write_order(&owner, order, row);
    if (fresh)
        tx_append(tx, TABLE_ORDER, key, number_key(number, key), row, length);
    else
        tx_put(tx, TABLE_ORDER, key, number_key(number, key), row, length);
    return number;
}

void archive_put_basket(struct tx *tx, struct arena *arena, uint32_t number, bool fresh, uint64_t hash,
                        const struct slice *goods)
{
    uint8_t key[NUMBER_KEY];
    uint8_t *row = arena_take(arena, BASKET_HEAD + goods->length);
    store_put_u64(row, hash);
    memcpy(row + BASKET_HEAD, goods->bytes, goods->length);
    if (fresh)
        tx_append(tx, TABLE_BASKET, key, number_key(number, key), row, BASKET_HEAD + goods->length);
    else
        tx_put(tx, TABLE_BASKET, key, number_key(number, key), row, BASKET_HEAD + goods->length);
}

static bool split_basket(const struct slice *row, uint64_t *ret_hash, struct slice *ret_goods)
{
    if (row->length < BASKET_HEAD)
        return false;
    *ret_hash = store_get_u64(row->bytes);
    *ret_goods = (struct slice){.bytes = row->bytes + BASKET_HEAD, .length = row->length - BASKET_HEAD};
    return true;
}

bool archive_get_basket(struct tx *tx, uint32_t number, uint64_t *ret_hash, struct slice *ret_goods)
{
    struct slice row;
    return get_row(tx, TABLE_BASKET, number, &row) && split_basket(&row, ret_hash, ret_goods);
}

uint32_t archive_walk_baskets(struct tx *tx, uint32_t from, uint32_t most, archive_visit_basket *visit, void *context)
{
    struct cursor *cursor = cursor_open(tx, TABLE_BASKET);
    struct slice key, row, goods;
    uint8_t first[NUMBER_KEY];
    uint64_t hash;
    uint32_t next = ARCHIVE_NO_ORDER;
    bool more = cursor_seek(cursor, first, number_key(from, first), &key, &row);
    for (uint32_t i = 0; more; more = cursor_next(cursor, &key, &row)) {
        if (i++ == most) {
            next = store_get_u32(key.bytes);
            break;
        }
        if (split_basket(&row, &hash, &goods))
            visit(context, store_get_u32(key.bytes), hash, &goods);
    }
    cursor_close(&cursor);
    return next;
}

bool archive_has_orders(const struct archive *archive, uint32_t slot)
{
    uint32_t at = slot;
    if (kinship_main(archive->kinship, slot) != slot)
        return false;
    do {
        if (at < archive->slots && archive->heads[at].order != NO_ROW)
            return true;
        at = kinship_next(archive->kinship, at);
    } while (at != slot);
    return false;
}

// False: the visitor has seen enough.
static bool walk_orders(const struct archive *archive, struct tx *tx, uint32_t slot, archive_visit_order *visit,
                        void *context)
{
    struct order order;
    struct layout_owner owner;
    uint32_t number = slot < archive->slots ? archive->heads[slot].order : NO_ROW;
    for (; number != NO_ROW && read_order(tx, number, &order, &owner); number = owner.before)
        if (!visit(context, number, &order))
            return false;
    return true;
}

void archive_walk_own_orders(const struct archive *archive, struct tx *tx, uint32_t slot, archive_visit_order *visit,
                             void *context)
{
    (void)walk_orders(archive, tx, slot, visit, context);
}

void archive_walk_orders(const struct archive *archive, struct tx *tx, uint32_t slot, archive_visit_order *visit,
                         void *context)
{
    uint32_t at = slot;
    if (kinship_main(archive->kinship, slot) != slot)
        return;
    do {
        if (!walk_orders(archive, tx, at, visit, context))
            return;
        at = kinship_next(archive->kinship, at);
    } while (at != slot);
}

// --- notes

void archive_add_note(struct archive *archive, struct tx *tx, struct arena *arena, uint32_t slot,
                      const struct slice *note)
{
    uint8_t key[NUMBER_KEY];
    uint32_t *head = &heads_of(archive, slot)->note;
    uint8_t *row = arena_take(arena, NOTE_HEAD + note->length);
    store_put_u32(row, slot);
    store_put_u32(row + 4, *head);
    memcpy(row + NOTE_HEAD, note->bytes, note->length);
    must(archive->next_note < NO_ROW);
    *head = archive->next_note++;
    tx_append(tx, TABLE_NOTE, key, number_key(*head, key), row, NOTE_HEAD + note->length);
}

static bool walk_notes(const struct archive *archive, struct tx *tx, uint32_t slot, archive_visit_note *visit,
                       void *context)
{
    uint32_t number = slot < archive->slots ? archive->heads[slot].note : NO_ROW;
    struct slice row;
    while (number != NO_ROW) {
        if (!get_row(tx, TABLE_NOTE, number, &row) || row.length < NOTE_HEAD) {
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
    uint8_t key[NUMBER_KEY];
    uint32_t *head = &heads_of(archive, slot)->reason;
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
    must(archive->next_reason < NO_ROW);
    *head = archive->next_reason++;
    tx_append(tx, TABLE_REASON, key, number_key(*head, key), row, length);
    if (archive->next_reason - archive->first_reason > ARCHIVE_REASONS_MAX)
        (void)tx_delete(tx, TABLE_REASON, key, number_key(archive->first_reason++, key));
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
    uint32_t number = slot < archive->slots ? archive->heads[slot].reason : NO_ROW;
    struct slice row;
    struct archive_reason reason;
    for (int i = 0; i < ARCHIVE_REASON_STEPS && number != NO_ROW; i++) {
        if (!get_row(tx, TABLE_REASON, number, &row) || !read_reason(&row, &reason))
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
    uint8_t key[NUMBER_KEY];
    uint64_t rows = 0;
    struct slice row;
    while (number != NO_ROW && get_row(tx, table, number, &row) && row.length >= 12) {
        uint32_t before = store_get_u32(row.bytes + (table == TABLE_ORDER ? 8 : 4)); // behind the slot
        rows += tx_delete(tx, table, key, number_key(number, key));
        if (table == TABLE_ORDER)
            rows += tx_delete(tx, TABLE_BASKET, key, number_key(number, key));
        number = before;
    }
    return rows;
}

uint64_t archive_erase(struct archive *archive, struct tx *tx, uint32_t slot, const char *id)
{
    uint8_t key[NUMBER_KEY], row[LAYOUT_CUSTOMER_BYTES];
    const struct heads heads = *heads_of(archive, slot);
    uint64_t rows = drop_chain(tx, TABLE_ORDER, heads.order) + drop_chain(tx, TABLE_NOTE, heads.note) +
                    drop_chain(tx, TABLE_REASON, heads.reason);
    archive_drop_words(tx, slot);
    rows += tx_delete(tx, TABLE_ID, id, strlen(id));
    layout_write_customer(0, "", row);
    tx_put(tx, TABLE_CUSTOMER, key, number_key(slot, key), row, sizeof row);
    return rows;
}

uint64_t archive_rewrite_notes(struct tx *tx, struct arena *arena, archive_rewrite_note *rewrite, void *context)
{
    struct cursor *cursor = cursor_open(tx, TABLE_NOTE);
    struct slice key, row, note;
    uint64_t rows = 0;
    while (cursor_next(cursor, &key, &row)) {
        uint8_t number[NUMBER_KEY];
        const struct slice old = {.bytes = row.bytes + NOTE_HEAD, .length = row.length - NOTE_HEAD};
        if (row.length < NOTE_HEAD || key.length != NUMBER_KEY || !rewrite(context, arena, &old, &note))
            continue;
        uint8_t *bytes = arena_take(arena, NOTE_HEAD + note.length);
        memcpy(number, key.bytes, NUMBER_KEY);
        memcpy(bytes, row.bytes, NOTE_HEAD);
        memcpy(bytes + NOTE_HEAD, note.bytes, note.length);
        tx_put(tx, TABLE_NOTE, number, NUMBER_KEY, bytes, NOTE_HEAD + note.length);
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
    uint8_t first[NUMBER_KEY] = {0};
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

static void load_orders(struct archive *archive, struct tx *tx, const struct archive_visitor *visitor, void *context)
{
    struct cursor *cursor = cursor_open(tx, TABLE_ORDER);
    struct slice key, row;
    uint8_t first[NUMBER_KEY] = {0};
    bool more = cursor_seek(cursor, first, sizeof first, &key, &row);
    for (; more; more = cursor_next(cursor, &key, &row)) {
        struct order order;
        struct layout_owner owner;
        uint32_t number = store_get_u32(key.bytes);
        if (!layout_read_order(row.bytes, row.length, &order, &owner)) {
            tx_fail(tx, STORE_DAMAGED);
            break;
        }
        finder_bring(archive->orders, order_hash(owner.slot, owner.order_id, owner.id_length), number);
        heads_of(archive, owner.slot)->order = number;
        archive->next_order = number + 1;
        visitor->order(context, owner.slot, number, &order);
    }
    finder_settle(archive->orders);
    cursor_close(&cursor);
}

static void load_notes(struct archive *archive, struct tx *tx, const struct archive_visitor *visitor, void *context)
{
    struct cursor *cursor = cursor_open(tx, TABLE_NOTE);
    struct slice key, row;
    uint8_t first[NUMBER_KEY] = {0};
    bool more = cursor_seek(cursor, first, sizeof first, &key, &row);
    for (; more; more = cursor_next(cursor, &key, &row)) {
        if (row.length < NOTE_HEAD) {
            tx_fail(tx, STORE_DAMAGED);
            break;
        }
        uint32_t slot = store_get_u32(row.bytes), number = store_get_u32(key.bytes);
        heads_of(archive, slot)->note = number;
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
    uint8_t first[NUMBER_KEY] = {0};
    bool more = cursor_seek(cursor, first, sizeof first, &key, &row);
    if (more)
        archive->first_reason = store_get_u32(key.bytes);
    for (; more; more = cursor_next(cursor, &key, &row)) {
        if (!read_reason(&row, &reason)) {
            tx_fail(tx, STORE_DAMAGED);
            break;
        }
        uint32_t number = store_get_u32(key.bytes);
        heads_of(archive, store_get_u32(row.bytes))->reason = number;
        archive->next_reason = number + 1;
        visitor->reason(context, &reason);
    }
    cursor_close(&cursor);
}

void archive_load(struct archive *archive, struct tx *tx, const struct archive_visitor *visitor, void *context)
{
    finder_clear(archive->orders);
    if (archive->slots > 0)
        memset(archive->heads, 0xff, archive->slots * sizeof *archive->heads);
    archive->next_order = archive->next_note = archive->first_reason = archive->next_reason = 0;
    archive_load_words(archive->kinship, tx);
    load_customers(archive, tx, visitor, context);
    load_orders(archive, tx, visitor, context);
    load_notes(archive, tx, visitor, context);
    load_reasons(archive, tx, visitor, context);
}
