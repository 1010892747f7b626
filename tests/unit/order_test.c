// One order: what its events add up to, in whatever order they come.
#include "services/scoring/order.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define DAY INT64_C(86400000)
#define UNIT INT64_C(1000000)

static struct terms_rate rates[] = {{"JPY", 5, 6000}, {"USD", 0, 500000}, {"USD", 20, 2000000}};
static const struct terms euro = {.currency = "EUR", .rates = rates, .rate_count = 3};

static struct order_amount amount(int64_t units, const char *currency)
{
    struct order_amount made = {
        .total_micros = units * UNIT, .quantity_milli = 3000, .cost_micros = units * UNIT / 2, .cost_known = true};
    memcpy(made.currency, currency, strlen(currency) + 1);
    return made;
}

static void say_version(struct order *order, bool amendment, int64_t day, const char *id, int64_t units,
                        const char *currency)
{
    struct order_amount made = amount(units, currency);
    (void)order_version(order, amendment, day * DAY, id, strlen(id), &made);
}

static bool say_refund(struct order *order, int64_t day, uint8_t id, int64_t units, const char *currency)
{
    struct order_refund refund = {.time_ms = day * DAY, .key = {id}, .micros = units * UNIT};
    memcpy(refund.currency, currency, strlen(currency) + 1);
    bool full;
    return order_refund(order, &refund, &full);
}

static int64_t sum(const struct order_effect *effect)
{
    int64_t total = 0;
    for (uint32_t i = 0; i < effect->line_count; i++)
        total += effect->lines[i].value;
    return total;
}

static void counts_once_known_and_not_cancelled(void **unused)
{
    (void)unused;
    struct order order;
    struct order_effect effect;
    order_start(&order);
    assert_true(say_refund(&order, 12, 1, 30, "EUR"));
    order_effect(&order, &euro, &effect);
    assert_false(effect.purchase);
    assert_int_equal(effect.line_count, 0);
    say_version(&order, true, 11, "b", 100, "EUR");
    order_effect(&order, &euro, &effect);
    assert_true(effect.purchase);
    assert_int_equal(effect.day, 11); // amended only: its first amendment's day, until the placing comes
    say_version(&order, false, 10, "a", 90, "EUR");
    order_effect(&order, &euro, &effect);
    assert_int_equal(effect.day, 10);
    assert_int_equal(effect.amount_micros, 100 * UNIT);
    assert_int_equal(effect.line_count, 2);
    assert_int_equal(effect.lines[0].orders, 1);
    assert_int_equal(effect.lines[1].day, 12);
    assert_int_equal(effect.lines[1].value, -30 * UNIT);
    assert_true(order_cancel(&order));
    assert_false(order_cancel(&order));
    order_effect(&order, &euro, &effect);
    assert_false(effect.purchase);
    assert_int_equal(effect.line_count, 0);
}

static void the_newest_version_counts_by_time_then_id(void **unused)
{
    (void)unused;
    static const struct {
        int64_t day;
        const char *id;
        int64_t units;
    } versions[] = {{10, "shop/a", 1}, {11, "shop/b", 2}, {11, "shop/ba", 3}, {10, "shop/z", 4}};
    for (unsigned order_of = 0; order_of < 24; order_of++) {
        struct order order;
        struct order_effect effect;
        order_start(&order);
        unsigned left[] = {0, 1, 2, 3}, code = order_of;
        for (unsigned count = 4; count > 0; code /= count, count--) {
            unsigned pick = code % count, which = left[pick];
            left[pick] = left[count - 1];
            say_version(&order, which > 0, versions[which].day, versions[which].id, versions[which].units, "EUR");
        }
        order_effect(&order, &euro, &effect);
        assert_int_equal(effect.amount_micros, 3 * UNIT);
        assert_int_equal(effect.day, 10);
    }
}

