// The least that a durable intake must do, as a limit beside ours: receive batches over ZeroMQ, unpack, recognise
// repeats by a table in memory, append to LMDB, one full-sync commit for all that has arrived, then answer. No
// validation, no chain, no second thoughts. And the least that a second stage must do: fetch, unpack, change a row for
// the customer in LMDB, commit with the position.
//
// Both run as processes of their own, made of the bench's own executable.
#ifndef TEND_BENCH_BARE_H
#define TEND_BENCH_BARE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct bare {
    char folder[240];
    char endpoint[280];
    pid_t first, second;
};

// To be called first in main: runs one of the two loops and does not return when the arguments say so.
void bare_serve(int argc, char **argv);

// Starts the first stage below `folder`, with `held` identities in its table already; returns when it answers.
void bare_start(struct bare *bare, const char *folder, uint64_t held);

// Starts the second stage with rows for `customers`, which ends after `events`; returns when it has its rows.
void bare_start_second(struct bare *bare, uint32_t customers, uint64_t events);

// Waits until the second stage has ended.
void bare_wait_second(struct bare *bare);

// Ends both and removes their files.
void bare_stop(struct bare *bare);

#endif
