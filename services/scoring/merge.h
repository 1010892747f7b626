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

// A bucket of a list (enum limits_list).
struct merge_want {
    unsigned list;
    uint32_t bucket;
};

enum { MERGE_WANTS_MAX = LIMITS_BOARDS * LIMITS_CUTS + LIMITS_PARTS };

struct merge;

// An empty merge for ledgers that all have these options.
struct merge *merge_open(const struct ledger_options *options);
void merge_close(struct merge **merge);
void merge_clear(struct merge *merge);

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

#endif
