// Deals: what becomes of quotes and contracts, day by day against a plain sum, and how they are kept.
#include "services/scoring/deals.h"

#include <stdarg.h>
#include <setjmp.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define DAY_MS INT64_C(86400000)
enum { TODAY = 20000 };

static const struct deals_options options = {
    .quote_ppm = 300000, .quote_days = 30, .quote_grace_days = 30, .horizon_days = 365};

static const struct deals_facts plain = {
    .today = TODAY, .last_order_ms = DEALS_NEVER, .margin_ppm = 1000000, .discount_ppm = 0};

static uint64_t state = 20261122;

static uint64_t draw(uint64_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state % below;
}

static struct deals_quote quote_of(uint64_t id, int32_t sent, int32_t expected, int64_t revenue, uint32_t chance)
{
    return (struct deals_quote){
        .id = id, .sent_ms = sent * DAY_MS, .revenue_micros = revenue, .expected_day = expected, .chance_ppm = chance};
}

static void quotes(void **unused)
{
    (void)unused;
    static const struct {
        int32_t sent, expected;
        uint32_t chance;
        int64_t ordered_ms; // 0: nothing was
        unsigned open, cold, answered;
        int64_t revenue;
        int32_t next;
    } rows[] = {
        {TODAY - 5, TODAY + 10, 500000, 0, 1, 0, 0, 500, TODAY + 10},
        {TODAY - 5, TODAY + 10, 0, 0, 1, 0, 0, 300, TODAY + 10},
        {TODAY - 5, DEALS_NO_DAY, 0, 0, 1, 0, 0, 300, TODAY + 25},
        {TODAY - 50, TODAY - 30, 0, 0, 1, 0, 0, 300, TODAY},
        {TODAY - 50, TODAY - 31, 0, 0, 0, 1, 0, 0, DEALS_NO_DAY},
        {TODAY - 60, DEALS_NO_DAY, 0, 0, 1, 0, 0, 300, TODAY},
        {TODAY - 61, DEALS_NO_DAY, 0, 0, 0, 1, 0, 0, DEALS_NO_DAY},
        {TODAY - 5, TODAY + 10, 0, (TODAY - 5) * DAY_MS + 1, 0, 0, 1, 0, DEALS_NO_DAY},
        {TODAY - 5, TODAY + 10, 0, (TODAY - 5) * DAY_MS, 1, 0, 0, 300, TODAY + 10},
        {TODAY, TODAY + 365, 1000000, 0, 1, 0, 0, 1000, TODAY + 365},
        {TODAY, TODAY + 366, 1000000, 0, 1, 0, 0, 0, TODAY + 366},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct deals deals;
        struct deals_worth worth;
        struct deals_facts facts = plain;
        struct deals_quote quote = quote_of(1, rows[i].sent, rows[i].expected, 1000, rows[i].chance);
        facts.last_order_ms = rows[i].ordered_ms == 0 ? DEALS_NEVER : rows[i].ordered_ms;
        deals_start(&deals);
        deals_quote(&deals, &quote);
        deals_judge(&options, &deals, &facts, &worth);
        assert_int_equal(worth.open, rows[i].open);
        assert_int_equal(worth.cold, rows[i].cold);
        assert_int_equal(worth.answered, rows[i].answered);
        assert_int_equal(worth.quote_revenue_micros, rows[i].revenue);
        assert_int_equal(worth.present_micros, rows[i].revenue);
        assert_int_equal(worth.next_day, rows[i].next);
        deals_quote_lost(&deals, 1);
        assert_int_equal(deals.quote_count, 0);
        assert_int_equal(deals.lost, 1);
        deals_judge(&options, &deals, &facts, &worth);
        assert_int_equal(worth.open + worth.cold + worth.answered, 0);
    }
}

static void quotes_discounted(void **unused)
{
    (void)unused;
    struct deals deals;
    struct deals_worth worth;
    struct deals_facts facts = plain;
    struct deals_quote quote = quote_of(1, TODAY, TODAY + 100, 1000000000, 500000);
    facts.margin_ppm = 400000;
    facts.discount_ppm = 100000;
    deals_start(&deals);
    deals_quote(&deals, &quote);
    deals_judge(&options, &deals, &facts, &worth);
    assert_true(llabs(worth.present_micros - llround(200e6 / pow(1.1, 100 / 365.25))) <= 1);
    quote = quote_of(2, TODAY, TODAY + 50, 7, 0);
    deals_quote(&deals, &quote);
    deals_judge(&options, &deals, &facts, &worth);
    assert_int_equal(worth.next_day, TODAY + 50);
    assert_int_equal(worth.next_micros, 7);
    assert_int_equal(worth.next_ppm, 300000);
}

