// Movements: how many customers went from which value to which this month, as announced. Pure.
#ifndef TEND_SCORING_MOVEMENT_H
#define TEND_SCORING_MOVEMENT_H

#include "services/scoring/dimension.h"

enum { MOVEMENT_VALUES = 16 }; // of a dimension whose changes are announced; higher ones are not counted

struct movement {
    int32_t first_day; // of the month,
    int32_t next_day;  // and of the next one
    uint32_t counts[DIMENSIONS][MOVEMENT_VALUES][MOVEMENT_VALUES];
};

// Nothing moved yet in the month that `day` is in.
void movement_start(struct movement *movement, int32_t day);

// Counts a change on a day. One of a later month begins that month, one of an earlier is passed over.
void movement_count(struct movement *movement, int32_t day, enum dimension dimension, uint8_t before, uint8_t after);

#endif
