#include "bench/delays.h"

#include "common/must.h"

#include <math.h>
#include <stdlib.h>

enum { DELAYS_FIRST = 4096 };

void delays_add(struct delays *delays, int64_t us)
{
    if (delays->count == delays->room) {
        delays->room = delays->room == 0 ? DELAYS_FIRST : delays->room * 2;
        delays->us = realloc(delays->us, delays->room * sizeof *delays->us);
        must(delays->us != NULL);
    }
    delays->us[delays->count++] = us < 0 ? 0 : us > UINT32_MAX ? UINT32_MAX : (uint32_t)us;
}

void delays_clear(struct delays *delays)
{
    delays->count = 0;
}

void delays_free(struct delays *delays)
{
    free(delays->us);
    *delays = (struct delays){0};
}

static int compare_delays(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

double delays_at(struct delays *delays, double percent)
{
    if (delays->count == 0)
        return 0;
    qsort(delays->us, delays->count, sizeof *delays->us, compare_delays);
    size_t rank = (size_t)ceil(percent / 100 * (double)delays->count);
    return delays->us[rank > 0 ? rank - 1 : 0];
}
