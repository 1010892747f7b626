// Climbing to the top of a smooth function: L-BFGS of liblbfgs, and near the top steps of Newton's. The only file that
// knows the library. No globals; memory is freed before it returns.
#ifndef TEND_SCORING_CLIMB_H
#define TEND_SCORING_CLIMB_H

#include <stdbool.h>
#include <stdint.h>

enum { CLIMB_DIMENSIONS = 4 };

// The height at a point and its slopes; finite everywhere.
typedef double climb_height(void *context, const double *at, double *ret_slopes);

enum climb_end { CLIMB_TOP, CLIMB_LOST, CLIMB_CANCELLED };

struct climb {
    climb_height *height;
    void *context;
    unsigned dimensions;        // 1 to CLIMB_DIMENSIONS
    double enough;              // slopes this small are a top
    double nothing;             // so is a ridge on which no more than this height is left to win
    bool rough;                 // only near to the top, to compare tops: it never ends on CLIMB_TOP
    const _Atomic bool *cancel; // NULL: never
    uint32_t evaluations;       // counts up
};

// Climbs from `at`, which is moved to the best point found; the height there is told whatever the end.
enum climb_end climb_run(struct climb *climb, double *at, double *ret_height);

#endif
