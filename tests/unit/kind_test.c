// Kinds of customers: each rule at and beside its border, and who goes first.
#include "services/scoring/kind.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { UNIT = 1000000, ROUNDS = 20000 };

static const struct kind_options OPTIONS = {800000, 3, 200000, 200000, 3};

static uint64_t state;

static uint64_t draw(uint64_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state % below;
}

static void rules(void **unused)
{
    (void)unused;
    // orders, discounted, net, margin, margin known, top, top cut, growth known, growth, declining
    static const struct {
        struct kind_facts facts;
        enum kind_value value;
    } rows[] = {
        {{0, 0, 0, 0, false, true, 0, false, 0, true}, KIND_UNKNOWN},
        {{5, 4, 100, 30, true, true, 0, false, 0, true}, KIND_TRANSACTIONAL},
        {{5, 3, 100, 30, true, false, 0, false, 0, false}, KIND_RELATIONAL},
        {{2, 2, 100, 30, true, false, 0, false, 0, false}, KIND_RELATIONAL},
        {{3, 3, 100, 30, true, false, 0, false, 0, false}, KIND_TRANSACTIONAL},
        {{5, 0, 100, 30, true, true, 20, false, 0, false}, KIND_BEST},
        {{5, 0, 100, 30, true, true, 20, false, 0, true}, KIND_LOSING},
        {{5, 0, 100, 0, true, false, 20, false, 0, true}, KIND_RELATIONAL},      // nothing to lose
        {{5, 0, 100, 20, true, false, 34, true, 200000, false}, KIND_PROMISING}, // 20 * 1.2^3 = 34.56
        {{5, 0, 100, 20, true, false, 35, true, 200000, false}, KIND_RELATIONAL},
        {{5, 0, 100, 19, true, false, 0, true, 200000, false}, KIND_RELATIONAL},
        {{5, 0, 100, 20, true, false, 0, true, 199999, false}, KIND_RELATIONAL},
        {{5, 0, 100, 20, true, false, 0, false, 200000, false}, KIND_RELATIONAL},
        {{5, 0, 100, 20, true, false, 0, true, 200000, false}, KIND_PROMISING},
        {{5, 0, 100, 0, false, false, 0, true, 200000, false}, KIND_PROMISING}, // sales stand for profit
        {{5, 0, 100, 0, false, false, 173, true, 200000, false}, KIND_RELATIONAL},
        {{5, 0, 0, 0, false, false, 0, true, 200000, false}, KIND_RELATIONAL},
        {{5, 0, 100, 0, false, false, 0, false, 0, true}, KIND_LOSING},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct kind_facts facts = rows[i].facts;
        struct kind kind;
        facts.net_micros *= UNIT;
        facts.margin_micros *= UNIT;
        facts.top_cut_micros *= UNIT;
        kind_judge(&OPTIONS, &facts, &kind);
        if (kind.value != rows[i].value)
            fail_msg("row %zu: %s", i, kind_names[kind.value]);
        struct reason reason;
        kind_explain(&OPTIONS, &facts, &kind, &reason);
        assert_true(reason.rule[0] != '\0');
        assert_int_equal(reason.note[0] != '\0', facts.orders > 0 && !facts.margin_known);
    }
}

static void reach_is_compound(void **unused)
{
    (void)unused;
    struct kind_facts facts = {
        .orders = 5, .net_micros = 100 * UNIT, .margin_micros = 20 * UNIT, .margin_known = true, .growth_known = true};
    struct kind kind;
    facts.growth_ppm = 200000;
    facts.top_cut_micros = 34560000; // 20 * 1.2^3
    kind_judge(&OPTIONS, &facts, &kind);
    assert_true(kind.reach_micros == 34560000 && kind.value == KIND_PROMISING);
    facts.top_cut_micros++;
    kind_judge(&OPTIONS, &facts, &kind);
    assert_int_equal(kind.value, KIND_RELATIONAL);
    facts.growth_ppm = -500000;
    kind_judge(&OPTIONS, &facts, &kind);
    assert_true(kind.reach_micros == 2500000);
    facts.growth_ppm = INT64_MAX;
    facts.margin_micros = INT64_MAX;
    kind_judge(&OPTIONS, &facts, &kind);
    assert_true(kind.reach_micros == INT64_MAX && kind.value == KIND_PROMISING);
}

static enum kind_value plain(const struct kind_facts *facts)
{
    long double profit = facts->margin_known ? facts->margin_micros : facts->net_micros;
    long double growth = 1 + (long double)facts->growth_ppm / UNIT;
    if (facts->orders == 0)
        return KIND_UNKNOWN;
    if (facts->orders >= 3 && facts->discounted * 10ULL >= facts->orders * 8ULL)
        return KIND_TRANSACTIONAL;
    if (profit > 0 && facts->declining)
        return KIND_LOSING;
    if (facts->top)
        return KIND_BEST;
    bool good = !facts->margin_known || (facts->net_micros > 0 && profit / (long double)facts->net_micros >= 0.2L);
    bool rises = facts->growth_known && facts->growth_ppm >= 200000;
    if (profit > 0 && good && rises && profit * growth * growth * growth >= (long double)facts->top_cut_micros)
        return KIND_PROMISING;
    return KIND_RELATIONAL;
}

static void equals_a_plain_reading(void **unused)
{
    (void)unused;
    unsigned seen[KIND_VALUES] = {0};
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct kind_facts facts = {.orders = (uint32_t)draw(20),
                                   .net_micros = ((int64_t)draw(1000) - 100) * UNIT,
                                   .margin_micros = ((int64_t)draw(300) - 60) * UNIT,
                                   .margin_known = draw(3) > 0,
                                   .top = draw(5) == 0,
                                   .top_cut_micros = (int64_t)draw(500) * UNIT + 1,
                                   .growth_known = draw(3) > 0,
                                   .growth_ppm = (int64_t)draw(40) * 50000 - 500000,
                                   .declining = draw(5) == 0};
        facts.discounted = (uint32_t)draw(facts.orders + 1);
        struct kind kind;
        kind_judge(&OPTIONS, &facts, &kind);
        assert_int_equal(kind.value, plain(&facts));
        seen[kind.value]++;
    }
    for (size_t i = 0; i < KIND_VALUES; i++)
        assert_true(seen[i] > 0);
}

int main(int count, char **words)
{
    state = count > 1 ? strtoull(words[1], NULL, 10) : 20260517;
    printf("seed %llu\n", (unsigned long long)state);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules),
        cmocka_unit_test(reach_is_compound),
        cmocka_unit_test(equals_a_plain_reading),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
