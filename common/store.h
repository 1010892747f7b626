// A service's state on disk: one LMDB environment of named tables, changed by one transaction at a time, fully synced.
//
// A transaction remembers its first error; after it reads find nothing and writes do nothing, until the commit says so.
// So code between begin and commit has one path. Keys sort as bytes: put numbers in big-endian (store_put_u32 and
// friends). Bytes that a read returns live until the next write or the end of the transaction.
#ifndef TEND_COMMON_STORE_H
#define TEND_COMMON_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store;
struct tx;

enum {
    STORE_TABLES_MAX = 24,
    STORE_KEY_MAX = 500,     // LMDB takes 511
    STORE_TABLE_META = 0,    // the runtime's own: positions, journal, followers
    STORE_TABLE_JOURNAL = 1, // sequence number -> record
    STORE_TABLE_DEAD = 2,    // records that crashed us three times
    STORE_TABLE_SERVICE = 3, // the first of the service's tables: its n-th name is STORE_TABLE_SERVICE + n
};

// Why a store could not be opened: the text names the folder and what to do; the code is what the process exits with.
struct store_error {
    int code; // 73 cannot be created or opened, 75 another process has it or the disk is full, 78 another format or
              // damaged
    char text[300];
};

struct store_options {
    const char *folder;        // created with its parents when it is not there
    const char *const *tables; // of the service, in an order that never changes; copied
    size_t table_count;
    size_t map_bytes; // address space, grown to twice what is used at every open if that is more
    bool throwaway;   // no sync at all: rehearsals and tests of pure logic only
    bool in_place;    // of these, written in the map itself: the kernel is not asked for each page; not grown
    bool marked;      // also one with STORE_RESTORING, for looking only
};

// What a transaction fails with when bytes on disk are not what was written.
enum { STORE_DAMAGED = -30796, STORE_MAP_FULL = -30792 };

struct store_use {
    size_t map_bytes;
    size_t used_bytes; // pages in use, free ones not counted
    size_t disk_free_bytes;
    unsigned readers;
};

struct slice {
    const uint8_t *bytes;
    size_t length;
};

// What a restore has beside a store: the file that is to take its place, and from before the first store of a set is
// replaced until after the last a mark, with which none of them is opened. A set that is half put back may look whole:
// services that are older than the others would do again what was done.
#define STORE_RESTORED "restored.mdb"
#define STORE_RESTORING "RESTORING"

// Takes the folder's lock first, then opens the environment; a new one is made aside and renamed.
bool store_open(const struct store_options *options, struct store_error *ret_error, struct store **ret_store);
void store_close(struct store **store);

// Whether another process has the store in this folder, and which one (0: it does not say). False when nobody has, or
// there is none. Takes the lock for a moment, so that a start at that very moment may be told 75.
bool store_held(const char *folder, long *ret_process);

// Makes the folder and the folders above it. False with errno.
bool store_make_folder(const char *folder);

// Opens an existing store of any service for looking only, also while its service runs.
bool store_open_readonly(const struct store_options *options, struct store_error *ret_error, struct store **ret_store);

// What is used, counted anew: milliseconds on a large store, so ask once a minute.
void store_measure(struct store *store, struct store_use *ret_use);

// What the disk has left for us, in bytes; cheap.
size_t store_disk_free(const struct store *store);

// What long work on a store takes time for now and then, some hundred times a second; false: the work is to end.
struct store_breath {
    bool (*take)(void *context); // NULL: nobody wants it
    void *context;
};

// Whether the work goes on.
static inline bool store_breathe(const struct store_breath *breath)
{
    return breath == NULL || breath->take == NULL || breath->take(breath->context);
}

// The code of what was told to end; nothing is wrong then.
enum { STORE_TOLD_TO_END = 0 };

// Whether the rows of a store make sense; `tx` reads it. It takes its breaths; who is told to end says false.
typedef bool store_sound(struct tx *tx, const struct store_breath *breath);

// Writes to the disk what was committed without a sync. False with errno.
bool store_flush(struct store *store);

