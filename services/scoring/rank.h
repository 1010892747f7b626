// A rank: members by number (a slot), each with a value, kept in buckets of neighbouring values, and cuts that follow
// as the members change. Pure.
//
// A change costs the same whatever the number of members: it moves one member between two buckets and corrects each
// cut's count and sum of what lies above it. A cut stands on a member's value; the bucket it stands in is also kept
// sorted, in blocks, so that its steps to the neighbouring values are cheap however many share the bucket. (scoring.md,
// section 2, structure B.)
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

enum { RANK_CUTS_MAX = 12, RANK_PPM = 1000000 };

struct rank;

// Count and sum of positive values of some members.
struct rank_mass {
    uint64_t count;
    int128 sum; // RANK_MONEY only, else 0
};

// Called for each member of a walk; false ends it. It must not change the rank.
typedef bool rank_visit(void *context, uint32_t slot, int64_t value);

// An empty rank.
struct rank *rank_open(enum rank_scale scale);
void rank_close(struct rank **rank);

// Takes all members out; the cuts stay and stand nowhere.
void rank_clear(struct rank *rank);

// Adds a cut before the first member comes, and returns its number. A share cut (RANK_MONEY) stands on the smallest
// value v > 0 for which the sum of all larger values is below `share_ppm` of the sum of all positive values.
unsigned rank_cut_share(struct rank *rank, uint32_t share_ppm);

// A part cut stands on the order statistic ceil(numerator * n / parts) - 1, counted from 0 upwards, of the n highest
// members, n being what rank_settle is told: more than numerator / parts of them are not below what is above the cut.
unsigned rank_cut_part(struct rank *rank, uint32_t numerator, uint32_t parts);

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

// Where the cut stands since the last rank_settle; RANK_NONE when there is nothing to cut.
int64_t rank_cut_value(const struct rank *rank, unsigned cut);

// Count and sum of the members strictly above the cut, and of those that stand on it.
struct rank_mass rank_cut_above(const struct rank *rank, unsigned cut);
struct rank_mass rank_cut_on(const struct rank *rank, unsigned cut);

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

// Bytes of memory it holds.
size_t rank_bytes(const struct rank *rank);

#endif
