#include "common/upstream.h"

#include "common/must.h"

#include <string.h>

enum {
    PATIENCE_MS = 60 * 1000,     // an upstream silent for longer no longer holds our timers
    BACKLOG_MS = 10 * 60 * 1000, // nor one that talks but is behind for longer
};

bool upstream_hear(struct upstream *upstream, const struct batch *batch, int64_t boot_ms)
{
    if (batch->after != upstream->position.seq)
        return false;
    // After a silence the time for its backlog begins when it speaks again.
    if (boot_ms - upstream->heard_boot_ms > PATIENCE_MS)
        upstream->moved_boot_ms = boot_ms;
    upstream->heard_boot_ms = boot_ms;
    upstream->generation = batch->generation;
    // A batch that may be taken in pieces says nothing about the pieces that are left.
    bool whole = batch->count == 0 || tries_idle(&upstream->tries);
    if (whole && batch->complete_ms > upstream->complete_ms) {
        upstream->complete_ms = batch->complete_ms;
        upstream->moved_boot_ms = boot_ms;
    }
    return true;
}

bool upstream_is_silent(const struct upstream *upstream, int64_t boot_ms)
{
    return boot_ms - upstream->heard_boot_ms > PATIENCE_MS || boot_ms - upstream->moved_boot_ms > BACKLOG_MS;
}

int64_t upstreams_limit(const struct upstream *upstreams, unsigned count, int64_t now_ms, int64_t boot_ms)
{
    int64_t limit_ms = now_ms;
    for (unsigned i = 0; i < count; i++)
        if (!upstream_is_silent(&upstreams[i], boot_ms) && upstreams[i].complete_ms < limit_ms)
            limit_ms = upstreams[i].complete_ms;
    return limit_ms;
}

int64_t upstream_wish(const struct upstream *upstream, int64_t due_ms, int64_t wanted_ms)
{
    bool own = due_ms > upstream->complete_ms && due_ms < INT64_MAX;
    bool others = wanted_ms > upstream->complete_ms && (!own || wanted_ms < due_ms);
    return others ? wanted_ms : own ? due_ms : 0;
}

bool upstreams_begun(const struct upstream *upstreams, unsigned count, int64_t boot_ms)
{
    bool begun = upstreams[0].complete_ms > 0 || upstream_is_silent(&upstreams[0], boot_ms);
    for (unsigned i = 1; !begun && i < count; i++)
        begun = upstreams[i].position.seq > 0;
    return begun;
}

struct position upstream_after(const struct batch *batch, size_t count)
{
    must(count <= batch->count);
    struct position position = {.seq = batch->looked};
    memcpy(position.journal_id, batch->journal_id, JOURNAL_ID_BYTES);
    memcpy(position.chain, batch->chain, HASH_BYTES);
    if (count < batch->count) {
        must(count > 0);
        position.seq = batch->records[count - 1].seq;
        memcpy(position.chain, batch->records[count - 1].chain, HASH_BYTES);
    }
    return position;
}
