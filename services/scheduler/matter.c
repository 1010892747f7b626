#include "services/scheduler/matter.h"

#include "services/scheduler/diary.h"
#include "services/scheduler/rows.h"

#include <string.h>

#define M(type, member) PACK_FIELD(struct matter, type, member)
const struct pack_field rows_matter[] = {
    PACK_ARRAY(struct matter, PACK_8, id, HASH_BYTES),
    M(PACK_8, kind),
    M(PACK_8, step),
    M(PACK_8, roles),
    M(PACK_8, lapsed),
    M(PACK_TEXT, customer_id),
    M(PACK_TEXT, rep_id),
    M(PACK_64, which),
    M(PACK_64, opened.time_ms),
    M(PACK_64, opened.tie),
    M(PACK_64, closed.time_ms),
    M(PACK_64, closed.tie),
    M(PACK_64, since_ms),
    M(PACK_64, due_ms),
    M(PACK_64, next_ms),
    M(PACK_32, day),
    M(PACK_32, raised),
    M(PACK_TEXT, ref),
    M(PACK_TEXT, end),
    M(PACK_SLICE, why),
    M(PACK_TEXT, approver),
    M(PACK_64, told_ms),
    M(PACK_8, again),
    M(PACK_64, top_ms),
    M(PACK_TEXT, of),
    M(PACK_64, moved_ms),
    M(PACK_64, ended.time_ms),
    M(PACK_64, ended.tie),
    PACK_LAST,
};

static struct matter fresh(void)
{
    return (struct matter){.customer_id = "",
                           .rep_id = "",
                           .day = DAY_NONE,
                           .raised = DAY_NONE,
                           .ref = "",
                           .end = "",
                           .approver = "",
                           .of = "",
                           .why = {(const uint8_t *)"", 0}};
}

bool matter_get(struct turn *turn, const uint8_t *id, struct matter *ret_matter)
{
    *ret_matter = fresh();
    memcpy(ret_matter->id, id, HASH_BYTES);
    ret_matter->ended.time_ms = INT64_MIN;
    bool found = rows_get(turn, TABLE_MATTER, id, HASH_BYTES, rows_matter, ret_matter);
    if (ret_matter->ended.time_ms == INT64_MIN) // an older row, which knew of no difference
        ret_matter->ended = ret_matter->closed;
    return found;
}

bool matter_find(struct turn *turn, enum kind_id kind, const char *subject, uint64_t which, struct matter *ret_matter)
{
    uint8_t id[HASH_BYTES];
    diary_reminder_id(subject, kind, which, id);
    bool found = matter_get(turn, id, ret_matter);
    ret_matter->kind = (uint8_t)kind;
    ret_matter->which = which;
    return found;
}

void matter_put(struct turn *turn, const struct matter *matter)
{
    rows_put(turn, TABLE_MATTER, matter->id, HASH_BYTES, rows_matter, matter);
}

// The ids of a subject's matters, so that a step may write whatever it likes.
static size_t gather(struct turn *turn, const char *subject, bool open, const uint8_t **ret_ids)
{
    enum { FIRST_ROOM = 32 }; // most customers have fewer
    uint8_t prefix[HASH_BYTES] = {0};
    uint8_t *ids = NULL;
    size_t count = 0, room = 0;
    struct slice key, value;
    store_put_u64(prefix, hash_short(subject, strlen(subject)));
    struct cursor *cursor = cursor_open(turn->tx, TABLE_MATTER);
    bool found = cursor_seek(cursor, prefix, sizeof prefix, &key, &value);
    for (; found && rows_starts(key, prefix, 8); found = cursor_next(cursor, &key, &value)) {
        struct matter matter = fresh();
        // In place, not copied: only a look at whether it is wanted.
        (void)pack_read(rows_matter, value.bytes, value.length, &matter);
        if (open && !matter_is_open(&matter))
            continue;
        if (count == room) {
            room = room == 0 ? FIRST_ROOM : room * 2;
            uint8_t *bigger = arena_take(turn->arena, room * HASH_BYTES);
            if (count > 0)
                memcpy(bigger, ids, count * HASH_BYTES);
            ids = bigger;
        }
        memcpy(ids + count++ * HASH_BYTES, key.bytes, HASH_BYTES);
    }
    cursor_close(&cursor);
    *ret_ids = ids;
    return count;
}

static void walk(struct turn *turn, const char *subject, bool open, matter_step *step, void *self)
{
    const uint8_t *ids;
    size_t count = gather(turn, subject, open, &ids);
    for (size_t i = 0; i < count; i++) {
        struct matter matter;
        if (matter_get(turn, ids + i * HASH_BYTES, &matter) && !step(self, turn, &matter))
            return;
    }
}

void matter_each(struct turn *turn, const char *subject, matter_step *step, void *self)
{
    walk(turn, subject, false, step, self);
}

void matter_each_open(struct turn *turn, const char *subject, matter_step *step, void *self)
{
    walk(turn, subject, true, step, self);
}

void matter_each_kept(struct turn *turn, matter_look *look, void *self)
{
    struct slice key, value;
    struct cursor *cursor = cursor_open(turn->tx, TABLE_MATTER);
    bool found = cursor_seek(cursor, "", 1, &key, &value);
    for (; found; found = cursor_next(cursor, &key, &value)) {
        struct matter matter = fresh();
        if (key.length != HASH_BYTES)
            continue;
        memcpy(matter.id, key.bytes, HASH_BYTES);
        (void)pack_read(rows_matter, value.bytes, value.length, &matter);
        look(self, turn, &matter);
    }
    cursor_close(&cursor);
}

size_t matter_each_from(struct turn *turn, uint8_t *from, size_t most, matter_look *look, void *self)
{
    struct slice key, value;
    uint8_t *ids = arena_take(turn->arena, most * HASH_BYTES + 1);
    size_t count = 0;
    struct cursor *cursor = cursor_open(turn->tx, TABLE_MATTER);
    bool found = cursor_seek(cursor, from, HASH_BYTES, &key, &value);
    for (; found && count < most; found = cursor_next(cursor, &key, &value))
        if (key.length == HASH_BYTES)
            memcpy(ids + count++ * HASH_BYTES, key.bytes, HASH_BYTES);
    cursor_close(&cursor);
    for (size_t i = 0; i < count; i++) {
        struct matter matter;
        if (matter_get(turn, ids + i * HASH_BYTES, &matter))
            look(self, turn, &matter);
    }
    if (count > 0)
        memcpy(from, ids + (count - 1) * HASH_BYTES, HASH_BYTES);
    for (size_t i = HASH_BYTES; count > 0 && i > 0 && ++from[i - 1] == 0; i--)
        ;
    return count;
}

void matter_delete(struct turn *turn, const struct matter *matter)
{
    tx_delete(turn->tx, TABLE_MATTER, matter->id, HASH_BYTES);
}
