// A list of cards: the answers of several processes as one, in order, as often as it is read, however long it is.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "services/tend/cards.h"
#include "services/tend/cardlist.h"
#include "services/tend/workbook.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

static json_int_t number(const json_t *card)
{
    return json_integer_value(json_object_get(card, "n"));
}

static int by_number(const json_t *one, const json_t *other)
{
    return (number(one) > number(other)) - (number(one) < number(other));
}

static void add(struct cardlist *list, unsigned process, json_int_t n)
{
    json_t *page = json_pack("[{s:I, s:s}]", "n", n, "name", "a\nb");
    assert_true(cardlist_add(list, process, page));
    json_decref(page);
}

static void several_processes_in_one_order(void **state)
{
    (void)state;
    struct cardlist *list = cardlist_open();
    for (json_int_t n = 0; n < 300; n++)
        add(list, (unsigned)(n * n % 7 % 3), n);
    for (size_t limit = 0; limit < 400; limit += 133) {
        cardlist_rewind(list, by_number, limit);
        size_t wanted = limit < 300 ? limit : 300;
        assert_int_equal(cardlist_count(list), wanted);
        for (int again = 0; again < 2; again++) {
            for (size_t n = 0; n < wanted; n++) {
                const json_t *card = cardlist_next(list);
                assert_int_equal(number(card), n);
                assert_string_equal(json_string_value(json_object_get(card, "name")), "a\nb");
            }
            assert_null(cardlist_next(list));
            cardlist_again(list);
        }
    }
    assert_false(cardlist_broken(list));
    cardlist_close(&list);
}

static void no_cards(void **state)
{
    (void)state;
    struct cardlist *list = cardlist_open();
    cardlist_rewind(list, NULL, 10);
    assert_null(cardlist_next(list));
    assert_int_equal(cardlist_count(list), 0);
    cardlist_close(&list);
}

#if defined(__SANITIZE_ADDRESS__)
enum { WATCHED = 1 }; // what was given back is kept for a while, so its size says nothing
#elif defined(__has_feature)
enum { WATCHED = __has_feature(address_sanitizer) };
#else
enum { WATCHED = 0 };
#endif

// Many customers as a workbook: the memory does not follow their number.
static void a_long_workbook_needs_little_memory(void **state)
{
    (void)state;
    enum { FEW = 5000, MANY = 60000 };
    char path[64], error[400];
    struct rusage usage;
    long before = 0;
    snprintf(path, sizeof path, "/tmp/tend-cardlist-%d.xlsx", (int)getpid());
    for (int many = 0; many < 2; many++) {
        struct cardlist *list = cardlist_open();
        for (int n = 0; n < (many ? MANY : FEW); n++) {
            json_t *page = json_pack("[{s:s, s:s, s:s, s:[{s:s, s:s}]}]", "customerId", "C1", "name", "n", "net",
                                     "1.50 CNY", "dimensions", "name", "value.abc", "value", "A");
            assert_true(cardlist_add(list, 0, page));
            json_decref(page);
        }
        cardlist_rewind(list, NULL, SIZE_MAX);
        assert_true(cards_write_workbook(path, list, error, sizeof error));
        cardlist_close(&list);
        getrusage(RUSAGE_SELF, &usage);
        if (many && !WATCHED)
            assert_true(usage.ru_maxrss - before < 16 * 1024); // kilobytes
        before = usage.ru_maxrss;
    }
    remove(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(several_processes_in_one_order),
        cmocka_unit_test(no_cards),
        cmocka_unit_test(a_long_workbook_needs_little_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
