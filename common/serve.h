// Serving a journal: what a fetch gets. The rules of the protocol, without sockets.
#ifndef TEND_COMMON_SERVE_H
#define TEND_COMMON_SERVE_H

#include "common/engine.h"
#include "tend/v1/journal.pb-c.h"

enum serve_outcome {
    SERVE_ANSWER,  // send it
    SERVE_PARK,    // nothing new: keep the question until there is
    SERVE_NOTHING, // no answer: a damaged question, or our store fails; it will be asked again
};

enum {
    SERVE_SHARDS_MAX = 4096, // that one fetch may name
    SERVE_OWNERS_MAX = 4096,
    SERVE_CRC_BYTES = 5, // the answer's last field: its key and four bytes, the lowest first
    SERVE_CRC_KEY = 15 << 3 | 5,
};

// Answers a fetch from the engine's journal. With `parked` an empty answer goes out too. A refusal is an answer with
// the sentence in it. The answer is packed into the arena, its checksum behind it.
enum serve_outcome serve_fetch(struct engine *engine, const Tend__V1__Fetch *fetch, bool parked, struct arena *arena,
                               struct slice *ret_answer);

#endif
