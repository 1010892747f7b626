#include "common/storecopy.h"

#include "common/must.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    PATH_BYTES = 640,
    PIECE_BYTES = 8 * 1024 * 1024, // of one transaction: LMDB holds its pages in memory until the commit
    BREATH_BYTES = 512 * 1024,     // between two breaths: some milliseconds
    CODE_CREATE = 73,
    CODE_FORMAT = 78,
};

#define MAP_BYTES ((size_t)1 << 40) // address space, not disk; the source's map may have grown to anything

static bool fail(struct store_error *error, int code, const char *folder, const char *why)
{
    error->code = code;
    snprintf(error->text, sizeof error->text, "the copy in %.160s cannot be made: %.100s", folder, why);
    return false;
}

static bool flush(const char *path)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    bool good = file >= 0 && fsync(file) == 0;
    if (file >= 0)
        close(file);
    return good;
}

// What is being written.
struct writing {
    const struct storecopy *copy;
    struct store *to;
    struct tx *tx;
    size_t piece, unbreathed;
    int error;
    bool told_to_end;
};

static void commit_piece(struct writing *writing)
{
    int error = tx_commit(&writing->tx);
    // Bit by bit, so that the disk is not asked for all of it at the end.
    if (error == 0 && !store_flush(writing->to))
        error = errno;
    writing->error = writing->error != 0 ? writing->error : error;
    writing->tx = store_begin(writing->to);
    writing->piece = 0;
}

// Counts what was written. False: it is to end.
static bool go_on(struct writing *writing, size_t bytes, uint64_t sum)
{
    writing->piece += bytes;
    writing->unbreathed += bytes;
    if (writing->unbreathed >= BREATH_BYTES) {
        writing->unbreathed = 0;
        writing->told_to_end = writing->told_to_end || !store_breathe(writing->copy->breath);
    }
    if (writing->piece >= PIECE_BYTES) {
        commit_piece(writing);
        if (writing->copy->progress != NULL)
            writing->copy->progress(writing->copy->context, sum);
    }
    return writing->error == 0 && !writing->told_to_end;
}

static void copy_table(struct writing *writing, struct tx *from, unsigned table, struct storecopy_sum *sum)
{
    struct cursor *cursor = cursor_open(from, table);
    struct slice key, value;
    bool more = cursor_next(cursor, &key, &value);
    while (more && writing->error == 0 && !writing->told_to_end) {
        // The new store has its format in the first table already, so that one is put, and the others appended.
        if (table == STORE_TABLE_META)
            tx_put(writing->tx, table, key.bytes, key.length, value.bytes, value.length);
        else
            tx_append(writing->tx, table, key.bytes, key.length, value.bytes, value.length);
        sum->rows[table]++;
        sum->bytes += key.length + value.length;
        more = go_on(writing, key.length + value.length, sum->bytes) && cursor_next(cursor, &key, &value);
    }
    cursor_close(&cursor);
}

// The store is not synced while it is written: nobody relies on it before its file is flushed as a whole.
static bool settle(const struct storecopy *copy, struct store_error *error)
{
    static const char *const left[] = {"LOCK", "lock.mdb"};
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "%s/data.mdb", copy->folder);
    if (!flush(path))
        return fail(error, CODE_CREATE, copy->folder, strerror(errno));
    for (size_t i = 0; i < sizeof left / sizeof *left; i++) {
        snprintf(path, sizeof path, "%s/%s", copy->folder, left[i]);
        unlink(path);
    }
    return flush(copy->folder) || fail(error, CODE_CREATE, copy->folder, strerror(errno));
}

bool storecopy_write(const struct storecopy *copy, struct tx *from, struct store_error *ret_error,
                     struct storecopy_sum *ret_sum)
{
    char path[PATH_BYTES];
    int length = snprintf(path, sizeof path, "%s/data.mdb", copy->folder);
    if (length >= (int)sizeof path)
        return fail(ret_error, CODE_CREATE, copy->folder, "its path is too long");
    if (access(path, F_OK) == 0)
        return fail(ret_error, CODE_CREATE, copy->folder, "there is a store already");
    struct store_options options = {.folder = copy->folder,
                                    .tables = copy->tables,
                                    .table_count = copy->table_count,
                                    .map_bytes = MAP_BYTES,
                                    .throwaway = true};
    struct writing writing = {.copy = copy};
    if (!store_open(&options, ret_error, &writing.to))
        return false;
    struct storecopy_sum sum = {.bytes = 0};
    writing.tx = store_begin(writing.to);
    for (unsigned table = 0; table < STORE_TABLE_SERVICE + copy->table_count; table++)
        copy_table(&writing, from, table, &sum);
    if (!writing.told_to_end)
        commit_piece(&writing);
    tx_abort(&writing.tx);
    store_close(&writing.to);
    if (writing.told_to_end)
        return fail(ret_error, STORE_TOLD_TO_END, copy->folder, "it was told to end");
    if (tx_error(from) != 0)
        return fail(ret_error, CODE_FORMAT, copy->folder, store_explain(tx_error(from)));
    if (writing.error != 0)
        return fail(ret_error, CODE_CREATE, copy->folder, store_explain(writing.error));
    if (!settle(copy, ret_error))
        return false;
    *ret_sum = sum;
    return true;
}
