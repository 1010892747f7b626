// A column: one item of a fixed size for each slot, zero until it is written. Pure.
#ifndef TEND_SCORING_COLUMN_H
#define TEND_SCORING_COLUMN_H

#include <stddef.h>
#include <stdint.h>

struct column {
    void *items;
    size_t item_bytes;
    uint32_t room;
};

// Begins a column of items of `item_bytes`; it holds no memory yet.
void column_start(struct column *column, size_t item_bytes);

// Gives its memory back; the column can be used again.
void column_clear(struct column *column);

// The slot's item, to be changed. It lives until a higher slot is asked for.
void *column_at(struct column *column, uint32_t slot);

// The slot's item to be read; NULL when neither it nor a later one was ever asked for.
const void *column_get(const struct column *column, uint32_t slot);

// Bytes of memory it holds.
size_t column_bytes(const struct column *column);

#endif
