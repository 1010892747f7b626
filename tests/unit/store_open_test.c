// Opening a store on a real disk: its lock, its making, folders that are none, a full disk, files that are foreign or
// damaged.
#include "harness/faults.h"
#include "unit/store_rows.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void test_lock(void **state)
{
    struct store *store = NULL, *second = NULL;
    assert_int_equal(open_code(*state, false, &store), 0);
    assert_int_equal(open_code(*state, false, &second), 75);
    // The environment of this process must not be opened in a child: it only asks for the lock.
    pid_t child = fork();
    if (child == 0)
        _exit(open_code(*state, false, &second));
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(WEXITSTATUS(status), 75);
    assert_int_equal(write_number(store, 1), 0);
    store_close(&store);
    assert_null(store);
    store_close(&store);
    assert_int_equal(open_code(*state, false, &store), 0);
    assert_true(read_number(store, 1));
    store_close(&store);
}

static void test_lock_ends_with_its_owner(void **state)
{
    int ready[2];
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
        struct store *store = NULL;
        char code = (char)open_code(*state, false, &store);
        (void)!write(ready[1], &code, 1);
        pause();
    }
    char code = 1;
    assert_int_equal(read(ready[0], &code, 1), 1);
    assert_int_equal(code, 0);
    struct store *store = NULL;
    assert_int_equal(open_code(*state, false, &store), 75);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    close(ready[0]);
    close(ready[1]);
    assert_int_equal(open_code(*state, false, &store), 0);
    assert_int_equal(write_number(store, 1), 0);
    store_close(&store);
}

static void test_places(void **state)
{
    char path[900];
    struct store *store = NULL;
    snprintf(path, sizeof path, "%s/a/b/c", (char *)*state);
    assert_int_equal(open_code(path, false, &store), 0);
    store_close(&store);
    // Nothing there to look at; a file in the way; names that are no path.
    snprintf(path, sizeof path, "%s/none", (char *)*state);
    assert_int_equal(open_code(path, true, &store), 73);
    folder_write(*state, "file", "x", 1);
    snprintf(path, sizeof path, "%s/file/below", (char *)*state);
    assert_int_equal(open_code(path, false, &store), 73);
    assert_int_equal(open_code("", false, &store), 73);
    memset(path, 'p', sizeof path - 1);
    path[0] = '/';
    path[sizeof path - 1] = '\0';
    assert_int_equal(open_code(path, false, &store), 73);
}

static void test_making_was_interrupted(void **state)
{
    // What a process that died while it made the store leaves behind: a half-written file aside.
    char path[200];
    struct store *store = NULL;
    snprintf(path, sizeof path, "%s/new", (char *)*state);
    assert_int_equal(mkdir(path, 0700), 0);
    folder_write(path, "data.mdb", "half a page", 11);
    folder_write(path, "lock.mdb", "rubbish", 7);
    assert_int_equal(open_code(*state, false, &store), 0);
    assert_int_equal(write_number(store, 1), 0);
    store_close(&store);
    struct stat facts;
    assert_int_equal(stat(path, &facts), -1);
    assert_int_equal(open_code(*state, false, &store), 0);
    assert_true(read_number(store, 1));
    store_close(&store);
}

static void test_every_call_of_making_fails_once(void **state)
{
    char path[200];
    struct store *store = NULL;
    bool whole = false;
    for (unsigned n = 1; !whole; n++) {
        assert_true(n < 200);
        snprintf(path, sizeof path, "%s/n%u", (char *)*state, n);
        faults_arm(n, n % 2 == 0 ? EIO : ENOSPC, false);
        int code = open_code(path, false, &store);
        whole = faults_disarm() < n;
        if (code == 0) {
            assert_int_equal(write_number(store, n), 0);
            store_close(&store);
        } else {
            assert_true(code == 73 || code == 78);
        }
        // Whatever failed, the next start finds no store or a whole one.
        assert_int_equal(open_code(path, false, &store), 0);
        assert_int_equal(read_number(store, n), code == 0);
        assert_int_equal(write_number(store, n + 1000), 0);
        store_close(&store);
    }
}

static void test_full_disk(void **state)
{
    struct store *store = NULL;
    faults_disk_full(true);
    assert_int_equal(open_code(*state, false, &store), 75);
    faults_disk_full(false);
    assert_int_equal(open_code(*state, false, &store), 0);
    faults_disk_full(true);
    struct store_use use;
    store_measure(store, &use);
    assert_int_equal(use.disk_free_bytes, 0);
    store_close(&store);
    // Looking needs no room.
    assert_int_equal(open_code(*state, true, &store), 0);
    store_close(&store);
    faults_disk_full(false);
}

// Rewrites the file with `at` changed.
static void damage(const char *folder, size_t at, uint8_t flip)
{
    size_t length;
    uint8_t *bytes = folder_read(folder, "data.mdb", &length);
    assert_true(at < length);
    bytes[at] ^= flip;
    folder_write(folder, "data.mdb", bytes, length);
    free(bytes);
}

static void test_foreign_or_damaged(void **state)
{
    struct store *store = NULL;
    assert_int_equal(open_code(*state, false, &store), 0);
    // The number of another format; the key has its NUL.
    struct tx *tx = store_begin(store);
    struct slice value;
    assert_true(tx_get(tx, STORE_TABLE_META, "format", 7, &value));
    assert_int_equal(value.bytes[0], 1);
    tx_put(tx, STORE_TABLE_META, "format", 7, "\2", 1);
    assert_int_equal(tx_commit(&tx), 0);
    store_close(&store);
    size_t length, again;
    uint8_t *before = folder_read(*state, "data.mdb", &length);
    assert_int_equal(open_code(*state, false, &store), 78);
    assert_int_equal(open_code(*state, true, &store), 78);
    uint8_t *after = folder_read(*state, "data.mdb", &again);
    assert_int_equal(length, again);
    assert_memory_equal(before, after, length); // it was not touched
    free(before);
    free(after);
    // Both meta pages without LMDB's number, and a file of something else.
    damage(*state, 16, 0xff);
    damage(*state, 4096 + 16, 0xff);
    assert_int_equal(open_code(*state, false, &store), 78);
    char text[5000];
    memset(text, 'x', sizeof text);
    folder_write(*state, "data.mdb", text, sizeof text);
    assert_int_equal(open_code(*state, false, &store), 78);
}

static void test_store_without_format_is_not_ours(void **state)
{
    struct store *store = NULL;
    assert_int_equal(open_code(*state, false, &store), 0);
    struct tx *tx = store_begin(store);
    assert_true(tx_delete(tx, STORE_TABLE_META, "format", 7));
    assert_int_equal(tx_commit(&tx), 0);
    store_close(&store);
    assert_int_equal(open_code(*state, false, &store), 78);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make, unmake)
    const struct CMUnitTest tests[] = {
        TEST(test_lock),
        TEST(test_lock_ends_with_its_owner),
        TEST(test_places),
        TEST(test_making_was_interrupted),
        TEST(test_every_call_of_making_fails_once),
        TEST(test_full_disk),
        TEST(test_foreign_or_damaged),
        TEST(test_store_without_format_is_not_ours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
