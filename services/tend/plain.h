// Rows of purchases as statisticians pass them on: no header, no order number, a customer, a day, a quantity and an
// amount parted by spaces, like " 00012 19970118  2   29.33". Pure.
#ifndef TEND_TEND_PLAIN_H
#define TEND_TEND_PLAIN_H

#include <stdbool.h>
#include <stddef.h>

enum { PLAIN_COLUMNS = 4, PLAIN_ID_MAX = 20 };

// What the columns are called: as the columns of orders.
extern const char *const plain_columns[PLAIN_COLUMNS];

// True for such a row: digits, a day of eight digits that exists, a whole number, a decimal number. No header looks so.
bool plain_recognise(const char *text, size_t length);

struct plain_part {
    const char *text; // points into the row
    size_t length;
};

// Parts a row at runs of spaces and tabs. Returns how many parts there are; the first PLAIN_COLUMNS are filled in.
size_t plain_split(const char *text, size_t length, struct plain_part ret_parts[PLAIN_COLUMNS]);

#endif