// Writes all rows into a new file, which takes the place of the store's own: afterwards the disk holds no byte of what
// was deleted or overwritten before. The new file is flushed and read before it counts: as many rows in each table, and
// `sound` (NULL: nobody asks). No transaction may be open. It takes the time to read and to write the store once, and
// room on the disk for a second one. A crash at any moment leaves the old file or the new one. Other processes that
// look at the store see the old one until they open it anew. While it breathes the store may be read, and nobody may
// write. False: the old file is in use as before; the code is 73, 75 (no room on the disk, or somebody has been opening
// the store for seconds), 78 (the rows are not sound) or STORE_TOLD_TO_END. With 74 the store is of no use, and the
// process must end.
bool store_rebuild(struct store *store, store_sound *sound, const struct store_breath *breath,
                   struct store_error *ret_error);

// Frees the slots of readers that died; once a minute.
void store_check_readers(struct store *store);

// Doubles the map; no transaction may be open. False when the system refuses.
bool store_grow(struct store *store);

// The one write transaction, or a short read transaction. Never NULL: a failure is the transaction's first error.
struct tx *store_begin(struct store *store);
struct tx *store_begin_read(struct store *store);

// Commits and frees. 0, or the first error (an LMDB or errno code): then nothing of it happened, except after EIO,
// where nobody knows.
int tx_commit(struct tx **tx);
void tx_abort(struct tx **tx);
int tx_error(const struct tx *tx);

// The error in words.
const char *store_explain(int error);

// Whether anything was written.
bool tx_dirty(const struct tx *tx);

// Lets a caller fail a transaction on purpose.
void tx_fail(struct tx *tx, int error);

// False when there is no such key; a key of a length that cannot be put is never there.
bool tx_get(struct tx *tx, unsigned table, const void *key, size_t key_length, struct slice *ret_value);
void tx_put(struct tx *tx, unsigned table, const void *key, size_t key_length, const void *value, size_t value_length);

// Puts behind the last key of the table, which must be smaller: pages fill to the brim.
void tx_append(struct tx *tx, unsigned table, const void *key, size_t key_length, const void *value,
               size_t value_length);

// Room for a value of `value_length` that the caller fills before the next call on this transaction; NULL after an
// error.
void *tx_reserve(struct tx *tx, unsigned table, const void *key, size_t key_length, size_t value_length);
void *tx_reserve_last(struct tx *tx, unsigned table, const void *key, size_t key_length, size_t value_length);

// A number under a key that is a text; `fallback` when there is none.
uint64_t tx_get_number(struct tx *tx, unsigned table, const char *key, uint64_t fallback);
void tx_put_number(struct tx *tx, unsigned table, const char *key, uint64_t number);

// False when there was none.
bool tx_delete(struct tx *tx, unsigned table, const void *key, size_t key_length);
uint64_t tx_count(struct tx *tx, unsigned table);

// A walk over a table in key order. The transaction may write between steps, also delete what the cursor stands on
// (with cursor_delete).
struct cursor;
struct cursor *cursor_open(struct tx *tx, unsigned table);
void cursor_close(struct cursor **cursor);

// The first entry at or after the key (an empty one: the very first); the very last; the next; the one before. False at
// the end. A fresh cursor's next is the first entry.
bool cursor_seek(struct cursor *cursor, const void *key, size_t key_length, struct slice *ret_key,
                 struct slice *ret_value);
bool cursor_last(struct cursor *cursor, struct slice *ret_key, struct slice *ret_value);
bool cursor_next(struct cursor *cursor, struct slice *ret_key, struct slice *ret_value);
bool cursor_previous(struct cursor *cursor, struct slice *ret_key, struct slice *ret_value);
void cursor_delete(struct cursor *cursor);

// Numbers in keys and rows, the highest byte first, so that bytes sort as the numbers do.
static inline void store_put_u16(uint8_t *at, uint16_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static inline void store_put_u32(uint8_t *at, uint32_t value)
{
    store_put_u16(at, (uint16_t)(value >> 16));
    store_put_u16(at + 2, (uint16_t)value);
}

static inline void store_put_u64(uint8_t *at, uint64_t value)
{
    store_put_u32(at, (uint32_t)(value >> 32));
    store_put_u32(at + 4, (uint32_t)value);
}

static inline uint16_t store_get_u16(const uint8_t *at)
{
    return (uint16_t)(at[0] << 8 | at[1]);
}

static inline uint32_t store_get_u32(const uint8_t *at)
{
    return (uint32_t)store_get_u16(at) << 16 | store_get_u16(at + 2);
}

static inline uint64_t store_get_u64(const uint8_t *at)
{
    return (uint64_t)store_get_u32(at) << 32 | store_get_u32(at + 4);
}

#endif
