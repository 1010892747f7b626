// What tells that two customers are the same one: each value in one writing, and what is none.
#include "services/ingest/likeness.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

struct row {
    enum likeness kind;
    const char *text, *country, *wanted; // NULL: no such value
};

static const struct row rows[] = {
    {LIKENESS_MAIL, " Ada@Example.COM ", "", "ada@example.com"},
    {LIKENESS_MAIL, "ada.b+x@mail.example.com", "", "ada.b+x@mail.example.com"},
    {LIKENESS_MAIL, "ada@localhost", "", NULL},
    {LIKENESS_MAIL, "a@b@example.com", "", NULL},
    {LIKENESS_MAIL, "@example.com", "", NULL},
    {LIKENESS_MAIL, "ada@example.com, bob@example.com", "", NULL},
    {LIKENESS_MAIL, "", "", NULL},
    {LIKENESS_PHONE, "+86 138 0000 1234", "", "+8613800001234"},
    {LIKENESS_PHONE, "138-0000-1234", "CN", "+8613800001234"},
    {LIKENESS_PHONE, "0086 13800001234", "US", "+8613800001234"},
    {LIKENESS_PHONE, "8613800001234", "CN", "+8613800001234"},
    {LIKENESS_PHONE, "138-0000-1234", "", NULL},
    {LIKENESS_PHONE, "138-0000-1234", "XX", NULL},
    {LIKENESS_PHONE, "(0755) 8888 1234", "CN", "+8675588881234"},
    {LIKENESS_PHONE, "030/123456-7", "DE", "+49301234567"},
    {LIKENESS_PHONE, "+49 (0)30 1234567", "", "+49301234567"},
    {LIKENESS_PHONE, "06 698 12345", "IT", "+390669812345"},
    {LIKENESS_PHONE, "(212) 555-0123", "US", "+12125550123"},
    {LIKENESS_PHONE, "1 212 555 0123", "US", "+12125550123"},
    {LIKENESS_PHONE, "8 (912) 345-67-89", "RU", "+79123456789"},
    {LIKENESS_PHONE, "06 20 123 4567", "HU", "+36201234567"},
    {LIKENESS_PHONE, "9198765432", "IN", "+919198765432"}, // begins like the code, and is too short with it
    {LIKENESS_PHONE, "+86 755 8888 1234 ext 12", "", NULL},
    {LIKENESS_PHONE, "0000000000", "CN", NULL},
    {LIKENESS_PHONE, "110", "CN", NULL},
    {LIKENESS_PHONE, "+1234567890123456", "", NULL},
    {LIKENESS_PHONE, "++8613800001234", "", NULL},
    {LIKENESS_TAX_ID, "de 123.456-789", "", "DE123456789"},
    {LIKENESS_TAX_ID, "91440300MA5EXXXX1X", "", "91440300MA5EXXXX1X"},
    {LIKENESS_TAX_ID, "none", "", NULL},
    {LIKENESS_TAX_ID, "unknown", "", NULL}, // no digit in it
    {LIKENESS_TAX_ID, "12345", "", NULL},
    {LIKENESS_TAX_ID, "123456 (old)", "", NULL},
};

static void test_one_writing(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char value[LIKENESS_BYTES] = "";
        bool good = likeness_make(rows[i].kind, rows[i].text, rows[i].country, value);
        if (good != (rows[i].wanted != NULL) || (good && strcmp(value, rows[i].wanted) != 0))
            fail_msg("'%s' is '%s', not '%s'", rows[i].text, good ? value : "nothing",
                     rows[i].wanted != NULL ? rows[i].wanted : "nothing");
    }
}

// What is longer than any value is none, and nothing is written behind the room.
static void test_long_texts(void **state)
{
    (void)state;
    char text[1000], value[LIKENESS_BYTES];
    for (int kind = 0; kind < LIKENESSES; kind++) {
        memset(text, '7', sizeof text - 1);
        text[sizeof text - 1] = '\0';
        assert_false(likeness_make((enum likeness)kind, text, "CN", value));
        text[10] = '@';
        text[20] = '.';
        assert_false(likeness_make((enum likeness)kind, text, "CN", value));
    }
}

static void test_excluded(void **state)
{
    (void)state;
    static const char *const excluded[] = {"NoReply@", "@shop.example", "ada@example.com", "+8675588881234", ""};
    size_t count = sizeof excluded / sizeof *excluded;
    assert_true(likeness_excluded("noreply@any.example", excluded, count));
    assert_false(likeness_excluded("me.noreply@any.example", excluded, count));
    assert_true(likeness_excluded("x@shop.example", excluded, count));
    assert_false(likeness_excluded("x@my.shop.example", excluded, count));
    assert_true(likeness_excluded("ada@example.com", excluded, count));
    assert_true(likeness_excluded("+8675588881234", excluded, count));
    assert_false(likeness_excluded("+8675588881235", excluded, count));
    assert_false(likeness_excluded("ada@example.com", NULL, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_writing),
        cmocka_unit_test(test_long_texts),
        cmocka_unit_test(test_excluded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
