#include "services/scoring/movement.h"

#include "common/calendar.h"

#include <string.h>

void movement_start(struct movement *movement, int32_t day)
{
    memset(movement, 0, sizeof *movement);
    movement->first_day = day_month_start(day);
    movement->next_day = day_add_months(movement->first_day, 1);
}

void movement_count(struct movement *movement, int32_t day, enum dimension dimension, uint8_t before, uint8_t after)
{
    if (day < movement->first_day)
        return;
    if (day >= movement->next_day)
        movement_start(movement, day);
    if (before < MOVEMENT_VALUES && after < MOVEMENT_VALUES)
        movement->counts[dimension][before][after]++;
}
