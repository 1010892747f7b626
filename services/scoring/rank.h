// A rank: members by number (a slot), each with a value, kept in buckets of neighbouring values, and cuts that follow
// as the members change. Pure.
//
// A change costs the same whatever the number of members: it moves one member between two buckets and is noted for the
// cuts, which are told at the next settling what came and went above them. A cut stands on a member's value; the bucket
// it stands in is also kept sorted, in blocks, so that its steps to the neighbouring values are cheap however many
// share the bucket. (scoring.md, section 2, structure B.)
#ifndef TEND_SCORING_RANK_H
#define TEND_SCORING_RANK_H

#include "common/money.h"

// How values fall into buckets, in their order. None of it changes a result, only the speed.
enum rank_scale {
    RANK_MONEY, // 256 buckets for each doubling, either side of zero: 0.4 % wide; keeps sums
    RANK_TIME,  // milliseconds, an hour each from 2000 to 2045, the ends hold the rest
};

// No value is as high as this: a cut that stands nowhere says it.
#define RANK_NONE INT64_MAX

enum { RANK_CUTS_MAX = 72, RANK_PPM = 1000000 }; // cuts: those of a board and the tops that rules ask for

struct rank;

// Where a cut belongs. A share cut (RANK_MONEY) stands on the smallest value v > 0 for which the sum of all larger
// values is below numerator / parts of the sum of all positive values. A part cut stands on the order statistic
// ceil(numerator * n / parts) - 1, counted from 0 upwards, of the n highest members, n being what rank_settle is told.
// A top cut stands on the smallest value above which there are fewer than numerator / parts of all members: the order
// statistic ceil(numerator * n / parts) - 1, counted from 0 downwards. A cut of no way stands nowhere.
enum rank_way { RANK_NO_WAY, RANK_SHARE, RANK_PART, RANK_TOP };

struct rank_rule {
    enum rank_way way;
    uint32_t numerator, parts; // 0 < numerator < parts
};

// Count and sum of positive values of some members.
struct rank_mass {
    uint64_t count;
    int128 sum; // RANK_MONEY only, else 0
};

// Where a cut stands: on a value that `on` members have; RANK_NONE when there is nothing to cut. And what is strictly
// above it.
struct rank_stand {
    int64_t value;
    uint64_t on;
    struct rank_mass above;
};

// A bucket that has members, and the sum of those that are positive. Buckets ascend with their values; none holds both
// positive values and others.
struct rank_pile {
    uint32_t bucket;
    uint64_t count;
    int128 sum;
};

// How many members have a value.
struct rank_tie {
    int64_t value;
    uint64_t count;
};

// Called for each member of a walk; false ends it. It must not change the rank.
typedef bool rank_visit(void *context, uint32_t slot, int64_t value);

// An empty rank.
struct rank *rank_open(enum rank_scale scale);
void rank_close(struct rank **rank);

// Takes all members out; the cuts stay and stand nowhere.
void rank_clear(struct rank *rank);

// Adds a cut before the first member comes, and returns its number.
unsigned rank_cut(struct rank *rank, struct rank_rule rule);

// Puts a member in, or moves it. The value is below RANK_NONE. Cuts are stale until the next rank_settle.
void rank_put(struct rank *rank, uint32_t slot, int64_t value);

// Says that the slot will be put in or taken out soon, and, some time later, very soon, so that the processor can fetch
// what that takes while others are dealt with. Changes nothing.
void rank_expect(const struct rank *rank, uint32_t slot);
void rank_approach(const struct rank *rank, uint32_t slot);

// Takes a member out; nothing happens when it is not in.
void rank_drop(struct rank *rank, uint32_t slot);

// Moves every cut to where it belongs. `population`: how many of the highest members the part cuts divide, at most all.
void rank_settle(struct rank *rank, uint64_t population);

// Where the cut stands since the last rank_settle.
struct rank_stand rank_cut_stand(const struct rank *rank, unsigned cut);

// Count and sum of the members on and above it, of a RANK_MONEY.
struct rank_mass rank_upper(const struct rank_stand *stand);

// The number of members, how many of them are positive, and the sum of those.
uint64_t rank_count(const struct rank *rank);
struct rank_mass rank_positive(const struct rank *rank);

// False when the slot is no member.
bool rank_value(const struct rank *rank, uint32_t slot, int64_t *ret_value);

// Count and sum of the members strictly above a value: adds up the buckets above, so not for every event.
struct rank_mass rank_above(const struct rank *rank, int64_t value);

// Visits the members with from <= value < to, in no order.
void rank_walk(const struct rank *rank, int64_t from, int64_t to, rank_visit *visit, void *context);

// Visits all members from the highest value down, of equal ones the lower slot first.
void rank_descend(struct rank *rank, rank_visit *visit, void *context);

// The smallest value that is not below `from`. False when there is none.
bool rank_next(const struct rank *rank, int64_t from, int64_t *ret_value);

// What another rank's members need to be counted with these (merge.h): the first bucket from `from` up that has
// members, false when there is none; how many buckets a scale has, and a value's; and the values in a bucket,
// ascending, which live until the next call or change.
bool rank_pile(const struct rank *rank, uint32_t from, struct rank_pile *ret_pile);
uint32_t rank_buckets(enum rank_scale scale);
uint32_t rank_bucket(enum rank_scale scale, int64_t value);
size_t rank_ties(struct rank *rank, uint32_t bucket, const struct rank_tie **ret_ties);

// Bytes of memory it holds.
size_t rank_bytes(const struct rank *rank);

#endif
