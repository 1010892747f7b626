// The map: a small YAML file that says what a foreign table calls our columns.
//
//     orders:
//       zone: America/New_York   # of every time in the file; also: encoding, delimiter, decimal (point or comma)
//       order_id: Order ID       # our column: theirs
//       time: {column: Order Date, format: M/D/YYYY}
//       currency: {value: USD}   # no column of theirs: the same for every row
//       rep: {column: Region, values: {South: wang, West: li}}   # what stands there: what it means
//       file.segment: Segment    # customers only: goes into the customer's file under "segment"
//
// A section per kind; a file may hold several. Our column may be called by any name that is known in a header, such as
// owner for rep. Columns that the map does not name are found as without it.
#ifndef TEND_TEND_MAP_H
#define TEND_TEND_MAP_H

#include "services/tend/kind.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { MAP_FILE_BYTES = 1 << 20, MAP_ERROR_BYTES = 2048 };

struct map;

// `values`: a word of theirs and what it means for us.
struct translation {
    const char *from, *to;
};

// Where one column of ours comes from.
struct source {
    const char *name;   // ours, or "file.NAME"
    const char *column; // theirs; NULL when `value` is the same for every row
    const char *value;
    const char *format; // of dates, as in moment.h; NULL: as without a map
    const char *zone;   // of times; NULL: the kind's
    const struct translation *translations;
    size_t translation_count;
};

// What the section of a kind says about the file; NULL where it is silent.
struct map_settings {
    const char *zone, *encoding, *delimiter, *decimal;
};

// Reads the file. False with one message a line in `ret_error` (MAP_ERROR_BYTES): "file:line:column: what is wrong" and
// the line with a mark.
bool map_open(const char *path, char *ret_error, struct map **ret_map);

// Takes NULL.
void map_close(struct map **map);

// The sources of a kind, in the order of the file. They live as long as the map.
const struct source *map_sources(const struct map *map, enum import_kind kind, size_t *ret_count);

// What the section of the kind says about the file; all NULL when there is none. The texts live as long as the map.
struct map_settings map_settings(const struct map *map, enum import_kind kind);

// Writes an error about a source of this map as map_open does: for what only the table's header can tell.
void map_complain(struct map *map, const struct source *source, const char *message, char *ret_error);

#endif
