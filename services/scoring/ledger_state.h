// What a ledger is made of. For ledger.c, which keeps the figures, and ledger_verdict.c, which reads them.
#ifndef TEND_SCORING_LEDGER_STATE_H
#define TEND_SCORING_LEDGER_STATE_H

#include "services/scoring/directory.h"
#include "services/scoring/ledger.h"
#include "services/scoring/window.h"

enum {
    LEDGER_DAY_MS = 86400000,
    LEDGER_WINDOWS = LIMITS_SCHEMES + 1, // beside the main one; the last is RFM's
};

// Slots in a growing array.
struct slots {
    uint32_t *items;
    uint32_t used, room;
};

// What customers are judged by at one settling.
struct bench {
    struct limits limits;
    int64_t silent_since_ms;  // who bought last before this has dropped out; LEDGER_NEVER: nobody has
    int64_t large, large_end; // from the first on a customer is announced as concentrated, below the other no more
};

struct ledger {
    struct ledger_options options;
    int64_t as_of_ms;
    int64_t settled_ms; // as_of_ms of the last settling: whoever was overdue then is known to be
    struct directory *directory;
    struct window *window;
    struct ledger_customer *customers;
    uint32_t count, room;
    struct board main;
    uint32_t tops[LIMITS_TOPS]; // that are asked for
    unsigned top_cuts[LIMITS_TOPS];
    unsigned top_count;
    struct scheme *schemes[LEDGER_WINDOWS]; // NULL: not kept
    unsigned scheme_end, window_end;        // after the last scheme that is kept; RFM's window included
    struct rank *last, *overdue;
    unsigned r_cuts[LIMITS_PARTS - 1]; // in `last`
    struct gaps gaps;
    struct bench benches[2]; // of the last settling and the one before it
    unsigned bench;          // the last one
    struct limits imposed;
    bool is_imposed;
    struct slots dirty, moved, woken;
    uint64_t moves;
};

// The bench of the last settling.
static inline const struct bench *ledger_bench(const struct ledger *ledger)
{
    return &ledger->benches[ledger->bench];
}

#endif
