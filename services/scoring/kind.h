// The dimension value.kind: customers of the relation against those of the single bargain, and of the former which to
// hold, to grow, and to rescue. Pure. The first that holds, over the orders of the window:
//   transactional         of min_orders (3) orders or more, `discounted` (80 %) or more were bought at a discount. Set
//                         apart first: effort to keep them is wasted, they come for the price.
//   relational:losing     profitable, but declining (risk.declining). Before best, because it asks for action.
//   relational:best       among the most profitable of all customers.
//   relational:promising  a good margin (`good`, 20 % of sales or more), growing by `rise` (20 %) a year or more, so
//                         fast that it would reach the most profitable within reach_years (3) at that growth.
//   relational            everybody else who bought.
// A filter takes the words as they stand; all relational ones begin with "relational". Where costs are not known, sales
// stand for profit, the margin cannot be asked, and the reason says so.
#ifndef TEND_SCORING_KIND_H
#define TEND_SCORING_KIND_H

#include "services/scoring/reason.h"

#include <stdbool.h>

enum { KIND_REACH_YEARS_MAX = 20 }; // who grows for twenty years, no forecast knows

enum kind_value {
    KIND_UNKNOWN,
    KIND_TRANSACTIONAL,
    KIND_RELATIONAL,
    KIND_BEST,
    KIND_PROMISING,
    KIND_LOSING,
    KIND_VALUES
};

// "", "transactional", "relational", "relational:best", "relational:promising", "relational:losing"
extern const char *const kind_names[KIND_VALUES];

struct kind_options {
    int64_t discounted_ppm;
    int64_t min_orders;
    int64_t good_ppm;
    int64_t rise_ppm;
    int64_t reach_years; // 0 to KIND_REACH_YEARS_MAX
};

struct kind_facts {
    uint32_t orders;     // in the window, cancelled ones left out
    uint32_t discounted; // of them, with a discount on any line
    int64_t net_micros;  // in the window
    int64_t margin_micros;
    bool margin_known;
    bool top;               // among the most profitable (by sales where costs are not known)
    int64_t top_cut_micros; // the least profit among these; 0: not known, and then promising does not ask for it
    bool growth_known;
    int64_t growth_ppm; // of the last year over the one before
    bool declining;     // risk.declining, the exact value
};

struct kind {
    uint8_t value;
    int64_t discounted_ppm; // share of the orders
    int64_t profit_micros;  // margin, or sales where costs are not known
    bool rate_known;        // costs are known, and sales are above zero
    int64_t margin_ppm;     // margin / sales; 0 where it is not known
    int64_t reach_micros;   // profit after reach_years of its growth; 0: growth not known
};

// Unknown without orders in the window.
void kind_judge(const struct kind_options *options, const struct kind_facts *facts, struct kind *ret);

// Why, with the shares it was decided by.
void kind_explain(const struct kind_options *options, const struct kind_facts *facts, const struct kind *kind,
                  struct reason *ret_reason);

#endif
