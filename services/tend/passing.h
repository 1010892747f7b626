// Rows of a file that need not become events, or that were changed: counted, and told once at the end.
#ifndef TEND_TEND_PASSING_H
#define TEND_TEND_PASSING_H

#include <stdbool.h>
#include <stdint.h>

// In the order in which they are told.
enum passing_kind { PASSING_UNMARKED, PASSING_AGAIN, PASSING_ANONYMOUS, PASSING_VOID, PASSING_UNMATCHED, PASSINGS };

struct passing {
    uint64_t rows, line; // how many, and where the first one is
};

// Counts a row.
void passing_count(struct passing passings[PASSINGS], enum passing_kind kind, uint64_t line);

// What is said of the rows: it goes on after "3 rows, the first in line 7, ". It lives for ever.
const char *passing_reason(enum passing_kind kind);

// True when they became events all the same.
bool passing_noted(enum passing_kind kind);

#endif
