// Pure. A lane: one process's part of the customers, when a service runs as several processes. Process `index` of
// `count` has the shards that are `index` modulo `count`; or, where a service plans for people, the owners. One process
// has them all, and nothing looks different then.
#ifndef TEND_COMMON_LANE_H
#define TEND_COMMON_LANE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    LANES_MAX = 16, // processes of one service; beyond it each would hold a socket to too many others
    LANE_NAME_BYTES = 24,
};

struct lane {
    unsigned index, count; // all zero stands for the only one, as {0, 1}
};

// The same lane with its count told: {0, 1} for all zero.
struct lane lane_whole(struct lane lane);

// Whether this lane has the shard.
bool lane_has(struct lane lane, uint32_t shard);

// The shard of a customer: the short hash of its id modulo `shards`.
uint16_t lane_shard(const char *customer_id, uint32_t shards);

// Which of `count` processes has the customer.
unsigned lane_of_customer(const char *customer_id, uint32_t shards, unsigned count);

// An owner as records carry it: the short hash of a rep's id, 0 for the empty one, who is nobody.
uint64_t lane_owner(const char *owner_id);

// Whether this lane has the owner: its hash modulo the number of processes. Nobody is everybody's.
bool lane_has_owner(struct lane lane, uint64_t owner);

// Which of `count` processes has the owner.
unsigned lane_of_owner(const char *owner_id, unsigned count);

// The name of the process, of LANE_NAME_BYTES: "scoring" for the only one, "scoring-0", "scoring-1" for several. It is
// the name of its folder, of its socket, and the name under which it follows.
void lane_name(const char *service, struct lane lane, char *ret_name);

#endif
