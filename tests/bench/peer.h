// The program beside us, pandas_peer.py: run with its arguments, its figures read from what it says.
#ifndef TEND_BENCH_PEER_H
#define TEND_BENCH_PEER_H

#include "bench/table.h"

#include <stdbool.h>

struct peer_figure {
    const char *name;
    struct series *values;
};

// Runs it and adds what it says to the figures of those names, of which the last has the name NULL. What it says is
// missing is noted below the table. False when it ended in any other way than well.
bool peer_run(const char *program, const char *arguments, const struct peer_figure *figures);

#endif
