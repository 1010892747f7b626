// How events reach ingest: the network's, or a test's.
#ifndef TEND_TEND_SENDER_H
#define TEND_TEND_SENDER_H

#include "tend/v1/journal.pb-c.h"

#include <stdbool.h>

struct sender {
    // Sends the batch and waits until ingest has stored it. True with ingest's answer, which lives until the next call:
    // one result for each event in order, or none when all were stored. False when ingest cannot be reached: `why` then
    // says it in one sentence. A batch may be sent again: what was stored before is KNOWN.
    bool (*send)(void *self, const Tend__V1__EventBatch *batch, const Tend__V1__EventResults **ret_results);
    const char *(*why)(void *self);
    void *self;
};

#endif