static void kept(void **unused)
{
    (void)unused;
    struct deals deals, again;
    deals_start(&deals);
    for (uint64_t id = 1; id <= DEALS_QUOTES_MAX + 2; id++) {
        struct deals_quote quote = quote_of(id, TODAY + (int32_t)id, DEALS_NO_DAY, 10, 0);
        deals_quote(&deals, &quote);
    }
    assert_int_equal(deals.quote_count, DEALS_QUOTES_MAX);
    assert_int_equal(deals.quotes[0].id, 3);
    assert_int_equal(deals.sent, DEALS_QUOTES_MAX + 2);
    struct deals_quote anew = quote_of(4, TODAY + 50, DEALS_NO_DAY, 99, 0);
    deals_quote(&deals, &anew);
    assert_int_equal(deals.sent, DEALS_QUOTES_MAX + 2);
    assert_int_equal(deals.quote_count, DEALS_QUOTES_MAX);
    assert_int_equal(deals.quotes[DEALS_QUOTES_MAX - 1].revenue_micros, 99);
    deals_quote_lost(&deals, 12345);
    assert_int_equal(deals.quote_count, DEALS_QUOTES_MAX);
    assert_int_equal(deals.lost, 1);
    deals_start(&deals);
    deals_start(&again);
    struct deals_quote one = quote_of(1, TODAY, DEALS_NO_DAY, 10, 0), other = quote_of(2, TODAY, DEALS_NO_DAY, 20, 0);
    deals_quote(&deals, &one);
    deals_quote(&deals, &other);
    deals_quote_lost(&deals, 1);
    deals_quote(&again, &other);
    again.sent++;
    again.lost++;
    assert_memory_equal(&deals, &again, sizeof deals);

    deals_start(&deals);
    static const int32_t ends[] = {TODAY + 100, TODAY + 5, DEALS_NO_DAY, TODAY + 200, TODAY + 50};
    for (uint64_t i = 0; i < 5; i++) {
        struct deals_contract contract = {.id = i, .value_micros = 1, .from_day = TODAY, .to_day = ends[i]};
        deals_contract(&deals, &contract);
    }
    assert_int_equal(deals.contract_count, DEALS_CONTRACTS_MAX);
    for (size_t i = 0; i < DEALS_CONTRACTS_MAX; i++)
        assert_true(deals.contracts[i].id != 1);
}

