// What the scoring processes tell each other, as parcels. Pure.
//
// A list is told as its piles, then its counts (of orders, or of gaps), then the values in the buckets that were asked
// for; all of one instant, so they always fit together.
#ifndef TEND_SCORING_MEET_WIRE_H
#define TEND_SCORING_MEET_WIRE_H

#include "services/scoring/dwyer.h"
#include "services/scoring/merge.h"
#include "services/scoring/parcel.h"
#include "services/scoring/satisfaction.h"

enum { MEET_RULES_BYTES = 16 };

// What goes before each list: of whom it is, as of when, and by which rules.
struct meet_heading {
    uint8_t rules[MEET_RULES_BYTES]; // a hash of the configuration and the common rules
    int32_t day;                     // where the ledger stands
    uint32_t predicted;              // the edition for which all futures were told
    uint64_t live;                   // counts up with what moved and was not historical, from each start
    uint64_t customers;
    uint64_t purchase_days; // of all of them, ever
};

// Limits, with what is known of them.
struct meet_limits {
    uint8_t rules[MEET_RULES_BYTES];
    int32_t day;
    uint64_t number;      // counts up with each edition
    int64_t time_ms;      // when they were merged
    bool live;            // what moved them was not historical
    uint64_t customers;   // of all processes,
    struct limits limits; // and their limits
};

// Beside the futures: what the next edition of the book needs.
struct meet_census {
    struct dwyer_counts silent;
    struct satisfaction_pool pool;
};

// Each writes or reads one of these, whichever the parcel was opened for.
void meet_pass_heading(struct parcel *parcel, struct meet_heading *heading);

// Limits are read as they are told: whether they make sense is not looked at beyond what would do harm.
void meet_pass_limits(struct parcel *parcel, struct meet_limits *limits);

// Of at most DWYER_STATES_MAX states.
void meet_pass_census(struct parcel *parcel, struct meet_census *census);

// Writes a list: the rank, what its customers have by number (one of these or neither), and the values in `buckets`.
struct meet_list {
    struct rank *rank;
    const struct tally *orders;
    const struct gaps *gaps;
};
void meet_put_list(struct parcel *parcel, const struct meet_list *list, const uint64_t *buckets, size_t count);

// Reads piles and counts into a merge as its list `number`, then, once the merge knows what it wants, the values; what
// is not wanted is passed over. The parcel is bad when the merge refuses them.
void meet_get_piles(struct parcel *parcel, struct merge *merge, unsigned number);
void meet_get_ties(struct parcel *parcel, struct merge *merge, unsigned number);

#endif
