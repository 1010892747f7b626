// What every service answers about itself: /livez, /readyz, /metrics and /v1/status.
#ifndef TEND_COMMON_HEALTH_H
#define TEND_COMMON_HEALTH_H

#include "common/engine.h"

struct health {
    struct engine *engine;
    struct metrics *metrics;
    struct store_use use;                  // as last measured
    bool upstream_heard;                   // within the last ten seconds, or there is no upstream
    bool failing;                          // the last turn could not be stored
    bool rebuilding;                       // the store's file is made anew; until then nothing is taken in
    uint64_t upstream_last[UPSTREAMS_MAX]; // how far each upstream's journal went when it spoke last
    struct metric *figures[16];
};

// Declares the figures that all services share.
void health_open(struct health *health, struct engine *engine, struct metrics *metrics);

// How many records of the upstream's journal are behind us; of several, of all together.
uint64_t health_position(const struct health *health);

// Brings the gauges up to date; cheap.
void health_note(struct health *health);

// Counts a turn that was committed: how long it took with its commit, in microseconds, the requests that asked for a
// change, and the upstream's records in it.
void health_count_turn(struct health *health, int64_t took_us, size_t requests, size_t records);

// A message on a socket that came to nothing.
void health_count_dropped(struct health *health);

// Answers a request about the service itself; false when it is about something else.
bool health_answer(struct health *health, struct inbound *request);

// POST /v1/followers/NAME/forget: lets the journal go on without a follower that will not come back.
bool health_command(struct health *health, struct inbound *request);

// The map is so full that somebody should look, well before anything is refused.
bool health_filling(const struct health *health);

// Our map is so full that nothing more may come in.
bool health_closed(const struct health *health);

#endif
