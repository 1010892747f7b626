// The basket of an order: which goods it takes, and its row: what is written is read, and nothing else.
#include "services/scoring/basket.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

enum { SKU_ROOM = 16 };

static uint64_t state;

static uint64_t draw(uint64_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state % below;
}

static void sow(const char *what)
{
    const char *given = getenv("TEND_SEED");
    state = given != NULL ? strtoull(given, NULL, 10) | 1 : (uint64_t)time(NULL) * 2654435761U | 1;
    print_message("%s: TEND_SEED=%llu\n", what, (unsigned long long)state);
}

static void first_hundred(void **unused)
{
    (void)unused;
    sow("row");
    static char texts[300][SKU_ROOM];
    unsigned order[300];
    for (unsigned i = 0; i < 300; i++) {
        snprintf(texts[i], SKU_ROOM, "%03u", i / 2);
        order[i] = i;
    }
    for (unsigned round = 0; round < 20; round++) {
        struct basket basket;
        basket_start(&basket);
        for (unsigned i = 300; i > 1; i--) {
            unsigned at = (unsigned)draw(i), swapped = order[at];
            order[at] = order[i - 1];
            order[i - 1] = swapped;
        }
        for (unsigned i = 0; i < 300; i++) // each twice, once without a name or with another
            basket_add(&basket, texts[order[i]], 3, order[i] % 4 < 2 ? "second" : "", order[i] % 2 == 0 ? 6 : 0);
        for (unsigned i = 0; i < 300; i += 4)
            basket_add(&basket, texts[i], 3, "first", 5);
        assert_int_equal(basket.count, BASKET_ITEMS_MAX);
        for (unsigned i = 0; i < basket.count; i++) {
            assert_memory_equal(basket.items[i].sku, texts[i * 2], 3);
            assert_int_equal(basket.items[i].name_length, i % 2 == 0 ? 5 : 6);
        }
        assert_non_null(basket_find(&basket, "099", 3));
        assert_null(basket_find(&basket, "100", 3));
        assert_null(basket_find(&basket, "09", 2));
    }
}

static void rows_and_no_rows(void **unused)
{
    (void)unused;
    char name[BASKET_NAME_BYTES * 2], sku[BASKET_SKU_BYTES + 1];
    for (size_t i = 0; i < sizeof name; i++) // a cut would go through a character
        name[i] = i == 0 ? 'a' : "\xe8\x8c\xb6"[(i - 1) % 3];
    memset(sku, 'x', sizeof sku);
    struct basket basket, read;
    uint8_t row[BASKET_BYTES_MAX + 1];
    basket_start(&basket);
    basket_add(&basket, "b", 1, "", 0);
    basket_add(&basket, "", 0, "nothing", 7);
    basket_add(&basket, sku, sizeof sku, "too long", 8);
    basket_add(&basket, sku, BASKET_SKU_BYTES, name, sizeof name);
    basket_add(&basket, "a", 1, "apples", 6);
    size_t length = basket_bytes(&basket);
    assert_int_equal(basket.count, 3);
    assert_int_equal(basket.items[2].name_length, 118);
    basket_write(&basket, row);
    assert_true(basket_read(row, length, &read));
    assert_int_equal(read.count, 3);
    assert_memory_equal(read.items[0].name, "apples", 6);
    assert_int_equal(read.items[2].sku_length, BASKET_SKU_BYTES);
    for (size_t i = 0; i < length; i++)
        assert_false(basket_read(row, i, &read));
    row[length] = 0;
    assert_false(basket_read(row, length + 1, &read));
    row[2 + 2] = 'b'; // two of the same
    assert_false(basket_read(row, length, &read));
    row[0] = 2;
    row[2 + 2] = 'a';
    assert_false(basket_read(row, length, &read));
    assert_false(basket_read((const uint8_t *)"\1\1\0\0", 4, &read)); // no sku
    assert_true(basket_read((const uint8_t *)"\1\0", 2, &read));
    assert_int_equal(read.count, 0);
}

struct words_row {
    const char *names[5]; // "sku" or "sku=name"; NULL ends them
    const char *words;
};

static const struct words_row words_rows[] = {
    {{NULL}, ""},
    {{"a"}, "a"},
    {{"a=Teapot"}, "Teapot"},
    {{"a=Teapot", "b", "c=Oolong tea"}, "Teapot, b, Oolong tea"},
    // 59 bytes fit, with room for how many do not.
    {{"a=123456789012345678901234567890", "b=123456789012345678901234567"},
     "123456789012345678901234567890, 123456789012345678901234567"},
    {{"a=123456789012345678901234567890", "b=1234567890123456789012345678"}, "123456789012345678901234567890 +1"},
    {{"a=123456789012345678901234567890", "b=1234567890123456789012345678", "c=x"},
     "123456789012345678901234567890 +2"},
    {{"a=12345678901234567890123456789012345678901234567890123456789012"},
     "12345678901234567890123456789012345678901234567890123456789"},
    {{"a=12345678901234567890123456789012345678901234567890123456789012", "b"},
     "12345678901234567890123456789012345678901234567890123456789 +1"},
    {{"a=1234567890123456789012345678901234567890123456789012345678\xe8\x8c\xb6"}, // a cut would go through it
     "1234567890123456789012345678901234567890123456789012345678"},
};

static void goods_in_words(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof words_rows / sizeof words_rows[0]; i++) {
        struct basket basket;
        char words[BASKET_WORDS_BYTES];
        uint8_t row[BASKET_BYTES_MAX];
        basket_start(&basket);
        for (const char *const *name = words_rows[i].names; *name != NULL; name++) {
            size_t sku = strcspn(*name, "="), length = strlen(*name);
            basket_add(&basket, *name, sku, *name + sku + (sku < length), length - sku - (sku < length));
        }
        basket_write(&basket, row);
        basket_words(row, basket_bytes(&basket), words);
        assert_string_equal(words, words_rows[i].words);
        for (size_t length = 0; length < basket_bytes(&basket); length++)
            basket_words(row, length, words);
        basket_words((const uint8_t *)"\2\0", 2, words);
        assert_string_equal(words, "");
    }
}

// Whatever is read is written the same.
static void random_rows(void **unused)
{
    (void)unused;
    sow("bytes");
    unsigned accepted = 0;
    for (unsigned i = 0; i < 100000; i++) {
        uint8_t *row = malloc(16), again[16]; // on the heap, where a byte too far is seen
        size_t length = draw(16);
        for (size_t j = 0; j < length; j++)
            row[j] = (uint8_t)draw(j == 0 ? 2 : 3);
        row = realloc(row, length + (length == 0));
        struct basket basket;
        if (basket_read(row, length, &basket)) {
            assert_int_equal(basket_bytes(&basket), length);
            basket_write(&basket, again);
            assert_memory_equal(again, row, length);
            accepted += basket.count > 0;
        }
        free(row);
    }
    assert_true(accepted > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_hundred),
        cmocka_unit_test(rows_and_no_rows),
        cmocka_unit_test(goods_in_words),
        cmocka_unit_test(random_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
