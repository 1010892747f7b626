// What kind of file it is, from its first row.
#ifndef TEND_TEND_GUESS_H
#define TEND_TEND_GUESS_H

#include "services/tend/map.h"

// The kind of a file: KIND_EVENTS for JSON lines of whole events; else a kind whose section in the map (NULL: none)
// names only columns that the file has; else the one whose own columns fit its header best. False with a sentence in
// `ret_error` (MAP_ERROR_BYTES) when it cannot be told or read.
bool guess_kind(const char *path, const struct map *map, char *ret_error, enum import_kind *ret_kind);

#endif
