// Who must approve what.
#include "services/scheduler/authority.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#define MICROS INT64_C(1000000)

static void usual_levels(void **state)
{
    (void)state;
    static const struct authority_options usual = {NULL, 0};
    static const struct {
        const char *role;
        int64_t micros;
        enum authority_state state;
        size_t level;
    } rows[] = {
        {"rep", 0, AUTHORITY_OWN, 0},
        {"rep", 1, AUTHORITY_ASK, 1},
        {"rep", 5000 * MICROS, AUTHORITY_ASK, 1},
        {"rep", 5000 * MICROS + 1, AUTHORITY_ASK, 2},
        {"rep", AUTHORITY_UNKNOWN, AUTHORITY_ASK, 1},
        {"", 1, AUTHORITY_ASK, 1},
        {"janitor", 1, AUTHORITY_ASK, 1},
        {"Manager", 5000 * MICROS, AUTHORITY_OWN, 1},
        {"manager", 5000 * MICROS + 1, AUTHORITY_ASK, 2},
        {"manager", AUTHORITY_UNKNOWN, AUTHORITY_ASK, 2},
        {"director", INT64_MAX, AUTHORITY_OWN, 2},
        {"director", AUTHORITY_UNKNOWN, AUTHORITY_OWN, 2},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t level = 99;
        enum authority_state got = authority_judge(&usual, rows[i].role, rows[i].micros, &level);
        if (got != rows[i].state || level != rows[i].level)
            fail_msg("row %zu: %d of level %zu", i, (int)got, level);
    }
    assert_string_equal(authority_usual().levels[1].role, "manager");
}

static void own_levels(void **state)
{
    (void)state;
    struct authority_level levels[] = {{"rep", 100 * MICROS}, {"manager", 1000 * MICROS}, {"director", 9000 * MICROS}};
    struct authority_options options = {levels, 3};
    size_t level = 99;
    assert_int_equal(authority_judge(&options, "rep", 100 * MICROS, &level), AUTHORITY_OWN);
    assert_int_equal(authority_judge(&options, "rep", 100 * MICROS + 1, &level), AUTHORITY_ASK);
    assert_int_equal(level, 1);
    assert_int_equal(authority_judge(&options, "rep", 1000 * MICROS + 1, &level), AUTHORITY_ASK);
    assert_int_equal(level, 2);
    level = 99;
    assert_int_equal(authority_judge(&options, "rep", 9000 * MICROS + 1, &level), AUTHORITY_NOBODY);
    assert_int_equal(level, 99);
    assert_true(authority_level(&options, "DIRECTOR", &level));
    assert_int_equal(level, 2);
    assert_false(authority_level(&options, "", &level));
    options.level_count = 1;
    assert_int_equal(authority_judge(&options, "rep", AUTHORITY_UNKNOWN, &level), AUTHORITY_OWN);
    assert_int_equal(level, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(usual_levels), cmocka_unit_test(own_levels)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
