// A small text file as a whole in memory: data files that people edit.
#ifndef TEND_COMMON_TEXTFILE_H
#define TEND_COMMON_TEXTFILE_H

#include <stdbool.h>
#include <stddef.h>

// Reads a file of at most `most` bytes. The caller frees the text, which has no NUL behind it. False, with
// "path: what is wrong" in `ret_error`, when it cannot be read or is longer.
bool textfile_read(const char *path, size_t most, char *ret_error, size_t error_bytes, char **ret_text,
                   size_t *ret_length);

#endif
