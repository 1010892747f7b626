#include "services/scoring/life.h"

void life_change(struct life *life, const struct order_effect *effect, int sign)
{
    // Counters wrap for a moment when an order is taken away before another is added; the sum comes out right.
    uint32_t one = (uint32_t)sign;
    if (effect->cancelled)
        life->cancelled += one;
    if (!effect->purchase)
        return;
    life->purchases += one;
    life->kept_micros += (int128)effect->kept_micros * sign;
    if (effect->discounted)
        life->discounted += one;
    if (effect->refunded)
        life->refunded += one;
    if (!effect->cost_known)
        return;
    life->costed_micros += (int128)effect->kept_micros * sign;
    life->cost_micros += (int128)effect->cost_micros * sign;
}
