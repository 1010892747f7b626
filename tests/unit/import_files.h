// What the tests of imports share: a folder with files in it, and the options to read them with.
#ifndef TEND_TESTS_UNIT_IMPORT_FILES_H
#define TEND_TESTS_UNIT_IMPORT_FILES_H

#include "services/tend/import.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define NOW_MS INT64_C(1795305600000) // 2026-11-22T00:00:00Z

static char folder[64];

// Its time is that of the day before: rows without a time are as of the file.
static inline const char *file(const char *name, const char *text)
{
    const struct timespec day_before = {.tv_sec = NOW_MS / 1000 - 86400}, times[2] = {day_before, day_before};
    static char paths[8][128];
    static size_t next;
    char *path = paths[next++ % COUNT(paths)];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    FILE *out = fopen(path, "wb");
    assert_non_null(out);
    fputs(text, out);
    fclose(out);
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
    return path;
}

static inline int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/tend-import-XXXXXX");
    return mkdtemp(folder) == NULL;
}

static inline int remove_folder(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -r '%s'", folder);
    return system(command);
}

static inline struct import_options options_for(enum import_kind kind, const char *path)
{
    return (struct import_options){.path = path,
                                   .kind = kind,
                                   .zone = "Asia/Shanghai",
                                   .currency = "CNY",
                                   .undated_ms = NOW_MS - 1000,
                                   .now_ms = NOW_MS};
}

#endif
