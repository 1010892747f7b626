// The process of a service: sockets, signals, health and time around an engine, until it is told to end.
#ifndef TEND_COMMON_RUN_H
#define TEND_COMMON_RUN_H

#include "common/engine.h"

struct run_options {
    struct engine_options engine;
    const char *listen;   // HTTP, "127.0.0.1:7410"
    const char *endpoint; // ours, for followers and clients
    // The endpoints of the service to the left, one for each of its processes; none when nobody is followed.
    const char *const *upstreams;
    unsigned upstream_count;
    // The endpoints of all processes of our own service, ours too, in their order; NULL when it is the only one. The
    // engine's `peers` goes with it.
    const char *const *siblings;
    struct metrics *metrics;
    int64_t reserve_ms; // how long the journal keeps what every follower has
};

// Runs until SIGTERM or SIGINT, or until it must not go on. Returns the exit code: 0, 73 to 75 or 78.
int run_service(const struct run_options *options);

#endif
