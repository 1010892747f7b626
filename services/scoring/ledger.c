#include "services/scoring/ledger.h"

#include "common/must.h"
#include "services/scoring/directory.h"
#include "services/scoring/tally.h"
#include "services/scoring/window.h"

#include <stdlib.h>
#include <string.h>

enum {
    DAY_MS = 86400000,
    MILLI_DAYS = 1000,
    CUSTOMERS_FIRST = 1024,
    CACHE_LINE = 64,   // of the machines that we know; elsewhere only the speed differs
    EXPECT_AHEAD = 12, // customers whose memory is fetched before their turn, in two steps
    APPROACH_AHEAD = 6,
    EDGES = 4, // where what is announced rises and falls, for A and for B
};
enum edge { RISE_A, FALL_A, RISE_B, FALL_B };
_Static_assert(sizeof(struct ledger_customer) == CACHE_LINE, "a customer takes one cache line");

// Slots in a growing array.
struct slots {
    uint32_t *items;
    uint32_t used, room;
};

struct ledger {
    struct ledger_options options;
    int64_t as_of_ms;
    int64_t settled_ms;      // as_of_ms of the last settling: whoever was overdue then is known to be
    int64_t silent_since_ms; // who bought last before this has dropped out; LEDGER_NEVER: nobody has
    int64_t edges[EDGES];
    struct directory *directory;
    struct window *window;
    struct ledger_customer *customers;
    uint32_t count, room;
    struct rank *net, *last, *overdue;
    struct tally *frequency;
    unsigned exact_cuts[2]; // of A, of B
    unsigned edge_cuts[EDGES];
    unsigned part_cuts[3][LEDGER_PARTS - 1]; // R in `last`, F in `frequency`, M in `net`
    struct gaps gaps;
    struct slots dirty, moved, woken;
};

static void slots_add(struct slots *slots, uint32_t slot)
{
    if (slots->used == slots->room) {
        slots->room = slots->room == 0 ? CUSTOMERS_FIRST : slots->room * 2;
        slots->items = realloc(slots->items, slots->room * sizeof *slots->items);
        must(slots->items != NULL);
    }
    slots->items[slots->used++] = slot;
}

static void add_cuts(struct ledger *ledger)
{
    const struct ledger_options *options = &ledger->options;
    ledger->exact_cuts[0] = rank_cut_share(ledger->net, options->cut_a_ppm);
    ledger->exact_cuts[1] = rank_cut_share(ledger->net, options->cut_b_ppm);
    ledger->edge_cuts[RISE_A] = rank_cut_share(ledger->net, options->cut_a_ppm - options->margin_ppm);
    ledger->edge_cuts[FALL_A] = rank_cut_share(ledger->net, options->cut_a_ppm + options->margin_ppm);
    ledger->edge_cuts[RISE_B] = rank_cut_share(ledger->net, options->cut_b_ppm - options->margin_ppm);
    ledger->edge_cuts[FALL_B] = rank_cut_share(ledger->net, options->cut_b_ppm + options->margin_ppm);
    for (uint32_t part = 1; part < LEDGER_PARTS; part++) {
        ledger->part_cuts[0][part - 1] = rank_cut_part(ledger->last, part, LEDGER_PARTS);
        ledger->part_cuts[1][part - 1] = tally_cut(ledger->frequency, part, LEDGER_PARTS);
        ledger->part_cuts[2][part - 1] = rank_cut_part(ledger->net, part, LEDGER_PARTS);
    }
}

static void start(struct ledger *ledger, int64_t as_of_ms)
{
    ledger->as_of_ms = as_of_ms;
    ledger->settled_ms = as_of_ms;
    ledger->silent_since_ms = LEDGER_NEVER;
    for (size_t i = 0; i < EDGES; i++)
        ledger->edges[i] = RANK_NONE;
    gaps_start(&ledger->gaps, ledger->options.drop_quantile_ppm);
}

