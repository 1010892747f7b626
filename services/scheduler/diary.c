#include "services/scheduler/diary.h"

#include "common/must.h"
#include "services/scheduler/rows.h"

#include <string.h>

enum {
    HALF_BYTES = HASH_BYTES / 2,
    DUE_KEY_BYTES = 8 + 1 + HASH_BYTES,
    DATED_KEY_BYTES = 8 + 4 + HASH_BYTES,
    LIST_KEY_BYTES = 8 + 4,
};

#define M(type, member) PACK_FIELD(struct reminder, type, member)
const struct pack_field rows_reminder[] = {
    PACK_ARRAY(struct reminder, PACK_8, id, HASH_BYTES),
    M(PACK_8, kind),
    M(PACK_8, state),
    M(PACK_8, outcome),
    M(PACK_8, reason),
    M(PACK_8, late),
    M(PACK_TEXT, rep_id),
    M(PACK_TEXT, customer_id),
    M(PACK_32, day),
    M(PACK_32, event_day),
    M(PACK_64, due_ms),
    M(PACK_64, tell_ms),
    M(PACK_64, told_ms),
    M(PACK_64, answered_ms),
    M(PACK_TEXT, note),
    M(PACK_64, promise),
    M(PACK_8, detail),
    M(PACK_SLICE, why),
    PACK_ARRAY(struct reminder, PACK_8, matter, HASH_BYTES),
    M(PACK_8, step),
    M(PACK_8, role),
    M(PACK_TEXT, for_rep),
    M(PACK_TEXT, text),
    PACK_LAST,
};

#define L(type, member) PACK_FIELD(struct list, type, member)
static const struct pack_field LIST_FIELDS[] = {
    L(PACK_TEXT, rep_id),
    L(PACK_32, day),
    L(PACK_64, due_ms),
    L(PACK_64, told_ms),
    L(PACK_8, late),
    L(PACK_8, first_of_month),
    L(PACK_32, customers),
    L(PACK_32, contacted),
    L(PACK_32, working_days_left),
    L(PACK_32, capacity),
    L(PACK_32, missing),
    L(PACK_SLICE, lines),
    PACK_LAST,
};

static uint64_t short_of(const char *id)
{
    return hash_short(id, strlen(id));
}

// Days before 1970 are negative; with the sign bit turned they sort as bytes.
static uint32_t sortable(int32_t day)
{
    return (uint32_t)day ^ UINT32_C(0x80000000);
}

// --- reminders

void diary_reminder_id(const char *subject, enum kind_id kind, uint64_t which, uint8_t *ret_id)
{
    uint8_t detail[1 + 8];
    detail[0] = (uint8_t)kind;
    store_put_u64(detail + 1, which);
    store_put_u64(ret_id, short_of(subject));
    store_put_u64(ret_id + HALF_BYTES, hash_short(detail, sizeof detail));
}

static struct reminder fresh_reminder(void)
{
    return (struct reminder){.rep_id = "",
                             .customer_id = "",
                             .note = "",
                             .text = "",
                             .for_rep = "",
                             .event_day = DAY_NONE,
                             .why = {(const uint8_t *)"", 0}};
}

static void dated_key(const char *rep_id, int32_t day, const uint8_t *id, uint8_t *ret_key)
{
    store_put_u64(ret_key, short_of(rep_id));
    store_put_u32(ret_key + 8, sortable(day));
    memcpy(ret_key + 12, id, HASH_BYTES);
}

bool diary_reminder(struct turn *turn, const uint8_t *id, struct reminder *ret_reminder)
{
    *ret_reminder = fresh_reminder();
    return rows_get(turn, TABLE_REMINDER, id, HASH_BYTES, rows_reminder, ret_reminder);
}

void diary_put_reminder(struct turn *turn, const struct reminder *reminder)
{
    struct reminder row = *reminder;
    row.text = row.text != NULL ? row.text : ""; // few have one
    rows_put(turn, TABLE_REMINDER, row.id, HASH_BYTES, rows_reminder, &row);
}

void diary_add_reminder(struct turn *turn, const struct reminder *reminder)
{
    uint8_t key[DATED_KEY_BYTES];
    dated_key(reminder->rep_id, reminder->day, reminder->id, key);
    tx_put(turn->tx, TABLE_DATED, key, sizeof key, "", 0);
    diary_put_reminder(turn, reminder);
}

void diary_move_reminder(struct turn *turn, struct reminder *reminder, const char *rep_id, int32_t day)
{
    if (reminder->day != day || strcmp(reminder->rep_id, rep_id) != 0) {
        uint8_t key[DATED_KEY_BYTES];
        dated_key(reminder->rep_id, reminder->day, reminder->id, key);
        tx_delete(turn->tx, TABLE_DATED, key, sizeof key);
        reminder->rep_id = rep_id;
        reminder->day = day;
        diary_add_reminder(turn, reminder);
    }
}

