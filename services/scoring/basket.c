#include "services/scoring/basket.h"

#include "common/must.h"
#include "common/utf8.h"

#include <stdio.h>
#include <string.h>

// A row: the version, the count; then of each article both lengths and both texts.
enum { ROW_VERSION = 1, ROW_HEAD_BYTES = 2, ITEM_HEAD_BYTES = 2 };
_Static_assert(BASKET_ITEMS_MAX <= UINT8_MAX, "the layout on disk");
_Static_assert(BASKET_SKU_BYTES <= UINT8_MAX && BASKET_NAME_BYTES <= UINT8_MAX, "the layout on disk");

void basket_start(struct basket *basket)
{
    basket->count = 0;
}

int basket_compare(const char *left, size_t left_length, const char *right, size_t right_length)
{
    size_t both = left_length < right_length ? left_length : right_length;
    int order = both > 0 ? memcmp(left, right, both) : 0;
    return order != 0 ? order : (left_length > right_length) - (left_length < right_length);
}

// The first article whose sku is not before this one.
static uint32_t place(const struct basket *basket, const char *sku, size_t length)
{
    uint32_t low = 0, high = basket->count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        const struct basket_item *item = &basket->items[middle];
        if (basket_compare(item->sku, item->sku_length, sku, length) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool is_at(const struct basket *basket, uint32_t at, const char *sku, size_t length)
{
    return at < basket->count && basket_compare(basket->items[at].sku, basket->items[at].sku_length, sku, length) == 0;
}

// Of two names of one article the first as text, but rather one than none.
static void take_name(struct basket_item *item, const char *name, uint8_t length)
{
    if (length > 0 && (item->name_length == 0 || basket_compare(name, length, item->name, item->name_length) < 0)) {
        item->name = name;
        item->name_length = length;
    }
}

void basket_add(struct basket *basket, const char *sku, size_t sku_length, const char *name, size_t name_length)
{
    if (sku_length == 0 || sku_length > BASKET_SKU_BYTES)
        return;
    uint8_t named = (uint8_t)utf8_cut(name, name_length, BASKET_NAME_BYTES);
    uint32_t at = place(basket, sku, sku_length);
    if (is_at(basket, at, sku, sku_length)) {
        take_name(&basket->items[at], name, named);
        return;
    }
    if (at == BASKET_ITEMS_MAX)
        return;
    if (basket->count < BASKET_ITEMS_MAX)
        basket->count++;
    memmove(&basket->items[at + 1], &basket->items[at], (basket->count - 1 - at) * sizeof basket->items[0]);
    basket->items[at] =
        (struct basket_item){.sku = sku, .name = name, .sku_length = (uint8_t)sku_length, .name_length = named};
}

const struct basket_item *basket_find(const struct basket *basket, const char *sku, size_t sku_length)
{
    uint32_t at = place(basket, sku, sku_length);
    return is_at(basket, at, sku, sku_length) ? &basket->items[at] : NULL;
}

size_t basket_bytes(const struct basket *basket)
{
    size_t bytes = ROW_HEAD_BYTES;
    for (uint32_t i = 0; i < basket->count; i++)
        bytes += (size_t)ITEM_HEAD_BYTES + basket->items[i].sku_length + basket->items[i].name_length;
    return bytes;
}

void basket_write(const struct basket *basket, uint8_t *row)
{
    must(basket->count <= BASKET_ITEMS_MAX);
    *row++ = ROW_VERSION;
    *row++ = (uint8_t)basket->count;
    for (uint32_t i = 0; i < basket->count; i++) {
        const struct basket_item *item = &basket->items[i];
        *row++ = item->sku_length;
        *row++ = item->name_length;
        memcpy(row, item->sku, item->sku_length);
        row += item->sku_length;
        if (item->name_length > 0)
            memcpy(row, item->name, item->name_length);
        row += item->name_length;
    }
}

// Reads one article and moves on; false when the bytes end before it does.
static bool read_item(const uint8_t **at, const uint8_t *end, struct basket_item *ret_item)
{
    if (end - *at < ITEM_HEAD_BYTES)
        return false;
    struct basket_item item = {.sku_length = (*at)[0], .name_length = (*at)[1]};
    *at += ITEM_HEAD_BYTES;
    if (end - *at < item.sku_length + item.name_length || item.sku_length == 0 || item.name_length > BASKET_NAME_BYTES)
        return false;
    item.sku = (const char *)*at;
    item.name = (const char *)*at + item.sku_length;
    *at += item.sku_length + item.name_length;
    *ret_item = item;
    return true;
}

// Adds a name that fits whole; the first one is cut to fit. False when it does not.
static bool add_words(char *words, size_t *used, const struct basket_item *item)
{
    enum { MORE_BYTES = 4 }; // " +99"
    const char *name = item->name_length > 0 ? item->name : item->sku;
    size_t length = item->name_length > 0 ? item->name_length : item->sku_length, room = BASKET_WORDS_BYTES - 1;
    if (*used == 0 && length > room - MORE_BYTES)
        length = utf8_cut(name, length, room - MORE_BYTES);
    if (*used > 0 && *used + 2 + length > room - MORE_BYTES)
        return false;
    if (*used > 0) {
        memcpy(words + *used, ", ", 2);
        *used += 2;
    }
    memcpy(words + *used, name, length);
    *used += length;
    words[*used] = '\0';
    return true;
}

void basket_words(const uint8_t *row, size_t length, char ret_words[BASKET_WORDS_BYTES])
{
    size_t used = 0, named = 0;
    ret_words[0] = '\0';
    if (length < ROW_HEAD_BYTES || row[0] != ROW_VERSION || row[1] > BASKET_ITEMS_MAX)
        return;
    const uint8_t *at = row + ROW_HEAD_BYTES, *end = row + length;
    struct basket_item item;
    while (named < row[1] && read_item(&at, end, &item) && add_words(ret_words, &used, &item))
        named++;
    if (named > 0 && named < row[1])
        (void)snprintf(ret_words + used, BASKET_WORDS_BYTES - used, " +%u", (row[1] - (unsigned)named) % 100);
}

bool basket_read(const uint8_t *row, size_t length, struct basket *ret_basket)
{
    if (length < ROW_HEAD_BYTES || row[0] != ROW_VERSION || row[1] > BASKET_ITEMS_MAX)
        return false;
    const uint8_t *at = row + ROW_HEAD_BYTES, *end = row + length;
    struct basket basket = {.count = row[1]};
    for (uint32_t i = 0; i < basket.count; i++) {
        struct basket_item *item = &basket.items[i];
        if (!read_item(&at, end, item))
            return false;
        if (i > 0 && basket_compare(item[-1].sku, item[-1].sku_length, item->sku, item->sku_length) >= 0)
            return false;
    }
    if (at != end)
        return false;
    *ret_basket = basket;
    return true;
}
