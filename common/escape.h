// Text from outside, made safe to stand between double quotes in JSON and logfmt. Pure.
#ifndef TEND_COMMON_ESCAPE_H
#define TEND_COMMON_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>

// Writes `length` bytes of UTF-8 as the inside of a JSON string and ends it with a NUL; returns the bytes written
// without it. Quotes, backslashes, controls (C0, DEL, C1) and the marks that change the direction of text become
// escapes, so that a name can neither forge a line nor rearrange a terminal. A broken byte becomes U+FFFD, and so does
// a NUL, since many readers of JSON refuse it even escaped. What does not fit into `bytes` (at least 1) is left out at
// a character's border, and *ret_whole is then false (NULL: nobody asks).
size_t escape_json(const char *text, size_t length, char *buffer, size_t bytes, bool *ret_whole);

#endif
