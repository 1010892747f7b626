// Pulling the journals that an engine follows over sockets: one fetch outstanding for each, asked again after a
// time-out, and the batches in hand, which turns take one by one.
#ifndef TEND_COMMON_PULL_H
#define TEND_COMMON_PULL_H

#include "common/engine.h"
#include "common/socket.h"

struct pull;

// Connects to the engine's upstreams, `count` endpoints; none for a service that follows nobody. `instance` was drawn
// at the process's start. NULL with a sentence when one cannot be connected to.
struct pull *pull_open(struct engine *engine, struct clock *clock, void *context, const char *const *endpoints,
                       unsigned count, uint64_t instance, char *ret_error, size_t error_bytes);
void pull_close(struct pull **pull);

// What to poll: at most UPSTREAMS_MAX items. Returns how many.
int pull_poll(const struct pull *pull, zmq_pollitem_t *ret_items);

// Takes the answers that have come. False: an upstream refuses us, the sentence says why. *ret_dropped counts messages
// that were none of ours.
bool pull_take(struct pull *pull, unsigned *ret_dropped, char *ret_refusal, size_t refusal_bytes);

// The batch that the next turn should take: of the upstreams in turn. NULL: none.
const struct batch *pull_batch(const struct pull *pull);

// The turn with that batch is over, however it ended.
void pull_done(struct pull *pull);

// Asks where nothing is on its way, or where the answer is wanted sooner than when it was asked.
void pull_ask(struct pull *pull);

// Whether every upstream spoke within the last ten seconds.
bool pull_heard(const struct pull *pull);

// How far the upstream's journal went when it spoke last.
uint64_t pull_last(const struct pull *pull, unsigned which);

#endif