struct ledger *ledger_open(const struct ledger_options *options)
{
    must(options->cut_a_ppm < options->cut_b_ppm && options->cut_b_ppm < RANK_PPM);
    must(options->margin_ppm < options->cut_a_ppm && options->cut_b_ppm + options->margin_ppm < RANK_PPM);
    must(options->overdue_repeats > 0);
    struct ledger *ledger = calloc(1, sizeof *ledger);
    must(ledger != NULL);
    ledger->options = *options;
    ledger->directory = directory_open();
    ledger->window = window_open(options->window_days, 0);
    ledger->net = rank_open(RANK_MONEY);
    ledger->last = rank_open(RANK_TIME);
    ledger->frequency = tally_open();
    ledger->overdue = rank_open(RANK_TIME);
    add_cuts(ledger);
    start(ledger, 0);
    return ledger;
}

void ledger_close(struct ledger **ledger)
{
    if (*ledger == NULL)
        return;
    directory_close(&(*ledger)->directory);
    window_close(&(*ledger)->window);
    rank_close(&(*ledger)->net);
    rank_close(&(*ledger)->last);
    tally_close(&(*ledger)->frequency);
    rank_close(&(*ledger)->overdue);
    free((*ledger)->customers);
    free((*ledger)->dirty.items);
    free((*ledger)->moved.items);
    free((*ledger)->woken.items);
    free(*ledger);
    *ledger = NULL;
}

void ledger_clear(struct ledger *ledger, int64_t as_of_ms, int32_t day)
{
    directory_clear(ledger->directory);
    window_clear(ledger->window, day);
    rank_clear(ledger->net);
    rank_clear(ledger->last);
    tally_clear(ledger->frequency);
    rank_clear(ledger->overdue);
    ledger->count = 0;
    ledger->dirty.used = ledger->moved.used = ledger->woken.used = 0;
    start(ledger, as_of_ms);
}

const struct ledger_options *ledger_options(const struct ledger *ledger)
{
    return &ledger->options;
}

int64_t ledger_as_of(const struct ledger *ledger)
{
    return ledger->as_of_ms;
}

int32_t ledger_day(const struct ledger *ledger)
{
    return window_last(ledger->window);
}

// --- customers and their figures

bool ledger_find(const struct ledger *ledger, const uint8_t *key, uint32_t *ret_slot)
{
    return directory_find(ledger->directory, key, ret_slot);
}

static struct ledger_customer *touch(struct ledger *ledger, uint32_t slot)
{
    must(slot < ledger->count);
    struct ledger_customer *customer = &ledger->customers[slot];
    if (!customer->dirty) {
        slots_add(&ledger->dirty, slot);
        rank_expect(ledger->net, slot);
    }
    customer->dirty = true;
    return customer;
}

// The same when also its purchase days or its newest purchase change.
static struct ledger_customer *disturb(struct ledger *ledger, uint32_t slot)
{
    struct ledger_customer *customer = touch(ledger, slot);
    if (!customer->restless) {
        rank_expect(ledger->last, slot);
        rank_expect(ledger->overdue, slot);
    }
    customer->restless = true;
    return customer;
}

uint32_t ledger_add(struct ledger *ledger, const uint8_t *key)
{
    if (ledger->count == ledger->room) {
        uint32_t room = ledger->room == 0 ? CUSTOMERS_FIRST : ledger->room + ledger->room / 2;
        struct ledger_customer *customers = aligned_alloc(CACHE_LINE, room * sizeof *customers);
        must(customers != NULL);
        if (ledger->count > 0)
            memcpy(customers, ledger->customers, ledger->count * sizeof *customers);
        free(ledger->customers);
        ledger->customers = customers;
        ledger->room = room;
    }
    directory_add(ledger->directory, key, ledger->count);
    ledger->customers[ledger->count] = (struct ledger_customer){.last_ms = LEDGER_NEVER};
    (void)touch(ledger, ledger->count++); // whoever is known is of some class, even without an order that counts
    return ledger->count - 1;
}

