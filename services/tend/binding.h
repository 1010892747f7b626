// Where in a table each column of a kind stands: from the map, or by the header's own names; and how its numbers, days
// and times are to be read.
#ifndef TEND_TEND_BINDING_H
#define TEND_TEND_BINDING_H

#include "services/tend/dayorder.h"
#include "services/tend/kind.h"
#include "services/tend/layout.h"
#include "services/tend/map.h"
#include "common/number.h"
#include "services/tend/table.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct addresses;
struct zone;

enum { BINDING_SAMPLE_ROWS = 1000, FILE_FIELDS_MAX = 64 };

struct binding_options {
    struct map *map;                   // NULL: none
    const char *zone;                  // of times that say none; the map goes before it
    const char *currency;              // of amounts that say none, three capitals
    bool currency_told;                // it was told for this file, so an amount may have a sign such as $
    enum decimal_sign decimal;         // DECIMAL_UNKNOWN: the map, else found over the first BINDING_SAMPLE_ROWS rows
    enum dayorder dayorder;            // DAYORDER_UNKNOWN: the map, else found
    const struct addresses *addresses; // as in import.h
};

// One column of ours in this table.
struct bound {
    bool present;
    const char *name;                     // ours
    const char *header;                   // theirs, for messages; NULL for a constant
    size_t column;                        // of the table, unless constant
    size_t others[LAYOUT_PLACES_MAX - 1]; // that count where that one is empty, one after the other
    size_t other_count;
    const char *value;           // the constant
    const struct source *source; // NULL without a map
    struct zone *zone;           // of its own, else NULL
};

struct binding {
    enum import_kind kind;
    struct bound columns[COLUMNS_MAX];
    size_t count;
    struct bound files[FILE_FIELDS_MAX]; // "file.NAME", customers only; `name` without the prefix
    size_t file_count;
    enum decimal_sign decimal; // DECIMAL_UNKNOWN: no number of the sample held a sign
    enum dayorder dayorder; // of days whose year stands last; DAYORDER_UNKNOWN: no such day, or a map says the format
    bool numberless;        // orders: no row names its order, so each row is one
    bool invoices;          // orders: a list of invoices, whose returns are documents of their own; see basket.h
    const struct layout *layout; // NULL: none that is known
    struct bound key;    // orders: what each row of an order repeats, while its number stands in the first row only
    struct bound status; // orders: what became of one, see layout_void
    struct zone *zone;
    const char *currency;
    bool currency_told;
    const struct addresses *addresses; // NULL: none
};

// Binds the table's columns and leaves it at its first row. The binding holds pointers into options, map and table.
// False with one message a line in `ret_error` (MAP_ERROR_BYTES): a column that the kind needs is missing, the map
// names one that is not there, two headers fit one column, nothing is read of customers but the id, the decimal sign
// cannot be told, no such zone.
bool binding_open(struct table *table, enum import_kind kind, const struct binding_options *options, char *ret_error,
                  struct binding **ret_binding);

// Takes NULL.
void binding_close(struct binding **binding);

// Says how the table is read: encoding, delimiter, decimals, how its days are meant, and which column is which.
void binding_describe(const struct binding *binding, const struct table *table, FILE *out);

#endif
