// Rows of a table of orders that cannot be read as rows at all: a delimiter too few, broken text. Each may belong to an
// order whose other rows are good, and that order must not be taken in without it. So each waits, under the hash of
// what seems to be its order's number, until that order is closed; what belongs to none goes its own way.
#ifndef TEND_TEND_LOST_H
#define TEND_TEND_LOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Where a row stands in the file, and what is wrong with it.
struct stretch {
    uint64_t line;
    uint64_t offset, end;        // its bytes in the file
    const char *column, *reason; // NULL: nothing is wrong with this one; the column may be NULL by itself
};

enum { LOST_OPEN_MAX = 1000 }; // rows that wait for an order while a file is streamed; of more the first give up

struct lost;

// Nothing lost yet, never NULL; the caller closes it.
struct lost *lost_open(void);

// Takes NULL.
void lost_close(struct lost **lost);

// A row that waits; its reason is copied.
void lost_add(struct lost *lost, const struct stretch *row, uint64_t hash);

// All rows of the file are known: from now on orders find theirs fast, however many wait.
void lost_sort(struct lost *lost);

// The next row that waits under the hash; call again until it is NULL. It lives as long as `lost`, and is not given
// twice.
const struct stretch *lost_take(struct lost *lost, uint64_t hash);

// The next row that can be no order's any more: those before `line`, which is that of the row that came last. NULL: no
// more. It lives until the next call of lost_add or lost_drop.
const struct stretch *lost_drop(struct lost *lost, uint64_t line);

#endif
