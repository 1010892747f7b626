// Small sums about money: borders, ties, and lists against plain sorting.
#include "services/scoring/worth.h"

#include <stdarg.h>
#include <setjmp.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const struct worth_options options = {.network_ppm = 200000,
                                             .commission_ppm = 30000,
                                             .keep_ppm = 200000,
                                             .win_factor_ppm = 8000000,
                                             .drag_ppm = 50000,
                                             .effort_ppm = 800000,
                                             .effort_minutes = 60};

static uint64_t state = 20261122;

static uint64_t draw(uint64_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state % below;
}

static void numbers(void **unused)
{
    (void)unused;
    assert_true(worth_held((int128)INT64_MAX + 1) == INT64_MAX);
    assert_true(worth_held((int128)INT64_MIN - 1) == INT64_MIN);
    assert_true(worth_held(-5) == -5);
    static const struct {
        double from;
        int64_t to;
    } rounded[] = {{0.5, 1},
                   {-0.5, -1},
                   {2.4999, 2},
                   {NAN, 0},
                   {HUGE_VAL, INT64_MAX},
                   {-HUGE_VAL, INT64_MIN},
                   {9.3e18, INT64_MAX},
                   {-9.3e18, INT64_MIN}};
    for (size_t i = 0; i < sizeof rounded / sizeof *rounded; i++)
        assert_true(worth_rounded(rounded[i].from) == rounded[i].to);
    static const struct {
        int64_t micros, ppm, to;
    } parts[] = {{100, 200000, 20},
                 {7, 500000, 4},
                 {-7, 500000, -4},
                 {100, -200000, -20},
                 {100, 0, 0},
                 {5, 100000, 1},
                 {4, 100000, 0},
                 {INT64_MAX, 2000000, INT64_MAX},
                 {INT64_MIN, 1000000, INT64_MIN}};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        assert_true(worth_part(parts[i].micros, parts[i].ppm) == parts[i].to);
    int128 huge = (int128)INT64_MAX * INT64_MAX;
    assert_int_equal(worth_share(1, 3), 333333);
    assert_int_equal(worth_share(3, 3), 1000000);
    assert_int_equal(worth_share(4, 3), 1000000);
    assert_int_equal(worth_share(-1, 3), 0);
    assert_int_equal(worth_share(1, 0), 0);
    assert_int_equal(worth_share(1, -3), 0);
    assert_int_equal(worth_share(huge / 4, huge), 249999);
}

static void network(void **unused)
{
    (void)unused;
    assert_int_equal(worth_network(&options, 5000000), 1000000);
    assert_int_equal(worth_network(&options, -5000000), 0);
    assert_int_equal(worth_commission(&options, 100000000), 3000000);
    assert_int_equal(worth_commission(&options, 0), 0);
}

// Keeping for 20 % of winning is five times, the other rule says eight.
static void loss(void **unused)
{
    (void)unused;
    struct worth_loss loss;
    worth_loss(&options, 100, 900, &loss);
    assert_true(loss.known);
    assert_int_equal(loss.keep_micros, 100);
    assert_int_equal(loss.replace_least, 500);
    assert_int_equal(loss.replace_most, 800);
    assert_int_equal(loss.at_risk_micros, 900);
    struct reason reason;
    reason_start(&reason, "lost");
    worth_loss_figures(&loss, &reason);
    assert_int_equal(reason.figure_count, 4);

    worth_loss(&options, 0, -3, &loss);
    assert_false(loss.known);
    assert_int_equal(loss.at_risk_micros, 0);
    reason_start(&reason, "lost");
    worth_loss_figures(&loss, &reason);
    assert_int_equal(reason.figure_count, 1);

    struct worth_options known = options;
    known.win_micros = 1000;
    worth_loss(&known, 0, 0, &loss);
    assert_true(loss.known);
    assert_int_equal(loss.keep_micros, 200);
    assert_int_equal(loss.replace_least, 1000);
    assert_int_equal(loss.replace_most, 1000);
    worth_loss(&known, 90, 0, &loss);
    assert_int_equal(loss.keep_micros, 90);
}

