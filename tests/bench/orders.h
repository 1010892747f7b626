// Orders as a shop sends them, each with a random id, made fast enough to be no part of what is measured: one event is
// packed once, and for each order only the bytes that differ are written. A customer's orders are of about the same
// size; customers differ as they do, half as many for each doubling.
#ifndef TEND_BENCH_ORDERS_H
#define TEND_BENCH_ORDERS_H

#include "common/store.h"

enum { ORDERS_BATCH_MAX = 4096 };

struct orders_options {
    uint64_t seed;      // ids are drawn from it
    uint32_t customers; // C0000000 and on
    bool in_turn; // each customer once, with a year's sales in one order, instead of any of them and a week's or less
    bool historical;
    int64_t time_ms; // when they happened: up to `spread_ms` before this
    int64_t spread_ms;
};

struct orders;
struct orders *orders_open(const struct orders_options *options);
void orders_close(struct orders **orders);

// The next `count` orders as a packed tend.v1.EventBatch; lives until the next call.
struct slice orders_batch(struct orders *orders, size_t count);

// The next order alone, packed; lives until the next call.
struct slice orders_event(struct orders *orders);

// The next order as JSON, with a NUL behind it; lives until the next call.
struct slice orders_json(struct orders *orders);

// Bytes of one packed order; all are alike.
size_t orders_bytes(const struct orders *orders);

// The next random number.
uint64_t orders_random(struct orders *orders);

#endif
