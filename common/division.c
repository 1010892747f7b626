#include "common/division.h"

#include <stdio.h>

enum { COUNT_SHIFT = 16 };

static const char shards_key[] = "shards", lane_key[] = "lane", upstreams_key[] = "upstreams";

// The number under the key; the fallback, written, when there is none.
static unsigned keep(struct tx *tx, const char *key, unsigned fallback)
{
    uint64_t number = tx_get_number(tx, STORE_TABLE_META, key, fallback);
    tx_put_number(tx, STORE_TABLE_META, key, number);
    return (unsigned)number;
}

bool division_check(const struct division *division, struct tx *tx, char *ret_sentence, size_t bytes)
{
    static const char way_on[] = "either go back to the old number, or begin on an empty data_dir and import again";
    bool fresh = tx_get_number(tx, STORE_TABLE_META, shards_key, 0) == 0;
    unsigned ours = division->lane.count << COUNT_SHIFT | division->lane.index;
    unsigned shards = keep(tx, shards_key, division->shards);
    unsigned lane = keep(tx, lane_key, fresh ? ours : 1U << COUNT_SHIFT);
    unsigned upstreams = keep(tx, upstreams_key, fresh ? division->upstreams : 1);
    if (shards != division->shards) {
        snprintf(ret_sentence, bytes,
                 "the store of %s was made for %u shards, which is fixed; the configuration says %u", division->name,
                 shards, division->shards);
        return false;
    }
    if (lane != ours) {
        snprintf(ret_sentence, bytes, "the store of %s was made for process %u of %u and this is process %u of %u: %s",
                 division->name, lane & ((1U << COUNT_SHIFT) - 1), lane >> COUNT_SHIFT, division->lane.index,
                 division->lane.count, way_on);
        return false;
    }
    if (upstreams != division->upstreams) {
        snprintf(ret_sentence, bytes, "the store of %s follows %u process%s of %s and now there would be %u: %s",
                 division->name, upstreams, upstreams == 1 ? "" : "es", division->follows, division->upstreams, way_on);
        return false;
    }
    return true;
}