static void lowest_borders(void **unused)
{
    (void)unused;
    struct worth_item items[] = {{5, 1}, {1, 2}, {3, 3}, {1, 4}, {9, 5}};
    assert_int_equal(worth_lowest(items, 5, 0), 0);
    assert_int_equal(worth_lowest(items, 0, 50000), 0);
    assert_int_equal(worth_lowest(items, 5, 50000), 2); // rounded up to one, and its equal
    assert_int_equal(items[0].slot, 2);
    assert_int_equal(items[1].slot, 4);
    assert_int_equal(worth_lowest(items, 5, 400000), 2);
    assert_int_equal(worth_lowest(items, 5, 400001), 3);
    assert_int_equal(worth_lowest(items, 5, 1000000), 5);
    assert_int_equal(items[4].slot, 5);
}

static int rising(const void *left, const void *right)
{
    const struct worth_item *one = left, *other = right;
    if (one->micros != other->micros)
        return one->micros < other->micros ? -1 : 1;
    return (one->slot > other->slot) - (one->slot < other->slot);
}

static void lists_equal_plain_sorting(void **unused)
{
    (void)unused;
    printf("seed %llu\n", (unsigned long long)state);
    enum { MOST = 200 };
    for (unsigned round = 0; round < 2000; round++) {
        struct worth_item items[MOST], sorted[MOST];
        size_t count = 1 + draw(MOST);
        uint64_t wide = draw(2) == 0 ? 5 : 1000000;
        for (size_t i = 0; i < count; i++)
            items[i] = (struct worth_item){(int64_t)draw(wide) - (int64_t)(wide / 3), (uint32_t)i};
        for (size_t i = count; i > 1; i--) {
            size_t other = draw(i);
            struct worth_item kept = items[i - 1];
            items[i - 1] = items[other];
            items[other] = kept;
        }
        memcpy(sorted, items, sizeof items);
        qsort(sorted, count, sizeof *sorted, rising);
        int64_t share = (int64_t)draw(1000001);
        size_t listed = (size_t)(((int64_t)count * share + 999999) / 1000000), top = listed;
        while (listed > 0 && listed < count && sorted[listed].micros == sorted[listed - 1].micros)
            listed++;
        assert_int_equal(worth_lowest(items, count, share), listed);
        for (size_t i = 0; i < listed; i++)
            assert_int_equal(items[i].slot, sorted[i].slot);
        int64_t all = 0, highest = 0;
        for (size_t i = 0; i < count; i++) {
            int64_t micros = sorted[i].micros > 0 ? sorted[i].micros : 0;
            all += micros;
            highest += i >= count - top ? micros : 0;
        }
        assert_int_equal(worth_top_share(items, count, share), all == 0 ? 0 : highest * 1000000 / all);
    }
}

static void effort(void **unused)
{
    (void)unused;
    static const struct {
        int64_t top, all;
        bool known, short_of;
        int64_t top_ppm, move;
    } rows[] = {{0, 0, false, false, 0, 0},      {59, 59, false, false, 0, 0}, {48, 60, true, false, 800000, 0},
                {47, 60, true, true, 783333, 1}, {0, 100, true, true, 0, 80},  {100, 100, true, false, 1000000, 0},
                {80, 101, true, true, 792079, 1}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct worth_effort effort;
        worth_effort(&options, rows[i].top, rows[i].all, &effort);
        assert_int_equal(effort.known, rows[i].known);
        assert_int_equal(effort.short_of, rows[i].short_of);
        assert_int_equal(effort.top_ppm, rows[i].top_ppm);
        assert_int_equal(effort.move_minutes, rows[i].move);
        assert_int_equal(effort.goal_ppm, 800000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers),        cmocka_unit_test(network), cmocka_unit_test(loss),
        cmocka_unit_test(lowest_borders), cmocka_unit_test(effort),  cmocka_unit_test(lists_equal_plain_sorting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
