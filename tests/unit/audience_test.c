// Whom an announcement is for.
#include "services/scheduler/audience.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

static void regions(void **state)
{
    (void)state;
    static const struct {
        const char *region, *within;
        bool lies;
    } rows[] = {
        {"CN", "CN", true},
        {"cn/Guangdong", "CN", true},
        {"CN / Guangdong / Shenzhen", "cn/guangdong", true},
        {"CN", "CN/Guangdong", false},
        {"CN/Guangdong", "CN/Guangxi", false},
        {"CNN", "CN", false},
        {"CN", "CNN", false},
        {"North America", "North", false},
        {"华东/上海", "华东", true},
        {"华东", "华东/上海", false},
        {" CN ", "CN", true},
        {"CN/", "CN", true},
        {"", "CN", false},
        {"CN", "", true},
        {"", "", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (audience_region_in(rows[i].region, rows[i].within) != rows[i].lies)
            fail_msg("row %zu", i);
}

static void meets(void **state)
{
    (void)state;
    static const char *const ids[] = {"c-1", "c-2"};
    static const struct {
        struct audience audience;
        struct audience_customer customer;
        bool meets;
    } rows[] = {
        {{NULL, 0, "", 0, 0}, {"c-9", "", 0, 0}, true},
        // By name: the filter does not count.
        {{ids, 2, "CN", 2, 2}, {"c-2", "DE", 1, 3}, true},
        {{ids, 2, "", 0, 0}, {"c-3", "", 0, 0}, false},
        {{ids, 2, "", 0, 0}, {"c-22", "", 0, 0}, false},
        {{NULL, 0, "CN", 0, 0}, {"c-9", "CN/Guangdong", 0, 0}, true},
        {{NULL, 0, "CN", 0, 0}, {"c-9", "", 0, 0}, false},
        {{NULL, 0, "", 2, 0}, {"c-9", "", 2, 0}, true},
        {{NULL, 0, "", 2, 0}, {"c-9", "", 3, 0}, false},
        {{NULL, 0, "", 2, 0}, {"c-9", "", 0, 0}, false},
        // Classes A and C.
        {{NULL, 0, "", 0, 1 << 1 | 1 << 3}, {"c-9", "", 0, 1}, true},
        {{NULL, 0, "", 0, 1 << 1 | 1 << 3}, {"c-9", "", 0, 2}, false},
        {{NULL, 0, "", 0, 1 << 1 | 1 << 3}, {"c-9", "", 0, 3}, true},
        {{NULL, 0, "", 0, 1 << 1 | 1 << 3}, {"c-9", "", 0, 0}, false},
        // All filters must hold.
        {{NULL, 0, "CN", 2, 1 << 1}, {"c-9", "CN", 2, 1}, true},
        {{NULL, 0, "CN", 2, 1 << 1}, {"c-9", "CN", 2, 2}, false},
        {{NULL, 0, "CN", 2, 1 << 1}, {"c-9", "DE", 2, 1}, false},
        {{NULL, 0, "CN", 2, 1 << 1}, {"c-9", "CN", 1, 1}, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (audience_meets(&rows[i].audience, &rows[i].customer) != rows[i].meets)
            fail_msg("row %zu", i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(regions), cmocka_unit_test(meets)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
