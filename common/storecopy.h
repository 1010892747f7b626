// A store written anew, row by row, as one transaction sees it: a backup, or a store whose file is to hold no byte of
// what was deleted. LMDB keeps deleted bytes in free pages and in the gaps of pages; a copy of the file has them too,
// a copy of the rows does not.
#ifndef TEND_COMMON_STORECOPY_H
#define TEND_COMMON_STORECOPY_H

#include "common/store.h"

struct storecopy {
    const char *folder;        // of the new store; made with its parents, and must hold no store yet
    const char *const *tables; // the service's, as those of the store that is copied
    size_t table_count;

    // Told now and then how many bytes of rows were written so far; NULL: nobody wants to know.
    void (*progress)(void *context, uint64_t bytes);
    void *context;

    const struct store_breath *breath; // NULL: it goes on to its end
};

// What was written: rows of each table by its number, and the bytes of all keys and values.
struct storecopy_sum {
    uint64_t rows[STORE_TABLES_MAX];
    uint64_t bytes;
};

// Writes all rows that `from` sees into a new store and flushes its file and folder; what else opening it left there is
// taken away. False with the reason (STORE_TOLD_TO_END is one): then what is in the folder is worth nothing. The caller
// renames and verifies.
bool storecopy_write(const struct storecopy *copy, struct tx *from, struct store_error *ret_error,
                     struct storecopy_sum *ret_sum);

#endif
