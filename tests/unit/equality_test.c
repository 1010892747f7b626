// The law of scoring: whatever order events come in, late, repeated, amended, cancelled, refunded, in several
// currencies, the incremental figures of every customer equal a plain recomputation by sorting.
//
//     equality_test [histories] [seed]
#include "services/scoring/ledger.h"
#include "unit/history.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stdlib.h>
#include <cmocka.h>

enum { HISTORIES = 60, REFUNDS_MAX = 64, GAP_MAX = 3650 };

// --- the plain recomputation

struct plain {
    bool known;
    int128 net;
    unsigned orders;
    int64_t last_ms, last_micros;
    int32_t days[ORDERS_MAX]; // of purchases, ascending, each once
    unsigned day_count;
    char abc;
    unsigned rfm[3];
    bool overdue, dropped;
};

// Days do not go back where clocks are set back over midnight.
static int32_t day_of(const struct history *history, int64_t time_ms)
{
    int32_t day = zone_local(history->zone, time_ms / 1000).day;
    return time_ms / 1000 >= zone_instant(history->zone, day + 1, 0) ? day + 1 : day;
}

static bool rate_of(const struct history *history, unsigned currency, int32_t day, int64_t *ret_rate)
{
    if (currency == 0 || currency == CURRENCIES) {
        *ret_rate = 1000000;
        return true;
    }
    bool found = false;
    int32_t best = 0;
    for (size_t i = 0; i < history->rate_count; i++) {
        const struct rate *rate = &history->rates[i];
        if (rate->currency == currency && rate->day <= day && (!found || rate->day > best)) {
            found = true;
            best = rate->day;
            *ret_rate = rate->rate;
        }
    }
    return found;
}

static int64_t times(int64_t micros, int64_t rate)
{
    int128 product = (int128)micros * rate;
    return (int64_t)((product + (product < 0 ? -500000 : 500000)) / 1000000);
}

static bool later_version(const struct happening *one, const struct happening *other)
{
    char left[16], right[16];
    name_event(one, left);
    name_event(other, right);
    return one->time_ms != other->time_ms ? one->time_ms > other->time_ms : strcmp(left, right) > 0;
}

static bool earlier_refund(const struct happening *one, const struct happening *other)
{
    uint8_t left[HASH_BYTES], right[HASH_BYTES];
    char id[16];
    name_event(one, id);
    hash_pair("shop", 4, id, strlen(id), left);
    name_event(other, id);
    hash_pair("shop", 4, id, strlen(id), right);
    return one->time_ms != other->time_ms ? one->time_ms < other->time_ms : memcmp(left, right, HASH_BYTES) < 0;
}

static void insert_day(struct plain *plain, int32_t day)
{
    unsigned at = 0;
    while (at < plain->day_count && plain->days[at] < day)
        at++;
    if (at < plain->day_count && plain->days[at] == day)
        return;
    memmove(&plain->days[at + 1], &plain->days[at], (plain->day_count - at) * sizeof plain->days[0]);
    plain->days[at] = day;
    plain->day_count++;
}

static void count_value(const struct history *history, int32_t today, struct plain *plain, int32_t day, int64_t value,
                        unsigned orders)
{
    if (day <= today && day > today - (int32_t)history->options.abc.window_days) {
        plain->net += value;
        plain->orders += orders;
    }
}

// What part of the order's worth is gone once `refunded` of its total is.
static int64_t gone(int measure, int64_t worth, int64_t total, int64_t refunded, int64_t rate)
{
    if (worth <= 0)
        return 0;
    return measure == TERMS_NET ? times(refunded, rate) : (int64_t)((int128)worth * refunded / total);
}

