// The open store on a real disk: commits that fail, a full map, errors that stick, readers beside it, cursors.
#include "harness/faults.h"
#include "unit/store_rows.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SMALL_MAP = 1 << 18 };

static void test_every_call_of_a_commit_fails_once(void **state)
{
    static const int faults[] = {EIO, ENOSPC, FAULT_SHORT};
    for (size_t kind = 0; kind < 3; kind++) {
        char path[200];
        snprintf(path, sizeof path, "%s/k%zu", (char *)*state, kind);
        bool whole = false;
        for (unsigned n = 1; !whole; n++) {
            assert_true(n < 100);
            struct store *store = NULL;
            assert_int_equal(open_code(path, false, &store), 0);
            faults_arm(n, faults[kind], false);
            struct tx *tx = store_begin(store);
            for (uint32_t i = 0; i < 400; i++)
                put_number(tx, n * 1000 + i, "a value that fills a few pages with many of its kind");
            int error = tx_commit(&tx);
            whole = faults_disarm() < n;
            assert_int_equal(error == 0, whole);
            // All or nothing, which the next start finds; after EIO nobody knows which.
            store_close(&store);
            assert_int_equal(open_code(path, false, &store), 0);
            bool first = read_number(store, n * 1000);
            assert_int_equal(read_number(store, n * 1000 + 399), first);
            assert_true(error == EIO || first == (error == 0));
            store_close(&store);
        }
    }
}

static void test_full_map_grows(void **state)
{
    struct store_options options = options_of(*state, SMALL_MAP);
    struct store_error error;
    struct store *store = NULL;
    assert_true(store_open(&options, &error, &store));
    static char block[100000];
    int rc = 0;
    unsigned kept = 0;
    for (unsigned i = 0; i < 20; i++) {
        struct tx *tx = store_begin(store);
        uint8_t key[4];
        store_put_u32(key, i);
        tx_put(tx, TABLE, key, sizeof key, block, sizeof block);
        rc = tx_commit(&tx);
        if (rc == 0) {
            kept++;
            continue;
        }
        assert_int_equal(rc, STORE_MAP_FULL);
        assert_true(strlen(store_explain(rc)) > 0);
        // In a full map a delete may fail too; what helps is more map.
        assert_true(store_grow(store));
        i--;
    }
    assert_int_equal(kept, 20);
    struct store_use use;
    store_measure(store, &use);
    assert_true(use.map_bytes >= 20 * sizeof block && use.used_bytes >= 20 * sizeof block);
    assert_true(use.used_bytes < use.map_bytes && use.disk_free_bytes > 0);
    size_t before = use.used_bytes;
    struct tx *tx = store_begin(store);
    for (uint32_t i = 0; i < 20; i++) {
        uint8_t key[4];
        store_put_u32(key, i);
        assert_true(tx_delete(tx, TABLE, key, sizeof key));
    }
    assert_int_equal(tx_commit(&tx), 0);
    store_measure(store, &use);
    assert_true(use.used_bytes < before / 4); // free pages are not in use
    store_close(&store);
    // At the next open the map is twice the file at least.
    assert_true(store_open(&options, &error, &store));
    store_measure(store, &use);
    assert_true(use.map_bytes > 20 * sizeof block * 2);
    store_close(&store);
}

static void test_error_sticks(void **state)
{
    struct store *store = NULL;
    assert_int_equal(open_code(*state, false, &store), 0);
    assert_int_equal(write_number(store, 1), 0);
    struct tx *tx = store_begin(store);
    put_number(tx, 2, "never");
    struct cursor *cursor = cursor_open(tx, TABLE);
    tx_fail(tx, EIO);
    tx_fail(tx, ENOSPC);
    assert_int_equal(tx_error(tx), EIO);
    struct slice key, value;
    assert_false(has_number(tx, 1));
    assert_false(cursor_next(cursor, &key, &value));
    assert_false(cursor_seek(cursor, "", 0, &key, &value));
    cursor_delete(cursor);
    cursor_close(&cursor);
    cursor = cursor_open(tx, TABLE);
    assert_false(cursor_last(cursor, &key, &value));
    cursor_close(&cursor);
    assert_null(tx_reserve(tx, TABLE, "k", 1, 10));
    assert_false(tx_delete(tx, TABLE, "k", 1));
    assert_int_equal(tx_count(tx, TABLE), 0);
    assert_int_equal(tx_commit(&tx), EIO);
    assert_null(tx);
    tx_abort(&tx);
    assert_true(read_number(store, 1));
    assert_false(read_number(store, 2));
    store_close(&store);
}

