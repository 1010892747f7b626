// The ledger: classes, scores, silence and announcements by tables; gaps; days that never go back.
#include "common/zone.h"
#include "services/scoring/gaps.h"
#include "services/scoring/ledger.h"
#include "services/scoring/terms.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define DAY INT64_C(86400000)

enum { TODAY = 20000 };

static struct ledger *open_ledger(uint32_t margin_ppm)
{
    struct ledger_options options = {
        .cut_a_ppm = 650000,
        .cut_b_ppm = 850000,
        .margin_ppm = margin_ppm,
        .window_days = 10,
        .overdue_factor_ppm = 2000000,
        .overdue_repeats = 2,
        .drop_quantile_ppm = 950000,
        .drop_sample = 2,
        .drop_repeats = 1,
    };
    struct ledger *ledger = ledger_open(&options);
    ledger_clear(ledger, TODAY * DAY, TODAY);
    return ledger;
}

static uint32_t add_customer(struct ledger *ledger)
{
    uint8_t key[LEDGER_KEY_BYTES] = {0};
    uint32_t slot = ledger_count(ledger), found;
    memcpy(key, &slot, sizeof slot);
    assert_false(ledger_find(ledger, key, &found));
    assert_int_equal(ledger_add(ledger, key), slot);
    assert_true(ledger_find(ledger, key, &found));
    assert_int_equal(found, slot);
    return slot;
}

// A purchase that is newer than all before.
static void buy(struct ledger *ledger, uint32_t slot, int32_t day, int64_t value)
{
    const struct ledger_customer *customer = ledger_customer(ledger, slot);
    int32_t before = customer->days > 0 ? customer->last_day : LEDGER_NO_DAY;
    ledger_change(ledger, slot, day, value, 1);
    if (before != day)
        ledger_day_came(ledger, slot, before, day, LEDGER_NO_DAY);
    ledger_last(ledger, slot, day * DAY, value);
}

static size_t settle(struct ledger *ledger)
{
    const uint32_t *slots;
    size_t count = ledger_settle(ledger, &slots);
    for (size_t i = 0; i < count; i++)
        ledger_announce(ledger, slots[i], ledger_verdict(ledger, slots[i]));
    return count;
}

