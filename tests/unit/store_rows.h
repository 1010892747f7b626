// What the tests of the store share: a folder for each test, opening, and rows whose key is a number.
#ifndef TEND_TESTS_UNIT_STORE_ROWS_H
#define TEND_TESTS_UNIT_STORE_ROWS_H

#include "common/store.h"
#include "harness/folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { TABLE = STORE_TABLE_SERVICE, MAP = 1 << 26 };

static const char *const tables[] = {"rows", "more"};

static inline struct store_options options_of(const char *folder, size_t map_bytes)
{
    return (struct store_options){.folder = folder, .tables = tables, .table_count = 2, .map_bytes = map_bytes};
}

// 0, or the code of the failure.
static inline int open_code(const char *folder, bool readonly, struct store **ret_store)
{
    struct store_options options = options_of(folder, MAP);
    struct store_error error = {0, ""};
    bool opened = readonly ? store_open_readonly(&options, &error, ret_store) : store_open(&options, &error, ret_store);
    if (!opened) {
        assert_true(error.code != 0 && error.text[0] != '\0');
        assert_null(*ret_store);
    }
    return error.code;
}

static inline int make(void **state)
{
    static char folder[FOLDER_BYTES];
    folder_make(folder);
    *state = folder;
    return 0;
}

static inline int unmake(void **state)
{
    folder_remove(*state);
    return 0;
}

static inline void put_number(struct tx *tx, uint32_t number, const char *text)
{
    uint8_t key[4];
    store_put_u32(key, number);
    tx_put(tx, TABLE, key, sizeof key, text, strlen(text));
}

static inline bool has_number(struct tx *tx, uint32_t number)
{
    uint8_t key[4];
    struct slice value;
    store_put_u32(key, number);
    return tx_get(tx, TABLE, key, sizeof key, &value);
}

static inline int write_number(struct store *store, uint32_t number)
{
    struct tx *tx = store_begin(store);
    put_number(tx, number, "value");
    return tx_commit(&tx);
}

static inline bool read_number(struct store *store, uint32_t number)
{
    struct tx *tx = store_begin_read(store);
    bool found = has_number(tx, number);
    assert_int_equal(tx_error(tx), 0);
    tx_abort(&tx);
    return found;
}

#endif
