// Tables that shops export themselves: known by some names in their header, and read without a map. Their names would
// mislead otherwise: the "Total" of such a table is that of the order, and its "Name" the order's number. Pure.
#ifndef TEND_TEND_LAYOUT_H
#define TEND_TEND_LAYOUT_H

#include "services/tend/kind.h"

#include <stdbool.h>
#include <stddef.h>

enum { LAYOUT_PLACES_MAX = 4 }; // where one column of ours may stand in a row

struct layout;

// The layout whose names the header has; NULL when it is none.
const struct layout *layout_find(const char *const *header, size_t count);

// What kind it holds, and whose it is: "Shopify's orders".
enum import_kind layout_kind(const struct layout *layout);
const char *layout_name(const struct layout *layout);

// Where in the header a column of the kind stands: the first place that holds something in a row counts. Returns how
// many places there are; 0 when the layout does not have it.
size_t layout_places(const struct layout *layout, size_t column, const char *const *header, size_t count,
                     size_t ret_places[LAYOUT_PLACES_MAX]);

// Orders: the place of what each row of an order repeats while its number stands in the first row only. False when
// there is none.
bool layout_key(const struct layout *layout, const char *const *header, size_t count, size_t *ret_place);

// Orders: the place of what became of the order, in a word. False when there is none.
bool layout_status(const struct layout *layout, const char *const *header, size_t count, size_t *ret_place);

// Whether the word says that nothing was sold: cancelled, failed, never finished.
bool layout_void(const struct layout *layout, const char *status);

#endif