static void classes_follow_the_running_sum(void **unused)
{
    (void)unused;
    static const struct {
        int64_t values[5];
        size_t count;
        const char *classes;
    } rows[] = {
        {{100}, 1, "A"},           {{0}, 1, "C"},
        {{65, 20, 15}, 3, "ABC"},  {{64, 21, 15}, 3, "AAC"},
        {{50, 50}, 2, "AA"},       {{10, 40, 20, 30}, 4, "CABA"}, // above: 90, 0, 70, 40 of 100
        {{-5, 100, -5}, 3, "CAC"}, {{25, 25, 25, 25}, 4, "AAAA"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct ledger *ledger = open_ledger(0);
        for (size_t j = 0; j < rows[i].count; j++)
            buy(ledger, add_customer(ledger), TODAY, rows[i].values[j]);
        (void)settle(ledger);
        for (uint32_t j = 0; j < rows[i].count; j++)
            assert_int_equal("?ABC"[ledger_class(ledger, j)], rows[i].classes[j]);
        ledger_close(&ledger);
    }
}

static void a_window_forgets_day_by_day(void **unused)
{
    (void)unused;
    struct ledger *ledger = open_ledger(0);
    uint32_t slot = add_customer(ledger);
    const uint32_t *slots;
    ledger_change(ledger, slot, TODAY - 10, 1, 1); // before the window
    ledger_change(ledger, slot, TODAY - 9, 10, 1); // its oldest day
    ledger_change(ledger, slot, TODAY, 100, 1);
    ledger_change(ledger, slot, TODAY + 2, 1000, 1); // to come
    ledger_day_came(ledger, slot, LEDGER_NO_DAY, TODAY, LEDGER_NO_DAY);
    ledger_last(ledger, slot, TODAY * DAY, 100);
    static const int64_t nets[] = {110, 100, 1100};
    static const size_t woken[] = {0, 0, 1};
    for (int i = 0; i < 3; i++) {
        if (i > 0)
            assert_int_equal(ledger_next_day(ledger, (TODAY + i) * DAY, &slots), woken[i]);
        (void)settle(ledger);
        assert_true(ledger_customer(ledger, slot)->net == nets[i]);
    }
    for (int i = 3; i < 13; i++)
        assert_int_equal(ledger_next_day(ledger, (TODAY + i) * DAY, &slots), 0);
    (void)settle(ledger);
    assert_true(ledger_customer(ledger, slot)->net == 0);
    assert_int_equal(ledger_customer(ledger, slot)->orders, 0);
    assert_int_equal(ledger_rfm(ledger, slot).r, 0);
    ledger_close(&ledger);
}

// Ties share a score, and the top score is 5 only for those whom four fifths are below.
static void scores_are_by_how_many_are_worse(void **unused)
{
    (void)unused;
    struct ledger *ledger = open_ledger(0);
    static const uint8_t m[] = {1, 1, 1, 1, 1, 1, 4, 4, 5, 5}; // values 1 x6, 2 x2, 3, 4
    static const int64_t values[] = {1, 1, 1, 1, 1, 1, 2, 2, 3, 4};
    for (size_t i = 0; i < 10; i++)
        buy(ledger, add_customer(ledger), TODAY - (int32_t)(9 - i), values[i]);
    (void)settle(ledger);
    for (uint32_t i = 0; i < 10; i++) {
        struct ledger_rfm rfm = ledger_rfm(ledger, i);
        assert_int_equal(rfm.m, m[i]);
        assert_int_equal(rfm.f, 1); // all alike: nobody is worse
        assert_int_equal(rfm.r, 1 + i / 2);
    }
    ledger_close(&ledger);
}

static void silence_is_measured_by_the_customer_and_by_all(void **unused)
{
    (void)unused;
    struct ledger *ledger = open_ledger(0);
    uint32_t slot = add_customer(ledger), once = add_customer(ledger);
    for (int i = 4; i >= 0; i -= 2) // each second day: twice the mean gap is four days, the usual gap two
        buy(ledger, slot, TODAY - i, 1);
    buy(ledger, once, TODAY, 1);
    assert_int_equal(settle(ledger), 2);
    assert_true(ledger_overdue_at(ledger, slot) == (TODAY + 4) * DAY);
    assert_true(ledger_overdue_at(ledger, once) == RANK_NONE);
    assert_int_equal(ledger_usual_gap(ledger), 2);
    assert_true(ledger_due(ledger) == (TODAY + 2) * DAY + 1);
    static const struct {
        int64_t after_ms;
        bool dropped, overdue;
    } rows[] = {{2 * DAY, false, false}, {2 * DAY + 1, true, false}, {4 * DAY, true, false}, {4 * DAY + 1, true, true}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ledger_advance(ledger, TODAY * DAY + rows[i].after_ms);
        (void)settle(ledger);
        assert_int_equal(ledger_customer(ledger, slot)->announced.dropped, rows[i].dropped);
        assert_int_equal(ledger_customer(ledger, slot)->announced.overdue, rows[i].overdue);
        assert_false(ledger_customer(ledger, once)->announced.dropped);
    }
    assert_true(ledger_due(ledger) == RANK_NONE);
    // The newest purchase day goes again: the silence is longer, the rhythm the same.
    ledger_day_went(ledger, slot, TODAY - 2, TODAY, LEDGER_NO_DAY);
    ledger_last(ledger, slot, (TODAY - 2) * DAY, 1);
    (void)settle(ledger);
    assert_true(ledger_overdue_at(ledger, slot) == RANK_NONE); // two days only
    assert_false(ledger_customer(ledger, slot)->announced.overdue);
    ledger_close(&ledger);
}

static void announcements_lag_by_the_margin(void **unused)
{
    (void)unused;
    struct ledger *ledger = open_ledger(20000);
    uint32_t large = add_customer(ledger), small = add_customer(ledger);
    buy(ledger, small, TODAY, 360);
    buy(ledger, large, TODAY, 640); // 64 % above the small one: a first class is exact
    assert_int_equal(settle(ledger), 2);
    assert_int_equal(ledger_class(ledger, small), LEDGER_A);
    ledger_change(ledger, large, TODAY, 40, 0); // 680 of 1040: 65.4 %, B by less than the margin
    assert_int_equal(settle(ledger), 0);
    assert_int_equal(ledger_class(ledger, small), LEDGER_B);
    assert_int_equal(ledger_customer(ledger, small)->announced.abc, LEDGER_A);
    ledger_change(ledger, large, TODAY, 60, 0); // 740 of 1100: 67.3 %
    assert_int_equal(settle(ledger), 1);
    assert_int_equal(ledger_customer(ledger, small)->announced.abc, LEDGER_B);
    ledger_change(ledger, large, TODAY, -100, 0); // 64 % again: A, but not by the margin
    assert_int_equal(settle(ledger), 0);
    assert_int_equal(ledger_class(ledger, small), LEDGER_A);
    ledger_change(ledger, large, TODAY, -40, 0); // 600 of 960: 62.5 %
    assert_int_equal(settle(ledger), 1);
    assert_int_equal(ledger_customer(ledger, small)->announced.abc, LEDGER_A);
    ledger_close(&ledger);
}

static void gaps_have_an_exact_quantile(void **unused)
{
    (void)unused;
    static struct gaps gaps;
    gaps_start(&gaps, 950000);
    assert_int_equal(gaps_quantile(&gaps, 0), 0);
    for (int i = 1; i <= 100; i++)
        gaps_add(&gaps, i);
    assert_int_equal(gaps_quantile(&gaps, 100), 95);
    assert_int_equal(gaps_quantile(&gaps, 101), 0);
    for (int i = 91; i <= 100; i++)
        gaps_remove(&gaps, i);
    assert_int_equal(gaps_quantile(&gaps, 1), 86); // the 86th of 90
    gaps_add(&gaps, 1000000);
    gaps_add(&gaps, 1000000);
    gaps_add(&gaps, 1000000);
    gaps_add(&gaps, 1000000);
    gaps_add(&gaps, 1000000);
    assert_int_equal(gaps_quantile(&gaps, 1), GAPS_DAYS_MAX);
    gaps_remove(&gaps, 1000000);
    assert_int_equal(gaps_quantile(&gaps, 1), 90);
}

// In St John's clocks went back at 00:01 until 2011: the night's new day must not end again.
static void days_do_not_go_back(void **unused)
{
    (void)unused;
    static const char *const zones[] = {"America/St_Johns", "Asia/Shanghai", "Pacific/Apia", "America/Havana"};
    for (size_t i = 0; i < sizeof zones / sizeof zones[0]; i++) {
        struct terms terms = {0};
        struct zone *zone;
        assert_true(zone_open(ZONE_DIRECTORIES, zones[i], &zone));
        terms.zone = zone;
        int32_t before = INT32_MIN;
        for (int64_t time_ms = INT64_C(1288000000000); time_ms < INT64_C(1326000000000); time_ms += 30000) {
            int32_t day = terms_day(&terms, time_ms);
            if (day < before || terms_day_start(&terms, day) > time_ms || terms_day_start(&terms, day + 1) <= time_ms)
                fail_msg("%s: day %d at %lld", zones[i], day, (long long)time_ms);
            before = day;
        }
        zone_close(&zone);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classes_follow_the_running_sum),
        cmocka_unit_test(a_window_forgets_day_by_day),
        cmocka_unit_test(scores_are_by_how_many_are_worse),
        cmocka_unit_test(silence_is_measured_by_the_customer_and_by_all),
        cmocka_unit_test(announcements_lag_by_the_margin),
        cmocka_unit_test(gaps_have_an_exact_quantile),
        cmocka_unit_test(days_do_not_go_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
