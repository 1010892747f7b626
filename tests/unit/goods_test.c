// Goods: the rules at and beside their borders; then random orders, placed, amended and cancelled in any order, against
// counting everything anew, also in too little memory.
#include "services/scoring/goods.h"
#include "services/scoring/options_goods.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

__extension__ typedef __int128 int128;

enum { ORDERS = 400, SKUS = 40, STEPS = 3000, SKU_ROOM = 16, PPM = 1000000, PLENTY = 1 << 24 };

static uint64_t state;

static uint64_t draw(uint64_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state % below;
}

static void sow(const char *what)
{
    const char *given = getenv("TEND_SEED");
    state = given != NULL ? strtoull(given, NULL, 10) | 1 : (uint64_t)time(NULL) * 2654435761U | 1;
    print_message("%s: TEND_SEED=%llu\n", what, (unsigned long long)state);
}

// --- the slow way: orders as rows, counted anew for each question

struct row {
    bool held;
    uint64_t hash;
    int64_t time_ms;
    bool has[SKUS];
};

static char skus[SKUS][SKU_ROOM];
static struct row rows[ORDERS];

// Names of which some begin others.
static void name_skus(void)
{
    for (unsigned i = 0; i < SKUS; i++)
        snprintf(skus[i], sizeof skus[i], i % 3 == 0 ? "S%u" : i % 3 == 1 ? "S%u-long" : "\xe8\x8c\xb6%u", i / 3);
}

static struct basket basket_of(const bool *has)
{
    struct basket basket;
    basket_start(&basket);
    for (unsigned i = 0; i < SKUS; i++)
        if (has[i])
            basket_add(&basket, skus[i], strlen(skus[i]), "", 0);
    return basket;
}

static void put(struct goods *goods, uint32_t order)
{
    struct basket basket = basket_of(rows[order].has);
    goods_put(goods, order, rows[order].hash, rows[order].time_ms, &basket);
}

static unsigned zeros(uint64_t hash)
{
    unsigned count = 0;
    for (; count < GOODS_LEVEL_MAX && hash % 2 == 0; hash /= 2)
        count++;
    return count;
}

// The order is one of those that the sample holds.
static bool counts(const struct row *row, unsigned level)
{
    return row->held && zeros(row->hash) >= level;
}

struct slow {
    unsigned cause, effect;
    int64_t together, from, effects, orders;
};

static int by_strength(const void *one, const void *other)
{
    const struct slow *left = one, *right = other;
    int128 mine = (int128)left->together * right->from * right->effects;
    int128 others = (int128)right->together * left->from * left->effects;
    if (mine != others)
        return mine > others ? -1 : 1;
    if (left->together != right->together)
        return left->together > right->together ? -1 : 1;
    int order = strcmp(skus[left->effect], skus[right->effect]);
    return order != 0 ? order : strcmp(skus[left->cause], skus[right->cause]);
}

static bool good(const struct goods_options *options, const struct slow *rule)
{
    return rule->together >= options->min_count && rule->together * PPM >= options->support_ppm * rule->orders &&
           rule->together * PPM >= options->confidence_ppm * rule->from &&
           rule->together * rule->orders > rule->from * rule->effects;
}

static struct slow count_rule(unsigned cause, unsigned effect, unsigned level)
{
    struct slow rule = {.cause = cause, .effect = effect};
    for (unsigned i = 0; i < ORDERS; i++) {
        if (!counts(&rows[i], level))
            continue;
        rule.orders++;
        rule.from += rows[i].has[cause];
        rule.effects += rows[i].has[effect];
        rule.together += rows[i].has[cause] && rows[i].has[effect];
    }
    return rule;
}

// The first rules of all causes, each effect once.
static size_t slow_hints(const struct goods_options *options, const bool *causes, const bool *recent, unsigned level,
                         size_t most, struct slow *ret_rules)
{
    static struct slow rules[SKUS * SKUS];
    bool told[SKUS] = {false};
    size_t count = 0, kept = 0;
    for (unsigned cause = 0; cause < SKUS; cause++)
        for (unsigned effect = 0; causes[cause] && effect < SKUS; effect++) {
            struct slow rule = count_rule(cause, effect, level);
            if (effect != cause && !recent[effect] && good(options, &rule))
                rules[count++] = rule;
        }
    qsort(rules, count, sizeof rules[0], by_strength);
    for (size_t i = 0; i < count && kept < most; i++) {
        if (!told[rules[i].effect])
            ret_rules[kept++] = rules[i];
        told[rules[i].effect] = true;
    }
    return kept;
}

