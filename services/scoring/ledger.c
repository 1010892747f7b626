#include "services/scoring/ledger_state.h"

#include "common/must.h"

#include <stdlib.h>
#include <string.h>

enum {
    CUSTOMERS_FIRST = 1024,
    CACHE_LINE = 64,   // of the machines that we know; elsewhere only the speed differs
    EXPECT_AHEAD = 12, // customers whose memory is fetched before their turn, in two steps
    APPROACH_AHEAD = 6,
};
_Static_assert(sizeof(struct ledger_customer) == CACHE_LINE, "a customer takes one cache line");

static void slots_add(struct slots *slots, uint32_t slot)
{
    if (slots->used == slots->room) {
        slots->room = slots->room == 0 ? CUSTOMERS_FIRST : slots->room * 2;
        slots->items = realloc(slots->items, slots->room * sizeof *slots->items);
        must(slots->items != NULL);
    }
    slots->items[slots->used++] = slot;
}

bool ledger_rules(const struct ledger_options *options, unsigned board, struct limits_rules *ret_rules)
{
    const bool *fixed = options->rfm.fixed;
    bool parts = !fixed[RFM_F] || !fixed[RFM_M], own = options->rfm.window_days > 0;
    if (board == LIMITS_MAIN) {
        *ret_rules = (struct limits_rules){.cut_a_ppm = options->cut_a_ppm,
                                           .cut_b_ppm = options->cut_b_ppm,
                                           .margin_ppm = options->margin_ppm,
                                           .tier_margin_ppm = options->tier_margin_ppm,
                                           .parts = parts && !own,
                                           .tops = options->tier_ppm[0] > 0 || options->concentration_ppm > 0};
        memcpy(ret_rules->tier_ppm, options->tier_ppm, sizeof ret_rules->tier_ppm);
        return true;
    }
    if (board == LIMITS_RFM) {
        *ret_rules = (struct limits_rules){.parts = parts};
        return own;
    }
    must(board < LIMITS_RFM);
    *ret_rules = options->schemes[board - LIMITS_SCHEME].rules;
    return options->schemes[board - LIMITS_SCHEME].window_days > 0;
}

static void start(struct ledger *ledger, int64_t as_of_ms)
{
    ledger->as_of_ms = as_of_ms;
    ledger->settled_ms = as_of_ms;
    for (unsigned i = 0; i < 2; i++) {
        struct bench *bench = &ledger->benches[i];
        limits_start(&bench->limits);
        bench->silent_since_ms = LEDGER_NEVER;
        bench->large = bench->large_end = RANK_NONE;
    }
    gaps_start(&ledger->gaps, ledger->options.drop_quantile_ppm);
}

static void check_rules(const struct limits_rules *rules)
{
    must(rules->cut_a_ppm == 0 || (rules->cut_a_ppm < rules->cut_b_ppm && rules->margin_ppm < rules->cut_a_ppm &&
                                   rules->cut_b_ppm + rules->margin_ppm < RANK_PPM));
    must(rules->tier_ppm[0] == 0 || (rules->tier_ppm[0] < rules->tier_ppm[1] &&
                                     rules->tier_ppm[1] < rules->tier_ppm[2] && rules->tier_ppm[2] < RANK_PPM));
    must(rules->tier_margin_ppm < RANK_PPM);
}

static void open_boards(struct ledger *ledger)
{
    const struct ledger_options *options = &ledger->options;
    struct limits_rules rules;
    for (unsigned board = 0; board < LIMITS_BOARDS; board++) {
        if (!ledger_rules(options, board, &rules))
            continue;
        check_rules(&rules);
        if (board == LIMITS_MAIN) {
            board_open(&ledger->main, &rules);
            continue;
        }
        uint32_t days =
            board == LIMITS_RFM ? options->rfm.window_days : options->schemes[board - LIMITS_SCHEME].window_days;
        ledger->schemes[board - LIMITS_SCHEME] =
            scheme_open(&(struct scheme_rule){.window_days = days, .rules = rules});
        ledger->window_end = board - LIMITS_SCHEME + 1;
        if (board < LIMITS_RFM)
            ledger->scheme_end = ledger->window_end;
    }
}

struct ledger *ledger_open(const struct ledger_options *options)
{
    must(options->cut_a_ppm > 0 && options->overdue_repeats > 0);
    must(options->concentration_ppm == 0 || options->concentration_margin_ppm < options->concentration_ppm);
    struct ledger *ledger = calloc(1, sizeof *ledger);
    must(ledger != NULL);
    ledger->options = *options;
    ledger->directory = directory_open();
    ledger->window = window_open(options->window_days, 0);
    open_boards(ledger);
    ledger->last = rank_open(RANK_TIME);
    ledger->overdue = rank_open(RANK_TIME);
    for (uint32_t part = 1; part < LIMITS_PARTS; part++)
        ledger->r_cuts[part - 1] =
            rank_cut(ledger->last, (struct rank_rule){.way = RANK_PART, .numerator = part, .parts = LIMITS_PARTS});
    start(ledger, 0);
    return ledger;
}

