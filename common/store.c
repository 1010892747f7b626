#include "common/store_state.h"

#include "common/must.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

_Static_assert(STORE_DAMAGED == MDB_CORRUPTED && STORE_MAP_FULL == MDB_MAP_FULL, "LMDB's codes under our names");

enum {
    FORMAT = 1, // of the tables; a store of a later one is refused
    READERS_MAX = 126,
    PATH_MAX_BYTES = STORE_PATH_BYTES,
    DISK_LEAST = 1024 * 1024,         // what a start and a few small commits need
    DISK_IN_PLACE = 64 * 1024 * 1024, // more than a turn writes: a page that the disk has no room for ends the process
    CODE_CREATE = 73,
    CODE_FULL = 75,
    CODE_FORMAT = 78,
};

struct cursor {
    struct tx *tx;
    MDB_cursor *cursor;
};

static const char *const runtime_tables[STORE_TABLE_SERVICE] = {"meta", "journal", "dead"};
static const char format_key[] = "format";

bool store_fail(struct store_error *error, int code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->text, sizeof error->text, format, arguments);
    va_end(arguments);
    error->code = code;
    return false;
}

bool store_make_folder(const char *folder)
{
    char path[PATH_MAX_BYTES];
    snprintf(path, sizeof path, "%s", folder);
    for (char *at = path + 1; *at != '\0'; at++) {
        if (*at != '/')
            continue;
        *at = '\0';
        if (mkdir(path, 0750) != 0 && errno != EEXIST)
            return false;
        *at = '/';
    }
    return mkdir(path, 0750) == 0 || errno == EEXIST;
}

// LMDB's locks and its map are not safe on a network file system: NFS, CIFS, SMB 2, SMB, Ceph.
static bool is_remote(const char *folder)
{
    static const unsigned long remote[] = {0x6969, 0xff534d42, 0xfe534d42, 0x517b, 0x00c36400};
    struct statfs facts;
    if (statfs(folder, &facts) != 0)
        return false;
    for (size_t i = 0; i < sizeof remote / sizeof *remote; i++)
        if (((unsigned long)facts.f_type & 0xffffffff) == remote[i])
            return true;
    return false;
}

// LMDB tells a full disk as an I/O error when part of a write still fits, so the disk is looked at first.
static bool has_room(struct store *store, struct store_error *error)
{
    if (store_disk_free(store) >= DISK_LEAST)
        return true;
    return store_fail(error, CODE_FULL, "the disk of %s is full: make room, then start again", store->folder);
}

bool store_sync_path(const char *path)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return false;
    bool synced = fsync(file) == 0;
    return close(file) == 0 && synced;
}

static int open_env(struct store *store, const char *folder, unsigned flags)
{
    int rc = mdb_env_create(&store->env);
    if (rc == 0)
        rc = mdb_env_set_maxdbs(store->env, STORE_TABLES_MAX);
    if (rc == 0)
        rc = mdb_env_set_maxreaders(store->env, READERS_MAX);
    if (rc == 0)
        rc = mdb_env_set_mapsize(store->env, store->map_bytes);
    if (rc == 0)
        rc = mdb_env_open(store->env, folder, flags | MDB_NOTLS, 0640);
    return rc;
}

// The number of the next transaction is kept in the lock file; *ret_matches: it goes on from that of the data file.
static int compare_lock(struct store *store, bool *ret_matches)
{
    MDB_envinfo info;
    MDB_txn *txn = NULL;
    int rc = mdb_txn_begin(store->env, NULL, 0, &txn);
    if (rc != 0)
        return rc;
    mdb_env_info(store->env, &info);
    *ret_matches = mdb_txn_id(txn) == info.me_last_txnid + 1;
    mdb_txn_abort(txn);
    return 0;
}

int store_open_env(struct store *store)
{
    bool matches = true;
    int rc = open_env(store, store->folder, store->flags);
    if (rc == 0 && (store->flags & MDB_RDONLY) == 0)
        rc = compare_lock(store, &matches);
    if (rc != 0 || matches)
        return rc;
    char path[PATH_MAX_BYTES];
    snprintf(path, sizeof path, "%s/lock.mdb", store->folder);
    mdb_env_close(store->env);
    store->env = NULL;
    unlink(path);
    return open_env(store, store->folder, store->flags);
}

