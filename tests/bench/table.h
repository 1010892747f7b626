// What a bench prints: figures of several rounds, one line each, ours beside the limit of the same run.
//
// The machine drifts, so nothing here is compared with a figure of another run, and no line is an assertion: a goal is
// a ratio, and a line says whether it is met.
#ifndef TEND_BENCH_TABLE_H
#define TEND_BENCH_TABLE_H

#include "bench/delays.h"

#include <stddef.h>
#include <stdint.h>

enum { SERIES_MAX = 64 };

// The same figure, measured in each round.
struct series {
    double values[SERIES_MAX];
    size_t count;
};

void series_add(struct series *series, double value);

// 0 without a value. Of an even count, the upper one of the middle two.
double series_median(const struct series *series);

enum table_goal { TABLE_NO_GOAL, TABLE_AT_LEAST, TABLE_AT_MOST };

// One line. `unit` is "/s" (printed with k or M), "us", "ms", "ns", "s", "bytes" or "". Without a limit the goal is
// about our figure itself.
struct table_line {
    const char *what, *unit;
    const struct series *ours, *limit; // limit NULL: nothing beside it
    const char *limit_name;
    enum table_goal goal;
    double bound;
};

// Names the columns, with the title of what follows.
void table_head(const char *title);
void table_print(const struct table_line *line);

// A sentence between the lines.
void table_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

// "3 goals met, 1 short", when there was a goal.
void table_end(void);

// Microseconds since boot.
int64_t table_now_us(void);

#endif