static void the_same_version_again_is_nothing_new(void **unused)
{
    (void)unused;
    struct order order;
    struct order_amount made = amount(5, "EUR");
    order_start(&order);
    assert_true(order_version(&order, false, DAY, "a", 1, &made));
    assert_false(order_version(&order, false, DAY, "a", 1, &made));
}

static void refunds_stop_at_the_amount(void **unused)
{
    (void)unused;
    struct order order;
    struct order_effect effect;
    order_start(&order);
    say_version(&order, false, 10, "a", 100, "EUR");
    assert_true(say_refund(&order, 30, 2, 70, "EUR"));
    assert_true(say_refund(&order, 20, 1, 60, "EUR"));
    assert_false(say_refund(&order, 20, 1, 60, "EUR")); // seen before
    order_effect(&order, &euro, &effect);
    assert_int_equal(effect.line_count, 3);
    assert_int_equal(effect.lines[1].day, 20);
    assert_int_equal(effect.lines[1].value, -60 * UNIT);
    assert_int_equal(effect.lines[2].value, -40 * UNIT); // the later one is cut
    assert_int_equal(effect.excess_micros, 30 * UNIT);
    assert_int_equal(sum(&effect), 0);
    struct terms restating = euro;
    restating.refund_on_order_day = true;
    order_effect(&order, &restating, &effect);
    assert_int_equal(effect.lines[2].day, 10);
}

static void a_full_refund_in_parts_leaves_nothing(void **unused)
{
    (void)unused;
    for (int measure = TERMS_NET; measure <= TERMS_MARGIN; measure++) {
        struct terms terms = euro;
        terms.measure = (enum terms_measure)measure;
        struct order order;
        struct order_effect effect;
        order_start(&order);
        struct order_amount made = amount(1, "JPY");
        made.total_micros = 1000003; // no rate divides it
        made.cost_micros = 333337;
        (void)order_version(&order, false, 10 * DAY, "a", 1, &made);
        for (uint8_t i = 0; i < 7; i++) {
            struct order_refund refund = {.time_ms = (11 + i) * DAY, .key = {i}, .micros = 166669, .currency = "JPY"};
            bool full;
            (void)order_refund(&order, &refund, &full);
        }
        order_effect(&order, &terms, &effect);
        assert_true(effect.lines[0].value > 0);
        assert_int_equal(sum(&effect), 0);
    }
}

