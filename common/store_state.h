// What the files of the store share: its memory, and how its environment is opened.
#ifndef TEND_COMMON_STORE_STATE_H
#define TEND_COMMON_STORE_STATE_H

#include "common/store.h"

#include <lmdb.h>

enum { STORE_PATH_BYTES = 600, STORE_NAME_BYTES = 48 };

struct store {
    MDB_env *env;
    MDB_dbi tables[STORE_TABLES_MAX];
    char names[STORE_TABLES_MAX][STORE_NAME_BYTES];
    size_t table_count;
    size_t map_bytes;
    unsigned flags; // the environment is opened with
    bool in_place;
    int lock;
    char folder[STORE_PATH_BYTES - 32];
};

struct tx {
    struct store *store;
    MDB_txn *txn;
    int error;
    bool dirty;
};

// Fills the error. Always false.
bool store_fail(struct store_error *error, int code, const char *format, ...) __attribute__((format(printf, 3, 4)));

// Takes the lock of the store's folder, for as long as the store is open. False with 75 when another process has it.
bool store_take_lock(struct store *store, struct store_error *error);

// While a store's files change places, or somebody opens one to look at it, nobody else does the other: a look that
// gets the old lock file with the new data is not seen by whoever writes. Waits some seconds. -1: it cannot be had. To
// be closed.
int store_hold_gate(const char *folder, bool exclusive);

// Flushes a file or a folder to the disk; false with errno.
bool store_sync_path(const char *path);

// Opens the environment in the store's folder with the store's flags and map. A lock file that is of another data file
// than the one that is there, as a crash in the middle of a rebuild leaves it, is put away first. 0 or an LMDB code.
int store_open_env(struct store *store);

// Opens the tables of the store's names in it. 0 or an LMDB code.
int store_open_tables(struct store *store);

// Whether the folder has the mark of a restore that was broken off.
bool store_half_restored(const char *folder);

// Deletes what a rebuild or a restore that was cut short has left in the folder: copies of rows.
void store_sweep(const char *folder);

#endif
