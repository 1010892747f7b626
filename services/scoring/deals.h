// The deals of one customer: quotes that may become orders and contracts that run. Each is an event to come with a day,
// a revenue and a chance: what the textbooks call the customer-event method. Pure.
//
//     present value = sum of chance * (revenue - cost) / (1+d)^(days/365.25)
//
// It stands beside what a purchase model expects and is not added to it, for the model has seen such orders too. The
// cost is told by the customer's margin. A contract's value is spread evenly over its days; only those after today
// count. A quote counts until it is lost, until an order is placed after it was sent (which is taken to be its answer),
// or until its day has passed by the grace; past its day it counts as of today.
//
// Deals are folded from events sorted by time and key. They hold a few; of more, the quotes sent earliest and the
// contracts that end first are forgotten, so the same events always leave the same deals.
#ifndef TEND_SCORING_DEALS_H
#define TEND_SCORING_DEALS_H

#include "services/scoring/reason.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    DEALS_QUOTES_MAX = 6,    // open at a time with one customer; a row of facts stays small
    DEALS_CONTRACTS_MAX = 4, // the same
};

#define DEALS_NO_DAY INT32_MIN
#define DEALS_NEVER INT64_MIN

struct deals_options {
    int64_t quote_ppm;        // the chance of a quote that came without one
    int64_t quote_days;       // a quote without an expected day is expected so long after it was sent
    int64_t quote_grace_days; // a quote so long past its day is cold
    int64_t horizon_days;     // what is expected after so many days is not counted
};

struct deals_quote {
    uint64_t id; // a hash of the quote's name; the newest of the same id counts
    int64_t sent_ms;
    int64_t revenue_micros; // reporting currency
    int32_t expected_day;   // DEALS_NO_DAY: not said
    uint32_t chance_ppm;    // 0: not said
};

struct deals_contract {
    uint64_t id; // as above
    int64_t value_micros;
    int32_t from_day;  // first day in force
    int32_t to_day;    // last one; DEALS_NO_DAY: without an end, and its value is that of a year
    int32_t ended_day; // the last day in force when it was ended early, else DEALS_NO_DAY
    int32_t signed_day;
};

// A plain value, to be copied and compared as bytes.
struct deals {
    struct deals_quote quotes[DEALS_QUOTES_MAX];          // the earliest sent first
    struct deals_contract contracts[DEALS_CONTRACTS_MAX]; // the earliest signed first
    uint16_t quote_count, contract_count;
    uint16_t sent, lost; // quotes ever
};

// No deals.
void deals_start(struct deals *deals);

// A quote was sent, first or anew.
void deals_quote(struct deals *deals, const struct deals_quote *quote);

// It was lost. One that is not known is counted and no more.
void deals_quote_lost(struct deals *deals, uint64_t id);

// A contract was signed, first or anew. from_day DEALS_NO_DAY: in force from signed_day on. One that ends before it
// begins is in force on its first day only. ended_day is ignored.
void deals_contract(struct deals *deals, const struct deals_contract *contract);

// It was ended on that day. One that is not known is passed over.
void deals_contract_ended(struct deals *deals, uint64_t id, int32_t day);

struct deals_facts {
    int32_t today;
    int64_t last_order_ms; // DEALS_NEVER: none
    int64_t margin_ppm;
    int64_t discount_ppm; // a year
};

struct deals_worth {
    uint32_t open, cold, answered;   // quotes by what became of them
    uint32_t running;                // contracts in force today or later
    int64_t quote_revenue_micros;    // of the open ones, times their chance
    int64_t contract_revenue_micros; // from tomorrow on, within the horizon
    int64_t present_micros;          // profit of both, discounted
    int32_t next_day;                // when the next open quote is expected, never before today; DEALS_NO_DAY: none
    int64_t next_micros;             // its revenue, not weighed
    int64_t next_ppm;                // its chance
    int32_t contract_to;             // the last day of the contract that runs longest, else of the one that ended last;
                                     // DEALS_NO_DAY: no contract, or one without an end
    bool expired;                    // there were contracts, none is in force or to come
};

// True while a quote counts, by the rule above; the day that it is expected, named or reckoned.
bool deals_open(const struct deals_options *options, const struct deals_facts *facts, const struct deals_quote *quote,
                int64_t *ret_day);

// Sums up the deals as of a day.
void deals_judge(const struct deals_options *options, const struct deals *deals, const struct deals_facts *facts,
                 struct deals_worth *ret_worth);

// Why, with all figures.
void deals_explain(const struct deals_options *options, const struct deals_facts *facts,
                   const struct deals_worth *worth, struct reason *ret_reason);

#endif
