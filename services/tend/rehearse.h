// A rehearsal: a history replayed through the four services on simulated time, and what each rep would have received.
#ifndef TEND_TEND_REHEARSE_H
#define TEND_TEND_REHEARSE_H

#include "common/settings.h"
#include "services/tend/timeline.h"
#include "services/tend/wording.h"

#include <stdio.h>

enum { REHEARSE_ERROR_BYTES = 2048 };

struct rehearse_options {
    const struct settings *settings; // the options of the setups have been read beside it
    struct timeline *timeline;
    const char *out;        // folder: a file for each rep, highlights.txt, summary.txt and summary.html; made when it
                            // is not there
    const char *folder;     // for the throwaway stores; must be empty
    int64_t from_ms, to_ms; // the clock starts at `from`, or with the first event when that is later, and stops
                            // at `to`; what happened before `from` builds state and alerts nobody
    FILE *progress;         // NULL: none
    enum wording_language language; // of the summaries; each rep is written to in its own
};

struct rehearse_counts {
    uint64_t events, refused, messages, days;
    uint64_t reps;         // who were known in the end, by the files or by scheduler.default_rep
    uint64_t without_rate; // orders in a currency that has no rate for their day: they count as 0
};

// Runs it. False with a sentence in `ret_error`. The same input gives the same files, byte for byte.
bool rehearse_run(const struct rehearse_options *options, char *ret_error, struct rehearse_counts *ret_counts);

#endif