static bool is_newest(uint32_t order, unsigned sku, unsigned level)
{
    const struct row *row = &rows[order];
    if (!counts(row, level) || !row->has[sku])
        return false;
    for (unsigned i = 0; i < ORDERS; i++)
        if (counts(&rows[i], level) && rows[i].has[sku] &&
            (rows[i].time_ms > row->time_ms || (rows[i].time_ms == row->time_ms && rows[i].hash > row->hash)))
            return false;
    return true;
}

static bool is_sku(const struct goods_end *end, unsigned sku)
{
    return end->sku_length == strlen(skus[sku]) && memcmp(end->sku, skus[sku], end->sku_length) == 0;
}

static void same_hints(const struct goods_hint *hints, size_t count, const struct slow *rules, size_t rule_count,
                       unsigned level)
{
    assert_int_equal(count, rule_count);
    for (size_t i = 0; i < count; i++) {
        assert_true(is_sku(&hints[i].cause, rules[i].cause));
        assert_true(is_sku(&hints[i].effect, rules[i].effect));
        assert_int_equal(hints[i].together, rules[i].together);
        assert_int_equal(hints[i].from, rules[i].from);
        assert_int_equal(hints[i].causes, rules[i].from);
        assert_int_equal(hints[i].effects, rules[i].effects);
        assert_int_equal(hints[i].orders, rules[i].orders);
        assert_int_equal(hints[i].confidence_ppm, rules[i].together * PPM / rules[i].from);
        assert_int_equal(hints[i].lift_ppm,
                         rules[i].together * rules[i].orders * PPM / (rules[i].from * rules[i].effects));
        assert_true(is_newest(hints[i].cause.order, rules[i].cause, level));
        assert_true(is_newest(hints[i].effect.order, rules[i].effect, level));
    }
}

// Asks for one article, and for a customer who bought some, some of them lately.
static void compare(struct goods *goods, const struct goods_options *options)
{
    struct goods_hint hints[GOODS_HINTS_MAX];
    struct slow rules[GOODS_HINTS_MAX];
    struct goods_bought bought[SKUS];
    struct goods_size size;
    goods_size(goods, &size);
    const bool none[SKUS] = {false};
    bool causes[SKUS] = {false}, recent[SKUS] = {false};
    size_t most = draw(GOODS_HINTS_MAX + 1), bought_count = 0;
    unsigned one = (unsigned)draw(SKUS);
    causes[one] = true;
    same_hints(hints, goods_with(goods, options, skus[one], strlen(skus[one]), hints, most), rules,
               slow_hints(options, causes, none, size.level, most, rules), size.level);
    causes[one] = false;
    for (int32_t day = 1000; bought_count < 12; day -= (int32_t)draw(30)) {
        one = (unsigned)draw(SKUS);
        bought[bought_count++] = (struct goods_bought){skus[one], strlen(skus[one]), day};
        causes[one] = true;
        recent[one] = recent[one] || day > 1000 - options->recent_days;
    }
    same_hints(hints, goods_hints(goods, options, bought, bought_count, 1000, hints, most), rules,
               slow_hints(options, causes, recent, size.level, most, rules), size.level);
}

// Articles that tend to go with their neighbours.
static void fill(struct row *row)
{
    row->held = true;
    row->time_ms = (int64_t)draw(50); // many at the same instant
    unsigned middle = (unsigned)draw(SKUS);
    for (unsigned i = 0; i < SKUS; i++)
        row->has[i] = draw(10) == 0 || (i / 4 == middle / 4 && draw(3) > 0);
    row->has[middle] = true;
}

static void start_rows(void)
{
    name_skus();
    memset(rows, 0, sizeof rows);
    for (unsigned i = 0; i < ORDERS; i++) {
        char id[SKU_ROOM];
        snprintf(id, sizeof id, "order %u", i);
        rows[i].hash = goods_hash(i % 2 == 0 ? "left" : "right", id);
    }
}

static struct goods_options some_options(void)
{
    return (struct goods_options){.min_count = 1 + (int64_t)draw(12),
                                  .support_ppm = (int64_t)draw(60000),
                                  .confidence_ppm = (int64_t)draw(400000),
                                  .recent_days = (int64_t)draw(200)};
}