static void contracts(void **unused)
{
    (void)unused;
    static const struct {
        int32_t from, to, ended;
        unsigned running;
        int64_t revenue;
        int32_t until;
        bool expired;
    } rows[] = {
        {TODAY + 1, TODAY + 10, DEALS_NO_DAY, 1, 1000, TODAY + 10, false},
        {TODAY, TODAY + 9, DEALS_NO_DAY, 1, 900, TODAY + 9, false},
        {TODAY - 4, TODAY + 5, DEALS_NO_DAY, 1, 500, TODAY + 5, false},
        {TODAY - 9, TODAY, DEALS_NO_DAY, 1, 0, TODAY, false},
        {TODAY - 10, TODAY - 1, DEALS_NO_DAY, 0, 0, TODAY - 1, true},
        {TODAY - 4, TODAY + 5, TODAY + 2, 1, 200, TODAY + 2, false},
        {TODAY - 4, TODAY + 5, TODAY - 1, 0, 0, TODAY - 1, true},
        {TODAY + 1, TODAY + 730, DEALS_NO_DAY, 1, 500, TODAY + 730, false},
        {DEALS_NO_DAY, TODAY + 7, DEALS_NO_DAY, 1, 700, TODAY + 7, false}, // signed two days ago
        {TODAY + 3, TODAY - 3, DEALS_NO_DAY, 1, 1000, TODAY + 3, false},
        {TODAY - 1000, DEALS_NO_DAY, DEALS_NO_DAY, 1, 1000, DEALS_NO_DAY, false},
        {TODAY - 1000, DEALS_NO_DAY, TODAY - 3, 0, 0, TODAY - 3, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct deals deals;
        struct deals_worth worth;
        struct deals_contract contract = {
            .id = 9, .value_micros = 1000, .from_day = rows[i].from, .to_day = rows[i].to, .signed_day = TODAY - 2};
        deals_start(&deals);
        deals_contract(&deals, &contract);
        if (rows[i].ended != DEALS_NO_DAY)
            deals_contract_ended(&deals, 9, rows[i].ended);
        deals_contract_ended(&deals, 10, TODAY - 100);
        deals_judge(&options, &deals, &plain, &worth);
        assert_int_equal(worth.running, rows[i].running);
        assert_int_equal(worth.contract_revenue_micros, rows[i].revenue);
        assert_true(llabs(worth.present_micros - rows[i].revenue) <= 1);
        assert_int_equal(worth.contract_to, rows[i].until);
        assert_int_equal(worth.expired, rows[i].expired);
        deals_contract(&deals, &contract); // signed anew: the end is forgotten
        assert_int_equal(deals.contract_count, 1);
        assert_int_equal(deals.contracts[0].ended_day, DEALS_NO_DAY);
    }
}

// Each day's part on its own, discounted on its own.
static double by_days(const struct deals_contract *contract, const struct deals_facts *facts)
{
    double sum = 0, all = contract->to_day - contract->from_day + 1;
    for (int32_t day = TODAY + 1; day <= TODAY + options.horizon_days; day++) {
        bool ended = contract->ended_day != DEALS_NO_DAY && day > contract->ended_day;
        if (day >= contract->from_day && day <= contract->to_day && !ended)
            sum += (double)contract->value_micros / all *
                   pow(1 + (double)facts->discount_ppm / 1e6, -(day - TODAY) / 365.25);
    }
    return sum * (double)facts->margin_ppm / 1e6;
}

static void contracts_equal_plain_sums(void **unused)
{
    (void)unused;
    for (unsigned round = 0; round < 500; round++) {
        struct deals deals;
        struct deals_worth worth;
        struct deals_facts facts = plain;
        facts.margin_ppm = (int64_t)draw(1500000) - 500000;
        facts.discount_ppm = (int64_t)draw(3) * 70000;
        double sum = 0;
        deals_start(&deals);
        for (uint64_t i = draw(DEALS_CONTRACTS_MAX + 1); i-- > 0;) {
            struct deals_contract contract = {.id = i,
                                              .value_micros = (int64_t)draw(5000000000),
                                              .from_day = TODAY - 500 + (int32_t)draw(1000),
                                              .ended_day = DEALS_NO_DAY};
            contract.to_day = contract.from_day + (int32_t)draw(800);
            deals_contract(&deals, &contract);
            if (draw(3) == 0) {
                contract.ended_day = contract.from_day + (int32_t)draw(900) - 50;
                deals_contract_ended(&deals, i, contract.ended_day);
            }
            sum += by_days(&contract, &facts);
        }
        deals_judge(&options, &deals, &facts, &worth);
        assert_true(fabs((double)worth.present_micros - sum) <= 1 + 1e-9 * fabs(sum));
    }
}

static void never_breaks(void **unused)
{
    (void)unused;
    static const int64_t ends[] = {INT64_MIN, -1, 0, 1, 9000000000000000, INT64_MAX};
    static const int32_t days[] = {INT32_MIN, INT32_MIN + 1, -1, 0, TODAY, TODAY + 1, INT32_MAX};
    for (unsigned round = 0; round < 5000; round++) {
        struct deals deals;
        struct deals_worth worth;
        struct reason reason;
        deals_start(&deals);
        for (unsigned i = 0; i < 12; i++) {
            struct deals_quote quote = {draw(9), ends[draw(6)], ends[draw(6)], days[draw(7)], (uint32_t)draw(1000001)};
            struct deals_contract contract = {draw(6),       ends[draw(6)], days[draw(7)],
                                              days[draw(7)], days[draw(7)], days[draw(7)]};
            deals_quote(&deals, &quote);
            deals_contract(&deals, &contract);
            deals_contract_ended(&deals, draw(6), days[draw(7)]);
            if (draw(4) == 0)
                deals_quote_lost(&deals, draw(9));
        }
        struct deals_facts facts = {days[draw(7)], ends[draw(6)], (int64_t)draw(2000000) - 1000000,
                                    (int64_t)draw(2) * 100000};
        deals_judge(&options, &deals, &facts, &worth);
        deals_explain(&options, &facts, &worth, &reason);
        assert_true(worth.open + worth.cold + worth.answered <= DEALS_QUOTES_MAX);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quotes),    cmocka_unit_test(quotes_discounted),          cmocka_unit_test(kept),
        cmocka_unit_test(contracts), cmocka_unit_test(contracts_equal_plain_sums), cmocka_unit_test(never_breaks),
    };
    printf("seed %llu\n", (unsigned long long)state);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
