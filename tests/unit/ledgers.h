// Random orders for ledgers with every kind of board, and the plain figures that must come of them.
#ifndef TEND_TESTS_UNIT_LEDGERS_H
#define TEND_TESTS_UNIT_LEDGERS_H

#include "services/scoring/ledger.h"

#include <string.h>

#define DAY_MS INT64_C(86400000)

enum { CUSTOMERS_MAX = 90, ENTRIES_MAX = 3000, FIRST_DAY = 20000 };

static uint64_t state;

static uint64_t draw(uint64_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state % below;
}

static bool chance(unsigned percent)
{
    return draw(100) < percent;
}

// What was added to a customer: a value for each board.
struct entry {
    uint32_t customer;
    int32_t day, orders;
    int64_t values[LIMITS_BOARDS];
};

struct book {
    struct ledger_options options;
    struct entry entries[ENTRIES_MAX];
    size_t count;
    uint32_t customers;
    int32_t today;
    int64_t now_ms;
    unsigned shape; // of the values
    int64_t last_ms[CUSTOMERS_MAX];
    int32_t last_day[CUSTOMERS_MAX];
    bool bought[CUSTOMERS_MAX];
};

static void draw_rules(struct limits_rules *rules)
{
    *rules = (struct limits_rules){.cut_a_ppm = 300000 + (uint32_t)draw(300000), .margin_ppm = (uint32_t)draw(30000)};
    rules->cut_b_ppm = rules->cut_a_ppm + 50000 + (uint32_t)draw(200000);
}

static void draw_rfm(struct rfm_rule *rule)
{
    if (chance(50))
        rule->window_days = 1 + (uint32_t)draw(30);
    for (unsigned part = 0; part < RFM_ALL; part++) {
        rule->fixed[part] = chance(30);
        int64_t bound = 0;
        for (unsigned i = 0; i < RFM_BOUNDS; i++) {
            bound += 1 + (int64_t)draw(4);
            rule->bounds[part][i] = bound;
        }
    }
}

static void draw_options(struct ledger_options *options)
{
    struct limits_rules rules;
    draw_rules(&rules);
    *options = (struct ledger_options){
        .cut_a_ppm = rules.cut_a_ppm,
        .cut_b_ppm = rules.cut_b_ppm,
        .margin_ppm = rules.margin_ppm,
        .window_days = 1 + (uint32_t)draw(20),
        .overdue_factor_ppm = 2000000,
        .overdue_repeats = 1,
        .drop_quantile_ppm = 950000,
        .drop_sample = 3,
        .drop_repeats = 1,
        .tier_ppm = {20000 + (uint32_t)draw(100000), 200000, 500000 + (uint32_t)draw(400000)},
        .tier_margin_ppm = (uint32_t)draw(200000),
        .concentration_ppm = 20000 + (uint32_t)draw(200000),
        .concentration_margin_ppm = (uint32_t)draw(20000),
    };
    for (size_t i = 0; i < LIMITS_SCHEMES && chance(60); i++) {
        options->schemes[i].window_days = 1 + (uint32_t)draw(40);
        draw_rules(&options->schemes[i].rules);
    }
    draw_rfm(&options->rfm);
}

static void book_start(struct book *book)
{
    memset(book, 0, sizeof *book);
    draw_options(&book->options);
    book->customers = 1 + (uint32_t)draw(CUSTOMERS_MAX);
    book->today = FIRST_DAY;
    book->now_ms = FIRST_DAY * DAY_MS;
    book->shape = (unsigned)draw(3);
    for (size_t i = 0; i < CUSTOMERS_MAX; i++)
        book->last_ms[i] = LEDGER_NEVER;
}

static int64_t draw_value(const struct book *book)
{
    if (book->shape == 0)
        return (int64_t)draw(9) - 2; // many ties around zero
    if (book->shape == 1)
        return 100000 + (int64_t)draw(300); // all in few buckets
    int64_t size = (int64_t)(draw(UINT64_MAX) >> (8 + draw(50)));
    return chance(15) ? -size : size;
}

// An order of today, or a correction of any day.
static struct entry *book_draw(struct book *book)
{
    struct entry *entry = &book->entries[book->count++];
    *entry = (struct entry){.customer = (uint32_t)draw(book->customers), .day = book->today, .orders = 1};
    for (size_t i = 0; i < LIMITS_BOARDS; i++)
        entry->values[i] = draw_value(book);
    if (chance(20)) {
        entry->orders = 0;
        entry->day += 3 - (int32_t)draw(30);
    }
    return entry;
}

static void add_key(struct ledger *ledger, uint32_t customer)
{
    uint8_t key[LEDGER_KEY_BYTES] = {0};
    memcpy(key, &customer, sizeof customer);
    (void)ledger_add(ledger, key);
}

static bool slot_of(const struct ledger *ledger, uint32_t customer, uint32_t *ret_slot)
{
    uint8_t key[LEDGER_KEY_BYTES] = {0};
    memcpy(key, &customer, sizeof customer);
    return ledger_find(ledger, key, ret_slot);
}

// Tells a ledger that has the customer or gets it now.
static void give(const struct book *book, struct ledger *ledger, const struct entry *entry)
{
    uint32_t slot;
    if (!slot_of(ledger, entry->customer, &slot))
        add_key(ledger, entry->customer);
    (void)slot_of(ledger, entry->customer, &slot);
    ledger_change(ledger, slot, entry->day, entry->values[LIMITS_MAIN], entry->orders);
    for (unsigned i = 0; i <= LIMITS_SCHEMES; i++)
        ledger_change_scheme(ledger, i, slot, entry->day, entry->values[LIMITS_SCHEME + i], entry->orders);
    if (entry->orders == 0)
        return;
    bool bought = book->bought[entry->customer];
    int32_t before = bought ? book->last_day[entry->customer] : LEDGER_NO_DAY;
    if (before != entry->day)
        ledger_day_came(ledger, slot, before, entry->day, LEDGER_NO_DAY);
    ledger_last(ledger, slot, book->now_ms, 1);
}

// Keeps it in the book, when all ledgers have been told.
static void book_keep(struct book *book, const struct entry *entry)
{
    if (entry->orders == 0)
        return;
    book->bought[entry->customer] = true;
    book->last_ms[entry->customer] = book->now_ms;
    book->last_day[entry->customer] = entry->day;
}

// Settles and announces whatever differs.
static size_t settle(struct ledger *ledger)
{
    const uint32_t *slots;
    size_t count = ledger_settle(ledger, &slots);
    for (size_t i = 0; i < count; i++)
        ledger_announce(ledger, slots[i], ledger_verdict(ledger, slots[i]));
    return count;
}

#endif