static void plain_order(const struct history *history, unsigned order, int32_t today, struct plain *plains)
{
    const struct happening *newest = NULL, *placed = NULL, *amended = NULL, *refunds[EVENTS_MAX];
    size_t refund_count = 0;
    bool cancelled = false;
    for (size_t i = 0; i < history->count; i++) {
        const struct happening *event = &history->events[i];
        if (!event->given || event->order != order || event->kind == PAID)
            continue;
        plains[event->customer].known = true;
        cancelled |= event->kind == CANCELLED;
        if (event->kind == PLACED && (placed == NULL || event->time_ms < placed->time_ms))
            placed = event;
        if (event->kind == AMENDED && (amended == NULL || event->time_ms < amended->time_ms))
            amended = event;
        if ((event->kind == PLACED || event->kind == AMENDED) && (newest == NULL || later_version(event, newest)))
            newest = event;
        if (event->kind == REFUNDED) {
            size_t at = refund_count++;
            for (; at > 0 && earlier_refund(event, refunds[at - 1]); at--)
                refunds[at] = refunds[at - 1];
            refunds[at] = event;
        }
    }
    if (newest == NULL || cancelled || newest->micros <= 0)
        return;
    struct plain *plain = &plains[newest->customer];
    int64_t time_ms = placed != NULL ? placed->time_ms : amended->time_ms;
    int32_t day = day_of(history, time_ms);
    int64_t rate = 0;
    bool rated = rate_of(history, newest->currency, day, &rate);
    int64_t amount = rated ? times(newest->micros, rate) : 0, worth = amount;
    if (history->options.abc.measure == TERMS_QUANTITY)
        worth = newest->quantity_milli * 1000;
    else if (history->options.abc.measure == TERMS_MARGIN)
        worth = rated && newest->cost_known ? times(newest->micros - newest->cost, rate) : 0;
    count_value(history, today, plain, day, worth, 1);
    int64_t left = newest->micros;
    for (size_t i = 0; i < refund_count && i < REFUNDS_MAX; i++) {
        int64_t micros = refunds[i]->micros, from, to;
        if (refunds[i]->currency != newest->currency) {
            if (!rate_of(history, refunds[i]->currency, day, &from) || !rate_of(history, newest->currency, day, &to))
                continue;
            micros = (int64_t)(((int128)micros * from + to / 2) / to);
        }
        micros = micros > left ? left : micros;
        int64_t before = gone(history->options.abc.measure, worth, newest->micros, newest->micros - left, rate);
        left -= micros;
        int64_t after = gone(history->options.abc.measure, worth, newest->micros, newest->micros - left, rate);
        int32_t refund_day = day_of(history, refunds[i]->time_ms);
        if (history->options.abc.refunds == 1 || refund_day < day)
            refund_day = day;
        count_value(history, today, plain, refund_day, before - after, 0);
    }
    if (day > today)
        return;
    insert_day(plain, day);
    if (time_ms > plain->last_ms || (time_ms == plain->last_ms && amount > plain->last_micros)) {
        plain->last_ms = time_ms;
        plain->last_micros = amount;
    }
}

static int rising(const void *left, const void *right)
{
    int32_t one = *(const int32_t *)left, other = *(const int32_t *)right;
    return (one > other) - (one < other);
}

static int32_t plain_gap(const struct history *history, const struct plain *plains)
{
    static int32_t gaps[ORDERS_MAX];
    size_t count = 0;
    for (unsigned c = 0; c < history->customers; c++)
        for (unsigned i = 1; i < plains[c].day_count; i++) {
            int32_t gap = plains[c].days[i] - plains[c].days[i - 1];
            gaps[count++] = gap > GAP_MAX ? GAP_MAX : gap;
        }
    if (count == 0 || count < (size_t)history->options.drop.sample)
        return 0;
    qsort(gaps, count, sizeof gaps[0], rising);
    size_t needed = (count * (size_t)history->options.drop.quantile_ppm + 999999) / 1000000;
    return gaps[needed - 1];
}

static void plain_classes(const struct history *history, struct plain *plains)
{
    int128 total = 0;
    unsigned population = 0;
    for (unsigned c = 0; c < history->customers; c++) {
        population += plains[c].orders > 0;
        total += plains[c].orders > 0 && plains[c].net > 0 ? plains[c].net : 0;
    }
    for (unsigned c = 0; c < history->customers; c++) {
        struct plain *self = &plains[c];
        int128 above = 0;
        unsigned less[3] = {0};
        for (unsigned other = 0; other < history->customers; other++) {
            const struct plain *them = &plains[other];
            if (them->orders == 0)
                continue;
            above += them->net > self->net && them->net > 0 ? them->net : 0;
            less[0] += them->last_ms < self->last_ms;
            less[1] += them->orders < self->orders;
            less[2] += them->net < self->net;
        }
        bool counts = self->orders > 0 && self->net > 0;
        self->abc = 'C';
        if (counts && above * 1000000 < total * history->options.abc.cut_a_ppm)
            self->abc = 'A';
        else if (counts && above * 1000000 < total * history->options.abc.cut_b_ppm)
            self->abc = 'B';
        for (size_t i = 0; i < 3; i++)
            self->rfm[i] = self->orders == 0 ? 0 : 1 + 5 * less[i] / population;
    }
}

static void plain_silence(const struct history *history, int64_t now_ms, struct plain *plains)
{
    int32_t usual = plain_gap(history, plains);
    for (unsigned c = 0; c < history->customers; c++) {
        struct plain *plain = &plains[c];
        if (plain->day_count == 0)
            continue;
        int64_t repeats = plain->day_count - 1;
        int64_t span = (int64_t)(plain->days[plain->day_count - 1] - plain->days[0]) * DAY;
        plain->overdue = repeats >= history->options.overdue.repeats && now_ms > plain->last_ms + span * 2 / repeats;
        plain->dropped = usual > 0 && repeats >= history->options.drop.repeats && now_ms - plain->last_ms > usual * DAY;
    }
}

// --- the comparison

