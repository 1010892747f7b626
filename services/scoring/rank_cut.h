// A cut of a rank: where it stands and what lies above it. For rank.c alone.
#ifndef TEND_SCORING_RANK_CUT_H
#define TEND_SCORING_RANK_CUT_H

#include "services/scoring/rank.h"

// Who has which value.
struct member {
    int64_t value;
    uint32_t slot;
};

// A value and how many members have it.
struct tie {
    int64_t value;
    uint32_t count;
};

// The different values of one bucket, ascending.
struct ties {
    struct tie *items;
    uint32_t used;
    uint32_t room;
};

struct cut {
    uint32_t share_ppm; // a share cut; 0: a part cut
    uint32_t numerator;
    uint32_t parts;
    bool sums; // the rank keeps them
    bool nowhere;
    uint32_t bucket;
    uint32_t place;         // in `ties` of the bucket; its count may be 0 between changes and the next settling
    int64_t value;          // the same as ties.items[place].value
    struct rank_mass above; // strictly above `value`
    struct ties ties;
};

// What a cut is judged by.
struct cut_goal {
    struct rank_mass positive;
    uint64_t members;
    uint64_t population;
};

// Makes `ties` the different values of `count` members in any order.
void ties_build(struct ties *ties, const struct member *members, uint32_t count);

// Notes that a member of the cut's bucket came (true) or went.
void cut_note(struct cut *cut, int64_t value, bool came);

// Which way the cut must go from a place with `above` over it and `at` on it: -1 down, 1 up, 0 it belongs here.
int cut_lean(const struct cut *cut, const struct cut_goal *goal, struct rank_mass above, struct rank_mass at);

// What stands on the cut itself.
struct rank_mass cut_at(const struct cut *cut);

// One step to the neighbouring value in the same bucket; false when there is none on that side.
bool cut_step(struct cut *cut, int direction);

// Gives its memory back.
void cut_free(struct cut *cut);

#endif
