// The lifetime value of a customer (`value.clv`): what it has brought and what it is expected to bring. Pure.
//
// Past: all that the customer kept buying, less cost: of orders whose cost is known their own margin, of the others the
// configured margin. Future, over 12 months of 30.4375 days:
//     sum over k = 1..12 of E[M] * (O(k) - O(k-1)) * margin / (1+d)^k,
// O(k) being the orders expected within k months, E[M] the expected amount of one, and d the monthly rate of the yearly
// discount, (1+d)^12 = 1 + yearly. The sum is the one of Fader, Hardie and Lee as lifetimes computes it, with calendar
// months in place of 30 days.
//
// The quadrant compares both with all customers, by the same rule as value.abc: high is class A or B.
//                     future high     future low
//     now high        vip             maintain
//     now low         improve         abandon
// A customer that costs more to serve than it brings, or brings less than nothing, is to be abandoned whatever the
// quadrant; one that is new is given time. Who never bought has no value yet.
#ifndef TEND_SCORING_CLV_H
#define TEND_SCORING_CLV_H

#include "services/scoring/deals.h"
#include "services/scoring/dwyer.h"
#include "services/scoring/reason.h"

#include <stdbool.h>
#include <stdint.h>

enum clv_value { CLV_UNKNOWN, CLV_VIP, CLV_IMPROVE, CLV_MAINTAIN, CLV_ABANDON, CLV_VALUES };
extern const char *const clv_names[CLV_VALUES]; // "", "vip", "improve", "maintain", "abandon"

// The four kinds of customer that firms speak of, which are the same quadrants: "", "core", "potential", "value",
// "low".
extern const char *const clv_kinds[CLV_VALUES];

enum { CLV_MONTHS = 12 };
#define CLV_MONTH_DAYS 30.4375

struct clv_options {
    int64_t discount_ppm;  // a year
    int64_t margin_ppm;    // of orders whose cost is not known
    int64_t patience_days; // a customer is not abandoned for its cost until it is so old
    int64_t slack_ppm; // how far past the value the cost must be before that is announced, and how far below to end it
    struct dwyer_options dwyer;
    struct deals_options deals;
};

// Money that a customer brought in some time.
struct clv_money {
    int64_t kept_micros;   // amounts less refunds, of all orders
    int64_t costed_micros; // the part of it from orders whose cost is known
    int64_t margin_micros; // what that part is less its cost
};

// Where the expectation comes from.
enum clv_source { CLV_NO_SOURCE, CLV_MODEL, CLV_DWYER };

struct clv_facts {
    bool bought;      // ever
    int64_t age_days; // since the first purchase
    struct clv_money life;
    struct clv_money window;
    int64_t served_micros; // cost to serve in the window, at least 0
    bool now_high;         // class A or B by net sales in the window
    bool future_high;      // the same rule for future_micros, against the cuts published for it
    int source;            // enum clv_source of what follows; CLV_NO_SOURCE: the future is not known
    int64_t alive_ppm;     // chance that it is still a customer
    int64_t orders_30_milli, orders_90_milli, orders_365_milli; // expected within so many days, in thousandths
    int64_t amount_micros;                                      // expected of one order
    int64_t future_micros;                                      // clv_predict
};

struct clv {
    uint8_t value;         // enum clv_value
    uint8_t quadrant;      // the same without the costs
    bool forced;           // abandoned for what it costs, or brings less than nothing
    int64_t margin_ppm;    // of its life
    int64_t past_micros;   // of its life
    int64_t now_micros;    // of the window
    int64_t net_micros;    // the same less the cost to serve
    int64_t future_micros; // of the next 12 months
    int64_t total_micros;  // past and future
};

// The profit of what it brought, in micros.
int64_t clv_profit(const struct clv_options *options, const struct clv_money *money);

// The customer's margin in ppm, from -10,000,000 to 1,000,000; the configured one where nothing was kept.
int64_t clv_margin(const struct clv_options *options, const struct clv_money *life);

// The discounted profit of the next 12 months in micros: `orders[k]` is expected within k months, orders[0] is 0. A
// month's orders below 0, and what is no number, count as none.
int64_t clv_predict(const struct clv_options *options, const double orders[CLV_MONTHS + 1], int64_t amount_micros,
                    int64_t margin_ppm);

// The value and the quadrant.
void clv_judge(const struct clv_options *options, const struct clv_facts *facts, struct clv *ret_clv);

// What to announce, given what was: `lagging` is judged with now_high and future_high as they were announced, and the
// cost must pass the value by the slack, either way, to change what is said. Returns an enum clv_value.
uint8_t clv_announce(const struct clv_options *options, const struct clv_facts *facts, const struct clv *lagging,
                     uint8_t previous);

// Why, with all figures.
void clv_explain(const struct clv_options *options, const struct clv_facts *facts, const struct clv *clv,
                 struct reason *ret_reason);

#endif
