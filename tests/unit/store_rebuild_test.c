// A store's file made anew: what was deleted is not in it, what is there stays, and whatever happens in the middle of
// it leaves a store that opens with all its rows.
#include "harness/faults.h"
#include "unit/store_rows.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROWS = 3000 };

static bool file_holds(const char *folder, const char *text)
{
    size_t length;
    uint8_t *bytes = folder_read(folder, "data.mdb", &length);
    bool found = memmem(bytes, length, text, strlen(text)) != NULL;
    free(bytes);
    return found;
}

static void put_text(struct tx *tx, uint32_t number, const char *word)
{
    char text[200];
    snprintf(text, sizeof text, "%s number %u, and a few words more that fill the page", word, number);
    put_number(tx, number, text);
}

// Rows of a secret among others, some of which are deleted and some overwritten.
static void fill(struct store *store)
{
    for (uint32_t round = 0; round < 3; round++) {
        struct tx *tx = store_begin(store);
        for (uint32_t i = 0; i < ROWS; i++)
            if (round == 0)
                put_text(tx, i, i % 3 == 0 ? "secret" : "plain");
            else if (i % 3 == 0)
                put_text(tx, i, "other");
        for (uint32_t i = 0; round == 2 && i < ROWS; i += 3) {
            uint8_t key[4];
            store_put_u32(key, i);
            assert_true(tx_delete(tx, TABLE, key, sizeof key));
        }
        assert_int_equal(tx_commit(&tx), 0);
    }
}

static uint64_t count(struct store *store)
{
    struct tx *tx = store_begin_read(store);
    uint64_t rows = tx_count(tx, TABLE);
    for (uint32_t i = 0; i < ROWS; i++)
        assert_true(has_number(tx, i) == (i % 3 != 0));
    assert_int_equal(tx_error(tx), 0);
    tx_abort(&tx);
    return rows;
}

static struct store *open_filled(const char *folder)
{
    struct store *store = NULL;
    assert_int_equal(open_code(folder, false, &store), 0);
    fill(store);
    return store;
}

static void test_what_was_deleted_is_gone(void **state)
{
    struct store *store = open_filled(*state);
    struct store_error error;
    assert_true(file_holds(*state, "secret number"));
    assert_true(store_rebuild(store, NULL, NULL, &error));
    assert_false(file_holds(*state, "secret"));
    assert_true(file_holds(*state, "plain number"));
    assert_int_equal(count(store), ROWS - ROWS / 3);
    // It goes on as before, also after the next start.
    for (uint32_t i = 0; i < 50; i++)
        assert_int_equal(write_number(store, ROWS + i), 0);
    assert_true(store_rebuild(store, NULL, NULL, &error));
    assert_int_equal(write_number(store, ROWS + 50), 0);
    store_close(&store);
    assert_int_equal(open_code(*state, false, &store), 0);
    assert_int_equal(count(store), ROWS - ROWS / 3 + 51);
    store_close(&store);
}

static bool not_sound(struct tx *tx, const struct store_breath *breath)
{
    assert_true(store_breathe(breath));
    assert_int_equal(tx_count(tx, TABLE), ROWS - ROWS / 3);
    return false;
}

static void test_what_is_not_sound_does_not_count(void **state)
{
    struct store *store = open_filled(*state);
    struct store_error error;
    assert_false(store_rebuild(store, not_sound, NULL, &error));
    assert_int_equal(error.code, 78);
    assert_true(file_holds(*state, "secret"));
    assert_int_equal(count(store), ROWS - ROWS / 3);
    assert_int_equal(write_number(store, ROWS), 0);
    store_close(&store);
}

static void test_no_room(void **state)
{
    struct store *store = open_filled(*state);
    struct store_error error;
    faults_disk_full(true);
    bool made = store_rebuild(store, NULL, NULL, &error);
    faults_disk_full(false);
    assert_false(made);
    assert_int_equal(error.code, 75);
    assert_non_null(strstr(error.text, "MiB"));
    assert_int_equal(count(store), ROWS - ROWS / 3);
    assert_true(store_rebuild(store, NULL, NULL, &error));
    store_close(&store);
}

