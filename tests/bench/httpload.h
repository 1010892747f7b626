// A sender over HTTP/1.1 on a number of connections that stay open; each posts one order, waits for the answer, and
// goes on.
#ifndef TEND_BENCH_HTTPLOAD_H
#define TEND_BENCH_HTTPLOAD_H

#include "bench/orders.h"
#include "bench/table.h"

enum { HTTPLOAD_CONNECTIONS_MAX = 512 };

// Posts to 127.0.0.1 for `ms`; anything but 200 ends the bench. Returns events a second; the time from a request to its
// answer goes to `delays`.
double httpload_run(int port, unsigned connections, struct orders *orders, int64_t ms, struct delays *delays);

#endif
