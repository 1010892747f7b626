// What is remembered of a foresight is what would be found anew, whatever changes between two questions; and the
// horizons together say what each says alone.
#include "common/money.h"
#include "services/scoring/foresight.h"

#include <stdarg.h>
#include <stdbool.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

enum { CUSTOMERS = 20, QUESTIONS = 20000, TODAY = 20000 };

static uint64_t seed = 20261122;

static uint64_t draw(uint64_t below)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed % below;
}

static const struct clv_options options = {
    .discount_ppm = 126825, .margin_ppm = 300000, .dwyer = {.period_days = 90, .states = 4, .least = 1}};

static const struct buying_model models[] = {
    {BUYING_NONE, {0}},
    {BUYING_MBG, {2.9, 90.7, 1.3, 26.5}},
    {BUYING_MBG, {2.9, 90.7, 1.3, 26.6}},
    {BUYING_BG, {0.24, 31, 0.79, 2.4}},
    {BUYING_PARETO, {0.55, 74, 0.6, 80}},
    {BUYING_NBD, {1.1, 60}},
};
enum { MODELS = sizeof models / sizeof models[0] };

static void change_book(struct book *book)
{
    switch (draw(4)) {
    case 0:
        book->buying = models[draw(MODELS)];
        break;
    case 1:
        book->spending.mean = (double)draw(3) * 100;
        break;
    case 2:
        book->spending.p[0] = (double)draw(2) * 6;
        book->spending.p[1] = 4;
        book->spending.p[2] = 15;
        break;
    default:
        book->chances = (struct dwyer_chances){
            .states = 4, .buy_ppm = {400000, 200000, 100000, (int64_t)draw(50000)}, .known = draw(2) == 0};
    }
}

static void change_facts(struct foresight_facts *facts)
{
    switch (draw(6)) {
    case 0:
        *facts = (struct foresight_facts){.today = facts->today};
        break;
    case 1:
        facts->days = 1 + (uint32_t)draw(4);
        facts->first_day = TODAY - 400 + (int32_t)draw(3);
        facts->last_day = facts->days == 1 ? facts->first_day : TODAY - (int32_t)draw(100);
        break;
    case 2:
        facts->today = TODAY + (int32_t)draw(3);
        break;
    case 3:
        facts->last_micros = (int64_t)draw(3) * MONEY_MICROS;
        break;
    case 4:
        facts->margin_ppm = (int64_t)draw(3) * 100000 - 100000;
        break;
    default:
        facts->mean = facts->days > 1 ? (double)draw(3) * 12.5 : 0;
    }
}

static void remembered(void **unused)
{
    (void)unused;
    struct foresights foresights;
    struct book book;
    struct foresight_facts facts[CUSTOMERS];
    uint64_t sources[3] = {0};
    book_start(&book);
    foresights_start(&foresights);
    for (size_t i = 0; i < CUSTOMERS; i++)
        facts[i] = (struct foresight_facts){.today = TODAY};
    printf("seed %llu\n", (unsigned long long)seed);
    for (unsigned i = 0; i < QUESTIONS; i++) {
        uint32_t slot = (uint32_t)draw(CUSTOMERS);
        struct foresight said, anew;
        memset(&said, 0xff, sizeof said);
        if (draw(10) == 0)
            change_book(&book);
        if (draw(2) == 0)
            change_facts(&facts[slot]);
        foresights_expect(&foresights, slot);
        foresights_of(&foresights, slot, &options, &book, &facts[slot], &said);
        foresight_judge(&options, &book, &facts[slot], &anew);
        assert_int_equal(said.source, anew.source);
        assert_int_equal(said.alive_ppm, anew.alive_ppm);
        assert_int_equal(said.orders_30_milli, anew.orders_30_milli);
        assert_int_equal(said.orders_90_milli, anew.orders_90_milli);
        assert_int_equal(said.orders_365_milli, anew.orders_365_milli);
        assert_int_equal(said.amount_micros, anew.amount_micros);
        assert_int_equal(said.future_micros, anew.future_micros);
        assert_true(anew.source != CLV_NO_SOURCE || (anew.future_micros == 0 && anew.alive_ppm == 0));
        sources[anew.source]++;
    }
    for (size_t i = 0; i < sizeof sources / sizeof sources[0]; i++)
        assert_true(sources[i] > 0);
    foresights_clear(&foresights);
}

static void together(void **unused)
{
    static const double horizons[] = {0, 30, 30.4375, 365, 90, -1};
    enum { COUNT = sizeof horizons / sizeof horizons[0] };
    (void)unused;
    for (size_t i = 0; i < MODELS; i++)
        for (uint32_t x = 0; x < 5; x++) {
            double orders[COUNT];
            buying_orders_within(&models[i], x, 80, 200, horizons, COUNT, orders);
            for (size_t at = 0; at < COUNT; at++) {
                double alone = buying_orders(&models[i], x, 80, 200, horizons[at]);
                assert_memory_equal(&orders[at], &alone, sizeof alone);
            }
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(remembered), cmocka_unit_test(together)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