// Each call fails once and all after it, then the process is gone: the next one finds the old file or the new one.
static void test_every_call_fails(void **state)
{
    char path[FOLDER_BYTES + 16];
    snprintf(path, sizeof path, "%s/rebuild", (const char *)*state);
    struct store *store = open_filled(*state);
    struct store_error error;
    unsigned old = 0, anew = 0;
    store_close(&store);
    for (unsigned n = 1;; n++) {
        pid_t child = fork();
        if (child == 0) {
            if (open_code(*state, false, &store) != 0)
                _exit(2);
            faults_arm(n, EIO, true);
            bool made = store_rebuild(store, NULL, NULL, &error);
            _exit(made ? 0 : 1);
        }
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) < 2);
        assert_int_equal(open_code(*state, false, &store), 0);
        assert_int_equal(count(store), ROWS - ROWS / 3);
        assert_int_equal(access(path, F_OK), -1);
        assert_int_equal(write_number(store, ROWS), 0);
        anew += !file_holds(*state, "secret");
        old += file_holds(*state, "secret");
        if (!file_holds(*state, "secret"))
            fill(store);
        uint8_t key[4];
        store_put_u32(key, ROWS);
        struct tx *tx = store_begin(store);
        assert_true(tx_delete(tx, TABLE, key, sizeof key));
        assert_int_equal(tx_commit(&tx), 0);
        store_close(&store);
        if (WEXITSTATUS(status) == 0)
            break;
    }
    assert_true(old >= 5 && anew >= 1);
}

