// Countries as tables write them.
#include "services/tend/country.h"

#include "services/ingest/catalogue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void names(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"China", "CN"},
        {"CN", "CN"},
        {"cn", "CN"},
        {"P.R. China", "CN"},
        {"中国", "CN"},
        {"中国香港", "HK"},
        {"Hong Kong", "HK"},
        {"USA", "US"},
        {"U.S.A.", "US"},
        {"us", "US"},
        {"united states", "US"},
        {"UK", "GB"},
        {"Great Britain", "GB"},
        {"gb", "GB"},
        {"El", "GR"},
        {"Germany", "DE"},
        {"Viet Nam", "VN"},
        {"bf", "BF"},
        {"", ""},
        {"Narnia", ""},
        {"Chin", ""},
        {"China 2", ""},
        {"1a", ""},
        {"|", ""},
        {"china|prc", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char code[COUNTRY_BYTES];
        country_code(rows[i][0], code);
        assert_string_equal(code, rows[i][1]);
    }
}

// What a name gives, ingest takes.
static void codes_exist(void **state)
{
    (void)state;
    unsigned known = 0;
    for (char first = 'a'; first <= 'z'; first++)
        for (char second = 'a'; second <= 'z'; second++) {
            char text[3] = {first, second, '\0'}, code[COUNTRY_BYTES];
            country_code(text, code);
            known += catalogue_country_known(code);
        }
    assert_int_equal(known, 252); // all 250, and GB and GR once more under names that are no codes
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(names), cmocka_unit_test(codes_exist)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
