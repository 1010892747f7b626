// Where characters end, as people see them.
#include "common/grapheme.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { POINTS = 12 };

// Code points, 0 behind the last, and at which of them a character begins.
static const struct {
    const char *label;
    uint32_t text[POINTS];
    const char *begins; // '1' where one does
} rows[] = {
    {"two letters", {'a', 'b'}, "11"},
    {"a letter and a space", {'a', ' '}, "11"},
    {"Chinese", {0x5b81, 0x6ce2}, "11"},
    {"a carriage return and a line feed", {'\r', '\n'}, "10"},
    {"the other way round", {'\n', '\r'}, "11"},
    {"a line feed and a mark", {'\n', 0x0301}, "11"},
    {"a letter and a line feed", {'a', '\n'}, "11"},
    {"a mark and a line feed", {'e', 0x0301, '\n'}, "101"},
    {"a soft hyphen", {'a', 0x00ad, 'b'}, "111"},
    {"an acute accent", {'e', 0x0301, 'a'}, "101"},
    {"two accents", {'o', 0x0302, 0x0301}, "100"},
    {"a mark at the start", {0x0301, 'a'}, "11"},
    {"a mark on a space", {' ', 0x0308, ' '}, "101"},
    {"a ring around a digit", {'1', 0x20dd}, "10"},
    {"Hebrew points", {0x05e9, 0x05c1, 0x05b8, 0x05dc}, "1001"},
    {"Arabic vowels", {0x0645, 0x064f, 0x062d}, "101"},
    {"an Arabic number sign", {0x0600, 0x0661}, "10"},
    {"a number sign and a line feed", {0x0600, '\n'}, "11"},
    {"Syriac abbreviation", {0x070f, 0x0710}, "10"},
    {"Thai above", {0x0e01, 0x0e34, 0x0e19}, "101"},
    {"Thai sara am", {0x0e19, 0x0e33}, "10"},
    {"Thai vowel before", {0x0e40, 0x0e01}, "11"},
    {"Lao", {0x0e81, 0x0eb5, 0x0ec8}, "100"},
    {"Tibetan below", {0x0f40, 0x0f72}, "10"},
    {"Myanmar", {0x1019, 0x103c, 0x1014}, "101"},
    {"Khmer below", {0x1780, 0x17d2, 0x1780}, "101"},
    {"Tamil vowel sign", {0x0b95, 0x0bbf, 0x0bae}, "101"},
    {"Tamil vowel around", {0x0b95, 0x0bca}, "10"},
    {"Tamil pulli ends", {0x0bae, 0x0bcd, 0x0baa}, "101"},
    {"Bengali vowel sign", {0x09ac, 0x09be, 0x0982}, "100"},
    {"Bengali vowel before", {0x0995, 0x09bf}, "10"},
    {"Bengali conjunct", {0x0995, 0x09cd, 0x09b7}, "100"},
    {"Devanagari vowel sign", {0x0915, 0x093f}, "10"},
    {"Devanagari conjunct", {0x0915, 0x094d, 0x0937}, "100"},
    {"three consonants", {0x0938, 0x094d, 0x0924, 0x094d, 0x0930, 0x0940}, "100000"},
    {"a nukta between", {0x0915, 0x093c, 0x094d, 0x0937}, "1000"},
    {"a joiner between", {0x0915, 0x094d, 0x200d, 0x0937}, "1000"},
    {"a non-joiner between", {0x0915, 0x094d, 0x200c, 0x0937}, "1001"},
    {"consonants alone", {0x0915, 0x0937}, "11"},
    {"a virama before a letter", {0x0915, 0x094d, 'a'}, "101"},
    {"a virama behind a vowel sign", {0x0915, 0x093e, 0x094d, 0x0937}, "1001"},
    {"a virama without a consonant", {'a', 0x094d, 0x0937}, "101"},
    {"Gujarati conjunct", {0x0a95, 0x0acd, 0x0ab7}, "100"},
    {"Oriya conjunct", {0x0b15, 0x0b4d, 0x0b37}, "100"},
    {"Telugu conjunct", {0x0c15, 0x0c4d, 0x0c37, 0x0c3f}, "1000"},
    {"Malayalam conjunct", {0x0d15, 0x0d4d, 0x0d37}, "100"},
    {"Malayalam dot reph", {0x0d4e, 0x0d15}, "10"},
    {"Kannada has none here", {0x0c95, 0x0ccd, 0x0cb7}, "101"},
    {"Hangul in parts", {0x1112, 0x1161, 0x11ab, 0x1100}, "1001"},
    {"Hangul of two leads", {0x1100, 0x1100, 0x1161}, "100"},
    {"Hangul open and a tail", {0xac00, 0x11a8}, "10"},
    {"Hangul closed and a tail", {0xac01, 0x11a8}, "10"},
    {"Hangul closed and a vowel", {0xac01, 0x1161}, "11"},
    {"Hangul open and a vowel", {0xac00, 0x1161}, "10"},
    {"Hangul syllables", {0xd55c, 0xad6d}, "11"},
    {"a lead and a syllable", {0x1100, 0xac00}, "10"},
    {"a tail and a lead", {0x11a8, 0x1100}, "11"},
    {"a dakuten apart", {0x304b, 0x3099, 0x304d}, "101"},
    {"a flag", {0x1f1e8, 0x1f1f3}, "10"},
    {"two flags", {0x1f1e8, 0x1f1f3, 0x1f1e9, 0x1f1ea}, "1010"},
    {"a half flag more", {0x1f1e8, 0x1f1f3, 0x1f1e9}, "101"},
    {"a flag behind a joiner", {0x1f1e8, 0x200d, 0x1f1f3}, "101"},
    {"halves with a letter between", {0x1f1e8, 'a', 0x1f1f3}, "111"},
    {"a colour of skin", {0x1f44d, 0x1f3fd, 0x1f44d}, "101"},
    {"a variation selector", {0x2764, 0xfe0f, 'a'}, "101"},
    {"a family", {0x1f468, 0x200d, 0x1f469, 0x200d, 0x1f467}, "10000"},
    {"with colours of skin", {0x1f468, 0x1f3fb, 0x200d, 0x1f469, 0x1f3fd}, "10000"},
    {"a heart on fire", {0x2764, 0xfe0f, 0x200d, 0x1f525}, "1000"},
    {"pictures without a joiner", {0x1f468, 0x1f469}, "11"},
    {"a joiner behind a letter", {'a', 0x200d, 0x1f469}, "101"},
    {"two joiners", {0x1f468, 0x200d, 0x200d, 0x1f469}, "1001"},
    {"a keycap", {'1', 0xfe0f, 0x20e3}, "100"},
    {"tags of a flag", {0x1f3f4, 0xe0067, 0xe0062, 0xe007f}, "1000"},
    {"an ideograph's variant", {0x845b, 0xe0100, 0x98fe}, "101"},
};

static void test_where_characters_begin(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct grapheme grapheme = {.last = 0};
        char begins[POINTS + 1] = "";
        for (size_t j = 0; j < POINTS && rows[i].text[j] != 0; j++)
            begins[j] = grapheme_joins(&grapheme, rows[i].text[j]) ? '0' : '1';
        if (strcmp(begins, rows[i].begins) != 0)
            fail_msg("%s: %s, not %s", rows[i].label, begins, rows[i].begins);
    }
}

// The search wants them in order.
static void test_the_rows_are_in_order(void **state)
{
    (void)state;
    for (size_t i = 0; i < grapheme_row_count; i++) {
        assert_true(grapheme_rows[i].first <= grapheme_rows[i].last);
        assert_true(i == 0 || grapheme_rows[i].first > grapheme_rows[i - 1].last);
        assert_int_equal(grapheme_kind(grapheme_rows[i].first), grapheme_rows[i].kind);
        assert_int_equal(grapheme_kind(grapheme_rows[i].last), grapheme_rows[i].kind);
    }
    assert_int_equal(grapheme_kind(0x10ffff), GRAPHEME_OTHER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_where_characters_begin),
        cmocka_unit_test(test_the_rows_are_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
