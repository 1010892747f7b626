// The orders of the archive: claims as they came, found by the order's id, and put together as claim.h says.
#include "services/scoring/archive_state.h"

#include "common/must.h"

#include <stdlib.h>
#include <string.h>

enum { BASKET_HEAD = 8, SHARED_FIRST = 64 };
_Static_assert((int)CLAIMS_MAX == (int)FINDER_FEW, "a crowd is what goes under another hash");

// Under the key of the process: nobody outside can make many orders fall together.
static uint64_t order_hash(const char *order_id, size_t length)
{
    uint8_t hash[HASH_BYTES];
    must(length <= LAYOUT_ID_MAX);
    hash_table_key(order_id, length, hash);
    return store_get_u64(hash);
}

// Where a customer's claims are found when their number has a crowd of them.
static uint64_t crowd_hash(uint64_t hash, uint32_t slot)
{
    hash += (slot + 1) * UINT64_C(0x9e3779b97f4a7c15);
    hash = (hash ^ hash >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    hash = (hash ^ hash >> 27) * UINT64_C(0x94d049bb133111eb);
    return hash ^ hash >> 31;
}

// A row that we wrote; one that is damaged fails the transaction.
static bool read_claim(struct tx *tx, uint32_t number, struct claim *ret_claim, const char **ret_id, size_t *ret_length)
{
    struct slice row;
    if (!archive_get_row(tx, TABLE_ORDER, number, &row))
        return false;
    ret_claim->number = number;
    if (layout_read_order(row.bytes, row.length, ret_claim, ret_id, ret_length))
        return true;
    tx_fail(tx, STORE_DAMAGED);
    return false;
}

// Adds the claims under a hash. Returns how many numbers are under it.
static uint32_t gather(const struct archive *archive, struct tx *tx, uint64_t hash, const char *order_id, size_t length,
                       struct claims *claims)
{
    struct finder_walk walk = finder_look(archive->orders, hash);
    uint32_t number, count = 0;
    for (; claims->count < CLAIMS_MAX && finder_next(archive->orders, &walk, &number); count++) {
        const char *id;
        size_t id_length;
        struct claim *claim = &claims->items[claims->count];
        if (!read_claim(tx, number, claim, &id, &id_length) || id_length != length || memcmp(id, order_id, length) != 0)
            continue;
        claim->party = kinship_main(archive->kinship, claim->slot);
        claims->count++;
    }
    return count;
}

static void find_claims(const struct archive *archive, struct tx *tx, uint32_t slot, const char *order_id,
                        size_t length, struct claims *claims)
{
    uint64_t hash = order_hash(order_id, length);
    claims->count = 0;
    claims->crowd = gather(archive, tx, hash, order_id, length, claims) == FINDER_FEW;
    if (claims->crowd) {
        size_t count = 0;
        for (size_t i = 0; i < claims->count; i++) {
            if (claims->items[i].slot != slot)
                continue;
            if (count < i)
                claims->items[count] = claims->items[i];
            count++;
        }
        claims->count = count;
        (void)gather(archive, tx, crowd_hash(hash, slot), order_id, length, claims);
    }
    claims_sort(claims);
}

void archive_find_claims(const struct archive *archive, struct tx *tx, uint32_t slot, const char *order_id,
                         struct claims *ret_claims)
{
    find_claims(archive, tx, slot, order_id, strlen(order_id), ret_claims);
}

// Whether nobody else can speak of a claim's order: no other claim was put together with it, and its customer stands
// alone, so that none is by a word of who is one.
static bool is_alone(const struct archive *archive, const struct claim *claim)
{
    return !claim->shared && kinship_next(archive->kinship, claim->slot) == claim->slot;
}

// The order that a claim is a part of, of which there may be others.
static bool find_whole(const struct archive *archive, struct tx *tx, const struct claim *claim, const char *id,
                       size_t length, struct whole *ret_whole)
{
    struct claims *claims = archive->claims;
    size_t at = 0;
    find_claims(archive, tx, claim->slot, id, length, claims);
    while (at < claims->count && claims->items[at].number != claim->number)
        at++;
    if (at == claims->count)
        return false; // the transaction has failed
    claims_whole(claims, claims->of[at], ret_whole);
    return true;
}

bool archive_get_order(const struct archive *archive, struct tx *tx, uint32_t number, struct order *ret_order)
{
    struct claim claim;
    struct whole whole;
    const char *id;
    size_t length;
    if (!read_claim(tx, number, &claim, &id, &length))
        return false;
    bool alone = is_alone(archive, &claim);
    if (!alone && (!find_whole(archive, tx, &claim, id, length, &whole) || whole.number != number))
        return false;
    *ret_order = alone ? claim.order : whole.order;
    return true;
}

const char *archive_order_id(struct tx *tx, struct arena *arena, uint32_t number)
{
    struct claim claim;
    const char *id;
    size_t length;
    return read_claim(tx, number, &claim, &id, &length) ? arena_text(arena, id, length) : "";
}

// Says in a claim's row that there may be others about its order.
static void share(struct tx *tx, struct arena *arena, struct claim *claim)
{
    uint8_t key[ARCHIVE_NUMBER_KEY];
    struct slice row;
    if (claim->shared || !archive_get_row(tx, TABLE_ORDER, claim->number, &row))
        return;
    uint8_t *bytes = arena_take(arena, row.length);
    memcpy(bytes, row.bytes, row.length);
    if (layout_share_order(bytes, row.length))
        tx_put(tx, TABLE_ORDER, key, archive_number_key(claim->number, key), bytes, row.length);
    claim->shared = true;
}

// Whether others are about the order of one of the claims, or would be if the crowd were smaller.
static bool is_shared(const struct claims *claims, size_t at)
{
    bool shared = claims->crowd;
    for (size_t i = 0; i < claims->count; i++)
        shared |= i != at && claims->of[i] == claims->of[at];
    return shared;
}

void archive_put_claim(struct archive *archive, struct tx *tx, struct arena *arena, const char *order_id,
                       struct claims *claims, size_t mine)
{
    struct claim *claim = &claims->items[mine];
    uint8_t key[ARCHIVE_NUMBER_KEY];
    size_t id_length = strlen(order_id);
    bool fresh = claim->number == ARCHIVE_NO_ORDER;
    if (fresh) {
        struct heads *heads = archive_heads(archive, claim->slot);
        uint64_t hash = order_hash(order_id, id_length);
        must(archive->next_order < INT32_MAX); // a purchase has 31 bits for it
        claim->number = archive->next_order++;
        claim->before = heads->order;
        heads->order = claim->number;
        finder_add_few(archive->orders, hash, crowd_hash(hash, claim->slot), claim->number);
    }
    claim->shared |= is_shared(claims, mine);
    size_t length = layout_order_bytes(claim, id_length);
    uint8_t *row = arena_take(arena, length); // built aside: its texts may lie in the page that the write moves
    layout_write_order(claim, order_id, id_length, row);
    if (fresh)
        tx_append(tx, TABLE_ORDER, key, archive_number_key(claim->number, key), row, length);
    else
        tx_put(tx, TABLE_ORDER, key, archive_number_key(claim->number, key), row, length);
    for (size_t i = 0; i < claims->count; i++)
        if (i != mine && is_shared(claims, i))
            share(tx, arena, &claims->items[i]);
}

void archive_leave_claims(const struct archive *archive, struct tx *tx, struct arena *arena, uint32_t slot)
{
    struct claim claim;
    const char *id;
    size_t length;
    uint32_t number = slot < archive->slots ? archive->heads[slot].order : ARCHIVE_NO_ROW;
    for (; number != ARCHIVE_NO_ROW && read_claim(tx, number, &claim, &id, &length); number = claim.before) {
        if (!claim.shared)
            continue;
        find_claims(archive, tx, slot, id, length, archive->claims);
        for (size_t i = 0; i < archive->claims->count; i++)
            share(tx, arena, &archive->claims->items[i]);
    }
}

void archive_own(struct archive *archive, uint32_t slot, int more)
{
    archive_heads(archive, slot)->owned += (uint32_t)more;
}

bool archive_has_orders(const struct archive *archive, uint32_t slot)
{
    uint32_t at = slot;
    if (kinship_main(archive->kinship, slot) != slot)
        return false;
    do {
        if (at < archive->slots && archive->heads[at].owned > 0)
            return true;
        at = kinship_next(archive->kinship, at);
    } while (at != slot);
    return false;
}

static uint32_t newest_claim(const struct archive *archive, uint32_t slot)
{
    return slot < archive->slots ? archive->heads[slot].order : ARCHIVE_NO_ROW;
}

void archive_walk_claims(const struct archive *archive, struct tx *tx, uint32_t slot, archive_visit_order *visit,
                         void *context)
{
    struct claim claim;
    const char *id;
    size_t length;
    uint32_t number = newest_claim(archive, slot);
    for (; number != ARCHIVE_NO_ROW && read_claim(tx, number, &claim, &id, &length); number = claim.before)
        if (!visit(context, number, &claim.order))
            return;
}

// False: the visitor has seen enough.
static bool walk_orders(const struct archive *archive, struct tx *tx, uint32_t slot, archive_visit_order *visit,
                        void *context)
{
    struct claim claim;
    struct whole whole;
    const char *id;
    size_t length;
    uint32_t number = newest_claim(archive, slot);
    for (; number != ARCHIVE_NO_ROW && read_claim(tx, number, &claim, &id, &length); number = claim.before) {
        bool alone = is_alone(archive, &claim);
        const struct order *order = alone ? &claim.order : &whole.order;
        if (!alone && (!find_whole(archive, tx, &claim, id, length, &whole) || whole.number != number))
            continue; // it goes by another claim
        if (!visit(context, number, order))
            return false;
    }
    return true;
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

// --- goods

void archive_put_basket(struct tx *tx, struct arena *arena, uint32_t number, bool fresh, uint64_t hash,
                        const struct slice *goods)
{
    uint8_t key[ARCHIVE_NUMBER_KEY];
    uint8_t *row = arena_take(arena, BASKET_HEAD + goods->length);
    store_put_u64(row, hash);
    memcpy(row + BASKET_HEAD, goods->bytes, goods->length);
    if (fresh)
        tx_append(tx, TABLE_BASKET, key, archive_number_key(number, key), row, BASKET_HEAD + goods->length);
    else
        tx_put(tx, TABLE_BASKET, key, archive_number_key(number, key), row, BASKET_HEAD + goods->length);
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
    return archive_get_row(tx, TABLE_BASKET, number, &row) && split_basket(&row, ret_hash, ret_goods);
}

uint32_t archive_walk_baskets(struct tx *tx, uint32_t from, uint32_t most, archive_visit_basket *visit, void *context)
{
    struct cursor *cursor = cursor_open(tx, TABLE_BASKET);
    struct slice key, row, goods;
    uint8_t first[ARCHIVE_NUMBER_KEY];
    uint64_t hash;
    uint32_t next = ARCHIVE_NO_ORDER;
    bool more = cursor_seek(cursor, first, archive_number_key(from, first), &key, &row);
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

// --- everything

// Claims that have to be put together, once all are known.
struct shared {
    uint32_t *numbers;
    size_t count, room;
};

static void add_shared(struct shared *shared, uint32_t number)
{
    if (shared->count == shared->room) {
        shared->room = shared->room == 0 ? SHARED_FIRST : shared->room * 2;
        shared->numbers = realloc(shared->numbers, shared->room * sizeof *shared->numbers);
        must(shared->numbers != NULL);
    }
    shared->numbers[shared->count++] = number;
}

static void tell_order(struct archive *archive, const struct archive_visitor *visitor, void *context, uint32_t slot,
                       uint32_t number, const struct order *order)
{
    archive_own(archive, slot, 1);
    visitor->order(context, slot, number, order);
}

void archive_load_orders(struct archive *archive, struct tx *tx, const struct archive_visitor *visitor, void *context)
{
    struct cursor *cursor = cursor_open(tx, TABLE_ORDER);
    struct shared shared = {0};
    struct slice key, row;
    uint8_t first[ARCHIVE_NUMBER_KEY] = {0};
    bool more = cursor_seek(cursor, first, sizeof first, &key, &row);
    for (; more; more = cursor_next(cursor, &key, &row)) {
        struct claim claim;
        const char *id;
        size_t length;
        uint32_t number = store_get_u32(key.bytes);
        if (!layout_read_order(row.bytes, row.length, &claim, &id, &length)) {
            tx_fail(tx, STORE_DAMAGED);
            break;
        }
        uint64_t hash = order_hash(id, length);
        finder_bring_few(archive->orders, hash, crowd_hash(hash, claim.slot), number);
        archive_heads(archive, claim.slot)->order = number;
        archive->next_order = number + 1;
        if (is_alone(archive, &claim))
            tell_order(archive, visitor, context, claim.slot, number, &claim.order);
        else
            add_shared(&shared, number);
    }
    finder_settle(archive->orders);
    cursor_close(&cursor);
    for (size_t i = 0; i < shared.count; i++) {
        struct claim claim;
        struct whole whole;
        const char *id;
        size_t length;
        if (read_claim(tx, shared.numbers[i], &claim, &id, &length) &&
            find_whole(archive, tx, &claim, id, length, &whole) && whole.number == claim.number)
            tell_order(archive, visitor, context, whole.slot, whole.number, &whole.order);
    }
    free(shared.numbers);
}
