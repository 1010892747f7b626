// The section `ingest` of the configuration.
#ifndef TEND_INGEST_OPTIONS_H
#define TEND_INGEST_OPTIONS_H

#include "common/config.h"

struct ingest_options {
    struct config_address listen;
    const char *const *tokens; // names of files that hold one bearer token each
    size_t token_count;
    int64_t keep_ids_ms;
    int64_t seal_records;
};

extern const struct config_key ingest_keys[];

#endif