static void compare_customer(const struct ledger *ledger, uint32_t slot, const struct plain *plain)
{
    const struct ledger_customer *customer = ledger_customer(ledger, slot);
    struct ledger_rfm rfm = ledger_rfm(ledger, slot);
    struct ledger_verdict verdict = ledger_verdict(ledger, slot);
    assert_true(customer->net == plain->net);
    assert_int_equal(customer->orders, plain->orders);
    assert_int_equal(customer->days, plain->day_count);
    assert_true(customer->last_ms == plain->last_ms);
    assert_true(customer->last_micros == plain->last_micros);
    if (plain->day_count > 0) {
        assert_int_equal(customer->first_day, plain->days[0]);
        assert_int_equal(customer->last_day, plain->days[plain->day_count - 1]);
    }
    assert_int_equal("?ABC"[ledger_class(ledger, slot)], plain -> abc);
    assert_int_equal(rfm.r, plain->rfm[0]);
    assert_int_equal(rfm.f, plain->rfm[1]);
    assert_int_equal(rfm.m, plain->rfm[2]);
    assert_int_equal(verdict.overdue, plain->overdue);
    assert_int_equal(verdict.dropped, plain->dropped);
}

static void compare(const struct history *history, const struct scoring *scoring)
{
    static struct plain plains[CUSTOMERS_MAX];
    memset(plains, 0, sizeof plains);
    for (unsigned c = 0; c < history->customers; c++)
        plains[c].last_ms = LEDGER_NEVER;
    const struct ledger *ledger = scoring_ledger(scoring);
    int64_t now_ms = ledger_as_of(ledger);
    int32_t today = day_of(history, now_ms);
    assert_int_equal(ledger_day(ledger), today);
    for (unsigned order = 0; order < history->orders; order++)
        plain_order(history, order, today, plains);
    plain_classes(history, plains);
    plain_silence(history, now_ms, plains);
    assert_int_equal(ledger_usual_gap(ledger), plain_gap(history, plains));
    uint32_t known = 0;
    for (unsigned c = 0; c < history->customers; c++) {
        char id[16];
        uint8_t key[HASH_BYTES];
        uint32_t slot;
        sprintf(id, "c%u", c);
        hash_table_key(id, strlen(id), key);
        bool found = ledger_find(ledger, key, &slot);
        assert_int_equal(found, plains[c].known);
        if (!found)
            continue;
        known++;
        compare_customer(ledger, slot, &plains[c]);
    }
    assert_int_equal(ledger_count(ledger), known);
}

// What is announced is what should be: no walk over a passed threshold forgot anybody.
static void compare_announced(const struct scoring *scoring)
{
    const struct ledger *ledger = scoring_ledger(scoring);
    for (uint32_t slot = 0; slot < ledger_count(ledger); slot++) {
        struct ledger_verdict said = ledger_customer(ledger, slot)->announced, is = ledger_verdict(ledger, slot);
        assert_int_equal(said.abc, is.abc);
        assert_int_equal(said.overdue, is.overdue);
        assert_int_equal(said.dropped, is.dropped);
    }
}

static void run_history(void)
{
    static struct history history;
    make_history(&history);
    struct scoring *scoring = scoring_open(&history.options);
    struct turns *turns = turns_open(&scoring_service, scoring, history.start_ms);
    give_settings(turns, &history);
    int64_t now_ms = history.start_ms;
    turns_run(turns, now_ms);
    uint64_t largest = 1 + draw(60);
    for (size_t i = 0; i < history.count;) {
        for (uint64_t take = 1 + draw(largest); take > 0 && i < history.count; take--, i++) {
            history.events[i].given = true;
            give_event(turns, &history.events[i]);
            if (chance(10))
                give_event(turns, &history.events[draw(i + 1)]);
        }
        if (chance(5))
            turns_crash(turns);
        if (chance(15))
            now_ms += (int64_t)draw((uint64_t)(chance(80) ? 2 * DAY : 30 * DAY));
        turns_run(turns, now_ms);
        if (chance(4))
            turns_restart(turns);
        if (chance(2)) {
            draw_rates(&history);
            set_zone(&history);
            give_settings(turns, &history);
            turns_run(turns, now_ms);
        }
        if (chance(20)) {
            compare(&history, scoring);
            compare_announced(scoring);
        }
    }
    turns_run(turns, now_ms + (int64_t)draw((uint64_t)(100 * DAY)));
    compare(&history, scoring);
    compare_announced(scoring);
    turns_restart(turns);
    compare(&history, scoring);
    turns_close(&turns);
    scoring_close(&scoring);
    zone_close(&history.zone);
}

static unsigned histories = HISTORIES;
static uint64_t seed; // of the history that runs

static void equals_plain_recomputation(void **unused)
{
    (void)unused;
    for (unsigned i = 0; i < histories; i++) {
        seed = state;
        run_history();
    }
}

// Says which history it was, so that it can be run alone.
static int tell_seed(void **unused)
{
    (void)unused;
    printf("the last history can be run alone: equality_test 1 %llu\n", (unsigned long long)seed);
    return 0;
}

int main(int count, char **words)
{
    if (count > 1)
        histories = (unsigned)strtoul(words[1], NULL, 10);
    state = count > 2 ? strtoull(words[2], NULL, 10) : 20260517;
    printf("%u histories from seed %llu\n", histories, (unsigned long long)state);
    const struct CMUnitTest tests[] = {cmocka_unit_test_teardown(equals_plain_recomputation, tell_seed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
