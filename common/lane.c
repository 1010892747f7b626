#include "common/lane.h"

#include "common/hash.h"
#include "common/must.h"

#include <stdio.h>
#include <string.h>

struct lane lane_whole(struct lane lane)
{
    if (lane.count == 0)
        lane.count = 1;
    must(lane.count <= LANES_MAX && lane.index < lane.count);
    return lane;
}

bool lane_has(struct lane lane, uint32_t shard)
{
    lane = lane_whole(lane);
    return shard % lane.count == lane.index;
}

uint16_t lane_shard(const char *customer_id, uint32_t shards)
{
    must(shards > 0 && shards < UINT16_MAX);
    return (uint16_t)(hash_short(customer_id, strlen(customer_id)) % shards);
}

unsigned lane_of_customer(const char *customer_id, uint32_t shards, unsigned count)
{
    must(count > 0);
    return lane_shard(customer_id, shards) % count;
}

uint64_t lane_owner(const char *owner_id)
{
    return owner_id[0] != '\0' ? hash_short(owner_id, strlen(owner_id)) : 0;
}

bool lane_has_owner(struct lane lane, uint64_t owner)
{
    lane = lane_whole(lane);
    return owner == 0 || owner % lane.count == lane.index;
}

unsigned lane_of_owner(const char *owner_id, unsigned count)
{
    must(count > 0);
    return (unsigned)(lane_owner(owner_id) % count);
}

void lane_name(const char *service, struct lane lane, char *ret_name)
{
    lane = lane_whole(lane);
    int length = lane.count == 1 ? snprintf(ret_name, LANE_NAME_BYTES, "%s", service)
                                 : snprintf(ret_name, LANE_NAME_BYTES, "%s-%u", service, lane.index);
    must(length > 0 && length < LANE_NAME_BYTES);
}
