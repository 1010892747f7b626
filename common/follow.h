// Following a journal: asking for what comes after our position and reading the answer. Without sockets.
#ifndef TEND_COMMON_FOLLOW_H
#define TEND_COMMON_FOLLOW_H

#include "common/engine.h"
#include "tend/v1/journal.pb-c.h"

enum follow_outcome {
    FOLLOW_BATCH,   // records, or at least news of how far the upstream is complete
    FOLLOW_ANEW,    // where we begin anew, as a person let us: a batch without records, for engine_accept
    FOLLOW_IGNORE,  // an old answer, or damaged bytes: ask again
    FOLLOW_REFUSED, // the upstream's history is not ours; the sentence says so
};

// The fetch for the engine's position in the journal of upstream `which`, packed into the arena. It asks for the shards
// of the engine's lane, or for all where the service's processes share out owners. `instance` was drawn at the
// process's start.
struct slice follow_ask(const struct engine *engine, unsigned which, uint64_t instance, struct arena *arena);

// Reads an answer of that upstream; the batch lives in the arena, also its payloads. A refusal for another history than
// ours says what a person is to do.
enum follow_outcome follow_read(const struct engine *engine, unsigned which, const uint8_t *bytes, size_t length,
                                struct arena *arena, struct batch *ret_batch, char *ret_refusal, size_t refusal_bytes);

#endif
