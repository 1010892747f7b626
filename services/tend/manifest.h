// The manifest of a backup, `manifest.json` in its folder: which stores it holds, as of when, how long their files are
// and what they hash to, how far their journals go and where their followers stand.
#ifndef TEND_TEND_MANIFEST_H
#define TEND_TEND_MANIFEST_H

#include "services/tend/storeset.h"

#include <jansson.h>

enum {
    MANIFEST_HASH_BYTES = 65, // of SHA-256 in hexadecimal, with its NUL
    MANIFEST_NAME_BYTES = 40,
};

// One store of the backup, NAME/data.mdb below its folder.
struct manifest_store {
    char name[LANE_NAME_BYTES];
    uint64_t file_bytes;
    char sha256[MANIFEST_HASH_BYTES]; // of the file
    uint64_t rows[STORE_TABLES_MAX];
    char tables[STORE_TABLES_MAX][MANIFEST_NAME_BYTES]; // the service's own, from 0
    const char *table_names[STORE_TABLES_MAX];
    size_t table_count;
};

struct manifest {
    int64_t made_ms; // what it holds is as of then
    struct manifest_store stores[STORESET_MAX];
    unsigned count;
    json_t *json; // as it is in the file
};

// Writes it and flushes it, its folder too. `json` is made from the rest and the set that was copied.
bool manifest_write(const char *folder, struct manifest *manifest, const struct storeset *set, char *ret_error,
                    size_t error_bytes);

// Reads it. False with a sentence when the folder holds no backup, or one of a later format.
bool manifest_read(const char *folder, struct manifest *ret_manifest, char *ret_error, size_t error_bytes);
void manifest_close(struct manifest *manifest);

// Of which moment the backup in that folder is; false when there is none.
bool manifest_moment(const char *folder, int64_t *ret_made_ms);

// SHA-256 of a file. False with errno.
bool manifest_hash(const char *path, char *ret_hash, uint64_t *ret_bytes);

#endif
