// Several scoring processes' summaries as one: what their customers add up to is added, what is told of all is taken
// from process 0.
//
// Exact but for three things. The points of the Pareto curve lie where values part, not at even steps. The shares of
// classes are computed anew from what is added. The drag is the lowest share of each process's class C, not of all.
#ifndef TEND_TEND_SUMMING_H
#define TEND_TEND_SUMMING_H

#include <jansson.h>
#include <stdbool.h>

// Adds the others to the first; all are answers of /v1/summary in the order of the processes. The others stay the
// caller's, and so does the first.
void summing_add(json_t *first, json_t *const *others, size_t count);

// False while the limits of all do not know all customers of the processes yet, as for a moment after an import: the
// classes and what is told of the window and of shares are still to follow. Of a sum from which a process is missing
// (not `whole`) it tells only whether there are limits.
bool summing_settled(const json_t *sum, bool whole);

#endif