void diary_delete_reminder(struct turn *turn, const struct reminder *reminder)
{
    uint8_t key[DATED_KEY_BYTES];
    dated_key(reminder->rep_id, reminder->day, reminder->id, key);
    tx_delete(turn->tx, TABLE_DATED, key, sizeof key);
    tx_delete(turn->tx, TABLE_REMINDER, reminder->id, HASH_BYTES);
}

// Ids that a walk gathers first, so that a step may write whatever it likes.
struct gathered {
    uint8_t *ids;
    size_t count, room;
};

enum { FIRST_ROOM = 32 }; // most have few, and what is asked for is a limit

static void gather(struct turn *turn, struct gathered *gathered, const uint8_t *id)
{
    if (gathered->count == gathered->room) {
        size_t room = gathered->room == 0 ? FIRST_ROOM : gathered->room * 2;
        uint8_t *bigger = arena_take(turn->arena, room * HASH_BYTES);
        if (gathered->count > 0)
            memcpy(bigger, gathered->ids, gathered->count * HASH_BYTES);
        gathered->ids = bigger;
        gathered->room = room;
    }
    memcpy(gathered->ids + gathered->count++ * HASH_BYTES, id, HASH_BYTES);
}

static void visit(struct turn *turn, const struct gathered *gathered, reminder_step *step, void *self)
{
    for (size_t i = 0; i < gathered->count; i++) {
        struct reminder reminder;
        if (diary_reminder(turn, gathered->ids + i * HASH_BYTES, &reminder) && !step(self, turn, &reminder)) {
            return;
        }
    }
}

void diary_each_of_subject(struct turn *turn, const char *subject, size_t most, reminder_step *step, void *self)
{
    uint8_t prefix[HASH_BYTES] = {0};
    struct gathered gathered = {0};
    struct slice key, value;
    store_put_u64(prefix, short_of(subject));
    struct cursor *cursor = cursor_open(turn->tx, TABLE_REMINDER);
    bool found = cursor_seek(cursor, prefix, sizeof prefix, &key, &value);
    for (; found && gathered.count < most && rows_starts(key, prefix, HALF_BYTES);
         found = cursor_next(cursor, &key, &value)) {
        gather(turn, &gathered, key.bytes);
    }
    cursor_close(&cursor);
    visit(turn, &gathered, step, self);
}

void diary_each_from(struct turn *turn, const uint8_t *from, size_t most, reminder_step *step, void *self)
{
    struct gathered gathered = {0};
    struct slice key, value;
    struct cursor *cursor = cursor_open(turn->tx, TABLE_REMINDER);
    bool found = cursor_seek(cursor, from, HASH_BYTES, &key, &value);
    for (; found && gathered.count < most; found = cursor_next(cursor, &key, &value))
        gather(turn, &gathered, key.bytes);
    cursor_close(&cursor);
    visit(turn, &gathered, step, self);
}

void diary_each_of_matter(struct turn *turn, const char *subject, const uint8_t *matter, reminder_step *step,
                          void *self)
{
    uint8_t prefix[HASH_BYTES] = {0};
    struct gathered gathered = {0};
    struct slice key, value;
    store_put_u64(prefix, short_of(subject));
    struct cursor *cursor = cursor_open(turn->tx, TABLE_REMINDER);
    bool found = cursor_seek(cursor, prefix, sizeof prefix, &key, &value);
    for (; found && rows_starts(key, prefix, HALF_BYTES); found = cursor_next(cursor, &key, &value)) {
        struct reminder reminder = fresh_reminder();
        // In place, not copied: most are of other matters.
        (void)pack_read(rows_reminder, value.bytes, value.length, &reminder);
        if (memcmp(reminder.matter, matter, HASH_BYTES) == 0)
            gather(turn, &gathered, key.bytes);
    }
    cursor_close(&cursor);
    visit(turn, &gathered, step, self);
}

void diary_each_of_rep(struct turn *turn, const char *rep_id, size_t most, reminder_step *step, void *self)
{
    uint8_t prefix[8], last[12];
    struct gathered gathered = {0};
    struct slice key, value;
    store_put_u64(prefix, short_of(rep_id));
    memcpy(last, prefix, sizeof prefix);
    store_put_u32(last + 8, UINT32_MAX);
    struct cursor *cursor = cursor_open(turn->tx, TABLE_DATED);
    // Behind the rep's last day, and one back.
    bool found = cursor_seek(cursor, last, sizeof last, &key, &value) ? cursor_previous(cursor, &key, &value)
                                                                      : cursor_last(cursor, &key, &value);
    for (; found && gathered.count < most && rows_starts(key, prefix, sizeof prefix);
         found = cursor_previous(cursor, &key, &value)) {
        gather(turn, &gathered, key.bytes + 12);
    }
    cursor_close(&cursor);
    visit(turn, &gathered, step, self);
}

