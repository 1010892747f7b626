#include "services/scoring/book.h"

#include "common/must.h"
#include "services/scoring/directory.h"
#include "services/scoring/window.h"

#include <stdlib.h>
#include <string.h>

enum {
    DAY_MS = 86400000,
    MILLI_DAYS = 1000,
    CUSTOMERS_FIRST = 1024,
    EDGES = 4, // where what is announced rises and falls, for A and for B
};
enum edge { RISE_A, FALL_A, RISE_B, FALL_B };
_Static_assert(sizeof(struct book_customer) <= 80, "a customer takes little more than a cache line");

// Slots in a growing array.
struct slots {
    uint32_t *items;
    uint32_t used, room;
};

struct book {
    struct book_options options;
    int64_t as_of_ms;
    int64_t settled_ms;      // as_of_ms of the last settling: whoever was overdue then is known to be
    int64_t silent_since_ms; // who bought last before this has dropped out; BOOK_NEVER: nobody has
    int64_t edges[EDGES];
    struct directory *directory;
    struct window *window;
    struct book_customer *customers;
    uint32_t count, room;
    struct rank *net, *last, *frequency, *overdue;
    unsigned exact_cuts[2]; // of A, of B
    unsigned edge_cuts[EDGES];
    unsigned part_cuts[3][BOOK_PARTS - 1]; // R in `last`, F in `frequency`, M in `net`
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

static void add_cuts(struct book *book)
{
    const struct book_options *options = &book->options;
    book->exact_cuts[0] = rank_cut_share(book->net, options->cut_a_ppm);
    book->exact_cuts[1] = rank_cut_share(book->net, options->cut_b_ppm);
    book->edge_cuts[RISE_A] = rank_cut_share(book->net, options->cut_a_ppm - options->margin_ppm);
    book->edge_cuts[FALL_A] = rank_cut_share(book->net, options->cut_a_ppm + options->margin_ppm);
    book->edge_cuts[RISE_B] = rank_cut_share(book->net, options->cut_b_ppm - options->margin_ppm);
    book->edge_cuts[FALL_B] = rank_cut_share(book->net, options->cut_b_ppm + options->margin_ppm);
    for (uint32_t part = 1; part < BOOK_PARTS; part++) {
        book->part_cuts[0][part - 1] = rank_cut_part(book->last, part, BOOK_PARTS);
        book->part_cuts[1][part - 1] = rank_cut_part(book->frequency, part, BOOK_PARTS);
        book->part_cuts[2][part - 1] = rank_cut_part(book->net, part, BOOK_PARTS);
    }
}

static void start(struct book *book, int64_t as_of_ms)
{
    book->as_of_ms = as_of_ms;
    book->settled_ms = as_of_ms;
    book->silent_since_ms = BOOK_NEVER;
    for (size_t i = 0; i < EDGES; i++)
        book->edges[i] = RANK_NONE;
    gaps_start(&book->gaps, book->options.drop_quantile_ppm);
}

struct book *book_open(const struct book_options *options)
{
    must(options->cut_a_ppm < options->cut_b_ppm && options->cut_b_ppm < RANK_PPM);
    must(options->margin_ppm < options->cut_a_ppm && options->cut_b_ppm + options->margin_ppm < RANK_PPM);
    must(options->overdue_repeats > 0);
    struct book *book = calloc(1, sizeof *book);
    must(book != NULL);
    book->options = *options;
    book->directory = directory_open();
    book->window = window_open(options->window_days, 0);
    book->net = rank_open(RANK_MONEY);
    book->last = rank_open(RANK_TIME);
    book->frequency = rank_open(RANK_COUNT);
    book->overdue = rank_open(RANK_TIME);
    add_cuts(book);
    start(book, 0);
    return book;
}

void book_close(struct book **book)
{
    if (*book == NULL)
        return;
    directory_close(&(*book)->directory);
    window_close(&(*book)->window);
    rank_close(&(*book)->net);
    rank_close(&(*book)->last);
    rank_close(&(*book)->frequency);
    rank_close(&(*book)->overdue);
    free((*book)->customers);
    free((*book)->dirty.items);
    free((*book)->moved.items);
    free((*book)->woken.items);
    free(*book);
    *book = NULL;
}

void book_clear(struct book *book, int64_t as_of_ms, int32_t day)
{
    directory_clear(book->directory);
    window_clear(book->window, day);
    rank_clear(book->net);
    rank_clear(book->last);
    rank_clear(book->frequency);
    rank_clear(book->overdue);
    book->count = 0;
    book->dirty.used = book->moved.used = book->woken.used = 0;
    start(book, as_of_ms);
}

const struct book_options *book_options(const struct book *book)
{
    return &book->options;
}

int64_t book_as_of(const struct book *book)
{
    return book->as_of_ms;
}

int32_t book_day(const struct book *book)
{
    return window_last(book->window);
}

// --- customers and their figures

bool book_find(const struct book *book, const uint8_t *key, uint32_t *ret_slot)
{
    return directory_find(book->directory, key, ret_slot);
}

uint32_t book_add(struct book *book, const uint8_t *key)
{
    if (book->count == book->room) {
        uint32_t room = book->room == 0 ? CUSTOMERS_FIRST : book->room + book->room / 2;
        book->customers = realloc(book->customers, room * sizeof *book->customers);
        must(book->customers != NULL);
        book->room = room;
    }
    directory_add(book->directory, key, book->count);
    book->customers[book->count] = (struct book_customer){.last_ms = BOOK_NEVER};
    return book->count++;
}

uint32_t book_count(const struct book *book)
{
    return book->count;
}

const struct book_customer *book_customer(const struct book *book, uint32_t slot)
{
    must(slot < book->count);
    return &book->customers[slot];
}

static struct book_customer *touch(struct book *book, uint32_t slot)
{
    must(slot < book->count);
    struct book_customer *customer = &book->customers[slot];
    if (!customer->dirty)
        slots_add(&book->dirty, slot);
    customer->dirty = true;
    return customer;
}

void book_mark(struct book *book, uint32_t slot, uint32_t mark)
{
    must(slot < book->count);
    book->customers[slot].mark = mark;
}

static void count_in(struct book *book, const struct window_entry *entry, int sign)
{
    struct book_customer *customer = touch(book, entry->slot);
    customer->net += (int128)entry->value * sign;
    int64_t orders = (int64_t)customer->orders + entry->orders * sign;
    must(orders >= 0 && orders <= UINT32_MAX);
    customer->orders = (uint32_t)orders;
}

void book_change(struct book *book, uint32_t slot, int32_t day, int64_t value, int32_t orders)
{
    struct window_entry entry = {.slot = slot, .orders = orders, .value = value};
    if (window_add(book->window, day, &entry))
        count_in(book, &entry, 1);
    else
        (void)touch(book, slot); // a first order before the window makes a customer of class C all the same
}

void book_day_came(struct book *book, uint32_t slot, int32_t before, int32_t day, int32_t after)
{
    struct book_customer *customer = touch(book, slot);
    customer->days++;
    if (before == BOOK_NO_DAY)
        customer->first_day = day;
    else
        gaps_add(&book->gaps, (int64_t)day - before);
    if (after == BOOK_NO_DAY)
        customer->last_day = day;
    else
        gaps_add(&book->gaps, (int64_t)after - day);
    if (before != BOOK_NO_DAY && after != BOOK_NO_DAY)
        gaps_remove(&book->gaps, (int64_t)after - before);
}

void book_day_went(struct book *book, uint32_t slot, int32_t before, int32_t day, int32_t after)
{
    struct book_customer *customer = touch(book, slot);
    must(customer->days > 0);
    customer->days--;
    if (before == BOOK_NO_DAY)
        customer->first_day = after;
    else
        gaps_remove(&book->gaps, (int64_t)day - before);
    if (after == BOOK_NO_DAY)
        customer->last_day = before;
    else
        gaps_remove(&book->gaps, (int64_t)after - day);
    if (before != BOOK_NO_DAY && after != BOOK_NO_DAY)
        gaps_add(&book->gaps, (int64_t)after - before);
}

void book_last(struct book *book, uint32_t slot, int64_t last_ms, int64_t last_micros)
{
    struct book_customer *customer = touch(book, slot);
    customer->last_ms = last_ms;
    customer->last_micros = last_micros;
}

static void leaves(void *context, const struct window_entry *entry)
{
    count_in(context, entry, -1);
}

static void comes(void *context, const struct window_entry *entry)
{
    struct book *book = context;
    count_in(book, entry, 1);
    slots_add(&book->woken, entry->slot);
}

size_t book_next_day(struct book *book, int64_t start_ms, const uint32_t **ret_slots)
{
    book->woken.used = 0;
    window_advance(book->window, leaves, comes, book);
    book_advance(book, start_ms);
    *ret_slots = book->woken.items;
    return book->woken.used;
}

void book_advance(struct book *book, int64_t as_of_ms)
{
    if (as_of_ms > book->as_of_ms)
        book->as_of_ms = as_of_ms;
}

// --- where that puts a customer

// Held below RANK_NONE; nine million million units of money are the same to everybody.
static int64_t net_value(const struct book_customer *customer)
{
    if (customer->net >= RANK_NONE)
        return RANK_NONE - 1;
    return customer->net < -RANK_NONE ? -RANK_NONE : (int64_t)customer->net;
}

static bool knows_rhythm(const struct book_customer *customer, uint32_t repeats)
{
    return customer->days > repeats;
}

int64_t book_overdue_at(const struct book *book, uint32_t slot)
{
    const struct book_customer *customer = book_customer(book, slot);
    if (!knows_rhythm(customer, book->options.overdue_repeats))
        return RANK_NONE;
    int128 span_ms = ((int128)customer->last_day - customer->first_day) * DAY_MS;
    int128 silence_ms = span_ms * book->options.overdue_factor_ppm / ((int128)RANK_PPM * (customer->days - 1));
    int128 at_ms = customer->last_ms + silence_ms;
    return at_ms >= RANK_NONE ? RANK_NONE - 1 : (int64_t)at_ms;
}

uint32_t book_mean_gap_milli(const struct book_customer *customer)
{
    if (customer->days < 2)
        return 0;
    int64_t milli = ((int64_t)customer->last_day - customer->first_day) * MILLI_DAYS / (customer->days - 1);
    return milli > UINT32_MAX ? UINT32_MAX : (uint32_t)milli;
}

static enum book_class class_by(int64_t value, int64_t least_a, int64_t least_b)
{
    if (value >= least_a)
        return BOOK_A;
    return value >= least_b ? BOOK_B : BOOK_C;
}

enum book_class book_class(const struct book *book, uint32_t slot)
{
    const struct book_customer *customer = book_customer(book, slot);
    if (customer->orders == 0)
        return BOOK_C;
    return class_by(net_value(customer), book_threshold(book, BOOK_A), book_threshold(book, BOOK_B));
}

static enum book_class announced_class(const struct book *book, uint32_t slot)
{
    const struct book_customer *customer = book_customer(book, slot);
    enum book_class before = customer->announced.abc;
    if (before == BOOK_UNKNOWN)
        return book_class(book, slot);
    int64_t value = customer->orders == 0 ? 0 : net_value(customer);
    enum book_class best = class_by(value, book->edges[FALL_A], book->edges[FALL_B]);
    enum book_class worst = class_by(value, book->edges[RISE_A], book->edges[RISE_B]);
    if (before < best)
        return best;
    return before > worst ? worst : before;
}

struct book_verdict book_verdict(const struct book *book, uint32_t slot)
{
    const struct book_customer *customer = book_customer(book, slot);
    bool repeats = customer->days > 0 && knows_rhythm(customer, book->options.drop_repeats);
    return (struct book_verdict){
        .abc = (uint8_t)announced_class(book, slot),
        .overdue = book_overdue_at(book, slot) < book->as_of_ms,
        .dropped = repeats && customer->last_ms < book->silent_since_ms,
    };
}

void book_announce(struct book *book, uint32_t slot, struct book_verdict verdict)
{
    must(slot < book->count);
    book->customers[slot].announced = verdict;
}

struct book_rfm book_rfm(const struct book *book, uint32_t slot)
{
    const struct book_customer *customer = book_customer(book, slot);
    struct book_rfm rfm = {0};
    if (customer->orders == 0)
        return rfm;
    const int64_t values[3] = {customer->last_ms, customer->orders, net_value(customer)};
    struct rank *const ranks[3] = {book->last, book->frequency, book->net};
    uint8_t *const scores[3] = {&rfm.r, &rfm.f, &rfm.m};
    for (size_t i = 0; i < 3; i++) {
        *scores[i] = 1;
        for (size_t part = 0; part < BOOK_PARTS - 1; part++)
            *scores[i] = (uint8_t)(*scores[i] + (values[i] > rank_cut_value(ranks[i], book->part_cuts[i][part])));
    }
    return rfm;
}

// --- settling

static void put_in_ranks(struct book *book, uint32_t slot)
{
    struct book_customer *customer = &book->customers[slot];
    customer->dirty = false;
    if (customer->orders > 0) {
        rank_put(book->net, slot, net_value(customer));
        rank_put(book->frequency, slot, customer->orders);
    } else {
        rank_drop(book->net, slot);
        rank_drop(book->frequency, slot);
    }
    if (customer->days > 0)
        rank_put(book->last, slot, customer->last_ms);
    else
        rank_drop(book->last, slot);
    int64_t overdue_at = book_overdue_at(book, slot);
    if (overdue_at != RANK_NONE)
        rank_put(book->overdue, slot, overdue_at);
    else
        rank_drop(book->overdue, slot);
}

// Remembers the customer when something has to be said of it.
static bool look(void *context, uint32_t slot, int64_t value)
{
    struct book *book = context;
    struct book_customer *customer = &book->customers[slot];
    (void)value;
    if (customer->queued)
        return true;
    struct book_verdict verdict = book_verdict(book, slot);
    const struct book_verdict *said = &customer->announced;
    if (verdict.abc != said->abc || verdict.overdue != said->overdue || verdict.dropped != said->dropped) {
        customer->queued = true;
        slots_add(&book->moved, slot);
    }
    return true;
}

// The members that a limit passed over, whichever way it went.
static void walk_between(struct book *book, const struct rank *rank, int64_t before, int64_t after)
{
    if (before != after)
        rank_walk(rank, before < after ? before : after, before < after ? after : before, look, book);
}

static int64_t silent_since(struct book *book)
{
    uint32_t usual = gaps_quantile(&book->gaps, book->options.drop_sample);
    return usual == 0 ? BOOK_NEVER : book->as_of_ms - (int64_t)usual * DAY_MS;
}

size_t book_settle(struct book *book, const uint32_t **ret_slots)
{
    for (uint32_t i = 0; i < book->dirty.used; i++)
        put_in_ranks(book, book->dirty.items[i]);
    uint64_t population = rank_count(book->net);
    rank_settle(book->net, population);
    rank_settle(book->last, population); // who has no order in the window bought before all who have
    rank_settle(book->frequency, population);

    int64_t edges[EDGES];
    memcpy(edges, book->edges, sizeof edges);
    for (size_t i = 0; i < EDGES; i++)
        book->edges[i] = rank_cut_value(book->net, book->edge_cuts[i]);
    int64_t since_ms = book->silent_since_ms;
    book->silent_since_ms = silent_since(book);
    book->moved.used = 0;
    for (uint32_t i = 0; i < book->dirty.used; i++)
        (void)look(book, book->dirty.items[i], 0);
    for (size_t i = 0; i < EDGES; i++)
        walk_between(book, book->net, edges[i], book->edges[i]);
    walk_between(book, book->last, since_ms, book->silent_since_ms);
    rank_walk(book->overdue, book->settled_ms, book->as_of_ms, look, book);
    book->settled_ms = book->as_of_ms;
    book->dirty.used = 0;
    for (uint32_t i = 0; i < book->moved.used; i++)
        book->customers[book->moved.items[i]].queued = false;
    *ret_slots = book->moved.items;
    return book->moved.used;
}

// --- figures for people and timers

uint32_t book_usual_gap(const struct book *book)
{
    if (book->silent_since_ms == BOOK_NEVER)
        return 0;
    return (uint32_t)((book->as_of_ms - book->silent_since_ms) / DAY_MS);
}

int64_t book_due(const struct book *book)
{
    int64_t due_ms = RANK_NONE, value;
    if (rank_next(book->overdue, book->as_of_ms, &value))
        due_ms = value + 1;
    if (book->silent_since_ms != BOOK_NEVER && rank_next(book->last, book->silent_since_ms, &value)) {
        int64_t drop_ms = value + (book->as_of_ms - book->silent_since_ms) + 1;
        due_ms = drop_ms < due_ms ? drop_ms : due_ms;
    }
    return due_ms;
}

static unsigned exact_cut(const struct book *book, enum book_class abc)
{
    must(abc == BOOK_A || abc == BOOK_B);
    return book->exact_cuts[abc == BOOK_B];
}

int64_t book_threshold(const struct book *book, enum book_class abc)
{
    return rank_cut_value(book->net, exact_cut(book, abc));
}

struct rank_mass book_upper(const struct book *book, enum book_class abc)
{
    if (abc == BOOK_C)
        return (struct rank_mass){.count = rank_count(book->net), .sum = rank_positive(book->net).sum};
    struct rank_mass above = rank_cut_above(book->net, exact_cut(book, abc));
    struct rank_mass on = rank_cut_on(book->net, exact_cut(book, abc));
    return (struct rank_mass){.count = above.count + on.count, .sum = above.sum + on.sum};
}

uint64_t book_better(const struct book *book, unsigned dimension, unsigned score, int64_t *ret_value)
{
    must(dimension < 3 && score >= 1 && score < BOOK_PARTS);
    const struct rank *const ranks[3] = {book->last, book->frequency, book->net};
    unsigned cut = book->part_cuts[dimension][score - 1];
    *ret_value = rank_cut_value(ranks[dimension], cut);
    return rank_cut_above(ranks[dimension], cut).count;
}

struct rank *book_by_net(struct book *book)
{
    return book->net;
}

struct rank *book_by_last(struct book *book)
{
    return book->last;
}

size_t book_bytes(const struct book *book)
{
    return sizeof *book + directory_bytes(book->directory) + window_bytes(book->window) +
           book->room * sizeof *book->customers + rank_bytes(book->net) + rank_bytes(book->last) +
           rank_bytes(book->frequency) + rank_bytes(book->overdue);
}
