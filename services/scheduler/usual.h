// How long a rep usually needs for what was promised: a histogram of spans, to warn of a promise that leaves less time
// than usual (row 66). Pure.
//
// What is added is the time from making a promise to keeping it, of promises that were kept. Not the time that was
// promised: four promises of five are below the 80th percentile of those. For the same reason not that of a promise
// that was kept just when it was due (usual_tells): it was time enough, but how much was needed it does not say.
//
// Spans fall into buckets of a quarter of an octave, from a minute to two years, and each end takes what lies beyond.
// Adding and taking back are exact opposites, so a word that comes late can correct what was added before it.
// A struct usual of zeros is empty; it holds no pointers and no padding and may be stored as its bytes.
#ifndef TEND_SERVICES_SCHEDULER_USUAL_H
#define TEND_SERVICES_SCHEDULER_USUAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { USUAL_BUCKETS = 80 };

struct usual {
    uint32_t counts[USUAL_BUCKETS];
};

struct usual_options {
    int64_t least;     // so many spans must be known
    int64_t share_ppm; // of the spans are no longer than the usual one: 800,000 for the 80th percentile
};

// Adds a span; below zero counts as the shortest.
void usual_add(struct usual *usual, int64_t span_ms);

// Takes one back that was added.
void usual_remove(struct usual *usual, int64_t span_ms);

// How many there are.
uint64_t usual_total(const struct usual *usual);

// The usual span: the shortest of the bucket in which that share is reached, so that the width of a bucket never makes
// a warning. False when fewer than options->least are known.
bool usual_span(const struct usual_options *options, const struct usual *usual, int64_t *ret_ms);

// True when a promise that left `lead_ms` and was kept after `took_ms` tells how long is needed: it was kept clearly
// before it was due, or after.
bool usual_tells(int64_t lead_ms, int64_t took_ms);

// True when `lead_ms` is clearly shorter than the usual span, not by little.
bool usual_brief(int64_t usual_ms, int64_t lead_ms);

// True when a promise that leaves `lead_ms` is clearly shorter than usual.
bool usual_short(const struct usual_options *options, const struct usual *usual, int64_t lead_ms);

#endif
