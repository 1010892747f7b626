// LMDB without anything of ours around it: one environment with one table, fully synced. The limits are measured on it.
#ifndef TEND_BENCH_LOOSE_H
#define TEND_BENCH_LOOSE_H

#include "tend/v1/journal.pb-c.h"

#include <lmdb.h>
#include <stddef.h>

struct loose {
    MDB_env *env;
    MDB_dbi table;
};

// Makes the folder and a new environment in it. What fails ends the bench.
void loose_open(struct loose *ret_loose, const char *folder);
void loose_close(struct loose *loose);

MDB_txn *loose_begin(struct loose *loose, unsigned flags);
void loose_append(struct loose *loose, MDB_txn *txn, const void *key, size_t key_length, const void *value,
                  size_t length);
void loose_commit(MDB_txn *txn);

// Removes a folder with everything in it.
void loose_remove(const char *folder);

#endif
