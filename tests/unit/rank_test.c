// Ranks against plain sorting: cuts, walks, order, and values at the ends of every scale.
#include "services/scoring/rank.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { SLOTS = 400, STEPS = 6000, PARTS = 5 };

static uint64_t state;

static uint64_t draw(uint64_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state % below;
}

static const uint32_t tops[] = {1, 10000, 200000, 999999};
enum { TOPS = sizeof tops / sizeof tops[0] };

struct model {
    bool in[SLOTS];
    int64_t value[SLOTS];
};

static int falling(const void *left, const void *right)
{
    int64_t one = *(const int64_t *)left, other = *(const int64_t *)right;
    return (one < other) - (one > other);
}

static size_t sorted_values(const struct model *model, int64_t *values)
{
    size_t count = 0;
    for (size_t i = 0; i < SLOTS; i++)
        if (model->in[i])
            values[count++] = model->value[i];
    qsort(values, count, sizeof *values, falling);
    return count;
}

// The smallest value above 0 whose larger values sum to less than the share, by its definition.
static int64_t plain_share(const int64_t *values, size_t count, uint32_t share_ppm)
{
    int128 total = 0, above = 0;
    for (size_t i = 0; i < count; i++)
        total += values[i] > 0 ? values[i] : 0;
    int64_t least = RANK_NONE;
    for (size_t i = 0; i < count; i++) {
        above = 0;
        for (size_t j = 0; j < i && values[j] > values[i]; j++)
            above += values[j];
        if (values[i] > 0 && above * RANK_PPM < total * share_ppm)
            least = values[i];
    }
    return least;
}

static int64_t plain_part(const int64_t *values, size_t population, uint32_t numerator)
{
    if (population == 0)
        return RANK_NONE;
    size_t from_below = (numerator * population + PARTS - 1) / PARTS - 1;
    return values[population - 1 - from_below];
}

// The smallest value above which there are fewer than that part of all, by its definition.
static int64_t plain_top(const int64_t *values, size_t count, uint32_t top_ppm)
{
    int64_t least = RANK_NONE;
    for (size_t i = 0; i < count; i++) {
        size_t above = 0;
        while (values[above] > values[i])
            above++;
        if (above * RANK_PPM < count * top_ppm)
            least = values[i];
    }
    return least;
}

struct seen {
    size_t count;
    int64_t sum;
    int64_t last_value;
    uint32_t last_slot;
    bool in_order;
};

static bool visit(void *context, uint32_t slot, int64_t value)
{
    struct seen *seen = context;
    if (seen->count > 0 && (value > seen->last_value || (value == seen->last_value && slot <= seen->last_slot)))
        seen->in_order = false;
    seen->count++;
    seen->sum += value % 1000003;
    seen->last_value = value;
    seen->last_slot = slot;
    return true;
}

// The piles, and the values in them, are all members and nothing else.
static void check_piles(struct rank *rank, enum rank_scale scale, const int64_t *values, size_t count)
{
    struct rank_pile pile;
    const struct rank_tie *ties;
    size_t left = count;
    for (uint32_t from = 0; rank_pile(rank, from, &pile); from = pile.bucket + 1) {
        int128 sum = 0;
        uint64_t members = 0;
        size_t tie_count = rank_ties(rank, pile.bucket, &ties);
        assert_true(pile.bucket >= from && pile.bucket < rank_buckets(scale));
        for (size_t i = 0; i < tie_count; i++) {
            assert_int_equal(rank_bucket(scale, ties[i].value), pile.bucket);
            members += ties[i].count;
            sum += scale == RANK_MONEY && ties[i].value > 0 ? (int128)ties[i].value * ties[i].count : 0;
            for (uint64_t j = 0; j < ties[i].count; j++)
                assert_true(left > 0 && values[--left] == ties[i].value);
        }
        assert_true(members == pile.count && sum == pile.sum);
    }
    assert_int_equal(left, 0);
}