static void test_dirty(void **state)
{
    struct store *store = NULL;
    assert_int_equal(open_code(*state, false, &store), 0);
    struct tx *tx = store_begin(store);
    assert_false(tx_dirty(tx));
    assert_false(has_number(tx, 7));
    // A delete of what is not there costs no commit.
    assert_false(tx_delete(tx, TABLE, "none", 4));
    assert_false(tx_dirty(tx));
    put_number(tx, 7, "");
    assert_true(tx_dirty(tx));
    assert_int_equal(tx_commit(&tx), 0);
    tx = store_begin(store);
    struct slice value;
    uint8_t key[4];
    store_put_u32(key, 7);
    assert_true(tx_get(tx, TABLE, key, 4, &value));
    assert_int_equal(value.length, 0);
    assert_true(tx_delete(tx, TABLE, key, 4));
    assert_true(tx_dirty(tx));
    tx_abort(&tx);
    assert_true(read_number(store, 7));
    store_close(&store);
}

static void test_keys_of_any_length(void **state)
{
    struct store *store = NULL;
    assert_int_equal(open_code(*state, false, &store), 0);
    static char key[2000];
    struct tx *tx = store_begin(store);
    struct slice at, value;
    tx_put(tx, TABLE, key, STORE_KEY_MAX, "x", 1);
    assert_true(tx_get(tx, TABLE, key, STORE_KEY_MAX, &value));
    static const size_t lengths[] = {0, STORE_KEY_MAX + 1, 511, 512, 2000};
    struct cursor *cursor = cursor_open(tx, TABLE);
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        assert_false(tx_get(tx, TABLE, key, lengths[i], &value));
        assert_false(tx_delete(tx, TABLE, key, lengths[i]));
        cursor_seek(cursor, key, lengths[i], &at, &value);
        assert_int_equal(tx_error(tx), 0);
    }
    assert_true(cursor_seek(cursor, NULL, 0, &at, &value));
    assert_int_equal(at.length, STORE_KEY_MAX);
    cursor_close(&cursor);
    assert_int_equal(tx_commit(&tx), 0);
    store_close(&store);
}

// A process of its own, since none may open an environment twice. It answers each number with what it found.
static void look_on(const char *folder, int in, int out)
{
    struct store *store = NULL;
    if (open_code(folder, true, &store) != 0)
        _exit(1);
    for (uint32_t number; read(in, &number, sizeof number) == sizeof number;) {
        char found = (char)read_number(store, number);
        if (number == UINT32_MAX) {
            struct tx *tx = store_begin(store);
            found = (char)(tx_commit(&tx) != 0);
        }
        if (write(out, &found, 1) != 1)
            _exit(2);
    }
    store_close(&store);
    _exit(0);
}

static char ask(const int *question, const int *answer, uint32_t number)
{
    char found = 9;
    assert_int_equal(write(question[1], &number, sizeof number), sizeof number);
    assert_int_equal(read(answer[0], &found, 1), 1);
    return found;
}

static void test_readonly_beside_a_writer(void **state)
{
    int question[2], answer[2];
    struct store *store = NULL;
    assert_int_equal(open_code(*state, false, &store), 0);
    store_close(&store);
    assert_true(pipe(question) == 0 && pipe(answer) == 0);
    pid_t child = fork();
    if (child == 0) {
        close(question[1]);
        look_on(*state, question[0], answer[1]);
    }
    struct store_options options = options_of(*state, SMALL_MAP);
    struct store_error error;
    assert_true(store_open(&options, &error, &store));
    assert_int_equal(ask(question, answer, 1), 0);
    assert_int_equal(write_number(store, 1), 0);
    assert_int_equal(ask(question, answer, 1), 1);
    assert_int_equal(ask(question, answer, UINT32_MAX), 1); // it cannot write
    // It goes on when the writer's map outgrows its own.
    static char block[1 << 20];
    for (unsigned i = 0; i < 80; i++) {
        struct tx *tx = store_begin(store);
        tx_put(tx, TABLE + 1, &i, sizeof i, block, sizeof block);
        int rc = tx_commit(&tx);
        assert_true(rc == 0 || (rc == STORE_MAP_FULL && store_grow(store)));
    }
    assert_int_equal(write_number(store, 2), 0);
    assert_int_equal(ask(question, answer, 2), 1);
    close(question[1]);
    int status;
    waitpid(child, &status, 0);
    assert_int_equal(WEXITSTATUS(status), 0);
    close(question[0]);
    close(answer[0]);
    close(answer[1]);
    store_close(&store);
}

static void test_dead_readers_are_cleared(void **state)
{
    struct store *store = NULL;
    assert_int_equal(open_code(*state, false, &store), 0);
    store_close(&store);
    pid_t child = fork();
    if (child == 0) {
        struct store *other = NULL;
        open_code(*state, true, &other);
        (void)store_begin_read(other);
        _exit(0); // its slot stays
    }
    waitpid(child, NULL, 0);
    assert_int_equal(open_code(*state, false, &store), 0);
    store_check_readers(store);
    // With the slot still held the file would grow with every overwrite.
    struct store_use use;
    for (int round = 0; round < 300; round++)
        assert_int_equal(write_number(store, 5), 0);
    store_measure(store, &use);
    assert_true(use.used_bytes < 200000);
    store_close(&store);
}

