// Names that the configuration lists in another order, with new ones and without old ones: what was announced keeps its
// meaning.
#include "services/scoring/renaming.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

static const char *const before_classes[] = {"gold", "silver", "iron"};
static const char *const before_schemes[] = {"margin", "quarter"};
static const struct dimension_names before = {before_schemes, 2, before_classes, 3};

static void compare(const struct dimension_names *names, struct renaming *ret_renaming)
{
    char text[RENAMING_TEXT_BYTES];
    renaming_make(text, renaming_text(&before, text), names, ret_renaming);
}

static void the_same_names_need_nothing(void **unused)
{
    (void)unused;
    struct renaming renaming;
    uint8_t said[DIMENSION_ROOM] = {[DIMENSION_POLICY] = 3, [DIMENSION_SCHEME] = 1, [DIMENSION_SCHEME + 1] = 2};
    uint8_t kept[DIMENSION_ROOM];
    memcpy(kept, said, sizeof kept);
    compare(&before, &renaming);
    assert_false(renaming.needed);
    renaming_apply(&renaming, said);
    assert_memory_equal(said, kept, sizeof kept);
    renaming_make("", 0, &before, &renaming);
    assert_false(renaming.needed);
}

static void classes_keep_their_meaning(void **unused)
{
    (void)unused;
    static const char *const classes[] = {"platin", "gold", "iron"};
    static const struct dimension_names names = {before_schemes, 2, classes, 3};
    static const uint8_t expected[] = {0, 2, 0, 3}; // gold, silver (gone), iron
    struct renaming renaming;
    compare(&names, &renaming);
    assert_true(renaming.needed);
    for (uint8_t value = 0; value < 4; value++) {
        uint8_t said[DIMENSION_ROOM] = {[DIMENSION_POLICY] = value, [DIMENSION_ABC] = 1};
        renaming_apply(&renaming, said);
        assert_int_equal(said[DIMENSION_POLICY], expected[value]);
        assert_int_equal(said[DIMENSION_ABC], 1);
    }
}

static void schemes_move(void **unused)
{
    (void)unused;
    static const char *const schemes[] = {"new", "quarter", "margin"};
    static const struct dimension_names names = {schemes, 3, before_classes, 3};
    struct renaming renaming;
    uint8_t said[DIMENSION_ROOM] = {[DIMENSION_SCHEME] = 1, [DIMENSION_SCHEME + 1] = 2};
    compare(&names, &renaming);
    assert_true(renaming.needed);
    renaming_apply(&renaming, said);
    assert_int_equal(said[DIMENSION_SCHEME], 0);
    assert_int_equal(said[DIMENSION_SCHEME + 1], 2);
    assert_int_equal(said[DIMENSION_SCHEME + 2], 1);
}

static void damaged_text_does_no_harm(void **unused)
{
    (void)unused;
    static const char *const texts[] = {"\n\n", "c", "cgold", "x\ncgold\ns", "s\ns\ns\ns\ns\nsmargin\n"};
    struct renaming renaming;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        renaming_make(texts[i], strlen(texts[i]), &before, &renaming);
        // Whatever it says, what was announced becomes something that there is, or nothing.
        for (size_t value = 0; value <= UINT8_MAX; value++)
            assert_in_range(renaming.classes[value], 0, before.class_count);
        for (size_t place = 0; place < DIMENSION_ROOM; place++)
            if (renaming.schemes[place] != UINT8_MAX)
                assert_in_range(renaming.schemes[place], 0, DIMENSION_SCHEME_END - DIMENSION_SCHEME - 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_names_need_nothing),
        cmocka_unit_test(classes_keep_their_meaning),
        cmocka_unit_test(schemes_move),
        cmocka_unit_test(damaged_text_does_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
