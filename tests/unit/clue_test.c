// Clues: what in bytes from outside may be an id, a mail address or a telephone number.
#include "services/ingest/clue.h"
#include "unit/dice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct wanted {
    enum clue_kind kind;
    const char *text;
    size_t seen;
};

static bool look(void *self, enum clue_kind kind, const char *text)
{
    struct wanted *wanted = self;
    assert_true(strlen(text) > 0 && strlen(text) < CLUE_BYTES);
    wanted->seen++;
    return kind == wanted->kind && strcmp(text, wanted->text) == 0;
}

// A copy without a byte behind it, so that reading on is found.
static bool has(const char *bytes, size_t length, enum clue_kind kind, const char *text, size_t *ret_seen)
{
    struct wanted wanted = {kind, text, 0};
    char *copy = malloc(length > 0 ? length : 1);
    assert_non_null(copy);
    memcpy(copy, bytes, length);
    bool found = clue_each(copy, length, look, &wanted);
    free(copy);
    *ret_seen = wanted.seen;
    return found;
}

static void test_what_is_one(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        enum clue_kind kind;
        const char *text;
        bool there;
    } rows[] = {
        {"{\"id\":\"C-7/3\"}", CLUE_ID, "C-7/3", true},
        {"{\"id\":7001,\"x\":1}", CLUE_ID, "7001", true},
        {"gid://shop/Customer/7001", CLUE_ID, "7001", true},
        {"of C-7, he said", CLUE_ID, "C-7", true},
        {"said C-7.", CLUE_ID, "C-7", true},
        {"{\"id\":\"Mei Lin 3\"}", CLUE_ID, "Mei Lin 3", true},
        {"a=1&id=Mei Lin 3&b", CLUE_ID, "Mei Lin 3", true},
        {"{\"id\":\"张三\"}", CLUE_ID, "张三", true},
        {"{\"id\":\"C-77\"}", CLUE_ID, "C-7", false},
        {"To: Li <LI@x.example>", CLUE_MAIL, "li@x.example", true},
        {"mailto:li+shop@x.example?a", CLUE_MAIL, "li+shop@x.example", true},
        {"say li@x.example.", CLUE_MAIL, "li@x.example", true},
        {"ali@x.example", CLUE_MAIL, "li@x.example", false},
        {"li@x.example.org", CLUE_MAIL, "li@x.example", false},
        {"@x.example li@", CLUE_MAIL, "li@", false},
        {"tel:+86 (138) 0013-8000", CLUE_PHONE, "800138000", true},
        {"tel:+86 (138) 0013-8000", CLUE_PHONE, "380013800", false},
        {"{\"t\":13800138000}", CLUE_PHONE, "800138000", true},
        {"13800138000-22", CLUE_PHONE, "800138000", true},
        {"0571 888 0000", CLUE_PHONE, "8880000", true},
        {"138001380001", CLUE_PHONE, "800138000", false},
        {"12345", CLUE_PHONE, "12345", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t seen;
        bool there = has(rows[i].bytes, strlen(rows[i].bytes), rows[i].kind, rows[i].text, &seen);
        if (there != rows[i].there)
            fail_msg("row %zu: '%s' in '%s'", i, rows[i].text, rows[i].bytes);
    }
}

static void test_numbers(void **state)
{
    (void)state;
    char digits[CLUE_DIGITS + 1] = "";
    assert_true(clue_phone("+86 138 0013 8000", digits));
    assert_string_equal(digits, "800138000");
    assert_true(clue_phone("888-0000", digits));
    assert_string_equal(digits, "8880000");
    assert_false(clue_phone("12-3456", digits));
    assert_false(clue_phone("", digits));
}

// Whatever comes: no byte behind the end is read, and the number of clues is in proportion.
static void test_anything(void **state)
{
    (void)state;
    static const char letters[] = "a1@.\"-+ &{}\0\xe5\xbc\xa0";
    struct dice dice = dice_take();
    for (int round = 0; round < 2000; round++) {
        char bytes[600];
        size_t length = (size_t)dice_throw(&dice, sizeof bytes), seen;
        for (size_t i = 0; i < length; i++)
            bytes[i] = letters[dice_throw(&dice, sizeof letters - 1)];
        assert_false(has(bytes, length, CLUE_ID, "none", &seen));
        assert_true(seen <= 10 * length);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_what_is_one), cmocka_unit_test(test_numbers),
                                       cmocka_unit_test(test_anything)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