// Puts the format number into a new store and reads that of another; a store without one is not ours.
static int check_format(struct store *store, MDB_txn *txn, bool fresh, bool *ret_foreign)
{
    MDB_dbi *meta = &store->tables[STORE_TABLE_META];
    uint8_t number = FORMAT;
    MDB_val key = {sizeof format_key, (void *)(uintptr_t)format_key};
    MDB_val value = {sizeof number, &number};
    int rc = mdb_dbi_open(txn, runtime_tables[STORE_TABLE_META], fresh ? MDB_CREATE : 0, meta);
    if (rc == 0)
        rc = fresh ? mdb_put(txn, *meta, &key, &value, 0) : mdb_get(txn, *meta, &key, &value);
    *ret_foreign = rc == MDB_NOTFOUND || rc == MDB_INCOMPATIBLE ||
                   (rc == 0 && (value.mv_size != 1 || *(uint8_t *)value.mv_data != FORMAT));
    return *ret_foreign ? 0 : rc;
}

static int open_named(struct store *store, MDB_txn *txn, bool readonly)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < store->table_count; i++)
        rc = mdb_dbi_open(txn, store->names[i], readonly ? 0 : MDB_CREATE, &store->tables[i]);
    return rc;
}

int store_open_tables(struct store *store)
{
    MDB_txn *txn = NULL;
    bool readonly = (store->flags & MDB_RDONLY) != 0;
    int rc = mdb_txn_begin(store->env, NULL, readonly ? MDB_RDONLY : 0, &txn);
    if (rc != 0)
        return rc;
    rc = open_named(store, txn, readonly);
    if (rc == 0)
        return mdb_txn_commit(txn);
    mdb_txn_abort(txn);
    return rc;
}

// Opens (or makes) the tables; a store of another format is left as it is.
static int open_tables(struct store *store, const struct store_options *options, bool readonly, bool fresh,
                       bool *ret_foreign)
{
    MDB_txn *txn = NULL;
    int rc = mdb_txn_begin(store->env, NULL, readonly ? MDB_RDONLY : 0, &txn);
    if (rc != 0)
        return rc;
    rc = check_format(store, txn, fresh, ret_foreign);
    store->table_count = STORE_TABLE_SERVICE + options->table_count;
    for (size_t i = 0; i < store->table_count; i++) {
        const char *name = i < STORE_TABLE_SERVICE ? runtime_tables[i] : options->tables[i - STORE_TABLE_SERVICE];
        must((size_t)snprintf(store->names[i], STORE_NAME_BYTES, "%s", name) < STORE_NAME_BYTES);
    }
    if (rc == 0 && !*ret_foreign)
        rc = open_named(store, txn, readonly);
    if (rc == 0 && !*ret_foreign)
        return mdb_txn_commit(txn);
    mdb_txn_abort(txn);
    return rc;
}

// A store that is half made must never be met: it is made aside, flushed, and moved in with one rename.
static int create_aside(struct store *store, const struct store_options *options)
{
    char aside[PATH_MAX_BYTES], from[PATH_MAX_BYTES + 16], to[PATH_MAX_BYTES];
    snprintf(aside, sizeof aside, "%s/new", store->folder);
    snprintf(from, sizeof from, "%s/data.mdb", aside);
    snprintf(to, sizeof to, "%s/data.mdb", store->folder);
    if (mkdir(aside, 0750) != 0 && errno != EEXIST)
        return errno;
    unlink(from);
    bool foreign = false;
    int rc = open_env(store, aside, 0);
    if (rc == 0)
        rc = open_tables(store, options, false, true, &foreign);
    mdb_env_close(store->env);
    store->env = NULL;
    if (rc != 0)
        return rc;
    if (!store_sync_path(from) || rename(from, to) != 0 || !store_sync_path(store->folder))
        return errno;
    snprintf(from, sizeof from, "%s/lock.mdb", aside);
    unlink(from);
    rmdir(aside);
    return 0;
}

// What starting again cannot heal.
static bool is_damage(int rc)
{
    return rc == MDB_INVALID || rc == MDB_VERSION_MISMATCH || rc == MDB_CORRUPTED || rc == MDB_PAGE_NOTFOUND ||
           rc == MDB_PANIC;
}