static void any_changes_in_any_order(void **unused)
{
    (void)unused;
    sow("changes");
    start_rows();
    struct goods *goods = goods_open(PLENTY);
    for (unsigned step = 0; step < STEPS; step++) {
        uint32_t order = (uint32_t)draw(ORDERS);
        if (draw(3) == 0) {
            rows[order].held = false;
            goods_drop(goods, order);
        } else {
            fill(&rows[order]);
            put(goods, order);
        }
        if (step % 20 == 0) {
            struct goods_options options = some_options();
            compare(goods, &options);
        }
    }
    struct goods_size size;
    uint64_t lines = 0, held = 0;
    for (unsigned i = 0; i < ORDERS; i++)
        for (unsigned j = 0; j <= SKUS; j++)
            if (j == SKUS)
                held += rows[i].held;
            else
                lines += rows[i].held && rows[i].has[j];
    goods_size(goods, &size);
    assert_int_equal(size.level, 0);
    assert_int_equal(size.orders, held);
    assert_int_equal(size.lines, lines);
    goods_clear(goods);
    goods_size(goods, &size);
    assert_int_equal(size.orders, 0);
    assert_int_equal(size.items, 0);
    goods_close(&goods);
    assert_null(goods);
    goods_close(&goods);
}

// The level and every answer are the same whichever way the orders came, and those of the orders that the level holds.
static void too_little_memory(void **unused)
{
    (void)unused;
    sow("memory");
    start_rows();
    for (unsigned i = 0; i < ORDERS; i++)
        fill(&rows[i]);
    for (int64_t bytes = 1 << 13; bytes < 1 << 17; bytes += bytes / 3) {
        uint32_t level = 0;
        for (unsigned round = 0; round < 3; round++) {
            struct goods *goods = goods_open(bytes);
            uint32_t begin = (uint32_t)draw(ORDERS);
            for (uint32_t i = 0; i < ORDERS; i++)
                put(goods, (begin + i * 7) % ORDERS);
            struct goods_size size;
            goods_size(goods, &size);
            assert_true(round == 0 || size.level == level);
            level = size.level;
            for (unsigned i = 0; i < 4; i++) {
                struct goods_options options = some_options();
                options.min_count = 1 + (int64_t)draw(3);
                compare(goods, &options);
            }
            for (unsigned i = 0; i < 100; i++) { // orders still come and go
                uint32_t order = (uint32_t)draw(ORDERS);
                goods_drop(goods, order);
                put(goods, order);
            }
            struct goods_options options = some_options();
            compare(goods, &options);
            goods_close(&goods);
        }
        print_message("%lld bytes: level %u\n", (long long)bytes, level);
    }
}

// A stream of articles that are never seen again, and of orders that change, stays within its memory, and what is
// bought all the time is still counted among them.
static void memory_is_bounded(void **unused)
{
    (void)unused;
    sow("bound");
    enum { STREAM = 7500 };
    const int64_t limit = 1 << 18;
    static uint64_t hashes[STREAM];
    struct goods *goods = goods_open(limit);
    struct goods_size size;
    for (uint32_t i = 0; i < STREAM * 4; i++) {
        char texts[5][SKU_ROOM], id[SKU_ROOM];
        struct basket basket;
        basket_start(&basket);
        for (unsigned j = 0; j < 5; j++) {
            snprintf(texts[j], SKU_ROOM, "%llu", (unsigned long long)draw(100000000));
            basket_add(&basket, texts[j], strlen(texts[j]), "", 0);
        }
        uint32_t order = i / 4; // each is amended three times
        if (order % 3 == 0)
            basket_add(&basket, "tea", 3, "", 0);
        if (order % 6 == 0)
            basket_add(&basket, "pot", 3, "", 0);
        snprintf(id, sizeof id, "%u", order);
        hashes[order] = goods_hash("c", id);
        goods_put(goods, order, hashes[order], i, &basket);
        if (i % 1000 == 0) {
            goods_size(goods, &size);
            assert_true(size.bytes < (uint64_t)limit * 2 + 400000);
        }
    }
    goods_size(goods, &size);
    assert_true(size.level > 0);
    assert_true(size.orders > 100);
    uint32_t tea = 0, pot = 0;
    for (uint32_t order = 0; order < STREAM; order++) {
        tea += order % 3 == 0 && zeros(hashes[order]) >= size.level;
        pot += order % 6 == 0 && zeros(hashes[order]) >= size.level;
    }
    struct goods_options options = {.min_count = 3};
    struct goods_hint hint;
    assert_int_equal(goods_with(goods, &options, "tea", 3, &hint, 1), 1);
    assert_int_equal(hint.effect.sku_length, 3);
    assert_memory_equal(hint.effect.sku, "pot", 3);
    assert_int_equal(hint.causes, tea);
    assert_int_equal(hint.effects, pot);
    assert_int_equal(hint.together, pot);
    goods_close(&goods);
}

