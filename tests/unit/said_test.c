// What is announced of each customer: read back after any number of writes it is what was written, and its log stays
// short.
#include "services/scoring/said.h"

#include "common/store.h"
#include "harness/folder.h"
#include "harness/town.h"
#include "services/scoring/standing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { TABLE = STORE_TABLE_SERVICE, MAP = 1 << 26, CUSTOMERS = 3000, WRITES = 400 };

static struct store *open_store(const char *folder)
{
    static const char *const tables[] = {"said"};
    struct store_options options = {.folder = folder, .tables = tables, .table_count = 1, .map_bytes = MAP};
    struct store_error error;
    struct store *store = NULL;
    assert_true(store_open(&options, &error, &store));
    return store;
}

static void check(struct said *said, struct store *store, const struct column *standings)
{
    struct column values;
    struct tx *tx = store_begin(store);
    said_load(said, tx, &values);
    uint64_t rows = tx_count(tx, TABLE);
    assert_int_equal(tx_commit(&tx), 0);
    for (uint32_t slot = 0; slot < CUSTOMERS; slot++) {
        static const struct standing nothing;
        const struct standing *standing = column_get(standings, slot), *value = column_get(&values, slot);
        value = value != NULL ? value : &nothing;
        assert_memory_equal(value->said, standing->said, DIMENSION_ROOM);
        assert_true(value->told == standing->told);
    }
    // The blocks, and of the log no more than two sweeps' changes, each in a row of its own at worst.
    assert_true(rows <= CUSTOMERS / SAID_BLOCK + 1 + 3 * CUSTOMERS);
    column_clear(&values);
}

// Turns of one change and of many, new customers among them, and restarts in between.
static void test_read_back(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 4; seed++) {
        char folder[FOLDER_BYTES];
        folder_make(folder);
        struct store *store = open_store(folder);
        struct said said;
        struct column standings;
        uint64_t dice = seed;
        uint32_t known = 1 + (uint32_t)town_random(&dice, CUSTOMERS - 1);
        said_start(&said, TABLE);
        column_start(&standings, sizeof(struct standing));
        (void)column_at(&standings, CUSTOMERS);
        for (int write = 0; write < WRITES; write++) {
            uint32_t changes = town_random(&dice, 4) == 0 ? (uint32_t)town_random(&dice, 1000) : 1;
            for (uint32_t i = 0; i < changes; i++) {
                if (known < CUSTOMERS && town_random(&dice, 50) == 0)
                    known++;
                uint32_t slot = (uint32_t)town_random(&dice, known);
                struct standing *standing = column_at(&standings, slot);
                standing->said[town_random(&dice, DIMENSION_ROOM)] = (uint8_t)town_random(&dice, 256);
                standing->told = town_random(&dice, UINT64_MAX);
                said_note(&said, slot);
            }
            struct tx *tx = store_begin(store);
            said_write(&said, tx, &standings);
            assert_int_equal(tx_commit(&tx), 0);
            if (town_random(&dice, 20) == 0)
                check(&said, store, &standings);
        }
        check(&said, store, &standings);
        said_clear(&said);
        column_clear(&standings);
        store_close(&store);
        folder_remove(folder);
    }
}

// Many turns of a single change leave few rows behind: the log is made up for by the blocks.
static void test_log_stays_short(void **state)
{
    (void)state;
    enum { FEW = 40, TURNS = 2000 };
    char folder[FOLDER_BYTES];
    folder_make(folder);
    struct store *store = open_store(folder);
    struct said said;
    struct column standings;
    said_start(&said, TABLE);
    column_start(&standings, sizeof(struct standing));
    uint64_t rows = 0;
    for (uint32_t turn = 0; turn < TURNS; turn++) {
        struct standing *standing = column_at(&standings, turn % FEW);
        standing->said[1]++;
        said_note(&said, turn % FEW);
        struct tx *tx = store_begin(store);
        said_write(&said, tx, &standings);
        rows = tx_count(tx, TABLE);
        assert_int_equal(tx_commit(&tx), 0);
    }
    assert_in_range(rows, 2, 2 + 4 * SAID_BLOCK);
    said_clear(&said);
    column_clear(&standings);
    store_close(&store);
    folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_read_back), cmocka_unit_test(test_log_stays_short)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