static bool open_existing(struct store *store, const struct store_options *options, bool readonly,
                          struct store_error *error)
{
    char path[PATH_MAX_BYTES];
    snprintf(path, sizeof path, "%s/data.mdb", store->folder);
    struct stat facts;
    if (stat(path, &facts) != 0 && (readonly || errno != ENOENT))
        return store_fail(error, CODE_CREATE, "there is no store at %s", store->folder);
    if (!(readonly && options->marked) && store_half_restored(store->folder))
        return store_fail(error, CODE_FORMAT,
                          "a restore over %s was broken off, and its stores are of two moments: do it again (tend "
                          "restore --replace)",
                          store->folder);
    int rc = 0;
    if (!readonly)
        store_sweep(store->folder);
    store->map_bytes = options->map_bytes;
    if (stat(path, &facts) != 0)
        rc = create_aside(store, options);
    else if (!options->in_place && (size_t)facts.st_size * 2 > store->map_bytes)
        store->map_bytes = (size_t)facts.st_size * 2;
    must(options->throwaway || !options->in_place);
    store->in_place = options->in_place;
    unsigned sync = options->throwaway ? MDB_NOSYNC : 0;
    sync |= options->throwaway && options->in_place ? MDB_WRITEMAP : 0;
    bool foreign = false;
    store->flags = readonly ? MDB_RDONLY : sync;
    if (rc == 0)
        rc = store_open_env(store);
    if (rc == 0)
        rc = open_tables(store, options, readonly, false, &foreign);
    if (is_damage(rc))
        return store_fail(error, CODE_FORMAT, "the store in %s is damaged (%s): restore a backup", store->folder,
                          mdb_strerror(rc));
    if (rc == MDB_NOTFOUND)
        return store_fail(error, CODE_FORMAT, "the store in %s lacks a table of this version: start its service once",
                          store->folder);
    if (rc != 0)
        return store_fail(error, CODE_CREATE, "the store in %s cannot be opened: %s", store->folder, mdb_strerror(rc));
    if (foreign)
        return store_fail(error, CODE_FORMAT, "the store in %s was made by another version; this one reads format %d",
                          store->folder, FORMAT);
    store_check_readers(store);
    return true;
}

static bool open_store(const struct store_options *options, bool readonly, struct store_error *ret_error,
                       struct store **ret_store)
{
    must(options->table_count + STORE_TABLE_SERVICE <= STORE_TABLES_MAX);
    struct store *store = calloc(1, sizeof *store);
    must(store != NULL);
    store->lock = -1;
    int length = snprintf(store->folder, sizeof store->folder, "%s", options->folder);
    bool opened = false;
    if (length <= 0 || (size_t)length >= sizeof store->folder)
        store_fail(ret_error, CODE_CREATE, "the path of the store is empty or too long");
    else if (!readonly && !store_make_folder(store->folder))
        store_fail(ret_error, CODE_CREATE, "%s cannot be made: %s", store->folder, strerror(errno));
    else if (is_remote(store->folder))
        store_fail(ret_error, CODE_CREATE, "%s is on a network file system; a store needs a local disk", store->folder);
    else if (readonly || (store_take_lock(store, ret_error) && has_room(store, ret_error)))
        opened = open_existing(store, options, readonly, ret_error);
    if (opened)
        *ret_store = store;
    else
        store_close(&store);
    return opened;
}

bool store_open(const struct store_options *options, struct store_error *ret_error, struct store **ret_store)
{
    return open_store(options, false, ret_error, ret_store);
}

bool store_open_readonly(const struct store_options *options, struct store_error *ret_error, struct store **ret_store)
{
    // Who may not even read the folder cannot open what is in it either, and is told so there.
    int gate = store_hold_gate(options->folder, false);
    bool opened = open_store(options, true, ret_error, ret_store);
    if (gate >= 0)
        close(gate);
    return opened;
}

void store_close(struct store **store)
{
    if (*store == NULL)
        return;
    if ((*store)->env != NULL)
        mdb_env_close((*store)->env);
    if ((*store)->lock >= 0)
        close((*store)->lock);
    free(*store);
    *store = NULL;
}

size_t store_disk_free(const struct store *store)
{
    struct statvfs disk;
    return statvfs(store->folder, &disk) == 0 ? disk.f_bavail * disk.f_frsize : 0;
}

