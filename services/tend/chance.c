#include "services/tend/chance.h"

#include "common/must.h"

// SplitMix64: a counter in steps of an odd constant, scrambled.
static uint64_t next(struct chance *chance)
{
    uint64_t mix = chance->state += UINT64_C(0x9e3779b97f4a7c15);
    mix = (mix ^ (mix >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    mix = (mix ^ (mix >> 27)) * UINT64_C(0x94d049bb133111eb);
    return mix ^ (mix >> 31);
}

struct chance chance_start(uint64_t seed, uint64_t stream)
{
    struct chance chance = {seed};
    chance.state = next(&chance) ^ (stream * UINT64_C(0xd1342543de82ef95));
    next(&chance);
    return chance;
}

uint32_t chance_below(struct chance *chance, uint32_t count)
{
    must(count > 0);
    return (uint32_t)(((next(chance) >> 32) * count) >> 32);
}

int32_t chance_between(struct chance *chance, int32_t low, int32_t high)
{
    must(low <= high);
    return low + (int32_t)chance_below(chance, (uint32_t)(high - low) + 1);
}

bool chance_percent(struct chance *chance, uint32_t percent)
{
    return chance_below(chance, 100) < percent;
}

size_t chance_weighted(struct chance *chance, const uint32_t *weights, size_t count)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += weights[i];
    uint32_t at = chance_below(chance, sum);
    size_t i = 0;
    for (; i + 1 < count && at >= weights[i]; i++)
        at -= weights[i];
    must(at < weights[i]);
    return i;
}
