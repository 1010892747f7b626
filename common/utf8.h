// UTF-8, character by character. Pure.
#ifndef TEND_COMMON_UTF8_H
#define TEND_COMMON_UTF8_H

#include <stddef.h>

// The bytes (1 to 4) of the character at `text`, of which `left` bytes may be read; 0 when there is no well-formed
// character: a stray or missing continuation byte, an overlong form, a surrogate, or more than U+10FFFF.
size_t utf8_length(const char *text, size_t left);

// The largest length of at most `limit` that does not cut a character of the well-formed text in two.
size_t utf8_cut(const char *text, size_t length, size_t limit);

#endif
