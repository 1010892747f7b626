// A market for benches: customers with a past of about ten orders and, for part of them, a file, contacts, surveys,
// leads and quotes; and what they do from now on. The same seed gives the same market.
//
// Each customer has a size of its own (half as many for each doubling), buys at a rate of its own and has a chance of
// its own to leave after an order. All amounts are CNY, days are UTC.
#ifndef TEND_BENCH_MARKET_H
#define TEND_BENCH_MARKET_H

#include "tend/v1/event.pb-c.h"

#include <stdint.h>

struct market {
    uint32_t customers;
    int32_t today; // days since 1970; the past ends the day before
    uint64_t seed; // of what is still to come
    uint64_t made; // live events so far
};

// Takes an event; its texts live until it returns.
typedef void market_take(void *context, const Tend__V1__Event *event);

// Everything that a customer (from 0) did before today, each event marked historical, the oldest order first.
void market_past(const struct market *market, uint32_t customer, market_take *take, void *context);

// The next event, at any of the customers: of a hundred 62 orders, 4 cancellations, 4 refunds, 15 contacts, 6 surveys,
// 6 leads, 3 files.
void market_live(struct market *market, int64_t time_ms, market_take *take, void *context);

#endif
