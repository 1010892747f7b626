#include "services/scoring/column.h"

#include "common/must.h"

#include <stdlib.h>
#include <string.h>

enum { ITEMS_FIRST = 1024, CACHE_LINE = 64 };

void column_start(struct column *column, size_t item_bytes)
{
    *column = (struct column){.item_bytes = item_bytes};
}

void column_clear(struct column *column)
{
    free(column->items);
    column_start(column, column->item_bytes);
}

static void grow(struct column *column, uint32_t slot)
{
    uint32_t room = column->room == 0 ? ITEMS_FIRST : column->room;
    while (room <= slot)
        room += room / 2;
    room = (room + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE; // aligned_alloc takes whole lines only
    uint8_t *items = aligned_alloc(CACHE_LINE, room * column->item_bytes);
    must(items != NULL);
    size_t used = column->room * column->item_bytes;
    if (used > 0)
        memcpy(items, column->items, used);
    memset(items + used, 0, room * column->item_bytes - used);
    free(column->items);
    column->items = items;
    column->room = room;
}

void *column_at(struct column *column, uint32_t slot)
{
    must(slot < UINT32_MAX / 2);
    if (slot >= column->room)
        grow(column, slot);
    return (uint8_t *)column->items + slot * column->item_bytes;
}

const void *column_get(const struct column *column, uint32_t slot)
{
    return slot < column->room ? (const uint8_t *)column->items + slot * column->item_bytes : NULL;
}

size_t column_bytes(const struct column *column)
{
    return column->room * column->item_bytes;
}
