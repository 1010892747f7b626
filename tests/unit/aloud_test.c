// Lists as the command line reads them aloud.
#include "services/tend/aloud.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

// A list that is looked at the evening before counts from its own day, as its working days do.
static void test_a_list_counts_from_its_own_day(void **state)
{
    (void)state;
    static const char text[] =
        "{\"repId\":\"wang\",\"localDate\":\"2026-11-17\",\"coverage\":{\"customers\":9,\"contacted\":3,"
        "\"workingDaysLeft\":10},\"lines\":[{\"reminderId\":\"r1\",\"customerId\":\"C1\",\"customerName\":\"Acme\","
        "\"reason\":\"CALL_REASON_PROMISE_DUE\",\"text\":\"samples\",\"figures\":[{\"name\":\"promise_due\","
        "\"value\":\"1794880800000\",\"unit\":\"FIGURE_UNIT_TIME\"}]}]}"; // 2026-11-17 10:00 in Shanghai
    char *said;
    size_t length;
    json_t *list = json_loads(text, 0, NULL);
    struct aloud *aloud = aloud_open(LANGUAGE_EN, "Asia/Shanghai", INT64_C(1794816000000)); // the day before, 16:00
    FILE *out = open_memstream(&said, &length);
    assert_non_null(list);
    assert_non_null(out);
    assert_int_equal(aloud_list(aloud, list, true, out), 1);
    fclose(out);
    if (strstr(said, "Acme: promise due today: samples") == NULL || strstr(said, "10 working days left") == NULL)
        fail_msg("%s", said);
    free(said);
    aloud_close(&aloud);
    json_decref(list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_a_list_counts_from_its_own_day)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