uint32_t ledger_count(const struct ledger *ledger)
{
    return ledger->count;
}

const struct ledger_customer *ledger_customer(const struct ledger *ledger, uint32_t slot)
{
    must(slot < ledger->count);
    return &ledger->customers[slot];
}

void ledger_mark(struct ledger *ledger, uint32_t slot, uint32_t mark)
{
    must(slot < ledger->count);
    ledger->customers[slot].mark = mark;
}

static void count_in(struct ledger *ledger, const struct window_entry *entry, int sign)
{
    struct ledger_customer *customer = touch(ledger, entry->slot);
    customer->net += (int128)entry->value * sign;
    // What was added and taken back may leave the window in either order, so this wraps for a moment.
    customer->orders += (uint32_t)(entry->orders * sign);
}

void ledger_change(struct ledger *ledger, uint32_t slot, int32_t day, int64_t value, int32_t orders)
{
    struct window_entry entry = {.slot = slot, .orders = orders, .value = value};
    if (window_add(ledger->window, day, &entry))
        count_in(ledger, &entry, 1);
}

void ledger_day_came(struct ledger *ledger, uint32_t slot, int32_t before, int32_t day, int32_t after)
{
    struct ledger_customer *customer = disturb(ledger, slot);
    customer->days++;
    if (before == LEDGER_NO_DAY)
        customer->first_day = day;
    else
        gaps_add(&ledger->gaps, (int64_t)day - before);
    if (after == LEDGER_NO_DAY)
        customer->last_day = day;
    else
        gaps_add(&ledger->gaps, (int64_t)after - day);
    if (before != LEDGER_NO_DAY && after != LEDGER_NO_DAY)
        gaps_remove(&ledger->gaps, (int64_t)after - before);
}

void ledger_day_went(struct ledger *ledger, uint32_t slot, int32_t before, int32_t day, int32_t after)
{
    struct ledger_customer *customer = disturb(ledger, slot);
    must(customer->days > 0);
    customer->days--;
    if (before == LEDGER_NO_DAY)
        customer->first_day = after;
    else
        gaps_remove(&ledger->gaps, (int64_t)day - before);
    if (after == LEDGER_NO_DAY)
        customer->last_day = before;
    else
        gaps_remove(&ledger->gaps, (int64_t)after - day);
    if (before != LEDGER_NO_DAY && after != LEDGER_NO_DAY)
        gaps_add(&ledger->gaps, (int64_t)after - before);
}

void ledger_last(struct ledger *ledger, uint32_t slot, int64_t last_ms, int64_t last_micros)
{
    struct ledger_customer *customer = disturb(ledger, slot);
    customer->last_ms = last_ms;
    customer->last_micros = last_micros;
}

static void leaves(void *context, const struct window_entry *entry)
{
    count_in(context, entry, -1);
}

static void comes(void *context, const struct window_entry *entry)
{
    struct ledger *ledger = context;
    count_in(ledger, entry, 1);
    slots_add(&ledger->woken, entry->slot);
}

size_t ledger_next_day(struct ledger *ledger, int64_t start_ms, const uint32_t **ret_slots)
{
    ledger->woken.used = 0;
    window_advance(ledger->window, leaves, comes, ledger);
    ledger_advance(ledger, start_ms);
    *ret_slots = ledger->woken.items;
    return ledger->woken.used;
}

void ledger_advance(struct ledger *ledger, int64_t as_of_ms)
{
    if (as_of_ms > ledger->as_of_ms)
        ledger->as_of_ms = as_of_ms;
}

// --- where that puts a customer

// Held below RANK_NONE; nine million million units of money are the same to everybody.
static int64_t net_value(const struct ledger_customer *customer)
{
    if (customer->net >= RANK_NONE)
        return RANK_NONE - 1;
    return customer->net < -RANK_NONE ? -RANK_NONE : (int64_t)customer->net;
}

static bool knows_rhythm(const struct ledger_customer *customer, uint32_t repeats)
{
    return customer->days > repeats;
}

