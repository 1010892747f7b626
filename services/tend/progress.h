// A line that shows how far a long work has come: only on a terminal, at most ten times a second.
#ifndef TEND_TEND_PROGRESS_H
#define TEND_TEND_PROGRESS_H

#include "common/clock.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct progress {
    FILE *out; // NULL: silent
    struct clock *clock;
    int64_t start_us, shown_us;
    bool visible; // a line stands on the terminal
};

// Begins; `out` is used only when it is a terminal.
void progress_start(struct progress *progress, FILE *out, struct clock *clock);

// `done` of `total` of `unit` ("rows"), which took so many `things` ("events") so far. Shows the share, the rate of
// things a second, and the time left as the rate so far makes it.
void progress_show(struct progress *progress, uint64_t done, uint64_t total, uint64_t things, const char *unit);

// Takes the line away, before something else is printed.
void progress_clear(struct progress *progress);

// Seconds since the start.
double progress_seconds(const struct progress *progress);

#endif
