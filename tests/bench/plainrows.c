#include "bench/plainrows.h"

#include "common/must.h"
#include "common/store.h"
#include "harness/folder.h"

#include <lmdb.h>
#include <stdlib.h>
#include <string.h>

enum {
    MATTER,
    REMINDER,
    DATED,
    DUE,
    LOG,
    RECORD,
    TABLES,
    ROW_MAX = 4096,
    ID = 16,
    DUE_KEY = 8 + 1 + ID,
    DATED_KEY = 8 + 4 + ID,
    LOG_KEY = 8 + 4,
};

#define MAP_BYTES ((size_t)64 << 30)

struct plainrows {
    MDB_env *env;
    MDB_dbi tables[TABLES];
    struct plainrows_sizes sizes;
    char folder[FOLDER_BYTES];
    uint8_t row[ROW_MAX];
    uint64_t appended;
};

struct plainrows *plainrows_open(void)
{
    static const char *const names[TABLES] = {"matter", "reminder", "dated", "due", "log", "record"};
    struct plainrows *self = calloc(1, sizeof *self);
    MDB_txn *txn;
    must(self != NULL);
    folder_make(self->folder);
    memset(self->row, 'x', sizeof self->row);
    must(mdb_env_create(&self->env) == 0 && mdb_env_set_mapsize(self->env, MAP_BYTES) == 0);
    must(mdb_env_set_maxdbs(self->env, TABLES) == 0);
    must(mdb_env_open(self->env, self->folder, MDB_NOTLS, 0640) == 0);
    must(mdb_txn_begin(self->env, NULL, 0, &txn) == 0);
    for (int i = 0; i < TABLES; i++)
        must(mdb_dbi_open(txn, names[i], MDB_CREATE, &self->tables[i]) == 0);
    must(mdb_txn_commit(txn) == 0);
    return self;
}

void plainrows_close(struct plainrows **plainrows)
{
    struct plainrows *self = *plainrows;
    if (self == NULL)
        return;
    mdb_env_close(self->env);
    folder_remove(self->folder);
    free(self);
    *plainrows = NULL;
}

void plainrows_size(struct plainrows *plainrows, const struct plainrows_sizes *sizes)
{
    must(sizes->matter < ROW_MAX && sizes->reminder < ROW_MAX && sizes->log < ROW_MAX && sizes->record < ROW_MAX);
    plainrows->sizes = *sizes;
}

static void put(struct plainrows *self, MDB_txn *txn, int table, const void *key, size_t key_length, size_t length,
                unsigned flags)
{
    MDB_val k = {key_length, (void *)(uintptr_t)key}, v = {length, self->row};
    must(mdb_put(txn, self->tables[table], &k, &v, flags) == 0);
}

void plainrows_insert(struct plainrows *plainrows, const struct plainrows_item *items, size_t count)
{
    MDB_txn *txn;
    must(mdb_txn_begin(plainrows->env, NULL, 0, &txn) == 0);
    for (size_t i = 0; i < count; i++) {
        const struct plainrows_item *item = &items[i];
        uint8_t due[DUE_KEY] = {0}, dated[DATED_KEY] = {0};
        store_put_u64(due, (uint64_t)item->due_ms);
        memcpy(due + 9, item->reminder, ID);
        store_put_u64(dated, item->rep);
        memcpy(dated + 12, item->reminder, ID);
        // Whose it is, for the counts when it is told.
        store_put_u64(plainrows->row, item->rep);
        put(plainrows, txn, MATTER, item->matter, ID, plainrows->sizes.matter, 0);
        put(plainrows, txn, REMINDER, item->reminder, ID, plainrows->sizes.reminder, 0);
        put(plainrows, txn, DATED, dated, sizeof dated, 0, 0);
        put(plainrows, txn, DUE, due, sizeof due, 0, 0);
    }
    must(mdb_txn_commit(txn) == 0);
}

static void tell(struct plainrows *self, MDB_txn *txn, const uint8_t *reminder)
{
    MDB_val k = {ID, (void *)(uintptr_t)reminder}, v;
    uint8_t log[LOG_KEY] = {0}, seq[8];
    must(mdb_get(txn, self->tables[REMINDER], &k, &v) == 0);
    memcpy(self->row, v.mv_data, v.mv_size);
    memcpy(log, self->row, 8);
    put(self, txn, REMINDER, reminder, ID, v.mv_size, 0);
    k = (MDB_val){sizeof log, log};
    (void)mdb_get(txn, self->tables[LOG], &k, &v);
    put(self, txn, LOG, log, sizeof log, self->sizes.log, 0);
    store_put_u64(seq, ++self->appended);
    put(self, txn, RECORD, seq, sizeof seq, self->sizes.record, MDB_APPEND);
}

size_t plainrows_fire(struct plainrows *plainrows, int64_t until_ms, size_t most)
{
    MDB_txn *txn;
    MDB_cursor *cursor;
    MDB_val k, v;
    size_t count = 0;
    must(mdb_txn_begin(plainrows->env, NULL, 0, &txn) == 0);
    must(mdb_cursor_open(txn, plainrows->tables[DUE], &cursor) == 0);
    while (count < most && mdb_cursor_get(cursor, &k, &v, MDB_FIRST) == 0) {
        uint8_t reminder[ID];
        if ((int64_t)store_get_u64(k.mv_data) > until_ms)
            break;
        memcpy(reminder, (const uint8_t *)k.mv_data + 9, ID);
        must(mdb_cursor_del(cursor, 0) == 0);
        tell(plainrows, txn, reminder);
        count++;
    }
    mdb_cursor_close(cursor);
    must(mdb_txn_commit(txn) == 0);
    return count;
}

double plainrows_bytes(const struct plainrows *plainrows)
{
    MDB_txn *txn;
    size_t pages = 0, page_bytes = 0;
    must(mdb_txn_begin(plainrows->env, NULL, MDB_RDONLY, &txn) == 0);
    for (int i = 0; i < TABLES; i++) {
        MDB_stat facts;
        must(mdb_stat(txn, plainrows->tables[i], &facts) == 0);
        pages += facts.ms_branch_pages + facts.ms_leaf_pages + facts.ms_overflow_pages;
        page_bytes = facts.ms_psize;
    }
    mdb_txn_abort(txn);
    return (double)(pages * page_bytes);
}
