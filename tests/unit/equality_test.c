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

// The figures of a board: the ledger's own, a scheme's, RFM's.
struct sum {
    int128 net;
    unsigned orders;
};

struct plain {
    bool known;
    struct sum sums[LIMITS_BOARDS];
    int64_t last_ms, last_micros;
    int32_t days[ORDERS_MAX]; // of purchases, ascending, each once
    unsigned day_count;
    struct ledger_verdict verdict; // the exact one
    unsigned rfm[3];
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

// What a board adds up, and over how many days; 0: there is no such board.
struct board_terms {
    int measure;
    uint32_t window_days;
};

static struct board_terms terms_of(const struct history *history, const struct ledger_options *options, unsigned board)
{
    if (board == LIMITS_MAIN)
        return (struct board_terms){history->options.abc.measure, options->window_days};
    if (board == LIMITS_RFM)
        return (struct board_terms){options->rfm.measure, options->rfm.window_days};
    const struct scheme_rule *scheme = &options->schemes[board - LIMITS_SCHEME];
    return (struct board_terms){scheme->measure, scheme->window_days};
}

static void count_value(uint32_t window_days, int32_t today, struct sum *sum, int32_t day, int64_t value,
                        unsigned orders)
{
    if (day <= today && (int64_t)day > (int64_t)today - window_days) {
        sum->net += value;
        sum->orders += orders;
    }
}

// What part of the order's worth is gone once `refunded` of its total is.
static int64_t gone(int measure, int64_t worth, int64_t total, int64_t refunded, int64_t rate)
{
    if (worth <= 0)
        return 0;
    return measure == TERMS_NET ? times(refunded, rate) : (int64_t)((int128)worth * refunded / total);
}

// What is known of an order.
struct known {
    const struct happening *newest, *placed, *amended, *refunds[EVENTS_MAX];
    size_t refund_count;
    bool cancelled;
};

static void gather(const struct history *history, unsigned order, struct plain *plains, struct known *known)
{
    *known = (struct known){0};
    for (size_t i = 0; i < history->count; i++) {
        const struct happening *event = &history->events[i];
        if (!event->given || event->order != order || event->kind == PAID)
            continue;
        plains[event->customer].known = true;
        known->cancelled |= event->kind == CANCELLED;
        if (event->kind == PLACED && (known->placed == NULL || event->time_ms < known->placed->time_ms))
            known->placed = event;
        if (event->kind == AMENDED && (known->amended == NULL || event->time_ms < known->amended->time_ms))
            known->amended = event;
        if ((event->kind == PLACED || event->kind == AMENDED) &&
            (known->newest == NULL || later_version(event, known->newest)))
            known->newest = event;
        if (event->kind == REFUNDED) {
            size_t at = known->refund_count++;
            for (; at > 0 && earlier_refund(event, known->refunds[at - 1]); at--)
                known->refunds[at] = known->refunds[at - 1];
            known->refunds[at] = event;
        }
    }
}

// What the order adds to a board: its worth on its day, less what is refunded.
static void plain_worth(const struct history *history, const struct known *known, int32_t day, int32_t today,
                        struct board_terms terms, struct sum *sum)
{
    const struct happening *newest = known->newest;
    int64_t rate = 0;
    bool rated = rate_of(history, newest->currency, day, &rate);
    int64_t worth = rated ? times(newest->micros, rate) : 0;
    if (terms.measure == TERMS_QUANTITY)
        worth = newest->quantity_milli * 1000;
    else if (terms.measure == TERMS_MARGIN)
        worth = rated && newest->cost_known ? times(newest->micros - newest->cost, rate) : 0;
    count_value(terms.window_days, today, sum, day, worth, 1);
    int64_t left = newest->micros;
    for (size_t i = 0; i < known->refund_count && i < REFUNDS_MAX; i++) {
        const struct happening *refund = known->refunds[i];
        int64_t micros = refund->micros, from, to;
        if (refund->currency != newest->currency) {
            if (!rate_of(history, refund->currency, day, &from) || !rate_of(history, newest->currency, day, &to))
                continue;
            micros = (int64_t)(((int128)micros * from + to / 2) / to);
        }
        micros = micros > left ? left : micros;
        int64_t before = gone(terms.measure, worth, newest->micros, newest->micros - left, rate);
        left -= micros;
        int64_t after = gone(terms.measure, worth, newest->micros, newest->micros - left, rate);
        int32_t refund_day = day_of(history, refund->time_ms);
        if (history->options.abc.refunds == 1 || refund_day < day)
            refund_day = day;
        count_value(terms.window_days, today, sum, refund_day, before - after, 0);
    }
}

static void plain_order(const struct history *history, const struct ledger_options *options, unsigned order,
                        int32_t today, struct plain *plains)
{
    static struct known known;
    gather(history, order, plains, &known);
    const struct happening *newest = known.newest;
    if (newest == NULL || known.cancelled || newest->micros <= 0)
        return;
    struct plain *plain = &plains[newest->customer];
    int64_t time_ms = known.placed != NULL ? known.placed->time_ms : known.amended->time_ms;
    int32_t day = day_of(history, time_ms);
    for (unsigned board = 0; board < LIMITS_BOARDS; board++)
        plain_worth(history, &known, day, today, terms_of(history, options, board), &plain->sums[board]);
    if (day > today)
        return;
    insert_day(plain, day);
    int64_t rate = 0;
    int64_t amount = rate_of(history, newest->currency, day, &rate) ? times(newest->micros, rate) : 0;
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

// Who has more in a board, and all together.
struct above {
    int128 sum, total;
    unsigned count, population;
};

static struct above find_above(const struct history *history, const struct plain *plains, unsigned board, unsigned self)
{
    struct above above = {0};
    for (unsigned other = 0; other < history->customers; other++) {
        const struct sum *them = &plains[other].sums[board];
        if (them->orders == 0)
            continue;
        int128 worth = them->net > 0 ? them->net : 0;
        above.population++;
        above.total += worth;
        above.count += them->net > plains[self].sums[board].net;
        above.sum += them->net > plains[self].sums[board].net ? worth : 0;
    }
    return above;
}

static uint8_t plain_class(const struct above *above, bool counts, uint32_t cut_a_ppm, uint32_t cut_b_ppm)
{
    if (counts && above->sum * RANK_PPM < above->total * cut_a_ppm)
        return LEDGER_A;
    return counts && above->sum * RANK_PPM < above->total * cut_b_ppm ? LEDGER_B : LEDGER_C;
}

static void plain_scores(const struct history *history, const struct ledger_options *options,
                         const struct plain *plains, struct plain *self)
{
    const unsigned board = options->rfm.window_days > 0 ? LIMITS_RFM : LIMITS_MAIN;
    unsigned less[3] = {0}, population = 0;
    for (unsigned other = 0; other < history->customers; other++) {
        const struct plain *them = &plains[other];
        if (them->sums[board].orders == 0)
            continue;
        population++;
        less[0] += them->last_ms < self->last_ms;
        less[1] += them->sums[board].orders < self->sums[board].orders;
        less[2] += them->sums[board].net < self->sums[board].net;
    }
    for (size_t i = 0; i < 3; i++)
        self->rfm[i] = self->sums[board].orders == 0 ? 0 : 1 + LIMITS_PARTS * less[i] / population;
}

static void plain_classes(const struct history *history, const struct ledger_options *options, struct plain *plains)
{
    for (unsigned c = 0; c < history->customers; c++) {
        struct plain *self = &plains[c];
        const struct sum *sum = &self->sums[LIMITS_MAIN];
        struct above above = find_above(history, plains, LIMITS_MAIN, c);
        bool counts = sum->orders > 0 && sum->net > 0;
        self->verdict.abc = plain_class(&above, counts, options->cut_a_ppm, options->cut_b_ppm);
        self->verdict.concentrated =
            options->concentration_ppm > 0 && counts && sum->net * RANK_PPM > above.total * options->concentration_ppm;
        self->verdict.tier = options->tier_ppm[0] > 0 ? LIMITS_SMALL : LIMITS_NO_TIER;
        for (unsigned i = LIMITS_TIERS; i-- > 0;)
            if (counts && (uint64_t)above.count * RANK_PPM < (uint64_t)above.population * options->tier_ppm[i])
                self->verdict.tier = (uint8_t)(LIMITS_IMPORTANT + i);
        for (unsigned i = 0; i < LIMITS_SCHEMES; i++) {
            const struct scheme_rule *scheme = &options->schemes[i];
            const struct sum *other = &self->sums[LIMITS_SCHEME + i];
            above = find_above(history, plains, LIMITS_SCHEME + i, c);
            if (scheme->window_days > 0)
                self->verdict.schemes[i] = plain_class(&above, other->orders > 0 && other->net > 0,
                                                       scheme->rules.cut_a_ppm, scheme->rules.cut_b_ppm);
        }
        plain_scores(history, options, plains, self);
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
        plain->verdict.overdue =
            repeats >= history->options.overdue.repeats && now_ms > plain->last_ms + span * 2 / repeats;
        plain->verdict.dropped =
            usual > 0 && repeats >= history->options.drop.repeats && now_ms - plain->last_ms > usual * DAY;
    }
}

// --- the comparison

static void compare_customer(const struct ledger *ledger, uint32_t slot, const struct plain *plain)
{
    const struct ledger_customer *customer = ledger_customer(ledger, slot);
    const struct rfm_rule *rule = &ledger_options(ledger)->rfm;
    struct ledger_rfm rfm = ledger_rfm(ledger, slot);
    assert_true(customer->net == plain->sums[LIMITS_MAIN].net);
    assert_int_equal(customer->orders, plain->sums[LIMITS_MAIN].orders);
    for (unsigned i = 0; i <= LIMITS_SCHEMES; i++) {
        struct scheme_figures figures = ledger_scheme_figures(ledger, i, slot);
        assert_true(figures.net == plain->sums[LIMITS_SCHEME + i].net);
        assert_int_equal(figures.orders, plain->sums[LIMITS_SCHEME + i].orders);
    }
    assert_int_equal(customer->days, plain->day_count);
    assert_true(customer->last_ms == plain->last_ms);
    assert_true(customer->last_micros == plain->last_micros);
    if (plain->day_count > 0) {
        assert_int_equal(customer->first_day, plain->days[0]);
        assert_int_equal(customer->last_day, plain->days[plain->day_count - 1]);
    }
    assert_true(ledger_verdict_equal(ledger_exact(ledger, slot), plain->verdict));
    assert_true(rule->fixed[RFM_R] || rfm.r == plain->rfm[0]);
    assert_true(rule->fixed[RFM_F] || rfm.f == plain->rfm[1]);
    assert_true(rule->fixed[RFM_M] || rfm.m == plain->rfm[2]);
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
        plain_order(history, ledger_options(ledger), order, today, plains);
    plain_classes(history, ledger_options(ledger), plains);
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
        assert_true(ledger_verdict_equal(ledger_customer(ledger, slot)->announced, ledger_verdict(ledger, slot)));
    }
}

// Further classes, by other measures and windows, and RFM by its own.
static void draw_boards(struct scoring_options *options)
{
    static struct scheme_options schemes[LIMITS_SCHEMES];
    static const char *const names[LIMITS_SCHEMES] = {"one", "two", "three", "four"};
    static const int64_t windows[] = {365, 90, 30, 7, 1};
    options->schemes = (struct schemes_options){.items = schemes, .count = draw(LIMITS_SCHEMES + 1)};
    for (size_t i = 0; i < options->schemes.count; i++)
        schemes[i] = (struct scheme_options){.name = names[i],
                                             .measure = (int)draw(3),
                                             .cut_a_ppm = 500000 + (int64_t)draw(3) * 50000,
                                             .cut_b_ppm = 850000,
                                             .margin_ppm = (int64_t)draw(3) * 20000,
                                             .window_days = windows[draw(5)]};
    if (chance(50)) {
        options->rfm.measure = (int)draw(3);
        options->rfm.window_days = windows[draw(5)];
    }
    options->concentration.crowd = 0;
    options->concentration.share_ppm = 50000 + (int64_t)draw(3) * 100000;
}

static void run_history(void)
{
    static struct history history;
    make_history(&history);
    draw_boards(&history.options);
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
