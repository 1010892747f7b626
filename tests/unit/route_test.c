// Which route a message takes.
#include "services/notifier/route.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define WORDS(...)        \
    (const char *const[]) \
    {                     \
        __VA_ARGS__       \
    }

static void test_the_first_that_fits(void **state)
{
    (void)state;
    const struct route_options routes[] = {
        {.name = "angry",
         .kinds = WORDS("complaint_acknowledge", "complaint_act"),
         .kind_count = 2,
         .classes = WORDS("a"),
         .class_count = 1,
         .urgency = ROUTE_ANY},
        {.name = "east", .regions = WORDS("East", "华东"), .region_count = 2, .urgency = ROUTE_ANY},
        {.name = "now", .urgency = 0},
        {.name = "lists", .kinds = WORDS("call_list"), .kind_count = 1, .urgency = ROUTE_ANY},
    };
    const struct notifier_options options = {.routes = routes, .route_count = 4};
    static const struct {
        struct route_facts facts;
        const char *name;
    } rows[] = {
        {{"complaint_act", 'A', "east", 1}, "angry"},
        {{"complaint_act", 'B', "east", 1}, "east"},
        {{"complaint_act", 'B', "华东", 1}, "east"},
        {{"complaint_act", '\0', "", 0}, "now"},
        {{"complaint_act", '\0', "", 1}, NULL},
        {{"call_list", '\0', "", 1}, "lists"},
        {{"digest", '\0', "", 1}, NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct route_options *route = route_find(&options, &rows[i].facts);
        if (rows[i].name == NULL)
            assert_null(route);
        else
            assert_string_equal(route->name, rows[i].name);
    }
    assert_ptr_equal(route_named(&options, "now"), &routes[2]);
    assert_null(route_named(&options, ""));
    assert_null(route_named(&options, "gone"));
}

static void test_every_kind_has_a_name(void **state)
{
    (void)state;
    for (int kind = 0; kind < LETTER_KINDS; kind++) {
        assert_true(route_kind_known(route_kind_name((enum letter_kind)kind)));
        for (int other = 0; other < kind; other++)
            assert_string_not_equal(route_kind_name((enum letter_kind)kind), route_kind_name((enum letter_kind)other));
    }
    assert_true(route_kind_known("digest"));
    assert_false(route_kind_known("digests"));
    assert_string_equal(route_kind_name((enum letter_kind)999), "other");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_first_that_fits),
        cmocka_unit_test(test_every_kind_has_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