void diary_each_of_day(struct turn *turn, const char *rep_id, int32_t day, size_t most, reminder_step *step, void *self)
{
    uint8_t prefix[12];
    struct gathered gathered = {0};
    struct slice key, value;
    store_put_u64(prefix, short_of(rep_id));
    store_put_u32(prefix + 8, sortable(day));
    struct cursor *cursor = cursor_open(turn->tx, TABLE_DATED);
    bool found = cursor_seek(cursor, prefix, sizeof prefix, &key, &value);
    for (; found && gathered.count < most && rows_starts(key, prefix, sizeof prefix);
         found = cursor_next(cursor, &key, &value))
        gather(turn, &gathered, key.bytes + 12);
    cursor_close(&cursor);
    visit(turn, &gathered, step, self);
}

void diary_each_reminder(struct turn *turn, size_t most, reminder_step *step, void *self)
{
    struct gathered gathered = {0};
    struct slice key, value;
    struct cursor *cursor = cursor_open(turn->tx, TABLE_REMINDER);
    bool found = cursor_seek(cursor, "", 1, &key, &value);
    for (; found && gathered.count < most; found = cursor_next(cursor, &key, &value)) {
        gather(turn, &gathered, key.bytes);
    }
    cursor_close(&cursor);
    visit(turn, &gathered, step, self);
}

static bool forget(void *self, struct turn *turn, const struct reminder *reminder)
{
    (void)self;
    if (reminder->state != REMINDER_PENDING) {
        diary_delete_reminder(turn, reminder);
    }
    return true;
}

void diary_forget(struct turn *turn, const char *rep_id, int32_t day, size_t most)
{
    uint8_t from[12];
    struct gathered gathered = {0};
    struct slice key, value;
    store_put_u64(from, short_of(rep_id));
    store_put_u32(from + 8, 0);
    struct cursor *cursor = cursor_open(turn->tx, TABLE_DATED);
    bool found = cursor_seek(cursor, from, sizeof from, &key, &value);
    for (; found && gathered.count < most && rows_starts(key, from, 8) && store_get_u32(key.bytes + 8) < sortable(day);
         found = cursor_next(cursor, &key, &value)) {
        gather(turn, &gathered, key.bytes + 12);
    }
    cursor_close(&cursor);
    visit(turn, &gathered, forget, NULL);

    cursor = cursor_open(turn->tx, TABLE_LIST);
    while (cursor_seek(cursor, from, sizeof from, &key, &value) && rows_starts(key, from, 8) &&
           store_get_u32(key.bytes + 8) < sortable(day)) {
        cursor_delete(cursor);
    }
    cursor_close(&cursor);
}

// --- lists

static void list_key(const char *rep_id, int32_t day, uint8_t *ret_key)
{
    store_put_u64(ret_key, short_of(rep_id));
    store_put_u32(ret_key + 8, sortable(day));
}

bool diary_list(struct turn *turn, const char *rep_id, int32_t day, struct list *ret_list)
{
    uint8_t key[LIST_KEY_BYTES];
    list_key(rep_id, day, key);
    *ret_list = (struct list){.rep_id = rep_id, .day = day, .lines = {(const uint8_t *)"", 0}};
    return rows_get(turn, TABLE_LIST, key, sizeof key, LIST_FIELDS, ret_list);
}

void diary_put_list(struct turn *turn, const struct list *list)
{
    uint8_t key[LIST_KEY_BYTES];
    list_key(list->rep_id, list->day, key);
    rows_put(turn, TABLE_LIST, key, sizeof key, LIST_FIELDS, list);
}

// --- what is due

static void due_key(const struct due *due, uint8_t *ret_key)
{
    must(due->at_ms >= 0);
    store_put_u64(ret_key, (uint64_t)due->at_ms);
    ret_key[8] = (uint8_t)due->what;
    memcpy(ret_key + 9, due->id, HASH_BYTES);
}

void diary_put_due(struct turn *turn, const struct due *due)
{
    uint8_t key[DUE_KEY_BYTES];
    due_key(due, key);
    tx_put(turn->tx, TABLE_DUE, key, sizeof key, due->subject, strlen(due->subject));
}

void diary_delete_due(struct turn *turn, const struct due *due)
{
    uint8_t key[DUE_KEY_BYTES];
    due_key(due, key);
    tx_delete(turn->tx, TABLE_DUE, key, sizeof key);
}

bool diary_has_due(struct turn *turn, const struct due *due)
{
    uint8_t key[DUE_KEY_BYTES];
    struct slice value;
    due_key(due, key);
    return tx_get(turn->tx, TABLE_DUE, key, sizeof key, &value);
}

bool diary_first_due(struct turn *turn, struct due *ret_due)
{
    struct slice key, value;
    struct cursor *cursor = cursor_open(turn->tx, TABLE_DUE);
    bool found = cursor_seek(cursor, "", 1, &key, &value) && key.length == DUE_KEY_BYTES;
    if (found) {
        ret_due->at_ms = (int64_t)store_get_u64(key.bytes);
        ret_due->what = (enum due_what)key.bytes[8];
        memcpy(ret_due->id, key.bytes + 9, HASH_BYTES);
        ret_due->subject = arena_text(turn->arena, (const char *)value.bytes, value.length);
    }
    cursor_close(&cursor);
    return found;
}
