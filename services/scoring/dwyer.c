#include "services/scoring/dwyer.h"

#include "common/must.h"
#include "services/scoring/worth.h"

#include <math.h>

// A loop of floating point runs over this many days at most: ten years.
enum { EXPECTED_DAYS_MAX = 3660 };

// A period is run through in so many steps, so that one who buys more than once in it is seen to. The chance of a step
// is told by three square roots.
enum { PARTS = 8 };

#define YEAR_DAYS 365.25
#define MILLI 1000.0

void dwyer_start(struct dwyer_counts *counts, const struct dwyer_options *options)
{
    must(options->period_days >= 1 && options->states >= 1 && options->states <= DWYER_STATES_MAX);
    *counts = (struct dwyer_counts){.period_days = options->period_days, .states = (uint32_t)options->states};
}

// The period (from 1) in which a purchase after so many days falls, states + 1 for all later ones.
static uint32_t period_of(const struct dwyer_counts *counts, int64_t days)
{
    must(days >= 1);
    int64_t period = (days - 1) / counts->period_days + 1;
    return period > counts->states ? counts->states + 1 : (uint32_t)period;
}

void dwyer_gaps(struct dwyer_counts *counts, int64_t days, uint64_t times)
{
    uint32_t period = period_of(counts, days);
    for (uint32_t i = 0; i < period && i < counts->states; i++)
        counts->exposed_days[i] += (uint64_t)counts->period_days * times;
    if (period <= counts->states)
        counts->bought[period - 1] += times;
}

void dwyer_gap_came(struct dwyer_counts *counts, int64_t days)
{
    dwyer_gaps(counts, days, 1);
}

void dwyer_gap_went(struct dwyer_counts *counts, int64_t days)
{
    uint32_t period = period_of(counts, days);
    for (uint32_t i = 0; i < period && i < counts->states; i++)
        counts->exposed_days[i] -= (uint64_t)counts->period_days;
    if (period <= counts->states)
        counts->bought[period - 1]--;
}

void dwyer_silent(struct dwyer_counts *counts, int64_t days, uint64_t customers)
{
    for (uint32_t i = 0; i < counts->states && days > 0; i++) {
        int64_t there = days < counts->period_days ? days : counts->period_days;
        counts->exposed_days[i] += (uint64_t)there * customers;
        days -= there;
    }
}

// What follows from the chances: who comes back at all, after how long, and how many stay from period to period.
static void derive(struct dwyer_chances *chances)
{
    double silent = 1, again = 0, waited = 0;
    for (uint32_t i = 0; i < chances->states; i++) {
        double buys = silent * (double)chances->buy_ppm[i] / WORTH_PPM;
        again += buys;
        waited += buys * (i + 1);
        silent -= buys;
    }
    double gap = again > 0 ? waited / again : 0;
    chances->again_ppm = worth_rounded(again * WORTH_PPM);
    chances->gap_milli = worth_rounded(gap * MILLI);
    chances->retention_ppm = again > 0 ? worth_rounded(pow(again, 1 / gap) * WORTH_PPM) : 0;
}

void dwyer_chances(const struct dwyer_options *options, const struct dwyer_counts *counts,
                   struct dwyer_chances *ret_chances)
{
    *ret_chances = (struct dwyer_chances){.states = counts->states};
    uint64_t full = (uint64_t)options->least * (uint64_t)counts->period_days;
    uint32_t own = 0;
    while (own < counts->states && counts->exposed_days[own] > 0 && counts->exposed_days[own] >= full)
        own++;
    uint64_t exposed = 0, bought = 0;
    for (uint32_t i = own; i < counts->states; i++) {
        exposed += counts->exposed_days[i];
        bought += counts->bought[i];
    }
    for (uint32_t i = 0; i < counts->states; i++) {
        bool alone = i < own;
        int128 times = (int128)(alone ? counts->bought[i] : bought) * counts->period_days;
        ret_chances->buy_ppm[i] = worth_share(times, alone ? counts->exposed_days[i] : exposed);
    }
    ret_chances->known = own > 0;
    derive(ret_chances);
}

uint32_t dwyer_state(const struct dwyer_counts *counts, int64_t days)
{
    int64_t state = (days > 0 ? days : 0) / counts->period_days + 1;
    return state > counts->states ? counts->states + 1 : (uint32_t)state;
}

double dwyer_retention(double m, double r, double d, uint32_t periods)
{
    must(r >= 0 && r <= 1 && d >= 0);
    double left = (1 + d - r) / (1 + d); // 1 - r/(1+d), without taking near ones from each other
    if (left <= 0)
        return m * (periods + 1.0);
    if (r == 0)
        return m;
    return m * -expm1((periods + 1.0) * log1p(-left)) / left;
}

bool dwyer_retention_forever(double m, double r, double d, double *ret_value)
{
    must(r >= 0 && r <= 1 && d >= 0);
    if (1 + d - r <= 0)
        return false;
    *ret_value = m * (1 + d) / (1 + d - r);
    return true;
}

