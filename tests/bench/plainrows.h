// Bare LMDB doing what a scheduler full of reminders must do at the least: the same rows under the same keys in as many
// tables, in transactions of the same size, each fully synced; no rules, no messages, nothing decided.
#ifndef TEND_BENCH_PLAINROWS_H
#define TEND_BENCH_PLAINROWS_H

#include <stddef.h>
#include <stdint.h>

// Bytes of the rows, as ours have them.
struct plainrows_sizes {
    size_t matter, reminder, log, record;
};

// One reminder's keys: what identifies the matter and the reminder, and when it is due.
struct plainrows_item {
    uint8_t matter[16], reminder[16];
    uint64_t rep; // a hash
    int64_t due_ms;
};

struct plainrows;

// A new environment below /tmp.
struct plainrows *plainrows_open(void);

// Removes it.
void plainrows_close(struct plainrows **plainrows);

// From now on rows have these sizes.
void plainrows_size(struct plainrows *plainrows, const struct plainrows_sizes *sizes);

// In one transaction: each gets its matter, its reminder, its place among the rep's of that day, and its timer.
void plainrows_insert(struct plainrows *plainrows, const struct plainrows_item *items, size_t count);

// In one transaction, so many as are due first: the timer goes, the reminder is read and written anew, the rep's counts
// of the day are read and written, and a record is appended. Returns how many there were, at most `most`.
size_t plainrows_fire(struct plainrows *plainrows, int64_t until_ms, size_t most);

// Bytes of its file in use.
double plainrows_bytes(const struct plainrows *plainrows);

#endif
