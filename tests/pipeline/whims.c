#include "whims.h"

#include "common/must.h"
#include "saga.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct page {
    uint64_t *seed;
    char *text;
    size_t used;
};

__attribute__((format(printf, 2, 3))) static void write(struct page *page, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    int length = vsnprintf(page->text + page->used, WHIMS_BYTES - page->used, format, list);
    va_end(list);
    must(length >= 0 && page->used + (size_t)length < WHIMS_BYTES);
    page->used += (size_t)length;
}

// A whole line in one case of so many percent.
static void maybe(struct page *page, uint64_t percent, const char *line)
{
    if (saga_chance(page->seed, percent))
        write(page, "%s\n", line);
}

static unsigned from_to(struct page *page, unsigned from, unsigned to)
{
    return from + (unsigned)saga_random(page->seed, to - from + 1);
}

static void write_common(struct page *page, unsigned processes)
{
    // Some whose midnight does not exist once a year, or comes twice.
    static const char *const zones[] = {
        "Asia/Shanghai", "Europe/Berlin",    "America/New_York", "UTC",         "Australia/Lord_Howe",
        "Asia/Kolkata",  "America/Santiago", "Africa/Cairo",     "Asia/Beirut", "America/Havana",
    };
    write(page, "common:\n  time_zone: %s\n  currency: CNY\n  scoring_processes: %u\n",
          zones[saga_random(page->seed, sizeof zones / sizeof *zones)], processes);
    write(page, "  rates:\n    - {currency: USD, from: 2000-01-01, rate: \"7.1\"}\n"
                "    - {currency: USD, from: 2025-07-01, rate: \"6.987654\"}\n"
                "    - {currency: EUR, from: 2000-01-01, rate: \"7.77\"}\n"
                "    - {currency: JPY, from: 2026-01-01, rate: \"0.046\"}\n");
}

static void write_ledger(struct page *page)
{
    static const char *const measures[] = {"net", "net", "quantity", "margin"};
    unsigned cut_a = from_to(page, 30, 70), cut_b = from_to(page, cut_a + 5, 95);
    if (saga_chance(page->seed, 60)) {
        write(page, "  abc:\n    cut_a: %u%%\n    cut_b: %u%%\n    window_days: %u\n    measure: %s\n", cut_a, cut_b,
              from_to(page, 20, 800), measures[saga_random(page->seed, 4)]);
        maybe(page, 50, "    refunds: order_day");
    }
    maybe(page, 40, "  overdue: {factor: 150%, min_repeats: 1}");
    maybe(page, 40, "  drop: {percentile: 90%, min_gaps: 5}");
    maybe(page, 40, "  tiers: {important: 5%, secondary: 25%, ordinary: 60%}");
    maybe(page, 60, "  concentration: {share: 8%, min_customers: 3}");
    if (saga_chance(page->seed, 60)) {
        write(page, "  rfm:\n");
        write(page, "    measure: %s\n", saga_chance(page->seed, 50) ? "abc" : "quantity");
        if (saga_chance(page->seed, 50))
            write(page, "    window_days: %u\n", from_to(page, 30, 400));
        maybe(page, 30, "    r_days: [14, 30, 60, 120]");
        maybe(page, 30, "    f_orders: [2, 5, 10, 20]");
        maybe(page, 30, "    m_amount: [100, 500.5, 2000, 10000]");
    }
    if (saga_chance(page->seed, 60)) {
        write(page, "  schemes:\n    profit: {measure: margin, window_days: %u}\n", from_to(page, 30, 400));
        maybe(page, 50, "    quarter: {window_days: 92, cut_a: 50%, cut_b: 80%}");
        maybe(page, 50, "    pieces: {measure: quantity, cut_a: 40%}");
    }
}

static void write_value(struct page *page)
{
    static const char *const kinds[] = {"mbg", "bg", "pareto", "nbd"};
    write(page, "  model: {kind: %s", kinds[saga_random(page->seed, 4)]);
    if (saga_chance(page->seed, 70))
        write(page, ", customers: 10, repeaters: 5");
    write(page, "}\n");
    maybe(page, 50, "  clv: {discount: 15%, margin: 30%, patience_days: 60}");
    maybe(page, 40, "  kind: {discounted: 60%, min_orders: 2, good_margin: 10%, rising: 0%, reach_years: 20}");
    maybe(page, 40, "  face: {red_margin: 20%, red_deal: 50, irregular: 50%, white_margin: 15%, regular: 60%}");
    if (saga_chance(page->seed, 80)) {
        write(page, "  policy:\n    classes:\n");
        maybe(page, 50, "      - {class: A, types: [agent, franchisee], top: 30%}");
        maybe(page, 50, "      - {class: A, abc: [A], tier: [important, secondary], margin: 10%}");
        maybe(page, 50, "      - {class: B, growth: 10%, growth_years: 2, cooperation: 3, loyalty: 2}");
        maybe(page, 50, "      - {class: B, growth: -20%, satisfaction: 3}");
        maybe(page, 50, "      - {class: friend, clv: [vip, improve], tenure_days: 200, orders: 3}");
        maybe(page, 50, "      - {class: odd, margin: -50%, abc: [B, C], types: [buyer, importer]}");
        write(page, "      - {class: C}\n");
    }
}

static void write_course(struct page *page)
{
    maybe(page, 40, "  demand: {harmful: 30%, harmful_min_orders: 2, intention: 4, gone_days: 120, irregular: 50%}");
    maybe(page, 40, "  forecast: {soon_days: 14, min_gaps: 1, newest: 4, forget_days: 60}");
    maybe(page, 40, "  lifecycle: {once_days: 90}");
    maybe(page, 40, "  declining: {window_days: 60, drop: 60%, recent_half_days: 20, lasting_half_days: 150}");
    maybe(page, 40, "  rival: {days: 60}");
    maybe(page, 40, "  lead: {hot_days: 5, warm_days: 20, missed_days: 20}");
}

void whims_write(uint64_t *seed, unsigned processes, const char *folder, char text[WHIMS_BYTES])
{
    struct page page = {.seed = seed, .text = text};
    write_common(&page, processes);
    write(&page, "scoring:\n");
    write_ledger(&page);
    write_value(&page);
    write_course(&page);
    write(&page, "notifier: {default_channel: here, channels: {here: {type: file, file: %s/out.jsonl}}}\n", folder);
}