static void amounts_are_converted_at_the_rate_of_the_orders_day(void **unused)
{
    (void)unused;
    static const struct {
        int64_t day;
        const char *currency;
        bool rated;
        int64_t value;
    } rows[] = {
        {10, "EUR", true, 100 * UNIT}, {10, "", true, 100 * UNIT},    {10, "USD", true, 50 * UNIT},
        {19, "USD", true, 50 * UNIT},  {20, "USD", true, 200 * UNIT}, {90, "USD", true, 200 * UNIT},
        {4, "JPY", false, 0},          {5, "JPY", true, 600000},      {10, "GBP", false, 0},
        {-1, "USD", false, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct order order;
        struct order_effect effect;
        order_start(&order);
        say_version(&order, false, rows[i].day, "a", 100, rows[i].currency);
        order_effect(&order, &euro, &effect);
        assert_true(effect.purchase); // it was bought, whatever it is worth
        assert_int_equal(effect.lines[0].value, rows[i].value);
        assert_int_equal(effect.no_rate, !rows[i].rated);
    }
    struct order order;
    struct order_effect effect;
    order_start(&order);
    say_version(&order, false, 10, "a", 100, "EUR");
    assert_true(say_refund(&order, 40, 1, 60, "USD")); // 30 EUR at the order's day, whatever the rate is later
    order_effect(&order, &euro, &effect);
    assert_int_equal(sum(&effect), 70 * UNIT);
}

static void measures(void **unused)
{
    (void)unused;
    static const struct {
        enum terms_measure measure;
        bool cost_known;
        int64_t whole, after_half;
    } rows[] = {
        {TERMS_NET, false, 100 * UNIT, 50 * UNIT},
        {TERMS_QUANTITY, false, 3 * UNIT, 3 * UNIT / 2},
        {TERMS_MARGIN, true, 50 * UNIT, 25 * UNIT},
        {TERMS_MARGIN, false, 0, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct terms terms = euro;
        terms.measure = rows[i].measure;
        struct order order;
        struct order_effect effect;
        struct order_amount made = amount(100, "EUR");
        made.cost_known = rows[i].cost_known;
        order_start(&order);
        (void)order_version(&order, false, DAY, "a", 1, &made);
        order_effect(&order, &terms, &effect);
        assert_int_equal(sum(&effect), rows[i].whole);
        assert_int_equal(effect.no_cost, rows[i].measure == TERMS_MARGIN && !rows[i].cost_known);
        assert_true(say_refund(&order, 2, 1, 50, "EUR"));
        order_effect(&order, &terms, &effect);
        assert_int_equal(sum(&effect), rows[i].after_half);
    }
}

// Of more refunds than there is room for, the earliest count, whichever came first.
static void the_earliest_refunds_stay(void **unused)
{
    (void)unused;
    for (int backwards = 0; backwards < 2; backwards++) {
        struct order order;
        struct order_effect effect;
        order_start(&order);
        say_version(&order, false, 0, "a", 1000, "EUR");
        for (int i = 0; i < ORDER_REFUNDS_MAX + 10; i++) {
            int which = backwards ? ORDER_REFUNDS_MAX + 9 - i : i;
            (void)say_refund(&order, 1 + which, (uint8_t)which, 1, "EUR");
        }
        order_effect(&order, &euro, &effect);
        assert_int_equal(order.refund_count, ORDER_REFUNDS_MAX);
        assert_int_equal(sum(&effect), (1000 - ORDER_REFUNDS_MAX) * UNIT);
        assert_int_equal(effect.lines[ORDER_REFUNDS_MAX].day, ORDER_REFUNDS_MAX);
    }
}

// What is known in two places comes to the same as if all had been known in one.
static void parts_join_to_the_whole(void **unused)
{
    (void)unused;
    static const char *const ids[] = {"a", "b", "c", "d", "e", "f"};
    static struct order whole, parts[2];
    for (unsigned split = 0; split < 64; split++)
        for (unsigned first = 0; first < 2; first++) {
            order_start(&whole);
            order_start(&parts[0]);
            order_start(&parts[1]);
            for (unsigned i = 0; i < 6; i++) {
                struct order *const both[] = {&whole, &parts[split >> i & 1]};
                for (unsigned j = 0; j < 2; j++)
                    if (i < 4)
                        say_version(both[j], i % 2 == 1, 14 - (int64_t)i / 2, ids[i], 100 + i, "EUR");
                    else if (i == 4)
                        (void)say_refund(both[j], 20, 1, 30, "EUR");
                    else
                        (void)order_cancel(both[j]);
            }
            (void)order_join(&parts[first], &parts[1 - first]);
            const struct order *joined = &parts[first];
            assert_true(joined->placed && joined->placed_ms == whole.placed_ms);
            assert_true(joined->amended && joined->amended_ms == whole.amended_ms);
            assert_int_equal(joined->newest_ms, whole.newest_ms);
            assert_memory_equal(joined->newest, whole.newest, 1);
            assert_int_equal(joined->amount.total_micros, whole.amount.total_micros);
            assert_true(joined->cancelled && joined->refund_count == 1);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_once_known_and_not_cancelled),
        cmocka_unit_test(the_newest_version_counts_by_time_then_id),
        cmocka_unit_test(the_same_version_again_is_nothing_new),
        cmocka_unit_test(refunds_stop_at_the_amount),
        cmocka_unit_test(a_full_refund_in_parts_leaves_nothing),
        cmocka_unit_test(amounts_are_converted_at_the_rate_of_the_orders_day),
        cmocka_unit_test(measures),
        cmocka_unit_test(the_earliest_refunds_stay),
        cmocka_unit_test(parts_join_to_the_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
