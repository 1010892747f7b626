// A cut of a rank: where it stands and what lies above it; and the sorted values of a bucket, which cuts step along.
// For rank.c; a
// cut's goal and which way it leans also for merge.c.
#ifndef TEND_SCORING_RANK_CUT_H
#define TEND_SCORING_RANK_CUT_H

#include "services/scoring/rank.h"

// Who has which value.
struct member {
    int64_t value;
    uint32_t slot;
};

// A value and how many members have it, never 0.
struct tie {
    int64_t value;
    uint32_t count;
};

// Ties are kept in blocks of so many: moving half of one costs tens of nanoseconds, and the list of blocks, which a
// split or a join moves, stays short.
enum { TIES_BLOCK = 128 };

struct tie_block {
    struct tie_block *next; // in the stock
    uint32_t used;
    struct tie items[TIES_BLOCK];
};

// Blocks nobody uses at the moment, for all ties of one rank. It only grows, so a steady state allocates nothing.
struct tie_stock {
    struct tie_block *spare;
    uint32_t made; // in use or spare
};

struct tie_head {
    int64_t first; // the lowest value in the block
    struct tie_block *block;
};

// The different values of one bucket, ascending: a list of blocks, none empty, of which any two neighbours hold more
// than half a block. A change costs a search and a move within one block; splits and joins are as rare as half a block
// of changes. All 0 is an empty one.
struct ties {
    struct tie_head *heads;
    uint32_t used;
    uint32_t room;
};

enum { DRIFT_PLACES = 2 * RANK_CUTS_MAX + 1 };

// For each cut the bucket where it stands and one where it stood before: cuts go to and fro between neighbours, and to
// sort a large bucket again each time would cost far more than to keep it sorted.
enum { SHELF_EACH = 2, SHELF_MAX = SHELF_EACH * RANK_CUTS_MAX, SHELF_FILTER = 1024 };
#define SHELF_NONE UINT32_MAX

// The ties of some buckets, whatever the number of cuts that stand there. All 0 is an empty one.
struct shelf {
    uint32_t used;
    uint32_t buckets[SHELF_MAX]; // whose ties
    struct ties ties[SHELF_MAX];
    uint64_t left[SHELF_MAX]; // when a cut last went from there, by the count of such moves
    uint64_t moves;
    uint64_t filter[SHELF_FILTER / 64]; // a bit for each bucket that is here, by its number modulo SHELF_FILTER
    struct tie_stock stock;
};

struct cut {
    struct rank_rule rule;
    bool sums; // the rank keeps them
    bool nowhere;
    uint32_t bucket;
    uint32_t ties; // the number of its bucket's on the shelf
    int64_t value;
    uint64_t on;            // members with just this value; may be 0 between changes and the next settling
    struct rank_mass above; // strictly above `value`
};

// What came and went since the cuts were settled last, by where it lies among them: one search a change, whatever the
// number of cuts. All 0 is one without cuts.
struct drift {
    bool any;
    uint32_t count;                // of the cuts that stand somewhere
    uint8_t order[RANK_CUTS_MAX];  // their numbers, by rising value
    int64_t values[RANK_CUTS_MAX]; // theirs
    uint64_t counts[DRIFT_PLACES]; // at 2 i + 1 on values[i], at 2 i below it, at 2 * count above all
    int128 sums[DRIFT_PLACES];     // of the positive ones
};

// What a cut is judged by.
struct cut_goal {
    struct rank_mass positive;
    uint64_t members;
    uint64_t population;
};

// Notes that members of the value came, `one` of them, or went, 0 - `one`; `worth` is what the sum of positive values
// gains.
void drift_note(struct drift *drift, int64_t value, uint64_t one, int128 worth);

// Tells the cuts what was noted, and forgets it; then the cuts may move, and afterwards drift_follow says where to.
void drift_tell(struct drift *drift, struct cut *cuts);
void drift_follow(struct drift *drift, const struct cut *cuts, unsigned cut_count);

// Notes that a member came (true) or went, for the values of its bucket, if they are kept.
void shelf_note(struct shelf *shelf, uint32_t bucket, int64_t value, bool came);

// The number of the ties of a bucket; SHELF_NONE when they are not kept.
uint32_t shelf_find(const struct shelf *shelf, uint32_t bucket);

// Keeps the values of a bucket with `count` members, whom it sorts by value, instead of those of the bucket that was
// left first among those no cut stands in: `count * log(count)`. Returns the number.
uint32_t shelf_load(struct shelf *shelf, const struct cut *cuts, unsigned cut_count, uint32_t bucket,
                    struct member *members, uint32_t count);

// Keeps nothing; the memory stays. And gives it back; and says how many bytes it is.
void shelf_empty(struct shelf *shelf);
void shelf_free(struct shelf *shelf);
size_t shelf_bytes(const struct shelf *shelf);

// Sorts by value.
void members_sort(struct member *members, uint32_t count);

// The lowest and the highest; there must be one.
struct tie ties_first(const struct ties *ties);
struct tie ties_last(const struct ties *ties);

// True when there is something that a cut of the rule can stand on.
bool cut_anything(const struct rank_rule *rule, const struct cut_goal *goal);

// Which way a cut must go from a place with `above` over it and `at` on it: -1 down, 1 up, 0 it belongs here.
int cut_lean(const struct rank_rule *rule, const struct cut_goal *goal, struct rank_mass above, struct rank_mass at);

// What stands on the cut itself.
struct rank_mass cut_at(const struct cut *cut);

// Stands it on a value; what is above is left as it is.
void cut_stand(struct cut *cut, struct tie tie);

// Moves the cut along the values of its bucket until it belongs where it stands, then 0; or until there is no further
// value, then the side on which it must leave the bucket, as in cut_lean.
int cut_move(struct cut *cut, const struct ties *ties, const struct cut_goal *goal);

#endif