void dwyer_migration(const struct dwyer_chain *chain, uint32_t periods, double ret_values[DWYER_STATES_MAX])
{
    must(chain->states >= 1 && chain->states <= DWYER_STATES_MAX && periods <= DWYER_HORIZON_MAX);
    double weight = 1 / (1 + chain->discount), values[DWYER_STATES_MAX + 1] = {0};
    for (uint32_t i = 0; i < chain->states; i++)
        values[i] = chain->gain[i];
    for (uint32_t t = 0; t < periods; t++) {
        double first = values[0]; // state i needs i+1 as it was, so going upwards one array suffices
        for (uint32_t i = 0; i < chain->states; i++)
            values[i] = chain->gain[i] + weight * (chain->buy[i] * first + (1 - chain->buy[i]) * values[i + 1]);
    }
    for (uint32_t i = 0; i < chain->states; i++)
        ret_values[i] = values[i];
}

bool dwyer_migration_forever(const struct dwyer_chain *chain, double ret_values[DWYER_STATES_MAX])
{
    must(chain->states >= 1 && chain->states <= DWYER_STATES_MAX);
    // V_i = fixed_i + share_i V_1, from the last state back to the first.
    double weight = 1 / (1 + chain->discount);
    double fixed[DWYER_STATES_MAX + 1] = {0}, share[DWYER_STATES_MAX + 1] = {0};
    for (uint32_t i = chain->states; i-- > 0;) {
        double on = weight * (1 - chain->buy[i]);
        fixed[i] = chain->gain[i] + on * fixed[i + 1];
        share[i] = weight * chain->buy[i] + on * share[i + 1];
    }
    if (share[0] >= 1)
        return false;
    double first = fixed[0] / (1 - share[0]);
    for (uint32_t i = 0; i < chain->states; i++)
        ret_values[i] = fixed[i] + share[i] * first;
    return true;
}

// Moves everybody on by a part of a period; returns how many bought. `silent` are the chances not to, by state.
static double step(double *there, const double *silent, uint32_t ages)
{
    double bought = 0, older = 0;
    for (uint32_t age = 0; age < ages; age++) {
        double stays = there[age] * silent[age / PARTS];
        bought += there[age] - stays;
        there[age] = older;
        older = stays;
    }
    there[0] = bought;
    // Whoever bought may buy again in the rest of the part, which is half of it on average.
    return bought / (1 - (1 - silent[0]) / 2);
}

void dwyer_expected(const struct dwyer_chances *chances, int64_t period_days, int64_t silent_days,
                    const double *within_days, uint32_t count, double *ret_orders)
{
    must(period_days >= 1 && chances->states <= DWYER_STATES_MAX);
    double there[DWYER_STATES_MAX * PARTS] = {0}, silent[DWYER_STATES_MAX] = {0};
    uint32_t ages = chances->states * PARTS;
    for (uint32_t i = 0; i < chances->states; i++)
        silent[i] = sqrt(sqrt(sqrt(1 - (double)chances->buy_ppm[i] / WORTH_PPM)));
    int64_t days = silent_days > 0 ? silent_days : 0;
    if (chances->known && days / period_days < chances->states)
        there[days * PARTS / period_days] = 1;
    double part = (double)period_days / PARTS, before = 0;
    uint32_t i = 0;
    for (uint32_t steps = 0; i < count; steps++) {
        double bought = step(there, silent, ages), begin = part * steps;
        for (; i < count && within_days[i] <= begin + part; i++) {
            must(within_days[i] >= 0 && within_days[i] <= EXPECTED_DAYS_MAX);
            ret_orders[i] = before + bought * (within_days[i] - begin) / part;
        }
        before += bought;
    }
}

int64_t dwyer_returns(const struct dwyer_chances *chances, int64_t period_days, int64_t silent_days)
{
    must(period_days >= 1 && chances->states <= DWYER_STATES_MAX);
    int64_t days = silent_days > 0 ? silent_days : 0, place = days / period_days;
    if (!chances->known || place >= chances->states)
        return 0;
    // Of the period that has begun only the rest holds a chance.
    double rest = 1 - (double)(days % period_days) / (double)period_days;
    double never = pow(1 - (double)chances->buy_ppm[place] / WORTH_PPM, rest);
    for (int64_t i = place + 1; i < chances->states; i++)
        never *= 1 - (double)chances->buy_ppm[i] / WORTH_PPM;
    return worth_rounded((1 - never) * WORTH_PPM);
}

// Where every purchase brings the same and each period costs the same, the chain says all three with other gains.
static struct dwyer_chain chain_of(const struct dwyer_chances *chances, double first, double each, double discount)
{
    struct dwyer_chain chain = {.states = chances->states, .discount = discount};
    for (uint32_t i = 0; i < chances->states; i++) {
        chain.buy[i] = (double)chances->buy_ppm[i] / WORTH_PPM;
        chain.gain[i] = each + (i == 0 ? first : 0);
    }
    return chain;
}

