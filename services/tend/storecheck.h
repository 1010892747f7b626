// A look through every row of a store, in a process of its own: a damaged file may end whoever reads it.
#ifndef TEND_TEND_STORECHECK_H
#define TEND_TEND_STORECHECK_H

#include "common/journal.h"

struct storecheck {
    bool good;
    char trouble[300]; // why not, as a sentence without a full stop
    uint64_t rows[STORE_TABLES_MAX];
    uint64_t bytes;   // of all keys and values
    uint64_t records; // of the journal
    uint32_t crc;     // of all keys and values, table by table
};

// Opens the store in `folder` for looking only, reads each row of each table, and walks the journal: CRC, digest and
// chain of each record. The calling process must have no store open and no thread beside it.
void storecheck_run(const char *folder, const char *const *tables, size_t table_count, struct storecheck *ret_check);

#endif
