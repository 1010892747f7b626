// Ingest: events in. It checks, recognises what it has seen, and writes the rest into its journal, from which
// everything else follows. An event that was answered 200 is on the disk.
#ifndef TEND_INGEST_INGEST_H
#define TEND_INGEST_INGEST_H

#include "common/service.h"
#include "services/ingest/options.h"

extern const struct service ingest_service;

struct ingest_setup {
    const struct ingest_options *options;
    const uint8_t *settings; // the packed Settings in force; published when they are not the last published ones
    size_t settings_length;
    const char *currency;  // of a feed's amounts that name none; NULL: each must name its own
    const char *time_zone; // of a feed's times that name none, and of days; NULL: UTC
};

struct ingest;

// NULL with a sentence in ret_error when a token file or a feed's file cannot be read or the settings do not fit into a
// record. The setup is copied.
struct ingest *ingest_open(const struct ingest_setup *setup, char *ret_error, size_t error_bytes);
void ingest_close(struct ingest **ingest);

#endif
