#include "services/ingest/misfits.h"

#include "common/must.h"
#include "services/ingest/state.h"

#include <stdlib.h>
#include <string.h>

enum { KEY_BYTES = 8 }; // the id; longer keys are the numbers below

static const char last_key[] = "last id", lost_key[] = "lost for want of room";

// A row that is known again when it comes again.
struct known {
    uint64_t id, same;
};

struct misfits {
    uint64_t most_records, most_bytes;
    uint64_t count, bytes;
    struct known *known; // by id; those without `same` are not in it
    size_t known_count, known_room;
};

struct misfits *misfits_open(int64_t most_records, int64_t most_bytes)
{
    struct misfits *misfits = calloc(1, sizeof *misfits);
    must(misfits != NULL && most_records >= 0 && most_bytes >= 0);
    misfits->most_records = (uint64_t)most_records;
    misfits->most_bytes = (uint64_t)most_bytes;
    return misfits;
}

void misfits_close(struct misfits **misfits)
{
    free((*misfits)->known);
    free(*misfits);
    *misfits = NULL;
}

// A number as protobuf packs it; false at the end of the row.
static bool next_number(struct slice row, size_t *at, uint64_t *ret_number)
{
    *ret_number = 0;
    for (unsigned shift = 0; *at < row.length && shift < 64; shift += 7) {
        uint8_t byte = row.bytes[(*at)++];
        *ret_number |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return true;
    }
    return false;
}

// The row's field `same`, behind nearly all: what is before it may be a large body, which is not even read. 0 for none.
static uint64_t same_of(struct slice row)
{
    enum { FIELD_SAME = 17, TYPE_NUMBER = 0, TYPE_FIXED = 1, TYPE_BYTES = 2, FIXED_BYTES = 8 };
    uint64_t key, number;
    for (size_t at = 0; next_number(row, &at, &key);) {
        if ((key & 7) == TYPE_FIXED && row.length - at >= FIXED_BYTES) {
            number = 0;
            for (unsigned i = 0; i < FIXED_BYTES; i++)
                number |= (uint64_t)row.bytes[at++] << (8 * i);
            if (key >> 3 == FIELD_SAME)
                return number;
            continue;
        }
        if (((key & 7) != TYPE_NUMBER && (key & 7) != TYPE_BYTES) || !next_number(row, &at, &number))
            return 0;
        if ((key & 7) == TYPE_BYTES && number > row.length - at)
            return 0;
        at += (key & 7) == TYPE_BYTES ? number : 0;
    }
    return 0;
}