int64_t ledger_overdue_at(const struct ledger *ledger, uint32_t slot)
{
    const struct ledger_customer *customer = ledger_customer(ledger, slot);
    if (!knows_rhythm(customer, ledger->options.overdue_repeats))
        return RANK_NONE;
    int128 span_ms = ((int128)customer->last_day - customer->first_day) * DAY_MS;
    int128 silence_ms = span_ms * ledger->options.overdue_factor_ppm / ((int128)RANK_PPM * (customer->days - 1));
    int128 at_ms = customer->last_ms + silence_ms;
    return at_ms >= RANK_NONE ? RANK_NONE - 1 : (int64_t)at_ms;
}

uint32_t ledger_mean_gap_milli(const struct ledger_customer *customer)
{
    if (customer->days < 2)
        return 0;
    int64_t milli = ((int64_t)customer->last_day - customer->first_day) * MILLI_DAYS / (customer->days - 1);
    return milli > UINT32_MAX ? UINT32_MAX : (uint32_t)milli;
}

static enum ledger_class class_by(int64_t value, int64_t least_a, int64_t least_b)
{
    if (value >= least_a)
        return LEDGER_A;
    return value >= least_b ? LEDGER_B : LEDGER_C;
}

enum ledger_class ledger_class(const struct ledger *ledger, uint32_t slot)
{
    const struct ledger_customer *customer = ledger_customer(ledger, slot);
    if (customer->orders == 0)
        return LEDGER_C;
    return class_by(net_value(customer), ledger_threshold(ledger, LEDGER_A), ledger_threshold(ledger, LEDGER_B));
}

static enum ledger_class announced_class(const struct ledger *ledger, uint32_t slot)
{
    const struct ledger_customer *customer = ledger_customer(ledger, slot);
    enum ledger_class before = customer->announced.abc;
    if (before == LEDGER_UNKNOWN)
        return ledger_class(ledger, slot);
    int64_t value = customer->orders == 0 ? 0 : net_value(customer);
    enum ledger_class best = class_by(value, ledger->edges[FALL_A], ledger->edges[FALL_B]);
    enum ledger_class worst = class_by(value, ledger->edges[RISE_A], ledger->edges[RISE_B]);
    if (before < best)
        return best;
    return before > worst ? worst : before;
}

struct ledger_verdict ledger_verdict(const struct ledger *ledger, uint32_t slot)
{
    const struct ledger_customer *customer = ledger_customer(ledger, slot);
    bool repeats = customer->days > 0 && knows_rhythm(customer, ledger->options.drop_repeats);
    return (struct ledger_verdict){
        .abc = (uint8_t)announced_class(ledger, slot),
        .overdue = ledger_overdue_at(ledger, slot) < ledger->as_of_ms,
        .dropped = repeats && customer->last_ms < ledger->silent_since_ms,
    };
}

void ledger_announce(struct ledger *ledger, uint32_t slot, struct ledger_verdict verdict)
{
    must(slot < ledger->count);
    ledger->customers[slot].announced = verdict;
}

struct ledger_rfm ledger_rfm(const struct ledger *ledger, uint32_t slot)
{
    const struct ledger_customer *customer = ledger_customer(ledger, slot);
    struct ledger_rfm rfm = {0};
    if (customer->orders == 0)
        return rfm;
    rfm = (struct ledger_rfm){1, 1, 1};
    int64_t net = net_value(customer);
    for (size_t part = 0; part < LEDGER_PARTS - 1; part++) {
        rfm.r = (uint8_t)(rfm.r + (customer->last_ms > rank_cut_value(ledger->last, ledger->part_cuts[0][part])));
        rfm.f = (uint8_t)(rfm.f + (customer->orders > tally_cut_value(ledger->frequency, ledger->part_cuts[1][part])));
        rfm.m = (uint8_t)(rfm.m + (net > rank_cut_value(ledger->net, ledger->part_cuts[2][part])));
    }
    return rfm;
}