enum { MODEL = 600, STEPS = 20000 };

// Walks the table and the model together.
static void compare(struct tx *tx, const bool *model)
{
    struct cursor *cursor = cursor_open(tx, TABLE);
    struct slice key, value;
    bool more = cursor_next(cursor, &key, &value);
    size_t count = 0;
    for (uint32_t i = 0; i < MODEL; i++) {
        if (!model[i])
            continue;
        assert_true(more && store_get_u32(key.bytes) == i);
        count++;
        more = cursor_next(cursor, &key, &value);
    }
    assert_false(more);
    assert_int_equal(tx_count(tx, TABLE), count);
    bool back = cursor_last(cursor, &key, &value);
    for (uint32_t i = MODEL; i-- > 0;)
        if (model[i]) {
            assert_true(back && store_get_u32(key.bytes) == i);
            back = cursor_previous(cursor, &key, &value);
        }
    assert_false(back);
    cursor_close(&cursor);
}

// A walk from a random key that deletes some of what it passes, and puts something in between.
static void walk(struct tx *tx, bool *model)
{
    uint8_t from[4];
    uint32_t next = (uint32_t)rand() % MODEL;
    store_put_u32(from, next);
    struct cursor *cursor = cursor_open(tx, TABLE);
    struct slice key, value;
    bool more = cursor_seek(cursor, from, sizeof from, &key, &value);
    for (int steps = rand() % 40; more && steps > 0; steps--) {
        while (next < MODEL && !model[next])
            next++;
        assert_int_equal(store_get_u32(key.bytes), next);
        if (rand() % 3 == 0) {
            cursor_delete(cursor);
            model[next] = false;
        } else if (rand() % 5 == 0 && next > 2) {
            // Behind the cursor, so that the walk must not see it.
            put_number(tx, next - 1, "behind");
            model[next - 1] = true;
        }
        next++;
        more = cursor_next(cursor, &key, &value);
    }
    cursor_close(&cursor);
}

static void test_cursor_against_a_model(void **state)
{
    unsigned seed = (unsigned)getpid();
    print_message("seed %u\n", seed);
    srand(seed);
    struct store_options options = options_of(*state, MAP);
    options.throwaway = true;
    struct store_error error;
    struct store *store = NULL;
    assert_true(store_open(&options, &error, &store));
    static bool model[MODEL];
    memset(model, 0, sizeof model);
    static const char long_text[] =
        "a text of some length, so that a table of a few hundred rows has many pages and its "
        "cursors cross from one to the next all the time";
    struct tx *tx = store_begin(store);
    for (int step = 0; step < STEPS; step++) {
        uint32_t number = (uint32_t)rand() % MODEL;
        uint8_t key[4];
        store_put_u32(key, number);
        switch (rand() % 8) {
        case 0:
            assert_int_equal(tx_delete(tx, TABLE, key, sizeof key), model[number]);
            model[number] = false;
            break;
        case 1:
            walk(tx, model);
            break;
        case 2:
            assert_int_equal(has_number(tx, number), model[number]);
            break;
        default:
            put_number(tx, number, rand() % 2 == 0 ? long_text : "short");
            model[number] = true;
        }
        if (step % 500 == 0) {
            compare(tx, model);
            assert_int_equal(tx_commit(&tx), 0);
            tx = store_begin(store);
        }
    }
    compare(tx, model);
    tx_abort(&tx);
    store_close(&store);
}

static void test_numbers_sort(void **state)
{
    (void)state;
    static const uint64_t numbers[] = {
        0, 1, 255, 256, 65535, 65536, 0xffffffff, UINT64_C(1) << 32, UINT64_MAX - 1, UINT64_MAX};
    uint8_t before[8], at[8];
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        store_put_u64(at, numbers[i]);
        assert_true(store_get_u64(at) == numbers[i]);
        assert_true(i == 0 || memcmp(before, at, 8) < 0);
        memcpy(before, at, 8);
        store_put_u16(at, (uint16_t)numbers[i]);
        assert_int_equal(store_get_u16(at), (uint16_t)numbers[i]);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make, unmake)
    const struct CMUnitTest tests[] = {
        TEST(test_every_call_of_a_commit_fails_once),
        TEST(test_full_map_grows),
        TEST(test_error_sticks),
        TEST(test_dirty),
        TEST(test_keys_of_any_length),
        TEST(test_readonly_beside_a_writer),
        TEST(test_dead_readers_are_cleared),
        TEST(test_cursor_against_a_model),
        TEST(test_numbers_sort),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
