// A basket: the different goods of one order, as its newest version names them, and how they look in bytes beside the
// order. Pure.
#ifndef TEND_SCORING_BASKET_H
#define TEND_SCORING_BASKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    BASKET_ITEMS_MAX = 100,  // goods of one order that are looked at: nearly all orders have fewer
    BASKET_SKU_BYTES = 255,  // twice what ingest lets in; a line with a longer one is passed over
    BASKET_NAME_BYTES = 120, // forty Chinese characters; the rest of a name is cut off
    BASKET_BYTES_MAX = 2 + BASKET_ITEMS_MAX * (2 + BASKET_SKU_BYTES + BASKET_NAME_BYTES),
};

// One article; texts without a NUL behind them.
struct basket_item {
    const char *sku, *name;
    uint8_t sku_length, name_length; // the sku's is at least 1
};

// Goods in the order of their skus (bytes as in memcmp, the shorter first), each once. The texts are the caller's.
struct basket {
    uint32_t count;
    struct basket_item items[BASKET_ITEMS_MAX];
};

// An empty basket.
void basket_start(struct basket *basket);

// Adds the article of a line; one without a sku is passed over. The texts are kept as pointers. Lines may come in any
// order: of more goods than fit the first by sku stay, of several names of one article the first as text that is not
// empty.
void basket_add(struct basket *basket, const char *sku, size_t sku_length, const char *name, size_t name_length);

// The article of a sku; NULL when the basket does not hold it.
const struct basket_item *basket_find(const struct basket *basket, const char *sku, size_t sku_length);

// The order of two skus: below 0, 0 or above 0.
int basket_compare(const char *left, size_t left_length, const char *right, size_t right_length);

// The bytes that the basket's row takes, at most BASKET_BYTES_MAX.
size_t basket_bytes(const struct basket *basket);

// Writes the row, exactly as many bytes.
void basket_write(const struct basket *basket, uint8_t *row);

// The goods of a row in a few words, names before skus and what does not fit by its number: "Teapot, Oolong tea +2". At
// most BASKET_WORDS_BYTES - 1 bytes of whole characters and a NUL; of bytes that are no such row as far as they are
// one.
enum { BASKET_WORDS_BYTES = 64 }; // twenty Chinese characters: a line on a phone
void basket_words(const uint8_t *row, size_t length, char ret_words[BASKET_WORDS_BYTES]);

// Reads a row; texts stay where they are in it. False when the bytes are no such row.
bool basket_read(const uint8_t *row, size_t length, struct basket *ret_basket);

#endif