// The first place whose id is not below.
static size_t place_of(const struct misfits *misfits, uint64_t id)
{
    size_t low = 0, high = misfits->known_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (misfits->known[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void remember(struct misfits *misfits, uint64_t id, uint64_t same)
{
    if (same == 0)
        return;
    if (misfits->known_count == misfits->known_room) {
        misfits->known_room = 2 * misfits->known_room + 256;
        misfits->known = realloc(misfits->known, misfits->known_room * sizeof *misfits->known);
        must(misfits->known != NULL);
    }
    size_t place = place_of(misfits, id);
    memmove(misfits->known + place + 1, misfits->known + place,
            (misfits->known_count - place) * sizeof *misfits->known);
    misfits->known[place] = (struct known){id, same};
    misfits->known_count++;
}

static void forget(struct misfits *misfits, uint64_t id)
{
    size_t place = place_of(misfits, id);
    if (place == misfits->known_count || misfits->known[place].id != id)
        return;
    misfits->known_count--;
    memmove(misfits->known + place, misfits->known + place + 1,
            (misfits->known_count - place) * sizeof *misfits->known);
}

// All are looked at: some ten thousand, and only for what is rejected.
static uint64_t id_of(const struct misfits *misfits, uint64_t same)
{
    for (size_t i = 0; same != 0 && i < misfits->known_count; i++)
        if (misfits->known[i].same == same)
            return misfits->known[i].id;
    return 0;
}

void misfits_load(struct misfits *misfits, const struct turn *turn)
{
    struct slice key, value;
    misfits->count = misfits->bytes = 0;
    misfits->known_count = 0;
    struct cursor *cursor = cursor_open(turn->tx, STATE_TABLE_REJECTED);
    for (bool more = cursor_next(cursor, &key, &value); more; more = cursor_next(cursor, &key, &value))
        if (key.length == KEY_BYTES) {
            misfits->count++;
            misfits->bytes += value.length;
            remember(misfits, store_get_u64(key.bytes), same_of(value));
        }
    cursor_close(&cursor);
}

static void write(struct misfits *misfits, const struct turn *turn, const Tend__V1__Rejected *body)
{
    uint8_t key[KEY_BYTES];
    size_t length = tend__v1__rejected__get_packed_size(body);
    uint8_t *bytes = arena_take(turn->arena, length + 1);
    tend__v1__rejected__pack(body, bytes);
    store_put_u64(key, body->id);
    tx_put(turn->tx, STATE_TABLE_REJECTED, key, sizeof key, bytes, length);
    misfits->count++;
    misfits->bytes += length;
    remember(misfits, body->id, body->same);
}

bool misfits_drop(struct misfits *misfits, const struct turn *turn, uint64_t id)
{
    uint8_t key[KEY_BYTES];
    struct slice row;
    store_put_u64(key, id);
    if (!tx_get(turn->tx, STATE_TABLE_REJECTED, key, sizeof key, &row))
        return false;
    misfits->count--;
    misfits->bytes -= row.length;
    forget(misfits, id);
    return tx_delete(turn->tx, STATE_TABLE_REJECTED, key, sizeof key);
}

void misfits_put(struct misfits *misfits, const struct turn *turn, const Tend__V1__Rejected *body)
{
    misfits_drop(misfits, turn, body->id);
    write(misfits, turn, body);
}

static Tend__V1__Rejected *unpack(const struct turn *turn, struct slice row)
{
    return tend__v1__rejected__unpack(arena_allocator(turn->arena), row.length, row.bytes);
}

Tend__V1__Rejected *misfits_get(const struct turn *turn, uint64_t id)
{
    uint8_t key[KEY_BYTES];
    struct slice row;
    store_put_u64(key, id);
    return tx_get(turn->tx, STATE_TABLE_REJECTED, key, sizeof key, &row) ? unpack(turn, row) : NULL;
}

// Until the rest fits. What comes from one body is far smaller than the room for all.
static void make_room(struct misfits *misfits, const struct turn *turn)
{
    struct slice key, value;
    uint64_t lost = 0;
    while (misfits->count > misfits->most_records || misfits->bytes > misfits->most_bytes) {
        struct cursor *cursor = cursor_open(turn->tx, STATE_TABLE_REJECTED);
        bool there = cursor_next(cursor, &key, &value) && key.length == KEY_BYTES;
        uint64_t id = there ? store_get_u64(key.bytes) : 0;
        cursor_close(&cursor);
        if (!there || !misfits_drop(misfits, turn, id))
            break;
        lost++;
    }
    if (lost > 0)
        tx_put_number(turn->tx, STATE_TABLE_REJECTED, lost_key, misfits_lost(turn) + lost);
}

// The row that is kept of it counts once more, and says what is wrong with it now.
static bool count_again(struct misfits *misfits, const struct turn *turn, const Tend__V1__Rejected *body)
{
    uint64_t id = id_of(misfits, body->same);
    Tend__V1__Rejected *kept = id != 0 ? misfits_get(turn, id) : NULL;
    if (kept == NULL)
        return false;
    kept->times = kept->times == 0 ? 2 : kept->times + (kept->times < UINT32_MAX);
    kept->last = body->time;
    kept->event = body->event;
    kept->field = body->field;
    kept->pointer = body->pointer;
    kept->reason = body->reason;
    kept->for_person = body->for_person;
    kept->stored += body->stored;
    misfits_put(misfits, turn, kept);
    return true;
}

uint64_t misfits_add(struct misfits *misfits, const struct turn *turn, Tend__V1__Rejected *body)
{
    if (count_again(misfits, turn, body))
        return id_of(misfits, body->same);
    body->id = tx_get_number(turn->tx, STATE_TABLE_REJECTED, last_key, 0) + 1;
    tx_put_number(turn->tx, STATE_TABLE_REJECTED, last_key, body->id);
    write(misfits, turn, body);
    make_room(misfits, turn);
    return body->id;
}

// Whether the row is of the feed, by its first fields: what is behind them may be a large body.
static bool is_of(struct slice row, const char *feed)
{
    enum { FIELD_FEED = 3, TYPE_NUMBER = 0, TYPE_BYTES = 2 };
    uint64_t key, number;
    for (size_t at = 0; next_number(row, &at, &key) && next_number(row, &at, &number);) {
        if ((key & 7) == TYPE_NUMBER)
            continue;
        if ((key & 7) != TYPE_BYTES || number > row.length - at || key >> 3 > FIELD_FEED)
            return false;
        if (key >> 3 == FIELD_FEED)
            return strlen(feed) == number && memcmp(row.bytes + at, feed, number) == 0;
        at += number;
    }
    return false;
}

static void walk(const struct turn *turn, const char *feed, uint64_t before, bool up,
                 bool (*visit)(void *self, struct slice row), void *self)
{
    uint8_t from[KEY_BYTES];
    struct slice key, value;
    struct cursor *cursor = cursor_open(turn->tx, STATE_TABLE_REJECTED);
    store_put_u64(from, up ? before + 1 : before);
    bool more = cursor_seek(cursor, from, sizeof from, &key, &value);
    if (!up)
        more = more ? cursor_previous(cursor, &key, &value) : cursor_last(cursor, &key, &value);
    while (more) {
        bool ours = key.length == KEY_BYTES && (feed == NULL || is_of(value, feed));
        if (ours && !visit(self, value))
            break;
        more = up ? cursor_next(cursor, &key, &value) : cursor_previous(cursor, &key, &value);
    }
    cursor_close(&cursor);
}

struct visiting {
    const struct turn *turn;
    bool (*visit)(void *self, Tend__V1__Rejected *body);
    void *self;
};

static bool visit_row(void *self, struct slice row)
{
    const struct visiting *visiting = self;
    Tend__V1__Rejected *body = unpack(visiting->turn, row);
    return body == NULL || visiting->visit(visiting->self, body);
}

void misfits_each_of(const struct turn *turn, const char *feed, uint64_t before, bool up,
                     bool (*visit)(void *self, Tend__V1__Rejected *body), void *self)
{
    struct visiting visiting = {turn, visit, self};
    walk(turn, feed, before, up, visit_row, &visiting);
}

void misfits_each(const struct turn *turn, uint64_t before, bool up,
                  bool (*visit)(void *self, Tend__V1__Rejected *body), void *self)
{
    misfits_each_of(turn, NULL, before, up, visit, self);
}

static bool count_row(void *self, struct slice row)
{
    (void)row;
    ++*(uint64_t *)self;
    return true;
}

uint64_t misfits_count_of(const struct turn *turn, const char *feed)
{
    uint64_t count = 0;
    walk(turn, feed, UINT64_MAX, false, count_row, &count);
    return count;
}

bool misfits_erase(struct misfits *misfits, const struct turn *turn, uint64_t *at, size_t bytes, misfits_test *test,
                   void *self, struct arena *scratch)
{
    struct slice key, value;
    uint8_t from[KEY_BYTES];
    size_t looked = 0;
    struct cursor *cursor = cursor_open(turn->tx, STATE_TABLE_REJECTED);
    store_put_u64(from, *at);
    bool more = cursor_seek(cursor, from, sizeof from, &key, &value);
    // Behind the ids there are only the numbers, which are words.
    for (; more && key.length == KEY_BYTES && looked < bytes; more = cursor_next(cursor, &key, &value)) {
        arena_reset(scratch);
        looked += value.length;
        *at = store_get_u64(key.bytes) + 1;
        const Tend__V1__Rejected *body =
            tend__v1__rejected__unpack(arena_allocator(scratch), value.length, value.bytes);
        if (body == NULL || !test(self, body, scratch))
            continue;
        misfits->count--;
        misfits->bytes -= value.length;
        forget(misfits, *at - 1);
        cursor_delete(cursor);
    }
    more = more && key.length == KEY_BYTES;
    cursor_close(&cursor);
    return !more;
}

uint64_t misfits_last(const struct turn *turn)
{
    return tx_get_number(turn->tx, STATE_TABLE_REJECTED, last_key, 0);
}

uint64_t misfits_count(const struct misfits *misfits)
{
    return misfits->count;
}

uint64_t misfits_bytes(const struct misfits *misfits)
{
    return misfits->bytes;
}

uint64_t misfits_lost(const struct turn *turn)
{
    return tx_get_number(turn->tx, STATE_TABLE_REJECTED, lost_key, 0);
}
