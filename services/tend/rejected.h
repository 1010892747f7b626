// What an import leaves out, as a file that can be corrected and imported again: the header and the rows as they were,
// in their own encoding and with their own delimiter, and two columns at the end, tend_line and tend_reason, which an
// import passes over. Of an order with one bad row all rows are there, since an order is taken in as a whole; the
// reason stands in the row that is to blame. JSON lines get the two as members. Rows without a header stay as they
// were.
//
// The file appears when it is complete. One of that name that is there already may hold somebody's corrections: it is
// kept, with ".old" behind its name; so is the list of an earlier try when now nothing is left out.
#ifndef TEND_TEND_REJECTED_H
#define TEND_TEND_REJECTED_H

#include "services/tend/import.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { REJECTED_ERROR_BYTES = 400 };

#define REJECTED_MEMBER ",\"tend_line\":" // begins what is added to a line of JSON

struct arena;
struct rejected;

// A line of JSON without what a list added to it, in the arena, or as it is; its length in `ret_length`.
const char *rejected_without(struct arena *arena, const char *line, size_t length, size_t *ret_length);

// Nothing is written yet. The import and the path live longer. Never NULL; the caller closes it.
struct rejected *rejected_open(const char *path, const struct import *import);

// Takes NULL. What was not finished goes away.
void rejected_close(struct rejected **rejected);

// Rows that are left out for this reason, each unless it has its own; the column may be NULL. Rows that were written
// before are passed over.
void rejected_add(struct rejected *rejected, const struct stretch *rows, size_t count, const char *column,
                  const char *reason);

// Puts the file in its place if there were rows, else moves an earlier list out of the way. Returns how many; 0 with a
// sentence in `ret_error` (REJECTED_ERROR_BYTES) when it could not be written, "" else.
uint64_t rejected_finish(struct rejected *rejected, char *ret_error);

#endif
