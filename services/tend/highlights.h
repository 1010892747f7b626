// The highlights of a rehearsal: of all messages the ones to read first, one of each kind and one for each rep.
#ifndef TEND_TEND_HIGHLIGHTS_H
#define TEND_TEND_HIGHLIGHTS_H

#include "services/tend/pipeline.h"

#include <stdio.h>

struct highlights_counts {
    uint64_t messages; // sent
    uint64_t shown;
};

// Reads the journals of scheduler and notifier and writes, in the order of time, the newest message of each kind of
// reminder, the newest digests, and the newest call list of each rep.
void highlights_write(struct pipeline *pipeline, FILE *file, struct highlights_counts *ret_counts);

#endif
