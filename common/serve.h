// Serving a journal: what a fetch gets. The rules of the protocol, without sockets.
#ifndef TEND_COMMON_SERVE_H
#define TEND_COMMON_SERVE_H

#include "common/engine.h"
#include "tend/v1/journal.pb-c.h"

enum serve_outcome {
    SERVE_ANSWER, // send it
    SERVE_PARK,   // nothing new: keep the question until there is
};

// Answers a fetch from the engine's journal. With `parked` an empty answer goes out too. A refusal is an answer with the
// sentence in it. The answer is packed into the arena.
enum serve_outcome serve_fetch(struct engine *engine, const Tend__V1__Fetch *fetch, bool parked, struct arena *arena,
                               struct slice *ret_answer);

#endif