void store_measure(struct store *store, struct store_use *ret_use)
{
    MDB_envinfo info;
    MDB_stat facts;
    mdb_env_info(store->env, &info);
    mdb_env_stat(store->env, &facts);
    size_t free_pages = 0;
    struct tx *tx = store_begin_read(store);
    MDB_cursor *cursor = NULL;
    if (tx->error == 0 && mdb_cursor_open(tx->txn, 0, &cursor) == 0) {
        MDB_val key, value;
        size_t count;
        while (mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == 0) {
            memcpy(&count, value.mv_data, sizeof count);
            free_pages += count;
        }
        mdb_cursor_close(cursor);
    }
    tx_abort(&tx);
    *ret_use = (struct store_use){
        .map_bytes = info.me_mapsize,
        .used_bytes = (info.me_last_pgno + 1 - free_pages) * facts.ms_psize,
        .disk_free_bytes = store_disk_free(store),
        .readers = info.me_numreaders,
    };
}

void store_check_readers(struct store *store)
{
    int dead;
    mdb_reader_check(store->env, &dead);
}

bool store_grow(struct store *store)
{
    if (mdb_env_set_mapsize(store->env, store->map_bytes * 2) != 0)
        return false;
    store->map_bytes *= 2;
    return true;
}

static struct tx *begin(struct store *store, unsigned flags)
{
    struct tx *tx = calloc(1, sizeof *tx);
    must(tx != NULL);
    tx->store = store;
    tx->error = mdb_txn_begin(store->env, NULL, flags, &tx->txn);
    if (tx->error == MDB_MAP_RESIZED && mdb_env_set_mapsize(store->env, 0) == 0)
        tx->error = mdb_txn_begin(store->env, NULL, flags, &tx->txn);
    return tx;
}

struct tx *store_begin(struct store *store)
{
    struct tx *tx = begin(store, 0);
    if (store->in_place && store_disk_free(store) < DISK_IN_PLACE)
        tx_fail(tx, ENOSPC);
    return tx;
}

struct tx *store_begin_read(struct store *store)
{
    return begin(store, MDB_RDONLY);
}

int tx_commit(struct tx **tx)
{
    int error = (*tx)->error;
    if (error == 0)
        error = mdb_txn_commit((*tx)->txn);
    else if ((*tx)->txn != NULL)
        mdb_txn_abort((*tx)->txn);
    free(*tx);
    *tx = NULL;
    return error;
}

void tx_abort(struct tx **tx)
{
    if (*tx == NULL)
        return;
    if ((*tx)->txn != NULL)
        mdb_txn_abort((*tx)->txn);
    free(*tx);
    *tx = NULL;
}

int tx_error(const struct tx *tx)
{
    return tx->error;
}

const char *store_explain(int error)
{
    return mdb_strerror(error);
}

bool tx_dirty(const struct tx *tx)
{
    return tx->dirty;
}

void tx_fail(struct tx *tx, int error)
{
    must(error != 0);
    if (tx->error == 0)
        tx->error = error;
}

static MDB_dbi table_of(const struct tx *tx, unsigned table)
{
    must(table < tx->store->table_count);
    return tx->store->tables[table];
}

// Keeps the first error; "not there" is an answer, not an error.
static bool found(struct tx *tx, int rc)
{
    if (rc != 0 && rc != MDB_NOTFOUND)
        tx_fail(tx, rc);
    return rc == 0;
}

bool tx_get(struct tx *tx, unsigned table, const void *key, size_t key_length, struct slice *ret_value)
{
    // A key that cannot be put cannot be there: what strangers ask for may be of any length.
    if (tx->error != 0 || key_length == 0 || key_length > STORE_KEY_MAX)
        return false;
    MDB_val k = {key_length, (void *)(uintptr_t)key}, v;
    if (!found(tx, mdb_get(tx->txn, table_of(tx, table), &k, &v)))
        return false;
    *ret_value = (struct slice){v.mv_data, v.mv_size};
    return true;
}

static void *put(struct tx *tx, unsigned table, MDB_val key, MDB_val value, unsigned flags)
{
    must(key.mv_size > 0 && key.mv_size <= STORE_KEY_MAX);
    if (tx->error != 0)
        return NULL;
    tx->dirty = true;
    int rc = mdb_put(tx->txn, table_of(tx, table), &key, &value, flags);
    must(rc != MDB_KEYEXIST); // only an append out of order says so
    return found(tx, rc) ? value.mv_data : NULL;
}

static MDB_val val(const void *bytes, size_t length)
{
    return (MDB_val){length, (void *)(uintptr_t)bytes};
}

