// How events reach ingest: the network's way, or a test's. Several batches are on their way at a time, and answered in
// the order in which they were posted.
#ifndef TEND_TEND_SENDER_H
#define TEND_TEND_SENDER_H

#include "tend/v1/journal.pb-c.h"

#include <stdbool.h>

enum { SENDER_WINDOW = 16 }; // batches on their way: with fewer ingest waits for us, with more it is no faster

struct sender {
    // Puts the batch, whose bytes are copied, on its way. False when ingest cannot be reached: `why` then says it in
    // one sentence.
    bool (*post)(void *self, const Tend__V1__EventBatch *batch);

    // Waits until ingest has stored the oldest batch that is on its way. True with ingest's answer, which lives until
    // the next call: one result for each event in order, or none when all were stored. False as above. A batch may have
    // been sent more than once: what was stored before is KNOWN.
    bool (*collect)(void *self, const Tend__V1__EventResults **ret_results);
    const char *(*why)(void *self);
    void *self;
};

#endif
