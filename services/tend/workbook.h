// Customers as a workbook (.xlsx), with numbers as numbers and days as days.
#ifndef TEND_TEND_WORKBOOK_H
#define TEND_TEND_WORKBOOK_H

#include "services/tend/cardlist.h"

#include <stdbool.h>
#include <stddef.h>

// Writes the cards, one a row below a header that stays in sight and can be filtered. An older file of the name is
// replaced, whole or not at all. False with a sentence in `ret_error` (`bytes`); a sheet has room for 1,048,575
// customers.
bool cards_write_workbook(const char *path, struct cardlist *cards, char *ret_error, size_t bytes);

#endif