// --- settling

static void put_in_ranks(struct ledger *ledger, uint32_t slot)
{
    struct ledger_customer *customer = &ledger->customers[slot];
    customer->dirty = false;
    must(customer->orders <= INT32_MAX);
    if (customer->orders > 0)
        rank_put(ledger->net, slot, net_value(customer));
    else
        rank_drop(ledger->net, slot);
    tally_move(ledger->frequency, customer->tallied, customer->orders);
    customer->tallied = customer->orders;
    if (!customer->restless)
        return;
    customer->restless = false;
    if (customer->days > 0)
        rank_put(ledger->last, slot, customer->last_ms);
    else
        rank_drop(ledger->last, slot);
    int64_t overdue_at = ledger_overdue_at(ledger, slot);
    if (overdue_at != RANK_NONE)
        rank_put(ledger->overdue, slot, overdue_at);
    else
        rank_drop(ledger->overdue, slot);
}

static void expect(const struct ledger *ledger, uint32_t at)
{
    if (at >= ledger->dirty.used)
        return;
    uint32_t slot = ledger->dirty.items[at];
    __builtin_prefetch(&ledger->customers[slot], 1);
    rank_expect(ledger->net, slot);
    rank_expect(ledger->last, slot);
    rank_expect(ledger->overdue, slot);
}

static void approach(const struct ledger *ledger, uint32_t at)
{
    if (at >= ledger->dirty.used)
        return;
    uint32_t slot = ledger->dirty.items[at];
    rank_approach(ledger->net, slot);
    if (ledger->customers[slot].restless) {
        rank_approach(ledger->last, slot);
        rank_approach(ledger->overdue, slot);
    }
}

static void put_all_in_ranks(struct ledger *ledger)
{
    for (uint32_t i = 0; i < EXPECT_AHEAD; i++)
        expect(ledger, i);
    for (uint32_t i = 0; i < APPROACH_AHEAD; i++)
        approach(ledger, i);
    for (uint32_t i = 0; i < ledger->dirty.used; i++) {
        expect(ledger, i + EXPECT_AHEAD);
        approach(ledger, i + APPROACH_AHEAD);
        put_in_ranks(ledger, ledger->dirty.items[i]);
    }
}

// Remembers the customer when something has to be said of it.
static bool look(void *context, uint32_t slot, int64_t value)
{
    struct ledger *ledger = context;
    struct ledger_customer *customer = &ledger->customers[slot];
    (void)value;
    if (customer->queued)
        return true;
    struct ledger_verdict verdict = ledger_verdict(ledger, slot);
    const struct ledger_verdict *said = &customer->announced;
    if (verdict.abc != said->abc || verdict.overdue != said->overdue || verdict.dropped != said->dropped) {
        customer->queued = true;
        slots_add(&ledger->moved, slot);
    }
    return true;
}

// The members that a limit passed over, whichever way it went.
static void walk_between(struct ledger *ledger, const struct rank *rank, int64_t before, int64_t after)
{
    if (before != after)
        rank_walk(rank, before < after ? before : after, before < after ? after : before, look, ledger);
}

static int64_t silent_since(struct ledger *ledger)
{
    uint32_t usual = gaps_quantile(&ledger->gaps, ledger->options.drop_sample);
    return usual == 0 ? LEDGER_NEVER : ledger->as_of_ms - (int64_t)usual * DAY_MS;
}

