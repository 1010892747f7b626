#include "services/scoring/gaps.h"

#include "common/must.h"

#include <string.h>

void gaps_start(struct gaps *gaps, uint32_t quantile_ppm)
{
    must(quantile_ppm > 0 && quantile_ppm <= 1000000);
    memset(gaps, 0, sizeof *gaps);
    gaps->quantile_ppm = quantile_ppm;
}

static uint32_t place(int64_t days)
{
    must(days > 0);
    return days < GAPS_DAYS_MAX ? (uint32_t)days : GAPS_DAYS_MAX;
}

void gaps_add_many(struct gaps *gaps, int64_t days, uint64_t count)
{
    uint32_t at = place(days);
    gaps->days[at] += count;
    gaps->count += count;
    gaps->up_to += at <= gaps->at ? count : 0;
}

void gaps_add(struct gaps *gaps, int64_t days)
{
    gaps_add_many(gaps, days, 1);
}

void gaps_remove(struct gaps *gaps, int64_t days)
{
    uint32_t at = place(days);
    must(gaps->days[at] > 0);
    gaps->days[at]--;
    gaps->count--;
    gaps->up_to -= at <= gaps->at;
}

uint32_t gaps_quantile(struct gaps *gaps, uint64_t least)
{
    if (gaps->count == 0 || gaps->count < least)
        return 0;
    uint64_t needed = (gaps->count * gaps->quantile_ppm + 999999) / 1000000;
    while (gaps->up_to < needed)
        gaps->up_to += gaps->days[++gaps->at];
    while (gaps->up_to - gaps->days[gaps->at] >= needed)
        gaps->up_to -= gaps->days[gaps->at--];
    return gaps->at;
}
