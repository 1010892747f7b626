#include "services/scoring/deals.h"

#include "common/must.h"
#include "services/scoring/worth.h"

#include <math.h>
#include <string.h>

#define YEAR_DAYS 365.25
enum { DAY_MS = 86400000, OPEN_DAYS = 365, COUNT_MOST = UINT16_MAX };

_Static_assert(sizeof(struct deals) == DEALS_QUOTES_MAX * sizeof(struct deals_quote) +
                                           DEALS_CONTRACTS_MAX * sizeof(struct deals_contract) + 4 * sizeof(uint16_t),
               "compared as bytes");

void deals_start(struct deals *deals)
{
    *deals = (struct deals){0};
}

static void count_up(uint16_t *count)
{
    if (*count < COUNT_MOST)
        (*count)++;
}

// Takes one out; what is left over is zero again, so that equal deals are equal bytes.
static void drop_quote(struct deals *deals, uint16_t at)
{
    must(at < deals->quote_count);
    deals->quote_count--;
    memmove(&deals->quotes[at], &deals->quotes[at + 1], (size_t)(deals->quote_count - at) * sizeof deals->quotes[0]);
    deals->quotes[deals->quote_count] = (struct deals_quote){0};
}

static void drop_contract(struct deals *deals, uint16_t at)
{
    must(at < deals->contract_count);
    deals->contract_count--;
    memmove(&deals->contracts[at], &deals->contracts[at + 1],
            (size_t)(deals->contract_count - at) * sizeof deals->contracts[0]);
    deals->contracts[deals->contract_count] = (struct deals_contract){0};
}

// The place of a quote; quote_count when there is none. The same for contracts.
static uint16_t find_quote(const struct deals *deals, uint64_t id)
{
    uint16_t at = 0;
    while (at < deals->quote_count && deals->quotes[at].id != id)
        at++;
    return at;
}

static uint16_t find_contract(const struct deals *deals, uint64_t id)
{
    uint16_t at = 0;
    while (at < deals->contract_count && deals->contracts[at].id != id)
        at++;
    return at;
}

void deals_quote(struct deals *deals, const struct deals_quote *quote)
{
    uint16_t at = find_quote(deals, quote->id);
    if (at < deals->quote_count)
        drop_quote(deals, at);
    else
        count_up(&deals->sent);
    if (deals->quote_count == DEALS_QUOTES_MAX)
        drop_quote(deals, 0);
    deals->quotes[deals->quote_count++] = *quote;
}

void deals_quote_lost(struct deals *deals, uint64_t id)
{
    count_up(&deals->lost);
    uint16_t at = find_quote(deals, id);
    if (at < deals->quote_count)
        drop_quote(deals, at);
}

// The last day in force.
static int64_t last_day(const struct deals_contract *contract)
{
    int64_t last = contract->to_day == DEALS_NO_DAY ? INT32_MAX : contract->to_day;
    return contract->ended_day != DEALS_NO_DAY && contract->ended_day < last ? contract->ended_day : last;
}

void deals_contract(struct deals *deals, const struct deals_contract *contract)
{
    uint16_t at = find_contract(deals, contract->id);
    if (at < deals->contract_count)
        drop_contract(deals, at);
    if (deals->contract_count == DEALS_CONTRACTS_MAX) {
        uint16_t first = 0;
        for (uint16_t i = 1; i < deals->contract_count; i++)
            if (last_day(&deals->contracts[i]) < last_day(&deals->contracts[first]))
                first = i;
        drop_contract(deals, first);
    }
    struct deals_contract *kept = &deals->contracts[deals->contract_count++];
    *kept = *contract;
    kept->ended_day = DEALS_NO_DAY;
    if (kept->from_day == DEALS_NO_DAY)
        kept->from_day = kept->signed_day;
    if (kept->to_day != DEALS_NO_DAY && kept->to_day < kept->from_day)
        kept->to_day = kept->from_day;
}

void deals_contract_ended(struct deals *deals, uint64_t id, int32_t day)
{
    uint16_t at = find_contract(deals, id);
    if (at < deals->contract_count)
        deals->contracts[at].ended_day = day;
}

// What a day's discount takes from the logarithm of an amount.
static double daily(const struct deals_facts *facts)
{
    must(facts->discount_ppm >= 0);
    return log1p((double)facts->discount_ppm / WORTH_PPM) / YEAR_DAYS;
}

static bool answered(const struct deals_facts *facts, const struct deals_quote *quote)
{
    return facts->last_order_ms != DEALS_NEVER && facts->last_order_ms > quote->sent_ms;
}

bool deals_open(const struct deals_options *options, const struct deals_facts *facts, const struct deals_quote *quote,
                int64_t *ret_day)
{
    // The day of sending by UTC is near enough for a quote that names no day.
    int64_t day =
        quote->expected_day != DEALS_NO_DAY ? quote->expected_day : quote->sent_ms / DAY_MS + options->quote_days;
    *ret_day = day;
    return !answered(facts, quote) && facts->today <= day + options->quote_grace_days;
}