static void check(struct rank *rank, const struct model *model, enum rank_scale scale)
{
    int64_t values[SLOTS];
    size_t count = sorted_values(model, values);
    size_t population = count > 0 ? count - draw(count / 2 + 1) : 0;
    rank_settle(rank, population);
    assert_int_equal(rank_count(rank), count);
    static const uint32_t shares[] = {650000, 850000, 1, 999999};
    unsigned cut = 0;
    for (size_t i = 0; scale == RANK_MONEY && i < 4; i++, cut++)
        assert_true(rank_cut_stand(rank, cut).value == plain_share(values, count, shares[i]));
    for (uint32_t part = 1; part < PARTS; part++, cut++)
        assert_true(rank_cut_stand(rank, cut).value == plain_part(values, population, part));
    assert_true(rank_cut_stand(rank, cut++).value == RANK_NONE);
    for (size_t i = 0; i < TOPS; i++, cut++)
        assert_true(rank_cut_stand(rank, cut).value == plain_top(values, count, tops[i]));
    for (unsigned i = 0; i < cut; i++) {
        struct rank_stand stand = rank_cut_stand(rank, i);
        struct rank_mass plain = rank_above(rank, stand.value);
        size_t on = 0;
        for (size_t j = 0; j < count; j++)
            on += values[j] == stand.value;
        assert_true(stand.above.count == plain.count && stand.above.sum == plain.sum);
        assert_int_equal(stand.on, on);
    }
    check_piles(rank, scale, values, count);
    struct seen all = {.in_order = true}, some = {.in_order = true};
    rank_descend(rank, visit, &all);
    assert_true(all.in_order);
    assert_int_equal(all.count, count);
    if (count == 0)
        return;
    int64_t from = values[draw(count)], to = values[draw(count)];
    rank_walk(rank, from, to, visit, &some);
    size_t between = 0;
    for (size_t i = 0; i < count; i++)
        between += values[i] >= from && values[i] < to;
    assert_int_equal(some.count, between);
    int64_t next;
    assert_true(rank_next(rank, from, &next) && next == from);
    size_t larger = 0;
    while (larger < count && values[larger] > from)
        larger++;
    bool any = larger > 0;
    assert_int_equal(rank_next(rank, from + 1, &next), any);
    assert_true(!any || next == values[larger - 1]);
}

static int64_t draw_value(enum rank_scale scale, unsigned shape)
{
    if (scale == RANK_TIME)
        return INT64_C(1000000000) * (int64_t)draw(shape == 0 ? 5 : 3000);
    if (shape == 0)
        return (int64_t)draw(12) - 3; // many ties around zero
    if (shape == 1)
        return 1000000 + (int64_t)draw(3000); // all in one bucket
    int64_t size = (int64_t)(draw(UINT64_MAX) >> (1 + draw(62)));
    return size == RANK_NONE ? 0 : draw(5) == 0 ? -size : size;
}

static void run(enum rank_scale scale, unsigned shape, unsigned every)
{
    struct rank *rank = rank_open(scale);
    static const uint32_t shares[] = {650000, 850000, 1, 999999};
    for (size_t i = 0; scale == RANK_MONEY && i < 4; i++)
        (void)rank_cut(rank, (struct rank_rule){RANK_SHARE, shares[i], RANK_PPM});
    for (uint32_t part = 1; part < PARTS; part++)
        (void)rank_cut(rank, (struct rank_rule){RANK_PART, part, PARTS});
    (void)rank_cut(rank, (struct rank_rule){.way = RANK_NO_WAY});
    for (size_t i = 0; i < TOPS; i++)
        (void)rank_cut(rank, (struct rank_rule){RANK_TOP, tops[i], RANK_PPM});
    struct model model = {0};
    for (unsigned step = 0; step < STEPS; step++) {
        uint32_t slot = (uint32_t)draw(SLOTS);
        bool filling = step / 1500 % 2 == 0; // grow, then shrink to nothing, and again
        if (draw(10) < (filling ? 8 : 1)) {
            model.in[slot] = true;
            model.value[slot] = draw_value(scale, shape);
            rank_put(rank, slot, model.value[slot]);
        } else {
            model.in[slot] = false;
            rank_drop(rank, slot);
        }
        int64_t value;
        assert_int_equal(rank_value(rank, slot, &value), model.in[slot]);
        assert_true(!model.in[slot] || value == model.value[slot]);
        if (draw(every) == 0)
            check(rank, &model, scale);
    }
    for (uint32_t slot = 0; slot < SLOTS; slot++)
        rank_drop(rank, slot);
    memset(&model, 0, sizeof model);
    check(rank, &model, scale);
    rank_close(&rank);
}

