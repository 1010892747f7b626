// Advocacy: the three tests of a friend, each at its borders, and how many were passed.
#include "services/scoring/advocacy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#define T0 INT64_C(1767225600000) // 2026-01-01
#define DAY CARE_DAY_MS

static void three_tests(void **context)
{
    (void)context;
    // The days of the newest referral and praise before today, -1: none.
    static const struct {
        int64_t buys;
        bool overdue, dropped;
        int64_t referred, praised;
        int64_t keep_days;
        const char *value;
        const char *rule;
    } rows[] = {
        {0, false, false, -1, -1, 730, "", "unknown: has neither bought nor spoken for us"},
        {1, false, false, -1, -1, 730, "0", "0 of 3: does not buy again when needed, brings nobody, no praise"},
        {2, false, false, -1, -1, 730, "1", "1 of 3: buys again when needed, brings nobody, no praise"},
        {2, true, false, -1, -1, 730, "0", "0 of 3: does not buy again when needed, brings nobody, no praise"},
        {2, false, true, -1, -1, 730, "0", "0 of 3: does not buy again when needed, brings nobody, no praise"},
        {0, false, false, 0, -1, 730, "1", "1 of 3: does not buy again when needed, brings others, no praise"},
        {0, false, false, -1, 0, 730, "1", "1 of 3: does not buy again when needed, brings nobody, praises us"},
        {2, false, false, 729, -1, 730, "2", "2 of 3: buys again when needed, brings others, no praise"},
        {2, false, false, 730, -1, 730, "1", "1 of 3: buys again when needed, brings nobody, no praise"},
        {2, false, false, 9999, 9999, 0, "3", "3 of 3: buys again when needed, brings others, praises us"},
        {2, false, false, 9999, 729, 730, "2", "2 of 3: buys again when needed, brings nobody, praises us"},
        {9, false, false, 1, 1, 730, "3", "3 of 3: buys again when needed, brings others, praises us"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct care_facts care;
        care_start(&care);
        if (rows[i].referred >= 0)
            care_hear_referral(&care, &(struct care_referral){.time_ms = T0 - rows[i].referred * DAY, .other = {1}});
        if (rows[i].praised >= 0)
            care_hear_praise(&care, &(struct care_praise){.time_ms = T0 - rows[i].praised * DAY});
        struct advocacy_options options = {2, rows[i].keep_days, rows[i].keep_days};
        struct advocacy_facts facts = {.care = &care,
                                       .today_ms = T0,
                                       .buys = rows[i].buys,
                                       .overdue = rows[i].overdue,
                                       .dropped = rows[i].dropped};
        struct advocacy advocacy;
        struct reason reason;
        advocacy_judge(&options, &facts, &advocacy);
        advocacy_explain(&options, &facts, &advocacy, &reason);
        assert_string_equal(advocacy_names[advocacy.value], rows[i].value);
        assert_string_equal(reason.rule, rows[i].rule);
        if (rows[i].dropped)
            assert_string_equal(reason.note, "bought again before, and is gone now");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(three_tests)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