// --- the rules

// Orders with both, with the cause alone, with the effect alone, with neither.
static void make(struct goods *goods, unsigned both, unsigned cause, unsigned effect, unsigned neither)
{
    unsigned ends[] = {both, both + cause, both + cause + effect, both + cause + effect + neither};
    for (uint32_t i = 0; i < ends[3]; i++) {
        struct basket basket;
        basket_start(&basket);
        if (i < ends[1])
            basket_add(&basket, "tea", 3, "", 0);
        if (i < ends[0] || (i >= ends[1] && i < ends[2]))
            basket_add(&basket, "pot", 3, "", 0);
        if (i >= ends[2])
            basket_add(&basket, "soap", 4, "", 0);
        goods_put(goods, i, i + 1, 0, &basket);
    }
}

static void borders(void **unused)
{
    (void)unused;
    static const struct {
        unsigned both, cause, effect, neither;
        int64_t min_count, support_ppm, confidence_ppm;
        bool holds;
    } table[] = {
        {10, 10, 0, 80, 10, 0, 0, true},      {10, 10, 0, 80, 11, 0, 0, false},
        {10, 10, 0, 80, 1, 100000, 0, true},                                       // 10 of 100 orders
        {10, 10, 0, 80, 1, 100001, 0, false}, {10, 10, 0, 80, 1, 0, 500000, true}, // 10 of 20
        {10, 10, 0, 80, 1, 0, 500001, false}, {10, 10, 40, 40, 1, 0, 0, false},    // half of all hold it, too: lift 1
        {10, 10, 39, 41, 1, 0, 0, true},      {10, 10, 41, 39, 1, 0, 0, false},
        {0, 10, 10, 80, 1, 0, 0, false},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct goods *goods = goods_open(PLENTY);
        struct goods_options options = {.min_count = table[i].min_count,
                                        .support_ppm = table[i].support_ppm,
                                        .confidence_ppm = table[i].confidence_ppm};
        struct goods_hint hint;
        make(goods, table[i].both, table[i].cause, table[i].effect, table[i].neither);
        if (goods_with(goods, &options, "tea", 3, &hint, 1) != table[i].holds)
            fail_msg("row %zu", i);
        assert_int_equal(goods_with(goods, &options, "te", 2, &hint, 1), 0);
        assert_int_equal(goods_with(goods, &options, "tea", 3, &hint, 0), 0);
        goods_close(&goods);
    }
}

static void figures_of_a_rule(void **unused)
{
    (void)unused;
    struct goods *goods = goods_open(PLENTY);
    struct goods_options options = {.min_count = 1, .recent_days = 90};
    struct goods_hint hint;
    make(goods, 10, 20, 5, 65);
    assert_int_equal(goods_with(goods, &options, "tea", 3, &hint, 1), 1);
    assert_int_equal(hint.confidence_ppm, 333333);
    assert_int_equal(hint.lift_ppm, 2222222); // 10 * 100 / (30 * 15)
    assert_int_equal(goods_with(goods, &options, "pot", 3, &hint, 1), 1);
    assert_int_equal(hint.confidence_ppm, 666666);
    assert_int_equal(hint.lift_ppm, 2222222);

    struct goods_bought bought[] = {{"tea", 3, 500}, {"unknown", 7, 450}, {"pot", 3, 411}};
    assert_int_equal(goods_hints(goods, &options, bought, 3, 500, &hint, 1), 0); // ninety days, today included
    assert_int_equal(goods_hints(goods, &options, bought, 3, 501, &hint, 1), 1);
    assert_memory_equal(hint.effect.sku, "pot", 3);
    assert_memory_equal(hint.cause.sku, "tea", 3);
    assert_int_equal(goods_hints(goods, &options, bought, 1, 500, &hint, 1), 1);
    options.recent_days = 0;
    struct goods_hint both[2];
    assert_int_equal(goods_hints(goods, &options, bought, 3, 500, both, 2), 2);
    goods_close(&goods);
}

