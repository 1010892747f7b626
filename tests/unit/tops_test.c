// Tops: the shares that rules ask for, and a ledger's limits, which put each customer above or below each of them just
// as its own share does, counted one by one.
#include "services/scoring/ledger.h"
#include "services/scoring/policy.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

enum { CUSTOMERS = 300, CHANGES = 4000, DAY = 20000 };

#define DAY_MS INT64_C(86400000)

static uint64_t seed = 20261123;

static uint64_t draw(uint64_t below)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed % below;
}

static void asked(void **unused)
{
    static const struct {
        int64_t tops[3], slack_ppm;
        size_t count;
        uint32_t ppm[6];
    } cases[] = {
        {{POLICY_UNSET, POLICY_UNSET, POLICY_UNSET}, 10000, 0, {0}},
        {{200000, POLICY_UNSET, POLICY_UNSET}, 0, 1, {200000}},
        {{200000, POLICY_UNSET, POLICY_UNSET}, 10000, 3, {190000, 200000, 210000}},
        {{500000, POLICY_UNSET, 200000}, 100000, 6, {100000, 200000, 300000, 400000, 500000, 600000}},
        {{210000, 200000, 200000}, 10000, 4, {190000, 200000, 210000, 220000}},
        {{1, 999999, 1000000}, 1, 4, {1, 2, 999998, 999999}}, // nobody stands at the ends
    };
    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct policy_row rows[3] = {{.name = "A"}, {.name = "B"}, {.name = "C"}};
        uint32_t ppm[POLICY_TOPS_MAX];
        for (size_t row = 0; row < 3; row++)
            rows[row].top_ppm = cases[i].tops[row];
        const struct policy_options options = {.rows = rows, .row_count = 3, .slack_ppm = cases[i].slack_ppm};
        assert_int_equal(policy_tops(&options, ppm), cases[i].count);
        assert_memory_equal(ppm, cases[i].ppm, cases[i].count * sizeof *ppm);
    }
}

static void check(struct ledger *ledger, const uint32_t *tops, size_t count)
{
    const struct limits *limits = ledger_limits(ledger);
    const struct rank *by_net = ledger_by_net(ledger);
    uint64_t all = rank_count(by_net);
    assert_int_equal(limits->top_count, count);
    for (uint32_t slot = 0; slot < ledger_count(ledger); slot++) {
        int64_t value;
        if (!rank_value(by_net, slot, &value))
            continue;
        int64_t exact = (int64_t)(rank_above(by_net, value).count * RANK_PPM / all), said = limits_above(limits, value);
        assert_true(said < RANK_PPM);
        for (size_t i = 0; i < count; i++)
            assert_int_equal(exact < tops[i], said < tops[i]);
    }
}

static uint32_t slot_of(struct ledger *ledger, uint32_t customer)
{
    uint8_t key[LEDGER_KEY_BYTES] = {0};
    uint32_t slot;
    memcpy(key, &customer, sizeof customer);
    if (ledger_find(ledger, key, &slot))
        return slot;
    slot = ledger_add(ledger, key);
    ledger_day_came(ledger, slot, LEDGER_NO_DAY, DAY - 300, LEDGER_NO_DAY);
    ledger_last(ledger, slot, (DAY - 300) * DAY_MS, 1);
    return slot;
}

static void followed(void **unused)
{
    static const uint32_t tops[] = {1, 10000, 190000, 200000, 210000, 500000, 999999};
    enum { TOPS = sizeof tops / sizeof tops[0] };
    const struct ledger_options options = {.cut_a_ppm = 800000,
                                           .cut_b_ppm = 950000,
                                           .window_days = 365,
                                           .overdue_factor_ppm = 2000000,
                                           .overdue_repeats = 3,
                                           .drop_quantile_ppm = 900000,
                                           .drop_sample = 100,
                                           .drop_repeats = 3};
    const uint32_t *slots;
    (void)unused;
    struct ledger *ledger = ledger_open(&options);
    ledger_tops(ledger, tops, TOPS);
    ledger_clear(ledger, DAY * DAY_MS, DAY);
    printf("seed %llu\n", (unsigned long long)seed);
    for (unsigned i = 0; i < CHANGES; i++) {
        uint32_t customer = (uint32_t)draw(1 + i / 10 < CUSTOMERS ? 1 + i / 10 : CUSTOMERS);
        ledger_change(ledger, slot_of(ledger, customer), DAY - (int32_t)draw(300),
                      (int64_t)draw(40) * 1000000 - 2000000, 1);
        if (draw(8) > 0)
            continue;
        (void)ledger_settle(ledger, &slots);
        check(ledger, tops, TOPS);
    }
    ledger_clear(ledger, DAY * DAY_MS, DAY);
    (void)ledger_settle(ledger, &slots);
    check(ledger, tops, TOPS);
    ledger_close(&ledger);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(asked), cmocka_unit_test(followed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
