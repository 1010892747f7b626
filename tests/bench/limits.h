// What the machine and the libraries allow, each measured by itself, in the same run as ours.
#ifndef TEND_BENCH_LIMITS_H
#define TEND_BENCH_LIMITS_H

#include "bench/table.h"

// Each adds one figure to the series; `scale` 1 is a quick look, 4 a thorough one. `folder` is where ours has its
// files.

// Microseconds, median, of appending 4 KiB to a file and fdatasync.
void limits_fdatasync(const char *folder, unsigned scale, struct series *ret_us);

// Records a second, appended to LMDB with so many a commit, each fully synced; the bytes are those of our orders.
void limits_append(const char *folder, unsigned records, unsigned scale, struct series *ret_rate);

// Over ipc from one process to another and back: microseconds, median, of one order and an empty answer.
void limits_round_trip(const char *folder, unsigned scale, struct series *ret_us);

// Over ipc: batches of `batch` orders one after the other, one way. Orders a second.
void limits_one_way(const char *folder, unsigned batch, unsigned scale, struct series *ret_rate);

// Nanoseconds of unpacking one order into an arena.
void limits_unpack(unsigned scale, struct series *ret_ns);

// To be called first in main: plays the other side of ZeroMQ when the arguments say so, and does not return.
void limits_serve(int argc, char **argv);

#endif
