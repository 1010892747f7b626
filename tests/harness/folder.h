// A folder of a test's own below /tmp.
#ifndef TEND_TESTS_HARNESS_FOLDER_H
#define TEND_TESTS_HARNESS_FOLDER_H

#include <stddef.h>
#include <stdint.h>

enum { FOLDER_BYTES = 64 };

// Makes one, whose path is written to `ret_path` of FOLDER_BYTES.
void folder_make(char *ret_path);

// Removes it with all that is in it.
void folder_remove(const char *path);

// Makes `to` hold what `from` holds, files only: a backup, or its restoring.
void folder_copy(const char *from, const char *to);

// A file of the folder, whole; the bytes are the caller's to free.
uint8_t *folder_read(const char *path, const char *name, size_t *ret_length);
void folder_write(const char *path, const char *name, const void *bytes, size_t length);

#endif
