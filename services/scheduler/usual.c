#include "services/scheduler/usual.h"

#include "common/must.h"

enum {
    MINUTE_MS = 60000,
    PARTS = 4,
    OCTAVES = USUAL_BUCKETS / PARTS,
    BRIEF_PARTS = 3, // a third less is clearly less: beyond the width of a bucket and the luck of ten spans
    DUE_PARTS = 10,  // the last tenth before the due moment is "when it was due"
    NEAR_LEAST_MS = 15 * MINUTE_MS, // by less than a quarter of an hour nobody plans, however short the promise
};

_Static_assert(sizeof(struct usual) == 4 * USUAL_BUCKETS, "stored as its bytes");

// Octave k holds 2^k minutes up to twice that, in four equal parts.
static uint32_t bucket_of(int64_t span_ms)
{
    int64_t minutes = span_ms / MINUTE_MS;
    if (minutes < 1)
        return 0;
    if (minutes >= INT64_C(1) << OCTAVES)
        return USUAL_BUCKETS - 1;
    uint32_t octave = 0;
    while (minutes >> (octave + 1) > 0)
        octave++;
    int64_t above = minutes - (INT64_C(1) << octave);
    return octave * PARTS + (uint32_t)(above * PARTS >> octave);
}

// Where a bucket begins, in milliseconds; the first has everything shorter too.
static int64_t bucket_start(uint32_t bucket)
{
    int64_t octave_ms = (INT64_C(1) << bucket / PARTS) * MINUTE_MS;
    return octave_ms + octave_ms * (bucket % PARTS) / PARTS;
}

void usual_add(struct usual *usual, int64_t span_ms)
{
    uint32_t *count = &usual->counts[bucket_of(span_ms)];
    must(*count < UINT32_MAX);
    ++*count;
}

void usual_remove(struct usual *usual, int64_t span_ms)
{
    uint32_t *count = &usual->counts[bucket_of(span_ms)];
    must(*count > 0);
    --*count;
}

uint64_t usual_total(const struct usual *usual)
{
    uint64_t total = 0;
    for (size_t i = 0; i < USUAL_BUCKETS; i++)
        total += usual->counts[i];
    return total;
}

bool usual_span(const struct usual_options *options, const struct usual *usual, int64_t *ret_ms)
{
    enum { WHOLE_PPM = 1000000 };
    uint64_t total = usual_total(usual), reached = 0;
    if (total == 0 || total < (uint64_t)options->least)
        return false;
    uint64_t rank = (total * (uint64_t)options->share_ppm + WHOLE_PPM - 1) / WHOLE_PPM;
    uint32_t bucket = 0;
    while (reached + usual->counts[bucket] < rank || usual->counts[bucket] == 0)
        reached += usual->counts[bucket++];
    *ret_ms = bucket_start(bucket);
    return true;
}

bool usual_tells(int64_t lead_ms, int64_t took_ms)
{
    int64_t near_ms = lead_ms / DUE_PARTS;
    return took_ms > lead_ms || lead_ms - took_ms > (near_ms > NEAR_LEAST_MS ? near_ms : NEAR_LEAST_MS);
}

bool usual_brief(int64_t usual_ms, int64_t lead_ms)
{
    int64_t margin_ms = usual_ms / BRIEF_PARTS;
    return lead_ms < usual_ms - (margin_ms > NEAR_LEAST_MS ? margin_ms : NEAR_LEAST_MS);
}

bool usual_short(const struct usual_options *options, const struct usual *usual, int64_t lead_ms)
{
    int64_t usual_ms;
    return usual_span(options, usual, &usual_ms) && usual_brief(usual_ms, lead_ms);
}
