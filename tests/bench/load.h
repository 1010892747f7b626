// A sender over ZeroMQ that keeps a number of requests in flight, and times each answer. It speaks to ingest, or to the
// bare loop, whose requests are the body alone.
#ifndef TEND_BENCH_LOAD_H
#define TEND_BENCH_LOAD_H

#include "bench/orders.h"
#include "bench/table.h"

#include <stdbool.h>
#include <stdint.h>

enum { LOAD_WINDOW_MAX = 256 };

struct load;

// A sender to the endpoint.
struct load *load_open(const char *endpoint, bool bare);
void load_close(struct load **load);

struct load_plan {
    size_t batch;    // orders a request
    size_t window;   // requests in flight at most
    uint64_t events; // ends after so many, a multiple of the batch; 0: no such end
    int64_t ms;      // or after so long, 0: no such end
    double rate;     // events a second at most, evenly; 0: as fast as it goes
};

// Sends until the plan ends and every request is answered. Anything but "all stored" ends the bench. Returns events a
// second; the time from sending a request to its answer goes to `delays` unless it is NULL.
double load_run(struct load *load, struct orders *orders, const struct load_plan *plan, struct delays *delays);

#endif
