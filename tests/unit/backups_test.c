// The list of backups: what is known of them, and which is the oldest that may hold somebody.
#include "services/tend/backups.h"
#include "harness/folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

// A folder with a manifest of that moment.
static void make(const char *folder, const char *name, int64_t made_ms, char *ret_path)
{
    char text[80];
    snprintf(ret_path, FOLDER_BYTES * 2, "%s/%s", folder, name);
    assert_int_equal(mkdir(ret_path, 0700), 0);
    int length = snprintf(text, sizeof text, "{\"madeMs\": %lld, \"stores\": []}", (long long)made_ms);
    folder_write(ret_path, "manifest.json", text, (size_t)length);
}

static void test_the_oldest_that_is_still_there(void **state)
{
    char folder[FOLDER_BYTES], paths[3][FOLDER_BYTES * 2];
    struct backup_known known, list[5];
    (void)state;
    folder_make(folder);
    assert_int_equal(backups_read(folder, list, 5), 0);
    assert_false(backups_oldest_before(folder, INT64_MAX, &known));
    for (int i = 0; i < 3; i++) {
        char name[8];
        snprintf(name, sizeof name, "b%d", i);
        make(folder, name, (i + 1) * 1000, paths[i]);
        assert_true(backups_add(folder, paths[i], (i + 1) * 1000));
    }
    assert_int_equal(backups_read(folder, list, 5), 3);
    assert_string_equal(list[0].path, paths[2]); // the newest first
    assert_true(list[0].there);

    assert_true(backups_oldest_before(folder, 5000, &known));
    assert_int_equal(known.made_ms, 1000);
    assert_int_equal(backups_before(folder, 2500), 2);
    assert_int_equal(backups_before(folder, 1000), 0); // made at that moment: without what was erased then

    folder_remove(paths[0]);
    assert_true(backups_oldest_before(folder, 5000, &known));
    assert_int_equal(known.made_ms, 2000);
    // Another backup in its place is not this one.
    folder_remove(paths[1]);
    make(folder, "b1", 9000, paths[1]);
    assert_int_equal(backups_before(folder, 2500), 0);
    assert_int_equal(backups_read(folder, list, 5), 3);
    assert_false(list[1].there);
    folder_remove(folder);
}

static void test_a_list_that_is_damaged_is_begun_anew(void **state)
{
    char folder[FOLDER_BYTES];
    struct backup_known list[2];
    (void)state;
    folder_make(folder);
    folder_write(folder, "backups.json", "{\"backups\": 7}", 14);
    assert_int_equal(backups_read(folder, list, 2), 0);
    assert_true(backups_add(folder, "/nowhere", 7));
    assert_int_equal(backups_read(folder, list, 2), 1);
    assert_false(list[0].there);
    folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_oldest_that_is_still_there),
        cmocka_unit_test(test_a_list_that_is_damaged_is_begun_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