// Only so many different articles lead to hints, however often each was bought.
static void newest_causes_only(void **unused)
{
    (void)unused;
    enum { BOUGHT = GOODS_CAUSES_MAX * 3 };
    struct goods *goods = goods_open(PLENTY);
    struct goods_options options = {.min_count = 1};
    struct goods_bought bought[BOUGHT];
    struct goods_hint hint;
    char texts[BOUGHT][SKU_ROOM];
    make(goods, 10, 20, 5, 65);
    for (uint32_t i = 0; i < BOUGHT; i++) { // each alone in an order
        struct basket basket;
        snprintf(texts[i], SKU_ROOM, "alone %u", i / 3);
        basket_start(&basket);
        basket_add(&basket, texts[i], strlen(texts[i]), "", 0);
        goods_put(goods, 1000 + i, 1, 0, &basket);
        bought[i] = (struct goods_bought){texts[i], strlen(texts[i]), 0};
    }
    bought[BOUGHT - 1].sku = "tea";
    bought[BOUGHT - 1].sku_length = 3;
    assert_int_equal(goods_hints(goods, &options, bought, BOUGHT, 0, &hint, 1), 0);
    assert_int_equal(goods_hints(goods, &options, bought + 3, BOUGHT - 3, 0, &hint, 1), 1);
    assert_memory_equal(hint.effect.sku, "pot", 3);
    goods_close(&goods);
}

// Of an article in more orders than GOODS_WALK the part that a level holds is counted, which a second count by hand
// finds, and the shares are near those of all.
static void article_in_very_many_orders(void **unused)
{
    (void)unused;
    enum { MANY = 20000 };
    struct goods *goods = goods_open(PLENTY);
    static uint64_t hashes[MANY];
    for (uint32_t i = 0; i < MANY; i++) {
        char id[SKU_ROOM];
        struct basket basket;
        snprintf(id, sizeof id, "%u", i);
        hashes[i] = goods_hash("many", id);
        basket_start(&basket);
        basket_add(&basket, i % 10 == 9 ? "other" : "bag", i % 10 == 9 ? 5 : 3, "", 0);
        if (i % 5 == 0)
            basket_add(&basket, "film", 4, "", 0);
        goods_put(goods, i, hashes[i], i, &basket);
    }
    unsigned level = 0;
    uint32_t from = MANY, together = 0;
    for (; from > GOODS_WALK; level++) {
        from = together = 0;
        for (uint32_t i = 0; i < MANY; i++) {
            from += i % 10 != 9 && zeros(hashes[i]) >= level;
            together += i % 10 != 9 && i % 5 == 0 && zeros(hashes[i]) >= level;
        }
    }
    struct goods_options options = {.min_count = 10, .support_ppm = 200000};
    struct goods_hint hint;
    assert_int_equal(goods_with(goods, &options, "bag", 3, &hint, 1), 1);
    assert_int_equal(hint.from, from);
    assert_int_equal(hint.together, together);
    assert_int_equal(hint.causes, MANY / 10 * 9);
    assert_int_equal(hint.effects, MANY / 5);
    assert_int_equal(hint.effect.order, MANY - 5);
    assert_in_range(hint.confidence_ppm, 192222, 252222); // 4,000 of 18,000
    options.support_ppm = 280000;
    assert_int_equal(goods_with(goods, &options, "bag", 3, &hint, 1), 0);
    goods_close(&goods);
}

static void options_have_defaults(void **unused)
{
    (void)unused;
    struct goods_options options;
    const struct config_section sections[] = {{"scoring", goods_keys, &options, "Goods."}};
    struct config *config = config_read(NULL, sections, 1);
    assert_true(config_good(config));
    assert_int_equal(options.memory_bytes, 64 << 20);
    assert_int_equal(options.min_count, 10);
    assert_int_equal(options.support_ppm, 100);
    assert_int_equal(options.confidence_ppm, 100000);
    assert_int_equal(options.recent_days, 90);
    assert_int_equal(options.hints, 5);
    config_close(&config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(borders),
        cmocka_unit_test(figures_of_a_rule),
        cmocka_unit_test(any_changes_in_any_order),
        cmocka_unit_test(too_little_memory),
        cmocka_unit_test(memory_is_bounded),
        cmocka_unit_test(newest_causes_only),
        cmocka_unit_test(article_in_very_many_orders),
        cmocka_unit_test(options_have_defaults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
