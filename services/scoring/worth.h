// Worth: small sums about money that several judgements share. What a customer brings through those it referred, what a
// loss would cost, which customers weigh a group down, and how concentrated a business is. Pure.
#ifndef TEND_SCORING_WORTH_H
#define TEND_SCORING_WORTH_H

#include "common/money.h"
#include "services/scoring/reason.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { WORTH_PPM = 1000000 };

struct worth_options {
    int64_t network_ppm;    // of what referred customers bring, credited to the one who referred them
    int64_t commission_ppm; // of a referred customer's first order, due to the one who referred it; 0: none
    int64_t keep_ppm;       // keeping a customer costs this part of winning one
    int64_t win_factor_ppm; // winning a customer costs this many times keeping one
    int64_t win_micros;     // what winning a customer costs, where it is known; 0: not known
    int64_t drag_ppm;       // the part of class C that is listed as weighing it down
    int64_t effort_ppm;     // the part of the contact time that is meant for the top 20 %
    int64_t effort_minutes; // with less contact time than this nothing is said about its parts
};

// A customer's figure in a list.
struct worth_item {
    int64_t micros;
    uint32_t slot;
};

// The nearest that an int64 can say.
int64_t worth_held(int128 amount);

// The nearest whole number; the ends of int64 for what lies beyond, 0 for what is no number.
int64_t worth_rounded(double amount);

// So many ppm (of either sign) of an amount, rounded half away from zero and held.
int64_t worth_part(int64_t micros, int64_t ppm);

// A part of a whole in ppm, rounded down, from 0 to 1,000,000; 0 when the whole is not above 0.
int64_t worth_share(int128 part, int128 whole);

// What those whom the customer referred brought (reporting currency, in the window, at least 0 each), and what of it is
// credited to the customer as the value of its network. It stands beside the customer's own value and is never added to
// the sums of all customers, which hold it already.
int64_t worth_network(const struct worth_options *options, int64_t referred_micros);

// The commission due for a referred customer's first order; 0 for an order of 0 or less.
int64_t worth_commission(const struct worth_options *options, int64_t first_order_micros);

// What the loss of a customer would cost, to stand beside an alert. Two rules of thumb say how much dearer winning is
// than keeping (one fifth to keep, which is five times; and eight times): they are told as a range.
struct worth_loss {
    bool known;             // false: neither the cost of keeping nor that of winning is known
    int64_t keep_micros;    // to keep the customer for a year
    int64_t replace_least;  // to win another one in its place, micros
    int64_t replace_most;   // micros
    int64_t at_risk_micros; // what it is expected to bring in 12 months, at least 0
};

// `served_micros` is what serving the customer cost in the last year, 0 when nothing was recorded; then the cost of
// winning, where it is configured, tells the cost of keeping.
void worth_loss(const struct worth_options *options, int64_t served_micros, int64_t future_micros,
                struct worth_loss *ret_loss);

// Adds the figures of a loss to a reason that has room for four more.
void worth_loss_figures(const struct worth_loss *loss, struct reason *reason);

// Brings the lowest `share_ppm` of the items to the front, the lowest first and equal ones by slot, and returns how
// many they are. The number is rounded up, and all that equal the last one belong to it, so neither the order of the
// items nor their slots decide who is listed. 0 for a share of 0. In place, items * log(listed) steps.
size_t worth_lowest(struct worth_item *items, size_t count, int64_t share_ppm);

// The share in ppm that the highest `top_ppm` of the items (by number, rounded up) hold of all that is above 0. Moves
// the items about.
int64_t worth_top_share(struct worth_item *items, size_t count, int64_t top_ppm);

// How a rep's contact time is spent.
struct worth_effort {
    bool known;           // there was time enough to tell
    bool short_of;        // less than the goal went to the top 20 %
    int64_t top_ppm;      // the part that did
    int64_t goal_ppm;     // the part that should
    int64_t move_minutes; // contact time to be moved to them, to reach the goal
};

// `minutes_top` of `minutes` went to customers of the top 20 %.
void worth_effort(const struct worth_options *options, int64_t minutes_top, int64_t minutes,
                  struct worth_effort *ret_effort);

#endif
