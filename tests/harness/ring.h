// All services of Tend in a folder of their own, on simulated time, by a configuration that is given as text.
#ifndef TEND_HARNESS_RING_H
#define TEND_HARNESS_RING_H

#include "harness/folder.h"
#include "services/tend/pipeline.h"

struct ring {
    char folder[FOLDER_BYTES]; // with out.jsonl, what reps were sent
    struct settings settings;
    struct config *config;
    struct pipeline *pipeline;
};

// The sections of the services, as a configuration is read with.
void ring_sections(struct config_section ret_sections[PLACES]);

// `text` is all of the configuration but the section of the notifier, whose one channel writes FOLDER/out.jsonl. What
// is wrong ends the program with a word on standard error.
void ring_open(struct ring *ring, const char *text, int64_t start_ms);

// Removes the folder.
void ring_close(struct ring *ring);

#endif
