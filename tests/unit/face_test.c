// Faces of key customers: every threshold at and beside its border.
#include "services/scoring/face.h"
#include "services/scoring/options_demand.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { UNIT = 1000000, ROUNDS = 20000 };

static const struct face_options OPTIONS = {300000, 50 * UNIT, 700000, 100000, 500000, 2};

static uint64_t state;

static uint64_t draw(uint64_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state % below;
}

static void borders(void **unused)
{
    (void)unused;
    // key, big, orders, net, margin, margin known, gaps, variation
    static const struct {
        struct face_facts facts;
        enum face_value value;
    } rows[] = {
        {{true, false, 10, 1000, 500, true, 9, 700000}, FACE_RED},
        {{true, false, 10, 1000, 500, true, 9, 699999}, FACE_NONE},
        {{true, false, 10, 1000, 500, true, 2, 700000}, FACE_RED},
        {{true, false, 10, 1000, 500, true, 1, 700000}, FACE_UNKNOWN},
        {{true, false, 10, 1000, 500, false, 9, 700000}, FACE_UNKNOWN},
        {{true, false, 0, 1000, 500, true, 9, 700000}, FACE_UNKNOWN},
        {{true, false, 10, 0, 500, true, 9, 700000}, FACE_UNKNOWN},
        {{true, false, 10, 1000, 499, true, 9, 700000}, FACE_NONE}, // 49.90 an order
        {{true, false, 1, 1000, 300, true, 9, 700000}, FACE_RED},
        {{true, false, 1, 1000, 299, true, 9, 700000}, FACE_NONE},
        {{false, false, 10, 1000, 500, true, 9, 700000}, FACE_NONE},
        {{false, false, 10, 1000, 500, false, 0, 0}, FACE_NONE},
        {{true, true, 10, 1000, 100, true, 9, 500000}, FACE_WHITE},
        {{false, true, 10, 1000, 100, true, 9, 500000}, FACE_WHITE},
        {{true, true, 10, 1000, 100, true, 9, 500001}, FACE_NONE},
        {{true, true, 10, 1000, 101, true, 9, 500000}, FACE_NONE},
        {{true, true, 10, 1000, -10, true, 9, 0}, FACE_WHITE},
        {{true, false, 10, 1000, 100, true, 9, 500000}, FACE_NONE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct face_facts facts = rows[i].facts;
        struct face face;
        struct reason reason;
        facts.net_micros *= UNIT;
        facts.margin_micros *= UNIT;
        face_judge(&OPTIONS, &facts, &face);
        if (face.value != rows[i].value)
            fail_msg("row %zu: %s", i, face_names[face.value]);
        face_explain(&OPTIONS, &facts, &face, &reason);
        assert_true(reason.rule[0] != '\0');
        assert_int_equal(strncmp(reason.note, "missing", 7) == 0, face.value == FACE_UNKNOWN);
    }
}

// Whatever the figures: black is nobody's by computing, no customer without rank has a face, red ones earn more.
static void never_black(void **unused)
{
    (void)unused;
    unsigned seen[FACE_VALUES] = {0};
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct face_facts facts = {.key = draw(2),
                                   .big = draw(2),
                                   .orders = (uint32_t)draw(50),
                                   .net_micros = ((int64_t)draw(1000) - 50) * UNIT * 10,
                                   .margin_micros = ((int64_t)draw(500) - 100) * UNIT * 10,
                                   .margin_known = draw(4) > 0,
                                   .gap_count = (uint32_t)draw(20),
                                   .cv_ppm = (int64_t)draw(1500000)};
        if (draw(50) == 0)
            facts.net_micros = facts.margin_micros = INT64_MIN + (int64_t)draw(UINT64_MAX / 2);
        struct face face;
        face_judge(&OPTIONS, &facts, &face);
        assert_int_not_equal(face.value, FACE_BLACK);
        if (face.value == FACE_RED || face.value == FACE_WHITE) {
            assert_true((facts.key || facts.big) && face.rate_known);
            assert_int_equal(face.value == FACE_RED, (double)facts.margin_micros / (double)facts.net_micros > 0.2);
        }
        seen[face.value]++;
    }
    assert_true(seen[FACE_UNKNOWN] && seen[FACE_NONE] && seen[FACE_RED] && seen[FACE_WHITE]);
    assert_string_equal(face_names[FACE_BLACK], "black");
}

static void options_fit_together(void **unused)
{
    (void)unused;
    const char *key = NULL;
    struct face_options options = OPTIONS;
    assert_null(face_trouble(&options, &key));
    options.white_margin_ppm = options.red_margin_ppm;
    assert_non_null(face_trouble(&options, &key));
    assert_string_equal(key, "white_margin");
}

int main(int count, char **words)
{
    state = count > 1 ? strtoull(words[1], NULL, 10) : 20260517;
    printf("seed %llu\n", (unsigned long long)state);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(borders),
        cmocka_unit_test(never_black),
        cmocka_unit_test(options_fit_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
