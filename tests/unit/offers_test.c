// Offers: for customer after customer the same as one question each of goods.h, while the goods stay as they are; and
// what is kept of them when they do not.
#include "services/scoring/offers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

// So few articles that the rules of one are all kept.
enum { ORDERS = 600, SKUS = 18, MANY = 60, ROUNDS = 40, CUSTOMERS = 50, BOUGHT = 40, TODAY = 20000 };

static uint64_t state;

static uint64_t draw(uint64_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state % below;
}

static char skus[MANY][16];

static void fill(struct goods *goods, unsigned articles)
{
    for (uint32_t order = 0; order < ORDERS; order++) {
        struct basket basket;
        basket_start(&basket);
        unsigned first = (unsigned)draw(articles);
        for (unsigned i = 0; i < articles; i++)
            if (i == first || draw(i % 5 == first % 5 ? 3 : 12) == 0)
                basket_add(&basket, skus[i], strlen(skus[i]), "", 0);
        goods_put(goods, order, draw(UINT64_MAX), (int64_t)draw(50), &basket);
    }
}

static size_t draw_bought(unsigned articles, struct goods_bought *bought)
{
    size_t count = draw(BOUGHT + 1);
    for (size_t i = 0; i < count; i++) {
        const char *sku = draw(30) == 0 ? "nobody else's" : skus[draw(articles)];
        bought[i] = (struct goods_bought){sku, strlen(sku), TODAY - (int32_t)draw(200)};
    }
    return count;
}

static void same_end(const struct goods_end *one, const struct goods_end *other)
{
    assert_int_equal(one->sku_length, other->sku_length);
    assert_memory_equal(one->sku, other->sku, one->sku_length);
    assert_int_equal(one->order, other->order);
}

static void same_hint(const struct goods_hint *one, const struct goods_hint *other)
{
    same_end(&one->cause, &other->cause);
    same_end(&one->effect, &other->effect);
    assert_int_equal(one->together, other->together);
    assert_int_equal(one->from, other->from);
    assert_int_equal(one->causes, other->causes);
    assert_int_equal(one->effects, other->effects);
    assert_int_equal(one->orders, other->orders);
    assert_int_equal(one->confidence_ppm, other->confidence_ppm);
    assert_int_equal(one->lift_ppm, other->lift_ppm);
}

static struct goods_options draw_options(void)
{
    return (struct goods_options){.memory_bytes = draw(4) == 0 ? 20000 : 1 << 24, // or a sample
                                  .min_count = 1 + (int64_t)draw(5),
                                  .support_ppm = (int64_t)draw(5000),
                                  .confidence_ppm = (int64_t)draw(200000),
                                  .recent_days = (int64_t)draw(150)};
}

static void as_one_question_each(void **unused)
{
    (void)unused;
    struct offers *offers = offers_open();
    size_t hints = 0;
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct goods_options options = draw_options();
        struct goods *goods = goods_open(options.memory_bytes);
        size_t asked = 0, some;
        fill(goods, SKUS);
        offers_start(offers);
        for (unsigned customer = 0; customer < CUSTOMERS; customer++) {
            struct goods_bought bought[BOUGHT];
            struct goods_hint one[GOODS_HINTS_MAX], each[GOODS_HINTS_MAX];
            size_t count = draw_bought(SKUS, bought), most = draw(GOODS_HINTS_MAX + 2);
            size_t found = offers_find(offers, goods, &options, bought, count, TODAY, one, most, &some);
            asked += some;
            assert_int_equal(found, goods_hints(goods, &options, bought, count, TODAY, each, most));
            for (size_t i = 0; i < found; i++)
                same_hint(&one[i], &each[i]);
            hints += found;
        }
        assert_in_range(asked, 1, SKUS + 1); // each article once
        goods_close(&goods);
    }
    assert_true(hints > 100);
    offers_close(&offers);
}

// What an article led to is kept, whatever comes, until it is forgotten.
static void kept_until_forgotten(void **unused)
{
    (void)unused;
    const struct goods_options options = {.min_count = 2, .confidence_ppm = 1};
    struct goods *goods = goods_open(1 << 20);
    struct offers *offers = offers_open();
    struct basket both, other;
    struct goods_hint hint;
    const struct goods_bought bought = {"a", 1, TODAY - 100};
    size_t asked;
    basket_start(&both);
    basket_add(&both, "a", 1, "", 0);
    basket_add(&both, "b", 1, "", 0);
    basket_start(&other);
    basket_add(&other, "c", 1, "", 0);
    goods_put(goods, 0, 0, 1, &both);
    goods_put(goods, 1, 0, 2, &both);
    goods_put(goods, 2, 0, 3, &other);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(offers_find(offers, goods, &options, &bought, 1, TODAY, &hint, 1, &asked), 1);
        assert_int_equal(asked, i == 0);
        assert_memory_equal(hint.effect.sku, "b", 1);
        assert_int_equal(hint.effect.order, 1);
        assert_int_equal(hint.lift_ppm, 1500000);
        goods_drop(goods, 0);
    }
    offers_start(offers);
    assert_int_equal(offers_find(offers, goods, &options, &bought, 1, TODAY, &hint, 1, &asked), 0);
    assert_int_equal(asked, 1);
    offers_close(&offers);
    goods_close(&goods);
}

// With more articles than rules are kept of one, what is found is the beginning of the list, or near it.
static void of_many_the_strongest(void **unused)
{
    (void)unused;
    unsigned near = 0;
    const struct goods_options options = {.min_count = 1, .recent_days = 10};
    struct goods *goods = goods_open(1 << 24);
    struct offers *offers = offers_open();
    fill(goods, MANY);
    for (unsigned customer = 0; customer < CUSTOMERS; customer++) {
        struct goods_bought bought[BOUGHT];
        struct goods_hint one[3], each[3];
        size_t asked, count = draw_bought(MANY, bought);
        size_t found = offers_find(offers, goods, &options, bought, count, TODAY, one, 3, &asked);
        assert_int_equal(found, goods_hints(goods, &options, bought, count, TODAY, each, 3));
        bool same = true;
        for (size_t i = 0; i < found; i++)
            same = same && one[i].effect.sku_length == each[i].effect.sku_length &&
                   memcmp(one[i].effect.sku, each[i].effect.sku, each[i].effect.sku_length) == 0;
        near += !same;
    }
    assert_in_range(near, 0, CUSTOMERS / 20);
    offers_close(&offers);
    goods_close(&goods);
}

int main(void)
{
    const char *given = getenv("TEND_SEED");
    state = given != NULL ? strtoull(given, NULL, 10) | 1 : (uint64_t)time(NULL) * 2654435761U | 1;
    print_message("TEND_SEED=%llu\n", (unsigned long long)state);
    for (unsigned i = 0; i < MANY; i++)
        snprintf(skus[i], sizeof skus[i], i % 3 == 0 ? "S%u" : i % 3 == 1 ? "S%u-long" : "\xe8\x8c\xb6%u", i / 3);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_one_question_each),
        cmocka_unit_test(kept_until_forgotten),
        cmocka_unit_test(of_many_the_strongest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