void tx_put(struct tx *tx, unsigned table, const void *key, size_t key_length, const void *value, size_t value_length)
{
    put(tx, table, val(key, key_length), val(value, value_length), 0);
}

void tx_append(struct tx *tx, unsigned table, const void *key, size_t key_length, const void *value,
               size_t value_length)
{
    put(tx, table, val(key, key_length), val(value, value_length), MDB_APPEND);
}

void *tx_reserve(struct tx *tx, unsigned table, const void *key, size_t key_length, size_t value_length)
{
    return put(tx, table, val(key, key_length), val(NULL, value_length), MDB_RESERVE);
}

void *tx_reserve_last(struct tx *tx, unsigned table, const void *key, size_t key_length, size_t value_length)
{
    return put(tx, table, val(key, key_length), val(NULL, value_length), MDB_RESERVE | MDB_APPEND);
}

uint64_t tx_get_number(struct tx *tx, unsigned table, const char *key, uint64_t fallback)
{
    struct slice value;
    bool there = tx_get(tx, table, key, strlen(key), &value) && value.length == 8;
    return there ? store_get_u64(value.bytes) : fallback;
}

void tx_put_number(struct tx *tx, unsigned table, const char *key, uint64_t number)
{
    uint8_t value[8];
    store_put_u64(value, number);
    tx_put(tx, table, key, strlen(key), value, sizeof value);
}

bool tx_delete(struct tx *tx, unsigned table, const void *key, size_t key_length)
{
    if (tx->error != 0 || key_length == 0 || key_length > STORE_KEY_MAX)
        return false;
    MDB_val k = val(key, key_length);
    bool gone = found(tx, mdb_del(tx->txn, table_of(tx, table), &k, NULL));
    tx->dirty = tx->dirty || gone;
    return gone;
}

uint64_t tx_count(struct tx *tx, unsigned table)
{
    MDB_stat facts;
    if (tx->error != 0 || !found(tx, mdb_stat(tx->txn, table_of(tx, table), &facts)))
        return 0;
    return facts.ms_entries;
}

struct cursor *cursor_open(struct tx *tx, unsigned table)
{
    struct cursor *cursor = calloc(1, sizeof *cursor);
    must(cursor != NULL);
    cursor->tx = tx;
    if (tx->error == 0)
        found(tx, mdb_cursor_open(tx->txn, table_of(tx, table), &cursor->cursor));
    return cursor;
}

void cursor_close(struct cursor **cursor)
{
    if (*cursor == NULL)
        return;
    if ((*cursor)->cursor != NULL)
        mdb_cursor_close((*cursor)->cursor);
    free(*cursor);
    *cursor = NULL;
}

static bool step(struct cursor *cursor, MDB_val *key, MDB_cursor_op op, struct slice *ret_key, struct slice *ret_value)
{
    if (cursor->tx->error != 0)
        return false;
    MDB_val value;
    if (!found(cursor->tx, mdb_cursor_get(cursor->cursor, key, &value, op)))
        return false;
    *ret_key = (struct slice){key->mv_data, key->mv_size};
    *ret_value = (struct slice){value.mv_data, value.mv_size};
    return true;
}

bool cursor_seek(struct cursor *cursor, const void *key, size_t key_length, struct slice *ret_key,
                 struct slice *ret_value)
{
    MDB_val k = val(key, key_length);
    return step(cursor, &k, key_length > 0 ? MDB_SET_RANGE : MDB_FIRST, ret_key, ret_value);
}

bool cursor_last(struct cursor *cursor, struct slice *ret_key, struct slice *ret_value)
{
    MDB_val k;
    return step(cursor, &k, MDB_LAST, ret_key, ret_value);
}

bool cursor_next(struct cursor *cursor, struct slice *ret_key, struct slice *ret_value)
{
    MDB_val k;
    return step(cursor, &k, MDB_NEXT, ret_key, ret_value);
}

bool cursor_previous(struct cursor *cursor, struct slice *ret_key, struct slice *ret_value)
{
    MDB_val k;
    return step(cursor, &k, MDB_PREV, ret_key, ret_value);
}

void cursor_delete(struct cursor *cursor)
{
    cursor->tx->dirty = true;
    if (cursor->tx->error == 0)
        found(cursor->tx, mdb_cursor_del(cursor->cursor, 0));
}