size_t ledger_settle(struct ledger *ledger, const uint32_t **ret_slots)
{
    put_all_in_ranks(ledger);
    uint64_t population = rank_count(ledger->net);
    rank_settle(ledger->net, population);
    rank_settle(ledger->last, population); // who has no order in the window bought before all who have
    tally_settle(ledger->frequency);

    int64_t edges[EDGES];
    memcpy(edges, ledger->edges, sizeof edges);
    for (size_t i = 0; i < EDGES; i++)
        ledger->edges[i] = rank_cut_value(ledger->net, ledger->edge_cuts[i]);
    int64_t since_ms = ledger->silent_since_ms;
    ledger->silent_since_ms = silent_since(ledger);
    ledger->moved.used = 0;
    for (uint32_t i = 0; i < ledger->dirty.used; i++)
        (void)look(ledger, ledger->dirty.items[i], 0);
    for (size_t i = 0; i < EDGES; i++)
        walk_between(ledger, ledger->net, edges[i], ledger->edges[i]);
    walk_between(ledger, ledger->last, since_ms, ledger->silent_since_ms);
    rank_walk(ledger->overdue, ledger->settled_ms, ledger->as_of_ms, look, ledger);
    ledger->settled_ms = ledger->as_of_ms;
    ledger->dirty.used = 0;
    for (uint32_t i = 0; i < ledger->moved.used; i++)
        ledger->customers[ledger->moved.items[i]].queued = false;
    *ret_slots = ledger->moved.items;
    return ledger->moved.used;
}

// --- figures for people and timers

uint32_t ledger_usual_gap(const struct ledger *ledger)
{
    if (ledger->silent_since_ms == LEDGER_NEVER)
        return 0;
    return (uint32_t)((ledger->as_of_ms - ledger->silent_since_ms) / DAY_MS);
}

int64_t ledger_due(const struct ledger *ledger)
{
    int64_t due_ms = RANK_NONE, value;
    if (rank_next(ledger->overdue, ledger->as_of_ms, &value))
        due_ms = value + 1;
    if (ledger->silent_since_ms != LEDGER_NEVER && rank_next(ledger->last, ledger->silent_since_ms, &value)) {
        int64_t drop_ms = value + (ledger->as_of_ms - ledger->silent_since_ms) + 1;
        due_ms = drop_ms < due_ms ? drop_ms : due_ms;
    }
    return due_ms;
}

static unsigned exact_cut(const struct ledger *ledger, enum ledger_class abc)
{
    must(abc == LEDGER_A || abc == LEDGER_B);
    return ledger->exact_cuts[abc == LEDGER_B];
}

int64_t ledger_threshold(const struct ledger *ledger, enum ledger_class abc)
{
    return rank_cut_value(ledger->net, exact_cut(ledger, abc));
}

struct rank_mass ledger_upper(const struct ledger *ledger, enum ledger_class abc)
{
    if (abc == LEDGER_C)
        return (struct rank_mass){.count = rank_count(ledger->net), .sum = rank_positive(ledger->net).sum};
    struct rank_mass above = rank_cut_above(ledger->net, exact_cut(ledger, abc));
    struct rank_mass on = rank_cut_on(ledger->net, exact_cut(ledger, abc));
    return (struct rank_mass){.count = above.count + on.count, .sum = above.sum + on.sum};
}

uint64_t ledger_better(const struct ledger *ledger, unsigned dimension, unsigned score, int64_t *ret_value)
{
    must(dimension < 3 && score >= 1 && score < LEDGER_PARTS);
    unsigned cut = ledger->part_cuts[dimension][score - 1];
    if (dimension == 1) {
        *ret_value = tally_cut_value(ledger->frequency, cut);
        return tally_cut_above(ledger->frequency, cut);
    }
    const struct rank *rank = dimension == 0 ? ledger->last : ledger->net;
    *ret_value = rank_cut_value(rank, cut);
    return rank_cut_above(rank, cut).count;
}

struct rank *ledger_by_net(struct ledger *ledger)
{
    return ledger->net;
}

struct rank *ledger_by_last(struct ledger *ledger)
{
    return ledger->last;
}

size_t ledger_bytes(const struct ledger *ledger)
{
    return sizeof *ledger + directory_bytes(ledger->directory) + window_bytes(ledger->window) +
           ledger->room * sizeof *ledger->customers + rank_bytes(ledger->net) + rank_bytes(ledger->last) +
           tally_bytes(ledger->frequency) + rank_bytes(ledger->overdue);
}
