// Dwyer's two views of a customer's lifetime, after F. R. Dwyer, "Customer lifetime valuation to support marketing
// decision making" (1989, again 1997), with the formulas of Berger and Nasr (1998) and the Markov form of Pfeifer and
// Carraway (2000). Pure.
//
// Retention, "lost for good": who leaves never returns. Each period the share r stays and brings m:
//     value = sum over t = 0..n of m r^t / (1+d)^t.
// Migration, "always a share": who is silent may return. A customer in its j-th period since a purchase buys with the
// chance p_j, which takes it back to period 1, or else goes on to period j+1; past the last period it is a former
// customer for good. With R_j, what a period in state j brings (at j = 1 the purchase that led there too),
//     V = R + P V / (1+d).
// A period holds one purchase at most, so it should be no longer than the usual time between two.
//
// The chances are counted as purchases come: a gap between two purchases says for each period up to its end that the
// customer was there, and for the last that it bought. Silences that still last are added when the chances are asked
// for, since their number changes with every day. Counts are sums, so no order of arrival matters.
#ifndef TEND_SCORING_DWYER_H
#define TEND_SCORING_DWYER_H

#include "services/scoring/reason.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    DWYER_STATES_MAX = 24,    // two years of months: whoever is silent for longer is a former customer
    DWYER_HORIZON_MAX = 1200, // periods; a hundred years of months, by then any discount has taken the rest
};

// How a lifetime ends.
enum dwyer_nature { DWYER_RETENTION, DWYER_MIGRATION };

struct dwyer_options {
    int nature;          // enum dwyer_nature
    int64_t period_days; // 1 to 366
    int64_t states;      // periods of silence after which a customer is a former one, 1 to DWYER_STATES_MAX
    int64_t least; // a period's own chance is told from so many customers on; beyond it the rest is taken together
};

// What was counted. Exposure is in customer-days, so that a silence ending within a period counts with its part.
struct dwyer_counts {
    int64_t period_days;
    uint32_t states;
    uint64_t exposed_days[DWYER_STATES_MAX]; // state j+1 at index j
    uint64_t bought[DWYER_STATES_MAX];
};

// The chances told from counts.
struct dwyer_chances {
    uint32_t states;
    int64_t buy_ppm[DWYER_STATES_MAX]; // to buy in the j-th period, when silent until then
    int64_t again_ppm;                 // that a customer who bought buys again at all
    int64_t retention_ppm;             // r: that a customer is still one a period later
    int64_t gap_milli;                 // periods between two purchases of those who buy again, in thousandths
    bool known;                        // false: too little was counted
};

// A chain: states, chances 0 to 1, what each state brings, the discount of one period (0.01 is one percent), at least
// 0.
struct dwyer_chain {
    uint32_t states;
    double buy[DWYER_STATES_MAX];
    double gain[DWYER_STATES_MAX];
    double discount;
};

// Nothing counted.
void dwyer_start(struct dwyer_counts *counts, const struct dwyer_options *options);

// So many customers bought again after `days` (1 or more) without a purchase; one did; one is taken back.
void dwyer_gaps(struct dwyer_counts *counts, int64_t days, uint64_t times);
void dwyer_gap_came(struct dwyer_counts *counts, int64_t days);
void dwyer_gap_went(struct dwyer_counts *counts, int64_t days);

// So many customers have been silent for `days` until now; below 0, which a purchase dated ahead gives, counts as 0,
// here and below. To be added to a copy, which is then asked.
void dwyer_silent(struct dwyer_counts *counts, int64_t days, uint64_t customers);

// The chances.
void dwyer_chances(const struct dwyer_options *options, const struct dwyer_counts *counts,
                   struct dwyer_chances *ret_chances);

// The state (1 and up) of a customer that has been silent for `days`; states + 1: a former one.
uint32_t dwyer_state(const struct dwyer_counts *counts, int64_t days);

// The value of paying m now and in each of the next `periods` periods while it stays with the chance r (0 to 1).
double dwyer_retention(double m, double r, double d, uint32_t periods);

// The same without an end. False when the sum has none, which takes r = 1 and d = 0.
bool dwyer_retention_forever(double m, double r, double d, double *ret_value);

// The value in each state over now and the next `periods` periods, at most DWYER_HORIZON_MAX.
void dwyer_migration(const struct dwyer_chain *chain, uint32_t periods, double ret_values[DWYER_STATES_MAX]);

// The same without an end, by substitution: each equation has one unknown beside V_1. False when the sum has none,
// which takes a discount of 0 and nobody who is ever lost.
bool dwyer_migration_forever(const struct dwyer_chain *chain, double ret_values[DWYER_STATES_MAX]);

// How many purchases a customer that has been silent for `silent_days` is expected to make within `within_days` (0 to
// 3660) from now; 0 for a former customer, and as long as the chances are not known. What a purchase model would say,
// for those who have too few customers for one. The chance of a period is spread over its days, so that more than one
// purchase in a period counts. `ret_orders[i]` belongs to `within_days[i]`, which rise.
void dwyer_expected(const struct dwyer_chances *chances, int64_t period_days, int64_t silent_days,
                    const double *within_days, uint32_t count, double *ret_orders);

// The chance in ppm that a customer that has been silent for `silent_days` buys again at all; 0 for a former one, and
// as long as the chances are not known.
int64_t dwyer_returns(const struct dwyer_chances *chances, int64_t period_days, int64_t silent_days);

// What the five steps need of one customer.
struct dwyer_facts {
    const struct dwyer_chances *chances;
    int64_t silent_days;     // since its last purchase
    int64_t purchase_micros; // profit of a purchase
    int64_t cost_micros;     // of serving the customer for one period
    int64_t discount_ppm;    // a year
};

// The five steps.
struct dwyer {
    bool known;
    uint8_t nature;          // enum dwyer_nature
    int64_t lifetime_milli;  // 1. expected periods as a customer, in thousandths
    int64_t profit_micros;   // 2. what its purchases bring in that time
    int64_t cost_micros;     // 3. what serving it costs
    int64_t lifetime_micros; // 4. the one less the other
    int64_t value_micros;    // 5. the same, discounted
};

// Takes the steps for a customer that bought at least once. Never fails: what cannot be told is not `known`.
void dwyer_judge(const struct dwyer_options *options, const struct dwyer_facts *facts, struct dwyer *ret_dwyer);

// Why, with all figures.
void dwyer_explain(const struct dwyer_options *options, const struct dwyer_facts *facts, const struct dwyer *dwyer,
                   struct reason *ret_reason);

#endif
