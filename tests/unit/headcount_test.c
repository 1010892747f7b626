// The number of processes that a data_dir is of: left by the first, compared by all, told by the folders without it.
#include "common/headcount.h"
#include "harness/folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { SENTENCE = 1000, PATH = 400 };

static int claim(const char *folder, unsigned index, unsigned count)
{
    char sentence[SENTENCE] = "";
    int code = headcount_claim(folder, "scoring", (struct lane){index, count}, sentence, sizeof sentence);
    assert_int_equal(code != 0, sentence[0] != '\0');
    return code;
}

static bool agrees(const char *folder, unsigned count)
{
    char sentence[SENTENCE];
    return headcount_agrees(folder, "scoring", count, sentence, sizeof sentence);
}

static void write_number(const char *folder, const char *text)
{
    char path[PATH];
    snprintf(path, sizeof path, "%s/scoring.processes", folder);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void test_the_first_one_leaves_the_number(void **state)
{
    char folder[PATH];
    snprintf(folder, sizeof folder, "%s/a/b", (char *)*state);
    assert_true(agrees(folder, 4)); // nothing is there
    assert_int_not_equal(access(folder, F_OK), 0);
    assert_int_equal(claim(folder, 1, 2), 0);
    assert_int_equal(claim(folder, 0, 2), 0);
    assert_int_equal(claim(folder, 2, 4), 78);
    assert_int_equal(claim(folder, 0, 1), 78);
    assert_true(agrees(folder, 2));
    assert_false(agrees(folder, 1));
    char path[PATH + 40];
    snprintf(path, sizeof path, "%s/scoring-0", folder);
    assert_int_not_equal(access(path, F_OK), 0);
}

static void test_a_number_that_is_none(void **state)
{
    static const char *const texts[] = {"", "\n", "two\n", "0\n", "17\n", "2x\n", "222\n", "-2\n"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        write_number(*state, texts[i]);
        assert_false(agrees(*state, 2));
        assert_int_equal(claim(*state, 0, 2), 78);
    }
    write_number(*state, "16");
    assert_true(agrees(*state, 16));
}

static void test_folders_tell_without_a_file(void **state)
{
    static const struct {
        const char *there[3];
        unsigned count;
        bool all;      // whoever looks agrees
        unsigned good; // so do these processes, one bit each
    } rows[] = {
        {{"scoring"}, 1, true, 1},
        {{"scoring"}, 2, false, 0},
        {{"scoring-0"}, 1, false, 0},
        {{"scoring-0", "scoring-1"}, 2, true, 3},
        {{"scoring-0", "scoring-1"}, 4, false, 3}, // the stores of these two refuse it themselves
        {{"scoring-0", "scoring-1"}, 1, false, 0},
        {{"scoring-2"}, 2, false, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char folder[PATH], path[PATH + 40];
        snprintf(folder, sizeof folder, "%s/%zu", (char *)*state, i);
        assert_int_equal(mkdir(folder, 0700), 0);
        for (size_t k = 0; k < 3 && rows[i].there[k] != NULL; k++) {
            snprintf(path, sizeof path, "%s/%s", folder, rows[i].there[k]);
            assert_int_equal(mkdir(path, 0700), 0);
        }
        assert_int_equal(agrees(folder, rows[i].count), rows[i].all);
        for (unsigned k = 0; k < rows[i].count; k++)
            assert_int_equal(claim(folder, k, rows[i].count), rows[i].good >> k & 1 ? 0 : 78);
        snprintf(path, sizeof path, "%s/scoring.processes", folder);
        assert_int_not_equal(access(path, F_OK), 0);
    }
}

static void test_where_no_file_can_be_made(void **state)
{
    char folder[PATH];
    write_number(*state, "2\n");
    snprintf(folder, sizeof folder, "%s/scoring.processes/data", (char *)*state);
    assert_int_equal(claim(folder, 0, 2), 73);
}

static int make(void **state)
{
    static char folder[FOLDER_BYTES];
    folder_make(folder);
    *state = folder;
    return 0;
}

static int wipe(void **state)
{
    folder_remove(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_the_first_one_leaves_the_number, make, wipe),
        cmocka_unit_test_setup_teardown(test_a_number_that_is_none, make, wipe),
        cmocka_unit_test_setup_teardown(test_folders_tell_without_a_file, make, wipe),
        cmocka_unit_test_setup_teardown(test_where_no_file_can_be_made, make, wipe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
