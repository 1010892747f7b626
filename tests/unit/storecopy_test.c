// A store written anew: every row and no other byte.
#include "common/storecopy.h"
#include "common/journal.h"
#include "harness/folder.h"
#include "services/tend/storecheck.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { PEOPLE = 3000, BIG_BYTES = 100000 };

static const char *const tables[] = {"people", "empty", "big"};
static const char secret[] = "Wolfgang-Amadeus-4711";

static struct store *open_at(const char *folder)
{
    struct store_options options = {.folder = folder, .tables = tables, .table_count = 3, .map_bytes = 1 << 28};
    struct store_error error;
    struct store *store = NULL;
    if (!store_open(&options, &error, &store))
        fail_msg("%s", error.text);
    return store;
}

static void put_person(struct tx *tx, int number, const char *name)
{
    char key[20], value[60];
    int length = snprintf(value, sizeof value, "%s %d", name, number);
    snprintf(key, sizeof key, "%06d", number);
    tx_put(tx, STORE_TABLE_SERVICE, key, strlen(key), value, (size_t)length + 1);
}

// Rows that stay, rows that go, one that takes several pages, and a journal.
static void fill(struct store *store)
{
    static uint8_t big[BIG_BYTES];
    memset(big, 'x', sizeof big);
    struct tx *tx = store_begin(store);
    struct journal journal;
    journal_load(tx, &journal);
    for (int i = 0; i < PEOPLE; i++)
        put_person(tx, i, i % 3 == 0 ? secret : "somebody");
    tx_put(tx, STORE_TABLE_SERVICE + 2, "b", 1, big, sizeof big);
    for (int i = 0; i < 20; i++) {
        struct record draft = {.type = 1, .payload = (const uint8_t *)secret, .length = sizeof secret};
        journal_append(tx, &journal, &draft);
    }
    journal_save(tx, &journal);
    assert_int_equal(tx_commit(&tx), 0);
    tx = store_begin(store);
    for (int i = 0; i < PEOPLE; i += 3) {
        char key[20];
        snprintf(key, sizeof key, "%06d", i);
        assert_true(tx_delete(tx, STORE_TABLE_SERVICE, key, strlen(key)));
    }
    for (uint64_t seq = 1; seq <= 20; seq++)
        assert_true(journal_erase(tx, &journal, seq));
    assert_int_equal(tx_commit(&tx), 0);
}

static bool holds(const char *folder, const char *text)
{
    size_t length;
    uint8_t *bytes = folder_read(folder, "data.mdb", &length);
    bool found = memmem(bytes, length, text, strlen(text)) != NULL;
    free(bytes);
    return found;
}

static void compare(struct tx *left, struct tx *right, unsigned table)
{
    struct cursor *here = cursor_open(left, table), *there = cursor_open(right, table);
    struct slice key, value, other_key, other_value;
    bool more;
    while ((more = cursor_next(here, &key, &value)) == cursor_next(there, &other_key, &other_value) && more) {
        assert_int_equal(key.length, other_key.length);
        assert_memory_equal(key.bytes, other_key.bytes, key.length);
        assert_int_equal(value.length, other_value.length);
        assert_memory_equal(value.bytes, other_value.bytes, value.length);
    }
    assert_false(more);
    assert_int_equal(tx_error(left), 0);
    assert_int_equal(tx_error(right), 0);
    cursor_close(&here);
    cursor_close(&there);
}

static void test_every_row_and_no_other_byte(void **state)
{
    char from[FOLDER_BYTES], to[FOLDER_BYTES], inner[FOLDER_BYTES + 8];
    (void)state;
    folder_make(from);
    folder_make(to);
    snprintf(inner, sizeof inner, "%s/copy", to);
    struct store *store = open_at(from);
    fill(store);
    assert_true(holds(from, secret)); // LMDB keeps what was deleted

    struct tx *tx = store_begin_read(store);
    // What is written after the transaction began is not in it.
    struct tx *later = store_begin(store);
    put_person(later, PEOPLE + 1, "latecomer");
    assert_int_equal(tx_commit(&later), 0);
    struct storecopy copy = {.folder = inner, .tables = tables, .table_count = 3};
    struct storecopy_sum sum;
    struct store_error error = {0};
    if (!storecopy_write(&copy, tx, &error, &sum))
        fail_msg("%s", error.text);
    assert_int_equal(sum.rows[STORE_TABLE_SERVICE], PEOPLE - PEOPLE / 3);
    assert_int_equal(sum.rows[STORE_TABLE_JOURNAL], 20);
    assert_false(holds(inner, secret));
    assert_false(holds(inner, "latecomer"));

    // It is not written over another one.
    assert_false(storecopy_write(&copy, tx, &error, &sum));
    assert_non_null(strstr(error.text, "there is a store already"));

    struct store *second = open_at(inner);
    struct tx *other = store_begin_read(second);
    for (unsigned table = 0; table < STORE_TABLE_SERVICE + 3; table++)
        compare(tx, other, table);
    tx_abort(&other);
    tx_abort(&tx);
    store_close(&second);
    store_close(&store);
    folder_remove(from);
    folder_remove(to);
}

static void test_a_damaged_store_does_not_end_the_looker(void **state)
{
    char folder[FOLDER_BYTES];
    (void)state;
    folder_make(folder);
    struct store *store = open_at(folder);
    fill(store);
    store_close(&store);
    struct storecheck check;
    storecheck_run(folder, tables, 3, &check);
    assert_true(check.good);
    assert_int_equal(check.records, 20);
    assert_int_equal(check.rows[STORE_TABLE_SERVICE], PEOPLE - PEOPLE / 3);

    // Cut behind its first pages: what the tree points to is no more.
    size_t length;
    uint8_t *bytes = folder_read(folder, "data.mdb", &length);
    assert_true(length > 40000);
    folder_write(folder, "data.mdb", bytes, 16384);
    storecheck_run(folder, tables, 3, &check);
    assert_false(check.good);
    assert_true(check.trouble[0] != '\0');
    print_message("cut: %s\n", check.trouble);

    free(bytes);
    folder_remove(folder);
}

static void test_a_record_that_rotted(void **state)
{
    char folder[FOLDER_BYTES];
    size_t length;
    (void)state;
    folder_make(folder);
    struct store *store = open_at(folder);
    struct tx *tx = store_begin(store);
    struct journal journal;
    journal_load(tx, &journal);
    struct record draft = {.type = 1, .payload = (const uint8_t *)secret, .length = sizeof secret};
    journal_append(tx, &journal, &draft);
    journal_save(tx, &journal);
    assert_int_equal(tx_commit(&tx), 0);
    store_close(&store);
    uint8_t *bytes = folder_read(folder, "data.mdb", &length);
    for (uint8_t *at = bytes; (at = memmem(at, length - (size_t)(at - bytes), secret, 8)) != NULL; at++)
        at[3] ^= 1;
    folder_write(folder, "data.mdb", bytes, length);
    free(bytes);
    struct storecheck check;
    storecheck_run(folder, tables, 3, &check);
    assert_false(check.good);
    print_message("rotted: %s\n", check.trouble);
    folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_row_and_no_other_byte),
        cmocka_unit_test(test_a_damaged_store_does_not_end_the_looker),
        cmocka_unit_test(test_a_record_that_rotted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
