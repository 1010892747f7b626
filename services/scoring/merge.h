// The merge: the limits of several ledgers that share out the customers, exactly as one ledger with all of them would
// have them (scoring.md, section 2, Sharding). Pure.
//
// Two rounds. First each ledger's piles, tallies and gaps are added, in any order; then it is known in which bucket
// each cut stands, and the values in these few buckets are added. What an exact cut needs beyond the piles is nothing
// else.
#ifndef TEND_SCORING_MERGE_H
#define TEND_SCORING_MERGE_H

#include "services/scoring/gaps.h"
#include "services/scoring/ledger.h"

// A bucket of a list (enum limits_list, MERGE_FUTURES).
struct merge_want {
    unsigned list;
    uint32_t bucket;
};

// Beside the limits' lists there may be one more, of money, with a single cut: what customers are expected to bring.
enum {
    MERGE_FUTURES = LIMITS_LISTS,
    MERGE_LISTS,
    MERGE_WANTS_MAX = LIMITS_BOARDS * LIMITS_CUTS + LIMITS_PARTS + LIMITS_TOPS + 1
};

struct merge;

// An empty merge for ledgers that all have these options.
struct merge *merge_open(const struct ledger_options *options);
void merge_close(struct merge **merge);
void merge_clear(struct merge *merge);

// Asks, once, for the tops of the main board too: shares of the customers in ppm, rising, each above 0 and below
// 1,000,000, at most LIMITS_TOPS; and for the futures.
void merge_tops(struct merge *merge, const uint32_t *ppm, size_t count);
void merge_futures(struct merge *merge, struct rank_rule rule);

// The first round: a pile of a list (rank_pile), how many customers of a board have a number of orders (tally_next),
// how many gaps there are of so many days (1 to GAPS_DAYS_MAX). Numbers from outside are checked: false and nothing
// added when there is no such list, bucket or number.
bool merge_pile(struct merge *merge, unsigned list, const struct rank_pile *pile);
bool merge_orders(struct merge *merge, unsigned board, uint32_t orders, uint64_t customers);
bool merge_gap(struct merge *merge, uint32_t days, uint64_t count);

// The buckets whose values are needed, each once; they live until the next call.
size_t merge_wants(struct merge *merge, const struct merge_want **ret_wants);

// The second round: how many members of a wanted bucket have a value (rank_ties). False when it is not wanted or the
// value does not belong into it.
bool merge_tie(struct merge *merge, unsigned list, uint32_t bucket, const struct rank_tie *tie);

// The limits. False when the values do not add up to the piles: a ledger changed in between, ask anew.
bool merge_limits(struct merge *merge, struct limits *ret_limits);

// After merge_limits: where the cut of the futures stands; and the gaps of all.
struct rank_stand merge_future(const struct merge *merge);
const struct gaps *merge_gaps(const struct merge *merge);

// The curve of Pareto of the main board: what the highest customers have together, in about `steps` (1 or more) equal
// steps of their number, each at the end of a pile, the last one all of them. Returns how many, at most `steps`.
size_t merge_curve(const struct merge *merge, unsigned steps, struct rank_mass *ret_points);

#endif