// A process that looks at the store sees the old one, whole, while its file is made anew and long after.
static void test_a_reader_keeps_what_it_sees(void **state)
{
    struct store *store = open_filled(*state), *look = NULL;
    struct store_error error;
    int ready[2], done[2];
    char byte = 0;
    store_close(&store);
    assert_int_equal(pipe(ready), 0);
    assert_int_equal(pipe(done), 0);
    pid_t child = fork();
    if (child == 0) {
        if (open_code(*state, true, &look) != 0)
            _exit(2);
        struct tx *tx = store_begin_read(look);
        bool good = write(ready[1], &byte, 1) == 1 && read(done[0], &byte, 1) == 1;
        good = good && tx_count(tx, TABLE) == ROWS - ROWS / 3 && has_number(tx, 1) && !has_number(tx, ROWS);
        tx_abort(&tx);
        tx = store_begin_read(look); // of the old file still
        good = good && tx_count(tx, TABLE) == ROWS - ROWS / 3;
        _exit(good ? 0 : 1);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    assert_int_equal(open_code(*state, false, &store), 0);
    assert_true(store_rebuild(store, NULL, NULL, &error));
    for (uint32_t i = 0; i < 300; i++)
        assert_int_equal(write_number(store, ROWS + i), 0);
    assert_int_equal(write(done[1], &byte, 1), 1);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_int_equal(count(store), ROWS - ROWS / 3 + 300);
    store_close(&store);
    for (size_t i = 0; i < 2; i++) {
        close(ready[i]);
        close(done[i]);
    }
}

// The end came between the new file and the old one's lock file, which somebody still holds: it counts the transactions
// of another file.
static void test_a_lock_file_of_another_file(void **state)
{
    char other[FOLDER_BYTES], from[FOLDER_BYTES + 16], to[FOLDER_BYTES + 16];
    struct store *store = NULL, *look = NULL;
    int ready[2], done[2];
    char byte = 0;
    folder_make(other);
    assert_int_equal(open_code(*state, false, &store), 0);
    for (uint32_t i = 0; i < 40; i++)
        assert_int_equal(write_number(store, i), 0);
    store_close(&store);
    assert_int_equal(open_code(other, false, &store), 0);
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(write_number(store, 1000 + i), 0);
    store_close(&store);
    assert_int_equal(pipe(ready), 0);
    assert_int_equal(pipe(done), 0);
    pid_t child = fork();
    if (child == 0) {
        if (open_code(*state, true, &look) != 0 || write(ready[1], &byte, 1) != 1)
            _exit(1);
        _exit(read(done[0], &byte, 1) == 1 ? 0 : 1);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    snprintf(from, sizeof from, "%s/data.mdb", other);
    snprintf(to, sizeof to, "%s/data.mdb", (const char *)*state);
    assert_int_equal(rename(from, to), 0);
    assert_int_equal(open_code(*state, false, &store), 0);
    for (uint32_t i = 3; i < 9; i++)
        assert_int_equal(write_number(store, 1000 + i), 0);
    store_close(&store);
    assert_int_equal(write(done[1], &byte, 1), 1);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(open_code(*state, false, &store), 0);
    struct tx *tx = store_begin_read(store);
    assert_int_equal(tx_count(tx, TABLE), 9);
    for (uint32_t i = 0; i < 9; i++)
        assert_true(has_number(tx, 1000 + i));
    tx_abort(&tx);
    store_close(&store);
    folder_remove(other);
    for (size_t i = 0; i < 2; i++) {
        close(ready[i]);
        close(done[i]);
    }
}

// What a file that this process has open is called by now: "data.mdb", or the same with " (deleted)".
static bool is_gone(const char *name)
{
    char path[64], target[FOLDER_BYTES + 40];
    for (int fd = 3; fd < 64; fd++) {
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
        ssize_t length = readlink(path, target, sizeof target - 1);
        target[length > 0 ? length : 0] = '\0';
        if (strstr(target, name) != NULL)
            return strstr(target, "(deleted)") != NULL;
    }
    return false;
}

// Who looks at the store while the files change places has both of the old or both of the new: with the old lock file
// and the new data, the one who writes would not know of the look, and write over what is read.
static void test_a_look_between_the_files(void **state)
{
    enum { ROUNDS = 40 };
    struct store *store = open_filled(*state), *look = NULL;
    struct store_error error;
    int done[2];
    assert_int_equal(pipe(done), 0);
    pid_t child = fork();
    if (child == 0) {
        close(done[1]);
        unsigned looks = 0;
        char byte;
        fcntl(done[0], F_SETFL, O_NONBLOCK);
        while (read(done[0], &byte, 1) < 0 || looks == 0) {
            if (open_code(*state, true, &look) != 0)
                _exit(1);
            bool old_lock = is_gone("lock.mdb"); // first: it goes after the data
            if (old_lock && !is_gone("data.mdb"))
                _exit(2);
            looks++;
            store_close(&look);
        }
        _exit(looks > ROUNDS / 4 ? 0 : 3);
    }
    close(done[0]);
    for (unsigned i = 0; i < ROUNDS; i++) {
        assert_true(store_rebuild(store, NULL, NULL, &error));
        assert_int_equal(write_number(store, ROWS), 0);
    }
    close(done[1]);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(WIFEXITED(status) ? WEXITSTATUS(status) : 100, 0);
    store_close(&store);
}

// Who keeps the gate keeps the files where they are, and is waited for.
static void test_the_gate_is_waited_for(void **state)
{
    struct store *store = open_filled(*state);
    struct store_error error;
    int ready[2];
    char byte = 0;
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
        int gate = open(*state, O_RDONLY | O_DIRECTORY);
        bool good = flock(gate, LOCK_SH) == 0 && write(ready[1], &byte, 1) == 1;
        usleep(300 * 1000);
        _exit(good && access(*state, F_OK) == 0 && file_holds(*state, "secret number") ? 0 : 1);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    assert_true(store_rebuild(store, NULL, NULL, &error));
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(WIFEXITED(status) ? WEXITSTATUS(status) : 100, 0);
    assert_false(file_holds(*state, "secret"));
    store_close(&store);
    close(ready[0]);
    close(ready[1]);
}

static bool ends_at_once(void *context)
{
    ++*(unsigned *)context;
    return false;
}

// Told to end in the middle, it leaves the old file.
static void test_told_to_end(void **state)
{
    enum { MORE = 20000 };
    struct store *store = open_filled(*state);
    unsigned breaths = 0;
    struct store_breath breath = {.take = ends_at_once, .context = &breaths};
    struct store_error error;
    struct tx *tx = store_begin(store);
    for (uint32_t i = 0; i < MORE; i++)
        put_text(tx, ROWS + i, "more");
    assert_int_equal(tx_commit(&tx), 0);
    assert_false(store_rebuild(store, NULL, &breath, &error));
    assert_int_equal(error.code, STORE_TOLD_TO_END);
    assert_int_equal(breaths, 1);
    assert_true(file_holds(*state, "secret"));
    assert_int_equal(count(store), ROWS - ROWS / 3 + MORE);
    assert_true(store_rebuild(store, NULL, NULL, &error));
    assert_int_equal(count(store), ROWS - ROWS / 3 + MORE);
    store_close(&store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_look_between_the_files, make, unmake),
        cmocka_unit_test_setup_teardown(test_the_gate_is_waited_for, make, unmake),
        cmocka_unit_test_setup_teardown(test_told_to_end, make, unmake),
        cmocka_unit_test_setup_teardown(test_what_was_deleted_is_gone, make, unmake),
        cmocka_unit_test_setup_teardown(test_what_is_not_sound_does_not_count, make, unmake),
        cmocka_unit_test_setup_teardown(test_no_room, make, unmake),
        cmocka_unit_test_setup_teardown(test_every_call_fails, make, unmake),
        cmocka_unit_test_setup_teardown(test_a_reader_keeps_what_it_sees, make, unmake),
        cmocka_unit_test_setup_teardown(test_a_lock_file_of_another_file, make, unmake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
