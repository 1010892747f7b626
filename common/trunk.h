// The trunk between the processes of one service: carries the questions of peers.h over ZeroMQ, one socket to each
// other process.
#ifndef TEND_COMMON_TRUNK_H
#define TEND_COMMON_TRUNK_H

#include "common/lane.h"
#include "common/peers.h"
#include "common/socket.h"

struct trunk;

// `endpoints` are those of all processes, ours too, in their order; they and `peers` outlive the trunk. NULL with a
// sentence when one cannot be connected to.
struct trunk *trunk_open(void *context, struct peers *peers, const char *const *endpoints, char *ret_error,
                         size_t error_bytes);
void trunk_close(struct trunk **trunk);

// What to poll: at most LANES_MAX items. Returns how many.
int trunk_poll(const struct trunk *trunk, zmq_pollitem_t *ret_items);

// Sends what may leave, takes in what has come, gives up what has waited too long.
void trunk_work(struct trunk *trunk, int64_t boot_ms);

// How long it may sleep at most, -1 for ever.
int64_t trunk_timeout_ms(struct trunk *trunk, int64_t boot_ms);

#endif