static bool migrate(const struct dwyer_options *options, const struct dwyer_facts *facts, double rate,
                    struct dwyer *dwyer)
{
    int64_t place = (facts->silent_days > 0 ? facts->silent_days : 0) / options->period_days;
    if (place >= facts->chances->states)
        return true; // a former customer: nothing to come
    double purchase = (double)facts->purchase_micros, cost = (double)facts->cost_micros;
    struct dwyer_chain length = chain_of(facts->chances, 0, 1, 0), bought = chain_of(facts->chances, 1, 0, 0),
                       value = chain_of(facts->chances, purchase, -cost, rate);
    double periods[DWYER_STATES_MAX], purchases[DWYER_STATES_MAX], values[DWYER_STATES_MAX];
    if (!dwyer_migration_forever(&length, periods) || !dwyer_migration_forever(&bought, purchases) ||
        !dwyer_migration_forever(&value, values))
        return false;
    // What led to its present state is past.
    double past = place == 0 ? 1 : 0;
    dwyer->lifetime_milli = worth_rounded(periods[place] * MILLI);
    dwyer->profit_micros = worth_rounded((purchases[place] - past) * purchase);
    dwyer->cost_micros = worth_rounded(periods[place] * cost);
    dwyer->value_micros = worth_rounded(values[place] - past * purchase);
    return true;
}

static bool retain(const struct dwyer_facts *facts, double rate, struct dwyer *dwyer)
{
    const struct dwyer_chances *chances = facts->chances;
    double stays = (double)chances->retention_ppm / WORTH_PPM, periods, value;
    if (chances->gap_milli == 0)
        return false; // nobody ever bought again, so nobody says what a period brings
    double gain = (double)facts->purchase_micros * MILLI / (double)chances->gap_milli;
    double cost = (double)facts->cost_micros;
    if (!dwyer_retention_forever(1, stays, 0, &periods) || !dwyer_retention_forever(gain - cost, stays, rate, &value))
        return false;
    dwyer->lifetime_milli = worth_rounded(periods * MILLI);
    dwyer->profit_micros = worth_rounded(periods * gain);
    dwyer->cost_micros = worth_rounded(periods * cost);
    dwyer->value_micros = worth_rounded(value);
    return true;
}

void dwyer_judge(const struct dwyer_options *options, const struct dwyer_facts *facts, struct dwyer *ret_dwyer)
{
    *ret_dwyer = (struct dwyer){.nature = (uint8_t)options->nature};
    if (!facts->chances->known)
        return;
    double yearly = (double)facts->discount_ppm / WORTH_PPM;
    double rate = expm1(log1p(yearly) * (double)options->period_days / YEAR_DAYS);
    struct dwyer dwyer = *ret_dwyer;
    dwyer.known =
        options->nature == DWYER_MIGRATION ? migrate(options, facts, rate, &dwyer) : retain(facts, rate, &dwyer);
    if (!dwyer.known)
        return;
    dwyer.lifetime_micros = worth_held((int128)dwyer.profit_micros - dwyer.cost_micros);
    *ret_dwyer = dwyer;
}

void dwyer_explain(const struct dwyer_options *options, const struct dwyer_facts *facts, const struct dwyer *dwyer,
                   struct reason *ret_reason)
{
    const struct dwyer_chances *chances = facts->chances;
    bool returns = dwyer->nature == DWYER_MIGRATION;
    reason_start(ret_reason, "lifetime value by Dwyer, who is silent %s, in periods of %lld days",
                 returns ? "may return" : "is lost for good", (long long)options->period_days);
    if (!dwyer->known) {
        reason_note(ret_reason, chances->known ? "the chances give the lifetime no end, or no purchase to tell it by"
                                               : "too few customers bought again to tell the chances");
        return;
    }
    reason_add(ret_reason, "silent", REASON_DAYS, facts->silent_days * (int64_t)MILLI);
    reason_add(ret_reason, "buys_again", REASON_PPM, chances->again_ppm);
    reason_add(ret_reason, "retention", REASON_PPM, chances->retention_ppm);
    reason_add(ret_reason, "lifetime", REASON_DAYS, worth_held((int128)dwyer->lifetime_milli * options->period_days));
    reason_add(ret_reason, "profit_of_a_purchase", REASON_MONEY, facts->purchase_micros);
    reason_add(ret_reason, "profit", REASON_MONEY, dwyer->profit_micros);
    reason_add(ret_reason, "cost_to_serve", REASON_MONEY, dwyer->cost_micros);
    reason_add(ret_reason, "lifetime_profit", REASON_MONEY, dwyer->lifetime_micros);
    reason_add(ret_reason, "lifetime_value", REASON_MONEY, dwyer->value_micros);
}
