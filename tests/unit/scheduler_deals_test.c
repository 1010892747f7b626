// Contracts and lost quotes in a customer's row: the newest word about each, whatever the order of hearing.
#include "services/scheduler/deals.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct customer nobody(void)
{
    struct customer customer = {.id = "C1", .contract_day = DAY_NONE};
    for (size_t i = 0; i < CONTRACTS_MAX; i++)
        customer.contracts[i].to_day = DAY_NONE;
    for (size_t i = 0; i < QUOTES_MAX; i++)
        customer.quotes[i].lost_day = customer.quotes[i].follow_day = DAY_NONE;
    return customer;
}

static void sign(struct customer *customer, uint64_t hash, int64_t at_ms, int32_t to_day)
{
    deals_note_contract(customer, &(struct contract){.hash = hash, .set = {at_ms, hash}, .to_day = to_day});
}

static void quote(struct customer *customer, uint64_t hash, int64_t at_ms, int32_t lost_day)
{
    deals_note_quote(customer, &(struct lost_quote){
                                   .hash = hash, .lost = {at_ms, hash}, .lost_day = lost_day, .follow_day = DAY_NONE});
}

static bool is_lost(const struct customer *customer, uint64_t hash)
{
    for (size_t i = 0; i < QUOTES_MAX; i++)
        if (customer->quotes[i].hash == hash)
            return customer->quotes[i].lost_day != DAY_NONE;
    return false;
}

static void test_the_longest_counts(void **state)
{
    (void)state;
    struct customer customer = nobody();
    sign(&customer, 1, 10, 100);
    sign(&customer, 2, 20, 90);
    assert_int_equal(customer.contract_day, 100);
    sign(&customer, 1, 15, 80); // the first one is cut short
    assert_int_equal(customer.contract_day, 90);
    sign(&customer, 1, 12, 200); // an older word about it
    assert_int_equal(customer.contract_day, 90);
    sign(&customer, 3, 30, DAY_NONE); // one without an end
    assert_int_equal(customer.contract_day, DAY_NONE);
    sign(&customer, 3, 40, 95); // ended
    assert_int_equal(customer.contract_day, 95);
}

static void test_room_for_few(void **state)
{
    (void)state;
    struct customer customer = nobody();
    for (uint64_t i = 1; i <= CONTRACTS_MAX; i++)
        sign(&customer, i, (int64_t)i, 100 + (int32_t)i);
    sign(&customer, 9, 9, 50); // it ended before all of them
    assert_int_equal(customer.contract_day, 100 + CONTRACTS_MAX);
    sign(&customer, 10, 10, 300); // in place of the one that ended first
    assert_int_equal(customer.contract_day, 300);
    for (size_t i = 0; i < CONTRACTS_MAX; i++)
        assert_int_not_equal(customer.contracts[i].hash, 1);
}

static void test_quotes(void **state)
{
    (void)state;
    struct customer customer = nobody();
    quote(&customer, 1, 20, DAY_NONE); // sent
    quote(&customer, 1, 10, 50);       // and lost before that
    assert_false(is_lost(&customer, 1));
    quote(&customer, 1, 30, 60);
    assert_true(is_lost(&customer, 1));
    for (uint64_t i = 2; i <= QUOTES_MAX; i++)
        quote(&customer, i, (int64_t)(100 + i), DAY_NONE);
    quote(&customer, 20, 200, 70); // what is not lost makes room
    assert_true(is_lost(&customer, 1) && is_lost(&customer, 20));
    for (uint64_t i = 21; i < 21 + QUOTES_MAX; i++)
        quote(&customer, i, (int64_t)(200 + i), 80);
    assert_false(is_lost(&customer, 1) || is_lost(&customer, 20));
    quote(&customer, 30, 300, DAY_NONE); // one more that was sent takes nobody's place
    for (uint64_t i = 21; i < 21 + QUOTES_MAX; i++)
        assert_true(is_lost(&customer, i));
}

// Random words about three contracts: the last day is that of a plain count, in any order.
static void test_any_order(void **state)
{
    (void)state;
    unsigned seed = 20260604;
    printf("seed %u\n", seed);
    srand(seed);
    for (int round = 0; round < 300; round++) {
        enum { WORDS = 9, IDS = 3 };
        struct contract words[WORDS], newest[IDS + 1] = {{0}};
        int32_t last = DAY_NONE;
        for (size_t i = 0; i < WORDS; i++) {
            uint64_t hash = 1 + (uint64_t)(rand() % IDS);
            words[i] = (struct contract){.hash = hash, .set = {1 + rand() % 50, i + 1}, .to_day = rand() % 1000};
            struct contract *known = &newest[hash];
            if (words[i].set.time_ms > known->set.time_ms ||
                (words[i].set.time_ms == known->set.time_ms && words[i].set.tie > known->set.tie))
                *known = words[i];
        }
        for (size_t i = 1; i <= IDS; i++)
            last = newest[i].hash != 0 && newest[i].to_day > last ? newest[i].to_day : last;
        struct customer customer = nobody();
        for (size_t i = WORDS; i > 0; i--) {
            size_t at = (size_t)rand() % i;
            struct contract taken = words[at];
            words[at] = words[i - 1];
            deals_note_contract(&customer, &taken);
        }
        assert_int_equal(customer.contract_day, last);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_longest_counts),
        cmocka_unit_test(test_room_for_few),
        cmocka_unit_test(test_quotes),
        cmocka_unit_test(test_any_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