// Adds a quote; returns its present revenue.
static double judge_quote(const struct deals_options *options, const struct deals_quote *quote,
                          const struct deals_facts *facts, struct deals_worth *worth)
{
    int64_t day;
    if (!deals_open(options, facts, quote, &day)) {
        worth->answered += answered(facts, quote);
        worth->cold += !answered(facts, quote);
        return 0;
    }
    worth->open++;
    int64_t when = day < facts->today ? facts->today : day < INT32_MAX ? day : INT32_MAX;
    int64_t chance = quote->chance_ppm != 0 ? quote->chance_ppm : options->quote_ppm;
    if (worth->next_day == DEALS_NO_DAY || when < worth->next_day ||
        (when == worth->next_day && quote->revenue_micros > worth->next_micros)) {
        worth->next_day = (int32_t)when;
        worth->next_micros = quote->revenue_micros;
        worth->next_ppm = chance;
    }
    int64_t revenue = worth_part(quote->revenue_micros, chance);
    if (when - facts->today > options->horizon_days)
        return 0;
    worth->quote_revenue_micros = worth_held((int128)worth->quote_revenue_micros + revenue);
    return (double)revenue * exp(-daily(facts) * (double)(when - facts->today));
}

// Adds a contract; returns its present revenue: a geometric sum over its days from tomorrow on.
static double judge_contract(const struct deals_options *options, const struct deals_contract *contract,
                             const struct deals_facts *facts, struct deals_worth *worth)
{
    int64_t last = last_day(contract), from = contract->from_day - (int64_t)facts->today;
    int64_t to = last - facts->today;
    int64_t all = contract->to_day == DEALS_NO_DAY ? OPEN_DAYS : (int64_t)contract->to_day - contract->from_day + 1;
    worth->running += to >= 0;
    from = from < 1 ? 1 : from;
    to = to > options->horizon_days ? options->horizon_days : to;
    if (from > to)
        return 0;
    int64_t days = to - from + 1;
    int64_t revenue = worth_held((int128)contract->value_micros * days / all);
    worth->contract_revenue_micros = worth_held((int128)worth->contract_revenue_micros + revenue);
    double rate = daily(facts), each = (double)contract->value_micros / (double)all;
    if (rate <= 0)
        return each * (double)days;
    return each * exp(-rate * (double)from) * expm1(-rate * (double)days) / expm1(-rate);
}

// Until when the contracts reach: the one that ends last, and whether any is left.
static void judge_end(const struct deals *deals, struct deals_worth *worth)
{
    int64_t latest = INT64_MIN;
    for (uint16_t i = 0; i < deals->contract_count; i++) {
        int64_t last = last_day(&deals->contracts[i]);
        latest = last > latest ? last : latest;
    }
    worth->contract_to = deals->contract_count == 0 || latest == INT32_MAX ? DEALS_NO_DAY : (int32_t)latest;
    worth->expired = deals->contract_count > 0 && worth->running == 0;
}

void deals_judge(const struct deals_options *options, const struct deals *deals, const struct deals_facts *facts,
                 struct deals_worth *ret_worth)
{
    must(deals->quote_count <= DEALS_QUOTES_MAX && deals->contract_count <= DEALS_CONTRACTS_MAX);
    struct deals_worth worth = {.next_day = DEALS_NO_DAY};
    double present = 0;
    for (uint16_t i = 0; i < deals->quote_count; i++)
        present += judge_quote(options, &deals->quotes[i], facts, &worth);
    for (uint16_t i = 0; i < deals->contract_count; i++)
        present += judge_contract(options, &deals->contracts[i], facts, &worth);
    judge_end(deals, &worth);
    worth.present_micros = worth_rounded(present * ((double)facts->margin_ppm / WORTH_PPM));
    *ret_worth = worth;
}

void deals_explain(const struct deals_options *options, const struct deals_facts *facts,
                   const struct deals_worth *worth, struct reason *ret_reason)
{
    reason_start(ret_reason, "open quotes by their chance, and what contracts bring in the next %lld days",
                 (long long)options->horizon_days);
    reason_add(ret_reason, "present_value", REASON_MONEY, worth->present_micros);
    reason_add(ret_reason, "quotes_open", REASON_COUNT, worth->open);
    reason_add(ret_reason, "quotes_cold", REASON_COUNT, worth->cold);
    reason_add(ret_reason, "quotes_answered", REASON_COUNT, worth->answered);
    reason_add(ret_reason, "revenue_of_quotes", REASON_MONEY, worth->quote_revenue_micros);
    reason_add(ret_reason, "contracts_running", REASON_COUNT, worth->running);
    reason_add(ret_reason, "revenue_of_contracts", REASON_MONEY, worth->contract_revenue_micros);
    reason_add(ret_reason, "margin", REASON_PPM, facts->margin_ppm);
    reason_add(ret_reason, "discount", REASON_PPM, facts->discount_ppm);
    if (worth->next_day != DEALS_NO_DAY) {
        reason_add(ret_reason, "next_quote_day", REASON_DATE, worth->next_day);
        reason_add(ret_reason, "next_quote", REASON_MONEY, worth->next_micros);
        reason_add(ret_reason, "next_quote_chance", REASON_PPM, worth->next_ppm);
    }
    if (worth->contract_to != DEALS_NO_DAY)
        reason_add(ret_reason, "contract_to", REASON_DATE, worth->contract_to);
    if (worth->expired)
        reason_note(ret_reason, "no contract is in force any more");
}