void ledger_tops(struct ledger *ledger, const uint32_t *ppm, size_t count)
{
    must(ledger->top_count == 0 && count <= LIMITS_TOPS);
    for (size_t i = 0; i < count; i++) {
        must(i == 0 || ppm[i - 1] < ppm[i]);
        ledger->tops[i] = ppm[i];
        ledger->top_cuts[i] =
            rank_cut(ledger->main.net, (struct rank_rule){.way = RANK_TOP, .numerator = ppm[i], .parts = RANK_PPM});
    }
    ledger->top_count = (unsigned)count;
}

void ledger_close(struct ledger **ledger)
{
    if (*ledger == NULL)
        return;
    directory_close(&(*ledger)->directory);
    window_close(&(*ledger)->window);
    board_close(&(*ledger)->main);
    for (unsigned i = 0; i < LEDGER_WINDOWS; i++)
        scheme_close(&(*ledger)->schemes[i]);
    rank_close(&(*ledger)->last);
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
    board_clear(&ledger->main);
    for (unsigned i = 0; i < LEDGER_WINDOWS; i++)
        if (ledger->schemes[i] != NULL)
            scheme_clear(ledger->schemes[i], day);
    rank_clear(ledger->last);
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
        rank_expect(ledger->main.net, slot);
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

void ledger_change_scheme(struct ledger *ledger, unsigned scheme, uint32_t slot, int32_t day, int64_t value,
                          int32_t orders)
{
    must(scheme < LEDGER_WINDOWS && slot < ledger->count);
    if (ledger->schemes[scheme] != NULL && scheme_change(ledger->schemes[scheme], slot, day, value, orders))
        (void)touch(ledger, slot);
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

static void scheme_moves(void *context, uint32_t slot)
{
    (void)touch(context, slot);
}

size_t ledger_next_day(struct ledger *ledger, int64_t start_ms, const uint32_t **ret_slots)
{
    ledger->woken.used = 0;
    window_advance(ledger->window, leaves, comes, ledger);
    for (unsigned i = 0; i < LEDGER_WINDOWS; i++)
        if (ledger->schemes[i] != NULL)
            scheme_next_day(ledger->schemes[i], scheme_moves, ledger);
    ledger_advance(ledger, start_ms);
    *ret_slots = ledger->woken.items;
    return ledger->woken.used;
}

void ledger_advance(struct ledger *ledger, int64_t as_of_ms)
{
    if (as_of_ms > ledger->as_of_ms)
        ledger->as_of_ms = as_of_ms;
}

// --- settling

static void put_in_ranks(struct ledger *ledger, uint32_t slot)
{
    struct ledger_customer *customer = &ledger->customers[slot];
    customer->dirty = false;
    board_put(&ledger->main, slot, customer->orders, customer->net, &customer->tallied);
    for (unsigned i = 0; i < ledger->window_end; i++)
        if (ledger->schemes[i] != NULL)
            scheme_put(ledger->schemes[i], slot);
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
    rank_expect(ledger->main.net, slot);
    rank_expect(ledger->last, slot);
    rank_expect(ledger->overdue, slot);
    for (unsigned i = 0; i < ledger->window_end; i++)
        if (ledger->schemes[i] != NULL)
            scheme_expect(ledger->schemes[i], slot);
}

static void approach(const struct ledger *ledger, uint32_t at)
{
    if (at >= ledger->dirty.used)
        return;
    uint32_t slot = ledger->dirty.items[at];
    rank_approach(ledger->main.net, slot);
    for (unsigned i = 0; i < ledger->window_end; i++)
        if (ledger->schemes[i] != NULL)
            rank_approach(scheme_board(ledger->schemes[i])->net, slot);
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
    if (!customer->queued && !ledger_verdict_equal(ledger_verdict(ledger, slot), customer->announced)) {
        customer->queued = true;
        slots_add(&ledger->moved, slot);
    }
    return true;
}

static struct board *board_of(struct ledger *ledger, unsigned board)
{
    if (board == LIMITS_MAIN)
        return &ledger->main;
    struct scheme *scheme = ledger->schemes[board - LIMITS_SCHEME];
    return scheme != NULL ? scheme_board(scheme) : NULL;
}

// The limits by the customers of this ledger.
static void find_limits(struct ledger *ledger, struct limits *limits)
{
    for (unsigned i = 0; i < LIMITS_BOARDS; i++) {
        struct board *board = board_of(ledger, i);
        if (board != NULL)
            board_settle(board, &limits->boards[i]);
    }
    limits->top_count = ledger->top_count;
    for (unsigned i = 0; i < ledger->top_count; i++)
        limits->tops[i] = (struct limits_top){ledger->tops[i], rank_cut_stand(ledger->main.net, ledger->top_cuts[i])};
    // Who has no order in the window bought before all who have.
    const unsigned scored = ledger->schemes[LEDGER_WINDOWS - 1] != NULL ? LIMITS_RFM : LIMITS_MAIN;
    rank_settle(ledger->last, limits->boards[scored].population);
    for (unsigned part = 0; part < LIMITS_PARTS - 1; part++)
        limits->r[part] = rank_cut_stand(ledger->last, ledger->r_cuts[part]);
    limits->usual_gap_days = gaps_quantile(&ledger->gaps, ledger->options.drop_sample);
}

static void turn_bench(struct ledger *ledger)
{
    const struct ledger_options *options = &ledger->options;
    ledger->bench = 1 - ledger->bench;
    struct bench *bench = &ledger->benches[ledger->bench];
    if (ledger->is_imposed)
        bench->limits = ledger->imposed;
    else
        find_limits(ledger, &bench->limits);
    int64_t usual_ms = (int64_t)bench->limits.usual_gap_days * LEDGER_DAY_MS;
    bench->silent_since_ms = usual_ms == 0 ? LEDGER_NEVER : ledger->as_of_ms - usual_ms;
    const struct limits_board *board = &bench->limits.boards[LIMITS_MAIN];
    bench->large = bench->large_end = RANK_NONE;
    if (options->concentration_ppm == 0 || board->population < options->concentration_crowd)
        return;
    bench->large = limits_beyond(board, options->concentration_ppm);
    bench->large_end = limits_beyond(board, options->concentration_ppm - options->concentration_margin_ppm);
}

// The members that a limit passed over, whichever way it went.
static void walk_between(struct ledger *ledger, const struct rank *rank, int64_t before, int64_t after)
{
    if (before != after)
        rank_walk(rank, before < after ? before : after, before < after ? after : before, look, ledger);
}

static void walk_passed(struct ledger *ledger)
{
    const struct bench *before = &ledger->benches[1 - ledger->bench], *after = ledger_bench(ledger);
    for (unsigned i = 0; i < LIMITS_BOARDS; i++) {
        const struct board *board = board_of(ledger, i);
        if (board != NULL)
            limits_walk(board->net, &before->limits.boards[i], &after->limits.boards[i], look, ledger);
    }
    walk_between(ledger, ledger->main.net, before->large, after->large);
    walk_between(ledger, ledger->main.net, before->large_end, after->large_end);
    walk_between(ledger, ledger->last, before->silent_since_ms, after->silent_since_ms);
    rank_walk(ledger->overdue, ledger->settled_ms, ledger->as_of_ms, look, ledger);
}

size_t ledger_settle(struct ledger *ledger, const uint32_t **ret_slots)
{
    put_all_in_ranks(ledger);
    turn_bench(ledger);
    ledger->moved.used = 0;
    for (uint32_t i = 0; i < ledger->dirty.used; i++)
        (void)look(ledger, ledger->dirty.items[i], 0);
    walk_passed(ledger);
    ledger->settled_ms = ledger->as_of_ms;
    ledger->moves += ledger->dirty.used;
    ledger->dirty.used = 0;
    for (uint32_t i = 0; i < ledger->moved.used; i++)
        ledger->customers[ledger->moved.items[i]].queued = false;
    *ret_slots = ledger->moved.items;
    return ledger->moved.used;
}

uint64_t ledger_moves(const struct ledger *ledger)
{
    return ledger->moves;
}

void ledger_impose(struct ledger *ledger, const struct limits *limits)
{
    ledger->is_imposed = limits != NULL;
    if (limits != NULL)
        ledger->imposed = *limits;
}

struct rank *ledger_by_net(struct ledger *ledger)
{
    return ledger->main.net;
}

struct rank *ledger_by_last(struct ledger *ledger)
{
    return ledger->last;
}

struct rank *ledger_list(struct ledger *ledger, unsigned list)
{
    must(list < LIMITS_LISTS);
    if (list == LIMITS_LAST)
        return ledger->last;
    struct board *board = board_of(ledger, list);
    return board != NULL ? board->net : NULL;
}

const struct tally *ledger_tally(struct ledger *ledger, unsigned board)
{
    must(board < LIMITS_BOARDS);
    const struct board *kept = board_of(ledger, board);
    return kept != NULL ? kept->frequency : NULL;
}

const struct gaps *ledger_gaps(const struct ledger *ledger)
{
    return &ledger->gaps;
}

size_t ledger_bytes(const struct ledger *ledger)
{
    size_t bytes = sizeof *ledger + directory_bytes(ledger->directory) + window_bytes(ledger->window) +
                   ledger->room * sizeof *ledger->customers + board_bytes(&ledger->main) + rank_bytes(ledger->last) +
                   rank_bytes(ledger->overdue);
    for (unsigned i = 0; i < LEDGER_WINDOWS; i++)
        bytes += ledger->schemes[i] != NULL ? scheme_bytes(ledger->schemes[i]) : 0;
    return bytes;
}
