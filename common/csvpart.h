// Lines of small data files, like "2026-10-01,holiday,National Day": parts between commas, without quotes. Pure.
#ifndef TEND_COMMON_CSVPART_H
#define TEND_COMMON_CSVPART_H

#include <stdbool.h>
#include <stddef.h>

enum { CSVPART_NAME_BYTES = 64 }; // of a name, with the NUL

// A part of a text that belongs to somebody else.
struct csvpart {
    const char *at;
    size_t length;
};

// The text without the byte order mark that spreadsheets put before the first line.
struct csvpart csvpart_whole(const char *text, size_t length);

// Cuts off what comes before the next `mark`, or all there is; spaces, tabs and CR around it are taken off.
struct csvpart csvpart_cut(struct csvpart *rest, char mark);

// Without spaces, tabs and CR around it.
struct csvpart csvpart_trim(struct csvpart part);

// True when it is exactly that word.
bool csvpart_is(struct csvpart part, const char *word);

// True for an empty line and for a comment, which '#' begins.
bool csvpart_silent(struct csvpart line);

// Copies a name with a NUL behind it. NULL, or what is wrong with it: too long, or no UTF-8 without control characters;
// then nothing is written.
const char *csvpart_name(struct csvpart part, char ret_name[CSVPART_NAME_BYTES]);

#endif
