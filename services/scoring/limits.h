// The limits: every number that depends on all customers together and that one customer's verdict is read from. A plain
// struct, so that it can be made here from one ledger or elsewhere from several (merge.h), and travel. Pure.
//
// A board is a list of customers by their value in one measure and window. A list is a board, or the order by last
// purchase.
#ifndef TEND_SCORING_LIMITS_H
#define TEND_SCORING_LIMITS_H

#include "services/scoring/rank.h"

enum {
    LIMITS_TIERS = 3,   // that have a lower end: important, secondary, ordinary
    LIMITS_PARTS = 5,   // that R, F and M are cut into
    LIMITS_SCHEMES = 4, // beside the main one; a person can hardly keep more apart
    LIMITS_EDGES = 2,   // A, B
    LIMITS_TOPS = 48,   // shares of the customers that rules ask for, each with a slack on either side
};

// The lists by their numbers.
enum limits_list {
    LIMITS_MAIN,
    LIMITS_SCHEME,                               // and the others after it
    LIMITS_RFM = LIMITS_SCHEME + LIMITS_SCHEMES, // RFM in a window or measure of its own
    LIMITS_BOARDS,
    LIMITS_LAST = LIMITS_BOARDS, // by last purchase, for R
    LIMITS_LISTS
};

// The cuts of a board by their numbers. What is announced rises at a RISE and falls at a FALL.
enum limits_cut {
    LIMITS_A,
    LIMITS_B,
    LIMITS_RISE,
    LIMITS_FALL = LIMITS_RISE + LIMITS_EDGES,
    LIMITS_TIER = LIMITS_FALL + LIMITS_EDGES,
    LIMITS_TIER_RISE = LIMITS_TIER + LIMITS_TIERS,
    LIMITS_TIER_FALL = LIMITS_TIER_RISE + LIMITS_TIERS,
    LIMITS_M = LIMITS_TIER_FALL + LIMITS_TIERS,
    LIMITS_TOP_10 = LIMITS_M + LIMITS_PARTS - 1, // the largest tenth of the customers
    LIMITS_TOP_20,
    LIMITS_CUTS
};
_Static_assert((int)LIMITS_CUTS + (int)LIMITS_TOPS <= (int)RANK_CUTS_MAX, "a rank holds a board's cuts and the tops");

// What is asked of a board.
struct limits_rules {
    uint32_t cut_a_ppm, cut_b_ppm; // 0 < cut_a < cut_b < 1,000,000; cut_a 0: no classes
    uint32_t margin_ppm;           // below cut_a, and cut_b + margin below 1,000,000
    uint32_t
        tier_ppm[LIMITS_TIERS]; // of the customers, rising, below 1,000,000: 10,000, 200,000, 500,000; first 0: none
    uint32_t tier_margin_ppm;   // of each tier's own part, below 1,000,000: 50,000 makes 19 % and 21 % of 20 %
    bool parts;                 // F and M are scored by parts
    bool tops;                  // what the largest 10 % and 20 % have
};

// Where a cut of orders stands, INT64_MAX without customers, and how many customers have more.
struct limits_orders {
    int64_t value;
    uint64_t above;
};

struct limits_board {
    uint64_t population;       // customers with an order in the window
    struct rank_mass positive; // those with a value above 0; the sum is T
    struct rank_stand cuts[LIMITS_CUTS];
    struct limits_orders f[LIMITS_PARTS - 1];
};

// Where the highest `ppm` of those with an order in the window begin.
struct limits_top {
    uint32_t ppm;
    struct rank_stand stand;
};

struct limits {
    struct limits_board boards[LIMITS_BOARDS];
    struct rank_stand r[LIMITS_PARTS - 1]; // times of the last purchase
    uint32_t usual_gap_days;               // 0: too few gaps to say
    uint32_t top_count; // of the main board, rising; those that were asked for (ledger_tops, merge_tops)
    struct limits_top tops[LIMITS_TOPS];
};

enum limits_tier { LIMITS_NO_TIER, LIMITS_IMPORTANT, LIMITS_SECONDARY, LIMITS_ORDINARY, LIMITS_SMALL };

// The rule of each of the LIMITS_CUTS cuts of a board.
void limits_cuts(const struct limits_rules *rules, struct rank_rule *ret_rules);

// Limits without a customer: every cut stands nowhere.
void limits_start(struct limits *limits);

// The class of a value: 1 A, 2 B, 3 C (scoring.md, 1.2). And what is to be announced when `before` was, 0 being nothing
// yet: it changes only when the class would do so with the cut a margin away, too.
uint8_t limits_class(const struct limits_board *board, int64_t value);
uint8_t limits_announced_class(const struct limits_board *board, int64_t value, uint8_t before);

// The same for tiers: a value is in a tier, or a better one, when it is above 0 and fewer than the tier's part of all
// customers have more; equal values are in the better tier.
uint8_t limits_tier(const struct limits_board *board, int64_t value);
uint8_t limits_announced_tier(const struct limits_board *board, int64_t value, uint8_t before);

// The smallest value that is more than `share_ppm` of the board's T; RANK_NONE when T is 0.
int64_t limits_beyond(const struct limits_board *board, uint32_t share_ppm);

// The share of the main board's population that is worth more than `value`, in ppm, as far as the tops tell: that of
// the last customer in the narrowest top that the value is in, so that it is below each top's share just when the value
// is in that top. 999,999 when it is in none: nobody has all above.
int64_t limits_above(const struct limits *limits, int64_t value);

// What part of T the members on and above a cut have, in parts per million; 0 when T is 0.
uint32_t limits_part(const struct limits_board *board, enum limits_cut cut);

// Calls back for each member of the rank whose announced class or tier the board's limits passed over on their way from
// one to the other.
void limits_walk(const struct rank *rank, const struct limits_board *before, const struct limits_board *after,
                 rank_visit *visit, void *context);

#endif