static void equals_plain_sorting(void **unused)
{
    (void)unused;
    static const enum rank_scale scales[] = {RANK_MONEY, RANK_TIME};
    for (size_t scale = 0; scale < 2; scale++)
        for (unsigned shape = 0; shape < 3; shape++)
            run(scales[scale], shape, shape == 2 ? 40 : 15);
}

// scoring.md 1.2: the customer that crosses the cut belongs to the better class, and A is never empty.
static void boundary_belongs_to_the_better_class(void **unused)
{
    (void)unused;
    static const struct {
        int64_t values[5];
        size_t count;
        int64_t least_a, least_b;
    } rows[] = {
        {{100}, 1, 100, 100},
        {{65, 20, 15}, 3, 65, 20},     // 65 of 100 lie above 20: not below 65, so 20 is B; 85 above 15: C
        {{64, 21, 15}, 3, 21, 21},     // 64 above 21: A; 85 above 15: C
        {{64, 20, 16}, 3, 20, 16},     // 84 above 16: B
        {{50, 50}, 2, 50, 50},         // equal values, equal class
        {{40, 30, 30}, 3, 30, 30},     // 40 above both 30s
        {{100, -500, 0}, 3, 100, 100}, // what is not positive is neither in the total nor in a class
        {{0, -1}, 2, RANK_NONE, RANK_NONE},
        {{0}, 0, RANK_NONE, RANK_NONE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct rank *rank = rank_open(RANK_MONEY);
        unsigned a = rank_cut(rank, (struct rank_rule){RANK_SHARE, 65, 100});
        unsigned b = rank_cut(rank, (struct rank_rule){RANK_SHARE, 85, 100});
        for (uint32_t slot = 0; slot < rows[i].count; slot++)
            rank_put(rank, slot, rows[i].values[slot]);
        rank_settle(rank, rows[i].count);
        assert_true(rank_cut_stand(rank, a).value == rows[i].least_a);
        assert_true(rank_cut_stand(rank, b).value == rows[i].least_b);
        rank_close(&rank);
    }
}

// One cut ends to stand when the other begins: what is noted afterwards is told to the one that stands.
static void cuts_take_turns_in_standing(void **unused)
{
    (void)unused;
    struct rank *rank = rank_open(RANK_MONEY);
    unsigned share = rank_cut(rank, (struct rank_rule){RANK_SHARE, 1, 2});
    unsigned part = rank_cut(rank, (struct rank_rule){RANK_PART, 1, 2});
    rank_put(rank, 0, 5);
    rank_settle(rank, 0);
    assert_true(rank_cut_stand(rank, share).value == 5 && rank_cut_stand(rank, part).value == RANK_NONE);
    rank_put(rank, 0, -5);
    rank_settle(rank, 1);
    assert_true(rank_cut_stand(rank, share).value == RANK_NONE && rank_cut_stand(rank, part).value == -5);
    rank_put(rank, 1, -3);
    rank_settle(rank, 2);
    assert_true(rank_cut_stand(rank, part).value == -5 && rank_cut_stand(rank, part).above.count == 1);
    rank_close(&rank);
}

int main(int count, char **words)
{
    state = count > 1 ? strtoull(words[1], NULL, 10) : 20260517;
    printf("seed %llu\n", (unsigned long long)state);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(boundary_belongs_to_the_better_class),
        cmocka_unit_test(cuts_take_turns_in_standing),
        cmocka_unit_test(equals_plain_sorting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
