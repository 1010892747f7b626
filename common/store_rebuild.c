// A store's file made anew from its rows: what LMDB keeps of old rows in free pages, and in the gaps of pages in use,
// stays behind.
#include "common/store_state.h"

#include "common/must.h"
#include "common/storecopy.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    MARGIN_BYTES = 64 * 1024 * 1024, // that the disk must have beyond the copy: the service goes on writing afterwards
    CODE_CREATE = 73,
    CODE_BROKEN = 74,
    CODE_NO_ROOM = 75,
    CODE_DAMAGED = 78,
};

// The folder, inside the store's own, in which the new file is made.
static const char aside[] = "rebuild";

static void remove_file(const char *folder, const char *name)
{
    char path[STORE_PATH_BYTES];
    if ((size_t)snprintf(path, sizeof path, "%s/%s", folder, name) < sizeof path)
        unlink(path);
}

static void remove_copy(const char *folder)
{
    static const char *const files[] = {"data.mdb", "lock.mdb", "LOCK", "new/data.mdb", "new/lock.mdb"};
    char path[STORE_PATH_BYTES];
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        remove_file(folder, files[i]);
    if ((size_t)snprintf(path, sizeof path, "%s/new", folder) < sizeof path)
        rmdir(path);
    rmdir(folder);
}

void store_sweep(const char *folder)
{
    char path[STORE_PATH_BYTES];
    if ((size_t)snprintf(path, sizeof path, "%s/%s", folder, aside) < sizeof path)
        remove_copy(path);
    remove_file(folder, STORE_RESTORED); // of a restore that was broken off before it changed anything
}

bool store_flush(struct store *store)
{
    int rc = mdb_env_sync(store->env, 1);
    errno = rc > 0 ? rc : EIO;
    return rc == 0;
}

bool store_half_restored(const char *folder)
{
    char path[STORE_PATH_BYTES];
    return (size_t)snprintf(path, sizeof path, "%s/" STORE_RESTORING, folder) < sizeof path && access(path, F_OK) == 0;
}

// Tables that only a later version knows would not come along.
static bool is_known_whole(struct store *store, struct store_error *error)
{
    MDB_txn *txn = NULL;
    MDB_dbi names;
    MDB_stat facts = {0};
    int rc = mdb_txn_begin(store->env, NULL, MDB_RDONLY, &txn);
    if (rc == 0)
        rc = mdb_dbi_open(txn, NULL, 0, &names);
    if (rc == 0)
        rc = mdb_stat(txn, names, &facts);
    if (txn != NULL)
        mdb_txn_abort(txn);
    if (rc != 0)
        return store_fail(error, CODE_CREATE, "the store in %s cannot be read: %s", store->folder, mdb_strerror(rc));
    return facts.ms_entries == store->table_count ||
           store_fail(error, CODE_CREATE, "the store in %s has tables of a later version: update first", store->folder);
}

static bool has_room(struct store *store, struct store_error *error)
{
    struct store_use use;
    store_measure(store, &use);
    size_t needed = use.used_bytes + MARGIN_BYTES;
    return use.disk_free_bytes >= needed ||
           store_fail(error, CODE_NO_ROOM,
                      "to make the store in %s anew, the disk needs room for %zu MiB, and has %zu MiB", store->folder,
                      needed >> 20, use.disk_free_bytes >> 20);
}

// The new file is read before it counts: as many rows in each table, and what else the caller knows.
static bool judge(struct store *store, struct tx *from, const struct store_options *options, store_sound *sound,
                  const struct store_breath *breath, struct store_error *error)
{
    struct store *copy = NULL;
    if (!store_open_readonly(options, error, &copy))
        return false;
    struct tx *tx = store_begin_read(copy);
    bool good = sound == NULL || sound(tx, breath);
    for (unsigned i = 0; good && i < store->table_count; i++)
        good = tx_count(tx, i) == tx_count(from, i);
    good = good && tx_error(tx) == 0 && tx_error(from) == 0;
    tx_abort(&tx);
    store_close(&copy);
    if (!store_breathe(breath))
        return store_fail(error, STORE_TOLD_TO_END, "the store in %s is made anew another time", store->folder);
    return good || store_fail(error, CODE_DAMAGED, "the new file of the store in %s is not sound: run tend verify",
                              store->folder);
}

static bool write_aside(struct store *store, const char *folder, store_sound *sound, const struct store_breath *breath,
                        struct store_error *error)
{
    const char *tables[STORE_TABLES_MAX];
    for (size_t i = STORE_TABLE_SERVICE; i < store->table_count; i++)
        tables[i - STORE_TABLE_SERVICE] = store->names[i];
    struct storecopy copy = {
        .folder = folder, .tables = tables, .table_count = store->table_count - STORE_TABLE_SERVICE, .breath = breath};
    struct store_options options = {
        .folder = folder, .tables = tables, .table_count = copy.table_count, .map_bytes = store->map_bytes};
    struct storecopy_sum sum;
    struct tx *from = store_begin_read(store);
    bool good = storecopy_write(&copy, from, error, &sum) && judge(store, from, &options, sound, breath, error);
    tx_abort(&from);
    return good;
}

// Closes what was the store and opens what is there now.
static bool take_up(struct store *store, struct store_error *error)
{
    mdb_env_close(store->env);
    store->env = NULL;
    int rc = store_open_env(store);
    if (rc == 0)
        rc = store_open_tables(store);
    return rc == 0 || store_fail(error, CODE_BROKEN, "the store in %s was made anew and cannot be opened: %s",
                                 store->folder, mdb_strerror(rc));
}

// The copy takes the place of what was the store.
static bool change_places(struct store *store, const char *folder, struct store_error *ret_error)
{
    char from[STORE_PATH_BYTES + 16], to[STORE_PATH_BYTES];
    snprintf(from, sizeof from, "%s/data.mdb", folder);
    snprintf(to, sizeof to, "%s/data.mdb", store->folder);
    if (rename(from, to) != 0) {
        store_fail(ret_error, CODE_CREATE, "%s cannot take its place: %s", from, strerror(errno));
        remove_copy(folder);
        return false;
    }
    // The lock file counts the old file's transactions. Who still looks at the old file keeps both as they were.
    remove_file(store->folder, "lock.mdb");
    if (!store_sync_path(store->folder))
        return store_fail(ret_error, CODE_BROKEN, "%s cannot be flushed: %s", store->folder, strerror(errno));
    remove_copy(folder);
    return take_up(store, ret_error);
}

bool store_rebuild(struct store *store, store_sound *sound, const struct store_breath *breath,
                   struct store_error *ret_error)
{
    char folder[STORE_PATH_BYTES];
    must((store->flags & MDB_RDONLY) == 0 && !store->in_place);
    snprintf(folder, sizeof folder, "%s/%s", store->folder, aside);
    store_sweep(store->folder);
    bool good = is_known_whole(store, ret_error) && has_room(store, ret_error) &&
                write_aside(store, folder, sound, breath, ret_error);
    int gate = good ? store_hold_gate(store->folder, true) : -1;
    if (good && gate < 0)
        good = store_fail(ret_error, CODE_NO_ROOM, "the store in %s is not made anew now: somebody keeps opening it",
                          store->folder);
    if (!good) {
        remove_copy(folder);
        return false;
    }
    good = change_places(store, folder, ret_error);
    close(gate);
    return good;
}
