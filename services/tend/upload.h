// A file's events on their way to ingest, and what people are told about it.
//
// An import that was interrupted goes on by being started again: every event has the same id as before, so ingest
// answers KNOWN for what it has, without writing. With a position (resume.h) only what comes behind it is sent; the
// file is read from its first row all the same, for what is told about its rows.
//
// A conflict (the same id is stored with other content) is a correction when the body allows it, see draft_revise; else
// it is told like a bad row.
#ifndef TEND_TEND_UPLOAD_H
#define TEND_TEND_UPLOAD_H

#include "common/clock.h"
#include "services/tend/import.h"
#include "services/tend/rejected.h"
#include "services/tend/resume.h"
#include "services/tend/sender.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum {
    UPLOAD_BATCH = 200,        // events of one request: more no longer makes the commit cheaper
    UPLOAD_BYTES = 256 * 1024, // of one request
    UPLOAD_SHOWN = 10,         // events that a dry run shows
};

// What the process exits with; UPLOAD_AGAIN asks for another run without the position, which does not fit the store.
enum upload_exit { UPLOAD_DONE = 0, UPLOAD_PROBLEMS = 1, UPLOAD_UNREACHABLE = 3, UPLOAD_AGAIN = 4 };

struct upload_options {
    const struct sender *sender; // NULL: a dry run, nothing is sent
    struct clock *clock;
    FILE *out;                 // the summary; of a dry run also the first events, as JSON
    FILE *err;                 // bad rows as they are met, and the progress
    bool json;                 // bad rows and the summary as one JSON object a line, on `out`
    struct rejected *rejected; // takes the rows that are left out; NULL: nowhere
    const char *rejected_path; // for the summary
    struct resume *resume;     // where the position is kept; NULL: nowhere
    struct resume_place place; // where an earlier run came to; line 0: nowhere. now_ms is told in any case
    bool amend; // sends an amendment also for orders that are KNOWN: for a file that takes a correction back
};

struct upload_counts {
    uint64_t rows; // read, bad ones too
    uint64_t events;
    uint64_t stored;
    uint64_t known;    // the same as before
    uint64_t amended;  // corrections stored
    uint64_t refused;  // rows and events that were left out, each of them told
    uint64_t passed;   // rows that need not become events
    uint64_t skipped;  // events that an earlier run has sent
    uint64_t rejected; // rows in the file of those left out
};

// Sends everything that the import gives. `path` names the file in messages.
enum upload_exit upload_run(struct import *import, const char *path, const struct upload_options *options,
                            struct upload_counts *ret_counts);

#endif
