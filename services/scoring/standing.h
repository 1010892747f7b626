// The standing of each customer in each dimension: what holds, as of its last judgement, and what was announced. Pure;
// what was announced and told is also kept by the archive.
#ifndef TEND_SCORING_STANDING_H
#define TEND_SCORING_STANDING_H

#include "services/scoring/column.h"
#include "services/scoring/dimension.h"

// What `told` is of a customer who was erased: the slot stays, and nobody is behind it.
#define STANDING_ERASED UINT64_MAX

struct standing {
    uint8_t now[DIMENSION_ROOM];  // what holds: a person's decision, else what the figures say
    uint8_t said[DIMENSION_ROOM]; // what was announced of it
    uint64_t told;                // brief_hash of what the scheduler was told last; 0: nothing
};

#endif
