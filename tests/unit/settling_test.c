// Whether the limits of all know the customers that several processes have: what `tend summary` says right after an
// import.
#include "services/tend/summing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define CLASSES \
    "\"classes\": [{\"abc\": \"A\", \"customers\": 2}, {\"abc\": \"B\"}, {\"abc\": \"C\", \"customers\": 3}]"
#define LIMITS "\"limitsAsOf\": \"2026-05-01T00:00:00Z\""

static void test_settled(void **state)
{
    (void)state;
    static const struct {
        const char *sum;
        bool whole, settled;
    } rows[] = {
        {"{\"processes\": 1, \"customers\": 5, " CLASSES "}", true, true},
        {"{\"processes\": 2, \"customers\": 0}", true, true},
        {"{\"processes\": 2, \"customers\": 5}", true, false},
        {"{\"processes\": 2, \"customers\": 5}", false, false},
        {"{\"processes\": 2, \"customers\": 5, \"customersInWindow\": 5, " CLASSES "}", true, false},
        {"{\"processes\": 2, \"customers\": 5, \"customersInWindow\": 5, " LIMITS ", " CLASSES "}", true, true},
        {"{\"processes\": 2, \"customers\": 5, \"customersInWindow\": 4, " LIMITS ", " CLASSES "}", true, false},
        {"{\"processes\": 2, \"customers\": 5, \"customersInWindow\": 9, " LIMITS ", " CLASSES "}", false, true},
        {"{\"processes\": 2, \"customers\": 5, " LIMITS ", " CLASSES "}", true, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        json_t *sum = json_loads(rows[i].sum, 0, NULL);
        assert_non_null(sum);
        if (summing_settled(sum, rows[i].whole) != rows[i].settled)
            fail_msg("row %zu: %s", i, rows[i].sum);
        json_decref(sum);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_settled)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
